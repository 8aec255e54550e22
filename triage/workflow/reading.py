"""Reading an arrived form: what was read, what a person marks, chooses and confirms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from triage.domain.contact import Adult, Child, Contact, ContactState, Content
from triage.domain.correction import Correction
from triage.domain.draft import Draft, DraftKind, NotRead
from triage.domain.errors import NotFoundError, NotReadyError
from triage.domain.fact import Fact, FactState, Place, entered
from triage.domain.worker import May
from triage.intake.drawing import DrawnPage as DrawnPage
from triage.intake.drawing import draw_safely
from triage.storage import contacts, corrections, drafts, originals
from triage.storage.engine import Transaction
from triage.workflow import earlier, fields, naming, screen
from triage.workflow.desk import Desk
from triage.workflow.holding import (
    change,
    hold,
    hold_open,
    may_open,
    why_given,
    why_read_only,
)

_MOST_PIECES = 500
_LISTS = {"child_words": "child_words", "raises": "raises_risk", "lowers": "lowers_risk"}
_LABELLED = {"household": "Household", "date": "Date or time", "seen": "What was seen"}
TARGETS = ("household", "child_words", "person", "date", "seen", "raises", "lowers", "nothing")
"""What marked words can be, besides any one field by its path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """One thing left to do: a fact to check, a part not read, or words not used.

    `kind` is "check", "not read" or "not used"; `choices` are the readings offered of a fact.
    """

    kind: str
    path: str
    label: str
    why: str
    choices: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    """A contact beside what it was read from. `draft` is None where it was typed, not read."""

    contact: Contact
    title: str
    draft: Draft | None
    originals: tuple[originals.Original, ...]
    facts: tuple[tuple[str, Fact], ...]
    todo: tuple[ToDo, ...]
    clear: int
    read: int
    read_only_why: str
    corrections: tuple[Correction, ...] = ()


def reading(desk: Desk, contact_id: UUID) -> ReadingView:
    """The contact, its original and what is left to do; looking at it is recorded."""
    desk.worker.must(May.READ)
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        desk.note(tx, "contact.viewed", contact.id, {"reference": contact.reference})
        return _view(desk, tx, contact)


def look_again(desk: Desk, contact_id: UUID) -> ReadingView:
    """As `reading`, for a screen that has it open already: after a change made here.

    It records nothing: the first opening stands for the whole visit.
    """
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        return _view(desk, tx, hold(desk, tx, contact_id))


def _view(desk: Desk, tx: Transaction, contact: Contact) -> ReadingView:
    draft = drafts.get(tx, contact.id)
    kept = tuple(_originals(tx, contact.id, draft))
    asked = corrections.of_contact(tx, contact.id)
    return _told(contact, draft, kept, asked, naming.local_day(desk.profile, desk.now()))


def kept_here(
    view: ReadingView, contact: Contact, today: date, marked: Place | None = None
) -> ReadingView:
    """The view with a contact that is kept on this desk only, until the hub has it; `marked` are
    words that were just used."""
    draft = _without(view.draft, marked) if marked else view.draft
    return _told(contact, draft, view.originals, view.corrections, today)


def _told(
    contact: Contact,
    draft: Draft | None,
    kept: tuple[originals.Original, ...],
    asked: tuple[Correction, ...],
    today: date,
) -> ReadingView:
    facts = tuple((p, f) for p, f in fields.facts_of(contact.content) if _said(f))
    return ReadingView(
        contact=contact,
        title=naming.title(contact, today),
        draft=draft,
        originals=kept,
        facts=facts,
        todo=_todo(facts, draft),
        clear=sum(1 for _, f in facts if f.state is FactState.READ),
        read=sum(1 for _, f in facts if f.state is not FactState.TO_CHECK),
        read_only_why=why_read_only(contact),
        corrections=asked,
    )


def _said(fact: Fact) -> bool:
    return fact.known or bool(fact.places) or fact.state is FactState.TO_CHECK


