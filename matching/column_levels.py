"""Comparison levels of columns, worked out once for each pair of distinct values.

`levels_of` gives, for a kind of column, its levels most exact first; `Values.compare` the place
of the level for arrays of pairs. Equal values are level 0 ("same"), but for ages. What can be
said of a value alone is prepared once, so that a pair costs little.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler, Prefix

from matching.columns import Codes, Kind
from matching.name_comparison import SIMILAR, VERY_SIMILAR
from matching.name_forms import written_form
from matching.names import shipped_variants
from matching.normalise import is_nhs_number

Levels = npt.NDArray[np.int8]
Words = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

_NAME = (
    "same", "known variant", "one edit", "part", "very similar", "begins with", "similar",
    "initial", "other",
)  # fmt: skip
_DOB = (
    "same", "day and month swapped", "one digit", "first of January", "two of three parts",
    "two digits", "same year", "other",
)  # fmt: skip
_AGE = ("fits", "a year off", "other")
_CODE = ("same", "one edit", "two edits", "begins alike", "other")
_TEXT = ("same", "one edit", "very similar", "part", "similar", "other")
_EMAIL = ("same", "same before the @", "one edit", "very similar", "similar", "other")
_SEX = ("same", "other")
_LEVELS: Mapping[Kind, tuple[str, ...]] = {
    Kind.GIVEN: _NAME,
    Kind.FAMILY: _NAME,
    Kind.DOB: _DOB,
    Kind.AGE: _AGE,
    Kind.SEX: _SEX,
    Kind.NUMBER: _CODE,
    Kind.HOUSE: _CODE,
    Kind.POSTCODE: _CODE,
    Kind.PHONE: _CODE,
    Kind.EMAIL: _EMAIL,
}
_AT_ONCE = 400_000
_YEAR = 366  # days
_WORDS_AT_MOST = 8


def levels_of(kind: Kind) -> tuple[str, ...]:
    """The levels of a kind of column, most exact first."""
    return _LEVELS.get(kind, _TEXT)


def _edits(left: Words, right: Words, at_most: int) -> npt.NDArray[np.uint8]:
    return process.cpdist(
        left, right, scorer=OSA.distance, score_cutoff=at_most, dtype=np.uint8, workers=1
    )


def _alike(left: Words, right: Words) -> npt.NDArray[np.float32]:
    return process.cpdist(
        left,
        right,
        scorer=JaroWinkler.similarity,
        score_cutoff=SIMILAR,
        dtype=np.float32,
        workers=1,
    )


def _begin_alike(left: Words, right: Words) -> npt.NDArray[np.uint8]:
    """How many letters at the beginning are the same, up to 255."""
    return process.cpdist(left, right, scorer=Prefix.similarity, dtype=np.uint8, workers=1)


def _numbered(texts: Sequence[str]) -> Codes:
    """The same number for the same text."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(text, len(known)) for text in texts], np.int32)


def _words(value: str, least: int) -> list[str]:
    return [word for word in dict.fromkeys(value.split()) if len(word) >= least]


def _words_of(values: Sequence[str], least: int = 1) -> tuple[list[str], Codes]:
    """The distinct words of at least so many letters, and which of them each value has; -1 none."""
    known: dict[str, int] = {}
    held = [
        [known.setdefault(w, len(known)) for w in _words(value, least)[:_WORDS_AT_MOST]]
        for value in values
    ]
    words = sorted(known)
    place = np.empty(len(words), np.int32)
    place[[known[word] for word in words]] = np.arange(len(words), dtype=np.int32)
    table = np.full((len(values), max(map(len, held), default=0)), -1, np.int32)
    for row, found in zip(table, held, strict=True):
        row[: len(found)] = place[found]
    return words, table


