"""Birth dates as they are written: full, in part, as an age, a school year or a due date.

Nothing here raises on odd text; what does not read as a date is no date and stays text.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from matching.letters import fold


class DateParts(NamedTuple):
    """A date of which parts may be unknown."""

    year: int | None
    month: int | None
    day: int | None

    def as_date(self) -> date | None:
        """The full date, or None when a part is unknown or the day does not exist."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None


NO_DATE = DateParts(None, None, None)
_EARLIEST, _LATEST = 1880, 2100
_MONTH_NAMES = (
    "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
    "aug august", "sep sept september", "oct october", "nov november", "dec december",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(\d{4}|\d{2})"
_BEFORE = re.compile(
    r"(?:born|dob|d\.o\.b\.?|on|date of birth)[: ]+"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[, ]+"
)
_ORDERS = (
    (re.compile(r"(?P<y>\d{4})[-/. ](?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})(?:[t ].*)?"), "ymd"),
    (re.compile(r"(\d{4})(\d\d)(\d\d)"), "ymd"),
    (re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+" + _YEAR), "dmy"),
    (re.compile(r"(\d\d)(\d\d)((?:19|20)\d\d)"), "dmy"),
    (re.compile(_DAY + r"[ -]*(?:of )?" + _MONTH + r"[, /-]*" + _YEAR), "dmy"),
    (re.compile(_MONTH + r"[ -]*" + _DAY + r"[, -]+" + _YEAR), "mdy"),
    (re.compile(_MONTH + r"[, -]+(\d{4})"), "my"),
    (re.compile(r"(\d{1,2})[-/.](\d{4})"), "my"),
    (re.compile(r"(\d{4})[-/](\d{1,2})"), "ym"),
    # A season says no month for certain, and winter not even the year.
    (re.compile(r"(?:in )?(?:early |mid |late )?(?:spring |summer |autumn )?(?:of )?(\d{4})"), "y"),
)


def _number(letter: str, text: str) -> int:
    if letter == "m" and not text.isdigit():
        return _MONTHS[text]
    value = int(text)
    if letter == "y" and len(text) == 2:
        # A two-figure year: children are the common case, so 00-39 is this century.
        return 2000 + value if value < 40 else 1900 + value
    return value


def date_parts(text: str) -> DateParts:
    """Read "14/03/2019", "2019-03-14", "14032019", "14 March 2019", "Mar 14, 2019", "March 2019",
    "Spring 2019" or "2019".

    Day before month, as in Britain, unless only the other order can be meant. An impossible day
    or month is unknown, the rest still says something; 31 February keeps its parts and is no
    date. What does not read as a date, or lies before 1880 or after 2100, gives NO_DATE.
    """
    folded = re.sub(r"[^\x00-\x7f]", "", fold(text)).strip(" .,;")
    while m := _BEFORE.match(folded):
        folded = folded[m.end() :]
    for pattern, order in _ORDERS:
        if found := pattern.fullmatch(folded):
            parts = {a: _number(a, b) for a, b in zip(order, found.groups(), strict=True)}
            read = _sensible(parts.get("y", 0), parts.get("m"), parts.get("d"))
            # Of "99/99/99" the year is no more to be believed than the rest.
            short = len(found.groups()) == 3 and len(found[3]) == 2 and order.endswith("y")
            return NO_DATE if short and read.month is None else read
    return NO_DATE


def _sensible(year: int, month: int | None, day: int | None) -> DateParts:
    if not _EARLIEST <= year <= _LATEST:
        return NO_DATE
    if month is not None and day is not None and 12 < month <= 31 and 1 <= day <= 12:
        month, day = day, month
    if month is not None and not 1 <= month <= 12:
        return DateParts(year, None, None)
    if day is not None and not 1 <= day <= 31:
        day = None
    return DateParts(year, month, day)


_WRITTEN = re.compile(r"([0-9]{1,2})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{4})")


def impossible_date(text: str) -> str | None:
    """Year, month and day, as figures, of a day that is not in the calendar ("31/02/2019"), written
    as `eight_figures` writes one. None for a real date, part of one, or signs that stand for "not
    known" ("00/00/2019", "99/99/9999")."""
    found = _WRITTEN.fullmatch(fold(text).strip(" .,;"))
    if found is None or date_parts(text).as_date() is not None:
        return None
    day, month, year = (int(group) for group in found.groups())
    if not (0 < day < 99 and 0 < month < 99 and _EARLIEST <= year <= _LATEST):
        return None
    return f"{year:04d}{month:02d}{day:02d}"


@lru_cache(maxsize=4096)
def eight_figures(day: date) -> str:
    """Year, month and day as "20190314"; strftime leaves zeros out of early years."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _years_before(day: date, years: int) -> date:
    year = max(1, day.year - years)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _days_from(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def birth_range(age: tuple[int, int], as_of: date) -> tuple[date, date] | None:
    """First and last birth date of someone aged `age` (inclusive years) on `as_of`."""
    youngest, oldest = min(age), max(age)
    if youngest < 0 or oldest > 130:
        return None
    first = _years_before(as_of, oldest + 1)
    if first < date.max:
        first += timedelta(days=1)
    return first, _years_before(as_of, youngest)


_ABOUT = r"(?:(?:aged?|about|approx(?:imately)?\.?|around|circa|c\.?|nearly|almost)[ :]*|[~≈][ ]*)*"
_AGE = re.compile(
    _ABOUT + r"(\d{1,3})(?:\s*(?:-|to|or)\s*(\d{1,3}))?\s*"
    r"(y|yr|yrs|year|years|yo|m|mo|mth|mths|month|months|w|wk|wks|week|weeks|d|day|days|)"
    r"(?:[ -]*(?:old|of age))?"
)
_SCHOOL_YEAR = re.compile(r"(?:in |nc )?(?:(reception)|(?:year|yr) ?(\d{1,2}))")
_DUE = re.compile(
    r"(?:edd|e\.d\.d\.?|due(?: date)?|expected(?: date(?: of delivery)?)?|unborn)[ :,-]*"
    r"(?:due |edd )?(?:on |in |about )?(.+)"
)
_EARLIEST_BIRTH, _LATEST_BIRTH = 16 * 7, 3 * 7
_DAYS = {"m": 30.44, "w": 7.0, "d": 1.0}


def born_within(text: str, as_of: date | None) -> tuple[date, date] | None:
    """First and last birth date that an age, a school year or a due date allows, or None.

    "6", "~6", "5 to 6 years", "8 months", "6 weeks", "Year 3", "Reception" need `as_of`, the day
    they were said on. "EDD 14/3/2027" allows a birth from 24 weeks until three weeks after it.
    An age in years said as "about" allows a year either way.
    """
    folded = fold(text).strip(" .,;()")
    if m := _DUE.fullmatch(folded):
        return _due(date_parts(m[1]))
    if as_of is None:
        return None
    if m := _SCHOOL_YEAR.fullmatch(folded):
        return _school_year(0 if m[1] else int(m[2]), as_of)
    m = _AGE.fullmatch(folded)
    if m is None:
        return None
    youngest, oldest = sorted((int(m[1]), int(m[2] or m[1])))
    unit = m[3][:1]
    if unit in ("", "y"):
        about = 0 if folded[0].isdigit() or folded.startswith("age") else 1
        return birth_range((max(0, youngest - about), oldest + about), as_of)
    size = _DAYS[unit]
    # "Eight months" is said until the ninth; a few days of slack for rounding.
    first = _days_from(as_of, -round((oldest + 1) * size) - 3)
    return first, _days_from(as_of, min(0, -round(youngest * size) + 3))


def _due(parts: DateParts) -> tuple[date, date] | None:
    day = parts.as_date()
    if day is not None:
        return _days_from(day, -_EARLIEST_BIRTH), _days_from(day, _LATEST_BIRTH)
    if parts.year is None or parts.month is None or parts.day is not None:
        return None
    first = date(parts.year, parts.month, 1)
    return _days_from(first, -_EARLIEST_BIRTH), _days_from(first, 31 + _LATEST_BIRTH)


def _school_year(number: int, as_of: date) -> tuple[date, date] | None:
    """Schools in England: Reception in the year after the fourth birthday, from 1 September."""
    if number > 13:
        return None
    began = as_of.year if as_of.month >= 9 else as_of.year - 1
    born = began - number - 5
    if born < 1:
        return None
    return date(born, 9, 1), date(born + 1, 8, 31)
