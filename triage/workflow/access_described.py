"""Third parties who are described and not named ("her mum's boyfriend"), and their numbers and
addresses: what stands in a text of nobody who is held."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.export.pack_removal import is_health_number
from triage.intake.addresses import POSTCODE
from triage.intake.people import EMAIL, PHONE, UPN
from triage.workflow.access_whose import plain


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


_ALONE = _any(
    "boyfriend girlfriend husband hubby wife missus fianc[eé]e? lodger flatmate housemate landlord "
    "landlady cousins? aunt(?:ie|y)?s? uncles? nan(?:a|na|ny)? "
    "gran(?:ny|ma|dma|dad|ddad|dpa|dmother|dfather|dparents?|dson|ddaughter)?s? brothers? bro "
    "sisters? siblings? step[-\\s]?(?:dad|mum|father|mother) "
    "god(?:mother|father|daughter|son|child|parents?) "
    "(?:mother|father|brother|sister)[-\\s]in[-\\s]law babysitter foster[-\\s]carers?"
)
"""Who is somebody else also where nothing says whose they are."""
_RELATED = (
    f"(?:{_ALONE}|"
    + _any(
        "partner bf gf fella bloke ex lover neighbours? friends? mates? twin sons? daughters? "
        "nieces? nephews? baby in[-\\s]laws classmates? dealer colleague boss other\\shalf "
        "relatives?"
    )
    + ")"
)
_BESIDE = r"(?:(?:step|half|god|grand|great|foster|ex)[- ]?)"
_KIN = rf"{_BESIDE}*{_RELATED}"
_PARENT = _any("mum mam mummy mother dad daddy father parents? carer")
_WHOSE = (
    rf"(?:{_any('her his their my our the an? another')}|[A-Z][a-z]+[’']s"
    rf"|{_any('mum mam mother dad daddy father')}[’']?s|parents?[’']?)"
)
_QUALITY = _any(
    "new ex current former older elder eldest younger youngest little big baby best male female "
    "old other late own school family close half next[-\\s]door upstairs downstairs maternal "
    "paternal on[-\\s]off"
)
_HOW = rf"(?:\s{_QUALITY}){{0,2}}"
_SOMEBODY = _any(
    "man woman lady bloke guy lad boy girl child kid pupil couple family people person male female"
)
_WHERE = (
    r"(?:who|called|named|from|next door|upstairs|downstairs|across|over the road|at number"
    r"|in (?:her|his|their) class|down the road|opposite)"
)
_DOES = r"(?:is|was|has|had|does|did|said|says|told|came|lives|moved)"
_ANOTHERS = rf"[’']s{_HOW}\s(?:{_KIN}|{_PARENT})"
_DESCRIBED = re.compile(
    "|".join(
        (
            rf"\b{_WHOSE}(?:\s{_PARENT}[’']?s)?{_HOW}\s{_KIN}(?:{_ANOTHERS})?\b"
            rf"(?![’']s\s(?:{_KIN}|{_PARENT}))",
            rf"\b(?:{_PARENT}[’']?s|{_KIN}[’']s){_HOW}\s{_KIN}\b",
            rf"\b(?:{_BESIDE}+{_RELATED}|(?:maternal\s|paternal\s)?{_ALONE})\b",
            rf"\b{_KIN}\sof\s(?:the\s)?{_PARENT}\b",
            rf"\b{_any('mum mam mother dad daddy father')}[’']?s{_HOW}\s(?:man|woman|carer)\b",
            rf"\bpartner\s{_DOES}\b|\b(?:an?|the|another)\s(?:fe)?male\s{_DOES}\b",
            r"\b(?:unknown|unidentified)\s(?:(?:fe)?male|man|woman|person)\b",
            r"\bfamily\s(?:friend|member)s?\b|\b(?:his|her|their)\sother\s(?:child(?:ren)?|kids?)\b",
            r"\b(?:(?:the|an?|her|his)\s)?(?:alleged\s)?(?:perpetrator|perp|abuser)\b",
            rf"\b(?:(?:an?|the|another|this|some)\s(?:\w+\s)?)?{_SOMEBODY}\s{_WHERE}\b",
            r"\b(?:next[- ]door|upstairs|downstairs)\s(?:neighbours?|family|couple)\b",
            r"\bneighbours?\b",
            r"\b(?:the|an?|anonymous)\s(?:anonymous\s)?(?:caller|informant|source)\b",
            r"\banother (?:child|pupil)\b",
        )
    ),
    re.I,
)
_CALLED = re.compile(
    r"\b(?:[Uu]ncle|[Aa]unt(?:ie|y)?|[Gg]ran(?:d?dad|dpa|dma|ny)?|[Nn]an(?:a|na|ny)?)\s[A-Z][\w’'-]+"
)
"""Kin by a name that may be nobody's who is held, or the child's own: "Auntie Maya"."""
_SHORT = re.compile(r"\b[MP](?:GM|GF|GPs|Aunt|Uncle)\b")
"""Kin as notes write them: MGM is the mother's mother, PGF the father's father."""
_REFUGE = re.compile(
    r"\b(?:(?:the|a|her|women[’']s)\s)?refuge\b(?:\s(?:in|at|on|near)\s[A-Z]\w+)?", re.I
)
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2}\d{2}\s?[A-Z]{3}|[A-Z]\d{1,3}\s?[A-Z]{3})(?![A-Za-z0-9])"
    r"|(?<=reg )[a-z]{2}\d{2}\s?[a-z]{3}\b"
)
_INSURANCE = re.compile(r"(?<!\w)[A-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D](?!\w)", re.I)
_TEN = re.compile(r"(?<![\d/+-])\d{3}[ \u00a0-]?\d{3}[ \u00a0-]?\d{4}(?![\d/-])")
_LONG = re.compile(r"(?<![\w./+-])(?:[A-Z]{1,4}[/ -]?)?\d(?:[ /-]?\d){6,19}(?![\w/]|[.-]\d)")
_ENDS = _any(
    "Street St Road Rd Lane Ln Close Avenue Ave Drive Way Court Ct Row Terrace Place Square "
    "Gardens Grove Crescent Walk Mews Rise Hill Park View Green Parade"
)
_STREET = re.compile(
    r"(?<![\w/])(?:[Ff]lat\s\w{1,3},?\s)?\d{1,4}[a-zA-Z]?,?\s(?:[A-Z][\w’'-]*\s){1,3}"
    rf"{_ENDS}\b"
    r"|(?<![\w/])\d{1,4}[a-z]?,?\s(?:[a-z’'-]+\s){1,2}"
    r"(?:street|road|rd|lane|avenue|ave|terrace|crescent)\b"
)
_KINDS = (
    (EMAIL, "an e-mail address"),
    (_STREET, "an address"),
    (POSTCODE, "a postcode"),
    (UPN, "a pupil number"),
    (_INSURANCE, "a National Insurance number"),
    (_TEN, "an NHS number"),
    (PHONE, "a telephone number"),
    (_PLATE, "the plate of a car"),
    (_LONG, "a number"),
)
"""What is looked for, the surest first: what one has taken is no other's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Words in a text that tell of somebody, or are a number or an address of somebody: what they
    are, and what makes two of them the same."""

    words: str
    start: int
    why: str
    same: str


def described(text: str) -> Iterator[Told]:
    """People who are described by what they are to somebody; never a bare mother or father."""
    for pattern, why in (
        (_DESCRIBED, "somebody described and not named"),
        (_SHORT, "somebody described and not named"),
        (_CALLED, "somebody called by what they are"),
        (_REFUGE, "may tell where somebody is safe"),
    ):
        for match in pattern.finditer(text):
            same = " ".join(match[0].casefold().replace("’", "'").split())
            yield Told(words=match[0], start=match.start(), why=why, same=same)


def numbered(text: str) -> Iterator[Told]:
    """Numbers, e-mail addresses, plates and addresses, each place once."""
    taken: list[tuple[int, int]] = []
    for pattern, why in _KINDS:
        for match in pattern.finditer(text):
            if pattern is _TEN and not is_health_number(match[0]):
                continue
            start, end = match.span()
            if any(left < end and start < right for left, right in taken):
                continue
            taken.append((start, end))
            words = match[0].strip()
            yield Told(words=words, start=start, why=why, same=plain(words))
