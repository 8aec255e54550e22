"""Finding the pairs of a batch linkage: rules, weights learned, candidates compared in parts.

Of a long list the weights are learned, and the rules chosen, on a sample of its rows; all
candidates are then compared some rows at a time, and only pairs that may matter are kept.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from matching.blocking import (
    ALL_OF_THEM,
    Rows,
    Rule,
    blocks_of,
    candidates,
    choose_rules,
    every_pair,
    fewest,
    tried,
)
from matching.chance import inside
from matching.clusters import UNSEEN, by_sizes, cluster
from matching.columns import Columns
from matching.errors import LinkCancelledError
from matching.estimate import Estimate, Estimator, Floats, probability
from matching.pairs import Compared, together
from matching.weights import Weights

_AT_ONCE = 1_000_000
_LEARNED_FROM = 2_000_000
_MANY = 12_000_000
_BY_CHANCE = 1_000_000  # candidates within each of two lists
_ONCE_EACH = 0.05
_PAIRED_AT_MOST = 0.9
_UNPAIRED = 10.0  # records without a partner that every list is taken to have besides
_SIDE_BY_SIDE = 2
_SURE_ENOUGH = 40.0  # bits
_TURNS = 12
Progress = Callable[[float], None]
Cancelled = Callable[[], bool]


class Watch:
    """Tells how far the work is, and stops it when somebody asks."""

    def __init__(self, progress: Progress | None, cancelled: Cancelled | None) -> None:
        self._progress = progress
        self._cancelled = cancelled

    def at(self, share: float) -> None:
        if self._cancelled is not None and self._cancelled():
            raise LinkCancelledError("Linking was stopped. Nothing was linked or changed.")
        if self._progress is not None:
            self._progress(share)

    def between(self, low: float, high: float) -> Progress:
        """Progress of one part of the work."""
        return lambda share: self.at(low + share * (high - low))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Pairs found, in rows of the columns, with their final bits; `compared` is of how many."""

    estimate: Estimate
    rules: tuple[str, ...]
    compared: int
    left: Rows
    right: Rows
    bits: Floats


def find_pairs(columns: Columns, weights: Weights, low: float, watch: Watch) -> Found:
    """Pairs of rows that may be one person; those below `low` bits may be left out."""
    none = np.zeros(0, np.int64)
    if columns.all_pairs < 1:
        nothing = Estimator(columns, weights, (none, none)).learn()
        return Found(
            estimate=nothing, rules=(), compared=0, left=none, right=none, bits=np.zeros(0)
        )
    rules: list[Rule] = []
    every = 1
    if columns.all_pairs <= ALL_OF_THEM:
        pairs = every_pair(columns)
    else:
        rules = choose_rules(columns, watch.between(0.05, 0.1))
        every = max(1, math.ceil(sum(rule.pairs for rule in rules) / _LEARNED_FROM))
        trial = tried(columns, rules, np.arange(0, columns.split, every), watch.between(0.1, 0.2))
        pairs = trial.left, trial.right
    chance = None if columns.within else inside(columns, rules, _BY_CHANCE)
    estimator = Estimator(columns, weights, pairs, part=1.0 / every, chance=chance)
    watch.at(0.2)
    estimate = estimator.learn()
    watch.at(0.3)
    bits = estimate.weigh(estimator.pairs)[1]
    least = estimate.curve.before(min(UNSEEN, low))
    if every > 1:
        if sum(rule.pairs for rule in rules) > _MANY:
            rules = fewest(columns, trial, np.flatnonzero(estimate.curve(bits) > 0.0))
        compared, near, bits = _in_parts(columns, rules, estimate, least, watch)
        if not columns.within and estimate.learned:
            chance = inside(columns, rules, _BY_CHANCE)
            estimate = estimator.again(estimate, near, chance, least)
            bits = estimate.weigh(near)[1]
    else:
        compared = len(bits)
        kept = np.flatnonzero(bits >= least)
        near, bits = estimator.pairs.only(kept), bits[kept]
    bits = estimate.curve(bits)
    left, right = near.left, near.right
    if not columns.within:
        bits = _once_each(columns, left, right, bits)
    elif len(near):
        groups = cluster(columns.rows, left, right, bits)
        if estimate.learned:
            watch.at(0.9)
            estimate = estimator.refine(estimate, near, groups.of_row)
            sizes = by_sizes(groups.of_row, estimate.prior)
            groups = cluster(columns.rows, left, right, estimate.weigh(near)[1], sizes)
        left, right, bits = groups.left, groups.right, groups.met
    return Found(
        estimate=estimate,
        rules=tuple(rule.name for rule in rules),
        compared=compared,
        left=left,
        right=right,
        bits=bits,
    )


