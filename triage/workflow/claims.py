"""Who has a contact: taking it, putting it back, handing it over, taking it over from somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from triage.domain import clock
from triage.domain.contact import Contact, ContactState
from triage.domain.errors import ConflictError, NotReadyError
from triage.domain.worker import May
from triage.storage import contacts, events, workers
from triage.storage.engine import Transaction
from triage.workflow import naming
from triage.workflow.desk import Desk
from triage.workflow.holding import change, hold, hold_open, unchanged, why_given, worker_name


def claim(desk: Desk, which: Contact | UUID) -> Contact:
    """Take the contact: it is with this person, and being screened.

    Raises ConflictError, naming them, where somebody else has it already.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, which)
        if contact.assigned_to == desk.worker.id:
            desk.note(tx, "contact.claimed", contact.id, {"before": desk.worker.id})
            return contact
        if contact.assigned_to:
            since = f" since {_clock(desk, contact.assigned_at)}" if contact.assigned_at else ""
            raise ConflictError(
                f"{worker_name(tx, contact.assigned_to)} already has {contact.reference}{since}. "
                "Nothing was changed. Ask them to hand it over, or take it over and say why."
            )
        desk.note(tx, "contact.claimed", contact.id, {"before": "", "now": desk.worker.id})
        return give(desk, tx, contact, desk.worker.id)


def take_over(desk: Desk, which: Contact | UUID, held_by: str, why: str) -> Contact:
    """Take the contact from `held_by`, who has it, with the reason. Its clock keeps running.

    They see it, with the reason. Raises ConflictError where it is with somebody else by now.
    """
    desk.worker.must(May.SCREEN)
    why = why_given(why, "take it over")
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, which)
        if contact.assigned_to != held_by:
            now = worker_name(tx, contact.assigned_to) if contact.assigned_to else "nobody"
            raise ConflictError(
                f"{contact.reference} is with {now} now. Nothing was changed. Look at it again."
            )
        desk.note(
            tx,
            "contact.taken_over",
            contact.id,
            {"before": held_by, "now": desk.worker.id, "why": why},
        )
        return give(desk, tx, contact, desk.worker.id)


def release(desk: Desk, which: Contact | UUID, why: str) -> Contact:
    """Put the contact back for anyone to take, with the reason. Its clock keeps running."""
    desk.worker.must(May.SCREEN)
    why = why_given(why, "put it back")
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, which)
        unchanged(desk, tx, which, contact, "assigned_to")
        desk.note(
            tx, "contact.released", contact.id, {"before": contact.assigned_to or "", "why": why}
        )
        return give(desk, tx, contact, None)


def hand_over(desk: Desk, which: Contact | UUID, to: str, why: str) -> Contact:
    """Give the contact to another worker, with the reason. Its clock keeps running."""
    desk.worker.must(May.SCREEN)
    why = why_given(why, "hand it over")
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, which)
        unchanged(desk, tx, which, contact, "assigned_to")
        other = workers.get(tx, to)
        if not other.may(May.SCREEN):
            raise NotReadyError(
                f"{other.name} does not screen contacts. Nothing was changed. Choose someone else."
            )
        if contact.restricted and not other.may(May.OPEN_RESTRICTED):
            raise NotReadyError(
                f"{other.name} may not open restricted records. Nothing was changed. "
                "Choose a team leader."
            )
        desk.note(
            tx,
            "contact.handed_over",
            contact.id,
            {"before": contact.assigned_to or "", "now": other.id, "why": why},
        )
        return give(desk, tx, contact, other.id)


def free_idle(desk: Desk) -> tuple[Contact, ...]:
    """Put back, for anyone to take, each contact that whoever has it left alone for the minutes of
    working time that the profile sets. Not what is paused: that waits for somebody outside.

    Whichever desk finds one does it, in the name of who sits there, and the event says that it
    came about by itself.
    """
    minutes = desk.profile.claim_idle_minutes
    if not minutes or not desk.worker.may(May.SCREEN):
        return ()
    with desk.store.read() as tx:
        screened = contacts.in_states_known(tx, (ContactState.SCREENING,), desk.memory.contacts)
        idle = [c for c in screened if _is_idle(desk, tx, c)]
    freed = []
    for seen in idle:
        with desk.store.write() as tx:
            contact = hold(desk, tx, seen)
            if contact.version != seen.version or not _is_idle(desk, tx, contact):
                continue  # another desk was quicker, or they came back to it
            detail = {"before": contact.assigned_to or "", "minutes": minutes}
            desk.note(tx, "contact.freed_idle", contact.id, detail)
            freed.append(give(desk, tx, contact, None))
    return tuple(freed)


def worked_on_at(tx: Transaction, contact: Contact) -> datetime | None:
    """When whoever has the contact last did anything to it or looked at it, or was given it; None
    where nobody has it."""
    if not contact.assigned_to:
        return None
    last = events.last_by(tx, contact.id, contact.assigned_to)
    return max((at for at in (contact.assigned_at, last.at if last else None) if at), default=None)


def _is_idle(desk: Desk, tx: Transaction, contact: Contact) -> bool:
    if contact.restricted and not desk.worker.may(May.OPEN_RESTRICTED):
        return False
    most = desk.profile.claim_idle_minutes
    if contact.assigned_at and desk.now() - contact.assigned_at < timedelta(minutes=most):
        return False
    last = worked_on_at(tx, contact)
    time = desk.profile.working_time
    return last is not None and clock.working_minutes(last, desk.now(), time) >= most


def give(desk: Desk, tx: Transaction, contact: Contact, worker_id: str | None) -> Contact:
    """The contact with that person from now on; it is being screened while somebody has it."""
    state = contact.state
    if worker_id and state is ContactState.RECEIVED:
        state = ContactState.SCREENING
    if not worker_id and state is ContactState.SCREENING:
        state = ContactState.RECEIVED
    return change(
        tx,
        contact,
        assigned_to=worker_id,
        assigned_at=desk.now() if worker_id else None,
        state=state,
    )


def _clock(desk: Desk, at: datetime) -> str:
    return f"{naming.local(desk.profile, at):%H:%M}"
