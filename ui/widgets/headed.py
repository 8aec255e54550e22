"""Lists of entries with heads between them: the model, and how a head is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from ui import paint
from ui.theme import theme

Index = QModelIndex | QPersistentModelIndex
ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
_EDGE = 14


@dataclass(frozen=True, slots=True)
class Head:
    """A heading between rows, with what is to be said of them at the right."""

    title: str
    note: str


T = TypeVar("T")


class HeadedModel(QAbstractListModel, Generic[T]):
    """Heads and entries. Where the same ones stand in the same places nothing moves: only those
    that say something else are told to have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Head | T] = []

    def put(self, entries: Sequence[Head | T]) -> None:
        """Show other entries."""
        fresh, before = list(entries), self._entries
        if [self._place(e) for e in fresh] == [self._place(e) for e in before]:
            changed = [n for n, entry in enumerate(fresh) if entry != before[n]]
            self._entries = fresh
            if changed:
                self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
            return
        self.beginResetModel()
        self._entries = fresh
        self.endResetModel()

    def say_again(self) -> None:
        """Everything may say something else now."""
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    def _place(self, entry: Head | T) -> object:
        return (Head, entry.title) if isinstance(entry, Head) else self.key_of(entry)

    def key_of(self, entry: T) -> object:
        """What tells that an entry is the same one, whatever it says now."""
        return entry

    def entry(self, row: int) -> Head | T | None:
        """The head or entry of a row; None where there is no such row."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many heads and entries."""
        return 0 if parent.isValid() else len(self._entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Heads can't be stood on."""
        if not index.isValid() or isinstance(self._entries[index.row()], Head):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words for readers; the head or entry itself for the delegate."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if not isinstance(entry, Head):
            return self.words_of(entry, role)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(w for w in (entry.title, entry.note) if w)
        return None

    def words_of(self, entry: T, role: int) -> str | None:
        """What an entry is called, and how it is spoken."""
        raise NotImplementedError


def draw_head(painter: QPainter, rect: QRectF, head: Head, *, edged: bool = False) -> None:
    """A head on its ground, what is said of its rows at the right; `edged` parts it from them."""
    t = theme()
    painter.fillRect(rect, t.colour("sunken"))
    if edged:
        edge = t.colour("borderSubtle")
        paint.hairline(painter, rect.left(), rect.bottom() - 1, rect.right(), edge)
    area = rect.adjusted(t.px(_EDGE), 0, -t.px(_EDGE), 0)
    font, ink = t.font("small", 600), t.colour("text2")
    paint.text(painter, area, head.title, font, ink)
    paint.text(painter, area, head.note, font, ink, Qt.AlignmentFlag.AlignRight)
