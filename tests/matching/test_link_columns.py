"""Tables are linked by their columns' names alone, the same in any order, and say why."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import ColumnError, Level, LinkCancelledError, Linked, Person, link_columns, total
from matching.batch import once_each
from matching.blocking import blocks_of, candidates, choose_rules, every_pair
from matching.clusters import UNSEEN, cluster
from matching.column_levels import levels_of
from matching.columns import Kind, kind_of, read_columns
from matching.estimate import Estimator
from matching.pairs import ANOTHER, Comparer
from matching.table import columns_of
from matching.weights import shipped_weights
from tests.bench.people import TODAY, population, queries

Table = dict[str, list[str | None]]


def rows(table: Table, order: Sequence[int]) -> Table:
    return {name: [values[at] for at in order] for name, values in table.items()}


def pairs(linked: Linked) -> dict[tuple[int, int], float]:
    found = zip(linked.left.tolist(), linked.right.tolist(), strict=True)
    return dict(zip(found, linked.bits.tolist(), strict=True))


TOWN = columns_of(population(120, seed=11))
ASKED = columns_of([truth.query for truth in queries(population(120, seed=11), 60, seed=12)])
TWICE = {name: values + values[:40] for name, values in TOWN.items()}


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("Given Name", Kind.GIVEN),
        ("surname", Kind.FAMILY),
        ("date_of_birth", Kind.DOB),
        ("NHS-Number", Kind.NUMBER),
        ("street_number", Kind.HOUSE),
        ("address_1", Kind.STREET),
        ("suburb", Kind.PLACE),
        ("occupation", Kind.OTHER),
    ],
)
def test_a_column_is_known_by_its_name(column: str, kind: Kind) -> None:
    assert kind_of(column) is kind


def test_a_whole_name_and_a_whole_address_are_taken_apart() -> None:
    table: Table = {"name": ["Rowe, Maya", None], "address": ["14 Larch Court", None]}
    read = read_columns(table)
    assert {c.name: c.values for c in read.columns} == {
        "given": ("maya",),
        "family": ("rowe",),
        "house": ("14",),
        "street": ("larch court",),
    }


def test_a_birth_date_that_cannot_be_keeps_its_figures() -> None:
    (dob,) = read_columns({"dob": ["1770-81-01", "14/03/2019", "unknown", None]}).columns
    assert set(dob.values) == {"17708101", "20190314"}
    assert (dob.codes < 0).sum() == 2


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rng: random.Random) -> None:
    order = list(range(len(TWICE["given"])))
    rng.shuffle(order)
    straight, shuffled = pairs(link_columns(TWICE)), pairs(link_columns(rows(TWICE, order)))
    moved = {
        (min(order[a], order[b]), max(order[a], order[b])): bits
        for (a, b), bits in shuffled.items()
    }
    assert set(moved) == set(straight)
    assert all(bits == pytest.approx(moved[pair], abs=1e-6) for pair, bits in straight.items())


def test_either_table_may_come_first() -> None:
    one, other = pairs(link_columns(ASKED, TOWN)), pairs(link_columns(TOWN, ASKED))
    assert set(one) == {(a, b) for b, a in other}
    assert all(bits == pytest.approx(other[b, a], abs=1e-6) for (a, b), bits in one.items())


@pytest.mark.parametrize("tables", [(TWICE,), (ASKED, TOWN)], ids=["within", "between"])
def test_prior_and_evidence_of_every_pair_add_up_to_its_bits(tables: tuple[Table, ...]) -> None:
    linked = link_columns(*tables, threshold=0.01)
    assert len(linked) > 30
    for pair in range(len(linked)):
        evidence = linked.evidence(pair)
        assert total(linked.estimate.prior, evidence) == pytest.approx(linked.bits[pair], abs=1e-9)
        assert all(e.weight == 0.0 for e in evidence if e.detail == "missing")
        sides = tables[0]["given"], tables[-1]["given"]
        shown = next((e.left, e.right) for e in evidence if e.field == "given")
        assert shown == (sides[0][linked.left[pair]], sides[1][linked.right[pair]])


def test_records_held_twice_are_found_and_nobody_else() -> None:
    found = set(pairs(link_columns(TWICE)))
    held = {(at, 120 + at) for at in range(40)}
    assert len(found & held) >= 38
    # Parents and children of one name and home, whom a warning keeps from "Very likely".
    assert len(found - held) <= 3
    years = [int((born or "0")[:4]) for born in TWICE["dob"]]
    for one, other in found - held:
        assert TWICE["given"][one] == TWICE["given"][other]
        assert abs(years[one] - years[other]) >= 10


def test_where_nobody_is_held_twice_the_shipped_weights_are_kept() -> None:
    linked = link_columns(TOWN)
    assert not linked.report.learned
    assert len(linked) <= 1


def test_names_in_each_others_place_are_seen() -> None:
    columns = read_columns({"given": ["Maya", "Quartermain"], "family": ["Quartermain", "Maya"]})
    compared = Comparer(columns, shipped_weights()).compare(*every_pair(columns))
    assert compared.levels.tolist() == [[0, 0, 1]]


def test_the_report_tells_levels_weights_and_what_was_not_compared() -> None:
    report = link_columns({**ASKED, "allergy": ["nuts"] * 60}, TOWN).report
    assert report.rows == 180
    assert report.compared == 60 * 120
    assert report.not_compared == ("allergy", "nhs_number")
    dob = next(c for c in report.columns if c.column == "dob")
    assert [level.level for level in dob.levels] == list(levels_of(Kind.DOB))
    assert dob.levels[0].bits > 5 > 0 > dob.levels[-1].bits
    assert sum(tenth.pairs for tenth in report.sure) == report.compared


def test_blocking_finds_nearly_every_pair_and_compares_few() -> None:
    people = population(1500, seed=5)
    asked = queries(people, 700, seed=6)
    place = {person.id: at for at, person in enumerate(people)}
    columns = read_columns(columns_of([t.query for t in asked]), columns_of(people))
    blocks = [blocks_of(columns, rule) for rule in choose_rules(columns)]
    left, right = candidates(columns, blocks, np.arange(700))
    came = set(
        zip(columns.order[left].tolist(), (columns.order[right] - 700).tolist(), strict=True)
    )
    wanted = {(at, place[truth.id]) for at, truth in enumerate(asked)}
    assert len(wanted & came) >= 0.98 * len(wanted)
    assert len(came) < 0.3 * columns.all_pairs
    parts = [candidates(columns, blocks, np.arange(at, at + 100)) for at in range(0, 700, 100)]
    assert sum(len(a) for a, _ in parts) == len(left)


def test_one_pair_that_looks_alike_does_not_join_two_people() -> None:
    # 0, 1, 2 are one person, 3, 4, 5 another; 2 and 3 look alike, the rest speak against.
    near = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]
    far = [(a, b) for a in (0, 1, 2) for b in (3, 4, 5)]
    bits = [9.0] * 6 + [8.0 if pair == (2, 3) else -9.0 for pair in far]
    left, right = (np.array(side) for side in zip(*near, *far, strict=True))
    groups = cluster(6, left, right, np.array(bits))
    assert len(set(groups.of_row.tolist())) == 2
    assert groups.met[6 + far.index((2, 3))] < 0


def test_a_poor_record_finds_its_person_through_a_better_one() -> None:
    left, right = np.array((0, 0, 1)), np.array((1, 2, 2))
    groups = cluster(3, left, right, np.array([12.0, 9.0, UNSEEN + 2]))
    assert len(set(groups.of_row.tolist())) == 1
    assert groups.met[2] > 0


def test_a_rival_with_a_better_partner_of_its_own_takes_less() -> None:
    # Rows 0 and 1 are in one list, 2 and 3 in the other; both of these fit 0, 3 fits 1 as well.
    left, right = np.array((0, 0, 1)), np.array((2, 3, 3))
    bits = once_each(4, left, right, np.array([5.0, 5.0, 12.0]))
    alone = once_each(4, left[:2], right[:2], np.array([5.0, 5.0]))
    assert bits[0] > 4.5 > 0.0 > alone[0] > -0.1
    assert bits[1] < -6.0
    assert bits[2] > 10.0


@given(st.lists(st.floats(-6, 9), min_size=1, max_size=8))
def test_what_rivals_take_is_exact_along_a_chain(weights: list[float]) -> None:
    # Each pair shares a row with the one before it, so no two neighbours can both be true.
    places = np.arange(len(weights))
    left, right = 2 * ((places + 1) // 2), 2 * (places // 2) + 1
    bits = once_each(2 * len(weights) + 2, left, right, np.array(weights))
    mass = {True: np.zeros(len(weights)), False: np.zeros(len(weights))}
    for chosen in product((False, True), repeat=len(weights)):
        if not any(a and b for a, b in pairwise(chosen)):
            share = 2.0 ** sum(w for w, one in zip(weights, chosen, strict=True) if one)
            for place, one in enumerate(chosen):
                mass[one][place] += share
    assert bits == pytest.approx(np.log2(mass[True] / mass[False]), abs=1e-6)


def test_progress_rises_to_one() -> None:
    heard: list[float] = []
    link_columns(ASKED, TOWN, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


@pytest.mark.parametrize("after", range(4))
def test_linking_can_be_stopped_between_any_two_steps(after: int) -> None:
    asked = iter([*islice(iter(lambda: False, True), after), True])
    with pytest.raises(LinkCancelledError, match="Nothing was linked"):
        link_columns(ASKED, TOWN, cancelled=lambda: next(asked))


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (({"given": ["Maya"], "family": []},), "equally long"),
        (({"given": ["Maya"]}, {"family": ["Rowe"]}), "no column in common"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused(tables: tuple[Table, ...], words: str) -> None:
    with pytest.raises(ColumnError, match=words):
        link_columns(*tables)


def test_a_column_without_values_and_odd_text_do_no_harm() -> None:
    odd: Table = {
        "given": ["", "😀", "x" * 10_000, "Ма́йя", "\x00", None],
        "family": ["ا", "-", "''", "Rowe", "null", "Rowe"],
        "dob": ["0000-00-00", "9999-12-31", "not known", "31/02/2019", "2019", ""],
        "email": [None] * 6,
    }
    assert len(link_columns(odd)) <= 15


def test_nothing_is_learned_from_nothing() -> None:
    columns = read_columns({"given": []}, {"given": ["Maya"]})
    assert not Estimator(columns, shipped_weights(), every_pair(columns)).learn().learned
    assert len(link_columns({"given": []}, {"given": ["Maya"]})) == 0


def test_an_age_on_a_day_is_held_against_a_birth_date() -> None:
    day = "2026-11-20"
    there = ["2019-03-14", "2018-10-02", "2010-01-05", "8 months"]
    columns = read_columns(
        {"dob": ["", "2019-03-14", ""], "age": ["7", "", ""], "age_as_of": [day] * 3},
        {"dob": there, "age_as_of": [day] * 4},
    )
    comparer = Comparer(columns, shipped_weights())
    left, right = every_pair(columns)
    at = comparer.names.index(Kind.AGE.value)
    levels = comparer.compare(left, right).levels[:, at].tolist()
    rows = zip(columns.order[left].tolist(), columns.order[right].tolist(), strict=True)
    found = {(a, b - 3): level for (a, b), level in zip(rows, levels, strict=True)}
    assert [found[0, b] for b in range(4)] == [0, 1, 2, 2]
    assert [found[1, b] for b in range(4)] == [-1, -1, -1, 2]
    assert [found[2, b] for b in range(4)] == [-1, -1, -1, -1]


def test_who_has_no_birth_date_is_linked_by_an_age() -> None:
    people = [p for p in population(300, seed=21) if p.dob]
    asked = [
        replace(p, nhs_number=None, phone=None, dob=None, age=(a, a), age_as_of=TODAY)
        for p in people[:120]
        if p.dob and (a := (TODAY - p.dob).days * 4 // 1461) is not None
    ]
    linked = link_columns(columns_of(asked), columns_of(people))
    right = int((linked.left == linked.right).sum())
    assert right >= 0.95 * len(linked)
    assert right >= 0.9 * len(asked)
    row = next(e for e in linked.evidence(0) if e.field == Kind.AGE.value)
    assert (row.detail, row.level) == ("fits", Level.SAME)
    assert row.weight > 1.0
    assert str(TODAY) in (row.left or "")


def test_who_is_listed_under_a_former_name_is_linked_by_it() -> None:
    people = [p for p in population(400, seed=31) if p.given and p.family and p.dob]
    others = population(500, seed=77)
    asked = [replace(p, nhs_number=None, phone=None) for p in people[:120]]
    renamed = range(0, 120, 4)
    for at in renamed:
        p, new = people[at], others[4 * at]
        asked[at] = replace(
            Person(id=p.id), given=new.given, family=new.family, dob=p.dob, sex=p.sex,
            aliases=("Zaz Zaz", f"{p.given} {p.family}"),
        )  # fmt: skip
    table = columns_of(asked)
    linked = link_columns(table, columns_of(people))
    found = [at for at in np.flatnonzero(linked.left == linked.right) if linked.left[at] % 4 == 0]
    assert len(found) >= 0.9 * len(renamed)
    assert (linked.left == linked.right).mean() >= 0.97
    evidence = linked.evidence(int(found[0]))
    named = next(e for e in evidence if e.field == "given and family")
    assert (named.detail, named.left) == ("another name", table["aliases"][linked.left[found[0]]])
    assert total(linked.estimate.prior, evidence) == pytest.approx(linked.bits[found[0]])
    del table["aliases"]
    without = link_columns(table, columns_of(people))
    assert (without.left[without.left == without.right] % 4 == 0).sum() < 0.2 * len(renamed)


def test_no_pair_is_given_up_that_another_name_would_bring() -> None:
    table: Table = {
        "given": ["Maya", "Maya", "Zoe", "Tom"],
        "family": ["Rowe", "Khan", "Rowe", "Quartermain"],
        "aliases": ["", "Maya Rowe; Zoe Rowe", "", "Maya Khan"],
        "dob": ["2019-03-14"] * 4,
    }
    columns = read_columns(table)
    estimate = Estimator(columns, shipped_weights(), every_pair(columns)).learn()
    left, right = every_pair(columns)
    compared = estimate.comparer.compare(left, right)
    bits = estimate.weigh(compared)[1]
    assert (compared.levels[:, -1] == ANOTHER).sum() == 4
    theirs = estimate.near(left, right, float(np.sort(bits)[2]))[1]
    assert theirs == pytest.approx(bits[bits >= np.sort(bits)[2]])
    turned = estimate.comparer.compare(right, left)
    assert (turned.levels == compared.levels).all()
