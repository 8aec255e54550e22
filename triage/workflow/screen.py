"""The one screen: open a contact, rate it, put facts right, set it aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from triage.domain import clock
from triage.domain.clock import ClockState
from triage.domain.contact import Adult, Child, Contact, ContactState
from triage.domain.correction import Correction
from triage.domain.decision import DecisionVersion, Delivery
from triage.domain.episode import Suggestion
from triage.domain.errors import ConflictError, NotReadyError
from triage.domain.event import Event
from triage.domain.fact import Fact, FactState
from triage.domain.lookup import Involvement, LookupResult, PartnerState, Verdict
from triage.domain.restriction import is_adopted
from triage.domain.worker import May
from triage.storage import (
    answers,
    contacts,
    corrections,
    episodes,
    events,
    outbox,
    versions,
)
from triage.storage.engine import Transaction
from triage.workflow import (
    chronology,
    claims,
    earlier,
    fields,
    happened,
    known,
    naming,
    request_board,
)
from triage.workflow.desk import Desk
from triage.workflow.happened import Happening, Look
from triage.workflow.holding import (
    change,
    first_told,
    hold,
    hold_open,
    unchanged,
    why_given,
    why_read_only,
    worker_name,
)
from triage.workflow.known import PersonRow
from triage.workflow.partner_states import partner_states

SET_ASIDE = ("duplicate", "error", "not a contact")
"""Why a contact is set aside. It is never deleted."""


class FactConflict(ConflictError):
    """Two people changed one fact: `yours` was not saved, `theirs` stands."""

    def __init__(self, path: str, yours: Fact, theirs: Fact | None, who: str) -> None:
        self.path, self.yours, self.theirs, self.who = path, yours, theirs, who
        super().__init__(
            f"{who} changed this while you were typing. Yours was not saved over it. "
            "Keep yours, theirs or both."
        )


T = TypeVar("T")
Seen = Callable[[Desk, Transaction, Contact, int], T]
"""Reads what a screen shows of a contact that is held, as it stands after an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """A contact with everything the screen shows beside it, read in one snapshot.

    `changed` is what others did since this person `looked`, before they opened it this time;
    `rated_by` whoever gave its rating here, "" where it came with it.
    """

    contact: Contact
    title: str
    clocks: tuple[ClockState, ...]
    leading: ClockState | None
    repeat: int
    people: tuple[PersonRow, ...]
    results: tuple[LookupResult, ...]
    verdicts: tuple[Verdict, ...]
    earlier: tuple[Verdict, ...]
    chronology: tuple[Involvement, ...]
    partners: tuple[PartnerState, ...]
    suggestions: tuple[Suggestion, ...]
    versions: tuple[DecisionVersion, ...]
    deliveries: tuple[Delivery, ...]
    asked: request_board.AskedOfContact
    assigned_name: str
    read_only_why: str
    corrections: tuple[Correction, ...] = ()
    sent_back_at: datetime | None = None
    worked_on_at: datetime | None = None
    looked: Look | None = None
    changed: tuple[Happening, ...] = ()
    rated_by: str = ""
    seq: int = 0

    @property
    def awaited(self) -> tuple[str, ...]:
        """Partners whose answer, or the rest of one, is still to come."""
        return self.asked.awaited


def open_contact(desk: Desk, contact_id: UUID) -> ContactView:
    """Everything the screen shows of a contact; the view itself is recorded, before it is read.

    Raises NotAllowedError for a restricted one that this person may not open, NotFoundError where
    there is none.
    """
    desk.worker.must(May.READ)
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        looked = happened.last_look(desk, tx, contact.id)
        desk.note(tx, "contact.viewed", contact.id, {"reference": contact.reference})
    return look_again(desk, contact_id, looked)


