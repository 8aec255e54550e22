"""The quick score: candidate rows of a segment weighed against one query, in arrays.

It uses the weights of `score` on the facts that identify people fastest, so that the best
rows are the same; the exact comparison then decides among them.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from matching import normalise
from matching.candidates import one_edit
from matching.layout import ALIAS, LATER_FAMILY, LATER_GIVEN, MOTHER, address_key, postcode_key
from matching.person import Facts, NameParts, Sex
from matching.postings import hash_of
from matching.segment import FEMALE, FURTHER, MALE, PARTIAL, Segment
from matching.texts import Ints, spread
from matching.vocabulary import CODE, LEVELS, SURE
from matching.weights import Bits, Frequencies, Weights

Floats = npt.NDArray[np.float32]
_LOOKED_AT = 24
_NEVER = np.float32(-99.0)
# By the kind of a further name: the first or a later given word; the whole family name, half of
# it, or the mother's.
_PLACE_OF_GIVEN = np.array([1 if kind & LATER_GIVEN else 0 for kind in range(16)], np.uint8)
_PLACE_OF_FAMILY = np.array(
    [2 if kind & MOTHER else 1 if kind & LATER_FAMILY else 0 for kind in range(16)], np.uint8
)


class _Table:
    """Weights by a small number: against people at random, and against the household."""

    __slots__ = ("home", "random")

    def __init__(self, size: int) -> None:
        self.random = np.zeros(size, np.float32)
        self.home = np.zeros(size, np.float32)

    def put(self, where: int | slice | Ints, bits: Bits) -> None:
        self.random[where] = bits.random
        self.home[where] = bits.home

    def copy(self) -> _Table:
        other = _Table(0)
        other.random, other.home = self.random.copy(), self.home.copy()
        return other


def _fixed_table(weights: Weights, part: str) -> _Table:
    """Weights of a name's levels but for the name's own rarity; kept for the last weights."""
    if _fixed.get("weights") is not weights:
        _fixed.clear()
        _fixed["weights"] = weights
    table = _fixed.get(part)
    if not isinstance(table, _Table):
        table = _Table(len(LEVELS))
        other = weights.bits(part, "other")
        table.put(slice(None), other)
        for code, level in enumerate(LEVELS):
            if level not in ("missing", "same"):
                table.put(code, weights.fixed[part].get(level, other))
        table.random[CODE["missing"]] = table.home[CODE["missing"]] = 0.0
        _fixed[part] = table
    return table


_fixed: dict[str, object] = {}


class QuickScore:
    """One query prepared against one segment; `of` then scores any of its rows."""

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
        self._tables: dict[tuple[str, str], _Table] = {}
        self._slips: dict[str, Ints] = {}
        self._household = -math.log2(weights.household_others)
        self._dob = self._dob_codes()
        self._sex = self._sex_table()

    def of(self, rows: Ints) -> Floats:
        """Quick scores (log2 odds) of the rows; -inf for people who were removed."""
        segment = self._segment
        random = np.full(len(rows), self._prior, np.float32)
        home = np.full(len(rows), self._household, np.float32)
        traits = segment.traits[rows]
        self._add_names(rows, traits, random, home)
        if self._dob is not None:
            codes, table = self._dob
            days = codes[segment.day[rows]]
            random += table.random[days]
            home += table.home[days]
            # What a part of a date or an age says is left to the exact comparison: at best this.
            partial = (traits & PARTIAL) > 0
            if partial.any():
                best = self._weights.bits("dob", "same month and year")
                random[partial] += np.float32(best.random)
                home[partial] += np.float32(best.home)
        if self._sex is not None:
            sex = traits & (FEMALE | MALE)
            random += self._sex.random[sex]
            home += self._sex.home[sex]
        self._add_postcodes(rows, random)
        self._add_equal(rows, random, home)
        quick: Floats = np.minimum(random, home) + np.float32(0.01) * random
        if segment.removed:
            quick[~segment.alive[rows]] = -np.inf
        return quick

    # -- names

    def _word_table(self, part: str, token: str) -> _Table:
        known = self._tables.get((part, token))
        if known is None:
            known = self._tables[part, token] = _fixed_table(self._weights, part).copy()
            known.put(CODE["same"], self._bits(part, "same", token))
        return known

    def _bits(self, part: str, level: str, token: str | None) -> Bits:
        return self._weights.bits(part, level, token=token, frequencies=self._frequencies)

    def _middle_table(self) -> _Table:
        return self._only("given", "middle name", slice(CODE["same"], SURE + 1))

    def _mother_table(self) -> _Table:
        return self._only("family", "mother's name", CODE["same"])

    def _only(self, part: str, level: str, where: int | slice) -> _Table:
        """Weights of one level, and of no other."""
        known = self._tables.get((part, f" {level}"))
        if known is None:
            known = self._tables[part, f" {level}"] = _Table(len(LEVELS))
            known.random[:] = known.home[:] = _NEVER
            known.put(where, self._bits(part, level, None))
        return known

    def _part_table(self, token: str) -> _Table:
        known = self._tables.get(("part", token))
        if known is None:
            known = self._tables["part", token] = self._word_table("family", token).copy()
            known.put(CODE["same"], self._bits("family", "part", token))
        return known

    def _add_names(self, rows: Ints, traits: Ints, random: Floats, home: Floats) -> None:
        query, segment = self._query, self._segment
        if not query.names:
            return
        given, family = segment.given(rows), segment.family(rows)
        further = np.flatnonzero(traits & FURTHER)
        owner, at = self._further(rows, further)
        best = np.full(len(rows), _NEVER * 2, np.float32)
        best_home = best.copy()
        for name in query.names:
            for bits, bits_home in (
                self._straight(name, given, family), self._swapped(name, given, family)
            ):  # fmt: skip
                alias = self._weights.bits("arrangement", "alias")
                np.maximum(best, bits + alias.random * name.alias, out=best)
                np.maximum(best_home, bits_home + alias.home * name.alias, out=best_home)
            if len(owner):
                more, more_home = self._of_further(name, at)
                np.maximum.at(best, owner, more)
                np.maximum.at(best_home, owner, more_home)
        random += best
        home += best_home

    def _straight(self, name: NameParts, given: Ints, family: Ints) -> tuple[Floats, Floats]:
        bits = np.zeros(len(given), np.float32)
        bits_home = np.zeros(len(given), np.float32)
        words = self._segment.words
        if name.given:
            codes = words.levels(words.near(name.given[0]), given)
            table = self._word_table("given", name.given[0])
            bits, bits_home = table.random[codes], table.home[codes]
            for token in name.given[1:]:
                codes, table = words.levels(words.near(token), given), self._middle_table()
                np.maximum(bits, table.random[codes], out=bits)
                np.maximum(bits_home, table.home[codes], out=bits_home)
        if name.family:
            bits += self._family_bits(name.family, family)
        return bits, bits_home

    def _family_bits(self, tokens: tuple[str, ...], family: Ints) -> Floats:
        words = self._segment.words
        best: Floats | None = None
        for token in tokens:
            # One word of several agrees as half of the name only.
            of = self._word_table("family", token) if len(tokens) == 1 else self._part_table(token)
            bits = of.random[words.levels(words.near(token), family)]
            best = bits if best is None else np.maximum(best, bits)
        assert best is not None
        if self._query.mother is not None:
            weight = np.float32(self._bits("family", "mother's name", None).random)
            for token in self._query.mother.family:
                number = words.number(token)
                if number:
                    best[(family == number) & (best < weight)] = weight
        return best

    def _swapped(self, name: NameParts, given: Ints, family: Ints) -> tuple[Floats, Floats]:
        words = self._segment.words
        swap = self._weights.bits("arrangement", "swapped")
        bits = np.full(len(given), swap.random, np.float32)
        bits_home = np.full(len(given), swap.home, np.float32)
        if name.given:
            table = self._word_table("given", name.given[0])
            found = words.levels(words.near(name.given[0]), family)
            bits += table.random[found]
            bits_home += table.home[found]
        if name.family:
            table = self._word_table("family", name.family[0])
            bits += table.random[words.levels(words.near(name.family[0]), given)]
        return bits, bits_home

    def _further(self, rows: Ints, places: Ints) -> tuple[Ints, Ints]:
        """Of the rows at `places`, every further name: the place of its row, and its own."""
        if not len(places):
            return places, places
        held = self._segment.further.row
        lows = np.searchsorted(held, rows[places], "left")
        sizes = np.searchsorted(held, rows[places], "right") - lows
        return np.repeat(places, sizes), spread(lows, sizes)

    def _of_further(self, name: NameParts, at: Ints) -> tuple[Floats, Floats]:
        further, words = self._segment.further, self._segment.words
        kind, given, family = further.kind[at], further.given[at], further.family[at]
        bits = np.zeros(len(at), np.float32)
        bits_home = np.zeros(len(at), np.float32)
        if name.given:
            tables = (self._word_table("given", name.given[0]), self._middle_table())
            where = _PLACE_OF_GIVEN[kind], words.levels(words.near(name.given[0]), given)
            bits = np.array([t.random for t in tables])[where]
            bits_home = np.array([t.home for t in tables])[where]
        if name.family:
            place = _PLACE_OF_FAMILY[kind]
            best = np.full(len(at), _NEVER, np.float32)
            for token in name.family:
                own = (self._word_table("family", token), self._part_table(token))
                random = np.array([t.random for t in (*own, self._mother_table())])
                found = random[place, words.levels(words.near(token), family)]
                np.maximum(best, found, out=best)
            bits += best
        named = (kind & ALIAS) > 0
        if named.any():
            alias = self._weights.bits("arrangement", "alias")
            bits[named] += np.float32(alias.random)
            bits_home[named] += np.float32(alias.home)
        return bits, bits_home

    # -- birth dates

    def _dob_codes(self) -> tuple[Ints, _Table] | None:
        """A small number for each distinct day, and the weights by that number."""
        query, days = self._query, self._segment.days
        codes = np.ones(len(days), np.uint8)
        levels: list[Bits] = [Bits(random=0.0, home=0.0), self._weights.bits("dob", "other")]

        def put(where: slice | Ints, level: str, width: float = 1.0) -> None:
            codes[where] = len(levels)
            levels.append(self._weights.bits("dob", level, width=width))

        if query.dob is not None:
            first, last = date(query.dob.year, 1, 1), date(query.dob.year, 12, 31)
            put(days.run(first.toordinal(), last.toordinal()), "same year")
            # Nearest last: a day may be a slip in several ways.
            for level, places in days.around(query.dob).items():
                put(places, level)
        elif query.born is not None:
            low, high = query.born[0].toordinal(), query.born[1].toordinal()
            put(days.run(low - 366, high + 366), "age a year out")
            put(days.run(low, high), "age fits", max(1.0, (high - low) / 365.25))
        elif query.dob_parts.year is not None:
            year, month = query.dob_parts.year, query.dob_parts.month
            first, last = date(year, month or 1, 1), date(year, month or 12, 28)
            level = "same year known" if month is None else "same month and year"
            put(days.run(first.toordinal(), last.toordinal() + 3), level)
        else:
            return None
        codes[0] = 0
        table = _Table(len(levels))
        for code, bits in enumerate(levels):
            table.put(code, bits)
        return codes, table

    def _sex_table(self) -> _Table | None:
        if self._query.sex is Sex.UNKNOWN:
            return None
        own = FEMALE if self._query.sex is Sex.FEMALE else MALE
        table = _Table(4)
        for bit in (FEMALE, MALE):
            table.put(bit, self._weights.bits("sex", "same" if bit == own else "other"))
        return table

    # -- the rest

    def _add_postcodes(self, rows: Ints, random: Floats) -> None:
        code, segment = self._query.postcode, self._segment
        if code is None or not len(segment.postcode_keys):
            return
        bits = {
            level: np.float32(self._weights.bits("postcode", level).random)
            for level in self._weights.fixed["postcode"]
        }
        key = postcode_key(code)
        numbers = segment.postcode(rows)
        whole = normalise.is_full_postcode(code)
        area = segment.postcode_areas[numbers] == _area(code)
        found = np.where(area, bits["same area"], bits["other"])
        if area.any():
            district = segment.postcode_districts[numbers] == np.uint32(key >> 24)
            found[district] = bits["same district" if whole else "district given"]
        if whole and (number := segment.postcode_of(code)):
            found[numbers == number] = bits["same"]
        found[numbers == 0] = 0.0
        random += found

    def near_postcodes(self, found: list[tuple[float, int]]) -> list[tuple[float, int]]:
        """Scores and rows, best first, with the best ones' postcodes weighed to the letter."""
        code = self._query.postcode
        if code is None or not found or not normalise.is_full_postcode(code):
            return found
        near = self._weights.bits("postcode", "one edit").random
        result = list(found)
        looked_at = found[:_LOOKED_AT]
        numbers = self._segment.postcode(np.array([row for _, row in looked_at], np.int32))
        for at, (number, (value, row)) in enumerate(zip(numbers.tolist(), looked_at, strict=True)):
            other = self._segment.postcode_text(number)
            if OSA.distance(code, other, score_cutoff=1) == 1 and normalise.is_full_postcode(other):
                far = self._weights.bits("postcode", _far(code, other)).random
                result[at] = (value + near - far, row)
        result.sort(key=lambda one: (-one[0], one[1]))
        return result

    def _add_equal(self, rows: Ints, random: Floats, home: Floats) -> None:
        """Facts that agree or not, without degrees: numbers, phone, address, mother, school."""
        query = self._query
        number = query.nhs_number[:18] if query.nhs_number else ""
        if number and query.nhs_valid:
            self._equal(rows, random, home, "nhs_number", number, "same", "other")
        elif number:
            self._equal(rows, random, home, "nhs_number", number, "same, not valid", None)
        address = address_key(query.person.address) if query.person.address else ""
        mother = query.mother.given[0] if query.mother and query.mother.given else ""
        for field, text, other in (
            ("phone", query.phone, "other"),
            ("upn", query.upn, "other"),
            ("address", address, "other, postcode differs too"),
            ("mother", mother, "other"),
            ("school", " ".join(query.school), "other"),
            ("gp", " ".join(query.gp), "other"),
        ):
            if text:
                self._equal(rows, random, home, field, text, "same", other)
        if number:
            # Two valid numbers are two people's; a slip makes one that is not.
            slips = [
                n for n in one_edit(number) if normalise.is_nhs_number(n) is not query.nhs_valid
            ]
            self._one_edit(rows, random, home, "nhs_number", slips, against=query.nhs_valid)
        if query.upn:
            self._one_edit(rows, random, home, "upn", list(one_edit(query.upn)), against=True)

    def _one_edit(
        self, rows: Ints, random: Floats, home: Floats,
        field: str, slips: list[str], *, against: bool,
    ) -> None:  # fmt: skip
        """Numbers that are a slip of the query's. Where they counted `against` it until here,
        that is taken back: it would put them behind who has less in common."""
        if field not in self._segment.hashes:
            return
        if field not in self._slips:
            self._slips[field] = np.array([hash_of(n) for n in slips], np.uint32)
        near = np.isin(self._segment.hash(field, rows), self._slips[field])
        if near.any():
            bits = self._weights.bits(field, "one edit")
            other = self._weights.bits(field, "other")
            random += near * np.float32(bits.random - (other.random if against else 0))
            home += near * np.float32(bits.home - (other.home if against else 0))

    def _equal(
        self, rows: Ints, random: Floats, home: Floats,
        field: str, text: str, level: str, other: str | None,
    ) -> None:  # fmt: skip
        if field not in self._segment.hashes:
            return
        held = self._segment.hash(field, rows)
        same = held == np.uint32(hash_of(text))
        bits = self._weights.bits(field, level)
        if other is not None:
            unlike = self._weights.bits(field, other)
            differs = (held > 0) & ~same
            random += differs * np.float32(unlike.random)
            home += differs * np.float32(unlike.home)
        random += same * np.float32(bits.random)
        home += same * np.float32(bits.home)


def _area(code: str) -> np.uint16:
    letters = normalise.area(code).encode().ljust(2, b"\0")
    return np.uint16(int.from_bytes(letters, "big"))


def _far(code: str, other: str) -> str:
    """How two postcodes compare that are not taken to be one edit apart."""
    if normalise.outward(code) == normalise.outward(other):
        return "same district"
    return "same area" if normalise.area(code) == normalise.area(other) else "other"
