"""Whatever is put in, matching answers, symmetrically, and takes nothing for what it is not."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Band, DuplicatePersonError, Index, Level, Person, name_similarity, rank, score
from tests.bench.people import population
from tests.matching.people import MAYA, TODAY, people

TOWN = Index.build([*population(1_500, seed=23), MAYA])
ODD = (
    "", " ", "M", "😀", "👩‍👧", "M\0aya", "\0", "x" * 10_000, "Maya " * 2_000, "\u202eayaM",
    "\u200fמאיה", "محمد", "Mаya", "\ud800", "'", "--", "N/K", "123", "\u0301" * 300, "ﬁ", "Ⅷ",
)  # fmt: skip
DATES = (
    "00/00/0000", "31/02/2019", "14/03/0000", "14/03/9999", "99/99/99", "2019-13-45", "not known",
    "14th of never", "\u0661\u0664/\u0663/\u0662\u0660\u0661\u0669", "9" * 10_000,
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_name_is_compared_searched_and_shown(odd: str) -> None:
    person = Person(id="odd", given=odd, family=odd, aliases=(odd,), mother=odd, siblings=(odd,))
    for other in (MAYA, person):
        one, back = score(person, other), score(other, person)
        assert one.score == back.score
        assert one.sentence
    TOWN.search(person)
    assert 0.0 <= name_similarity(odd, "Maya Rowe") <= 1.0


@pytest.mark.parametrize("odd", DATES)
def test_a_date_that_never_was_stays_text_and_denies_nothing_it_does_not_say(odd: str) -> None:
    match = score(replace(MAYA, id="q", dob=None, dob_text=odd), MAYA)
    born = next(e for e in match.evidence if e.field == "dob")
    assert born.left == odd
    assert (born.level is Level.MISSING) == ("2019" not in odd)
    assert match.band is not Band.UNLIKELY


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31), date(2019, 2, 28)])
def test_the_first_and_last_day_there_is_are_compared(day: date) -> None:
    far = Person(id="q", given="Maya", family="Rowe", dob=day)
    assert score(far, MAYA).evidence[1].level is Level.DIFFERENT
    assert score(far, replace(far, id="2")).evidence[1].level is Level.SAME
    aged = Person(id="q", given="Maya", age=(0, 130), age_as_of=day)
    TOWN.search(far)
    TOWN.search(aged)


@pytest.mark.parametrize(
    "number", ["999 014 2271", "0000000000", "1234567890", "99901422", "nine", "9" * 10_000, "\0"]
)
def test_a_number_that_is_no_nhs_number_is_never_the_same_one(number: str) -> None:
    match = score(Person(id="1", nhs_number=number), Person(id="2", nhs_number=number))
    held = next(e for e in match.evidence if e.field == "nhs_number")
    assert held.level is not Level.SAME
    assert match.band is Band.UNLIKELY


def test_letters_that_look_alike_are_taken_for_each_other() -> None:
    match = score(replace(MAYA, id="q", given="Mаya", family="Rоwe"), MAYA)
    assert match.evidence[0].level is Level.SAME


def test_two_records_of_one_number_are_refused_by_name() -> None:
    with pytest.raises(DuplicatePersonError, match=MAYA.id):
        Index.build([MAYA, replace(MAYA, given="Other")])


def named_and_born(person: Person) -> Person:
    """With the facts that tell people apart, where they were not drawn."""
    return replace(
        person,
        given=person.given or MAYA.given,
        family=person.family or MAYA.family,
        dob=person.dob or MAYA.dob,
    )


@given(people().map(named_and_born), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_record_fits_itself_better_than_anybody_else_does(person: Person, seed: int) -> None:
    own = score(person, replace(person, id="own")).score
    others = population(20, seed=seed)
    assert all(score(person, other).score <= own for other in others)


@given(st.permutations(range(6)))
@settings(max_examples=30, deadline=None)
def test_the_order_of_records_never_matters(order: list[int]) -> None:
    held = [*population(5, seed=31), MAYA]
    asked = replace(MAYA, id="q", given="Maia")
    straight = [(m.record.id, m.score) for m in Index.build(held).search(asked)]
    mixed = [(m.record.id, m.score) for m in Index.build([held[i] for i in order]).search(asked)]
    assert mixed == straight
    ranked = rank([score(asked, held[i]) for i in order])
    assert [m.record.id for m in ranked] == [
        m.record.id for m in rank([score(asked, h) for h in held])
    ]


FACTS = {
    "dob": MAYA.dob, "nhs_number": MAYA.nhs_number, "address": MAYA.address, "sex": MAYA.sex,
    "postcode": MAYA.postcode, "phone": MAYA.phone, "mother": MAYA.mother,
    "school": MAYA.school, "gp": MAYA.gp,
}  # fmt: skip


@given(st.lists(st.sampled_from(sorted(FACTS)), unique=True))
@settings(max_examples=150, deadline=None)
def test_more_agreeing_evidence_never_lowers_a_score(order: list[str]) -> None:
    asked = Person(id="q", given=MAYA.given, family=MAYA.family, age_as_of=TODAY)
    before = score(asked, MAYA).score
    for name in order:
        asked = replace(asked, **{name: FACTS[name]})  # type: ignore[arg-type]  # facts of Maya
        after = score(asked, MAYA).score
        assert after >= before - 1e-9, name
        before = after


@given(st.lists(st.sampled_from(sorted(FACTS)), unique=True), st.sampled_from(["Theo", None]))
@settings(max_examples=150, deadline=None)
def test_what_a_home_shares_never_lowers_a_score_either(
    order: list[str], named: str | None
) -> None:
    """Also where the first name differs or is not known."""
    asked = Person(id="q", given=named, family=MAYA.family)
    before = score(asked, MAYA).score
    for name in order:
        asked = replace(asked, **{name: FACTS[name]})  # type: ignore[arg-type]  # facts of Maya
        after = score(asked, MAYA).score
        assert after >= before - 1e-9, name
        before = after