_ANSWERS = (DraftKind.REPLY.value, DraftKind.AUTO_REPLY.value, DraftKind.BOUNCE.value)
"""What partners sent about the contact: kept with it, but it was not made from it."""


def _originals(tx: Transaction, contact_id: UUID, draft: Draft | None) -> list[originals.Original]:
    """What the contact was made from; a row of a batch is found by the whole batch's hash."""
    own = [o for o in originals.of_contact(tx, contact_id) if o.kind not in _ANSWERS]
    if own or draft is None or not draft.sha256:
        return own
    return originals.by_hash(tx, draft.sha256)[:1]


def _todo(facts: tuple[tuple[str, Fact], ...], draft: Draft | None) -> tuple[ToDo, ...]:
    left = [
        ToDo(
            kind="check",
            path=path,
            label=fact.value,
            why=fact.note,
            choices=tuple(dict.fromkeys((fact.value, *fact.alternatives))) if fact.known else (),
            place=fact.places[0] if fact.places else None,
        )
        for path, fact in facts
        if fact.state is FactState.TO_CHECK
    ]
    if draft is not None:
        left += [_not_read(n) for n in draft.not_read]
        left += [
            ToDo(kind="not used", path="", label=p.words, why="", place=p) for p in draft.unused
        ]
    return tuple(left)


def _not_read(found: NotRead) -> ToDo:
    return ToDo(kind="not read", path="", label=found.what, why=found.why, place=found.place)


def mark(
    desk: Desk,
    contact: Contact,
    target: str,
    place: Place,
    at: datetime | None = None,
    *,
    key: str = "",
) -> Contact:
    """Say what the words at a place are: one of TARGETS, or the path of a field; `at` is when it
    was said, where that is not now, and `key` that of a person they name, where it is known.

    The words and the place they came from are kept together. "nothing" leaves them unused but
    done with. Raises NotReadyError for no words, FactConflict where another desk changed the
    same field.
    """
    desk.worker.must(May.SCREEN)
    words = _words(place)
    with desk.store.write() as tx:
        now = hold_open(desk, tx, contact)
        _used(tx, now.id, place)
        desk.note(
            tx,
            "contact.marked",
            now.id,
            {
                "target": target,
                "words": words,
                "file": place.file,
                "start": place.start if place.start is not None else -1,
            },
        )
        fact = entered(words, by=desk.worker.id, at=at or desk.now(), places=(place,))
        content = _marked(contact.content, now.content, target, fact, place, key)
        saved = now if content == now.content else change(tx, now, content=content)
    earlier.learn(desk, saved)
    return saved


def with_mark(
    contact: Contact, target: str, place: Place, *, by: str, at: datetime, key: str = ""
) -> Contact:
    """The contact as `mark` would leave it, while nobody else changes it."""
    fact = entered(_words(place), by=by, at=at, places=(place,))
    seen = contact.content
    return replace(contact, content=_marked(seen, seen, target, fact, place, key))


def _words(place: Place) -> str:
    words = " ".join(place.words.split())
    if not words:
        raise NotReadyError("Choose some words in the original first. Nothing was changed.")
    return words


def _marked(
    seen: Content, content: Content, target: str, fact: Fact, place: Place, key: str
) -> Content:
    if target == "nothing":
        return content
    if target in _LABELLED and not place.label:
        fact = replace(fact, places=(replace(place, label=_LABELLED[target]),))
    words = fact.value
    if target in _LISTS:
        return fields.with_fact(content, f"{_LISTS[target]}.+", fact)
    if target in _LABELLED:
        return fields.with_fact(content, "other.+", fact)
    if target == "person":
        key = key or fields.next_key("a", content.adults)
        return replace(content, adults=(*content.adults, Adult(key=key, name=fact)))
    if target == "child":
        key = key or fields.next_key("c", content.children)
        given, _, family = words.partition(" ")
        child = Child(
            key=key,
            given=replace(fact, value=given),
            family=replace(fact, value=family) if family else Fact(),
        )
        return replace(content, children=(*content.children, child))
    before, theirs = fields.fact_at(seen, target), fields.fact_at(content, target)
    if before != theirs:
        raise screen.FactConflict(target, fact, theirs, "Somebody else")
    return fields.with_fact(content, target, fact)


