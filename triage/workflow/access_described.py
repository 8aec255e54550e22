"""Third parties who are described and not named ("her mum's boyfriend"), and their numbers and
addresses: what stands in a text of nobody who is held."""

# ruff: noqa: E501  a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.export.pack_removal import is_health_number
from triage.intake.addresses import POSTCODE
from triage.intake.people import EMAIL, PHONE, UPN

_KIN = r"(?:(?:step|half|god|grand|great|foster|ex)[- ]?)*(?:partner|boyfriend|girlfriend|bf|gf|husband|wife|fianc[eé]e?|fella|bloke|ex|lover|lodger|flatmate|housemate|neighbours?|landlord|landlady|friends?|mates?|cousins?|aunt(?:ie|y)?s?|uncles?|nan(?:a|na|ny)?|gran(?:ny|ma|dma|dad|ddad|dpa|dmother|dfather|dparents?|dson|ddaughter)?s?|brothers?|sisters?|siblings?|twin|sons?|daughters?|nieces?|nephews?|baby|step(?:dad|mum|father|mother)|(?:mother|father|brother|sister)[- ]in[- ]law|in[- ]laws|babysitter|classmates?|dealer|colleague|boss)"
_PARENT = r"(?:mum|mam|mummy|mother|dad|daddy|father|parents?|carer)"
_WHOSE = r"(?:her|his|their|my|our|the|an?|another|mum[’']?s|mam[’']?s|mother[’']?s|dad[’']?s|daddy[’']?s|father[’']?s|parents?[’']?|[A-Z][a-z]+[’']s)"
_HOW = r"(?:\s(?:new|ex|current|former|older|elder|eldest|younger|youngest|little|big|baby|best|male|female|old|other|late|own|school|family|close|half|next[- ]door|upstairs|downstairs|maternal|paternal|on[- ]off)){0,2}"
_DESCRIBED = re.compile(
    rf"\b{_WHOSE}(?:\s{_PARENT}[’']?s)?{_HOW}\s{_KIN}(?:[’']s{_HOW}\s(?:{_KIN}|{_PARENT}))?\b(?![’']s\s(?:{_KIN}|{_PARENT}))"
    rf"|\b(?:{_PARENT}[’']?s|{_KIN}[’']s){_HOW}\s{_KIN}\b"
    r"|\b(?:an?|the|another|this|some)\s(?:\w+\s)?(?:man|woman|lady|bloke|guy|lad|boy|girl|child|kid|pupil|couple|family|person|male|female)\s(?:who|called|named|from|next door|upstairs|downstairs|across|over the road|at number|in (?:her|his|their) class|down the road|opposite)\b"
    r"|\b(?:next[- ]door|upstairs|downstairs)\s(?:neighbours?|family|couple)\b|\bneighbours?\b"
    r"|\b(?:the|an?|anonymous)\s(?:anonymous\s)?(?:caller|informant|source)\b|\banother (?:child|pupil)\b",
    re.I,
)
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
_ENDS = r"Street|St|Road|Rd|Lane|Ln|Close|Avenue|Ave|Drive|Way|Court|Ct|Row|Terrace|Place|Square|Gardens|Grove|Crescent|Walk|Mews|Rise|Hill|Park|View|Green|Parade"
_STREET = re.compile(
    rf"(?<![\w/])(?:[Ff]lat\s\w{{1,3}},?\s)?\d{{1,4}}[a-zA-Z]?,?\s(?:[A-Z][\w’'-]*\s){{1,3}}(?:{_ENDS})\b"
    r"|(?<![\w/])\d{1,4}[a-z]?,?\s(?:[a-z’'-]+\s){1,2}(?:street|road|rd|lane|avenue|ave|terrace|crescent)\b"
)


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
    for match in _DESCRIBED.finditer(text):
        words = match[0]
        yield Told(
            words=words,
            start=match.start(),
            why="somebody described and not named",
            same=" ".join(words.casefold().replace("’", "'").split()),
        )
    for match in _REFUGE.finditer(text):
        yield Told(
            words=match[0],
            start=match.start(),
            why="may tell where somebody is safe",
            same=match[0].casefold(),
        )


def numbered(text: str) -> Iterator[Told]:
    """Numbers, e-mail addresses, plates and addresses, each place once."""
    taken: list[tuple[int, int]] = []
    for pattern, why in (
        (EMAIL, "an e-mail address"),
        (_STREET, "an address"),
        (POSTCODE, "a postcode"),
        (UPN, "a pupil number"),
        (_INSURANCE, "a National Insurance number"),
        (_TEN, "an NHS number"),
        (PHONE, "a telephone number"),
        (_PLATE, "the plate of a car"),
        (_LONG, "a number"),
    ):
        for match in pattern.finditer(text):
            if pattern is _TEN and not is_health_number(match[0]):
                continue
            start, end = match.span()
            if any(left < end and start < right for left, right in taken):
                continue
            taken.append((start, end))
            words = match[0].strip()
            same = re.sub(r"[\W_]", "", words.casefold())
            if pattern is PHONE:
                same = re.sub(r"^(?:0044|44)0?", "0", same)
            yield Told(words=words, start=start, why=why, same=same)
