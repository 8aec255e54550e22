"""Running text of letters and forms: people, cues and the concern, read in one order."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from triage.domain.fact import Place
from triage.intake import siblings
from triage.intake.family_names import share_family_name
from triage.intake.gathered import Gathered
from triage.intake.homes import note_homes
from triage.intake.labels import Subject
from triage.intake.limits import Limits
from triage.intake.pieces import Piece
from triage.intake.prose import ProseReader
from triage.intake.prose_kin import settle_kin, sex_of_subject
from triage.intake.reaching import note_reaching
from triage.intake.said import hear, hear_agreement
from triage.intake.voices import note_voices

PUBLIC = re.compile(
    r"(?i)\(public\)|public[- ]concern|member of the public|report a concern"
    r"|concerned about a child"
)


def day_of(moment: datetime | None) -> date:
    """The day ages are counted on: when it was sent, else today (UTC)."""
    return (moment or datetime.now(UTC)).date()


def unused_of(got: Gathered) -> tuple[Place, ...]:
    """Passages no fact was taken from, for a person to mark; at most 500 of 2,000 letters."""
    return tuple(piece.cut(0, 2000).place() for piece in got.unused[:500] if piece)


def extra_of(got: Gathered, from_name: str, text: str) -> str:
    """Words that may tell the referrer's kind where no agency was named."""
    return f"{from_name} {text}" if not got.referrer.value("agency") else ""


def read_prose(
    got: Gathered, *, letter: list[Piece], form: bool, labelled: bool = True, subject: str = ""
) -> None:
    """Read running text: a letter fully, a form's answers only for what they surely name.

    Where children stand under labels the text names no more, unless it is a letter with hardly
    any (not `labelled`).
    """
    prose = ProseReader(got)
    most = Limits().prose_chars
    letter = [piece.cut(0, most) for piece in letter]
    told = [piece.cut(0, most) for piece, _ in got.concerns]
    named = bool(got.of(Subject.CHILD))
    for piece in letter:
        spans = prose.address(piece) if not form else []
        prose.people(piece, spans, children=not form and not (named and labelled))
        if named and not form:
            prose.more_of_known(piece)
    for piece in told:
        inside = any(
            p.sheet is piece.sheet and p.start <= piece.start and piece.end <= p.end for p in letter
        )
        if not inside:
            prose.people(piece, [], children=False)
    if form:
        hear(got, told, letter=False)
        hear(got, letter, letter=False)
        hear_agreement(got, [*told, *letter])
    else:
        hear(got, letter, letter=True)
        hear(got, told, letter=True)
    asked = ("informed_reason", "informed", "consent_reason")
    answers = [piece for f in asked if f in got.facts for piece in got.facts[f].pieces]
    hear(got, answers, letter=False)
    hear_agreement(got, answers)
    if not form and not named:
        for piece in letter[:40]:
            siblings.counted(got, piece)
            siblings.unnamed(got, piece)
    settle_kin(got, [*letter, *told], letter=not form)
    for piece in [*letter, *told]:
        prose.particulars(piece, letter=not form)
    sex_of_subject(got, subject)
    share_family_name(got, [*letter, *told], subject)
    note_reaching(got, [*letter, *told])
    note_voices(got, [*letter, *told])
    note_homes(got, [*letter, *told])


def concern_from(got: Gathered, passages: list[Piece]) -> None:
    """Take passages of more than a few words as what the referrer worries about."""
    got.concerns.extend((piece, "text") for piece in passages if len(piece.text) > 20)
