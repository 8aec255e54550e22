"""A row of an Open Referral UK feed, version 3 or 1, as a service; what is wrong with it is said.

A row without an id or name is refused. Any other slip costs only what it stands in: an age that
can't be, a place that is nowhere, an e-mail that is a number are left out and reported.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from triage.domain.service import (
    Cost,
    Need,
    Point,
    Reach,
    Service,
    ServicesGuide,
    Session,
    Venue,
    postcode_of,
)

LONG = 4000
SHORT = 200
OLDEST = 120
_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_NAMED_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOSED = frozenset({"inactive", "defunct"})
_CLOSED_FOR_NOW = frozenset({"temporarily closed", "temporarily_closed"})
_TAG = re.compile(r"<[^<>]{0,500}>")
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div|p|li)\b[^<>]{0,200}>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_WEB = re.compile(r"https?://[^\s<>\"]{1,500}", re.IGNORECASE)


class BadRow(Exception):
    """The row can't stand as a service; its text says why."""


class Closed(Exception):
    """The row is of a service that is given no more."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows of one directory are read: in which dialect, with which words, on which day."""

    directory: str
    dialect: str
    guide: ServicesGuide
    today: date
    _needs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for need in self.guide.needs:
            self._needs.update({term.casefold(): need.code for term in need.terms})

    def needs_of(self, terms: Iterable[str]) -> tuple[str, ...]:
        """The hub's codes that a directory's words stand for."""
        found = {self._needs[t.casefold()] for t in terms if t.casefold() in self._needs}
        order: tuple[Need, ...] = self.guide.needs
        return tuple(n.code for n in order if n.code in found)


def read_row(untrusted_row: object, reading: Reading) -> tuple[Service, tuple[str, ...]]:
    """The row as a service, and a few words for each slip in it.

    Raises BadRow where there is no id or name, Closed where the service is given no more.
    """
    if not isinstance(untrusted_row, Mapping):
        raise BadRow("it is not a service at all")
    row = _Row(untrusted_row)
    id, name = row.words("id", SHORT), row.words("name", SHORT)
    if not id:
        raise BadRow("it has no id")
    if not name:
        raise BadRow("it has no name")
    status = row.words("status", SHORT).casefold()
    if status in _CLOSED:
        raise Closed
    old = reading.dialect == "v1"
    terms = tuple(_terms(row, old))
    low = {t.casefold() for t in terms}
    ages = _ages(row, old)
    children, adults = _audience(low, reading.guide, ages[0])
    venues = tuple(_venues(row, old))
    sessions, ways = _sessions(row, old)
    cost, cost_words = _cost(row)
    wait = row.words("wait_time", SHORT)
    left, of = _places(row)
    alert = row.words("alert", SHORT)
    phone, phone_words = _phone(row)
    service = Service(
        directory=reading.directory,
        id=id,
        name=name,
        summary=_first_sentence(row.words("summary", LONG) or row.words("description", LONG)),
        description=row.words("description", LONG),
        provider=_Row.below(row, "organization").words("name", SHORT),
        terms=terms,
        needs=reading.needs_of(terms),
        min_age=ages[0],
        max_age=ages[1],
        for_children=children,
        for_adults=adults,
        venues=venues,
        reach=_reach(ways, venues, phone),
        cost=cost,
        cost_words=cost_words,
        languages=tuple(_languages(row)),
        interpreter=True if row.words("interpretation_services", SHORT) else None,
        sessions=sessions,
        wait=wait,
        wait_days=days_of(wait),
        places_left=left,
        places_all=of,
        closed_for_now=status in _CLOSED_FOR_NOW or "full" in alert.casefold().split(),
        alert=alert,
        assured_on=_past_day(row, "assured_date", reading.today),
        changed_on=_past_day(row, "last_modified", reading.today),
        who_can_refer=row.words("application_process", LONG)
        or row.words("eligibility_description", LONG),
        needs_from_us=", ".join(_documents(row)),
        getting_there=_getting_there(row),
        safe_contact=_attribute(row, "safe contact"),
        agreement_needed=any(t.casefold() in low for t in reading.guide.agreement_terms),
        phone=phone,
        phone_words=phone_words,
        email=row.matching("email", _MAIL),
        web=row.matching("url", _WEB),
    )
    return service, tuple(row.slips)


class _Row:
    """A table of the feed, read with care: each value is what it should be, or a slip."""

    def __init__(self, untrusted: Mapping[Any, Any], slips: list[str] | None = None) -> None:
        self._untrusted = untrusted
        self.slips: list[str] = [] if slips is None else slips

    def below(self, name: str) -> "_Row":
        found = self._untrusted.get(name)
        return _Row(found if isinstance(found, Mapping) else {}, self.slips)

    def each(self, name: str) -> Iterator["_Row"]:
        found = self._untrusted.get(name)
        if isinstance(found, Mapping):
            found = [found]
        for untrusted in found if isinstance(found, list) else ():
            if isinstance(untrusted, Mapping):
                yield _Row(untrusted, self.slips)

    def words(self, name: str, most: int) -> str:
        found = self._untrusted.get(name)
        if found is None or found is False or found == "":
            return ""
        if isinstance(found, int | float) and not isinstance(found, bool) and name == "id":
            found = str(found)
        if not isinstance(found, str):
            self.slips.append(f"{name} is not words")
            return ""
        return plain(found, most)

    def matching(self, name: str, shape: re.Pattern[str]) -> str:
        found = self.words(name, 500)
        if found and not shape.fullmatch(found):
            self.slips.append(f"{name} can't be used")
            return ""
        return found

    def number(self, name: str) -> float | None:
        found = self._untrusted.get(name)
        if isinstance(found, str) and re.fullmatch(r"\s*-?\d{1,9}(\.\d{1,12})?\s*", found):
            found = float(found)
        if isinstance(found, bool) or not isinstance(found, int | float):
            return None
        return float(found) if abs(found) < 1e9 else None


