"""What others did to a contact, in a line each: since somebody last looked, or since a moment.

Words are made of the kind of event, and of those of its details that can name no other contact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from triage.domain.changes import answer_words
from triage.domain.contact import Contact, why_not_shown
from triage.domain.event import Event
from triage.domain.spelling import spell_kept
from triage.domain.worker import May
from triage.storage import events, workers
from triage.storage.engine import Transaction
from triage.workflow import feed
from triage.workflow.desk import Desk
from triage.workflow.holding import hold

SEEN = "contact.changes_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that somebody did to a contact. `words` go on from the name: "rated it Red"."""

    seq: int
    kind: str
    at: datetime
    by: str
    who: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """When somebody last looked at a contact: the number of what they had seen by then. `first`
    where they never did: all is new to them, so that only how it came to them is told."""

    seq: int
    at: datetime
    first: bool = False


def last_look(desk: Desk, tx: Transaction, contact_id: UUID) -> Look:
    """This person's last look at the contact, or act on it."""
    last = events.last_by(tx, contact_id, desk.worker.id)
    if last is None:
        return Look(seq=events.head(tx).seq, at=desk.now(), first=True)
    seq = int(_detail(last).get("upto", last.seq)) if last.kind == SEEN else last.seq
    return Look(seq=seq, at=last.at)


def seen(desk: Desk, contact_id: UUID, upto: int) -> None:
    """What others did to the contact up to event `upto` was shown to this person, and they went
    on: it is not shown to them as new again."""
    desk.worker.must(May.READ)
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        desk.note(tx, SEEN, contact.id, {"upto": upto})


def since_look(
    desk: Desk, tx: Transaction, contact: Contact, look: Look | None, past: Sequence[Event]
) -> tuple[Happening, ...]:
    """What others did to the contact since then, oldest first; of one thing done again and again
    the last. `past` are its events."""
    if look is None:
        return ()
    me = desk.worker.id
    fresh = _last_of_each(e for e in past if e.seq > look.seq and e.by != me)
    if look.first:
        given = (e for e in past if e.kind in _GIVEN and e.seq <= look.seq)
        fresh[:0] = [e for e in given if _detail(e).get("now") == me][-1:]
    return tuple(told(desk, tx, contact, fresh, past))


def told(
    desk: Desk,
    tx: Transaction,
    contact: Contact,
    wanted: Iterable[Event],
    before: Sequence[Event] = (),
) -> list[Happening]:
    """The events in words, without those that change nothing and those that tell of what is
    hidden from this person. `before` are events among which what stood there earlier may be found.
    """
    known = names(tx)
    teller = _Teller(desk, contact, known, before)
    lines = []
    for event in feed.without_hidden(desk, tx, wanted):
        words = teller.words(event)
        if words:
            lines.append(
                Happening(
                    seq=event.seq,
                    kind=event.kind,
                    at=event.at,
                    by=event.by,
                    who=known.get(event.by, event.by),
                    words=words,
                )
            )
    return lines


def names(tx: Transaction) -> dict[str, str]:
    """What people here are called, by their id."""
    return {w.id: w.name for w in workers.all(tx)}


_GIVEN = frozenset({"contact.handed_over", "contact.taken_over"})


def _detail(event: Event) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(event.detail)
    return found


def _last_of_each(fresh: Iterable[Event]) -> list[Event]:
    last: dict[object, Event] = {}
    for event in fresh:
        if event.kind in feed.QUIET:
            continue
        detail = _detail(event)
        about = detail.get("key") or detail.get("path") or detail.get("verdict") or ""
        if event.kind in ("decision.saved", "contact.fact_changed"):
            last.pop((event.kind, about), None)
            last[event.kind, about] = event
        else:
            last[event.seq] = event
    return list(last.values())


