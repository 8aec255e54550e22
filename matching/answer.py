"""One answer to a search, and what would settle it.

Five answers, as the matcher of the Department for Education's single unique identifier pilot
gives them: one match, a potential match, a match of low confidence, many matches, none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matching.levels import Level
from matching.person import Facts, Person, prepare
from matching.score import Band, Match, rank, score
from matching.weights import Weights, shipped_weights


class Answer(StrEnum):
    """What a search came to."""

    MATCH = "match"
    POTENTIAL = "potential"
    LOW = "low"
    MANY = "many"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer with the matches it rests on, best first.

    `settle` names in a sentence the facts that would make the answer certain: such as the
    query lacks and the records hold. None where nothing is open, or nothing would help.
    """

    answer: Answer
    matches: tuple[Match, ...]
    settle: str | None = None


# Most telling first. "given" stands for a first name, the rest are fields of `Person`.
_WORDS = {
    "nhs_number": "an NHS number",
    "given": "a first name",
    "dob": "a birth date",
    "mother": "the mother's name",
    "postcode": "a postcode",
    "address": "an address",
    "phone": "a phone number",
    "school": "a school",
    "gp": "a GP surgery",
}
_NAMED_AT_MOST = 2
_BANDS = {
    Band.VERY_LIKELY: Answer.MATCH,
    Band.LIKELY: Answer.POTENTIAL,
    Band.POSSIBLE: Answer.LOW,
}


def answer(matches: Iterable[Match], *, weights: Weights | None = None) -> Answered:
    """The answer to the search that gave `matches`.

    Many: two records or more would each be "Very likely" alone and neither leads by the margin.
    """
    weights = weights or shipped_weights()
    ranked = [m for m in rank(matches, weights=weights) if m.band is not Band.UNLIKELY]
    if not ranked:
        return Answered(answer=Answer.NONE, matches=())
    best = ranked[0]
    rivals = [m for m in ranked if best.score - m.score < weights.margin]
    if best.band is Band.VERY_LIKELY:
        return Answered(answer=Answer.MATCH, matches=tuple(ranked))
    floor = weights.bands[Band.VERY_LIKELY.value]
    many = best.rivalled and sum(m.score >= floor for m in rivals) > 1
    settle = _between(rivals) if len(rivals) > 1 else _beyond(best, weights)
    return Answered(
        answer=Answer.MANY if many else _BANDS[best.band],
        matches=tuple(ranked),
        settle=settle,
    )


def _held(fact: str, facts: Facts) -> bool:
    if fact == "given":
        return any(name.given for name in facts.names)
    if fact == "nhs_number":
        return facts.nhs_valid
    return bool(getattr(facts, fact))


def _sentence(facts: Sequence[str], rest: str) -> str | None:
    named = [_WORDS[fact] for fact in facts[:_NAMED_AT_MOST]]
    if not named:
        return None
    words = " or ".join(named)
    return f"{words[0].upper()}{words[1:]} would {rest}."


def _between(rivals: Sequence[Match]) -> str | None:
    """Facts that the query lacks, both of the first two hold, and in which they differ."""
    query = prepare(rivals[0].query)
    one, other = rivals[0].record, rivals[1].record
    differ = _differing(one, other)
    open_ = [fact for fact in _WORDS if fact in differ and not _held(fact, query)]
    return _sentence(open_, "separate these two" if len(rivals) == 2 else "separate these")


def _differing(one: Person, other: Person) -> set[str]:
    a, b = prepare(one), prepare(other)
    found = {e.field for e in score(one, other).evidence if e.level is Level.DIFFERENT}
    names = [{name.given for name in side.names if name.given} for side in (a, b)]
    if all(names) and not names[0] & names[1]:
        found.add("given")
    return {fact for fact in found & set(_WORDS) if _held(fact, a) and _held(fact, b)}


def _beyond(best: Match, weights: Weights) -> str | None:
    """Facts that the query lacks and the record holds, each enough to lift it to the top band."""
    query, record = prepare(best.query), prepare(best.record)
    short = weights.bands[Band.VERY_LIKELY.value] - best.score
    if best.guards or short <= 0.0:
        return None
    enough = [
        fact
        for fact in _WORDS
        if not _held(fact, query)
        and _held(fact, record)
        and weights.bits(fact, "same").random >= short
    ]
    return _sentence(enough, "settle it")
