"""The hub's own earlier contacts: how often these children were heard of, and as records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from triage.domain.contact import Adult, Child, Contact, ContactState, Content
from triage.domain.event import Event
from triage.domain.fact import Fact
from triage.domain.lookup import Involvement, PartnerRecord
from triage.domain.restriction import is_adopted
from triage.domain.worker import May
from triage.partners.persons import person_of
from triage.partners.state import OWN
from triage.storage import contacts, episodes, events
from triage.storage.engine import Transaction
from triage.workflow import naming
from triage.workflow.desk import Desk

if TYPE_CHECKING:
    from matching import Person

_TELLING = frozenset(
    f"contact.{act}"
    for act in (
        "received",
        "reopened",
        "set_aside",
        "fact_changed",
        "marked",
        "confirmed",
        "child_added",
        "adult_added",
        "restricted",
        "opened_up",
    )
)
DESTROYED = "retention.destroyed"
"""The kind of event that tells of a record's end, whose words stay readable."""

MOST_LEARNT = 100_000
"""How many contacts a desk keeps in mind for look-ups that forgive spelling. Older ones are still
known again by a child's name and birth date, or NHS number."""
_PAGE = 500
_AGE = re.compile(r"\d{1,2}")
_MOTHER = re.compile(r"\b(mother|mum|mam|mummy)\b", re.IGNORECASE)
_NOT_MOTHER = re.compile(r"\b(grand|step|foster|god|in-law|partner|friend)", re.IGNORECASE)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last day that month has."""
    ahead = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(ahead, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)


def earlier_contacts(desk: Desk, tx: Transaction, contact: Contact) -> tuple[Contact, ...]:
    """Other contacts about any of the same children received before this one, oldest first.

    Those set aside (duplicates, errors) are left out, and restricted ones for a person who may
    not know of them.
    """
    keys = [k for child in contact.content.children for k in contacts.keys_of(child)]
    if not keys or is_adopted(contact):
        return ()
    return tuple(
        other
        for other in contacts.of_children(tx, keys)
        if other.id != contact.id
        and other.received_at <= contact.received_at
        and other.state not in (ContactState.SET_ASIDE, ContactState.DRAFT)
        and (not other.restricted or desk.worker.may(May.OPEN_RESTRICTED))
    )


def repeat_contacts(
    desk: Desk, tx: Transaction, contact: Contact, before: Iterable[Contact] | None = None
) -> int:
    """How many earlier contacts about the same children fall in the profile's months.

    `before` are its `earlier_contacts`, where they have been read already. This contact is not
    counted, nor those that were joined with it.
    """
    since = months_before(contact.received_at, desk.profile.repeat_months)
    before = earlier_contacts(desk, tx, contact) if before is None else before
    heard = {other.id for other in before if other.received_at >= since}
    if not heard:
        return 0
    opens = desk.worker.may(May.OPEN_RESTRICTED)
    return len(heard - episodes.together(tx, [contact.id], with_restricted=opens)[contact.id])


def _value(fact: Fact) -> str:
    return fact.value if fact.known else ""


def mother_of(content: Content) -> str:
    """The mother's name, where exactly one adult is called that."""
    named = [
        a.name.value
        for a in content.adults
        if a.name.known
        and _MOTHER.search(_value(a.relationship))
        and not _NOT_MOTHER.search(_value(a.relationship))
    ]
    return named[0] if len(named) == 1 else ""


def _shared(content: Content) -> dict[str, str]:
    address = content.address
    if address.is_refuge:  # not compared, so not shown beside a record nor sent to a partner
        return {}
    return {
        "address": _value(address.line),
        "postcode": _value(address.postcode),
        "phone": _value(address.phone),
    }


def _child_record(reference: str, content: Content, child: Child) -> PartnerRecord:
    siblings = [c.name for c in content.children if c.key != child.key and c.given.known]
    return PartnerRecord(
        partner=OWN,
        record_id=f"{reference}/{child.key}",
        fields={
            "given": _value(child.given),
            "family": _value(child.family),
            "aliases": "; ".join(_value(a) for a in child.aliases if a.known),
            "dob": _value(child.dob),
            "edd": _value(child.edd),
            "age": _value(child.age_text),
            "sex": _value(child.sex),
            "nhs_number": _value(child.nhs_number),
            "upn": _value(child.upn),
            "mother": mother_of(content),
            "siblings": "; ".join(siblings),
            "school": _value(child.school),
            "gp": _value(child.gp),
            **(_shared(content) if _value(child.lives_here) != "no" else {}),
        },
    )


def _adult_record(reference: str, content: Content, adult: Adult) -> PartnerRecord:
    given, _, family = _value(adult.name).rpartition(" ")
    home = _shared(content) if _value(adult.lives_here) != "no" else {}
    own_phone = {"phone": _value(adult.phone)} if adult.phone.known else {}
    return PartnerRecord(
        partner=OWN,
        record_id=f"{reference}/{adult.key}",
        fields={
            "given": given or family,
            "family": family if given else "",
            "dob": _value(adult.dob),
            **home,
            **own_phone,
        },
    )


def _age(child: Child, day: date) -> tuple[int, int] | None:
    """The age as a range of whole years, a year either side where it is "about"."""
    text = _value(child.age_text).casefold()
    found = _AGE.findall(text)
    if not found or "month" in text or "week" in text or "day" in text:
        return (0, 1) if text and found else None
    years = [int(n) for n in found[:2]]
    if "about" in text or "approx" in text or "around" in text:
        return max(0, years[0] - 1), years[0] + 1
    if len(years) == 2 and ("-" in text or " or " in text or " to " in text):
        return min(years), max(years)
    return years[0], years[0]


