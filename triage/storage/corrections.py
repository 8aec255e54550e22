"""Requests to correct a record, beside it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update

from triage.domain.correction import Correction, Standing
from triage.domain.errors import NotFoundError
from triage.storage.engine import Transaction
from triage.storage.tables import correction as table


def add(tx: Transaction, asked: Correction) -> None:
    """Keep a new request."""
    tx.connection.execute(
        insert(table).values(
            id=asked.id,
            contact_id=asked.contact_id,
            path=asked.path,
            who=asked.who,
            says=asked.says,
            at=asked.at,
            by=asked.by,
            standing=asked.standing.value,
        )
    )


def answer(
    tx: Transaction, id: UUID, standing: Standing, words: str, *, by: str, at: datetime
) -> None:
    """Keep what was answered. Raises NotFoundError for one that was answered already."""
    changed = tx.connection.execute(
        update(table)
        .where(table.c.id == id, table.c.standing == Standing.ASKED.value)
        .values(standing=standing.value, answer=words, answered_by=by, answered_at=at)
    )
    if changed.rowcount == 0:
        raise NotFoundError("This request was answered already, or is not here. Nothing changed.")


def of_contact(tx: Transaction, contact_id: UUID) -> tuple[Correction, ...]:
    """What was asked about a contact, the oldest first."""
    return _read(tx, table.c.contact_id == contact_id)


def waiting(tx: Transaction, *, limit: int) -> tuple[Correction, ...]:
    """What nobody has answered yet, of any contact, the oldest first."""
    return _read(tx, table.c.standing == Standing.ASKED.value, limit)


def _read(tx: Transaction, which: ColumnElement[bool], limit: int = 500) -> tuple[Correction, ...]:
    rows = tx.connection.execute(
        select(table).where(which).order_by(table.c.at, table.c.id).limit(limit)
    ).mappings()
    return tuple(
        Correction(
            **{k: v for k, v in row.items() if v is not None and k != "standing"},
            standing=Standing(row["standing"]),
        )
        for row in rows
    )
