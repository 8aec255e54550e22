"""Twins, siblings, namesakes and placeholders are named, and never "Very likely"."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matching import Band, GuardKind, Match, Person, Sex, score
from matching.names import shipped_variants
from matching.normalise import fold
from tests.bench.names import CULTURES
from tests.bench.people import nhs_number
from tests.matching.people import MAYA, aged

CHILD = replace(MAYA, nhs_number=None)
GIVEN = sorted({n for c in CULTURES for n in (*c.girls, *c.boys)})
FAMILY = sorted({n for c in CULTURES for n in c.families})


def another_name(left: str, right: str) -> bool:
    """Two names that parents could give two of their children: not forms of one name."""
    a, b = fold(left).split()[0], fold(right).split()[0]
    return a != b and not shipped_variants().related(a, b)


def kinds(match: Match) -> set[GuardKind]:
    return {g.kind for g in match.guards}


def test_a_twin_is_named() -> None:
    match = score(CHILD, replace(CHILD, id="2", given="Zara"))
    assert kinds(match) == {GuardKind.POSSIBLE_TWIN}
    assert match.band is not Band.VERY_LIKELY
    assert "twin" in match.sentence


def test_a_twin_with_a_name_one_letter_off_and_the_other_sex_is_named() -> None:
    match = score(replace(CHILD, given="Amir", sex=Sex.MALE), replace(CHILD, id="2", given="Amira"))
    assert GuardKind.POSSIBLE_TWIN in kinds(match)


def test_the_same_nhs_number_clears_a_twin() -> None:
    assert not kinds(score(MAYA, replace(MAYA, id="2", given="Zara")))


def test_a_sibling_is_named() -> None:
    match = score(CHILD, replace(CHILD, id="2", given="Theo", sex=Sex.MALE, dob=aged(3)))
    assert kinds(match) == {GuardKind.SIBLING}


def test_a_child_named_among_the_brothers_and_sisters_is_a_sibling() -> None:
    record = Person(id="2", given="Theo", family="Nowak", dob=aged(3))
    match = score(replace(CHILD, siblings=("Theo Nowak, 2 Aug 2023",)), record)
    assert GuardKind.SIBLING in kinds(match)


def test_a_parent_of_one_name_is_a_namesake() -> None:
    match = score(CHILD, replace(CHILD, id="2", dob=aged(25)))
    assert kinds(match) == {GuardKind.NAMESAKE}


def test_two_valid_nhs_numbers_are_named() -> None:
    match = score(MAYA, replace(MAYA, id="2", nhs_number=nhs_number(5)))
    assert kinds(match) == {GuardKind.TWO_NHS_NUMBERS}


def test_a_first_of_january_is_named_and_weighs_about_half() -> None:
    held = replace(CHILD, dob=date(2019, 1, 1))
    match = score(held, replace(held, id="2"))
    plain = score(CHILD, replace(CHILD, id="2"))
    assert kinds(match) == {GuardKind.PLACEHOLDER_DOB}
    weight, usual = (m.evidence[1].weight for m in (match, plain))
    assert 0.4 * usual < weight < 0.6 * usual


@pytest.mark.parametrize("placeholder", ["Baby", "Infant", "Twin 1", "Unborn", "Baby of Carla"])
def test_a_placeholder_name_is_named_and_counts_as_missing(placeholder: str) -> None:
    match = score(CHILD, replace(CHILD, id="2", given=placeholder))
    assert GuardKind.PLACEHOLDER_NAME in kinds(match)
    assert GuardKind.POSSIBLE_TWIN not in kinds(match)
    assert match.evidence[0].detail == "family name: same"


CHILDREN = st.builds(
    Person,
    id=st.just("1"),
    given=st.sampled_from(GIVEN),
    family=st.sampled_from(FAMILY),
    dob=st.dates(date(2008, 1, 1), date(2026, 11, 1)),
    sex=st.sampled_from(Sex),
    postcode=st.sampled_from(["NM3 4QT", None]),
    address=st.sampled_from(["14 Larch Court", None]),
    phone=st.sampled_from(["01632 960 214", None]),
    mother=st.sampled_from(["Carla Rowe", None]),
    school=st.sampled_from(["Brookfold Primary", None]),
)


@given(CHILDREN, st.sampled_from(GIVEN), st.sampled_from(Sex))
def test_a_twin_is_never_very_likely(child: Person, given: str, sex: Sex) -> None:
    assume(another_name(given, child.given or ""))
    twin = replace(child, id="2", given=given, sex=sex)
    assert score(child, twin).band is not Band.VERY_LIKELY


@given(
    CHILDREN,
    st.sampled_from(GIVEN),
    st.sampled_from(Sex),
    st.dates(date(2005, 1, 1), date(2026, 11, 1)),
)
def test_a_sibling_is_never_very_likely(child: Person, given: str, sex: Sex, born: date) -> None:
    assume(another_name(given, child.given or ""))
    sibling = replace(child, id="2", given=given, sex=sex, dob=born)
    assert score(child, sibling).band is not Band.VERY_LIKELY


@given(CHILDREN, st.integers(12, 50), st.booleans())
def test_a_parent_of_one_name_is_never_very_likely(
    child: Person, years: int, numbered: bool
) -> None:
    assert child.dob is not None
    # Fourteen months more, so that the years between them are full ones.
    born = date(child.dob.year - years - 2, child.dob.month, min(28, child.dob.day))
    parent = replace(child, id="2", dob=born, nhs_number=nhs_number(9) if numbered else None)
    match = score(replace(child, nhs_number=nhs_number(77)), parent)
    assert match.band is not Band.VERY_LIKELY
    assert GuardKind.NAMESAKE in kinds(match)


@given(CHILDREN, st.integers(1, 900_000))
def test_two_different_valid_nhs_numbers_are_never_very_likely(child: Person, serial: int) -> None:
    one, other = nhs_number(0), nhs_number(serial)
    assume(one != other)
    match = score(replace(child, nhs_number=one), replace(child, id="2", nhs_number=other))
    assert match.band is not Band.VERY_LIKELY
