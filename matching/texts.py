"""Many texts held in few bytes: distinct texts end to end, and a number for each record.

`Texts` are strings in one block of UTF-8. A `Column` holds, for every record, the number of its
text among the distinct ones; a column that few records fill keeps only those that do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer[Any]]
Arrays = Mapping[str, Ints]

_SHORT = 2**31
_SPARSE = 3  # a column filled less than once in so many records keeps the filled ones only


class Texts:
    """Strings end to end; `ends` says where each one stops."""

    __slots__ = ("_stops", "_view", "data", "ends")

    def __init__(self, data: Ints, ends: Ints) -> None:
        self.data = data
        self.ends = ends.astype(np.int32) if len(data) < _SHORT else ends
        # Reading one number from a view takes half the time that it takes from an array.
        self._view = memoryview(data)  # type: ignore[arg-type]  # an array is one
        self._stops = memoryview(self.ends)  # type: ignore[arg-type]  # likewise

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """Pack texts; half a surrogate pair, which is no character, becomes "?"."""
        joined = "".join(texts)
        if joined.isascii():
            lengths, packed = map(len, texts), joined.encode()
        else:
            lines = [t.encode("utf-8", "replace") for t in texts]
            lengths, packed = map(len, lines), b"".join(lines)
        ends = np.cumsum(np.fromiter(lengths, np.int64, len(texts)), dtype=np.int64)
        return cls(np.frombuffer(packed, np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, at: int) -> str:
        start = self._stops[at - 1] if at else 0
        return str(self._view[start : self._stops[at]], "utf-8")

    def __iter__(self) -> Iterator[str]:
        packed = bytes(self._view)
        ends = self.ends.tolist()
        if packed.isascii():
            text, start = packed.decode(), 0
            for end in ends:
                yield text[start:end]
                start = end
        else:
            start = 0
            for end in ends:
                yield packed[start:end].decode()
                start = end

    def take(self, places: Ints) -> Texts:
        """The texts at `places`, in that order."""
        starts = np.zeros(len(self), self.ends.dtype)
        starts[1:] = self.ends[:-1]
        at = starts.take(places)
        lengths = self.ends.take(places) - at
        ends = np.cumsum(lengths, dtype=np.int64)
        to, size = ends - lengths, int(ends[-1]) if len(ends) else 0
        chosen = np.empty(size + 8, np.uint8)
        source = _eights(np.concatenate([self.data, np.zeros(8, np.uint8)]))
        target = _eights(chosen)
        # Eight letters at a time, the last ones first: what is written beyond the end of a text
        # falls on the first eight of those that follow, which are written after it.
        longest = max(1, int(lengths.max())) if len(lengths) else 0
        for skip in range((longest - 1) // 8 * 8, 0, -8):
            rows = (lengths > skip).nonzero()[0]
            target[to[rows] + skip] = source[at[rows] + skip]
        target[to] = source[at]
        return Texts(chosen[:size], ends)


def _eights(letters: Ints) -> Ints:
    """Eight letters from every place on, as one number; what is put there is put in `letters`."""
    return np.ndarray((len(letters) - 7,), np.uint64, letters.data, strides=(1,))


def spread(starts: Ints, lengths: Ints) -> Ints:
    """Every position of the ranges that begin at `starts`, one range after another."""
    total = int(lengths.sum())
    if not total:
        return np.empty(0, np.int64)
    before = np.cumsum(lengths) - lengths
    places: Ints = np.repeat(starts - before, lengths)
    return places + np.arange(total, dtype=np.int64)


def places_of(ordered: Ints, numbers: Ints, side: Literal["left", "right"] = "left") -> Ints:
    """Where numbers stand or would stand in an ordered array that holds numbers as great."""
    # Of two kinds of numbers, numpy turns the whole array into the wider first.
    return ordered.searchsorted(numbers.astype(ordered.dtype, copy=False), side)


def run_of(ordered: Ints, low: int, stop: int) -> slice:
    """The places of the numbers from `low` on and below `stop` in an ordered array."""
    first, last = places_of(ordered, np.array((low, stop))).tolist()
    return slice(first, last)


class Coded:
    """A column as numbers of distinct texts: number 0 is missing, n is text n - 1."""

    __slots__ = ("codes", "texts")

    def __init__(self, codes: Ints, texts: Texts) -> None:
        self.codes = codes.astype(np.int32, copy=False)
        self.texts = texts

    @classmethod
    def of(cls, values: Iterable[str | None], size: int) -> Coded:
        """Number `size` values; None and "" are missing."""
        fresh = count(1)
        numbers: defaultdict[str | None, int] = defaultdict(fresh.__next__)
        numbers[None] = numbers[""] = 0
        codes = np.fromiter(map(numbers.__getitem__, values), np.int32, size)
        return cls(codes, Texts.of([text for text, n in numbers.items() if n and text]))

    def written(self) -> list[str | None]:
        """The text of every record, None where it is missing."""
        texts = [None, *self.texts]
        return [texts[code] for code in self.codes.tolist()]

    @classmethod
    def empty(cls, size: int) -> Coded:
        """A column of which nothing is known."""
        return cls(np.zeros(size, np.int32), Texts.of([]))


def smallest(numbers: Ints, most: int) -> Ints:
    """The same numbers in the fewest bytes that hold `most`."""
    for kind in (np.uint8, np.uint16):
        if most <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers.astype(np.int32, copy=False)


class Column:
    """One fact of every record: the number of its text, 0 where it is missing."""

    __slots__ = ("_codes", "_one", "_rows", "texts")

    def __init__(self, codes: Ints, rows: Ints | None, texts: Texts) -> None:
        self._codes, self._rows, self.texts = codes, rows, texts
        self._one = memoryview(codes)  # type: ignore[arg-type]  # an array is one

    @classmethod
    def of(cls, coded: Coded) -> Column:
        """The column in the shape that takes least room."""
        codes = coded.codes
        filled = np.flatnonzero(codes)
        if len(filled) * _SPARSE < len(codes):
            kept, rows = codes[filled], filled.astype(np.int32)
        else:
            kept, rows = codes, None
        return cls(smallest(kept, len(coded.texts)), rows, coded.texts)

    def at(self, row: int) -> int:
        """The number of one record's text."""
        if self._rows is None:
            return self._one[row]
        place = int(self._rows.searchsorted(np.int32(row)))
        held = place < len(self._rows) and self._rows[place] == row
        return self._one[place] if held else 0

    def take(self, rows: Ints) -> Ints:
        """The numbers of several records' texts."""
        if self._rows is None:
            return self._codes.take(rows)
        if not len(self._rows):
            return np.zeros(len(rows), np.uint8)
        places = np.minimum(places_of(self._rows, rows), len(self._rows) - 1)
        return np.where(self._rows[places] == rows, self._codes[places], 0)

    def text(self, row: int) -> str | None:
        """One record's text, None where it is missing."""
        number = self._one[row] if self._rows is None else self.at(row)
        return (self.texts[number - 1] or None) if number else None

    @property
    def filled(self) -> bool:
        """Whether any record has this fact."""
        return self._rows is None or len(self._rows) > 0

    def arrays(self) -> dict[str, Ints]:
        """What `from_arrays` makes the column of again."""
        rows = {} if self._rows is None else {"rows": self._rows}
        return {"codes": self._codes, "data": self.texts.data, "ends": self.texts.ends, **rows}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Column:
        """The column that `arrays` came from. Raises KeyError where one lacks."""
        texts = Texts(arrays["data"], arrays["ends"])
        return cls(arrays["codes"], arrays.get("rows"), texts)
