"""Pairs of rows, compared column by column; names written in each other's place are seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from matching.blocking import Rows
from matching.column_levels import Levels, Values, levels_of, values_of
from matching.columns import Codes, Column, Columns, Kind
from matching.weights import Weights

Flags = npt.NDArray[np.bool_]
STRAIGHT, SWAPPED, ANOTHER = 0, 1, 2
_WORTH_SWAPPING = 4.0
_NONE = np.int8(99)


def prior_name(kind: Kind) -> str:
    """Under which name the shipped priors of a kind of column stand in the weights file."""
    if kind in (Kind.GIVEN, Kind.FAMILY):
        return "name"
    if kind in (Kind.NUMBER, Kind.HOUSE, Kind.POSTCODE, Kind.PHONE):
        return "code"
    return kind.value if kind in (Kind.DOB, Kind.SEX, Kind.EMAIL, Kind.AGE) else "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Pairs with the level of each column, exchanges after the columns; -1 is missing."""

    left: Rows
    right: Rows
    levels: Levels

    def __len__(self) -> int:
        return len(self.left)

    def only(self, chosen: Flags | Rows | slice) -> Compared:
        """Some of the pairs."""
        return Compared(
            left=self.left[chosen], right=self.right[chosen], levels=self.levels[chosen]
        )


def together(parts: Sequence[Compared]) -> Compared:
    """All pairs of the parts."""
    return Compared(
        left=np.concatenate([part.left for part in parts]),
        right=np.concatenate([part.right for part in parts]),
        levels=np.concatenate([part.levels for part in parts]),
    )


