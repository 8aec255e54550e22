"""A value that names several people, parted into one piece each."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.labels import relation_in
from triage.intake.pieces import Piece

RELATED = (
    "mum|mam|mother|dad|father|step-?mum|step-?dad|stepmother|stepfather|partner|boyfriend"
    "|girlfriend|husband|wife|nan|gran|grandma|grandmother|grandad|grandfather|aunt|auntie|uncle"
    "|brother|sister|cousin|lodger"
)


def split_people(value: Piece) -> list[Piece]:
    """A list of people in one value, one piece each."""
    words = value.text
    relations = re.findall(rf"(?i)\b(?:{RELATED})\b", words)
    if len(relations) > 1 and "\n" not in words.strip() and "(" not in words:
        parts = value.split(
            re.compile(
                rf"(?:\s*[,;&]\s*(?:and\s)?|\sand\s)(?=(?:(?:her|his|their|the|new|step)\s){{0,2}}(?:{RELATED})\b(?!['’]s))",
                re.I,
            )
        )
        if len(parts) > 1:
            return parts
    if "\n" in words.strip():
        bits = value.split(re.compile(r"\n+"))
    elif ";" in words:
        bits = value.split(re.compile(r";"))
    elif len(re.findall(r"\([^)]*\)", words)) > 1:
        bits = value.split(
            re.compile(
                r"(?<=\))\s*(?:,|&|\band\b|\s)\s*(?=(?:(?:her|his|their|my)\s(?:\w+\s)?)?[A-Z\d])"
            )
        )
    elif re.search(r"\d[.)]\s", words):
        bits = value.split(re.compile(r"(?:^|\s)(?=\d{1,2}[.)]\s)"))
    else:
        bits = [value]
    out: list[Piece] = []
    for bit in bits:
        parts = (
            bit.split(re.compile(r"\s(?:&|and)\s(?=(?:[A-Z][\w’'-]+ ?){1,3}(?:$|[,(\s]))"))
            if len(bits) == 1 and not re.search(r"\d", bit.text)
            else [bit]
        )
        names = bit.split(re.compile(r",\s*"))
        if (
            len(bits) == 1
            and len(names) > 1
            and all(
                re.fullmatch(
                    r"(?:(?:and )?[^\W\d_][\w’'-]+ ?){1,4}(?:\(?\d{1,2}\)?)?(?: (?:and|&) [^\W\d_][\w’'-]+.*)?",
                    n.text.strip(),
                )
                for n in names
            )
            and all(n.text[:1].isupper() for n in names)
            and not any(relation_in(n.text) or n.text.isupper() for n in names)
        ):
            parts = [p for n in names for p in n.split(re.compile(r"\s(?:&|and)\s"))]
        out.extend(parts)
    return out
