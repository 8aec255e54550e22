"""Which rows a hub's database lets each role write, each table by itself, tried with plain SQL
while nothing but the rules of its rows stands in the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, Uuid

from tests import factory
from tests.hub_here import EVERYONE, HubHere
from triage.domain.worker import ALLOWED, LEAST, May, Role, Worker
from triage.storage.hub_server import RULES, create_hub
from triage.storage.tables import metadata

NOBODY: frozenset[May] = frozenset()
ANYBODY = frozenset(May)
MAIL = frozenset({May.RECEIVE, May.SCREEN})
RECEIVE, SCREEN, SIGN = (frozenset({act}) for act in (May.RECEIVE, May.SCREEN, May.SIGN))
PROPOSE_OR_SIGN, CONFIGURE = frozenset({May.PROPOSE, May.SIGN}), frozenset({May.CONFIGURE})

WRITERS: dict[str, tuple[frozenset[May], frozenset[May]]] = {
    "access_draft": (SIGN, SIGN),
    "access_grant": (frozenset({May.BREAK_GLASS}), SIGN),
    "answer": (PROPOSE_OR_SIGN, PROPOSE_OR_SIGN),
    "checkpoint_mail": (RECEIVE, RECEIVE),
    "contact": (RECEIVE, MAIL),
    "child_key": (NOBODY, NOBODY),
    "contact_child": (MAIL, NOBODY),
    "content_key": (NOBODY, NOBODY),
    "content_share": (NOBODY, NOBODY),
    "correction": (SCREEN, SIGN),
    "decision_version": (PROPOSE_OR_SIGN, PROPOSE_OR_SIGN),
    "delivery": (SIGN, RECEIVE | SIGN),
    "desk_save": (ANYBODY, NOBODY),
    "destruction": (SIGN, SIGN),
    "directory_copy": (RECEIVE, RECEIVE),
    "event": (ANYBODY, NOBODY),
    "event_head": (NOBODY, ANYBODY),
    "handover_offer": (SCREEN, SCREEN),
    "legal_hold": (SIGN, SIGN),
    "lookup_result": (NOBODY, NOBODY),
    "mailbox": (MAIL, MAIL),
    "mailbox_message": (MAIL, NOBODY),
    "original": (RECEIVE, SCREEN),
    "original_bytes": (RECEIVE, NOBODY),
    "pack_copy": (frozenset({May.PRINT}), NOBODY),
    "partner_answer": (MAIL, MAIL),
    "reader_draft": (MAIL, MAIL),
    "reference_counter": (RECEIVE, RECEIVE),
    "reminder": (frozenset({May.READ}), frozenset({May.READ})),
    "request": (SCREEN, SCREEN),
    "request_counter": (SCREEN, SCREEN),
    "request_message": (MAIL, MAIL),
    "restricted_child": (MAIL, NOBODY),
    "restricted_place": (MAIL, NOBODY),
    "restriction": (MAIL, NOBODY),
    "retention_rule": (NOBODY, NOBODY),
    "service": (RECEIVE, RECEIVE),
    "service_referral": (SCREEN, SCREEN),
    "setting": (SIGN | CONFIGURE, SIGN | CONFIGURE),
    "signing_key": (ANYBODY, ANYBODY),
    "suggestion": (NOBODY, NOBODY),
    "verdict": (NOBODY, NOBODY),
    "version_opened": (SIGN, SIGN),
    "worker": (NOBODY, NOBODY),
}
"""Who may add a row of their own, and who may change one that is theirs: whoever may do one of
these."""

THROUGH_VIEWS = {
    "lookup_result_shown": (MAIL, MAIL),
    "suggestion_shown": (MAIL, MAIL),
    "verdict_shown": (frozenset({May.LINK}), frozenset({May.LINK})),
}
"""The same of what is read and written as one, and kept in two."""

DELETERS = {
    "access_draft": SIGN,
    "restriction": frozenset({May.OPEN_RESTRICTED}),
    "service": RECEIVE,
}
"""Who may take away a row that is theirs."""

SPLIT = {
    **ALLOWED,
    Role.BUSINESS_SUPPORT: frozenset({May.READ, May.RECEIVE}),
    Role.CONTACT_OFFICER: frozenset({May.READ, May.SCREEN, May.BREAK_GLASS}),
    Role.SOCIAL_WORKER: frozenset({May.READ, May.PROPOSE, May.LINK}),
    Role.NIGHT_TEAM: frozenset({May.READ, May.PRINT, May.OPEN_RESTRICTED}),
    Role.TEAM_LEADER: LEAST[Role.TEAM_LEADER],
}
"""A hub where no two acts of a role are always allowed together."""

ANOTHERS = {
    "access_draft", "access_grant", "answer", "correction", "desk_save", "handover_offer",
    "legal_hold", "pack_copy", "reminder", "signing_key", "version_opened",
}  # fmt: skip
"""Where nobody adds a row in another's name."""