def look_again(desk: Desk, contact_id: UUID, looked: Look | None = None) -> ContactView:
    """As `open_contact`, for a screen that already has it open: after a change made here.

    It records nothing: the first opening stands for the whole visit. `looked` is what that
    opening said.
    """

    def seen(desk: Desk, tx: Transaction, contact: Contact, seq: int) -> ContactView:
        return view_in(desk, tx, contact, seq, looked)

    return again(desk, contact_id, seen)


def again(desk: Desk, contact_id: UUID, seen: Seen[T]) -> T:
    """What `seen` makes of a contact that is open already, in one snapshot; nothing is recorded."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        return seen(desk, tx, hold(desk, tx, contact_id), events.head(tx).seq)


def view_in(
    desk: Desk, tx: Transaction, contact: Contact, seq: int, looked: Look | None
) -> ContactView:
    """Everything the screen shows of a contact that is held, as it stands after event `seq`, to
    somebody who `looked` before."""
    now = desk.now()
    clocks = clock.clocks(desk.profile, first_told(tx, contact), now)
    results = known.results_for(desk, tx, contact.id)
    verdicts = known.verdicts_for(desk, tx, contact.id)
    sent = versions.of_contact(tx, contact.id)
    before = earlier.earlier_contacts(desk, tx, contact)
    past = events.of_contact(tx, contact.id)
    return ContactView(
        contact=contact,
        title=naming.title(contact, naming.local_day(desk.profile, now)),
        clocks=clocks,
        leading=clock.leading(clocks),
        repeat=earlier.repeat_contacts(desk, tx, contact, before),
        people=known.person_rows(contact, results, verdicts),
        results=results,
        verdicts=verdicts,
        earlier=known.earlier_verdicts(desk, tx, contact, results),
        chronology=chronology.chronology(desk, tx, contact, verdicts, before),
        partners=partner_states(desk, results, verdicts),
        suggestions=_suggestions(desk, tx, contact.id),
        versions=tuple(sent),
        deliveries=tuple(outbox.of_contact(tx, contact.id)),
        asked=request_board.asked_of_contact(desk, tx, contact),
        assigned_name=worker_name(tx, contact.assigned_to) if contact.assigned_to else "",
        read_only_why=why_read_only(contact),
        corrections=corrections.of_contact(tx, contact.id),
        sent_back_at=_sent_back_at(past),
        worked_on_at=claims.worked_on_at(tx, contact),
        looked=looked,
        changed=happened.since_look(desk, tx, contact, looked, past),
        rated_by=_rated_by(past),
        seq=seq,
    )


def _suggestions(desk: Desk, tx: Transaction, contact_id: UUID) -> tuple[Suggestion, ...]:
    found = tuple(episodes.suggestions_of(tx, contact_id))
    pairs = contacts.by_ids(tx, (contact_id, *(s.other for s in found))) if found else {}
    # Neither of an adopted child's identities is held beside the other but by a person.
    if any(is_adopted(c) for c in pairs.values()):
        adopted = {id for id, c in pairs.items() if is_adopted(c)}
        found = () if contact_id in adopted else tuple(s for s in found if s.other not in adopted)
    if desk.worker.may(May.OPEN_RESTRICTED):
        return found
    return tuple(s for s in found if not contacts.get(tx, s.other).restricted)


def _sent_back_at(past: Sequence[Event]) -> datetime | None:
    found = [e.at for e in past if e.kind == "decision.sent_back"]
    return found[-1] if found else None


def rate(desk: Desk, which: Contact | UUID, code: str, why: str = "") -> Contact:
    """Rate the contact by the profile; "" takes the rating away again.

    Changing what somebody else gave needs the reason (NotReadyError). The form's answer follows.
    """
    must_be_rating(desk, code)
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, which)
        unchanged(desk, tx, which, contact, "rating")
        held = answers.all(tx, contact.id).get("rating")
        if held is not None and held.value != code:
            answers.save(
                tx,
                contact.id,
                "rating",
                code,
                base_version=held.version,
                by=desk.worker.id,
                at=desk.now(),
            )
        return rate_in(desk, tx, contact, code, why)


def must_be_rating(desk: Desk, code: str) -> None:
    """Raise NotReadyError for a code that is no rating of this hub; "" is none, and may be."""
    if code and desk.profile.rating(code) is None:
        raise NotReadyError("This hub has no such rating. Nothing was changed. Choose another.")


def rate_in(desk: Desk, tx: Transaction, contact: Contact, code: str, why: str = "") -> Contact:
    """Rate the contact inside a transaction that is already open; see `rate`."""
    desk.worker.must(May.RATE)
    why = why.strip()
    if contact.rating and code != contact.rating and _rated_by_other(tx, desk, contact):
        why = why_given(why, "change a rating")
    desk.note(
        tx, "contact.rated", contact.id, {"before": contact.rating or "", "now": code, "why": why}
    )
    return change(tx, contact, rating=code or None, rated_at=desk.now() if code else None)


def _rated_by_other(tx: Transaction, desk: Desk, contact: Contact) -> bool:
    """Whether somebody else rated it: one's own slip of the key is undone without a reason."""
    return _rated_by(events.of_contact(tx, contact.id)) not in ("", desk.worker.id)


