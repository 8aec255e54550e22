"""What is asked before a reminder is set, put off, or a contact snoozed."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from triage.domain.handover import next_time
from ui.shell.dialogs import FormBox
from ui.widgets.editor import LineField

_NOT_A_TIME = "Write a time to come, such as 16:30, tomorrow 9:00 or Wed 9:30."


class WhenBox(FormBox):
    """Asks when, and in words what or why where `label` is given. `given` has (moment, words)."""

    given = Signal(object, str)

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        words: str,
        act: str,
        now: datetime,
        *,
        label: str = "",
        hint: str = "",
        icon: str = "bell",
    ) -> None:
        super().__init__(parent, icon, title, words)
        self._now, self._label = now, label
        self.said = LineField(label or "Words", hint)
        self.when = LineField("When", "16:30, tomorrow 9:00, Wed 9:30")
        if label:
            self.ask(label, self.said)
        self.ask("When", self.when)
        self.ready(act)
        (self.said if label else self.when).setFocus()

    def give(self) -> None:
        """Tell when and what, or say which of them is missing."""
        at = next_time(self.when.text(), self._now)
        words = self.said.text().strip()
        if self._label and not words:
            self.refuse(f"{self._label} Write it in a few words.")
            self.said.setFocus()
        elif at is None or at <= self._now:
            self.refuse(_NOT_A_TIME)
            self.when.setFocus()
        else:
            self.given.emit(at, words)
            self.done(1)
