"""Handing over at the end of a shift: what I have, what is next, who takes it, and their yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from triage.domain import clock
from triage.domain.clock import ClockState
from triage.domain.contact import Contact, ContactState
from triage.domain.errors import ConflictError, NotAllowedError, NotReadyError
from triage.domain.handover import LIVE, Offer, OfferState
from triage.domain.request import AWAITED, InfoRequest
from triage.domain.spelling import spell_in_week, spell_moment
from triage.domain.worker import May, Role, Worker
from triage.storage import contacts, events, handovers, requests, workers
from triage.storage.engine import Transaction
from triage.workflow import claims, naming
from triage.workflow.desk import Desk
from triage.workflow.holding import WAITING, begins, hold_open, timed, why_given, worker_name

Standing = Literal["stays", "draft", "offered", "accepted", "declined"]
WAITS = "Waits for someone else"
LATER = "Can wait until you are back"
TO_YOU = "Held out to you"
PASSED = "Passed on"
_SEARCHED = timedelta(days=40)
_LONG = timedelta(hours=16)
"""What was accepted stays in the list for the shift in which it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedRow:
    """One contact in the handover. A restricted one, for who may not open it, has rating and
    clock only. `needs_name` where it runs out before anybody is back. `sentence` is the row as
    it is spoken; one that is `fixed` can't be handed over now. `keeper` is whose list it stands
    in, `whose` who holds it out to them, where somebody does."""

    contact_id: UUID
    reference: str
    title: str
    rating: str | None
    clock: str
    clock_state: str
    runs_out: datetime | None
    waits_for: str
    waits_words: str
    offer: Offer | None
    to_name: str
    keeper: str
    standing: Standing
    whose: str
    needs_name: bool
    fixed: bool
    restricted: bool
    group: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """The handover as it stands: rows in their groups, the least time first. `back_at` is when
    the hub opens next, `ends_at` when this day's shift does (None on a day it is closed)."""

    rows: tuple[PassedRow, ...]
    takers: tuple[Worker, ...]
    ends_at: datetime | None
    back_at: datetime
    before_words: str
    as_of: datetime
    seq: int

    def unnamed(self) -> tuple[PassedRow, ...]:
        """Rows that need a name and a next step and have not both."""
        return tuple(r for r in self.rows if r.needs_name and not _is_whole(r.offer))

    def drafts(self) -> tuple[PassedRow, ...]:
        """Rows that go to somebody once they are handed over."""
        return tuple(r for r in self.rows if r.standing == "draft" and r.offer and r.offer.to)

    def of(self, contact_id: UUID | None) -> PassedRow | None:
        """The row of a contact."""
        return next((r for r in self.rows if r.contact_id == contact_id), None)


def handover(desk: Desk) -> Handover:
    """What this person has, and what is held out to them. Rows; opening one is recorded."""
    desk.worker.must(May.READ)
    now, me = desk.now(), desk.worker.id
    with desk.store.read() as tx:
        seq = events.head(tx).seq
        found = contacts.in_states_known(tx, WAITING, desk.memory.contacts)
        everyone = {w.id: w for w in workers.all(tx)}
        offers = handovers.offers_by(tx, me, now - _LONG)
        mine = {o.contact_id: o for o in sorted(offers, key=lambda o: (o.state in LIVE, o.at))}
        to_me = {o.contact_id: o for o in handovers.offers_to(tx, me)}
        first = begins(tx)
        wanted = [
            c
            for c in found
            if c.assigned_to == me or c.id in to_me or _was_passed(mine.get(c.id), c)
        ]
        asked: dict[UUID, list[InfoRequest]] = {}
        for request in requests.of_contacts(tx, [c.id for c in wanted]):
            if request.state in AWAITED:
                asked.setdefault(request.contact_id, []).append(request)
    ends, back = shift_ends(desk, now), back_at(desk, now)
    rows = [
        _row(
            desk,
            c,
            timed(c, first),
            to_me.get(c.id) or mine.get(c.id),
            asked.get(c.id, ()),
            everyone,
            back,
        )
        for c in wanted
    ]
    groups = (TO_YOU, before_words(desk, back), WAITS, LATER, PASSED)
    order = {group: at for at, group in enumerate(groups)}
    far = back + _SEARCHED
    return Handover(
        rows=tuple(sorted(rows, key=lambda r: (order[r.group], r.runs_out or far, r.reference))),
        takers=_takers(everyone.values(), me),
        ends_at=ends,
        back_at=back,
        before_words=groups[1],
        as_of=now,
        seq=seq,
    )


