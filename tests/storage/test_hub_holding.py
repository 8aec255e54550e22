"""Somebody with a login and a program of their own holds what all others wait for."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest

from tests import factory
from tests.hub_here import EVERYONE, HubHere, tell
from tests.storage.test_hub_ties import told
from tests.storage.test_hub_tls import GUIDE
from triage.domain.contact import Contact
from triage.domain.errors import StoreError
from triage.domain.worker import Worker
from triage.storage import codec, hub_line
from triage.storage.hub_server import MOST_LINES, RULES
from triage.workflow import claims, receive, requests
from triage.workflow.desk import Desk

DELETED_FROM = {name for name, rule in RULES.items() if rule.delete}
STRONG = ("SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE")


def test_nobody_locks_a_table_but_those_whose_rows_are_kept_anew(hub: HubHere) -> None:
    for who in EVERYONE:
        with hub.as_somebody(who) as line:
            for table in RULES.keys() - DELETED_FROM:
                for mode in STRONG:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege), line.transaction():
                        line.execute(f"LOCK TABLE {table} IN {mode} MODE NOWAIT".encode())


@contextmanager
def _holding(hub: HubHere, act: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Ruth's own line, in the middle of something, with none of the limits that she may lift."""
    with hub.as_somebody(factory.RUTH) as line:
        for name in ("idle_in_transaction_session_timeout", "statement_timeout"):
            line.execute(f"SET {name} = 0".encode())
        line.execute(b"BEGIN")
        line.execute(act.encode())
        yield line


@pytest.fixture
def soon(hub: HubHere, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever waits, and whoever holds, has a moment for it rather than most of a minute."""
    options = str(hub_line.ARGUMENTS["options"]).replace("lock_timeout=10000", "lock_timeout=300")
    monkeypatch.setattr(hub_line, "ARGUMENTS", {**hub_line.ARGUMENTS, "options": options})
    with psycopg.connect(hub.url, autocommit=True) as line:
        reading = "SELECT pg_get_functiondef('fanlight_end_holders'::regproc)"
        [(made,)] = line.execute(reading).fetchall()
        line.execute(made.replace("40 seconds", "0 seconds").encode())
        yield
        line.execute(made.encode())


@pytest.mark.parametrize(
    "act", ["SELECT FROM event_head FOR UPDATE", "LOCK TABLE restriction", "an event"]
)
@pytest.mark.usefixtures("soon")
def test_a_line_that_holds_up_all_others_is_ended_by_whoever_waited(
    hub: HubHere, at: Callable[[Worker], Desk], act: str
) -> None:
    contact = hub.front.bring(factory.contact())
    desk = at(factory.SANA)
    with _holding(hub, "SELECT 1" if act == "an event" else act) as line:
        if act == "an event":
            tell(line, factory.RUTH, "worker.locked", None)
        with pytest.raises(StoreError, match="try again in a moment"):
            claims.claim(desk, contact.id)
        assert claims.claim(desk, contact.id).assigned_to == factory.SANA.id
        with pytest.raises(psycopg.OperationalError):
            line.execute(b"COMMIT")
    [ended, _] = hub.front.events()
    said = (ended.kind, ended.by, ended.detail)
    assert said == ("worker.line_ended", factory.SANA.id, '{"worker":"rosei"}')
    with psycopg.connect(hub.url) as owner:  # who is nobody's stand-in afterwards
        held = owner.execute("SELECT pg_has_role(current_user, 'fl_rosei', 'MEMBER')").fetchone()
    assert held == (False,)


def test_nobody_ends_a_line_that_holds_something_for_a_moment(hub: HubHere) -> None:
    with _holding(hub, "SELECT FROM event_head FOR UPDATE") as line:
        assert hub.tried(factory.SANA, "SELECT fanlight_end_holders()") == [([],)]
        line.execute(b"COMMIT")


def test_a_login_has_limits_where_whoever_uses_it_sets_none(hub: HubHere) -> None:
    asked = "SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user"
    assert hub.tried(factory.RUTH, asked) == [(MOST_LINES,)]
    for name in ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout"):
        [(limit,)] = hub.tried(factory.RUTH, f"SHOW {name}")
        assert limit not in ("0", ""), name


def test_nobody_keeps_all_others_from_the_next_reference(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    desk = at(factory.RUTH)
    first = receive.start_call(desk)
    year = factory.NOW.year
    requests.start(desk, first.id, "housing")
    for counter in ("reference_counter", "request_counter"):
        for act in (
            f"UPDATE {counter} SET last = 2147483647",
            f"UPDATE {counter} SET last = last + 1",
            f"UPDATE {counter} SET last = last - 1",
            f"INSERT INTO {counter} VALUES ({year + 1}, 2147483647)",
            f"INSERT INTO {counter} VALUES ({year + 1}, 1)",
        ):
            assert "FL001" in hub.answered(factory.RUTH, act), act
    ahead = replace(first, id=uuid4(), reference="C-26-00002", assigned_to=None, assigned_at=None)
    values = (ahead.id, ahead.received_at, codec.dump(Contact, ahead, sparse=True))
    taking = "INSERT INTO contact VALUES (%s, 'C-26-00002', 'draft', %s, NULL, NULL, 1, %s)"
    assert "next one" in told(hub, factory.RUTH, "call.started", ahead.id, taking, *values)
    assert receive.start_call(desk).reference == "C-26-00002"


def test_nobody_keeps_files_of_their_own_once_the_guide_was_followed(hub: HubHere) -> None:
    [ending] = re.findall(r"REVOKE EXECUTE ON FUNCTION lo_.*;", GUIDE.read_text(encoding="utf-8"))
    with psycopg.connect(hub.as_superuser, autocommit=True) as line:
        line.execute(ending.encode())
    for making in (
        "lo_create(0)",
        "lo_creat(0)",
        "lo_from_bytea(0, 'x')",
        "lo_import('/etc/hosts')",
    ):
        assert "42501" in hub.answered(factory.RUTH, f"SELECT {making}"), making
