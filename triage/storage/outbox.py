"""Signed decisions on their way to the council, each with the exact bytes that were signed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, select, update

from triage.domain.decision import Delivery, OutboxState
from triage.domain.errors import ConflictError, NotFoundError
from triage.storage import outgoing
from triage.storage.engine import Transaction
from triage.storage.tables import delivery as table

LONGEST_WAIT = timedelta(hours=25)
"""No delivery waits longer for its next try."""

_OPEN = [OutboxState.WAITING.value, OutboxState.SENT.value, OutboxState.UNKNOWN.value]


def put(tx: Transaction, delivery: Delivery) -> None:
    """Put a signed document into the outbox. ConflictError if its idempotency key is there."""
    tx.connection.execute(
        insert(table).values(
            id=delivery.id,
            decision_id=delivery.decision_id,
            contact_id=delivery.contact_id,
            idempotency_key=delivery.idempotency_key,
            document=delivery.document,
            payload_sha256=delivery.payload_sha256,
            not_stamped=delivery.not_stamped or None,
            **_columns(delivery),
        )
    )


def get(tx: Transaction, id: UUID) -> Delivery:
    """The delivery as it stands. Raises NotFoundError."""
    row = tx.connection.execute(select(table).where(table.c.id == id)).first()
    if row is None:
        raise NotFoundError("This delivery is not in the store. It may be on another computer.")
    return _delivery(row)


def due(tx: Transaction, at: datetime, limit: int = 50) -> list[Delivery]:
    """What waits to be sent, or was sent without a known answer, and may be tried at `at`.

    Those that another desk has claimed until later are left out; so is a later decision on a
    contact until the earlier one is settled, as the council could not tell what it supersedes.
    A claim or wait further ahead than any is given was made before the clock of this computer
    was put back: it holds nothing up.
    """
    earlier = table.alias("earlier")
    before = (
        select(earlier.c.id)
        .where(
            earlier.c.contact_id == table.c.contact_id,
            earlier.c.seq < table.c.seq,
            earlier.c.state.in_(_OPEN),
        )
        .exists()
    )
    waited = outgoing.has_waited(table, at, LONGEST_WAIT)
    free = table.c.state.in_(_OPEN) & outgoing.is_free(table, at)
    return _read(tx, free & ~before & waited, limit)


def claim(tx: Transaction, id: UUID, by: str, until: datetime, *, at: datetime) -> bool:
    """Take a delivery on, so that no other desk sends it before `until`. False if one did."""
    return outgoing.claim(tx, table, table.c.id == id, by, until, at=at, open=_OPEN)


def record(tx: Transaction, delivery: Delivery) -> None:
    """Keep what became of a delivery, and let go of the claim. The document never changes.

    What the council accepted stays accepted: ConflictError on anything else said later.
    """
    here = table.c.id == delivery.id
    if delivery.state is not OutboxState.ACCEPTED:
        here = here & (table.c.state != OutboxState.ACCEPTED.value)
    changed = tx.connection.execute(
        update(table).where(here).values(**outgoing.LET_GO, **_columns(delivery))
    )
    if changed.rowcount == 0:
        theirs = get(tx, delivery.id)
        raise ConflictError(
            f"The council has already accepted this decision as {theirs.case_number}. That "
            "stands; nothing was changed."
        )


def of_contact(tx: Transaction, contact_id: UUID, *, limit: int = 200) -> list[Delivery]:
    """Every delivery for a contact."""
    return _read(tx, table.c.contact_id == contact_id, limit)


def of_decision(tx: Transaction, decision_id: UUID, *, limit: int = 200) -> list[Delivery]:
    """Every delivery of one signed decision."""
    return _read(tx, table.c.decision_id == decision_id, limit)


def all_open(tx: Transaction, *, limit: int = 500) -> list[Delivery]:
    """Everything not yet accepted or rejected."""
    return _read(tx, table.c.state.in_(_OPEN), limit)


def unstamped(tx: Transaction, limit: int = 20) -> list[Delivery]:
    """What was signed to be time-stamped and is not yet."""
    return _read(tx, table.c.not_stamped > "", limit)  # SQLite finds no "not null" by an index


def stamp(tx: Transaction, id: UUID, token: bytes, at: datetime) -> bool:
    """Keep a time stamp, once. False where another desk had it first."""
    changed = tx.connection.execute(
        update(table)
        .where(table.c.id == id, table.c.time_stamp.is_(None))
        .values(time_stamp=token, stamped_at=at, not_stamped=None)
    )
    return changed.rowcount == 1


def not_stamped(tx: Transaction, id: UUID, why: str) -> None:
    """Keep why there is no time stamp yet; "" where none will be asked for any more."""
    tx.connection.execute(
        update(table)
        .where(table.c.id == id, table.c.time_stamp.is_(None))
        .values(not_stamped=why or None)
    )


def documents(tx: Transaction) -> Iterator[bytes]:
    """The exact bytes of every signed decision that was ever put here."""
    rows = tx.connection.execution_options(yield_per=50).execute(select(table.c.document))
    for row in rows:
        yield bytes(row.document)


def _columns(delivery: Delivery) -> dict[str, Any]:
    return {
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "next_attempt_at": delivery.next_attempt_at,
        "sent_at": delivery.sent_at,
        "receipt": delivery.receipt,
        "case_number": delivery.case_number,
        "words": delivery.words,
        "seq": delivery.seq,
    }


def _read(tx: Transaction, condition: ColumnElement[bool], limit: int) -> list[Delivery]:
    query = select(table).where(condition).limit(limit)
    # Longest due first; the two engines put NULL at different ends unless told.
    query = query.order_by(table.c.next_attempt_at.asc().nulls_first(), table.c.id)
    return [_delivery(row) for row in tx.connection.execute(query)]


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        decision_id=row.decision_id,
        contact_id=row.contact_id,
        idempotency_key=row.idempotency_key,
        document=bytes(row.document),
        payload_sha256=row.payload_sha256,
        state=OutboxState(row.state),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        sent_at=row.sent_at,
        receipt=bytes(row.receipt),
        case_number=row.case_number,
        words=row.words,
        seq=row.seq,
        time_stamp=bytes(row.time_stamp or b""),
        stamped_at=row.stamped_at,
        not_stamped=row.not_stamped or "",
    )
