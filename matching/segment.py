"""A fixed block of indexed people in arrays, with the postings that a search starts from.

People stand in the order of their birth dates, and within a day in that of a hash of source and
identifier: the same people make the same segment in whatever order they came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache

import numpy as np

from matching.days import Days
from matching.layout import (
    MOTHER,
    FurtherNames,
    birth_days,
    check_keys,
    hashed,
    key_hashes,
    names_of,
    postcode_key,
    postcodes_of,
    valid_numbers,
)
from matching.person import Facts, Person, prepare
from matching.postings import (
    HashPostings,
    RangePostings,
    hashes,
    short,
    sorted_pairs,
    starts_of,
)
from matching.table import Records, Table, records_of, table_of
from matching.texts import Column, Ints, Texts, smallest
from matching.vocabulary import Vocabulary

FEMALE, MALE, FURTHER, PARTIAL = 1, 2, 4, 8
"""Bits of a record's traits: recorded sex, whether it has further names, and whether it has an
age or a part of a birth date but not all of it."""
HELD = {fact: 1 << place for place, fact in enumerate(
    ("nhs_number", "phone", "upn", "address", "mother", "school", "gp"), 4
)}  # fmt: skip
"""More bits of the traits: which of the facts that agree or not the record has. Of NHS numbers only
valid ones: any other denies nothing."""
TRAITS = 1 << (4 + len(HELD))
POSTED = ("nhs_number", "phone", "upn", "address", "mother", "school")
_KEPT = 2_000

Arrays = dict[str, Ints]


class Segment:
    """People in arrays, with what is needed to search, remove and give them back."""

    def __init__(self, words: Vocabulary, records: Records, arrays: Mapping[str, Ints]) -> None:
        """`arrays` as `arrays()` gives them. Raises KeyError where one lacks."""
        self.words = words
        self.records = records
        self._arrays = arrays
        size = len(records)
        # Birth dates: distinct days in order, where each begins, and each row's place among them.
        self.days = Days(arrays["days"])
        self.day_starts = arrays["day_starts"]
        self.day = arrays["day"]
        self.traits = arrays["traits"]
        # Names: first words of each row, further names by row, pairs by family word.
        self.given: Ints = arrays["given"]
        self.family: Ints = arrays["family"]
        self.further = FurtherNames(
            arrays["further_row"], arrays["further_given"], arrays["further_family"],
            arrays["further_kind"],
        )  # fmt: skip
        self.pair_starts = arrays["pair_starts"]
        self.pair_given: Ints = arrays["pair_given"]
        self.pair_row: Ints = arrays["pair_row"]
        self.by_given = RangePostings(arrays["given_starts"], arrays["given_row"])
        self.given_counts = arrays["given_counts"]
        self.family_counts = arrays["family_counts"]
        self.postcode_number: Ints = arrays["postcode_number"]
        self.postcode_keys = arrays["postcode_keys"].view(np.uint64)
        self.by_postcode = RangePostings(arrays["postcode_starts"], arrays["postcode_row"])
        self.hashes: dict[str, Ints] = {
            name.removeprefix("hash."): a.view(np.uint32)
            for name, a in arrays.items()
            if name.startswith("hash.")
        }
        self.posted = {
            name: HashPostings(arrays[f"posted.{name}.keys"].view(np.uint32),
                               arrays[f"posted.{name}.rows"])
            for name in POSTED if f"posted.{name}.keys" in arrays
        }  # fmt: skip
        self.by_key = HashPostings(arrays["key.keys"].view(np.uint32), arrays["key.rows"])
        self.alive = np.ones(size, np.bool_)
        self.removed = 0
        self.facts = lru_cache(_KEPT)(self._facts)

    @classmethod
    def of(cls, table: Table) -> Segment:
        """Lay a table of people out. Raises DuplicatePersonError for a key that comes twice."""
        return build_segment(table)

    def __len__(self) -> int:
        return len(self.records) - self.removed

    # -- columns by row

    def postcode(self, rows: Ints) -> Ints:
        """The number of each row's postcode in `postcode_keys`, counted from 1; 0 for none."""
        column = self.records.facts.get("postcode")
        return self.postcode_number.take(column.take(rows) if column else np.zeros_like(rows))

    def postcode_of(self, code: str) -> int:
        """The number of a canonical postcode, 0 where nobody has it."""
        key = np.uint64(postcode_key(code))
        at = int(np.searchsorted(self.postcode_keys, key))
        return at + 1 if at < len(self.postcode_keys) and self.postcode_keys[at] == key else 0

    def postcode_text(self, number: int) -> str:
        """A canonical postcode from its number, "" for 0."""
        if not number:
            return ""
        key = int(self.postcode_keys[number - 1]).to_bytes(7, "big")
        return key.replace(b" ", b"").replace(b"\0", b"").decode()

    def hash(self, field: str, rows: Ints, *, of: str = "") -> Ints:
        """The hash of each row's fact (or `of` a part of it), 0 where it is missing."""
        column = self.records.facts.get(field)
        if column is None:
            return np.zeros(len(rows), np.uint32)
        return self.hashes[of or field].take(column.take(rows))

    @cached_property
    def postcode_districts(self) -> Ints:
        """The district of each distinct postcode, as a number; 0 for number 0."""
        districts = (self.postcode_keys >> np.uint64(24)).astype(np.uint32)
        return np.concatenate([np.zeros(1, np.uint32), districts])

    # -- people

    def count(self, role: str, token: str) -> int:
        """How many records bear `token` as a given or family name."""
        number = self.words.number(token)
        if not number:
            return 0
        return int((self.given_counts if role == "given" else self.family_counts)[number])

    def position(self, key: tuple[str, str]) -> int | None:
        """The place of a living person, or None."""
        wanted = short(_key_hash(*key))
        for place in self.by_key.of_key(int(wanted[0])).tolist():
            if self.alive[place] and self.records.key(place) == key:
                return int(place)
        return None

    def remove(self, place: int) -> None:
        """Take a person out of every later search."""
        self.alive[place] = False
        self.removed += 1

    def person(self, place: int) -> Person:
        """The person as given to `build`."""
        return self.records.person(place)

    def _facts(self, place: int) -> Facts:
        return prepare(self.records.person(place))

    def people(self) -> Iterator[Person]:
        """Every living person, in order."""
        return (self.person(int(i)) for i in np.flatnonzero(self.alive))

    # -- on disk

    def arrays(self) -> Arrays:
        """Everything, as arrays by name; `from_arrays` makes the segment of them again."""
        return {
            **{f"words.{name}": array for name, array in self.words.arrays().items()},
            **{f"search.{name}": array for name, array in self._arrays.items()},
            **{f"records.{name}": array for name, array in self.records.arrays().items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Segment:
        """The segment that `arrays` came from. Raises KeyError, ValueError or IndexError."""
        parts: dict[str, dict[str, Ints]] = {"words": {}, "search": {}, "records": {}}
        for name, array in arrays.items():
            part, _, rest = name.partition(".")
            parts[part][rest] = array
        words = Vocabulary.from_arrays(parts["words"])
        return cls(words, Records.from_arrays(parts["records"]), parts["search"])

    @property
    def searchable_bytes(self) -> int:
        """Ints of what a search reads, without the texts that are given back."""
        columns = sum(
            a.nbytes
            for c in (*self.records.facts.values(), self.records.sources)
            for name, a in c.arrays().items()
            if name in ("codes", "rows")
        )
        held = sum(a.nbytes for name, a in self._arrays.items() if not name.startswith("key."))
        return columns + held + self.words.nbytes


def _key_hash(source: str, id: str) -> Ints:
    found = hashes(Texts.of([id]))
    if source:
        found ^= hashes(Texts.of([source])) * np.uint64(0x94D049BB133111EB)
    return found


def build_segment(table: Table) -> Segment:
    """Lay a table of people out. Raises DuplicatePersonError for a key that comes twice."""
    keys = key_hashes(table)
    check_keys(table, keys)
    born = birth_days(table)
    days, day = np.unique(born, return_inverse=True)
    if not len(days) or days[0] != 0:
        days, day = np.concatenate([np.zeros(1, np.int32), days]), day + 1
    order = _in_order(day, keys)
    size, day_of = len(table), smallest(day[order], len(days))
    # Arrays are put in order beside the reading of names, which arrays have no part in.
    with ThreadPoolExecutor(1) as beside:
        ordered = beside.submit(records_of, table, order)
        names = names_of(table)
        records = ordered.result()
    place = np.empty(size, np.int32)
    place[order] = np.arange(size, dtype=np.int32)
    arrays: dict[str, Ints] = {
        "days": days.astype(np.int32),
        "day_starts": starts_of(day, len(days)),
        "day": day_of,
    }
    del table
    words = Vocabulary(names.words)
    given = _first(records.facts.get("given"), names.given, size)
    family = _first(records.facts.get("family"), names.family, size)
    traits = _sexes(records, size)
    with ThreadPoolExecutor(1) as beside:
        paired = beside.submit(_pair_arrays, given, family, names.further, place, len(words))
        keyed = beside.submit(sorted_pairs, short(keys[order]), np.arange(size))
        arrays |= _postcode_arrays(records, size)
        arrays |= _hash_arrays(records, size, names.mothers, traits)
        arrays |= _further_arrays(names.further, place, len(words))
        arrays |= paired.result()
        found, rows = keyed.result()
    traits[arrays["further_row"]] |= np.uint16(FURTHER)
    traits[_partial(records, int(arrays["day_starts"][1]))] |= np.uint16(PARTIAL)
    arrays["traits"] = traits
    arrays |= {"given": smallest(given, len(words)), "family": smallest(family, len(words))}
    arrays |= {"key.keys": found.astype(np.uint32), "key.rows": rows}
    return Segment(words, records, arrays)


def segment_of(people: Sequence[Person]) -> Segment:
    """Lay people out."""
    return build_segment(table_of(people))


def _in_order(day: Ints, keys: Ints) -> Ints:
    """Ints by day, then by key."""
    by_key = np.argsort(keys)
    few = smallest(day[by_key], int(day.max()) if len(day) else 0)
    order: Ints = by_key[np.argsort(few, kind="stable")]
    return order.astype(np.int32)


def _first(column: Column | None, words: Ints, size: int) -> Ints:
    if column is None:
        return np.zeros(size, np.int32)
    return words[column.take(np.arange(size, dtype=np.int32))]


def _sexes(records: Records, size: int) -> Ints:
    column = records.facts.get("sex")
    if column is None:
        return np.zeros(size, np.uint16)
    bits = np.array([0, *(FEMALE if t == "F" else MALE for t in column.texts)], np.uint16)
    return bits[column.take(np.arange(size, dtype=np.int32))]


def _partial(records: Records, undated: int) -> Ints:
    """Rows, among the first `undated`, that hold an age or a part of a date."""
    rows = np.arange(undated, dtype=np.int32)
    held = np.zeros(undated, np.bool_)
    for fact in ("age", "dob_text"):
        if fact in records.facts:
            held |= records.facts[fact].take(rows) > 0
    return rows[held]


def _further_arrays(further: FurtherNames, place: Ints, words: int) -> dict[str, Ints]:
    rows = place[further.row] if len(further.row) else further.row.astype(np.int32)
    order = np.lexsort((further.kind, further.family, further.given, rows))
    return {
        "further_row": rows[order],
        "further_given": smallest(further.given[order], words),
        "further_family": smallest(further.family[order], words),
        "further_kind": further.kind[order],
    }


def _pair_arrays(
    given: Ints, family: Ints, further: FurtherNames, place: Ints, words: int
) -> dict[str, Ints]:
    """Pairs of family and given word by family, given and row; given words by row; counts."""
    named = np.flatnonzero((given > 0) | (family > 0)).astype(np.int32)
    own = further.kind != MOTHER
    more = place[further.row] if len(further.row) else further.row.astype(np.int32)
    pair_given = np.concatenate([given[named], further.given])
    pair_family = np.concatenate([family[named], further.family])
    pair_row = np.concatenate([named, more])
    counts = {
        "given_counts": np.bincount(np.concatenate([given, further.given[own]]), minlength=words),
        "family_counts": np.bincount(np.concatenate([family, further.family[own]]),
                                     minlength=words),
    }  # fmt: skip
    ordered = _by_family(pair_family, pair_given, pair_row)
    lone = np.concatenate([given[named], further.given[own]])
    given_row = np.concatenate([named, more[own]])
    held = lone > 0
    by_given = RangePostings.of(lone[held], given_row[held], words)
    return {
        "pair_starts": starts_of(pair_family, words),
        "pair_given": smallest(ordered[0], words),
        "pair_row": ordered[1],
        "given_starts": by_given.starts,
        "given_row": by_given.rows,
        **{name: found.astype(np.int32) for name, found in counts.items()},
    }


def _by_family(family: Ints, given: Ints, row: Ints) -> tuple[Ints, Ints]:
    most = [int(a.max()).bit_length() if len(a) else 0 for a in (family, given, row)]
    if sum(most) <= 64:
        packed = family.astype(np.uint64)
        for array, bits in ((given, most[1]), (row, most[2])):
            packed <<= np.uint64(bits)
            packed |= array.astype(np.uint64)
        packed.sort()
        rows = (packed & np.uint64((1 << most[2]) - 1)).astype(np.int32)
        packed >>= np.uint64(most[2])
        packed &= np.uint64((1 << most[1]) - 1)
        return packed.astype(np.int32), rows
    order = np.lexsort((row, given, family))
    return given[order], row[order]


def _postcode_arrays(records: Records, size: int) -> dict[str, Ints]:
    column = records.facts.get("postcode")
    numbers, keys = postcodes_of(column.texts if column else Texts.of([]))
    of_row = _first(column, numbers, size)
    held = np.flatnonzero(of_row).astype(np.int32)
    posted = RangePostings.of(of_row[held], held, len(keys) + 1)
    return {
        "postcode_number": numbers,
        "postcode_keys": keys,
        "postcode_starts": posted.starts,
        "postcode_row": posted.rows,
    }


def _hash_arrays(
    records: Records, size: int, mothers: Sequence[tuple[str, str]], traits: Ints
) -> dict[str, Ints]:
    """Hashes of each distinct text, and postings by them; `traits` take up which are held."""
    every = np.arange(size, dtype=np.int32)
    found: dict[str, Ints] = {}
    for name, keys in hashed(records.facts, mothers).items():
        found[f"hash.{name}"] = keys
        if name not in HELD:
            continue
        of_row = keys[records.facts[name].take(every)]
        telling = of_row > 0
        if name == "nhs_number":
            telling = valid_numbers(records.facts[name].texts)[records.facts[name].take(every)]
        traits[telling] |= np.uint16(HELD[name])
        if name in POSTED:
            posted = HashPostings.of(of_row)
            found[f"posted.{name}.keys"] = posted.keys
            found[f"posted.{name}.rows"] = posted.rows
    return found
