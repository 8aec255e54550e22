"""The queue as a Qt model: group heads and rows, names taken out when the screen is blurred."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget

from triage.workflow.queue import QueueRow
from ui.triage.hidden import HIDDEN_NAME
from ui.widgets.headed import Head, HeadedModel
from ui.widgets.text import plain_tip


class QueueModel(HeadedModel[QueueRow]):
    """Rows in the order given, a head before each group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[QueueRow, ...] = ()
        self._places: dict[UUID, int] = {}
        self._blurred = False
        self._changed: dict[UUID, str] = {}

    def put_rows(
        self, rows: Sequence[QueueRow], head_of: Callable[[QueueRow], str] | None = None
    ) -> None:
        """Show other rows, under heads by `head_of`, the row's own group if none is given."""
        entries: list[Head | QueueRow] = []
        for words, group in groupby(rows, key=head_of or (lambda r: r.group)):
            held = tuple(group)
            entries += [Head(words, str(len(held))), *held]
        self._rows = tuple(rows)
        self._places = {e.contact_id: n for n, e in enumerate(entries) if isinstance(e, QueueRow)}
        self.put(entries)

    def key_of(self, entry: QueueRow) -> UUID:
        """The same contact, whatever is said of it."""
        return entry.contact_id

    def set_blurred(self, blurred: bool) -> None:
        """Take names and reasons out of the model itself, so that readers don't get them."""
        self._blurred = blurred
        self.say_again()

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

    def index_of(self, contact_id: UUID) -> QModelIndex:
        """Where a contact stands, or an index that is not valid."""
        place = self._places.get(contact_id)
        return QModelIndex() if place is None else self.index(place)

    def words_of(self, entry: QueueRow, role: int) -> str | None:
        """Text for the eye, a sentence for the ear."""
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
