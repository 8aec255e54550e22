"""The sign-off list as a model: what may be signed together, what is read one by one, what is
signed. What runs out first stands on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from triage.workflow.sign import SignOffList, SignOffRow

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE: Final = Qt.ItemDataRole.UserRole + 1
HEAD_ROLE: Final = Qt.ItemDataRole.UserRole + 2
TICK_ROLE: Final = Qt.ItemDataRole.UserRole + 3

_BLURRED: Final = "█████ ████"
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a group, with how many stand under it."""

    title: str
    count: int


class SignOffModel(QAbstractListModel):
    """Heads and rows in one list. Ticks are kept here, by version, and outlive a refresh."""

    ticks_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Head | SignOffRow] = []
        self._ready: frozenset[UUID] = frozenset()
        self._ticked: set[UUID] = set()
        self._blur = False

    def put(self, found: SignOffList) -> None:
        """Show another list. Ticks stay on rows that may still be ticked; where the same rows
        stand in the same places, nothing moves and only what they say is renewed."""
        groups = [
            ("Ready to sign together", found.ready_together),
            ("Read one by one", found.one_by_one),
        ]
        groups.sort(key=lambda group: min((r.due for r in group[1]), default=_NEVER))
        entries: list[Head | SignOffRow] = []
        for title, rows in (*groups, ("Signed by you today", found.signed_today)):
            if rows:
                entries += (Head(title, len(rows)), *rows)
        same = [_place(e) for e in entries] == [_place(e) for e in self._entries]
        if not same:
            self.beginResetModel()
        self._entries = entries
        self._ready = frozenset(r.version_id for r in found.ready_together if r.opened)
        self._ticked &= self._ready
        if not same:
            self.endResetModel()
        elif entries:
            self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
        self.ticks_changed.emit()

    def set_blur(self, on: bool) -> None:
        """Replace names by bars, for eyes and readers alike."""
        self._blur = on
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    def row_of(self, version_id: UUID | None) -> int:
        """Where a version stands, or -1."""
        for at, entry in enumerate(self._entries):
            if isinstance(entry, SignOffRow) and entry.version_id == version_id:
                return at
        return -1

    def entry(self, row: int) -> SignOffRow | None:
        """The row there; None for a head or nothing."""
        found = self._entries[row] if 0 <= row < len(self._entries) else None
        return found if isinstance(found, SignOffRow) else None

    def rows(self) -> list[SignOffRow]:
        """Every row in order."""
        return [e for e in self._entries if isinstance(e, SignOffRow)]

    def ticked(self) -> list[UUID]:
        """What is ticked, in the order shown."""
        return [r.version_id for r in self.rows() if r.version_id in self._ticked]

    def may_tick(self, row: int) -> bool:
        """Whether this row may be ticked: ready, and opened by this person."""
        entry = self.entry(row)
        return entry is not None and entry.version_id in self._ready

    def in_batch_group(self, row: int) -> bool:
        """Whether the row stands under "Ready to sign together"."""
        for at in range(row, -1, -1):
            entry = self._entries[at]
            if isinstance(entry, Head):
                return entry.title.startswith("Ready")
        return False

    def tick(self, row: int) -> bool:
        """Tick or untick; False where it may not be ticked."""
        entry = self.entry(row)
        if entry is None or not self.may_tick(row):
            return False
        self._ticked ^= {entry.version_id}
        index = self.index(row)
        self.dataChanged.emit(index, index)
        self.ticks_changed.emit()
        return True

    def untick_all(self) -> None:
        """Leave nothing ticked."""
        self._ticked.clear()
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))
        self.ticks_changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Heads and rows."""
        return 0 if parent.isValid() else len(self._entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Heads cannot be stood on."""
        if not index.isValid() or isinstance(self._entries[index.row()], Head):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words for readers; the row itself for the delegate."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if isinstance(entry, Head):
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                return f"{entry.title}, {entry.count}"
            return entry if role == HEAD_ROLE else None
        title = _BLURRED if self._blur else entry.title
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = entry.sentence.replace(entry.title, "hidden") if self._blur else entry.sentence
            tick = ""
            if self.in_batch_group(index.row()):
                tick = ", ticked" if entry.version_id in self._ticked else ", not ticked"
            return words + tick
        if role == ROW_ROLE:
            return entry
        if role == TICK_ROLE:
            if not self.in_batch_group(index.row()):
                return None
            return entry.version_id in self._ticked
        return None


def _place(entry: Head | SignOffRow) -> object:
    return entry if isinstance(entry, Head) else entry.version_id
