"""Keys in tests: lost, as a store of before children had keys kept them, and tried at a hub."""

from uuid import UUID

from sqlalchemy import delete, text

from tests.hub_here import HubHere
from triage.domain.worker import Worker
from triage.storage import child_keys, content_keys
from triage.storage.child_keys import Share
from triage.storage.engine import Transaction
from triage.storage.tables import content_key, content_share


def lose(tx: Transaction, contact_id: UUID) -> None:
    """Let go of a contact's key, whoever else needs its children's."""
    tx.connection.execute(delete(content_share).where(content_share.c.contact_id == contact_id))


def without(kept: content_keys.Kept, names: set[str]) -> content_keys.Kept:
    """The same but for the keys of these names, a contact's by its id."""
    return content_keys.Kept(
        children=kept.children,
        shares=tuple(s for s in kept.shares if str(s.contact_id) not in names),
        others={name: key for name, key in kept.others.items() if name not in names},
    )


def by_name_again(tx: Transaction) -> None:
    """Keep contacts' keys as they stood before children had keys."""
    kept = content_keys.all(tx)
    named = [{"id": n, "key": k} for n, k in kept.by_name().items() if n not in kept.others]
    if named:
        tx.connection.execute(content_key.insert(), named)
    if tx.at_hub:
        tx.connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table in ("content_share", "child_key"):
        tx.connection.execute(text(f"DROP TABLE {table}"))


def got(hub: HubHere, worker: Worker) -> dict[UUID, bytes]:
    """The keys of contacts that a person gets out of a hub who asks for all there are."""
    with hub.front.store.read() as tx:
        every = [row.id for row in tx.connection.execute(text("SELECT id FROM contact"))]
    asked = "SELECT contact_id, key_id, wrapped, key FROM fanlight_content_keys(%s)"
    return {
        id: child_keys.unwrap(Share(id, "", key_id, bytes(wrapped)), bytes(key))
        for id, key_id, wrapped, key in hub.tried(worker, asked, every)
    }
