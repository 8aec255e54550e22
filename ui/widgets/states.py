"""What a pane shows when it has nothing, is waiting, could not, or may not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button, Kind
from ui.widgets.text import Text


class StateView(QWidget):
    """An icon, what happened, what is safe and what to do, and up to two acts.

    `acted` gives the key of the act that was pressed.
    """

    acted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        self._icon = IconLabel("inbox", 28, "text2")
        self._title = Text("", "bodyStrong", wrap=True)
        self._words = Text("", "body", "text2", wrap=True)
        self._buttons = [Button(""), Button("")]
        self._keys = ["", ""]
        row = QHBoxLayout()
        row.addStretch(1)
        for i, button in enumerate(self._buttons):
            button.clicked.connect(self._first if i == 0 else self._second)
            row.addWidget(button)
        row.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(1)
        column.addWidget(self._icon, 0, centre)
        for label in (self._title, self._words):
            label.setAlignment(centre)
            column.addWidget(label)
        column.addSpacing(6)
        column.addLayout(row)
        column.addStretch(1)
        self._column, self._row = column, row
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(20), t.px(16), t.px(20), t.px(16))
        self._column.setSpacing(t.px(4))
        self._row.setSpacing(t.px(8))

    def show_words(
        self,
        icon: str,
        title: str,
        words: str = "",
        acts: Sequence[tuple[str, str]] = (),
        *,
        colour: str = "text2",
    ) -> None:
        """Say it; `acts` are (key, words), the first the likeliest."""
        self._icon.set(icon, colour)
        self._title.set_text(title)
        self._words.set_text(words)
        self._words.setVisible(bool(words))
        for i, button in enumerate(self._buttons):
            button.setVisible(i < len(acts))
            if i < len(acts):
                self._keys[i] = acts[i][0]
                button.set_text(acts[i][1])
                kind: Kind = "primary" if i == 0 and len(acts) > 1 else "secondary"
                button.set_kind(kind)

    def show_empty(
        self,
        title: str,
        words: str = "",
        acts: Sequence[tuple[str, str]] = (),
        icon: str = "inbox",
    ) -> None:
        """Nothing here, and that is all right."""
        self.show_words(icon, title, words, acts)

    def show_error(self, title: str, words: str, acts: Sequence[tuple[str, str]] = ()) -> None:
        """It did not work: what happened, what is safe, what to do."""
        self.show_words("circle-x", title, words, acts, colour="dangerText")

    def show_restricted(self, words: str, acts: Sequence[tuple[str, str]] = ()) -> None:
        """A record behind the glass."""
        self.show_words(
            "shield-alert", "This record is restricted", words, acts, colour="restricted"
        )

    def _first(self) -> None:
        self.acted.emit(self._keys[0])

    def _second(self) -> None:
        self.acted.emit(self._keys[1])


class Loading(QWidget):
    """Still shapes after 150 ms, words after 2 s. Shapes do not move."""

    def __init__(
        self, words: str = "Loading", rows: int = 3, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._rows = words, rows
        self._stage = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    def start(self) -> None:
        """Begin waiting."""
        self._stage = 0
        self._timer.start(theme().time_ms("skeletonAfterMs"))
        self.show()

    def stop(self) -> None:
        """It has come."""
        self._timer.stop()
        self.hide()

    def show_now(self) -> None:
        """Shapes and words at once."""
        self._timer.stop()
        self._stage = 2
        self.update()

    def _next(self) -> None:
        self._stage += 1
        if self._stage == 1:
            wait = theme().time_ms("spinnerTextAfterMs") - theme().time_ms("skeletonAfterMs")
            self._timer.start(wait)
        self.update()

    def sizeHint(self) -> QSize:
        """Its rows."""
        t = theme()
        return QSize(t.px(240), t.px(50) * self._rows + t.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing, then shapes, then words."""
        if self._stage == 0:
            return
        t = theme()
        painter = QPainter(self)
        fill, high = t.colour("borderSubtle"), t.px(50)
        for row in range(self._rows):
            y = row * high
            square = QRectF(t.px(14), y + t.px(13), t.px(24), t.px(24))
            paint.box(painter, square, fill=fill, radius=4)
            room = self.width() - t.px(70)
            for i, share in enumerate((0.45, 0.7 - 0.1 * (row % 2))):
                bar = QRectF(t.px(50), y + t.px(13) + i * t.px(15), room * share, t.px(9))
                paint.box(painter, bar, fill=fill, radius=3)
            paint.hairline(painter, 0, y + high - 1, self.width(), fill)
        if self._stage >= 2:
            area = QRectF(t.px(14), self._rows * high, self.width(), t.px(28))
            ink = t.colour("text2")
            paint.text(painter, area, self._words, t.font("small"), ink)
        painter.end()
