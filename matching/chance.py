"""How often two people agree by chance, counted where no pair is one person: within each list.

Columns depend on each other (a first name goes with a family name, a street with a postcode), so
strangers agree on several at once more often than each column by itself tells, and the longer the
lists, the more such pairs there are to each true one. Two lists that hold each person once show
how many: what a pair within one list weighs is what chance weighs. `Curve` sets what is found
between the lists against that, as proteomics does with decoys (Elias and Gygi 2007), along a
smooth curve (penalised counts, Eilers and Marx 1996) that leaves the learned bits alone where
neither says otherwise. Records held twice within a list are told by the best pairs and taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.blocking import Rows, Rule, candidates, own_blocks
from matching.columns import Columns

Floats = npt.NDArray[np.float64]

_LEAST, _MOST = -12, 40  # bits
_STEP, _LEVEL = 0.5, 3.0  # bits that a curve may turn from one bit to the next, and in all
_LIKE_THE_OTHER = 0.15  # how far chance within a list may differ from chance between the two
_ROUNDS = 60
_TRACE = 0.02
_STEEP = 0.02  # least slope, so that pairs keep their order
_SURE = 7.0
_HELD_TWICE_AT_MOST = 0.3
_TOP_AT_LEAST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """From bits as learned to bits as counted: `shift` is added at the bits `at`."""

    at: Floats
    shift: Floats

    def __call__(self, bits: Floats) -> Floats:
        """Bits as counted; in the same order."""
        found: Floats = bits + np.interp(bits, self.at, self.shift)
        return found

    def before(self, bits: float) -> float:
        """The bits as learned that come to these."""
        counted = self.at + self.shift
        if not counted[0] < bits < counted[-1]:
            return bits - float(self.shift[0 if bits <= counted[0] else -1])
        return float(np.interp(bits, counted, self.at))


AS_LEARNED = Curve(at=np.zeros(1), shift=np.zeros(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Candidate pairs within each of two lists, out of so many pairs that were `looked_at`."""

    left: Rows
    right: Rows
    looked_at: float


def inside(columns: Columns, rules: Sequence[Rule], at_most: int) -> Inside:
    """About `at_most` candidates within each list, brought by the rules as between the lists.

    Without rules all pairs are candidates.
    """
    split, rows = columns.split, columns.rows
    found, looked_at = [], 0.0
    for side in (range(split), range(split, rows)):
        pairs = len(side) * (len(side) - 1) / 2.0
        per_pair = sum(rule.pairs for rule in rules) / columns.all_pairs if rules else 1.0
        every = max(1, int(np.ceil(pairs * per_pair / at_most)))
        some = np.arange(side.start, side.stop, every)
        looked_at += float((side.stop - 1 - some).sum())
        if rules:
            # A block is as crowded in a list of another length.
            longer = len(side) / max(1, rows - split)
            fair = [replace(r, at_most=max(1, round(r.at_most * longer))) for r in rules]
            blocks = [own_blocks(rule, some, side) for rule in fair]
            found.append(candidates(columns, blocks, some))
        else:
            counts = side.stop - 1 - some
            left = np.repeat(some, counts)
            within = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
            found.append((left, left + 1 + within))
    return Inside(
        left=np.concatenate([left for left, _ in found]),
        right=np.concatenate([right for _, right in found]),
        looked_at=looked_at,
    )


def _by_bits(bits: Floats, edges: Floats, weight: Floats) -> Floats:
    held = bits >= edges[0]
    within = np.minimum(bits[held], np.nextafter(edges[-1], 0.0))
    counts: Floats = np.histogram(within, edges, weights=weight[held])[0].astype(float)
    return counts


def fitted(
    bits: Floats, chance: Floats, weight: Floats, ratio: float, *, held_twice: bool = True
) -> Curve:
    """The curve for pairs of `bits`, given what pairs within the lists weigh.

    Of these each counts as `weight`, and stands for `ratio` pairs between the lists. Without
    `held_twice` nobody is taken to be in one list twice: while weights are still being learned,
    the best pairs may be strangers.
    """
    if not len(bits):
        return AS_LEARNED
    most = min(_MOST, max(_LEAST + 2, int(np.ceil(bits.max()))))
    edges = np.arange(_LEAST, most + 1, dtype=float)
    at = edges[:-1] + 0.5
    size = len(at)
    seen = _by_bits(bits, edges, np.ones(len(bits)))
    sure = 1.0 / (1.0 + np.exp2(-np.clip(bits, -500, 500)))
    one = _by_bits(bits, edges, sure)
    by_chance = _by_bits(chance, edges, weight)
    twice = _held_twice(at, one, by_chance) if held_twice else 0.0
    if twice * ratio > _HELD_TWICE_AT_MOST:
        return AS_LEARNED
    by_chance = np.maximum(0.0, by_chance - twice * one)
    # A trace of a pair in each bin, so that an empty one follows its neighbours.
    two = seen - one + _TRACE / (1.0 + np.exp2(at))
    one = one + _TRACE / (1.0 + np.exp2(-at))
    turns = np.diff(np.eye(size), axis=0) / (_STEP * np.log(2.0))
    held = turns.T @ turns + np.eye(size) / (_LEVEL * np.log(2.0)) ** 2
    none = np.zeros((size, size))
    penalty = np.block([[held, none], [none, held]])
    counts = np.concatenate([seen, by_chance])
    moved = np.zeros(2 * size)
    for _ in range(_ROUNDS):
        strangers, people = two * np.exp(moved[:size]), one * np.exp(moved[size:])
        expected = np.concatenate([strangers + people, strangers / ratio]) + 1e-9
        spread = expected.copy()
        spread[size:] += (_LIKE_THE_OTHER * expected[size:]) ** 2
        slopes = np.block(
            [[np.diag(strangers), np.diag(people)], [np.diag(strangers) / ratio, none]]
        )
        uphill = slopes.T @ ((counts - expected) / spread) - penalty @ moved
        step = np.linalg.solve(slopes.T @ (slopes / spread[:, None]) + penalty, uphill)
        moved += np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-4:
            break
    counted = at + (moved[size:] - moved[:size]) / np.log(2.0)
    rising = np.maximum.accumulate(counted - _STEEP * at) + _STEEP * at
    return Curve(at=at, shift=rising - at)


def _held_twice(at: Floats, one: Floats, by_chance: Floats) -> float:
    """Pairs within the lists to each true one between them, by the best of these."""
    sure = np.where(at > _SURE, one, 0.0)
    # The better half: there chance alone brings next to nobody.
    top = (np.cumsum(sure[::-1])[::-1] <= 0.5 * sure.sum()) & (sure > 0.0)
    if sure[top].sum() < _TOP_AT_LEAST:
        top = sure > 0.0
    if sure[top].sum() < _TOP_AT_LEAST:
        return 0.0
    return float(by_chance[top].sum() / sure[top].sum())
