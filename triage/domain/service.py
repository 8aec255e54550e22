"""A service a family can be helped by, as a directory tells of it, and the hub's rules about it.

What a directory does not say is None or empty: it is not known, and never means no.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import cos, hypot, radians

EARTH_KM = 6371.0
WARN_BEFORE = timedelta(days=30)
"""How long before its twelve months are over an assurance is shown in amber."""


class Reach(StrEnum):
    """How a service meets the family."""

    IN_PERSON = "in person"
    PHONE = "by phone"
    ONLINE = "online"
    VISITS = "at home or school"


class Cost(StrEnum):
    """Whether it costs money."""

    FREE = "free"
    PAID = "paid"
    NOT_KNOWN = "not known"


class Assurance(StrEnum):
    """Whether a council officer has checked a service within twelve months."""

    ASSURED = "assured"
    DUE = "due"  # within the last thirty days of its twelve months
    LAPSED = "lapsed"  # or never: no family is referred there


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map in degrees north and east."""

    lat: float
    lon: float

    def km_to(self, other: "Point") -> float:
        """Kilometres as the crow flies, on a map drawn flat about this point: a county is small
        enough for that (less than 1 in 200 out at 100 km)."""
        north = radians(other.lat - self.lat)
        east = radians(other.lon - self.lon) * cos(radians(self.lat))
        return EARTH_KM * hypot(north, east)


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """Where a service is given. `postcode` is upper case with one space."""

    name: str = ""
    address: str = ""
    postcode: str = ""
    point: Point | None = None
    step_free: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """When it is given: days 0 (Monday) to 6, times as "16:00" or ""."""

    days: tuple[int, ...] = ()
    opens: str = ""
    closes: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service of one directory. `id` is the directory's own.

    Ages are whole years, both included; None is no limit said. `terms` are the directory's words
    of what it is for, `needs` the hub's codes those stand for. `places_left` of `places_all` as
    last said; `wait_days` is `wait` in days where those words could be read.
    """

    directory: str
    id: str
    name: str
    summary: str = ""
    description: str = ""
    provider: str = ""
    terms: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    for_children: bool | None = None
    for_adults: bool | None = None
    venues: tuple[Venue, ...] = ()
    reach: tuple[Reach, ...] = ()
    cost: Cost = Cost.NOT_KNOWN
    cost_words: str = ""
    languages: tuple[str, ...] = ()
    interpreter: bool | None = None
    sessions: tuple[Session, ...] = ()
    wait: str = ""
    wait_days: int | None = None
    places_left: int | None = None
    places_all: int | None = None
    closed_for_now: bool = False
    alert: str = ""
    assured_on: date | None = None
    changed_on: date | None = None
    who_can_refer: str = ""
    needs_from_us: str = ""
    getting_there: str = ""
    safe_contact: str = ""
    agreement_needed: bool = False
    phone: str = ""
    phone_words: str = ""
    email: str = ""
    web: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other: ids are a directory's own."""
        return self.directory, self.id

    @property
    def days(self) -> frozenset[int]:
        """The days of the week it is given on, as far as said."""
        return frozenset(day for s in self.sessions for day in s.days)

    @property
    def out_of_hours(self) -> bool:
        """Whether some of it is said to be in the evening, from five, or at a weekend."""
        return any(
            day >= 5 or (s.opens and s.opens >= "17:00") for s in self.sessions for day in s.days
        )

    @property
    def step_free(self) -> bool:
        """Whether a place of it is said to be reached without steps."""
        return any(v.step_free for v in self.venues)

    @property
    def taking(self) -> bool:
        """Whether it is said to take a new family now."""
        if self.closed_for_now or self.places_left == 0:
            return False
        return bool(self.places_left) or self.wait_days == 0

    def takes_age(self, age: int) -> bool:
        """Whether someone of that age is within the ages said; none said takes all."""
        return (self.min_age is None or self.min_age <= age) and (
            self.max_age is None or age <= self.max_age
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """Somebody a service is wanted for. `age` is None where it is not known."""

    key: str
    name: str
    age: int | None = None
    adult: bool = False


def fits(service: Service, person: Helped) -> bool:
    """Whether a service may be for this person: what is not said, of either, excludes nobody."""
    if person.adult:
        if service.for_adults is not None:
            return service.for_adults
        return service.max_age is None or service.max_age >= 18
    if service.for_children is False:
        return False
    if person.age is None:
        return service.min_age is None or service.min_age < 18
    return service.takes_age(person.age)


def assurance(service: Service, today: date) -> Assurance:
    """Whether its last check still counts on `today`; a service never checked has lapsed."""
    if service.assured_on is None:
        return Assurance.LAPSED
    ends = assured_until(service.assured_on)
    if today > ends:
        return Assurance.LAPSED
    return Assurance.DUE if today >= ends - WARN_BEFORE else Assurance.ASSURED


def assured_until(checked: date) -> date:
    """The last day on which a check of that day counts: the same day of the next year."""
    try:
        return checked.replace(year=checked.year + 1)
    except ValueError:  # 29 February
        return checked.replace(year=checked.year + 1, day=28)


# ---- what the hub's profile says of services ------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySource:
    """A directory that is copied each night: where it is, how it is written, when it is asked."""

    id: str
    name: str
    url: str = ""
    dialect: str = "v3"  # v3 | v1
    at: str = "02:30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What help is for. `terms` are directories' own words for it, `words` what people type."""

    code: str
    label: str
    terms: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRule:
    """A factor of the decision that calls for a need. `whom` is child, adult or household."""

    factor: str
    need: str
    whom: str = "household"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalContact:
    """Somebody the desk rings: who, what for, and how."""

    name: str
    words: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage that is searched beside the services: guidance or the threshold document."""

    title: str
    words: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesGuide:
    """All that a hub's profile says of services. `sectors` are places of postcode sectors, as
    "NM3 4"; the others are directories' words for who a service is for and what it asks."""

    sources: tuple[DirectorySource, ...] = ()
    needs: tuple[Need, ...] = ()
    rules: tuple[SuggestionRule, ...] = ()
    contacts: tuple[LocalContact, ...] = ()
    threshold: tuple[Passage, ...] = ()
    sectors: Mapping[str, Point] = field(default_factory=dict)
    child_terms: tuple[str, ...] = ()
    adult_terms: tuple[str, ...] = ()
    agreement_terms: tuple[str, ...] = ()

    def need(self, code: str) -> Need | None:
        """The need of that code."""
        return next((n for n in self.needs if n.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryCopy:
    """How the copy of a directory stands here: of when it is, when it was last tried, what was
    wrong. `generation` grows with each change of its services; `fault` is why the last try gave
    nothing, "" where it did."""

    directory: str
    as_at: datetime | None = None
    tried_at: datetime | None = None
    services: int = 0
    rows: int = 0
    complete: bool = False
    reports: tuple[str, ...] = ()
    fault: str = ""
    generation: int = 0


_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})")


def postcode_of(words: str) -> str:
    """A whole postcode in upper case with its one space; "" where it is none."""
    found = _POSTCODE.fullmatch(words.strip().upper())
    return f"{found[1]} {found[2]}" if found else ""


def sector_of(postcode: str) -> str:
    """The sector of a postcode: "NM3 4" of "NM3 4QT"."""
    return postcode[:-2] if postcode else ""


def middle(points: Iterable[Point]) -> Point | None:
    """The middle of some points near each other."""
    found = list(points)
    if not found:
        return None
    return Point(sum(p.lat for p in found) / len(found), sum(p.lon for p in found) / len(found))
