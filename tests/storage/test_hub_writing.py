"""What somebody who only reads may write at a hub, tried on a row of every table."""

from uuid import uuid4

import psycopg
from sqlalchemy import Table
from sqlalchemy.sql import sqltypes

from tests import factory
from tests.hub_here import HubHere
from triage.domain.worker import Worker
from triage.storage.hub_server import RULES
from triage.storage.tables import metadata

OWN = {
    ("desk_save", "INSERT"): "the number of what their own desk saved",
    ("reminder", "INSERT"): "a reminder to themselves",
    ("reminder", "UPDATE"): "and when it is done",
}
"""What an auditor may write, and of what; an event is refused here for its time and its hash."""


def _value(column: str, kind: object, contact: str) -> object:
    kind = getattr(kind, "impl", kind)
    if isinstance(kind, sqltypes.Integer):
        return 1
    if isinstance(kind, sqltypes.Boolean):
        return False
    if isinstance(kind, sqltypes.Uuid):
        return contact
    if isinstance(kind, sqltypes.LargeBinary):
        return b"\0"
    if isinstance(kind, sqltypes.Date):
        return "2026-11-29"
    if isinstance(kind, sqltypes.Float):
        return 1.0
    if not isinstance(kind, sqltypes.String):
        return "2026-11-29T10:00:00+00:00"
    return "{}" if column in ("body", "detail", "value", "jwk") else factory.AMIR.id


def _row(table: Table, contact: str) -> dict[str, object]:
    """A row of the auditor's own. Another contact is restricted, not the one that it is about."""
    about = contact if table.name != "restriction" else str(uuid4())
    return {c.name: _value(c.name, c.type, about) for c in table.columns}


def _adding(table: Table) -> str:
    names = ", ".join(f'"{c.name}"' for c in table.columns)
    return f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(['%s'] * len(table.columns))})"


def _writes(hub: HubHere, who: Worker, table: Table, contact: str) -> set[str]:
    """By which verbs that person changes a row of the table, or would but for its number, which
    is there already."""
    changing = next((c.name for c in table.columns if not c.primary_key), "contact_id")
    tried = {
        "INSERT": (_adding(table), *_row(table, contact).values()),
        "UPDATE": (f'UPDATE {table.name} SET "{changing}" = "{changing}"',),
        "DELETE": (f"DELETE FROM {table.name}",),
    }
    refused = ("42501", "FL001", "[(0,)]")
    return {
        verb for verb, what in tried.items() if not hub.answered(who, *what).startswith(refused)
    }


def test_auditor_writes_nothing_but_what_is_of_their_own_desk(hub: HubHere) -> None:
    contact = str(hub.front.bring(factory.contact()).id)
    # No rule is asked: so only by the superuser, who may leave the triggers out.
    with psycopg.connect(hub.as_superuser) as line:
        line.execute("SET session_replication_role = replica")
        for table in metadata.sorted_tables:
            row = _row(table, contact)
            key = " AND ".join(f'"{c.name}" = %s' for c in table.primary_key)
            held = [row[c.name] for c in table.primary_key]
            if not line.execute(f"SELECT FROM {table.name} WHERE {key}".encode(), held).rowcount:
                line.execute(_adding(table).encode(), list(row.values()))
    for counted in ("contact", "event", "request", "reminder"):
        assert hub.tried(factory.AMIR, f"SELECT count(*) > 0 FROM {counted}") == [(True,)]
    found = {
        (name, verb)
        for name in RULES
        for verb in _writes(hub, factory.AMIR, metadata.tables[name], contact)
    }
    assert found == set(OWN)
