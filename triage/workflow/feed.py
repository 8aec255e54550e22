"""The change feed: what happened since an event, on this desk or another."""

from dataclasses import replace

from triage.domain.event import Event
from triage.domain.worker import May
from triage.storage import contacts, events
from triage.workflow.desk import Desk

QUIET = frozenset(
    {
        "contact.viewed",
        "decision.viewed",
        "decision.opened",
        "decision.comment_kept",
        "original.opened",
        "pack.previewed",
    }
)
"""Kinds of event that change nothing on a screen."""

TOLD = frozenset({"decision.saved"})
"""Kinds whose detail can name no other contact, and which a screen reads."""


def since(desk: Desk, seq: int, *, limit: int = 500) -> tuple[Event, ...]:
    """Events after number `seq`, oldest first.

    For a person who may not open restricted contacts, events of those are left out, so numbers
    may have gaps; and of others the detail is left out, which may name one as joined or alike.
    """
    with desk.store.read() as tx:
        found = events.since(tx, seq, limit)
        if desk.worker.may(May.OPEN_RESTRICTED):
            return tuple(found)
        ids = {e.contact_id for e in found if e.contact_id is not None}
        hidden = {i for i in ids if contacts.get(tx, i).restricted}
    return tuple(
        e if e.kind in TOLD else replace(e, detail="{}")
        for e in found
        if e.contact_id not in hidden
    )


def head(desk: Desk) -> int:
    """The number of the newest event."""
    with desk.store.read() as tx:
        return events.head(tx).seq
