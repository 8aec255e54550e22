"""How many records people have in a list says whether one more is theirs."""

import numpy as np
import numpy.typing as npt

from matching import link_columns
from matching.clusters import by_sizes, cluster
from tests.bench.matching.crowd import twice
from tests.bench.matching.measures import of_pairs

Rows = npt.NDArray[np.int64]


def _people(*records: int) -> Rows:
    """Clusters of people with so many records each."""
    return np.repeat(np.arange(len(records)), records)


def test_a_fourth_record_is_joined_where_people_have_four_not_where_hardly_anybody_has() -> None:
    # Three records of one person, all alike, and a fourth that speaks a little for it.
    left, right = np.array((0, 0, 1, 0, 1, 2)), np.array((1, 2, 2, 3, 3, 3))
    bits = np.array([12.0, 12.0, 12.0, 1.0, 1.0, 1.0])
    pairs_or_one = by_sizes(_people(*[1] * 400, *[2] * 300, *[3] * 200), prior=-9.0)
    up_to_five = by_sizes(_people(*[1] * 80, *[2] * 60, *[3] * 60, *[4] * 60, *[5] * 60), -9.0)
    assert len(set(cluster(4, left, right, bits, pairs_or_one).of_row.tolist())) == 2
    assert len(set(cluster(4, left, right, bits, up_to_five).of_row.tolist())) == 1


def test_groups_of_several_records_are_parted_sooner_than_one_record_from_its_group() -> None:
    said = by_sizes(_people(*[s for s in range(1, 13) for _ in range(20)]), prior=-8.0)
    assert said[1][7] > said[4][4] > said[6][6]


def test_chances_within_one_list_are_what_they_say() -> None:
    table, truth = twice(1_000, 3, 0.4, seed=5)
    linked = link_columns(table, threshold=0.001)
    ids = np.array(table["id"], object)
    pairs = zip(ids[linked.left], ids[linked.right], linked.probabilities.tolist(), strict=True)
    found = of_pairs(pairs, truth, ordered=False)
    assert found.f1 > 0.975
    assert found.best_f1 - found.f1 < 0.006
    assert found.calibration < 0.015
