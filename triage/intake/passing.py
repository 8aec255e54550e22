"""What a letter says of people in passing: that a child is a girl, that a woman expects, whose
son somebody is, who holds the tenancy."""

from __future__ import annotations

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it
import re
from collections.abc import Callable

from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.labels import Subject
from triage.intake.people import name_runs, settle_case
from triage.intake.pieces import Piece
from triage.intake.prose_cues import NAME, SEX

_A_BOY = re.compile(
    r"(?i)\b(?:an?|our|the|this) (?:\w+ ){0,2}(?P<who>boy|girl)\b[^.;:\n]{0,30}, (?:called |named )?$"
)
_KIN = re.compile(
    r"(?i)\b(?:his|her|their|my|younger|older|little|big|baby|twin|eldest|youngest|elder|middle|only) (?P<who>brother|sister|son|daughter|nephew|niece|grandson|granddaughter)[\s,]{1,2}$"
)
_TITLE = re.compile(r"(?:^|[\s:(])(?P<who>Miss|Master)\.? $")
_BRACKET = re.compile(r"(?i)^\s?\((?P<who>girl|boy|female|male)\)")
_SEXES = SEX | {"miss": "F", "master": "M", "female": "F", "male": "M"}
_EXPECTS = re.compile(
    r"(?i)^(?:\s?\([^()]{0,40}\))?,? (?:who )?is (?:currently |now )?(?:\d{1,2}(?:\+\d)? weeks|pregnant|expecting)\b"
)
_OWN_CHILD = re.compile(r"\b(?P<who>[Hh]is|[Hh]er) (?:\w+ )?(?:son|daughter)[\s,]")
_TENANT = re.compile(
    rf"\b[Tt]enants?(?: is| are|:|,)? (?:(?:Mr|Mrs|Ms|Miss)\.? )?(?P<name>{NAME} {NAME}(?:-{NAME})?)\b"
)
EXAMPLE = re.compile(r"(?i)\b(?:for example|for instance|e\.g\.?)[^.\n]{0,70}$")
ALIAS_BEFORE = re.compile(
    r"(?i)(?:\b(?:goes by|known (?:as|by)|nicknamed|calls (?:herself|himself|themselves)|likes to be called)|\ba\.?k\.?a\.?)\s[“\"'‘]?$"
)


def sex_beside(before: str, after: str) -> str:
    """The sex that the words about a child's name give it, or ""."""
    for cue, words in ((_A_BOY, before), (_KIN, before), (_TITLE, before), (_BRACKET, after)):
        match = cue.search(words)
        if match is not None:
            return _SEXES[match["who"].casefold()]
    return ""


def note_sexes(got: Gathered, sexes: dict[str, tuple[str, Piece]]) -> None:
    """Give the children the sex that was told with their first names."""
    for child in got.of(Subject.CHILD):
        first = child.value("given").casefold().split()[:1]
        if first and first[0] in sexes and not child.unborn:
            sex, piece = sexes[first[0]]
            child.put("sex", Reading(sex, (piece,), "letter"))


def parent_in(piece: Piece, end: int, after: str) -> str:
    """Mother or father, where a grown person is said to expect a baby or to have a child with
    them and nobody else is named between."""
    if _EXPECTS.match(after):
        return "mother"
    rest = piece.cut(end, end + 200)
    own = _OWN_CHILD.search(rest.text)
    if own is None or name_runs(rest.cut(0, own.start())):
        return ""
    return "mother" if own["who"].casefold() == "her" else "father"


_EXPECTING = re.compile(
    r"(?i)\b(?:pregnan\w+|gestation|antenatal|\d{1,2}(?:\+\d)?\s?(?:/\s?40|weeks)|e\.?d\.?d\b|expected date|midwi\w+)\b"
)


def mother_of_unborn(got: Gathered, piece: Piece) -> None:
    """The one woman of a letter about an unborn child is its mother, where "she" follows her name."""
    adults = got.of(Subject.ADULT)
    open_ = [one for one in adults if not one.value("relationship")]
    if not any(kid.unborn for kid in got.of(Subject.CHILD)) or len(open_) != 1:
        return
    if any(one.value("relationship") == "mother" for one in adults):
        return
    name = open_[0].facts.get("name")
    if name is None or not name.pieces or name.pieces[0].sheet is not piece.sheet:
        return
    at = name.pieces[0].end - piece.start
    told = re.search(r"\b(?P<she>[Ss]he|[Hh]er|[Hh]e|[Hh]is)\b", piece.text[max(at, 0) :])
    if (
        (at >= 0 or re.search(rf"\b{re.escape(name.value.split()[0])}\b", piece.text))
        and told
        and told["she"].casefold() in {"she", "her"}
        and _EXPECTING.search(piece.text)
    ):
        open_[0].put("relationship", Reading("mother", name.pieces, "letter"))


_ELDERS = re.compile(
    rf"\b[Gg]randparents(?: are| named|,|:)? (?:Mr )?(?P<one>{NAME}) (?:and|&) (?:Mrs )?(?P<two>{NAME}) (?P<family>{NAME}(?:-{NAME})?)"
)
_NOT_OF = re.compile(rf"(?i:\b(?:is not|isn[’']t|not)\b) about (?P<name>{NAME})")


def grandparents(got: Gathered, piece: Piece, known: Callable[[str], Person | None]) -> None:
    """ "His grandparents, Bo and Ada Fenn": two adults, of whom it is not said which is which."""
    for match in _ELDERS.finditer(piece.text):
        for who in ("one", "two"):
            name = f"{match[who]} {match['family']}"
            if known(name) is None:
                pieces = (piece.of(match, who), piece.of(match, "family"))
                person = Person(Subject.ADULT, ("prose", pieces[0].start))
                person.put("name", Reading(name, pieces, "letter"))
                person.put("relationship", Reading("grandparent", (piece.of(match),), "letter"))
                got.people.append(person)


def not_about(got: Gathered, piece: Piece) -> None:
    """Leave out one of whom the letter says outright that it is not about them."""
    for match in _NOT_OF.finditer(piece.text):
        others = [
            p for p in got.of(Subject.CHILD) if p.value("given").split()[:1] != [match["name"]]
        ]
        if others:
            got.people[:] = [p for p in got.people if p.subject is not Subject.CHILD or p in others]


def tenants(got: Gathered, piece: Piece) -> list[Piece]:
    """The names of those who hold the home ("The tenant is Gloria Pettifer")."""
    return [piece.of(match, "name") for match in _TENANT.finditer(piece.text)]


def as_adult(name: Piece) -> Reading:
    """An adult's name as it is kept."""
    return Reading(settle_case(name.text), (name,), "letter")
