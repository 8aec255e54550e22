"""Facts put right, words marked, people added and corrections noted while the hub's server is
away: as `unsent`, in their order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from triage.domain.contact import Adult, Child, Contact, Content
from triage.domain.correction import Correction
from triage.domain.fact import Fact, Place
from triage.domain.worker import May
from triage.storage import codec, contacts
from triage.storage.desk_saves import TakenAlreadyError
from triage.storage.journal import Entry
from triage.workflow import corrections, fields, reading, screen, unsent
from triage.workflow.screen import FactConflict
from triage.workflow.unsent import Kept, Reader, Sender, Unsent

if TYPE_CHECKING:
    from triage.workflow.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    """`before` is what was put right; None where nothing stood there."""

    contact_id: UUID
    path: str
    before: Fact | None
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    base: Contact
    target: str
    place: Place
    at: datetime
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accept:
    base: Contact
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    base: Contact
    added: Child | Adult


def change_fact(desk: Desk, contact: Contact, path: str, fact: Fact) -> Kept[Contact]:
    """As `screen.change_fact`; kept here, over the same fact, while the hub is away."""
    desk.worker.must(May.SCREEN)
    before = fields.fact_at(contact.content, path)
    kept = screen.as_kept(fact, before, by=desk.worker.id, at=desk.now())
    wanted = _Fact(contact_id=contact.id, path=path, before=before, fact=kept)
    held = replace(contact, content=fields.with_fact(contact.content, path, kept))
    at_hub = lambda: screen.change_fact(desk, contact, path, kept)  # noqa: E731
    return unsent.keep(desk, f"fact:{contact.id}:{path}", wanted, None, held, at_hub)


def choose(desk: Desk, contact: Contact, path: str, value: str) -> Kept[Contact]:
    """As `reading.choose`; kept here while the hub is away."""
    chosen = reading.chosen(contact, path, value, by=desk.worker.id, at=desk.now())
    return change_fact(desk, contact, path, chosen)


def mark(desk: Desk, contact: Contact, target: str, place: Place) -> Kept[Contact]:
    """As `reading.mark`; kept here while the hub is away."""
    desk.worker.must(May.SCREEN)
    at = desk.now()
    key = ""
    if target in _PEOPLE:
        key = _own_key(desk, contact, "c" if target == "child" else "a")
    held = reading.with_mark(contact, target, place, by=desk.worker.id, at=at, key=key)
    wanted = _Mark(base=contact, target=target, place=place, at=at, key=key)
    at_hub = lambda: reading.mark(desk, contact, target, place, at)  # noqa: E731
    return unsent.keep(desk, f"mark:{contact.id}:{desk.new_id()}", wanted, None, held, at_hub)


def accept_clear(desk: Desk, contact: Contact) -> Kept[Contact]:
    """As `reading.accept_clear`; kept here while the hub is away."""
    desk.worker.must(May.SCREEN)
    at = desk.now()
    held = reading.with_clear(contact, by=desk.worker.id, at=at)
    wanted = _Accept(base=contact, at=at)
    at_hub = lambda: reading.accept_clear(desk, contact, at)  # noqa: E731
    return unsent.keep(desk, f"accept:{contact.id}:{desk.new_id()}", wanted, None, held, at_hub)


def add_person(desk: Desk, contact: Contact, person: Child | Adult) -> Kept[Contact]:
    """As `screen.add_child` or `screen.add_adult`; kept here while the hub is away."""
    desk.worker.must(May.SCREEN)
    child = isinstance(person, Child)
    added = replace(person, key=_own_key(desk, contact, "c" if child else "a"))
    wanted = _Person(base=contact, added=added)
    held = replace(contact, content=_with_person(contact.content, added))
    at_hub = lambda: _add(desk, contact.id, person)  # noqa: E731
    return unsent.keep(desk, f"person:{contact.id}:{desk.new_id()}", wanted, None, held, at_hub)


def ask_correction(
    desk: Desk, contact: Contact, path: str, who: str, says: str
) -> Kept[Correction]:
    """As `corrections.ask`; kept here while the hub is away."""
    desk.worker.must(May.SCREEN)
    asked = corrections.as_asked(
        contact.id, path, who, says, id=desk.new_id(), by=desk.worker.id, at=desk.now()
    )
    at_hub = lambda: corrections.ask(desk, contact.id, path, who, says)  # noqa: E731
    return unsent.keep(desk, f"correction:{contact.id}:{asked.id}", asked, None, asked, at_hub)


_PEOPLE = ("person", "child")
"""What marked words can be that adds somebody to a contact."""


def _own_key(desk: Desk, contact: Contact, letter: str) -> str:
    """What a person added at a desk of a hub is called; elsewhere the store counts them."""
    if desk.unsent is None:
        return ""
    held = contact.content.children if letter == "c" else contact.content.adults
    return fields.own_key(letter, held, desk.new_id())


def _with_person(content: Content, added: Child | Adult) -> Content:
    if isinstance(added, Child):
        return replace(content, children=(*content.children, added))
    return replace(content, adults=(*content.adults, added))


def _add(desk: Desk, contact_id: UUID, person: Child | Adult) -> Contact:
    if isinstance(person, Child):
        return screen.add_child(desk, contact_id, person)
    return screen.add_adult(desk, contact_id, person)


def met(desk: Desk, contact_id: UUID) -> tuple[FactConflict, ...]:
    """Facts of a contact typed here that somebody else changed first, once the hub has said so."""
    if desk.unsent is None:
        return ()
    found = {
        fault.path: fault
        for entry in desk.unsent.journal.all()
        if entry.subject.startswith(f"fact:{contact_id}:")
        and isinstance(fault := desk.unsent.stuck.get(entry.seq), FactConflict)
    }
    return tuple(found.values())


def give_way(desk: Desk, contact_id: UUID, path: str) -> None:
    """Somebody else's fact stands, by this person's choice: what waits here of it is let go."""
    _strike(desk, f"fact:{contact_id}:{path}")


def _strike(desk: Desk, subject: str) -> None:
    if desk.unsent is None:
        return
    for entry in desk.unsent.journal.of_subject(subject):
        desk.unsent.stuck.pop(entry.seq, None)
        desk.unsent.journal.strike(subject, entry.seq)
    desk.unsent.recount()


# ---- sending -------------------------------------------------------------------------------------


def _send_fact(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> Contact:
    mine = codec.load(_Fact, entry.body)
    with desk.store.read() as tx:
        now = contacts.get(tx, mine.contact_id)
    seen = now
    if mine.before is not None:
        seen = replace(now, content=fields.with_fact(now.content, mine.path, mine.before))
    try:
        return screen.change_fact(once, seen, mine.path, mine.fact)
    except TakenAlreadyError:
        return now


def _send_mark(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> Contact:
    mine = codec.load(_Mark, entry.body)
    try:
        return reading.mark(once, mine.base, mine.target, mine.place, mine.at, key=mine.key)
    except TakenAlreadyError:
        return _now(desk, mine.base.id)


def _send_accept(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> Contact:
    mine = codec.load(_Accept, entry.body)
    try:
        return reading.accept_clear(once, mine.base, mine.at)
    except TakenAlreadyError:
        return _now(desk, mine.base.id)


def _send_person(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> Contact:
    mine = codec.load(_Person, entry.body)
    try:
        return _add(once, mine.base.id, mine.added)
    except TakenAlreadyError:
        return _now(desk, mine.base.id)


def _send_correction(_desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> Correction:
    mine = codec.load(Correction, entry.body)
    try:
        return corrections.ask(once, mine.contact_id, mine.path, mine.who, mine.says, mine.at)
    except TakenAlreadyError:
        return mine


def _now(desk: Desk, contact_id: UUID) -> Contact:
    with desk.store.read() as tx:
        return contacts.get(tx, contact_id)


SENDERS: dict[str, Sender] = {
    "_Fact": _send_fact,
    "_Mark": _send_mark,
    "_Accept": _send_accept,
    "_Person": _send_person,
    "Correction": _send_correction,
}
"""What sends each kind of entry, by its name in the journal."""


def said(desk: Reader, entry: Entry) -> str:
    """What waits, with what it belongs to, for a person to read."""
    if entry.kind == "_Fact":
        fact = codec.load(_Fact, entry.body)
        words = fact.path.replace(".", ", ").replace("_", " ")
        return f"{_where(desk, fact.contact_id)}{words}: {fact.fact.value or 'not known'}"
    if entry.kind == "_Mark":
        marked = codec.load(_Mark, entry.body)
        return f"{marked.base.reference}, marked: {marked.place.words}"
    if entry.kind == "_Person":
        person = codec.load(_Person, entry.body)
        name = person.added.name if isinstance(person.added, Child) else person.added.name.value
        return f"{person.base.reference}, added: {name or 'no name yet'}"
    if entry.kind == "Correction":
        asked = codec.load(Correction, entry.body)
        return f"{_where(desk, asked.contact_id)}correction asked for: {asked.told}"
    return f"{codec.load(_Accept, entry.body).base.reference}: what was read clearly, accepted"


def _where(desk: Reader, contact_id: UUID) -> str:
    contact = desk.memory.contacts.get(contact_id)
    return f"{contact.reference}, " if contact else ""
