"""Dates as people write them. Day first, as in England, unless the file itself shows otherwise."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from triage.intake.pieces import Piece

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan ionawr", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?P<{0}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_DATE = re.compile(
    r"(?<![\w/.-])(?:"
    r"(?P<y1>(?:19|20)\d\d)[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?=$|T|\D)"
    r"|(?P<d2>\d{1,2})\s?(?P<sep>[-/.\\])\s?(?P<m2>\d{1,2})\s?(?P=sep)\s?(?P<y2>\d{4}|\d\d)(?!\d)"
    r"|(?P<d3>\d{1,2})(?:st|nd|rd|th)?[\s.,/-]{0,3}(?:of\s)?"
    + _MONTH.format("n3")
    + r"\b[\s.,/’'-]{0,3}(?P<y3>\d{4}|\d\d)(?![\d:])"
    r"|" + _MONTH.format("n4") + r"\b\.?\s(?P<d4>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<y4>\d{4})(?!\d)"
    r"|(?P<y6>(?:19|20)\d\d)(?P<m6>0[1-9]|1[0-2])(?P<d6>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|\b(?P<d7>(?:twenty[ -]|thirty[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth) (?:of )?"
    + _MONTH.format("n7")
    + r",? (?P<y7>\d{4})(?!\d)"
    r"|(?P<d5>\d\d)(?P<m5>\d\d)(?P<y5>(?:19|20)\d\d)(?!\d)"
    r")",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A whole date, the piece it was read from, and the other reading when two are possible."""

    value: date
    piece: Piece
    other: date | None = None
    month_first: bool = False
    short_year: bool = False


_NTHS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]


def _nth(words: str) -> int:
    """The number of "third", "twenty-first", "thirtieth"."""
    *tens, last = re.split(r"[ -]", words.lower())
    ahead = {"twenty": 20, "thirty": 30}[tens[0]] if tens else 0
    return 30 if last == "thirtieth" else ahead + _NTHS.index(last) + 1


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str, today: date) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 2000 + year if 2000 + year <= today.year + 1 else 1900 + year


def find_dates(piece: Piece, today: date) -> Iterator[FoundDate]:
    """Every whole date in a piece, in order. Two-figure years fall at or before next year."""
    for match in _DATE.finditer(piece.text):
        got = {key: value for key, value in match.groupdict().items() if value}
        where = piece.of(match)
        if "y1" in got:
            value = _day(int(got["y1"]), int(got["m1"]), int(got["d1"]))
        elif "y2" in got:
            if got["sep"] == "." and len(got["y2"]) == 2 and int(got["m2"]) == 0:
                continue
            year, one, two = _year(got["y2"], today), int(got["d2"]), int(got["m2"])
            value, other = _day(year, two, one), _day(year, one, two)
            if value is None and other is not None:
                yield FoundDate(other, where, None, True)
                continue
            if value is not None:
                other = other if other != value else None
                yield FoundDate(value, where, other, False, len(got["y2"]) == 2)
            continue
        elif "y3" in got:
            value = _day(_year(got["y3"], today), _MONTHS[got["n3"].lower()], int(got["d3"]))
        elif "y4" in got:
            value = _day(int(got["y4"]), _MONTHS[got["n4"].lower()], int(got["d4"]))
        elif "y7" in got:
            value = _day(int(got["y7"]), _MONTHS[got["n7"].lower()], _nth(got["d7"]))
        elif "y6" in got:
            value = _day(int(got["y6"]), int(got["m6"]), int(got["d6"]))
        else:
            value = _day(int(got["y5"]), int(got["m5"]), int(got["d5"]))
        if value is not None:
            yield FoundDate(value, where)


_BARE = re.compile(r"(\d\d)[ ]?(\d\d)[ ]?(\d\d|(?:19|20)\d\d)")


def bare_date(piece: Piece, today: date) -> FoundDate | None:
    """A date of figures alone ("150909", "16 05 23"), where its label asks for one; or None."""
    match = _BARE.fullmatch(piece.text.strip())
    value = _day(_year(match[3], today), int(match[2]), int(match[1])) if match else None
    return FoundDate(value, piece.strip(), None, False, True) if value else None


def first_date(piece: Piece, today: date) -> FoundDate | None:
    """The first whole date in a piece, or None."""
    return next(find_dates(piece, today), None)


def writes_month_first(pieces: list[Piece], today: date) -> bool:
    """True when a date of the file can only be read month first."""
    return any(found.month_first for piece in pieces for found in find_dates(piece, today))


_HERE = ZoneInfo("Europe/London")
_TIME = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\b")


def as_instant(piece: Piece, today: date) -> datetime | None:
    """A date with its time, aware; times without a zone are
    read on the clocks of England. None without both."""
    words = piece.text.strip()
    try:
        moment = datetime.fromisoformat(words)
        if "T" in words or ":" in words:
            return moment if moment.tzinfo else moment.replace(tzinfo=_HERE)
    except ValueError:
        pass
    found = first_date(piece, today)
    if found is None:
        return None
    after = words[found.piece.end - piece.start :]
    clock = _TIME.search(after) or _TIME.search(words[: found.piece.start - piece.start])
    if clock is None:
        return None
    return datetime(
        found.value.year, found.value.month, found.value.day,
        int(clock[1]), int(clock[2]), tzinfo=_HERE,
    )  # fmt: skip


_AGE = re.compile(
    r"(?:(?:about|around|approx(?:imately|\.)?|roughly|maybe|nearly|almost|aged?|age of|c\.|circa"
    r"|under|over|just|possibly|probably|looks|turning|turned|thought to be|believed to be)\s+){0,2}"
    r"(?:\d{1,2}(?:\s?(?:½|1/2|\.5))?(?:\s?(?:-|–|or|to)\s?\d{1,2})?|½)"
    r"(?:\s?(?:½))?\s?-?"
    r"(?:years?|yrs?|y/?o|months?|mths?|mos?|weeks?|wks?|days?)?(?:[\s-]?olds?)?\b\.?",
    re.IGNORECASE,
)
_SCHOOL_YEAR = re.compile(
    r"\b(?:(?:school )?year|yr|y)\s?(?:1[0-3]|[1-9]|R)\b|\breception(?: class)?\b"
    r"|\b(?:nursery|foundation) class\b",
    re.IGNORECASE,
)


def find_age(piece: Piece) -> Piece | None:
    """The words that give an age ("about 4", "18 months", "7 or 8", "Year 3"), or None."""
    words = piece.text
    for match in _AGE.finditer(words):
        if match[0].strip() and any(char.isdigit() or char == "½" for char in match[0]):
            number = re.search(r"\d+", match[0])
            unit = re.search(r"(?i)month|mth|week|wk|day", match[0])
            if number and int(number[0]) > 19 and not unit:
                continue
            return piece.of(match).strip(" .,")
    school_year = _SCHOOL_YEAR.search(words)
    return piece.of(school_year) if school_year else None


def age_on(born: date, today: date) -> int:
    """Whole years from a birth date to a day."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
