"""What was understood so far: readings with their pieces, people, facts of the contact."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from triage.intake.labels import Subject
from triage.intake.people import SLASHED, settle_case
from triage.intake.pieces import Passage, Piece


@dataclass(slots=True)
class Reading:
    """One value as it will be kept, with the pieces it was read from."""

    value: str
    pieces: tuple[Piece, ...]
    label: str = ""
    note: str = ""
    other: str = ""


@dataclass(slots=True)
class Person:
    """A person while being gathered: facts by name."""

    subject: Subject
    key: tuple[object, ...] = ()
    facts: dict[str, Reading] = field(default_factory=dict)
    aliases: list[Reading] = field(default_factory=list)
    unborn: bool = False
    patient: bool = False
    whole: Piece | None = None

    def put(self, fact: str, reading: Reading | None) -> None:
        """Keep a fact unless one is there."""
        if reading is not None and reading.value and fact not in self.facts:
            self.facts[fact] = reading

    def value(self, fact: str) -> str:
        """A fact's value, "" when there is none."""
        return self.facts[fact].value if fact in self.facts else ""

    @property
    def empty(self) -> bool:
        """True when nothing is known of them."""
        return not self.facts and not self.aliases and not self.unborn


@dataclass(slots=True)
class Gathered:
    """All that was understood so far of one contact."""

    today: date
    month_first: bool = False
    people: list[Person] = field(default_factory=list)
    referrer: Person = field(default_factory=lambda: Person(Subject.REFERRER))
    facts: dict[str, Reading] = field(default_factory=dict)
    concerns: list[tuple[Piece, str]] = field(default_factory=list)
    voices: list[Reading] = field(default_factory=list)
    strengths: list[Reading] = field(default_factory=list)
    household: dict[str, Reading] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    unused: list[Piece] = field(default_factory=list)
    in_rows: list[Piece] = field(default_factory=list)
    received: datetime | None = None
    references: list[str] = field(default_factory=list)
    labels: int = 0
    child_columns: bool = False

    def of(self, subject: Subject) -> list[Person]:
        """The children, or the adults."""
        return [person for person in self.people if person.subject is subject]

    def put(self, fact: str, reading: Reading | None) -> None:
        """Keep a fact of the contact unless one is there."""
        if reading is not None and reading.value and fact not in self.facts:
            self.facts[fact] = reading


def turned(words: str) -> str:
    """ "Halloran, Bridie" as "Bridie Halloran"."""
    words = re.sub(r"\s+", " ", words)
    if words.count(",") == 1:
        family, given = (bit.strip() for bit in words.split(","))
        return f"{settle_case(given)} {settle_case(family)}"
    if slash := SLASHED.fullmatch(words):
        return f"{settle_case(slash['given'])} {settle_case(slash['family'])}"
    tokens = words.split()
    caps = [token.isupper() and len(token.strip(".")) > 1 for token in tokens]
    if caps and caps[0] and not all(caps) and not any(caps[caps.index(False) :]):
        at = caps.index(False)
        return " ".join([*tokens[at:], *(settle_case(t) for t in tokens[:at])])
    return (
        " ".join(settle_case(t) if cap else t for t, cap in zip(tokens, caps, strict=True))
        if any(caps) and not all(caps)
        else words
    )


def nhs_note(digits: str) -> str:
    """A sentence when an NHS number's check digit (modulus 11) is not right, else ""."""
    total = sum(int(digit) * (10 - at) for at, digit in enumerate(digits[:9]))
    check = (11 - total % 11) % 11
    return "" if check == int(digits[9]) else "The check digit of this NHS number is not right."
