"""What goes out to partners: each message with its exact bytes, until the channel has it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, select, update

from triage.domain.errors import NotFoundError
from triage.domain.request import MessageState, OutMessage, Via
from triage.storage import outgoing
from triage.storage.engine import Transaction
from triage.storage.tables import request_message as table


def put(tx: Transaction, message: OutMessage) -> None:
    """Keep a message to be sent. ConflictError if its local id is there."""
    tx.connection.execute(
        insert(table).values(
            id=message.id,
            request_id=message.request_id,
            kind=message.kind,
            via=message.via.value,
            to=message.to,
            local_id=message.local_id,
            made_at=message.made_at,
            document=message.document,
            **_columns(message),
        )
    )


def get(tx: Transaction, id: UUID) -> OutMessage:
    """The message as it stands. Raises NotFoundError."""
    found = _read(tx, table.c.id == id, 1)
    if not found:
        raise NotFoundError("This message is not in the store. It may be on another computer.")
    return found[0]


def due(tx: Transaction, at: datetime, *, limit: int = 20) -> list[OutMessage]:
    """What waits to be sent, or may have been, and may be tried at `at`; not what is claimed."""
    return _read(tx, outgoing.is_due(table, at), limit)


def claim(tx: Transaction, id: UUID, by: str, until: datetime, *, at: datetime) -> bool:
    """Take a message on, so that no other desk sends it before `until`. False if one did."""
    return outgoing.claim(tx, table, table.c.id == id, by, until, at=at)


def record(tx: Transaction, message: OutMessage) -> None:
    """Keep what became of a message, and let go of the claim."""
    tx.connection.execute(
        update(table).where(table.c.id == message.id).values(**outgoing.LET_GO, **_columns(message))
    )


def of_request(tx: Transaction, request_id: UUID, *, limit: int = 100) -> list[OutMessage]:
    """Every message of a request, oldest first."""
    return _read(tx, table.c.request_id == request_id, limit)


def withdraw(tx: Transaction, request_id: UUID) -> None:
    """Send nothing more of a request that has not gone out yet."""
    tx.connection.execute(
        update(table)
        .where(table.c.request_id == request_id, table.c.state.in_(outgoing.OPEN))
        .values(state=MessageState.FAILED.value, next_attempt_at=None)
    )


def named(tx: Transaction, ids: Iterable[str]) -> list[OutMessage]:
    """Our messages that a reply names, by our own id of them or by the channel's."""
    wanted = sorted(set(ids) - {""})[:200]
    if not wanted:
        return []
    ours = _read(tx, table.c.local_id.in_(wanted), 200)
    return ours or _read(tx, table.c.channel_id.in_(wanted), 200)


def _columns(message: OutMessage) -> dict[str, Any]:
    return {
        "state": message.state.value,
        "attempts": message.attempts,
        "next_attempt_at": message.next_attempt_at,
        "sent_at": message.sent_at,
        "channel_id": message.channel_id,
        "words": message.words,
    }


def _read(tx: Transaction, where: ColumnElement[bool], limit: int) -> list[OutMessage]:
    query = select(table).where(where).order_by(table.c.made_at, table.c.id).limit(limit)
    return [_message(row) for row in tx.connection.execute(query)]


def _message(row: Row[Any]) -> OutMessage:
    return OutMessage(
        id=row.id,
        request_id=row.request_id,
        kind=row.kind,
        via=Via(row.via),
        to=row.to,
        local_id=row.local_id,
        document=bytes(row.document),
        state=MessageState(row.state),
        made_at=row.made_at,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        sent_at=row.sent_at,
        channel_id=row.channel_id,
        words=row.words,
    )
