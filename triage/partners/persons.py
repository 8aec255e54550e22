"""A partner's record as matching compares it, and matching's answer as the hub keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from triage.domain.lookup import Candidate, EvidenceRow, Outcome, PartnerRecord
from triage.partners.state import OWN

if TYPE_CHECKING:
    from matching import Band, Match, Person
    from triage.partners.connector import Returned

_FACTS = (
    "given", "family", "aliases", "sex", "nhs_number", "upn", "address", "postcode",
    "phone", "mother", "siblings", "school", "gp",
)  # fmt: skip


def source_of(record: PartnerRecord) -> str:
    """Who wrote the record: the partner, or the one of the hub's own contacts that it is of."""
    return record.record_id.rpartition("/")[0] if record.partner == OWN else record.partner


def person_of(record: PartnerRecord) -> Person:
    """The facts of a record that can be compared; what is not held stays missing."""
    from matching import Person, Sex  # slow to import; nobody is compared before the first picture

    held = record.fields
    born: date | None
    try:
        born = date.fromisoformat(held.get("dob", ""))
    except ValueError:
        born = None
    return Person(
        id=record.record_id,
        source=source_of(record),
        given=held.get("given") or None,
        family=held.get("family") or None,
        aliases=tuple(a.strip() for a in held.get("aliases", "").split(";") if a.strip()),
        dob=born,
        dob_text=_as_written(held) if born is None else None,
        age_as_of=record.as_of,
        sex={"F": Sex.FEMALE, "M": Sex.MALE}.get(held.get("sex", ""), Sex.UNKNOWN),
        nhs_number=held.get("nhs_number") or None,
        upn=held.get("upn") or None,
        address=held.get("address") or None,
        postcode=held.get("postcode") or None,
        phone=held.get("phone") or None,
        mother=held.get("mother") or None,
        siblings=tuple(s.strip() for s in held.get("siblings", "").split(";") if s.strip()),
        school=held.get("school") or None,
        gp=held.get("gp") or None,
    )


def _as_written(held: Mapping[str, str]) -> str | None:
    due = held.get("edd", "")
    return held.get("dob") or (f"Due {due}" if due else None) or held.get("age") or None


def columns_of(records: Sequence[PartnerRecord]) -> dict[str, list[str | None]]:
    """The same facts of many records of one partner, a column each."""
    columns: dict[str, list[str | None]] = {"id": [r.record_id for r in records]}
    for fact in _FACTS:
        column = [r.fields.get(fact) for r in records]
        if any(column):
            columns[fact] = column
    columns["dob"] = [r.fields.get("dob") for r in records]
    columns["dob_text"] = [None if r.fields.get("dob") else _as_written(r.fields) for r in records]
    columns["age_as_of"] = [r.as_of.isoformat() if r.as_of else None for r in records]
    if "sex" in columns:
        columns["sex"] = [sex if sex in ("F", "M") else None for sex in columns["sex"]]
    return columns


def candidate_of(match: Match, record: PartnerRecord) -> Candidate:
    """Matching's account of one record, every field kept; prior and weights sum to the score."""
    return Candidate(
        record=record,
        band=str(match.band),
        score=match.score,
        prior=match.prior,
        probability=match.probability,
        sentence=match.sentence,
        evidence=tuple(
            EvidenceRow(
                field=e.field,
                left=e.left or "",
                right=e.right or "",
                level=str(e.level),
                detail=e.detail,
                weight=e.weight,
                differs_left=e.differs_left,
                differs_right=e.differs_right,
            )
            for e in match.evidence
        ),
        guards=tuple(g.sentence for g in match.guards),
        rivalled=match.rivalled,
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A candidate as matching asks about it."""

    query: Person
    record: Person
    score: float
    band: Band
    rivalled: bool
    guarded: bool


def answer_of(
    person: Person, candidates: Iterable[Candidate], weights: str = ""
) -> tuple[Outcome, int, tuple[str, ...]]:
    """What candidates for the person come to, how many stand near each other, and the facts that
    would settle which it is: matching's answer. `weights` is the text of the hub's own."""
    from matching import Answer, Band, answer, own_weights

    outcomes = {
        Answer.MATCH: Outcome.FOUND,
        Answer.POTENTIAL: Outcome.POTENTIAL,
        Answer.LOW: Outcome.LOW,
        Answer.MANY: Outcome.MANY,
        Answer.NONE: Outcome.NOT_FOUND,
    }
    told = answer(
        (
            _Ranked(
                person,
                person_of(c.record),
                c.score,
                Band(c.band),
                c.rivalled,
                bool(c.guards),
            )
            for c in candidates
        ),
        weights=own_weights(weights),
    )
    return outcomes[told.answer], told.near, told.settle


def compared(
    person: Person, returned: Sequence[Returned], weights: str = ""
) -> tuple[Candidate, ...]:
    """What a partner returned, compared with the person by matching, best first.

    The partner's own score goes with it as theirs and weighs nothing. `weights` is the text of
    the hub's own.
    """
    from matching import own_weights, rank, score

    using = own_weights(weights)
    by_id = {one.record.record_id: one for one in returned}
    matches = rank(
        [score(person, person_of(one.record), weights=using) for one in by_id.values()],
        weights=using,
    )
    return tuple(
        replace(
            candidate_of(match, one.record),
            partner_score=one.score,
            notes=one.notes,
        )
        for match in matches
        for one in (by_id[match.record.id],)
    )