def _used(tx: Transaction, contact_id: UUID, place: Place) -> None:
    """Take the passages these words cover off the list of words not used."""
    draft = drafts.get(tx, contact_id)
    left = _without(draft, place)
    if left is not None and left != draft:
        drafts.put(tx, contact_id, left)


def _without(draft: Draft | None, place: Place) -> Draft | None:
    if draft is None:
        return None
    return replace(draft, unused=tuple(p for p in draft.unused if not _overlap(p, place)))


def _overlap(one: Place, other: Place) -> bool:
    if (one.file, one.part) != (other.file, other.part):
        return False
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return one.words == other.words
    return one.start < other.end and other.start < one.end


def choose(desk: Desk, contact: Contact, path: str, value: str) -> Contact:
    """Settle a fact with two readings by one of them, or by what the person typed instead."""
    desk.worker.must(May.SCREEN)
    fact = chosen(contact, path, value, by=desk.worker.id, at=desk.now())
    return screen.change_fact(desk, contact, path, fact)


def chosen(contact: Contact, path: str, value: str, *, by: str, at: datetime) -> Fact:
    """The fact as `choose` settles it. Raises NotFoundError where there is none."""
    fact = fields.fact_at(contact.content, path)
    if fact is None:
        raise NotFoundError("That fact is not in this contact. Open the contact again.")
    return replace(
        fact,
        value=value.strip(),
        unknown=None if value.strip() else fact.unknown,
        state=FactState.CONFIRMED,
        alternatives=(),
        note="",
        by=by,
        at=at,
    )


def accept_clear(desk: Desk, contact: Contact, at: datetime | None = None) -> Contact:
    """Confirm everything that was read clearly, as this person saw it; `at` is when, where that
    is not now. What is to check stays to check."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = hold_open(desk, tx, contact)
        by, at = desk.worker.id, at or desk.now()
        content, paths = _confirmed(now.content, contact.content, by=by, at=at)
        desk.note(tx, "contact.accepted", now.id, {"paths": paths})
        return change(tx, now, content=content) if paths else now


def with_clear(contact: Contact, *, by: str, at: datetime) -> Contact:
    """The contact as `accept_clear` would leave it, while nobody else changes it."""
    seen = contact.content
    return replace(contact, content=_confirmed(seen, seen, by=by, at=at)[0])


def _confirmed(
    content: Content, seen: Content, *, by: str, at: datetime
) -> tuple[Content, list[str]]:
    """What stands as it was seen, confirmed; with the paths."""
    shown = dict(fields.facts_of(seen))
    paths = [
        path
        for path, fact in fields.facts_of(content)
        if fact.state is FactState.READ and fact.known and shown.get(path) == fact
    ]
    for path in paths:
        fact = fields.fact_at(content, path)
        if fact is not None:
            confirmed = replace(fact, state=FactState.CONFIRMED, by=by, at=at)
            content = fields.with_fact(content, path, confirmed)
    return content, paths


def to_check(content: Content) -> int:
    """How many facts a person still has to look at."""
    return sum(1 for _, f in fields.facts_of(content) if f.state is FactState.TO_CHECK)


def is_to_read(contact: Contact) -> bool:
    """Whether it arrived as a file and nobody has confirmed it as a contact yet."""
    if contact.state not in (ContactState.RECEIVED, ContactState.SCREENING):
        return False
    unconfirmed = (FactState.READ, FactState.TO_CHECK)
    return any(f.known and f.state in unconfirmed for _, f in fields.facts_of(contact.content))


def make_contact(desk: Desk, contact: Contact, *, leave_to_check: bool = False) -> Contact:
    """Confirm the draft as a contact and take it to screen.

    Raises NotReadyError, counting them, while facts are to check, unless they are left for later:
    an urgent contact must not wait for a doubtful postcode.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = hold_open(desk, tx, contact)
        left = to_check(now.content)
        if left and not leave_to_check:
            raise NotReadyError(
                f"{left} fact{' is' if left == 1 else 's are'} still to check. "
                "Nothing was lost. Check them, or go on and check later."
            )
        by, at = desk.worker.id, desk.now()
        content, paths = _confirmed(now.content, now.content, by=by, at=at)
        desk.note(tx, "contact.confirmed", now.id, {"paths": paths, "left_to_check": left})
        received = now.state is ContactState.RECEIVED
        saved = change(
            tx,
            now,
            content=content,
            state=ContactState.SCREENING if received else now.state,
            assigned_to=now.assigned_to or desk.worker.id,
            assigned_at=now.assigned_at or desk.now(),
        )
    earlier.learn(desk, saved)
    return saved


