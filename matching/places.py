"""Postcodes, addresses and the names of schools and surgeries in the form that is compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from matching.letters import LONGEST, fold
from matching.name_words import word_set

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
_STREET_ENDS = word_set(
    "road street avenue court close drive lane gardens crescent place square terrace grove way "
    "walk rise mews row hill house boulevard view green park buildings parade"
)


_NUMBER_AND_STREET = re.compile(r"(\d+[A-Za-z]?) ([A-Za-z][A-Za-z ]{2,150})", re.ASCII)


@lru_cache(maxsize=65536)
def address(text: str | None) -> Address | None:
    """The number and street of an address; what follows the street (town, postcode) goes."""
    if not text:
        return None
    if plain := _NUMBER_AND_STREET.fullmatch(text):
        street_alone = address(plain[2])
        return Address(plain[1].lower(), street_alone.street) if street_alone else None
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


_ORGANISATION_WORDS = word_set(
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
