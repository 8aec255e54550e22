"""What else is typed while the hub's server is away: what a partner said and who was rung, words
for a handover, reminders, the draft of a copy, and what goes beside a look or a referral. As
`unsent`; what somebody else did first meanwhile is shown beside it until it is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from triage.domain.access_draft import AccessDraft
from triage.domain.contact import Contact
from triage.domain.errors import ConflictError
from triage.domain.handover import LIVE, Offer, Reminder
from triage.domain.oversight import Question
from triage.domain.request import InfoRequest, RequestState, Via
from triage.domain.service_referral import ReferralState, ServiceReferral
from triage.domain.spelling import counted, spell_in_week, spell_moment
from triage.domain.worker import May
from triage.storage import access_drafts, codec, handovers, services
from triage.storage import requests as stored_requests
from triage.storage.access_drafts import Place
from triage.storage.desk_saves import TakenAlreadyError
from triage.storage.journal import Entry
from triage.workflow import naming, partner_answers, requests, schedule, service_referrals
from triage.workflow.handover import HandoverConflict
from triage.workflow.holding import why_given
from triage.workflow.partner_answers import Spoken
from triage.workflow.requests import RangConflict
from triage.workflow.unsent import Kept, Reader, Sender, Unsent, keep

if TYPE_CHECKING:
    from triage.workflow.desk import Desk


class WordsConflict(ConflictError):
    """Somebody else was first: `mine` waits here, `theirs` stands at the hub; `again` keeps mine
    in their place."""

    def __init__(
        self, what: str, mine: str, theirs: str, who: str, again: Callable[[Desk], object]
    ) -> None:
        self.what, self.mine, self.theirs, self.who = what, mine, theirs, who
        self.again = again
        super().__init__(
            f"{who} changed {what} while the hub was away for you. Theirs stands and yours is "
            "kept here: choose which is to stay."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rang:
    request: InfoRequest
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    request: InfoRequest
    spoken: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """What is written of a contact's handing over: nothing of it is held out by that."""

    to: str
    next_step: str = ""
    next_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passing:
    contact_id: UUID
    passing: Passing
    over: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    place: Place
    draft: AccessDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    made: ServiceReferral
    state: ReferralState
    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remark:
    """A note on an event; with a question, that it was asked, or what was said to it."""

    seq: int
    words: str
    question: Question | None = None
    replied: bool = False


# ---- what a screen keeps -------------------------------------------------------------------------


def rang(
    desk: Desk, request: InfoRequest, who: str, at: datetime | None = None
) -> Kept[InfoRequest]:
    """As `requests.rang`, over the request as it is seen; kept here while the hub is away."""
    desk.worker.must(May.SCREEN)
    who, at = requests.who_answered(who), at or desk.now()
    words = requests.rang_words(who)
    held = replace(request, via=Via.HAND, state=RequestState.SENT, sent_at=at, words=words)
    wanted = _Rang(request=request, who=who, at=at)
    at_hub = lambda: requests.rang(desk, request.id, who, at=at, over=request.words)  # noqa: E731
    return keep(desk, _of_request("rang", desk, request), wanted, None, held, at_hub)


def record_by_hand(desk: Desk, request: InfoRequest, spoken: Spoken) -> Kept[InfoRequest]:
    """As `partner_answers.record_by_hand`; kept here, as heard now, while the hub is away."""
    desk.worker.must(May.SCREEN)
    partner_answers.must_be_said(spoken)
    heard = replace(spoken, at=spoken.at or desk.now())
    wanted = _Spoken(request=request, spoken=heard)
    at_hub = lambda: partner_answers.record_by_hand(desk, request.id, heard)  # noqa: E731
    return keep(desk, _of_request("spoken", desk, request), wanted, None, request, at_hub)


