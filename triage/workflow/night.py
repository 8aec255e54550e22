"""What happened while a person was away: since the hub closed, until it opened again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from triage.domain import clock
from triage.domain.contact import ENDED, Contact
from triage.domain.errors import NotFoundError
from triage.domain.event import Event
from triage.domain.worker import May
from triage.storage import contacts, events
from triage.storage.engine import Transaction
from triage.workflow import feed, happened, naming
from triage.workflow.desk import Desk

SEEN = "night.seen"
FOR_YOU, DECIDED, WORKED, LOOKED = (
    "Left for you",
    "Decided in the night",
    "Worked on, not decided",
    "Looked at, not moved",
)
_BACK = 30
_DECIDING = frozenset({"decision.proposed", "decision.signed", "contact.set_aside"})
_LOOKS = frozenset({"contact.viewed", "decision.viewed"})
Tone = Literal["yours", "decided", "worked", "looked", "restricted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightLine:
    """What became of one contact: `at` is the last of it, `words` what was done, oldest first.
    A restricted one, for who may not open it, is not here."""

    contact_id: UUID
    reference: str
    title: str
    rating: str | None
    at: datetime
    words: str
    group: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """From when the hub closed until it opened, by its own clock. `seen_at` is when this person
    said that they had seen it all. `longest` is the longest that a contact which arrived waited
    for somebody to take it, or has waited by now."""

    start: datetime
    end: datetime
    lines: tuple[NightLine, ...]
    arrived: int
    decided: int
    urgent: int
    longest: timedelta
    seen_at: datetime | None


def night(desk: Desk) -> Night:
    """What others did since the hub last closed until it opened. Lines; opening one is recorded."""
    desk.worker.must(May.READ)
    now = desk.now()
    start, end = hours_away(desk, now)
    with desk.store.read() as tx:
        found = events.between(tx, start, end)
        seen = events.newest_of(tx, SEEN, desk.worker.id)
        held = _held(desk, tx, found)
        lines = [
            line
            for contact_id, theirs in _by_contact(desk, found).items()
            if contact_id in held
            for line in (_line(desk, tx, held[contact_id], theirs),)
            if line is not None
        ]
        came = [held[id] for id in _arrivals(found) if id in held]
        waited = [_waited(found, c, now) for c in came]
    order = (FOR_YOU, DECIDED, WORKED, LOOKED)
    return Night(
        start=naming.local(desk.profile, start),
        end=naming.local(desk.profile, end),
        lines=tuple(sorted(lines, key=lambda n: (order.index(n.group), n.at, n.reference))),
        arrived=len(came),
        decided=sum(1 for n in lines if n.group == DECIDED),
        urgent=sum(1 for c in came if _is_urgent(desk, c)),
        longest=max(waited, default=timedelta()),
        seen_at=seen.at if seen is not None and seen.at >= end else None,
    )


def seen(desk: Desk) -> None:
    """This person has seen what the night did."""
    desk.worker.must(May.READ)
    start, end = hours_away(desk, desk.now())
    with desk.store.write() as tx:
        desk.note(tx, SEEN, None, {"from": start.isoformat(), "until": end.isoformat()})


def hours_away(desk: Desk, now: datetime) -> tuple[datetime, datetime]:
    """From the last closing of the hub before its last opening, until that opening; so on a
    Monday from Friday. While it is closed: since it closed, until now."""
    time = desk.profile.working_time
    day = naming.local_day(desk.profile, now)
    spans = [
        span
        for back in range(_BACK)
        if (span := clock.open_span(day - timedelta(days=back), time)) and span[0] <= now
    ]
    if not spans:
        return now - timedelta(days=1), now
    if now >= spans[0][1]:
        return spans[0][1], now
    return (spans[1][1] if len(spans) > 1 else spans[0][0] - timedelta(days=1)), spans[0][0]


def _held(desk: Desk, tx: Transaction, found: Sequence[Event]) -> Mapping[UUID, Contact]:
    held = {}
    for contact_id in {e.contact_id for e in found if e.contact_id is not None}:
        try:
            contact = contacts.get(tx, contact_id)
        except NotFoundError:
            continue  # this person may not know of it
        if not contact.restricted or desk.worker.may(May.OPEN_RESTRICTED):
            held[contact_id] = contact
    return held


def _by_contact(desk: Desk, found: Sequence[Event]) -> Mapping[UUID, list[Event]]:
    grouped: dict[UUID, list[Event]] = {}
    for event in found:
        if event.contact_id is not None and event.by != desk.worker.id:
            grouped.setdefault(event.contact_id, []).append(event)
    return grouped


def _line(
    desk: Desk, tx: Transaction, contact: Contact, theirs: Sequence[Event]
) -> NightLine | None:
    told = happened.told(desk, tx, contact, theirs, theirs)
    kinds = {e.kind for e in theirs}
    tone: Tone
    if told and contact.assigned_to == desk.worker.id:
        group, tone = FOR_YOU, "yours"
    elif kinds & _DECIDING:
        group, tone = DECIDED, "decided"
    elif told:
        group, tone = WORKED, "worked"
    elif kinds & _LOOKS:
        group, tone = LOOKED, "looked"
    else:
        return None
    last = told[-1].at if told else theirs[-1].at
    said = _said([(h.who, h.words) for h in told]) or _looked(tx, theirs)
    return NightLine(
        contact_id=contact.id,
        reference=contact.reference,
        title=naming.title(contact, naming.local_day(desk.profile, desk.now())),
        rating=contact.rating,
        at=naming.local(desk.profile, last),
        words=said,
        group=group,
        tone="restricted" if contact.restricted else tone,
    )


def _said(told: Sequence[tuple[str, str]]) -> str:
    """Who did what, each name once for what follows it; the last of it, where there was much."""
    shown = told[-4:]
    pieces: list[str] = []
    before = ""
    for who, words in shown:
        pieces.append(words if who == before else f"{who} {words}")
        before = who
    more = f"{len(told) - len(shown)} more before: " if len(told) > len(shown) else ""
    return f"{more}{'; '.join(pieces)}." if pieces else ""


def _looked(tx: Transaction, theirs: Sequence[Event]) -> str:
    names = happened.names(tx)
    who = dict.fromkeys(names.get(e.by, e.by) for e in theirs if e.kind in _LOOKS)
    return f"{', '.join(who)} looked at it."


def _arrivals(found: Sequence[Event]) -> list[UUID]:
    return [e.contact_id for e in found if e.kind == "contact.received" and e.contact_id]


def _is_urgent(desk: Desk, contact: Contact) -> bool:
    rating = desk.profile.rating(contact.rating)
    return rating is not None and rating.urgent


def _waited(found: Sequence[Event], contact: Contact, now: datetime) -> timedelta:
    """From when it arrived until somebody took it, or signed it."""
    taken = [
        e.at
        for e in found
        if e.contact_id == contact.id and e.kind not in feed.QUIET and e.kind in _TAKEN
    ]
    if taken:
        return taken[0] - contact.received_at
    if contact.assigned_at is not None:
        return contact.assigned_at - contact.received_at
    done = contact.state in ENDED
    return timedelta() if done else now - contact.received_at


_TAKEN = frozenset({"contact.claimed", "contact.handed_over", "contact.taken_over"})
