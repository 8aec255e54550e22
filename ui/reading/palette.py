""" "This is the…": what the words chosen are, by one letter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui import paint
from ui.actions import bind_list
from ui.keymap import keymap
from ui.theme import theme
from ui.widgets.buttons import BaseButton
from ui.widgets.choice import Choice
from ui.widgets.keycap import KeyCap
from ui.widgets.text import Text

KEYS: Final = "this is the"
TARGETS: Final = {
    "Household fact": "household",
    "Child's own words": "child_words",
    "Person, name": "person",
    "Date or time": "date",
    "What was seen": "seen",
    "Raises the risk": "raises",
    "Lowers the risk": "lowers",
    "Nothing, leave": "nothing",
}


class _Option(BaseButton):
    """One thing the words can be, with its letter."""

    def __init__(self, words: str, letter: str, parent: QWidget) -> None:
        self._letter = letter
        self.current = False
        super().__init__(words, parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{words}, {letter}")

    def measure(self) -> QSize:
        t = theme()
        wide = t.metrics("label").horizontalAdvance(self.words())
        return QSize(round(wide) + t.px(52), t.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.current:
            paint.box(painter, rect, fill=t.colour("selected"), edge=t.colour("accent"), radius=4)
        elif self.over():
            paint.box(painter, rect, fill=t.colour("hover"), radius=4)
        used = paint.key_cap(painter, self._letter, t.px(8), self.height() / 2)
        area = QRectF(t.px(16) + used, 0, self.width(), self.height())
        paint.text(painter, area, self.words(), t.font("label"), t.colour("text"))
        painter.end()


class Palette(QFrame):
    """Opens under the words chosen and takes the focus. `chosen` has a target or a path."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._options: list[_Option] = []
        self._at = 0
        column = QVBoxLayout(self)
        head = QHBoxLayout()
        head.addWidget(Text("This is the…", "label", weight=600), 1)
        head.addWidget(Text("2 keys:", "small", "text2"))
        head.addWidget(KeyCap("Enter"))
        head.addWidget(Text("then a letter", "small", "text2"))
        column.addLayout(head)
        grid = QGridLayout()
        acts = list(keymap().acts(KEYS).items())
        for i, (act, key) in enumerate(acts):
            option = _Option(act, key, self)
            option.clicked.connect(partial(self._choose, TARGETS[act]))
            grid.addWidget(option, i % 4, i // 4)
            self._options.append(option)
        column.addLayout(grid)
        low = QHBoxLayout()
        low.addWidget(Text("Or a field", "small", "text2"))
        self.field = Choice("Or a field of the draft", (), "Choose a field")
        self.field.chosen.connect(self._choose)
        low.addWidget(self.field, 1)
        column.addLayout(low)
        self._column, self._grid = column, grid
        slots = {act: partial(self._choose, target) for act, target in TARGETS.items()}
        self._bound = bind_list(self, KEYS, slots)
        letters = ", ".join(f"{key} {act}" for act, key in acts)
        self.setAccessibleName(f"This is the: {letters}")
        self._space()
        theme().scaled.connect(self._space)
        self.hide()

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(12), t.px(10), t.px(12), t.px(10))
        self._column.setSpacing(t.px(6))
        self._grid.setSpacing(t.px(2))

    def open_at(self, words: QRectF, fields: Sequence[tuple[str, str]]) -> None:
        """Open below the words (in the parent's coordinates), or above where there is no room."""
        self.field.set_options(fields)
        self.field.set_value(None)
        self._stand(0)
        self.adjustSize()
        room = self._room.rect()
        x = max(6, min(round(words.left()), room.width() - self.width() - 6))
        y = round(words.bottom()) + 8
        if y + self.height() > room.height() - 6:
            y = max(6, round(words.top()) - self.height() - 8)
        self.move(x, y)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_it(self) -> None:
        """Go back to the words."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _choose(self, target: str, _on: bool = False) -> None:
        self.hide()
        self.chosen.emit(target)

    def _stand(self, at: int) -> None:
        self._at = at
        for i, option in enumerate(self._options):
            option.current = i == at
            option.update()
        self.setAccessibleDescription(self._options[at].accessibleName())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Enter chooses, Esc goes back."""
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Left: -4,
            Qt.Key.Key_Right: 4,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._stand(max(0, min(len(self._options) - 1, self._at + steps[key])))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(list(TARGETS.values())[self._at])
        elif key == Qt.Key.Key_Escape:
            self.close_it()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised box."""
        t = theme()
        painter = QPainter(self)
        paint.box(
            painter,
            QRectF(self.rect()),
            fill=t.colour("surface"),
            edge=t.colour("borderControl"),
            radius=7,
        )
        painter.end()