class Comparer:
    """Compares rows of some columns; `units` are the columns that are compared together."""

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
            *(("as written", "exchanged", "another name") for _ in self.exchanges),
        )
        kinds = [*(prior_name(c.kind) for c in self.parts), *("exchange" for _ in self.exchanges)]
        priors = [
            [weights.columns[kind][level] for level in levels]
            for kind, levels in zip(kinds, self.levels, strict=True)
        ]
        self.m = [np.array([p["m"] for p in part]) for part in priors]
        self.u = [np.array([p["u"] for p in part]) for part in priors]
        self._rough = [np.append(np.log2(m / u), 0.0) for m, u in zip(self.m, self.u, strict=True)]
        exchanged = {at for pair in self.exchanges for at in pair}
        self.units: tuple[tuple[int, ...], ...] = (
            *((at,) for at in range(len(self.parts)) if at not in exchanged),
            *((a, b, len(self.parts) + n) for n, (a, b) in enumerate(self.exchanges)),
        )
        self._values: dict[int, Values] = {}
        self._places: dict[int, Codes] = {}
        self._others: list[tuple[Codes, Codes]] = []
        for unit in self.units:
            self._prepare([at for at in unit if at < len(self.parts)])

    def _prepare(self, unit: Sequence[int]) -> None:
        """Columns that may be exchanged are numbered alike."""
        columns = [self.parts[at] for at in unit]
        others = self.columns.others if columns[0].kind is Kind.GIVEN else ()
        also = [column for pair in others for column in pair]
        values = sorted({value for column in (*columns, *also) for value in column.values})
        prepared = values_of(columns[0].kind, values)
        number = {value: place for place, value in enumerate(values)}

        def placed(column: Column) -> Codes:
            place = np.array([*(number[value] for value in column.values), -1], np.int32)
            found: Codes = place[column.codes]
            return found

        for at, column in zip(unit, columns, strict=True):
            self._values[at], self._places[at] = prepared, placed(column)
        self._others += [(placed(given), placed(family)) for given, family in others]

    def _cross(self, a: int, b: int, left: Rows, right: Rows) -> Levels:
        return self._values[a].compare(self._places[a][left], self._places[b][right])

    def compare(self, left: Rows, right: Rows) -> Compared:
        """The levels of pairs of rows."""
        levels = np.empty((len(left), len(self.names)), np.int8)
        for unit in self.units:
            self.compare_unit(unit, left, right, levels)
        return Compared(left=left, right=right, levels=levels)

    def compare_unit(self, unit: tuple[int, ...], left: Rows, right: Rows, levels: Levels) -> None:
        """Write the levels of a unit's columns into `levels`."""
        for at in unit:
            levels[:, at] = STRAIGHT if at >= len(self.parts) else self._cross(at, at, left, right)
        if len(unit) > 1:
            self._exchange(unit, left, right, levels)
            if self.parts[unit[0]].kind is Kind.GIVEN:
                self._by_another_name(unit, left, right, levels)

    def _exchange(self, unit: tuple[int, ...], left: Rows, right: Rows, levels: Levels) -> None:
        a, b, place = unit
        open_ = np.flatnonzero((levels[:, a] != 0) | (levels[:, b] != 0))
        one = self._cross(a, b, left[open_], right[open_])
        other = self._cross(a, b, right[open_], left[open_])
        straight = self._rough[a][levels[open_, a]] + self._rough[b][levels[open_, b]]
        crossed = self._rough[a][one] + self._rough[b][other]
        better = crossed > straight + _WORTH_SWAPPING
        at, one, other = open_[better], one[better], other[better]
        # Which row has them exchanged is not known. What agrees better counts as the family name
        # or second line, which a household shares: the more careful reading.
        x, y = np.where(one < 0, _NONE, one), np.where(other < 0, _NONE, other)
        levels[at, b] = np.where(x <= y, one, other)
        levels[at, a] = np.where(x <= y, other, one)
        levels[at, place] = SWAPPED
        levels[(levels[:, a] < 0) & (levels[:, b] < 0), place] = -1

    def _by_another_name(
        self, unit: tuple[int, ...], left: Rows, right: Rows, levels: Levels
    ) -> None:
        """Where names that somebody is also known by agree better, these count."""
        a, b, place = unit
        readings = [(self._places[a], self._places[b]), *self._others]
        for one, other in product(range(len(readings)), repeat=2):
            if one == other == 0:
                continue
            (given, family), (theirs, their_family) = readings[one], readings[other]
            held = ((given >= 0) | (family >= 0))[left] & ((theirs >= 0) | (their_family >= 0))[
                right
            ]
            at = np.flatnonzero(held & ((levels[:, a] != 0) | (levels[:, b] != 0)))
            first = self._values[a].compare(given[left[at]], theirs[right[at]])
            last = self._values[b].compare(family[left[at]], their_family[right[at]])
            now = self._rough[a][levels[at, a]] + self._rough[b][levels[at, b]]
            better = self._rough[a][first] + self._rough[b][last] > now + _WORTH_SWAPPING
            at = at[better]
            levels[at, a], levels[at, b], levels[at, place] = first[better], last[better], ANOTHER

    def known_otherwise(self, left: Rows, right: Rows) -> Flags:
        """Pairs of which somebody has another name."""
        found = np.zeros(len(left), np.bool_)
        for codes in (column for pair in self._others for column in pair):
            found |= (codes[left] >= 0) | (codes[right] >= 0)
        return found

    def agreeing(self, pairs: Compared, at: int) -> tuple[Rows, Codes]:
        """Which pairs have one value in a column as written, and which value."""
        on = pairs.levels[:, at] == 0
        for a, b, place in (unit for unit in self.units if len(unit) > 1):
            if at in (a, b):
                on &= pairs.levels[:, place] == STRAIGHT
        held = np.flatnonzero(on)
        return held, self.parts[at].codes[pairs.left[held]]

    def equal(self, at: int, left: Rows, right: Rows) -> tuple[Flags, Flags, Codes]:
        """Whether the values of a column are one, whether one is missing, and the left ones."""
        one, other = self._places[at][left], self._places[at][right]
        same = self._values[at].same(one, other)
        return same, (one < 0) | (other < 0), self.parts[at].codes[left]


def _exchanges(parts: Sequence[Column]) -> Iterable[tuple[int, int]]:
    """Columns whose values may stand in each other's place."""
    kinds = [column.kind for column in parts]
    if Kind.GIVEN in kinds and Kind.FAMILY in kinds:
        yield kinds.index(Kind.GIVEN), kinds.index(Kind.FAMILY)
    streets = [at for at, kind in enumerate(kinds) if kind is Kind.STREET]
    if len(streets) == 2:
        yield streets[0], streets[1]
