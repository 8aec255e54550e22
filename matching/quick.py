"""The quick score: candidate rows of a segment weighed against one query, in arrays.

It uses the weights of `score` on the facts that identify people fastest, so that the best
rows are the same; the exact comparison then decides among them. Weights stand in pairs:
against people at random, and against others of the household.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from datetime import date
from functools import reduce

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from matching import normalise
from matching.candidates import one_edit
from matching.comparison import is_close
from matching.days import LEVELS as DAY_LEVELS
from matching.layout import ALIAS, LATER_FAMILY, LATER_GIVEN, MOTHER, address_key, postcode_key
from matching.names import shipped_variants
from matching.person import Facts, NameParts, Sex
from matching.postings import hash_of, hashes, short
from matching.segment import FEMALE, FURTHER, HELD, MALE, PARTIAL, TRAITS, Segment
from matching.texts import Ints, Texts, places_of, run_of, spread
from matching.vocabulary import CODE, LEVELS, SURE
from matching.weights import Bits, Frequencies, Weights

Floats = npt.NDArray[np.float32]
_ALIKE = 0.02  # bits that are lost in rounding
_SURE_TO_BE_COMPARED = np.float32(8.0)
_SAME = CODE["same"]
# What a given word may be weighed as: the first one or a middle name of several, the first one,
# a middle name. What a family word may be: a whole name or half of one, as the query has it; a
# whole name; half of one; the mother's.
_GIVEN, _FIRST, _MIDDLE = slice(0, 2), slice(2, 4), slice(4, 6)
_ANY_FAMILY, _FAMILY, _PART, _MOTHER = 0, 1, 2, 3
# By the kind of a further name, which of these its words are weighed as.
_AS_GIVEN = np.array([2 if kind & LATER_GIVEN else 1 for kind in range(16)], np.intp)
_AS_FAMILY = np.array(
    [_MOTHER if kind & MOTHER else _PART if kind & LATER_FAMILY else _FAMILY
     for kind in range(16)], np.intp,
)  # fmt: skip
# A fact that agrees or not weighs least when it is another, in one way or in several.
_LEAST = {"address": "other, in the same postcode"}
_TRAIT_BITS = (
    (np.arange(TRAITS)[:, None] >> np.arange(TRAITS.bit_length() - 1)) & 1
).astype(np.float32)  # fmt: skip
# Postcodes in order: none, other areas before, the area, the district, the very one, and back.
_VERY_ONE, _RANGES = 4, 8


def _pair(bits: Bits) -> Floats:
    return np.array((bits.random, bits.home), np.float32)


def _of_ranges(weights: Weights, whole: bool) -> Floats:
    """What each range of postcodes weighs beside one that is a full postcode, or a district."""
    bits = {level: weights.bits("postcode", level).random for level in
            ("same", "same district", "district given", "same area", "other")}  # fmt: skip
    district = bits["same district" if whole else "district given"]
    around = (bits["other"], bits["same area"], district)
    very = bits["same"] if whole else district
    return np.array((0.0, *around, very, *reversed(around)), np.float32)


def _of_addresses(weights: Weights, whole: bool) -> Floats:
    """By the range of the postcode, what another address and the same weigh above the least;
    `whole` where a full postcode is asked for."""
    bits = {level: weights.bits("address", level).random for level in
            ("same", "other", "same, in the same postcode", "other, in the same postcode",
             "other, postcode differs too")}  # fmt: skip
    table = np.array([(bits["other"], bits["same"])] * _RANGES, np.float32)
    if whole:
        table[[1, 2, 6, 7], 0] = bits["other, postcode differs too"]
        table[_VERY_ONE] = [bits[f"{x}, in the same postcode"] for x in ("other", "same")]
    return (table - np.float32(bits[_LEAST["address"]])).ravel()


class _Kept:
    """What rests on the weights alone, worked out once for the weights last used."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._pairs: dict[tuple[str, str], Floats] = {}
        self.traits: dict[object, Floats] = {}
        other = self.pair("given", "other")
        self.given = np.zeros((len(LEVELS), 6), np.float32)
        self.given[_SAME : SURE + 1, _MIDDLE] = self.pair("given", "middle name") - other
        self.family = np.zeros((len(LEVELS), 4), np.float32)
        mother = self.pair("family", "mother's name") - self.pair("family", "other")
        self.family[_SAME, _MOTHER] = mother[0]
        for code, level in enumerate(LEVELS):
            if level in weights.fixed["given"]:
                self.given[code, _GIVEN] = self.pair("given", level) - other
            if level in weights.fixed["family"]:
                above = self.pair("family", level) - self.pair("family", "other")
                self.family[code, : _PART + 1] = above[0]
        self.given[:, _FIRST] = self.given[:, _GIVEN]
        other = self.pair("dob", "other")
        self.days = np.array([self.pair("dob", level) - other for level in DAY_LEVELS])
        self.postcode = {whole: _of_ranges(weights, whole) for whole in (True, False)}
        self.address = {whole: _of_addresses(weights, whole) for whole in (True, False)}
        levels = ("other", "family name same", "given name same", "same")
        bits = np.array([weights.bits("mother", level).random for level in levels])
        self.mother = (bits - bits[0]).astype(np.float32)

    def pair(self, part: str, level: str) -> Floats:
        """The weight of a level against people at random and against the household."""
        known = self._pairs.get((part, level))
        if known is None:
            known = self._pairs[part, level] = _pair(self.weights.bits(part, level))
        return known


