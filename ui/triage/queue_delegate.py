"""Paints a queue row: rating, name and age, clock, reason and source, flags."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from triage.workflow.queue import QueueRow
from ui import paint
from ui.theme import theme
from ui.triage.queue_model import QueueModel
from ui.widgets.clock import draw_clock
from ui.widgets.headed import Head, Index, draw_head
from ui.widgets.lists import draw_row_ground, draw_title

_GAP = 10


class QueueDelegate(QStyledItemDelegate):
    """Draws heads and rows. `compact` is the lower row of narrow screens, with fewer icons."""

    def __init__(self, model: QueueModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.compact = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Fixed by kind of row. Asked of every row there is, so it goes not through Qt."""
        t = theme()
        if isinstance(self._model.entry(index.row()), Head):
            return QSize(0, t.px(25))
        return QSize(0, t.px(54 if self.compact else 62))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One head or one row."""
        entry = self._model.entry(index.row())
        rect = QRectF(option.rect)
        if isinstance(entry, Head):
            draw_head(painter, rect, entry, edged=True)
        elif isinstance(entry, QueueRow):
            state = option.state
            view = option.widget
            draw_row_ground(
                painter,
                rect,
                selected=bool(state & QStyle.StateFlag.State_Selected),
                over=bool(state & QStyle.StateFlag.State_MouseOver),
                focused=bool(state & QStyle.StateFlag.State_HasFocus)
                and isinstance(view, QWidget)
                and view.hasFocus(),
            )
            self._row(painter, rect, entry, self._model.blurred)

    def _row(self, painter: QPainter, rect: QRectF, row: QueueRow, blurred: bool) -> None:
        t = theme()
        left, right = rect.left() + t.px(14), rect.right() - t.px(16)
        chip = t.px(24)
        middle = rect.center().y()
        rating = row.rating or "none"
        paint.rag(painter, rating, left, round(middle - chip / 2 - 1), chip)
        if self._model.changed(row.contact_id):
            _dot(painter, rect.left() + t.px(8), middle, t.px(3))
        x = left + chip + t.px(12)
        line = t.px(20)
        top = QRectF(x, middle - line - 1, right - x, line)
        low = QRectF(x, middle + 1, right - x, line)
        leading, clock_left = row.leading, top.right()
        if leading is not None:
            words, state = leading.words, leading.state
            clock_left = draw_clock(painter, top, words, state, compact=self.compact)
        flags_left = self._flags(painter, low, row)
        if blurred:
            for area, width, end in ((top, 120, clock_left), (low, 180, flags_left)):
                wide = min(t.px(width), end - x - _GAP)
                bar = QRectF(area.left(), area.top() + 4, wide, area.height() - 8)
                painter.fillRect(bar, t.colour("borderSubtle"))
            return
        draw_title(painter, QRectF(x, top.top(), clock_left - x - _GAP, line), row.title)
        words = row.reason if row.restricted or not row.source else f"{row.reason} · {row.source}"
        room = flags_left - x - _GAP
        if t.metrics("label", 400).horizontalAdvance(words) > room:
            words = paint.elided(row.reason, "label", 400, room)
        paint.text(painter, low, words, t.font("label", 400), t.colour("text2"))

    def _flags(self, painter: QPainter, area: QRectF, row: QueueRow) -> float:
        t = theme()
        x, size = area.right(), t.px(15)
        if row.assigned_initials:
            wide = t.px(20)
            x -= wide
            circle = QRectF(x, area.center().y() - wide / 2, wide, wide)
            _initials(painter, circle, row.assigned_initials)
            x -= t.px(6)
        for name, shown in (
            ("languages", row.interpreter),
            ("repeat-2", row.repeat > 0),
            ("shield-alert", row.restricted),
            ("file-text", row.to_read and not self.compact),
            ("phone", row.partial),
            ("hourglass", bool(row.silent)),
        ):
            if shown:
                x -= size
                y = round(area.center().y() - size / 2)
                colour = "dangerText" if name == "hourglass" else "text2"
                paint.icon(painter, name, x, y, size, t.colour(colour))
                x -= t.px(6)
        return x


def _dot(painter: QPainter, x: float, y: float, radius: float) -> None:
    """Somebody else has worked on it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme().colour("accent")))
    painter.drawEllipse(QPointF(x, y), radius, radius)
    painter.restore()


def _initials(painter: QPainter, circle: QRectF, initials: str) -> None:
    t = theme()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(t.colour("accent"))
    painter.setBrush(QColor(t.colour("accentSoft")))
    painter.drawEllipse(circle.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()
    font, colour = t.font("small", 600), t.colour("accent")
    shrunk = type(font)(font)
    shrunk.setPixelSize(max(9, round(font.pixelSize() * 0.8)))
    paint.text(painter, circle, initials, shrunk, colour, Qt.AlignmentFlag.AlignHCenter)
