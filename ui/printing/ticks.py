"""A tick that fills a row: what it is, why, and in how many places."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.buttons import BaseButton


class Tick(BaseButton):
    """A box to tick beside words; with `detail` below, a mark's number, and words at the right."""

    def __init__(self, text: str, detail: str = "", parent: QWidget | None = None) -> None:
        self._detail = detail
        self._right = ""
        self._mark: int | None = None
        self._rowed = bool(detail)
        super().__init__(text, parent)
        self.setCheckable(True)
        across = QSizePolicy.Policy.Expanding if detail else QSizePolicy.Policy.Minimum
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)

    def set(self, *, detail: str = "", right: str = "", mark: int | None = None) -> None:
        """Say other things of the same tick."""
        self._detail, self._right, self._mark = detail, right, mark
        said = [words for words in (detail, right) if words]
        self.setAccessibleName(self.words())
        self.setAccessibleDescription(", ".join(said))
        self.restyle()

    def measure(self) -> QSize:
        """One line, or two with a detail."""
        t = theme()
        words = round(t.metrics("label").horizontalAdvance(self.words()))
        if not self._rowed:
            return QSize(words + t.px(3 + 16 + 8 + 14) + 2, t.px(28))
        return QSize(t.px(240), t.px(43))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, mark, words, places."""
        t = theme()
        painter = QPainter(self)
        if self.over():
            painter.fillRect(self.rect(), t.colour("hover"))
        size = t.px(16)
        line = t.line("label") if self._rowed else self.height()
        top = t.px(4) if self._rowed else 0
        y = round(top + (line - size) / 2)
        x = t.px(3)
        on = self.isChecked()
        live = self.isEnabled()
        edge = t.colour("accent" if on else "borderControl")
        fill = t.colour("accent" if on and live else "surface")
        paint.box(painter, QRectF(x, y, size, size), fill=fill, edge=edge, radius=3)
        if on:
            ink = t.colour("onAccent" if live else "muted")
            inset = t.px(2)
            paint.icon(painter, "check", x + inset, y + inset, size - 2 * inset, ink)
        x += size + t.px(8)
        if self._rowed:
            if self._mark is not None:
                badge = QRectF(x, y - 1, t.px(18), t.px(18))
                paint.box(painter, badge, fill=t.colour("text"), radius=4)
                centre = Qt.AlignmentFlag.AlignHCenter
                font, ink = t.font("small", 700), t.colour("surface")
                paint.text(painter, badge, str(self._mark), font, ink, centre)
            x += t.px(18 + 8)
        right = t.metrics("label").horizontalAdvance(self._right) + 2 if self._right else 0
        room = self.width() - x - right - t.px(12)
        ink = t.colour("text" if live else "muted")
        words = paint.elided(self.words(), "label", None, room)
        paint.text(painter, QRectF(x, top, room + 2, line), words, t.font("label"), ink)
        if self._right:
            area = QRectF(self.width() - right - t.px(2), top, right + 2, line)
            paint.text(painter, area, self._right, t.font("label"), t.colour("text2"))
        if self._rowed:
            low = QRectF(x, top + line - 1, self.width() - x, t.line("small"))
            words = paint.elided(self._detail, "small", None, low.width())
            paint.text(painter, low, words, t.font("small"), t.colour("text2"))
            bottom = self.height() - 1
            paint.hairline(painter, x, bottom, self.width(), t.colour("borderSubtle"))
        painter.end()
