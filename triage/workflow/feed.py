"""The change feed: what happened since an event, on this desk or another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from triage.domain.event import Event
from triage.domain.trail import JOINS, LIKENESS, LOOKS
from triage.domain.worker import May
from triage.storage import contacts, events
from triage.storage.engine import Transaction
from triage.workflow import people
from triage.workflow.desk import Desk

QUIET = frozenset(
    {
        *LOOKS,
        "contact.changes_seen",
        "contact.handover_kept",
        "handover.printed",
        "contact.snoozed",
        "night.seen",
        "reminder.done",
        "reminder.put_off",
        "reminder.set",
        "decision.comment_kept",
        "audit.asked",
        "audit.checked",
        "audit.checkpoint",
        "audit.checkpoint_mailed",
        "audit.checkpoint_not_mailed",
        "audit.exported",
        "audit.noted",
        "audit.opened",
        "audit.replied",
        "audit.searched",
    }
)
"""Kinds of event that change nothing on a screen."""

TOLD = frozenset({"decision.saved"})
"""Kinds whose detail can name no other contact, and which a screen reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened up to event `head`; `hidden` where some of it is not for this person, or is
    more than was read. `names` are those of who did it, by id."""

    events: tuple[Event, ...]
    head: int
    hidden: bool
    names: Mapping[str, str]


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
        here = contacts.by_ids(tx, ids)
        hidden = {i for i in ids if i not in here or here[i].restricted}
        shown = without_hidden(desk, tx, (e for e in found if e.contact_id not in hidden))
    return tuple(e if e.kind in TOLD else replace(e, detail="{}") for e in shown)


def without_hidden(desk: Desk, tx: Transaction, found: Iterable[Event]) -> list[Event]:
    """The events without those of others that tell a person who may not know of it of a restricted
    contact, as joined with one that they may know of, or alike. A hub's server leaves them out."""
    found = list(found)
    if desk.worker.may(May.OPEN_RESTRICTED):
        return found
    others = {e.seq: _other(e) for e in found if e.kind in JOINS and e.by != desk.worker.id}
    hidden = contacts.restricted_among(tx, others.values()) if others else frozenset()
    return [
        e
        for e in found
        if others.get(e.seq) not in hidden and (e.kind != LIKENESS or e.by == desk.worker.id)
    ]


def _other(event: Event) -> str:
    return str(json.loads(event.detail).get("other", ""))


def head(desk: Desk) -> int:
    """The number of the newest event."""
    with desk.store.read() as tx:
        return events.head(tx).seq


def listen(
    desk: Desk, heard: Callable[[], object], lost: Callable[[], object]
) -> Callable[[], None] | None:
    """Have the hub's server say when there is something new: what ends it again, or None at a
    desk with a file of its own. `heard` and `lost` are called in another thread; until something
    is heard, and after the line is lost, ask."""
    listening = desk.store.listen(heard, lost)
    return listening.stop if listening else None


def news(desk: Desk, seq: int) -> News:
    """What came after event `seq`, with how much of it this person may not know of."""
    found = since(desk, seq)
    newest = max(head(desk), found[-1].seq if found else seq)
    names = {w.id: w.name for w in people.workers(desk)} if found else {}
    return News(events=found, head=newest, hidden=newest - seq > len(found), names=names)
