"""A numbered part of a form that folds. Its body is built the first time it opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ui import paint
from ui.style import OWN_RING
from ui.theme import theme
from ui.widgets.buttons import BaseButton

State = Literal["done", "needed", "advised", ""]

_MARKS: Final[dict[str, tuple[str, str, str]]] = {
    "done": ("circle-check", "okText", "done"),
    "needed": ("circle-dashed", "warnText", "needed to send"),
    "advised": ("circle-dashed", "muted", "advised"),
}


class SectionHead(BaseButton):
    """The line that opens and folds a part: state, number and title, summary, arrow."""

    def __init__(self, number: str, title: str, parent: QWidget | None = None) -> None:
        self._number = number
        self._title = title
        self._summary = ""
        self._state: State = ""
        super().__init__("", parent)
        self.setProperty(OWN_RING, True)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._name)
        self._name()

    def set_state(self, state: State) -> None:
        """The mark before the number."""
        if state != self._state:
            self._state = state
            self._name()

    def set_summary(self, summary: str) -> None:
        """Quiet words at the right."""
        if summary != self._summary:
            self._summary = summary
            self._name()

    def heading(self) -> str:
        """Number and title."""
        return f"{self._number} {self._title}".strip()

    def set_title(self, title: str) -> None:
        """Another title."""
        self._title = title
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(self.heading())
        said = [_MARKS[self._state][2]] if self._state else []
        said.append("open" if self.isChecked() else "folded")
        if self._summary:
            said.append(self._summary)
        self.setAccessibleDescription(", ".join(said))
        self.update()

    def measure(self) -> QSize:
        """One line, across."""
        return QSize(theme().px(200), theme().px(33))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Mark, heading, summary, arrow; and its own ring inside when focused."""
        t = theme()
        painter = QPainter(self)
        if self.over():
            painter.fillRect(self.rect(), t.colour("hover"))
        middle, size = self.height() / 2, t.px(16)
        y = round(middle - size / 2)
        x = float(t.px(14))
        if self._state:
            icon, colour, _ = _MARKS[self._state]
            paint.icon(painter, icon, round(x), y, size, t.colour(colour))
        x += t.px(24)
        right = self.width() - t.px(14) - size
        arrow = "chevron-up" if self.isChecked() else "chevron-down"
        paint.icon(painter, arrow, right, y, size, t.colour("text2"))
        heading = self.heading()
        wide = t.metrics("heading").horizontalAdvance(heading) + 2
        wide = min(wide, right - x - t.px(10))
        shown = paint.elided(heading, "heading", None, wide)
        area = QRectF(x, 0, wide + 2, self.height())
        paint.text(painter, area, shown, t.font("heading"), t.colour("text"))
        x += wide + t.px(12)
        room = right - t.px(10) - x
        if self._summary and room > t.px(40):
            words = paint.elided(self._summary, "small", None, room)
            wide = t.metrics("small").horizontalAdvance(words) + 2
            area = QRectF(right - t.px(10) - wide, 0, wide, self.height())
            paint.text(painter, area, words, t.font("small"), t.colour("text2"))
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 3)
        painter.end()


class Section(QWidget):
    """A part of a form. `build` makes its body and is called once, at the first opening or `make`.

    The section sets the margins of the body's layout, so that fields stand below the title.
    `opened` tells when it opens (True) or folds.
    """

    opened = Signal(bool)

    def __init__(
        self,
        number: int | str,
        title: str,
        build: Callable[[], QWidget],
        *,
        rule: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._build = build
        self._body: QWidget | None = None
        self._rule = rule
        self._summary_open = ""
        self._summary = ""
        self.head = SectionHead(str(number), title, self)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.setContentsMargins(0, 1 if rule else 0, 0, 0)
        self._column.addWidget(self.head)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setSizePolicy(policy)
        self.head.toggled.connect(self._toggle)
        theme().scaled.connect(self._space)

    def body(self) -> QWidget | None:
        """The body, or None before the first opening."""
        return self._body

    def is_open(self) -> bool:
        """Whether the body shows."""
        return self.head.isChecked()

    def make(self) -> None:
        """Make the body if there is none yet; it stays folded until the section is opened."""
        if self._body is None:
            self._body = self._build()
            self._column.addWidget(self._body)
            self._space()
            self._body.setVisible(self.is_open())

    def set_open(self, is_open: bool) -> None:
        """Open or fold."""
        self.head.setChecked(is_open)

    def set_state(self, state: State) -> None:
        """Done, needed, advised or nothing."""
        self.head.set_state(state)

    def set_summary(self, folded: str, opened: str = "") -> None:
        """The quiet words in the head when folded, and when open (a word count)."""
        self._summary, self._summary_open = folded, opened
        self.head.set_summary(opened if self.is_open() else folded)

    def _toggle(self, is_open: bool) -> None:
        if is_open:
            self.make()
        if self._body is not None:
            self._body.setVisible(is_open)
        self.set_summary(self._summary, self._summary_open)
        self.opened.emit(is_open)

    def _space(self) -> None:
        if self._body is not None:
            t = theme()
            room = (t.px(38), t.px(2), t.px(14), t.px(12))
            layout = self._body.layout()
            if layout is None:
                self._body.setContentsMargins(*room)
            else:
                layout.setContentsMargins(*room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline above."""
        if self._rule:
            painter = QPainter(self)
            paint.hairline(painter, 0, 0, self.width(), theme().colour("borderSubtle"))
            painter.end()
