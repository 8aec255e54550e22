"""Births and numbers that running text gives: the unborn, a birth date said alone, NHS numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

from triage.intake.dates import FoundDate, age_on
from triage.intake.gathered import Gathered, Person, Reading, nhs_note
from triage.intake.labels import Subject
from triage.intake.people import NHS, UPN, name_runs, settle_case
from triage.intake.pieces import Piece
from triage.intake.prose_cues import EDD, RELATION


class BirthsReader:
    """Finds when children were or will be born and the numbers that are theirs."""

    got: Gathered
    dated: Callable[[FoundDate, str], Reading]
    mentioned: list[tuple[int, Person]]

    def _unborn(self, piece: Piece, dates: list[FoundDate]) -> None:
        words = piece.text
        mention = re.search(
            r"(?i)\bunborn (?:baby|child|infant|twins?|bab(?:y|ies))?\s?(?:of\s)?", words
        )
        due = next(
            (
                d
                for d in dates
                if EDD.search(
                    words[max(0, d.piece.start - piece.start - 40) : d.piece.start - piece.start]
                )
            ),
            None,
        )
        if (mention is None and due is None) or any(p.unborn for p in self.got.people):
            return
        if mention is None and not re.search(
            r"(?i)\b(?:pregnan\w+|unborn|baby|expecting|gestation|antenatal)\b", words
        ):
            return
        if mention is None and due is None:
            return
        person = Person(Subject.CHILD, ("unborn", piece.start), unborn=True)
        if due is not None:
            person.put("edd", self.dated(due, "letter"))
        if mention is not None and not re.search(r"(?i)of\s$", mention[0]):
            family = re.match(
                r"([A-Z][\w’'-]+)(?=\s*(?:[-–,(.:;]|$|\n|EDD|due|\())", words[mention.end() :]
            )
            if family:
                found = piece.cut(mention.end(), mention.end() + family.end())
                person.put("family", Reading(settle_case(found.text), (found,), "letter"))
        self.got.people.append(person)
        if mention is not None and re.search(r"(?i)twins", mention[0]):
            twin = Person(
                Subject.CHILD, ("unborn", piece.start + 1), dict(person.facts), unborn=True
            )
            self.got.people.append(twin)

    def _orphan_dob(self, piece: Piece, dates: list[FoundDate]) -> None:
        """A birth date said in a sentence of its own belongs to the only child there is."""
        kids = [p for p in self.got.of(Subject.CHILD) if not p.unborn]
        if len(kids) != 1 or "dob" in kids[0].facts:
            return
        words = piece.text
        for found in dates:
            at = found.piece.start - piece.start
            before = (
                re.split(r"[.\n]", words[max(0, at - 60) : at])[-1]
                if "D.O.B" not in words[max(0, at - 12) : at]
                else words[at - 12 : at]
            )
            if not re.search(
                r"(?i)\b(?:dob|d\.o\.b\.?|date of birth|born)\b(?: is| on|:)?\s*$", before
            ):
                continue
            if name_runs(Piece(piece.sheet, found.piece.start - len(before), found.piece.start)):
                continue
            if (
                re.search(rf"(?i)\b{RELATION}\b", before)
                or not 0 <= age_on(found.value, self.got.today) < 19
            ):
                continue
            kids[0].put("dob", self.dated(found, "letter"))
            return

    def _numbers(self, piece: Piece) -> None:
        """NHS and pupil numbers go to the child last named before them, in reach."""
        words = piece.text
        for kind, pattern in (("nhs", NHS), ("upn", UPN)):
            for match in pattern.finditer(words):
                if kind == "nhs" and not re.search(
                    r"(?i)nhs[^\d]{0,16}$", words[max(0, match.start() - 22) : match.start()]
                ):
                    continue
                at = piece.start + match.start()
                near = [
                    (start, person)
                    for start, person in self.mentioned
                    if start < at and at - start < 160
                ]
                if not near:
                    continue
                person = max(near, key=lambda one: one[0])[1]
                if person.subject is Subject.CHILD and not person.unborn:
                    found = piece.of(match)
                    value = re.sub(r"\D", "", match[0]) if kind == "nhs" else match[0]
                    person.put(
                        kind,
                        Reading(
                            value,
                            (found,),
                            "letter",
                            note=nhs_note(value) if kind == "nhs" else "",
                        ),
                    )
