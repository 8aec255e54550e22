"""The trail for who may look after it: who saw or did what, and why; and looking is itself told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from triage.domain import oversight
from triage.domain import trail as words
from triage.domain.contact import ENDED, Contact, why_not_shown
from triage.domain.errors import NotFoundError, NotReadyError
from triage.domain.event import FIRST, Event
from triage.domain.oversight import Look, Question
from triage.domain.trail import Change, Deed
from triage.domain.worker import May, Worker
from triage.storage import contacts, events, retention, trail, workers
from triage.storage.engine import Transaction
from triage.storage.events import Head
from triage.storage.trail import Sought
from triage.workflow import find, happened, naming
from triage.workflow.desk import Desk
from triage.workflow.holding import why_given

AT_ONCE = 200
"""Events of one page."""

MOST_COUNTED = 10_000
MOST_LOOKED_THROUGH = 100_000
"""Events of a time that are counted and looked through at once, the newest, unless it is asked
about somebody: more would keep whoever asks waiting in a trail of many years."""

MOST_LOOKS = 5_000
"""Looks that questions of access are worked out from, the newest."""

MOST_OPENED = 100_000
"""Events in which words are looked for at once: each is unsealed for that, some 20,000 a second."""

REMARKS = ("audit.noted", "audit.asked", "audit.replied")
_BESIDE = timedelta(minutes=10)
_LONGEST = timedelta(days=31)
"""Questions of access are worked out over no more than this, counted back from the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: by a worker, about somebody (a name, a reference, an NHS number, a
    postcode), within a time, of some deeds, with words in what was kept."""

    by: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None
    deeds: frozenset[Deed] = frozenset(Deed)
    words: str = ""
    restricted: bool = False
    never_worked: bool = False

    @property
    def names_somebody(self) -> bool:
        """Whether it is a search for a person rather than a walk along the trail."""
        return bool(self.by or self.about.strip() or self.words.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event as a line: `at` by the hub's clock. `about` is "" where it is of no contact."""

    seq: int
    kind: str
    at: datetime
    by: str
    who: str
    what: str
    deed: Deed
    contact_id: UUID | None
    about: str
    reference: str
    why: str
    restricted: bool

    @property
    def sentence(self) -> str:
        """The line as it is spoken."""
        said = (
            f"Event {self.seq}",
            f"{self.at:%H:%M:%S}",
            self.who,
            self.what,
            self.about,
            self.why,
        )
        return ", ".join(w for w in said if w)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some events, newest first, with whether there are newer and older ones that fit."""

    rows: tuple[Row, ...]
    newer: bool
    older: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTally:
    """What one person left in the time that is looked at."""

    by: str
    who: str
    count: int
    deeds: Mapping[Deed, int]
    newest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of access, and how far it has come: when it was asked, and what was said."""

    question: Question
    asked_at: datetime | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found: its first page, how many fit and how many there are in that time.

    `counted_since` is None where the whole time was counted; else it was so many events, the
    newest, since then. Where `older_left_out`, what fits was looked for among them alone.
    `asked_since` is None where every look of the time was asked about; else those since then were.
    """

    page: Page
    fits: int
    in_time: int
    deeds: Mapping[Deed, int]
    people: tuple[PersonTally, ...]
    asked: tuple[Asked, ...]
    everyone: tuple[Worker, ...]
    seq: int
    counted_since: datetime | None = None
    older_left_out: bool = False
    asked_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An event with everything an auditor may see of it. `held_back` says why what changed is
    not shown; `remarks` are notes, questions and replies about it, as (when, who, words)."""

    row: Row
    seal: str
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, str], ...]
    beside: tuple[Row, ...]
    remarks: tuple[tuple[datetime, str, str], ...]
    held_back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """How far the chain was checked and is whole, and what is wrong with it: "" where nothing."""

    seq: int
    hash: str
    at: datetime
    fault: str = ""

    @property
    def end(self) -> Head:
        """Where to go on checking."""
        return Head(self.seq, self.hash)


