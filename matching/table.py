"""People as columns: what an index is built from, whether they come one by one or as a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from matching.errors import MatchingError
from matching.person import Person, Sex
from matching.texts import Coded, Column, Ints, Texts

PLAIN = (
    "given", "family", "dob_text", "nhs_number", "upn", "address", "postcode", "phone", "mother",
    "school", "gp",
)  # fmt: skip
FIELDS = (*PLAIN, "dob", "sex", "aliases", "siblings", "age", "age_as_of")
"""The facts of a person, each one column of texts; dates as 2019-03-14, lists as JSON."""

Given = Sequence[str | None] | Coded | Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """As many people as `ids`, each fact a column; a fact that nobody has may be left out."""

    ids: Texts
    sources: Coded
    facts: Mapping[str, Coded]

    def __len__(self) -> int:
        return len(self.ids)


def table_of(people: Sequence[Person]) -> Table:
    """The columns of people."""
    size = len(people)
    facts = {name: Coded.of([getattr(p, name) for p in people], size) for name in PLAIN}
    facts["dob"] = Coded.of([p.dob.isoformat() if p.dob else None for p in people], size)
    facts["sex"] = Coded.of([_SEX[p.sex] for p in people], size)
    for name in ("aliases", "siblings", "age"):
        facts[name] = Coded.of([_listed(getattr(p, name)) for p in people], size)
    facts["age_as_of"] = Coded.of(
        [p.age_as_of.isoformat() if p.age_as_of else None for p in people], size
    )
    return Table(
        ids=Texts.of([p.id for p in people]),
        sources=Coded.of([p.source for p in people], size),
        facts={name: coded for name, coded in facts.items() if len(coded.texts)},
    )


def columns_of(people: Sequence[Person]) -> dict[str, list[str | None]]:
    """The facts of people as the columns that batch linkage compares (see `columns`).

    Brothers and sisters are left to the comparison of two people.
    """
    columns = {name: coded.written() for name, coded in table_of(people).facts.items()}
    columns.pop("siblings", None)
    text = columns.pop("dob_text", None)
    if text is not None:
        dates = columns.get("dob", [None] * len(people))
        columns["dob"] = [born or said for born, said in zip(dates, text, strict=True)]
    for name, between in (("age", " to "), ("aliases", "; ")):
        if name in columns:
            columns[name] = [v and between.join(map(str, json.loads(v))) for v in columns[name]]
    return columns


_SEX = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.UNKNOWN: None}


def _listed(values: Sequence[str] | Sequence[int] | None) -> str | None:
    return json.dumps(values, ensure_ascii=True) if values else None


def table_of_columns(columns: Mapping[str, Given], source: str = "") -> Table:
    """The columns of a table whose headings are the facts of `Person`.

    `id` has to be there, all columns have to be as long as it. `dob` may hold text that is no
    full date, such as an age on the day `age_as_of`; `sex` begins with F or M; `aliases` and
    `siblings` are names with ";" between.
    Raises MatchingError for another heading, a missing `id` or columns of different lengths.
    """
    allowed = {"id", "source", *FIELDS} - {"age"}
    if unknown := sorted(set(columns) - allowed):
        raise MatchingError(
            f"A table of people has no column {', '.join(unknown)}; nothing was read. "
            f"It may have {', '.join(sorted(allowed))}."
        )
    if "id" not in columns:
        raise MatchingError("A table of people needs a column id; nothing was read.")
    ids = _ids(columns["id"])
    size = len(ids)
    coded: dict[str, Coded] = {}
    for name, values in columns.items():
        if name != "id":
            held = values if isinstance(values, Coded) else Coded.of(iter(values), len(values))
            if len(held.codes) != size:
                raise MatchingError(
                    f"The column {name} has {len(held.codes)} values for {size} people; "
                    "nothing was read."
                )
            coded[name] = held
    sources = coded.pop("source", None) or _constant(source, size)
    if "sex" in coded:
        coded["sex"] = _renamed(coded["sex"], [_sex(t) for t in coded["sex"].texts])
    for name in ("aliases", "siblings"):
        if name in coded:
            coded[name] = _renamed(coded[name], [_names(t) for t in coded[name].texts])
    if "age_as_of" in coded:
        coded["age_as_of"] = _renamed(
            coded["age_as_of"], [_iso(t) for t in coded["age_as_of"].texts]
        )
    if "dob" in coded:
        _split_dates(coded)
    return Table(ids=ids, sources=sources, facts={n: c for n, c in coded.items() if len(c.texts)})


def _ids(given: Given) -> Texts:
    if isinstance(given, Texts):
        return given
    if isinstance(given, Coded):
        if len(given.texts) == len(given.codes) == int(given.codes[-1:].sum()):
            return given.texts  # every one another, in order
        return given.texts.take(given.codes.astype(np.int64) - 1)
    return Texts.of([value or "" for value in given])


def _constant(text: str, size: int) -> Coded:
    return Coded(np.full(size, 1 if text else 0, np.int32), Texts.of([text] if text else []))


def _renamed(coded: Coded, texts: Sequence[str | None]) -> Coded:
    """The column with each distinct text replaced; some may become the same, or missing."""
    fresh = Coded.of(texts, len(texts))
    numbers = np.concatenate([np.zeros(1, np.int32), fresh.codes])
    return Coded(numbers[coded.codes], fresh.texts)


def _sex(text: str) -> str | None:
    first = text.strip()[:1].upper()
    return first if first in ("F", "M") else None


def _names(text: str) -> str | None:
    return _listed([name.strip() for name in text.split(";") if name.strip()])


def _split_dates(coded: dict[str, Coded]) -> None:
    """Leave whole dates in `dob`; any other text goes to `dob_text`, unless there is one."""
    texts = list(coded["dob"].texts)
    whole = [_iso(text) for text in texts]
    rest = _renamed(
        coded["dob"], [t if day is None else None for t, day in zip(texts, whole, strict=True)]
    )
    own = coded.get("dob_text")
    if own is None:
        coded["dob_text"] = rest
    elif len(rest.texts):
        later = np.where(rest.codes > 0, rest.codes + len(own.texts), 0)
        both = Texts.of([*own.texts, *rest.texts])
        coded["dob_text"] = Coded(np.where(own.codes > 0, own.codes, later), both)
    coded["dob"] = _renamed(coded["dob"], whole)


def _iso(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _list(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))


_READ: Mapping[str, Callable[[str], Any]] = {
    "dob": date.fromisoformat,
    "age_as_of": date.fromisoformat,
    "sex": Sex,
    "aliases": _list,
    "siblings": _list,
    "age": _list,
}
"""How the facts are read that are no plain text."""


class Records:
    """The people of a table, to be given back as they were written."""

    def __init__(self, ids: Texts, sources: Column, facts: Mapping[str, Column]) -> None:
        self.ids = ids
        self.sources = sources
        self.facts = facts

    def __len__(self) -> int:
        return len(self.ids)

    def key(self, place: int) -> tuple[str, str]:
        """Source and identifier of one person."""
        return (self.sources.text(place) or "", self.ids[place])

    def person(self, place: int) -> Person:
        """The person at `place`."""
        known: dict[str, Any] = {}
        for name, column in self.facts.items():
            text = column.text(place)
            if text:
                read = _READ.get(name)
                known[name] = read(text) if read else text
        return Person(id=self.ids[place], source=self.sources.text(place) or "", **known)

    def arrays(self) -> dict[str, Ints]:
        """What `from_arrays` makes the records of again."""
        found: dict[str, Ints] = {
            "ids.data": self.ids.data,
            "ids.ends": self.ids.ends,
        }
        for name, column in (("source", self.sources), *self.facts.items()):
            found |= {f"column.{name}.{part}": a for part, a in column.arrays().items()}
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Ints]) -> Records:
        """The records that `arrays` came from. Raises KeyError or ValueError where it can't."""
        parts: dict[str, dict[str, Ints]] = {}
        for name, array in arrays.items():
            if name.startswith("column."):
                _, field, part = name.split(".")
                parts.setdefault(field, {})[part] = array
        columns = {field: Column.from_arrays(held) for field, held in parts.items()}
        sources = columns.pop("source")
        if not set(columns) <= set(FIELDS):
            raise ValueError("a column of a fact that people have not")
        ids = Texts(arrays["ids.data"], arrays["ids.ends"])
        return cls(ids, sources, columns)


def records_of(table: Table, order: Ints) -> Records:
    """The people of `table` in another order."""
    return Records(
        table.ids.take(order),
        Column.of(Coded(table.sources.codes[order], table.sources.texts)),
        {name: Column.of(Coded(c.codes[order], c.texts)) for name, c in table.facts.items()},
    )
