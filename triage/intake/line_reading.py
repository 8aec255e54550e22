"""Where the reading of a run of lines stands: what was asked last, and what answers it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.intake.labels import Meaning, classify
from triage.intake.pieces import Entry, Item, Passage, Piece

LONG_ANSWERS = frozenset(
    {"concern", "consent", "consent_reason", "informed", "informed_reason", "risk", "strengths"}
    | {"address", "place_now", "ignore", "disability", "adults", "children"}
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n")
_SENTENCE = re.compile(r"[A-Z][a-z’']+ (?:[a-z’']+ ){3}")


def unknown_pair(piece: Piece) -> bool:
    """True for a label with its value, of a word that is not known."""
    words = piece.text
    match = re.match(r"[A-Z(][^:.!?]{1,60}(?::(?=\s|$)|\?\s*:)", words)
    return bool(match) and len(match[0].split()) <= 8 if match else False


@dataclass(slots=True)
class LineReading:
    """The path of headings, the label that is open, the passage that runs on, and what was read."""

    path: tuple[str, ...]
    items: list[Item] = field(default_factory=list)
    open: Entry | None = None
    opened: Meaning = field(default_factory=Meaning)
    blank: bool = False
    passage: Piece | None = None
    group: tuple[object, ...] = ()
    labels: int = 0

    def close(self) -> None:
        """Keep what is open: nothing more belongs to it."""
        if self.open is not None:
            self.items.append(self.open)
            self.open = None
        if self.passage is not None:
            self.items.append(Passage(self.passage.strip(), self.path))
            self.passage = None

    def ask(self, label: Piece) -> None:
        """Open a label whose answer stands on the lines under it."""
        self.open = Entry((label.text,), label.cut(len(label.text)), self.path, self.group)
        self.opened = classify(label.text)
        self.labels += 1
        self.blank = False

    def open_pairs(self, pairs: list[tuple[Piece, Piece]]) -> None:
        """Take in labels with their values; the last may go on under its line."""
        self.close()
        for label, value in pairs:
            if self.open is not None:
                self.items.append(self.open)
            self.open = Entry((label.text,), value, self.path, self.group)
            self.opened = classify(label.text)
            self.labels += 1
        self.blank = False

    def tail_pairs(self, piece: Piece, pairs: list[tuple[Piece, Piece]]) -> None:
        """A line that begins as text and goes on with labels ("... aged 4. Consent: not asked")."""
        telling = self.open is not None and self.opened.attribute in {"concern", "address"}
        head = piece.cut(0, pairs[0][0].start - piece.start).strip()
        if unknown_pair(head) and len(head.text) < 80 and "\n" not in head.text:
            self.close()  # "Coach: Marcus Thole   Role: ...": another label, of a word not known
            at = head.text.index(":")
            value = head.cut(at + 1).strip(" ?:")
            self.items.append(Entry((head.cut(0, at).text,), value, self.path, self.group))
            head, telling = head.cut(len(head.text)), False
        if telling or head:
            self.go_on(piece if telling else head)
        for number, (label, given) in enumerate(pairs):
            value = given
            if number == len(pairs) - 1 and value:
                rest = piece.sheet.text[value.start : value.start + 600]
                stop = _SENTENCE_END.search(rest, min(len(value.text), len(rest)))
                open_ended = not value.text.endswith((".", "!", "?")) and len(value.text) < 400
                long_answer = classify(label.text).attribute in LONG_ANSWERS
                if stop and open_ended and long_answer and len(piece.text) > 60:
                    value = Piece(value.sheet, value.start, value.start + stop.start()).strip()
            self.items.append(Entry((label.text,), value, self.path, self.group))
        self.blank = False

    def go_on(self, piece: Piece) -> None:
        """Text without a label: more of the open value, or more of a passage."""
        entry = self.open
        if entry is not None:
            last = entry.value
            long_answer = self.opened.attribute in LONG_ANSWERS
            people = self.opened.attribute in {"adults", "children"}
            wraps = not self.blank and (
                long_answer or (bool(last) and len(last.text.rsplit("\n", 1)[-1]) > 55)
            )
            people = people or self.opened.attribute == "address"
            if wraps and last and (people or not long_answer) and _SENTENCE.match(piece.text):
                wraps = False  # "The children live with ...": told of them, not one more of them
            if (
                not last
                or wraps
                or (
                    self.blank
                    and long_answer
                    and self.labels >= 2
                    and self.opened.attribute in {"concern"}
                )
            ):
                start = last.start if last else piece.start
                entry.value = Piece(piece.sheet, start, piece.end)
                self.blank = False
                return
            self.close()
        if self.passage is not None and piece.sheet is self.passage.sheet:
            self.passage = Piece(piece.sheet, self.passage.start, piece.end)
        else:
            if self.passage is not None:
                self.close()
            self.passage = piece
        self.blank = False