def plain(untrusted: str, most: int) -> str:
    """Text of a feed as plain words: no tags, no signs that turn or hide it, at most `most`."""
    whole_letters = untrusted[: most * 4].encode("utf-8", "replace").decode()
    text = _TAG.sub("", _BREAK.sub("\n", whole_letters))
    text = _CONTROL.sub(" ", html.unescape(text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    whole = "\n".join(line for line in lines if line)
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"


def _first_sentence(words: str) -> str:
    first = re.split(r"(?<=[.!?])\s|\n", words, maxsplit=1)[0]
    return first if len(first) <= 160 else first[:159].rstrip() + "…"


def _terms(row: _Row, old: bool) -> Iterator[str]:
    seen: set[str] = set()
    for each in row.each("service_taxonomys" if old else "attributes"):
        name = each.below("taxonomy" if old else "taxonomy_term").words("name", SHORT)
        if name and name.casefold() not in seen:
            seen.add(name.casefold())
            yield name


def _attribute(row: _Row, label: str) -> str:
    for each in row.each("attributes"):
        if each.words("label", SHORT).casefold() == label:
            return each.words("value", LONG)
    return ""


def _ages(row: _Row, old: bool) -> tuple[int | None, int | None]:
    tables = list(row.each("eligibilitys")) if old else [row]
    least = [_age(t, "minimum_age") for t in tables]
    most = [_age(t, "maximum_age") for t in tables]
    # Several groups of people: the service is for all of them, whichever is named widest.
    low = None if not least or None in least else min(a for a in least if a is not None)
    high = None if not most or None in most else max(a for a in most if a is not None)
    if high == 0 and (low or 0) > 0:
        high = None  # "13 to 0" is how feeds write 13 and over
    if low is not None and high is not None and low > high:
        row.slips.append("the ages contradict each other")
        return None, None
    return low, high


def _age(table: _Row, name: str) -> int | None:
    found = table.number(name)
    if found is None:
        return None
    if not 0 <= found <= OLDEST:
        table.slips.append(f"{name} can't be")
        return None
    return int(found)


def _audience(
    low: set[str], guide: ServicesGuide, least: int | None
) -> tuple[bool | None, bool | None]:
    children = any(t.casefold() in low for t in guide.child_terms)
    adults = any(t.casefold() in low for t in guide.adult_terms)
    if children or adults:
        return children, adults
    return (False, True) if least is not None and least >= 18 else (None, None)


def _venues(row: _Row, old: bool) -> Iterator[Venue]:
    for each in row.each("service_at_locations"):
        location = each.below("location")
        if location.words("location_type", SHORT).casefold() == "virtual":
            continue
        address = next(location.each("physical_addresses" if old else "addresses"), None)
        line = postcode = ""
        if address is not None:
            parts = (address.words(n, SHORT) for n in ("address_1", "address_2", "city"))
            line = ", ".join(p for p in parts if p)
            untrusted_postcode = address.words("postal_code", SHORT)
            postcode = postcode_of(untrusted_postcode)
            if untrusted_postcode and not postcode:
                row.slips.append("a postcode can't be used")
        name = location.words("name", SHORT)
        if not (line or name):
            continue
        yield Venue(
            name=name,
            address=line,
            postcode=postcode,
            point=_point(location),
            step_free=_step_free(location, old),
        )


def _point(location: _Row) -> Point | None:
    lat, lon = location.number("latitude"), location.number("longitude")
    if lat is None or lon is None:
        return None
    # Great Britain and Northern Ireland, with some sea around; 0, 0 is a place nobody meant.
    if not (49 <= lat <= 62 and -9 <= lon <= 3):
        location.slips.append("a place is not in the United Kingdom")
        return None
    return Point(lat, lon)


def _step_free(location: _Row, old: bool) -> bool | None:
    tables = location.each("accessibility_for_disabilities" if old else "accessibility")
    said = " ".join(
        f"{t.words('accessibility', SHORT)} {t.words('description', LONG)}".casefold()
        for t in tables
    )
    if not said.strip():
        return None
    if any(w in said for w in ("not step-free", "no step-free", "steps only", "stairs only")):
        return False
    return True if any(w in said for w in ("step-free", "step free", "wheelchair")) else None


def _sessions(row: _Row, old: bool) -> tuple[tuple[Session, ...], str]:
    tables = [*row.each("regular_schedules" if old else "schedules")]
    for each in row.each("service_at_locations"):
        tables += each.each("regular_schedule" if old else "schedules")
    ways = [row.words("attending_type", SHORT)] if old else []
    found: list[Session] = []
    for table in tables:
        ways.append(table.words("attending_type", SHORT))
        session = Session(
            days=_days(table.words("byday", SHORT)),
            opens=_clock(table.words("opens_at", SHORT)),
            closes=_clock(table.words("closes_at", SHORT)),
            words=table.words("description", SHORT),
        )
        if session != Session() and session not in found:
            found.append(session)
    return tuple(found), " ".join(ways).casefold()


def _days(words: str) -> tuple[int, ...]:
    found: set[int] = set()
    for each in re.split(r"[,;\s]+", words.strip()):
        short = re.sub(r"^[+-]?\d+", "", each).upper()[:2]
        if short in _DAYS:
            found.add(_DAYS[short])
        elif each.casefold() in _NAMED_DAYS:
            found.add(_NAMED_DAYS.index(each.casefold()))
    return tuple(sorted(found))


def _clock(words: str) -> str:
    found = re.match(r"(\d{1,2}):(\d{2})", words)
    if not found or int(found[1]) > 24 or int(found[2]) > 59:
        return ""
    return f"{int(found[1]):02}:{found[2]}"


_WAYS: tuple[tuple[Reach, tuple[str, ...]], ...] = (
    (Reach.IN_PERSON, ("in-person", "in person", "venue", "face")),
    (Reach.PHONE, ("phone",)),
    (Reach.ONLINE, ("online", "virtual", "remote", "video")),
    (Reach.VISITS, ("home", "school", "outreach")),
)


def _reach(ways: str, venues: tuple[Venue, ...], phone: str) -> tuple[Reach, ...]:
    found = tuple(reach for reach, words in _WAYS if any(w in ways for w in words))
    if found:
        return found
    return (Reach.IN_PERSON,) if venues else ()


def _cost(row: _Row) -> tuple[Cost, str]:
    words = row.words("fees_description", SHORT) or row.words("fees", SHORT)
    amounts = [a for t in row.each("cost_options") if (a := t.number("amount")) is not None]
    if any(a > 0 for a in amounts):
        said = next(row.each("cost_options")).words("amount_description", SHORT)
        return Cost.PAID, words or said or f"From £{min(a for a in amounts if a > 0):.2f}"
    low = words.casefold()
    if amounts or re.search(r"\bfree\b|no (charge|cost|fee)", low):
        return Cost.FREE, words
    return (Cost.PAID, words) if "£" in words else (Cost.NOT_KNOWN, words)


def _languages(row: _Row) -> Iterator[str]:
    seen: set[str] = set()
    for each in row.each("languages"):
        name = each.words("name", SHORT) or each.words("language", SHORT)
        if name and name.casefold() not in seen:
            seen.add(name.casefold())
            yield name[0].upper() + name[1:]


def _places(row: _Row) -> tuple[int | None, int | None]:
    for each in row.each("capacities"):
        left, of = each.number("available"), each.number("maximum")
        if left is None:
            continue
        if left < 0 or (of is not None and left > of):
            row.slips.append("more places are left than there are")
            continue
        return int(left), None if of is None else int(of)
    return None, None


def _past_day(row: _Row, name: str, today: date) -> date | None:
    words = row.words(name, SHORT)
    if not words:
        return None
    try:
        found = datetime.fromisoformat(words).date()
    except ValueError:
        row.slips.append(f"{name} is not a day")
        return None
    if found > today:
        row.slips.append(f"{name} is still to come")
        return None
    return found


def _documents(row: _Row) -> Iterator[str]:
    return (d for t in row.each("required_documents") if (d := t.words("document", SHORT)))


def _getting_there(row: _Row) -> str:
    for each in row.each("service_at_locations"):
        said = each.below("location").words("transportation", SHORT)
        if said:
            return said
    return ""


def _phone(row: _Row) -> tuple[str, str]:
    def tables() -> Iterator[_Row]:
        yield from row.each("phones")
        for contact in row.each("contacts"):
            yield from contact.each("phones")

    for each in tables():
        number = re.sub(r"[^\d+() ]", "", each.words("number", SHORT)).strip()
        if sum(c.isdigit() for c in number) >= 6:
            return number, each.words("description", SHORT)
    return "", ""


_WAITS: tuple[tuple[str, Callable[[int], int]], ...] = (
    (r"(\d{1,3})\s*(?:working )?days?", lambda n: n),
    (r"(\d{1,3})\s*weeks?", lambda n: 7 * n),
    (r"(\d{1,3})\s*months?", lambda n: 30 * n),
)


def days_of(wait: str) -> int | None:
    """A wait in words as days, roughly; None where it does not say a length."""
    low = wait.casefold()
    for shape, days in _WAITS:
        found = re.search(shape, low)
        if found:
            return days(int(found[1]))
    if re.search(r"\b(no wait|none|now|immediate(ly)?|today|same day)\b", low):
        return 0
    return 7 if "this week" in low else None
