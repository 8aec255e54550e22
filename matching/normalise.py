"""One function for each kind of fact: names, dates, postcodes, phones, numbers, addresses.

Each takes text as written and gives the form that is compared; nothing here raises on
odd input. Text beyond 200 characters is not compared.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

LONGEST = 200
_TOKENS_AT_MOST = 6


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
        "ı": "i", "ħ": "h", "ŋ": "n", "ə": "a", "ɛ": "e", "ɔ": "o", "ŧ": "t", "ĸ": "k",
        # Cyrillic and Greek letters by their usual English spelling
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ye",
        "ж": "zh", "з": "z", "и": "i", "і": "i", "к": "k", "л": "l", "м": "m", "н": "n",
        "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
        "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
        "ю": "yu", "я": "ya", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th",
        "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p",
        "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps",
        "ω": "o",
    }
)  # fmt: skip
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʻʼʹ′"), "")
_TITLES = _word_set("mr mrs ms miss mx dr master sir dame lady lord prof professor rev reverend")
# Written apart or together at will: "Mc Donald", "Al Hassan", "O Brien".
_JOINED = _word_set("mc mac o al el abd abdul abu ould nic mhic fitz st")
# Say little about who a person is, and are often left out.
_PARTICLES = _word_set(
    "van von der den de del della di da do dos das du la le las los y e bin binti bint ibn "
    "ap ab ferch ul ur"
)
# Stand where a first name should. "No", "Na" and "Mai" are names and stay names.
_PLACEHOLDER = _word_set(
    "baby infant unborn newborn neonate twin triplet child girl boy male female unknown "
    "unnamed not nk tbc tbd tba none null nil bump fetus foetus"
)
_BESIDE_PLACEHOLDER = _word_set(
    "known name given no yet one two three first second test a b i ii iii"
)
# Where a family name should stand; "Child", "Baby", "Boy" and "Null" are family names.
_NO_FAMILY = _word_set("unknown unnamed not nk tbc tbd tba")
_NOT_APPLICABLE = re.compile(r"\s*n\s*[/.]\s*[ak]\.?\s*")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case, accents off, special, Cyrillic and Greek letters spelt out in English."""
    plain = text[:LONGEST].casefold().translate(_APOSTROPHES).translate(_LETTERS)
    spread = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in spread if not unicodedata.combining(c)).translate(_LETTERS)


@lru_cache(maxsize=65536)
def name_tokens(text: str | None) -> tuple[str, ...]:
    """The words of a name in order, without titles and particles; split at hyphens.

    "Dr Seán Mac Donald-Óg" -> ("sean", "macdonald", "og"). At most six words.
    """
    if not text:
        return ()
    folded = fold(text)
    words = "".join(c if c.isalpha() else " " for c in folded).split()
    joined: list[str] = []
    prefix = ""
    for word in words:
        if word in _JOINED and word != words[-1]:
            prefix += word
            continue
        joined.append(prefix + word)
        prefix = ""
    kept = [w for w in joined if w not in _TITLES] or joined
    kept = [w for w in kept if w not in _PARTICLES] or kept
    return tuple(kept[:_TOKENS_AT_MOST])


def _is_placeholder(text: str, starts: frozenset[str]) -> bool:
    folded = fold(text)
    if _NOT_APPLICABLE.fullmatch(folded):
        return True
    words = re.findall(r"[a-z]+", folded)
    if not words or words[0] not in starts:
        return False
    return words[1:2] == ["of"] or all(w in _PLACEHOLDER | _BESIDE_PLACEHOLDER for w in words)


@lru_cache(maxsize=65536)
def is_placeholder_name(text: str | None) -> bool:
    """True for what stands in for a first name: "Baby", "Infant", "Twin 1", "Unborn", "N/K"."""
    return bool(text) and _is_placeholder(text or "", _PLACEHOLDER)


