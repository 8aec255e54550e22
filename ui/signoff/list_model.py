"""The sign-off list as a model: what may be signed together, what is read one by one, what is
signed. What runs out first stands on top."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from triage.workflow.to_sign import SignOffList, SignOffRow
from ui.widgets.headed import Head, HeadedModel, Index

TICK_ROLE: Final = Qt.ItemDataRole.UserRole + 2

_BLURRED: Final = "█████ ████"
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class SignOffModel(HeadedModel[SignOffRow]):
    """Heads and rows in one list. Ticks are kept here, by version, and outlive a refresh."""

    ticks_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ready: frozenset[UUID] = frozenset()
        self._ticked: set[UUID] = set()
        self._blur = False

    def put_list(self, found: SignOffList) -> None:
        """Show another list. Ticks stay on rows that may still be ticked."""
        groups = [
            ("Ready to sign together", found.ready_together),
            ("Read one by one", found.one_by_one),
        ]
        groups.sort(key=lambda group: min((r.due for r in group[1]), default=_NEVER))
        entries: list[Head | SignOffRow] = []
        for title, rows in (*groups, ("Signed by you today", found.signed_today)):
            if rows:
                entries += (Head(title, str(len(rows))), *rows)
        self._ready = frozenset(r.version_id for r in found.ready_together if r.opened)
        self._ticked &= self._ready
        self.put(entries)
        self.ticks_changed.emit()

    def key_of(self, entry: SignOffRow) -> UUID:
        """The same version, whatever is said of it."""
        return entry.version_id

    def set_blur(self, on: bool) -> None:
        """Replace names by bars, for eyes and readers alike."""
        self._blur = on
        self.say_again()

    def row_of(self, version_id: UUID | None) -> int:
        """Where a version stands, or -1."""
        for at, entry in enumerate(self._entries):
            if isinstance(entry, SignOffRow) and entry.version_id == version_id:
                return at
        return -1

    def row(self, at: int) -> SignOffRow | None:
        """The row there; None for a head or nothing."""
        found = self.entry(at)
        return found if isinstance(found, SignOffRow) else None

    def rows(self) -> list[SignOffRow]:
        """Every row in order."""
        return [e for e in self._entries if isinstance(e, SignOffRow)]

    def ticked(self) -> list[UUID]:
        """What is ticked, in the order shown."""
        return [r.version_id for r in self.rows() if r.version_id in self._ticked]

    def may_tick(self, row: int) -> bool:
        """Whether this row may be ticked: ready, and opened by this person."""
        entry = self.row(row)
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
        entry = self.row(row)
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
        self.say_again()
        self.ticks_changed.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """As of any entry; and whether it is ticked, None where it can't be."""
        words = super().data(index, role)
        if role not in (TICK_ROLE, Qt.ItemDataRole.AccessibleTextRole):
            return words
        entry = self.row(index.row())
        ticked = None
        if entry is not None and self.in_batch_group(index.row()):
            ticked = entry.version_id in self._ticked
        if role == TICK_ROLE:
            return ticked
        return words if ticked is None else f"{words}, {'ticked' if ticked else 'not ticked'}"

    def words_of(self, entry: SignOffRow, role: int) -> str | None:
        """The name; spoken, all that the row shows."""
        if role == Qt.ItemDataRole.DisplayRole:
            return _BLURRED if self._blur else entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.sentence.replace(entry.title, "hidden") if self._blur else entry.sentence
        return None
