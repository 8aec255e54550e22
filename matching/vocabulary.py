"""The distinct words of an index, and which of them are like a word that was asked for.

A query word is compared with the vocabulary, never with the records: bit masks of letter
pairs leave few words, on which the levels of `name_comparison` are then taken.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cdist

from matching.name_comparison import SIMILAR, name_level
from matching.names import shipped_variants

LEVELS = (
    "missing", "same", "known variant", "one edit", "begins with", "initial", "very similar",
    "similar", "other",
)  # fmt: skip
_CODE = {level: code for code, level in enumerate(LEVELS)}
_CHUNK = 5_000  # rapidfuzz may hold the interpreter for one call; 5,000 words stay under 10 ms
_CACHE = 512

Codes = npt.NDArray[np.uint8]


def _pair_mask(word: str) -> int:
    mask = 0
    padded = f"^{word}$"
    for a, b in pairwise(padded):
        mask |= 1 << ((ord(a) * 31 + ord(b) * 7) & 63)
    return mask


def _letter_mask(word: str) -> int:
    mask = 0
    for c in word:
        mask |= 1 << (ord(c) & 31)
    return mask


class Vocabulary:
    """Sorted distinct words; word number 0 stands for "no word"."""

    def __init__(self, words: Sequence[str]) -> None:
        """`words` has to be sorted and free of repeats and of the empty word."""
        self.words: list[str] = ["", *words]
        self._sorted = list(words)
        self.number = {word: i for i, word in enumerate(self.words)}
        self._pairs = np.fromiter(map(_pair_mask, self.words), np.uint64, len(self.words))
        self._letters = np.fromiter(map(_letter_mask, self.words), np.uint32, len(self.words))
        self._lengths = np.fromiter(map(len, self.words), np.int16, len(self.words))
        self._objects = np.array(self.words, dtype=object)
        self._levels: dict[str, Codes] = {}

    @classmethod
    def of(cls, tokens: Iterable[str]) -> Vocabulary:
        """The vocabulary of any words in any order."""
        return cls(sorted({t for t in tokens if t}))

    def __len__(self) -> int:
        return len(self.words)

    def levels(self, token: str) -> Codes:
        """For every word its level against `token`, as a position in `LEVELS`."""
        known = self._levels.get(token)
        if known is None:
            known = self._compare(token)
            if len(self._levels) >= _CACHE:
                self._levels.pop(next(iter(self._levels), ""), None)
            self._levels[token] = known
        return known

    def _compare(self, token: str) -> Codes:
        codes = np.full(len(self.words), _CODE["other"], np.uint8)
        codes[0] = _CODE["missing"]
        if not token:
            codes[:] = _CODE["missing"]
            return codes
        low = bisect_left(self._sorted, token) + 1
        high = bisect_left(self._sorted, token + "\U0010ffff") + 1
        if len(token) == 1:
            codes[low:high] = _CODE["initial"]
            return codes
        near: set[int] = set(self._fuzzy(token).tolist())
        near.update(self.number.get(v, 0) for v in shipped_variants().of(token))
        near.update(self.number.get(token[:n], 0) for n in range(1, len(token) + 1))
        near.discard(0)
        if len(token) >= 3:
            codes[low:high] = _CODE["begins with"]
        for i in near:
            codes[i] = _CODE[name_level(token, self.words[i])]
        return codes

    def _fuzzy(self, token: str) -> npt.NDArray[np.int64]:
        """Numbers of the words that may be one edit away or similar."""
        size = len(token)
        shared = np.bitwise_count(self._pairs & np.uint64(_pair_mask(token)))
        other_letters = np.bitwise_count(self._letters ^ np.uint32(_letter_mask(token)))
        apart = np.abs(self._lengths - np.int16(size))
        keep = (shared * 5 >= 2 * (size + 1)) & (apart <= 4)
        keep |= (other_letters <= 2) & (apart <= 1)
        found = np.flatnonzero(keep)
        near: list[npt.NDArray[np.int64]] = []
        for start in range(0, len(found), _CHUNK):
            part = found[start : start + _CHUNK]
            words = self._objects[part].tolist()
            likeness = cdist(
                [token], words, scorer=JaroWinkler.similarity, score_cutoff=SIMILAR,
                dtype=np.float32,
            )[0]  # fmt: skip
            edits = cdist([token], words, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)[0]
            near.append(part[(likeness >= SIMILAR) | (edits <= 1)])
        return np.concatenate(near) if near else np.empty(0, np.int64)
