"""Children told of together, or without a name, and ages written as words.

"Her brothers Finn and Cole Hadley, 5 and 2" are two children; "a baby girl of about ten months"
is one without a name, kept only where the letter names no child.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.labels import Subject
from triage.intake.people import is_name_word, name_runs, settle_case
from triage.intake.pieces import Piece
from triage.intake.prose_cues import NAME, SEX

_WORDS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
]
_UNIT = r"(?:years?|yrs?|months?|mths?|weeks?|wks?|days?)"
NUMBER = (
    rf"(?:\d{{1,2}}(?:\s?½)?|(?:{'|'.join(_WORDS)})(?: and a half)?)(?: or (?:{'|'.join(_WORDS)}))?"
)
AGE = rf"(?:(?:about|around|approx\.?|approximately|nearly|almost|only|just)\s)?{NUMBER}(?:[\s-]{_UNIT}(?:[\s-]old)?)?"
WORD_AGE_AFTER = re.compile(
    rf"^\s?,?\s?\(?(?:(?:who|she|he)(?: is| was|['’]?s)|is|aged?|now)\s(?P<age>{AGE})(?=\s?(?:[,).;–-]|$|and\b|but\b|years?\b))"
    rf"|^\s(?P<soon>(?:will be|turns|is turning) {NUMBER})\b(?= (?:on|in|next|this|soon)\b|[.,;])"
    rf"|^\s(?:is|was) an? (?P<old>{NUMBER}[\s-]{_UNIT}[\s-]old)\b"
    rf"|^,? (?:and )?I(?:['’]?d| would) put (?:her|him|them) at (?P<put>{AGE})\b"
    rf"|^,? (?:and )?I(?:['’]?d| would) (?:say|think|guess) (?:she|he|they)(?: (?:is|are|was)|['’]?(?:s|re)) (?P<said>{AGE})\b"
    rf"|^,? (?:who|she|he)(?:['’]?s| is) (?P<whos>\d{{1,2}})(?=\s[a-z])(?!\s(?:years?|months?|weeks?|miles?|minutes?|hours?|stone|percent|am|pm)\b)"
    rf"|^[^.;]{{0,60}}\. I(?:['’]?d| would) (?:say|think|guess) (?:she|he) (?:is|was|looks?) (?P<guess>{AGE})\b"
    rf"|^\.\s(?:She|He)(?: is|['’]s) (?:only |just )?(?P<next>{AGE})(?=\s?[.,(])"
    rf"|^(?:\s?\([^()\n]{{0,30}}\))?\s?,\s?(?P<about>(?:about|around|nearly|almost|maybe)\s{NUMBER})(?=\s?[,.;)])"
    rf"|^\s?,?\s?\(?(?:believed|thought|said|reported|understood) to be (?P<held>{AGE})\b"
    rf"|^\s?,?\s?\(?aged?\s(?P<aged>{AGE})\b(?!\s?%)"
    rf"|^\s?[,(]\s?(?P<half>{NUMBER} and a half|{NUMBER}[\s-]{_UNIT}(?:[\s-]old)?)(?=\s?(?:[,).;]|$|\n))",
    re.I,
)
_FULL = rf"{NAME}(?: {NAME})?"
_TOGETHER = re.compile(
    rf"\b(?:(?:younger|older|little|big|baby|twin|half|step)[\s-])?(?P<who>brothers|sisters|siblings|sons|daughters|(?:grand)?children|twins|kids|nephews|nieces|grandsons|granddaughters|boys|girls),?\s(?P<names>{NAME}(?:, {NAME})*,? and (?P<last>{_FULL}(?:-{NAME})?)),? (?:\(|(?:who are |are |both |they(?: are|['’]?re) )?(?:both |only |about |aged )*)(?P<ages>{NUMBER}(?:, {NUMBER})*,? and {NUMBER}|{NUMBER}(?=\b(?:[.,;)]|$| and\b| years?\b)))\b"
)
# "two children called Zak and Mimi", "the children only as Zak, Mo and Mimi"
_CALLED = re.compile(
    rf"\b(?P<who>[Cc]hildren|[Kk]ids|[Bb]oys|[Gg]irls|[Ss]ons|[Dd]aughters|[Tt]wins|[Bb]rothers|[Ss]isters|[Ll]ittle ones)\b[^.;:\n]{{0,24}}?\b(?:called|named|known (?:only )?as|as) (?P<names>{NAME}(?:, {NAME}){{0,4}},? and {NAME})(?! {NAME})"
)
_UNNAMED = re.compile(
    rf"\ba (?:little |young |small |wee )?(?P<who>baby (?:girl|boy)|baby|toddler|boy|girl|child|lad)(?: of| aged| who (?:is|was|looks|looked))?(?:,? | in (?:the|a) [^.\n]{{2,30}} |[^.\n()]{{0,40}}\([^()\n]{{2,60}}\),? )(?P<age>(?:about |around |approximately |maybe |roughly |probably )?{NUMBER}[\s-]{_UNIT}(?: old)?)\b",
    re.I,
)
_SURNAME_SAID = re.compile(
    rf"\b(?P<name>{NAME}) is (?:her|his|their|the|my) (?:family name|surname|last name)\b"
)


ACTS = re.compile(  # what somebody named does or is, before their age is said
    r"^(?:['’]s|,? (?:who )?(?:is|was|has|lives|goes|still|also|and (?:s?he))\b)"
)
_SAID_OF = re.compile(
    rf"\b(?:s?he|they)(?:['’]?(?:s|re)| is| are| was| can only be| must be| looks)?\s(?P<age>(?:(?:only|just|about|around|nearly|maybe|roughly)\s)*{NUMBER}(?:[\s-]{_UNIT}(?:[\s-]old)?)?)"
    r"(?=\s?(?:[.,;)!]|$|and\b|but\b|now\b|goes\b|in (?:year|y)))",
    re.I,
)


def age_said(piece: Piece, end: int, *, later: bool) -> Piece | None:
    """The age said of one just named ("... and she is only 8"), before anybody else is named.

    Within 45 letters of the sentence, or with `later` also in the next one.
    """
    rest = piece.text[end : end + (200 if later else 60)]
    stop = re.search(r"[.;!?]\s" if not later else r"\n\s*\n", rest)
    rest = rest[: stop.start() + 1] if stop else rest
    match = _SAID_OF.search(rest)
    if match is None or (not later and match.start() > 45):
        return None
    between = piece.cut(end, end + match.start())
    for run in name_runs(between):
        house = piece.sheet.text[max(0, run.start - 5) : run.start]
        plain = re.search(r"\d", run.text) or run.text.isupper()  # a postcode
        if not plain and not re.search(r"\d[a-zA-Z]?\s$", house):  # a street is nobody
            return None
    if (years_in(match["age"]) or 0) > 17:
        return None
    return piece.cut(end + match.start("age"), end + match.end("age")).strip()


def years_in(age: str) -> int | None:
    """Whole years that an age gives; None when it is in months, weeks or days."""
    if re.search(r"(?i)month|mth|week|wk|day", age):
        return None
    if digits := re.search(r"\d+", age):
        return int(digits[0])
    return next((n for n, word in enumerate(_WORDS, 1) if re.search(rf"(?i)\b{word}\b", age)), None)


def listed(piece: Piece) -> Iterator[Person]:
    """Children named together with their ages in the same order."""
    for match in _TOGETHER.finditer(piece.text):
        names = [n for n in re.split(r", (?:and )?| and ", match["names"]) if n]
        ages = re.split(r", (?:and )?| and ", match["ages"])
        if len(ages) == 1 and "twin" in match[0].casefold():
            ages *= len(names)
        if len(names) != len(ages) or not all(is_name_word(n.split()[0]) for n in names):
            continue
        family = names[-1].split()[1:]
        sex = SEX.get(match["who"].lower().removesuffix("s"), "")
        at = match.start("names")
        told = match.start("ages")
        for name, age in zip(names, ages, strict=True):
            start = piece.text.index(name, at)
            at = start + len(name)
            begin = piece.text.index(age, told)
            told = begin if len(set(ages)) == 1 else begin + len(age)
            given = piece.cut(start, start + len(name.split()[0]))
            child = Person(Subject.CHILD, ("prose", given.start))
            child.put("given", Reading(settle_case(given.text), (given,), "letter"))
            if family:
                end = piece.cut(match.end("last") - len(family[0]), match.end("last"))
                child.put("family", Reading(settle_case(end.text), (end,), "letter"))
            shown = piece.cut(begin, begin + len(age))
            child.put("age", Reading(shown.text, (shown,), "letter"))
            if sex:
                child.put("sex", Reading(sex, (given,), "letter"))
            yield child


_LISTED = re.compile(
    rf"\b(?P<who>[Cc]hildren|[Kk]ids|[Bb]oys|[Gg]irls|[Ss]ons|[Dd]aughters)[,:] (?P<names>{NAME}(?:, {NAME}){{0,4}},? and (?:[Bb]aby )?{NAME})(?=[.,;]|$)"
)


def called(piece: Piece) -> Iterator[Person]:
    """Children of whom only their first names are told, together."""
    for match in (*_CALLED.finditer(piece.text), *_LISTED.finditer(piece.text)):
        at = match.start("names")
        sex = SEX.get(match["who"].casefold().removesuffix("s"), "")
        for name in re.split(r", (?:and )?(?:[Bb]aby )?| and (?:[Bb]aby )?", match["names"]):
            at = piece.text.index(name, at)
            given = piece.cut(at, at + len(name))
            at += len(name)
            if not is_name_word(name):
                continue
            child = Person(Subject.CHILD, ("prose", given.start))
            child.put("given", Reading(settle_case(name), (given,), "letter"))
            if sex:
                child.put("sex", Reading(sex, (given,), "letter"))
            yield child


_KIDS = re.compile(
    r"(?i)\b(?P<count>2|3|4|two|three|four) (?:small |little |young )?(?:kids|children|little ones|boys|girls|babies)\b"
)
_ONE_ABOUT = re.compile(r"(?i)\b(?:one|1) (?P<age>(?:about|around|maybe|looks|is) \d{1,2})\b")


def counted(got: Gathered, piece: Piece) -> None:
    """So many children without names ("2 kids on their own, one about 4"), where none was found."""
    if got.of(Subject.CHILD) or (match := _KIDS.search(piece.text)) is None:
        return
    count = {"two": 2, "three": 3, "four": 4}.get(match["count"].lower()) or int(match["count"])
    ages = [piece.of(one, "age") for one in _ONE_ABOUT.finditer(piece.text)][:count]
    sex = SEX.get(match[0].split()[-1].lower().removesuffix("s"), "")
    for number in range(count):
        child = Person(Subject.CHILD, ("counted", piece.start, number))
        child.put("counted", Reading("yes", (piece.of(match),), "letter"))
        if number < len(ages):
            child.put("age", Reading(ages[number].text, (ages[number],), "letter"))
        if sex:
            child.put("sex", Reading(sex, (piece.of(match),), "letter"))
        got.people.append(child)


def unnamed(got: Gathered, piece: Piece) -> None:
    """One child told of without a name, where no child was found at all."""
    if got.of(Subject.CHILD) or (match := _UNNAMED.search(piece.text)) is None:
        return
    if (years_in(match["age"]) or 0) > 17:
        return
    child = Person(Subject.CHILD, ("unnamed", piece.start))
    age = piece.of(match, "age")
    child.put("age", Reading(age.text, (age,), "letter"))
    word = match["who"].split()[-1].lower()
    sex = SEX.get(word, "M" if word == "lad" else "")
    child.put("sex", Reading(sex, (piece.of(match, "who"),), "letter"))
    got.people.append(child)


def surname_said(got: Gathered, piece: Piece) -> None:
    """ "Chen is her family name": the name as the letter itself explains it."""
    for match in _SURNAME_SAID.finditer(piece.text):
        for child in got.of(Subject.CHILD):
            given, family = child.facts.get("given"), child.facts.get("family")
            if given and family and given.value == match["name"] != family.value:
                child.facts["given"], child.facts["family"] = family, given
