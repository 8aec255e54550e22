"""Weights for the columns at hand, learned without labels, held to the shipped ones.

How often a level is seen among two people at random (u) is counted on random pairs; how often
when two records are one person (m) comes from expectation-maximisation over candidate pairs,
after Winkler (1988), each half held to the shipped prior so that a few odd values can't run
away with it. Three kinds of pairs are told apart: one person, two of one household, two at
random; without the second, brothers and sisters are learned as one person. The rarity of an
agreeing value counts by the number of people, not of records, that bear it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.blocking import Rows
from matching.column_levels import Levels, compare_values, levels_of
from matching.columns import HOUSEHOLD_SHARES, Column, Columns, Kind
from matching.weights import Weights

Floats = npt.NDArray[np.float64]

_RANDOM_PAIRS = 600_000
_ROUNDS = 25
_HELD_BY = 30.0  # pairs that the shipped prior counts for, beside half of what is seen
_COUNTED_BY = 10.0  # random pairs that the shipped prior counts for
_BITS_AT_MOST = 24.0
_WORTH_SWAPPING = 4.0
_FEWEST_PAIRS = 20.0
_HOPELESS, _HOPELESS_AFTER = -18.0, 2
_HOME_ALIKE = 0.012  # two of one household whose first names or birth dates agree (twins)
STRAIGHT, SWAPPED = 0, 1


def prior_name(kind: Kind) -> str:
    """Under which name the shipped priors of a kind of column stand in the weights file."""
    if kind in (Kind.GIVEN, Kind.FAMILY):
        return "name"
    if kind in (Kind.NUMBER, Kind.HOUSE, Kind.POSTCODE, Kind.PHONE):
        return "code"
    return kind.value if kind in (Kind.DOB, Kind.SEX, Kind.EMAIL) else "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Pairs with the level of each column, exchanges after the columns; -1 is missing.

    `tokens` holds the value that both have, or -1.
    """

    left: Rows
    right: Rows
    levels: Levels
    tokens: npt.NDArray[np.int32]


class Comparer:
    """Compares rows column by column; names written in each other's place are seen."""

    def __init__(self, columns: Columns, weights: Weights) -> None:
        self.columns = columns
        self.parts: tuple[Column, ...] = columns.columns
        self.exchanges = tuple(_exchanges(self.parts))
        self.names = (
            *(column.name for column in self.parts),
            *(f"{self.parts[a].name} and {self.parts[b].name}" for a, b in self.exchanges),
        )
        self.levels = (
            *(levels_of(column.kind) for column in self.parts),
            *(("as written", "exchanged") for _ in self.exchanges),
        )
        kinds = [*(prior_name(c.kind) for c in self.parts), *("exchange" for _ in self.exchanges)]
        priors = [
            [weights.columns[kind][level] for level in levels]
            for kind, levels in zip(kinds, self.levels, strict=True)
        ]
        self.m = [np.array([p["m"] for p in part]) for part in priors]
        self.u = [np.array([p["u"] for p in part]) for part in priors]
        self._rough = [np.append(np.log2(m / u), 0.0) for m, u in zip(self.m, self.u, strict=True)]
        self._values = [np.array([*column.values, ""], object) for column in self.parts]

    def _cross(self, a: int, b: int, left: Rows, right: Rows) -> Levels:
        one, other = self.parts[a], self.parts[b]
        return compare_values(
            one.kind, self._values[a], self._values[b], one.codes[left], other.codes[right]
        )

    def compare(self, left: Rows, right: Rows) -> Compared:
        """The levels of pairs of rows."""
        count = len(self.parts)
        levels = np.zeros((len(left), len(self.names)), np.int8)
        tokens = np.full((len(left), count), -1, np.int32)
        for at, column in enumerate(self.parts):
            levels[:, at] = self._cross(at, at, left, right)
            same = levels[:, at] == 0
            tokens[same, at] = column.codes[left[same]]
        for place, (a, b) in enumerate(self.exchanges, count):
            self._exchange(place, a, b, left, right, levels, tokens)
        return Compared(left=left, right=right, levels=levels, tokens=tokens)

    def _exchange(
        self,
        place: int,
        a: int,
        b: int,
        left: Rows,
        right: Rows,
        levels: Levels,
        tokens: npt.NDArray[np.int32],
    ) -> None:
        open_ = np.flatnonzero((levels[:, a] != 0) | (levels[:, b] != 0))
        one = self._cross(a, b, left[open_], right[open_])
        other = self._cross(a, b, right[open_], left[open_])
        straight = self._rough[a][levels[open_, a]] + self._rough[b][levels[open_, b]]
        crossed = self._rough[a][one] + self._rough[b][other]
        better = crossed > straight + _WORTH_SWAPPING
        at, one, other = open_[better], one[better], other[better]
        # Which row has them exchanged is not known. What agrees better counts as the family name
        # or second line, which a household shares: the more careful reading.
        missing = np.int8(99)
        x, y = np.where(one < 0, missing, one), np.where(other < 0, missing, other)
        levels[at, b] = np.where(x <= y, one, other)
        levels[at, a] = np.where(x <= y, other, one)
        tokens[at, a] = tokens[at, b] = -1
        levels[at, place] = SWAPPED
        levels[(levels[:, a] < 0) & (levels[:, b] < 0), place] = -1


