"""Searching the directory as it is kept here: nothing about a family leaves this computer.

A search is a choice of what to leave out. A service that does not say something is not left out
for it, save by the choices that ask for what must be said (`Wanted.only`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from heapq import nsmallest
from math import cos, inf, radians, sqrt
from operator import attrgetter
from typing import Any

from triage.domain.service import (
    EARTH_KM,
    Assurance,
    Cost,
    Helped,
    Need,
    Point,
    Reach,
    Service,
    assurance,
    fits,
    middle,
    postcode_of,
    sector_of,
)

MOST = 200
"""The most services one search shows; more is never read, and a choice is asked for."""

_LITTLE = "a an and are at be by can for from has have he her his in is it of on or she the their"
_SMALL = frozenset((*_LITTLE.split(), "them", "they", "to", "up", "was", "who", "with"))


class Only(StrEnum):
    """What must be said of a service for it to be shown."""

    ASSURED = "Assured in the last 12 months"
    TAKING = "Taking new families now"
    INTERPRETER = "Interpreter offered"
    STEP_FREE = "Step-free"
    OUT_OF_HOURS = "Evenings or weekends"


class Order(StrEnum):
    """Which service comes first."""

    NEED = "nearest need first"
    WAIT = "least wait first"


class Hidden(StrEnum):
    """Which choice keeps a service out that the need, the words and the people would let in."""

    COST = "costs money"
    FAR = "further away"
    REACH = "given another way"
    DAY = "on other days"
    LANGUAGE = "in other languages"
    ONLY = "not said to be what you only want shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. Of `needs`, `people`, `reach` and `days` one is enough; of `words` and
    `only` each must hold. Empty, or None, asks for nothing."""

    words: str = ""
    needs: frozenset[str] = frozenset()
    people: tuple[Helped, ...] = ()
    origin: Point | None = None
    within_km: float | None = None
    free: bool = False
    reach: frozenset[Reach] = frozenset()
    days: frozenset[int] = frozenset()
    language: str = ""
    only: frozenset[Only] = frozenset()
    order: Order = Order.NEED


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A service that fits: whom of the people wanted, how far in km (None: not known, or it is
    not gone to), and why it would be hidden, where hidden ones were asked for."""

    service: Service
    whom: tuple[Helped, ...] = ()
    km: float | None = None
    hidden: tuple[Hidden, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found, the best first, at most `MOST`; `count` is of all that fit.
    `hidden_why` counts each hidden one under the first choice that hides it."""

    hits: tuple[Hit, ...] = ()
    count: int = 0
    of: int = 0
    hidden: tuple[Hit, ...] = ()
    hidden_count: int = 0
    hidden_why: Mapping[Hidden, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A service made ready: sets as bits, so that twenty thousand are gone through in no time.

    `whom` has a bit for each age that it takes, one for adults, one for a child of unknown age;
    `order` is its place by name.
    """

    service: Service
    text: str
    name: str
    needs: frozenset[str]
    whom: int
    days: int
    reach: int
    only: int
    paid: bool
    lapsed: bool
    gone_to: bool
    languages: frozenset[str]
    spots: tuple[tuple[float, float], ...]
    wait: float
    order: int


_WAYS: tuple[Reach, ...] = tuple(Reach)
_ONLY: tuple[Only, ...] = tuple(Only)
_ADULT = 1 << 121
_CHILD = 1 << 122
_OLDEST = 120


def _bits(every: Sequence[Reach | Only], chosen: Iterable[Reach | Only]) -> int:
    return sum(1 << every.index(c) for c in set(chosen))


def _days(days: Iterable[int]) -> int:
    return sum(1 << day for day in set(days) if 0 <= day <= 6)


def _whom(people: Iterable[Helped]) -> int:
    found = 0
    for person in people:
        if person.adult:
            found |= _ADULT
        else:
            found |= _CHILD if person.age is None else 1 << min(max(person.age, 0), _OLDEST)
    return found


_EVERYBODY = (
    *(Helped(key="", name="", age=age) for age in range(_OLDEST + 1)),
    Helped(key="", name="", adult=True),
    Helped(key="", name=""),
)


def folded(words: str) -> str:
    """Words in small letters without accents and signs, each after one space."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c)).replace("'", "")
    return " " + " ".join(re.findall(r"[^\W_]+", letters))


def terms_of(words: str) -> tuple[str, ...]:
    """The words that are looked for, each without its ending: "hears" finds "heard"."""
    found = (t for t in folded(words).split() if t not in _SMALL)
    return tuple(dict.fromkeys(_stem(t) for t in found))


def _stem(term: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if term.endswith(ending) and len(term) - len(ending) >= 4:
            return term[: -len(ending)]
    return term[:-1] if len(term) == 4 and term.endswith("s") else term


def says(text: str, terms: Iterable[str]) -> bool:
    """Whether a folded text has a word beginning with each of the terms."""
    return all(f" {t}" in text for t in terms)


@dataclass(slots=True)
class Directory:
    """Every service kept here, made ready to be searched as of `today`. It never changes.

    `counts` are how many services there are of each way and of each thing that can be asked for,
    `languages` all that a service is said to be given in.
    """

    today: date
    entries: tuple[_Entry, ...] = ()
    places: Mapping[str, Point] = field(default_factory=dict)
    by_key: Mapping[tuple[str, str], Service] = field(default_factory=dict)
    counts: Mapping[Reach | Only, int] = field(default_factory=dict)
    languages: tuple[str, ...] = ()

    @classmethod
    def of(cls, services: Iterable[Service], needs: Iterable[Need], today: date) -> "Directory":
        """The directory of these services, found too by the words of the needs they serve."""
        known = {n.code: n for n in needs}
        listed = sorted(services, key=lambda s: (s.name, s.key))
        counts: Counter[Reach | Only] = Counter()
        entries = []
        for order, service in enumerate(listed):
            only = _said(service, today)
            counts.update(service.reach)
            counts.update(only)
            entries.append(_entry(service, known, only, order))
        return cls(
            today=today,
            entries=tuple(entries),
            places=_places(listed),
            by_key={s.key: s for s in listed},
            counts=dict(counts),
            languages=tuple(sorted({word for s in listed for word in s.languages})),
        )

    def __len__(self) -> int:
        return len(self.entries)

    def locate(self, postcode: str, sectors: Mapping[str, Point]) -> Point | None:
        """Where a postcode is: by a service at it, its sector as the hub wrote it down, or the
        services of its sector. None where none of these tell."""
        whole = postcode_of(postcode)
        sector = sector_of(whole)
        for found in (self.places.get(whole), sectors.get(sector), self.places.get(sector)):
            if found is not None:
                return found
        return None

    def search(self, wanted: Wanted) -> Found:
        """What fits, and what only a choice of less weight than the need hides."""
        terms = terms_of(wanted.words)
        left: Sequence[_Entry] = self.entries
        if wanted.needs:
            left = [e for e in left if not wanted.needs.isdisjoint(e.needs)]
        for term in terms:
            left = [e for e in left if f" {term}" in e.text]
        if wanted.people:
            mask = _whom(wanted.people)
            left = [e for e in left if e.whom & mask]
        far = _Far(wanted.origin)
        fit, hidden, why = _parted(left, wanted, far)
        rank = _Rank(wanted, terms, far)
        return Found(
            hits=tuple(_hit(e, wanted) for e in rank.first(fit)),
            count=len(fit),
            of=len(self.entries),
            hidden=tuple(
                replace(_hit(e, wanted), hidden=_why_hidden(e, wanted, far))
                for e in rank.first(hidden)
            ),
            hidden_count=len(hidden),
            hidden_why=why,
        )


def _said(service: Service, today: date) -> tuple[Only, ...]:
    only = {
        Only.ASSURED: assurance(service, today) is not Assurance.LAPSED,
        Only.TAKING: service.taking,
        Only.INTERPRETER: bool(service.interpreter),
        Only.STEP_FREE: service.step_free,
        Only.OUT_OF_HOURS: service.out_of_hours,
    }
    return tuple(o for o, holds in only.items() if holds)


def _entry(
    service: Service, needs: Mapping[str, Need], only: tuple[Only, ...], order: int
) -> _Entry:
    said = [n for code in service.needs if (n := needs.get(code))]
    words = (
        service.name,
        service.summary,
        service.description,
        service.provider,
        *service.terms,
        *service.languages,
        *(w for v in service.venues for w in (v.name, v.address, v.postcode)),
        *(w for n in said for w in (n.label, *n.words)),
    )
    return _Entry(
        service=service,
        text=folded(" ".join(words)),
        name=folded(service.name),
        needs=frozenset(service.needs),
        whom=_takes(service.min_age, service.max_age, service.for_children, service.for_adults),
        days=_days(service.days),
        reach=_bits(_WAYS, service.reach),
        only=_bits(_ONLY, only),
        paid=service.cost is Cost.PAID,
        lapsed=Only.ASSURED not in only,
        gone_to=not service.reach or set(service.reach) == {Reach.IN_PERSON},
        languages=frozenset(w.casefold() for w in service.languages),
        spots=tuple(
            (radians(v.point.lat), radians(v.point.lon)) for v in service.venues if v.point
        ),
        wait=inf if service.wait_days is None else service.wait_days,
        order=order,
    )


@lru_cache(maxsize=4096)
def _takes(low: int | None, high: int | None, children: bool | None, adults: bool | None) -> int:
    """Whom a service takes, as bits; services of the same ages take the same."""
    like = Service(
        directory="",
        id="",
        name="",
        min_age=low,
        max_age=high,
        for_children=children,
        for_adults=adults,
    )
    return sum(_whom((p,)) for p in _EVERYBODY if fits(like, p))


def _places(services: Iterable[Service]) -> dict[str, Point]:
    """The points of whole postcodes, and the middle of those of each sector."""
    at: dict[str, list[Point]] = {}
    for service in services:
        for venue in service.venues:
            if venue.point is not None and venue.postcode:
                at.setdefault(venue.postcode, []).append(venue.point)
    sectors: dict[str, list[Point]] = {}
    for postcode, points in at.items():
        sectors.setdefault(sector_of(postcode), []).extend(points)
    found = {**at, **sectors}
    return {where: m for where, points in found.items() if (m := middle(points)) is not None}


class _Far:
    """How far services are from where the family lives, as `Point.km_to` has it."""

    def __init__(self, origin: Point | None) -> None:
        self.known = origin is not None
        if origin is not None:
            self._lat, self._lon = radians(origin.lat), radians(origin.lon)
            self._narrow = cos(self._lat)

    def km(self, entry: _Entry) -> float:
        """Kilometres to the nearest place of it; infinite where that is not known."""
        if not self.known or not entry.spots:
            return inf
        least = inf
        for lat, lon in entry.spots:
            north, east = lat - self._lat, (lon - self._lon) * self._narrow
            square = north * north + east * east
            if square < least:
                least = square
        return EARTH_KM * sqrt(least)


def _parted(
    left: Sequence[_Entry], wanted: Wanted, far: _Far
) -> tuple[Sequence[_Entry], Sequence[_Entry], dict[Hidden, int]]:
    """Those that the choices of less weight let through, those they hide, and how many for what."""
    tests = _tests(wanted, far)
    if not tests:
        return left, (), {}
    fit: Sequence[_Entry] = left
    hidden: list[_Entry] = []
    why: dict[Hidden, int] = {}
    for reason, hides in tests.items():
        kept: list[_Entry] = []
        gone: list[_Entry] = []
        for entry in fit:
            (gone if hides(entry) else kept).append(entry)
        if gone:
            why[reason] = len(gone)
            hidden += gone
        fit = kept
    return fit, hidden, why


def _tests(wanted: Wanted, far: _Far) -> dict[Hidden, Callable[[_Entry], bool]]:
    """What each choice that is made hides; what a service does not say hides it for none but
    `only`."""
    made: dict[Hidden, Callable[[_Entry], bool]] = {}
    if wanted.free:
        made[Hidden.COST] = attrgetter("paid")
    if wanted.within_km is not None and far.known:
        most = wanted.within_km
        made[Hidden.FAR] = lambda e: e.gone_to and bool(e.spots) and far.km(e) > most
    if wanted.reach:
        ways = _bits(_WAYS, wanted.reach)
        made[Hidden.REACH] = lambda e: bool(e.reach) and not e.reach & ways
    if wanted.days:
        days = _days(wanted.days)
        made[Hidden.DAY] = lambda e: bool(e.days) and not e.days & days
    if wanted.language:
        word, offered = wanted.language.casefold(), _bits(_ONLY, (Only.INTERPRETER,))
        made[Hidden.LANGUAGE] = lambda e: (
            bool(e.languages) and word not in e.languages and not e.only & offered
        )
    if wanted.only:
        asked = _bits(_ONLY, wanted.only)
        made[Hidden.ONLY] = lambda e: e.only & asked != asked
    return made


def _why_hidden(entry: _Entry, wanted: Wanted, far: _Far) -> tuple[Hidden, ...]:
    return tuple(why for why, hides in _tests(wanted, far).items() if hides(entry))


def _hit(entry: _Entry, wanted: Wanted) -> Hit:
    service, origin = entry.service, wanted.origin
    km = None
    if origin is not None:
        km = min((origin.km_to(v.point) for v in service.venues if v.point), default=None)
    return Hit(service=service, whom=tuple(p for p in wanted.people if fits(service, p)), km=km)


class _Rank:
    """Which come first: a check that counts, the most needs, the words in the name, the nearest;
    or the least wait, where that is asked for."""

    def __init__(self, wanted: Wanted, terms: tuple[str, ...], far: _Far) -> None:
        self._needs, self._order, self._far = wanted.needs, wanted.order, far
        self._terms = tuple(f" {t}" for t in terms)

    def first(self, entries: Sequence[_Entry]) -> list[_Entry]:
        """The first `MOST` of them, in order."""
        keyed = self._by_wait(entries) if self._order is Order.WAIT else self._by_need(entries)
        return [e[-1] for e in nsmallest(MOST, keyed)]

    def _met(self, entry: _Entry) -> int:
        return -len(self._needs & entry.needs) if self._needs else 0

    def _by_need(self, entries: Sequence[_Entry]) -> Iterator[tuple[Any, ...]]:
        far, terms, met = self._far, self._terms, self._met
        for e in entries:
            named = -sum([t in e.name for t in terms]) if terms else 0
            near = far.km(e) if far.known else inf
            yield (e.lapsed, met(e), named, near, e.wait, e.order, e)

    def _by_wait(self, entries: Sequence[_Entry]) -> Iterator[tuple[Any, ...]]:
        far, met = self._far, self._met
        for e in entries:
            yield (e.wait, met(e), far.km(e) if far.known else inf, e.order, e)
