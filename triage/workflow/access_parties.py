"""Whom else what is held tells of, each to be decided by a person before a copy is made."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from triage.domain.pack import Removal
from triage.storage import requests
from triage.workflow import access_whose

if TYPE_CHECKING:
    from triage.domain.access_draft import Settled
    from triage.domain.contact import Child, Contact
    from triage.storage.engine import Transaction
    from triage.workflow.desk import Desk


class Sort(StrEnum):
    """What words are that tell of somebody else, as the list of them is headed. All but those to
    look at are out of the copy until somebody says otherwise."""

    NAMED = "Named in the record"
    LIKE = "May be one of them"
    NUMBER = "Numbers and addresses"
    ANSWER = "Answers kept back"
    LOOK = "To look at"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdParty:
    """Words that tell of somebody else: why they are thought to, as what they would go (None
    where they go as a whole, not word by word), and in which contact they were found first.

    `born` are their birth dates, `numbers` their NHS number and the like, which go with the name,
    as do its `forms`: ways in which it is surely written. Of what may be a name, and of what is
    only described, they are all the ways it is written. `around` are the words about the first of
    its `places`. What `never_stays` was promised to be kept back, or is where somebody is safe: it
    needs no decision, and none can leave it in.
    """

    words: str
    why: str
    kind: Removal | None
    contact_id: UUID
    reference: str
    born: tuple[date, ...] = ()
    numbers: tuple[str, ...] = ()
    never_stays: bool = False
    sort: Sort = Sort.NAMED
    forms: tuple[str, ...] = ()
    around: str = ""
    places: int = 0

    def goes(self, settled: Settled | None) -> bool:
        """Whether they go out of the copy, by what was decided of them so far."""
        suggested = self.sort is not Sort.LOOK
        return self.never_stays or (settled.goes if settled else suggested)

    def waits(self, settled: Settled | None) -> bool:
        """Whether somebody has still to decide."""
        return settled is None and not self.never_stays


def third_parties(
    desk: Desk, tx: Transaction, told: Sequence[Contact], child: Child
) -> tuple[ThirdParty, ...]:
    """Everybody else in the facts of these contacts, each once however they are written there, in
    the order found."""
    found: dict[str, ThirdParty] = {}
    for party in _found(desk, tx, told, child):
        who = access_whose.same_person(party.words)
        held = found.setdefault(who, party)
        if party.words.casefold() not in (w.casefold() for w in (held.words, *held.forms)):
            held = replace(held, forms=(*held.forms, party.words))
        if party.never_stays and not held.never_stays:  # also told of as somebody of the family
            held = replace(held, why=party.why, kind=party.kind, never_stays=True)
        found[who] = held
    return tuple(found.values())


def _found(
    desk: Desk, tx: Transaction, told: Sequence[Contact], child: Child
) -> Iterator[ThirdParty]:
    born = _birth_dates(told, child)
    numbers = access_whose.numbers_by_name(tx, told, child)
    lived_in = set(_towns(desk, told))
    for contact in told:
        promised = access_whose.is_promised(contact.content.referrer)
        for written, why, kind in (
            *_named(contact, child),
            *_kept_safe(tx, contact, lived_in),
            *_named_over_there(tx, contact),
            *_answered(desk, tx, contact),
        ):
            of_person = kind in (Removal.RELATIVES, Removal.REFERRER)
            words = access_whose.name_alone(written) if of_person else written
            if words and words.casefold() != child.name.casefold():
                never = kind is Removal.ADDRESS or (promised and kind is Removal.REFERRER)
                who = access_whose.same_person(words)
                yield ThirdParty(
                    words=words,
                    why=why,
                    kind=kind,
                    contact_id=contact.id,
                    reference=contact.reference,
                    born=tuple(sorted(born.get(who, ()))),
                    numbers=tuple(sorted(numbers.get(who, ()))),
                    never_stays=never,
                    sort=Sort.NAMED if kind else Sort.ANSWER,
                )


def _towns(desk: Desk, told: Sequence[Contact]) -> Iterator[str]:
    """Towns that tell nobody where somebody is safe, casefolded: the hub's own, and where the
    family lived."""
    yield from desk.profile.hub.casefold().split()
    addresses = [(access_whose.why_hidden(c), c.content.address) for c in told]
    safe = {access_whose.plain(a.postcode.value) for hidden, a in addresses if hidden}
    for _, address in addresses:
        if access_whose.plain(address.postcode.value) not in safe:
            yield address.town.value.casefold()


def _kept_safe(
    tx: Transaction, contact: Contact, lived_in: Container[str]
) -> Iterator[tuple[str, str, Removal]]:
    """Where somebody is of whom nobody may learn it."""
    if why := access_whose.why_hidden(contact):
        address = contact.content.address
        for fact in (address.line, address.town, address.postcode, address.phone):
            if fact.known and fact.value.casefold() not in lived_in:
                yield fact.value, why, Removal.ADDRESS
    for _, record in access_whose.linked_of(tx, contact):
        for name in access_whose.WHERE if record.restricted else ():
            if words := record.fields.get(name, "").strip():
                yield words, "of a record that its owner restricts", Removal.ADDRESS


def _answered(
    desk: Desk, tx: Transaction, contact: Contact
) -> Iterator[tuple[str, str, Removal | None]]:
    """Answers whose owners do not simply let them be passed on."""
    asked = requests.of_contact(tx, contact.id)
    came = requests.answers_to(tx, [r.id for r in asked])
    for request in asked:
        for answer in came.get(request.id, ()):
            if whose := access_whose.of_answer(request, answer, desk):
                yield whose.words, whose.why, None


def _birth_dates(told: Iterable[Contact], child: Child) -> dict[str, set[date]]:
    """Birth dates that are told, by the `same_person` of whose they are; a twin's is the child's
    own, and stays."""
    found: dict[str, set[date]] = {}
    for contact in told:
        content = contact.content
        people = [(other.name, other.dob) for other in content.children]
        people += [(adult.name.value, adult.dob) for adult in content.adults if adult.name.known]
        for name, dob in people:
            if dob.as_date:
                found.setdefault(access_whose.same_person(name), set()).add(dob.as_date)
    return {name: days - {child.dob.as_date} for name, days in found.items()}


def _named(contact: Contact, child: Child) -> Iterator[tuple[str, str, Removal]]:
    content = contact.content
    for other in content.children:
        if not access_whose.is_same(child, other) and other.given.known:
            yield other.name, "another child", Removal.RELATIVES
            for alias in other.aliases:
                if alias.known and alias.value != child.given.value:
                    yield alias.value, "another child, by another name", Removal.RELATIVES
    for adult in content.adults:
        relation = adult.relationship.value if adult.relationship.known else ""
        why = relation or "an adult of the family"
        for fact in (adult.name, adult.phone):
            if fact.known:
                yield fact.value, why, Removal.RELATIVES
    referrer = content.referrer
    if why := access_whose.why_unnamed(referrer):
        for fact in (referrer.name, referrer.phone, referrer.email):
            if fact.known:
                yield fact.value, why, Removal.REFERRER


def _named_over_there(tx: Transaction, contact: Contact) -> Iterator[tuple[str, str, Removal]]:
    """Whom linked records name beside the child: none of them need be in the contact."""
    for _, record in access_whose.linked_of(tx, contact):
        held = record.fields
        yield held.get("mother", "").strip(), "mother, in a linked record", Removal.RELATIVES
        for name in held.get("siblings", "").split(";"):
            yield name.strip(), "a sibling, in a linked record", Removal.RELATIVES
