"""The queue as a Qt model: group heads and rows, names taken out when the screen is blurred."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from triage.workflow.queue import QueueRow
from ui.triage.hidden import HIDDEN_NAME
from ui.widgets.text import plain_tip

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A group's head: "Due in the next 2 hours", and how many stand under it."""

    words: str
    count: int


Entry = Head | QueueRow


class QueueModel(QAbstractListModel):
    """Rows in the order given, a head before each group; `entry` is what the delegate draws.
    Heads can't be chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._rows: tuple[QueueRow, ...] = ()
        self._places: dict[UUID, int] = {}
        self._blurred = False
        self._changed: dict[UUID, str] = {}

    def put(
        self, rows: Sequence[QueueRow], head_of: Callable[[QueueRow], str] | None = None
    ) -> None:
        """Show other rows, under heads by `head_of`, the row's own group if none is given.

        Where the same rows stand in the same order, only those that say something else are told
        to have changed, so that nothing moves under the pointer when a minute has passed.
        """
        entries: list[Entry] = []
        for words, group in groupby(rows, key=head_of or (lambda r: r.group)):
            held = tuple(group)
            entries += [Head(words=words, count=len(held)), *held]
        fresh = tuple(entries)
        self._rows = tuple(rows)
        self._places = {e.contact_id: n for n, e in enumerate(fresh) if isinstance(e, QueueRow)}
        if [_identity(e) for e in fresh] == [_identity(e) for e in self._entries]:
            changed = [n for n, e in enumerate(fresh) if e != self._entries[n]]
            self._entries = fresh
            if changed:
                self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
            return
        self.beginResetModel()
        self._entries = fresh
        self.endResetModel()

    def set_blurred(self, blurred: bool) -> None:
        """Take names and reasons out of the model itself, so that readers don't get them."""
        self._blurred = blurred
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    def set_changed(self, changed: Mapping[UUID, str]) -> None:
        """Mark contacts that somebody else has worked on, with the words for it."""
        self._changed.update(changed)
        for contact_id in changed:
            self._say_again(contact_id)

    def set_seen(self, contact_id: UUID) -> None:
        """Take the mark away: the contact has been opened."""
        if self._changed.pop(contact_id, None) is not None:
            self._say_again(contact_id)

    def changed(self, contact_id: UUID) -> str:
        """Who has worked on the contact since it was last shown here; "" for nobody else."""
        return self._changed.get(contact_id, "")

    def _say_again(self, contact_id: UUID) -> None:
        index = self.index_of(contact_id)
        if index.isValid():
            self.dataChanged.emit(index, index)

    @property
    def blurred(self) -> bool:
        """Whether names are hidden."""
        return self._blurred

    def rows(self) -> tuple[QueueRow, ...]:
        """The contacts shown, in order."""
        return self._rows

    def entry(self, index: Index) -> Entry | None:
        """What stands at an index."""
        return self._entries[index.row()] if index.isValid() else None

    def index_of(self, contact_id: UUID) -> QModelIndex:
        """Where a contact stands, or an index that is not valid."""
        place = self._places.get(contact_id)
        return QModelIndex() if place is None else self.index(place)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Heads and rows."""
        return 0 if parent.isValid() else len(self._entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Heads are passed over by keys and pointer."""
        if isinstance(self.entry(index), QueueRow):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text for the eye, a sentence for the ear."""
        entry = self.entry(index)
        if entry is None:
            return None
        if isinstance(entry, Head):
            spoken = f"{entry.words}, {entry.count}"
            return {
                Qt.ItemDataRole.DisplayRole: entry.words,
                Qt.ItemDataRole.AccessibleTextRole: spoken,
            }.get(Qt.ItemDataRole(role))
        if role == Qt.ItemDataRole.DisplayRole:
            return HIDDEN_NAME if self._blurred else entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            changed = self.changed(entry.contact_id)
            if self._blurred:
                clock = entry.leading.words if entry.leading else ""
                words = f"{HIDDEN_NAME}. {entry.reference}. {clock}"
            else:
                words = entry.sentence
            return f"{words}, {changed}" if changed else words
        if role == Qt.ItemDataRole.ToolTipRole and not self._blurred:
            said = [entry.reference, entry.title, entry.reason, entry.source]
            said.append(self.changed(entry.contact_id))
            if entry.silent:
                said.append(f"No reply in time from {', '.join(entry.silent)}")
            return plain_tip(" · ".join(s for s in said if s))
        return None


def _identity(entry: Entry) -> object:
    return entry.words if isinstance(entry, Head) else entry.contact_id
