"""What a person is told when something goes wrong: a plain sentence, never a stack trace.

Foreseen faults carry their own sentence. Anything else is written to the log, with where it
happened but not what was being typed, and the window stays open.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QMetaObject, QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from triage.domain.errors import FanlightError

log = logging.getLogger(__name__)

UNFORESEEN = (
    "Fanlight met something it did not expect. What you typed is kept. "
    "You can carry on; if it happens again, tell the person who looks after Fanlight."
)


def sentence(fault: BaseException) -> str:
    """What to tell a person about `fault`."""
    if isinstance(fault, FanlightError):
        return str(fault)
    return UNFORESEEN


def where(fault: BaseException) -> str:
    """The kind of fault and the file and line it came from; no values, so no names."""
    frames = traceback.extract_tb(fault.__traceback__)
    if not frames:
        return type(fault).__name__
    last = frames[-1]
    name = last.filename.replace("\\", "/").rsplit("/", 2)
    return f"{type(fault).__name__} at {'/'.join(name[-2:])}:{last.lineno}"


def plain_box(parent: QWidget | None, title: str, words: str, detail: str = "") -> QMessageBox:
    """A message box of plain text, not shown yet; `open()` it, never `exec()`."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
    box.setWindowTitle("Fanlight")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(title)
    box.setInformativeText(words)
    if detail:
        box.setDetailedText(detail)
    box.setIcon(QMessageBox.Icon.NoIcon)
    return box


def show_fault(parent: QWidget | None, fault: BaseException) -> QMessageBox:
    """Tell a person about a fault in a box that does not stop the window."""
    foreseen = isinstance(fault, FanlightError)
    title = "That could not be done" if foreseen else "Something unexpected happened"
    box = plain_box(parent, title, sentence(fault), "" if foreseen else where(fault))
    box.open()
    return box


class _Reporter(QObject):
    """Catches what nobody else caught. One box at a time."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._box: QMessageBox | None = None
        self._waiting: list[BaseException] = []

    def caught(
        self,
        _kind: type[BaseException],
        fault: BaseException,
        _trace: TracebackType | None,
    ) -> None:
        """From any thread."""
        log.error("Not foreseen: %s", where(fault))
        self._waiting.append(fault)
        QMetaObject.invokeMethod(self, "show_next", Qt.ConnectionType.QueuedConnection)

    @Slot()
    def show_next(self) -> None:
        """In the window's thread."""
        if not self._waiting:
            return
        fault = self._waiting.pop(0)
        if self._box is not None:
            return
        self._box = show_fault(QApplication.activeWindow(), fault)
        self._box.finished.connect(self._closed)

    def _closed(self) -> None:
        self._box = None


def install_handlers(app: QApplication) -> None:
    """Send everything uncaught, in any thread, to a plain box and the log."""
    reporter = _Reporter(app)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            reporter.caught(args.exc_type, args.exc_value, args.exc_traceback)

    def hook(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, fault, trace)
            return
        reporter.caught(kind, fault, trace)

    sys.excepthook = hook
    threading.excepthook = in_thread
