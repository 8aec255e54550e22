"""Records of one person brought together: pairs that the rest of their records speak for.

Agglomerative clustering by the mean of the bits between two groups of records (Sokal and
Michener 1958), so that one pair that happens to look alike can't join two people whose other
records disagree, and a poor record finds its person through several better ones. How many
records people have in this list counts too (`by_sizes`): where hardly anybody has four, a fourth
that looks like three is seldom theirs, and where most have ten, few stand alone.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.blocking import Rows

Floats = npt.NDArray[np.float64]

UNSEEN = -6.0
"""What a pair that was no candidate, or speaks against more, counts for between two groups."""
_AT_MOST = 15.0
_SEVERAL = 1.0  # bits that a mean of many pairs is worth more than one pair's
_LARGEST = 40  # records of one person that are told from more
_SELDOM = 0.02  # least share of people with one record more to those with so many
_BY_SIZE = 0.75  # how far sizes count: pairs of the same records repeat each other
_BY_SIZE_AT_MOST = 4.0
_BOTH_SEVERAL = 2.0  # bits: several records of one person seldom look unlike several others
Sizes = Sequence[Sequence[float]]
"""What it says for two groups of so many records to be one person, in bits, by both sizes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """The cluster of each row; pairs, and for each the bits at which its groups met.

    The pairs are the candidates and all others of one cluster, `left` the lower row.
    """

    of_row: npt.NDArray[np.int64]
    left: Rows
    right: Rows
    met: Floats


def _evenly() -> Sizes:
    sizes = range(_LARGEST + 1)
    return [[_SEVERAL * (1.0 - 1.0 / max(1, a * b)) for b in sizes] for a in sizes]


_EVENLY = _evenly()


def by_sizes(of_row: npt.NDArray[np.int64], prior: float) -> Sizes:
    """What the sizes of two groups say, by how many groups of each size these clusters are.

    That is how much likelier than two rows at random (`prior`, in bits) a group of both sizes
    together is to have come apart into these two, than two people to have so many each.
    """
    held = np.bincount(np.bincount(of_row), minlength=2 * _LARGEST + 1).tolist()
    bits = [0.0, math.log2(max(1, held[1]))]
    for people in held[2 : 2 * _LARGEST + 1]:
        bits.append(max(math.log2(max(0.5, people)), bits[-1] + math.log2(_SELDOM)))

    def said(a: int, b: int) -> float:
        likelier = bits[a + b] - bits[a] - bits[b] + math.log2(a + b) - prior
        found = _BY_SIZE * min(_BY_SIZE_AT_MOST, likelier)
        return found - _BOTH_SEVERAL * math.log2(min(a, b)) + _EVENLY[a][b]

    sizes = range(1, _LARGEST + 1)
    return [_EVENLY[0], *([0.0, *(said(a, b) for b in sizes)] for a in sizes)]


class _Groups:
    """Groups of rows with the summed bits, above UNSEEN, of the pairs between two of them."""

    def __init__(self, rows: int, left: Rows, right: Rows, bits: Floats, sizes: Sizes) -> None:
        self._sizes = sizes
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
        """Mean bits between two groups, and what their sizes say."""
        between = self.near[a].get(b)
        if between is None:
            return UNSEEN
        one, other = self.size[a], self.size[b]
        said = self._sizes[min(one, _LARGEST)][min(other, _LARGEST)]
        return between / (one * other) + UNSEEN + said

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

    def tops(self) -> npt.NDArray[np.int64]:
        """The last group that each row came into."""
        top = np.arange(len(self.joined))
        for row, step in enumerate(self.joined):
            if step is not None:
                top[row] = step[0]
        while (top[top] != top).any():
            top = top[top]
        return top

    def way_up(self, row: int) -> list[tuple[int, float]]:
        """The groups a row came into, each with the bits at which it did."""
        way = [(row, np.inf)]
        while (step := self.joined[way[-1][0]]) is not None:
            way.append(step)
        return way


def cluster(rows: int, left: Rows, right: Rows, bits: Floats, sizes: Sizes = _EVENLY) -> Clusters:
    """Bring the records of one person together by the bits of candidate pairs.

    Pairs of one cluster that were no candidates are found with it. `sizes` are of clusters found
    before (`by_sizes`).
    """
    near = bits > UNSEEN
    groups = _Groups(rows, left[near], right[near], np.minimum(bits[near], _AT_MOST), sizes)
    groups.join_all()
    top = groups.tops()
    inside = _pairs_within(top)
    known = left * rows + right
    known_inside = np.isin(known, inside)
    # Of pairs between two clusters those that are near speak; the others are as they were.
    between = np.flatnonzero(near & ~known_inside)
    far = np.flatnonzero(~near & ~known_inside)
    ways: dict[int, list[tuple[int, float]]] = {}
    all_left = np.concatenate([inside // rows, left[between]])
    all_right = np.concatenate([inside % rows, right[between]])
    met = np.empty(len(all_left))
    for at, (a, b) in enumerate(zip(all_left.tolist(), all_right.tolist(), strict=True)):
        for row in (a, b):
            if row not in ways:
                ways[row] = groups.way_up(row)
        met[at] = _meeting(groups, ways[a], ways[b])
    return Clusters(
        of_row=top,
        left=np.concatenate([all_left, left[far]]),
        right=np.concatenate([all_right, right[far]]),
        met=np.concatenate([met, bits[far]]),
    )


def _pairs_within(top: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """All pairs of rows of one cluster, the lower first, each as one number in order."""
    order = np.argsort(top, kind="stable")
    starts = np.flatnonzero(np.append(True, top[order][1:] != top[order][:-1]))
    sizes = np.diff(np.append(starts, len(top)))
    found = [np.zeros(0, np.int64)]
    for size in np.unique(sizes[sizes > 1]).tolist():
        members = order[starts[sizes == size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        found.append((members[:, one] * len(top) + members[:, other]).ravel())
    return np.sort(np.concatenate(found))


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
