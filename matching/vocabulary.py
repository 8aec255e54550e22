"""The distinct words of an index, and which of them are like a word that was asked for.

A query word is compared with the vocabulary, never with the records. Words that may be near
come from a few short ranges: those that begin or end alike (one edit leaves the first or the
last letters as they are), known variants, regular forms and a rough sound.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cdist

from matching.name_comparison import SIMILAR, VERY_SIMILAR
from matching.name_forms import FORMED_FIRST, FORMED_LAST, written_form
from matching.names import shipped_variants
from matching.postings import HashPostings, hash_of, hashes, short
from matching.texts import Ints, Texts

Marks = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
Weighed = Sequence[tuple[Ints, Floats]]
"""Numbers of words, and a line of weights for each."""
LEVELS = (
    "missing", "same", "known variant", "one edit", "begins with", "initial", "very similar",
    "similar", "other",
)  # fmt: skip
CODE = {level: code for code, level in enumerate(LEVELS)}
NEAR = CODE["similar"]
"""Codes up to this one are of words that are like the one asked for, or of no word."""
SURE = CODE["one edit"]
_EDIT = CODE["one edit"]
_BEGINS, _VERY, _SIMILAR = CODE["begins with"], CODE["very similar"], CODE["similar"]
_INITIAL, _VARIANT = CODE["initial"], CODE["known variant"]
_CHUNK = 5_000  # rapidfuzz may hold the interpreter for one call; 5,000 words stay under 10 ms
_FEW = 120  # below this, one call a word is quicker than one for all
_CACHE = 4_096

_SILENT = str.maketrans("zckqxjvpbtdmn", "skkkkgfbbttmm", "aeiouyhw")
_DOUBLED = re.compile(r"([a-z])\1+")


def _sounds(joined: str) -> str:
    """Words, one a line, as their first letter and the following consonants, roughly heard."""
    # The first letter is kept by a capital, so that taking vowels out leaves it.
    return _DOUBLED.sub(r"\1", joined.title().translate(_SILENT))


def _letters(words: list[str]) -> Ints:
    """The letters of each word, as bits."""
    joined = "".join([f"^{w}" for w in words])
    signs = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)
    ends = np.cumsum(np.fromiter(map(len, words), np.int64, len(words)) + 1)
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
    letters = np.uint32(1) << (signs & np.uint32(31))
    letters[starts] = 0
    return np.bitwise_or.reduceat(letters, starts)


def _letter_mask(word: str) -> int:
    mask = 0
    for c in word:
        mask |= 1 << (ord(c) & 31)
    return mask


def _endings(texts: Texts, lengths: Ints) -> Ints:
    """The last three bytes of each word, last first, then its length: what endings sort by."""
    key = np.zeros(len(texts), np.uint32)
    starts = np.concatenate([np.zeros(1, np.int64), texts.ends[:-1]])
    for back in range(1, 4):
        at = texts.ends - back
        held = at >= starts
        key[held] |= texts.data[at[held]].astype(np.uint32) << np.uint32(32 - 8 * back)
    return key | np.minimum(lengths, 255).astype(np.uint32)


def _ending(word: str, letters: int) -> tuple[int, int]:
    """First and last key of words that end in the last `letters` of `word`."""
    tail = word.encode("utf-8", "replace")[-letters:][::-1]
    low = int.from_bytes(tail.ljust(4, b"\0"), "big")
    return low, low + (1 << (32 - 8 * len(tail))) - 1


def _likeness(token: str, words: list[str]) -> tuple[npt.NDArray[np.float32], Ints]:
    """Jaro-Winkler similarity of at least SIMILAR, else 0, and edits: 0, 1 or more."""
    if len(words) < _FEW:
        alike = [JaroWinkler.similarity(token, w, score_cutoff=SIMILAR) for w in words]
        apart = [OSA.distance(token, w, score_cutoff=1) for w in words]
        return np.array(alike, np.float32), np.array(apart, np.uint8)
    like = cdist(
        [token], words, scorer=JaroWinkler.similarity, score_cutoff=SIMILAR, dtype=np.float32
    )
    edits = cdist([token], words, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)
    return like[0], edits[0]


class Like:
    """The words that are like one asked for: their numbers and levels, nearest first."""

    __slots__ = ("codes", "numbers")

    def __init__(self, numbers: Ints, codes: Ints) -> None:
        self.numbers, self.codes = numbers, codes

    @classmethod
    def of(cls, numbers: Ints, codes: Ints) -> Like:
        """Each word once; where one comes several times, as it comes last."""
        order = numbers.argsort(kind="stable")
        ordered = numbers.take(order)
        last = np.ones(len(order), np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=last[:-1])
        levels = codes.take(order.compress(last))
        by_level = levels.argsort(kind="stable")
        levels = levels.take(by_level)
        near = int(levels.searchsorted(np.uint8(NEAR), "right"))
        kept = ordered.compress(last).take(by_level[:near])
        return cls(kept.astype(np.int32, copy=False), levels[:near])

    @classmethod
    def any_of(cls, several: Sequence[Like]) -> Like | None:
        """The words that are like any of several, with the nearest level of each; None of none."""
        if len(several) < 2:
            return several[0] if several else None
        numbers = np.concatenate([one.numbers for one in several])
        codes = np.concatenate([one.codes for one in several])
        far_first = codes.argsort(kind="stable")[::-1]
        return cls.of(numbers[far_first], codes[far_first])

    def up_to(self, code: int) -> Ints:
        """Numbers of the words with at most this code, nearest first."""
        return self.numbers[: int(self.codes.searchsorted(np.uint8(code), "right"))]


class _Scratch(threading.local):
    """Room for some numbers a word, so that none has to be made for every search."""

    def __init__(self, size: int) -> None:
        self.marks = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        self.given = np.zeros((size, 6), np.float32)
        self.family = np.zeros((size, 4), np.float32)


class Vocabulary:
    """Sorted distinct words; word number 0 stands for "no word"."""

    def __init__(self, words: list[str]) -> None:
        """`words` has to be sorted and free of repeats and of the empty word."""
        self.words: list[str] = ["", *words]
        self.packed = Texts.of(self.words)
        self.lengths = np.fromiter(map(len, self.words), np.int16, len(self.words))
        self._letters = _letters(self.words)
        self._known: dict[str, Like] = {}
        self._scratch = _Scratch(len(self.words))

    @classmethod
    def of(cls, tokens: Iterable[str]) -> Vocabulary:
        """The vocabulary of any words in any order."""
        return cls(sorted({t for t in tokens if t}))

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def _ends(self) -> tuple[Ints, Ints]:
        keys = _endings(self.packed, self.lengths)
        order = np.argsort(keys, kind="stable").astype(np.int32)
        return keys[order], order

    @cached_property
    def _sound(self) -> HashPostings:
        heard = _sounds("\n".join(self.words)).split("\n")
        return HashPostings.of(short(hashes(Texts.of(heard))))

    @cached_property
    def weak(self) -> Ints:
        """Numbers of the words that so many bear, by faith or as a title, that they tell little."""
        numbers = {self.number(word) for word in shipped_variants().weak_names} - {0}
        return np.array(sorted(numbers), np.int32)

    @cached_property
    def _formed(self) -> Ints:
        """Numbers of the words that are not their own regular form."""
        keys, order = self._ends
        places = {i for start in FORMED_FIRST for i in range(*self._beginning(start))}
        for end in FORMED_LAST:
            low, high = np.searchsorted(keys, np.array(_ending(end, 3), np.uint32))
            places.update(order[low:high].tolist())
        words = self.words
        return np.array([i for i in sorted(places) if written_form(words[i]) != words[i]], np.int32)

    @cached_property
    def _forms(self) -> dict[str, list[int]]:
        """Words that are not their own regular form, by that form."""
        found: dict[str, list[int]] = {}
        for number in self._formed.tolist():
            found.setdefault(written_form(self.words[number]), []).append(number)
        return found

    def arrays(self) -> dict[str, Ints]:
        """What `from_arrays` makes the vocabulary of again."""
        keys, order = self._ends
        return {
            "data": self.packed.data,
            "ends": self.packed.ends,
            "last": keys,
            "by_last": order,
            "sound": self._sound.keys,
            "by_sound": self._sound.rows,
            "formed": self._formed,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Ints]) -> Vocabulary:
        """The vocabulary that `arrays` came from. Raises KeyError where one lacks."""
        made = cls(list(Texts(arrays["data"], arrays["ends"]))[1:])
        made._ends = (arrays["last"], arrays["by_last"])
        made._sound = HashPostings(arrays["sound"], arrays["by_sound"])
        made._formed = arrays["formed"]
        return made

    @property
    def nbytes(self) -> int:
        """Ints of the words and of what is kept beside them to find them by."""
        ends, order = self._ends
        arrays = (self.packed.data, self.packed.ends, self.lengths, self._letters,
                  ends, order, self._sound.keys, self._sound.rows)  # fmt: skip
        return sum(a.nbytes for a in arrays)

    def number(self, word: str) -> int:
        """The number of a word, 0 where it is not held."""
        at = bisect_left(self.words, word)
        return at if at < len(self.words) and self.words[at] == word else 0

    def _beginning(self, start: str) -> tuple[int, int]:
        return bisect_left(self.words, start, 1), bisect_left(self.words, start + "\U0010ffff", 1)

    def near(self, token: str) -> Like:
        """The words that are like `token`, which is not empty; see `name_level`."""
        known = self._known.get(token)
        if known is None:
            known = self._near(token)
            if len(self._known) >= _CACHE:
                self._known.pop(next(iter(self._known), ""), None)
            self._known[token] = known
        return known

    @contextmanager
    def marked(self, *several: Ints) -> Iterator[tuple[Marks, Marks]]:
        """Room for two marks a word; those that `several` name are marked, first with the first."""
        marks = self._scratch.marks
        try:
            for mark, numbers in zip(marks, several, strict=False):
                mark[numbers] = True
            yield marks
        finally:
            for mark, numbers in zip(marks, several, strict=False):
                mark[numbers] = False

    @contextmanager
    def weighed(
        self, given: Weighed, family: Weighed, no_given: Floats, no_family: Floats
    ) -> Iterator[tuple[Floats, Floats]]:
        """Room for six weights a word as a given name and for four as a family name: 0.0 but for
        what is put there, the greater where several meet, and for no word at all the last two.
        """
        rooms = self._scratch.given, self._scratch.family
        try:
            for room, several, none in zip(
                rooms, (given, family), (no_given, no_family), strict=True
            ):
                for place, (numbers, values) in enumerate(several):
                    room[numbers] = np.maximum(room[numbers], values) if place else values
                room[0] = none
            yield rooms
        finally:
            for room, several in zip(rooms, (given, family), strict=True):
                for numbers, _ in several:
                    room[numbers] = 0.0
                room[0] = 0.0

    def _near(self, token: str) -> Like:
        low, high = self._beginning(token)
        if len(token) == 1:
            initial = np.arange(low, high, dtype=np.int32)
            return Like(initial, np.full(len(initial), CODE["initial"], np.uint8))
        begins = np.arange(low, high if len(token) >= 3 else low, dtype=np.int32)
        alike, levels = self._alike(token, self._ranges(token), range(low, low + len(begins)))
        sure = self._sure(token)
        return Like.of(
            np.concatenate([begins, alike, np.array([n for n, _ in sure], np.int32)]),
            np.concatenate(
                [
                    np.full(len(begins), _BEGINS, np.uint8),
                    levels,
                    np.array([code for _, code in sure], np.uint8),
                ]
            ),
        )

    def _sure(self, token: str) -> list[tuple[int, int]]:
        """Words and their levels that need no measuring, nearest last; see `name_level`."""
        size, number = len(token), self.number
        found = [(number(token[:1]), _INITIAL)]
        found += [(number(token[:n]), _BEGINS) for n in range(3, size - 1)]
        last = _EDIT if size > 4 else _BEGINS
        found.append((number(token[:-1]) if size > 3 else 0, last))
        if size >= 4:
            at = size // 2
            turned = token[: at - 1] + token[at] + token[at - 1] + token[at + 1 :]
            found.append((number(turned), _EDIT))
        form = written_form(token)
        variants = {number(form), *self._forms.get(form, ())}
        variants.update(map(number, shipped_variants().of(token)))
        found += [(n, _VARIANT) for n in sorted(variants)]
        found.append((number(token), CODE["same"]))
        return [(n, code) for n, code in found if n]

    def _ranges(self, token: str) -> Ints:
        """Words that begin, end or sound as `token` does and may be one edit away or similar."""
        size, alike = len(token), 3 if len(token) >= 6 else 2
        first = np.arange(*self._beginning(token[:alike]), dtype=np.int32)
        keys, order = self._ends
        ends = keys.searchsorted(np.array(_ending(token, alike), np.uint32))
        ending = order[slice(*ends.tolist())]
        sound = self._sound.of_key(hash_of(_sounds(token)))
        numbers = np.concatenate([first, ending, sound])
        # What shares too few letters with the word is not worth comparing.
        other = np.bitwise_count(self._letters.take(numbers) ^ np.uint32(_letter_mask(token)))
        apart = np.abs(self.lengths.take(numbers) - np.int16(size))
        keep = other <= max(2, size // 3 + 1)
        keep &= apart <= alike
        # An edit in front leaves nearly the same letters.
        at_end = slice(len(first), len(first) + len(ending))
        keep[at_end] &= (other[at_end] <= 2) & (apart[at_end] <= 1)
        return numbers.compress(keep)

    def _alike(self, token: str, numbers: Ints, begins: range) -> tuple[Ints, Ints]:
        """Those of the words that are one edit away or similar, with their levels; the words
        `begins` begin with this one.

        What is the same or a known variant besides, the caller sees to.
        """
        kept: list[Ints] = [numbers[:0]]
        codes: list[Ints] = [np.empty(0, np.uint8)]
        for start in range(0, len(numbers), _CHUNK):
            part = numbers[start : start + _CHUNK]
            words = [self.words[i] for i in part.tolist()]
            likeness, edits = _likeness(token, words)
            levels = np.where(likeness >= VERY_SIMILAR, np.uint8(_VERY), np.uint8(_SIMILAR))
            if begins:
                levels[(part >= begins.start) & (part < begins.stop)] = _BEGINS
            close = edits <= 1
            close &= self.lengths.take(part) >= 4 if len(token) >= 4 else False
            levels[close] = _EDIT
            put = close | (likeness >= SIMILAR)
            kept.append(part.compress(put))
            codes.append(levels.compress(put))
        return np.concatenate(kept), np.concatenate(codes)
