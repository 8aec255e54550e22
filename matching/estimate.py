"""Weights for the columns at hand, learned without labels, held to the shipped ones.

How often a level is seen among two people at random (u) is counted on random pairs; how often
when two records are one person (m) comes from expectation-maximisation over candidate pairs,
after Winkler (1988), each half held to the shipped prior so that a few odd values can't run
away with it. Three kinds of pairs are told apart: one person, two of one household, two at
random; without the second, brothers and sisters are learned as one person. The rarity of an
agreeing value counts by the number of people, not of records, that bear it. Between two lists
each step is set against what chance brings within each (`chance`); otherwise, in long lists,
strangers of one rare name would be learned as one person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.blocking import Rows
from matching.chance import AS_LEARNED, Curve, Inside, fitted
from matching.column_levels import Levels
from matching.columns import HOUSEHOLD_SHARES, Columns, Kind
from matching.pairs import ANOTHER, STRAIGHT, SWAPPED, Compared, Comparer, together
from matching.weights import Weights

Floats = npt.NDArray[np.float64]

_RANDOM_PAIRS = 600_000
_ROUNDS = 25
_HELD_BY = 30.0  # pairs that the shipped prior counts for, beside half of what is seen
_APART_AT_MOST = 4.0  # times as often as shipped may one person's values be nothing alike
_AGAIN = 2
_COUNTED_BY = 10.0  # random pairs that the shipped prior counts for
_LIKELIEST = 0.25  # share of all pairs that are one person, before any is compared
_FEW = 20.0  # people of whom half is counted and half as shipped
_BITS_AT_MOST = 24.0
_FEWEST_PAIRS = 20.0
_HOPELESS, _HOPELESS_AFTER = -18.0, 2
_HOME_ALIKE = 0.012  # two of one household whose first names or birth dates agree (twins)
_AT_ONCE = 500_000
_CHEAPEST_FIRST = (
    Kind.SEX, Kind.AGE, Kind.DOB, Kind.NUMBER, Kind.POSTCODE, Kind.PHONE, Kind.HOUSE, Kind.EMAIL,
    Kind.GIVEN, Kind.FAMILY,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Weights for two tables' columns: m and u of each level, and the share of each value.

    `matches` is the expected number of pairs that are one person; `others` how many pairs of
    one household come to each of these. `learned` is False where too few pairs looked alike,
    and the shipped weights were kept. `curve` leads from the bits that columns add up to, to
    those that chance leaves.
    """

    comparer: Comparer
    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    shares: tuple[Floats, ...]
    matches: float
    others: float
    learned: bool
    curve: Curve = AS_LEARNED

    @property
    def prior(self) -> float:
        """Log2 odds, before comparing, that a pair is one person."""
        pairs = max(1.0, self.comparer.columns.all_pairs)
        share = min(_LIKELIEST, max(self.matches, 0.5) / pairs)
        return float(np.log2(share / (1.0 - share)))

    def weigh(self, pairs: Compared, *, rarity: bool = True) -> tuple[Floats, Floats]:
        """Bits of each pair against people at random, and against people of one household too.

        What others of one household would share is taken off in the second, to which the
        `curve` applies. Without `rarity` an agreeing value counts by its column, however rare
        it is.
        """
        total = np.full(len(pairs), self.prior)
        home = np.full(len(pairs), -np.log2(self.others))
        for at, (m, bits) in enumerate(zip(self.m, self.parts(pairs, rarity=rarity), strict=True)):
            total += bits
            kind = self.comparer.parts[at].kind if at < len(self.shares) else None
            if kind in (Kind.GIVEN, Kind.DOB):
                most = np.append(np.maximum(0.0, np.log2(m / _HOME_ALIKE)), 0.0)
                home += np.minimum(bits, most[pairs.levels[:, at]])
            elif kind is None or kind not in HOUSEHOLD_SHARES:
                home += bits
        return total, -np.logaddexp2(-total, -home)

    def parts(self, pairs: Compared, *, rarity: bool = True) -> Iterator[Floats]:
        """Bits of each column, then each exchange, of the pairs against people at random."""
        for at in range(len(self.m)):
            yield self._part(at, pairs, rarity=rarity)

    def _part(self, at: int, pairs: Compared, *, rarity: bool = True) -> Floats:
        bits: Floats = np.append(np.log2(self.m[at] / self.u[at]), 0.0)[pairs.levels[:, at]]
        if at >= len(self.shares):
            return np.minimum(bits, 0.0)
        if rarity and len(self.shares[at]):
            on, values = self.comparer.agreeing(pairs, at)
            bits[on] = np.log2(self.m[at][0] / self.shares[at][values])
        return np.minimum(bits, _BITS_AT_MOST)

    def near(self, left: Rows, right: Rows, least: float) -> tuple[Compared, Floats]:
        """Those of the pairs that weigh at least `least` bits, compared, and their bits.

        A pair is given up as soon as what is not compared yet can't bring it there.
        """
        found = [
            self._near(left[start : start + _AT_ONCE], right[start : start + _AT_ONCE], least)
            for start in range(0, max(1, len(left)), _AT_ONCE)
        ]
        return together([pairs for pairs, _ in found]), np.concatenate([bits for _, bits in found])

    def _near(self, left: Rows, right: Rows, least: float) -> tuple[Compared, Floats]:
        comparer = self.comparer
        order = sorted(comparer.units, key=self._costs)
        most = np.stack([self._most(unit, left, right) for unit in order])
        bound = most.sum(axis=0) + np.float32(self.prior)
        levels = np.empty((len(left), len(comparer.names)), np.int8)
        short = np.float32(least - 0.01)
        for place, unit in enumerate(order):
            kept = np.flatnonzero(bound >= short)
            if len(kept) < 0.9 * len(bound):
                left, right, bound = left[kept], right[kept], bound[kept]
                most, levels = most[:, kept], levels[kept]
            comparer.compare_unit(unit, left, right, levels)
            pairs = Compared(left=left, right=right, levels=levels)
            bound -= most[place]
            for at in unit:
                bound += self._part(at, pairs).astype(np.float32)
        pairs = Compared(left=left, right=right, levels=levels)
        bits = self.weigh(pairs)[1]
        kept = np.flatnonzero(bits >= least)
        return pairs.only(kept), bits[kept]

    def _costs(self, unit: tuple[int, ...]) -> int:
        kind = self.comparer.parts[unit[0]].kind
        return _CHEAPEST_FIRST.index(kind) if kind in _CHEAPEST_FIRST else len(_CHEAPEST_FIRST)

    def _most(self, unit: tuple[int, ...], left: Rows, right: Rows) -> npt.NDArray[np.float32]:
        """The most that a unit can weigh, by which values are equal or missing alone."""
        most = np.zeros(len(left), np.float32)
        exchanged = 0.0
        for at in unit[:2]:
            bits = np.log2(self.m[at] / self.u[at])
            equal, gone, values = self.comparer.equal(at, left, right)
            part = np.where(gone, 0.0, bits[1:].max())
            if len(self.shares[at]):
                share = self.shares[at][values[equal]]
                part[equal] = np.log2(self.m[at][0] / share)
            most += np.minimum(part, _BITS_AT_MOST).astype(np.float32)
            exchanged += float(bits.max())
        if len(unit) > 1:
            ways = np.log2(self.m[unit[2]] / self.u[unit[2]])
            most = np.maximum(most + max(0.0, float(ways[STRAIGHT])), exchanged)
            most = np.maximum(most, np.float32(exchanged + ways[SWAPPED]))
            if self.comparer.parts[unit[0]].kind is Kind.GIVEN:
                otherwise = self.comparer.known_otherwise(left, right)
                most[otherwise] = np.maximum(most[otherwise], exchanged + max(0.0, ways[ANOTHER]))
        return most


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


