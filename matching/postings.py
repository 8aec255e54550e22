"""Which records hold a value, from the value: sorted arrays instead of a scan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.texts import Ints, Texts

_MULTIPLIER, _MIXER, _WHOLE = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 2**64
_ROWS = np.uint64(0xFFFFFFFF)
_STEP = 100_000
_FIRST_LETTERS = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)


def hashes(texts: Texts) -> Ints:
    """A number of 64 bits for each text, the same in every run and on every computer."""
    starts = np.concatenate([np.zeros(1, np.int64), texts.ends[:-1]])
    result = np.empty(len(texts), np.uint64)
    # Eight letters from anywhere, as one number; zeros follow the last text.
    padded = np.concatenate([texts.data, np.zeros(8, np.uint8)])
    eight = np.ndarray((len(padded) - 7,), "<u8", padded.data, strides=(1,))
    for low in range(0, len(texts), _STEP):
        part = slice(low, low + _STEP)
        result[part] = _hashed(eight, starts[part], texts.ends[part])
    return result


def _hashed(eight: Ints, starts: Ints, ends: Ints) -> Ints:
    left = ends - starts
    sums = left.astype(np.uint64)
    sums *= np.uint64(_MULTIPLIER)
    rows: slice | Ints = slice(None)
    at = starts
    while len(left) and int(left.max()) > 0:
        if int(left.min()) <= 0:
            kept = left > 0
            rows = kept.nonzero()[0] if isinstance(rows, slice) else rows[kept]
            left, at = left[kept], at[kept]
        letters = eight[at] & _FIRST_LETTERS[np.minimum(left, 8)]
        letters ^= sums[rows]
        letters *= np.uint64(_MIXER)
        letters ^= letters >> np.uint64(32)
        sums[rows] = letters
        left, at = left - 8, at + 8
    sums *= np.uint64(_MULTIPLIER)
    sums ^= sums >> np.uint64(32)
    return sums


def short(found: Ints) -> Ints:
    """Half of each number, never 0: what a posting is sorted by."""
    return np.maximum((found >> np.uint64(32)).astype(np.uint32), np.uint32(1))


def hash_of(text: str) -> int:
    """The short hash of one text, 0 for none."""
    if not text:
        return 0
    letters = text.encode("utf-8", "replace")
    total = len(letters) * _MULTIPLIER % _WHOLE
    for at in range(0, len(letters), 8):
        total = (total ^ int.from_bytes(letters[at : at + 8], "little")) * _MIXER % _WHOLE
        total ^= total >> 32
    total = total * _MULTIPLIER % _WHOLE
    return max(1, (total ^ (total >> 32)) >> 32)


def sorted_pairs(keys: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Keys (below 2**32) in order, each with its row; rows of one key in order too."""
    packed = keys.astype(np.uint64)
    packed <<= np.uint64(32)
    packed |= rows.astype(np.uint64)
    packed.sort()
    return (packed >> np.uint64(32)).astype(np.uint32), (packed & _ROWS).astype(np.int32)


class HashPostings:
    """Ints by the hash of a value. Another value's rows may be among them, one in billions."""

    __slots__ = ("keys", "rows")

    def __init__(self, keys: Ints, rows: Ints) -> None:
        self.keys, self.rows = keys, rows

    @classmethod
    def of(cls, keys: Ints) -> HashPostings:
        """Postings of a column of hashes; 0 stands for missing."""
        filled = np.flatnonzero(keys)
        found, rows = sorted_pairs(keys[filled], filled)
        return cls(found.astype(np.uint32, copy=False), rows)

    def of_key(self, key: int) -> Ints:
        """The rows of one hash, in order."""
        if not key or not len(self.keys):
            return self.rows[:0]
        wanted = np.uint32(key)
        low = int(np.searchsorted(self.keys, wanted, "left"))
        if low == len(self.keys) or self.keys[low] != wanted:
            return self.rows[:0]
        return self.rows[low : int(np.searchsorted(self.keys, wanted, "right"))]


class RangePostings:
    """Ints by a number from 0 on: row numbers in one array, and where each number's begin."""

    __slots__ = ("rows", "starts")

    def __init__(self, starts: Ints, rows: Ints) -> None:
        self.starts, self.rows = starts, rows

    @classmethod
    def of(cls, numbers: Ints, rows: Ints, size: int) -> RangePostings:
        """Postings of `rows` by their number, each below `size`."""
        _, ordered = sorted_pairs(numbers, rows)
        return cls(starts_of(numbers, size), ordered)

    def of_number(self, number: int) -> Ints:
        """The rows of one number, in order."""
        return self.rows[self.starts[number] : self.starts[number + 1]]


def starts_of(numbers: Ints, size: int) -> Ints:
    """Where the run of each number begins once they are sorted, and at last where all end."""
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(numbers, minlength=size), out=starts[1:])
    return starts if starts[-1] > np.iinfo(np.int32).max else starts.astype(np.int32)


def joined(blocks: Sequence[Ints]) -> Ints:
    """One array of several."""
    if not blocks:
        return np.empty(0, np.int32)
    return (blocks[0] if len(blocks) == 1 else np.concatenate(blocks)).astype(np.int32, copy=False)
