"""One answer to a search, and which facts would settle it.

Five answers, as the matcher of the Department for Education's single unique identifier pilot
gives them: one match, a potential match, a match of low confidence, many matches, none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from matching.levels import Level
from matching.person import Facts, Person, prepare
from matching.score import Band, held_twice, score
from matching.weights import Weights, shipped_weights


class Answer(StrEnum):
    """What a search came to."""

    MATCH = "match"
    POTENTIAL = "potential"
    LOW = "low"
    MANY = "many"
    NONE = "none"


class Ranked(Protocol):
    """A record with its place among others, as `rank` or `Index.search` gave it."""

    @property
    def query(self) -> Person:
        """Who was sought."""

    @property
    def record(self) -> Person:
        """Who was found."""

    @property
    def score(self) -> float:
        """Log2 odds."""

    @property
    def band(self) -> Band:
        """The band, the margin over others taken into account."""

    @property
    def rivalled(self) -> bool:
        """Whether only another record keeps it from being "Very likely"."""

    @property
    def guarded(self) -> bool:
        """Whether there is a reason to look twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer, how many records stand `near` each other, and the facts that would settle it.

    `near` counts the best record and those within the margin of it that may be somebody else; 0
    where nobody was found. `settle` names fields of `Person` that the query lacks and the records
    hold, the most telling first: such as separate the near ones, or lift the only one to
    the top band. Empty where nothing is open, or nothing would help.
    """

    answer: Answer
    near: int = 0
    settle: tuple[str, ...] = ()


_TELLING = (
    "nhs_number", "given", "dob", "mother", "postcode", "address", "phone", "school", "gp",
)  # fmt: skip
_BANDS = {
    Band.VERY_LIKELY: Answer.MATCH,
    Band.LIKELY: Answer.POTENTIAL,
    Band.POSSIBLE: Answer.LOW,
}


def answer(found: Iterable[Ranked], *, weights: Weights | None = None) -> Answered:
    """The answer to the search that `found` these records, in any order.

    Many: two records or more would each be "Very likely" alone and neither leads by the margin.
    """
    weights = weights or shipped_weights()
    likely = [f for f in found if f.band is not Band.UNLIKELY]
    if not likely:
        return Answered(answer=Answer.NONE)
    likely.sort(key=lambda f: (-f.score, f.record.source, f.record.id))
    best = likely[0]
    if best.band is Band.VERY_LIKELY:
        return Answered(answer=Answer.MATCH, near=1)
    rivals = [
        f
        for f in likely
        if f is best
        or (
            best.score - f.score < weights.margin and not held_twice(best.record, f.record, weights)
        )
    ]
    floor = weights.bands[Band.VERY_LIKELY.value]
    many = best.rivalled and sum(f.score >= floor for f in rivals) > 1
    return Answered(
        answer=Answer.MANY if many else _BANDS[best.band],
        near=len(rivals),
        settle=_between(rivals) if len(rivals) > 1 else _beyond(best, weights),
    )


def _held(fact: str, facts: Facts) -> bool:
    if fact == "given":
        return any(name.given for name in facts.names)
    if fact == "nhs_number":
        return facts.nhs_valid
    return bool(getattr(facts, fact))


def _between(rivals: Sequence[Ranked]) -> tuple[str, ...]:
    """Facts that the query lacks, both of the first two hold, and in which they differ."""
    query = prepare(rivals[0].query)
    differ = _differing(rivals[0].record, rivals[1].record)
    return tuple(fact for fact in _TELLING if fact in differ and not _held(fact, query))


def _differing(one: Person, other: Person) -> set[str]:
    a, b = prepare(one), prepare(other)
    found = {e.field for e in score(one, other).evidence if e.level is Level.DIFFERENT}
    names = [{name.given for name in side.names if name.given} for side in (a, b)]
    if all(names) and not names[0] & names[1]:
        found.add("given")
    return {fact for fact in found & set(_TELLING) if _held(fact, a) and _held(fact, b)}


def _beyond(best: Ranked, weights: Weights) -> tuple[str, ...]:
    """Facts that the query lacks and the record holds, each enough to lift it to the top band."""
    query, record = prepare(best.query), prepare(best.record)
    short = weights.bands[Band.VERY_LIKELY.value] - best.score
    if best.guarded or short <= 0.0:
        return ()
    return tuple(
        fact
        for fact in _TELLING
        if not _held(fact, query)
        and _held(fact, record)
        and weights.bits(fact, "same").random >= short
    )