def persons(content: Content, on: datetime, reference: str = "") -> tuple[tuple[str, Person], ...]:
    """The children, then the adults, as matching compares them, each with their key.

    Someone of whom nothing is known but that they exist is left out: nothing could be compared.
    """
    found: list[tuple[str, Person]] = []
    for child in content.children:
        telling = (child.given, child.family, child.nhs_number, child.edd)
        if not any(fact.known for fact in telling):
            continue
        person = person_of(_child_record(reference, content, child))
        if person.dob is None:
            person = replace(person, age=_age(child, on.date()), age_as_of=on.date())
        found.append((child.key, person))
    for adult in content.adults:
        if adult.name.known:
            found.append((adult.key, person_of(_adult_record(reference, content, adult))))
    return tuple(found)


def own_records(desk: Desk, contact: Contact) -> tuple[PartnerRecord, ...]:
    """The people of a contact as records that later contacts can be compared with."""
    content = contact.content
    if contact.state in (ContactState.SET_ASIDE, ContactState.DRAFT) or is_adopted(contact):
        return ()
    involvement = (own_involvement(desk, contact),)
    keys = {key for key, _ in persons(content, contact.received_at)}
    records = [_child_record(contact.reference, content, c) for c in content.children]
    records += [_adult_record(contact.reference, content, a) for a in content.adults]
    return tuple(
        replace(
            r,
            as_of=naming.local_day(desk.profile, contact.received_at),
            involvement=involvement,
            restricted=contact.restricted,
        )
        for r in records
        if r.record_id.rpartition("/")[2] in keys
    )


def own_involvement(desk: Desk, contact: Contact) -> Involvement:
    """A contact as a point in the chronology."""
    return Involvement(
        kind="contact",
        lane="Contacts",
        start=naming.local_day(desk.profile, contact.received_at),
        words=naming.reason(contact, desk.profile),
        source=naming.source(contact, desk.profile),
        reference=contact.reference,
    )


def learn(desk: Desk, contact: Contact) -> None:
    """Let later look-ups find the people of this contact. Called after the commit."""
    unlearn(desk, contact)
    for record in own_records(desk, contact):
        desk.people.learn(record)


def unlearn(desk: Desk, contact: Contact) -> None:
    """Take the people of this contact out of later look-ups."""
    content = contact.content
    people: tuple[Child | Adult, ...] = (*content.children, *content.adults)
    for person in people:
        desk.people.forget(f"{contact.reference}/{person.key}")


def learn_all(desk: Desk) -> int:
    """Teach the look-up the store's newest `MOST_LEARNT` contacts, page by page; how many people
    it now knows. For start-up."""
    known, last = 0, None
    for _ in range(0, MOST_LEARNT, _PAGE):
        with desk.store.read() as tx:
            page = contacts.received_before(tx, last, limit=_PAGE)
        for contact in page:
            for record in own_records(desk, contact):
                desk.people.learn(record)
                known += 1
        if len(page) < _PAGE:
            break
        last = (page[-1].received_at, page[-1].id)
    return known


def learn_since(desk: Desk, seq: int) -> None:
    """Follow what was done since event number `seq`, here and on other desks.

    The look-up serves whoever sits here, so it must hear of every contact, restricted ones most
    of all; what a person may see of it is decided as it is shown.
    """
    with desk.store.read() as tx:
        ids: dict[UUID, None] = {}
        gone: list[str] = []
        while told := events.since(tx, seq, 500):
            seq = told[-1].seq
            ids |= {e.contact_id: None for e in told if e.contact_id and e.kind in _TELLING}
            gone += [record for e in told for record in ended_records(e)]
        changed = contacts.by_ids(tx, ids).values()
    for record in gone:
        desk.people.forget(record)
    for contact in changed:
        learn(desk, contact)


def ended_records(event: Event) -> tuple[str, ...]:
    """Ids of the hub's own records that an event of destruction ended; none for another event."""
    if event.kind != DESTROYED:
        return ()
    said = json.loads(event.detail)
    return tuple(f"{said['reference']}/{key}" for key in said["people"])


def of_record(record_id: str) -> tuple[str, str]:
    """The reference and person key in the id of one of the hub's own records."""
    reference, _, key = record_id.rpartition("/")
    return reference, key


def contacts_of(tx: Transaction, records: Iterable[PartnerRecord | None]) -> frozenset[UUID]:
    """The hub's own contacts that the records are of, as far as this person may know of them."""
    own = {of_record(r.record_id)[0] for r in records if r is not None and r.partner == OWN}
    return contacts.ids_of(tx, own)


def is_of(record: PartnerRecord, contact: Contact) -> bool:
    """Whether the record is a person of this very contact."""
    return record.partner == OWN and of_record(record.record_id)[0] == contact.reference


def same_kind(record: PartnerRecord, key: str) -> bool:
    """Whether a record can be of that person: the hub's own say who is a child, who an adult."""
    return record.partner != OWN or of_record(record.record_id)[1][:1] == key[:1]


def identity_keys(contact: Contact, person: str) -> tuple[str, ...]:
    """What a person of a contact is known by across contacts; none where too little is known."""
    child = next((c for c in contact.content.children if c.key == person), None)
    if child is not None:
        return tuple(contacts.keys_of(child))
    adult = next((a for a in contact.content.adults if a.key == person), None)
    if adult is None or not adult.name.known or not adult.dob.known:
        return ()
    return (f"adult|{' '.join(adult.name.value.casefold().split())}|{adult.dob.value}",)
