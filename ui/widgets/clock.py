"""Time left, in words and with an icon that changes; it never flashes."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.text import Role, plain_tip

ClockState = Literal["normal", "soon", "over", "paused"]

CLOCKS_MS: Final = 30_000
"""How often a screen in front reads its clocks anew."""

LOOKS: Final[dict[str, tuple[str, str, int]]] = {
    "normal": ("clock", "text2", 500),
    "soon": ("clock-fading", "warnText", 700),
    "over": ("alarm-clock", "dangerText", 700),
    "paused": ("circle-pause", "text2", 500),
}
"""Icon, colour and weight of each state; the queue's delegate draws with the same."""


class ClockLabel(QLabel):
    """A clock's words with the icon of its state. `role` sets its size."""

    def __init__(self, role: Role = "label", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._role: Role = role
        self._state: ClockState = "normal"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._restyle)

    def set(self, words: str, state: ClockState = "normal", tip: str = "") -> None:
        """Show words in a state; a paused clock gives its reason as the tip."""
        self.setToolTip(plain_tip(tip))
        if words != self.text() or state != self._state:
            self._state = state
            self.setText(words)
            self._restyle()

    def state(self) -> ClockState:
        """normal, soon, over or paused."""
        return self._state

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _icon(self) -> int:
        return theme().px(20 if self._role in ("title", "display") else 16)

    def sizeHint(self) -> QSize:
        """Icon and words."""
        t = theme()
        weight = max(LOOKS[self._state][2], 600 if self._role == "title" else 400)
        wide = t.metrics(self._role, weight).horizontalAdvance(self.text())
        return QSize(round(wide) + self._icon() + t.px(8), max(t.line(self._role), self._icon()))

    def minimumSizeHint(self) -> QSize:
        """The same: time left is never cut short."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon and words in the state's ink."""
        t = theme()
        icon, colour, weight = LOOKS[self._state]
        if self._role == "title":
            weight = max(weight, 600)
        ink = t.colour(colour)
        painter = QPainter(self)
        size = self._icon()
        paint.icon(painter, icon, 0, round((self.height() - size) / 2), size, ink)
        area = QRectF(size + t.px(6), 0, self.width(), self.height())
        paint.text(painter, area, self.text(), t.font(self._role, weight), ink)
        painter.end()


def draw_clock(
    painter: QPainter, area: QRectF, words: str, state: ClockState, *, compact: bool = False
) -> float:
    """Draw time left at the right of a row, "left" itself left out; gives where it begins.

    `compact` leaves the icon out too, but for a clock that is over.
    """
    t = theme()
    icon, colour_name, weight = LOOKS[state]
    colour = t.colour(colour_name)
    words = words.removesuffix(" left")
    if compact:
        words = words.replace(" min", " m")
    width = t.metrics("label", weight).horizontalAdvance(words)
    at = QRectF(area.right() - width - 1, area.top(), width + 1, area.height())
    paint.text(painter, at, words, t.font("label", weight), colour)
    if compact and state != "over":
        return at.left()
    size = t.px(16)
    start = at.left() - size - t.px(6)
    paint.icon(painter, icon, start, round(area.center().y() - size / 2), size, colour)
    return start
