"""Chance agreements are counted, so that probabilities hold in lists of any length."""

import random

import numpy as np
import pytest

from matching import link_columns
from matching.blocking import choose_rules, every_pair
from matching.chance import AS_LEARNED, fitted, inside
from matching.columns import read_columns
from matching.estimate import Estimator, probability
from matching.table import columns_of
from matching.weights import shipped_weights
from tests.bench.people import population, queries

Table = dict[str, list[str | None]]
PEOPLE = population(1500, seed=5)
ASKED = queries(PEOPLE, 700, seed=6)
HERE, THERE = columns_of([t.query for t in ASKED]), columns_of(PEOPLE)


def drawn(strangers: int, people: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Bits of pairs that are two people, and of pairs that are one."""
    rng = np.random.default_rng(seed)
    return rng.normal(-6.0, 3.0, strangers), rng.normal(7.0, 4.0, people)


def test_bits_are_moved_to_what_is_counted() -> None:
    two, one = drawn(200_000, 2_000)
    chance = drawn(20_000, 0, seed=2)[0]
    bits = np.concatenate([two, one])
    curve = fitted(bits, chance, np.ones(len(chance)), 10.0)
    for low in (2.0, 3.0, 4.0, 5.0):
        inside_ = (bits >= low) & (bits < low + 1.0)
        right = float((one >= low).sum() - (one >= low + 1.0).sum()) / inside_.sum()
        before, after = (
            float(probability(moved[inside_]).mean()) - right for moved in (bits, curve(bits))
        )
        assert abs(after) < 0.5 * abs(before), low


def test_pairs_keep_their_order_and_few_of_them_move_little() -> None:
    two, one = drawn(50_000, 500)
    curve = fitted(np.concatenate([two, one]), two[:5_000], np.ones(5_000), 10.0)
    bits = np.linspace(-30.0, 60.0, 500)
    assert (np.diff(curve(bits)) > 0.0).all()
    assert curve.before(float(curve(np.array([3.3]))[0])) == pytest.approx(3.3)
    none = np.zeros(0)
    assert fitted(none, none, none, 1.0)(bits) == pytest.approx(bits)
    few = fitted(one[:3], two[:3], np.ones(3), 1.0)
    assert few(bits) == pytest.approx(bits, abs=1.5)


def test_strangers_of_one_name_do_not_teach_that_birth_dates_of_one_person_are_nothing_alike() -> (
    None
):
    # First names go with family names here, so that strangers often bear the same of both.
    draw = random.Random(1)
    letters = [c + v for c in "bdfgklmnprst" for v in "aeiou"]
    couples = [tuple("".join(draw.choices(letters, k=3)) for _ in "gf") for _ in range(200)]

    def person() -> tuple[str, str, str]:
        born = f"{draw.randint(1990, 2020)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
        return *draw.choice(couples), born

    here = [person() for _ in range(400)]
    there = here[:40] + [person() for _ in range(360)]
    tables = [
        dict(zip(("given", "family", "dob"), map(list, zip(*rows, strict=True)), strict=True))
        for rows in (here, there)
    ]
    columns = read_columns(*tables)
    estimate = Estimator(columns, shipped_weights(), every_pair(columns)).learn()
    assert estimate.learned
    for column, learned, shipped in zip(
        columns.columns, estimate.m, estimate.comparer.m, strict=False
    ):
        assert learned[-1] <= 4.001 * shipped[-1], column.name
        assert learned.sum() == pytest.approx(1.0)


def test_records_held_twice_within_a_list_are_not_taken_for_chance() -> None:
    two, one = drawn(50_000, 2_000)
    again = drawn(0, 200, seed=3)[1]
    bits, chance = np.concatenate([two, one]), np.concatenate([two[::10], again[::10]])
    curve = fitted(bits, chance, np.ones(len(chance)), 10.0)
    assert float(curve(np.array([12.0]))[0]) > 8.0
    often = np.concatenate([two[::10], one[::20]])
    assert fitted(bits, often, np.ones(len(often)), 10.0) is AS_LEARNED


def villages(size: int, seed: int) -> Table:
    """People whose first names tell the family's, as where each village has names of its own."""
    rng = random.Random(seed)
    letters = "bdfgklmnprstvz"
    names = [a + o + b + e for a in letters for o in "aou" for b in letters for e in ("a", "in")]
    held = [rng.randrange(300) for _ in range(size)]
    return {
        "given": [names[at] for at in held],
        "family": [names[-1 - at] + "ovic" for at in held],
        "dob": [f"{rng.randint(1990, 2020)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
                for _ in held],
    }  # fmt: skip


def test_names_that_go_together_make_no_strangers_one_person() -> None:
    here, strangers = villages(3000, 1), villages(1500, 2)
    there = {name: values[:1500] + strangers[name] for name, values in here.items()}
    linked = link_columns(here, there)
    right = int((linked.left == linked.right).sum())
    assert right >= 0.98 * len(linked)
    assert right >= 0.97 * 1500


def test_as_many_pairs_are_right_as_their_probabilities_say() -> None:
    place = {person.id: at for at, person in enumerate(PEOPLE)}
    truth = {(at, place[t.id]) for at, t in enumerate(ASKED)}
    linked = link_columns(HERE, THERE, threshold=0.01)
    pairs = zip(linked.left.tolist(), linked.right.tolist(), strict=True)
    right = np.array([pair in truth for pair in pairs])
    sure = linked.probabilities
    assert sure.sum() == pytest.approx(right.sum(), rel=0.02)
    for low, high in ((0.01, 0.3), (0.3, 0.9), (0.9, 1.01)):
        held = (sure >= low) & (sure < high)
        assert abs(sure[held].sum() - right[held].sum()) < 0.02 * len(truth)


def test_pairs_within_the_lists_stand_for_all_between() -> None:
    columns = read_columns(HERE, THERE)
    rules = choose_rules(columns)
    few, many = (inside(columns, rules, count) for count in (20_000, 200_000))
    for held in (few, many):
        assert ((held.left < 700) == (held.right < 700)).all()
        assert (held.left < held.right).all()
    assert len(few.left) / few.looked_at == pytest.approx(len(many.left) / many.looked_at, rel=0.1)
    assert len(few.left) < 0.3 * len(many.left)
    small = read_columns({"given": ["a", "b", "c"]}, {"given": ["d", "e"]})
    pairs = inside(small, [], 100)
    assert sorted(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)) == [
        (0, 1), (0, 2), (1, 2), (3, 4),
    ]  # fmt: skip
    assert pairs.looked_at == len(pairs.left) < len(every_pair(small)[0])
