"""A synthetic population and corrupted queries, the same for the same seed.

Population: households of one to five; children take the family name of the household but
for one in eight; 1.5 % of children are twins; 1 % of adults share name with a child of the
household; 2 % hold 1 January as a placeholder; NHS numbers begin 999 and a third of records
lack one; phones, mothers, schools, addresses are often missing.

Phones begin 07700 900, the range kept for fiction, with two figures more than a real number
so that few people share one.

Queries: a record without its NHS number, with none to four corruptions drawn from `KINDS`.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate

from matching import Person, Sex
from matching.names import shipped_variants
from matching.normalise import fold, is_nhs_number
from tests.bench.names import (
    CULTURES,
    LONG_TAIL,
    SCHOOLS,
    STREETS,
    SURGERIES,
    TAIL_SHARE,
    Culture,
)

TODAY = date(2026, 11, 20)


def _skewed(rng: random.Random, names: Sequence[str], skew: float = 1.0) -> str:
    """A name; the first of the list is the commonest, after Zipf."""
    totals = _TOTALS.get((len(names), skew))
    if totals is None:
        totals = list(accumulate(1.0 / (i + 2.7) ** skew for i in range(len(names))))
        _TOTALS[len(names), skew] = totals
    return names[bisect(totals, rng.random() * totals[-1])]


_TOTALS: dict[tuple[int, float], list[float]] = {}
_CULTURE_TOTALS = list(accumulate(c.share for c in CULTURES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A query, the record it was made from, and what was done to it."""

    query: Person
    id: str
    kinds: tuple[str, ...]

    @property
    def culture(self) -> str:
        """The group whose names the family bears."""
        return self.id.rpartition(" ")[0]


def nhs_number(serial: int) -> str:
    """The valid number beginning 999 next from `serial` on (six figures and a check digit)."""
    body = f"999{serial % 1_000_000:06d}"
    check = 11 - sum(int(c) * (10 - i) for i, c in enumerate(body)) % 11
    number = body + str(check % 11)
    return number if check != 10 and is_nhs_number(number) else nhs_number(serial + 1)


