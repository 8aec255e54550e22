"""A person's initials in a circle."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.text import plain_tip


def initials(name: str) -> str:
    """The first letters of the first and last words: "Ruth Osei" is RO."""
    words = [w for w in name.replace("-", " ").split() if w[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def draw_avatar(painter: QPainter, name: str, x: float, y: float, size: float) -> None:
    """The circle, at x, y, for delegates."""
    t = theme()
    rect = QRectF(x, y, size, size)
    fill, edge = t.colour("accentSoft"), t.colour("accent")
    paint.box(painter, rect, fill=fill, edge=edge, radius=size / 2)
    font = t.font("small", 600)
    if size < t.px(24):
        font = type(font)(font)
        font.setPixelSize(max(9, round(size * 0.5)))
    paint.text(painter, rect, initials(name), font, t.colour("accent"), _CENTRE)


_CENTRE = Qt.AlignmentFlag.AlignHCenter


class Avatar(QLabel):
    """Initials to the eye; the whole name to a reader and in the tooltip."""

    def __init__(self, name: str = "", size: int = 26, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_name(name)
        theme().changed.connect(self._restyle)

    def set_name(self, name: str) -> None:
        """Whose initials."""
        self.setText(name)
        self.setToolTip(plain_tip(name))
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(theme().px(self._size), theme().px(self._size))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The circle."""
        painter = QPainter(self)
        draw_avatar(painter, self.text(), 0, 0, theme().px(self._size))
        painter.end()
