"""The family name of children whom a letter calls by first names only, where it is said outright.

"Leah and Jake Haskew", "the Haskew children": nothing is taken from a mother's name alone.
"""

from __future__ import annotations

import re

from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.labels import Subject
from triage.intake.people import is_name_word, is_organisation, settle_case
from triage.intake.pieces import Piece
from triage.intake.prose_cues import NAME

_LIST = re.compile(
    rf"(?<![\w’'-])(?P<firsts>{NAME}(?:, {NAME}){{0,5}},? (?:and|&) {NAME}) (?P<family>{NAME})"
)
_GROUP = re.compile(
    rf"\b(?P<family>{NAME}) (?i:children|siblings|kids|brothers|sisters|twins|boys|girls"
    r"|family|household)\b"
)


def share_family_name(got: Gathered, pieces: list[Piece], subject: str = "") -> None:
    """Give children without a family name the one that the letter says is theirs."""
    bare = [kid for kid in got.of(Subject.CHILD) if kid.facts.get("given") and not _named(kid)]
    if not bare:
        return
    givens = {kid.value("given").casefold(): kid for kid in got.of(Subject.CHILD)}
    for piece in pieces:
        for match in _LIST.finditer(piece.text):
            firsts = re.split(r", (?:and )?| and | & ", match["firsts"])
            kids = [givens.get(first.casefold()) for first in firsts]
            if is_name_word(match["family"]) and all(kids):
                family = piece.of(match, "family")
                for kid in kids:
                    if kid is not None:
                        _put(kid, family)
    bare = [kid for kid in bare if not _named(kid)]
    if not bare or any(_named(kid) for kid in got.of(Subject.CHILD)):
        return
    known = {
        word
        for person in got.of(Subject.ADULT)
        for word in person.value("name").casefold().split()[1:]
    }
    for piece in pieces:
        for match in _GROUP.finditer(piece.text):
            name = match["family"]
            group = match[0].rsplit(" ", 1)[-1].casefold()
            sure = group not in {"family", "household"} or name.casefold() in known
            before = piece.text[max(0, match.start() - 24) : match.start()]
            if (
                sure
                and is_name_word(name)
                and name.casefold() not in givens
                and not is_organisation(before + name)
                and not re.search(r"[A-Z][\w’'-]+ $", before.replace("The ", "the "))
            ):
                for kid in bare:
                    _put(kid, piece.of(match, "family"))
                return
    title = re.search(
        rf"(?:^|[:,–-] ?|\bthe |\bfor |\bof )(?P<family>{NAME}) (?i:children|siblings|kids|brothers"
        r"|sisters|twins|family)\b",
        subject,
    )
    if title and is_name_word(title["family"]) and title["family"].casefold() in known:
        for kid in bare:
            kid.put("family", Reading(settle_case(title["family"]), (), "subject"))


def _named(kid: Person) -> bool:
    return bool(kid.value("family"))


def _put(kid: Person, family: Piece) -> None:
    kid.put("family", Reading(settle_case(family.text), (family,), "letter"))
