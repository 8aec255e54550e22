"""Who lives in the children's home and who does not, where a file says so.

Silence is no answer: a father who is only named is neither here nor elsewhere.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.choices import yes_or_no
from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.labels import Subject
from triage.intake.pieces import Piece

_ASKS = re.compile(
    r"(?i)^\W*(?:(?:do|does|is|are|who|currently|also)\s)?(?:(?:he|she|they|this person|adult|child|the child|person|parent|carer)\s)?(?:currently |also |normally )?"
    r"(?:lives?|living|resides?|residing|resident|stays?|in|same|part of)\s(?:with (?:the )?(?:child|children|family|subject)(?:ren)?|(?:at|in) (?:the |this |same |family |child['’]?s? )*(?:address|household|home|house|property)|here|household|home|house|address)\b"
    r"(?:\s?(?:as (?:the )?(?:child|children|above|subject)|with (?:the )?child(?:ren)?))?[\s?:(]*(?:\(?y(?:es)?\s?[/|]\s?n(?:o)?\)?)?\W*$"
)
_HOUSEHOLD = re.compile(
    r"(?i)\b(?:household members?|members? of (?:the )?household|household composition|(?:in|of|at) (?:the|this|same|child['’]?s?|their) (?:home|household|house|address|property)|who (?:else )?lives|who do(?:es)? .{0,20}\blives? with|^\W*lives? with|who is living|living (?:in|at) (?:the |this )?(?:home|address|household|house|property))\b"
)
_APART = re.compile(
    r"(?i)\b(?:not (?:living |resident |currently )*(?:in|at|with)|outside|non[- ]?resident|elsewhere|(?:does|do|who do) not live|living apart|absent)\b"
)
_NO = r"(?:does(?: not|n['’]?t)|do(?: not|n['’]?t)|no longer|is not|isn['’]?t|has never|not currently)\s(?:currently |now |actually )?(?:lives?|lived|living|resid\w+|stay\w*)\s(?:with|at|there|here|together|in (?:the |this |that |same |family )*(?:home|house|household|address|property|flat))\b"
_AWAY = r"(?:non[- ]?resident|not resident|not (?:living )?(?:in|at) (?:the |this |family )*(?:home|household|address|house|property)|lives? (?:elsewhere|apart|separately|away|at (?:a|another|a different) |on (?:his|her|their) own)|moved out|has left the (?:home|house|property))"
_HERE = r"(?:(?:who |also |and |currently |is |still )*(?:lives?|living|resid(?:es?|ing|ent)|stays?)\s(?:also )?(?:with (?:them|the (?:family|children)|(?:the )?child|mum and|us)|(?:at|in) (?:the |this |same |family |her |his |their )*(?:home|household|house|address|property|flat)|there\b|here\b)|(?:in|at) (?:the )?(?:household|same (?:address|house|home)|family home))"
_STATES = (
    ("no", re.compile(rf"(?i)^(?:[^.;()\n,]{{0,24}}[(,–-]\s?)?[^.;()\n]{{0,24}}\b(?:{_NO}|{_AWAY})")),
    ("yes", re.compile(rf"(?i)^(?:[^.;()\n,]{{0,24}}[(,–-]\s?)?(?:\s?(?:who|also|and|currently|is|still|\w+day))?[\s,(–-]{{0,3}}{_HERE}")),
)  # fmt: skip
_WITH = re.compile(
    r"(?i)(?P<no>\b(?:not|n['’]t|no longer|used to|never) )?\b(?:lives?|living|resid(?:es?|ing)) (?:(?!with)\w+ ){0,2}with (?:both )?(?:(?:his|her|their|my|the|our) )?(?:\w+ ){0,2}?[\w’']*[,(]?\s?$"
)
_SPEAKS_OF_HOME = re.compile(r"(?i)liv(?:e|ing)|resid|stay|household|moved out|has left|same |home")
_HOW = {"mother": "mum|mam|mother", "father": "dad|father", "stepfather": "stepdad|step-?father"}


def asks_home(label: str) -> bool:
    """True for a label that asks whether somebody lives with the children."""
    return len(label) < 90 and _ASKS.match(label) is not None


def home_answer(value: str) -> str:
    """ "yes", "no", or "" for an answer to "Lives at this address?"."""
    said = yes_or_no(value)
    if said or len(value) > 60:
        return said
    if re.match(
        r"(?i)\W*(?:same(?: address| home| household)?|at home|with (?:child|mum|family|mother)|full[- ]?time)\W*$",
        value,
    ):
        return "yes"
    return (
        "no"
        if re.match(r"(?i)\W*(?:elsewhere|away|lives elsewhere|non[- ]?resident)\W*$", value)
        else ""
    )


def home_of_list(label: str) -> str:
    """ "yes" or "no" where a heading says that those under it live here, or do not."""
    if _APART.search(label):
        return (
            "no" if _HOUSEHOLD.search(label) or re.search(r"(?i)\bliv|resident|home", label) else ""
        )
    return "yes" if _HOUSEHOLD.search(label) else ""


def note_home(person: Person, told: Piece, label: str, path: tuple[str, ...]) -> None:
    """Keep where somebody in a list lives: by what stands beside the name, or the heading."""
    away = re.search(rf"(?i)\b(?:{_NO}|{_AWAY})", told.text)
    heading = label if home_of_list(label) else (path[-1] if path else "")
    said = "no" if away else home_of_list(heading)
    if said:
        person.put("home", Reading(said, (told,), heading[:120]))


def note_homes(got: Gathered, pieces: list[Piece]) -> None:
    """Keep what running text says of where each person lives."""
    pieces = [piece for piece in pieces if _SPEAKS_OF_HOME.search(piece.text[:60_000])]
    if not pieces:
        return
    for person in got.people:
        if "home" in person.facts:
            continue
        for called in _called(got, person):
            if _told(person, called, pieces):
                break


def _told(person: Person, called: str, pieces: list[Piece]) -> bool:
    for piece in pieces:
        words = piece.text[:60_000]
        for count, match in enumerate(re.finditer(called, words)):
            if count > 40:
                break
            with_them = _WITH.search(words[max(0, match.start() - 70) : match.start()])
            if with_them is not None and person.subject is Subject.ADULT:
                said = piece.cut(match.start() - len(with_them[0]), match.end())
                person.put("home", Reading("no" if with_them["no"] else "yes", (said,), "letter"))
                return True
            tail = " ".join(words[match.end() : match.end() + 110].split(" "))
            for state, cue in _STATES:
                found = cue.match(tail)
                if found and not re.search(r"\b(?:and|but|with)\s+[A-Z]", found[0][:-4]):
                    said = piece.cut(match.start(), match.end() + found.end())
                    person.put("home", Reading(state, (said,), "letter"))
                    return True
    return False


def _called(got: Gathered, person: Person) -> list[str]:
    name = person.value("name") or " ".join(
        filter(None, (person.value("given"), person.value("family")))
    )
    out = []
    if name and len(name) > 2:
        out.append(rf"(?<!\w){re.escape(name)}(?![\w’'])")
    relation = person.value("relationship")
    alone = sum(p.value("relationship") == relation for p in got.people) == 1
    if person.subject is Subject.ADULT and alone and relation in _HOW:
        out.append(rf"(?i:\b(?:{_HOW[relation]})\b)(?![’'\w])")
    return out
