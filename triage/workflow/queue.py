"""The queue: who waits, with how much time left, in groups by the clock that leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from triage.beside import WINDOW
from triage.domain import clock
from triage.domain.clock import ClockState
from triage.domain.contact import Contact, ContactState
from triage.domain.fact import Answer3
from triage.domain.worker import May, Worker
from triage.storage import contacts, events, requests, workers
from triage.storage.engine import Transaction
from triage.workflow import earlier, naming, reading
from triage.workflow.desk import Desk
from triage.workflow.feed import QUIET
from triage.workflow.holding import OPEN, begins, timed

Whose = Literal["all", "mine", "unassigned"]
GROUPS = ("Overdue", "Due in the next 2 hours", "Later today", "Tomorrow", "Later")
SOON = timedelta(hours=2)
AT_MOST = timedelta(minutes=1)
"""How long what is known of other contacts may stand without being read again."""
APART = QUIET | {
    "contact.claimed",
    "contact.handed_over",
    "contact.rated",
    "contact.released",
    "contact.taken_over",
    "decision.proposed",
    "decision.saved",
    "decision.signed",
    "decision.stamped",
    "match.answered",
    "match.asked",
}
"""Kinds of event that leave it as it is which contacts are about the same children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One contact in the queue. A restricted one says nothing of itself to who may not open it.

    `repeat` counts earlier contacts about the same children; `silent` are the agencies whose reply
    is overdue; `partial` is a call kept before it
    was put in the queue; `to_read` an arrived form nobody has confirmed. `sentence` is the row
    as it is spoken.
    """

    contact_id: UUID
    reference: str
    title: str
    reason: str
    source: str
    rating: str | None
    clocks: tuple[ClockState, ...]
    leading: ClockState | None
    group: str
    assigned_to: str | None
    assigned_initials: str
    assigned_name: str
    repeat: int
    interpreter: bool
    restricted: bool
    partial: bool
    to_read: bool
    paused: bool
    version: int
    sentence: str
    received_at: datetime
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The queue at one moment. `counts` are of all, mine and unassigned; `seq` is the newest event
    it reflects."""

    rows: tuple[QueueRow, ...]
    seq: int
    counts: Mapping[str, int]
    as_of: datetime


def queue(desk: Desk, *, whose: Whose = "all") -> QueueView:
    """Everything open, the least time left first. Looking at the queue opens no record."""
    desk.worker.must(May.READ)
    now = desk.now()
    with desk.store.read() as tx:
        seq = events.head(tx).seq
        read = contacts.in_states_known(tx, OPEN, desk.memory.contacts)
        desk.memory.contacts = {c.id: c for c in read}
        held = [c for c in read if not _empty_call(c)]
        related = _related(desk, tx, held, seq, now)
        silent = _silent(desk, tx, now)
        everyone = {w.id: w for w in workers.all(tx)}
    counts = {
        "all": len(held),
        "mine": sum(1 for c in held if c.assigned_to == desk.worker.id),
        "unassigned": sum(1 for c in held if not c.assigned_to),
    }
    shown = [c for c in held if _is_of(c, whose, desk)]
    day = naming.local_day(desk.profile, now)
    rows = []
    for c in shown:
        WINDOW.goes_first()
        whose_is_it = everyone.get(c.assigned_to or "")
        rows.append(_kept(desk, c, related, day, now, whose_is_it, silent.get(c.id, ())))
    return QueueView(rows=tuple(sorted(rows, key=_order)), seq=seq, counts=counts, as_of=now)


@dataclass(frozen=True, slots=True)
class _Related:
    """What other contacts say of those in the queue, as it was at event `seq` for the person `by`:
    how many earlier ones each has, and when the clock of an event told twice began."""

    by: str
    seq: int
    at: datetime
    repeats: Mapping[UUID, int]
    first: Mapping[UUID, datetime]


def _related(
    desk: Desk, tx: Transaction, held: Sequence[Contact], seq: int, now: datetime
) -> _Related:
    """The same as last time, unless something happened that may change it, or a minute has gone:
    what is restricted at a hub from now on is told to nobody who may not know of it."""
    known = desk.memory.related
    if (
        isinstance(known, _Related)
        and known.by == desk.worker.id
        and timedelta() <= now - known.at < AT_MOST
        and all(c.id in known.repeats for c in held)
        and not events.any_after(tx, known.seq, but=APART)
    ):
        desk.memory.related = replace(known, seq=seq)
        return known
    repeats = _repeats(desk, tx, held)
    found = _Related(by=desk.worker.id, seq=seq, at=now, repeats=repeats, first=begins(tx))
    desk.memory.related = found
    return found


def _repeats(desk: Desk, tx: Transaction, held: Sequence[Contact]) -> Mapping[UUID, int]:
    """How many earlier contacts each has within the profile's months; see repeat_contacts."""
    months = desk.profile.repeat_months
    oldest = min((c.received_at for c in held), default=desk.now())
    before = contacts.earlier_received(
        tx,
        OPEN,
        with_restricted=desk.worker.may(May.OPEN_RESTRICTED),
        since=earlier.months_before(oldest, months),
    )
    found: dict[UUID, int] = {}
    for contact in held:
        since = earlier.months_before(contact.received_at, months)
        found[contact.id] = sum(1 for at in before.get(contact.id, ()) if at >= since)
    return found


