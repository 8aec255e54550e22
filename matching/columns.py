"""Tables of people by columns: what each column holds, and its values normalised once.

A table is a mapping of column names to sequences of text or None, all of one length. What a
column holds is read off its name (`kind_of`); a column of another name is evidence too, of
kind OTHER, weighed by how rare its values are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from matching import normalise
from matching.errors import ColumnError
from matching.name_words import bearer_of
from matching.person import full_name

Codes = npt.NDArray[np.int32]
Table = Mapping[str, Sequence[str | None]]


class Kind(StrEnum):
    """What a column holds."""

    ID = "id"
    GIVEN = "given"
    FAMILY = "family"
    FULL_NAME = "full name"
    ALIASES = "aliases"
    DOB = "dob"
    AGE = "age or birth date"
    AS_OF = "as of"
    SEX = "sex"
    NUMBER = "number"
    ADDRESS = "address"
    HOUSE = "house"
    STREET = "street"
    PLACE = "place"
    POSTCODE = "postcode"
    PHONE = "phone"
    EMAIL = "email"
    PERSON = "person"
    INSTITUTION = "institution"
    OTHER = "other"


_NAMES = {
    Kind.ID: "id unique_id record_id rec_id",
    Kind.GIVEN: "given given_name given_names first_name firstname first forename forenames",
    Kind.FAMILY: "family family_name surname last_name lastname last",
    Kind.FULL_NAME: "name full_name fullname whole_name first_and_surname given_and_family",
    Kind.ALIASES: "aliases alias aka also_known_as known_as former_name former_names previous_name",
    Kind.DOB: "dob date_of_birth birth_date birthdate born",
    Kind.AS_OF: "age_as_of age_on as_of",
    Kind.SEX: "sex gender",
    Kind.NUMBER: "nhs nhs_number nhs_no upn natid national_id soc_sec_id ssn nino chi",
    Kind.ADDRESS: "addr address full_address",
    Kind.HOUSE: "street_number house_number house house_no flat number",
    Kind.STREET: "address_1 address_2 address_3 address1 address2 street street_address",
    Kind.PLACE: "city town suburb village locality state county region district place",
    Kind.POSTCODE: "postcode post_code postal_code postcode_fake zip zipcode zip_code",
    Kind.PHONE: "phone telephone mobile phone_number tel",
    Kind.EMAIL: "email e_mail email_address mail",
    Kind.INSTITUTION: "school nursery gp surgery practice",
    Kind.PERSON: "mother mother_name mothers_name father carer parent guardian",
}
_KIND = {name: kind for kind, names in _NAMES.items() for name in names.split()}

HOUSEHOLD_SHARES = frozenset(
    {
        Kind.FAMILY,
        Kind.HOUSE,
        Kind.STREET,
        Kind.PLACE,
        Kind.POSTCODE,
        Kind.PHONE,
        Kind.PERSON,
        Kind.INSTITUTION,
    }
)
"""What brothers and sisters have in common, so that it can't tell them apart."""


