"""Records of one person brought together: pairs that the rest of their records speak for.

Agglomerative clustering by the mean of the bits between two groups of records (Sokal and
Michener 1958), so that one pair that happens to look alike can't join two people whose other
records disagree, and a poor record finds its person through several better ones.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.blocking import Rows

Floats = npt.NDArray[np.float64]

UNSEEN = -6.0
"""What a pair that was no candidate, or speaks against more, counts for between two groups."""
_AT_MOST = 15.0
_SEVERAL = 2.0  # bits that a mean of many pairs is worth more than one pair's


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """The cluster of each row, and for each candidate pair the bits at which its groups met."""

    of_row: npt.NDArray[np.int64]
    met: Floats


class _Groups:
    """Groups of rows with the summed bits, above UNSEEN, of the pairs between two of them."""

    def __init__(self, rows: int, left: Rows, right: Rows, bits: Floats) -> None:
        self.size = [1] * rows
        self.joined: list[tuple[int, float] | None] = [None] * rows
        self.near: list[dict[int, float]] = [{} for _ in range(rows)]
        self._heap: list[tuple[float, int, int, int, int]] = []
        above = (bits - UNSEEN).tolist()
        for a, b, x in zip(left.tolist(), right.tolist(), above, strict=True):
            self.near[a][b] = self.near[b][a] = x
            self._offer(a, b)
        heapq.heapify(self._heap)

    def mean(self, a: int, b: int) -> float:
        """Mean bits between two groups, a little more where it rests on several pairs."""
        between = self.near[a].get(b)
        if between is None:
            return UNSEEN
        pairs = self.size[a] * self.size[b]
        return between / pairs + UNSEEN + _SEVERAL * (1.0 - 1.0 / pairs)

    def _offer(self, a: int, b: int) -> None:
        mean = self.mean(a, b)
        if mean > 0.0:
            low, high = min(a, b), max(a, b)
            self._heap.append((-mean, low, high, self.size[low], self.size[high]))

    def join_all(self) -> None:
        """Join the nearest two groups until none are more likely one person than two."""
        while self._heap:
            mean, a, b, first, second = heapq.heappop(self._heap)
            stale = self.joined[a] is not None or self.joined[b] is not None
            if not stale and (self.size[a], self.size[b]) == (first, second):
                self._join(a, b, -mean)

    def _join(self, a: int, b: int, mean: float) -> None:
        if len(self.near[b]) > len(self.near[a]):
            a, b = b, a
        self.joined[b] = (a, mean)
        self.size[a] += self.size[b]
        del self.near[a][b], self.near[b][a]
        for other, between in self.near[b].items():
            del self.near[other][b]
            total = self.near[a].get(other, 0.0) + between
            self.near[a][other] = self.near[other][a] = total
        self.near[b] = {}
        for other in self.near[a]:
            mean = self.mean(a, other)
            if mean > 0.0:
                low, high = min(a, other), max(a, other)
                heapq.heappush(self._heap, (-mean, low, high, self.size[low], self.size[high]))

    def way_up(self, row: int) -> list[tuple[int, float]]:
        """The groups a row came into, each with the bits at which it did."""
        way = [(row, np.inf)]
        while (step := self.joined[way[-1][0]]) is not None:
            way.append(step)
        return way


def cluster(rows: int, left: Rows, right: Rows, bits: Floats) -> Clusters:
    """Bring the records of one person together by the bits of candidate pairs."""
    near = bits > UNSEEN
    near_left, near_right = left[near], right[near]
    groups = _Groups(rows, near_left, near_right, np.minimum(bits[near], _AT_MOST))
    groups.join_all()
    ways = {}
    met = bits.copy()
    found = np.empty(len(near_left))
    for at, (a, b) in enumerate(zip(near_left.tolist(), near_right.tolist(), strict=True)):
        for row in (a, b):
            if row not in ways:
                ways[row] = groups.way_up(row)
        found[at] = _meeting(groups, ways[a], ways[b])
    met[near] = found
    top = np.arange(rows)
    for row, way in ways.items():
        top[row] = way[-1][0]
    # Far pairs of one cluster share in it all the same.
    far = np.flatnonzero(~near & (top[left] == top[right]))
    for at in far.tolist():
        met[at] = _meeting(groups, ways[int(left[at])], ways[int(right[at])])
    return Clusters(of_row=top, met=met)


def _meeting(
    groups: _Groups, one: list[tuple[int, float]], other: list[tuple[int, float]]
) -> float:
    """Bits at which the groups of two rows met, or the mean between their last groups."""
    a, b = one[-1][0], other[-1][0]
    if a != b:
        return groups.mean(a, b)
    places = {group: at for at, (group, _) in enumerate(other)}
    for group, bits in one:
        at = places.get(group)
        if at is not None:
            # The later of the two joins, which as a rule is the lower.
            return float(min(bits, other[at][1]))
    raise AssertionError("Rows of one cluster have no group in common.")
