"""Guards: what makes a high score deceptive. A match with a guard is never "Very likely"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matching.levels import Comparison, Level
from matching.name_comparison import AGREEING, CLOSE_ENOUGH, name_level
from matching.names import shipped_variants
from matching.person import Facts
from matching.weights import Frequencies

NAMESAKE_YEARS = 12


class GuardKind(StrEnum):
    """The ways in which another person's record can look like this person's."""

    POSSIBLE_TWIN = "possible twin"
    SIBLING = "sibling"
    NAMESAKE = "namesake"
    TWO_NHS_NUMBERS = "two NHS numbers"
    PLACEHOLDER_DOB = "placeholder birth date"
    PLACEHOLDER_NAME = "placeholder name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A reason to look twice, with a sentence for the person at the screen."""

    kind: GuardKind
    sentence: str


def _level(comparison: Comparison, part: str) -> str | None:
    return next((p.level for p in comparison.parts if p.part == part), None)


def _household(by_field: Mapping[str, Comparison]) -> bool:
    """A link beyond the family name: the same address, postcode, phone or mother."""
    return any(
        by_field[field].level is Level.SAME for field in ("postcode", "address", "phone", "mother")
    ) or _level(by_field["siblings"], "siblings") in ("one the same", "two the same")


def _is_name(token: str, frequencies: Frequencies | None) -> bool:
    return shipped_variants().known(token) or (frequencies is not None and frequencies.known(token))


def _two_names(left: Facts, right: Facts, frequencies: Frequencies | None) -> bool:
    """True when two given names a letter apart are both names that people bear."""
    if not left.names or not right.names:
        return False
    a, b = left.names[0].given, right.names[0].given
    return (
        bool(a and b)
        and a[0] != b[0]
        and (_is_name(a[0], frequencies) and _is_name(b[0], frequencies))
    )


def _sexes_differ(by_field: Mapping[str, Comparison]) -> bool:
    return by_field["sex"].level is Level.DIFFERENT


def _another_given_name(
    by_field: Mapping[str, Comparison],
    left: Facts,
    right: Facts,
    frequencies: Frequencies | None,
) -> bool:
    given = _level(by_field["name"], "given")
    if given in ("other", "similar"):
        return True
    if given in ("one edit", "very similar", "begins with"):
        return _sexes_differ(by_field) or _two_names(left, right, frequencies)
    if given in ("known variant", "initial", "middle name"):
        return _sexes_differ(by_field)
    return False


def _years_apart(left: date, right: date) -> float:
    return abs((left - right).days) / 365.25


def _named_as_sibling(left: Facts, right: Facts) -> str | None:
    for child, other in ((left, right), (right, left)):
        if not child.names or not child.names[0].given:
            continue
        own = child.names[0].given[0]
        for sibling in other.siblings:
            if sibling.given and name_level(own, sibling.given[0]) in CLOSE_ENOUGH:
                return child.person.name
    return None


def _twin_or_sibling(
    by_field: Mapping[str, Comparison],
    left: Facts,
    right: Facts,
    frequencies: Frequencies | None,
) -> list[Guard]:
    if by_field["nhs_number"].level is Level.SAME:
        return []
    name, dob = by_field["name"], by_field["dob"]
    family = _level(name, "family") in AGREEING
    linked = _household(by_field) or (family and by_field["postcode"].level is Level.MISSING)
    other_given = _another_given_name(by_field, left, right, frequencies)
    if other_given and dob.level is Level.SAME and linked:
        return [
            Guard(
                kind=GuardKind.POSSIBLE_TWIN,
                sentence="Same birth date and family, but another first name: may be a twin.",
            )
        ]
    named = _named_as_sibling(left, right)
    given_agrees = _level(name, "given") in CLOSE_ENOUGH
    if named and not given_agrees:
        return [
            Guard(
                kind=GuardKind.SIBLING,
                sentence=f"{named} is named as a brother or sister on the other record.",
            )
        ]
    if other_given and _household(by_field) and dob.level is not Level.SAME:
        return [
            Guard(
                kind=GuardKind.SIBLING,
                sentence="Same household, but another first name: may be a brother or sister.",
            )
        ]
    return []


def _namesake(by_field: Mapping[str, Comparison], left: Facts, right: Facts) -> list[Guard]:
    if not left.dob or not right.dob:
        return []
    if _years_apart(left.dob, right.dob) < NAMESAKE_YEARS:
        return []
    given, family = _level(by_field["name"], "given"), _level(by_field["name"], "family")
    # A slip in the year ("1019" for "2019") is one digit, but is left to a person as well.
    if given not in AGREEING or not (family is None or family in AGREEING):
        return []
    return [
        Guard(
            kind=GuardKind.NAMESAKE,
            sentence="Same name, but born 12 or more years apart: may be a parent or namesake.",
        )
    ]


def guards(
    by_field: Mapping[str, Comparison],
    left: Facts,
    right: Facts,
    frequencies: Frequencies | None = None,
) -> tuple[Guard, ...]:
    """Every guard that holds for two compared people; the order of the two does not matter."""
    found = _twin_or_sibling(by_field, left, right, frequencies)
    found += _namesake(by_field, left, right)
    number = by_field["nhs_number"].level
    if number is Level.DIFFERENT:
        found.append(
            Guard(
                kind=GuardKind.TWO_NHS_NUMBERS,
                sentence="Each record has its own valid NHS number.",
            )
        )
    if number is not Level.SAME:
        if by_field["dob"].detail in ("both 1 January", "1 January of the year"):
            found.append(
                Guard(
                    kind=GuardKind.PLACEHOLDER_DOB,
                    sentence="1 January often stands for a birth date that is not known.",
                )
            )
        if left.placeholder_name or right.placeholder_name:
            found.append(
                Guard(
                    kind=GuardKind.PLACEHOLDER_NAME,
                    sentence="One record holds no first name yet, only words such as “Baby”.",
                )
            )
    return tuple(found)
