"""A value that names several people, parted into one piece each."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.labels import relation_in
from triage.intake.people import is_organisation, name_runs
from triage.intake.pieces import Piece

RELATED = (
    "mum|mam|mother|dad|father|step-?mum|step-?dad|stepmother|stepfather|partner|boyfriend"
    "|girlfriend|husband|wife|nan|gran|grandma|grandmother|grandad|grandfather|aunt|auntie|uncle"
    "|brother|sister|cousin|lodger"
)


_DATED = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")


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
    if (
        len(parts := value.split(re.compile(r"\s{3,}(?=[A-Z\d])"))) > 1
        and "\n" not in words.strip()
    ):
        return parts
    dated = re.compile(r"(?<=\d)\s?,\s*(?=[A-Z][\w’'-]+ )")
    if len(_DATED.findall(words)) > 1 and "\n" not in words.strip() and dated.search(words):
        return value.split(dated)  # "Nina Holm - 01/02/2018, Petr Holm - 05/06/2021"
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
    elif re.match(r"\s*\d[.)]\s", words):
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


_KIN = re.compile(
    rf"(?i)\b(?P<kin>(?:(?:half|step|younger|older|little|big|elder|baby|twin|maternal|paternal)[\s-])*(?:{RELATED}|sibling|son|daughter|child|children|kid|niece|nephew|grandson|granddaughter)(?:['’]s (?:partner|boyfriend|girlfriend|husband|wife))?(?P<many>s?))\b"
)
_JOINS = re.compile(r"(?i)(?:\s*\([^()]{0,40}\))?[\s,;&]*(?:and|also)?[\s,]*$")
_TOLD = re.compile(
    r"\s?\([^()]{1,60}\)|,? (?:(?:who is )?aged? )?\d{1,2}(?=[\s,;.)]|$)(?! [A-Z])"
    r"|,? (?:dob|d\.o\.b\.?|born)[:\s]+\d[\w/. -]{4,16}\d(?=[\s,;.)]|$)"
)
_STRANGER = re.compile(
    r"(?i)\b(?:an?|another|the) (?:man|woman|lady|bloke|guy) (?:called|named)\s$"
)
_GROWN = re.compile(r"\s?\((?:aged? )?[2-8]\d\)")


def kin_list(value: Piece) -> list[tuple[Piece, str]]:
    """People named one after another with what each is ("mum, Ada Fenn, and two brothers, Rhys (10)
    and Macsen (6)"): each with the word for what they are; nothing where it is no such list."""
    words = value.text
    runs = [run for run in name_runs(value) if not is_organisation(run.text)]
    if len(runs) < 2 or "\n" in words.strip() or len(words) > 300 or re.search(r"[.!?:]\s", words):
        return []
    out: list[tuple[Piece, str]] = []
    held, many, at = "", False, 0
    for run in runs:
        start = run.start - value.start
        lead = words[at:start]
        said = list(_KIN.finditer(lead))
        if said:
            held, many = said[-1]["kin"].removesuffix("s"), bool(said[-1]["many"])
            if held.casefold().endswith("children"):
                held, many = "child", True
        elif _STRANGER.search(lead):
            held, many = "", False  # "their mum Ada and a man called Bo"
        elif not out and not lead.strip() and _GROWN.match(words, run.end - value.start):
            held, many = "", False  # "Ada Fenn (32), son Bo Fenn"
        elif not (many and _JOINS.fullmatch(lead)):
            return []
        end = run.end - value.start
        more = _TOLD.match(words, end)
        at = more.end() if more else end
        out.append((value.cut(start, at), held))
    return out
