"""Kin told of in passing, once the people of a text are known: whose mother a man's partner is,
which children are girls, a brother or sister who stands only in a pair of names."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.labels import Subject
from triage.intake.passing import not_about
from triage.intake.people import is_name_word, settle_case
from triage.intake.pieces import Piece
from triage.intake.prose_cues import NAME, SEX

_PAIR = re.compile(
    rf"\b(?P<lead>(?:nan|nana|gran\w*|mum|mam|mother|dad|father|aunt\w*|uncle|parents?|carer) (?:to|of)|children|kids|siblings|brothers|sisters|sons|daughters|pupils|[Rr]e:?|about|for) "
    rf"(?P<one>{NAME}) (?:and|&) (?P<two>{NAME})(?: (?P<family>{NAME}))?"
)
_GIRLS = re.compile(
    rf"\b(?P<who>daughters|sons|nieces|nephews|granddaughters|grandsons|girls|boys|brothers|sisters),? (?P<names>{NAME}[^;:\n]{{0,60}}? and {NAME})"
)
_OLD = re.compile(
    r"(?i)\b(?:this|the|an?|our|my) (?:\w+ )?[\w-]{1,12}[\s-](?:years?|months?|weeks?|days?|yr|mth)[\s-]old (?:\w+ )?(?P<who>boy|girl)\b"
    r"|\b(?:a |this |our )?(?:year|yr) \d{1,2} (?P<pupil>boy|girl)\b"
)
_OWN = re.compile(
    r"\b(?P<who>[Hh]er|[Hh]is) (?:\w+ ){0,2}(?P<kin>sons?|daughters?|child|children|kids|baby|boys?|girls?|twins)\b"
)
_CALLED = re.compile(
    rf"\b(?:[Ll]ady|[Ww]oman|[Mm]an|[Mm]ale|[Ff]emale|[Gg]uy|[Bb]loke) (?:called|named|known as) (?P<name>{NAME}(?: {NAME})?)"
)
_UNNAMED = re.compile(
    r"(?:^|[.:;\n] ?)(?:The )?(?P<who>Boy|Girl|Younger one|Older one) is (?:a |only a |still a )?(?P<age>toddler|baby|newborn|infant|teenager)\b"
)


def settle_kin(got: Gathered, pieces: list[Piece], *, letter: bool) -> None:
    """Add what the text says in passing of the kin of those already known."""
    for piece in pieces:
        if letter:
            not_about(got, piece)
            _pairs(got, piece)
            _strangers(got, piece)
            _couples(got, piece)
        if letter:
            _ages(got, piece)
        _sexes(got, piece)
        _parents(got, piece)


def _kids(got: Gathered) -> dict[str, Person]:
    return {
        kid.value("given").split()[0]: kid for kid in got.of(Subject.CHILD) if kid.value("given")
    }


def _pairs(got: Gathered, piece: Piece) -> None:
    """ "I am nan to Ada and Bo Fenn" where Bo is known for a child: Ada is one too."""
    for match in _PAIR.finditer(piece.text):
        kids = _kids(got)
        known = [match[one] in kids for one in ("one", "two")]
        if sum(known) != 1 or not (is_name_word(match["one"]) and is_name_word(match["two"])):
            continue
        name = piece.of(match, "two" if known[0] else "one")
        if any(name.text in p.value("name").split() for p in got.of(Subject.ADULT)):
            continue
        child = Person(Subject.CHILD, ("prose", name.start))
        child.put("given", Reading(settle_case(name.text), (name,), "letter"))
        got.people.append(child)


def _strangers(got: Gathered, piece: Piece) -> None:
    """A grown person or a child of whom a caller knows hardly more than that they are there."""
    for match in _CALLED.finditer(piece.text):
        name = piece.of(match, "name")
        held = {word for p in got.people for f in ("name", "given") for word in p.value(f).split()}
        if is_name_word(name.text) and name.text.split()[0] not in held:
            person = Person(Subject.ADULT, ("prose", name.start))
            person.put("name", Reading(settle_case(name.text), (name,), "letter"))
            got.people.append(person)
    for match in _UNNAMED.finditer(piece.text) if got.of(Subject.CHILD) else ():
        child = Person(Subject.CHILD, ("unnamed", piece.start + match.start()))
        age = piece.of(match, "age")
        child.put("age", Reading(age.text, (age,), "letter"))
        if sex := SEX.get(match["who"], ""):
            child.put("sex", Reading(sex, (piece.of(match, "who"),), "letter"))
        got.people.append(child)


_MR = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss) (?P<family>{NAME}) \((?P<first>{NAME})\)")
_COUPLE = re.compile(rf"\b(?:Mr|Mrs) (?:and|&) (?:Mrs|Mr|Ms) (?P<family>{NAME})")


def _couples(got: Gathered, piece: Piece) -> None:
    """ "Mr Fenn (Bo)" of the Mr & Mrs Fenn that a letter is about."""
    families = {match["family"] for match in _COUPLE.finditer(piece.text)} | {
        kid.value("family") for kid in got.of(Subject.CHILD)
    }
    for match in _MR.finditer(piece.text):
        first = match["first"]
        if match["family"] not in families or any(
            first in p.value("name").split() for p in got.of(Subject.ADULT)
        ):
            continue
        pieces = (piece.of(match, "first"), piece.of(match, "family"))
        person = Person(Subject.ADULT, ("prose", pieces[0].start))
        person.put("name", Reading(f"{first} {match['family']}", pieces, "letter"))
        got.people.append(person)


_MUST_BE = r"(?: is| must be| looks| looks about| would be|['’]s|,)? (?P<age>(?:about |maybe )?\d{1,2}(?: or \d{1,2})?)(?=[.,;)]|$| and\b| or so)"


def _ages(got: Gathered, piece: Piece) -> None:
    """ "Bo must be 8 or 9 and Ada 5", of children whose ages nothing else tells."""
    for given, kid in _kids(got).items():
        if {"dob", "age", "edd"} & kid.facts.keys():
            continue
        match = re.search(rf"\b{re.escape(given)}{_MUST_BE}", piece.text)
        if match is not None and max(map(int, re.findall(r"\d+", match["age"]))) < 18:
            age = piece.of(match, "age")
            kid.put("age", Reading(age.text, (age,), "letter"))


def _sexes(got: Gathered, piece: Piece) -> None:
    kids = _kids(got)
    for match in _GIRLS.finditer(piece.text):
        sex = SEX.get(match["who"].removesuffix("s"), "")
        for word in re.findall(NAME, match["names"]):
            if sex and word in kids:
                kids[word].put("sex", Reading(sex, (piece.of(match, "who"),), "letter"))
    every = got.of(Subject.CHILD)
    if len(every) == 1 and not every[0].unborn and (old := _OLD.search(piece.text)):
        every[0].put(
            "sex", Reading(SEX[(old["who"] or old["pupil"]).lower()], (piece.of(old),), "letter")
        )


def sex_of_subject(got: Gathered, subject: str) -> None:
    """The sex that a message's subject gives its only child ("Referral, Year 4 girl")."""
    kids = got.of(Subject.CHILD)
    told = set(re.findall(r"(?i)\b(?:boy|girl)\b", subject))
    if len(kids) == 1 and len(told) == 1 and not kids[0].unborn:
        kids[0].put("sex", Reading(SEX[told.pop().lower()], (), "subject"))


def _parents(got: Gathered, piece: Piece) -> None:
    """A man's partner of whom "her son Bo" is said next is Bo's mother; so with "his daughter"."""
    kids = _kids(got)
    adults = got.of(Subject.ADULT)
    held = {p.value("relationship") for p in adults}
    for adult in adults:
        words = adult.value("name")
        if not words or adult.value("relationship") not in {"", "partner", "wife", "husband"}:
            continue
        for at in re.finditer(rf"\b{re.escape(words)}\b", piece.text):
            rest = piece.text[at.end() : at.end() + 160]
            own = _OWN.search(rest)
            if own is None:
                continue
            relation = "mother" if own["who"].lower() == "her" else "father"
            told = re.match(rf",? (?:is |called |named |are )?(?P<name>{NAME})", rest[own.end() :])
            between = rest[: own.start()]
            other = any(
                p is not adult and p.value("name").split()[0] in between
                for p in adults
                if p.value("name")
            )
            if told and told["name"] in kids and not other and relation not in held:
                adult.facts["relationship"] = Reading(
                    relation, (piece.cut(at.start(), at.end()),), "letter"
                )
                held.add(relation)
                break
