"""Keys printed on caps, and the line of them at the foot of a pane."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme


class KeyCap(QLabel):
    """One key. It is only a hint: it takes no focus and does nothing."""

    def __init__(self, key: str, what: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(key)
        self.setAccessibleName(f"{what}: {key}" if what else key)
        self.setToolTip(what)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The cap."""
        return QSize(paint.key_width(self.text()), theme().px(20))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cap."""
        t = theme()
        painter = QPainter(self)
        middle = self.height() / 2
        paint.key_cap(painter, self.text(), 0, middle, fill=t.colour("surface"))
        painter.end()


class KeyHints(QLabel):
    """A line of keys and what they do: ((("↑", "↓"), "move"), (("Enter",), "open")).

    What does not fit at the end is left out; its text holds all of it.
    """

    def __init__(
        self,
        hints: Sequence[tuple[Sequence[str] | str, str]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._hints: tuple[tuple[tuple[str, ...], str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set(hints)
        theme().changed.connect(self._restyle)

    def set(self, hints: Sequence[tuple[Sequence[str] | str, str]]) -> None:
        """Show other hints: (keys, what they do), where keys may be one key's name."""
        self._hints = tuple(
            ((keys,) if isinstance(keys, str) else tuple(keys), what) for keys, what in hints
        )
        said = (f"{' '.join(keys)} {what}".strip() for keys, what in self._hints)
        self.setText("; ".join(said))
        self._restyle()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _width(self, keys: tuple[str, ...], what: str) -> float:
        t = theme()
        caps = sum(paint.key_width(key) + t.px(4) for key in keys)
        if not what:
            return caps
        return caps + t.px(4) + t.metrics("small").horizontalAdvance(what)

    def sizeHint(self) -> QSize:
        """All of them."""
        t = theme()
        wide = sum(self._width(keys, what) + t.px(14) for keys, what in self._hints)
        return QSize(round(wide), t.px(22))

    def minimumSizeHint(self) -> QSize:
        """Nothing: hints give way first."""
        return QSize(0, theme().px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Caps and words, as many as fit."""
        t = theme()
        painter = QPainter(self)
        x, middle = 0.0, self.height() / 2
        for keys, what in self._hints:
            if x + self._width(keys, what) > self.width() + 1:
                break
            for key in keys:
                x += paint.key_cap(painter, key, x, middle, fill=t.colour("surface")) + t.px(4)
            if not what:
                continue
            x += t.px(4)
            wide = t.metrics("small").horizontalAdvance(what)
            area = QRectF(x, 0, wide + 2, self.height())
            paint.text(painter, area, what, t.font("small"), t.colour("text2"))
            x += wide + t.px(14)
        painter.end()
