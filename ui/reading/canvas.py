"""The original with its words: a page's picture, or plain text. Read-only; words can be chosen.

Both kinds share one idea: words with their place in the part's text, each with a rectangle.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage.domain.draft import TextPart
from ui import paint
from ui.reading.facts import Mark
from ui.style import OWN_RING
from ui.theme import theme, tokens

_MOST_LINES: Final = 400
"""Spans whose lines are kept between two paintings."""

_PAPER = QColor(Qt.GlobalColor.white)


def _on_paper(token: str, alpha: int = 255) -> QColor:
    """A colour of the light theme: paper stays white in every theme. `alpha` is 0 to 255."""
    colour = QColor(tokens()["color"]["light"][token])
    colour.setAlpha(alpha)
    return colour


_INK = _on_paper("accentHover")
_SOFT = _on_paper("accent", 26)
_AMBER = _on_paper("warnText")
_AMBER_SOFT = _on_paper("ragAmber", 90)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the part's text and where it is drawn."""

    start: int
    end: int
    rect: QRectF


@dataclass(frozen=True, slots=True)
class Choice:
    """Words chosen, by their offsets in the part's text."""

    start: int
    end: int


class WordCanvas(QWidget):
    """Draws marks over words, and lets words be chosen by keys and pointer.

    `mark_met` has a mark's number when the cursor comes to its words; `palette_asked` is Enter.
    """

    choice_changed = Signal()
    palette_asked = Signal()
    mark_met = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(OWN_RING, True)
        self.setAccessibleName("Original")
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.words: list[Word] = []
        self.text = ""
        self.marks: tuple[Mark, ...] = ()
        self.unused: tuple[tuple[int, int], ...] = ()
        self.show_marks = True
        self.current_mark = 0
        self.blurred = False
        self._anchor = self._at = -1
        self._places: dict[tuple[int, ...], QRectF] = {}
        self._lines: dict[tuple[int, int], list[QRectF]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def _lay_out(self) -> None:
        """Place the words for the width there is, and be as tall as they need."""
        raise NotImplementedError

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words follow the width."""
        super().resizeEvent(event)
        self._lay_out()

    def sizeHint(self) -> QSize:
        """As wide as there is room, as tall as its words."""
        return QSize(theme().px(500), self.height())

    # ---- what is chosen -------------------------------------------------------

    def choice(self) -> Choice | None:
        """The words chosen, or None."""
        if self._at < 0 or not self.words:
            return None
        low, high = sorted((self._anchor, self._at))
        high = min(high, len(self.words) - 1)
        return Choice(self.words[low].start, self.words[high].end)

    def choose(self, start: int, end: int) -> None:
        """Choose the words between two offsets of the text."""
        inside = [i for i, w in enumerate(self.words) if w.start < end and start < w.end]
        if inside:
            self._anchor, self._at = inside[0], inside[-1]
        else:
            self._anchor = self._at = -1
        self._told()

    def choice_rect(self) -> QRectF:
        """Where the words chosen stand, all together; empty where there are none."""
        chosen = self.choice()
        return QRectF() if chosen is None else self.span_rect(chosen.start, chosen.end)

    def span_rect(self, start: int, end: int) -> QRectF:
        """Where a span of the text stands, all together."""
        found = QRectF()
        for rect in self.lines_of(start, end):
            found = rect if found.isNull() else found.united(rect)
        return found

    def lines_of(self, start: int, end: int) -> list[QRectF]:
        """A span of the text as one rectangle for each line it runs over."""
        known = self._lines.get((start, end))
        if known is not None:
            return known
        lines: list[QRectF] = []
        first = bisect_right(self.words, start, key=lambda word: word.end)
        for word in islice(self.words, first, None):
            if word.start >= end:
                break
            if word.rect.isNull():
                continue
            here = word.rect
            if lines and abs(lines[-1].center().y() - here.center().y()) < here.height() * 0.6:
                lines[-1] = lines[-1].united(here)
            else:
                lines.append(QRectF(here))
        if len(self._lines) > _MOST_LINES:
            self._lines.clear()
        self._lines[start, end] = lines
        return lines

    def chosen_text(self) -> str:
        """The words chosen, as they stand in the text."""
        chosen = self.choice()
        return "" if chosen is None else self.text[chosen.start : chosen.end]

    def _told(self) -> None:
        self._describe()
        self.update()
        self.choice_changed.emit()

    def _describe(self) -> None:
        chosen = self.choice()
        if chosen is None or self.blurred:
            self.setAccessibleDescription("No words chosen")
            return
        mark = self.mark_at(chosen.start, chosen.end)
        said = " ".join(self.chosen_text().split())
        if mark is not None:
            said += f". Source {mark.number}{', to check' if mark.check else ''}"
        self.setAccessibleDescription(said)

    def mark_at(self, start: int, end: int) -> Mark | None:
        """The mark over a span of the text, if there is one."""
        return next((m for m in self.marks if m.start < end and start < m.end), None)

    # ---- keys and pointer --------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk words; with Shift they choose several; Enter asks what they are."""
        key = Qt.Key(event.key())
        more = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        )
        if not plain or not self.words:
            super().keyPressEvent(event)
            return
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._move(self._at + (1 if key == Qt.Key.Key_Right else -1), more)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(self._in_line(1 if key == Qt.Key.Key_Down else -1), more)
        elif key == Qt.Key.Key_Home:
            self._move(0, more)
        elif key == Qt.Key.Key_End:
            self._move(len(self.words) - 1, more)
        else:
            super().keyPressEvent(event)

    def more_words(self) -> None:
        """Choose as far as the same place in the next line."""
        self._move(self._in_line(1), True)

    def _move(self, to: int, more: bool) -> None:
        to = max(0, min(len(self.words) - 1, to))
        if not more or self._anchor < 0:
            self._anchor = to if not more or self._at < 0 else self._at
        self._at = to
        self._told()
        self._meet(self.words[to].start)

    def _in_line(self, step: int) -> int:
        """The word nearest in the line below (1) or above (-1)."""
        if self._at < 0:
            return 0
        here = self.words[self._at].rect
        best, least = self._at, float("inf")
        for i, word in enumerate(self.words):
            away = (word.rect.center().y() - here.center().y()) * step
            if away < here.height() * 0.6:
                continue
            cost = away * 8 + abs(word.rect.center().x() - here.center().x())
            if cost < least:
                best, least = i, cost
        return best

    def word_at(self, point: QPointF) -> int:
        """The word under a point, or the nearest in its line; -1 where there is none."""
        best, least = -1, float("inf")
        for i, word in enumerate(self.words):
            rect = word.rect
            if rect.contains(point):
                return i
            if rect.top() - 3 <= point.y() <= rect.bottom() + 3:
                away = min(abs(point.x() - rect.left()), abs(point.x() - rect.right()))
                if away < least:
                    best, least = i, away
        return best

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to choose."""
        found = self.word_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found >= 0:
            self._anchor = self._at = found
            self._told()
            self._meet(self.words[found].start)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose as far as here."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._anchor >= 0:
            found = self.word_at(event.position())
            if found >= 0 and found != self._at:
                self._at = found
                self._told()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask what the word is."""
        self.palette_asked.emit()

    def _meet(self, offset: int) -> None:
        mark = self.mark_at(offset, offset + 1)
        if mark is not None:
            self.mark_met.emit(mark.number)

    # ---- painting ------------------------------------------------------------------

    def draw_ground(self, painter: QPainter, rect: QRectF) -> None:
        """What lies below the marks."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper, marks, the words chosen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if self.blurred:
            t = theme()
            paint.hatch(painter, QRectF(self.rect()), t.colour("muted"), t.colour("sunken"))
            painter.end()
            return
        clip = QRectF(event.rect())
        self.draw_ground(painter, clip)
        if self.show_marks:
            for mark in self.marks:
                self._draw_mark(painter, mark, clip)
        chosen = self.choice()
        if chosen is not None:
            self._draw_choice(painter, chosen)
        if self.hasFocus():
            seen = QRectF(self.visibleRegion().boundingRect())
            paint.focus_ring(painter, seen.adjusted(0, 0, -1, -1), 3)
        painter.end()

    def dark(self) -> bool:
        """Whether the ground is dark; a page's picture never is."""
        return False

    def _inks(self, mark: Mark) -> tuple[QColor, QColor]:
        t = theme()
        if self.dark():
            soft = QColor(t.colour("warnText" if mark.check else "accent"))
            soft.setAlpha(46)
            return t.colour("warnText" if mark.check else "accent"), soft
        return (_AMBER, _AMBER_SOFT) if mark.check else (_INK, _SOFT)

    def _draw_mark(self, painter: QPainter, mark: Mark, clip: QRectF) -> None:
        lines = self.lines_of(mark.start, mark.end)
        if not lines or not any(line.adjusted(-30, -20, 60, 20).intersects(clip) for line in lines):
            return
        ink, soft = self._inks(mark)
        pen = QPen(ink, 2.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if mark.check:
            pen.setDashPattern([3.0, 2.0])
        current = mark.number == self.current_mark
        for line in lines:
            painter.fillRect(line, soft)
            painter.setPen(pen)
            y = line.bottom() + 0.5
            painter.drawLine(QPointF(line.left(), y), QPointF(line.right(), y))
            if current:
                painter.setPen(QPen(ink, 2.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(line.adjusted(-2, -2, 2, 2))
        self._draw_number(painter, mark, lines[-1], ink, current)

    def _draw_number(
        self, painter: QPainter, mark: Mark, line: QRectF, ink: QColor, current: bool
    ) -> None:
        t = theme()
        words = str(mark.number)
        wide = max(t.px(15), t.metrics("small", 600).horizontalAdvance(words) + t.px(6))
        high = t.px(15)
        rect = self._number_place(mark, line, wide, high)
        ground = t.colour("surface") if self.dark() else _PAPER
        paint.box(
            painter,
            rect,
            fill=ink if current else ground,
            edge=ink,
            radius=3,
            dashed=mark.check and not current,
        )
        font = t.font("small", 600)
        ink = ground if current else ink
        paint.text(painter, rect, words, font, ink, Qt.AlignmentFlag.AlignHCenter)

    def _number_place(self, mark: Mark, line: QRectF, wide: float, high: float) -> QRectF:
        """Where a mark's number covers the fewest words: after them, above or below their end."""
        wanted = (mark.start, mark.end, round(line.right()), round(line.top()), round(wide))
        known = self._places.get(wanted)
        if known is not None:
            return known
        right = min(line.right(), self.width() - wide - 2)
        above, below = max(1.0, line.top() - high + 3), line.bottom() - 2
        offered = [
            QRectF(right + 2, line.center().y() - high / 2, wide, high),
            QRectF(right - 3, above, wide, high),
            QRectF(right - wide, above, wide, high),
            QRectF(right - 3, below, wide, high),
            QRectF(max(1.0, line.left() - wide - 1), line.center().y() - high / 2, wide, high),
            QRectF(right - wide, below, wide, high),
            QRectF(min(right + 4 + wide, self.width() - wide - 2), above, wide, high),
            QRectF(min(right + 4 + wide, self.width() - wide - 2), below, wide, high),
        ]
        near = [
            w.rect for w in self.words if abs(w.rect.center().y() - line.center().y()) < high * 3
        ]

        others = list(self._places.values())

        def covered(place: QRectF) -> float:
            """Words and, worse, other marks' numbers that it would hide."""
            return _shared(place, near) + 4 * _shared(place, others)

        best = min(offered, key=covered)
        self._places[wanted] = best
        return best

    def _draw_choice(self, painter: QPainter, chosen: Choice) -> None:
        t = theme()
        fill = QColor(t.colour("accent"))
        fill.setAlpha(90 if self.hasFocus() else 50)
        for line in self.lines_of(chosen.start, chosen.end):
            painter.fillRect(line, fill)
            edge = t.colour("accent") if self.dark() else _INK
            paint.box(painter, line.adjusted(-1, -1, 1, 1), edge=edge, radius=1, width=2)


def _shared(place: QRectF, rects: Sequence[QRectF]) -> float:
    """How much of a place other rectangles cover, in square pixels."""
    shared = (place.intersected(rect) for rect in rects)
    return sum(r.width() * r.height() for r in shared if not r.isEmpty())


class PageCanvas(WordCanvas):
    """A page's picture, as wide as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._drawn: QPixmap | None = None
        self._page = 1
        self._part: TextPart | None = None

    def show_page(self, part: TextPart, page: int, image: QImage) -> None:
        """Show a page with the words that are known on it."""
        same = part is self._part and page == self._page
        self._part, self._page, self._image = part, page, image
        self.text = part.text
        if not same:
            self._anchor = self._at = -1
        self._lay_out()

    def _lay_out(self) -> None:
        if self._part is None or self._image is None:
            return
        self._drawn = None
        self._places.clear()
        self._lines.clear()
        wide = max(1, self.width())
        tall = round(wide * self._image.height() / max(1, self._image.width()))
        if self.height() != tall:
            self.setFixedHeight(tall)
        placed = sorted(box for box in self._part.boxes if box[2] == self._page)
        self.words = [
            Word(
                start,
                end,
                QRectF(left * wide, top * tall, (right - left) * wide, (low - top) * tall),
            )
            for start, end, _page, left, top, right, low in placed
        ]
        self.update()

    def draw_ground(self, painter: QPainter, rect: QRectF) -> None:
        """The picture on white paper, in every theme."""
        painter.fillRect(rect, _PAPER)
        if self._image is None:
            return
        if self._drawn is None:
            # Scaled once: at every repaint it would cost more than all the rest.
            dpr = self.devicePixelRatioF()
            smooth = Qt.TransformationMode.SmoothTransformation
            scaled = self._image.scaledToWidth(max(1, round(self.width() * dpr)), smooth)
            self._drawn = QPixmap.fromImage(scaled)
            self._drawn.setDevicePixelRatio(dpr)
        painter.drawPixmap(0, 0, self._drawn)
        edge = theme().colour("borderControl")
        paint.box(painter, QRectF(self.rect()), edge=edge, radius=0)
