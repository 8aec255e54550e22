"""Four cards to choose colours by: each paints itself as it would look."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
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
        fill = t.colour("selected" if chosen else "hover" if self.over() else "surface")
        around = edge if chosen else t.colour("borderSubtle")
        paint.box(painter, rect, fill=fill, edge=around, radius=7, width=2 if chosen else 1)
        small = QRectF(rect.left() + 8, rect.top() + 8, rect.width() - 16, t.px(66))
        self._small(painter, small)
        dot = QRectF(rect.left() + t.px(10), rect.bottom() - t.px(40), t.px(16), t.px(16))
        paint.box(painter, dot, fill=t.colour("surface"), edge=edge, radius=t.px(8))
        if chosen:
            inset = t.px(4)
            inner = dot.adjusted(inset, inset, -inset, -inset)
            paint.box(painter, inner, fill=edge, edge=None, radius=t.px(4))
        x = dot.right() + t.px(8)
        words = QRectF(x, dot.top() - t.px(4), rect.right() - x - t.px(4), t.px(20))
        title = paint.elided(self.text(), "label", 600, words.width())
        paint.text(painter, words, title, t.font("label", 600), t.colour("text"))
        low = words.translated(0, t.px(17))
        hint = paint.elided(self._words_below, "small", None, low.width())
        paint.text(painter, low, hint, t.font("small"), t.colour("text2"))
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
        side, gap = t.px(18), t.px(6)
        y = round(page.center().y() - side / 2)
        right = page.right() - t.px(8)
        if page.width() > t.px(170):
            for rating in ("green", "amber"):
                right -= side
                paint.rag(painter, rating, right, y, side, named=self.key)
                right -= gap
        left = page.left() + t.px(8)
        paint.rag(painter, "red", left, y, side, named=self.key)
        x = left + side + t.px(8)
        line = t.line("small")
        top = QRectF(x, page.center().y() - line, right - x, line)
        words = paint.elided("Maya Rowe 7", "small", 600, top.width())
        paint.text(painter, top, words, t.font("small", 600), QColor(colours["text"]))
        low = top.translated(0, line)
        paint.text(painter, low, "Police", t.font("small"), QColor(colours["text2"]))


class ThemeCards(BareGroup):
    """The four cards; `chosen` tells a person's choice."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Can you see this well", parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        self._cards = [_Card(*card, self) for card in CARDS]
        for card in self._cards:
            card.clicked.connect(self._clicked)
            row.addWidget(card, 1)
        self.show_choice()

    def show_choice(self) -> None:
        """Show the theme that is chosen, wherever it was."""
        for card in self._cards:
            if card.key == theme().choice:
                card.setChecked(True)

    def value(self) -> str:
        """The theme that is chosen."""
        return next((c.key for c in self._cards if c.isChecked()), "system")

    def stand(self) -> None:
        """Put the focus on the theme that is chosen."""
        for card in self._cards:
            if card.isChecked():
                card.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clicked(self) -> None:
        self.chosen.emit(self.value())
