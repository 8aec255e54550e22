"""What is asked before an act: a reason, to whom, who somebody is, or a note to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from triage.domain.worker import May, Worker
from ui.shell.dialogs import AskBox
from ui.theme import theme
from ui.widgets.chips import ChipGroup
from ui.widgets.editor import Choice, Editor, LineField
from ui.widgets.pane import Body, Scroll
from ui.widgets.segments import Segments
from ui.widgets.text import Paragraph, Span, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Reasons ticked, and words written."""

    reasons: tuple[str, ...]
    words: str

    @property
    def why(self) -> str:
        """All of it in one line."""
        return "; ".join(w for w in (*self.reasons, self.words) if w)


class ReasonBox(AskBox):
    """Asks why. `given` has a Reason; it is never empty."""

    given = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        words: str,
        act: str,
        offered: Sequence[str] = (),
    ) -> None:
        super().__init__(parent, "message-square", title, words)
        self.chips = ChipGroup([(r, r) for r in offered], "Reasons")
        self.chips.setVisible(bool(offered))
        self.why = Editor("Why, in words", "Say why, in a few words", lines=2)
        self.body.addWidget(self.chips)
        self.body.addWidget(self.why)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", act, "primary")
        self.answered.connect(self._answered)
        first = self.chips.chips()
        (first[0] if offered and first else self.why).setFocus()

    def _answered(self, key: str) -> None:
        if key != "go":
            if self.isVisible():
                self.done(0)
            return
        reason = Reason(reasons=tuple(self.chips.values()), words=self.why.toPlainText().strip())
        if not reason.why:
            self.refuse("Tick a reason or write one. It is kept with what you do.")
            self.why.setFocus()
            return
        if self.may_give():
            self.given.emit(reason)
            self.done(1)


class HandOverBox(AskBox):
    """Asks to whom and why. `given` has (worker id, Reason)."""

    given = Signal(str, object)

    def __init__(
        self, parent: QWidget | None, title: str, everyone: Sequence[Worker], me: str
    ) -> None:
        words = "The clock keeps running. They see it under Mine."
        super().__init__(parent, "users", title, words)
        able = [w for w in everyone if w.may(May.SCREEN) and w.id != me]
        self.to = Choice("To whom", [(w.id, f"{w.name}, {w.job}") for w in able])
        self.why = Editor("Why, in words", "Such as: end of shift; mother has phoned", lines=2)
        for label, widget in (("To whom", self.to), ("Why", self.why)):
            self.body.addWidget(Text(label, "label"))
            self.body.addWidget(widget)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", "Hand over", "primary")
        self.answered.connect(self._answered)
        self.to.setFocus()

    def _answered(self, key: str) -> None:
        if key != "go":
            if self.isVisible():
                self.done(0)
            return
        why = self.why.toPlainText().strip()
        who = self.to.value()
        if not who or not why:
            self.refuse("Choose who gets it, and say why." if not who else "Say why, in words.")
            (self.why if who else self.to).setFocus()
            return
        if self.may_give():
            self.given.emit(who, Reason(reasons=(), words=why))
            self.done(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody to add: `born` is ISO or ""."""

    child: bool
    given: str
    family: str
    born: str
    relationship: str


class AddPersonBox(AskBox):
    """Asks who is to be added. `given` has a NewPerson."""

    given = Signal(object)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, "user-plus", "Add a person")
        self.kind = Segments((("child", "Child"), ("adult", "Adult")), "Who they are")
        self.kind.set_value("child")
        self.kind.chosen.connect(self._fit)
        self.first = LineField("First name", "")
        self.family = LineField("Family name", "")
        self.born = LineField("Born", "Such as 14/03/2019, or leave empty")
        self.relationship = LineField("Relationship", "Such as grandmother")
        self.body.addWidget(self.kind)
        self._rows: list[tuple[Text, LineField]] = []
        for field in (self.first, self.family, self.born, self.relationship):
            label = Text(field.accessibleName(), "label")
            self._rows.append((label, field))
            self.body.addWidget(label)
            self.body.addWidget(field)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", "Add", "primary", "Enter")
        self.answered.connect(self._answered)
        self._fit("child")
        self.first.setFocus()

    def _fit(self, kind: str) -> None:
        label, field = self._rows[3]
        for widget in (label, field):
            widget.setVisible(kind == "adult")

    def _answered(self, key: str) -> None:
        if key != "go":
            if self.isVisible():
                self.done(0)
            return
        first, family = self.first.text().strip(), self.family.text().strip()
        born = as_iso(self.born.text().strip())
        if not first and not family:
            self.refuse("Write at least one name.")
            self.first.setFocus()
            return
        if born is None:
            self.refuse("Write the date as 14/03/2019, or leave it empty.")
            self.born.setFocus()
            return
        self.given.emit(
            NewPerson(
                child=self.kind.value() == "child",
                given=first,
                family=family,
                born=born,
                relationship=self.relationship.text().strip(),
            )
        )
        self.done(1)


def _note_spans(note: str) -> list[Span]:
    """A note's Markdown as plain words: headings bold, marks of lists kept."""
    spans: list[Span] = []
    for line in note.strip().splitlines():
        heading = line.startswith("#")
        words = line.lstrip("# ") if heading else line.replace("**", "")
        spans += [Span(words, bold=heading), Span("\n")]
    return spans[:-1]


def as_iso(words: str) -> str | None:
    """A day written the British way as ISO; "" for nothing, None where it can't be read."""
    if not words:
        return ""
    numbers = [n for n in words.replace(".", "/").replace("-", "/").split("/") if n]
    try:
        one, two, three = (int(n) for n in numbers)
        day = date(one, two, three) if one > 31 else date(three, two, one)
    except ValueError:
        return None
    return day.isoformat() if day.year > 1900 else None


class NoteBox(AskBox):
    """A note to read, of guidance or otherwise."""

    def __init__(
        self, parent: QWidget | None, title: str, note: str, icon: str = "book-open"
    ) -> None:
        super().__init__(parent, icon, title, width=620)
        content = Body(gap=0)
        content.set_margins(0, 0, 8, 0)
        words = Paragraph("", "body")
        words.set_spans(_note_spans(note))
        content.column.addWidget(words)
        content.column.addStretch(1)
        scroll = Scroll(content, title)
        scroll.setMinimumHeight(theme().px(380))
        self.body.addWidget(scroll)
        close = self.add_answer("close", "Close", "primary", "Esc")
        self.answered.connect(self._shut)
        close.setFocus()

    def _shut(self, key: str) -> None:
        if key == "close":
            self.done(0)
