"""What the reader understood of each contact's original, to be confirmed by a person."""

from collections.abc import Sequence
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


def of_contacts(tx: Transaction, contact_ids: Sequence[UUID]) -> dict[UUID, Draft]:
    """The drafts of those of the contacts that were read from a file, by contact."""
    found: dict[UUID, Draft] = {}
    for at in range(0, len(contact_ids), 500):
        query = select(table.c.contact_id, table.c.body).where(
            table.c.contact_id.in_(contact_ids[at : at + 500])
        )
        for row in tx.connection.execute(query):
            found[row.contact_id] = codec.load(Draft, row.body)
    return found
