"""Copies of what is held that are still being decided, each its maker's own."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from triage.domain.access_draft import AccessDraft
from triage.domain.errors import ConflictError
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import access_draft as table

_MOST = 500

Place = tuple[UUID, str]
"""A contact, and the child's key in it."""


def newest(tx: Transaction, places: Iterable[Place], by: str) -> tuple[Place, AccessDraft] | None:
    """Somebody's newest draft about a child, who may be named in several contacts."""
    wanted = set(places)
    query = select(table).where(
        table.c.by == by, table.c.contact_id.in_([contact_id for contact_id, _ in wanted])
    )
    query = query.order_by(table.c.at.desc(), table.c.id).limit(_MOST)
    for row in tx.connection.execute(query):
        if (row.contact_id, row.child) in wanted:
            return (row.contact_id, row.child), codec.load(AccessDraft, row.body)
    return None


def keep(
    tx: Transaction, place: Place, draft: AccessDraft, *, id: UUID, by: str, at: datetime
) -> AccessDraft:
    """Keep a draft, new or in place of its version before. Raises ConflictError where it was kept
    or let go elsewhere since; `id` is for a new one."""
    kept = replace(draft, version=draft.version + 1)
    contact_id, child = place
    body = codec.dump(AccessDraft, kept)
    mine = (table.c.contact_id == contact_id, table.c.child == child, table.c.by == by)
    if draft.version:
        changed = tx.connection.execute(
            update(table)
            .where(*mine, table.c.version == draft.version)
            .values(body=body, version=kept.version, at=at)
        ).rowcount
    else:
        changed = not tx.connection.scalar(select(table.c.id).where(*mine))
        if changed:
            tx.connection.execute(
                insert(table).values(
                    id=id,
                    contact_id=contact_id,
                    child=child,
                    by=by,
                    at=at,
                    version=kept.version,
                    body=body,
                )
            )
    if not changed:
        raise ConflictError(
            "You went on with this copy in another window, or made it there. What you decided "
            "here since is not kept: open the copy again to see what is."
        )
    return kept


def let_go(tx: Transaction, place: Place, by: str) -> None:
    """Nobody goes on with it."""
    contact_id, child = place
    tx.connection.execute(
        delete(table).where(
            table.c.contact_id == contact_id, table.c.child == child, table.c.by == by
        )
    )
