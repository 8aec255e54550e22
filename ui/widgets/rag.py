"""The rating as a shape with its letter; the word beside it when it answers a question."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme, tokens


def rating_word(rating: str) -> str:
    """The word for a rating: Red, Amber, Green, Not rated."""
    word: str = tokens()["rag"][rating]["word"]
    return word


class RagChip(QLabel):
    """A rating shape of 18, 24 or 36 design pixels. Its text is the word, for readers."""

    def __init__(
        self,
        rating: str = "none",
        size: int = 24,
        *,
        word: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rating, self._size, self._word = rating, size, word
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(rating_word(rating))
        theme().changed.connect(self._restyle)

    def set_rating(self, rating: str) -> None:
        """red, amber, green or none."""
        if rating != self._rating:
            self._rating = rating
            self.setText(rating_word(rating))
            self._restyle()

    def rating(self) -> str:
        """What is shown."""
        return self._rating

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The shape, and the word if it is shown."""
        t = theme()
        side = t.px(self._size)
        wide = side
        if self._word:
            wide += t.px(8) + round(t.metrics("body", 600).horizontalAdvance(self.text())) + 2
        return QSize(wide, side)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shape and word."""
        t = theme()
        painter = QPainter(self)
        side = t.px(self._size)
        paint.rag(painter, self._rating, 0, (self.height() - side) / 2, side)
        if self._word:
            area = QRectF(side + t.px(8), 0, self.width(), self.height())
            paint.text(painter, area, self.text(), t.font("body", 600), t.colour("text"))
        painter.end()
