"""People, addresses and facts named in running text. What is only likely is left out."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake import passing, siblings
from triage.intake.dates import find_dates
from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.labels import Subject, relation_in
from triage.intake.people import is_organisation, name_runs, settle_case
from triage.intake.person_facts import PersonFacts
from triage.intake.pieces import Piece
from triage.intake.prose_addresses import AddressReader
from triage.intake.prose_births import BirthsReader
from triage.intake.prose_cues import (
    NAME,
    PARENTS,
    PARENTS_APART,
    PROFESSIONAL_AFTER,
    STREET_AFTER,
    WORRY,
)
from triage.intake.prose_named import NamedReader
from triage.intake.prose_particulars import ParticularsReader

_NEW_LINE = re.compile(r"[:,]?\s*\n\s*[*•·–-]\s*")
_GOES_TO = re.compile(
    rf"\b(?P<who>{NAME}) (?:goes to|attends|is at) (?:the )?(?P<school>{NAME}(?: {NAME}){{1,3}})(?=[.,;)]|$|\s(?:and|but|in)\b)"
)


class ProseReader(AddressReader, ParticularsReader, BirthsReader, NamedReader):
    """Finds people and facts in running text and adds them to what was gathered."""

    def __init__(self, got: Gathered) -> None:
        self.got = got
        self.persons = PersonFacts(got)
        self.dated = self.persons.dated
        self.kin_writes = False
        self.mentioned: list[tuple[int, Person]] = []
        self.named: list[Piece] = []
        self.sexes: dict[str, tuple[str, Piece]] = {}

    # --- people --------------------------------------------------------------------------------

    def people(
        self, piece: Piece, spans: list[tuple[int, int]], *, children: bool, weak: bool = True
    ) -> None:
        """Read the people named in a passage; children only where the letter is about them."""
        words = piece.text
        dates = list(find_dates(piece, self.got.today))
        runs = []
        spans = [*spans[:200], *self._rows(piece)]
        for run in name_runs(piece)[:3000]:
            start, end = run.start - piece.start, run.end - piece.start
            if any(a < end and start < b for a, b in spans) or STREET_AFTER.match(
                words[end : end + 40]
            ):
                continue
            if re.search(r"\d[A-Za-z]?\s?$", words[max(0, start - 3) : start]) and not re.search(
                r"\d{4}\s?$", words[max(0, start - 5) : start]
            ):
                continue
            before = _NEW_LINE.sub(" ", words[max(0, start - 70) : start])
            runs.append((run, before, words[end : end + 90], end))
        if children:
            self._unborn(piece, dates)
            for child in (*siblings.listed(piece), *siblings.called(piece)):
                if self._known(child.value("given")) is None:
                    self.got.people.append(child)
                    self.mentioned.append((piece.start, child))
        self.named += [run for run, *_ in runs if " " in run.text]
        for run, before, after, end in runs:
            self._one(piece, run, before, after, end, dates, children)
        passing.note_sexes(self.got, self.sexes)
        siblings.surname_said(self.got, piece)
        if children and weak and not self.got.of(Subject.CHILD):
            self._weak_child(runs)
        if children:
            self._orphan_dob(piece, dates)
            self._numbers(piece)
            self._goes_to(piece)
        self._parents(piece)
        if children:
            passing.mother_of_unborn(self.got, piece)

    def _rows(self, piece: Piece) -> list[tuple[int, int]]:
        """Where lines stand that tell of one person each: they are read already."""
        return [
            (row.start - piece.start, row.end - piece.start)
            for row in self.got.in_rows
            if row.sheet is piece.sheet and piece.start <= row.start < piece.end
        ]

    def more_of_known(self, piece: Piece) -> None:
        """A birth date or number in a sentence of its own, of a child named under a label."""
        self._orphan_dob(piece, list(find_dates(piece, self.got.today)))
        kids = self.got.of(Subject.CHILD)
        if len(kids) == 1:
            self.mentioned.append((piece.start - 1, kids[0]))
            self._numbers(piece)

    def _goes_to(self, piece: Piece) -> None:
        """A child's school that goes by its street: "Bo goes to Turner Street"."""
        kids = {
            k.value("given").split()[0]: k for k in self.got.of(Subject.CHILD) if k.value("given")
        }
        for match in _GOES_TO.finditer(piece.text):
            if (child := kids.get(match["who"])) is not None and not relation_in(match["school"]):
                found = piece.of(match, "school")
                child.put("school", Reading(found.text, (found,), "letter"))

    def _weak_child(self, runs: list[tuple[Piece, str, str, int]]) -> None:
        """One whole name that the letter says it is about, when no child was surer."""
        for run, before, after, _ in runs:
            if len(run.text.split()) < 2 or len(run.text.split()) > 5:
                continue
            if (
                self._known(run.text)
                or not WORRY.search(before)
                or is_organisation(run.text + after[:12])
            ):
                continue
            if re.search(
                r"(?i)\b(?:mr|mrs|ms|miss|mother|father|adult)\.?\s?$", before
            ) or PROFESSIONAL_AFTER.match(after):
                continue
            person = Person(Subject.CHILD, ("prose", run.start))
            self.persons.put_name(person, run, "letter")
            self._add(person, run)
            return

    def _parents(self, piece: Piece) -> None:
        """ "His parents are Ivan and Maria Petrov": two adults of one family name."""
        passing.grandparents(self.got, piece, self._known)
        for tenant in passing.tenants(self.got, piece):
            if self._known(tenant.text) is None:
                person = Person(Subject.ADULT, ("prose", tenant.start))
                person.put("name", passing.as_adult(tenant))
                self._add(person, tenant)
        for match in PARENTS_APART.finditer(piece.text):
            for group in ("one", "two"):
                if self._known(match[group]) is None:
                    person = Person(Subject.ADULT, ("prose", piece.start + match.start(group)))
                    found = piece.of(match, group)
                    person.put("name", Reading(settle_case(found.text), (found,), "letter"))
                    self._add(person, found)
        for match in PARENTS.finditer(piece.text):
            for name in (f"{match['one']} {match['family']}", f"{match['two']} {match['family']}"):
                if self._known(name) is None:
                    person = Person(Subject.ADULT, ("prose", piece.start + match.start()))
                    first = "one" if name.startswith(match["one"]) else "two"
                    pieces = (piece.of(match, first), piece.of(match, "family"))
                    person.put("name", Reading(name, pieces, "letter"))
                    self._add(person, pieces[0])