OF_ONE = {
    "access_draft", "answer", "correction", "handover_offer", "reminder", "version_opened",
}  # fmt: skip
"""Where nobody changes a row in another's name."""

STAYS = {
    *(("original", name) for name in ("name", "sha256", "size", "kind", "received_at")),
    *(("checkpoint_mail", name) for name in ("seq", "to", "token", "made_at")),
    *(("request_message", name) for name in ("request_id", "kind", "via", "to", "local_id")),
    *(("request_message", name) for name in ("made_at", "document")),
}
"""What came, or went out, as it was."""

_THERE = {
    *("contact", "contact_child", "content_share", "worker", "event", "event_head"),
    *("retention_rule", "restriction"),
}
"""What has a row of its own already, or would hide the others."""

_OF_PERSON = {"by", "worker", "worker_id", "answered_by"}
_REFUSED = "42501"


@dataclass(frozen=True)
class Rows:
    """One row of each table, of which `made` gives another."""

    contact: UUID
    other: UUID

    def made(self, table: str, who: str, *, id: UUID | None = None) -> dict[str, Any]:
        return {c.name: self._value(table, c, who, id or uuid4()) for c in _columns(table)}

    def _value(self, table: str, column: Column[Any], who: str, id: UUID) -> Any:
        name = column.name
        if name in ("contact_id", "low"):
            return self.contact
        if name in ("version_id", "decision_id", "request_id"):
            return self.contact  # whose own ids are its contact's here
        if name == "high":
            return self.other
        if name in _OF_PERSON:
            return who
        if name in ("lifted_at", "lifted_by", "undone_at", "revoked_at"):
            return None
        return self._dummy(table, column, id)

    def _dummy(self, table: str, column: Column[Any], id: UUID) -> Any:
        kind, name = column.type, column.name
        if isinstance(kind, Uuid):
            return id
        if isinstance(kind, Integer):
            return id.int % 2_000_000_000
        if isinstance(kind, Boolean):
            return False
        if isinstance(kind, LargeBinary):
            return b"x"
        if isinstance(getattr(kind, "impl", kind), DateTime):
            return factory.NOW
        if column.primary_key:
            return str(id)
        return {"body": "{}", "jwk": "{}", "standing": "asked", "state": "x"}.get(name, "x")


@pytest.fixture
def rows(hub: HubHere) -> Iterator[Rows]:
    """The hub with nothing but the rules of its rows, and a row of Priya's in each table."""
    create_hub(hub.url, without_tls=True, roles=SPLIT)
    contact = hub.front.bring(factory.contact()).id
    found = Rows(contact, hub.front.bring(factory.contact(reference="C-26-04999")).id)
    with psycopg.connect(hub.as_superuser, autocommit=True) as line:
        for table in metadata.tables:
            line.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        line.execute("SET session_replication_role = replica")
        for table in metadata.tables.keys() - _THERE:
            values = found.made(table, "pnandra", id=contact)
            line.execute(inserting(table, values), tuple(values.values()))
        try:
            yield found
        finally:
            for table in metadata.tables:
                line.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
            create_hub(hub.url, without_tls=True, roles=ALLOWED)


def _columns(table: str) -> list[Column[Any]]:
    return [*metadata.tables[table.removesuffix("_shown")].c]


def inserting(table: str, values: dict[str, Any]) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join([sql.Placeholder()] * len(values)),
    )


def _refused(
    line: "psycopg.Connection[tuple[Any, ...]]", act: sql.Composed, *values: object
) -> bool:
    """Whether the rules of rows let it not through, or show nothing to change; undone after."""
    try:
        with line.transaction(force_rollback=True):
            return line.execute(act, values).rowcount == 0
    except psycopg.Error as fault:
        return fault.sqlstate == _REFUSED


def _may(who: Worker, acts: frozenset[May]) -> bool:
    return acts == ANYBODY or bool(SPLIT[who.role] & acts)


def test_each_table_says_who_writes_it() -> None:
    assert WRITERS.keys() == RULES.keys()


def test_a_row_is_added_by_who_may_do_what_it_is_of_and_in_nobody_elses_name(
    hub: HubHere, rows: Rows
) -> None:
    for who in EVERYONE:
        with hub.as_somebody(who) as line:
            for table, (adding, _) in (WRITERS | THROUGH_VIEWS).items():
                mine = rows.made(table, who.id)
                refused = _refused(line, inserting(table, mine), *mine.values())
                assert refused is not _may(who, adding), (who.id, table)
                if table in ANOTHERS:
                    theirs = rows.made(table, "nobody")
                    assert _refused(line, inserting(table, theirs), *theirs.values()), (
                        *(who.id, table),
                    )


