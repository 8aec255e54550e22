"""A crowd of synthetic people in columns, quickly made at any size, and questions about them.

Rows come in households of one to five: children share family name, mother, address, postcode,
phone and surgery; one child in eight bears another family name; 3 % of the later children are
twins of the one before, 2 % of the grown-ups are called like a child of theirs. Names follow six
groups of families (`tests.bench.names`), each with a tail of rare names spliced from its own; how
common a name is falls after Zipf. 2 % of birth dates are 1 January, 2 % are missing; of sex 3 %,
of postcodes 5 %, of NHS numbers a third and more where the range kept for tests is used up.

Questions are corrupted by `tests.bench.people.KINDS`: each loses its NHS number, half lose phone,
mother, school and surgery, and none to four further things go wrong with it. The same seed gives
the same crowd and the same questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from matching import Person, Sex
from tests.bench.names import CULTURES, SCHOOLS, STREETS, SURGERIES, Culture
from tests.bench.people import TODAY, Truth, queries

Texts = npt.NDArray[np.object_]
NUMBERS = 1_000_000
"""How many bodies the range of NHS numbers kept for tests has."""

_ALL, _ODD, _EVEN = slice(None), slice(1, None, 2), slice(0, None, 2)
_YOUNGEST, _OLDEST_CHILD, _OLDEST = 0, 18, 60
_EPOCH = np.datetime64("1960-01-01")


@dataclass(frozen=True, slots=True)
class Crowd:
    """`columns` by name, None where missing; `group` is the group of names of each row's family,
    `household` numbers the homes."""

    columns: dict[str, Texts]
    group: npt.NDArray[np.int8]
    household: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.household)

    def person(self, row: int) -> Person:
        """One row as a person; the identifier begins with the name of the group."""
        held = {name: column[row] for name, column in self.columns.items()}
        born, sex = held.pop("dob"), held.pop("sex")
        return Person(
            **held,
            dob=date.fromisoformat(born) if born else None,
            sex={"F": Sex.FEMALE, "M": Sex.MALE}.get(sex, Sex.UNKNOWN),
        )

    def record(self, row: int) -> dict[str, str | None]:
        """One row as columns by name."""
        return {name: column[row] for name, column in self.columns.items()}


def record_of(person: Person) -> dict[str, str | None]:
    """A person in the columns of a crowd; an age stands in `age`, as people say it."""
    return {
        "id": person.id,
        "given": person.given,
        "family": person.family,
        "dob": person.dob.isoformat() if person.dob else None,
        "age": str(sum(person.age) // 2) if person.age else None,
        "sex": {Sex.FEMALE: "F", Sex.MALE: "M"}.get(person.sex),
        "postcode": person.postcode,
        "address": person.address,
        "phone": person.phone,
        "mother": person.mother,
        "school": person.school,
        "gp": person.gp,
        "nhs_number": person.nhs_number,
    }


def _zipf(count: int, skew: float) -> npt.NDArray[np.float64]:
    weights = 1.0 / (np.arange(count) + 2.7) ** skew
    return weights / weights.sum()


def _with_tail(
    names: Sequence[str], skew: float, tail: int, share: float, seed: int
) -> tuple[Texts, npt.NDArray[np.float64]]:
    """The names with a tail of rare ones spliced from them, and the chance of each."""
    rng = np.random.default_rng(seed)
    whole = list(dict.fromkeys(names))
    halves = [n for n in whole if len(n) >= 4]
    rare: dict[str, None] = {}
    for one, other in rng.integers(0, len(halves), (tail * 3, 2)).tolist():
        first, second = halves[one], halves[other]
        spliced = first[: max(3, len(first) // 2)] + second[len(second) // 2 :].lower()
        if spliced not in whole and len(rare) < tail:
            rare[spliced] = None
    chances = np.concatenate(
        [_zipf(len(whole), skew) * (1.0 - share), _zipf(max(1, len(rare)), 0.6) * share]
    )[: len(whole) + len(rare)]
    return np.array([*whole, *rare], object), chances / chances.sum()


@dataclass(frozen=True, slots=True)
class _Names:
    girls: tuple[Texts, npt.NDArray[np.float64]]
    boys: tuple[Texts, npt.NDArray[np.float64]]
    families: tuple[Texts, npt.NDArray[np.float64]]


@lru_cache(maxsize=1)
def _names() -> tuple[_Names, ...]:
    def of(place: int, culture: Culture) -> _Names:
        return _Names(
            girls=_with_tail(culture.girls, 0.6, 400, 0.08, 100 + place),
            boys=_with_tail(culture.boys, 0.6, 400, 0.08, 200 + place),
            families=_with_tail(culture.families, 0.7, 20_000, 0.35, 300 + place),
        )

    return tuple(of(place, culture) for place, culture in enumerate(CULTURES))


def _drawn(
    rng: np.random.Generator, group: npt.NDArray[np.int8], which: str, where: npt.NDArray[np.bool_]
) -> Texts:
    """A name of the right group for each place in `where`."""
    drawn = np.full(len(group), None, object)
    for place, names in enumerate(_names()):
        rows = np.flatnonzero(where & (group == place))
        held, chances = getattr(names, which)
        drawn[rows] = held[rng.choice(len(held), len(rows), p=chances)]
    return drawn


def _second(
    rng: np.random.Generator, group: npt.NDArray[np.int8], which: str, where: npt.NDArray[np.bool_]
) -> Texts:
    """A further name of the group in the places of `where`, "" elsewhere."""
    names = _drawn(rng, group, which, where)
    names[~where] = ""
    return names


def _missing(rng: np.random.Generator, column: Texts, share: float) -> Texts:
    column[rng.random(len(column)) < share] = None
    return column


def _nhs_numbers(size: int, share: slice) -> Texts:
    """Valid numbers beginning 999 of a share of the range, one a row until it is used up."""
    body = np.arange(NUMBERS, dtype=np.int64)
    total = sum((body // 10 ** (5 - i) % 10) * (7 - i) for i in range(6))
    # The three nines stand before: weights ten, nine and eight.
    check = (11 - (total + 9 * 27) % 11) % 11
    good = (body[check != 10] * 10 + check[check != 10])[share]
    texts = np.full(size, None, object)
    step = max(1, size // len(good) + 1)
    rows = np.arange(0, size, step)[: len(good)]
    texts[rows] = [f"999{number:07d}" for number in good[: len(rows)].tolist()]
    return texts


def crowd(size: int, seed: int = 1, kept: slice = _ALL) -> Crowd:
    """`size` people in households, with NHS numbers of a share of those kept for tests."""
    rng = np.random.default_rng(seed)
    sizes = rng.choice([1, 2, 3, 4, 5], size, p=[0.30, 0.33, 0.22, 0.11, 0.04])
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), size)) + 1]
    household = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[:size]
    homes = len(sizes)
    place_in_home = np.arange(size) - np.concatenate([[0], np.cumsum(sizes)[:-1]])[household]
    last_of_home = np.append(household[1:] != household[:-1], True)
    grown = last_of_home & (place_in_home > 0) & (rng.random(size) < 0.5)

    shares = np.array([c.share for c in CULTURES])
    home_group = rng.choice(len(CULTURES), homes, p=shares / shares.sum()).astype(np.int8)
    group = home_group[household]
    everywhere = np.ones(homes, np.bool_)
    home_family = _drawn(rng, home_group, "families", everywhere)
    mother_family = np.where(
        rng.random(homes) < 0.6, home_family, _drawn(rng, home_group, "families", everywhere)
    )
    mother = _drawn(rng, home_group, "girls", everywhere) + " " + mother_family
    mother = _missing(rng, mother, 0.4)[household]
    mother[grown] = None

    girl = rng.random(size) < 0.5
    given = np.where(girl, _drawn(rng, group, "girls", girl), None)
    given = np.where(girl, given, _drawn(rng, group, "boys", ~girl))
    middle = rng.random(size) < 0.06
    given = given + np.where(middle & girl, " " + _second(rng, group, "girls", middle & girl), "")
    given = given + np.where(middle & ~girl, " " + _second(rng, group, "boys", middle & ~girl), "")
    family = np.where(rng.random(size) < 0.88, home_family[household], mother_family[household])
    double = rng.random(size) < 0.03
    family = family + np.where(double, "-" + _second(rng, group, "families", double), "")

    oldest = np.where(grown, _OLDEST, _OLDEST_CHILD) * 365
    youngest = np.where(grown, 21, _YOUNGEST) * 365
    age = youngest + (rng.random(size) * (oldest - youngest)).astype(np.int64)
    born = np.datetime64(TODAY.isoformat()) - age.astype("timedelta64[D]")
    new_year = rng.random(size) < 0.02
    born[new_year] = born[new_year].astype("datetime64[Y]").astype("datetime64[D]")
    later = (place_in_home > 0) & ~grown
    twin = np.flatnonzero(later & (rng.random(size) < 0.03))
    born[twin], family[twin] = born[twin - 1], family[twin - 1]
    named_after = np.flatnonzero(grown & (rng.random(size) < 0.02))
    given[named_after], girl[named_after] = given[named_after - 1], girl[named_after - 1]
    family[named_after] = family[named_after - 1]
    day = (born - _EPOCH).astype(np.int64)
    days = np.arange(int(day.max()) + 1).astype("timedelta64[D]") + _EPOCH
    dob = np.datetime_as_string(days).astype(object)[day]

    streets = np.array(STREETS, object)
    codes = _postcodes(rng, max(200, homes // 12))
    home_code = rng.integers(0, len(codes), homes)
    street_of_code = streets[rng.integers(0, len(streets), len(codes))]
    numbers = np.array([f"{n} " for n in range(151)], object)
    address = numbers[rng.integers(1, 151, homes)] + street_of_code[home_code]
    phones = np.array([f"07700 900{n:05d}" for n in range(100_000)], object)
    phone = _missing(rng, phones[rng.integers(0, len(phones), homes)], 0.6)
    gp = _missing(rng, np.array(SURGERIES, object)[rng.integers(0, len(SURGERIES), homes)], 0.5)
    school = np.array(SCHOOLS, object)[rng.integers(0, len(SCHOOLS), size)]
    school[grown] = None
    labels = np.array([c.name for c in CULTURES], object)
    columns: dict[str, Texts] = {
        "id": np.array([f" {i}" for i in range(size)], object),
        "given": given,
        "family": family,
        "dob": _missing(rng, dob, 0.02),
        "sex": _missing(rng, np.where(girl, "F", "M").astype(object), 0.03),
        "postcode": _missing(rng, codes[home_code], 0.05)[household],
        "address": _missing(rng, address, 0.3)[household],
        "phone": phone[household],
        "mother": mother,
        "school": _missing(rng, school, 0.5),
        "gp": gp[household],
        "nhs_number": _missing(rng, _nhs_numbers(size, kept), 0.35),
    }
    columns["id"] = labels[group] + columns["id"]
    return Crowd(columns=columns, group=group, household=household)


def _postcodes(rng: np.random.Generator, count: int) -> Texts:
    """Distinct invented postcodes; areas beyond NM are drawn where a crowd needs more of them."""
    letters = np.array(list("ABDEFGHJLNPQRSTUWXYZ"), object)
    areas = np.array([f"N{c}" for c in "MQXZ"] + [f"Q{c}" for c in letters], object)
    most = min(len(areas), 1 + count // 20_000)
    outward = np.array([f"{n} " for n in range(1, 31)], object)
    inward = np.array([str(n) for n in range(1, 10)], object)
    return (
        areas[rng.integers(0, most, count)]
        + outward[rng.integers(0, len(outward), count)]
        + inward[rng.integers(0, len(inward), count)]
        + letters[rng.integers(0, len(letters), count)]
        + letters[rng.integers(0, len(letters), count)]
    )


def asked(people: Crowd, count: int, seed: int = 2) -> list[Truth]:
    """Corrupted questions about `count` people of the crowd."""
    rows = np.random.default_rng(seed).choice(len(people), count, replace=False)
    return queries([people.person(row) for row in rows.tolist()], count, seed)


def linked(size: int, seed: int = 3) -> tuple[Crowd, dict[str, Any], set[tuple[str, str]]]:
    """A crowd, a second table of half of it as another agency wrote it down, and the true pairs.

    The second table also holds people of another crowd, as many as of the first; no two people
    have one NHS number.
    """
    first, strangers = crowd(size, seed, _EVEN), crowd(size // 2, seed + 1, _ODD)
    truths = asked(first, size // 2, seed)
    rows = [
        {**record_of(t.query), "age_as_of": TODAY.isoformat(), "id": f"b{i}"}
        for i, t in enumerate(truths)
    ]
    rows += [
        {**strangers.record(i), "age": None, "age_as_of": None, "id": f"s{i}"}
        for i in range(len(strangers))
    ]
    order = np.random.default_rng(seed).permutation(len(rows)).tolist()
    table = {name: [rows[i][name] for i in order] for name in rows[0]}
    return first, table, {(t.id, f"b{i}") for i, t in enumerate(truths)}


def twice(
    size: int, times: int, share: float, seed: int = 5
) -> tuple[dict[str, list[Any]], frozenset[tuple[str, str]]]:
    """One list in which a share of the people stand again, up to so many times, and true pairs.

    Half of those that stand again stand a second time again, and so on. The identifiers of a pair
    are in order.
    """
    first, rng = crowd(size, seed), np.random.default_rng(seed)
    rows: list[dict[str, Any]] = [
        {**first.record(i), "age": None, "age_as_of": None} for i in range(size)
    ]
    records = {i: [rows[i]["id"]] for i in range(size)}
    again = rng.choice(size, int(share * size), replace=False).tolist()
    for turn in range(times):
        people = {first.columns["id"][i]: i for i in again}
        for t in queries([first.person(i) for i in again], len(again), seed + turn):
            id = f"again {len(rows)}"
            rows.append({**record_of(t.query), "age_as_of": TODAY.isoformat(), "id": id})
            records[people[t.id]].append(id)
        again = again[: len(again) // 2]
    order = rng.permutation(len(rows)).tolist()
    table = {name: [rows[i][name] for i in order] for name in rows[0]}
    truth = {pair for ids in records.values() for pair in combinations(sorted(ids), 2)}
    return table, frozenset(truth)
