"""A hub of many desks from the command line: made, people let in, desks joined or brought in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

from tests import factory
from tests.postgresql import owned
from tests.softhsm import PIN, Reader
from tests.softhsm import reader as reader  # a fixture for whoever asks
from tests.test_cli_hub import MAIL, WORDS, data, run  # noqa: F401 - a fixture comes by import
from triage.cli import main
from triage.domain.errors import NotAllowedError
from triage.domain.worker import May
from triage.export import signing
from triage.storage import contacts, events
from triage.storage.engine import open_server
from triage.storage.schema import REVISION
from triage.workflow import decide, export, people, queue, screen, sign
from triage.workflow.hub import Hub, open_hub, profile_of, vault_of
from triage.workflow.places import BROUGHT_IN, HUB_FILE, STORE_FILE

HERE = "--without-tls"
# Logins are the server's, which other tests sign in at too: these are people of their own.
DAI = ["--id", "dpryce", "--name", "Dai Pryce", "--job", "Contact officer"]
LIN = ["--id", "lmarsh", "--name", "Lin Marsh", "--job", "Team leader"]


@pytest.fixture
def owner(server_url: str) -> str:
    address = owned(server_url, "team")
    assert run("hub", "create", address, HERE).output.startswith("The hub is ready.")
    return address


def let_in(owner: str, person: list[str], role: str) -> str:
    said = run("hub", "let-in", owner, *person, "--role", role, HERE)
    assert said.exit_code == 0, said.output
    found = re.search("told to them alone: (.+)", said.output)
    assert found
    return found.group(1)


def joined(owner: str, folder: Path, worker_id: str, password: str, pin: str) -> Result:
    url = make_url(owner)
    address = f"postgresql://{url.host}:{url.port}/{url.database}"
    words = f"{WORDS * 2}{password}\n{pin}\n{pin}\n"
    options = ["--id", worker_id, "--passphrase", HERE, "--data", str(folder)]
    return CliRunner().invoke(main, ["desk", "join", address, *options], input=words)


def test_people_let_in_join_with_desks_of_their_own_and_see_one_queue(
    owner: str, tmp_path: Path
) -> None:
    mail = tmp_path / "callum.eml"
    mail.write_bytes(MAIL)
    folders = {"dpryce": tmp_path / "ruth", "lmarsh": tmp_path / "priya"}
    for person, role, pin in ((DAI, "contact_officer", "1862"), (LIN, "team_leader", "2749")):
        password = let_in(owner, person, role)
        said = joined(owner, folders[person[1]], person[1], password, pin)
        assert said.exit_code == 0, said.output
        assert password not in (folders[person[1]] / HUB_FILE).read_text()
    got = run("receive", str(mail), "--data", str(folders["dpryce"]), typed=WORDS)
    assert "was received as C-" in got.output, got.output
    with opened(folders["lmarsh"]) as hub:
        [priya] = hub.workers()
        desk = people.switch(hub.desk(priya), "lmarsh", "2749")
        assert len(queue.queue(desk).rows) == 1
        assert {key["worker"] for key in people.trust_list(desk)["keys"]} == {"dpryce", "lmarsh"}
        assert desk.worker.may(May.SIGN)
        assert events.verify(hub.store) is None


def signs_in(owner: str, worker_id: str, password: str) -> bool:
    at = make_url(owner)
    theirs: dict[str, Any] = {"user": f"fl_{worker_id}", "password": password}
    try:
        psycopg.connect(host=at.host, port=at.port, dbname=at.database, **theirs).close()
    except psycopg.OperationalError as fault:
        return "password authentication failed" not in str(fault)
    return True


def test_what_it_told_somebody_as_their_password_is_good_until_their_desk_has_joined(
    owner: str, tmp_path: Path
) -> None:
    folder, first = tmp_path / "dai", let_in(owner, DAI, "contact_officer")
    assert signs_in(owner, "dpryce", first)
    assert joined(owner, folder, "dpryce", first, "7294").exit_code == 0
    assert not signs_in(owner, "dpryce", first)
    again = run("hub", "let-in", owner, *DAI, "--role", "social_worker", HERE)
    assert (again.exit_code, "password" in again.output) == (0, False)
    exporting = ("keys", "export", "--data", str(folder))
    assert run(*exporting, typed=WORDS).exit_code == 0
    changing = ("desk", "password", "--data", str(folder))
    typed = f"{WORDS}a word of my own\na word of my own\n"
    assert "not your PIN" in run(*changing, typed=f"{typed}9999\n").output
    assert "in two ways" in run(*changing, typed=f"{WORDS}a word of my own\nanother\n").output
    short = run(*changing, typed=f"{WORDS}short\nshort\n7294\n")
    assert "at least 12 letters" in short.output
    assert "is changed" in run(*changing, typed=f"{typed}7294\n").output
    assert signs_in(owner, "dpryce", "a word of my own")
    renewing = ("hub", "let-in", owner, *DAI, "--role", "social_worker", "--new-password", HERE)
    given = run(*renewing).output.split("alone: ")[1].splitlines()[0]
    assert run(*exporting, typed=WORDS).exit_code == 1
    wrong = run(*changing, "--given", typed=f"{WORDS}guess\n\n7294\n")
    assert "does not let you sign in" in wrong.output
    assert "PIN" not in wrong.output
    said = run(*changing, "--given", typed=f"{WORDS}{given}\n\n7294\n")
    assert "is changed" in said.output, said.output
    assert "same again" not in said.output
    assert run(*exporting, typed=WORDS).exit_code == 0
    assert not signs_in(owner, "dpryce", given)


def test_somebody_with_another_job_makes_a_key_that_says_what_they_may_do_now(
    owner: str, tmp_path: Path
) -> None:
    folder, password = tmp_path / "dai", let_in(owner, DAI, "contact_officer")
    assert joined(owner, folder, "dpryce", password, "7294").exit_code == 0
    leading = ["--id", "dpryce", "--name", "Dai Pryce", "--job", "Team leader"]
    said = run("hub", "let-in", owner, *leading, "--role", "team_leader", HERE)
    assert "was revoked. At their desk: fanlightctl keys renew" in said.output
    renewed = run("keys", "renew", "--data", str(folder), typed=f"{WORDS}8350\n8350\n")
    assert "signs with a new key" in renewed.output, renewed.output
    with opened(folder) as hub:
        trusted = people.trust_list(hub.desk(hub.workers()[0]))["keys"]
    assert {("revokedAt" in key, key["signs_off"]) for key in trusted} == {
        (True, False),
        (False, True),
    }


def test_desk_that_joined_with_a_wrong_password_is_no_desk(owner: str, tmp_path: Path) -> None:
    let_in(owner, DAI, "contact_officer")
    said = joined(owner, tmp_path / "ruth", "dpryce", "guess", "1862")
    assert said.exit_code == 1
    assert "does not let you sign in" in said.output
    assert "PIN" not in said.output
    assert not (tmp_path / "ruth" / HUB_FILE).exists()


def test_who_lost_their_key_says_so_at_their_own_desk_and_makes_another(
    owner: str, tmp_path: Path
) -> None:
    folder, password = tmp_path / "dai", let_in(owner, DAI, "contact_officer")
    assert joined(owner, folder, "dpryce", password, "7294").exit_code == 0
    losing = ("keys", "lost", "--why", "Card gone with my bag", "--data", str(folder))
    assert "Your key is revoked" in run(*losing, typed=WORDS).output
    assert "no key that still stands" in run(*losing, typed=WORDS).output
    renewed = run("keys", "renew", "--data", str(folder), typed=f"{WORDS}8350\n8350\n")
    assert "signs with a new key" in renewed.output, renewed.output
    with opened(folder) as hub:
        keys = people.trust_list(hub.desk(hub.workers()[0]))["keys"]
    assert sorted(key.get("revokedFor", "") for key in keys) == ["", "lost"]


def test_owner_is_asked_for_a_password_in_words_and_told_how_to_revoke_a_key(owner: str) -> None:
    let_in(owner, DAI, "contact_officer")
    password = make_url(owner).password
    at = owner.replace(f":{password}@", "@")
    said = run("hub", "shut-out", at, "--id", "dpryce", HERE, typed=f"{password}\n")
    assert "[]" not in said.output
    assert 'keys revoke dpryce --why "Left" --for left --as LEADER' in said.output


@contextmanager
def opened(folder: Path) -> Iterator[Hub]:
    vault = vault_of(folder, lambda: WORDS.strip())
    at = profile_of(folder)
    hub = open_hub(
        folder, vault=vault, profile_folder=at, now=lambda: datetime.now(UTC), new_id=uuid4
    )
    try:
        yield hub
    finally:
        hub.close()


def signed_at(folder: Path) -> UUID:
    """The desk's first contact, decided by somebody enrolled there and signed by its leader."""
    author = ["--id", "apatel", "--name", "Asha Patel", "--job", "Officer"]
    enrol = ["desk", "enrol", *author, "--role", "contact_officer", "--as", "jsmith"]
    run(*enrol, "--data", str(folder), typed=WORDS + "4837\n5796\n5796\n")
    with opened(folder) as hub:
        jo = hub.desk(next(w for w in hub.workers() if w.id == "jsmith"))
        asha = people.switch(jo, "apatel", "5796")
        [row] = queue.queue(asha).rows
        screen.rate(asha, row.contact_id, "green")
        with asha.store.read() as tx:
            held = contacts.get(tx, row.contact_id)
        before = decide.decision(asha, held.id).answers
        for key, value in factory.answers_for(asha.profile, held).items():
            version = before[key].version if key in before else 0
            decide.save_answer(asha, held.id, key, value, version)
        proposed = decide.propose(asha, held.id)
        jo = people.switch(asha, "jsmith", "4837")
        sign.look(jo, proposed.id)
        return sign.approve(jo, proposed.id, pin="4837").id


