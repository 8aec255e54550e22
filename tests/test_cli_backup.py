"""Backups from the command line: made while somebody writes, proved, restored, or refused."""

import json
import re
import shlex
import shutil
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests import factory
from tests.postgresql import owned
from tests.test_cli_hub import MAIL, PERSON, WORDS, run
from tests.workflow.conftest import Front, front  # noqa: F401 - a fixture comes by import
from triage.domain.errors import SignatureError
from triage.domain.worker import RevokedFor
from triage.storage import contacts, events, signing_keys
from triage.storage.engine import open_server
from triage.storage.secrets import FileVault
from triage.workflow import backup, sign

RECOVERY = "found again in a fire"
NEW = f"{RECOVERY}\n{RECOVERY}\n"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk that holds one contact, its backup, and its keys apart from that."""
    home = tmp_path_factory.mktemp("backed_up")
    person = ["--passphrase", "--data", str(home / "desk")]
    run("desk", "create", *PERSON, *person, typed=WORDS * 2 + "4837\n4837\n")
    mail = home / "callum.eml"
    mail.write_bytes(MAIL)
    run("receive", str(mail), "--data", str(home / "desk"), typed=WORDS)
    said = run(*_make(home / "desk", home), typed=WORDS + NEW)
    assert said.exit_code == 0, said.output
    [line] = [s for s in said.output.splitlines() if s.startswith("Prove that it can be restored")]
    proved = run(*shlex.split(line.partition(": fanlightctl ")[2]), typed=WORDS)
    assert "Proved: " in proved.output, "the line that is shown does what it says"
    return home


@pytest.fixture
def data(made_once: Path, tmp_path: Path) -> Path:
    """That desk, for one test to do with as it likes."""
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "desk"


@pytest.fixture
def made(data: Path) -> Path:
    """The backup of that desk."""
    [found] = (data.parent / "backups").glob("*.backup")
    return found


def _make(data: Path, tmp_path: Path) -> list[str]:
    keys = str(tmp_path / "keys")
    return ["backup", "make", str(tmp_path / "backups"), "--keys", keys, "--data", str(data)]


def _prove(made: Path, *more: str, typed: str = "") -> str:
    keys = str(made.parent.parent / "keys")
    said = run("backup", "prove", str(made), "--keys", keys, *more, typed=typed)
    assert (said.exit_code == 0) == ("Proved: " in said.output), said.output
    return said.output


def test_backup_is_proved_by_being_restored_and_says_what_it_checked(
    data: Path,
    made: Path,
) -> None:
    assert b"Tranter" not in made.read_bytes()
    said = _prove(made, "--data", str(data), typed=WORDS)
    assert "as counted" in said
    assert re.search(r"trail is whole: \d+ events", said)
    lost = _prove(made, "--as-if-lost", "--data", str(data), typed=f"{RECOVERY}\n")
    assert "it carries itself" in lost


def test_wrong_passphrase_and_missing_or_older_keys_are_each_told(
    data: Path,
    made: Path,
    tmp_path: Path,
) -> None:
    assert "not the passphrase." in _prove(made, "--as-if-lost", typed="guessed at random\n")
    old = tmp_path / "old"
    shutil.copytree(tmp_path / "keys", old)
    other = tmp_path / "callum.eml"
    other.write_bytes(MAIL.replace(b"Callum", b"Kit").replace(b"one@", b"two@"))
    run("receive", str(other), "--data", str(data), typed=WORDS)
    run("audit", "verify", "--data", str(data), typed=WORDS)
    made.rename(made.with_name("first.backup"))
    assert run(*_make(data, tmp_path), typed=WORDS).exit_code == 0
    [newer] = (tmp_path / "backups").glob("fanlight-*.backup")
    typed = f"{RECOVERY}\n"
    with_old = ["backup", "prove", str(newer), "--keys", str(old), "--as-if-lost"]
    assert "older than the backup" in run(*with_old, typed=typed).output
    (tmp_path / "keys" / "content-keys.sealed").unlink()
    assert "content keys are not in" in _prove(newer, "--as-if-lost", typed=typed)
    shutil.rmtree(tmp_path / "keys")
    assert "no recovery keys" in _prove(newer, "--as-if-lost")


def test_damaged_forged_and_newer_backups_are_each_told(
    data: Path,
    made: Path,
) -> None:
    here = ("--data", str(data))
    whole = made.read_bytes()
    made.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    assert "damaged" in _prove(made, *here, typed=WORDS)
    made.write_bytes(whole)
    manifest = made.with_name(f"{made.name}.manifest.jws")
    signed = manifest.read_text()
    head, body, signature = signed.split(".")
    said = json.loads(urlsafe_b64decode(body + "=="))

    def claim(**changed: object) -> None:
        words = json.dumps({**said, **changed}).encode()
        forged = urlsafe_b64encode(words).rstrip(b"=").decode()
        manifest.write_text(f"{head}.{forged}.{signature}")

    claim(counts={**said["counts"], "contact": 0})
    assert "altered" in _prove(made, *here, typed=WORDS)
    claim(revision="9999")
    later = _prove(made, "--as-if-lost", typed=f"{RECOVERY}\n")
    assert "newer Fanlight" in later
    manifest.unlink()
    assert "is not beside the backup" in _prove(made, *here, typed=WORDS)


def test_lost_desk_comes_back_on_another_computer_with_a_new_key_for_its_leader(
    made: Path, tmp_path: Path
) -> None:
    back = tmp_path / "back"
    said = run(
        "backup", "restore", str(made), "--keys", str(tmp_path / "keys"), "--leader", "jsmith",
        "--passphrase", "--data", str(back),
        typed=WORDS * 2 + f"{RECOVERY}\n9638\n9638\n",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    whole = run("audit", "verify", "--data", str(back), typed=WORDS)
    assert "is whole" in whole.output
    trail = ["audit", "checkpoint", str(tmp_path), "--as", "jsmith", "--data", str(back)]
    assert "Signed that" in run(*trail, typed=WORDS + "9638\n").output
    again = run("backup", "restore", str(made), "--data", str(back), typed=WORDS)
    assert again.exit_code == 1


def test_signed_decision_verifies_in_the_restored_store_and_one_by_a_lost_key_does_not(
    front: Front,  # noqa: F811
    tmp_path: Path,
) -> None:
    sign.approve(front.priya, front.proposed().id, pin="2222")
    vault, to = FileVault(tmp_path / "vault"), tmp_path / "to"

    def proved() -> list[str]:
        made = backup.make(
            front.store, vault, to, to / "keys", now=front.watch.now, ask=lambda new: RECOVERY
        )
        key = vault.get("recovery-key")
        assert key is not None
        return backup.prove(made.path, to / "keys", key, None)

    assert any("1 signed decision verified" in line for line in proved())
    with front.store.write() as tx:  # revoked before it signed: as if the key had been stolen
        long_ago = front.watch.now - timedelta(days=9)
        kid = front.priya.signer.public("pnandra")["kid"]
        signing_keys.revoke(
            tx, kid, at=long_ago, by="oadeyo", why="Stolen.", reason=RevokedFor.LOST
        )
    with pytest.raises(SignatureError, match="revoked"):
        proved()


def test_hub_is_not_backed_up_with_the_open_keys_of_practice(tmp_path: Path) -> None:
    practice = tmp_path / "practice"
    (practice / "keys").mkdir(parents=True)
    (practice / "fanlight.db").touch()
    hub = ["--hub", "postgresql://owner@127.0.0.1/hub", "--without-tls"]
    said = run("backup", "make", str(tmp_path / "to"), *hub, "--data", str(tmp_path))
    assert said.exit_code == 1
    assert "Of practice: fictional people." in said.output
    assert "whose keys lie open. Nothing was done." in said.output
    assert not (tmp_path / "to").exists()
    assert not list((practice / "keys").iterdir())


def test_backup_of_a_hub_is_restored_into_an_empty_database_with_its_rules(
    server_url: str,
    tmp_path: Path,
    data: Path,
) -> None:
    address = {name: owned(server_url, name) for name in ("backed_up", "brought_back")}
    run("hub", "create", address["backed_up"], "--without-tls")
    hub = open_server(address["backed_up"])
    with hub.write() as tx:
        contacts.insert(tx, factory.contact())
    hub.close()
    to = tmp_path / "of_the_hub"
    at = ["--hub", address["backed_up"], "--without-tls", "--data", str(data)]
    kept = run("backup", "make", str(to), *at, typed=WORDS + NEW)
    assert kept.exit_code == 0, kept.output
    [made] = to.glob("*.backup")
    proved = run("backup", "prove", str(made), "--as-if-lost", typed=f"{RECOVERY}\n")
    assert proved.exit_code == 0, proved.output
    into = ["--hub", address["brought_back"], "--without-tls"]
    said = run("backup", "restore", str(made), *into, typed=f"{RECOVERY}\n")
    assert said.exit_code == 0, said.output
    back = open_server(address["brought_back"])
    try:
        assert events.verify(back) is None
        with back.read() as tx:
            assert contacts.get(tx, factory.contact().id) == factory.contact()
            rules = tx.connection.scalar(text("SELECT count(*) FROM pg_policies"))
        assert rules
    finally:
        back.close()
    again = run("backup", "restore", str(made), *into, typed=f"{RECOVERY}\n")
    assert "something in the store already" in again.output