_last: list[_Kept] = []


def _kept(weights: Weights) -> _Kept:
    for kept in _last:
        if kept.weights is weights:
            return kept
    _last[:] = [_Kept(weights)]
    return _last[0]


class _Name:
    """One reading of the query's name: what each word of the vocabulary weighs beside it.

    Weights are above those of a word that is not like it at all, which are the `least`.
    """

    __slots__ = ("family", "given", "least", "most", "no_family", "no_given")

    def __init__(self, name: NameParts, score: QuickScore) -> None:
        self.given: list[tuple[Ints, Floats]] = []
        self.family: list[tuple[Ints, Floats]] = []
        self.least = np.zeros(2, np.float32)
        self.no_given, self.no_family = _NO_GIVEN, _NO_FAMILY
        kept, near = score.kept, score.segment.words.near
        if name.given:
            other = kept.pair("given", "other")
            like = near(name.given[0])
            values = kept.given[like.codes]
            if len(values) and like.codes[0] == _SAME:
                values[0, _GIVEN] = _pair(score.bits("given", "same", name.given[0])) - other
                values[0, _FIRST] = values[0, _GIVEN]
            self.given.append((like.numbers, values))
            for token in name.given[1:]:
                like = near(token)
                values = np.zeros((len(like.codes), 6), np.float32)
                values[:, _GIVEN] = kept.given[like.codes, _MIDDLE]
                self.given.append((like.numbers, values))
            self.no_given = np.concatenate([-other, -other, np.zeros(2, np.float32)])
            self.least += other
        if name.family:
            other = kept.pair("family", "other")
            weak = score.segment.words.weak
            only_weak = all(map(shipped_variants().weak, name.family))
            # A name that many bear by faith, beside one that tells: neither denies the other.
            self.family.append((weak, np.full((len(weak), 4), -other[0], np.float32)))
            for token in name.family:
                like = near(token)
                values = kept.family[like.codes]
                if len(values) and like.codes[0] == _SAME:
                    whole, part = (score.bits("family", x, token).random for x in ("same", "part"))
                    # One word of several agrees as half of the name only.
                    own = whole if len(name.family) == 1 else part
                    values[0, : _PART + 1] = np.array((own, whole, part), np.float32) - other[0]
                self.family.append((like.numbers, values))
            self.family += _of_mother(score)
            self.no_family = np.array((*[-other[0]] * 3, 0.0), np.float32)
            self.least[0] += other[0]
            if only_weak:
                self._let_none_deny(weak, other[0])
        if name.alias:
            self.least += kept.pair("arrangement", "alias")
        self.most = self.least.copy()
        for words in (self.given, self.family):
            tops = [values[:, :2].max(axis=0) for _, values in words if len(values)]
            if tops and words is self.given:
                self.most += reduce(np.maximum, tops)
            elif tops:
                self.most[0] += reduce(np.maximum, tops).max()

    def _let_none_deny(self, weak: Ints, other: np.float32) -> None:
        """A family name that tells little says nothing beside any but another such name."""
        beside = [(numbers, values, np.isin(numbers, weak)) for numbers, values in self.family[1:]]
        self.family = [(weak, np.full((len(weak), 4), other, np.float32))]
        self.family += [(numbers[at], values[at] + other) for numbers, values, at in beside]
        self.least[0] -= other
        self.no_family = _NO_FAMILY


