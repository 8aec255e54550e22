"""Blocking counts before it makes, passes large blocks over, and long lists need few rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import link_columns
from matching.blocking import (
    Rule,
    blocks_of,
    candidates,
    choose_rules,
    every_pair,
    fewest,
    tried,
)
from matching.column_levels import levels_of, values_of
from matching.columns import Columns, Kind, read_columns
from matching.estimate import Estimator
from matching.name_comparison import name_level
from matching.pairs import Comparer
from matching.table import columns_of
from matching.weights import shipped_weights
from tests.bench.people import population, queries

Table = dict[str, list[str | None]]
PEOPLE = population(1500, seed=5)
ASKED = queries(PEOPLE, 700, seed=6)
HERE, THERE = columns_of([t.query for t in ASKED]), columns_of(PEOPLE)
COLUMNS = read_columns(HERE, THERE)
LEFT = np.arange(COLUMNS.split)


def made(columns: Columns, rule: Rule) -> int:
    """How many pairs a rule brings, each as often as it comes."""
    blocks = blocks_of(columns, rule)
    return sum(len(candidates(columns, [blocks], LEFT[at : at + 1])[0]) for at in LEFT.tolist())


def test_as_many_pairs_are_made_as_were_counted() -> None:
    rules = [rule for rule in choose_rules(COLUMNS) if len(rule.one.of_row) == 1]
    assert len(rules) > 20
    assert all(made(COLUMNS, rule) == rule.pairs for rule in rules[:: len(rules) // 8])


def test_a_rare_key_stands_alone_and_a_common_one_is_joined() -> None:
    table: Table = {
        "given": [("Maya", "Zoe", "Kofi", "Bram", "Lise")[n // 30 % 5] for n in range(3000)],
        "dob": [f"20{n % 30:02}-{n % 12 + 1:02}-11" for n in range(3000)],
        "phone": [f"07700900{n // 2:03}" for n in range(3000)],
    }
    names = [rule.name for rule in choose_rules(read_columns(table, table))]
    assert "phone: same" in names
    assert not [name for name in names if "phone: same" in name and "," in name]
    assert not [name for name in names if name.startswith("given: sound") and "," not in name]
    assert "dob: year, given: sound" in names


def test_a_block_too_large_to_tell_people_apart_is_passed_over() -> None:
    same: Table = {
        "given": ["John"] * 30_000,
        "family": ["Smith"] * 30_000,
        "dob": [f"19{n % 90:02}-0{n % 9 + 1}-{n % 28 + 1:02}" for n in range(30_000)],
    }
    columns = read_columns(same, same)
    rules = choose_rules(columns)
    assert rules
    assert sum(rule.pairs for rule in rules) <= 400 * columns.rows
    blocks = [blocks_of(columns, rule) for rule in rules]
    some = np.arange(0, columns.split, 500)
    assert len(candidates(columns, blocks, some)[0]) <= 400 * columns.rows / 500


def test_few_rules_find_every_likely_pair_of_a_trial() -> None:
    rules = choose_rules(COLUMNS)
    trial = tried(COLUMNS, rules, LEFT)
    place = {person.id: at for at, person in enumerate(PEOPLE)}
    truth = {(at, place[t.id]) for at, t in enumerate(ASKED)}
    a, b = COLUMNS.order[trial.left].tolist(), (COLUMNS.order[trial.right] - 700).tolist()
    likely = np.array([at for at, pair in enumerate(zip(a, b, strict=True)) if pair in truth])
    chosen = fewest(COLUMNS, trial, likely)
    blocks = [blocks_of(COLUMNS, rule) for rule in chosen]
    left, right = candidates(COLUMNS, blocks, LEFT)
    found = set((left * COLUMNS.rows + right).tolist())
    wanted = (trial.left * COLUMNS.rows + trial.right)[likely].tolist()
    assert len(chosen) < len(rules) / 2
    assert len(found) < len(trial.left) / 4
    assert len(found & set(wanted)) >= 0.99 * len(wanted)


def test_a_trial_tells_how_many_pairs_a_rule_brings() -> None:
    rules = choose_rules(COLUMNS)
    trial = tried(COLUMNS, rules, LEFT[::2])
    told = sum(trial.pairs_of(COLUMNS, place) for place in range(len(rules)))
    assert told == pytest.approx(sum(rule.pairs for rule in rules), rel=0.15)


def test_a_trial_and_the_whole_make_the_same_pairs() -> None:
    rules = choose_rules(COLUMNS)[::5]
    some = LEFT[::7]
    trial = tried(COLUMNS, rules, some)
    left, right = candidates(COLUMNS, [blocks_of(COLUMNS, rule) for rule in rules], some)
    assert (trial.left == left).all()
    assert (trial.right == right).all()


@pytest.mark.parametrize("least", [-12.0, -6.0, 0.0, 8.0])
def test_no_pair_that_weighs_enough_is_given_up_on_the_way(least: float) -> None:
    trial = tried(COLUMNS, choose_rules(COLUMNS), LEFT[::3])
    estimator = Estimator(COLUMNS, shipped_weights(), (trial.left, trial.right))
    estimate = estimator.learn()
    bits = estimate.weigh(estimator.pairs)[1]
    near, theirs = estimate.near(estimator.pairs.left, estimator.pairs.right, least)
    enough = np.flatnonzero(bits >= least)
    assert len(enough) > 100
    assert (near.left == estimator.pairs.left[enough]).all()
    assert (near.right == estimator.pairs.right[enough]).all()
    assert (near.levels == estimator.pairs.levels[enough]).all()
    assert theirs == pytest.approx(bits[enough], abs=1e-9)


def test_names_in_another_order_are_not_given_up() -> None:
    table: Table = {
        "given": ["Mary Ann", "Ann Mary", "Maryann", "Zoe"],
        "family": ["Rowe"] * 4,
        "dob": ["2019-03-14"] * 4,
    }
    columns = read_columns(table)
    estimate = Estimator(columns, shipped_weights(), every_pair(columns)).learn()
    left, right = every_pair(columns)
    bits = estimate.weigh(Comparer(columns, shipped_weights()).compare(left, right))[1]
    assert len(estimate.near(left, right, float(np.sort(bits)[3]))[0]) == 3


def test_a_long_list_is_linked_as_a_short_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    short = link_columns(HERE, THERE)
    monkeypatch.setattr("matching.batch._LEARNED_FROM", 100_000)
    monkeypatch.setattr("matching.batch._MANY", 200_000)
    long = link_columns(HERE, THERE)
    assert long.report.compared < short.report.compared / 4
    assert len(long.report.rules) < len(short.report.rules)
    one, other = (
        set(zip(linked.left.tolist(), linked.right.tolist(), strict=True))
        for linked in (short, long)
    )
    assert len(one ^ other) <= 0.03 * len(one)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("9990091331", "9990091358", "other"),
        ("9990091331", "9990091332", "one edit"),
        ("9990091331", "999009133", "one edit"),
        ("5550142", "5550143", "one edit"),
    ],
)
def test_two_good_nhs_numbers_are_two_people_s_however_near(
    one: str, other: str, level: str
) -> None:
    values = values_of(Kind.NUMBER, sorted((one, other)))
    found = values.compare(np.array([0], np.int32), np.array([1], np.int32))
    assert levels_of(Kind.NUMBER)[found[0]] == level


_WORD = st.text("abdeiklmnorsty", min_size=1, max_size=9)


@settings(max_examples=60, deadline=None)
@given(st.lists(_WORD, min_size=2, max_size=12, unique=True))
def test_single_names_are_compared_as_in_a_search(words: list[str]) -> None:
    words = sorted({*words, "kathryn", "catherine", "mohammed", "muhammad", "macrae", "mcrae"})
    values = values_of(Kind.GIVEN, words)
    names = levels_of(Kind.GIVEN)
    left, right = np.triu_indices(len(words), 1)
    found = values.compare(left.astype(np.int32), right.astype(np.int32))
    for a, b, level in zip(left.tolist(), right.tolist(), found.tolist(), strict=True):
        searched = name_level(words[a], words[b])
        if {searched, names[level]} != {"begins with", "very similar"}:
            assert names[level] == searched, (words[a], words[b])
