"""How complete a decision is: a block for each part, and the same in a sentence.

It counts what is there, never how good it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme

Part = Literal["done", "needed", "advised"]


def meter_sentence(parts: Sequence[Part]) -> tuple[str, str]:
    """The stressed and the quiet half: ("9 of 13 done", "3 needed to send, 1 advised")."""
    done, needed = parts.count("done"), parts.count("needed")
    advised = parts.count("advised")
    rest = [f"{needed} needed to send"] if needed else []
    rest += [f"{advised} advised"] if advised else []
    return f"{done} of {len(parts)} done", ", ".join(rest) or "nothing missing"


class Meter(QProgressBar):
    """Solid done, outlined needed, dashed advised; a progress bar to a screen reader."""

    def __init__(self, name: str = "Parts done", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setTextVisible(False)
        self._parts: tuple[Part, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._restyle)

    def set_parts(self, parts: Sequence[Part]) -> None:
        """Show the parts in the form's order."""
        made = tuple(parts)
        if made == self._parts:
            return
        self._parts = made
        # Qt's own bar has the whole window painted, at once, for each new value.
        self.setUpdatesEnabled(False)
        self.setRange(0, max(1, len(made)))
        self.setValue(made.count("done"))
        self.setUpdatesEnabled(True)
        self.setAccessibleDescription(" · ".join(meter_sentence(made)))
        self.update()

    def parts(self) -> tuple[Part, ...]:
        """What is shown."""
        return self._parts

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(theme().px(200), theme().px(8))

    def minimumSizeHint(self) -> QSize:
        """Narrow is allowed."""
        return QSize(theme().px(80), theme().px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """One block for each part: done first, as they add up."""
        t = theme()
        painter = QPainter(self)
        order = {"done": 0, "needed": 1, "advised": 2}
        parts = sorted(self._parts, key=order.__getitem__)
        count = max(1, len(parts))
        gap = 2.0
        width = (self.width() - gap * (count - 1)) / count
        for i, part in enumerate(parts):
            left, right = round(i * (width + gap)), round(i * (width + gap) + width)
            rect = QRectF(left, 0, right - left, self.height())
            if part == "done":
                paint.box(painter, rect, fill=t.colour("accent"), radius=1.5)
            else:
                edge, dashed = t.colour("borderControl"), part == "advised"
                paint.box(
                    painter, rect, fill=t.colour("surface"), edge=edge, radius=2, dashed=dashed
                )
        painter.end()
