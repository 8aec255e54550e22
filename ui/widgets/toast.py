"""A short word at the bottom left with Undo. It stays while it has the focus or pointer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QWidget

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
        return QSize(round(wide), t.px(28))

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


class Toast(QWidget):
    """One message at a time, over the window's bottom left; also kept in `history`."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._icon = "check"
        self._act: Callable[[], None] | None = None
        self.history: list[str] = []
        self._words = Text("", "body", "surface")
        self._button = _ToastButton("Undo", "Ctrl Z", self)
        self._button.clicked.connect(self._undo)
        row = QHBoxLayout(self)
        row.addWidget(self._words)
        row.addWidget(self._button)
        self._row = row
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._maybe_hide)
        over.installEventFilter(self)
        self._space()
        theme().scaled.connect(self._space)
        theme().changed.connect(self.update)
        self.hide()

    def _space(self) -> None:
        t = theme()
        self._row.setSpacing(t.px(16))
        self._row.setContentsMargins(t.px(40), t.px(5), t.px(10), t.px(5))

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
        self._icon, self._act = icon, act
        self._words.set_text(words)
        self._button.set(act_words, act_key)
        self._button.setVisible(act is not None)
        self.history.append(words)
        del self.history[:-200]
        self._place()
        self.show()
        self.raise_()
        self._timer.start(theme().time_ms("undoToastMs"))
        announce(self, words)

    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def dismiss(self) -> None:
        """Put it away."""
        self._timer.stop()
        self.hide()

    def _undo(self) -> None:
        act, self._act = self._act, None
        self.dismiss()
        if act is not None:
            act()

    def _maybe_hide(self) -> None:
        if self.underMouse() or self._button.hasFocus():
            self._timer.start(1000)
        else:
            self.hide()

    def _place(self) -> None:
        t = theme()
        over = self.parentWidget()
        self.adjustSize()
        if over is None:
            return
        low = over.height() - self.height() - t.size("statusBar") - t.px(14)
        self.move(t.px(14), low)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the bottom left of the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dark on light, light on dark."""
        t = theme()
        painter = QPainter(self)
        paint.box(painter, QRectF(self.rect()), fill=t.colour("text"), radius=5)
        size = t.px(16)
        y = round((self.height() - size) / 2)
        paint.icon(painter, self._icon, t.px(14), y, size, t.colour("surface"))
        painter.end()
