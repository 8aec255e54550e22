"""Evidence and prior make the score, bands keep their margins, missing facts weigh nothing."""

import math
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    HOUSEHOLD,
    Band,
    Level,
    Match,
    Person,
    probability,
    rank,
    score,
    shipped_weights,
    total,
)
from matching.evidence import differing_spans
from matching.person import prepare
from matching.score import Scorer
from matching.sentence import _WORDS
from tests.matching.people import MAYA, people


@given(people(), people(id="2", source="b"), st.integers(1, 50_000_000))
def test_prior_and_evidence_sum_to_the_score_to_the_last_bit(
    left: Person, right: Person, population: int
) -> None:
    match = score(left, right, population=population)
    assert match.score == total(match.prior, match.evidence)
    assert match.score == math.fsum([match.prior, *(e.weight for e in match.evidence)])
    assert match.probability == probability(match.score)


@given(people(), people(id="2", source="b"))
def test_the_order_of_the_two_does_not_change_score_band_or_guards(
    left: Person, right: Person
) -> None:
    one, other = score(left, right), score(right, left)
    assert (one.score, one.band) == (other.score, other.band)
    assert {g.kind for g in one.guards} == {g.kind for g in other.guards}


@given(people(), people(id="2", source="b"))
def test_a_missing_field_weighs_nothing(left: Person, right: Person) -> None:
    for e in score(left, right).evidence:
        assert e.level is not Level.MISSING or e.weight == 0.0


@given(people(), people(id="2", source="b"), st.integers(1, 50_000_000))
def test_what_others_in_the_home_take_off_is_the_last_row_and_speaks_against(
    left: Person, right: Person, population: int
) -> None:
    *fields, last = score(left, right, population=population).evidence
    assert all(e.field != HOUSEHOLD for e in fields)
    if last.field == HOUSEHOLD:
        assert last.weight < 0.0
        assert (last.left, last.right, last.level) == (None, None, Level.DIFFERENT)


@given(people(), people(id="2", source="b"), st.integers(1, 50_000_000))
def test_no_field_speaks_for_that_speaks_against_once_the_home_is_taken_off(
    left: Person, right: Person, population: int
) -> None:
    scorer = Scorer(population=population)
    weighed = scorer.weigh(prepare(left), prepare(right))
    for own, beyond in zip(weighed.weights, weighed.beyond, strict=True):
        assert own == beyond < 0.0 or 0.0 <= beyond <= own
    assert weighed.score == pytest.approx(scorer.prior + math.fsum(weighed.beyond), abs=1e-9)


@given(people(), people(id="2", source="b"), st.integers(1, 50_000_000))
def test_a_fact_shows_the_same_weight_among_few_as_among_many(
    left: Person, right: Person, population: int
) -> None:
    few, many = (score(left, right, population=p).evidence for p in (20, population))
    for one, other in zip(few, many, strict=False):
        if one.field not in ("name", HOUSEHOLD) and other.field != HOUSEHOLD:
            assert one.weight == other.weight


def test_a_postcode_that_agrees_is_shown_to_speak_for_among_few_records() -> None:
    evidence = {e.field: e for e in score(MAYA, replace(MAYA, id="2"), population=20).evidence}
    assert evidence["postcode"].weight > 5.0
    assert evidence[HOUSEHOLD].weight < -20.0
    assert evidence[HOUSEHOLD].detail == "others in the home would agree too"


@given(
    people(),
    people(id="2", source="b"),
    st.sampled_from(["nhs_number", "postcode", "phone", "upn", "mother", "school", "gp"]),
)
def test_taking_away_a_fact_on_one_side_gives_the_same_score_as_on_both(
    left: Person, right: Person, field: str
) -> None:
    one = score(replace(left, **{field: None}), right)
    both = score(replace(left, **{field: None}), replace(right, **{field: None}))
    # A mother's name may still explain a family name, so only its own row is compared.
    if field != "mother":
        assert one.score == both.score


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nhs_number", "9990142270"),
        ("upn", "A123456789012"),
        ("postcode", "NM3 4QT"),
        ("phone", "01632 960 214"),
        ("school", "Brookfold Primary"),
        ("gp", "Quay Surgery"),
        ("dob", date(2019, 3, 14)),
    ],
)
@settings(max_examples=40)
@given(left=people(), right=people(id="2", source="b"))
def test_a_further_fact_that_agrees_never_lowers_the_score(
    field: str, value: object, left: Person, right: Person
) -> None:
    bare = {"address": None, "age": None, "dob_text": None, field: None}
    left, right = replace(left, **bare), replace(right, **bare)
    with_it = score(replace(left, **{field: value}), replace(right, **{field: value}))
    assert with_it.score >= score(left, right).score - 1e-9


@given(people(), people(id="2", source="b"), st.integers(1_000, 50_000_000))
def test_no_record_scores_higher_than_one_that_says_the_same(
    query: Person, record: Person, population: int
) -> None:
    """But for another name given beside the first, of which the better reading counts."""
    query = replace(query, aliases=())
    own = score(query, replace(query, id="3", source="c"), population=population)
    assert own.score >= score(query, record, population=population).score - 1e-9


@given(people())
def test_underlined_characters_lie_within_the_values(anyone: Person) -> None:
    for e in score(MAYA, anyone).evidence:
        for value, spans in ((e.left, e.differs_left), (e.right, e.differs_right)):
            assert all(0 <= a < b <= len(value or "") for a, b in spans)


@given(st.text(max_size=20), st.text(max_size=20))
def test_equal_texts_have_nothing_underlined_and_unequal_ones_have(left: str, right: str) -> None:
    spans = differing_spans(left, right)
    assert (spans == ((), ())) == (left.lower() == right.lower() or left == right) or (
        len(left.lower()) != len(left) or len(right.lower()) != len(right)
    )


