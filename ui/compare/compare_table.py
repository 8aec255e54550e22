"""The Compare table's view: same row, same fact; letters that differ underlined."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui import paint
from ui.compare.compare_model import (
    CELL,
    LEVEL_WORDS,
    Cell,
    CompareModel,
    FactRow,
    GroupHead,
    Index,
)
from ui.theme import theme
from ui.weighed import KINDS
from ui.widgets.evidence import draw_letters, draw_mark, mark_ink
from ui.widgets.table import Table

FIELD_WIDTH = 120
CONTACT_WIDTH = 226
NARROW_CONTACT = 150
ROW = (31, 37)
NARROW = 980
"""Below this width of the table the contact's column is narrower, and..."""
SIGN_ONLY = 215
"""...below this width of a column the sign stands without its word; readers still get it."""


class CompareDelegate(QStyledItemDelegate):
    """Draws heads, field names, values and evidence marks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chosen = 0
        self.mark_letters = True

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Every row alike; the table sets how high."""
        return QSize(40, theme().px(ROW[0]))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        t = theme()
        rect = QRectF(option.rect)
        view = option.widget
        model = index.model()
        if not isinstance(model, CompareModel) or not isinstance(view, QAbstractItemView):
            return
        row = model.rows[index.row()]
        low = rect.bottom() - 1
        if isinstance(row, GroupHead):
            painter.fillRect(rect, t.colour("sunken"))
            if index.column() == 0:
                whole = QRectF(t.px(14), rect.top(), t.px(400), rect.height() - 1)
                paint.text(painter, whole, row.words, t.font("label", 600), t.colour("text2"))
        elif isinstance(row, FactRow):
            column = index.column()
            if column == 1:
                painter.fillRect(rect, t.colour("pane"))
            if view.currentIndex().row() == index.row() and view.hasFocus():
                painter.fillRect(rect, t.colour("hover"))
            if column == 0:
                area = rect.adjusted(t.px(14), 0, -4, -1)
                paint.text(painter, area, row.label, t.font("label", 400), t.colour("text2"))
            else:
                self._value(painter, rect, index.data(CELL), column)
        paint.hairline(painter, rect.left(), low, rect.right(), t.colour("borderSubtle"))

    def _value(self, painter: QPainter, rect: QRectF, cell: Cell, column: int) -> None:
        t = theme()
        sign_only = rect.width() < t.px(SIGN_ONLY)
        sign = t.px(34) if sign_only else t.px(112)
        room = sign if cell.level else t.px(10)
        area = rect.adjusted(t.px(12), 0, -room, -1)
        level = KINDS.get(cell.level, "same")
        if column == 1:
            words = paint.elided(cell.words, "label", 600, area.width())
            ink = t.colour("text" if cell.held else "muted")
            paint.text(painter, area, words, t.font("label", 600 if cell.held else 400), ink)
        else:
            runs = cell.spans if self.mark_letters else ()
            shown = level if cell.held else "missing"
            draw_letters(painter, area, cell.words, runs, shown)
        if cell.level:
            x, middle = rect.right() - sign + t.px(8), rect.center().y()
            x += draw_mark(painter, level, x, middle) + t.px(7)
            if sign_only:
                return
            ink, weight = mark_ink(level)
            mark = QRectF(x, rect.top(), rect.right() - x, rect.height() - 1)
            paint.text(painter, mark, LEVEL_WORDS[cell.level], t.font("small", weight), ink)


class CompareTable(Table):
    """The table. `record_chosen` tells 1 to 3 when a column is clicked."""

    _row_height = ROW[0]

    record_chosen = Signal(int)
    columns_changed = Signal()

    def __init__(self) -> None:
        super().__init__("Compare, field by field", (), grow=True)
        self.facts = CompareModel()
        self._draw = CompareDelegate(self)
        self.setItemDelegate(self._draw)
        self.horizontalHeader().hide()
        self.setModel(self.facts)
        self.facts.modelReset.connect(self._span)
        self.clicked.connect(self._clicked)

    def set_chosen(self, record: int) -> None:
        """Ring the column of a record, 1 to 3."""
        self._draw.chosen = record
        self.viewport().update()

    def set_tall(self, tall: bool) -> None:
        """Higher rows, where there is room for all of them."""
        if self._row_height != ROW[tall]:
            self._row_height = ROW[tall]
            self._scale()

    def set_mark_letters(self, on: bool) -> None:
        """Underline letters that differ, or not."""
        self._draw.mark_letters = on
        self.viewport().update()

    def column_edges(self, column: int) -> tuple[int, int]:
        """Left and right of a column in the view."""
        left = self.columnViewportPosition(column)
        return left, left + self.columnWidth(column)

    def stand_on_first_fact(self) -> None:
        """Make the first fact current; a head can't be."""
        for number, row in enumerate(self.facts.rows):
            if isinstance(row, FactRow):
                self.setCurrentIndex(self.facts.index(number, 0))
                return

    def _span(self) -> None:
        self.clearSpans()
        for number, row in enumerate(self.facts.rows):
            if isinstance(row, GroupHead):
                self.setSpan(number, 0, 1, max(1, self.facts.columnCount()))
        self._columns()

    def _columns(self) -> None:
        t = theme()
        count = self.facts.columnCount()
        if count < 2:
            return
        narrow = self.viewport().width() < t.px(NARROW)
        contact = NARROW_CONTACT if narrow else CONTACT_WIDTH
        self.setColumnWidth(0, t.px(FIELD_WIDTH))
        self.setColumnWidth(1, t.px(contact))
        room = self.viewport().width() - t.px(FIELD_WIDTH + contact)
        records = count - 2
        for number in range(records):
            start, end = room * number // records, room * (number + 1) // records
            self.setColumnWidth(2 + number, max(40, end - start))
        self.columns_changed.emit()

    def _scale(self) -> None:
        super()._scale()
        self.verticalHeader().setDefaultSectionSize(theme().px(self._row_height))
        self._fit()

    def _fit(self, *_: object) -> None:
        super()._fit()
        row = theme().px(self._row_height)
        self.setFixedHeight(self.facts.rowCount() * row + 1 if self.model() else 1)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() >= 2:
            self.record_chosen.emit(index.column() - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The table, and the ring round the record that is chosen."""
        super().paintEvent(event)
        if not 0 < self._draw.chosen <= self.facts.columnCount() - 2:
            return
        left, right = self.column_edges(1 + self._draw.chosen)
        painter = QPainter(self.viewport())
        accent = theme().colour("accent")
        height = self.viewport().height()
        painter.fillRect(QRectF(left, 0, 2, height), accent)
        painter.fillRect(QRectF(right - 2, 0, 2, height), accent)
        painter.fillRect(QRectF(left, height - 2, right - left, 2), accent)
        if self.hasFocus() and self.currentIndex().isValid():
            row = self.visualRect(self.currentIndex())
            ring = QRectF(0, row.top(), self.viewport().width(), row.height() - 1)
            paint.focus_ring(painter, ring, 2)
        painter.end()