def _exchanges(parts: Sequence[Column]) -> list[tuple[int, int]]:
    """Columns whose values may stand in each other's place."""
    kinds = [column.kind for column in parts]
    found = []
    if Kind.GIVEN in kinds and Kind.FAMILY in kinds:
        found.append((kinds.index(Kind.GIVEN), kinds.index(Kind.FAMILY)))
    streets = [at for at, kind in enumerate(kinds) if kind is Kind.STREET]
    if len(streets) == 2:
        found.append((streets[0], streets[1]))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Weights for two tables' columns: m and u of each level, and the share of each value.

    `matches` is the expected number of pairs that are one person; `others` how many pairs of
    one household come to each of these. `learned` is False where too few pairs looked alike,
    and the shipped weights were kept.
    """

    comparer: Comparer
    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    shares: tuple[Floats, ...]
    matches: float
    others: float
    learned: bool

    @property
    def prior(self) -> float:
        """Log2 odds, before comparing, that a pair is one person."""
        pairs = max(1.0, self.comparer.columns.all_pairs)
        share = min(0.5, max(self.matches, 0.5) / pairs)
        return float(np.log2(share / (1.0 - share)))

    def weigh(self, pairs: Compared) -> tuple[Floats, Floats]:
        """Bits of each part of each pair against people at random, and the final bits.

        What others of one household would share is taken off in the second.
        """
        random = np.zeros((len(pairs.left), len(self.m)))
        home = np.full(len(pairs.left), -np.log2(self.others))
        for at, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            level = pairs.levels[:, at]
            bits = np.append(np.log2(m / u), 0.0)[level]
            if at < len(self.shares) and len(self.shares[at]):
                on = pairs.tokens[:, at] >= 0
                share = self.shares[at][pairs.tokens[on, at]]
                bits[on] = np.log2(m[0] / share)
            most = _BITS_AT_MOST if at < len(self.shares) else 0.0
            random[:, at] = np.minimum(bits, most)
            kind = self.comparer.parts[at].kind if at < len(self.shares) else None
            if kind in (Kind.GIVEN, Kind.DOB):
                most_at_home = np.append(np.maximum(0.0, np.log2(m / _HOME_ALIKE)), 0.0)[level]
                home += np.minimum(random[:, at], most_at_home)
            elif kind is None or kind not in HOUSEHOLD_SHARES:
                home += random[:, at]
        total = random.sum(axis=1) + self.prior
        return random, -np.logaddexp2(-total, -home)


def probability(bits: Floats) -> Floats:
    """Probabilities for log2 odds."""
    return 1.0 / (1.0 + np.exp2(-np.clip(bits, -500, 500)))


def random_pairs(columns: Columns, seed: int = 1) -> tuple[Rows, Rows]:
    """Pairs of rows drawn at random, the same for the same rows."""
    rng = np.random.default_rng(seed)
    if columns.all_pairs < 1:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if columns.within:
        a = rng.integers(0, columns.rows, _RANDOM_PAIRS)
        b = rng.integers(0, columns.rows - 1, _RANDOM_PAIRS)
        b += b >= a
        return np.minimum(a, b), np.maximum(a, b)
    return (
        rng.integers(0, columns.split, _RANDOM_PAIRS),
        rng.integers(columns.split, columns.rows, _RANDOM_PAIRS),
    )


def _patterns(pairs: Compared) -> tuple[Compared, Rows, Floats]:
    """The distinct patterns of levels, the pattern of each pair, and how often each is seen."""
    levels = np.ascontiguousarray(pairs.levels)
    rows = levels.view(np.dtype((np.void, levels.shape[1]))).ravel()
    _, first, of_pair, times = np.unique(
        rows, return_index=True, return_inverse=True, return_counts=True
    )
    seen = _only(pairs, first)
    bare = Compared(
        left=seen.left, right=seen.right, levels=seen.levels, tokens=np.full_like(seen.tokens, -1)
    )
    return bare, of_pair.astype(np.int64), times.astype(float)


def _only(pairs: Compared, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Compared:
    return Compared(
        left=pairs.left[chosen],
        right=pairs.right[chosen],
        levels=pairs.levels[chosen],
        tokens=pairs.tokens[chosen],
    )


def _counted(levels: Levels, weight: Floats, size: int) -> Floats:
    held = levels >= 0
    return np.bincount(levels[held], weights=weight[held], minlength=size).astype(float)


def _toward(counts: Floats, prior: Floats, strength: float) -> Floats:
    held: Floats = (counts + strength * prior) / (counts.sum() + strength)
    return held


class Estimator:
    """Learns an `Estimate` from candidate pairs; `part` is the share of all candidates given."""

    def __init__(
        self, columns: Columns, weights: Weights, pairs: tuple[Rows, Rows], *, part: float = 1.0
    ) -> None:
        self.columns = columns
        self.comparer = Comparer(columns, weights)
        self.weights = weights
        self.part = part
        self.pairs = self.comparer.compare(*pairs)
        every = len(pairs[0]) == columns.all_pairs
        drawn = self.pairs if every else self.comparer.compare(*random_pairs(columns))
        self._drawn = drawn.left, drawn.right
        self._patterns, self._pattern_of, self._times = _patterns(drawn)
        self._counts = [
            np.bincount(c.codes[c.codes >= 0], minlength=len(c.values)).astype(float)
            for c in columns.columns
        ]

    def learn(self) -> Estimate:
        """Expectation-maximisation from the shipped priors on."""
        columns = self.columns
        fewer = columns.rows if columns.within else min(columns.split, columns.rows - columns.split)
        matches = min(float(fewer), 0.25 * columns.all_pairs)
        estimate = self._as_shipped(matches, learned=True)
        pairs = self.pairs
        for turn in range(_ROUNDS):
            before = estimate
            random, bits = estimate.weigh(pairs)
            if turn == _HOPELESS_AFTER:
                hopeful = bits > _HOPELESS
                pairs, random, bits = _only(pairs, hopeful), random[hopeful], bits[hopeful]
            estimate = self._maximised(pairs, random, bits, estimate)
            if abs(estimate.matches - before.matches) < 1e-3 * before.matches and turn > 3:
                break
        if self._sure(estimate) < _FEWEST_PAIRS:
            return self._as_shipped(estimate.matches, learned=False)
        return estimate

    def _as_shipped(self, matches: float, *, learned: bool) -> Estimate:
        """The shipped m, with u and shares as counted."""
        others = self.weights.household_others
        m = tuple(self.comparer.m)
        return self._estimate(m, matches, others, self._counts, None, learned=learned)

    def _sure(self, estimate: Estimate) -> float:
        one = probability(estimate.weigh(self.pairs)[1])
        return float(one[one > 0.95].sum()) / self.part

    def _maximised(
        self, pairs: Compared, random: Floats, bits: Floats, before: Estimate
    ) -> Estimate:
        one = probability(bits)
        total = random.sum(axis=1) + before.prior
        # Of what is not one person, the share that a household explains.
        at_home = (1.0 - one) * np.clip(1.0 - np.exp2(np.minimum(0.0, bits - total)), 0.0, 1.0)
        matched = float(one.sum())
        others = (at_home.sum() + _COUNTED_BY * self.weights.household_others) / (
            matched + _COUNTED_BY
        )
        people = []
        for at, counts in enumerate(self._counts):
            tokens = pairs.tokens[:, at]
            held = tokens >= 0
            alike = np.bincount(tokens[held], weights=one[held], minlength=len(counts)) / self.part
            people.append(counts / (1.0 + 2.0 * alike / np.maximum(counts, 1.0)))
        return self._estimate(
            tuple(
                _held_to(_counted(pairs.levels[:, at], one, len(m)), m)
                for at, m in enumerate(self.comparer.m)
            ),
            matched / self.part + 0.5,
            float(others),
            people,
            before,
            learned=True,
        )

    def refine(self, before: Estimate, cluster: npt.NDArray[np.int64]) -> Estimate:
        """The estimate again, with rows of one `cluster` taken as one person."""
        one = (cluster[self.pairs.left] == cluster[self.pairs.right]).astype(float)
        people = []
        for column in self.columns.columns:
            held = column.codes >= 0
            pairs = np.unique(
                column.codes[held].astype(np.int64) * self.columns.rows + cluster[held]
            )
            people.append(
                np.bincount(pairs // self.columns.rows, minlength=len(column.values)).astype(float)
            )
        two = cluster[self._drawn[0]] != cluster[self._drawn[1]]
        other = np.bincount(self._pattern_of, weights=two, minlength=len(self._times)).astype(float)
        return self._estimate(
            tuple(
                _held_to(_counted(self.pairs.levels[:, at], one, len(m)), m)
                for at, m in enumerate(self.comparer.m)
            ),
            float(one.sum()) + 0.5,
            before.others,
            people,
            before,
            learned=True,
            other=other,
        )

    def _estimate(
        self,
        m: tuple[Floats, ...],
        matches: float,
        others: float,
        people: Sequence[Floats],
        before: Estimate | None,
        *,
        learned: bool,
        other: Floats | None = None,
    ) -> Estimate:
        if other is None:
            other = self._times
            if before is not None:
                other = other * (1.0 - probability(before.weigh(self._patterns)[1]))
        u, shares = [], []
        for at, prior in enumerate(self.comparer.u):
            seen = _toward(
                _counted(self._patterns.levels[:, at], other, len(prior)), prior, _COUNTED_BY
            )
            if at < len(people):
                total = max(1.0, people[at].sum())
                same = max(float((people[at] ** 2).sum()) / total**2, 1e-9)
                seen[0] = min(same, 0.99)
                seen[1:] *= (1.0 - seen[0]) / seen[1:].sum()
                rare = self.columns.columns[at].kind is not Kind.SEX
                shares.append(np.maximum(people[at], 0.5) / total if rare else np.zeros(0))
            u.append(seen)
        return Estimate(
            comparer=self.comparer,
            m=m,
            u=tuple(u),
            shares=tuple(shares),
            matches=matches,
            others=others,
            learned=learned,
        )


def _held_to(counts: Floats, prior: Floats) -> Floats:
    """What is seen among matches, half held to the prior."""
    return _toward(counts, prior, _HELD_BY + float(counts.sum()))
