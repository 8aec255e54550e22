"""What running text says of children's school, health and language."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.household import hold_responsibility
from triage.intake.labels import Subject
from triage.intake.pieces import Piece
from triage.intake.prose_cues import (
    DISABILITY,
    HAS_BARE,
    INTERPRETER,
    LANGUAGE,
    PR_BOTH,
    SCHOOL,
)

_BULLETED = re.compile(
    r"(?:^|\n)\s*[•*·–-]\s+(?P<school>(?:[A-Z][\w’'.-]+ ){1,4}(?:School|Academy|College|Nursery|Primary|Infants?|Juniors?|High))[ .]*(?=\n|$)"
)


class ParticularsReader:
    """Finds what is told of children besides who they are."""

    got: Gathered
    mentioned: list[tuple[int, Person]]

    def particulars(self, piece: Piece, *, letter: bool) -> None:
        """School, language, interpreter and disability said in running text."""
        words = piece.text
        kids = [p for p in self.got.of(Subject.CHILD) if not p.unborn]
        for match in DISABILITY.finditer(words):
            found = piece.of(match, "what")
            child = next(
                (
                    p
                    for p in kids
                    if p.value("given").casefold().split()[:1] == [match["who"].casefold()]
                ),
                None,
            )
            if child is None and match["who"] in {"She", "He", "she", "he"} and len(kids) == 1:
                child = kids[0]
            if child is not None:
                child.put("disability", Reading(found.text, (found,), "words"))
        bare = HAS_BARE.search(words) if len(kids) == 1 else None
        if bare is not None:  # "Has autism, uses few words" in a list about one child
            kids[0].put("disability", Reading(bare["what"], (piece.of(bare, "what"),), "words"))
        if not letter:
            return
        if both := PR_BOTH.search(words):
            hold_responsibility(self.got, piece.of(both, "who"))
        listed = _BULLETED.search(words) if len(kids) == 1 else None
        if listed is not None:
            kids[0].put(
                "school", Reading(listed["school"], (piece.of(listed, "school"),), "letter")
            )
        if (
            kids
            and (taught := SCHOOL.search(words))
            and not _of_another(words[: taught.start()], kids)
        ):
            found = piece.of(taught, "school")
            for child in (
                kids
                if len(kids) == 1
                or re.search(
                    r"(?i)\b(?:both|all|they|children|siblings|brothers|sisters)\b",
                    words[max(0, taught.start() - 60) : taught.start()],
                )
                else self._near(taught.start() + piece.start, kids)
            ):
                but = re.match(
                    r"[^.]{0,12}\b(?:except|but not|apart from)\b[^.]{0,60}", words[taught.end() :]
                )
                if but and child.value("given") and child.value("given") in but[0]:
                    continue
                child.put("school", Reading(found.text, (found,), "letter"))
        if (spoken := LANGUAGE.search(words)) and kids:
            found = piece.of(spoken, "a" if spoken["a"] else "b")
            if "language" not in self.got.household:
                self.got.household["language"] = Reading(found.text, (found,), "letter")
        if (
            (needs := INTERPRETER.search(words))
            and kids
            and "interpreter" not in self.got.household
        ):
            self.got.household["interpreter"] = Reading(
                "no" if needs["no"] else "yes", (piece.of(needs),), "letter"
            )

    def _near(self, at: int, kids: list[Person]) -> list[Person]:
        near = [
            (start, person)
            for start, person in self.mentioned
            if start < at and at - start < 120 and person in kids
        ]
        return [max(near, key=lambda one: one[0])[1]] if near else []


def _of_another(before: str, kids: list[Person]) -> bool:
    """True where "Ffion goes to" a school and Ffion is none of the children known."""
    told = re.search(r"(?:^|[.\s])([A-Z][\w’'-]+) $", before)
    if told is None or told[1] in {"She", "He", "They", "Both", "Who", "And"}:
        return False
    names = {word for kid in kids for f in ("given", "family") for word in kid.value(f).split()}
    return told[1] not in names
