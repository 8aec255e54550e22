"""What a person sees of a comparison: the two values in words and where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from matching import normalise
from matching.levels import Comparison, Level
from matching.person import Facts, Sex

HOUSEHOLD = "household"
"""The row that takes off what others of the same home would agree on; it compares no field."""

Spans = tuple[tuple[int, int], ...]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEvidence:
    """One field of a match: both values, the level, and its weight in bits (log2).

    `detail` names the comparison level ("one edit"). The spans are half-open character
    ranges of `left` and `right` that differ, for underlining. A missing field weighs 0.0.
    A weight is the field's own, against a stranger; see `household_evidence` for the rest.
    """

    field: str
    left: str | None
    right: str | None
    level: Level
    detail: str
    weight: float

    @property
    def differs_left(self) -> Spans:
        """Where `left` differs from `right`."""
        return self._spans[0]

    @property
    def differs_right(self) -> Spans:
        """Where `right` differs from `left`."""
        return self._spans[1]

    @property
    def _spans(self) -> tuple[Spans, Spans]:
        if self.level in (Level.CLOSE, Level.DIFFERENT) and self.left and self.right:
            return differing_spans(self.left, self.right)
        return (), ()


def day_in_words(day: date) -> str:
    """14 Mar 2019."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year:04d}"


def _dob(facts: Facts) -> str | None:
    person = facts.person
    if person.dob is not None:
        return day_in_words(person.dob)
    if person.dob_text:
        return person.dob_text
    if person.age is not None:
        youngest, oldest = min(person.age), max(person.age)
        return f"aged {youngest}" if youngest == oldest else f"aged {youngest} to {oldest}"
    return None


def _postcode(facts: Facts) -> str | None:
    code = facts.postcode
    if code is None:
        return facts.person.postcode or None
    return f"{code[:-3]} {code[-3:]}" if normalise.is_full_postcode(code) else code


def _nhs_number(facts: Facts) -> str | None:
    number = facts.nhs_number
    if number is None or len(number) != 10:
        return facts.person.nhs_number or None
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def shown(field: str, facts: Facts) -> str | None:
    """The value of a field as the Compare screen shows it, or None when not held."""
    person = facts.person
    if field == "name":
        return person.name or (person.aliases[0] if person.aliases else None)
    if field == "dob":
        return _dob(facts)
    if field == "sex":
        return {Sex.FEMALE: "Female", Sex.MALE: "Male", Sex.UNKNOWN: None}[facts.sex]
    if field == "nhs_number":
        return _nhs_number(facts)
    if field == "postcode":
        return _postcode(facts)
    if field == "siblings":
        return "; ".join(person.siblings) or None
    value: str | None = getattr(person, field)
    return value or None


def _lower(text: str) -> str:
    low = text.lower()
    return low if len(low) == len(text) else text


@lru_cache(maxsize=4096)
def differing_spans(left: str, right: str) -> tuple[Spans, Spans]:
    """Character ranges that differ on each side; the whole of both when little agrees."""
    a, b = _lower(left[: normalise.LONGEST]), _lower(right[: normalise.LONGEST])
    if a == b:
        return (), ()
    if Levenshtein.normalized_similarity(a, b) < 0.4:
        return ((0, len(left)),) if left else (), ((0, len(right)),) if right else ()
    ours: list[tuple[int, int]] = []
    theirs: list[tuple[int, int]] = []
    for step in Levenshtein.opcodes(a, b):
        if step.tag == "equal":
            continue
        if step.src_end > step.src_start:
            ours.append((step.src_start, step.src_end))
        if step.dest_end > step.dest_start:
            theirs.append((step.dest_start, step.dest_end))
    return _joined(ours), _joined(theirs)


def _joined(spans: list[tuple[int, int]]) -> Spans:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def field_evidence(
    comparison: Comparison, weight: float, left: Facts, right: Facts
) -> FieldEvidence:
    """The row that the Compare screen shows for one compared field."""
    return FieldEvidence(
        field=comparison.field,
        left=shown(comparison.field, left),
        right=shown(comparison.field, right),
        level=comparison.level,
        detail=comparison.detail,
        weight=weight,
    )


def household_evidence(weight: float) -> FieldEvidence:
    """The last row, where a rival in the same home would agree too: its weight is below 0.0."""
    return FieldEvidence(
        field=HOUSEHOLD,
        left=None,
        right=None,
        level=Level.DIFFERENT,
        detail="others in the home would agree too",
        weight=weight,
    )