def _silent(desk: Desk, tx: Transaction, now: datetime) -> Mapping[UUID, tuple[str, ...]]:
    """The agencies that each contact still waits for beyond their time."""
    names = {a.code: a.label for a in desk.profile.agencies}
    found: dict[UUID, tuple[str, ...]] = {}
    for contact_id, agency in requests.overdue(tx, now):
        name = names.get(agency, agency)
        found[contact_id] = tuple(dict.fromkeys((*found.get(contact_id, ()), name)))
    return found


def _empty_call(contact: Contact) -> bool:
    """A call that was begun a moment ago and never kept is not in the queue yet."""
    return contact.state is ContactState.DRAFT and contact.version == 1


def _is_of(contact: Contact, whose: Whose, desk: Desk) -> bool:
    if whose == "mine":
        return contact.assigned_to == desk.worker.id
    return whose == "all" or not contact.assigned_to


def _order(row: QueueRow) -> tuple[int, datetime, str]:
    return (
        GROUPS.index(row.group),
        row.leading.due if row.leading else row.received_at,
        row.reference,
    )


def group_of(desk: Desk, leading: ClockState | None, now: datetime) -> str:
    """The heading a row stands under, by the clock that leads."""
    if leading is None:
        return "Later"
    if leading.state == "over":
        return "Overdue"
    left = leading.due - now
    if leading.state != "paused" and left <= SOON:
        return "Due in the next 2 hours"
    today = naming.local_day(desk.profile, now)
    day = naming.local_day(desk.profile, leading.due)
    if day <= today:
        return "Later today"
    return "Tomorrow" if day == today + timedelta(days=1) else "Later"


@dataclass(frozen=True, slots=True)
class _Told:
    """What a row says that changes only with its contact, or at midnight."""

    title: str
    reason: str
    source: str
    interpreter: bool
    to_read: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row as it was made at `made`. It is the same until `until` where what it was made `of` is,
    and says the same of itself where its contact's version and the day are."""

    told_of: tuple[int, date]
    told: _Told
    of: tuple[object, ...]
    made: datetime
    until: datetime
    row: QueueRow


def _kept(
    desk: Desk,
    contact: Contact,
    related: _Related,
    day: date,
    now: datetime,
    holder: Worker | None,
    silent: tuple[str, ...],
) -> QueueRow:
    hidden = contact.restricted and not desk.worker.may(May.OPEN_RESTRICTED)
    repeat = related.repeats.get(contact.id, 0)
    began = related.first.get(contact.id)
    told_of = (contact.version, day)
    of = (*told_of, repeat, began, holder, silent)
    known = desk.memory.rows.get((contact.id, hidden))
    if not isinstance(known, _Kept):
        known = None
    if known and known.of == of and known.made <= now < known.until:
        return known.row
    told = known.told if known and known.told_of == told_of else _told(desk, contact, day, hidden)
    clocks = clock.clocks(desk.profile, timed(contact, related.first), now, dues=desk.memory.dues)
    row = _row(desk, contact, told, clocks, now, repeat, holder, silent, hidden)
    until = min((c.until for c in clocks), default=now + AT_MOST)
    desk.memory.rows[contact.id, hidden] = _Kept(told_of, told, of, now, until, row)
    return row


def _told(desk: Desk, contact: Contact, day: date, hidden: bool) -> _Told:
    if hidden:
        words = desk.profile.restricted_words
        return _Told(words, "Ask to open, or pass to a team leader", "", False, False)
    return _Told(
        title=naming.title(contact, day),
        reason=naming.reason(contact, desk.profile),
        source=naming.source(contact, desk.profile),
        interpreter=any(c.interpreter.answer is Answer3.YES for c in contact.content.children),
        to_read=reading.is_to_read(contact),
    )


def _row(
    desk: Desk,
    contact: Contact,
    told: _Told,
    clocks: tuple[ClockState, ...],
    now: datetime,
    repeat: int,
    holder: Worker | None,
    silent: tuple[str, ...],
    hidden: bool,
) -> QueueRow:
    leading = clock.leading(clocks)
    paused = contact.state is ContactState.AWAITING_INFORMATION
    partial = contact.state is ContactState.DRAFT
    rating = desk.profile.rating(contact.rating)
    return QueueRow(
        contact_id=contact.id,
        reference=contact.reference,
        title=told.title,
        reason=told.reason,
        source=told.source,
        rating=contact.rating,
        clocks=clocks,
        leading=leading,
        group=group_of(desk, leading, now),
        assigned_to=contact.assigned_to,
        assigned_initials=holder.initials if holder else "",
        assigned_name=holder.name if holder else contact.assigned_to or "",
        repeat=0 if hidden else repeat,
        interpreter=told.interpreter,
        restricted=contact.restricted,
        partial=partial,
        to_read=told.to_read,
        paused=paused,
        version=contact.version,
        silent=silent,
        sentence=_sentence(
            (
                rating.label if rating else "Not rated",
                told.title,
                told.reason,
                f"from {told.source}" if told.source else "",
                "Paused" if paused else leading.words if leading else "",
                f"no reply in time from {', '.join(silent)}" if silent else "",
                "partial call" if partial else "",
                f"with {holder.name if holder else contact.assigned_to}"
                if contact.assigned_to
                else "nobody has it",
            )
        ),
        received_at=naming.local(desk.profile, contact.received_at),
    )


def _sentence(words: Iterable[str]) -> str:
    return ", ".join(w for w in words if w)