def _rated_by(past: Sequence[Event]) -> str:
    return next((e.by for e in reversed(past) if e.kind == "contact.rated"), "")


def set_aside(
    desk: Desk,
    which: Contact | UUID,
    kind: str,
    why: str,
    points_to: UUID | None = None,
) -> Contact:
    """Set the contact aside as a duplicate, an error or not a contact. Nothing is deleted.

    A duplicate names the contact that stays (NotReadyError otherwise), and is restricted where
    that one is.
    """
    desk.worker.must(May.SCREEN)
    why = why_given(why, "set it aside")
    if kind not in SET_ASIDE:
        raise NotReadyError(
            "Say whether it is a duplicate, an error or not a contact. Nothing was changed."
        )
    if kind == "duplicate" and points_to is None:
        raise NotReadyError("Name the contact this one repeats. Nothing was changed.")
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, which)
        unchanged(desk, tx, which, contact, "state")
        if points_to == contact.id:
            raise NotReadyError("That is the same contact. Nothing was changed.")
        stays = hold(desk, tx, points_to) if points_to else None
        if stays and stays.restricted and not contact.restricted:
            raise NotReadyError(
                f"{stays.reference} is restricted and this contact is not: it would tell everybody "
                "that there is one. Nothing was changed. Restrict this contact first."
            )
        desk.note(
            tx,
            "contact.set_aside",
            contact.id,
            {"before": contact.state.value, "kind": kind, "why": why},
            others=(stays.id,) if stays else (),
            of_others={"points_to": stays.reference} if stays else {},
        )
        saved = change(
            tx,
            contact,
            state=ContactState.SET_ASIDE,
            set_aside_reason=f"{kind}: {why}",
            points_to=stays.id if stays else None,
        )
    earlier.unlearn(desk, saved)
    return saved


def reopen(desk: Desk, which: Contact | UUID, why: str) -> Contact:
    """Open a signed, closed or set-aside contact again; what was signed stays as it is."""
    desk.worker.must(May.SCREEN)
    why = why_given(why, "reopen it")
    with desk.store.write() as tx:
        contact = hold(desk, tx, which)
        if not why_read_only(contact):
            raise NotReadyError("This contact is already open. Nothing was changed.")
        if contact.state is ContactState.AWAITING_SIGN_OFF:
            raise NotReadyError(
                "This is waiting for sign-off. Nothing was changed. "
                "Ask the team leader to return it."
            )
        desk.note(tx, "contact.reopened", contact.id, {"before": contact.state.value, "why": why})
        reopened = change(
            tx,
            contact,
            state=ContactState.SCREENING if contact.assigned_to else ContactState.RECEIVED,
            set_aside_reason="",
            points_to=None,
        )
    earlier.learn(desk, reopened)
    return reopened