def pass_on(desk: Desk, contact_id: UUID, passing: Passing, before: Offer | None) -> Kept[Offer]:
    """As `handover.keep`, over what was `before`; kept here while the hub is away. Nothing is held
    out to anybody by it."""
    desk.worker.must(May.SCREEN)
    before, at = _live(before), desk.now()
    over = before.version if before else 0
    base = before or Offer(id=desk.new_id(), contact_id=contact_id, by=desk.worker.id, to="", at=at)
    held = _laid_over(base, passing)
    wanted = _Passing(contact_id=contact_id, passing=passing, over=over, at=at)

    def seen(body: str) -> tuple[int, _Passing]:
        return codec.load(_Passing, body).over, wanted

    at_hub = lambda: _pass_on(desk, wanted)  # noqa: E731
    return keep(desk, f"handover:{contact_id}", wanted, (over, seen), held, at_hub)


def remind(
    desk: Desk, words: str, due_at: datetime, contact_id: UUID | None = None
) -> Kept[Reminder]:
    """As `schedule.remind`; kept here while the hub is away, and in the schedule then."""
    desk.worker.must(May.READ)
    made = schedule.as_set(
        words, due_at, contact_id, id=desk.new_id(), by=desk.worker.id, at=desk.now()
    )
    at_hub = lambda: schedule.remind(desk, words, due_at, contact_id)  # noqa: E731
    return keep(desk, f"remind:{contact_id or made.id}:{made.id}", made, None, made, at_hub)


def snooze(desk: Desk, contact_id: UUID, until: datetime, why: str) -> Kept[Reminder]:
    """As `schedule.snooze`; kept here while the hub is away, which then says whether it could
    wait."""
    desk.worker.must(May.SCREEN)
    made = schedule.as_snoozed(
        contact_id, until, why, id=desk.new_id(), by=desk.worker.id, at=desk.now()
    )
    at_hub = lambda: schedule.snooze(desk, contact_id, until, why)  # noqa: E731
    return keep(desk, f"remind:{contact_id}:{made.id}", made, None, made, at_hub)


def keep_copy(desk: Desk, place: Place, draft: AccessDraft) -> Kept[AccessDraft]:
    """As `subject_access.keep`; kept here while the hub is away."""
    from triage.workflow import subject_access  # with all that draws papers, which is slow

    desk.worker.must(May.SIGN)
    wanted = _Copy(place=place, draft=draft)

    def seen(body: str) -> tuple[int, _Copy]:
        return codec.load(_Copy, body).draft.version, wanted

    at_hub = lambda: subject_access.keep(desk, place, draft)  # noqa: E731
    subject = f"copy:{place[0]}:{place[1]}"
    return keep(desk, subject, wanted, (draft.version, seen), draft, at_hub)


def record_step(
    desk: Desk, made: ServiceReferral, state: ReferralState, words: str
) -> Kept[ServiceReferral]:
    """As `service_referrals.record`; kept here while the hub is away."""
    desk.worker.must(May.PROPOSE)
    service_referrals.must_follow(made, state, words)
    wanted = _Step(made=made, state=state, words=words, at=desk.now())
    at_hub = lambda: service_referrals.record(desk, made, state, words)  # noqa: E731
    subject = f"step:{made.id}:{made.contact_id}:{desk.new_id()}"
    return keep(desk, subject, wanted, None, made, at_hub)


def keep_note(desk: Desk, seq: int, said: str) -> Kept[str]:
    """As `audit.keep_note`; kept here while the hub is away."""
    return _remark(desk, _Remark(seq=seq, words=why_given(said, "keep a note")))


def ask_why(desk: Desk, question: Question, how: str) -> Kept[str]:
    """As `audit.ask_why`; kept here while the hub is away."""
    how = why_given(how, "say how it was asked")
    return _remark(desk, _Remark(seq=question.seq, words=how, question=question))


def record_reply(desk: Desk, question: Question, said: str) -> Kept[str]:
    """As `audit.record_reply`; kept here while the hub is away."""
    said = why_given(said, "record a reply")
    return _remark(desk, _Remark(seq=question.seq, words=said, question=question, replied=True))


def _remark(desk: Desk, wanted: _Remark) -> Kept[str]:
    desk.worker.must(May.AUDIT)
    subject = f"remark:{wanted.seq}:{desk.new_id()}"
    return keep(desk, subject, wanted, None, wanted.words, lambda: _remark_on(desk, wanted))


def _of_request(what: str, desk: Desk, request: InfoRequest) -> str:
    return f"{what}:{request.id}:{request.contact_id}:{desk.new_id()}"


