"""Restrictions that are to be looked at again, and keeping one on with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from triage.domain.contact import Contact
from triage.domain.errors import NotReadyError
from triage.domain.restriction import review_due
from triage.domain.worker import May
from triage.storage import contacts
from triage.workflow import naming
from triage.workflow.desk import Desk
from triage.workflow.holding import change, hold, why_given

AT_ONCE = 1000
"""Restricted contacts read at once, until all that may be due were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    """A restricted contact whose review is due: what it is about, why it is restricted."""

    contact_id: UUID
    reference: str
    children: str
    kind: str
    since: date
    due_on: date


def to_review(desk: Desk) -> tuple[ToReview, ...]:
    """Restrictions whose review is due, the longest overdue first; for leaders."""
    desk.worker.must(May.SIGN)
    days, today = desk.profile.restricted.review_days, naming.local_day(desk.profile, desk.now())
    # None is due sooner than so many days after it was received; a day more for the hub's clock.
    before = desk.now() - timedelta(days=days - 1)
    held: list[Contact] = []
    with desk.store.read() as tx:
        more = contacts.restricted(tx, before, limit=AT_ONCE)
        while more:
            held += more
            after = (more[-1].received_at, more[-1].id)
            more = contacts.restricted(tx, before, after=after, limit=AT_ONCE)
    due = [
        ToReview(
            contact_id=contact.id,
            reference=contact.reference,
            children=naming.title(contact, today),
            kind=contact.restricted_kind or "Kind not said",
            since=(contact.restricted_at or contact.received_at).date(),
            due_on=review_due(contact, days),
        )
        for contact in held
        if review_due(contact, days) <= today
    ]
    return tuple(sorted(due, key=lambda r: (r.due_on, r.reference)))


def keep_restricted(desk: Desk, which: Contact | UUID, why: str) -> Contact:
    """Keep a restriction on after a review, with the reason; the next review counts from now.

    Raises NotReadyError where it is restricted no longer.
    """
    desk.worker.must(May.SIGN)
    why = why_given(why, "keep it restricted")
    with desk.store.write() as tx:
        contact = hold(desk, tx, which)
        if not contact.restricted:
            raise NotReadyError(f"{contact.reference} is not restricted any more.")
        desk.note(tx, "contact.restriction_kept", contact.id, {"why": why})
        return change(tx, contact, restriction_reviewed_at=desk.now())