@lru_cache(maxsize=65536)
def is_placeholder_family(text: str | None) -> bool:
    """True for what stands in for a family name: "Unknown", "Not known", "TBC"."""
    return bool(text) and _is_placeholder(text or "", _NO_FAMILY)


def before_first_digit(text: str) -> str:
    """What stands before the first digit: a name followed by a birth date or an age."""
    return re.split(r"[,(;]?\s*\b(?:born|dob|aged?)?\s*\d", text[:LONGEST], maxsplit=1)[0]


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
_MONTH_NAMES = (
    "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
    "aug august", "sep sept september", "oct october", "nov november", "dec december",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}


def _year(text: str) -> int:
    value = int(text)
    if len(text) > 2:
        return value
    # A two-figure year: children are the common case, so 00-39 is this century.
    return 2000 + value if value < 40 else 1900 + value


def date_parts(text: str) -> DateParts:
    """Read "14/03/2019", "2019-03-14", "14 March 2019", "March 2019" or "2019".

    Day before month, as in Britain. What does not read as a date gives NO_DATE.
    """
    folded = fold(text).strip()
    if m := re.fullmatch(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[t ].*)?", folded):
        return DateParts(int(m[1]), int(m[2]), int(m[3]))
    if m := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", folded):
        return DateParts(_year(m[3]), int(m[2]), int(m[1]))
    if m := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]+)[, -]+(\d{4}|\d{2})", folded):
        month = _MONTHS.get(m[2])
        return DateParts(_year(m[3]), month, int(m[1])) if month else NO_DATE
    if m := re.fullmatch(r"([a-z]+)[, -]+(\d{4})", folded):
        month = _MONTHS.get(m[1])
        return DateParts(int(m[2]), month, None) if month else NO_DATE
    if m := re.fullmatch(r"(\d{1,2})[-/](\d{4})", folded):
        month = int(m[1])
        return DateParts(int(m[2]), month, None) if 1 <= month <= 12 else NO_DATE
    if m := re.fullmatch(r"(?:19|20)\d\d", folded):
        return DateParts(int(m[0]), None, None)
    return NO_DATE