def laid_over(desk: Desk, told: Handover, offers: Mapping[UUID, Offer]) -> Handover:
    """The handover with what this person wrote and the hub has not yet put over what it has."""
    names = {w.id: w.name for w in told.takers}
    return replace(
        told,
        rows=tuple(
            replace(
                row,
                offer=_by_the_clock(desk, offer),
                to_name=names.get(offer.to, ""),
                standing=_standing(offer),
            )
            if (offer := offers.get(row.contact_id)) is not None and not row.fixed
            else row
            for row in told.rows
        ),
    )


def print_list(desk: Desk) -> str:
    """The list as words to put on paper, for a night without the hub; that it was printed is
    recorded with each contact. What this person may not open has rating and clock only."""
    desk.worker.must(May.PRINT)
    told = handover(desk)
    if not told.rows:
        raise NotReadyError("You have no contact to hand over, so there is nothing to print.")
    with desk.store.write() as tx:
        for row in told.rows:
            desk.note(tx, "handover.printed", row.contact_id, {"reference": row.reference})
    at = spell_moment(naming.local(desk.profile, told.as_of))
    lines = [
        f"{desk.profile.marking}. Printed {at} by {desk.worker.name}. Shred it when it is done."
    ]
    for group in dict.fromkeys(r.group for r in told.rows):
        lines += ["", group.upper()]
        for row in told.rows:
            if row.group == group:
                lines += ["", *_printed(desk, row)]
    return "\n".join(lines)


def _printed(desk: Desk, row: PassedRow) -> list[str]:
    rating, offer = desk.profile.rating(row.rating), row.offer
    head = (rating.label if rating else "Not rated", row.title, row.reference, row.clock)
    lines = [", ".join(w for w in head if w), f"Waits for: {row.waits_for}, {row.waits_words}"]
    if offer is not None and offer.next_step:
        when = f", {spell_in_week(offer.next_at)}" if offer.next_at else ""
        lines.append(f"Next: {offer.next_step}{when}")
    if offer is not None and offer.words:
        lines.append(offer.words)
    who = f"{row.to_name}: {standing_words(row)}" if row.to_name else standing_words(row)
    return [*lines, f"Goes to: {who}", "Accepted by, at: ________________________"]


def shift_ends(desk: Desk, now: datetime) -> datetime | None:
    """When the hub closes on this day; None where it is closed, or has closed."""
    span = clock.open_span(naming.local_day(desk.profile, now), desk.profile.working_time)
    return span[1] if span and now < span[1] else None


def back_at(desk: Desk, now: datetime) -> datetime:
    """When the hub opens next, after this moment's day; a day on where it never does."""
    day = naming.local_day(desk.profile, now)
    for ahead in range(_SEARCHED.days):
        span = clock.open_span(day + timedelta(days=ahead), desk.profile.working_time)
        if span and span[0] > now:
            return span[0]
    return now + timedelta(days=1)


def before_words(desk: Desk, back: datetime) -> str:
    """The head over what runs out before anybody is back."""
    local = naming.local(desk.profile, back)
    today = naming.local_day(desk.profile, desk.now())
    if local.date() - today <= timedelta(days=1):
        return f"Runs out before {local:%H:%M}"
    return f"Runs out before {spell_moment(local)}"


class HandoverConflict(ConflictError):
    """What was written of a contact's handing over was changed elsewhere first: `theirs` stands,
    None where it went by then."""

    def __init__(self, reference: str, theirs: Offer | None) -> None:
        self.theirs = theirs
        super().__init__(
            f"What you wrote for the handover of {reference} was changed at another desk of yours "
            "meanwhile. That stands, and this was not kept over it."
        )