def _laid_over(offer: Offer, passing: Passing) -> Offer:
    return replace(
        offer,
        to=passing.to,
        next_step=passing.next_step.strip(),
        next_at=passing.next_at,
        words=passing.words.strip(),
    )


def _live(offer: Offer | None) -> Offer | None:
    return offer if offer is not None and offer.state in LIVE else None


# ---- what waits, and what met somebody else's ----------------------------------------------------


def waiting(desk: Desk, record: UUID) -> tuple[str, ...]:
    """What waits here of a request, or of a contact beside its facts and answers, to read."""
    if desk.unsent is None or not desk.unsent.count:
        return ()
    entries = [e for e in desk.unsent.journal.all() if e.kind in SENDERS]
    return tuple(said(desk, e) for e in entries if e.subject.split(":")[1] == str(record))


def passed_on(desk: Desk, before: Mapping[UUID, Offer | None]) -> Mapping[UUID, Offer]:
    """What waits here of the handing over of contacts, laid over what the hub has of each."""
    if desk.unsent is None or not desk.unsent.count:
        return {}
    over = {}
    for entry in desk.unsent.journal.all():
        if entry.kind != "_Passing":
            continue
        mine = codec.load(_Passing, entry.body)
        there = _live(before.get(mine.contact_id))
        if mine.contact_id in before and (there.version if there else 0) <= mine.over:
            base = there or Offer(
                id=entry.id, contact_id=mine.contact_id, by=desk.worker.id, to="", at=mine.at,
                version=0,
            )  # fmt: skip
            over[mine.contact_id] = _laid_over(base, mine.passing)
    return over


def copy_over(desk: Desk, place: Place, draft: AccessDraft) -> AccessDraft:
    """What waits here of a copy, where it was decided over what the hub has; else that."""
    if desk.unsent is None or not desk.unsent.count:
        return draft
    entries = desk.unsent.journal.of_subject(f"copy:{place[0]}:{place[1]}")
    mine = [codec.load(_Copy, entry.body).draft for entry in entries]
    return next((d for d in reversed(mine) if draft.version <= d.version), draft)


def met(desk: Desk) -> tuple[WordsConflict, ...]:
    """What was typed here and somebody else did first, once the hub has said so: the newest word
    on each subject."""
    if desk.unsent is None:
        return ()
    found = {}
    for entry in desk.unsent.journal.all():
        fault = desk.unsent.stuck.get(entry.seq)
        if isinstance(fault, WordsConflict):
            found[entry.subject] = fault
    return tuple(found.values())


def settle(desk: Desk, conflict: WordsConflict, *, mine: bool) -> None:
    """Keep mine in the place of theirs, or let go of mine, by this person's choice. Raises what
    the hub refuses; mine then waits here still."""
    unsent = desk.unsent
    if unsent is None:
        return
    waiting = unsent.journal.all()
    of = {e.subject: e.seq for e in waiting if unsent.stuck.get(e.seq) is conflict}
    if mine:
        conflict.again(desk)
    for entry in waiting:
        if entry.seq <= of.get(entry.subject, 0):
            unsent.stuck.pop(entry.seq, None)
    for subject, seq in of.items():
        unsent.journal.strike(subject, seq)
    unsent.recount()


# ---- sending -------------------------------------------------------------------------------------