def open_trail(desk: Desk, why: str) -> Event:
    """Begin to look at the trail, for a reason that is kept in it."""
    desk.worker.must(May.AUDIT)
    why = why_given(why, "look at the trail")
    with desk.store.write() as tx:
        return desk.note(tx, "audit.opened", None, {"why": why})


def search(desk: Desk, wanted: Wanted, why: str) -> Found:
    """What fits, newest first. A search for a person is itself kept, with the reason.

    Raises NotReadyError where words are to be looked for in more than `MOST_OPENED` events.
    """
    desk.worker.must(May.AUDIT)
    why = why_given(why, "look at the trail")
    _must_be_few(desk, wanted)
    if wanted.names_somebody:
        with desk.store.write() as tx:
            desk.note(tx, "audit.searched", None, {"why": why, **said_of(wanted)})
    return _found(desk, wanted)


def look_again(desk: Desk, wanted: Wanted) -> Found:
    """As `search`, for one that was made already."""
    desk.worker.must(May.AUDIT)
    _must_be_few(desk, wanted)
    return _found(desk, wanted)


def page(desk: Desk, wanted: Wanted, *, below: int | None = None, above: int | None = None) -> Page:
    """The events that fit below a number or above it; `above=0` is the oldest of all."""
    desk.worker.must(May.AUDIT)
    ids = _contacts(desk, wanted)
    with desk.store.read() as tx:
        sought, _ = _sought(desk, tx, wanted, ids)
        return _page(desk, tx, sought, below=below, above=above)


def look_at(desk: Desk, seq: int) -> Whole:
    """One event: what it changed, what the same person did just before, what was noted about it.

    Raises NotFoundError where there is none of that number.
    """
    desk.worker.must(May.AUDIT)
    with desk.store.read() as tx:
        event = trail.one(tx, seq)
        if event is None:
            raise NotFoundError(f"There is no event {seq} in the trail.")
        before = _answer_before(tx, event)
        beside = trail.beside(tx, event, event.at - _BESIDE)
        remarks = trail.after(tx, event, REMARKS)
        about = [e for e in remarks if words.detail_of(e).get("event") == seq]
        rows = rows_of(desk, tx, (event, *beside, *about))
        hidden = rows[0].restricted and not desk.worker.may(May.OPEN_RESTRICTED)
        kept_back = _why_not_shown(tx, event)
        names = happened.names(tx)
    return Whole(
        row=rows[0],
        seal=words.seal_of(event.hash),
        changes=() if hidden or kept_back else words.changes_of(event, before),
        facts=() if hidden or kept_back else words.facts_of(event),
        beside=rows[1 : 1 + len(beside)],
        remarks=tuple(
            (naming.local(desk.profile, e.at), names.get(e.by, e.by), _remark(e)) for e in about
        ),
        held_back="This is about a restricted record. Who did it and when is shown; what it says "
        "is for those who may open restricted records."
        if hidden
        else f"This is {kept_back}, and is not shown."
        if kept_back
        else "",
    )


def check_chain(desk: Desk, known: Chain | None = None) -> Chain:
    """Check that each event follows the one before it, from where it was last found whole; the
    result is kept. What is wrong is in `fault`."""
    desk.worker.must(May.AUDIT)
    with desk.store.read() as tx:
        head = events.head(tx)
    after = known.end if known is not None and not known.fault else Head(0, FIRST)
    fault = events.verify(desk.store, after=after) or ""
    with desk.store.write() as tx:
        desk.note(tx, "audit.checked", None, {"upto": head.seq, "whole": not fault})
    seq, hash = (after.seq, after.hash) if fault else head
    return Chain(seq=seq, hash=hash, at=desk.now(), fault=fault)


def keep_note(desk: Desk, seq: int, said: str) -> Event:
    """Keep an auditor's note on an event, as an event of its own: nothing of it is changed."""
    return _remark_on(desk, "audit.noted", seq, said, "keep a note")


def ask_why(desk: Desk, question: Question, how: str) -> Event:
    """Record that somebody was asked about a look, and how: by word, in a mail."""
    extra = {"rule": question.why.value, "of": question.by}
    return _remark_on(desk, "audit.asked", question.seq, how, "say how it was asked", extra)


