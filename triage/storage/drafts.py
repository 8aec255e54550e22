"""What the reader understood of each contact's original, to be confirmed by a person."""

from uuid import UUID

from sqlalchemy import insert, select, update

from triage.domain.draft import Draft
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import reader_draft as table


def put(tx: Transaction, contact_id: UUID, draft: Draft) -> None:
    """Keep the draft of a contact, in place of an earlier one."""
    body = codec.dump(Draft, draft, sparse=True)
    changed = tx.connection.execute(
        update(table).where(table.c.contact_id == contact_id).values(body=body)
    )
    if changed.rowcount == 0:
        tx.connection.execute(insert(table).values(contact_id=contact_id, body=body))


def get(tx: Transaction, contact_id: UUID) -> Draft | None:
    """The draft, or None for a contact that was not read from a file."""
    body = tx.connection.scalar(select(table.c.body).where(table.c.contact_id == contact_id))
    return None if body is None else codec.load(Draft, body)