def _send_rang(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> InfoRequest:
    mine = codec.load(_Rang, entry.body)
    request = mine.request
    try:
        return requests.rang(once, request.id, mine.who, at=mine.at, over=request.words)
    except TakenAlreadyError:
        return _request(desk, request.id)
    except RangConflict as fault:
        seen = fault.now
        raise WordsConflict(
            f"who was rung about {request.reference}",
            f"Rang, answered by {mine.who}, {_moment(desk, mine.at)}",
            fault.theirs,
            fault.who,
            lambda at: rang(at, seen, mine.who, mine.at),
        ) from fault


def _send_spoken(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> InfoRequest:
    mine = codec.load(_Spoken, entry.body)
    try:
        return partner_answers.record_by_hand(once, mine.request.id, mine.spoken)
    except TakenAlreadyError:
        return _request(desk, mine.request.id)


def _send_passing(desk: Desk, once: Desk, unsent: Unsent, entry: Entry) -> Offer | None:
    mine = codec.load(_Passing, entry.body)
    over = unsent.carried.get((entry.subject, mine.over), mine.over)
    saved: Offer | None
    try:
        saved = _pass_on(once, replace(mine, over=over))
    except TakenAlreadyError:
        with desk.store.read() as tx:
            saved = handovers.live_offer(tx, mine.contact_id, desk.worker.id)
    except HandoverConflict as fault:
        theirs = fault.theirs
        if over != mine.over:
            del unsent.carried[entry.subject, mine.over]  # a new one may have been begun since
            return _send_passing(desk, once, unsent, entry)
        raise WordsConflict(
            f"the handover of {_reference(desk, mine.contact_id)}",
            _told(desk, mine.passing),
            _told(desk, theirs) if theirs else "Nothing: it was handed over.",
            "Another desk of yours",
            lambda at: pass_on(at, mine.contact_id, mine.passing, theirs),
        ) from fault
    unsent.carried[entry.subject, mine.over] = saved.version if saved else over
    return saved


def _pass_on(desk: Desk, mine: _Passing) -> Offer:
    from triage.workflow import handover

    said = mine.passing
    return handover.keep(
        desk,
        mine.contact_id,
        to=said.to,
        next_step=said.next_step,
        next_at=said.next_at,
        words=said.words,
        over=mine.over if desk.unsent is not None else None,
        at=mine.at,
    )


def _send_reminder(_desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> Reminder:
    mine = codec.load(Reminder, entry.body)
    about, due, at = mine.contact_id, mine.due_at, mine.made_at
    try:
        if mine.snoozed and about is not None:
            return schedule.snooze(once, about, due, mine.why, at=at)
        return schedule.remind(once, mine.words, due, about, at=at)
    except TakenAlreadyError:
        return mine


def _send_copy(desk: Desk, once: Desk, unsent: Unsent, entry: Entry) -> AccessDraft:
    from triage.workflow import subject_access

    mine = codec.load(_Copy, entry.body)
    base = unsent.carried.get((entry.subject, mine.draft.version), mine.draft.version)
    try:
        saved = subject_access.keep(once, mine.place, replace(mine.draft, version=base))
    except TakenAlreadyError:
        found = _draft(desk, mine.place)
        saved = found or replace(mine.draft, version=base + 1)
    except ConflictError as fault:
        if base != mine.draft.version:
            del unsent.carried[entry.subject, mine.draft.version]  # as a handover's
            return _send_copy(desk, once, unsent, entry)
        there = _draft(desk, mine.place)
        over = replace(mine.draft, version=there.version if there else 0)
        raise WordsConflict(
            f"the copy of what is held, {_reference(desk, mine.place[0])}",
            _decided(mine.draft),
            _decided(there) if there else "Nothing: the copy was made.",
            "Another desk of yours",
            lambda at: keep_copy(at, mine.place, over),
        ) from fault
    unsent.carried[entry.subject, mine.draft.version] = saved.version
    return saved


def _send_step(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> ServiceReferral:
    mine = codec.load(_Step, entry.body)
    made = mine.made
    try:
        return service_referrals.record(once, made, mine.state, mine.words, at=mine.at)
    except TakenAlreadyError:
        return made
    except ConflictError as fault:
        with desk.store.read() as tx:
            there = services.referral(tx, made.id)
        raise WordsConflict(
            f"referral {made.number}",
            f"{mine.state.value}: {mine.words}".removesuffix(": "),
            f"{there.state.value}: {there.last.words}".removesuffix(": "),
            there.last.by_name,
            lambda at: record_step(at, there, mine.state, mine.words),
        ) from fault


def _send_remark(_desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> str:
    mine = codec.load(_Remark, entry.body)
    try:
        return _remark_on(once, mine)
    except TakenAlreadyError:
        return mine.words


def _remark_on(desk: Desk, mine: _Remark) -> str:
    from triage.workflow import audit

    if mine.question is None:
        audit.keep_note(desk, mine.seq, mine.words)
    elif mine.replied:
        audit.record_reply(desk, mine.question, mine.words)
    else:
        audit.ask_why(desk, mine.question, mine.words)
    return mine.words


def _request(desk: Desk, id: UUID) -> InfoRequest:
    with desk.store.read() as tx:
        return stored_requests.get(tx, id)


def _draft(desk: Desk, place: Place) -> AccessDraft | None:
    with desk.store.read() as tx:
        found = access_drafts.newest(tx, [place], desk.worker.id)
    return found[1] if found else None


SENDERS: dict[str, Sender] = {
    "_Rang": _send_rang,
    "_Spoken": _send_spoken,
    "_Passing": _send_passing,
    "Reminder": _send_reminder,
    "_Copy": _send_copy,
    "_Step": _send_step,
    "_Remark": _send_remark,
}
"""What sends each kind of entry, by its name in the journal."""


# ---- to read -------------------------------------------------------------------------------------


def said(desk: Reader, entry: Entry) -> str:
    """What waits, whole, with what it belongs to, for a person to read."""
    return _SAID[entry.kind](desk, entry.body)


def _say_rang(desk: Reader, body: str) -> str:
    mine = codec.load(_Rang, body)
    return f"{mine.request.reference}: rang {_moment(desk, mine.at)}, answered by {mine.who}"


def _say_spoken(desk: Reader, body: str) -> str:
    mine = codec.load(_Spoken, body)
    heard, at = mine.spoken, mine.spoken.at
    when = f" {_moment(desk, at)}" if at else ""
    words = "; ".join(f"{n} {said}" for n, said in heard.said.items() if said.strip())
    return f"{mine.request.reference}, told by telephone{when} by {heard.answered_by}: {words}"


def _say_passing(desk: Reader, body: str) -> str:
    mine = codec.load(_Passing, body)
    return f"Handover of {_reference(desk, mine.contact_id)}: {_told(desk, mine.passing)}"


def _say_reminder(desk: Reader, body: str) -> str:
    mine = codec.load(Reminder, body)
    when = spell_in_week(naming.local(desk.profile, mine.due_at))
    if mine.snoozed and mine.contact_id is not None:
        return f"{_reference(desk, mine.contact_id)} snoozed until {when}: {mine.why}"
    return f"Reminder {when}: {mine.words}"


def _say_copy(desk: Reader, body: str) -> str:
    mine = codec.load(_Copy, body)
    return f"Copy of what is held, {_reference(desk, mine.place[0])}: {_decided(mine.draft)}"


def _say_step(_desk: Reader, body: str) -> str:
    mine = codec.load(_Step, body)
    told = f"Referral {mine.made.number} to {mine.made.service_name}: {mine.state.value}"
    return f"{told}, {mine.words}" if mine.words else told


def _say_remark(_desk: Reader, body: str) -> str:
    mine = codec.load(_Remark, body)
    what = "Note on event" if mine.question is None else "Said to" if mine.replied else "Asked of"
    return f"{what} {mine.seq:,}: {mine.words}"


_SAID: dict[str, Callable[[Reader, str], str]] = {
    "_Rang": _say_rang,
    "_Spoken": _say_spoken,
    "_Passing": _say_passing,
    "Reminder": _say_reminder,
    "_Copy": _say_copy,
    "_Step": _say_step,
    "_Remark": _say_remark,
}


def _told(desk: Reader, said: Passing | Offer) -> str:
    at = said.next_at
    when = spell_in_week(naming.local(desk.profile, at)) if at else ""
    parts: Sequence[str] = (said.next_step, when, said.words)
    return ", ".join(p for p in parts if p) or "No words yet"


def _decided(draft: AccessDraft) -> str:
    parts: Sequence[str] = (
        f"{counted(len(draft.decided) + len(draft.also), 'place')} decided",
        f"for {draft.for_whom}" if draft.for_whom else "",
        f"of harm: {draft.harm}" if draft.harm else "",
    )
    return "; ".join(p for p in parts if p)


def _reference(desk: Reader, contact_id: UUID) -> str:
    contact: Contact | None = desk.memory.contacts.get(contact_id)
    return contact.reference if contact else "a contact"


def _moment(desk: Reader, at: datetime) -> str:
    return spell_moment(naming.local(desk.profile, at))
