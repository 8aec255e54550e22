"""What the benchmark says of a matcher, on pairs and answers known by hand."""

from dataclasses import replace

import pytest

from tests.bench.matching.crowd import asked, crowd, linked
from tests.bench.matching.measures import (
    Answer,
    GroupFigures,
    behind,
    by_group,
    of_answers,
    of_pairs,
    upper,
)

TRUTH = frozenset({("a", "b"), ("c", "d"), ("e", "f"), ("g", "h")})


def test_figures_at_the_default_and_at_the_best_threshold() -> None:
    found = [("b", "a", 0.9), ("c", "d", 0.8), ("x", "y", 0.7), ("e", "f", 0.4), ("g", "z", 0.1)]
    figures = of_pairs(found, TRUTH, ordered=False)
    assert figures.precision == pytest.approx(2 / 3)
    assert figures.recall == pytest.approx(2 / 4)
    assert figures.f1 == pytest.approx(2 * 2 / (3 + 4))
    assert figures.best_f1 == pytest.approx(2 * 3 / (4 + 4))


def test_honest_probabilities_have_no_calibration_error() -> None:
    sure = [(str(i), "r", 1.0) for i in range(10)]
    truth = frozenset((i, "r") for i, _, _ in sure)
    assert of_pairs(sure, truth, ordered=True).calibration == 0.0
    assert of_pairs(sure, frozenset({("0", "r")}), ordered=True).calibration == pytest.approx(0.9)


def test_a_pair_of_two_tables_keeps_its_sides() -> None:
    turned = [("b", "a", 0.9)]
    assert of_pairs(turned, TRUTH, ordered=True).recall == 0.0
    assert of_pairs(turned, TRUTH, ordered=False).recall == 0.25


def test_answers_count_by_group_and_wrong_ones_are_named() -> None:
    truths = [replace(t, kinds=("moved",)) for t in asked(crowd(300), 4)]
    answers = [Answer(ids=(t.id,), ms=1.0, sure=(t.id,)) for t in truths[:3]]
    answers.append(Answer(ids=("somebody", truths[3].id), ms=9.0, sure=("somebody",)))
    figures = of_answers(truths, answers)
    assert (figures.recall_1, figures.recall_5) == (0.75, 1.0)
    (group,) = by_group("what went wrong", truths, answers)
    assert (group.group, group.questions, group.sure, group.sure_wrong) == ("moved", 4, 4, 1)


def group(
    name: str, recall: float, questions: int, wrong: int = 0, sure: float = 0.5
) -> GroupFigures:
    return GroupFigures(
        group=name,
        questions=questions,
        recall_5=recall,
        sure=round(sure * questions),
        sure_wrong=wrong,
    )


def test_a_group_that_fares_worse_is_named_and_a_small_one_said_to_be_small() -> None:
    groups = [
        group("English", 0.99, 4000),
        group("as good", 0.985, 500, sure=0.47),
        group("worse", 0.90, 500),
        group("small", 0.96, 25),
        group("wrong", 1.0, 400, wrong=1),
        group("less sure", 0.99, 400, sure=0.40),
        group("less sure but small", 0.99, 20, sure=0.40),
    ]
    found = {b.group: b.chance for b in behind(groups)}
    assert found == {
        "worse": False,
        "small": True,
        "wrong": False,
        "less sure": False,
        "less sure but small": True,
    }
    assert next(b.group for b in behind(groups)) == "worse"


@pytest.mark.parametrize(("share", "count", "high"), [(0.9, 100, 0.945), (1.0, 10, 1.0)])
def test_interval_is_that_of_wilson(share: float, count: int, high: float) -> None:
    assert upper(share, count) == pytest.approx(high, abs=0.001)


def test_a_crowd_is_the_same_for_the_same_seed_and_holds_homes() -> None:
    one, again, other = crowd(500, 1), crowd(500, 1), crowd(500, 2)
    rows = [one.record(i) for i in range(500)]
    assert rows == [again.record(i) for i in range(500)]
    assert rows != [other.record(i) for i in range(500)]
    assert len(set(one.columns["id"].tolist())) == 500
    assert 1.5 < 500 / (int(one.household[-1]) + 1) < 3.0
    numbers = [n for n in one.columns["nhs_number"].tolist() if n]
    assert all(n.startswith("999") for n in numbers)
    assert len(set(numbers)) == len(numbers) > 250


def test_true_pairs_of_two_lists_are_in_both() -> None:
    first, second, truth = linked(400)
    assert len(truth) == 200
    assert {one for one, _ in truth} <= set(first.columns["id"].tolist())
    assert {other for _, other in truth} <= set(second["id"])
    assert not {*first.columns["nhs_number"]} & {n for n in second["nhs_number"] if n}
