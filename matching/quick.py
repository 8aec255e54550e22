"""The quick score: every row of a segment weighed against one query, in arrays.

It uses the weights of `score` on the facts that identify people fastest, so that the best
rows are the same; the exact comparison then decides among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from matching import normalise
from matching.person import Facts, NameParts, Sex
from matching.segment import Segment, address_text
from matching.vocabulary import LEVELS
from matching.weights import Frequencies, Weights

Floats = npt.NDArray[np.float32]
ROWS_AT_ONCE = 65_536
_CHUNK = 5_000
_MIDDLE = ("same", "known variant", "one edit")
_MISSING = LEVELS.index("missing")


class _Pair:
    """Weights by distinct value: against people at random, and against the household."""

    __slots__ = ("home", "random")

    def __init__(self, size: int) -> None:
        self.random = np.zeros(size, np.float32)
        self.home = np.zeros(size, np.float32)

    def put(self, where: npt.NDArray[np.bool_], random: float, home: float) -> None:
        self.random[where] = random
        self.home[where] = home

    def keep_best(self, other: _Pair) -> None:
        np.maximum(self.random, other.random, out=self.random)
        np.maximum(self.home, other.home, out=self.home)


class QuickScore:
    """One query prepared against one segment; `rows` then scores a slice of rows."""

    def __init__(
        self,
        query: Facts,
        segment: Segment,
        *,
        weights: Weights,
        frequencies: Frequencies,
        prior: float,
    ) -> None:
        self._query = query
        self._segment = segment
        self._weights = weights
        self._frequencies = frequencies
        self._prior = prior
        self._household = -math.log2(weights.household_others)
        self._readings = [self._reading(n) for n in query.names]
        self._dob = self._dob_weights()
        self._postcode = self._postcode_weights()
        self._mother = self._mother_weights()

    # -- weights by distinct value

    def _put(self, pair: _Pair, where: npt.NDArray[np.bool_], part: str, level: str) -> None:
        bits = self._weights.bits(part, level)
        pair.put(where, bits.random, bits.home)

    def _word(self, part: str, token: str) -> _Pair:
        """Weights of every word of the vocabulary as `part` against `token`."""
        codes = self._segment.words.levels(token)
        random, home = np.zeros(len(LEVELS), np.float32), np.zeros(len(LEVELS), np.float32)
        for code, level in enumerate(LEVELS):
            if code != _MISSING:
                bits = self._weights.bits(
                    part,
                    level,
                    token=token if level == "same" else None,
                    frequencies=self._frequencies,
                )
                random[code], home[code] = bits.random, bits.home
        pair = _Pair(0)
        pair.random, pair.home = random[codes], home[codes]
        return pair

    def _middle(self, token: str) -> _Pair:
        codes = self._segment.words.levels(token)
        pair = self._word("given", "")
        pair.random = np.full(len(codes), -99.0, np.float32)
        pair.home = pair.random.copy()
        for level in _MIDDLE:
            self._put(pair, codes == LEVELS.index(level), "given", "middle name")
        return pair

    def _reading(
        self, name: NameParts
    ) -> list[tuple[_Pair | None, _Pair | None, _Pair | None]]:
        """(first given word, later given words, family words), straight and swapped."""
        return [
            self._sides(name.given, name.family),
            self._sides(name.family, name.given),
        ]

    def _sides(
        self, given: tuple[str, ...], family: tuple[str, ...]
    ) -> tuple[_Pair | None, _Pair | None, _Pair | None]:
        first = later = both = None
        if given:
            first, later = self._word("given", given[0]), self._middle(given[0])
            for token in given[1:]:
                first.keep_best(self._middle(token))
            first.random[0] = first.home[0] = 0.0
        for token in family:
            one = self._word("family", token)
            if both is None:
                both = one
            else:
                both.keep_best(one)
        if both is not None and self._query.mother is not None:
            mother = self._weights.bits("family", "mother's name").random
            for token in self._query.mother.family:
                number = self._segment.words.number.get(token, 0)
                if number:
                    both.random[number] = max(float(both.random[number]), mother)
        return first, later, both

    def _dob_weights(self) -> _Pair | None:
        query, seg = self._query, self._segment
        pair = _Pair(len(seg.dob_years))
        if query.dob is not None:
            self._full_date(pair, query.dob)
        elif query.born is not None:
            low, high = query.born[0].toordinal(), query.born[1].toordinal()
            days = seg.dob_ordinals
            self._put(pair, days > 0, "dob", "other")
            near = (days >= low - 366) & (days <= high + 366)
            self._put(pair, near, "dob", "age a year out")
            width = max(1.0, (high - low) / 365.25)
            bits = self._weights.bits("dob", "age fits", width=width)
            pair.put((days >= low) & (days <= high), bits.random, bits.home)
        elif query.dob_parts.year is not None:
            year = seg.dob_years == query.dob_parts.year
            self._put(pair, seg.dob_years > 0, "dob", "other")
            if query.dob_parts.month is None:
                self._put(pair, year, "dob", "same year known")
            else:
                month = seg.dob_months == query.dob_parts.month
                self._put(pair, year & month, "dob", "same month and year")
        else:
            return None
        pair.put(seg.dob_years == 0, 0.0, 0.0)
        return pair

    def _full_date(self, pair: _Pair, day: date) -> None:
        seg = self._segment
        years, months, days = seg.dob_years, seg.dob_months, seg.dob_days
        year, month, same_day = years == day.year, months == day.month, days == day.day
        first = (months == 1) & (days == 1)
        figures = np.frombuffer(normalise.eight_figures(day).encode(), np.uint8)
        unlike = seg.dob_digits != figures
        off = unlike.sum(axis=1)
        exchanged = np.zeros(len(off), np.bool_)
        for i in range(7):
            exchanged |= (
                (off == 2)
                & (seg.dob_digits[:, i] == figures[i + 1])
                & (seg.dob_digits[:, i + 1] == figures[i])
                & unlike[:, i]
                & unlike[:, i + 1]
            )
        own_first = (day.month, day.day) == (1, 1)
        self._put(pair, years > 0, "dob", "other")
        self._put(pair, year, "dob", "same year")
        two = year.astype(np.int8) + month + same_day == 2
        self._put(pair, two, "dob", "two of three parts")
        self._put(pair, (off == 1) | exchanged, "dob", "one digit")
        self._put(pair, year & (first | own_first), "dob", "1 January of the year")
        swapped = year & (months == day.day) & (days == day.month)
        self._put(pair, swapped, "dob", "day and month swapped")
        same = year & month & same_day
        self._put(pair, same, "dob", "both 1 January" if own_first else "same")

    def _postcode_weights(self) -> Floats | None:
        code = self._query.postcode
        if code is None:
            return None
        texts = self._segment.values["postcode"].texts
        pair = _Pair(len(texts))
        outward, area = normalise.outward(code), normalise.area(code)
        whole = normalise.is_full_postcode(code)
        levels = [self._postcode_level(t, code, outward, area, whole) for t in texts[1:]]
        bits = {lv: self._weights.bits("postcode", lv).random for lv in set(levels)}
        pair.random[1:] = [bits[lv] for lv in levels]
        if whole:
            edit = self._weights.bits("postcode", "one edit").random
            for start in range(0, len(texts), _CHUNK):
                part = texts[start : start + _CHUNK]
                near = cdist([code], part, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)[
                    0
                ]
                pair.random[start : start + _CHUNK][near == 1] = edit
            number = self._segment.values["postcode"].number.get(code)
            if number:
                pair.random[number] = self._weights.bits("postcode", "same").random
        return pair.random

    @staticmethod
    def _postcode_level(text: str, code: str, outward: str, area: str, whole: bool) -> str:
        if normalise.outward(text) == outward:
            return (
                "same district"
                if whole and normalise.is_full_postcode(text)
                else ("district given")
            )
        return "same area" if normalise.area(text) == area else "other"

    def _mother_weights(self) -> Floats | None:
        mother = self._query.mother
        if mother is None or not mother.given:
            return None
        codes = self._segment.words.levels(mother.given[0])
        by_level = {
            "same": "same", "known variant": "close", "one edit": "close",
            "begins with": "close", "very similar": "close", "initial": "initial",
            "similar": "other", "other": "other",
        }  # fmt: skip
        table = np.array(
            [
                0.0 if lv == "missing" else self._weights.bits("mother", by_level[lv]).random
                for lv in LEVELS
            ],
            np.float32,
        )
        return table[codes]

    # -- scores by row

    def rows(self, start: int, stop: int) -> Floats:
        """Quick scores (log2 odds) of rows `start` to `stop`."""
        part = slice(start, stop)
        random = np.full(min(stop, len(self._segment.columns.person)) - start, self._prior,
                         np.float32)  # fmt: skip
        home = np.full(len(random), self._household, np.float32)
        self._add_names(part, random, home)
        cols = self._segment.columns
        if self._dob is not None:
            number = cols.dob[part]
            random += self._dob.random[number]
            home += self._dob.home[number]
        if self._query.sex is not Sex.UNKNOWN:
            self._add_sex(part, random, home)
        if self._postcode is not None:
            random += self._postcode[cols.postcode[part]]
        if self._mother is not None:
            random += self._mother[cols.mother_given[part]]
        self._add_equal(part, random, home)
        quick: Floats = np.minimum(random, home) + np.float32(0.01) * random
        if self._segment.removed:
            quick[~self._segment.alive[cols.person[part]]] = -np.inf
        return quick

    def _add_names(self, part: slice, random: Floats, home: Floats) -> None:
        cols = self._segment.columns
        best: Floats | None = None
        best_home: Floats | None = None
        swap = self._weights.bits("arrangement", "swapped")
        for reading in self._readings:
            for swapped, (first, later, family) in enumerate(reading):
                if first is None and family is None:
                    continue
                bits = np.zeros(len(random), np.float32)
                bits_home = np.zeros(len(random), np.float32)
                if first is not None and later is not None:
                    self._add_given(part, first, later, bits, bits_home)
                if family is not None:
                    words = cols.family[part]
                    own = family.random[words[:, 0]]
                    for column in range(1, words.shape[1]):
                        number = words[:, column]
                        if number.any():
                            there = np.where(number > 0, family.random[number], -99.0)
                            np.maximum(own, there, out=own)
                    bits += own
                if swapped:
                    bits += np.float32(swap.random)
                    bits_home += np.float32(swap.home)
                if best is None or best_home is None:
                    best, best_home = bits, bits_home
                else:
                    np.maximum(best, bits, out=best)
                    np.maximum(best_home, bits_home, out=best_home)
        if best is not None and best_home is not None:
            random += best
            home += best_home

    def _add_given(
        self, part: slice, first: _Pair, later: _Pair, bits: Floats, bits_home: Floats
    ) -> None:
        words = self._segment.columns.given[part]
        number = words[:, 0]
        own, own_home = first.random[number], first.home[number]
        for column in range(1, words.shape[1]):
            number = words[:, column]
            if number.any():
                np.maximum(own, later.random[number], out=own)
                np.maximum(own_home, later.home[number], out=own_home)
        bits += own
        bits_home += own_home

    def _add_sex(self, part: slice, random: Floats, home: Floats) -> None:
        held = self._segment.columns.sex[part]
        own = 1 if self._query.sex is Sex.FEMALE else 2
        for sex in (1, 2):
            bits = self._weights.bits("sex", "same" if sex == own else "other")
            where = held == sex
            random += where * np.float32(bits.random)
            home += where * np.float32(bits.home)

    def _add_equal(self, part: slice, random: Floats, home: Floats) -> None:
        """Facts that agree or not, without degrees: numbers, phone, address, school."""
        query, seg = self._query, self._segment
        cols = seg.columns

        def add(
            field: str,
            held: npt.NDArray[np.signedinteger],
            wanted: int,
            *,
            other: str = "other",
        ) -> None:
            same, unlike = self._weights.bits(field, "same"), self._weights.bits(field, other)
            equal = held == wanted
            differs = (held != 0) & ~equal
            random[equal] += np.float32(same.random)
            home[equal] += np.float32(same.home)
            random[differs] += np.float32(unlike.random)
            home[differs] += np.float32(unlike.home)

        if query.nhs_number and query.nhs_valid:
            add("nhs_number", cols.nhs_number[part], int(query.nhs_number))
        elif query.nhs_number and len(query.nhs_number) == 10:
            slips = np.isin(cols.nhs_number[part], _one_edit_numbers(query.nhs_number))
            bits = self._weights.bits("nhs_number", "one edit")
            random[slips] += np.float32(bits.random)
            home[slips] += np.float32(bits.home)
        if query.phone and len(query.phone) <= 18:
            add("phone", cols.phone[part], int(query.phone))
        lookups: tuple[tuple[str, str, Callable[[Facts], str]], ...] = (
            ("upn", "upn", lambda f: f.upn or ""),
            ("address", "address", address_text),
            ("school", "school", lambda f: " ".join(f.school)),
        )
        for field, column, text in lookups:
            wanted = seg.values[column].get(text(query))
            if wanted:
                other = "other, postcode differs too" if field == "address" else "other"
                add(field, getattr(cols, column)[part], wanted, other=other)


def _one_edit_numbers(number: str) -> npt.NDArray[np.int64]:
    found = {
        number[:i] + figure + number[i + 1 :]
        for i in range(len(number))
        for figure in "0123456789"
    }
    found |= {
        number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(len(number) - 1)
    }
    return np.array(sorted(int(n) for n in found if normalise.is_nhs_number(n)), np.int64)
