"""The quick score: every row of a segment weighed against one query, in arrays.

It uses the weights of `score` on the facts that identify people fastest, so that the best
rows are the same; the exact comparison then decides among them.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from matching import normalise
from matching.person import Facts, NameParts, Sex
from matching.segment import SEX_NUMBERS, Segment, address_text
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
        self._sex = self._sex_weights()
        self._texts = {
            "upn": query.upn or "",
            "address": address_text(query),
            "school": " ".join(query.school),
        }

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

    def _reading(self, name: NameParts) -> list[tuple[_Pair | None, _Pair | None, _Pair | None]]:
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
        held = self._segment.postcodes
        bits = {
            level: np.float32(self._weights.bits("postcode", level).random)
            for level in self._weights.fixed["postcode"]
        }
        whole = normalise.is_full_postcode(code)
        district = held.districts == normalise.outward(code)
        result = np.full(len(held.texts), bits["other"], np.float32)
        result[held.areas == normalise.area(code)] = bits["same area"]
        result[district] = bits["district given"]
        if whole:
            result[district & held.whole] = bits["same district"]
            for start in range(0, len(held.texts), _CHUNK):
                part = held.texts[start : start + _CHUNK]
                near = cdist([code], part, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)[0]
                result[start : start + _CHUNK][near == 1] = bits["one edit"]
            number = self._segment.values["postcode"].get(code)
            if number > 0:
                result[number] = bits["same"]
        result[0] = 0.0
        return result

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

    def _sex_weights(self) -> _Pair | None:
        if self._query.sex is Sex.UNKNOWN:
            return None
        own = SEX_NUMBERS[self._query.sex]
        pair = _Pair(3)
        for number in (1, 2):
            level = "same" if number == own else "other"
            self._put(pair, np.arange(3) == number, "sex", level)
        return pair

    # -- scores by row

    def rows(self, start: int, stop: int) -> Floats:
        """Quick scores (log2 odds) of rows `start` to `stop`."""
        cols = self._segment.columns
        part = slice(start, min(stop, len(cols.person)))
        size = part.stop - start
        random = np.full(size, self._prior, np.float32)
        home = np.full(size, self._household, np.float32)
        self._add_names(part, random, home)
        if self._dob is not None:
            number = cols.dob[part]
            random += self._dob.random.take(number)
            home += self._dob.home.take(number)
        if self._sex is not None:
            held = cols.sex[part]
            random += self._sex.random.take(held)
            home += self._sex.home.take(held)
        if self._postcode is not None:
            random += self._postcode.take(cols.postcode[part])
        if self._mother is not None:
            random += self._mother.take(cols.mother_given[part])
        self._add_equal(part, random, home)
        quick: Floats = np.minimum(random, home) + np.float32(0.01) * random
        if self._segment.removed:
            quick[~self._segment.alive[cols.person[part]]] = -np.inf
        return quick

    def _add_names(self, part: slice, random: Floats, home: Floats) -> None:
        best: Floats | None = None
        best_home: Floats | None = None
        swap = self._weights.bits("arrangement", "swapped")
        for reading in self._readings:
            for swapped, (first, later, family) in enumerate(reading):
                bits, bits_home = self._name_bits(part, first, later, family)
                if bits is None or bits_home is None:
                    continue
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

    def _name_bits(
        self, part: slice, first: _Pair | None, later: _Pair | None, family: _Pair | None
    ) -> tuple[Floats | None, Floats | None]:
        seg = self._segment
        bits: Floats | None = None
        bits_home: Floats | None = None
        if first is not None and later is not None:
            number = seg.first_given[part]
            bits, bits_home = first.random.take(number), first.home.take(number)
            for rows, words in seg.later_given.within(part.start, part.stop):
                bits[rows] = np.maximum(bits[rows], later.random[words])
                bits_home[rows] = np.maximum(bits_home[rows], later.home[words])
        if family is not None:
            own = family.random.take(seg.first_family[part])
            for rows, words in seg.later_family.within(part.start, part.stop):
                own[rows] = np.maximum(own[rows], family.random[words])
            if bits is None:
                bits, bits_home = own, np.zeros(len(own), np.float32)
            else:
                bits += own
        return bits, bits_home

    def _add_equal(self, part: slice, random: Floats, home: Floats) -> None:
        """Facts that agree or not, without degrees: numbers, phone, address, school."""
        query, seg = self._query, self._segment
        cols = seg.columns

        def add(
            field: str, held: npt.NDArray[np.signedinteger], wanted: int, other: str = "other"
        ) -> None:
            same, unlike = self._weights.bits(field, "same"), self._weights.bits(field, other)
            equal, known = np.flatnonzero(held == wanted), held != 0
            random[equal] += np.float32(same.random - unlike.random)
            home[equal] += np.float32(same.home - unlike.home)
            np.add(random, known * np.float32(unlike.random), out=random)
            if unlike.home:
                np.add(home, known * np.float32(unlike.home), out=home)

        if query.nhs_number and query.nhs_valid:
            held = cols.nhs_number[part]
            add("nhs_number", np.where(held > 0, held, 0), int(query.nhs_number))
        elif query.nhs_number and len(query.nhs_number) == 10:
            held = cols.nhs_number[part]
            for level, numbers in (
                ("one edit", _one_edit_numbers(query.nhs_number)),
                ("same, not valid", np.array([-int(query.nhs_number)])),
            ):
                alike = np.isin(held, numbers)
                bits = self._weights.bits("nhs_number", level)
                random[alike] += np.float32(bits.random)
                home[alike] += np.float32(bits.home)
        if query.phone and len(query.phone) <= 18:
            add("phone", cols.phone[part], int(query.phone))
        for field, text in self._texts.items():
            wanted = seg.values[field].get(text)
            if wanted:
                other = "other, postcode differs too" if field == "address" else "other"
                add(field, getattr(cols, field)[part], wanted, other)


def _one_edit_numbers(number: str) -> npt.NDArray[np.int64]:
    found = {
        number[:i] + figure + number[i + 1 :] for i in range(len(number)) for figure in "0123456789"
    }
    found |= {
        number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(len(number) - 1)
    }
    return np.array(sorted(int(n) for n in found if normalise.is_nhs_number(n)), np.int64)
