"""Originals: each arrival byte for byte, whatever became of it."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, insert, select, update

from triage.domain.errors import NotFoundError
from triage.storage.engine import Transaction
from triage.storage.tables import original as table
from triage.storage.tables import original_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What arrived, without its bytes. `contact_id` is None for what was set aside; `path_note`
    is a mark of what a partner's message says, to know it again when it is relayed twice."""

    id: UUID
    contact_id: UUID | None
    name: str
    sha256: str
    size: int
    kind: str  # a DraftKind's value
    received_at: datetime
    message_id: str = ""
    path_note: str = ""


def keep(
    tx: Transaction,
    *,
    id: UUID,
    name: str,
    data: bytes,
    kind: str,
    contact_id: UUID | None,
    message_id: str,
    received_at: datetime,
    path_note: str = "",
) -> Original:
    """Keep an arrival as it came. The same bytes are stored once, however often they come."""
    sha256 = hashlib.sha256(data).hexdigest()
    known = select(original_bytes.c.sha256).where(original_bytes.c.sha256 == sha256)
    if tx.connection.execute(known).first() is None:
        from sqlalchemy.dialects.postgresql import insert as insert_unless  # slow to import

        # A hub's server does not show bytes that came with a restricted contact only.
        tx.connection.execute(
            insert_unless(original_bytes).values(sha256=sha256, data=data).on_conflict_do_nothing()
        )
    kept = Original(
        id=id,
        contact_id=contact_id,
        name=name,
        sha256=sha256,
        size=len(data),
        kind=kind,
        received_at=received_at,
        message_id=message_id,
        path_note=path_note,
    )
    tx.connection.execute(insert(table).values(**asdict(kept)))
    found = _read(tx, select(table).where(table.c.id == id))
    return found[0] if found else kept  # at a hub it may be for others only to see


def get(tx: Transaction, id: UUID) -> Original:
    """What arrived under this id. Raises NotFoundError."""
    found = _read(tx, select(table).where(table.c.id == id))
    if not found:
        raise NotFoundError("This original is not in the store. It may be on another computer.")
    return found[0]


def belong(tx: Transaction, id: UUID, contact_id: UUID) -> None:
    """Say which contact an arrival is about, that was not known to be about any."""
    here = (table.c.id == id, table.c.contact_id.is_(None))
    tx.connection.execute(update(table).where(*here).values(contact_id=contact_id))


def bytes_of(tx: Transaction, id: UUID) -> bytes:
    """The bytes as they came. Raises NotFoundError."""
    data = tx.connection.execute(
        select(original_bytes.c.data)
        .join(table, table.c.sha256 == original_bytes.c.sha256)
        .where(table.c.id == id)
    ).scalar()
    if data is None:
        raise NotFoundError("This original is not in the store. It may be on another computer.")
    return bytes(data)


def of_contact(tx: Transaction, contact_id: UUID, *, limit: int = 200) -> list[Original]:
    """What a contact was made from, oldest first."""
    return _read(tx, _oldest(table.c.contact_id == contact_id, limit))


def by_hash(tx: Transaction, sha256: str, *, limit: int = 200) -> list[Original]:
    """Arrivals of exactly these bytes, oldest first."""
    return _read(tx, _oldest(table.c.sha256 == sha256, limit))


def by_message_id(tx: Transaction, mid: str, *, limit: int = 200) -> list[Original]:
    """Arrivals of the e-mail with this Message-ID, oldest first; none for an empty one."""
    if not mid:
        return []
    return _read(tx, _oldest(table.c.message_id == mid, limit))


def set_aside_list(tx: Transaction, limit: int = 500) -> list[Original]:
    """Arrivals that became no contact, newest first."""
    return _read(
        tx,
        select(table)
        .where(table.c.contact_id.is_(None))
        .order_by(table.c.received_at.desc(), table.c.id.desc())
        .limit(limit),
    )


def altered(tx: Transaction) -> list[str]:
    """Hashes of originals whose bytes are not those that came."""
    rows = tx.connection.execution_options(yield_per=20).execute(select(original_bytes))
    return [row.sha256 for row in rows if hashlib.sha256(row.data).hexdigest() != row.sha256]


def _oldest(condition: ColumnElement[bool], limit: int) -> Select[Any]:
    return select(table).where(condition).order_by(table.c.received_at, table.c.id).limit(limit)


def _read(tx: Transaction, query: Select[Any]) -> list[Original]:
    return [Original(**row) for row in tx.connection.execute(query).mappings()]
