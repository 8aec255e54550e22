"""A layout that sets its children in rows and wraps."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui.theme import theme


class FlowLayout(QLayout):
    """Lays children in rows, left to right, wrapping; each as wide as it asks to be."""

    def __init__(self, parent: QWidget | None = None, gap: int = 6, row_gap: int = 6) -> None:
        # Qt calls overrides from inside the constructor: fields first.
        self._items: list[QLayoutItem] = []
        self._gap, self._row_gap = gap, row_gap
        self._known: dict[int, int] = {}
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """At the end."""
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        """How many."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item, or None past the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and give the item, or None past the end."""
        if not 0 <= index < len(self._items):
            return None
        item = self._items.pop(index)
        self.invalidate()
        return item

    def expandingDirections(self) -> Qt.Orientation:
        """Neither."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Yes: chips wrap."""
        return True

    def invalidate(self) -> None:
        """Forget the kept heights."""
        self._known.clear()
        super().invalidate()

    def heightForWidth(self, width: int) -> int:
        """The height of the rows at `width`, kept: layouts ask for several, many times."""
        if width not in self._known:
            self._known[width] = self._run(QRect(0, 0, width, 0), place=False)
        return self._known[width]

    def setGeometry(self, rect: QRect) -> None:
        """Place every child."""
        super().setGeometry(rect)
        self._run(rect, place=True)

    def sizeHint(self) -> QSize:
        """All on one row."""
        widths = [i.sizeHint().width() for i in self._items if not i.isEmpty()]
        height = max((i.sizeHint().height() for i in self._items if not i.isEmpty()), default=0)
        return QSize(sum(widths) + self._gap * max(0, len(widths) - 1), height)

    def minimumSize(self) -> QSize:
        """The widest child."""
        widths = [i.minimumSize().width() for i in self._items if not i.isEmpty()]
        heights = [i.minimumSize().height() for i in self._items if not i.isEmpty()]
        return QSize(max(widths, default=0), max(heights, default=0))

    def _run(self, rect: QRect, *, place: bool) -> int:
        gap, row_gap = theme().px(self._gap), theme().px(self._row_gap)
        x, y, row = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint()
            width = min(hint.width(), max(1, rect.width()))
            if x > rect.x() and x + width > rect.right() + 1:
                x, y, row = rect.x(), y + row + row_gap, 0
            if place:
                item.setGeometry(QRect(QPoint(x, y), QSize(width, hint.height())))
            x += width + gap
            row = max(row, hint.height())
        return y + row - rect.y()


def empty(layout: QLayout) -> None:
    """Take every widget out of a layout, and let it go."""
    while (item := layout.takeAt(0)) is not None:
        old = item.widget()
        if old is not None:
            old.hide()
            old.deleteLater()
