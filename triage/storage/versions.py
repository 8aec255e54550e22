"""Decisions frozen for sign-off, who opened them, and the author's signature over each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy import insert as insert_into

from triage.domain.decision import DecisionVersion, VersionState
from triage.domain.errors import ConflictError, NotFoundError
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import decision_version as table
from triage.storage.tables import version_opened


def insert(tx: Transaction, version: DecisionVersion) -> None:
    """Keep a version just frozen. Raises ConflictError when its number is taken."""
    tx.connection.execute(
        insert_into(table).values(
            id=version.id,
            contact_id=version.contact_id,
            number=version.number,
            proposed_at=version.proposed_at,
            **_columns(version),
        )
    )


def replace(tx: Transaction, version: DecisionVersion, *, was: VersionState) -> None:
    """Keep what became of a version. Raises ConflictError unless it is still in state `was`."""
    changed = tx.connection.execute(
        update(table)
        .where(table.c.id == version.id, table.c.state == was.value)
        .values(**_columns(version))
    )
    if changed.rowcount == 0:
        theirs = get(tx, version.id)
        raise ConflictError(
            f"Someone else dealt with this decision first: it is {theirs.state.value} now. "
            "Nothing of yours was saved over it; open it again to see what they did."
        )


def get(tx: Transaction, id: UUID) -> DecisionVersion:
    """The version as it stands. Raises NotFoundError."""
    found = _read(tx, select(table.c.body).where(table.c.id == id))
    if not found:
        raise NotFoundError("This decision is not in the store. It may be on another computer.")
    return found[0]


def of_contact(tx: Transaction, contact_id: UUID, *, limit: int = 500) -> list[DecisionVersion]:
    """The versions of one contact's decision, by number."""
    return _read(
        tx,
        select(table.c.body)
        .where(table.c.contact_id == contact_id)
        .order_by(table.c.number)
        .limit(limit),
    )


def of_contacts(
    tx: Transaction, contact_ids: Iterable[UUID], state: VersionState, *, limit: int = 500
) -> list[DecisionVersion]:
    """Versions of any of the contacts in a state, the newest `limit` at most of 500 contacts."""
    wanted, found = sorted(set(contact_ids)), list[DecisionVersion]()
    for at in range(0, len(wanted), 500):
        theirs = table.c.contact_id.in_(wanted[at : at + 500])
        query = select(table.c.body).where(theirs, table.c.state == state.value)
        order = (table.c.proposed_at.desc(), table.c.id)
        found += _read(tx, query.order_by(*order).limit(limit))
    return found


def in_state(tx: Transaction, state: VersionState, limit: int = 500) -> list[DecisionVersion]:
    """Versions in a state, the longest waiting first."""
    query = select(table.c.body).where(table.c.state == state.value)
    return _read(tx, query.order_by(table.c.proposed_at, table.c.id).limit(limit))


def mark_opened(tx: Transaction, version_id: UUID, by: str, at: datetime) -> None:
    """Remember that someone opened the version; the newest time counts."""
    here = (version_opened.c.version_id == version_id, version_opened.c.by == by)
    if tx.connection.execute(update(version_opened).where(*here).values(at=at)).rowcount == 0:
        tx.connection.execute(
            insert_into(version_opened).values(version_id=version_id, by=by, at=at)
        )


def opened_by(tx: Transaction, by: str, version_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the versions that somebody opened."""
    wanted, found = sorted(set(version_ids)), set[UUID]()
    opened = version_opened.c
    for at in range(0, len(wanted), 500):
        here = (opened.version_id.in_(wanted[at : at + 500]), opened.by == by)
        query = select(opened.version_id).where(*here).order_by(opened.version_id).limit(500)
        found.update(tx.connection.scalars(query))
    return found


def last_looked(
    tx: Transaction, contact_id: UUID, by: str, *, before: int | None = None
) -> UUID | None:
    """The version of the contact this person opened last, or None if they opened none.

    With `before`, only versions of a lower number count: what they saw before this one.
    """
    query = (
        select(table.c.id)
        .join(version_opened, version_opened.c.version_id == table.c.id)
        .where(table.c.contact_id == contact_id, version_opened.c.by == by)
        .order_by(version_opened.c.at.desc(), table.c.number.desc())
        .limit(1)
    )
    if before is not None:
        query = query.where(table.c.number < before)
    return tx.connection.scalar(query)


def _columns(version: DecisionVersion) -> dict[str, Any]:
    return {"state": version.state.value, "body": codec.dump(DecisionVersion, version)}


def _read(tx: Transaction, query: Select[Any]) -> list[DecisionVersion]:
    return [codec.load(DecisionVersion, body) for body in tx.connection.scalars(query)]
