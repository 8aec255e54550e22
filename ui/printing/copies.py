"""Who gets a copy: the list, and what a copy is called in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from triage.domain.pack import Copy, Removal
from ui import paint
from ui.theme import theme
from ui.widgets.lists import draw_row_ground

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy, and whether it is out already ("printed 24 Nov, 12:20")."""

    copy: Copy
    out: str = ""

    @property
    def name(self) -> str:
        """Who it is for."""
        return self.copy.recipient or "Nobody named yet"

    @property
    def below(self) -> str:
        """How it goes, and how much is removed."""
        return f"{_sentence(self.copy.by)} · {kinds_removed(self.copy)}"

    @property
    def state(self) -> tuple[str, str, str]:
        """Icon, colour and words of where it stands."""
        if self.out:
            return "circle-check", "text2", self.out
        if not self.copy.recipient.strip():
            return "triangle-alert", "warnText", "Who is it for?"
        return "circle-check", "okText", "Ready"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def kinds_removed(copy: Copy) -> str:
    """Nothing removed, 1 kind removed, 2 kinds removed."""
    kinds = copy.removals - {Removal.CHOSEN_WORDS}
    number = len(kinds) + bool(copy.words)
    if number == 0:
        return "Nothing removed"
    return f"{number} kind{'s' if number > 1 else ''} removed"


class CopyModel(QAbstractListModel):
    """The copies in the order of their numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CopyRow] = []

    def put(self, rows: Sequence[CopyRow]) -> None:
        """Other rows; the same number of them keeps the list where it is."""
        if len(rows) == len(self.rows):
            self.rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many copies."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row's words."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = row.state[2]
            return f"Copy {row.copy.number}. {row.name}. {row.below}. {state}."
        if role == ROW:
            return row
        return None


class CopyDelegate(QStyledItemDelegate):
    """Number, name, how it goes, where it stands."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines."""
        return QSize(theme().px(240), theme().px(47))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        row = index.data(ROW)
        if not isinstance(row, CopyRow):
            return
        t = theme()
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        draw_row_ground(
            painter,
            QRectF(option.rect),
            selected=chosen,
            over=bool(state & QStyle.StateFlag.State_MouseOver),
            focused=bool(state & QStyle.StateFlag.State_HasFocus),
        )
        area = QRectF(option.rect).adjusted(t.px(14), t.px(6), -t.px(12), -t.px(4))
        badge = QRectF(area.left(), area.top(), t.px(19), t.px(19))
        fill = t.colour("accent") if chosen else None
        paint.box(painter, badge, fill=fill, edge=t.colour("accent"), radius=4)
        ink = t.colour("onAccent" if chosen else "accent")
        centre = Qt.AlignmentFlag.AlignHCenter
        paint.text(painter, badge, str(row.copy.number), t.font("small", 600), ink, centre)
        icon, colour, words = row.state
        wide = t.metrics("label").horizontalAdvance(words) + 2
        size = t.px(16)
        x = area.right() - wide
        place = QRectF(x, area.top(), wide + 2, area.height())
        paint.text(painter, place, words, t.font("label"), t.colour(colour))
        x -= size + t.px(6)
        paint.icon(
            painter, icon, round(x), round(area.center().y() - size / 2), size, t.colour(colour)
        )
        left = area.left() + t.px(30)
        room = x - left - t.px(10)
        weight = 600 if chosen else 500
        name = paint.elided(row.name, "label", weight, room)
        top = QRectF(left, area.top(), room + 2, t.line("label"))
        paint.text(painter, top, name, t.font("label", weight), t.colour("text"))
        low = QRectF(left, top.bottom() + 1, room + 2, t.line("small"))
        below = paint.elided(row.below, "small", None, room)
        paint.text(painter, low, below, t.font("small"), t.colour("text2"))
