"""A fixed block of indexed people in columns, and the quick score that finds candidates.

Every value is a number: a word of the vocabulary, or a position among the distinct birth
dates or postcodes. Weights are worked out once for the distinct values and gathered by
row, so no record's text is touched while searching. A person with aliases has one row for
each name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matching import normalise
from matching.person import Facts, Person, Sex, prepare
from matching.vocabulary import Vocabulary

WORDS_KEPT = 3
SEX_NUMBERS = {Sex.UNKNOWN: 0, Sex.FEMALE: 1, Sex.MALE: 2}
_PERSON_FIELDS = tuple(f.name for f in fields(Person))

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


def person_to_bytes(person: Person) -> bytes:
    """A person as one line of JSON, without what is not known."""
    known: dict[str, Any] = {}
    for name in _PERSON_FIELDS:
        value = getattr(person, name)
        if value is None or value in ("", ()) or value is Sex.UNKNOWN:
            continue
        known[name] = value.isoformat() if isinstance(value, date) else value
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def person_from_bytes(line: bytes) -> Person:
    """The person that `person_to_bytes` wrote."""
    known = json.loads(line)
    known.setdefault("id", "")
    for name in ("dob", "age_as_of"):
        if name in known:
            known[name] = date.fromisoformat(known[name])
    for name in ("aliases", "siblings", "age"):
        if name in known:
            known[name] = tuple(known[name])
    if "sex" in known:
        known["sex"] = Sex(known["sex"])
    return Person(**known)


class Values:
    """Distinct texts numbered from 1; 0 stands for missing."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = ["", *texts]
        self.number = {text: i for i, text in enumerate(self.texts)}

    def get(self, text: str | None) -> int:
        """The number of `text`, 0 for a missing text and -1 for one not held."""
        return self.number.get(text, -1) if text else 0


@dataclass(frozen=True, slots=True)
class Columns:
    """The numbers of every row; `person` says whose row it is."""

    person: Ints
    given: Ints
    family: Ints
    mother_given: Ints
    mother_family: Ints
    dob: Ints
    postcode: Ints
    address: Ints
    school: Ints
    upn: Ints
    sex: npt.NDArray[np.int8]
    nhs_number: Longs
    phone: Longs


COLUMN_TYPES: dict[str, str] = {
    "person": "<i4", "given": "<i4", "family": "<i4", "mother_given": "<i4",
    "mother_family": "<i4", "dob": "<i4", "postcode": "<i4", "address": "<i4",
    "school": "<i4", "upn": "<i4", "sex": "|i1", "nhs_number": "<i8", "phone": "<i8",
}  # fmt: skip


class LaterWords:
    """Words after the first of a name, by column: few rows have them."""

    def __init__(self, table: Ints) -> None:
        self._columns = []
        for column in range(1, table.shape[1]):
            rows = np.flatnonzero(table[:, column])
            self._columns.append((rows, table[rows, column]))

    def within(self, start: int, stop: int) -> Iterable[tuple[npt.NDArray[np.intp], Ints]]:
        """For each column the rows (counted from `start`) that have a word, and the word."""
        for rows, words in self._columns:
            low, high = np.searchsorted(rows, (start, stop))
            if high > low:
                yield rows[low:high] - start, words[low:high]