def pause(desk: Desk, which: Contact | UUID, why: str) -> Contact:
    """Wait for something from outside, named in `why`; clocks say that they are paused."""
    desk.worker.must(May.SCREEN)
    why = why_given(why, "pause it")
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, which)
        desk.note(tx, "contact.paused", contact.id, {"why": why})
        return change(tx, contact, state=ContactState.AWAITING_INFORMATION, paused_reason=why)


def resume(desk: Desk, which: Contact | UUID, why: str = "") -> Contact:
    """Go on with a paused contact."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, which)
        if contact.state is not ContactState.AWAITING_INFORMATION:
            raise NotReadyError("This contact is not paused. Nothing was changed.")
        desk.note(
            tx,
            "contact.resumed",
            contact.id,
            {"before": contact.paused_reason, "why": why.strip()},
        )
        return change(
            tx,
            contact,
            state=ContactState.SCREENING if contact.assigned_to else ContactState.RECEIVED,
            paused_reason="",
        )


def change_fact(desk: Desk, contact: Contact, path: str, fact: Fact) -> Contact:
    """Put one fact right. A new value's source places are kept with it where it has none.

    Raises FactConflict where somebody else changed that same fact since `contact` was read;
    changes to other facts merge.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = hold_open(desk, tx, contact)
        before = fields.fact_at(contact.content, path)
        theirs = fields.fact_at(now.content, path)
        if theirs != before:
            who = worker_name(tx, theirs.by) if theirs and theirs.by else "Somebody else"
            raise FactConflict(path, fact, theirs, who)
        kept = as_kept(fact, before, by=desk.worker.id, at=desk.now())
        desk.note(
            tx,
            "contact.fact_changed",
            now.id,
            {
                "path": path,
                "before": _said(before),
                "now": _said(kept),
            },
        )
        saved = change(tx, now, content=fields.with_fact(now.content, path, kept))
    earlier.learn(desk, saved)
    return saved


def as_kept(fact: Fact, before: Fact | None, *, by: str, at: datetime) -> Fact:
    """A fact as it is kept when it was put right: by whom and when, with the places it had."""
    return replace(
        fact,
        by=fact.by or by,
        at=fact.at or at,
        state=FactState.ENTERED if fact.state is FactState.READ else fact.state,
        places=fact.places or (before.places if before else ()),
    )


def with_contact(view: ContactView, contact: Contact, today: date) -> ContactView:
    """The view with a contact that is kept on this desk only, until the hub has it."""
    return replace(
        view,
        contact=contact,
        title=naming.title(contact, today),
        people=known.person_rows(contact, view.results, view.verdicts),
    )


def _said(fact: Fact | None) -> str:
    if fact is None:
        return ""
    return fact.value if fact.unknown is None else f"({fact.unknown.value})"


def add_child(desk: Desk, contact: Contact | UUID, child: Child | None = None) -> Contact:
    """Add a child to the contact. Without a key of their own they get the next that was never
    used in it."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = hold_open(desk, tx, contact)
        key = (child.key if child else "") or fields.next_key("c", now.content.children)
        added = replace(child or Child(key=key), key=key)
        desk.note(tx, "contact.child_added", now.id, {"person": key, "name": added.name})
        content = replace(now.content, children=(*now.content.children, added))
        saved = change(tx, now, content=content)
    earlier.learn(desk, saved)
    return saved


def add_adult(desk: Desk, contact: Contact | UUID, adult: Adult | None = None) -> Contact:
    """Add an adult to the contact. Without a key of their own they get the next that was never
    used in it."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = hold_open(desk, tx, contact)
        key = (adult.key if adult else "") or fields.next_key("a", now.content.adults)
        added = replace(adult or Adult(key=key), key=key)
        desk.note(tx, "contact.adult_added", now.id, {"person": key, "name": added.name.value})
        content = replace(now.content, adults=(*now.content.adults, added))
        saved = change(tx, now, content=content)
    earlier.learn(desk, saved)
    return saved