_NO_GIVEN, _NO_FAMILY = np.zeros(6, np.float32), np.zeros(4, np.float32)


def _of_mother(score: QuickScore) -> list[tuple[Ints, Floats]]:
    """The child's family name may be that of the mother who is asked about."""
    mother = score.query.mother
    if mother is None:
        return []
    numbers = {score.segment.words.number(token) for token in mother.family} - {0}
    values = np.zeros((1, 4), np.float32)
    values[0, _ANY_FAMILY] = score.kept.family[_SAME, _MOTHER]
    return [(np.array([n], np.int32), values) for n in sorted(numbers)]


class QuickScore:
    """One query prepared against one segment; `best` then finds the best of any of its rows."""

    def __init__(
        self,
        query: Facts,
        segment: Segment,
        *,
        weights: Weights,
        frequencies: Frequencies,
        prior: float,
    ) -> None:
        self.query, self.segment, self.kept = query, segment, _kept(weights)
        self._weights, self._frequencies = weights, frequencies
        self._start = np.array((prior, -math.log2(weights.household_others)), np.float32)
        self._names = [_Name(name, self) for name in query.names]
        self._equal = self._facts_that_agree_or_not()
        self._days = self._dob_weights()
        self._least = self._trait_table()
        self._ranges, self._of_range = self._postcode_ranges()

    def bits(self, part: str, level: str, token: str | None) -> Bits:
        """The weight of a level, with the rarity of `token` here."""
        return self._weights.bits(part, level, token=token, frequencies=self._frequencies)

    def best(self, rows: Ints, wanted: int) -> list[tuple[float, int]]:
        """The `wanted` best of the rows, best first, each with its quick score (log2 odds)."""
        segment = self.segment
        rows = _each_once(rows)
        if segment.removed:
            rows = rows[segment.alive[rows]]
        if not len(rows):
            return []
        traits = segment.traits.take(rows)
        rest = self._least.take(traits, axis=0)
        rest += self._start
        if self._days is not None:
            with segment.days.weighed(self._days) as bits:
                rest += bits.take(segment.day.take(rows), axis=0)
        places = self._places(rows)
        if places is not None:
            rest[:, 0] += self._of_range.take(places)
        names = self._of_names(rows)
        self._add_equal(rows, traits, places, rest)
        scores = _total(rest + names)
        last = max(0, len(scores) - wanted)
        ordered = scores.copy()
        ordered.partition(last)
        better = self._add_further(rows, traits, rest, names, float(ordered[last]))
        if len(better):
            scores[better] = _total(rest.take(better, axis=0) + names.take(better, axis=0))
        top = scores.argpartition(last)[last:]
        found = sorted(zip((-scores[top]).tolist(), rows[top].tolist(), strict=True))
        return self._with_near_postcodes([(-value, row) for value, row in found])

    def may_be_better(self, row: int) -> bool:
        """Whether the exact comparison could find more in the row than `best` did: a fact that is
        close but not the same, several words of a name, a part of a date."""
        query, segment = self.query, self.segment
        traits = int(segment.traits[row])
        if (
            traits & PARTIAL
            or query.impossible_dob
            or any(len(n.given) > 1 or len(n.family) > 1 for n in query.names)
        ):
            return True
        if traits & FURTHER:
            names = run_of(segment.further.row, row, row + 1)
            if (segment.further.kind[names] != MOTHER).any():
                return True
        facts = segment.records.facts
        if query.siblings and "siblings" in facts and facts["siblings"].at(row):
            return True
        for fact, *_ in self._equal:
            if traits & HELD[fact] and fact not in ("nhs_number", "upn"):
                text = facts[fact].text(row)
                if text is not None and is_close(fact, query, text):
                    return True
        return False

    # -- names

    def _of_names(self, rows: Ints) -> Floats:
        """What the first given and family words say, as written or exchanged; best reading."""
        best: Floats | None = None
        given, family = self.segment.given.take(rows), self.segment.family.take(rows)
        for name in self._names:
            with self._words_of(name) as (givens, families):
                found = givens.take(given, axis=0)[:, _GIVEN]
                swapped = givens.take(family, axis=0)[:, _FIRST]
                found[:, 0] += families.take(family, axis=0)[:, _ANY_FAMILY]
                swapped[:, 0] += families.take(given, axis=0)[:, _FAMILY]
            swapped += self.kept.pair("arrangement", "swapped")
            found = np.maximum(found, swapped)
            found += name.least
            best = found if best is None else np.maximum(best, found)
        return np.zeros((len(rows), 2), np.float32) if best is None else best

    def _most_of_names(self) -> Floats:
        """What no name of a record can weigh more than."""
        return reduce(np.maximum, [name.most for name in self._names])

    def _words_of(self, name: _Name) -> AbstractContextManager[tuple[Floats, Floats]]:
        return self.segment.words.weighed(name.given, name.family, name.no_given, name.no_family)

    def _add_further(
        self, rows: Ints, traits: Ints, rest: Floats, names: Floats, enough: float
    ) -> Ints:
        """Let a further name of a row count where it fits better, and may bring the row up to the
        score that is `enough`. The places of such rows."""
        places: Ints = (traits & FURTHER).nonzero()[0]
        if not len(places) or not self._names:
            return places[:0]
        most = self._most_of_names()
        own, beside = names.take(places, axis=0), rest.take(places, axis=0)
        likely = np.minimum(beside[:, 0] + most[0], beside[:, 1] + most[1]) >= enough
        likely &= (own[:, 0] < most[0] - _ALIKE) | (own[:, 1] < most[1] - _ALIKE)
        places = places.compress(likely)
        if not len(places):
            return places
        further = self.segment.further
        having = rows.take(places)
        lows = places_of(further.row, having)
        sizes = places_of(further.row, having, "right") - lows
        firsts, at = sizes.cumsum() - sizes, spread(lows, sizes)
        kind = further.kind.take(at)
        given = np.multiply(further.given.take(at), 3, dtype=np.intp) + _AS_GIVEN.take(kind)
        family = np.multiply(further.family.take(at), 4, dtype=np.intp) + _AS_FAMILY.take(kind)
        alias = (kind & ALIAS).nonzero()[0]
        own = own.compress(likely, axis=0)
        for name in self._names:
            with self._words_of(name) as (givens, families):
                # Two weights that belong together are taken as one.
                pairs = givens.view(np.complex64).ravel().take(given)
                of_family = families.ravel().take(family)
            found = pairs.view(np.float32).reshape(-1, 2)
            found[:, 0] += of_family
            found += name.least
            if len(alias):
                found[alias] += self.kept.pair("arrangement", "alias")
            own = np.maximum(own, np.maximum.reduceat(found, firsts))
        names[places] = own
        return places

    # -- birth dates and sex

    def _dob_weights(self) -> list[tuple[slice | Ints, Floats]] | None:
        """What each of the distinct days weighs above one that is quite another."""
        query, days, pair = self.query, self.segment.days, self.kept.pair
        other = pair("dob", "other")
        found: list[tuple[slice | Ints, Floats]] = [(slice(0, 1), -other)]
        if query.dob is not None:
            first, last = date(query.dob.year, 1, 1), date(query.dob.year, 12, 31)
            year = days.run(first.toordinal(), last.toordinal())
            near, levels = days.near(query.dob)
            found += [(year, pair("dob", "same year") - other), (near, self.kept.days[levels])]
        elif query.dob_parts.year is not None:
            year_of, month = query.dob_parts.year, query.dob_parts.month
            first, last = date(year_of, month or 1, 1), date(year_of, month or 12, 28)
            level = "same year known" if month is None else "same month and year"
            run = days.run(first.toordinal(), last.toordinal() + 3)
            found.append((run, pair("dob", level) - other))
        elif query.born is not None:
            low, high = query.born[0].toordinal(), query.born[1].toordinal()
            width = max(1.0, (high - low) / 365.25)
            fits = _pair(self._weights.bits("dob", "age fits", width=width))
            found.append((days.run(low - 366, high + 366), pair("dob", "age a year out") - other))
            found.append((days.run(low, high), fits - other))
        else:
            return None
        return found

    def _trait_table(self) -> Floats:
        """By a record's traits: the least that its facts beside the name weigh (sex, and those that
        agree or not, as if all were others)."""
        query, pair = self.query, self.kept.pair
        rests_on = (query.sex, self._days is None, query.nhs_valid, *[e[0] for e in self._equal])
        known = self.kept.traits.get(rests_on)
        if known is not None:
            return known
        least = np.zeros((_TRAIT_BITS.shape[1], 2), np.float32)
        if query.sex is not Sex.UNKNOWN:
            for trait, sex in ((FEMALE, Sex.FEMALE), (MALE, Sex.MALE)):
                level = "same" if sex is query.sex else "other"
                least[trait.bit_length() - 1] = pair("sex", level)
        if self._days is not None:
            # What a part of a date or an age says is left to the exact comparison: at best this.
            least[PARTIAL.bit_length() - 1] = pair("dob", "same month and year")
        for fact, _, worst, _ in self._equal:
            least[HELD[fact].bit_length() - 1] = worst
        start = 0.0 if self._days is None else pair("dob", "other")
        found = self.kept.traits[rests_on] = _TRAIT_BITS @ least + start
        return found

    # -- postcodes

    def _postcode_ranges(self) -> tuple[Ints, Floats]:
        """Where, among the postcodes in order, those of the area and of the district begin and
        end; and the weights before, between and after."""
        code, keys = self.query.postcode, self.segment.postcode_keys
        if code is None or not len(keys):
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        whole = normalise.is_full_postcode(code)
        area, outward = normalise.area(code).encode(), normalise.outward(code).ljust(4).encode()
        own = postcode_key(code).to_bytes(7, "big")
        # After the letters of an area stands a figure.
        ends = [area + b"0", outward, own, own + b"\xff", outward + b"\xff", area + b":"]
        bounds = [int.from_bytes(end.ljust(8, b"\0"), "big") >> 8 for end in ends]
        bounds[3] = bounds[2] + 1
        found = keys.searchsorted(np.array(bounds, np.uint64)) + 1
        ranges = np.ones(_RANGES - 1, np.int32)
        ranges[1:] = found
        return ranges, self.kept.postcode[whole]

    def _places(self, rows: Ints) -> Ints | None:
        """Which range of postcodes each row's stands in; None where none is asked for."""
        if not len(self._ranges):
            return None
        found: Ints = self._ranges.searchsorted(self.segment.postcode(rows), "right")
        return found

    def _with_near_postcodes(self, found: list[tuple[float, int]]) -> list[tuple[float, int]]:
        """Scores and rows, best first, with their postcodes weighed to the letter."""
        code, segment = self.query.postcode, self.segment
        if code is None or not normalise.is_full_postcode(code) or not len(self._ranges):
            return found
        numbers = segment.postcode(np.array([row for _, row in found], np.int32))
        unlike = segment.postcode_keys[numbers - 1] ^ np.uint64(postcode_key(code))
        # One letter more or less moves those before it: three letters, or four, are others.
        letters = unlike.view(np.uint8).reshape(-1, 8).astype(np.bool_).sum(axis=1)
        likely = ((letters > 0) & (letters <= 4) & (numbers > 0)).nonzero()[0].tolist()
        if not likely:
            return found
        near = self._weights.bits("postcode", "one edit").random
        result = list(found)
        for at in likely:
            other = segment.postcode_text(int(numbers[at]))
            if OSA.distance(code, other, score_cutoff=1) == 1 and normalise.is_full_postcode(other):
                far = self._weights.bits("postcode", _far(code, other)).random
                result[at] = (found[at][0] + near - far, found[at][1])
        result.sort(key=lambda one: (-one[0], one[1]))
        return result

    # -- facts that agree or not, without degrees

    def _facts_that_agree_or_not(self) -> list[tuple[str, str, Floats, Floats]]:
        """Of those that the query and anybody here has: the key, the weights of another, of the
        same."""
        query, held, pair = self.query, self.segment.hashes, self.kept.pair
        number = query.nhs_number[:18] if query.nhs_number else ""
        address = address_key(query.person.address) if query.person.address else ""
        found = []
        for fact, text in (
            ("nhs_number", number),
            ("phone", query.phone),
            ("upn", query.upn),
            ("address", address),
            ("mother", query.mother.given[0] if query.mother and query.mother.given else ""),
            ("school", " ".join(query.school)),
            ("gp", " ".join(query.gp)),
        ):
            if text and fact in held:
                worst, same = pair(fact, _LEAST.get(fact, "other")), pair(fact, "same")
                if fact == "nhs_number" and not query.nhs_valid:
                    worst, same = np.zeros(2, np.float32), pair(fact, "same, not valid")
                found.append((fact, text, worst, same))
        return found

    def _add_equal(self, rows: Ints, traits: Ints, places: Ints | None, rest: Floats) -> None:
        for fact, text, worst, same in self._equal:
            held = self.segment.hash(fact, rows)
            alike = held == np.uint32(hash_of(text))
            if fact == "address":
                self._add_address(alike, traits, places, rest)
                continue
            at = alike.nonzero()[0]
            if fact == "mother":
                self._add_mother(rows, at, traits, rest)
            elif len(at):
                rest[at] += same - worst
            if fact in ("nhs_number", "upn"):
                # Who has the very number is compared exactly, in whatever way the names are read.
                rest[at, 1] += _SURE_TO_BE_COMPARED
                near = np.isin(held, self._slips(fact, text)).nonzero()[0]
                if len(near):
                    # Of an NHS number that is not valid, nothing was taken to be another.
                    taken = worst if fact == "upn" else np.float32(0.0)
                    rest[near] += self.kept.pair(fact, "one edit") - taken

    def _add_mother(self, rows: Ints, alike: Ints, traits: Ints, rest: Floats) -> None:
        """Her given name tells most; where her family name is another's, less."""
        assert self.query.mother is not None
        held = self.segment.hash("mother", rows, of="mother_family")
        held[(traits & HELD["mother"]) == 0] = 0
        which = np.zeros(len(rows), np.uint8)
        for token in self.query.mother.family:
            which |= held == np.uint32(hash_of(token))
        which[alike] += np.uint8(2)
        rest[:, 0] += self.kept.mother.take(which)

    def _add_address(
        self, alike: npt.NDArray[np.bool_], traits: Ints, places: Ints | None, rest: Floats
    ) -> None:
        """An address is weighed by what the postcode has said already."""
        code = self.query.postcode
        table = self.kept.address[bool(code) and normalise.is_full_postcode(code or "")]
        at = (traits & HELD["address"]).nonzero()[0]
        which = alike.take(at).astype(np.intp)
        if places is not None:
            which += 2 * places.take(at)
        rest[at, 0] += table.take(which)

    def _slips(self, fact: str, text: str) -> Ints:
        """Hashes of the numbers that are a slip of this one."""
        slips = one_edit(text)
        if fact == "nhs_number":
            # Two valid numbers are two people's; a slip makes one that is not.
            slips = {n for n in slips if normalise.is_nhs_number(n) is not self.query.nhs_valid}
        return short(hashes(Texts.of(sorted(slips))))


def _each_once(rows: Ints) -> Ints:
    """Rows in order, none twice."""
    rows = np.sort(rows)
    new = np.ones(len(rows), np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=new[1:])
    return rows.compress(new)


def _total(pairs: Floats) -> Floats:
    """Log2 odds against both rivals: somebody at random, and another of the household."""
    total: Floats = -np.logaddexp2(-pairs[:, 0], -pairs[:, 1])
    return total


def _far(code: str, other: str) -> str:
    """How two postcodes compare that are not taken to be one edit apart."""
    if normalise.outward(code) == normalise.outward(other):
        return "same district"
    return "same area" if normalise.area(code) == normalise.area(other) else "other"
