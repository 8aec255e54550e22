"""Whose each row is: the contact, or the two, that it tells of, whatever table it stands in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, select

from triage.storage.engine import Transaction
from triage.storage.tables import metadata

KEYS = frozenset({"content_key", "child_key", "content_share"})
"""Tables of keys, which are never among rows."""

NOBODYS = frozenset({"event", "event_head", *KEYS})
"""Tables told of apart: events stay whatever becomes of a contact."""

_COMMENT = "sign-off.comment."


def owned_through(table: Table) -> Column[Any] | None:
    """The column that leads to a contact: its own id, `contact_id`, or a key into another table."""
    if table.name in NOBODYS:
        return None
    if table.name == "contact":
        return table.c.id
    if "contact_id" in table.c:
        return table.c.contact_id
    for column in table.c:
        for key in column.foreign_keys:
            if owned_through(key.column.table) is not None:
                return column
    return None


class Belonging:
    """Whose rows are, as one transaction sees it."""

    def __init__(self, tx: Transaction) -> None:
        self._through: dict[str, dict[Any, UUID | None]] = {}
        for table in metadata.sorted_tables:
            column = owned_through(table)
            if column is not None and "contact_id" not in table.c and table.name != "contact":
                for key in column.foreign_keys:
                    self._learn(tx, key.column.table)
        self._learn(tx, metadata.tables["decision_version"])

    def _learn(self, tx: Transaction, table: Table) -> None:
        if "contact_id" in table.c and table.name not in self._through:
            rows = tx.connection.execute(select(table.c.id, table.c.contact_id))
            self._through[table.name] = {row.id: row.contact_id for row in rows}

    def owners(self, table: Table, row: Mapping[str, Any]) -> tuple[str, ...]:
        """Names of the keys that the row is sealed with; none for what tells of no family.

        A contact's key is called by its id; what belongs to no contact (yet), and bytes that
        several contacts may share, have a key of their own.
        """
        if table.name == "suggestion":
            return str(row["low"]), str(row["high"])
        if table.name == "original_bytes":
            return (bytes_key(row["sha256"]),)
        if table.name == "setting":
            return self._of_setting(str(row["name"]))
        column = owned_through(table)
        if column is None:
            return ()
        value = row[column.name]
        if table.name != "contact" and "contact_id" not in table.c:
            [key] = column.foreign_keys
            value = self._through[key.column.table.name].get(value)
        if value is None:
            named = "/".join(str(row[c.name]) for c in table.primary_key.columns)
            return (f"{table.name}:{named}",)
        return (str(value),)

    def _of_setting(self, name: str) -> tuple[str, ...]:
        if not name.startswith(_COMMENT):
            return ()
        try:
            version = UUID(name.removeprefix(_COMMENT)[:36])
        except ValueError:
            return ()
        contact = self._through["decision_version"].get(version)
        return (str(contact),) if contact else ()


def bytes_key(sha256: str) -> str:
    """The name of the key of an original's bytes."""
    return f"original_bytes:{sha256}"