def record_reply(desk: Desk, question: Question, said: str) -> Event:
    """Record what somebody said when they were asked."""
    extra = {"rule": question.why.value, "of": question.by}
    return _remark_on(desk, "audit.replied", question.seq, said, "record a reply", extra)


def said_of(wanted: Wanted) -> dict[str, object]:
    """What was looked for, as it is kept: with the names that were typed, for that is the point."""
    said: dict[str, object] = {
        "by": wanted.by,
        "about": wanted.about.strip(),
        "contains": wanted.words.strip(),
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
    }
    return {name: value for name, value in said.items() if value}


def sought_events(desk: Desk, wanted: Wanted, *, most: int) -> list[Event]:
    """Every event that fits, newest first. Raises NotReadyError for more than `most`, where older
    ones would be left out, and where words are to be looked for in too many."""
    desk.worker.must(May.AUDIT)
    _must_be_few(desk, wanted)
    ids = _contacts(desk, wanted)
    with desk.store.read() as tx:
        sought, left_out = _sought(desk, tx, wanted, ids)
        if left_out:
            raise NotReadyError(
                f"There are more than {MOST_LOOKED_THROUGH:,} events in that time, and older ones "
                "that fit would be missing. Nothing was exported. Choose a shorter time, a person, "
                "or whom it is about."
            )
        found = trail.page(tx, sought, limit=most + 1)
    if len(found) > most:
        raise NotReadyError(
            f"More than {most} events fit. Nothing was exported. Choose a shorter time or a person."
        )
    return found


def rows_of(desk: Desk, tx: Transaction, found: Sequence[Event]) -> tuple[Row, ...]:
    """Events as lines. A restricted contact is called so, for who may not open it."""
    names = happened.names(tx)
    ids = {e.contact_id for e in found if e.contact_id is not None}
    about = contacts.by_ids(tx, ids)
    ended = retention.destroyed_among(tx, ids - about.keys())
    return tuple(_row(desk, e, names, about, ended) for e in found)


# ---- how it is put together ---------------------------------------------------------------------


def _must_be_few(desk: Desk, wanted: Wanted) -> None:
    if not wanted.words.strip():
        return
    ids = _contacts(desk, wanted)
    with desk.store.read() as tx:
        sought, _ = _sought(desk, tx, wanted, ids)
        if trail.are_more(tx, sought, MOST_OPENED):
            raise NotReadyError(
                f"Words are looked for in no more than {MOST_OPENED:,} events at once, and there "
                "are more here. Nothing was searched. Choose a shorter time, a person, or whom it "
                "is about."
            )


def _found(desk: Desk, wanted: Wanted) -> Found:
    ids = _contacts(desk, wanted)
    with desk.store.read() as tx:
        sought, left_out = _sought(desk, tx, wanted, ids)
        time = Sought(since=wanted.since, until=wanted.until)
        counted, not_all = trail.newest(tx, time, most=MOST_LOOKED_THROUGH)
        tally = trail.tally(tx, counted.since, counted.until)
        everyone = tuple(sorted(workers.all(tx), key=lambda w: w.name.casefold()))
        names = {w.id: w.name for w in everyone}
        deeds: dict[Deed, int] = {}
        for row in tally:
            deed = words.deed_of(row.kind)
            deeds[deed] = deeds.get(deed, 0) + row.events
        page = _page(desk, tx, sought)
        asked, asked_since = _questions(desk, tx, wanted, everyone)
        fits = trail.count(tx, sought, most=MOST_COUNTED) if page.older else len(page.rows)
        return Found(
            page=page,
            fits=fits,
            in_time=sum(row.events for row in tally),
            deeds=deeds,
            people=_people(tally, names),
            asked=asked,
            everyone=everyone,
            seq=events.head(tx).seq,
            counted_since=naming.local(desk.profile, counted.since)
            if not_all and counted.since
            else None,
            older_left_out=left_out,
            asked_since=asked_since,
        )


