"""Facts beside what was asked: noted after a name by strokes, told of the one who writes,
or a post with no label of its own."""

from __future__ import annotations

import re
from dataclasses import replace

from triage.intake.gathered import Gathered, Person
from triage.intake.labels import Meaning, Subject, classify
from triage.intake.meanings import said_above
from triage.intake.passages import Passages
from triage.intake.people import is_post, name_runs
from triage.intake.pieces import Entry, Passage, Piece
from triage.intake.siblings import years_in
from triage.intake.told_children import told_children

# "Unborn of", "Unborn baby of": the mother's name stands beside it
CHILD_OF = re.compile(r"(?i)\bunborn(?: baby| child)? of\W*$")
_STROKES = re.compile(r"\s/\s|\n")
_NOTED = re.compile(r"(?P<label>[A-Za-z][A-Za-z .]{1,24}?)[\s:]+(?=\d)")
_NOTED_FACTS = frozenset({"dob", "edd", "nhs", "phone"})


class Asides(Passages):
    """Reads what the value of a label says besides its answer."""

    def __init__(self, gathered: Gathered) -> None:
        super().__init__(gathered)
        self.notes: list[Entry] = []  # facts that stood in the value of another

    def _passage(self, passage: Passage) -> None:
        """Take in facts parted by strokes, or children told of in words, before what else it is."""
        above = said_above(Entry((), passage.piece, passage.path))[0]
        told = told_children(passage.piece) if above is Subject.CHILD else []
        if told:
            self.got.people.extend(told)
            self.now[Subject.CHILD], self.last = told[0], Subject.CHILD
        elif not (" / " in passage.piece.text and self._all_noted(passage)):
            super()._passage(passage)

    def _all_noted(self, passage: Passage) -> bool:
        """Take a line of facts with nothing before them ("NHS no 999 001 0013 / dob 1.2.98")."""
        first = passage.piece.split(_STROKES)[0]
        noted = _NOTED.match(first.text)
        if noted is None or classify(noted["label"]).attribute not in _NOTED_FACTS:
            return False
        value = first.cut(noted.end()).strip()
        self.notes.append(Entry((noted["label"],), value, passage.path, ()))
        self._noted(Entry((), passage.piece, passage.path), passage.piece)
        return True

    def _noted(self, entry: Entry, value: Piece) -> Piece:
        """Read the facts that strokes part after a name ("Ada Fenn / EDD 4 May 27 / dob 1.2.98");
        the name."""
        first, *rest = value.split(_STROKES)
        told = [(part, noted) for part in rest if (noted := _NOTED.match(part.text))]
        facts = [(p, n) for p, n in told if classify(n["label"]).attribute in _NOTED_FACTS]
        if not facts:
            return value
        self.notes.extend(
            Entry((noted["label"],), part.cut(noted.end()).strip(), entry.path, ())
            for part, noted in facts
        )
        return first

    def _unborn_of(self, meaning: Meaning, value: Piece) -> Meaning:
        """Begin an unborn child whose mother the value names."""
        child = Person(Subject.CHILD, ("unborn", value.start), unborn=True)
        self.got.people.append(child)
        self.now[Subject.CHILD] = child
        return replace(meaning, subject=Subject.ADULT, relation="mother")

    def _is_whole_name(self, value: Piece) -> bool:
        """True for a value that begins with a person's first and last name."""
        runs = name_runs(value)
        first = runs[0] if runs else None
        return first is not None and first.start == value.start and " " in first.text

    def _is_referrers_post(self, entry: Entry, value: Piece) -> bool:
        """Take a post that stands unlabelled in the record of who refers."""
        referrer = self.got.referrer
        theirs = bool(entry.group) and self.in_group.get(entry.group) is Subject.REFERRER
        if not theirs or "role" in referrer.facts or not is_post(value.text):
            return False
        self.persons.apply(referrer, "role", entry.labels[0], value)
        return True

    def _writes_of_self(self) -> None:
        """Make a child of one who asks for help in their own name and gives a child's age."""
        facts = self.got.referrer.facts
        age = facts.pop("age", None)
        if age is None or not 7 < (years_in(age.value) or 0) < 18 or self.got.of(Subject.CHILD):
            return
        child = Person(Subject.CHILD, ("self",))
        if (name := facts.get("name")) and name.pieces:
            self.persons.put_name(child, name.pieces[0], name.label)
        child.put("age", age)
        self.got.people.append(child)
        self.got.put("self", age)