def keep(
    desk: Desk,
    contact_id: UUID,
    *,
    to: str,
    next_step: str = "",
    next_at: datetime | None = None,
    words: str = "",
    over: int | None = None,
    at: datetime | None = None,
) -> Offer:
    """Keep to whom a contact of this person's goes and what is next; nothing is held out yet.
    `over` is the version it was written over, 0 for none; `at` when, where that is not now.

    Raises NotReadyError where it is held out already, or `to` may not have it; NotAllowedError
    where somebody else has the contact; HandoverConflict where it is not the version `over`.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        contact = _mine(desk, tx, contact_id)
        if to:
            _may_have(contact, workers.get(tx, to))
        before = handovers.live_offer(tx, contact.id, desk.worker.id)
        if before is not None and before.state is OfferState.OFFERED:
            raise NotReadyError(
                f"{contact.reference} is held out to {worker_name(tx, before.to)} already. "
                "Nothing was changed. Take it back first."
            )
        if over not in (None, before.version if before else 0):
            raise HandoverConflict(contact.reference, before)
        base = before or Offer(
            id=desk.new_id(), contact_id=contact.id, by=desk.worker.id, to="", at=at or desk.now()
        )
        kept = replace(
            base, to=to, next_step=next_step.strip(), next_at=next_at, words=words.strip()
        )
        desk.note(tx, "contact.handover_kept", contact.id, {"offer": str(kept.id), "to": to})
        if before is None:
            handovers.add_offer(tx, kept)
            return kept
        return handovers.save_offer(tx, kept)


def offer_all(desk: Desk) -> tuple[Offer, ...]:
    """Hold out every contact that has a name, each to theirs, all or none.

    Raises NotReadyError, naming the first, while one that runs out before anybody is back has no
    name or no next step; or where no contact has a name.
    """
    desk.worker.must(May.SCREEN)
    now = handover(desk)
    if now.unnamed():
        row = now.unnamed()[0]
        lacks = "a next step" if row.offer and row.offer.to else "a name"
        raise NotReadyError(
            f"{row.title} ({row.reference}) runs out before anybody is back and needs {lacks}. "
            "What you wrote is kept, and nothing was handed over."
        )
    drafts = [row.offer for row in now.drafts() if row.offer]
    if not drafts:
        raise NotReadyError("No contact has a name yet, so there is nothing to hand over.")
    with desk.store.write() as tx:
        done = []
        for draft in drafts:
            contact = _mine(desk, tx, draft.contact_id)
            _may_have(contact, workers.get(tx, draft.to))
            held_out = replace(draft, state=OfferState.OFFERED, at=desk.now())
            desk.note(
                tx,
                "contact.offered",
                contact.id,
                {"offer": str(draft.id), "to": draft.to, "words": draft.words},
            )
            done.append(handovers.save_offer(tx, held_out))
        return tuple(done)


def accept(desk: Desk, offer_id: UUID) -> Contact:
    """Take what is held out: the contact is with this person now. Its clock kept running.

    Raises ConflictError where it was taken back, or is with somebody else by now.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        held_out = _to_me(desk, tx, offer_id)
        contact = hold_open(desk, tx, held_out.contact_id)
        if contact.assigned_to != held_out.by:
            now = worker_name(tx, contact.assigned_to) if contact.assigned_to else "nobody"
            raise ConflictError(
                f"{contact.reference} is with {now} now. Nothing was changed. Look at it again."
            )
        answered = replace(held_out, state=OfferState.ACCEPTED, answered_at=desk.now())
        handovers.save_offer(tx, answered)
        desk.note(
            tx,
            "contact.handed_over",
            contact.id,
            {"before": held_out.by, "now": desk.worker.id, "why": _said(held_out)},
        )
        return claims.give(desk, tx, contact, desk.worker.id)


