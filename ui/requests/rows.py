"""The list of requests: heads, requests in two lines, and answers whose request is not known."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from triage.workflow.partner_answers import ToPlace
from triage.workflow.request_board import Board, RequestRow
from ui import paint
from ui.requests.looks import REQUEST_LOOKS
from ui.theme import theme
from ui.widgets.headed import ENTRY_ROLE, Head, HeadedModel, Index, draw_head
from ui.widgets.lists import ListView, draw_row_ground
from ui.widgets.table import row_state

TO_PLACE = "Whose answer is this?"


@dataclass(frozen=True, slots=True)
class Placing:
    """An answer that waits for a person to say which request it belongs to."""

    told: ToPlace
    hidden: bool

    @property
    def sender(self) -> str:
        """Who sent it, as the message says."""
        return "Name hidden" if self.hidden else self.told.answer.sender or "Sender not known"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its row shows it; `hidden` while names are blurred."""

    row: RequestRow
    hidden: bool

    @property
    def who(self) -> str:
        """Who is asked about, for those who may look."""
        return "Name hidden" if self.hidden and not self.row.restricted else self.row.who


Entry = Head | Placing | Asked


def entries_of(board: Board, placing: tuple[ToPlace, ...], *, hidden: bool) -> list[Entry]:
    """What waits for a person first, then the groups that hold anything."""
    entries: list[Entry] = []
    if placing:
        entries += [Head(TO_PLACE, str(len(placing))), *(Placing(told, hidden) for told in placing)]
    for group in board.groups:
        if group.rows:
            entries.append(Head(group.title, str(len(group.rows))))
            entries += [Asked(row, hidden) for row in group.rows]
    return entries


class BoardModel(HeadedModel[Placing | Asked]):
    """What waits for a person to place, and requests by group."""

    def row_of(self, id: UUID | None) -> int:
        """The row of a request or of an answer to place, or -1."""
        for at, entry in enumerate(self._entries):
            if isinstance(entry, Asked) and entry.row.request_id == id:
                return at
            if isinstance(entry, Placing) and entry.told.answer.id == id:
                return at
        return -1

    def words_of(self, entry: Placing | Asked, role: int) -> str | None:
        """The agency or the sender; spoken, where it stands."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if isinstance(entry, Placing):
            return f"{entry.sender}, to place"
        row = entry.row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.agency_name
        if entry.hidden:
            return ", ".join((row.agency_name, row.words, entry.who, row.contact_reference))
        return row.sentence


class BoardDelegate(QStyledItemDelegate):
    """Draws heads and rows of two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A head is one line, a row two."""
        t = theme()
        return QSize(200, t.px(26) if isinstance(index.data(ENTRY_ROLE), Head) else t.px(62))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One entry."""
        entry = index.data(ENTRY_ROLE)
        rect = QRectF(option.rect)
        painter.save()
        if isinstance(entry, Head):
            draw_head(painter, rect, entry)
        else:
            selected, over, focused = row_state(option)
            draw_row_ground(painter, rect, selected=selected, over=over, focused=focused)
            if isinstance(entry, Placing):
                subject = "" if entry.hidden else entry.told.answer.subject
                self._two(painter, rect, ("mail-open", "warnText"), entry.sender, "", subject, "")
            elif isinstance(entry, Asked):
                row = entry.row
                words = (row.agency_name, row.words, entry.who, row.contact_reference)
                self._two(painter, rect, REQUEST_LOOKS[row.tone], *words)
        painter.restore()

    def _two(
        self,
        painter: QPainter,
        rect: QRectF,
        look: tuple[str, str],
        title: str,
        standing: str,
        who: str,
        reference: str,
    ) -> None:
        t = theme()
        icon, ink = look
        size = t.px(18)
        x = rect.left() + t.px(16)
        y = round(rect.center().y() - size / 2)
        paint.icon(painter, icon, round(x), y, size, t.colour(ink))
        x += size + t.px(14)
        middle, high = rect.center().y(), t.px(21)
        width = rect.right() - t.px(12) - x
        top = QRectF(x, middle - high, width, high)
        low = QRectF(x, middle, width, high)
        quiet = ink if ink != "text2" else "text"
        for area, left, right, weight, right_ink in (
            (top, title, standing, 600, quiet),
            (low, who, reference, None, "text2"),
        ):
            role = "body" if weight else "small"
            shown = paint.elided(right, "label" if weight else "small", None, width * 0.6)
            font = t.font("label" if weight else "small")
            wide = t.metrics("label" if weight else "small").horizontalAdvance(shown) + 4
            end = Qt.AlignmentFlag.AlignRight
            paint.text(painter, area, shown, font, t.colour(right_ink), end)
            first = area.adjusted(0, 0, -wide - t.px(8), 0)
            words = paint.elided(left, role, weight, first.width())
            paint.text(painter, first, words, t.font(role, weight), t.colour("text"))


class BoardView(ListView):
    """The list; Enter or a double click opens."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Requests to partners", parent)
        self.setItemDelegate(BoardDelegate(self))
