"""Checkpoints that go out by e-mail: each as it was signed, until the mail server has it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update

from triage.domain.checkpoint_mail import CheckpointMail
from triage.domain.request import MessageState
from triage.storage import outgoing
from triage.storage.engine import Transaction
from triage.storage.tables import checkpoint_mail as table


def put(tx: Transaction, mail: CheckpointMail) -> None:
    """Keep a checkpoint to be sent."""
    tx.connection.execute(
        insert(table).values(
            id=mail.id,
            seq=mail.seq,
            to=mail.to,
            token=mail.token,
            made_at=mail.made_at,
            told=0,
            **_columns(mail),
        )
    )


def newest(tx: Transaction, limit: int = 20) -> list[CheckpointMail]:
    """Those of the highest numbers, the highest first."""
    rows = tx.connection.execute(
        select(table).order_by(table.c.seq.desc(), table.c.id).limit(limit)
    )
    return [_mail(row) for row in rows]


def told_since(tx: Transaction, seq: int) -> int:
    """How many events after number `seq` tell what became of such a mail."""
    some = select(table.c.told).where(table.c.told > seq).order_by(table.c.told).limit(1000)
    return tx.connection.scalar(select(func.count()).select_from(some.subquery())) or 0


def due(tx: Transaction, at: datetime, *, limit: int = 5) -> list[CheckpointMail]:
    """What waits to be sent, or may have been, and may be tried at `at`; not what is claimed."""
    query = (
        select(table)
        .where(outgoing.is_due(table, at))
        .order_by(table.c.next_attempt_at, table.c.id)
    )
    return [_mail(row) for row in tx.connection.execute(query.limit(limit))]


def claim(tx: Transaction, id: UUID, by: str, until: datetime, *, at: datetime) -> bool:
    """Take one on, so that no other desk sends it before `until`. False if one did."""
    return outgoing.claim(tx, table, table.c.id == id, by, until, at=at)


def record(tx: Transaction, mail: CheckpointMail) -> None:
    """Keep what became of one, and let go of the claim. What settled it is told in the same
    transaction, by event number `told`."""
    told = {"told": mail.told} if mail.told else {}
    tx.connection.execute(
        update(table)
        .where(table.c.id == mail.id)
        .values(**outgoing.LET_GO, **_columns(mail), **told)
    )


def _columns(mail: CheckpointMail) -> dict[str, Any]:
    return {
        "state": mail.state.value,
        "attempts": mail.attempts,
        "next_attempt_at": mail.next_attempt_at,
        "sent_at": mail.sent_at,
        "words": mail.words,
    }


def _mail(row: Row[Any]) -> CheckpointMail:
    return CheckpointMail(
        id=row.id,
        seq=row.seq,
        to=row.to,
        token=bytes(row.token),
        state=MessageState(row.state),
        made_at=row.made_at,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        sent_at=row.sent_at,
        words=row.words,
        told=row.told,
    )
