"""Parts of a store that an older Fanlight had and this one does not."""

from uuid import UUID

from sqlalchemy import column, table, text, update

from triage.domain.contact import Contact
from triage.storage import codec
from triage.storage.engine import Transaction

EPISODES = (
    "DROP VIEW request_beside",
    "ALTER TABLE contact ADD COLUMN episode_id {}",
    "CREATE INDEX ix_contact_episode_id_received_at ON contact (episode_id, received_at)",
)
"""Contacts said of themselves which they belonged together with, until revision 0024, and no view
led to requests, until 0025."""

EPISODES_AT_HUB = ";\n".join(EPISODES).format("uuid")


def with_episodes(tx: Transaction, episode: UUID | None = None, *contacts: Contact) -> None:
    """Contacts as they stood then, some of them in one episode."""
    for act in EPISODES:
        tx.connection.execute(text(act.format("uuid" if tx.at_hub else "CHAR(32)")))
    kept = table("contact", *map(column, ("id", "episode_id", "body")))
    for contact in contacts:
        id, shown = (each if tx.at_hub else each.hex for each in (contact.id, episode))
        body = codec.dump(Contact, contact, sparse=True)
        body = f'{body[:-1]},"episode_id":"{episode}"' + "}"
        values = {"episode_id": shown, "body": body}
        tx.connection.execute(update(kept).where(kept.c.id == id).values(**values))
