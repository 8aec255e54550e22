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
        words = "" if self.currentIndex() < 0 else self.currentText()
        over = self.underMouse() and self.isEnabled()
        draw_list_box(self, words, self.placeholderText(), over=over)


def draw_list_box(box: QWidget, words: str, placeholder: str, *, over: bool) -> None:
    """Paint a box that opens a list: its words or placeholder, with all of them in its tooltip
    where they are cut short. One that can't be opened is plain paper to read."""
    t = theme()
    on = box.isEnabled()
    painter = QPainter(box)
    edge = t.colour("borderControl" if on else "borderSubtle")
    paint.box(painter, QRectF(box.rect()), fill=t.colour("hover" if over else "surface"), edge=edge)
    size = t.px(16)
    room = box.width() - t.px(10) - size - t.px(14)
    whole = words or placeholder
    shown = paint.elided(whole, "body", None, room)
    tip = plain_tip(whole) if shown != whole else ""
    if tip != box.toolTip():
        box.setToolTip(tip)
    area = QRectF(t.px(10), 0, room + 2, box.height())
    paint.text(painter, area, shown, t.font("body"), t.colour("text" if words else "muted"))
    if on:
        y = round((box.height() - size) / 2)
        x = box.width() - size - t.px(8)
        paint.icon(painter, "chevron-down", x, y, size, t.colour("text2"))
    painter.end()
