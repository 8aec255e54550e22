"""What a child said, word for word: quoted where the child is surely the one who speaks.

Reported speech ("she said that it hurt") is not a quotation. Where "she" may be the mother as
well as the daughter, nothing is taken.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.choices import is_blank
from triage.intake.gathered import Gathered, Reading
from triage.intake.labels import Subject
from triage.intake.pieces import Piece

_QUOTE = re.compile(
    r"“(?P<a>[^“”\n]{2,400})”|\"(?P<b>[^\"\n]{2,400})\"|‘(?P<c>[^‘\n]{2,400}?)’(?![\w])|(?<![\w])'(?P<d>[^\n]{2,400}?)'(?!\w)"
)
_VERB = r"(?:said|says|saying|say|told|tells|telling|stated|states|replied|disclosed|asked|whispered|shouted|screamed|cried|wrote|answered|added|explained|repeated|responded|announced|used the words|words were|commented|drew a picture and said)"
_CHILD = r"(?:the (?:child|pupil|boy|girl|young person|student|little (?:one|boy|girl)|toddler|baby|teenager)|child|pupil|yp|(?:her|his|their|my|the)(?: \w+){0,2} (?:son|daughter|grandson|granddaughter|nephew|niece))"
_ADULTS = re.compile(
    r"(?i)\b(?:mum|mam|mom|mother|dad|daddy|mummy|father|parents?|nan|gran|grandma|grandmother|grandad|grandfather|aunt\w*|uncle|partner|boyfriend|girlfriend|carer|step\w+|neighbour|teacher|officer|nurse|doctor|mr|mrs|ms|miss|dr|pc)\b"
)
_LABEL_WORDS = re.compile(
    r"(?i)\b(?:own|exact|actual|actually|precise) words\b|\bverbatim\b|\bchild(?:ren)?['’]?s? words\b|\bwords (?:used|of the child)\b"
)
_LABEL_SAID = re.compile(
    r"(?i)\b(?:child|children|young person|pupil|they|he|she|voice|view|views|wishes|disclos\w+)\b.{0,40}\b(?:sa(?:id|y|ys|ying)|told|disclos\w+|words|child|person|feelings|wishes|views)\b|\bvoice of\b|\bdisclosure\b"
)
_FIRST_PERSON = re.compile(r"(?i)\b(?:I|I['’]m|me|my|we)\b")


def note_voices(got: Gathered, pieces: list[Piece]) -> None:
    """Keep what children are quoted as saying in running text."""
    names = _names(got)
    for piece in pieces:
        _in_prose(got, piece, names)


def say_labelled(got: Gathered, label: str, value: Piece) -> None:
    """Keep a child's words from a field that asks for them; quotations where it has any."""
    if not (_LABEL_WORDS.search(label) or _LABEL_SAID.search(label)) or is_blank(value.text):
        return
    if re.search(r"(?i)\b(?:parents?|mother|father|adult|carer|you|caller|professional)\b", label):
        return
    if _ADULTS.search(value.text) is None or _LABEL_WORDS.search(label):
        quotes = list(_QUOTE.finditer(value.text[:5000]))
        if quotes:
            for quote in quotes:
                _keep(got, _inside(value, quote), label)
            return
        if _LABEL_WORDS.search(label) or _FIRST_PERSON.search(value.text[:200]):
            _keep(got, value, label)
        return
    _in_prose(got, value, _names(got), asked=True)


def _names(got: Gathered) -> str:
    given = {
        re.escape(p.value("given").split()[0])
        for p in got.of(Subject.CHILD)
        if p.value("given") and len(p.value("given").split()[0]) > 1
    }
    return "|".join(sorted(given, key=len, reverse=True))


def _in_prose(got: Gathered, piece: Piece, names: str, *, asked: bool = False) -> None:
    words = piece.text[:120_000]
    if not any(mark in words for mark in "“\"‘'"):
        return  # most passages quote nobody: no pattern is made for them
    who = rf"(?:{names}|(?i:{_CHILD}))" if names else f"(?i:{_CHILD})"
    speaks = re.compile(
        rf"(?<!\w)(?:(?P<who>{who})(?:,? who)?|(?P<pro>\b(?i:he|she|they)))\s(?:(?:then|also|just|only|has|had|later|quietly|has also|had also|suddenly)\s){{0,2}}{_VERB}\b(?![^\"“”‘.?!]*\b(?:mum|mother|dad|father|nan|she|he|they) {_VERB}\b)(?:\s(?!(?:has|is|was|are|were|had|will|would|does|did|called|named|an?|about|of)\b)[\w’'-]+){{0,6}}[\s,:–-]{{0,3}}$"
    )
    after = re.compile(
        rf"^[,.]?\s?(?:(?i:said|says|whispered|replied) (?:{who})|(?:{who}) (?i:{_VERB}))\b"
    )
    for count, quote in enumerate(_QUOTE.finditer(words)):
        if count > 200:
            return
        before = " ".join(words[max(0, quote.start() - 160) : quote.start()].split())
        tail = words[quote.end() : quote.end() + 60]
        # an apostrophe that opens nothing ("the boys' room") leaves no speaker before it
        match = speaks.search(before + (" " if before else ""))
        sure = bool(match and (match["who"] or _is_child(before, match.start(), names, asked)))
        if sure or after.match(" ".join(tail.split()) if tail[:1].strip() else " " + tail.strip()):
            _keep(got, _inside(piece, quote), "letter")


def _is_child(before: str, at: int, names: str, asked: bool) -> bool:
    """True when "she" can only be the child: named just before, with no adult beside."""
    lead = before[:at]
    if asked and not _ADULTS.search(lead):
        return True
    cue = rf"(?<!\w)(?:{names})(?!\w)" if names else f"(?i:{_CHILD})"
    mentions = list(re.finditer(cue, lead))
    if not mentions or _ADULTS.search(lead[max(0, mentions[-1].start() - 60) :]):
        return False
    return not re.search(r"\b(?!I\b)[A-Z][a-z]+ [A-Z][a-z]+", lead[mentions[-1].end() :])


def _inside(piece: Piece, quote: re.Match[str]) -> Piece:
    group = next(name for name in "abcd" if quote[name])
    return piece.of(quote, group).strip(" ,")


def _keep(got: Gathered, said: Piece, label: str) -> None:
    held = " ".join(said.text.split()).strip("“”\"‘’' ")
    if len(held) < 2 or not re.search(r"[^\W\d_]", held):
        return
    if any(held.casefold() == reading.value.casefold() for reading in got.voices):
        return
    if len(got.voices) < 12:
        got.voices.append(Reading(held, (said,), label))
