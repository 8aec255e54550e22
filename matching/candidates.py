"""Which records of a segment are worth weighing against a query: the union of narrow postings.

Numbers, a phone, an address and a full postcode bring up their records. A birth date brings up
everyone of that day, and of days it may be a slip of those with a name like the query's. Names
bring up the records with a like family and a like given name, in either order. What is left
when none of these is known (a first name and an age, a school, a district) brings up its own
records, and where nothing at all is selective everybody is weighed, for as long as there is time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt

from matching import normalise
from matching.days import ordinal
from matching.layout import address_key, postcode_key
from matching.person import Facts
from matching.postings import RangePostings, hash_of, joined
from matching.segment import Segment
from matching.texts import Ints, places_of, run_of, spread
from matching.vocabulary import NEAR, SURE, Like

MOST = 40_000
"""No more records than this are weighed where they are many and say little each."""
_SCANNED = 300_000
_FEW = 500  # so many are weighed in the time it takes to look for some of them
_LONG_RUN = 4_096
_SHARED = 10_000
_NEARBY = 366

Mark = npt.NDArray[np.bool_]
Marks = tuple[Mark, Mark]
"""Which words are like the query's, as a given and as a family name."""


class Near:
    """The words of a segment that are like the query's, as given and as family names."""

    def __init__(self, query: Facts, segment: Segment) -> None:
        near = segment.words.near
        given = dict.fromkeys(w for n in query.names for w in n.given)
        family = dict.fromkeys(w for n in query.names for w in n.family)
        self.given = Like.any_of([near(word) for word in given])
        self.family = Like.any_of([near(word) for word in family])
        self.any = self.given is not None or self.family is not None
        self.as_given = _either(self.given, self.family)
        self.as_family = _either(self.family, self.given)


def _either(own: Like | None, other: Like | None) -> Ints:
    """Words like the name of this place, or much like the one of the other place."""
    words = [own.numbers] if own else []
    return joined([*words, other.up_to(SURE)] if other else words)


def candidates(query: Facts, segment: Segment, near: Near) -> list[Ints]:
    """Ints of `segment` in blocks; a row may stand in several."""
    if len(segment.records) <= _FEW:
        return [np.arange(len(segment.records), dtype=np.int32)]
    found = [*_by_number(query, segment)]
    with segment.words.marked(near.as_given, near.as_family) as like:
        if query.dob is not None:
            found += _by_day(query.dob, segment, like if near.any else None)
        if near.any:
            found += _by_home_of_like(query, segment, near, like)
    code = query.postcode
    if code and normalise.is_full_postcode(code):
        found += _by_postcode(code, segment)
    found += _by_address(query, segment)
    if near.given is not None and near.family is not None:
        found += _by_names(near.family, near.given, segment, NEAR)
        found += _by_names(near.given, near.family, segment, SURE)
    if near.given is None or near.family is None:
        found += _by_one_name(query, segment, near)
    if not any(len(block) for block in found):
        found = _by_little(query, segment)
    return [block for block in found if len(block)]


# -- numbers and the home


def _by_number(query: Facts, segment: Segment) -> Iterator[Ints]:
    if query.nhs_number and "nhs_number" in segment.posted:
        posted = segment.posted["nhs_number"]
        yield posted.of_key(hash_of(query.nhs_number[:18]))
        if not query.nhs_valid and len(query.nhs_number) == 10:
            for number in one_edit_numbers(query.nhs_number):
                yield posted.of_key(hash_of(number))
    for field, text in (("phone", query.phone), ("upn", query.upn)):
        if text and field in segment.posted:
            yield segment.posted[field].of_key(hash_of(text))


def one_edit_numbers(number: str) -> list[str]:
    """Valid NHS numbers that one wrong figure or two exchanged ones make of `number`."""
    return sorted(n for n in one_edit(number) if normalise.is_nhs_number(n))


def one_edit(number: str) -> set[str]:
    """What one wrong figure, or two exchanged signs, make of a number; not itself."""
    found = {
        number[:i] + figure + number[i + 1 :]
        for i in range(len(number))
        for figure in "0123456789"
        if number[i].isdigit()
    }
    found |= {
        number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(len(number) - 1)
    }
    return found - {number}