def _given(rng: random.Random, culture: Culture, sex: Sex) -> str:
    names = culture.girls if sex is Sex.FEMALE else culture.boys
    name = _skewed(rng, names, 0.6)
    if rng.random() < 0.08:
        # A rare name: two halves of others.
        other = _skewed(rng, names, 0.2)
        name = name[: max(3, len(name) // 2)] + other[len(other) // 2 :].lower()
    return f"{name} {_skewed(rng, names, 0.4)}" if rng.random() < 0.06 else name


def _family(rng: random.Random, culture: Culture) -> str:
    tail = culture.name == "English" and rng.random() < 1.5 * TAIL_SHARE
    name = _skewed(rng, LONG_TAIL if tail else culture.families, 0.7)
    if rng.random() < 0.03:
        return f"{name}-{_skewed(rng, culture.families, 0.5)}"
    return name


def _postcode(rng: random.Random) -> str:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return f"NM{rng.randint(1, 30)} {rng.randint(1, 9)}{rng.choice(letters)}{rng.choice(letters)}"


def _birth(rng: random.Random, youngest: int, oldest: int) -> date:
    born = TODAY - timedelta(days=rng.randint(youngest * 365, oldest * 365))
    return born.replace(month=1, day=1) if rng.random() < 0.02 else born


def population(size: int, seed: int = 1) -> list[Person]:
    """`size` people in households."""
    rng = random.Random(seed)
    postcodes = [_postcode(rng) for _ in range(max(200, size // 25))]
    people: list[Person] = []
    while len(people) < size:
        people += _household(rng, postcodes, len(people))
    return people[:size]


def _household(rng: random.Random, postcodes: Sequence[str], first: int) -> list[Person]:
    culture = CULTURES[min(bisect(_CULTURE_TOTALS, rng.random()), len(CULTURES) - 1)]
    family = _family(rng, culture)
    mother_given = _given(rng, culture, Sex.FEMALE)
    mother_family = family if rng.random() < 0.6 else _family(rng, culture)
    shared = Person(
        id="",
        postcode=rng.choice(postcodes) if rng.random() < 0.95 else None,
        address=f"{rng.randint(1, 150)} {rng.choice(STREETS)}" if rng.random() < 0.7 else None,
        phone=f"07700 900{rng.randint(0, 999):03d}{rng.randint(0, 99):02d}"
        if rng.random() < 0.4
        else None,
        gp=rng.choice(SURGERIES) if rng.random() < 0.5 else None,
    )
    children = rng.choices((1, 2, 3, 4), (45, 35, 15, 5))[0]
    members: list[Person] = []
    for place in range(children):
        sex = rng.choice((Sex.FEMALE, Sex.MALE))
        born = _birth(rng, 0, 18)
        if place and rng.random() < 0.03 and members[-1].dob:
            born = members[-1].dob
        given = _given(rng, culture, sex)
        while any(given.split()[0] == (m.given or "").split()[0] for m in members):
            given = _given(rng, culture, sex)
        members.append(
            replace(
                shared,
                id=f"{culture.name} {first + place}",
                given=given,
                family=family if rng.random() < 0.88 else mother_family,
                dob=born if rng.random() < 0.98 else None,
                sex=sex if rng.random() < 0.97 else Sex.UNKNOWN,
                nhs_number=nhs_number(7 * (first + place)) if rng.random() < 0.65 else None,
                mother=f"{mother_given} {mother_family}" if rng.random() < 0.6 else None,
                school=rng.choice(SCHOOLS) if rng.random() < 0.5 else None,
            )
        )
    if rng.random() < 0.5:
        sex = rng.choice((Sex.FEMALE, Sex.MALE))
        same = rng.random() < 0.03
        members.append(
            replace(
                shared,
                id=f"{culture.name} {first + len(members)}",
                given=members[0].given if same else _given(rng, culture, sex),
                family=family,
                dob=_birth(rng, 21, 60),
                sex=members[0].sex if same else sex,
            )
        )
    return members


# -- corruption

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in _ROWS
    for at, letter in enumerate(row)
}
_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("ee", "i"), ("ou", "u"), ("ai", "ay"), ("ss", "s"),
    ("tt", "t"), ("ll", "l"), ("kh", "k"), ("sh", "s"), ("z", "s"), ("v", "w"), ("c", "k"),
    ("y", "i"), ("a", "e"), ("h", ""),
)  # fmt: skip


def slip(text: str, rng: random.Random) -> str:
    """One typing slip: exchanged, dropped, doubled or neighbouring letter."""
    if len(text) < 3:
        return text
    at, how = rng.randrange(len(text)), rng.random()
    if how < 0.3 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if how < 0.55:
        return text[:at] + text[at + 1 :]
    if how < 0.75:
        return text[:at] + text[at] + text[at:]
    return text[:at] + rng.choice(_NEAR.get(text[at].lower(), "e")) + text[at + 1 :]


def by_ear(text: str, rng: random.Random) -> str:
    """The name written as heard."""
    for old, new in rng.sample(_SOUNDS, len(_SOUNDS)):
        at = text.lower().find(old, 1)
        if at > 0:
            return text[:at] + new + text[at + len(old) :]
    return slip(text, rng)


def _variant(p: Person, rng: random.Random) -> Person:
    first, *rest = (p.given or "").split() or [""]
    forms = sorted(shipped_variants().of(fold(first)))
    return replace(p, given=" ".join([rng.choice(forms).title(), *rest])) if forms else p


def _date_slip(p: Person, rng: random.Random) -> Person:
    if p.dob is None:
        return p
    return replace(
        p, dob=p.dob.replace(day=max(1, min(28, p.dob.day + rng.choice((-10, -1, 1, 10)))))
    )


def _year_slip(p: Person, rng: random.Random) -> Person:
    if p.dob is None or (p.dob.month, p.dob.day) == (2, 29):
        return p
    return replace(p, dob=p.dob.replace(year=p.dob.year + rng.choice((-1, 1))))


def _swapped_date(p: Person, rng: random.Random) -> Person:
    if p.dob is None or p.dob.day > 12:
        return p
    return replace(p, dob=p.dob.replace(month=p.dob.day, day=p.dob.month))


def _age(p: Person, rng: random.Random) -> Person:
    if p.dob is None:
        return p
    years = (TODAY - p.dob).days * 4 // 1461
    return replace(p, dob=None, age=(max(0, years - 1), years + 1), age_as_of=TODAY)


KINDS: dict[str, tuple[int, Callable[[Person, random.Random], Person]]] = {
    "given slip": (8, lambda p, r: replace(p, given=slip(p.given or "", r))),
    "family slip": (9, lambda p, r: replace(p, family=slip(p.family or "", r))),
    "given by ear": (5, lambda p, r: replace(p, given=by_ear(p.given or "", r))),
    "family by ear": (6, lambda p, r: replace(p, family=by_ear(p.family or "", r))),
    "known variant": (10, _variant),
    "names swapped": (4, lambda p, r: replace(p, given=p.family, family=p.given)),
    "given missing": (2, lambda p, r: replace(p, given=None)),
    "given initial": (3, lambda p, r: replace(p, given=(p.given or "")[:1] or None)),
    "family changed": (4, lambda p, r: replace(p, family=_family(r, CULTURES[0]))),
    "mother's family name": (
        2,
        lambda p, r: replace(p, family=p.mother.split()[-1]) if p.mother else p,
    ),
    "half a double name": (5, lambda p, r: replace(p, family=(p.family or "").split("-")[0])),
    "day and month swapped": (6, _swapped_date),
    "date slip": (7, _date_slip),
    "year slip": (4, _year_slip),
    "birth date missing": (4, lambda p, r: replace(p, dob=None)),
    "age only": (2, _age),
    "postcode slip": (6, lambda p, r: replace(p, postcode=slip(p.postcode or "", r))),
    "moved": (
        14,
        lambda p, r: replace(p, postcode=_postcode(r), address=f"{r.randint(1, 99)} New Road"),
    ),
    "postcode missing": (6, lambda p, r: replace(p, postcode=None, address=None)),
    "sex wrong": (
        2,
        lambda p, r: replace(p, sex=Sex.MALE if p.sex is Sex.FEMALE else Sex.FEMALE),
    ),
    "phone changed": (6, lambda p, r: replace(p, phone=f"07700 900{r.randint(0, 999):03d}")),
}


def queries(people: Sequence[Person], count: int, seed: int = 2) -> list[Truth]:
    """Queries about random people of the population, without NHS numbers."""
    rng = random.Random(seed)
    kinds, chances = list(KINDS), [w for w, _ in KINDS.values()]
    made: list[Truth] = []
    for person in rng.sample(list(people), count):
        query = replace(person, id="query", source="query", nhs_number=None)
        if rng.random() < 0.5:
            query = replace(query, phone=None, mother=None, school=None, gp=None)
        chosen: list[str] = []
        for _ in range(rng.choices((0, 1, 2, 3, 4), (8, 32, 34, 18, 8))[0]):
            kind = rng.choices(kinds, chances)[0]
            if kind not in chosen:
                changed = KINDS[kind][1](query, rng)
                if changed != query:
                    chosen.append(kind)
                    query = changed
        made.append(Truth(query=query, id=person.id, kinds=tuple(chosen)))
    return made
