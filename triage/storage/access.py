"""Who opened a restricted contact with a reason, and until when.

On a hub's server the row alone opens it: `hub_rules.sql` says whose it is, which contact it is and
when it ends, by the server's clock, and writes the event of it.
"""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from triage.domain.access import Grant
from triage.domain.errors import ConflictError, NotFoundError
from triage.storage import events
from triage.storage.engine import Transaction
from triage.storage.tables import access_grant as table


def add(tx: Transaction, grant: Grant) -> Grant:
    """Keep a grant, and give it back as it was kept."""
    before = events.head(tx)
    tx.connection.execute(insert(table).values(**asdict(grant)))
    if (after := events.head(tx)) != before:
        tx.chained.append((after.seq, after.hash))  # the server's own event tells of it
    return get(tx, grant.id)


def get(tx: Transaction, id: UUID) -> Grant:
    """The grant of that id. Raises NotFoundError where there is none."""
    row = tx.connection.execute(select(table).where(table.c.id == id)).mappings().first()
    if row is None:
        raise NotFoundError("There is no such opening with a reason. Nothing was changed.")
    return Grant(**row)


def live(tx: Transaction, contact_id: UUID, worker: str, at: datetime) -> Grant | None:
    """The grant by which this person may open the contact at that moment."""
    row = (
        tx.connection.execute(
            select(table)
            .where(
                table.c.worker == worker,
                table.c.contact_id == contact_id,
                table.c.until_at > at,
            )
            .order_by(table.c.until_at.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    return None if row is None else Grant(**row)


def unseen(tx: Transaction, *, limit: int = 50) -> list[Grant]:
    """Grants that no leader has seen yet, the oldest first."""
    query = select(table).where(table.c.seen_at.is_(None)).order_by(table.c.granted_at).limit(limit)
    return [Grant(**row) for row in tx.connection.execute(query).mappings()]


def see(tx: Transaction, id: UUID, by: str, at: datetime) -> Grant:
    """Record that a leader has seen it. Raises ConflictError where another had before."""
    changed = tx.connection.execute(
        update(table)
        .where(table.c.id == id, table.c.seen_at.is_(None))
        .values(seen_by=by, seen_at=at)
    )
    if changed.rowcount == 0:
        raise ConflictError("Another team leader has seen this already. Nothing was changed.")
    return get(tx, id)