def _by_address(query: Facts, segment: Segment) -> Iterator[Ints]:
    address = address_key(query.person.address) if query.person.address else ""
    if address and "address" in segment.posted:
        yield segment.posted["address"].of_key(hash_of(address))[:MOST]


def _by_home_of_like(query: Facts, segment: Segment, near: Near, like: Marks) -> Iterator[Ints]:
    """The same mother or school, with a name like the query's."""
    named = query.dob is not None and near.given is not None and near.family is not None
    for field, text in home_keys(query):
        if text and field in segment.posted:
            rows = segment.posted[field].of_key(hash_of(text))
            # What so many share adds nobody to both names and a birth date.
            if len(rows) <= _SHARED or not named:
                yield _like(rows[:_SCANNED], segment, like)


def home_keys(query: Facts) -> tuple[tuple[str, str], ...]:
    """The mother's given name and the school, as they are posted."""
    mother = query.mother.given[0] if query.mother and query.mother.given else ""
    return (("mother", mother), ("school", " ".join(query.school)))


def _like(rows: Ints, segment: Segment, like: Marks) -> Ints:
    """Those of the rows whose given or family name is like the query's, in either place."""
    keep = like[0].take(segment.given.take(rows))
    keep |= like[1].take(segment.family.take(rows))
    return rows.compress(keep)


def _like_of_run(first: int, stop: int, segment: Segment, like: Marks) -> Ints:
    """The same for all rows from `first` to `stop`, which take no looking up one by one."""
    keep = like[0].take(segment.given[first:stop])
    keep |= like[1].take(segment.family[first:stop])
    return keep.nonzero()[0] + first


# -- birth dates


def _by_day(day: date, segment: Segment, like: Marks | None) -> Iterator[Ints]:
    """All of that day, and of the days it may be a slip of those with a name like the query's.

    So many are put down as born on 1 January that for it, too, the name has to be like.
    """
    starts, days = segment.day_starts, segment.days
    new_year = (day.month, day.day) == (1, 1)
    if like is None or not new_year:
        for place in days.places((day.toordinal(),)).tolist():
            yield np.arange(starts[place], starts[place + 1], dtype=np.int32)
    if like is not None:
        month = days.month(day)
        first = int(starts[month.start])
        yield _like_of_run(first, min(int(starts[month.stop]), first + _SCANNED), segment, like)
        places = days.slips(day)
        lows = starts[places]
        yield _like(spread(lows, starts[places + 1] - lows)[:_SCANNED], segment, like)


def _year_of(day: date, segment: Segment) -> tuple[int, int]:
    """First and last row (exclusive) of those born in the year: of all who bear one name, there
    may be too many, and days that this one may be a slip of are looked through besides."""
    run = segment.days.run(ordinal(day.year, 1, 1), ordinal(day.year, 12, 31))
    return int(segment.day_starts[run.start]), int(segment.day_starts[run.stop])


def born_rows(query: Facts, segment: Segment) -> tuple[int, int] | None:
    """First and last row (exclusive) that an age or a part of a date allows, a year either way."""
    if query.dob is not None:
        return None
    if query.dob_parts.year is not None:
        year = query.dob_parts.year
        low, high = ordinal(year, 1, 1), ordinal(year, 12, 31)
    elif query.born is not None:
        low, high = query.born[0].toordinal(), query.born[1].toordinal()
    else:
        return None
    run = segment.days.run(low - _NEARBY, high + _NEARBY)
    return int(segment.day_starts[run.start]), int(segment.day_starts[run.stop])


# -- postcodes


def _by_postcode(code: str, segment: Segment) -> Iterator[Ints]:
    if number := segment.postcode_of(code):
        yield segment.by_postcode.of_number(number)[:MOST]


def _by_place(code: str, segment: Segment) -> Ints:
    """Ints of the district or, where only letters are known of it, the area."""
    outward = normalise.outward(code).ljust(4).encode()
    low = int.from_bytes(outward + b"\0\0\0", "big")
    high = int.from_bytes(outward + b"\xff\xff\xff", "big")
    first, last = np.searchsorted(segment.postcode_keys, np.array([low, high], np.uint64))
    starts = segment.by_postcode.starts
    return segment.by_postcode.rows[starts[first + 1] : starts[last + 1]]


