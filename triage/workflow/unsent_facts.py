"""Facts put right and words marked while the hub's server is away: as `unsent`, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from triage.domain.contact import Contact
from triage.domain.errors import FanlightError, StoreError
from triage.domain.fact import Fact, Place
from triage.domain.worker import May
from triage.storage import codec, contacts
from triage.storage.desk_saves import TakenAlreadyError
from triage.storage.journal import Entry
from triage.workflow import fields, reading, screen, unsent
from triage.workflow.screen import FactConflict
from triage.workflow.unsent import Kept, Sender, Unsent

if TYPE_CHECKING:
    from triage.workflow.desk import Desk

_KINDS = ("fact", "mark", "accept")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accept:
    base: Contact
    at: datetime


def change_fact(desk: Desk, contact: Contact, path: str, fact: Fact) -> Kept[Contact]:
    """As `screen.change_fact`; kept here, over the same fact, while the hub is away."""
    desk.worker.must(May.SCREEN)
    before = fields.fact_at(contact.content, path)
    kept = screen.as_kept(fact, before, by=desk.worker.id, at=desk.now())
    wanted = _Fact(contact_id=contact.id, path=path, before=before, fact=kept)
    held = replace(contact, content=fields.with_fact(contact.content, path, kept))
    at_hub = lambda: screen.change_fact(desk, contact, path, kept)  # noqa: E731
    return _keep(desk, f"fact:{contact.id}:{path}", wanted, held, at_hub)


def choose(desk: Desk, contact: Contact, path: str, value: str) -> Kept[Contact]:
    """As `reading.choose`; kept here while the hub is away."""
    chosen = reading.chosen(contact, path, value, by=desk.worker.id, at=desk.now())
    return change_fact(desk, contact, path, chosen)


def mark(desk: Desk, contact: Contact, target: str, place: Place) -> Kept[Contact]:
    """As `reading.mark`; kept here while the hub is away."""
    desk.worker.must(May.SCREEN)
    at = desk.now()
    held = reading.with_mark(contact, target, place, by=desk.worker.id, at=at)
    wanted = _Mark(base=contact, target=target, place=place, at=at)
    at_hub = lambda: reading.mark(desk, contact, target, place, at)  # noqa: E731
    return _keep(desk, f"mark:{contact.id}:{desk.new_id()}", wanted, held, at_hub)


def accept_clear(desk: Desk, contact: Contact) -> Kept[Contact]:
    """As `reading.accept_clear`; kept here while the hub is away."""
    desk.worker.must(May.SCREEN)
    at = desk.now()
    held = reading.with_clear(contact, by=desk.worker.id, at=at)
    wanted = _Accept(base=contact, at=at)
    at_hub = lambda: reading.accept_clear(desk, contact, at)  # noqa: E731
    return _keep(desk, f"accept:{contact.id}:{desk.new_id()}", wanted, held, at_hub)


def _keep(
    desk: Desk, subject: str, wanted: object, held: Contact, at_hub: Callable[[], Contact]
) -> Kept[Contact]:
    """In the order they were typed, each over what the one before left. What the hub refuses at
    once its person is told at once, so it waits for nobody."""
    record = subject.split(":")[1]

    def goes_first(other: str) -> bool:
        kind, _, rest = other.partition(":")
        return kind in _KINDS and rest.partition(":")[0] == record

    waited = desk.unsent.journal.of_subject(subject) if desk.unsent else []
    try:
        return unsent.keep(desk, subject, wanted, None, held, at_hub, goes_first=goes_first)
    except StoreError:
        raise
    except FanlightError:
        if not waited:
            _strike(desk, subject)
        raise


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
        return reading.mark(once, mine.base, mine.target, mine.place, mine.at)
    except TakenAlreadyError:
        return _now(desk, mine.base.id)


def _send_accept(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> Contact:
    mine = codec.load(_Accept, entry.body)
    try:
        return reading.accept_clear(once, mine.base, mine.at)
    except TakenAlreadyError:
        return _now(desk, mine.base.id)


def _now(desk: Desk, contact_id: UUID) -> Contact:
    with desk.store.read() as tx:
        return contacts.get(tx, contact_id)


SENDERS: dict[str, Sender] = {"_Fact": _send_fact, "_Mark": _send_mark, "_Accept": _send_accept}
"""What sends each kind of entry, by its name in the journal."""


def said(desk: Desk, entry: Entry) -> str:
    """What waits, with what it belongs to, for a person to read."""
    if entry.kind == "_Fact":
        fact = codec.load(_Fact, entry.body)
        contact = desk.memory.contacts.get(fact.contact_id)
        where = f"{contact.reference}, " if contact else ""
        words = fact.path.replace(".", ", ").replace("_", " ")
        return f"{where}{words}: {fact.fact.value or 'not known'}"
    if entry.kind == "_Mark":
        marked = codec.load(_Mark, entry.body)
        return f"{marked.base.reference}, marked: {marked.place.words}"
    return f"{codec.load(_Accept, entry.body).base.reference}: what was read clearly, accepted"
