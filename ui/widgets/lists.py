"""Lists: one view and a delegate, with a current row of our own keeping."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from ui import paint
from ui.style import OWN_RING
from ui.theme import theme
from ui.titles import shorter, split_title


def stands_whole(view: QAbstractItemView, height: int) -> bool:
    """Whether all of the current row is in sight while the view is `height` pixels high."""
    row = view.visualRect(view.currentIndex())
    return row.isValid() and row.top() >= 0 and row.bottom() <= height


def draw_row_ground(
    painter: QPainter, rect: QRectF, *, selected: bool, over: bool, focused: bool
) -> None:
    """The ground of a list row: hover, selection with its bar, hairline, focus ring."""
    t = theme()
    if selected:
        painter.fillRect(rect, t.colour("selected"))
    elif over:
        painter.fillRect(rect, t.colour("hover"))
    paint.hairline(painter, rect.left(), rect.bottom() - 1, rect.right(), t.colour("borderSubtle"))
    if selected:
        bar = QRectF(rect.left(), rect.top(), 4, rect.height() - 1)
        painter.fillRect(bar, t.colour("accent"))
    if focused:
        paint.focus_ring(painter, rect.adjusted(0, 0, 0, -1), 2)


def draw_title(painter: QPainter, area: QRectF, title: str) -> None:
    """A contact's title on one line: the name strong; ages and siblings quiet, in as many words
    as there is room for."""
    t = theme()
    name, rest = split_title(title)
    strong = paint.elided(name, "body", 600, area.width())
    paint.text(painter, area, strong, t.font("body", 600), t.colour("text"))
    used = t.metrics("body", 600).horizontalAdvance(f"{strong} ")
    left = area.adjusted(used, 0, 0, 0)
    if rest and strong == name and left.width() > t.px(16):
        measure = t.metrics("body", 400).horizontalAdvance
        quiet = next((w for w in shorter(rest) if measure(w) <= left.width()), "")
        paint.text(painter, left, quiet, t.font("body", 400), t.colour("text2"))


class ListView(QListView):
    """A list with a delegate. Rows that cannot be chosen (group heads) are stepped over.

    `keeps_heights` says that what a row says never changes its height: then a change lays out
    nothing anew, which asks Python for the height of every row there is.
    """

    opened = Signal(QModelIndex)
    row_changed = Signal(int)
    keeps_heights = False

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setProperty(OWN_RING, True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(20)
        self.activated.connect(self.opened)
        theme().scaled.connect(self._scaled)

    def _scaled(self) -> None:
        seen = stands_whole(self, self.viewport().height())
        self.scheduleDelayedItemsLayout()
        if seen:
            self.scrollTo(self.currentIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The row that is current stays in sight, where it was."""
        seen = stands_whole(self, event.oldSize().height())
        super().resizeEvent(event)
        if seen:
            self.scrollTo(self.currentIndex())

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model."""
        super().setModel(model)
        if model is not None:
            self.selectionModel().currentRowChanged.connect(self._row)

    def _row(self, current: QModelIndex, _old: QModelIndex) -> None:
        self.row_changed.emit(current.row())

    def dataChanged(
        self,
        topLeft: QModelIndex | QPersistentModelIndex,
        bottomRight: QModelIndex | QPersistentModelIndex,
        roles: Sequence[int] = (),
    ) -> None:
        """Rows say something else."""
        if self.keeps_heights:
            QAbstractItemView.dataChanged(self, topLeft, bottomRight, roles)
        else:
            super().dataChanged(topLeft, bottomRight, roles)

    def ensure_current(self) -> None:
        """Make the first row that can be chosen current, if none is."""
        model = self.model()
        if model is None or self.currentIndex().isValid():
            return
        for row in range(model.rowCount()):
            if self._can_stand(row):
                self.setCurrentIndex(model.index(row, 0))
                return

    def _can_stand(self, row: int) -> bool:
        index = self.model().index(row, 0)
        return bool(self.model().flags(index) & Qt.ItemFlag.ItemIsSelectable)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """With the first row of a group its head comes into sight too."""
        above = index.row() - 1
        if above >= 0 and not self._can_stand(above):
            super().scrollTo(index.model().index(above, 0), hint)
        super().scrollTo(index, hint)

    def moveCursor(
        self,
        action: QAbstractItemView.CursorAction,
        modifiers: Qt.KeyboardModifier,
    ) -> QModelIndex:
        """Up, down, page and ends; never stuck on a row that cannot be chosen."""
        model = self.model()
        kind = QAbstractItemView.CursorAction
        if model is None or model.rowCount() == 0:
            return QModelIndex()
        now, last = self.currentIndex().row(), model.rowCount() - 1
        page = self._page()
        goals = {
            kind.MoveUp: (now - 1, -1),
            kind.MoveDown: (now + 1, 1),
            kind.MovePageUp: (max(0, now - page), -1),
            kind.MovePageDown: (min(last, now + page), 1),
            kind.MoveHome: (0, 1),
            kind.MoveEnd: (last, -1),
        }
        if action not in goals:
            return self.currentIndex()
        row, step = goals[action]
        found = self._next_standing(row, step)
        if found is None:
            found = self._next_standing(row, -step)
        return self.currentIndex() if found is None else model.index(found, 0)

    def _page(self) -> int:
        height = max(1, self.sizeHintForRow(max(0, self.currentIndex().row())))
        return max(1, self.viewport().height() // height - 1)

    def _next_standing(self, row: int, step: int) -> int | None:
        while 0 <= row < self.model().rowCount():
            if self._can_stand(row):
                return row
            row += step
        return None

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A row is current before a reader asks."""
        self.ensure_current()
        super().focusInEvent(event)
