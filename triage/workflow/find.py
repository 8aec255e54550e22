"""Finding a contact by what a person remembers of it: its reference or a name in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from matching.spoken import SpokenQuery, understand
from triage.domain.contact import Contact, ContactState
from triage.domain.errors import NotFoundError
from triage.domain.worker import May
from triage.partners.state import OWN
from triage.storage import contacts
from triage.storage.engine import Transaction
from triage.workflow import earlier, naming
from triage.workflow.desk import Desk
from triage.workflow.holding import WAITING

MOST = 8
_NEAREST = 20
_DEADLINE_MS = 200.0
_NOT_PARTNERS = "Our own contacts only. Partners are asked from an open contact."


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContact:
    """A contact that fits. A restricted one is found by its reference only, and says no more."""

    contact_id: UUID
    reference: str
    title: str
    detail: str


def find(desk: Desk, words: str, *, most: int = MOST) -> tuple[FoundContact, ...]:
    """Contacts waiting here or at sign-off whose reference holds `words`, or where every word
    begins a word of one person's name, child or adult; the newest first. Like the queue, this
    opens no record."""
    desk.worker.must(May.READ)
    plain = words.casefold().strip()
    if not plain:
        return ()
    with desk.store.read() as tx:
        held = contacts.in_states_known(tx, WAITING, desk.memory.contacts)
    open_all = desk.worker.may(May.OPEN_RESTRICTED)
    found = []
    for contact in sorted(held, key=lambda c: c.received_at, reverse=True):
        hidden = contact.restricted and not open_all
        if plain in contact.reference.casefold() or (not hidden and _names(contact, plain)):
            found.append(_row(desk, contact, hidden=hidden))
        if len(found) == most:
            break
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A search as it was understood, fact by fact, and the contacts that fit.

    `note` says where it was not looked.
    """

    parts: tuple[str, ...]
    found: tuple[FoundContact, ...]
    note: str = ""


def hear(desk: Desk, text: str, *, most: int = MOST) -> Heard:
    """Contacts that fit a few words said in any order: a name, "~6", "mum Kelly", "NM3", a birth
    date, an NHS number, a phone, a school, a reference; none of them is needed.

    Those whose names or reference begin with the words come first, then those of people who fit
    in everything that was said, decided ones too. Restricted contacts are as in `find`. No record
    is opened, and no partner is asked: that is done, and recorded, from a contact.
    """
    query = understand(text, naming.local_day(desk.profile, desk.now()))
    found = list(find(desk, query.reference or text, most=most))
    note = _NOT_PARTNERS if query.says_a_person else ""
    fitting = {query.reference: 0.0} if query.reference else _fitting(desk, query)
    known = {f.reference for f in found}
    with desk.store.read() as tx:
        held = {c.reference: c for c in contacts.in_states_known(tx, WAITING, desk.memory.contacts)}
        for reference in sorted(fitting.keys() - known, key=lambda r: (-fitting[r], r)):
            contact = held.get(reference) or _decided(tx, reference)
            if contact is None or len(found) >= most:
                continue
            hidden = contact.restricted and not desk.worker.may(May.OPEN_RESTRICTED)
            if not hidden or query.reference:
                found.append(_row(desk, contact, hidden=hidden))
    return Heard(parts=query.parts(), found=tuple(found), note=note)


def _fitting(desk: Desk, query: SpokenQuery) -> dict[str, float]:
    """References of contacts with a person whom nothing said contradicts, and how well they fit."""
    fitting: dict[str, float] = {}
    for person in query.people():
        for candidate in desk.people.search(person, OWN, k=_NEAREST, deadline_ms=_DEADLINE_MS):
            levels = {row.level for row in candidate.compared}
            reference, key = earlier.of_record(candidate.record.record_id)
            if "different" in levels or not levels & {"same", "close"}:
                continue
            if query.says_a_child and key.startswith("a"):
                continue
            fitting[reference] = max(candidate.score, fitting.get(reference, candidate.score))
    return fitting


def _decided(tx: Transaction, reference: str) -> Contact | None:
    try:
        contact = contacts.by_reference(tx, reference)
    except NotFoundError:
        return None
    return contact if contact.state in (ContactState.SIGNED, ContactState.CLOSED) else None


def _row(desk: Desk, contact: Contact, *, hidden: bool) -> FoundContact:
    day = naming.local_day(desk.profile, desk.now())
    said = [contact.reference]
    if not hidden:
        said.append(naming.reason(contact, desk.profile))
    if contact.state not in WAITING:
        said.append("decided")
    return FoundContact(
        contact_id=contact.id,
        reference=contact.reference,
        title=desk.profile.restricted_words if hidden else naming.title(contact, day),
        detail=" · ".join(said),
    )


def _names(contact: Contact, plain: str) -> bool:
    wanted = plain.split()
    return any(
        all(any(part.startswith(word) for part in parts) for word in wanted)
        for parts in _people(contact)
    )


def _people(contact: Contact) -> Iterator[list[str]]:
    content = contact.content
    names = [child.name for child in content.children]
    names += [adult.name.value for adult in content.adults if adult.name.known]
    for name in names:
        yield name.casefold().replace("-", " ").split()
