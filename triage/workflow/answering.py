"""From a person in a contact to a question, and from a partner's answer to what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from triage.domain.contact import Contact
from triage.domain.lookup import Candidate, LookupResult, Outcome, Subject
from triage.domain.spelling import spell_day
from triage.partners.connector import Answer, Query
from triage.partners.csv_extract import DEADLINE_S, ListConnector
from triage.partners.persons import answer_of, compared
from triage.partners.side_by_side import Question
from triage.partners.state import OWN
from triage.storage import lookups
from triage.workflow import earlier, known
from triage.workflow.desk import Desk

if TYPE_CHECKING:
    from matching import Person

_MOST_RETURNED = 10


def question_of(
    desk: Desk, contact: Contact, partner: str, key: str, person: Person, wider_because: str
) -> Question:
    """One person as a question to one partner; its id is that of the answer that is kept."""
    live = desk.live.partners.get(partner)
    query = Query(
        subject=Subject(contact_id=contact.id, person=key),
        person=person,
        asked_by=desk.worker.id,
        purpose=live.purpose if live else "",
        lawful_basis=live.lawful_basis if live else "",
        id=desk.new_id(),
        wider_because=wider_because.strip(),
    )
    if live is None:
        return Question(
            connector=ListConnector(desk.people, partner), query=query, deadline_s=DEADLINE_S
        )
    return Question(
        connector=desk.live.connector(partner),
        query=query,
        deadline_s=live.pace.deadline_s,
        late_s=live.pace.late_s,
    )


def live_part(desk: Desk, questions: Iterable[Question]) -> dict[str, object]:
    """What leaves this computer, partner by partner: why, on what basis, which facts of whom."""
    parts: dict[str, object] = {}
    for partner, settings in desk.live.partners.items():
        facts = {
            q.query.subject.person: list(q.connector.sends(q.query))
            for q in questions
            if q.connector.partner == partner
        }
        if facts:
            parts[partner] = {
                "why": settings.purpose,
                "lawful_basis": settings.lawful_basis,
                "facts": facts,
            }
    return parts


class Keeping:
    """Stores the answers of one look-up, each in its own transaction. Safe from any thread.

    An answer that is late takes the place of the word that there was none.
    """

    def __init__(
        self,
        desk: Desk,
        contact: Contact,
        asked_at: datetime,
        asked: Iterable[tuple[str, Query]],
    ) -> None:
        self._desk, self._contact, self._asked_at = desk, contact, asked_at
        self._order = [(partner, query.subject.person) for partner, query in asked]
        self._kept: dict[tuple[str, str], LookupResult] = {}
        self._late: set[tuple[str, str]] = set()
        self._lock = Lock()

    def answers(self) -> tuple[LookupResult, ...]:
        """What came in time, as this person may see it, in the order asked."""
        return tuple(self._kept[key] for key in self._order if key in self._kept)

    def keep(self, question: Question, answer: Answer) -> LookupResult | None:
        """Store one; None where the late answer was quicker to be stored."""
        key = (question.connector.partner, question.query.subject.person)
        with self._lock:
            if key in self._late:
                return None
            seen = self._store(question, answer)
            self._kept[key] = seen
        return seen

    def keep_late(self, question: Question, answer: Answer) -> None:
        """Store one that came after the look-up had ended."""
        with self._lock:
            self._late.add((question.connector.partner, question.query.subject.person))
            self._store(question, answer)

    def _store(self, question: Question, answer: Answer) -> LookupResult:
        desk, contact = self._desk, self._contact
        result = _marked(desk, _result(desk, contact, question, answer, self._asked_at))
        detail: dict[str, object] = {
            "person": result.subject.person,
            "partner": result.partner,
            "outcome": result.outcome.value,
        }
        if result.live:
            detail |= {"sent": list(result.sent), "late": result.late}
        shown = [c.record for c in result.candidates if not c.record.restricted]
        records = {"records": [record.record_id for record in shown]}
        with desk.store.write() as tx:
            bare = known.without_restricted(desk, result)
            lookups.save_result(tx, bare)
            if bare is not result:
                # Apart, and as the newer: on a hub's server it is there for few.
                whole = replace(result, asked_at=result.asked_at + timedelta(microseconds=1))
                lookups.save_result(tx, replace(whole, id=desk.new_id()))
            others = earlier.contacts_of(tx, shown)
            desk.note(tx, "match.answered", contact.id, detail, others=others, of_others=records)
        return known.seen_by(desk, result)


def _marked(desk: Desk, result: LookupResult) -> LookupResult:
    """With what is shut to this person now marked so: a hub's desk that learnt of a contact is
    not told when another restricts it."""
    if result.partner != OWN:
        return result
    with desk.store.read() as tx:
        shut = known.restricted_since(desk, tx, (c.record for c in result.candidates))
    return replace(
        result,
        candidates=tuple(
            replace(c, record=replace(c.record, restricted=True))
            if earlier.of_record(c.record.record_id)[0] in shut
            else c
            for c in result.candidates
        ),
    )


def _result(
    desk: Desk, contact: Contact, question: Question, answer: Answer, asked_at: datetime
) -> LookupResult:
    query, partner = question.query, question.connector.partner
    live = partner in desk.live.partners
    found = (
        compared(query.person, answer.returned, desk.people.weights)[:_MOST_RETURNED]
        if live
        else answer.candidates
    )
    candidates = tuple(
        c
        for c in found
        if not earlier.is_of(c.record, contact)
        and earlier.same_kind(c.record, query.subject.person)
    )
    outcome, near, settle = answer_of(query.person, candidates, desk.people.weights)
    if partner == OWN and not settle:
        near = 0  # contacts about one person, as far as anybody can tell: no doubt to be settled
    return LookupResult(
        id=query.id,
        subject=query.subject,
        partner=partner,
        outcome=_outcome(answer, outcome, candidates, live=live),
        candidates=candidates,
        searched=answer.searched or ("" if live else _searched(query.person)),
        as_of=None if live else desk.people.state(partner).as_of,
        asked_at=asked_at,
        answered_at=desk.now(),
        problem=answer.problem,
        near=near,
        settle=settle,
        live=live,
        late=not answer.in_time,
        sent=answer.sent,
        wider_possible=answer.wider_possible,
        paused_until=answer.paused_until,
    )


def _outcome(
    answer: Answer, compared_to: Outcome, candidates: tuple[Candidate, ...], *, live: bool
) -> Outcome:
    if answer.outcome not in (Outcome.FOUND, Outcome.NOT_FOUND):
        return answer.outcome
    if live:
        near = [c for c in candidates if c.band in known.TO_CHECK]
        if any(c.record.restricted for c in near):
            return Outcome.RESTRICTED
        # Somebody whom the partner itself scored is no "no trace", however unlike they are.
        scored = any(c.partner_score is not None for c in candidates)
        return Outcome.LOW if compared_to is Outcome.NOT_FOUND and scored else compared_to
    if compared_to is Outcome.NOT_FOUND and answer.problem:
        # "No trace" in a list that is too old would read as if nobody knew the child.
        return Outcome.UNAVAILABLE
    return compared_to


def _searched(person: Person) -> str:
    said = [person.name or "no name"]
    if person.dob:
        said.append(f"born {spell_day(person.dob)}")
    elif person.age:
        said.append(f"aged about {person.age[0]}")
    said += [w for w in (person.postcode, person.nhs_number) if w]
    return ", ".join(said)
