"""Paints a sign-off row: tick or state, rating, title, time left, outcome, author and state."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from triage.workflow.to_sign import SignOffRow
from ui import paint
from ui.signoff.list_model import TICK_ROLE
from ui.theme import theme
from ui.widgets.clock import draw_clock
from ui.widgets.headed import ENTRY_ROLE, Head, Index, draw_head
from ui.widgets.lists import draw_row_ground, draw_title


class SignOffDelegate(QStyledItemDelegate):
    """Draws heads and rows: tick or state, rating, title and outcome, author and state."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A head is one line, a row two."""
        t = theme()
        return QSize(
            200, t.px(25) if isinstance(index.data(ENTRY_ROLE), Head) else t.size("queueRow")
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One entry."""
        rect = QRectF(option.rect)
        painter.save()
        entry = index.data(ENTRY_ROLE)
        if isinstance(entry, Head):
            draw_head(painter, rect, entry, edged=True)
        elif isinstance(entry, SignOffRow):
            self._row(painter, rect, option, index, entry)
        painter.restore()

    def _row(
        self,
        painter: QPainter,
        rect: QRectF,
        option: QStyleOptionViewItem,
        index: Index,
        row: SignOffRow,
    ) -> None:
        t = theme()
        state: QStyle.StateFlag = option.state
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        draw_row_ground(painter, rect, selected=selected, over=over, focused=focused)
        middle = rect.center().y()
        x = rect.left() + t.px(14)
        self._mark(painter, x, middle, index, row)
        x += t.px(28)
        side = t.px(24)
        paint.rag(painter, row.rating or "none", round(x), round(middle - side / 2), side)
        x += side + t.px(10)
        right = rect.right() - t.px(14)
        first = QRectF(x, middle - t.px(21), right - x, t.px(20))
        second = QRectF(x, middle + t.px(1), right - x, t.px(20))
        shown = str(index.data(Qt.ItemDataRole.DisplayRole))
        left = row.leading
        end = draw_clock(painter, first, left.words, left.state) if left else first.right()
        draw_title(painter, first.adjusted(0, 0, end - first.right() - t.px(10), 0), shown)
        loud = row.state_words.startswith("changed")
        ink = t.colour("accent" if loud else "text2")
        font, weight = t.font("small", 600 if loud else 400), 600 if loud else 400
        wide = t.metrics("small", weight).horizontalAdvance(row.state_words) + 2
        align = Qt.AlignmentFlag.AlignRight
        paint.text(painter, second, row.state_words, font, ink, align)
        room = second.width() - wide - t.px(8)
        said = row.outcome if row.own else f"{row.outcome} · {_short_name(row.author_name)}"
        if t.metrics("label", 400).horizontalAdvance(said) > room:
            said = paint.elided(row.outcome, "label", 400, room)
        paint.text(painter, second, said, t.font("label", 400), t.colour("text2"))

    def _mark(
        self, painter: QPainter, x: float, middle: float, index: Index, row: SignOffRow
    ) -> None:
        t = theme()
        size = t.px(18)
        top = round(middle - size / 2)
        tick = index.data(TICK_ROLE)
        if isinstance(tick, bool):
            box = QRectF(x, top, size, size)
            if tick:
                paint.box(painter, box, fill=t.colour("accent"), radius=4)
                inner = t.px(14)
                at = round(x + (size - inner) / 2), round(top + (size - inner) / 2)
                paint.icon(painter, "check", *at, inner, t.colour("onAccent"))
            else:
                edge = t.colour("borderControl")
                paint.box(painter, box, edge=edge, radius=4, dashed=not row.opened)
            return
        name = "file-check" if row.signed_at is not None else "book-open"
        if row.own and row.signed_at is None:
            name = "user"
        small = t.px(16)
        paint.icon(painter, name, round(x + 1), round(middle - small / 2), small, t.colour("text2"))


def _short_name(name: str) -> str:
    first, _, last = name.rpartition(" ")
    return f"{first[0]}. {last}" if first else last
