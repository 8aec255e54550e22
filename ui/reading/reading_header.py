"""The strip above a form being read: whose, from whom, how far it is read, and its clock."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.clock import ClockState
from ui.theme import theme
from ui.titles import split_title
from ui.widgets.chips import FactChip
from ui.widgets.clock import ClockLabel
from ui.widgets.pane import Surface
from ui.widgets.rag import RagChip
from ui.widgets.text import Text


class ReadingHeader(Surface):
    """What is being read, and what is left of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.rag = RagChip("none", 36)
        self.title = Text("", "title", elide=True)
        self.state = Text("", "body", "text2", elide=True)
        self.line = Text("", "small", "text2", elide=True)
        self.clear = FactChip("", "ok", "check")
        self.check = FactChip("", "warn", "circle-dashed")
        self.not_read = FactChip("", "neutral", "circle-x")
        self.unused = FactChip("", "neutral", "scroll-text")
        self.clock = ClockLabel("title")
        self.rule = Text("The clock runs while you read", "small", "text2", elide=True)
        self.rule.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        names = QVBoxLayout()
        names.setSpacing(0)
        first = QHBoxLayout()
        first.setSpacing(theme().px(10))
        first.addWidget(self.title)
        first.addWidget(self.state, 1)
        names.addLayout(first)
        names.addWidget(self.line)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.clock, 0, Qt.AlignmentFlag.AlignRight)
        right.addWidget(self.rule)
        row.addWidget(self.rag)
        row.addLayout(names, 1)
        for chip in (self.clear, self.check, self.not_read, self.unused):
            row.addWidget(chip)
        row.addSpacing(theme().px(10))
        row.addLayout(right)
        self._row = row
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(14), t.px(7), t.px(14), t.px(7))
        self._row.setSpacing(t.px(6))
        self.setFixedHeight(t.px(60))

    def show_title(self, title: str, state: str) -> None:
        """Whose form it is, their ages, and how far it has come."""
        name, rest = split_title(title)
        self.title.set_text(name)
        self.state.set_text(" · ".join(words for words in (rest, state) if words))

    def show_counts(self, clear: int, check: int, not_read: int, unused: int) -> None:
        """How far it is read; a chip with nothing to say is left out."""
        parts = "passage" if unused == 1 else "passages"
        for chip, count, words, kind, icon in (
            (self.clear, clear, f"{clear} read clearly", "ok", "check"),
            (self.check, check, f"{check} to check", "warn", "circle-dashed"),
            (self.not_read, not_read, f"{not_read} could not be read", "neutral", "circle-x"),
            (self.unused, unused, f"{unused} {parts} not used", "neutral", "scroll-text"),
        ):
            chip.set(words, kind, icon)  # type: ignore[arg-type]  # kinds of the chip
            chip.setVisible(count > 0)

    def show_clock(self, leading: ClockState | None) -> None:
        """The clock that presses most."""
        self.clock.setVisible(leading is not None)
        if leading is not None:
            self.clock.set(leading.words, leading.state)

    def set_narrow(self, narrow: bool) -> None:
        """Leave out the quiet words where there is little room."""
        self.rule.setVisible(not narrow)