def decline(desk: Desk, offer_id: UUID, why: str) -> Offer:
    """Say no to what is held out, with the reason; it stays with who holds it out."""
    desk.worker.must(May.SCREEN)
    why = why_given(why, "say no to it")
    with desk.store.write() as tx:
        held_out = _to_me(desk, tx, offer_id)
        desk.note(
            tx,
            "contact.handover_declined",
            held_out.contact_id,
            {"offer": str(held_out.id), "by": held_out.by, "why": why},
        )
        answered = replace(held_out, state=OfferState.DECLINED, answered_at=desk.now(), answer=why)
        return handovers.save_offer(tx, answered)


def withdraw(desk: Desk, offer_id: UUID) -> Offer:
    """Take back what was held out and is not accepted yet; what was written for it stays."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        held_out = handovers.offer(tx, offer_id)
        if held_out.by != desk.worker.id or held_out.state is not OfferState.OFFERED:
            raise ConflictError("This is not held out any more. Nothing was changed.")
        desk.note(
            tx,
            "contact.handover_withdrawn",
            held_out.contact_id,
            {"offer": str(held_out.id), "to": held_out.to},
        )
        return handovers.save_offer(tx, replace(held_out, state=OfferState.DRAFT))


def _mine(desk: Desk, tx: Transaction, contact_id: UUID) -> Contact:
    contact = hold_open(desk, tx, contact_id)
    if contact.assigned_to != desk.worker.id:
        who = worker_name(tx, contact.assigned_to) if contact.assigned_to else "Nobody"
        raise NotAllowedError(
            f"{who} has {contact.reference}, so it is not yours to hand over. Nothing was changed."
        )
    return contact


def _to_me(desk: Desk, tx: Transaction, offer_id: UUID) -> Offer:
    held_out = handovers.offer(tx, offer_id)
    if held_out.state is not OfferState.OFFERED or held_out.to != desk.worker.id:
        raise ConflictError("This is not held out to you any more. Nothing was changed.")
    return held_out


def _may_have(contact: Contact, other: Worker) -> None:
    if not other.may(May.SCREEN):
        raise NotReadyError(
            f"{other.name} does not screen contacts. Nothing was changed. Choose someone else."
        )
    if contact.restricted and not other.may(May.OPEN_RESTRICTED):
        raise NotReadyError(
            f"{other.name} may not open restricted records. Nothing was changed. "
            "Choose a team leader or the night team."
        )


def _said(held_out: Offer) -> str:
    return "; ".join(w for w in (held_out.next_step, held_out.words) if w)


def _takers(everyone: Iterable[Worker], me: str) -> tuple[Worker, ...]:
    """Who may take a contact, the night team first."""
    able = [w for w in everyone if w.may(May.SCREEN) and w.id != me]
    return tuple(sorted(able, key=lambda w: (w.role is not Role.NIGHT_TEAM, w.name.casefold())))


def _was_passed(offer: Offer | None, contact: Contact) -> bool:
    """Whether it went from this person to somebody else in this shift."""
    return (
        offer is not None and offer.state is OfferState.ACCEPTED and contact.assigned_to == offer.to
    )


def _is_whole(offer: Offer | None) -> bool:
    return offer is not None and bool(offer.to) and bool(offer.next_step)


def _row(
    desk: Desk,
    contact: Contact,
    counted: Contact,
    offer: Offer | None,
    asked: Sequence[InfoRequest],
    everyone: Mapping[str, Worker],
    back: datetime,
) -> PassedRow:
    now = desk.now()
    hidden = contact.restricted and not desk.worker.may(May.OPEN_RESTRICTED)
    leading = clock.leading(clock.clocks(desk.profile, counted, now, dues=desk.memory.dues))
    standing, to_me = _standing(offer), offer is not None and offer.to == desk.worker.id
    runs_out = leading.due if leading and leading.state != "paused" else None
    presses = runs_out is not None and runs_out < back
    hidden_waits = ("Team leader only", "details hidden")
    waits_for, waits_words = hidden_waits if hidden else _waits(desk, contact, asked)
    if to_me:
        group = TO_YOU
    elif standing == "accepted":
        group = PASSED
    elif presses and contact.state is not ContactState.AWAITING_SIGN_OFF:
        group = before_words(desk, back)
    else:
        group = WAITS if waits_for else LATER
    other = everyone.get((offer.by if to_me else offer.to) if offer else "")
    title = (
        desk.profile.restricted_words
        if hidden
        else naming.title(contact, naming.local_day(desk.profile, now))
    )
    words = _clock_words(desk, leading)
    rating = desk.profile.rating(contact.rating)
    row = PassedRow(
        contact_id=contact.id,
        reference=contact.reference,
        title=title,
        rating=contact.rating,
        clock=words,
        clock_state=leading.state if leading else "normal",
        runs_out=runs_out,
        waits_for=waits_for or "No one",
        waits_words=waits_words or "ready to decide",
        offer=None if hidden or offer is None else _by_the_clock(desk, offer),
        to_name=other.name if other else "",
        keeper=desk.worker.name,
        standing=standing,
        whose=other.name if other and to_me else "",
        needs_name=group == before_words(desk, back) and not hidden,
        fixed=hidden or contact.state is ContactState.AWAITING_SIGN_OFF,
        restricted=contact.restricted,
        group=group,
        sentence="",
    )
    said = (
        rating.label if rating else "Not rated",
        title,
        words,
        f"waits for {row.waits_for}, {row.waits_words}" if waits_for else "",
        f"next: {offer.next_step}" if row.offer and offer and offer.next_step else "",
        standing_words(row),
    )
    return replace(row, sentence=", ".join(s for s in said if s))


def standing_words(row: PassedRow) -> str:
    """Where the handing over of a contact stands, beside the name."""
    if row.whose:
        return f"From {row.whose}"
    first = row.to_name.split()[0] if row.to_name else ""
    return {
        "stays": "Needs a name" if row.needs_name else "Stays with you",
        "draft": f"To {first}, not sent" if first else "Needs a name",
        "offered": "Not accepted yet",
        "accepted": "Accepted",
        "declined": f"{first} said no",
    }[row.standing]


def _standing(offer: Offer | None) -> Standing:
    if offer is None:
        return "stays"
    found: dict[OfferState, Standing] = {
        OfferState.DRAFT: "draft",
        OfferState.OFFERED: "offered",
        OfferState.ACCEPTED: "accepted",
        OfferState.DECLINED: "declined",
    }
    return found[offer.state] if offer.to else "stays"


def _by_the_clock(desk: Desk, offer: Offer) -> Offer:
    at = offer.next_at
    return offer if at is None else replace(offer, next_at=naming.local(desk.profile, at))


def _waits(desk: Desk, contact: Contact, asked: Sequence[InfoRequest]) -> tuple[str, str]:
    """For whom a contact waits, and since when."""
    if contact.state is ContactState.AWAITING_SIGN_OFF:
        return "Team leader", "sent for sign-off"
    if asked:
        names = {a.code: a.label for a in desk.profile.agencies}
        request = asked[0]
        said = [f"asked {_when(desk, request.sent_at)}"] if request.sent_at else []
        if request.due_at:
            said.append(f"due {_when(desk, request.due_at)}")
        more = f" and {len(asked) - 1} more" if len(asked) > 1 else ""
        return f"{names.get(request.agency, request.agency)}{more}", ", ".join(said)
    if contact.paused_reason:
        return "Paused", contact.paused_reason
    return "", ""


def _clock_words(desk: Desk, leading: ClockState | None) -> str:
    if leading is None:
        return ""
    if leading.state in ("paused", "over"):
        return leading.words
    return _when(desk, leading.due)


def _when(desk: Desk, at: datetime | None) -> str:
    """ "18:30" today, "Wed 09:20" else."""
    if at is None:
        return ""
    local = naming.local(desk.profile, at)
    today: date = naming.local_day(desk.profile, desk.now())
    return f"{local:%H:%M}" if local.date() == today else spell_in_week(local)
