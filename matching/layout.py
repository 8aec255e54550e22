"""Laying people out for searching: facts normalised once for each distinct text, then arrays.

No text of a record is touched one by one: what a fact says is worked out for the distinct
texts, and numbers stand for them from there on. People are put in the order of their birth
dates, so that everyone born on a day, in a month or in a year stands side by side.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

import numpy as np
import numpy.typing as npt

from matching import normalise
from matching.errors import DuplicatePersonError
from matching.name_words import plain_words
from matching.person import full_name
from matching.postings import hashes, short
from matching.table import Table
from matching.texts import Column, Ints, Texts

LATER_GIVEN, LATER_FAMILY, ALIAS, MOTHER = 1, 2, 4, 8
"""What a further name of a person is: words after the first, an alias, the mother's family."""

Words = tuple[str, ...]


@dataclass(slots=True)
class FurtherNames:
    """Names beside the first given and the first family word of a person, by row."""

    row: Ints
    given: Ints
    family: Ints
    kind: Ints


class Numbering:
    """Numbers for words in the order they turn up; sorted at the end."""

    def __init__(self) -> None:
        self._next = count(1)
        self._numbers: defaultdict[str, int] = defaultdict(self._next.__next__)
        self._numbers[""] = 0

    def table(self, rows: Sequence[Words]) -> Ints:
        """One line for each of `rows` after a line of zeros, one column a word."""
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        flat = [word for words in rows for word in words]
        numbers = np.fromiter(map(self._numbers.__getitem__, flat), np.int32, len(flat))
        width = max(1, int(lengths.max())) if len(rows) else 1
        table = np.zeros((len(rows) + 1, width), np.int32)
        line = np.repeat(np.arange(1, len(rows) + 1), lengths)
        column = np.arange(len(flat)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        table[line, column] = numbers
        return table

    def sorted(self) -> tuple[list[str], Ints]:
        """The words in order, and for each number given before its number in that order."""
        words = list(self._numbers)[1:]
        order = sorted(range(len(words)), key=words.__getitem__)
        final = np.zeros(len(words) + 1, np.int32)
        final[np.array(order, np.int64) + 1] = np.arange(1, len(words) + 1)
        return [words[i] for i in order], final


def given_words(text: str) -> Words:
    """The words of a given name, none for what only stands in for one."""
    words = plain_words(text)
    if words is None:
        words = () if normalise.is_placeholder_name(text) else normalise.name_tokens(text)
    return words


def family_words(text: str) -> Words:
    """The words of a family name, none for what only stands in for one."""
    words = plain_words(text)
    if words is None:
        words = () if normalise.is_placeholder_family(text) else normalise.name_tokens(text)
    return words


def stands_in(text: str) -> bool:
    """Whether a family name alone is no name at all: "Baby"."""
    return plain_words(text) is None and normalise.is_placeholder_name(text)


def alias_words(text: str) -> list[tuple[Words, Words]]:
    """Given and family words of each alias in a list as the table holds it."""
    found = []
    for alias in json.loads(text):
        parts = full_name(alias)
        if parts is not None and not normalise.is_placeholder_name(alias):
            found.append((parts.given, parts.family))
    return found


def by_text(keyed: Iterable[str]) -> Ints:
    """Short hashes of the key of each distinct text after a 0 for "missing"; 0 for no key."""
    keys = Texts.of(list(keyed))
    found = np.zeros(len(keys) + 1, np.uint32)
    found[1:] = short(hashes(keys))
    found[1:][np.diff(keys.ends, prepend=0) == 0] = 0
    return found


def number_key(text: str) -> str:
    """The figures of an NHS number."""
    return normalise.digits(text)[:18]


def phone_key(text: str) -> str:
    """National figures."""
    return normalise.phone(text) or ""


def upn_key(text: str) -> str:
    """The pupil number in plain form."""
    return normalise.upn(text) or ""


def address_key(text: str) -> str:
    """Number and street as one text, "" where there is no street."""
    found = normalise.address(text)
    return f"{found.number} {' '.join(found.street)}" if found and found.street else ""


def organisation_key(text: str) -> str:
    """The telling words of a school or surgery."""
    return " ".join(normalise.organisation(text))


def mother_words(text: str) -> tuple[str, str]:
    """The first words of the mother's given and of her family name, "" where she has none."""
    words = plain_words(text)
    if words is not None:
        return words[0], words[-1] if len(words) > 1 else ""
    parts = full_name(text)
    if parts is None:
        return "", ""
    return (*parts.given, "")[0], (*parts.family, "")[0]


KEYS: dict[str, Callable[[str], str]] = {
    "nhs_number": number_key,
    "phone": phone_key,
    "upn": upn_key,
    "address": address_key,
    "school": organisation_key,
    "gp": organisation_key,
}


def hashed(facts: Mapping[str, Column], mothers: Sequence[tuple[str, str]]) -> dict[str, Ints]:
    """For each keyed fact that anybody has, the hashes of its distinct texts; for `mothers`, those
    of the given and of the family name."""
    found = {}
    for name, key in KEYS.items():
        if name in facts:
            texts = facts[name].texts
            plain = name == "nhs_number" and len(texts) and _all_figures(texts)
            found[name] = _plain_hashes(texts) if plain else by_text(map(key, texts))
    if mothers:
        found["mother"], found["mother_family"] = map(by_text, zip(*mothers, strict=True))
    return found


def _all_figures(texts: Texts) -> bool:
    lengths = np.diff(texts.ends, prepend=0)
    figures = texts.data
    return bool((lengths == 10).all() and (figures >= 48).all() and (figures <= 57).all())


def valid_numbers(texts: Texts) -> npt.NDArray[np.bool_]:
    """Which of the distinct texts are NHS numbers with a right check digit; none, the first."""
    if not len(texts) or not _all_figures(texts):
        held = [normalise.is_nhs_number(number_key(text)) for text in texts]
        return np.array([False, *held], np.bool_)
    figures = texts.data.reshape(-1, 10).astype(np.int32) - 48
    check = -(figures[:, :9] @ np.arange(10, 1, -1, dtype=np.int32)) % 11
    alike = (figures == figures[:, :1]).all(axis=1)
    return np.concatenate([np.zeros(1, np.bool_), (check == figures[:, 9]) & ~alike])


def _plain_hashes(texts: Texts) -> Ints:
    return np.concatenate([np.zeros(1, np.uint32), short(hashes(texts))])


# -- order


def birth_days(table: Table) -> Ints:
    """The birth date of each row as days since year 1, 0 where no full date is known."""
    days: Ints = np.zeros(len(table), np.int32)
    if "dob_text" in table.facts:
        read = [normalise.date_parts(t).as_date() for t in table.facts["dob_text"].texts]
        days = _days(read)[table.facts["dob_text"].codes]
    if "dob" in table.facts:
        known = _days([date.fromisoformat(t) for t in table.facts["dob"].texts])
        days = np.where(known[table.facts["dob"].codes] > 0, known[table.facts["dob"].codes], days)
    return days


def _days(dates: Iterable[date | None]) -> Ints:
    return np.array([0, *(d.toordinal() if d else 0 for d in dates)], np.int32)


def key_hashes(table: Table) -> Ints:
    """A number for the source and identifier of each row."""
    sources = np.concatenate([np.zeros(1, np.uint64), hashes(table.sources.texts)])
    found = hashes(table.ids)
    found ^= sources[table.sources.codes] * np.uint64(0x94D049BB133111EB)
    return found


def check_keys(table: Table, keys: Ints) -> None:
    """Raises DuplicatePersonError when two rows share source and identifier."""
    ordered = np.sort(keys)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    for key in np.unique(twice).tolist():
        seen: set[tuple[int, str]] = set()
        for row in np.flatnonzero(keys == np.uint64(key)).tolist():
            code, id = int(table.sources.codes[row]), table.ids[row]
            if (code, id) in seen:
                source = table.sources.texts[code - 1] if code else ""
                raise DuplicatePersonError(
                    f"Two people from {source or 'one source'} carry the identifier {id}. "
                    "Each record needs its own."
                )
            seen.add((code, id))


# -- names


@dataclass(slots=True)
class Names:
    """Word numbers of the distinct given and family texts, the further names of rows, and
    `mother_words` of the distinct mothers."""

    words: list[str]
    given: Ints
    family: Ints
    further: FurtherNames
    mothers: list[tuple[str, str]]


def names_of(table: Table) -> Names:
    """Read every distinct name once. Ints are those of `table`."""
    numbering = Numbering()
    empty = Texts.of([])
    texts = {n: table.facts[n].texts if n in table.facts else empty for n in ("given", "family")}
    given = numbering.table([given_words(t) for t in texts["given"]])
    family = numbering.table([family_words(t) for t in texts["family"]])
    mothers = [*map(mother_words, table.facts["mother"].texts)] if "mother" in table.facts else []
    mother = numbering.table([words[1:] for words in mothers])[:, 0]
    aliases = _alias_numbers(table, numbering)
    words, final = numbering.sorted()
    given, family = final[given], final[family]
    none = np.zeros(len(table), np.int32)
    given_code = table.facts["given"].codes if "given" in table.facts else none
    family_code = table.facts["family"].codes if "family" in table.facts else none
    not_a_name = np.array([False, *map(stands_in, texts["family"])], np.bool_)
    further = _later_words(given, family, given_code, family_code, not_a_name)
    if mothers:
        further.append(
            _mothers(final[mother][table.facts["mother"].codes], given[given_code, 0],
                     family[family_code, 0])
        )  # fmt: skip
    if aliases is not None:
        row, alias_given, alias_family = aliases
        kind = np.full(len(row), ALIAS, np.uint8)
        further.append(FurtherNames(row, final[alias_given], final[alias_family], kind))
    firsts = given[:, 0].copy(), family[:, 0].copy()
    return Names(words, *firsts, _together(further), mothers)


def _alias_numbers(table: Table, numbering: Numbering) -> tuple[Ints, Ints, Ints] | None:
    if "aliases" not in table.facts:
        return None
    coded = table.facts["aliases"]
    rows: list[int] = []
    pairs: list[Words] = []
    read = [
        [(g, f) for given, family in alias_words(text) for g in given or ("",)
         for f in family or ("",)]
        for text in coded.texts
    ]  # fmt: skip
    for row in np.flatnonzero(coded.codes).tolist():
        for pair in read[coded.codes[row] - 1]:
            rows.append(row)
            pairs.append(pair)
    numbers = numbering.table(pairs)[1:] if pairs else np.zeros((0, 2), np.int32)
    return np.array(rows, np.int32), numbers[:, 0], numbers[:, 1]


def _later_words(
    given: Ints,
    family: Ints,
    given_code: Ints,
    family_code: Ints,
    not_a_name: npt.NDArray[np.bool_],
) -> list[FurtherNames]:
    """Every other pair of a given and a family word of the people who have several of either."""
    several = np.any(given[:, 1:], axis=1, keepdims=True)[given_code, 0]
    several |= np.any(family[:, 1:], axis=1, keepdims=True)[family_code, 0]
    rows = np.flatnonzero(several)
    own, theirs = given[given_code[rows]], family[family_code[rows]]
    # Words of one name written into the other's place.
    no_family, no_given = theirs[:, 0] == 0, own[:, 0] == 0
    lone = no_given & ~not_a_name[family_code[rows]]
    found: list[FurtherNames] = []

    def put(where: npt.NDArray[np.bool_], first: Ints, second: Ints, kind: int) -> None:
        at = np.flatnonzero(where)
        if len(at):
            kinds = np.full(len(at), kind, np.uint8)
            found.append(FurtherNames(rows[at].astype(np.int32), first[at], second[at], kinds))

    for g in range(own.shape[1]):
        for f in range(theirs.shape[1]):
            if g or f:
                held = ((own[:, g] > 0) if g else True) & ((theirs[:, f] > 0) if f else True)
                kind = (LATER_GIVEN if g else 0) | (LATER_FAMILY if f else 0)
                put(np.broadcast_to(held, len(rows)), own[:, g], theirs[:, f], kind)
    for words, alone in ((own, no_family), (theirs, lone)):
        last = _last(words)
        for w in range(words.shape[1] - 1):
            before = alone & (words[:, w + 1] > 0)
            put(before, words[:, w], last, LATER_GIVEN if w else 0)
    return found


def _last(words: Ints) -> Ints:
    """The last word of each line."""
    count_ = (words > 0).sum(axis=1)
    last: Ints = words[np.arange(len(words)), np.maximum(count_ - 1, 0)]
    return last


def _mothers(mother: Ints, given: Ints, family: Ints) -> FurtherNames:
    """The mother's family name with the child's given name, where the child has another."""
    rows = np.flatnonzero((mother > 0) & (mother != family) & (given > 0)).astype(np.int32)
    return FurtherNames(rows, given[rows], mother[rows], np.full(len(rows), MOTHER, np.uint8))


def _together(found: Sequence[FurtherNames]) -> FurtherNames:
    none = np.empty(0, np.int32)
    parts = [FurtherNames(none, none, none, none.astype(np.uint8)), *found]
    return FurtherNames(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.given for part in parts]),
        np.concatenate([part.family for part in parts]),
        np.concatenate([part.kind for part in parts]),
    )


# -- postcodes


def postcode_key(code: str) -> int:
    """A canonical postcode as a number: district first, then the rest, so that both sort."""
    outward = normalise.outward(code)
    return int.from_bytes(outward.ljust(4).encode() + code[len(outward) :].ljust(3, "\0").encode(),
                          "big")  # fmt: skip


def postcodes_of(texts: Texts) -> tuple[Ints, Ints]:
    """For each distinct text its number among the distinct postcodes, and their sorted keys."""
    found = np.zeros(len(texts) + 1, np.uint64)
    for at, text in enumerate(texts, 1):
        code = normalise.postcode(text)
        if code:
            found[at] = postcode_key(code)
    keys, numbers = np.unique(found, return_inverse=True)
    return numbers.astype(np.int32), keys[1:]
