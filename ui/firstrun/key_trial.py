"""Five keys to try: each counts when it is really pressed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy

from ui import paint
from ui.theme import theme
from ui.widgets.group import BareGroup

KEYS = (
    ("F6", "Next pane", "Queue, contact, decision"),
    ("F8", "Next needed", "What is left to do"),
    ("Ctrl+K", "Search, or do", "A name or a command"),
    ("F1", "Help here", "About this very box"),
    ("F9", "Hide the screen", "Someone walks by"),
)


class _KeyCard(QLabel):
    """One key and whether it was tried; its text says both."""

    def __init__(self, key: str, title: str, hint: str) -> None:
        super().__init__()
        self.key, self._title, self._hint = key, title, hint
        self.tried = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()
        theme().changed.connect(self._restyle)

    def set_tried(self) -> None:
        """It was pressed."""
        self.tried = True
        self._say()
        self.update()

    def _say(self) -> None:
        self.setText(f"{self.key}: {self._title}, {'tried' if self.tried else 'try it'}")

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A cap and two lines."""
        return QSize(theme().px(150), theme().px(80))

    def minimumSizeHint(self) -> QSize:
        """May be narrower."""
        return QSize(theme().px(110), theme().px(80))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card, cap, words."""
        t = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        fill, edge = ("okSoft", "okText") if self.tried else ("surface", "borderSubtle")
        paint.box(painter, rect, fill=t.colour(fill), edge=t.colour(edge), radius=7)
        left = t.px(12)
        cap = self.key.replace("+", " ")
        paint.key_cap(painter, cap, left, t.px(20), fill=t.colour("surface"))
        state = "Tried" if self.tried else "Try it"
        colour = t.colour("okText" if self.tried else "muted")
        wide = t.metrics("small", 600).horizontalAdvance(state)
        x = rect.right() - wide - left
        area = QRectF(x, t.px(8), wide + 2, t.px(24))
        paint.text(painter, area, state, t.font("small", 600), colour)
        icon = "check" if self.tried else "circle-dashed"
        paint.icon(painter, icon, x - t.px(19), t.px(13), t.px(14), colour)
        title = QRectF(left, t.px(36), rect.width() - left, t.px(20))
        paint.text(painter, title, self._title, t.font("label", 600), t.colour("text"))
        hint = paint.elided(self._hint, "small", None, rect.width() - 2 * left)
        low = title.translated(0, t.px(18))
        paint.text(painter, low, hint, t.font("small"), t.colour("text2"))
        painter.end()


class KeyTrial(BareGroup):
    """The row of cards, one stop for the focus. `press` counts a key; `changed` tells how many
    were tried."""

    changed = Signal(int)

    def __init__(self) -> None:
        super().__init__("Five keys to begin")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.cards = {key: _KeyCard(key, title, hint) for key, title, hint in KEYS}
        for card in self.cards.values():
            self._row.addWidget(card, 1)
        self._space()
        self._say()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        self._row.setSpacing(theme().px(8))

    def _say(self) -> None:
        self.setAccessibleDescription(", ".join(card.text() for card in self.cards.values()))

    def tried(self) -> int:
        """How many were tried."""
        return sum(card.tried for card in self.cards.values())

    def press(self, key: str) -> bool:
        """Count a key; False when it is none of the five."""
        if key not in self.cards:
            return False
        self.cards[key].set_tried()
        self._say()
        self.changed.emit(self.tried())
        return True
