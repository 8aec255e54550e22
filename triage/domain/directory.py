"""Searching the directory as it is kept here: nothing about a family leaves this computer.

A search is a choice of what to leave out. A service that does not say something is not left out
for it, save by the choices that ask for what must be said (`Wanted.only`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from triage.domain.service import (
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
    """What a search found, the best first, at most `MOST`; `count` is of all that fit."""

    hits: tuple[Hit, ...] = ()
    count: int = 0
    of: int = 0
    hidden: tuple[Hit, ...] = ()
    hidden_count: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    service: Service
    text: str
    name: str
    needs: frozenset[str]
    days: frozenset[int]
    languages: frozenset[str]
    only: frozenset[Only]


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
    """Every service kept here, made ready to be searched as of `today`. It never changes."""

    today: date
    entries: tuple[_Entry, ...] = ()
    places: Mapping[str, Point] = field(default_factory=dict)
    by_key: Mapping[tuple[str, str], Service] = field(default_factory=dict)

    @classmethod
    def of(cls, services: Iterable[Service], needs: Iterable[Need], today: date) -> "Directory":
        """The directory of these services, found too by the words of the needs they serve."""
        known = {n.code: n for n in needs}
        entries = tuple(_entry(s, known, today) for s in services)
        return cls(
            today=today,
            entries=entries,
            places=_places(e.service for e in entries),
            by_key={e.service.key: e.service for e in entries},
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

    def languages(self) -> tuple[str, ...]:
        """Every language a service is said to be given in."""
        return tuple(sorted({word for e in self.entries for word in e.service.languages}))

    def counts(self) -> dict[Reach | Only, int]:
        """How many services there are of each way and of each thing that can be asked for."""
        found: Counter[Reach | Only] = Counter()
        for e in self.entries:
            found.update(e.service.reach)
            found.update(e.only)
        return dict(found)

    def search(self, wanted: Wanted) -> Found:
        """What fits, and what only a choice of less weight than the need hides."""
        terms = terms_of(wanted.words)
        hits: list[tuple[tuple[object, ...], Hit]] = []
        hidden: list[tuple[tuple[object, ...], Hit]] = []
        for entry in self.entries:
            if wanted.needs and not (wanted.needs & entry.needs):
                continue
            if terms and not says(entry.text, terms):
                continue
            service = entry.service
            whom = tuple(p for p in wanted.people if fits(service, p))
            if wanted.people and not whom:
                continue
            km = _km(service, wanted.origin)
            why = _why_hidden(entry, wanted, km)
            hit = Hit(service=service, whom=whom, km=km, hidden=why)
            (hidden if why else hits).append((_rank(entry, wanted, terms, km), hit))
        hits.sort(key=lambda pair: pair[0])
        hidden.sort(key=lambda pair: (len(pair[1].hidden), pair[0]))
        return Found(
            hits=tuple(h for _, h in hits[:MOST]),
            count=len(hits),
            of=len(self.entries),
            hidden=tuple(h for _, h in hidden[:MOST]),
            hidden_count=len(hidden),
        )


def _entry(service: Service, needs: Mapping[str, Need], today: date) -> _Entry:
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
    only = {
        Only.ASSURED: assurance(service, today) is not Assurance.LAPSED,
        Only.TAKING: service.taking,
        Only.INTERPRETER: bool(service.interpreter),
        Only.STEP_FREE: service.step_free,
        Only.OUT_OF_HOURS: service.out_of_hours,
    }
    return _Entry(
        service=service,
        text=folded(" ".join(words)),
        name=folded(service.name),
        needs=frozenset(service.needs),
        days=service.days,
        languages=frozenset(w.casefold() for w in service.languages),
        only=frozenset(o for o, holds in only.items() if holds),
    )


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


def _km(service: Service, origin: Point | None) -> float | None:
    if origin is None:
        return None
    return min((origin.km_to(v.point) for v in service.venues if v.point), default=None)


def _why_hidden(entry: _Entry, wanted: Wanted, km: float | None) -> tuple[Hidden, ...]:
    service = entry.service
    gone_to = not service.reach or service.reach == (Reach.IN_PERSON,)
    tests = {
        Hidden.COST: wanted.free and service.cost is Cost.PAID,
        Hidden.FAR: wanted.within_km is not None
        and km is not None
        and km > wanted.within_km
        and gone_to,
        Hidden.REACH: bool(wanted.reach)
        and bool(service.reach)
        and wanted.reach.isdisjoint(service.reach),
        Hidden.DAY: bool(wanted.days) and bool(entry.days) and not (wanted.days & entry.days),
        Hidden.LANGUAGE: bool(wanted.language)
        and bool(entry.languages)
        and wanted.language.casefold() not in entry.languages
        and not service.interpreter,
        Hidden.ONLY: not wanted.only <= entry.only,
    }
    return tuple(why for why, holds in tests.items() if holds)


_UNKNOWN = 10**6


def _rank(
    entry: _Entry, wanted: Wanted, terms: tuple[str, ...], km: float | None
) -> tuple[object, ...]:
    service = entry.service
    near = _UNKNOWN if km is None else km
    met = len(wanted.needs & entry.needs)
    named = sum(f" {t}" in entry.name for t in terms)
    wait = _UNKNOWN if service.wait_days is None else service.wait_days
    if wanted.order is Order.WAIT:
        return (wait, -met, near, service.name, service.id)
    lapsed = Only.ASSURED not in entry.only
    return (lapsed, -met, -named, near, wait, service.name, service.id)
