"""Reading an arrived form: what was read, what a person marks, chooses and confirms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
    facts = tuple((p, f) for p, f in fields.facts_of(contact.content) if _said(f))
    clear = [f for _, f in facts if f.state is FactState.READ]
    return ReadingView(
        contact=contact,
        title=naming.title(contact, naming.local_day(desk.profile, desk.now())),
        draft=draft,
        originals=kept,
        facts=facts,
        todo=_todo(facts, draft),
        clear=len(clear),
        read=sum(1 for _, f in facts if f.state is not FactState.TO_CHECK),
        read_only_why=why_read_only(contact),
        corrections=corrections.of_contact(tx, contact.id),
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


def mark(desk: Desk, contact: Contact, target: str, place: Place) -> Contact:
    """Say what the words at a place are: one of TARGETS, or the path of a field.

    The words and the place they came from are kept together. "nothing" leaves them unused but
    done with. Raises NotReadyError for no words, FactConflict where another desk changed the
    same field.
    """
    desk.worker.must(May.SCREEN)
    words = " ".join(place.words.split())
    if not words:
        raise NotReadyError("Choose some words in the original first. Nothing was changed.")
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
        content = _marked(desk, contact.content, now.content, target, words, place)
        saved = now if content == now.content else change(tx, now, content=content)
    earlier.learn(desk, saved)
    return saved


def _marked(
    desk: Desk, seen: Content, content: Content, target: str, words: str, place: Place
) -> Content:
    if target == "nothing":
        return content
    if target in _LABELLED and not place.label:
        place = replace(place, label=_LABELLED[target])
    fact = entered(words, by=desk.worker.id, at=desk.now(), places=(place,))
    if target in _LISTS:
        return fields.with_fact(content, f"{_LISTS[target]}.+", fact)
    if target in _LABELLED:
        return fields.with_fact(content, "other.+", fact)
    if target == "person":
        key = fields.next_key("a", content.adults)
        return replace(content, adults=(*content.adults, Adult(key=key, name=fact)))
    if target == "child":
        key = fields.next_key("c", content.children)
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
    if draft is None:
        return
    left = tuple(p for p in draft.unused if not _overlap(p, place))
    if left != draft.unused:
        drafts.put(tx, contact_id, replace(draft, unused=left))


def _overlap(one: Place, other: Place) -> bool:
    if (one.file, one.part) != (other.file, other.part):
        return False
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return one.words == other.words
    return one.start < other.end and other.start < one.end


def choose(desk: Desk, contact: Contact, path: str, value: str) -> Contact:
    """Settle a fact with two readings by one of them, or by what the person typed instead."""
    desk.worker.must(May.SCREEN)
    fact = fields.fact_at(contact.content, path)
    if fact is None:
        raise NotFoundError("That fact is not in this contact. Open the contact again.")
    chosen = replace(
        fact,
        value=value.strip(),
        unknown=None if value.strip() else fact.unknown,
        state=FactState.CONFIRMED,
        alternatives=(),
        note="",
        by=desk.worker.id,
        at=desk.now(),
    )
    return screen.change_fact(desk, contact, path, chosen)


def accept_clear(desk: Desk, contact: Contact) -> Contact:
    """Confirm everything that was read clearly. What is to check stays to check."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = hold_open(desk, tx, contact)
        content, paths = _confirmed(desk, now.content)
        desk.note(tx, "contact.accepted", now.id, {"paths": paths})
        return change(tx, now, content=content) if paths else now


def _confirmed(desk: Desk, content: Content) -> tuple[Content, list[str]]:
    paths = [
        path
        for path, fact in fields.facts_of(content)
        if fact.state is FactState.READ and fact.known
    ]
    for path in paths:
        fact = fields.fact_at(content, path)
        if fact is not None:
            confirmed = replace(fact, state=FactState.CONFIRMED, by=desk.worker.id, at=desk.now())
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
        content, paths = _confirmed(desk, now.content)
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