def eight_figures(day: date) -> str:
    """Year, month and day as "20190314"; strftime leaves zeros out of early years."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _years_before(day: date, years: int) -> date:
    year = max(1, day.year - years)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def birth_range(age: tuple[int, int], as_of: date) -> tuple[date, date] | None:
    """First and last birth date of someone aged `age` (inclusive years) on `as_of`."""
    youngest, oldest = min(age), max(age)
    if youngest < 0 or oldest > 130:
        return None
    first = _years_before(as_of, oldest + 1)
    if first < date.max:
        first += timedelta(days=1)
    return first, _years_before(as_of, youngest)


_DIGITS_OFF = re.compile(r"[^0-9]")
_PLAIN_OFF = re.compile(r"[^A-Z0-9]")
_OUTWARD = r"[A-Z]{1,2}[0-9][A-Z0-9]?"


@lru_cache(maxsize=65536)
def postcode(text: str | None) -> str | None:
    """Canonical postcode without the space ("NM34QT"), or a district alone ("NM3"), or None.

    Letter O and figure 0 are put right where only one of them can stand.
    """
    if not text:
        return None
    plain = _PLAIN_OFF.sub("", unicodedata.normalize("NFKC", text[:LONGEST]).upper())
    if len(plain) >= 5:
        inward = plain[-3].replace("O", "0") + plain[-2:].replace("0", "O")
        whole = plain[:-3] + inward
        if re.fullmatch(_OUTWARD + r"[0-9][A-Z]{2}", whole):
            return whole
    if re.fullmatch(_OUTWARD, plain):
        return plain
    return None


def outward(code: str) -> str:
    """The district of a canonical postcode: "NM34QT" -> "NM3"; a district stays itself."""
    return code[:-3] if is_full_postcode(code) else code


def is_full_postcode(code: str) -> bool:
    """True when the canonical form has its inward half."""
    return len(code) >= 5


def area(code: str) -> str:
    """The area letters of a canonical postcode: "NM34QT" -> "NM"."""
    return code[: 2 if code[1:2].isalpha() else 1]


def digits(text: str | None) -> str:
    """Only the figures 0-9 of `text`."""
    return _DIGITS_OFF.sub("", unicodedata.normalize("NFKC", text[:LONGEST])) if text else ""


def is_nhs_number(number: str) -> bool:
    """True for ten figures with a right check digit (NHS Data Dictionary, modulus 11)."""
    if len(number) != 10 or len(set(number)) == 1:
        return False
    check = 11 - sum(int(c) * (10 - i) for i, c in enumerate(number[:9])) % 11
    return check != 10 and check % 11 == int(number[9])


@lru_cache(maxsize=4096)
def upn(text: str | None) -> str | None:
    """A unique pupil number, 13 characters with its check letter in front, else None."""
    if not text:
        return None
    plain = _PLAIN_OFF.sub("", text[:LONGEST].upper())
    return plain if re.fullmatch(r"[A-Z][0-9]{11}[0-9A-Z]", plain) else None


@lru_cache(maxsize=65536)
def phone(text: str | None) -> str | None:
    """A British phone number as national figures with the leading 0, or None.

    "+44 (0)1632 960 214" -> "01632960214". A number from abroad keeps its figures.
    """
    if not text:
        return None
    figures = digits(re.split(r"(?i)\s*(?:ext|x\d)", text[:LONGEST])[0])
    if figures.startswith("0044"):
        figures = figures[4:]
    elif figures.startswith("44") and len(figures) > 10:
        figures = figures[2:]
    figures = figures.lstrip("0")
    if not 6 <= len(figures) <= 15:
        return None
    return "0" + figures


class Address(NamedTuple):
    """A house or flat number and the words of the street."""

    number: str
    street: tuple[str, ...]


_STREET_WORDS = {
    "rd": "road", "st": "street", "ave": "avenue", "av": "avenue", "ct": "court", "cl": "close",
    "dr": "drive", "ln": "lane", "gdns": "gardens", "cres": "crescent", "cresc": "crescent",
    "pl": "place", "sq": "square", "ter": "terrace", "terr": "terrace", "gr": "grove",
    "hse": "house", "blvd": "boulevard", "pk": "park", "grn": "green", "apt": "flat",
    "apartment": "flat", "bldg": "building", "bldgs": "buildings",
}  # fmt: skip
_STREET_ENDS = _word_set(
    "road street avenue court close drive lane gardens crescent place square terrace grove way "
    "walk rise mews row hill house boulevard view green park buildings parade"
)


@lru_cache(maxsize=65536)
def address(text: str | None) -> Address | None:
    """The number and street of an address; what follows the street (town, postcode) goes."""
    if not text:
        return None
    words = re.findall(r"[a-z]+|\d+[a-z]?(?![a-z0-9])", fold(text))
    words = [_STREET_WORDS.get(w, w) for w in words]
    number = ""
    street: list[str] = []
    for word in words:
        if word[0].isdigit():
            if street and street[-1] in _STREET_ENDS:
                break
            number = word if not number else f"{number}/{word}"
        elif word != "flat":
            street.append(word)
            if word in _STREET_ENDS and len(street) > 1:
                break
    if not street and not number:
        return None
    return Address(number, tuple(street[:6]))


_ORGANISATION_WORDS = _word_set(
    "the school academy surgery practice medical health centre center doctors dr gp and of "
    "c e rc cofe ce"
)


@lru_cache(maxsize=16384)
def organisation(text: str | None) -> tuple[str, ...]:
    """The telling words of a school's or surgery's name, in order."""
    if not text:
        return ()
    words = re.findall(r"\w+", fold(text))
    return tuple([w for w in words if w not in _ORGANISATION_WORDS] or words)[:8]
