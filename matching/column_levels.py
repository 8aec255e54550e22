"""Comparison levels of columns, worked out once for each pair of distinct values.

`levels_of` gives, for a kind of column, its levels most exact first; `compare_values` the
place of the level for arrays of value pairs. Equal values are always level 0 ("same").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from matching.columns import Codes, Kind
from matching.name_comparison import SIMILAR, VERY_SIMILAR, name_level
from matching.name_forms import written_form
from matching.names import shipped_variants

Levels = npt.NDArray[np.int8]
Words = npt.NDArray[np.object_]

_NAME = (
    "same", "known variant", "one edit", "part", "very similar", "begins with", "similar",
    "initial", "other",
)  # fmt: skip
_DOB = (
    "same", "day and month swapped", "one digit", "first of January", "two of three parts",
    "two digits", "same year", "other",
)  # fmt: skip
_CODE = ("same", "one edit", "two edits", "begins alike", "other")
_TEXT = ("same", "one edit", "very similar", "part", "similar", "other")
_EMAIL = ("same", "same before the @", "one edit", "very similar", "similar", "other")
_SEX = ("same", "other")
_LEVELS: Mapping[Kind, tuple[str, ...]] = {
    Kind.GIVEN: _NAME,
    Kind.FAMILY: _NAME,
    Kind.DOB: _DOB,
    Kind.SEX: _SEX,
    Kind.NUMBER: _CODE,
    Kind.HOUSE: _CODE,
    Kind.POSTCODE: _CODE,
    Kind.PHONE: _CODE,
    Kind.EMAIL: _EMAIL,
}


def levels_of(kind: Kind) -> tuple[str, ...]:
    """The levels of a kind of column, most exact first."""
    return _LEVELS.get(kind, _TEXT)


def _edits(left: Words, right: Words, at_most: int) -> npt.NDArray[np.uint8]:
    return process.cpdist(
        left, right, scorer=OSA.distance, score_cutoff=at_most, dtype=np.uint8, workers=1
    )


def _alike(left: Words, right: Words) -> npt.NDArray[np.float32]:
    return process.cpdist(
        left, right, scorer=JaroWinkler.similarity, score_cutoff=0.7, dtype=np.float32, workers=1
    )


def _lengths(words: Words) -> npt.NDArray[np.int32]:
    return np.fromiter(map(len, words), np.int32, len(words))


_NAME_PLACE = {name: place for place, name in enumerate(_NAME)}


def _many_words(left: str, right: str) -> int:
    """Level of two names of which one has several words; the best pair of words is a part."""
    a, b = left.split(), right.split()
    if set(a) == set(b) or left.replace(" ", "") == right.replace(" ", ""):
        return 0
    best = min(_NAME_PLACE[name_level(x, y)] for x in a for y in b)
    return {0: 3, 1: 3, 2: 4}.get(best, 8 if best == 7 else max(best, 6))


def _names(left: Words, right: Words) -> Levels:
    levels = np.full(len(left), _NAME_PLACE["other"], np.int8)
    alike = _alike(left, right)
    levels[alike >= SIMILAR] = _NAME_PLACE["similar"]
    short = np.minimum(_lengths(left), _lengths(right))
    begins = np.fromiter(
        (a.startswith(b) or b.startswith(a) for a, b in zip(left, right, strict=True)),
        np.bool_,
        len(left),
    )
    levels[begins & (short >= 3)] = _NAME_PLACE["begins with"]
    levels[alike >= VERY_SIMILAR] = _NAME_PLACE["very similar"]
    levels[begins & (short == 1)] = _NAME_PLACE["initial"]
    levels[(short >= 4) & (_edits(left, right, 1) <= 1)] = _NAME_PLACE["one edit"]
    related = shipped_variants().related
    for at, (a, b) in enumerate(zip(left, right, strict=True)):
        if " " in a or " " in b:
            levels[at] = min(levels[at], _many_words(a, b))
        elif related(a, b) or written_form(a) == written_form(b):
            levels[at] = _NAME_PLACE["known variant"]
    return levels


def _figures(dates: Words) -> npt.NDArray[np.uint8]:
    """Eight figures a row, as characters."""
    return np.frombuffer("".join(dates).encode("ascii"), np.uint8).reshape(-1, 8)


def _dates(left: Words, right: Words) -> Levels:
    a, b = (_figures(side) for side in (left, right))
    year = (a[:, :4] == b[:, :4]).all(1)
    month, day = (a[:, 4:6] == b[:, 4:6]).all(1), (a[:, 6:] == b[:, 6:]).all(1)
    first = ((a[:, 4:] == [48, 49, 48, 49]).all(1)) | ((b[:, 4:] == [48, 49, 48, 49]).all(1))
    unknown = ((a[:, 6:] == 48).all(1)) | ((b[:, 6:] == 48).all(1))
    swapped = year & (a[:, 4:6] == b[:, 6:]).all(1) & (a[:, 6:] == b[:, 4:6]).all(1)
    edits = _edits(left, right, 2)
    levels = np.full(len(a), 7, np.int8)
    levels[year] = 6
    levels[edits == 2] = 5
    levels[(year.astype(np.int8) + month + day) == 2] = 4
    levels[edits <= 1] = 2
    levels[year & (first | unknown)] = 3
    levels[swapped] = 1
    return levels


def _first_half(left: str, right: str) -> bool:
    half = (max(len(left), len(right)) + 1) // 2
    return left[:half] == right[:half]


def _codes(left: Words, right: Words) -> Levels:
    levels = np.full(len(left), 4, np.int8)
    short = np.minimum(_lengths(left), _lengths(right))
    # The outward half of a postcode, or the first half of any code.
    half = np.fromiter(
        (_first_half(a, b) for a, b in zip(left, right, strict=True)), np.bool_, len(left)
    )
    levels[half & (short > 1)] = 3
    edits = _edits(left, right, 2)
    levels[(edits <= 2) & (short >= 6)] = 2
    levels[(edits <= 1) & (short >= 2)] = 1
    return levels


def _texts(left: Words, right: Words) -> Levels:
    levels = np.full(len(left), 5, np.int8)
    bare = [np.array([w.replace(" ", "") for w in side], object) for side in (left, right)]
    alike = _alike(bare[0], bare[1])
    levels[alike >= SIMILAR] = 4
    short = np.minimum(_lengths(bare[0]), _lengths(bare[1]))
    for at, (a, b) in enumerate(zip(left, right, strict=True)):
        if (" " in a or " " in b) and any(len(w) > 3 and w in b.split() for w in a.split()):
            levels[at] = 3
    levels[alike >= VERY_SIMILAR] = 2
    levels[(short >= 3) & (_edits(bare[0], bare[1], 1) <= 1)] = 1
    return levels


def _emails(left: Words, right: Words) -> Levels:
    levels = np.full(len(left), 5, np.int8)
    before = [np.array([w.partition("@")[0] for w in side], object) for side in (left, right)]
    alike = _alike(left, right)
    levels[alike >= SIMILAR] = 4
    levels[alike >= VERY_SIMILAR] = 3
    levels[_edits(left, right, 1) <= 1] = 2
    same = np.fromiter((a == b for a, b in zip(*before, strict=True)), np.bool_, len(left))
    levels[same] = 1
    return levels


def _sexes(left: Words, right: Words) -> Levels:
    return np.ones(len(left), np.int8)


_COMPARE: Mapping[Kind, Callable[[Words, Words], Levels]] = {
    Kind.GIVEN: _names,
    Kind.FAMILY: _names,
    Kind.DOB: _dates,
    Kind.SEX: _sexes,
    Kind.NUMBER: _codes,
    Kind.HOUSE: _codes,
    Kind.POSTCODE: _codes,
    Kind.PHONE: _codes,
    Kind.EMAIL: _emails,
}


def compare_values(
    kind: Kind, left_values: Words, right_values: Words, left: Codes, right: Codes
) -> Levels:
    """Level of each pair of codes; -1 where one is missing.

    Each distinct pair of values is compared once, in an order of its own, so that exchanging
    left and right changes nothing.
    """
    levels = np.full(len(left), -1, np.int8)
    both = (left >= 0) & (right >= 0)
    width = max(1, len(right_values))
    pairs = left[both].astype(np.int64) * width + right[both]
    keys, back = np.unique(pairs, return_inverse=True)
    x, y = left_values[keys // width], right_values[keys % width]
    found = np.zeros(len(keys), np.int8)
    differ = np.flatnonzero(x != y)
    if len(differ):
        a, b = x[differ], y[differ]
        later = a > b
        a[later], b[later] = b[later], a[later]
        found[differ] = _COMPARE.get(kind, _texts)(a, b)
    levels[both] = found[back]
    return levels