class _Teller:
    """Puts events of one contact into words."""

    def __init__(
        self, desk: Desk, contact: Contact, names: Mapping[str, str], before: Sequence[Event]
    ) -> None:
        self._profile, self._contact, self._names = desk.profile, contact, names
        self._me = desk.worker.id
        self._before = before

    def words(self, event: Event) -> str:
        if event.kind in feed.QUIET or event.kind in _UNTOLD:
            return ""
        if event.kind in _PLAIN:
            return _PLAIN[event.kind]
        if event.kind in _WITH_WHY:
            return _WITH_WHY[event.kind] + _why(_detail(event))
        tell = _TELL.get(event.kind)
        return tell(self, event, _detail(event)) if tell else "worked on it"

    def _name(self, worker_id: object) -> str:
        if worker_id == self._me:
            return "you"
        return self._names.get(str(worker_id), str(worker_id))

    def _rating(self, code: object) -> str:
        rating = self._profile.rating(str(code))
        return rating.label if rating else "not rated"

    def _person(self, key: str) -> str:
        content = self._contact.content
        for child in content.children:
            if child.key == key:
                return child.given.value if child.given.known else child.name
        for adult in content.adults:
            if adult.key == key and adult.name.known:
                return adult.name.value
        return ""

    def rated(self, _event: Event, said: Mapping[str, Any]) -> str:
        if not said.get("now"):
            return f"took the rating away{_why(said)}"
        words = f"rated it {self._rating(said['now'])}"
        before = f", before {self._rating(said['before'])}" if said.get("before") else ""
        return f"{words}{before}{_why(said)}"

    def handed_over(self, _event: Event, said: Mapping[str, Any]) -> str:
        return f"handed it over to {self._name(said.get('now'))}{_why(said)}"

    def taken_over(self, _event: Event, said: Mapping[str, Any]) -> str:
        return f"took it over from {self._name(said.get('before'))}{_why(said)}"

    def freed(self, _event: Event, said: Mapping[str, Any]) -> str:
        name = self._name(said.get("before"))
        return f"saw it put back by itself: {name} had left it alone for {said.get('minutes')} min"

    def saved(self, event: Event, said: Mapping[str, Any]) -> str:
        """An answer: what it is now, and what it was where that was as short."""
        question_id, _, person = str(said.get("key", "")).partition("@")
        questions = (q for p in self._profile.parts for q in p.questions)
        question = next((q for q in questions if q.id == question_id), None)
        label = question.label if question else question_id
        name = self._person(person) if person else ""
        label = f"{label}, {name}" if name else label
        if "now" not in said:
            return f"wrote “{label}”"
        if not said["now"]:
            return f"emptied “{label}”"
        now = answer_words(self._profile, question, _answer(said["now"]))
        earlier = [
            d
            for e in self._before
            if e.kind == event.kind and e.seq < event.seq
            for d in (_detail(e),)
            if d.get("key") == said["key"]
        ]
        was = earlier[-1].get("now") if earlier else None
        before = answer_words(self._profile, question, _answer(was)) if was else ""
        tail = f", before “{before}”" if before and before != now else ""
        return f"answered “{label}” with “{now}”{tail}"

    def fact(self, _event: Event, said: Mapping[str, Any]) -> str:
        head, *rest = str(said.get("path", "")).split(".")
        name = self._person(rest[0]) if head in ("children", "adults") and rest else ""
        what = _FACTS.get(rest[-1] if rest else head, "a fact")
        of = f"{name}'s {what}" if name else what
        if why_not_shown(self._contact.content, str(said.get("path", ""))):
            return f"put {of} right; it is not shown"
        shown = spell_kept if what in ("birth date", "expected date") else str
        now, before = str(said.get("now", "")), str(said.get("before", ""))
        tail = f", before “{shown(before)}”" if before else ""
        return f"put {of} right: “{shown(now)}”{tail}"

    def added(self, _event: Event, said: Mapping[str, Any]) -> str:
        return f"added {said.get('name') or 'somebody without a name'}"

    def sent_back(self, _event: Event, said: Mapping[str, Any]) -> str:
        return f"sent it back: {said['words']}" if said.get("words") else "sent it back"

    def pack(self, _event: Event, said: Mapping[str, Any]) -> str:
        return f"made copy {said.get('copy')} of the pack"


def _answer(value: object) -> str | tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else str(value)


def _why(said: Mapping[str, Any]) -> str:
    why = str(said.get("why") or "")
    return f": {why}" if why else ""


_WITH_WHY = {
    "contact.paused": "paused it",
    "contact.resumed": "went on with it",
    "contact.released": "put it back for anyone",
    "contact.handover_declined": "did not take it",
    "contact.set_aside": "set it aside",
    "contact.reopened": "reopened it",
}
_PLAIN = {
    "contact.received": "took it in",
    "contact.claimed": "took it",
    "contact.concerns_named": "changed the concerns",
    "contact.joined": "joined it with another contact",
    "contact.kept_apart": "kept it apart from another contact",
    "contact.taken_apart": "took it apart from another contact",
    "contact.restricted": "restricted it",
    "contact.opened_up": "lifted the restriction",
    "contact.restriction_kept": "looked at the restriction again and kept it",
    "contact.confirmed": "confirmed the form",
    "contact.offered": "held it out to somebody",
    "contact.handover_withdrawn": "took the handover back",
    "contact.accepted": "accepted what the form says",
    "call.kept": "kept the call",
    "decision.proposed": "sent it for sign-off",
    "decision.signed": "signed it",
    "match.linked": "linked a record",
    "match.not_same": "put a record aside: not the same person",
    "match.unsure": "was not sure about a record",
    "match.undone": "took back what was said of a record",
    "request.sent": "asked a partner",
    "request.chased": "reminded a partner",
    "request.rang": "rang a partner",
    "request.answered": "took in a partner's answer",
    "request.answered_by_hand": "wrote down a partner's answer",
    "request.answer_placed": "placed a partner's answer",
    "request.cited": "cited a partner's answer",
    "service.referral_drafted": "drafted a referral to a service",
    "export.by_hand": "sent the decision by hand",
    "export.case_number": "wrote down the case number",
}
_UNTOLD = frozenset(
    {
        SEEN,
        "access.broke_glass",
        "access.draft_kept",
        "access.reason",
        "access.seen",
        "contact.likeness_found",
        "contact.marked",
        "contact.handover_kept",
        "contact.snoozed",
        "reminder.done",
        "reminder.put_off",
        "reminder.set",
        "decision.not_signed",
        "export.attempted",
        "match.answered",
        "match.asked",
        "original.kept",
        "original.seen_again",
        "request.draft_kept",
        "request.seen",
        "request.sending",
        "request.started",
        "request.viewed",
    }
)
_FACTS = {
    "given": "first name",
    "family": "family name",
    "name": "name",
    "dob": "birth date",
    "edd": "expected date",
    "school": "school",
    "nhs_number": "NHS number",
    "language": "language",
    "lives_here": "home",
    "whereabouts": "whereabouts",
    "relationship": "tie to the children",
    "phone": "phone",
    "line": "the address",
    "postcode": "the postcode",
    "town": "the town",
}
_Tell = Callable[[_Teller, Event, Mapping[str, Any]], str]
_TELL: Mapping[str, _Tell] = {
    "contact.rated": _Teller.rated,
    "contact.handed_over": _Teller.handed_over,
    "contact.taken_over": _Teller.taken_over,
    "contact.freed_idle": _Teller.freed,
    "contact.fact_changed": _Teller.fact,
    "contact.child_added": _Teller.added,
    "contact.adult_added": _Teller.added,
    "decision.saved": _Teller.saved,
    "decision.sent_back": _Teller.sent_back,
    "pack.issued": _Teller.pack,
}
