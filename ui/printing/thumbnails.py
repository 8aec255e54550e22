"""The pages in small, down the left."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui import paint
from ui.printing.sheets import A4, Sheet
from ui.theme import theme

Index = QModelIndex | QPersistentModelIndex


class ThumbModel(QAbstractListModel):
    """Pages with a name each: "1 Decision"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._images: dict[int, QImage] = {}
        self.blurred = False

    def put(self, names: Sequence[str]) -> None:
        """Other pages; pictures of those that stay are kept until theirs come."""
        if list(names) == self._names:
            return
        self.beginResetModel()
        self._names = list(names)
        self.endResetModel()

    def forget(self) -> None:
        """Another document: neither pages nor pictures are kept."""
        self._images.clear()
        self.put(())

    def show_sheets(self, sheets: Sequence[Sheet]) -> None:
        """Pictures for the pages."""
        for sheet in sheets:
            self._images[sheet.number - 1] = sheet.small
        if self._names:
            self.dataChanged.emit(self.index(0), self.index(len(self._names) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many pages."""
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name; the picture as decoration."""
        if not index.isValid() or index.row() >= len(self._names):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            name = self._names[index.row()]
            return f"Page {name}" if role == Qt.ItemDataRole.AccessibleTextRole else name
        if role == Qt.ItemDataRole.DecorationRole and not self.blurred:
            return self._images.get(index.row())
        return None


class ThumbDelegate(QStyledItemDelegate):
    """Paper in small with its name below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A page, its name, room round them."""
        t = theme()
        wide = t.px(112)
        return QSize(t.px(136), round(wide * A4[1] / A4[0]) + t.px(12 + 20 + 14))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, paper, name."""
        t = theme()
        area = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        card = area.adjusted(t.px(10), t.px(4), -t.px(10), -t.px(4))
        if chosen:
            fill, edge = t.colour("selected"), t.colour("accent")
            paint.box(painter, card, fill=fill, edge=edge, radius=4)
        wide = t.px(112)
        tall = round(wide * A4[1] / A4[0])
        paper = QRectF(round(card.center().x() - wide / 2), card.top() + t.px(5), wide, tall)
        painter.fillRect(paper, QColor(Qt.GlobalColor.white))
        image = index.data(Qt.ItemDataRole.DecorationRole)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        if isinstance(image, QImage):
            painter.drawImage(paper, image)
        edge = t.colour("borderControl")
        paint.box(painter, paper.adjusted(-1, -1, 1, 1), edge=edge, radius=0)
        name = str(index.data(Qt.ItemDataRole.DisplayRole))
        low = QRectF(card.left(), paper.bottom() + t.px(4), card.width(), t.line("small"))
        font = t.font("small", 600 if chosen else 400)
        centre = Qt.AlignmentFlag.AlignHCenter
        words = paint.elided(name, "small", 600 if chosen else 400, low.width())
        paint.text(painter, low, words, font, t.colour("text" if chosen else "text2"), centre)
        if state & QStyle.StateFlag.State_HasFocus:
            paint.focus_ring(painter, card, 3)