def test_no_row_is_added_to_a_contact_that_is_not_theirs_to_know(hub: HubHere, rows: Rows) -> None:
    tied = {
        table
        for table in (WRITERS | THROUGH_VIEWS).keys() - {"access_grant", "event", "destruction"}
        if {"contact_id", "low", "decision_id", "version_id"} & {c.name for c in _columns(table)}
    }
    all_else = [act.value for act in May if act is not May.OPEN_RESTRICTED]
    with psycopg.connect(hub.as_superuser, autocommit=True) as owner:
        owner.execute("INSERT INTO restriction VALUES (%s)", (rows.contact,))
        owner.execute(
            "INSERT INTO fanlight_allowed SELECT DISTINCT role, unnest(%s::text[]) "
            "FROM fanlight_allowed ON CONFLICT DO NOTHING", (all_else,)
        )  # fmt: skip
    for who in EVERYONE:
        if May.OPEN_RESTRICTED not in SPLIT[who.role]:
            with hub.as_somebody(who) as line:
                for table in tied - {"restriction"}:
                    mine = rows.made(table, who.id)
                    assert _refused(line, inserting(table, mine), *mine.values()), (who.id, table)
                hidden = {"contact_id": uuid4()}
                assert _refused(line, inserting("restriction", hidden), *hidden.values()), who.id


def test_a_row_is_taken_away_by_who_may_do_what_it_is_of(hub: HubHere, rows: Rows) -> None:
    with psycopg.connect(hub.as_superuser, autocommit=True) as owner:
        owner.execute("INSERT INTO restriction VALUES (%s)", (rows.other,))
    for who in EVERYONE:
        given(hub, who)
        with hub.as_somebody(who) as line:
            for table in WRITERS:
                taking = sql.SQL("DELETE FROM {}").format(sql.Identifier(table))
                may = _may(who, DELETERS.get(table, NOBODY))
                assert _refused(line, taking) is not may, (who.id, table)


def given(hub: HubHere, who: Worker) -> None:
    """Each row that is somebody's is this person's."""
    with psycopg.connect(hub.as_superuser, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        for table in metadata.tables.keys() - {"event", "signing_key"}:
            for name in {c.name for c in metadata.tables[table].c} & _OF_PERSON:
                giving = sql.SQL("UPDATE {} SET {} = %s")
                named = map(sql.Identifier, (table, name))
                owner.execute(giving.format(*named), (who.id,))


def test_a_row_is_changed_by_who_may_do_what_it_is_of(hub: HubHere, rows: Rows) -> None:
    for who in EVERYONE:
        given(hub, who)
        with hub.as_somebody(who) as line:
            for table, (_, changing) in (WRITERS | THROUGH_VIEWS).items():
                refused = _refused(line, _changing(table))
                acts = SIGN | CONFIGURE if table == "signing_key" else changing  # it is Priya's
                assert refused is not _may(who, acts), (who.id, table)


def test_a_row_in_anothers_name_is_changed_by_nobody_else(hub: HubHere, rows: Rows) -> None:
    for who in EVERYONE:
        if who != factory.PRIYA:  # whose they are
            with hub.as_somebody(who) as line:
                for table in OF_ONE:
                    assert _refused(line, _changing(table)), (who.id, table)


def test_what_a_row_is_known_by_and_what_came_or_went_is_changed_by_nobody(hub: HubHere) -> None:
    granted = hub.tried(
        factory.PRIYA,
        "SELECT table_name, column_name FROM information_schema.column_privileges "
        "WHERE grantee = 'fanlight_person' AND privilege_type = 'UPDATE'",
    )
    known_by = {(t.name, c.name) for t in metadata.tables.values() for c in t.primary_key}
    assert granted
    assert (known_by | STAYS) & {*granted} == set()


def test_what_belongs_to_a_contact_goes_to_no_other(hub: HubHere, rows: Rows) -> None:
    tied = [
        table
        for table, rule in RULES.items()
        for column in metadata.tables[table].c
        if column.name == "contact_id" and not column.primary_key
        if rule.change and not rule.changes
    ]
    assert {"request", "service_referral"} <= {*tied}
    for table in tied:
        with psycopg.connect(hub.as_superuser, autocommit=True) as line:
            alone = f"ALTER TABLE {table} ENABLE TRIGGER fanlight_stays_where_it_is"
            line.execute(alone.encode())
        moved = hub.answered(factory.PRIYA, f"UPDATE {table} SET contact_id = %s", rows.other)
        assert "stays with it" in moved, table


def _changing(table: str) -> sql.Composed:
    columns = [c.name for c in _columns(table) if not c.primary_key]
    rule = RULES[table].changes if table in RULES else ""
    name = rule.split(",")[0].strip('" ') if rule else (columns or ["contact_id"])[-1]
    return sql.SQL("UPDATE {0} SET {1} = {1}").format(sql.Identifier(table), sql.Identifier(name))
