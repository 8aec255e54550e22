"""The numbered copies of referral packs that have left the hub."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from triage.domain.pack import Copy
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import pack_copy as table


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCopy:
    """One copy as it went out: for whom, without what, by whom, when, how, and its hash."""

    id: UUID
    decision_id: UUID
    copy: Copy
    sha256: str
    by: str
    at: datetime
    how: str


def record(
    tx: Transaction,
    *,
    id: UUID,
    decision_id: UUID,
    copy: Copy,
    sha256: str,
    by: str,
    at: datetime,
    how: str,
) -> IssuedCopy:
    """Keep that a copy went out; `sha256` is that of the file as it went."""
    tx.connection.execute(
        insert(table).values(
            id=id,
            decision_id=decision_id,
            number=copy.number,
            sha256=sha256,
            by=by,
            at=at,
            how=how,
            body=codec.dump(Copy, copy),
        )
    )
    return IssuedCopy(
        id=id, decision_id=decision_id, copy=copy, sha256=sha256, by=by, at=at, how=how
    )


def of_decision(tx: Transaction, id: UUID, *, limit: int = 500) -> list[IssuedCopy]:
    """The copies of one decision that went out, oldest first."""
    rows = tx.connection.execute(
        select(table).where(table.c.decision_id == id).order_by(table.c.at, table.c.id).limit(limit)
    )
    return [
        IssuedCopy(
            id=row.id,
            decision_id=row.decision_id,
            copy=codec.load(Copy, row.body),
            sha256=row.sha256,
            by=row.by,
            at=row.at,
            how=row.how,
        )
        for row in rows
    ]