def test_the_letters_that_differ_are_marked() -> None:
    assert differing_spans("Maya Rowe", "Maya Grace Rowe") == ((), ((5, 11),))
    assert differing_spans("01632 960 214", "01632 960 877") == (((10, 13),), ((10, 13),))
    assert differing_spans("14 Larch Court", "3 Quay Rise") == (((0, 14),), ((0, 11),))


def test_a_full_agreement_is_very_likely_and_says_so_in_a_sentence() -> None:
    match = score(MAYA, replace(MAYA, id="2", phone="01632 960 877"))
    assert match.band is Band.VERY_LIKELY
    assert match.sentence.startswith("Same NHS number, birth date")
    assert match.sentence.endswith("Different phone.")


@given(people(), people(id="2", source="b"))
def test_every_contradiction_is_named_in_the_sentence(left: Person, right: Person) -> None:
    match = score(left, right)
    fields = {e.field for e in match.evidence if e.level is Level.DIFFERENT}
    for field in fields - {HOUSEHOLD, "name"}:
        assert re.search(rf"Different [^.]*\b{_WORDS[field]}\b", match.sentence), field
    assert "name" not in fields or "different" in match.sentence or "is the" in match.sentence


def test_the_card_sentence_names_what_is_same_close_and_not_held() -> None:
    record = Person(id="2", given="Mayo", family="Rowe", dob=MAYA.dob, phone=MAYA.phone)
    query = replace(MAYA, nhs_number=None, mother=None, school=None, gp=None)
    assert score(query, record).sentence == (
        "Same birth date and phone. Name one letter out. No address held."
    )


@pytest.mark.parametrize(
    ("given", "family", "words"),
    [
        ("Mayo", "Rowe", "Name one letter out."),
        ("Maia", "Rowe", "Name in another form."),
        ("Maya Grace", "Rowe", "Name same but for a middle name."),
        ("Rowe", "Maya", "First and family names swapped."),
        ("Maya", "Nowak", "First name same, family name different."),
        ("Maia", "Nowak", "First name in another form, family name different."),
        ("M", "Rowe", "First name same initial, family name same."),
        ("Maya", None, "First name same."),
        ("Baby", "Rowe", "Family name same."),
    ],
)
def test_the_card_sentence_tells_the_names_apart(
    given: str, family: str | None, words: str
) -> None:
    match = score(
        Person(id="q", given="Maya", family="Rowe"), Person(id="2", given=given, family=family)
    )
    assert match.sentence.startswith(words)


def test_birth_date_postcode_and_sex_alone_never_suffice() -> None:
    thin = Person(id="q", dob=MAYA.dob, postcode=MAYA.postcode, sex=MAYA.sex)
    assert score(thin, MAYA, population=2).band is not Band.VERY_LIKELY


def test_a_rare_name_speaks_louder_than_a_common_one() -> None:
    class Counts:
        def share(self, role: str, token: str, usual: float, trust: float) -> float:
            return 0.03 if token in ("mohammed", "khan") else 0.00001

        def known(self, token: str) -> bool:
            return True

    common = Person(id="1", given="Mohammed", family="Khan")
    rare = Person(id="1", given="Isolde", family="Quartermain")
    scores = [score(p, replace(p, id="2"), frequencies=Counts()).score for p in (common, rare)]
    assert scores[0] + 8 < scores[1]


def test_same_number_but_another_name_and_birth_date_goes_to_a_person() -> None:
    other = replace(MAYA, id="2", given="Tom", family="Nowak", dob=date(2009, 7, 1))
    bare = Person(id="q", given="Maya", family="Rowe", dob=MAYA.dob, nhs_number=MAYA.nhs_number)
    assert score(bare, other).band in (Band.POSSIBLE, Band.LIKELY)


def found(record: Person, query: Person = MAYA) -> Match:
    return score(query, record)


def test_very_likely_needs_a_margin_over_the_runner_up() -> None:
    twice = [found(replace(MAYA, id=id)) for id in ("2", "3")]
    assert [m.band for m in twice] == [Band.VERY_LIKELY] * 2
    ranked = rank(twice)
    assert [m.band for m in ranked] == [Band.LIKELY] * 2
    assert all(m.sentence.endswith("Another record fits nearly as well.") for m in ranked)


def test_the_same_person_held_by_another_source_is_no_rival() -> None:
    held_twice = [found(replace(MAYA, id=s, source=s)) for s in ("social_care", "health")]
    assert [m.band for m in rank(held_twice)] == [Band.VERY_LIKELY] * 2


def test_a_far_runner_up_leaves_the_band() -> None:
    far = found(Person(id="9", given="Mya", family="Rowley", dob=date(2018, 4, 14)))
    assert rank([far, found(replace(MAYA, id="2"))])[0].band is Band.VERY_LIKELY


@given(st.permutations(["1", "2", "3", "4"]))
def test_the_order_of_the_records_does_not_change_the_ranking(ids: list[str]) -> None:
    matches = [found(replace(MAYA, id=i, given=MAYA.given if i < "3" else "Tom")) for i in ids]
    assert [m.record.id for m in rank(matches)] == ["1", "2", "3", "4"]


def test_bands_follow_the_weights_file() -> None:
    floors = shipped_weights().bands
    assert list(floors) == [Band.VERY_LIKELY, Band.LIKELY, Band.POSSIBLE]
    assert sorted(floors.values(), reverse=True) == list(floors.values())


def test_probability_is_even_at_zero_and_holds_at_the_ends() -> None:
    assert probability(0.0) == 0.5
    assert probability(5000.0) == 1.0
    assert probability(-5000.0) == 0.0
