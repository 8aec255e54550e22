"""Tables and lists: views with a delegate, never a widget for each row.

Tab leaves them; arrows move inside; a current row is there before the focus comes.
Heights and widths are set by us, never asked of the contents: that walks every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QHelpEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from ui import paint
from ui.style import OWN_RING
from ui.theme import theme
from ui.widgets.lists import stands_whole
from ui.widgets.text import plain_tip

Index = QModelIndex | QPersistentModelIndex

TEXT2_ROLE: Final = Qt.ItemDataRole.UserRole + 101
"""True when a cell is quiet: "Not given", "Not known"."""
ICON_ROLE: Final = Qt.ItemDataRole.UserRole + 102
"""The name of an icon before the words of a cell."""
COLOUR_ROLE: Final = Qt.ItemDataRole.UserRole + 103
"""A token colour for a cell's words."""
BOLD_ROLE: Final = Qt.ItemDataRole.UserRole + 104
"""True when a cell's words are stressed."""


def inset(column: int) -> int:
    """Pixels before a column's words. The first has room for the bar of a chosen row, also where
    it is not: words must not move under the eye."""
    return theme().px(2 if column else 8)


def row_state(option: QStyleOptionViewItem) -> tuple[bool, bool, bool]:
    """(selected, under the pointer, has the keyboard focus) of a row being drawn."""
    state: QStyle.StateFlag = option.state
    return (
        bool(state & QStyle.StateFlag.State_Selected),
        bool(state & QStyle.StateFlag.State_MouseOver),
        bool(state & QStyle.StateFlag.State_HasFocus),
    )


