"""Answers being written, each saved and conflicting on its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from triage.domain.decision import Answer, AnswerConflict, SavedAnswer
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import answer as table

__all__ = ["AnswerConflict", "all", "save"]


def save(
    tx: Transaction,
    contact_id: UUID,
    key: str,
    value: Answer,
    *,
    base_version: int,
    by: str,
    at: datetime,
) -> SavedAnswer:
    """Keep an answer typed over version `base_version` (0 where there was none).

    Raises AnswerConflict, with yours and theirs, when another window saved something else since.
    The same words from two windows are no conflict.
    """
    saved = SavedAnswer(key=key, value=value, version=base_version + 1, by=by, at=at)
    here = (table.c.contact_id == contact_id, table.c.key == key)
    row = tx.connection.execute(select(table).where(*here)).first()
    values = {"value": codec.dump(Answer, value), "version": saved.version, "by": by, "at": at}
    if row is None and base_version == 0:
        tx.connection.execute(insert(table).values(contact_id=contact_id, key=key, **values))
        return saved
    if row is not None and row.version == base_version:
        tx.connection.execute(update(table).where(*here).values(**values))
        return saved
    if row is None:
        raise ValueError(f"No answer {key} was ever saved, yet version {base_version} is named")
    theirs = _answer(row)
    if theirs.value == value:
        return theirs
    raise AnswerConflict(yours=value, theirs=theirs)


def all(tx: Transaction, contact_id: UUID) -> dict[str, SavedAnswer]:
    """Every answer saved for the contact, by key."""
    rows = tx.connection.execute(
        select(table).where(table.c.contact_id == contact_id).order_by(table.c.key).limit(10_000)
    )
    return {row.key: _answer(row) for row in rows}


def _answer(row: Row[Any]) -> SavedAnswer:
    value: Answer = codec.load(Answer, row.value)
    return SavedAnswer(key=row.key, value=value, version=row.version, by=row.by, at=row.at)