def _page(
    desk: Desk,
    tx: Transaction,
    sought: Sought,
    *,
    below: int | None = None,
    above: int | None = None,
) -> Page:
    found = trail.page(tx, sought, below=below, above=above, limit=AT_ONCE + 1)
    more = len(found) > AT_ONCE
    if above is not None:
        found = found[-AT_ONCE:]
        return Page(rows=rows_of(desk, tx, found), newer=more, older=above > 0)
    found = found[:AT_ONCE]
    return Page(rows=rows_of(desk, tx, found), newer=below is not None, older=more)


def _contacts(desk: Desk, wanted: Wanted) -> frozenset[UUID] | None:
    """The contacts that are about whom was typed; None where nobody was."""
    about = wanted.about.strip()
    if not about:
        return None
    near = {f.contact_id for f in find.hear(desk, about, most=50).found}
    with desk.store.read() as tx:
        may = desk.worker.may(May.OPEN_RESTRICTED)
        return contacts.ids_about(tx, about, with_restricted=may) | near


def _sought(
    desk: Desk, tx: Transaction, wanted: Wanted, ids: frozenset[UUID] | None
) -> tuple[Sought, bool]:
    """What is wanted, as the trail is asked for it; and whether older events are left out."""
    kinds = None
    if wanted.deeds != frozenset(Deed):
        kinds = frozenset(k for k in trail.kinds(tx) if words.deed_of(k) in wanted.deeds)
    sought = Sought(
        since=wanted.since,
        until=wanted.until,
        by=wanted.by,
        contacts=ids,
        kinds=kinds,
        words=wanted.words.strip(),
        words_of_restricted=desk.worker.may(May.OPEN_RESTRICTED),
        restricted=wanted.restricted,
        never_worked=wanted.never_worked,
    )
    if sought == Sought(words_of_restricted=sought.words_of_restricted):
        return sought, False  # a walk along the whole chain
    theirs = ids is not None or (
        wanted.by and not trail.are_more(tx, Sought(by=wanted.by), MOST_LOOKED_THROUGH)
    )
    return (sought, False) if theirs else trail.newest(tx, sought, most=MOST_LOOKED_THROUGH)


def _row(
    desk: Desk,
    event: Event,
    names: Mapping[str, str],
    held: Mapping[UUID, Contact],
    ended: Set[UUID],
) -> Row:
    contact = held.get(event.contact_id) if event.contact_id is not None else None
    of_one = event.contact_id is not None
    gone = event.contact_id in ended
    restricted = of_one and not gone and (contact is None or contact.restricted)
    hidden = restricted and not desk.worker.may(May.OPEN_RESTRICTED)
    about = reference = ""
    if gone:
        about = "Record destroyed"
    elif hidden or (of_one and contact is None):
        about = desk.profile.restricted_words
    elif contact is not None:
        about = naming.title(contact, naming.local_day(desk.profile, desk.now()))
        reference = contact.reference
    return Row(
        seq=event.seq,
        kind=event.kind,
        at=naming.local(desk.profile, event.at),
        by=event.by,
        who=names.get(event.by, event.by),
        what=words.words_of(event.kind),
        deed=words.deed_of(event.kind),
        contact_id=event.contact_id,
        about=about,
        reference=reference,
        why="" if hidden else words.reason_of(event),
        restricted=restricted,
    )


def _people(tally: Iterable[trail.Tally], names: Mapping[str, str]) -> tuple[PersonTally, ...]:
    found: dict[str, PersonTally] = {}
    for row in tally:
        held = found.get(row.by) or PersonTally(
            by=row.by, who=names.get(row.by, row.by), count=0, deeds={}, newest=0
        )
        deed = words.deed_of(row.kind)
        deeds = {**held.deeds, deed: held.deeds.get(deed, 0) + row.events}
        found[row.by] = replace(
            held,
            count=held.count + row.events,
            deeds=deeds,
            newest=max(held.newest, row.newest),
        )
    return tuple(sorted(found.values(), key=lambda p: (-p.count, p.who)))


