"""Who sits at this desk now; screens ask it each time, and hear when somebody else sits down."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from triage.workflow.desk import Desk


class DeskHolder(QObject):
    """Holds the desk. `changed` follows a switch of person; the old one's work is saved by then."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk

    def current(self) -> Desk:
        """The desk with the person who sits at it."""
        return self._desk

    def seat(self, desk: Desk) -> None:
        """Somebody sits down. Who unlocks their own window finds it as they left it."""
        before, self._desk = self._desk, desk
        if before.worker != desk.worker:
            self.changed.emit()
