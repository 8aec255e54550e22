"""The board of requests: what needs a person, what is drafted, awaited and answered; and how
long each agency takes. Looking at it opens no record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal, get_args
from uuid import UUID

from triage.domain import request_letter
from triage.domain.contact import Contact
from triage.domain.partner import Partner
from triage.domain.request import (
    AWAITED,
    OPEN,
    SETTLED,
    InfoRequest,
    PartnerAnswer,
    RequestState,
    Via,
    answered_count,
)
from triage.domain.spelling import spell_short_day
from triage.domain.worker import May
from triage.storage import contacts, events, requests
from triage.storage.engine import Transaction
from triage.workflow import naming
from triage.workflow.desk import Desk
from triage.workflow.requests import agency_name, live_of_contact, why_not_sendable

Tone = Literal["failed", "over", "soon", "draft", "waiting", "done"]
_TONES: tuple[Tone, ...] = get_args(Tone)
NEEDS_YOU, DRAFT, WAITING, ANSWERED = (
    "Needs you",
    "Draft",
    "Waiting for a reply",
    "Answered today",
)
GROUPS = (NEEDS_YOU, DRAFT, WAITING, ANSWERED)
_DAYS_TIMED = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One request on the board.

    `who` is who is asked about, `words` how it stands ("50 min left", "1 of 2 back", "Not sent,
    retry 11:45"), `tone` how that is shown. A restricted contact's row says neither to those who
    may not open it. `sentence` is the row as it is spoken.
    """

    request_id: UUID
    contact_id: UUID
    reference: str
    contact_reference: str
    agency: str
    agency_name: str
    who: str
    words: str
    tone: Tone
    state: RequestState
    overdue: bool
    due_at: datetime | None
    restricted: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestGroup:
    """Rows under one heading, in order."""

    title: str
    rows: tuple[RequestRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyTimes:
    """How one agency answered these 90 days: asked, answered, nil, in part, refused, not yet and
    late; the median in minutes from asking to the answer, None where none came."""

    agency: str
    name: str
    asked: int
    answered: int
    nil: int
    part: int
    refused: int
    awaited: int
    overdue: int
    late: int
    median_minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The board at one moment. `open` counts what is not settled, `to_place` answers that wait
    for a person to say whose they are; `seq` is the newest event it reflects."""

    groups: tuple[RequestGroup, ...]
    times: tuple[AgencyTimes, ...]
    open: int
    to_place: int
    seq: int
    as_of: datetime


def board(desk: Desk) -> Board:
    """Every open request and what was answered today, grouped as the screen shows them."""
    desk.worker.must(May.READ)
    now = desk.now()
    midnight = naming.local(desk.profile, now).replace(hour=0, minute=0, second=0, microsecond=0)
    with desk.store.read() as tx:
        seq = events.head(tx).seq
        found = requests.in_states(tx, OPEN)
        done = [r for r in requests.answered_since(tx, midnight) if r.state in SETTLED]
        held = {r.id: r for r in (*found, *done)}
        answers = requests.answers_to(tx, held)
        about = {i: contacts.get(tx, i) for i in {r.contact_id for r in held.values()}}
        to_place = len(requests.answers_to_place(tx))
        times = tuple(_times(tx, p, now) for p in desk.profile.requests.partners)
    grouped: dict[str, list[tuple[InfoRequest, RequestRow]]] = {title: [] for title in GROUPS}
    for request in held.values():
        replies = answers.get(request.id, ())
        title = _group(desk, request, replies, now)
        shown = row(desk, request, about[request.contact_id], replies, now)
        grouped[title].append((request, shown))
    return Board(
        groups=tuple(
            RequestGroup(title=title, rows=tuple(r for _, r in _in_order(title, rows)))
            for title, rows in grouped.items()
        ),
        times=times,
        open=len(found),
        to_place=to_place,
        seq=seq,
        as_of=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOfContact:
    """What was asked about one contact: each request that was not withdrawn, what presses first,
    and the names of the agencies that its rating and concerns call for and nobody asked."""

    rows: tuple[RequestRow, ...] = ()
    not_asked: tuple[str, ...] = ()

    @property
    def awaited(self) -> tuple[str, ...]:
        """Partners that were asked and have not answered, or not in whole; late ones say so."""
        return tuple(
            f"{row.agency_name} (no reply in time)" if row.overdue else row.agency_name
            for row in self.rows
            if row.state in OPEN and row.state is not RequestState.DRAFT
        )


def asked_of_contact(desk: Desk, tx: Transaction, contact: Contact) -> AskedOfContact:
    """What was asked about a contact that is held, of whom, and where it stands now."""
    now = desk.now()
    found = live_of_contact(tx, contact.id)
    answers = requests.answers_to(tx, [r.id for r in found]) if found else {}
    rows = [(r, row(desk, r, contact, answers.get(r.id, ()), now)) for r in found]
    called = desk.profile.requests.called_for(contact.rating, contact.content.concerns)
    asked = {r.agency for r in found}
    return AskedOfContact(
        rows=tuple(r for _, r in sorted(rows, key=lambda r: _TONES.index(r[1].tone))),
        not_asked=tuple(agency_name(desk, a) for a in called if a not in asked),
    )


def took(spent: timedelta) -> str:
    """A span for a row: "50 min", "3 h 10 min", "4 days"."""
    minutes = max(spent // timedelta(minutes=1), 1)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // (24 * 60)} days"


def _group(
    desk: Desk, request: InfoRequest, answers: Sequence[PartnerAnswer], now: datetime
) -> str:
    if request.state is RequestState.DRAFT:
        return DRAFT
    if request.state in SETTLED:
        return NEEDS_YOU if _to_look_at(answers) else ANSWERED
    stuck = request.state is RequestState.WAITING and request.words  # to ring, or not sent yet
    if request.state is RequestState.NOT_SENT or stuck or _to_look_at(answers):
        return NEEDS_YOU
    if request.state in AWAITED and request.due_at is not None:
        soon = timedelta(minutes=desk.profile.requests.soon_minutes)
        if request.due_at - now <= soon:
            return NEEDS_YOU
    return WAITING


def _to_look_at(answers: Sequence[PartnerAnswer]) -> bool:
    """Whether an answer waits for a person: in their own words, or with a doubt, and not seen."""
    return any((a.to_read or a.doubt) and not a.by for a in answers)


def _in_order(
    title: str, rows: list[tuple[InfoRequest, RequestRow]]
) -> list[tuple[InfoRequest, RequestRow]]:
    if title == ANSWERED:
        return sorted(rows, key=lambda r: r[0].answered_at or r[0].created_at, reverse=True)
    if title == DRAFT:  # those about one contact together, to be gone through
        first: dict[UUID, datetime] = {}
        for request, _ in rows:
            due = request.due_at or request.created_at
            first[request.contact_id] = min(due, first.get(request.contact_id, due))
        return sorted(
            rows, key=lambda r: (first[r[0].contact_id], r[1].contact_reference, r[0].reference)
        )
    failed = {"failed": 0, "over": 1}
    return sorted(
        rows,
        key=lambda r: (failed.get(r[1].tone, 2), r[0].due_at or r[0].created_at, r[0].reference),
    )


def row(
    desk: Desk,
    request: InfoRequest,
    contact: Contact,
    answers: Sequence[PartnerAnswer],
    now: datetime,
) -> RequestRow:
    """The request as a row of the board."""
    hidden = contact.restricted and not desk.worker.may(May.OPEN_RESTRICTED)
    words, tone = _standing(desk, request, contact, answers, now)
    who = desk.profile.restricted_words if hidden else who_words(request, contact)
    name = agency_name(desk, request.agency)
    return RequestRow(
        request_id=request.id,
        contact_id=request.contact_id,
        reference=request.reference,
        contact_reference=contact.reference,
        agency=request.agency,
        agency_name=name,
        who=who,
        words=words,
        tone=tone,
        state=request.state,
        overdue=request.overdue(now),
        due_at=request.due_at,
        restricted=contact.restricted,
        sentence=", ".join(w for w in (name, words, who, contact.reference) if w),
    )


def who_words(request: InfoRequest, contact: Contact) -> str:
    """Who is asked about, for a row: "Maya and Theo Rowe", "Rowe household"."""
    names = [p.name for p in request_letter.people_named(request, contact)]
    if not names:
        return "Nobody chosen yet"
    families = {n.split()[-1] for n in names}
    if len(names) > 2 and len(families) == 1:
        return f"{families.pop()} household"
    if len(names) == 2 and len(families) == 1 and all(" " in n for n in names):
        return f"{names[0].rsplit(' ', 1)[0]} and {names[1]}"
    if len(names) > 2:
        return f"{names[0]} and {len(names) - 1} others"
    return " and ".join(names)


def _standing(
    desk: Desk,
    request: InfoRequest,
    contact: Contact,
    answers: Sequence[PartnerAnswer],
    now: datetime,
) -> tuple[str, Tone]:
    """How the request stands in a few words, and the tone they are shown in."""
    state = request.state
    if state is RequestState.DRAFT:
        missing = why_not_sendable(desk, request, contact)
        return ("Not sent yet" if missing else "Ready to send"), "draft"
    if state is RequestState.NOT_SENT:
        return "Not sent", "failed"
    if state is RequestState.WAITING:
        if request.via is Via.HAND:
            return "To ring", "soon"
        return (request.words or "Being sent"), ("failed" if request.words else "waiting")
    if state is RequestState.WITHDRAWN:
        return "Withdrawn", "done"
    if state in SETTLED:
        return _settled(desk, request, answers), "done"
    done, asked = answered_count(request, tuple(answers))
    late = request.overdue(now)
    left = _left(desk, request.due_at, now)
    if state is RequestState.PART:
        words = f"{done} of {asked} back"
        return (f"{words}, {left}", "over") if late else (words, _soon(desk, request, now))
    return left, ("over" if late else _soon(desk, request, now))


def _soon(desk: Desk, request: InfoRequest, now: datetime) -> Tone:
    soon = timedelta(minutes=desk.profile.requests.soon_minutes)
    return "soon" if request.due_at and request.due_at - now <= soon else "waiting"


def _settled(desk: Desk, request: InfoRequest, answers: Sequence[PartnerAnswer]) -> str:
    at = request.answered_at
    when = f", {naming.local(desk.profile, at):%H:%M}" if at else ""
    if request.state is RequestState.NIL:
        return f"Nothing held{when}"
    if request.state is RequestState.REFUSED:
        return f"Refused{when}"
    count = max(len(answers), 1)
    return f"{count} repl{'y' if count == 1 else 'ies'}{when}"


def _left(desk: Desk, due_at: datetime | None, now: datetime) -> str:
    if due_at is None:
        return "Asked"
    minutes = (due_at - now) // timedelta(minutes=1)
    if due_at < now:
        return f"{took(now - due_at)} over"
    if minutes < 24 * 60:
        return f"{took(due_at - now)} left"
    local = naming.local(desk.profile, due_at)
    return f"Due {spell_short_day(local)} {local:%H:%M}"


def _times(tx: Transaction, partner: Partner, now: datetime) -> AgencyTimes:
    found = requests.sent_since(tx, partner.code, now - timedelta(days=_DAYS_TIMED))
    states = _counted(found)
    spent = [
        (r.answered_at - r.sent_at) / timedelta(minutes=1)
        for r in found
        if r.answered_at and r.sent_at and r.state in SETTLED
    ]
    return AgencyTimes(
        agency=partner.code,
        name=partner.name,
        asked=len(found),
        answered=states.get(RequestState.ANSWERED, 0),
        nil=states.get(RequestState.NIL, 0),
        part=states.get(RequestState.PART, 0),
        refused=states.get(RequestState.REFUSED, 0),
        awaited=sum(states.get(s, 0) for s in (RequestState.SENT, RequestState.SEEN)),
        overdue=sum(1 for r in found if r.overdue(now)),
        late=sum(1 for r in found if r.answered_at and r.due_at and r.answered_at > r.due_at),
        median_minutes=round(median(spent)) if spent else None,
    )


def _counted(found: Iterable[InfoRequest]) -> Mapping[RequestState, int]:
    counts: dict[RequestState, int] = {}
    for request in found:
        counts[request.state] = counts.get(request.state, 0) + 1
    return counts