def _answer_before(tx: Transaction, event: Event) -> Event | None:
    """The earlier event of the same answer: what an answer was before is said by that one."""
    if event.kind != "decision.saved" or event.contact_id is None:
        return None
    key = words.detail_of(event).get("key")
    same = (e for e in trail.before(tx, event) if words.detail_of(e).get("key") == key)
    return next(same, None)


def _why_not_shown(tx: Transaction, event: Event) -> str:
    path = words.path_of(event)
    if event.contact_id is None or not path:
        return ""
    held = contacts.by_ids(tx, [event.contact_id]).get(event.contact_id)
    return why_not_shown(held.content, path) if held else ""


def _remark(event: Event) -> str:
    said = str(words.detail_of(event).get("words", ""))
    return {"audit.asked": f"Asked: {said}", "audit.replied": f"Said: {said}"}.get(event.kind, said)


def _remark_on(
    desk: Desk,
    kind: str,
    seq: int,
    said: str,
    act: str,
    extra: Mapping[str, object] | None = None,
) -> Event:
    desk.worker.must(May.AUDIT)
    if not said.strip():
        raise NotReadyError(f"Write a few words before you {act}. Nothing was changed.")
    with desk.store.write() as tx:
        about = trail.one(tx, seq)
        if about is None:
            raise NotFoundError(f"There is no event {seq} in the trail. Nothing was changed.")
        detail = {"event": seq, "words": said.strip(), **(extra or {})}
        return desk.note(tx, kind, about.contact_id, detail)


def _questions(
    desk: Desk, tx: Transaction, wanted: Wanted, everyone: Sequence[Worker]
) -> tuple[tuple[Asked, ...], datetime | None]:
    """The questions, and since when looks were asked about where that is not the whole time."""
    until = wanted.until or desk.now()
    since = max(wanted.since or until - _LONGEST, until - _LONGEST)
    looked = trail.looks(tx, since, wanted.until, limit=MOST_LOOKS + 1)
    cut = len(looked) > MOST_LOOKS
    looked = looked[:MOST_LOOKS]
    held = contacts.by_ids(tx, (k.contact_id for k in looked))
    asked = oversight.questions(
        (_look(k, held.get(k.contact_id)) for k in looked),
        {w.id: w for w in everyone},
        {id: _family_names(c) for id, c in held.items()},
        {
            id: c.reference
            for id, c in held.items()
            if not c.restricted or desk.worker.may(May.OPEN_RESTRICTED)
        },
        rules=desk.profile.oversight,
        zone=desk.profile.working_time.zone,
    )
    remarks = [(e, words.detail_of(e)) for e in trail.of_kinds(tx, REMARKS)]
    back_to = naming.local(desk.profile, min(k.at for k in looked)) if cut else None
    return tuple(_asked(desk, q, remarks) for q in asked), back_to


def _look(looked: trail.Looked, contact: Contact | None) -> Look:
    open_to_all = contact is not None and (
        contact.assigned_to in (None, looked.by) and contact.state not in ENDED
    )
    return Look(
        seq=looked.seq,
        by=looked.by,
        at=looked.at,
        contact_id=looked.contact_id,
        worked=looked.worked,
        theirs_to_see=open_to_all,
    )


def _family_names(contact: Contact) -> frozenset[str]:
    content = contact.content
    children = {c.family.value.casefold() for c in content.children if c.family.known}
    adults = {oversight.family_name(a.name.value) for a in content.adults if a.name.known}
    return frozenset((children | adults) - {""})


def _asked(
    desk: Desk, question: Question, remarks: Sequence[tuple[Event, Mapping[str, object]]]
) -> Asked:
    """The question with what was asked and said of it since; another look asks it anew."""
    same = [
        (e, held)
        for e, held in remarks
        if (held.get("of"), held.get("rule")) == (question.by, question.why.value)
        and e.seq > question.seq
        and question.contact_id in (None, e.contact_id)
    ]
    asked = next((e for e, _ in same if e.kind == "audit.asked"), None)
    reply = next((h for e, h in same if e.kind == "audit.replied"), None)
    return Asked(
        question=question,
        asked_at=naming.local(desk.profile, asked.at) if asked else None,
        reply=str(reply.get("words", "")) if reply else "",
    )