class Values(ABC):
    """The distinct values, in order, of one or more columns of a kind, prepared for comparing."""

    def __init__(self, values: Sequence[str]) -> None:
        self.texts: Words = np.array([*values, ""], object)[:-1]
        self.lengths = np.fromiter(map(len, values), np.int32, len(values))

    @abstractmethod
    def different(self, left: Places, right: Places) -> Levels:
        """Levels of pairs of different values, the lesser first."""

    def same(self, left: Codes, right: Codes) -> Flags:
        """Which pairs of places are at level 0; a missing value (-1) is the same as nothing."""
        found: Flags = (left == right) & (left >= 0)
        return found

    def compare(self, left: Codes, right: Codes) -> Levels:
        """Level of each pair of places; -1 where one is missing.

        Each distinct pair of values is compared once, in an order of its own, so that exchanging
        left and right changes nothing.
        """
        levels = np.full(len(left), -1, np.int8)
        levels[(left == right) & (left >= 0)] = 0
        open_ = np.flatnonzero((left != right) & (left >= 0) & (right >= 0))
        if not len(open_):
            return levels
        one, other = left[open_], right[open_]
        width = max(1, len(self.texts))
        pairs = np.minimum(one, other).astype(np.int64) * width + np.maximum(one, other)
        keys, back = np.unique(pairs, return_inverse=True)
        found = np.empty(len(keys), np.int8)
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            found[start : start + _AT_ONCE] = self.different(some // width, some % width)
        levels[open_] = found[back]
        return levels


_NAME_PLACE = {name: place for place, name in enumerate(_NAME)}


class _Related:
    """Which pairs of words the lists hold for forms of one name."""

    def __init__(self, words: Sequence[str]) -> None:
        place = {word: at for at, word in enumerate(words)}
        of = shipped_variants().of
        self._width = max(1, len(words))
        self._pairs = np.unique(
            np.array(
                [
                    at * self._width + place[other]
                    for word, at in place.items()
                    for other in of(word)
                    if other in place
                ],
                np.int64,
            )
        )

    def __call__(self, left: Codes | Places, right: Codes | Places) -> Flags:
        if not len(self._pairs):
            return np.zeros(len(left), np.bool_)
        keys = left.astype(np.int64) * self._width + right
        at = np.minimum(np.searchsorted(self._pairs, keys), len(self._pairs) - 1)
        found: Flags = self._pairs[at] == keys
        return found


class _SingleNames(Values):
    """Names by their letters, and single words by the lists and rules of one name's forms."""

    def __init__(self, values: Sequence[str]) -> None:
        super().__init__(values)
        forms = [value if " " in value else written_form(value) for value in values]
        self._form = _numbered(forms)
        self._related = _Related(values)
        self._related_forms = _Related(list(dict.fromkeys(forms)))

    def different(self, left: Places, right: Places) -> Levels:
        a, b = self.texts[left], self.texts[right]
        levels = np.full(len(left), _NAME_PLACE["other"], np.int8)
        alike = _alike(a, b)
        levels[alike >= SIMILAR] = _NAME_PLACE["similar"]
        x, y = self.lengths[left], self.lengths[right]
        short = np.minimum(x, y)
        begins = _begin_alike(a, b) == short
        levels[begins & (short >= 3)] = _NAME_PLACE["begins with"]
        levels[alike >= VERY_SIMILAR] = _NAME_PLACE["very similar"]
        levels[begins & (short == 1)] = _NAME_PLACE["initial"]
        near = np.flatnonzero((short >= 4) & (np.abs(x - y) <= 1))
        one_edit = near[_edits(a[near], b[near], 1) <= 1]
        levels[one_edit] = _NAME_PLACE["one edit"]
        form, other = self._form[left], self._form[right]
        known = (form == other) | self._related(left, right) | self._related_forms(form, other)
        levels[known & (short > 1)] = _NAME_PLACE["known variant"]
        return levels


_OF_WORDS = np.array([3, 3, 4, 6, 6, 6, 6, 8, 8], np.int8)
"""What the best pair of words is worth for names of several: the same word is a part."""


class _Names(_SingleNames):
    """Names of one or several words; of several, the best pair of words counts too."""

    def __init__(self, values: Sequence[str]) -> None:
        super().__init__(values)
        words, self._word = _words_of(values)
        self._words = _SingleNames(words)
        self._several = np.fromiter((" " in value for value in values), np.bool_, len(values))
        self._bag = _numbered([" ".join(sorted(set(value.split()))) for value in values])
        self._bare = _numbered([value.replace(" ", "") for value in values])

    def different(self, left: Places, right: Places) -> Levels:
        levels = super().different(left, right)
        at = np.flatnonzero(self._several[left] | self._several[right])
        if len(at):
            levels[at] = np.minimum(levels[at], self._by_words(left[at], right[at]))
        return levels

    def _by_words(self, left: Places, right: Places) -> Levels:
        best = np.full(len(left), _NAME_PLACE["other"], np.int8)
        for i in range(self._word.shape[1]):
            for j in range(self._word.shape[1]):
                a, b = self._word[left, i], self._word[right, j]
                both = np.flatnonzero((a >= 0) & (b >= 0))
                if len(both):
                    found = self._words.compare(a[both], b[both])
                    initials = (found == 0) & (self._words.lengths[a[both]] == 1)
                    found[initials] = _NAME_PLACE["initial"]
                    best[both] = np.minimum(best[both], found)
        levels = _OF_WORDS[best]
        levels[self._one(left, right)] = 0
        return levels

    def _one(self, left: Places, right: Places) -> Flags:
        """Whether names have the same words in another order, or the same letters."""
        bag = self._bag[left] == self._bag[right]
        found: Flags = bag | (self._bare[left] == self._bare[right])
        return found

    def same(self, left: Codes, right: Codes) -> Flags:
        found = super().same(left, right)
        both = (left >= 0) & (right >= 0) & ~found
        at = np.flatnonzero(both & (self._several[left] | self._several[right]))
        found[at] = self._one(left[at].astype(np.int64), right[at].astype(np.int64))
        return found


class _Dates(Values):
    def __init__(self, values: Sequence[str]) -> None:
        super().__init__(values)
        self._figures = np.frombuffer("".join(values).encode("ascii"), np.uint8).reshape(-1, 8)

    def different(self, left: Places, right: Places) -> Levels:
        a, b = self._figures[left], self._figures[right]
        year = (a[:, :4] == b[:, :4]).all(1)
        month, day = (a[:, 4:6] == b[:, 4:6]).all(1), (a[:, 6:] == b[:, 6:]).all(1)
        first = ((a[:, 4:] == [48, 49, 48, 49]).all(1)) | ((b[:, 4:] == [48, 49, 48, 49]).all(1))
        unknown = ((a[:, 6:] == 48).all(1)) | ((b[:, 6:] == 48).all(1))
        swapped = year & (a[:, 4:6] == b[:, 6:]).all(1) & (a[:, 6:] == b[:, 4:6]).all(1)
        edits = _edits(self.texts[left], self.texts[right], 2)
        levels = np.full(len(a), 7, np.int8)
        levels[year] = 6
        levels[edits == 2] = 5
        levels[(year.astype(np.int8) + month + day) == 2] = 4
        levels[edits <= 1] = 2
        levels[year & (first | unknown)] = 3
        levels[swapped] = 1
        return levels


class _Ages(Values):
    """First and last days of birth. Two birth dates are for their own column to compare."""

    def __init__(self, values: Sequence[str]) -> None:
        super().__init__(values)
        ends = [[date.fromisoformat(day).toordinal() for day in v.split()] for v in values]
        self._first, self._last = np.array([*ends, (0, 0)], np.int64)[:-1].reshape(-1, 2).T

    def _apart(self, left: Codes, right: Codes) -> tuple[Places, Places]:
        """Pairs that a range of days stands in, and how many days lie between its two."""
        at = np.flatnonzero((left >= 0) & (right >= 0))
        a, b = left[at], right[at]
        exact = (self._first[a] == self._last[a]) & (self._first[b] == self._last[b])
        at, a, b = at[~exact], a[~exact], b[~exact]
        apart = np.maximum(self._first[a] - self._last[b], self._first[b] - self._last[a])
        return at, np.maximum(apart, 0)

    def same(self, left: Codes, right: Codes) -> Flags:
        at, apart = self._apart(left, right)
        found = np.zeros(len(left), np.bool_)
        found[at[apart == 0]] = True
        return found

    def compare(self, left: Codes, right: Codes) -> Levels:
        levels = np.full(len(left), -1, np.int8)
        at, apart = self._apart(left, right)
        levels[at] = np.where(apart == 0, 0, np.where(apart <= _YEAR, 1, 2))
        return levels

    def different(self, left: Places, right: Places) -> Levels:
        return self.compare(left.astype(np.int32), right.astype(np.int32))


class _CodesOf(Values):
    """Numbers, postcodes and the like."""

    def different(self, left: Places, right: Places) -> Levels:
        a, b = self.texts[left], self.texts[right]
        levels = np.full(len(left), 4, np.int8)
        x, y = self.lengths[left], self.lengths[right]
        short = np.minimum(x, y)
        # The outward half of a postcode, or the first half of any code.
        half = _begin_alike(a, b) >= (np.maximum(x, y) + 1) // 2
        levels[half & (short > 1)] = 3
        edits = _edits(a, b, 2)
        levels[(edits <= 2) & (short >= 6)] = 2
        levels[(edits <= 1) & (short >= 2)] = 1
        return levels


class _Numbers(_CodesOf):
    """Numbers of people. The check of an NHS number lets no slip of one figure, nor two
    exchanged ones, pass: two good ones are two people's, however near (brothers' often are)."""

    def __init__(self, values: Sequence[str]) -> None:
        super().__init__(values)
        self._good = np.fromiter(map(is_nhs_number, values), np.bool_, len(values))

    def different(self, left: Places, right: Places) -> Levels:
        levels = super().different(left, right)
        levels[self._good[left] & self._good[right]] = len(_CODE) - 1
        return levels


class _Texts(Values):
    def __init__(self, values: Sequence[str]) -> None:
        super().__init__(values)
        bare = [value.replace(" ", "") for value in values]
        self._bare: Words = np.array([*bare, ""], object)[:-1]
        self._bare_lengths = np.fromiter(map(len, bare), np.int32, len(bare))
        self._word = _words_of(values, least=4)[1]
        self._several = np.fromiter((" " in value for value in values), np.bool_, len(values))

    def different(self, left: Places, right: Places) -> Levels:
        a, b = self._bare[left], self._bare[right]
        levels = np.full(len(left), 5, np.int8)
        alike = _alike(a, b)
        levels[alike >= SIMILAR] = 4
        levels[self._word_shared(left, right)] = 3
        levels[alike >= VERY_SIMILAR] = 2
        x, y = self._bare_lengths[left], self._bare_lengths[right]
        near = np.flatnonzero((np.minimum(x, y) >= 3) & (np.abs(x - y) <= 1))
        levels[near[_edits(a[near], b[near], 1) <= 1]] = 1
        return levels

    def _word_shared(self, left: Places, right: Places) -> Places:
        at = np.flatnonzero(self._several[left] | self._several[right])
        ours, theirs = self._word[left[at]], self._word[right[at]]
        shared = np.zeros(len(at), np.bool_)
        for i in range(self._word.shape[1]):
            for j in range(self._word.shape[1]):
                shared |= (ours[:, i] == theirs[:, j]) & (ours[:, i] >= 0)
        found: Places = at[shared]
        return found


class _Emails(Values):
    def __init__(self, values: Sequence[str]) -> None:
        super().__init__(values)
        self._before = _numbered([value.partition("@")[0] for value in values])

    def different(self, left: Places, right: Places) -> Levels:
        a, b = self.texts[left], self.texts[right]
        levels = np.full(len(left), 5, np.int8)
        alike = _alike(a, b)
        levels[alike >= SIMILAR] = 4
        levels[alike >= VERY_SIMILAR] = 3
        levels[_edits(a, b, 1) <= 1] = 2
        levels[self._before[left] == self._before[right]] = 1
        return levels


class _Sexes(Values):
    def different(self, left: Places, right: Places) -> Levels:
        return np.ones(len(left), np.int8)


_OF_KIND: Mapping[Kind, type[Values]] = {
    Kind.GIVEN: _Names,
    Kind.FAMILY: _Names,
    Kind.DOB: _Dates,
    Kind.AGE: _Ages,
    Kind.SEX: _Sexes,
    Kind.NUMBER: _Numbers,
    Kind.HOUSE: _CodesOf,
    Kind.POSTCODE: _CodesOf,
    Kind.PHONE: _CodesOf,
    Kind.EMAIL: _Emails,
}


def values_of(kind: Kind, values: Sequence[str]) -> Values:
    """Distinct values of a kind of column, in order, prepared for comparing."""
    return _OF_KIND.get(kind, _Texts)(values)