# -- names


def _by_names(families: Like, givens: Like, segment: Segment, most: int) -> Iterator[Ints]:
    """Ints with a family word like `families` and a given word like `givens`, or none."""
    allowed = np.append(givens.up_to(most), np.int32(0))
    with segment.words.marked(allowed) as (like, _):
        yield from list(_pairs(_nearest(families, most, segment.pair_starts), segment, like))
    # Records without a family name, by their given word.
    stop = int(segment.pair_starts[1])
    if stop:
        alone = segment.pair_given[:stop]
        wanted = givens.up_to(SURE)
        lows = places_of(alone, wanted)
        yield segment.pair_row[spread(lows, places_of(alone, wanted, "right") - lows)]


def _nearest(like: Like, most: int, starts: Ints) -> Ints:
    """Numbers of the words with codes up to `most`, nearest first, while their runs are few."""
    words = like.up_to(most)
    sizes = (starts[words + 1] - starts[words]).cumsum()
    if not len(sizes) or sizes[-1] <= _SCANNED:
        return words
    return words[: int(sizes.searchsorted(_SCANNED)) + 1]


def _pairs(words: Ints, segment: Segment, given: Mark) -> Iterator[Ints]:
    """The rows of the family words whose given word is marked; long runs come each by itself."""
    starts = segment.pair_starts
    lows = starts[words]
    sizes = starts[words + 1] - lows
    if len(sizes) and sizes.max() > _LONG_RUN:
        long = sizes > _LONG_RUN
        for low, size in zip(lows[long].tolist(), sizes[long].tolist(), strict=True):
            run = slice(low, low + min(size, _SCANNED))
            yield segment.pair_row[run].compress(given.take(segment.pair_given[run]))
        lows, sizes = lows[~long], sizes[~long]
    where = spread(lows, sizes)
    yield segment.pair_row.take(where.compress(given.take(segment.pair_given.take(where))))


def _by_one_name(query: Facts, segment: Segment, near: Near) -> Iterator[Ints]:
    """All who bear the one name that is known, within the age that is known."""
    like = near.given if near.given is not None else near.family
    if like is None:
        return
    family = RangePostings(segment.pair_starts, segment.pair_row)
    own, other = (segment.by_given, family)[:: 1 if near.given is not None else -1]
    born = _year_of(query.dob, segment) if query.dob else born_rows(query, segment)
    for posted in (own, other):
        left = MOST
        for word in _nearest(like, NEAR, posted.starts).tolist():
            rows = posted.of_number(word)
            if born is not None and (query.dob is None or len(rows) > _FEW):
                rows = rows[run_of(rows, *born)]
            if query.dob is None:
                rows = _of_place(query, segment, rows, left)
            yield rows[:left]
            left -= len(rows)
            if left <= 0:
                break


def _of_place(query: Facts, segment: Segment, rows: Ints, left: int) -> Ints:
    """Where the rows are too many, those of the district that is known first."""
    if len(rows) <= left or not query.postcode:
        return rows
    district = np.uint32(postcode_key(normalise.outward(query.postcode)) >> 24)
    here = segment.postcode_districts[segment.postcode(rows)] == district
    return np.concatenate([rows[here], rows[~here]])


# -- little


def _by_little(query: Facts, segment: Segment) -> list[Ints]:
    """Whatever is known, though it says little: the rows of the fact that fewest share."""
    known: list[Ints] = []
    for field, text in home_keys(query):
        if text and field in segment.posted:
            known.append(segment.posted[field].of_key(hash_of(text)))
    if query.postcode:
        known.append(_by_place(query.postcode, segment))
    born = born_rows(query, segment)
    if born is not None:
        known.append(np.arange(*born, dtype=np.int32))
    known = [rows for rows in known if len(rows)]
    if known:
        return [min(known, key=len)]
    if query.gp or query.siblings or query.address:
        return [np.arange(len(segment.records), dtype=np.int32)]
    return []
