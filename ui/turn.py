"""The window's turn: while it paints or takes in what a job found, jobs stand back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from triage.beside import WINDOW

_AT_WORK = (QEvent.Type.UpdateRequest, QEvent.Type.LayoutRequest)


class Turn(QObject):
    """From its beginning until all events of that moment, and the painting they want, are done."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._done = QTimer(self)  # of no length: it comes after what waits already
        self._done.setSingleShot(True)
        self._done.timeout.connect(WINDOW.rests)

    def begin(self) -> None:
        """The window's thread has something to do."""
        WINDOW.works()
        if not self._done.isActive():
            self._done.start()

    def watch(self, window: QWidget) -> None:
        """Whatever is laid out or painted in this window is its turn."""
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Nothing is kept from the window."""
        if event.type() in _AT_WORK:
            self.begin()
        return False