class Postcodes:
    """The distinct postcodes of a segment with their districts and areas."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.districts = np.array([normalise.outward(t) for t in texts], "U5")
        self.areas = np.array([normalise.area(t) for t in texts], "U2")
        self.whole = np.array([normalise.is_full_postcode(t) for t in texts], np.bool_)


def address_text(facts: Facts) -> str:
    """Number and street as one text, "" when missing."""
    if facts.address is None or not facts.address.street:
        return ""
    return f"{facts.address.number} {' '.join(facts.address.street)}"


def _long(figures: str | None) -> int:
    return int(figures) if figures and len(figures) <= 18 else 0


def _nhs_number(facts: Facts) -> int:
    """The number; below zero when it is not a valid one; 0 when missing."""
    number = _long(facts.nhs_number)
    return number if facts.nhs_valid else -number


class Segment:
    """People in columns, with what is needed to search, remove and give them back."""

    def __init__(
        self,
        *,
        columns: Columns,
        words: Vocabulary,
        values: dict[str, Values],
        keys: list[tuple[str, str]],
        blob: bytes,
        ends: Longs,
    ) -> None:
        self.columns = columns
        self.words = words
        self.values = values
        self.keys = keys
        self.blob = blob
        self.ends = ends
        self.alive = np.ones(len(keys), np.bool_)
        self.removed = 0
        self._position: dict[tuple[str, str], int] | None = None
        self._count_names()
        self.first_given = np.ascontiguousarray(columns.given[:, 0])
        self.first_family = np.ascontiguousarray(columns.family[:, 0])
        self.later_given = LaterWords(columns.given)
        self.later_family = LaterWords(columns.family)
        self.postcodes = Postcodes(values["postcode"].texts)
        dobs = values["dob"].texts[1:]
        self.dob_years = np.array([0, *(int(d[:4]) for d in dobs)], np.int16)
        self.dob_months = np.array([0, *(int(d[4:6]) for d in dobs)], np.int8)
        self.dob_days = np.array([0, *(int(d[6:]) for d in dobs)], np.int8)
        self.dob_ordinals = np.array(
            [0, *(date(int(d[:4]), int(d[4:6]), int(d[6:])).toordinal() for d in dobs)],
            np.int32,
        )
        self.dob_digits = np.array(
            [[255] * 8, *([ord(c) for c in d] for d in dobs)], np.uint8
        ).reshape(-1, 8)

    def _count_names(self) -> None:
        size = len(self.words)
        self.given_counts = np.bincount(self.columns.given.ravel(), minlength=size)
        self.family_counts = np.bincount(self.columns.family.ravel(), minlength=size)

    def __len__(self) -> int:
        return len(self.keys) - self.removed

    def count(self, role: str, token: str) -> int:
        """How many rows bear `token` as a given or family name."""
        number = self.words.number.get(token)
        if not number:
            return 0
        return int((self.given_counts if role == "given" else self.family_counts)[number])

    def position(self, key: tuple[str, str]) -> int | None:
        """The place of a living person, or None."""
        if self._position is None:
            self._position = {k: i for i, k in enumerate(self.keys)}
        place = self._position.get(key)
        return place if place is not None and self.alive[place] else None

    def remove(self, place: int) -> None:
        """Take a person out of every later search."""
        self.alive[place] = False
        self.removed += 1

    def person(self, place: int) -> Person:
        """The person as given to `build`."""
        start = int(self.ends[place - 1]) if place else 0
        return person_from_bytes(self.blob[start : int(self.ends[place])])

    def people(self) -> Iterable[Person]:
        """Every living person, in order."""
        return (self.person(int(i)) for i in np.flatnonzero(self.alive))


def _word_rows(names: Sequence[tuple[str, ...]], number: dict[str, int]) -> Ints:
    table = np.zeros((len(names), WORDS_KEPT), np.int32)
    for row, words in enumerate(names):
        for column, word in enumerate(words[:WORDS_KEPT]):
            table[row, column] = number[word]
    return table


def build_segment(people: Sequence[Person]) -> Segment:
    """Normalise people once and lay them out in columns."""
    owners: list[int] = []
    facts_of_row: list[Facts] = []
    given: list[tuple[str, ...]] = []
    family: list[tuple[str, ...]] = []
    lines: list[bytes] = []
    for place, person in enumerate(people):
        facts = prepare(person)
        lines.append(person_to_bytes(person))
        for name in facts.names or (None,):
            owners.append(place)
            facts_of_row.append(facts)
            given.append(name.given[:WORDS_KEPT] if name else ())
            family.append(name.family[:WORDS_KEPT] if name else ())
    mothers = [
        ((f.mother.given[:1] or ("",))[0], (f.mother.family[:1] or ("",))[0])
        if f.mother
        else ("", "")
        for f in facts_of_row
    ]
    words = Vocabulary.of(
        [w for names in (given, family) for name in names for w in name]
        + [w for mother in mothers for w in mother]
    )
    texts: dict[str, Callable[[Facts], str]] = {
        "dob": lambda f: normalise.eight_figures(f.dob) if f.dob else "",
        "postcode": lambda f: f.postcode or "",
        "address": address_text,
        "school": lambda f: " ".join(f.school),
        "upn": lambda f: f.upn or "",
    }
    values: dict[str, Values] = {}
    numbered: dict[str, Ints] = {}
    for field, text in texts.items():
        column = [text(f) for f in facts_of_row]
        values[field] = Values(sorted(set(column) - {""}))
        number = values[field].number
        numbered[field] = np.fromiter((number[t] for t in column), np.int32, len(column))
    rows = len(owners)
    columns = Columns(
        person=np.array(owners, np.int32),
        given=_word_rows(given, words.number),
        family=_word_rows(family, words.number),
        mother_given=np.fromiter((words.number[m[0]] for m in mothers), np.int32, rows),
        mother_family=np.fromiter((words.number[m[1]] for m in mothers), np.int32, rows),
        dob=numbered["dob"],
        postcode=numbered["postcode"],
        address=numbered["address"],
        school=numbered["school"],
        upn=numbered["upn"],
        sex=np.fromiter((SEX_NUMBERS[f.sex] for f in facts_of_row), np.int8, rows),
        nhs_number=np.fromiter((_nhs_number(f) for f in facts_of_row), np.int64, rows),
        phone=np.fromiter((_long(f.phone) for f in facts_of_row), np.int64, rows),
    )
    return Segment(
        columns=columns,
        words=words,
        values=values,
        keys=[p.key for p in people],
        blob=b"".join(lines),
        ends=np.cumsum([len(line) for line in lines], dtype=np.int64),
    )
