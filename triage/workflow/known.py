"""What look-ups and people have said so far of each person in a contact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from triage.domain.contact import Adult, Child, Contact
from triage.domain.fact import Answer3, Fact
from triage.domain.lookup import (
    ANSWERED,
    Candidate,
    LookupResult,
    Outcome,
    PartnerRecord,
    Verdict,
    VerdictKind,
)
from triage.domain.restriction import is_adopted
from triage.domain.spelling import spell_day
from triage.domain.worker import May
from triage.partners.state import OWN
from triage.storage import contacts, lookups
from triage.storage.engine import Transaction
from triage.workflow import earlier, naming
from triage.workflow.desk import Desk

LIKELY = ("Very likely", "Likely")
TO_CHECK = (*LIKELY, "Possible")
"""Bands of matching that a person should look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One line of "Children and household". `record_words` say how far look-ups have come."""

    key: str
    name: str
    who: str
    born: str
    record_words: str
    to_check: int = 0
    linked: bool = False


def seen_by(desk: Desk, result: LookupResult, hidden: frozenset[str] = frozenset()) -> LookupResult:
    """The result as this person may see it: restricted records leave neither name nor count.

    `hidden` are references of contacts restricted since the answer came; see `restricted_since`.
    """
    if desk.worker.may(May.OPEN_RESTRICTED):
        return result
    return without_restricted(desk, result, hidden)


def without_restricted(
    desk: Desk, result: LookupResult, hidden: frozenset[str] = frozenset()
) -> LookupResult:
    """The result as whoever may not open restricted records sees it."""
    open_ones = tuple(c for c in result.candidates if not _hidden(c.record, hidden))
    if len(open_ones) == len(result.candidates):
        return result
    return replace(
        result,
        outcome=Outcome.RESTRICTED,
        candidates=open_ones,
        near=0,
        settle=(),
        problem=f"{desk.profile.restricted_words}. Ask a team leader to look.",
    )


def restricted_since(
    desk: Desk, tx: Transaction, records: Iterable[PartnerRecord | None]
) -> frozenset[str]:
    """References of the hub's own contacts among the records that this person may not open now.

    An answer or a verdict keeps its record as it was then; a contact may be restricted later.
    """
    if desk.worker.may(May.OPEN_RESTRICTED):
        return frozenset()
    own = {earlier.of_record(r.record_id)[0] for r in records if r and r.partner == OWN}
    return contacts.shut_among(tx, own)


def _hidden(record: PartnerRecord, hidden: frozenset[str]) -> bool:
    own = record.partner == OWN and earlier.of_record(record.record_id)[0] in hidden
    return record.restricted or own


def is_hidden(desk: Desk, tx: Transaction, record: PartnerRecord) -> bool:
    """Whether a record is restricted to others than this person, then or since."""
    may = desk.worker.may(May.OPEN_RESTRICTED)
    return not may and _hidden(record, restricted_since(desk, tx, (record,)))


def results_for(desk: Desk, tx: Transaction, contact_id: UUID) -> tuple[LookupResult, ...]:
    """The latest answer of each partner about each person, as this person may see them."""
    return results_for_each(desk, tx, [contact_id])[contact_id]


def results_for_each(
    desk: Desk, tx: Transaction, contact_ids: Iterable[UUID]
) -> dict[UUID, tuple[LookupResult, ...]]:
    """The same of each of these contacts."""
    each = lookups.results_of_each(tx, contact_ids)
    every = [r for results in each.values() for r in results]
    hidden = restricted_since(desk, tx, (c.record for r in every for c in r.candidates))
    apart = _adopted(tx, every)
    return {
        id: tuple(_apart(seen_by(desk, r, hidden), apart.get(id, frozenset())) for r in results)
        for id, results in each.items()
    }


def _adopted(tx: Transaction, results: Iterable[LookupResult]) -> dict[UUID, frozenset[str]]:
    """References of the hub's own contacts that must not stand beside one by themselves: those of
    adopted identities, or all where it is of such itself."""
    own: dict[UUID, set[str]] = {}
    for result in results:
        if result.partner == OWN and result.candidates:
            found = {earlier.of_record(c.record.record_id)[0] for c in result.candidates}
            own.setdefault(result.subject.contact_id, set()).update(found)
    if not own:
        return {}
    here = contacts.by_ids(tx, own)
    marked = contacts.restricted_among(tx, {ref for refs in own.values() for ref in refs})
    adopted = {ref for ref in marked if is_adopted(contacts.by_reference(tx, ref))}
    return {
        id: frozenset(refs if id in here and is_adopted(here[id]) else refs & adopted)
        for id, refs in own.items()
    }


def _apart(result: LookupResult, apart: frozenset[str]) -> LookupResult:
    if result.partner != OWN or not apart:
        return result
    left = tuple(
        c for c in result.candidates if earlier.of_record(c.record.record_id)[0] not in apart
    )
    return replace(result, candidates=left, near=min(result.near, len(left)), settle=())


def verdicts_for(desk: Desk, tx: Transaction, contact_id: UUID) -> tuple[Verdict, ...]:
    """What people said of records, without those this person may not know of."""
    return verdicts_for_each(desk, tx, [contact_id])[contact_id]


def verdicts_for_each(
    desk: Desk, tx: Transaction, contact_ids: Iterable[UUID]
) -> dict[UUID, tuple[Verdict, ...]]:
    """The same of each of these contacts."""
    each = lookups.verdicts_of_each(tx, contact_ids)
    may = desk.worker.may(May.OPEN_RESTRICTED)
    hidden = restricted_since(desk, tx, (v.record for given in each.values() for v in given))
    return {
        id: tuple(v for v in given if may or v.record is None or not _hidden(v.record, hidden))
        for id, given in each.items()
    }


def standing(verdicts: Iterable[Verdict]) -> dict[tuple[str, str, str], Verdict]:
    """The last verdict that was not undone, by person, partner and record."""
    held: dict[tuple[str, str, str], Verdict] = {}
    for verdict in sorted(verdicts, key=lambda v: v.at):
        if verdict.undone_at is None:
            held[verdict.subject.person, verdict.partner, verdict.record_id] = verdict
    return held


def linked(verdicts: Iterable[Verdict], person: str) -> tuple[Verdict, ...]:
    """The records that people said are this person."""
    return tuple(
        v
        for (key, _, _), v in standing(verdicts).items()
        if key == person and v.kind is VerdictKind.SAME
    )


def left_to_check(
    results: Iterable[LookupResult], verdicts: Iterable[Verdict], person: str
) -> tuple[Candidate, ...]:
    """Likely records of this person that nobody has judged yet."""
    judged = standing(verdicts)
    return tuple(
        c
        for r in results
        if r.subject.person == person
        for c in r.candidates
        if c.band in TO_CHECK and (person, r.partner, c.record.record_id) not in judged
    )


def person_rows(
    contact: Contact, results: Iterable[LookupResult], verdicts: Iterable[Verdict]
) -> tuple[PersonRow, ...]:
    """The people of a contact, children first."""
    results, verdicts = tuple(results), tuple(verdicts)
    rows: list[PersonRow] = []
    people: tuple[Child | Adult, ...] = (*contact.content.children, *contact.content.adults)
    for person in people:
        name = (
            naming.child_name(person, contact.content.adults)
            if isinstance(person, Child)
            else _or(person.name, "Name not known")
        )
        waiting = len(left_to_check(results, verdicts, person.key))
        is_linked = bool(linked(verdicts, person.key))
        mine = [r for r in results if r.subject.person == person.key]
        words = (
            "Linked"
            if is_linked
            else f"{waiting} to check"
            if waiting
            else "Not looked up"
            if not mine
            else "No record"
            if all(r.outcome in ANSWERED for r in mine)
            else "No record so far"
        )
        rows.append(
            PersonRow(
                key=person.key,
                name=name,
                who=_who(person),
                born=_born(person),
                record_words=words,
                to_check=waiting,
                linked=is_linked,
            )
        )
    return tuple(rows)


def _or(fact: Fact, instead: str) -> str:
    return fact.value if fact.known else instead


def _who(person: Child | Adult) -> str:
    if isinstance(person, Child):
        said = "Unborn child" if person.unborn else "Child"
    else:
        said = _or(person.relationship, "Adult")
    lives = {Answer3.YES: "lives here", Answer3.NO: "lives elsewhere"}.get(person.lives_here.answer)
    said = said[:1].upper() + said[1:]
    return f"{said}, {lives}" if lives else said


def _born(person: Child | Adult) -> str:
    if person.dob.known:
        return _day(person.dob)
    if isinstance(person, Child):
        if person.edd.known:
            return f"Due {_day(person.edd)}"
        if person.age_text.known:
            return f"Aged {person.age_text.value}"
    return "Not known"


def _day(fact: Fact) -> str:
    day: date | None = fact.as_date
    return spell_day(day) if day else fact.value


def earlier_verdicts(
    desk: Desk, tx: Transaction, contact: Contact, results: Iterable[LookupResult]
) -> tuple[Verdict, ...]:
    """What people said of these same records beside the same person in other contacts.

    What was said in a restricted contact is only for those who may open it.
    """
    found: dict[UUID, Verdict] = {}
    others: dict[UUID, Contact] = {}
    for result in () if is_adopted(contact) else results:
        mine = set(earlier.identity_keys(contact, result.subject.person))
        if not mine:
            continue
        for candidate in result.candidates:
            if candidate.band not in TO_CHECK:
                continue
            for verdict in lookups.verdicts_on(tx, result.partner, candidate.record.record_id):
                where = verdict.subject.contact_id
                if where == contact.id or verdict.undone_at is not None:
                    continue
                if where not in others:
                    others[where] = contacts.get(tx, where)
                if others[where].restricted and not desk.worker.may(May.OPEN_RESTRICTED):
                    continue
                theirs = earlier.identity_keys(others[where], verdict.subject.person)
                if mine & set(theirs):
                    found[verdict.id] = verdict
    return tuple(sorted(found.values(), key=lambda v: v.at))
