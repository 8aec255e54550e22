"""What must not stay in sight or in reach while the window is locked: boxes and what was copied."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid


class PutAway(QObject):
    """Boxes of a window that are out of sight while it is locked, with what was typed in them."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._boxes: list[QDialog] = []
        self._copied_here = False
        QGuiApplication.clipboard().dataChanged.connect(self._copied)

    def put_away(self) -> None:
        """Take every open box and menu out of sight, and empty the clipboard of what was copied
        here; what another program put there stays."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        self._boxes = [
            box
            for box in QApplication.topLevelWidgets()
            if isinstance(box, QDialog) and box.isVisible() and self._is_mine(box)
        ]
        for box in self._boxes:
            box.hide()
        clipboard = QGuiApplication.clipboard()
        if self._copied_here or clipboard.ownsClipboard():
            clipboard.clear(QClipboard.Mode.Clipboard)
        if clipboard.supportsSelection() and clipboard.ownsSelection():
            clipboard.clear(QClipboard.Mode.Selection)

    def bring_back(self, *, same_person: bool) -> None:
        """Show the boxes again; for somebody else they are closed instead."""
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            if not isValid(box):
                continue
            if same_person:
                box.show()
            else:
                box.reject()

    def _copied(self) -> None:
        # Not every system says who owns the clipboard: what changes while a window of ours has
        # the keys was copied here.
        owns = QGuiApplication.clipboard().ownsClipboard()
        self._copied_here = owns or QGuiApplication.focusWindow() is not None

    def _is_mine(self, box: QWidget) -> bool:
        at: QWidget | None = box
        while at is not None and at is not self._window:
            at = at.parentWidget()
        return at is self._window