class TableDelegate(QStyledItemDelegate):
    """A cell: optional icon, one line of words, hairline below, selection across the row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A table row's height; width is the column's affair."""
        return QSize(40, theme().size("tableRow"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        self.draw_ground(painter, option, index)
        self.draw_words(painter, option, index)

    def draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """What stands below the words of a cell: selection, pointer, hairline, focus."""
        t = theme()
        rect = QRectF(option.rect)
        selected, over, _ = row_state(option)
        if selected:
            painter.fillRect(rect, t.colour("selected"))
        elif over:
            painter.fillRect(rect, t.colour("hover"))
        low = rect.bottom() - 1
        paint.hairline(painter, rect.left(), low, rect.right(), t.colour("borderSubtle"))
        if selected and index.column() == 0:
            bar = QRectF(rect.left(), rect.top(), 3, rect.height() - 1)
            painter.fillRect(bar, t.colour("accent"))
        if _is_focused(option, index):
            draw_row_focus(painter, option, index)

    def draw_words(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The icon and words of a cell."""
        t = theme()
        rect = QRectF(option.rect)
        selected, first = row_state(option)[0], index.column() == 0
        x = rect.left() + inset(index.column())
        name = index.data(ICON_ROLE)
        ink = t.colour(index.data(COLOUR_ROLE) or ("muted" if index.data(TEXT2_ROLE) else "text"))
        if name:
            size = t.px(14)
            y = round(rect.center().y() - size / 2)
            paint.icon(painter, name, round(x), y, size, ink)
            x += size + t.px(6)
        weight = 600 if index.data(BOLD_ROLE) or (selected and first) else 400
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        shown = paint.elided(words, "label", weight, rect.right() - x - t.px(4))
        area = QRectF(x, rect.top(), rect.right() - x, rect.height() - 1)
        paint.text(painter, area, shown, t.font("label", weight), ink)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """A tooltip with all the words, as plain text, when they were cut short."""
        words = index.data(Qt.ItemDataRole.ToolTipRole) or index.data(Qt.ItemDataRole.DisplayRole)
        width = theme().metrics("label").horizontalAdvance(str(words or ""))
        rect: QRect = option.rect
        if words and (width > rect.width() - 8 or index.data(Qt.ItemDataRole.ToolTipRole)):
            QToolTip.showText(event.globalPos(), plain_tip(str(words)), view)
            return True
        return False


def draw_row_focus(painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
    """This cell's share of the ring round the row the keyboard is in, if it is that row."""
    view = option.widget
    if not isinstance(view, QTableView) or not view.hasFocus() or not _is_current_row(view, index):
        return
    rect = QRectF(option.rect)
    painter.save()
    painter.setClipRect(rect)
    whole = QRectF(0, rect.top(), view.viewport().width(), rect.height() - 1)
    paint.focus_ring(painter, whole, 2)
    painter.restore()


def _is_focused(option: QStyleOptionViewItem, index: Index) -> bool:
    view = option.widget
    return isinstance(view, QWidget) and view.hasFocus() and _is_current_row(view, index)


def _is_current_row(view: QWidget, index: Index) -> bool:
    return isinstance(view, QAbstractItemView) and view.currentIndex().row() == index.row()


class Header(QHeaderView):
    """Column names: quiet, no grid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(20)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """One small line."""
        return QSize(100, theme().px(25))

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """The name and a hairline below."""
        t = theme()
        area = QRectF(rect)
        painter.fillRect(area, t.colour("surface"))
        edge = t.colour("borderSubtle")
        paint.hairline(painter, area.left(), area.bottom() - 1, area.right(), edge)
        words = str(
            self.model().headerData(logical, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
            or ""
        )
        left = inset(logical)
        shown = paint.elided(words, "small", 500, area.width() - left - 4)
        ink = t.colour("text2")
        paint.text(painter, area.adjusted(left, 0, 0, 0), shown, t.font("small", 500), ink)


class Table(QTableView):
    """A table of facts. `opened` tells Enter or a double click on a row.

    `shares` are the columns' parts of the width. Without an own scroll bar
    (`grow=True`) it is as tall as its rows and the pane scrolls; with `most` it is as tall as its
    rows up to so many, whole at every size of text.
    """

    opened = Signal(QModelIndex)
    row_changed = Signal(int)

    def __init__(
        self,
        name: str,
        shares: Sequence[float],
        *,
        grow: bool = False,
        most: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setProperty(OWN_RING, True)
        self._shares = tuple(shares)
        self._most = most
        self._whole: dict[int, str] = {}
        self._grow = grow
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalHeader(Header(self))
        upright = self.verticalHeader()
        upright.hide()
        upright.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        upright.setMinimumSectionSize(10)
        self.setItemDelegate(TableDelegate(self))
        if grow:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.activated.connect(self.opened)
        self._scale()
        theme().scaled.connect(self._scale)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model; its first row is current at once."""
        super().setModel(model)
        if model is None:
            return
        self.selectionModel().currentRowChanged.connect(self._row)
        model.modelReset.connect(self._fit)
        model.rowsInserted.connect(self._fit)
        model.rowsRemoved.connect(self._fit)
        self._fit()

    def set_whole(self, column: int, words: str) -> None:
        """Give a column room for these words before the others share what is left."""
        if self._whole.get(column) != words:
            self._whole[column] = words
            self._columns()

    def _row(self, current: QModelIndex, _old: QModelIndex) -> None:
        self.row_changed.emit(current.row())
        self.viewport().update()

    def _fit(self, *_: object) -> None:
        model = self.model()
        if model is None:
            return
        if self._grow or self._most:
            shown = min(model.rowCount(), self._most or model.rowCount())
            rows = shown * theme().size("tableRow")
            head = self.horizontalHeader().sizeHint().height()
            hidden = self.horizontalHeader().isHidden()
            self.setFixedHeight(rows + (0 if hidden else head) + 1)
        if model.rowCount() and not self.currentIndex().isValid():
            self.selectionModel().setCurrentIndex(
                model.index(0, 0), self.selectionModel().SelectionFlag.NoUpdate
            )
        self._columns()

    def _scale(self) -> None:
        seen = stands_whole(self, self.viewport().height())
        self.verticalHeader().setDefaultSectionSize(theme().size("tableRow"))
        self.horizontalHeader().setFixedHeight(theme().px(25))
        self._fit()
        if seen:
            self.scrollTo(self.currentIndex())

    def _columns(self) -> None:
        model = self.model()
        if model is None or not self._shares:
            return
        t, room = theme(), self.viewport().width()
        count = min(model.columnCount(), len(self._shares))
        whole = sum(self._shares)
        least = {
            c: t.metrics("label").horizontalAdvance(w) + inset(c) + t.px(6)
            for c, w in self._whole.items()
        }
        kept = {c: w for c, w in least.items() if w > room * self._shares[c] / whole}
        rest = sum(s for c, s in enumerate(self._shares) if c not in kept)
        spare, used = room - sum(kept.values()), 0
        for column in range(count):
            last = column == count - 1
            share = kept.get(column, spare * self._shares[column] / rest if rest else 0)
            width = room - used if last else round(share)
            self.setColumnWidth(column, max(10, width))
            used += width

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns share the new width; the row that is current stays in sight."""
        seen = stands_whole(self, event.oldSize().height())
        super().resizeEvent(event)
        self._columns()
        if seen:
            self.scrollTo(self.currentIndex())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A row is current before a reader asks."""
        self._fit()
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self.viewport().update()


class Rows(QAbstractTableModel):
    """A small read-only table of words: headings and rows, replaced whole.

    A cell is words, or a dict of data roles to values.
    """

    def __init__(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[str | dict[int, object]]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._headings = tuple(headings)
        self._rows = [tuple(row) for row in rows]

    def put(self, rows: Sequence[Sequence[str | dict[int, object]]]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = [tuple(row) for row in rows]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """How many headings."""
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words; for a reader, the heading first."""
        if not index.isValid():
            return None
        cell = self._rows[index.row()][index.column()]
        words = cell if isinstance(cell, str) else cell.get(Qt.ItemDataRole.DisplayRole, "")
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._headings[index.column()]}: {words}"
        return None if isinstance(cell, str) else cell.get(role)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """The column's name."""
        across = orientation == Qt.Orientation.Horizontal
        if across and role == Qt.ItemDataRole.DisplayRole and section < len(self._headings):
            return self._headings[section]
        return None
