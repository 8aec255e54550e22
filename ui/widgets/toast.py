"""A short word with Undo, where it covers nothing. It stays while it has the focus or pointer.

What was done bears a tick, a note of what stands an "i", and a refusal a triangle and the words
"Not done".
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.buttons import BaseButton
from ui.widgets.text import Text


def announce(source: QObject, words: str, *, urgent: bool = False) -> None:
    """Have a screen reader say `words`: politely, unless it is "not saved" or the lock."""
    event = QAccessibleAnnouncementEvent(source, words)
    if urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


class _ToastButton(BaseButton):
    def __init__(self, text: str, key: str, parent: QWidget) -> None:
        self._key = key
        super().__init__(text, parent)

    def set(self, text: str, key: str) -> None:
        self._key = key
        self.set_text(text)
        self.restyle()

    def measure(self) -> QSize:
        t = theme()
        wide = t.metrics("label", 600).horizontalAdvance(self._words) + t.px(14)
        if self._key:
            wide += paint.key_width(self._key) + t.px(8)
        return QSize(round(wide), t.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme()
        ink: QColor = t.colour("surface")
        painter = QPainter(self)
        wide = t.metrics("label", 600).horizontalAdvance(self._words)
        area = QRectF(t.px(7), 0, wide + 2, self.height())
        paint.text(painter, area, self._words, t.font("label", 600), ink)
        if self._key:
            x = t.px(7) + wide + t.px(8)
            paint.key_cap(painter, self._key, x, self.height() / 2, ink=ink, edge=ink)
        painter.end()


HIDDEN = "What was said is hidden, F9 shows it"
NOT_DONE = "Not done"
LEAST_MS = 5000
"""For so long a refusal can be read, even where its screen is left at once."""


class Toast(QWidget):
    """One message at a time, for a place kept in a layout.

    On one line where there is room, else on as many as it needs. `changed` tells that it comes,
    goes or says something else.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = "check"
        self._act: Callable[[], None] | None = None
        self._said = ""
        self._hidden = self._of_screen = False
        self._since = QElapsedTimer()
        self._mark = Text(NOT_DONE, "label", "surface", weight=700)
        self._mark.hide()
        self._words = Text("", "label", "surface", weight=500, wrap=True)
        self._button = _ToastButton("Undo", "Ctrl Z", self)
        self._button.clicked.connect(self._undo)
        row = QHBoxLayout(self)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        self._row = row
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._maybe_hide)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._space()
        theme().scaled.connect(self._space)
        theme().changed.connect(self.update)
        self.hide()

    def _space(self) -> None:
        t = theme()
        self._row.setSpacing(t.px(10))
        self._row.setContentsMargins(t.px(36), t.px(1), t.px(8), t.px(1))

    def sizeHint(self) -> QSize:
        """All of it on one line."""
        t = theme()
        wide = t.metrics("label", 500).horizontalAdvance(self._words.text()) + t.px(36 + 8) + 2
        if not self._mark.isHidden():
            wide += self._mark.sizeHint().width() + t.px(10)
        if self._act is not None:
            wide += self._button.sizeHint().width() + t.px(10)
        return QSize(math.ceil(wide), t.px(26))

    def minimumSizeHint(self) -> QSize:
        """A few words to a line."""
        return QSize(min(theme().px(240), self.sizeHint().width()), theme().px(26))

    def say(
        self,
        words: str,
        *,
        icon: str = "check",
        act: Callable[[], None] | None = None,
        act_words: str = "Undo",
        act_key: str = "Ctrl Z",
    ) -> None:
        """Show `words` for ten seconds, with an act if there is one, and announce them."""
        self._button.set(act_words, act_key)
        self._put(words, icon, act)

    def note(self, words: str) -> None:
        """As `say`, for what was not asked to be done, or stands already; it goes with the
        screen."""
        self._put(words, "info", of_screen=True)

    def refuse(self, words: str) -> None:
        """As `say`, for what was not done, and why; it goes with the screen it is about."""
        self._put(words, "triangle-alert", of_screen=True)

    def tell_fault(self, words: str) -> None:
        """As `refuse`, for what went wrong by itself and is of no screen."""
        self._put(words, "triangle-alert")

    def leave_screen(self) -> None:
        """Another screen comes: what is of the one before goes, once it could be read."""
        if self._of_screen and self.isVisible():
            left = max(0, LEAST_MS - self._since.elapsed())
            self._timer.start(min(left, max(0, self._timer.remainingTime())))

    def _put(
        self,
        words: str,
        icon: str,
        act: Callable[[], None] | None = None,
        *,
        of_screen: bool = False,
    ) -> None:
        self._icon, self._act, self._said, self._of_screen = icon, act, words, of_screen
        self._mark.setVisible(icon == "triangle-alert")
        self._button.setVisible(act is not None)
        self._tell()

    def _tell(self) -> None:
        words = HIDDEN if self._hidden else self._said
        self._words.set_text(words)
        self._since.start()
        self.updateGeometry()
        self.show()
        self.changed.emit()
        if not self._hidden:
            self._timer.start(theme().time_ms("undoToastMs"))
        announce(self, words if self._mark.isHidden() else f"{NOT_DONE}. {words}")

    def set_hidden(self, hidden: bool) -> None:
        """Say nothing that may name somebody, until it may be read; what stands here goes."""
        self._hidden = hidden
        if hidden:
            self.dismiss()
        elif self.isVisible():
            self._tell()

    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def dismiss(self) -> None:
        """Put it away."""
        self._timer.stop()
        self.hide()
        self.changed.emit()

    def _undo(self) -> None:
        act, self._act = self._act, None
        self.dismiss()
        if act is not None:
            act()

    def _maybe_hide(self) -> None:
        if self.underMouse() or self._button.hasFocus():
            self._timer.start(1000)
        else:
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dark on light, light on dark."""
        t = theme()
        painter = QPainter(self)
        paint.box(painter, QRectF(self.rect()), fill=t.colour("text"), radius=5)
        size = t.px(16)
        y = round((self.height() - size) / 2)
        paint.icon(painter, self._icon, t.px(12), y, size, t.colour("surface"))
        painter.end()
