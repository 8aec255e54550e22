"""Offers to hand contacts over, and people's own reminders."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Table, insert, select, update

from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.handover import LIVE, Offer, OfferState, Reminder
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import handover_offer, reminder

_MOST = 500
_T = TypeVar("_T")


def add_offer(tx: Transaction, offer: Offer) -> None:
    """Keep a new offer."""
    tx.connection.execute(insert(handover_offer).values(id=offer.id, **_offered(offer)))


def save_offer(tx: Transaction, offer: Offer) -> Offer:
    """Keep a changed offer; its version one higher. Raises ConflictError where it was answered or
    changed since it was read."""
    saved = replace(offer, version=offer.version + 1)
    _save(tx, handover_offer, offer.id, offer.version, _offered(saved))
    return saved


def offer(tx: Transaction, id: UUID) -> Offer:
    """The offer as last saved. Raises NotFoundError."""
    return _one(tx, handover_offer, Offer, id)


def live_offer(tx: Transaction, contact_id: UUID, by: str) -> Offer | None:
    """The offer of a contact by somebody that is not settled yet."""
    table = handover_offer.c
    where = (table.contact_id == contact_id, table.by == by, _in(LIVE))
    return next(iter(_read(tx, handover_offer, Offer, *where)), None)


def offers_by(tx: Transaction, worker_id: str, since: datetime) -> list[Offer]:
    """What somebody offers, and offered since then, oldest first."""
    table = handover_offer.c
    return _read(tx, handover_offer, Offer, table.by == worker_id, _in(LIVE) | (table.at >= since))


def offers_to(tx: Transaction, worker_id: str) -> list[Offer]:
    """What is held out to somebody and not answered yet, oldest first."""
    where = (handover_offer.c.to == worker_id, _in((OfferState.OFFERED,)))
    return _read(tx, handover_offer, Offer, *where)


def add_reminder(tx: Transaction, made: Reminder) -> None:
    """Keep a new reminder."""
    tx.connection.execute(insert(reminder).values(id=made.id, **_reminded(made)))


def save_reminder(tx: Transaction, changed: Reminder) -> Reminder:
    """Keep a changed reminder; its version one higher. Raises ConflictError."""
    saved = replace(changed, version=changed.version + 1)
    _save(tx, reminder, changed.id, changed.version, _reminded(saved))
    return saved


def one_reminder(tx: Transaction, id: UUID) -> Reminder:
    """The reminder as last saved. Raises NotFoundError."""
    return _one(tx, reminder, Reminder, id)


def reminders(tx: Transaction, by: str, *, done_since: datetime) -> list[Reminder]:
    """Somebody's reminders, the first due first: what is open, and what was done since."""
    table = reminder.c
    open_or_new = table.done_at.is_(None) | (table.done_at >= done_since)
    query = select(table.body).where(table.by == by, open_or_new)
    bodies = tx.connection.scalars(query.order_by(table.due_at, table.id).limit(_MOST))
    return [codec.load(Reminder, body) for body in bodies]


def _in(states: Iterable[OfferState]) -> ColumnElement[bool]:
    return handover_offer.c.state.in_([s.value for s in states])


def _offered(kept: Offer) -> dict[str, Any]:
    return {
        "contact_id": kept.contact_id,
        "by": kept.by,
        "to": kept.to,
        "state": kept.state.value,
        "at": kept.at,
        "version": kept.version,
        "body": codec.dump(Offer, kept),
    }


def _reminded(kept: Reminder) -> dict[str, Any]:
    return {
        "by": kept.by,
        "contact_id": kept.contact_id,
        "due_at": kept.due_at,
        "done_at": kept.done_at,
        "version": kept.version,
        "body": codec.dump(Reminder, kept),
    }


def _save(tx: Transaction, table: Table, id: UUID, version: int, values: dict[str, Any]) -> None:
    here = (table.c.id == id, table.c.version == version)
    if tx.connection.execute(update(table).where(*here).values(**values)).rowcount == 0:
        raise ConflictError(
            "This was changed at another desk a moment ago. Nothing of theirs was overwritten: "
            "look at it again."
        )


def _one(tx: Transaction, table: Table, kind: type[_T], id: UUID) -> _T:
    body = tx.connection.scalar(select(table.c.body).where(table.c.id == id))
    if body is None:
        raise NotFoundError("This is not in the store any more. Nothing was changed.")
    return codec.load(kind, body)


def _read(
    tx: Transaction, table: Table, kind: type[Offer], *where: ColumnElement[bool]
) -> list[Offer]:
    query = select(table.c.body).where(*where).order_by(table.c.at, table.c.id).limit(_MOST)
    return [codec.load(kind, body) for body in tx.connection.scalars(query)]