def not_for_us(desk: Desk, contact: Contact, why: str) -> Contact:
    """Set aside what arrived but asks for no triage; the original stays, and it can come back."""
    return screen.set_aside(
        desk, contact, "not a contact", why_given(why, "set it aside"), points_to=None
    )


def original_bytes(desk: Desk, contact_id: UUID, name: str = "") -> bytes:
    """The original byte for byte, by its name or the first; taking it out is recorded."""
    desk.worker.must(May.READ)
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        kept = _originals(tx, contact.id, drafts.get(tx, contact.id))
        found = next((o for o in kept if not name or o.name == name), None)
        if found is None:
            raise NotFoundError("There is no such original with this contact.")
        _may_take(desk, tx, found)
        desk.note(tx, "original.opened", contact.id, {"original": str(found.id)})
        return originals.bytes_of(tx, found.id)


def _may_take(desk: Desk, tx: Transaction, found: originals.Original) -> None:
    """Raise NotAllowedError where the same bytes, a batch, also hold a restricted contact."""
    for owner in {o.contact_id for o in originals.by_hash(tx, found.sha256)}:
        if owner is not None:
            may_open(desk, tx, contacts.get(tx, owner))


def part_bytes(desk: Desk, contact_id: UUID, part: str) -> bytes:
    """The bytes of one part of the original: a file by itself, or one inside a letter.

    Known by the hash that was taken when it was read. Taking it out is recorded. Raises
    NotFoundError where the part is only words (a letter's body, a row of a batch).
    """
    desk.worker.must(May.READ)
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        draft = drafts.get(tx, contact.id)
        found = next(iter(_originals(tx, contact.id, draft)), None)
        if found is None or draft is None:
            raise NotFoundError("There is no such original with this contact.")
        _may_take(desk, tx, found)
        desk.note(tx, "original.opened", contact.id, {"original": str(found.id), "part": part})
        data = originals.bytes_of(tx, found.id)
    if found.name == part:
        return data
    wanted = {a.sha256 for a in draft.attachments if a.name == part}
    for inside in _enclosed(data):
        if hashlib.sha256(inside).hexdigest() in wanted:
            return inside
    raise NotFoundError(f"“{part}” is shown as words only. The original is kept as it came.")


def draw_pages(untrusted_bytes: bytes, pages: Sequence[int], width: int) -> tuple[DrawnPage, ...]:
    """Pages (from 1) of a part that is a PDF as pixels, `width` across. Slow; nothing is recorded.

    Raises UnreadableError where they can't be drawn; the words that were read are still there.
    """
    return draw_safely(untrusted_bytes, pages, width)


def _enclosed(untrusted_bytes: bytes) -> Iterator[bytes]:
    import email
    import email.policy

    message = email.message_from_bytes(untrusted_bytes, policy=email.policy.compat32)
    for piece in islice(message.walk(), _MOST_PIECES):
        payload = None if piece.is_multipart() else piece.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield payload