def _in_parts(
    columns: Columns, rules: Sequence[Rule], estimate: Estimate, least: float, watch: Watch
) -> tuple[int, Compared, Floats]:
    """Compare all candidates, some rows at a time; only pairs that may matter are kept."""
    blocks = []
    making = watch.between(0.3, 0.4)
    for place, rule in enumerate(rules):
        making(place / len(rules))
        blocks.append(blocks_of(columns, rule))
    each = max(1.0, sum(rule.pairs for rule in rules) / max(1, columns.split))
    step = max(1, int(_AT_ONCE / each))
    comparing = watch.between(0.4, 0.9)

    def compare(start: int) -> tuple[int, Compared, Floats]:
        rows = np.arange(start, min(columns.split, start + step))
        left, right = candidates(columns, blocks, rows)
        return len(left), *estimate.near(left, right, least)

    compared = 0
    kept: list[tuple[Compared, Floats]] = []
    # Sorting and comparing texts leave the interpreter to the other thread.
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        starts = range(0, columns.split, step)
        coming = deque(pool.submit(compare, start) for start in starts[:_SIDE_BY_SIDE])
        for place, start in enumerate(starts):
            comparing(start / columns.split)
            count, near, bits = coming.popleft().result()
            if place + _SIDE_BY_SIDE < len(starts):
                coming.append(pool.submit(compare, starts[place + _SIDE_BY_SIDE]))
            compared += count
            kept.append((near, bits))
    return (
        compared,
        together([pairs for pairs, _ in kept]),
        np.concatenate([bits for _, bits in kept]),
    )


def _once_each(columns: Columns, left: Rows, right: Rows, bits: Floats) -> Floats:
    """Where both lists hold each person once, rivals for one record take from each other."""
    sure = bits > 4.0
    for rows in (left[sure], right[sure]):
        times = np.unique(rows, return_counts=True)[1]
        if not len(times) or (times > 1).mean() > _ONCE_EACH:
            return bits
    one = float(probability(bits).sum())
    free = [
        1.0 - min(_PAIRED_AT_MOST, one / (count + _UNPAIRED))
        for count in (columns.split, columns.rows - columns.split)
    ]
    # Who has no other partner is likelier to have this one.
    return once_each(columns.rows, left, right, bits - math.log2(free[0] * free[1]))


def once_each(rows: int, left: Rows, right: Rows, bits: Floats) -> Floats:
    """Bits of pairs when each of the rows stands in one pair at most.

    A rival that has a better partner of its own takes less: belief propagation on the pairs as a
    graph (Bayati, Shah and Sharma 2008), exact where it has no circles.
    """
    odds = np.exp2(np.minimum(bits, _SURE_ENOUGH))
    to_left, to_right = odds, odds

    def others(side: Rows, said: Floats) -> Floats:
        """What the other pairs of a row say for it, one added for no pair at all."""
        every = np.bincount(side, weights=said, minlength=rows)[side]
        found: Floats = 1.0 + np.maximum(0.0, every - said)
        return found

    for _ in range(_TURNS):
        at_left, at_right = others(left, to_left), others(right, to_right)
        to_right, to_left = odds / at_left, odds / at_right
    rivals = others(left, to_left) * others(right, to_right)
    return np.minimum(bits, _SURE_ENOUGH) - np.log2(rivals)
