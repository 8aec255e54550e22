"""The pages of a copy: seen whole, side by side or wide; words on them can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from ui import paint
from ui.printing.sheets import A4, Sheet
from ui.style import OWN_RING
from ui.theme import theme
from ui.widgets.group import BareGroup

Spread = Literal["one", "two", "width"]
_GAP = 14
_EDGE = 16


@dataclass(frozen=True, slots=True)
class Chosen:
    """Words chosen on one page: the first and last of them, counted from 0."""

    page: int
    first: int
    last: int

    @property
    def low(self) -> int:
        """The earlier end."""
        return min(self.first, self.last)

    @property
    def high(self) -> int:
        """The later end."""
        return max(self.first, self.last)


class Pages(BareGroup):
    """Paints the pages. Arrow keys walk words, Shift with them chooses several."""

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Pages of the copy", parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(OWN_RING, True)
        self.setMouseTracking(True)
        self.sheets: dict[int, Sheet] = {}
        self.count = 0
        self.page = 1
        self.spread: Spread = "two"
        self.page_size = QSize(100, 141)
        self.chosen: Chosen | None = None
        self.show_marks = True
        self.blurred = False
        theme().changed.connect(self.update)

    def page_rect(self, number: int) -> QRectF:
        """Where a page stands."""
        columns = 2 if self.spread == "two" else 1
        at = number - 1
        wide, tall = self.page_size.width(), self.page_size.height()
        used = columns * wide + (columns - 1) * _GAP
        left = max(_EDGE, (self.width() - used) / 2)
        x = left + (at % columns) * (wide + _GAP)
        y = _EDGE + (at // columns) * (tall + _GAP)
        return QRectF(round(x), round(y), wide, tall)

    def sizeHint(self) -> QSize:
        """Every page, one row below another."""
        columns = 2 if self.spread == "two" else 1
        rows = -(-max(1, self.count) // columns)
        wide = columns * self.page_size.width() + (columns - 1) * _GAP + 2 * _EDGE
        return QSize(wide, rows * (self.page_size.height() + _GAP) - _GAP + 2 * _EDGE)

    def chosen_words(self) -> str:
        """The words chosen on the page, or ""."""
        if self.chosen is None or self.chosen.page not in self.sheets:
            return ""
        words = self.sheets[self.chosen.page].words
        return " ".join(w.text for w in words[self.chosen.low : self.chosen.high + 1])

    def choose(self, chosen: Chosen | None) -> None:
        """Choose other words, or none."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()
            self.chosen_changed.emit()

    def describe(self) -> None:
        """Tell a screen reader which page is in front, and what it says."""
        sheet = self.sheets.get(self.page)
        marks = len(sheet.marks) if sheet else 0
        removed = f", {marks} removed" if marks else ""
        self.setAccessibleName(f"Page {self.page} of {self.count}{removed}")
        said = "" if sheet is None or self.blurred else sheet.said()
        self.setAccessibleDescription(said)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper, words chosen, marks outlined, the page in front edged."""
        t = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        for number in range(1, self.count + 1):
            rect = self.page_rect(number)
            if not rect.intersects(QRectF(event.rect())):
                continue
            painter.fillRect(rect, QColor(Qt.GlobalColor.white))
            sheet = self.sheets.get(number)
            if self.blurred:
                paint.hatch(painter, rect, t.colour("muted"), t.colour("sunken"))
            elif sheet is not None:
                painter.drawImage(rect, sheet.image)
                self._draw_choice(painter, rect, sheet)
            in_front = number == self.page
            edge = t.colour("borderControl")
            paint.box(painter, rect.adjusted(-1, -1, 1, 1), edge=edge, radius=0)
            if in_front and self.hasFocus():
                paint.focus_ring(painter, rect.adjusted(-5, -5, 5, 5), 2)
        painter.end()

    def _draw_choice(self, painter: QPainter, rect: QRectF, sheet: Sheet) -> None:
        t = theme()
        if self.show_marks:
            for mark in sheet.marks:
                place = _placed(mark, rect)
                beside = 0.3 * place.height() + 1
                paint.box(
                    painter,
                    place.adjusted(-beside - 1, -3, beside + 1, 3),
                    edge=QColor(t.colour("focusHalo")),
                    radius=3,
                    width=2,
                )
        if self.chosen is None or self.chosen.page != sheet.number:
            return
        ground = QColor(t.colour("focusHalo"))
        ground.setAlpha(110)
        words = sheet.words[self.chosen.low : self.chosen.high + 1]
        for word in words:
            painter.fillRect(_placed(word.box, rect).adjusted(-1, -1, 1, 1), ground)
        for left, right in pairwise(words):
            if abs(left.box.center().y() - right.box.center().y()) < left.box.height() / 2:
                gap = QRectF(left.box.topRight(), right.box.bottomLeft())
                painter.fillRect(_placed(gap, rect).adjusted(1, -1, -1, 1), ground)

    # ---- choosing words -------------------------------------------------

    def _word_at(self, place: QPointF) -> tuple[int, int] | None:
        for number, sheet in self.sheets.items():
            rect = self.page_rect(number)
            if not rect.contains(place) or not sheet.words:
                continue
            x = (place.x() - rect.left()) / rect.width()
            y = (place.y() - rect.top()) / rect.height()
            boxes = enumerate(word.box for word in sheet.words)
            nearest = min(boxes, key=lambda each: _distance(each[1], x, y))
            return number, nearest[0]
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to choose."""
        found = self._word_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found and not self.blurred:
            number, at = found
            self.page = number
            extend = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            first = at
            if extend and self.chosen and self.chosen.page == number:
                first = self.chosen.first
            self.choose(Chosen(number, first, at))
            self.describe()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose more."""
        if event.buttons() & Qt.MouseButton.LeftButton and self.chosen is not None:
            found = self._word_at(event.position())
            if found and found[0] == self.chosen.page:
                self.choose(Chosen(self.chosen.page, self.chosen.first, found[1]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right walk the words of the page in front; Shift chooses up to there."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        sheet = self.sheets.get(self.page)
        plain = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
        if key == Qt.Key.Key_Escape and self.chosen is not None:
            self.choose(None)
            return
        if key not in steps or event.modifiers() not in plain or not sheet or not sheet.words:
            super().keyPressEvent(event)
            return
        extend = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        here = self.chosen if self.chosen and self.chosen.page == self.page else None
        at = 0 if here is None else here.last + steps[key]
        at = max(0, min(len(sheet.words) - 1, at))
        self.choose(Chosen(self.page, here.first if extend and here else at, at))


def _placed(box: QRectF, rect: QRectF) -> QRectF:
    return QRectF(
        rect.left() + box.left() * rect.width(),
        rect.top() + box.top() * rect.height(),
        box.width() * rect.width(),
        box.height() * rect.height(),
    )


def _distance(box: QRectF, x: float, y: float) -> float:
    across = max(box.left() - x, 0.0, x - box.right())
    down = max(box.top() - y, 0.0, y - box.bottom())
    return across + 3 * down


class PageView(QScrollArea):
    """Scrolls the pages. `sharpness_wanted` asks for pictures of so many device pixels across."""

    sharpness_wanted = Signal(int)
    page_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.pages = Pages()
        self.setWidget(self.pages)
        self.pages.setAutoFillBackground(False)
        self.verticalScrollBar().setSingleStep(20)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._asked = 0
        self._going = False

    def show_sheets(self, sheets: Sequence[Sheet], count: int) -> None:
        """Show pages as they come; others stay as they were until theirs come."""
        pages = self.pages
        if count != pages.count:
            pages.count = count
            pages.sheets = {n: s for n, s in pages.sheets.items() if n <= count}
            pages.page = min(pages.page, max(1, count))
            self._fit()
        pages.sheets |= {sheet.number: sheet for sheet in sheets}
        pages.choose(None)
        pages.describe()
        pages.update()

    def set_spread(self, spread: Spread) -> None:
        """One page whole, two side by side, or as wide as there is room."""
        self.pages.spread = spread
        self._fit()
        self.go_to(self.pages.page)

    def set_blurred(self, blurred: bool) -> None:
        """Hide what the pages say."""
        self.pages.blurred = blurred
        self.pages.describe()
        self.pages.update()

    def go_to(self, number: int) -> None:
        """Bring a page to the front; numbers outside are brought inside."""
        if self.pages.count == 0:
            return
        number = max(1, min(self.pages.count, number))
        changed = number != self.pages.page
        self.pages.page = number
        top = round(self.pages.page_rect(number).top()) - _EDGE
        self._going = True
        self.verticalScrollBar().setValue(top)
        self._going = False
        self.pages.describe()
        self.pages.update()
        if changed:
            self.page_changed.emit(number)

    def find_next(self, words: str) -> bool:
        """Choose the next place these words begin a word with, after what is chosen."""
        sought = words.casefold().split()
        pages = self.pages
        here = pages.chosen
        places = [
            Chosen(number, at, at + len(sought) - 1)
            for number, sheet in sorted(pages.sheets.items())
            for at in range(len(sheet.words) - len(sought) + 1)
            if all(
                sheet.words[at + step].text.casefold().strip('“”"(').startswith(part)
                for step, part in enumerate(sought)
            )
        ]
        if not places:
            return False
        after = [p for p in places if here and (p.page, p.first) > (here.page, here.low)]
        found = (after or places)[0]
        self.go_to(found.page)
        pages.choose(found)
        box = pages.sheets[found.page].words[found.first].box
        rect = pages.page_rect(found.page)
        self.ensureVisible(
            round(rect.left() + box.left() * rect.width()),
            round(rect.top() + box.top() * rect.height()),
            40,
            80,
        )
        return True

    def in_sight(self) -> tuple[int, int]:
        """The first and last page that can be seen."""
        columns = 2 if self.pages.spread == "two" else 1
        first = (self.pages.page - 1) // columns * columns + 1
        return first, max(first, min(self.pages.count, first + columns - 1))

    def wanted_width(self) -> int:
        """How many device pixels across a page is drawn."""
        return round(self.pages.page_size.width() * self.devicePixelRatioF())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.viewport().size()
        columns = 2 if self.pages.spread == "two" else 1
        across = (room.width() - 2 * _EDGE - (columns - 1) * _GAP) / columns
        wide = across
        if self.pages.spread != "width":
            wide = min(across, (room.height() - 2 * _EDGE) * A4[0] / A4[1])
        wide = max(120.0, wide)
        self.pages.page_size = QSize(round(wide), round(wide * A4[1] / A4[0]))
        hint = self.pages.sizeHint()
        self.pages.resize(max(room.width(), hint.width()), max(room.height(), hint.height()))
        self.pages.update()
        wanted = self.wanted_width()
        if wanted != self._asked:
            self._asked = wanted
            self.sharpness_wanted.emit(wanted)

    def _scrolled(self, value: int) -> None:
        if self._going:
            return
        middle = value + self.viewport().height() / 3
        for number in range(1, self.pages.count + 1):
            rect = self.pages.page_rect(number)
            if rect.top() - _GAP <= middle <= rect.bottom():
                if self.pages.page not in (number, number + 1):
                    self.pages.page = number
                    self.pages.describe()
                    self.page_changed.emit(number)
                return
