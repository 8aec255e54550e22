"""What the owner of a hub's database does, who may make roles and is no superuser: people let in
and shut out, hubs beside each other on one server, and what is said where it can't be done."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import make_url

from tests import factory
from tests.hub_here import PASSWORD, HubHere
from tests.postgresql import OWNER, owned
from triage.domain.errors import StoreError
from triage.domain.worker import Role, Worker
from triage.storage import hub_server, signing_keys
from triage.storage.hub_logins import is_let_in, let_in, list_person, shut_out
from triage.storage.hub_server import create_hub
from triage.workflow.desk import Desk

ANN = Worker(id="ann", name="Ann Lee", role=Role.TEAM_LEADER, job="Team leader")
GIL = Worker(id="gone", name="Gil One", role=Role.TEAM_LEADER, job="Team leader")
MAY = "SELECT fanlight_may('sign'), fanlight_may('audit')"


def come(url: str, worker: Worker) -> "psycopg.Connection[tuple[object, ...]]":
    theirs = make_url(url).set(username=f"fl_{worker.id}", password=PASSWORD)
    return psycopg.connect(theirs.render_as_string(hide_password=False), autocommit=True)


def may(url: str, worker: Worker) -> list[tuple[object, ...]]:
    with come(url, worker) as line:
        return line.execute(MAY).fetchall()


def test_person_shut_out_is_out_wherever_they_are_signed_in(hub: HubHere) -> None:
    let_in(hub.url, GIL.id, GIL.role, PASSWORD)
    assert is_let_in(hub.url, GIL.id)
    with hub.as_somebody(GIL) as line:
        assert line.execute(MAY).fetchall() == [(True, True)]
        shut_out(hub.url, GIL.id)
        with pytest.raises(psycopg.Error):
            line.execute("SELECT 1")
    with pytest.raises(psycopg.Error, match="not permitted to log in"):
        hub.as_somebody(GIL)
    assert not is_let_in(hub.url, GIL.id)
    with psycopg.connect(hub.url) as line:  # and the owner is nobody's stand-in afterwards
        held = line.execute("SELECT pg_has_role(current_user, 'fl_gone', 'MEMBER')").fetchone()
    assert held == (False,)


def test_line_that_could_not_be_ended_does_nothing_all_the_same(
    hub: HubHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(hub.url, GIL.id, GIL.role, PASSWORD)
    hub.front.bring(factory.contact())
    reading = "SELECT count(*) FROM contact"
    with hub.as_somebody(GIL) as line:
        assert line.execute(reading.encode()).fetchone() == (1,)
        monkeypatch.setattr("triage.storage.hub_logins._END", "SELECT 1 / 0 WHERE :login <> ''")
        with pytest.raises(StoreError, match=r"may do nothing here.*superuser"):
            shut_out(hub.url, GIL.id)
        for asked in (reading, "SELECT count(*) FROM public.contact", MAY):
            with pytest.raises(psycopg.errors.ProgrammingError):
                line.execute(asked.encode())


def test_hubs_on_one_server_share_neither_people_nor_roles(server_url: str) -> None:
    one, two = (owned(server_url, name) for name in ("hub_one", "hub_two"))
    for url in (one, two):
        create_hub(url, without_tls=True)
    let_in(one, ANN.id, Role.TEAM_LEADER, PASSWORD)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        come(two, ANN)
    with pytest.raises(StoreError, match="signs in at another hub of this server"):
        let_in(two, ANN.id, Role.AUDITOR, "another-word")
    with pytest.raises(StoreError, match="nobody called ann"):
        shut_out(two, ANN.id)
    assert may(one, ANN) == [(True, True)]
    shut_out(one, ANN.id)
    let_in(two, ANN.id, Role.AUDITOR, PASSWORD)
    assert may(two, ANN) == [(False, True)]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        come(one, ANN)
    shut_out(two, ANN.id)


def test_people_of_a_hub_that_went_by_the_servers_groups_are_taken_over_as_they_were(
    server_url: str,
) -> None:
    url = owned(server_url, "hub_of_groups")
    create_hub(url, without_tls=True)
    let_in(url, ANN.id, Role.CONTACT_OFFICER, PASSWORD)
    with psycopg.connect(url, autocommit=True) as line:
        line.execute("DROP TABLE fanlight_member")
        for group in ("fanlight_auditor", "fanlight_agency_police"):
            line.execute(f"CREATE ROLE {group}; GRANT {group} TO fl_ann".encode())
    create_hub(url, without_tls=True)
    assert may(url, ANN) == [(False, True)]
    with psycopg.connect(url) as line:
        assert line.execute("SELECT agencies FROM fanlight_member").fetchall() == [(["police"],)]
    shut_out(url, ANN.id)
    create_hub(url, without_tls=True)
    assert not is_let_in(url, ANN.id)


def test_database_that_is_no_hub_is_told_in_words(server_url: str) -> None:
    url = owned(server_url, "no_hub")
    acts: tuple[Callable[[], object], ...] = (
        lambda: let_in(url, "ann", Role.AUDITOR, PASSWORD),
        lambda: shut_out(url, "ann"),
        lambda: is_let_in(url, "ann"),
    )
    for act in acts:
        with pytest.raises(StoreError, match="no hub in this database"):
            act()


def test_what_the_account_may_not_do_is_told_in_words(server_url: str) -> None:
    url = owned(server_url, "hub_to_be")
    with psycopg.connect(url, autocommit=True) as line:
        line.execute("CREATE ROLE plain LOGIN PASSWORD 'plain-word'")
        line.execute("CREATE TABLE contact (id int)")
    plain = make_url(url).set(username="plain", password="plain-word")
    with pytest.raises(StoreError, match="owns the hub's database and may make roles"):
        create_hub(plain.render_as_string(hide_password=False), without_tls=True)
    with pytest.raises(StoreError, match="tables of another program"):
        create_hub(url, without_tls=True)
    gone = make_url(url).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="has no such database"):
        create_hub(gone, without_tls=True)
    assert OWNER not in gone.split("@")[1]


def test_key_that_says_more_than_a_new_role_allows_is_revoked_when_it_is_given(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    adding = "SELECT kid, revoked_by, revoked_for FROM signing_key WHERE worker_id = 'pnandra'"
    assert not list_person(hub.url, factory.PRIYA, at=datetime.now(UTC))
    officer = Worker(id="pnandra", name="Priya Nandra", role=Role.CONTACT_OFFICER, job="Officer")
    assert list_person(hub.url, officer, at=datetime.now(UTC))
    [(kid, by, reason)] = hub.tried(factory.OLA, adding)
    assert (by, reason) == ("owner", "left")
    told = hub.front.events()[-1]
    assert (told.kind, told.by) == ("worker.key_revoked", "owner")
    assert kid in told.detail
    with hub.front.store.read() as tx:
        standing = [k.worker_id for k in signing_keys.all(tx) if k.revoked_at is None]
    assert "pnandra" not in standing


def test_in_a_database_of_an_older_server_nobody_makes_tables_of_their_own_either(
    hub: HubHere,
) -> None:
    # Before PostgreSQL 15 everybody might, and an update of the server leaves it so.
    with psycopg.connect(hub.as_superuser, autocommit=True) as line:
        line.execute("GRANT ALL ON SCHEMA public TO PUBLIC")
    making = "CREATE TABLE public.mine (id int)"
    create_hub(hub.url, without_tls=True)
    assert "42501" in hub.answered(factory.RUTH, making)


def test_a_server_that_is_too_old_is_told_so_before_anything_is_made(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_server, "OLDEST", 990000)
    url = owned(server_url, "of_an_old_server")
    with pytest.raises(StoreError, match=r"needs 15 or newer\. Nothing was changed"):
        create_hub(url, without_tls=True)
    with psycopg.connect(url) as line:
        found = line.execute("SELECT to_regclass('event'), to_regclass('alembic_version')")
        assert found.fetchall() == [(None, None)]
