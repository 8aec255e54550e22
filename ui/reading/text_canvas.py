"""A part's plain text: wrapped to the room there is, laid out a moment at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from time import perf_counter
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QWidget

from ui.reading.canvas import Word, WordCanvas
from ui.theme import theme

_SLICE_S: Final = 0.01
"""Seconds that plain text is laid out in one go; the rest follows when the window has time."""
LONGEST_TEXT: Final = 30_000
"""Characters of plain text laid out at once; the rest stays in the original."""

_WORD = re.compile(r"\S+")


class TextCanvas(WordCanvas):
    """A part's plain text, wrapped to the room there is."""

    reached = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = -1
        self._laid: list[tuple[QTextLayout, QPointF]] = []
        self._laid_for: tuple[str, int, float] = ("", -1, 0.0)
        self._drawing = False
        self._low, self._laid_to = 0.0, 0
        self._laying: Iterator[None] = iter(())
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._more.timeout.connect(self._lay_slice)
        theme().changed.connect(self._lay_out)

    def show_text(self, text: str) -> None:
        """Show a part's text."""
        if text != self.text:
            self._anchor = self._at = -1
        self.text = text
        self._lay_out()

    def dark(self) -> bool:
        """As the theme."""
        return theme().colour("surface").lightness() < 128

    def _lay_out(self) -> None:
        t = theme()
        wanted = (self.text, self.width(), t.text_scale)
        if wanted == self._laid_for:
            return
        self._laid_for = wanted
        self._laid, self.words = [], []
        self._places.clear()
        self._lines.clear()
        self._laying = self._paragraphs()
        self._lay_slice()

    def _lay_slice(self) -> None:
        """Lay out what fits into a moment, and the rest when the window has time again."""
        until = perf_counter() + _SLICE_S
        for _ in self._laying:
            if perf_counter() > until:
                self._more.start()
                break
        self._laid_so_far()

    def _lay_rest(self) -> None:
        """Lay out all that is left: somebody asks for words further down."""
        self._more.stop()
        for _ in self._laying:
            pass
        self._laid_so_far()

    def bring(self, start: int) -> None:
        """Tell where an offset of the text stands, once it is laid out (`reached`)."""
        self._wanted = start
        self._laid_so_far()

    def _laid_so_far(self) -> None:
        end = min(self._wanted + 200, len(self.text))
        if self._wanted >= 0 and end <= self._laid_to:
            line = super().span_rect(self._wanted, end)
            self._wanted = -1
            if not line.isNull():
                self.reached.emit(round(line.top()))
        tall = round(self._low) + theme().px(20)
        if tall != self.height():
            self.setFixedHeight(tall)
        self.update()

    def _paragraphs(self) -> Iterator[None]:
        """Lay out one paragraph after another."""
        t = theme()
        edge, line_height = t.px(14), t.px(32)
        wide = max(60, self.width() - 2 * edge - t.px(12))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        font = t.font("narrative")
        self._low, self._laid_to = float(t.px(14)), 0
        for paragraph in self.text[:LONGEST_TEXT].split("\n"):
            if not paragraph.strip():
                self._low += line_height * 0.5
                self._laid_to += len(paragraph) + 1
                continue
            layout = QTextLayout(paragraph.replace("\t", " "), font)
            layout.setTextOption(option)
            layout.beginLayout()
            top = self._low
            while True:
                line = layout.createLine()
                if not line.isValid():
                    break
                line.setLineWidth(wide)
                line.setPosition(QPointF(0, self._low - top + (line_height - line.height()) / 2))
                self._low += line_height
            layout.endLayout()
            origin = QPointF(edge, top)
            self._laid.append((layout, origin))
            self._find_words(layout, origin, paragraph, self._laid_to)
            self._laid_to += len(paragraph) + 1
            yield
        self._laid_to = len(self.text) + 1

    def lines_of(self, start: int, end: int) -> list[QRectF]:
        """A span of the text as one rectangle for each line; it is laid out first, if need be."""
        if end > self._laid_to and not self._drawing:
            self._lay_rest()
        return super().lines_of(start, end) if end <= self._laid_to else []

    def choose(self, start: int, end: int) -> None:
        """Choose the words between two offsets of the text."""
        if end > self._laid_to:
            self._lay_rest()
        super().choose(start, end)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys may lead to any word."""
        self._lay_rest()
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is laid out so far."""
        self._drawing = True
        super().paintEvent(event)
        self._drawing = False

    def _find_words(
        self, layout: QTextLayout, origin: QPointF, paragraph: str, offset: int
    ) -> None:
        # Qt counts in UTF-16: offsets differ only where a character needs two.
        plain = len(paragraph.encode("utf-16-le")) == 2 * len(paragraph)
        for found in _WORD.finditer(paragraph):
            first, last = found.span()
            if not plain:
                first = len(paragraph[:first].encode("utf-16-le")) // 2
                last = len(paragraph[: found.end()].encode("utf-16-le")) // 2
            line = layout.lineForTextPosition(first)
            if not line.isValid():
                continue
            end = min(last, line.textStart() + line.textLength())
            left = _x(line.cursorToX(first))
            right = _x(line.cursorToX(end))
            rect = QRectF(
                origin.x() + left, origin.y() + line.y(), max(2.0, right - left), line.height()
            )
            self.words.append(Word(offset + found.start(), offset + found.end(), rect))

    def draw_ground(self, painter: QPainter, rect: QRectF) -> None:
        """The words on the surface."""
        t = theme()
        painter.fillRect(rect, t.colour("surface"))
        painter.setPen(t.colour("text"))
        for layout, origin in self._laid:
            layout.draw(painter, origin, [], rect)

    def is_cut(self) -> bool:
        """Whether the text is longer than what is shown."""
        return len(self.text) > LONGEST_TEXT


def _x(answer: object) -> float:
    """A place in a line; Qt gives it with the cursor's position in some versions."""
    if isinstance(answer, tuple):
        return float(answer[0])
    return float(answer)  # type: ignore[arg-type]
