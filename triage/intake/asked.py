"""What one entry asks for, and of whom, while it is being found out."""

from __future__ import annotations

from dataclasses import dataclass

from triage.intake.labels import Meaning, Subject
from triage.intake.meanings import meaning_of, said_above
from triage.intake.pieces import Entry, Piece


@dataclass(slots=True)
class Asked:
    """An entry with what its label, the headings above it and its record say.

    `attribute` is the fact that is asked for, "" for none, "ignore" for one that nobody needs.
    `subject` is whose it is, `named` whose the label itself said it is.
    """

    entry: Entry
    meaning: Meaning
    label: str
    value: Piece
    attribute: str
    above: Subject
    above_index: str
    above_relation: str
    above_attribute: str
    subject: Subject = Subject.NONE
    named: Subject = Subject.NONE
    of_patient: bool = False


def asked_by(entry: Entry) -> Asked:
    """What the labels and headings of an entry say, before its value was looked at."""
    meaning, label = meaning_of(entry)
    above, index, relation, attribute = said_above(entry)
    return Asked(
        entry, meaning, label, entry.value.strip(), meaning.attribute, above, index, relation,
        attribute,
    )  # fmt: skip