def test_one_desks_file_becomes_the_hubs_with_its_events_as_they_are(
    owner: str,
    data: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    mail = tmp_path / "callum.eml"
    mail.write_bytes(MAIL)
    run("receive", str(mail), "--data", str(data), typed=WORDS)
    decided = signed_at(data)
    before = run("audit", "verify", "--data", str(data), typed=WORDS).output
    count = re.search(r"(\d+) events", before)
    assert count
    said = run("hub", "bring-in", owner, HERE, "--data", str(data), typed=WORDS)
    assert f"{count.group(1)} events" in said.output, said.output
    assert (data / BROUGHT_IN).exists()
    again = run("hub", "bring-in", owner, HERE, "--data", str(data), typed=WORDS)
    assert again.exit_code == 1
    (data / BROUGHT_IN).rename(data / STORE_FILE)  # as another desk would bring its own
    another = run("hub", "bring-in", owner, HERE, "--data", str(data), typed=WORDS)
    assert "holds something already" in another.output
    assert "right after hub create, before anybody is let in" in another.output
    (data / STORE_FILE).rename(data / BROUGHT_IN)
    let = ["--id", "jsmith", "--name", "Jo Smith", "--job", "Team leader"]
    password = let_in(owner, let, "team_leader")
    url = make_url(owner)
    address = f"postgresql://{url.host}:{url.port}/{url.database}"
    words = f"{WORDS * 2}{password}\n4837\n4837\n"
    came = CliRunner().invoke(
        main, ["desk", "join", address, "--id", "jsmith", HERE, "--data", str(data)], input=words
    )
    assert came.exit_code == 0, came.output
    whole = run("audit", "verify", "--data", str(data), typed=WORDS)
    assert "is whole" in whole.output
    with opened(data) as hub:
        jo = people.switch(hub.desk(hub.workers()[0]), "jsmith", "4837")
        found = signing.verify(export.document(jo, decided), people.trust_list(jo))
        assert (found.author.worker_id, found.signer.worker_id) == ("apatel", "jsmith")


def test_line_that_others_could_read_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    for command in (["create"], ["shut-out", "--id", "dpryce"]):
        said = run("hub", command[0], "postgresql://o:x@db.example/hub", *command[1:])
        assert said.exit_code == 1
        assert "must be encrypted" in said.output


def test_desk_joins_with_a_key_on_a_card_that_the_hub_then_knows(
    owner: str, tmp_path: Path, reader: Reader
) -> None:
    place = reader.put_in("Card of Lin")
    password, folder = let_in(owner, LIN, "team_leader"), tmp_path / "lin"
    url = make_url(owner)
    address = f"postgresql://{url.host}:{url.port}/{url.database}"
    card = ["--card", place.module, "--token", place.token]
    options = ["--id", "lmarsh", "--passphrase", HERE, "--data", str(folder), *card]
    said = run("desk", "join", address, *options, typed=f"{WORDS * 2}{password}\n{PIN}\n")
    assert said.exit_code == 0, said.output
    with opened(folder) as hub:
        desk = people.switch(hub.desk(hub.workers()[0]), "lmarsh", PIN)
        (known,) = people.trust_list(desk)["keys"]
        assert known["kid"] == desk.signer.held("lmarsh").kid
        with pytest.raises(NotAllowedError, match="does not take that PIN"):
            people.switch(desk, "lmarsh", "000000")
    moved = ["--card", "/nowhere.so", "--token", place.token, "--data", str(folder)]
    assert "is looked for there" in run("keys", "card", "lmarsh", *moved, typed=WORDS).output
    lost = ["keys", "revoke", "lmarsh", "--why", "The card is lost.", "--as", "lmarsh"]
    back = ["keys", "card", "lmarsh", *card, "--data", str(folder)]
    run(*back, typed=WORDS)
    revoked = run(*lost, "--data", str(folder), typed=f"{WORDS}{PIN}\ny\n")
    assert "only one here whose key signs" in revoked.output
    assert "is revoked" in revoked.output
    renewed = run("keys", "renew", "--data", str(folder), typed=f"{WORDS}2749\n2749\n")
    assert "Lin Marsh signs with a new key" in renewed.output, renewed.output
    shown = run("keys", "list", "--as", "lmarsh", "--data", str(folder), typed=f"{WORDS}2749\n")
    assert "Lin Marsh: revoked on" in shown.output
    assert "Lin Marsh: stands" in shown.output


def test_hub_of_an_older_fanlight_is_brought_up_to_date_only_once_it_was_backed_up(
    server_url: str,
) -> None:
    address = owned(server_url, "older")
    open_server(address, revision="0016").close()

    def age() -> str:
        with psycopg.connect(address) as line:
            found = line.execute("SELECT version_num FROM alembic_version").fetchone()
        assert found
        return str(found[0])

    for answer in ("n\n", ""):
        said = run("hub", "create", address, HERE, typed=answer)
        assert said.exit_code != 0
        assert "fanlightctl backup make TO" in said.output
        assert age() == "0016"
        assert ("Nothing was changed" in said.output) is (answer == "n\n")
    assert run("hub", "create", address, HERE, typed="y\n").output.endswith("hub let-in\n")
    assert age() == REVISION
    assert "backup" not in run("hub", "create", address, HERE).output
