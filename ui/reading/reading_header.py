"""The strip above a form being read: whose, from whom, how far it is read, and its clock."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from triage.domain.clock import ClockState
from ui.titles import split_title
from ui.widgets.chips import FactChip
from ui.widgets.strip import WorkStrip
from ui.widgets.text import Text


class ReadingHeader(WorkStrip):
    """What is being read, and what is left of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.clear = FactChip("", "ok", "check")
        self.check = FactChip("", "warn", "circle-dashed")
        self.not_read = FactChip("", "neutral", "circle-x")
        self.unused = FactChip("", "neutral", "scroll-text")
        chips = (self.clear, self.check, self.not_read, self.unused)
        super().__init__(Text("", "title", elide=True), chips, 6, parent)
        self.rule.set_text("The clock runs while you read")

    def show_title(self, title: str, state: str) -> None:
        """Whose form it is, their ages, and how far it has come."""
        name, rest = split_title(title)
        self.title.set_text(name)
        self.beside.set_text(" · ".join(words for words in (rest, state) if words))

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