def kind_of(column: str) -> Kind:
    """What a column of this name holds, in any of the usual spellings; OTHER if unknown."""
    return _KIND.get(re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_"), Kind.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One column: `values` are the distinct normalised values, `codes` point into them per row.

    A code of -1 is a missing value.
    """

    name: str
    kind: Kind
    values: tuple[str, ...]
    codes: Codes


def _words(text: str) -> str | None:
    return " ".join(re.findall(r"[^\W_]+", normalise.fold(text))) or None


def _given(text: str) -> str | None:
    if normalise.is_placeholder_name(text):
        return None
    return " ".join(normalise.name_tokens(text)) or None


def _family(text: str) -> str | None:
    if normalise.is_placeholder_family(text):
        return None
    return " ".join(normalise.name_tokens(text)) or None


_YEAR_FIRST = re.compile(r"(\d{4})\D?(\d\d)\D?(\d\d)")


def _dob(text: str) -> str | None:
    """Eight figures, 0000 or 00 for what is unknown; an impossible date keeps its figures."""
    if whole := _YEAR_FIRST.fullmatch(text.strip()[:10]):
        return "".join(whole.groups())
    parts = normalise.date_parts(text)
    if parts.year is None:
        return None
    return f"{parts.year:04d}{parts.month or 0:02d}{parts.day or 0:02d}"


_ON = " on "


def _born(text: str) -> str | None:
    """First and last day of birth, eight figures each, of a date or of an age " on " a day."""
    said, on, day = text.partition(_ON)
    if on:
        born = normalise.born_within(said, normalise.date_parts(day).as_date())
    else:
        exact = normalise.date_parts(text).as_date()
        born = (exact, exact) if exact else None
    return f"{born[0]:%Y%m%d} {born[1]:%Y%m%d}" if born else None


def _sex(text: str) -> str | None:
    first = text.strip()[:1].lower()
    return {"f": "F", "w": "F", "g": "F", "m": "M", "b": "M"}.get(first)


def _figures(text: str) -> str | None:
    plain = "".join(re.findall(r"[^\W_]", normalise.fold(text))).upper()
    return plain if len(set(plain)) > 1 or len(plain) == 1 else None


def _email(text: str) -> str | None:
    return text.strip().lower()[:200] or None


def _phone(text: str) -> str | None:
    return normalise.phone(text)


_READ: Mapping[Kind, Callable[[str], str | None]] = {
    Kind.GIVEN: _given,
    Kind.FAMILY: _family,
    Kind.DOB: _dob,
    Kind.AGE: _born,
    Kind.SEX: _sex,
    Kind.NUMBER: _figures,
    Kind.HOUSE: _figures,
    Kind.POSTCODE: _figures,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
}


@cache
def _reader(kind: Kind) -> Callable[[str], str | None]:
    return _READ.get(kind, _words)


def _column(name: str, kind: Kind, values: Iterable[str | None]) -> Column:
    read = _reader(kind)
    as_written: dict[str | None, int] = {None: -1}
    number: dict[str, int] = {}
    codes: list[int] = []
    for text in values:
        code = as_written.get(text)
        if code is None:
            plain = read(text) if text else None
            code = -1 if plain is None else number.setdefault(plain, len(number))
            as_written[text] = code
        codes.append(code)
    return Column(name=name, kind=kind, values=tuple(number), codes=np.array(codes, np.int32))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """The columns of one table, or of two laid one after the other (`split` rows in the first).

    `within` is True when there is one table, compared with itself.
    `order` says which row of the tables, counted through both, stands in each place: rows are
    laid out by what they hold, so that nothing found depends on the order they came in.
    `written` holds each column as it came, for each table; `unused` names what was left out.
    `others` are further first and family names that people are or were known by.
    """

    rows: int
    split: int
    within: bool
    columns: tuple[Column, ...]
    order: npt.NDArray[np.int64]
    written: tuple[Mapping[str, Sequence[str | None]], ...]
    unused: tuple[str, ...]
    others: tuple[tuple[Column, Column], ...] = ()

    def as_written(self, column: str, row: int) -> str | None:
        """The value of a column in a row as it came, None where its table has no such column."""
        place = int(self.order[row])
        table = 0 if place < self.split else 1
        held = self.written[table].get(column)
        return (held[place - table * self.split] or None) if held is not None else None

    @property
    def all_pairs(self) -> float:
        """How many pairs there are to compare."""
        if self.within:
            return self.rows * (self.rows - 1) / 2
        return float(self.split) * (self.rows - self.split)


def _split_name(values: Sequence[str | None]) -> tuple[list[str | None], list[str | None]]:
    given: list[str | None] = []
    family: list[str | None] = []
    for text in values:
        parts = full_name(bearer_of(text)) if text else None
        given.append(" ".join(parts.given) or None if parts else None)
        family.append(" ".join(parts.family) or None if parts else None)
    return given, family


def _split_address(values: Sequence[str | None]) -> tuple[list[str | None], list[str | None]]:
    house: list[str | None] = []
    street: list[str | None] = []
    for text in values:
        parts = normalise.address(text) if text else None
        house.append(parts.number or None if parts else None)
        street.append(" ".join(parts.street) or None if parts else None)
    return house, street


_OTHER_NAMES = 3
_SEVERAL = frozenset(
    {Kind.OTHER, Kind.PLACE, Kind.STREET, Kind.NUMBER, Kind.PERSON, Kind.INSTITUTION}
)


Laid = dict[str, tuple[Kind, Sequence[str | None]]]


def _ages(laid: Laid, rows: int) -> list[str | None]:
    """For each row its birth date or, where there is none, its age and on which day."""
    none: Sequence[str | None] = [None] * rows
    dates, ages, days = (
        laid.get(name, (Kind.OTHER, none))[1] for name in (Kind.DOB.value, "age", Kind.AS_OF.value)
    )
    whole = {text: bool(text and _dob(text)) for text in set(dates)}
    return [
        born if whole[born] else f"{age or born}{_ON}{day}" if day and (age or born) else None
        for born, age, day in zip(dates, ages, days, strict=True)
    ]


def _other_names(laid: Laid, rows: int) -> Iterable[tuple[list[str | None], list[str | None]]]:
    """First and family names that each row is also known by; what one lacks is as in its name."""
    none: Sequence[str | None] = [None] * rows
    given, family, also = (
        laid.get(kind.value, (kind, none))[1] for kind in (Kind.GIVEN, Kind.FAMILY, Kind.ALIASES)
    )
    known = [[name for name in (text or "").split(";") if name.strip()] for text in also]
    for place in range(_OTHER_NAMES):
        first, last = _split_name([names[place] if len(names) > place else None for names in known])
        held = [bool(one or two) for one, two in zip(first, last, strict=True)]
        yield (
            [one or g if h else None for one, g, h in zip(first, given, held, strict=True)],
            [one or f if h else None for one, f, h in zip(last, family, held, strict=True)],
        )


def _laid_out(table: Table) -> Laid:
    """Columns by one name for each kind; whole names and addresses taken apart."""
    laid: Laid = {}
    seen: set[Kind] = set()
    for name, values in table.items():
        kind = kind_of(name)
        single = kind not in _SEVERAL
        if not single:
            laid[name] = (kind, values)
        elif kind not in seen:
            laid[kind.value] = (kind, values)
        seen.add(kind)
    whole = laid.pop(Kind.FULL_NAME.value, None)
    if whole is not None and not {Kind.GIVEN, Kind.FAMILY} & seen:
        given, family = _split_name(whole[1])
        laid[Kind.GIVEN.value] = (Kind.GIVEN, given)
        laid[Kind.FAMILY.value] = (Kind.FAMILY, family)
    address = laid.pop(Kind.ADDRESS.value, None)
    if address is not None:
        house, street = _split_address(address[1])
        laid.setdefault(Kind.HOUSE.value, (Kind.HOUSE, house))
        laid["street"] = (Kind.STREET, street)
    return laid


def read_columns(left: Table, right: Table | None = None) -> Columns:
    """Columns of one table, or those that two tables share, with their values normalised.

    Raises ColumnError when columns are of unequal length or two tables share none.
    """
    tables = [left] if right is None else [left, right]
    counts = []
    for table in tables:
        lengths = {len(values) for values in table.values()}
        if len(lengths) > 1:
            raise ColumnError("The columns of a table have to be equally long, but are not.")
        counts.append(max(lengths, default=0))
    laid = [_laid_out(table) for table in tables]
    if any(Kind.AS_OF.value in one for one in laid):
        for one, count in zip(laid, counts, strict=True):
            one[Kind.AGE.value] = (Kind.AGE, _ages(one, count))
        for one in laid:
            if one.pop(Kind.AS_OF.value, None):
                one.pop("age", None)
    shared = [name for name in laid[0] if all(name in other for other in laid)]
    aside = (Kind.ID, Kind.ALIASES)
    kinds = {name: laid[0][name][0] for name in shared if laid[0][name][0] not in aside}
    if not kinds and any(counts):
        raise ColumnError("The tables have no column in common that could be compared.")
    read = [
        _column(name, kind, (v for one in laid for v in one[name][1]))
        for name, kind in sorted(kinds.items())
    ]
    others = []
    named = {Kind.GIVEN.value, Kind.FAMILY.value} <= set(kinds)
    if named and any(Kind.ALIASES.value in one for one in laid):
        tables_of = zip(
            *(_other_names(one, n) for one, n in zip(laid, counts, strict=True)), strict=True
        )
        for parts in tables_of:
            given, family = (
                _column(kind.value, kind, (v for part in parts for v in part[at]))
                for at, kind in enumerate((Kind.GIVEN, Kind.FAMILY))
            )
            if given.values or family.values:
                others.append((given, family))
    order = _order([*read, *(column for pair in others for column in pair)], counts)
    return Columns(
        rows=sum(counts),
        split=counts[0],
        within=right is None,
        columns=tuple(_reordered(column, order) for column in read),
        order=order,
        written=tuple({name: values for name, (_, values) in one.items()} for one in laid),
        unused=tuple(
            sorted(
                {name for one in laid for name in one}
                - {*kinds, Kind.ID.value, *((Kind.ALIASES.value,) if named else ())}
            )
        ),
        others=tuple((_reordered(a, order), _reordered(b, order)) for a, b in others),
    )


def _order(columns: Sequence[Column], rows: Sequence[int]) -> npt.NDArray[np.int64]:
    table = np.repeat(np.arange(len(rows)), rows)
    ranks = []
    for column in columns:
        rank = np.empty(len(column.values) + 1, np.int64)
        rank[np.argsort(np.array([*column.values], object), kind="stable")] = np.arange(
            len(column.values)
        )
        rank[-1] = -1
        ranks.append(rank[column.codes])
    return np.lexsort([*reversed(ranks), table])


def _reordered(column: Column, order: npt.NDArray[np.int64]) -> Column:
    """The column's rows in another order, its values numbered by their own."""
    sorting = sorted(range(len(column.values)), key=column.values.__getitem__)
    place = np.empty(len(sorting) + 1, np.int32)
    place[sorting] = np.arange(len(sorting), dtype=np.int32)
    place[-1] = -1
    return Column(
        name=column.name,
        kind=column.kind,
        values=tuple(column.values[at] for at in sorting),
        codes=place[column.codes[order]],
    )
