"""One request opened, what the partner will see of it, and the choices of its draft's five steps.

`open_request` records the look; `preview` and `offer` go with a draft while it is edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from triage.domain import clock, request_letter
from triage.domain.clock import add_working_days
from triage.domain.contact import Contact
from triage.domain.partner import Partner, PartnerDesk
from triage.domain.profile import Code
from triage.domain.request import (
    AskedQuestion,
    InfoRequest,
    OutMessage,
    PartnerAnswer,
    RequestState,
    Via,
)
from triage.domain.request_letter import Letter
from triage.domain.spelling import counted, spell_day, spell_moment, spell_short_day
from triage.domain.worker import May
from triage.storage import contacts, request_messages, requests
from triage.storage.engine import Transaction
from triage.workflow import naming
from triage.workflow.desk import Desk
from triage.workflow.holding import first_told, hold
from triage.workflow.request_board import RequestRow, row, took
from triage.workflow.requests import (
    OWN_QUESTION,
    agency_name,
    asked_question,
    due_by,
    live_of_contact,
    remind_at,
    why_not_sendable,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One request with its contact, the messages sent for it and the answers that came.

    `row` is as on the board, `preview` what they see or saw, `earlier` what the same agency was
    asked before about any of the same contact's children.
    """

    request: InfoRequest
    contact: Contact
    row: RequestRow
    preview: Preview
    answers: tuple[PartnerAnswer, ...]
    messages: tuple[OutMessage, ...]
    earlier: tuple[EarlierRequest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRequest:
    """A request the same agency had before: when, about what, and how long it took."""

    request_id: UUID
    day: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The page as the partner will see it, line by line. `way` says how it travels; `text` is
    the message itself; `left_out` is a sentence about what is kept back."""

    letter: Letter
    text: str
    way: str
    left_out: str


def open_request(desk: Desk, request_id: UUID) -> Opened:
    """Everything about one request; the look is recorded.

    Raises NotAllowedError for one about a restricted contact that this person may not open.
    """
    desk.worker.must(May.READ)
    now = desk.now()
    with desk.store.write() as tx:
        request = requests.get(tx, request_id)
        contact = hold(desk, tx, request.contact_id)
        desk.note(
            tx,
            "request.viewed",
            contact.id,
            {"request": str(request.id), "reference": request.reference},
        )
        return _opened(desk, tx, request, contact, now)


def look_again(desk: Desk, request_id: UUID) -> Opened:
    """As `open_request`, for a screen that has it open already; it records nothing."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        request = requests.get(tx, request_id)
        contact = hold(desk, tx, request.contact_id)
        return _opened(desk, tx, request, contact, desk.now())


def preview(desk: Desk, request: InfoRequest) -> Preview:
    """What the partner will see of this draft as it stands on the screen, saved or not."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        contact = hold(desk, tx, request.contact_id)
    return _preview(desk, request, contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChoice:
    """Somebody who can be asked about: "Maya Rowe, 7"; `why` is empty until one is given."""

    person: str
    words: str
    is_child: bool
    ticked: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionChoice:
    """A question that can be asked; `since` is "Since 24 Nov 2025" or ""."""

    question: AskedQuestion
    since: str
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChoice:
    """A time for the reply: "By 12:35", when that is, and whether it is the chosen one."""

    words: str
    at: datetime
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The choices of a draft's five steps, as they stand. `due_words` is what the time means:
    "17 minutes before your own time runs out. We will remind them at 12:15."; `beside` how many
    other drafts there are about the contact."""

    partners: tuple[Partner, ...]
    desks: tuple[PartnerDesk, ...]
    people: tuple[PersonChoice, ...]
    questions: tuple[QuestionChoice, ...]
    own: str
    bases: tuple[Code, ...]
    told: tuple[Code, ...]
    not_told_why: tuple[Code, ...]
    dues: tuple[DueChoice, ...]
    due_words: str
    beside: int


def offer(desk: Desk, request: InfoRequest) -> Offer:
    """What can be chosen for this draft, with what is chosen now ticked."""
    desk.worker.must(May.READ)
    now = desk.now()
    rules = desk.profile.requests
    with desk.store.read() as tx:
        contact = hold(desk, tx, request.contact_id)
        suggested = due_by(desk, contact, now, tx)
        leading = clock.leading(clock.clocks(desk.profile, first_told(tx, contact), now))
        live = live_of_contact(tx, contact.id)
    day = naming.local_day(desk.profile, now)
    partner = rules.partner(request.agency)
    asked = {p.person: p.why for p in request.people}
    ticked = {q.id for q in request.questions}
    children = {c.key: c for c in contact.content.children}
    return Offer(
        partners=rules.partners,
        desks=partner.desks if partner else (),
        people=tuple(
            PersonChoice(
                person=p.key,
                words=", ".join(
                    w
                    for w in (
                        request_letter.name_of(p),
                        naming.age_words(children[p.key], day) if p.key in children else "",
                    )
                    if w
                ),
                is_child=p.key in children,
                ticked=p.key in asked,
                why=asked.get(p.key, ""),
            )
            for p in request_letter.people_of(contact)
        ),
        questions=tuple(
            QuestionChoice(
                question=question,
                since=f"Since {spell_day(question.since)}" if question.since else "",
                ticked=question.id in ticked,
            )
            for question in (asked_question(desk, q) for q in rules.offered(request.agency))
        ),
        own="\n".join(q.words for q in request.questions if q.id == OWN_QUESTION),
        bases=desk.profile.codes_on("lawful_basis", day),
        told=desk.profile.codes_on("told", day),
        not_told_why=desk.profile.codes_on("not_told_why", day),
        dues=_dues(desk, request, suggested, now),
        due_words=_due_words(desk, request, contact, leading, now),
        beside=sum(r.state is RequestState.DRAFT and r.id != request.id for r in live),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftBeside:
    """One of the drafts about a contact, before they go together: whom it asks, about whom, how
    many questions, by when; `missing` is what is still needed, "" where it can go as it is."""

    request: InfoRequest
    partner: str
    who: str
    questions: int
    reply_by: str
    missing: str


def drafts_beside(desk: Desk, contact_id: UUID) -> tuple[DraftBeside, ...]:
    """The drafts about a contact, oldest first, as they stand."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        contact = hold(desk, tx, contact_id)
        found = [r for r in live_of_contact(tx, contact.id) if r.state is RequestState.DRAFT]
    return tuple(
        DraftBeside(
            request=r,
            partner=agency_name(desk, r.agency),
            who=", ".join(p.name for p in request_letter.people_named(r, contact)),
            questions=len(r.questions),
            reply_by=spell_moment(naming.local(desk.profile, r.due_at)) if r.due_at else "",
            missing=why_not_sendable(desk, r, contact),
        )
        for r in found
    )


def _dues(
    desk: Desk, request: InfoRequest, suggested: datetime, now: datetime
) -> tuple[DueChoice, ...]:
    local = naming.local(desk.profile, suggested)
    today = naming.local_day(desk.profile, now)
    working = desk.profile.working_time
    open_today = clock.open_span(today, working)
    next_day = naming.local(desk.profile, add_working_days(now, 1, working))
    noon = next_day.replace(hour=12, minute=0, second=0, microsecond=0)
    opens, closes = clock.open_span(next_day.date(), working) or (noon, noon)
    noon = min(max(noon, opens), closes)
    by = f"By {local:%H:%M}" if local.date() == today else _by(desk, suggested)
    choices = [("In 30 min", now + timedelta(minutes=30)), (by, suggested)]
    if open_today is not None and open_today[1] > now:
        choices.append(("Today", open_today[1]))
    is_tomorrow = next_day.date() == today + timedelta(days=1)
    choices.append(("Tomorrow" if is_tomorrow else _by(desk, noon), noon))
    if request.due_at and all(request.due_at != at for _, at in choices):
        choices.insert(1, (_by(desk, request.due_at), request.due_at))
    return tuple(DueChoice(words=w, at=at, ticked=at == request.due_at) for w, at in choices)


def _by(desk: Desk, at: datetime) -> str:
    local = naming.local(desk.profile, at)
    return f"By {spell_short_day(local)} {local:%H:%M}"


def _due_words(
    desk: Desk,
    request: InfoRequest,
    contact: Contact,
    leading: clock.ClockState | None,
    now: datetime,
) -> str:
    if request.due_at is None:
        return "Choose when you need the reply."
    said = []
    if leading is not None:
        left = (leading.due - request.due_at) // timedelta(minutes=1)
        if left < 0:
            said.append("This is after your own time runs out.")
        elif left < 24 * 60:
            said.append(f"{_minutes(left)} before your own time runs out.")
    reminded = naming.local(desk.profile, remind_at(desk, contact, request.due_at, now))
    if reminded < request.due_at:
        today = reminded.date() == naming.local_day(desk.profile, now)
        day = "" if today else f" on {spell_short_day(reminded)}"
        said.append(f"We will remind them{day} at {reminded:%H:%M}.")
    return " ".join(said)


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return counted(rest, "minute")
    return f"{hours} h {rest:02d} min"


def _opened(
    desk: Desk, tx: Transaction, request: InfoRequest, contact: Contact, now: datetime
) -> Opened:
    answers = requests.answers_to(tx, [request.id]).get(request.id, ())
    return Opened(
        request=request,
        contact=contact,
        row=row(desk, request, contact, answers, now),
        preview=_preview(desk, request, contact),
        answers=answers,
        messages=tuple(request_messages.of_request(tx, request.id)),
        earlier=_earlier(desk, tx, request, contact),
    )


def _preview(desk: Desk, request: InfoRequest, contact: Contact) -> Preview:
    letter = request_letter.letter(request, contact, desk.profile)
    ways = {
        Via.EMAIL: "Sent by e-mail, encrypted on the way",
        Via.MESH: "Sent by NHS MESH, encrypted on the way",
        Via.HAND: "Asked by telephone; nothing is sent",
    }
    kept = ", ".join(letter.left_out[:-1])
    words = f"{kept} and {letter.left_out[-1]}" if kept else letter.left_out[-1]
    return Preview(
        letter=letter,
        text=request.sent_text or request_letter.as_text(letter),
        way=ways[request.via],
        left_out=f"{words[:1].upper()}{words[1:]}.",
    )


def _earlier(
    desk: Desk, tx: Transaction, request: InfoRequest, contact: Contact
) -> tuple[EarlierRequest, ...]:
    keys = [k for child in contact.content.children for k in contacts.keys_of(child)]
    same = {c.id for c in contacts.of_children(tx, keys)} | {contact.id}
    found = []
    for before in requests.of_contacts(tx, same):
        if before.agency != request.agency or before.id == request.id or not before.sent_at:
            continue
        held = contacts.get(tx, before.contact_id)
        if held.restricted and not desk.worker.may(May.OPEN_RESTRICTED):
            continue
        asked = before.questions[0].words if before.questions else "Asked"
        after = ""
        if before.answered_at:
            after = f", answered in {took(before.answered_at - before.sent_at)}"
        found.append(
            EarlierRequest(
                request_id=before.id,
                day=naming.local(desk.profile, before.sent_at),
                words=f"{asked}{after}",
            )
        )
    return tuple(sorted(found, key=lambda e: e.day, reverse=True)[:10])
