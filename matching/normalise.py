"""One function for each kind of fact: names, dates, postcodes, phones, numbers, addresses.

Each takes text as written and gives the form that is compared; nothing here raises on
odd input. Text beyond 200 characters is not compared.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from operator import mul

from matching.dates import (
    NO_DATE,
    DateParts,
    birth_range,
    born_within,
    date_parts,
    eight_figures,
    impossible_date,
)
from matching.letters import LONGEST, fold
from matching.name_words import (
    before_first_digit,
    is_placeholder_family,
    is_placeholder_name,
    name_tokens,
)
from matching.places import (
    Address,
    address,
    area,
    is_full_postcode,
    organisation,
    outward,
    postcode,
)

__all__ = [
    "LONGEST",
    "NO_DATE",
    "Address",
    "DateParts",
    "address",
    "area",
    "before_first_digit",
    "birth_range",
    "born_within",
    "date_parts",
    "digits",
    "eight_figures",
    "fold",
    "impossible_date",
    "is_full_postcode",
    "is_nhs_number",
    "is_placeholder_family",
    "is_placeholder_name",
    "name_tokens",
    "organisation",
    "outward",
    "phone",
    "postcode",
    "upn",
]

_PLACES = range(10, 1, -1)
_DIGITS_OFF = re.compile(r"[^0-9]")
_PLAIN_OFF = re.compile(r"[^A-Z0-9]")


def digits(text: str | None) -> str:
    """Only the figures 0-9 of `text`."""
    return _DIGITS_OFF.sub("", unicodedata.normalize("NFKC", text[:LONGEST])) if text else ""


def is_nhs_number(number: str) -> bool:
    """True for ten figures with a right check digit (NHS Data Dictionary, modulus 11)."""
    if len(number) != 10 or len(set(number)) == 1:
        return False
    check = 11 - sum(map(mul, map(int, number[:9]), _PLACES)) % 11
    return bool(check != 10 and check % 11 == int(number[9]))


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
    figures = text.replace(" ", "")
    if not (figures.isascii() and figures.isdigit() and len(figures) <= LONGEST):
        figures = digits(re.split(r"(?i)\s*(?:ext|x\d)", text[:LONGEST])[0])
    if figures.startswith("0044"):
        figures = figures[4:]
    elif figures.startswith("44") and len(figures) > 10:
        figures = figures[2:]
    figures = figures.lstrip("0")
    if not 6 <= len(figures) <= 15:
        return None
    return "0" + figures
