"""What was set aside: arrivals that ask for no triage, and contacts that a person put aside."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from triage.domain.contact import Contact, ContactState
from triage.domain.draft import DraftKind
from triage.domain.errors import NotAllowedError, NotReadyError
from triage.domain.worker import May
from triage.intake.sandbox import read_safely
from triage.storage import contacts, originals, requests
from triage.storage.engine import Transaction
from triage.workflow import naming
from triage.workflow.desk import Desk
from triage.workflow.holding import may_open

MOST = 200
"""On one list; the newest come first."""

_KINDS = {
    DraftKind.AUTO_REPLY.value: "Automatic reply",
    DraftKind.BOUNCE.value: "Came back undelivered",
    DraftKind.REPLY.value: "A reply",
    DraftKind.NOT_A_CONTACT.value: "Asks for nothing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An arrival that became no contact, or a contact that was set aside: then it has a
    `reference`. `name` is the file's, or who the contact is about; `taken_for` says as what it was
    set aside, in words."""

    id: UUID
    name: str
    taken_for: str
    came_at: datetime
    reference: str = ""


def listed(desk: Desk) -> tuple[SetAside, ...]:
    """What was set aside and waits for nobody to place it, the newest first; of contacts those
    that this person may open."""
    desk.worker.must(May.SCREEN)
    with desk.store.read() as tx:
        waiting = {a.original_id for a in requests.answers_to_place(tx)}
        found = [
            SetAside(
                id=each.id,
                name=each.name,
                taken_for=_KINDS.get(each.kind, "Became no contact"),
                came_at=each.received_at,
            )
            for each in originals.set_aside_list(tx, MOST)
            if each.id not in waiting
        ]
        for contact in contacts.in_states(tx, [ContactState.SET_ASIDE], limit=MOST, newest=True):
            with suppress(NotAllowedError):
                may_open(desk, tx, contact)
                found.append(_of_contact(desk, contact))
    found.sort(key=lambda each: each.came_at, reverse=True)
    return tuple(found[:MOST])


def _of_contact(desk: Desk, contact: Contact) -> SetAside:
    reason = contact.set_aside_reason
    return SetAside(
        id=contact.id,
        name=naming.title(contact, naming.local_day(desk.profile, contact.received_at)),
        taken_for=f"{reason[:1].upper()}{reason[1:]}",
        came_at=contact.received_at,
        reference=contact.reference,
    )


def read_words(desk: Desk, original_id: UUID) -> str:
    """An arrival's words as they can be read; that it was looked at is recorded."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        held = still_aside(tx, original_id)
        desk.note(tx, "original.opened", None, {"original": str(held.id)})
        data = originals.bytes_of(tx, held.id)
    parts = [part for draft in read_safely(data, held.name) for part in draft.parts]
    return "\n\n".join(part.text.strip() for part in parts if part.text.strip())


def still_aside(tx: Transaction, original_id: UUID) -> originals.Original:
    """The arrival. Raises NotReadyError where it is with a contact by now."""
    held = originals.get(tx, original_id)
    if held.contact_id is not None:
        raise NotReadyError(
            "Somebody brought this back already: it is with a contact. Nothing was changed."
        )
    return held