def _patterns(pairs: Compared) -> tuple[Levels, Rows, Floats]:
    """The distinct patterns of levels, the pattern of each pair, and how often each is seen."""
    levels = np.ascontiguousarray(pairs.levels)
    rows = levels.view(np.dtype((np.void, levels.shape[1]))).ravel()
    _, first, of_pair, times = np.unique(
        rows, return_index=True, return_inverse=True, return_counts=True
    )
    return levels[first], of_pair.astype(np.int64), times.astype(float)


def _counted(levels: Levels, weight: Floats, size: int) -> Floats:
    held = levels >= 0
    return np.bincount(levels[held], weights=weight[held], minlength=size).astype(float)


def _toward(counts: Floats, prior: Floats, strength: float) -> Floats:
    held: Floats = (counts + strength * prior) / (counts.sum() + strength)
    return held


def _at_home(total: Floats, bits: Floats) -> Floats:
    """The share that a household explains, of what is not one person."""
    return np.clip(1.0 - np.exp2(np.minimum(0.0, bits - total)), 0.0, 1.0)


class Estimator:
    """Learns an `Estimate` from candidate pairs; `part` is the share of all candidates given.

    `chance` are candidates within each of two lists.
    """

    def __init__(
        self,
        columns: Columns,
        weights: Weights,
        pairs: tuple[Rows, Rows],
        *,
        part: float = 1.0,
        chance: Inside | None = None,
    ) -> None:
        self.columns = columns
        self.comparer = Comparer(columns, weights)
        self.weights = weights
        self.part = part
        self.pairs = self.comparer.compare(*pairs)
        self.chance = chance
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
        estimate = self._as_shipped(
            min(self._fewer, _LIKELIEST * self.columns.all_pairs), learned=True
        )
        pairs = self.pairs
        chance = self._compared_by_chance(estimate)
        for turn in range(_ROUNDS):
            before = estimate
            total, bits = estimate.weigh(pairs)
            if turn == _HOPELESS_AFTER:
                hopeful = np.flatnonzero(bits > _HOPELESS)
                pairs, total, bits = pairs.only(hopeful), total[hopeful], bits[hopeful]
            estimate = self._against(chance, estimate, bits, self.part, learning=True)
            estimate = self._maximised(pairs, total, bits, estimate, self.part)
            if abs(estimate.matches - before.matches) < 1e-3 * before.matches and turn > 3:
                break
        estimate = self._against(chance, estimate, estimate.weigh(pairs)[1], self.part)
        if self._sure(estimate) < _FEWEST_PAIRS:
            return self._as_shipped(estimate.matches, learned=False)
        return estimate

    def again(self, estimate: Estimate, near: Compared, chance: Inside, least: float) -> Estimate:
        """The estimate again, from `near`: all candidates of at least so many bits as learned."""
        self.chance = chance
        compared = self._compared_by_chance(estimate, least)
        for _ in range(_AGAIN):
            total, bits = estimate.weigh(near)
            estimate = self._against(compared, estimate, bits, 1.0, learning=True)
            estimate = self._maximised(near, total, bits, estimate, 1.0)
        return self._against(compared, estimate, estimate.weigh(near)[1], 1.0)

    @property
    def _fewer(self) -> float:
        columns = self.columns
        if columns.within:
            return float(columns.rows)
        return float(min(columns.split, columns.rows - columns.split))

    def _compared_by_chance(self, estimate: Estimate, least: float = _HOPELESS) -> Compared | None:
        if self.chance is None:
            return None
        return estimate.near(self.chance.left, self.chance.right, least)[0]

    def _against(
        self,
        compared: Compared | None,
        estimate: Estimate,
        bits: Floats,
        part: float,
        *,
        learning: bool = False,
    ) -> Estimate:
        """The estimate with the curve for pairs of so many bits."""
        if compared is None or self.chance is None:
            return estimate
        total, chance = estimate.weigh(compared)
        split = self.columns.split
        # Of a home within one list only those are between the two who are in both.
        theirs = np.where(compared.left < split, self.columns.rows - split, split)
        kept = np.minimum(1.0, estimate.matches / theirs)
        weight = 1.0 - _at_home(total, chance) * (1.0 - kept)
        ratio = self.columns.all_pairs * part / max(1.0, self.chance.looked_at)
        curve = fitted(bits, chance, weight, ratio, held_twice=not learning)
        return replace(estimate, curve=curve)

    def _as_shipped(self, matches: float, *, learned: bool) -> Estimate:
        """The shipped m, with u and shares as counted."""
        others = self.weights.household_others
        m = tuple(self.comparer.m)
        return self._estimate(m, matches, others, self._counts, None, learned=learned)

    def _sure(self, estimate: Estimate) -> float:
        one = probability(estimate.curve(estimate.weigh(self.pairs)[1]))
        return float(one[one > 0.95].sum()) / self.part

    def _maximised(
        self, pairs: Compared, total: Floats, bits: Floats, before: Estimate, part: float
    ) -> Estimate:
        one = probability(before.curve(bits))
        at_home = (1.0 - one) * _at_home(total, bits)
        matched = float(one.sum())
        others = (at_home.sum() + _COUNTED_BY * self.weights.household_others) / (
            matched + _COUNTED_BY
        )
        people = []
        for at, counts in enumerate(self._counts):
            on, values = self.comparer.agreeing(pairs, at)
            alike = np.bincount(values, weights=one[on], minlength=len(counts)) / part
            people.append(counts / (1.0 + 2.0 * alike / np.maximum(counts, 1.0)))
        return self._estimate(
            self._m(pairs, one),
            matched / part + 0.5,
            float(others),
            people,
            before,
            learned=True,
        )

    def _m(self, pairs: Compared, one: Floats) -> tuple[Floats, ...]:
        """How often each level is seen among pairs that are one person, so far as known."""
        columns = len(self.columns.columns)
        return tuple(
            _held_to(_counted(pairs.levels[:, at], one, len(m)), m, apart=at < columns)
            for at, m in enumerate(self.comparer.m)
        )

    def refine(self, before: Estimate, near: Compared, cluster: npt.NDArray[np.int64]) -> Estimate:
        """The estimate again, with rows of one `cluster` taken as one person.

        `near` are all candidates that may be one person.
        """
        one = (cluster[near.left] == cluster[near.right]).astype(float)
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
            self._m(near, one),
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
                none = np.zeros(len(other), np.int64)
                patterns = Compared(left=none, right=none, levels=self._patterns)
                other = other * (1.0 - probability(before.weigh(patterns, rarity=False)[1]))
        u, shares = [], []
        for at, prior in enumerate(self.comparer.u):
            seen = _toward(_counted(self._patterns[:, at], other, len(prior)), prior, _COUNTED_BY)
            if at < len(people) and self.columns.columns[at].kind is Kind.AGE:
                shares.append(np.zeros(0))  # what fits is not one value
            elif at < len(people):
                total = max(1.0, people[at].sum())
                same = max(float((people[at] ** 2).sum()) / total**2, 1e-9)
                # Of a few people it can't be said how common a value is.
                counts = total / (total + _FEW)
                usual = float(prior[0]) ** (1.0 - counts)
                seen[0] = min(same**counts * usual, 0.99)
                seen[1:] *= (1.0 - seen[0]) / seen[1:].sum()
                rare = self.columns.columns[at].kind is not Kind.SEX
                share = (np.maximum(people[at], 0.5) / total) ** counts * usual
                shares.append(share if rare else np.zeros(0))
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


def _held_to(counts: Floats, prior: Floats, *, apart: bool) -> Floats:
    """What is seen among matches, half held to the prior.

    With `apart` the last level says that two values are nothing alike. One person's seldom are;
    where they seem to be far oftener than shipped, strangers are being learned as one person.
    """
    held = _toward(counts, prior, _HELD_BY + float(counts.sum()))
    most = _APART_AT_MOST * float(prior[-1])
    if apart and held[-1] > most:
        held[:-1] *= (1.0 - most) / (1.0 - held[-1])
        held[-1] = most
    return held
