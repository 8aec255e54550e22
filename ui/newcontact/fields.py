"""Small building blocks of the call's form: a label over its box, a ticked prompt, a head."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.buttons import BaseButton
from ui.widgets.text import Text, plain_tip


class Labelled(QWidget):
    """A label over its box."""

    def __init__(self, words: str, box: QWidget, aside: str = "") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(4))
        self.label = Text(words, "label", elide=True)
        self.label.setBuddy(box)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        head = QHBoxLayout()
        head.setSpacing(theme().px(6))
        head.addWidget(self.label)
        if aside:
            head.addWidget(Text(aside, "small", "muted", spare=True), 1)
        column.addLayout(head)
        column.addWidget(box)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)


class Prompt(BaseButton):
    """One line of the ask-list: ticked by hand, or by what was typed."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        self.by_hand = False
        super().__init__(words, parent)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._by_hand)
        self.toggled.connect(self.restyle)
        self._lead = 16

    def _by_hand(self) -> None:
        self.by_hand = True

    def measure(self) -> QSize:
        """A circle and the words."""
        t = theme()
        wide = t.metrics("body").horizontalAdvance(self.words())
        return QSize(round(wide) + t.px(26), t.px(27))

    def minimumSizeHint(self) -> QSize:
        """The words may be cut short, with a tooltip."""
        return QSize(theme().px(120), theme().px(27))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ticked: a green tick and quiet words. Waiting: an open circle."""
        t = theme()
        painter = QPainter(self)
        done = self.isChecked()
        size = t.px(16)
        if self.over():
            paint.box(painter, QRectF(self.rect()), fill=t.colour("hover"), radius=4)
        ink = t.colour("okText" if done else "text2")
        name = "circle-check" if done else "circle-dashed"
        paint.icon(painter, name, t.px(1), round((self.height() - size) / 2), size, ink)
        x = t.px(1) + size + t.px(8)
        shown = paint.elided(self.words(), "body", None, self.width() - x)
        words = plain_tip(self.words()) if shown != self.words() else ""
        if words != self.toolTip():
            self.setToolTip(words)
        area = QRectF(x, 0, self.width() - x, self.height())
        paint.text(painter, area, shown, t.font("body"), t.colour("text2" if done else "text"))
        painter.end()


class NumberMark(QWidget):
    """The number of a part in its circle; the words beside it say the same."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._size()
        theme().scaled.connect(self._size)

    def _size(self) -> None:
        self.setFixedSize(theme().px(23), theme().px(23))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Circle and number."""
        t = theme()
        painter = QPainter(self)
        paint.box(painter, QRectF(self.rect()), edge=t.colour("accent"), radius=self.height() / 2)
        paint.text(
            painter,
            QRectF(self.rect()),
            str(self._number),
            t.font("label", 600),
            t.colour("accent"),
            Qt.AlignmentFlag.AlignHCenter,
        )
        painter.end()
