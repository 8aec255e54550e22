"""Weights fitted to verdicts: they follow what people said, and no further than that allows."""

import json
import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Level, Person, WeightsError, derive, score, shipped_weights
from matching.evidence import HOUSEHOLD
from matching.refit import LEAST, LEAST_OF_EACH, Judgement, RefitError, levels_of, refit
from matching.weights import own_weights, parse_weights
from tests.matching.people import people

SHIPPED = derive.SHIPPED.read_text()


def judged(
    same: bool, *fields: tuple[str, str], bits: float = 0.0, home: float = 0.0, band: str = "Likely"
) -> Judgement:
    return Judgement(fields=fields, score=bits, home=home, band=band, same=same, name="C-26-00001")


def verdicts(
    rate: float, *fields: tuple[str, str], count: int = 200, bits: float = 3.0, seed: int = 1
) -> list[Judgement]:
    """Verdicts on pairs of 3 bits, of which `rate` are the same, all on these levels."""
    drawn = random.Random(seed)
    return [judged(drawn.random() < rate, *fields, bits=bits) for _ in range(count)]


def usual(count: int = 200) -> list[Judgement]:
    """Verdicts that are as the weights say: 3 bits for, 3 bits against."""
    sure = [judged(n % 9 != 0, ("sex", "same"), bits=3.0) for n in range(count)]
    return sure + [judged(n % 9 == 0, ("sex", "other"), bits=-3.0) for n in range(count)]


def bits(text: str, part: str, level: str) -> float:
    return parse_weights(text).bits(part, level).random


def test_a_level_that_people_contradict_loses_weight() -> None:
    told = refit([*usual(), *verdicts(0.5, ("phone", "same"))], SHIPPED, number=1)
    [move] = [m for m in told.moves if (m.part, m.level) == ("phone", "same")]
    assert move.same + move.not_same == 200
    assert move.before - 3.0 < move.after < move.before - 1.0
    assert bits(told.text, "phone", "same") == pytest.approx(move.after, abs=1e-9)
    assert told.better
    assert told.after.error < told.before.error


def test_verdicts_that_are_as_the_weights_say_move_next_to_nothing() -> None:
    told = refit(usual(), SHIPPED, number=1)
    assert all(abs(m.after - m.before) < 0.1 for m in told.moves)


@pytest.mark.parametrize(("count", "moves"), [(LEAST - 1, False), (LEAST, True)])
def test_no_level_moves_on_few_verdicts(count: int, moves: bool) -> None:
    told = refit([*usual(), *verdicts(0.0, ("gp", "same"), count=count)], SHIPPED, number=1)
    assert ("gp" in {m.part for m in told.moves}) is moves


def test_too_few_verdicts_fit_nothing() -> None:
    few = [judged(n < LEAST_OF_EACH - 1, ("sex", "same")) for n in range(200)]
    with pytest.raises(RefitError, match=f"takes {LEAST_OF_EACH} of each"):
        refit(few, SHIPPED, number=1)


def test_what_the_home_shares_earns_no_weight_where_the_home_decides() -> None:
    shared = [judged(n % 2 == 0, ("postcode", "same"), bits=3.0, home=-14.0) for n in range(400)]
    told = refit([*usual(), *shared], SHIPPED, number=1)
    assert all(abs(m.after - m.before) < 0.05 for m in told.moves if m.part == "postcode")


def test_who_would_change_band_is_named_and_a_guard_still_holds_back() -> None:
    near = [*verdicts(1.0, ("phone", "same"), bits=7.0), *verdicts(0.02, ("school", "same"))]
    held_back = judged(True, ("phone", "same"), bits=20.0, band="Likely")
    told = refit([*usual(), *near, held_back], SHIPPED, number=1)
    changed = {(before, after) for _, before, after, _ in told.bands}
    assert ("Likely", "Very likely") in changed
    assert ("Likely", "Possible") in changed
    only = refit([*usual(), *[held_back] * 60], SHIPPED, number=1)
    assert all(before != "Likely" or after != "Very likely" for _, before, after, _ in only.bands)


def test_names_are_read_back_from_their_words() -> None:
    query = Person(id="q", given="Maya Ann", family="Rowe")
    record = Person(id="r", given="Rowe", family="Maia")
    fields = [(e.field, e.detail) for e in score(query, record).evidence if e.detail != "missing"]
    assert ("arrangement", "swapped") in levels_of(fields)
    assert levels_of([("name", "given name: one edit, middle name other, by another name")]) == (
        ("given", "one edit"),
        ("middle", "other"),
        ("arrangement", "alias"),
    )


@given(people(), people(id="2", source="b"))
def test_every_level_that_evidence_names_has_a_weight(left: Person, right: Person) -> None:
    levels = shipped_weights().levels
    rows = [
        e
        for e in score(left, right).evidence
        if e.level is not Level.MISSING and e.field != HOUSEHOLD
    ]
    for part, level in levels_of([(e.field, e.detail) for e in rows]):
        assert level in levels[part]


LEVELS = [
    (part, level)
    for part in ("dob", "phone", "postcode", "school", "mother")
    for level in shipped_weights().levels[part]
]


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.booleans(), st.lists(st.sampled_from(LEVELS), max_size=3), st.floats(-9, 9)),
        min_size=80,
        max_size=160,
    ),
    st.randoms(use_true_random=False),
)
def test_order_of_verdicts_never_matters_and_order_of_levels_is_kept(
    said: list[tuple[bool, list[tuple[str, str]], float]], turned: random.Random
) -> None:
    held = [*usual(60), *(judged(same, *fields, bits=at) for same, fields, at in said)]
    told = refit(held, SHIPPED, number=2)
    turned.shuffle(held)
    assert refit(held, SHIPPED, number=2) == told
    before, after = shipped_weights(), own_weights(told.text)
    for part, levels in before.fixed.items():
        shared = [level for level in levels if "u" in before.levels[part][level]]
        shared.sort(key=lambda level: -before.fixed[part][level].random)
        weights = [after.fixed[part][level].random for level in shared]
        for high, low in pairwise(weights):
            assert high >= low - 1e-2
        for level in shared:
            assert before.fixed[part][level].random * after.fixed[part][level].random >= 0.0


def test_a_second_fit_begins_from_the_first_and_says_so() -> None:
    first = refit([*usual(), *verdicts(0.5, ("phone", "same"))], SHIPPED, number=1)
    second = refit([*usual(), *verdicts(0.5, ("gp", "same"))], first.text, number=2)
    assert (first.version, second.version) == ("2026.1+hub.1", "2026.1+hub.2")
    assert second.based_on == first.version
    assert bits(second.text, "phone", "same") == bits(first.text, "phone", "same")
    assert json.loads(second.text)["note"].count("Refitted") == 1


def test_weights_fitted_to_other_levels_are_refused() -> None:
    other = json.loads(SHIPPED)
    del other["levels"]["gp"]["close"]
    with pytest.raises(WeightsError, match="other levels than this version compares"):
        own_weights(json.dumps(other))
    assert own_weights("") == shipped_weights()


def test_loss_before_is_that_of_the_chances_shown() -> None:
    told = refit([judged(n < 40, bits=1.0) for n in range(80)], SHIPPED, number=1)
    chance = 2.0 / 3.0
    assert told.before.loss == pytest.approx(-(math.log2(chance) + math.log2(1 - chance)) / 2)
    assert told.before.error == pytest.approx(chance - 0.5)
    assert not told.better
