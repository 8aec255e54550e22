"""Four cards to choose colours by: each paints itself as it would look."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme, tokens
from ui.widgets.buttons import BaseButton
from ui.widgets.group import BareGroup

CARDS = (
    ("light", "Light", "Bright rooms"),
    ("dark", "Dark", "Dim rooms"),
    ("highContrast", "High contrast", "Strong edges"),
    ("system", "As the computer", "Follows your PC"),
)


class _Card(BaseButton):
    """One choice of colours. A radio button to a screen reader."""

    def __init__(self, key: str, words: str, hint: str, parent: QWidget) -> None:
        super().__init__(words, parent)
        self.key, self._words_below = key, hint
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(f"{words}, {hint.casefold()}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def measure(self) -> QSize:
        """A small screen and two lines of words."""
        return QSize(theme().px(170), theme().px(132))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card, its small screen, its words."""
        t = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        chosen = self.isChecked()
        edge = t.colour("accent" if chosen else "borderControl")
        fill = t.colour("selected" if chosen else "surface")
        paint.box(painter, rect, fill=fill, edge=edge, radius=7, width=2 if chosen else 1)
        small = QRectF(rect.left() + 8, rect.top() + 8, rect.width() - 16, t.px(66))
        self._small(painter, small)
        dot = QRectF(rect.left() + t.px(10), rect.bottom() - t.px(40), t.px(16), t.px(16))
        paint.box(painter, dot, fill=t.colour("surface"), edge=edge, radius=t.px(8))
        if chosen:
            inset = t.px(4)
            inner = dot.adjusted(inset, inset, -inset, -inset)
            paint.box(painter, inner, fill=edge, edge=None, radius=t.px(4))
        x = dot.right() + t.px(8)
        words = QRectF(x, dot.top() - t.px(4), rect.right() - x, t.px(20))
        paint.text(painter, words, self.text(), t.font("label", 600), t.colour("text"))
        low = words.translated(0, t.px(17))
        paint.text(painter, low, self._words_below, t.font("small"), t.colour("text2"))
        painter.end()

    def _small(self, painter: QPainter, area: QRectF) -> None:
        t = theme()
        if self.key == "system":
            paint.box(painter, area, edge=t.colour("borderControl"), radius=0, dashed=True)
            x, y = area.center().x() - t.px(10), area.center().y() - t.px(10)
            paint.icon(painter, "monitor", x, y, t.px(20), t.colour("text2"))
            return
        colours = tokens()["color"][self.key]
        chrome, surface = QColor(colours["chrome"]), QColor(colours["surface"])
        edge = QColor(colours["borderControl"])
        paint.box(painter, area, fill=chrome, edge=edge, radius=0)
        page = area.adjusted(t.px(8), t.px(8), -t.px(8), -t.px(8))
        paint.box(painter, page, fill=surface, edge=edge, radius=0)
        y = page.center().y()
        paint.box(
            painter,
            QRectF(page.left() + t.px(10), y - t.px(7), t.px(14), t.px(14)),
            fill=QColor(colours["ragRed"]),
            edge=QColor(colours["ragRedEdge"]),
            radius=t.px(4),
        )
        words = QRectF(page.left() + t.px(32), page.top(), page.width() - t.px(34), page.height())
        paint.text(painter, words, "Maya", t.font("small", 600), QColor(colours["text"]))


class ThemeCards(BareGroup):
    """The four cards; `chosen` tells a person's choice."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Can you see this well", parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(10))
        self._cards = [_Card(*card, self) for card in CARDS]
        for card in self._cards:
            card.setChecked(card.key == theme().choice)
            card.clicked.connect(self._clicked)
            row.addWidget(card, 1)

    def value(self) -> str:
        """The theme that is chosen."""
        return next((c.key for c in self._cards if c.isChecked()), "system")

    def _clicked(self) -> None:
        self.chosen.emit(self.value())
