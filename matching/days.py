"""The distinct birth dates of a segment, and which of them another date may be a slip of."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matching import normalise
from matching.postings import RangePostings
from matching.texts import Ints

Floats = npt.NDArray[np.float32]
LEVELS = (
    "two of three parts", "one digit", "1 January of the year", "day and month swapped", "same",
    "both 1 January",
)  # fmt: skip
# The levels in the order in which days are looked for: of any day, of 1 January.
_ORDERED = np.array((0, 1, 2, 3, 4)), np.array((0, 1, 2, 5))
_EPOCH = date(1970, 1, 1).toordinal()
_FIGURES = bytes(sign & 15 for sign in range(256))
_LOW, _CARRY = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x1010101010101010)


def ordinal(year: int, month: int, day: int) -> int:
    """The day counted from year 1, 0 for one that does not exist."""
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return 0


class _Scratch(threading.local):
    """Room for two numbers a day, so that none has to be made for every search."""

    def __init__(self, size: int) -> None:
        self.bits = np.zeros((size, 2), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    by_level: dict[str, Ints]
    places: Ints
    levels: Ints
    slips: Ints


class Days:
    """Distinct days in order; place 0 stands for "not known"."""

    def __init__(self, ordinals: Ints) -> None:
        self.ordinals = ordinals
        self._sorted: list[int] = ordinals.tolist()
        self._place = {day: place for place, day in enumerate(self._sorted)}
        self._scratch = _Scratch(len(ordinals))
        self._around: dict[date, _Around] = {}

    def __len__(self) -> int:
        return len(self.ordinals)

    @cached_property
    def _parts(self) -> tuple[Ints, Ints, Ints]:
        days = (self.ordinals.astype(np.int64) - _EPOCH).astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        years = days.astype("datetime64[Y]")
        month = (months - years).astype(np.int32) + 1
        day = (days - months).astype(np.int32) + 1
        return years.astype(np.int32) + 1970, month, day

    @cached_property
    def _by_day_of_year(self) -> RangePostings:
        _, month, day = self._parts
        places = np.arange(1, len(self))
        return RangePostings.of((month * 32 + day)[1:], places, 13 * 32)

    @cached_property
    def _figures(self) -> Ints:
        """Eight figures of each day, one a byte."""
        year, month, day = self._parts
        figures = np.zeros(len(self), np.uint64)
        for part, divisors in ((year, (1000, 100, 10, 1)), (month, (10, 1)), (day, (10, 1))):
            for divisor in divisors:
                figures <<= np.uint64(8)
                figures |= (part // divisor % 10).astype(np.uint64)
        return figures

    def run(self, low: int, high: int) -> slice:
        """The places of the days from `low` to `high`, both counted from year 1."""
        return slice(bisect_left(self._sorted, max(low, 1)), bisect_right(self._sorted, high))

    def month(self, day: date) -> slice:
        """The places of the days in the month of `day`."""
        first = date(day.year, day.month, 1).toordinal()
        following = ordinal(day.year + day.month // 12, day.month % 12 + 1, 1) or first + 31
        return self.run(first, following - 1)

    def places(self, ordinals: Iterable[int]) -> Ints:
        """The places of those of the days that are there."""
        place = self._place
        return np.array(sorted({place.get(day, 0) for day in ordinals} - {0}), np.int64)

    @contextmanager
    def weighed(self, several: Sequence[tuple[slice | Ints, Floats]]) -> Iterator[Floats]:
        """Room for two numbers a day: 0.0 but for what `several` put there, one after another."""
        bits = self._scratch.bits
        try:
            for places, values in several:
                bits[places] = values
            yield bits
        finally:
            for places, _ in several:
                bits[places] = 0.0

    def around(self, day: date) -> dict[str, Ints]:
        """The places by level of `comparison.date_level`, of the levels nearer than "same year"."""
        return self._known(day).by_level

    def near(self, day: date) -> tuple[Ints, Ints]:
        """The same as places and the places of their levels in `LEVELS`. Where a day comes several
        times, the last one counts."""
        known = self._known(day)
        return known.places, known.levels

    def slips(self, day: date) -> Ints:
        """The places that `day` is likely meant for, but those of its `month`: `around` without
        most other years."""
        return self._known(day).slips

    def _known(self, day: date) -> _Around:
        known = self._around.get(day)
        if known is None:
            if len(self._around) > 256:
                self._around.clear()
            known = self._around[day] = self._find(day)
        return known

    def _find(self, day: date) -> _Around:
        month = self.month(day)
        others = self.places({ordinal(day.year, m, day.day) for m in range(1, 13)})
        same_day = self._by_day_of_year.of_number(day.month * 32 + day.day)
        two = np.concatenate([np.arange(month.start, month.stop), others, same_day])
        figures = normalise.eight_figures(day)
        own = np.uint64(int.from_bytes(figures.encode().translate(_FIGURES), "big"))
        unlike = np.bitwise_count(((self._figures.take(two) ^ own) + _LOW) & _CARRY)
        turned = {
            figures[:i] + figures[i + 1] + figures[i] + figures[i + 2 :]
            for i in range(7)
            if figures[i] != figures[i + 1]
        }
        exchanged = self.places({ordinal(int(t[:4]), int(t[4:6]), int(t[6:])) for t in turned})
        found = {
            "two of three parts": two,
            "one digit": np.concatenate([two[unlike == 1], exchanged]),
        }
        if (day.month, day.day) == (1, 1):
            year = self.run(day.toordinal(), ordinal(day.year, 12, 31))
            found["1 January of the year"] = np.arange(year.start, year.stop)
        else:
            found["1 January of the year"] = self.places({ordinal(day.year, 1, 1)})
            swapped = ordinal(day.year, day.day, day.month)
            found["day and month swapped"] = self.places({swapped})
        same = "both 1 January" if (day.month, day.day) == (1, 1) else "same"
        found[same] = self.places({day.toordinal()})
        places = np.concatenate(list(found.values()))
        levels = _ORDERED[(day.month, day.day) == (1, 1)].repeat([*map(len, found.values())])
        slips = np.concatenate([others, places[len(two) :]])
        slips = slips[(slips < month.start) | (slips >= month.stop)]
        return _Around(by_level=found, places=places, levels=levels, slips=slips)
