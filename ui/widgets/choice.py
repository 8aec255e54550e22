"""One of a list, chosen from a box that opens."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui import paint
from ui.style import OWN_RING
from ui.theme import theme
from ui.widgets.text import plain_tip

Index = QModelIndex | QPersistentModelIndex


class _OptionDelegate(QStyledItemDelegate):
    """An option on the surface; the one under the keys is filled, with a bar."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        wide = theme().metrics("body").horizontalAdvance(words)
        return QSize(round(wide) + theme().px(28), theme().px(30))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t = theme()
        rect = QRectF(option.rect)
        on = bool(
            option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        )
        painter.fillRect(rect, t.colour("selected" if on else "surface"))
        if on:
            bar = QRectF(rect.left(), rect.top(), 4, rect.height())
            painter.fillRect(bar, t.colour("accent"))
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        shown = paint.elided(words, "body", None, rect.width() - t.px(18))
        area = rect.adjusted(t.px(12), 0, 0, 0)
        paint.text(painter, area, shown, t.font("body"), t.colour("text"))


class Choice(QComboBox):
    """One of a list. The wheel never changes it; `chosen` tells a person's choice.

    Starts with nothing chosen; `placeholder` stands there until something is.
    """

    chosen = Signal(str)

    def __init__(
        self,
        label: str,
        options: Sequence[tuple[str, str]] = (),
        placeholder: str = "Choose",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._label = label
        self.setAccessibleName(label)
        self.setPlaceholderText(placeholder)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        view = self.view()
        view.setAccessibleName(label)
        view.setProperty(OWN_RING, True)
        view.setItemDelegate(_OptionDelegate(view))
        self._style()
        self.set_options(options)
        self.activated.connect(self._tell)
        theme().scaled.connect(self._style)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer (key, words) pairs; what was chosen stays if still offered."""
        kept = self.value()
        self.blockSignals(True)
        self.clear()
        for key, words in options:
            self.addItem(words, key)
        self.blockSignals(False)
        self.set_value(kept)
        self.updateGeometry()

    def value(self) -> str | None:
        """The chosen key, or None."""
        data = self.currentData()
        return data if isinstance(data, str) else None

    def set_value(self, key: str | None) -> None:
        """Show a choice (or none) without telling."""
        self.blockSignals(True)
        self.setCurrentIndex(-1 if key is None else self.findData(key))
        self.blockSignals(False)
        self.update()

    def _tell(self, index: int) -> None:
        key = self.itemData(index)
        if isinstance(key, str):
            self.chosen.emit(key)

    def _style(self) -> None:
        self.setFont(theme().font("body"))
        self.setFixedHeight(theme().size("controlHeight"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Left to the pane behind."""
        event.ignore()

    def sizeHint(self) -> QSize:
        """The widest option, within reason."""
        t = theme()
        metrics = t.metrics("body")
        words = [self.itemText(i) for i in range(self.count())] + [self.placeholderText()]
        widest = max(metrics.horizontalAdvance(w) for w in words)
        width = min(t.px(300), round(widest) + t.px(10 + 6 + 16 + 10))
        return QSize(width, t.size("controlHeight"))

    def minimumSizeHint(self) -> QSize:
        """Eight letters or so."""
        return QSize(theme().px(96), theme().size("controlHeight"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Repaint for the ring's sake."""
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, words, arrow."""
        t = theme()
        painter = QPainter(self)
        over = self.underMouse() and self.isEnabled()
        fill = t.colour("hover" if over else "surface" if self.isEnabled() else "sunken")
        paint.box(painter, QRectF(self.rect()), fill=fill, edge=t.colour("borderControl"))
        none = self.currentIndex() < 0
        words = self.placeholderText() if none else self.currentText()
        ink = t.colour("muted" if none or not self.isEnabled() else "text")
        size = t.px(16)
        room = self.width() - t.px(10) - size - t.px(14)
        shown = paint.elided(words, "body", None, room)
        tip = plain_tip(words) if shown != words else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
        area = QRectF(t.px(10), 0, room + 2, self.height())
        paint.text(painter, area, shown, t.font("body"), ink)
        y = round((self.height() - size) / 2)
        x = self.width() - size - t.px(8)
        paint.icon(painter, "chevron-down", x, y, size, t.colour("text2"))
        painter.end()
