"""Children as somebody tells of them in an answer: "Two girls. Ada who is about 7 and Bo, 4 I think".

Only names that an age follows are taken, and only where the answer is told in words, not set out.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.gathered import Person, Reading
from triage.intake.labels import Subject
from triage.intake.people import name_runs, settle_case
from triage.intake.pieces import Piece
from triage.intake.prose_cues import NAME, SEX
from triage.intake.siblings import AGE, years_in

_IN_WORDS = re.compile(
    r"(?i)\b(?:i think|who is|who['’]?s|called|named|surname|is about|maybe|don['’]?t know)\b"
)
_AGED = re.compile(
    rf"(?i),?\s?\(?(?:(?:who|she|he)(?: is|['’]?s)\s|is\s|aged\s)?(?P<age>(?:maybe |probably |perhaps )?{AGE})(?=\s?(?:[,.;)]|$|\n|and\b|i think|or so|ish))"
)
_SURNAME = re.compile(
    rf"(?i)\b(?:surname|last name|family name)(?: is| might be| may be|:)? (?P<name>(?-i:{NAME}))"
)
_ALL = re.compile(r"(?i)\b(?P<who>sisters|girls|brothers|boys|lads|sons|daughters)\b")
_ONE_OF = re.compile(
    r"(?i)\b(?P<who>girl|boy|sister|brother|lad|son|daughter)(?: is| called| named|,)?\s*$"
)


def told_children(value: Piece) -> list[Person]:
    """Two children or more, each with the age that follows the name; none where it is not so."""
    words = value.text
    if len(words) > 600 or not _IN_WORDS.search(words):
        return []
    family = _SURNAME.search(words)
    group = _ALL.search(words)
    both = SEX.get(group["who"].lower().removesuffix("s"), "") if group else ""
    out: list[Person] = []
    for run in name_runs(value):
        end = run.end - value.start
        match = _AGED.match(words, end)
        if (
            match is None
            or (years_in(match["age"]) or 0) > 17
            or (family and run.text == family["name"])
        ):
            continue
        child = Person(Subject.CHILD, ("told", run.start))
        first, *rest = run.text.split()
        given = run.cut(0, len(first)) if rest else run
        child.put("given", Reading(settle_case(given.text), (given,), "told"))
        if rest:
            child.put(
                "family", Reading(settle_case(" ".join(rest)), (run.cut(len(first) + 1),), "told")
            )
        elif family:
            name = value.of(family, "name")
            note = "The referrer was not sure of this."
            child.put("family", Reading(settle_case(name.text), (name,), "told", note))
        age = value.of(match, "age").strip()
        child.put("age", Reading(age.text, (age,), "told"))
        alone = _ONE_OF.search(words[: run.start - value.start])
        sex = SEX.get(alone["who"].lower(), "") if alone else both
        child.put("sex", Reading(sex, (run,), "told"))
        out.append(child)
    return out if len(out) > 1 else []
