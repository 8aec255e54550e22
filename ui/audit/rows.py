"""The tables of events and of people: a view with a delegate, filled a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from triage.domain.spelling import spell_short_day
from triage.domain.trail import Deed
from triage.workflow.audit import PersonTally, Row
from ui import paint
from ui.actions import bind_list
from ui.theme import theme
from ui.widgets.avatar import draw_avatar
from ui.widgets.table import (
    BOLD_ROLE,
    COLOUR_ROLE,
    ICON_ROLE,
    TEXT2_ROLE,
    Index,
    Table,
    TableDelegate,
)

HEADINGS = ("Event", "When", "Who", "What", "About whom", "Why, or on what")
SHARES = (8, 8, 17, 22, 21, 24)
HIDDEN = "Name hidden"
AVATAR_ROLE = Qt.ItemDataRole.UserRole + 120
LOCK_ROLE = Qt.ItemDataRole.UserRole + 121
ICONS = {
    Deed.LOOKED: "eye",
    Deed.CHANGED: "pencil",
    Deed.LINKED: "link",
    Deed.SENT: "send",
    Deed.PRINTED: "printer",
    Deed.SIGNED: "signature",
    Deed.REASON: "shield-alert",
    Deed.DESK: "key-round",
}


class EventsModel(QAbstractTableModel):
    """The events of one page. While names are blurred they are not in it at all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._upto = 0
        self._day = ""
        self._hidden = False

    def put(self, rows: Sequence[Row]) -> None:
        """Show another page."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def set_verified(self, upto: int) -> None:
        """Up to which event the chain was found whole."""
        if upto != self._upto:
            self._upto = upto
            self._said_anew()

    def set_hidden(self, hidden: bool) -> None:
        """Leave names and reasons out, or put them in."""
        if hidden != self._hidden:
            self._hidden = hidden
            self._said_anew()

    def _said_anew(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(HEADINGS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def row(self, at: int) -> Row | None:
        """The event of a line."""
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def rows(self) -> tuple[Row, ...]:
        """The page."""
        return self._rows

    def line_of(self, seq: int) -> int:
        """Where an event stands, or -1."""
        return next((at for at, row in enumerate(self._rows) if row.seq == seq), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many events."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Six."""
        return 0 if parent.isValid() else len(HEADINGS)

    def spans_days(self) -> bool:
        """Whether the page holds events of more than one day."""
        ends = self._rows[:1] + self._rows[-1:]
        return len({row.at.date() for row in ends}) > 1

    def words(self, row: Row) -> tuple[str, ...]:
        """The cells of a line, as they may be shown now."""
        day = f"{spell_short_day(row.at)} {row.at:%H:%M}"
        when = day if self.spans_days() else f"{row.at:%H:%M:%S}"
        hidden = self._hidden and row.contact_id is not None
        about = (row.reference or HIDDEN) if hidden and not row.restricted else row.about
        why = "" if self._hidden else row.why
        return (f"{row.seq:,}", when, row.who, row.what, about, why)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words; for a reader, the heading first."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(row)[column]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            cells = self.words(row)
            if column == 0:
                sealed = "in the verified chain" if row.seq <= self._upto else "not checked yet"
                return f"Event {', '.join(c for c in cells if c)}, {sealed}"
            return f"{HEADINGS[column]}: {cells[column]}"
        if column == 0 and role == LOCK_ROLE:
            return row.seq <= self._upto
        if column == 2 and role == AVATAR_ROLE:
            return row.who
        if column == 3:
            return {ICON_ROLE: ICONS[row.deed], BOLD_ROLE: True, COLOUR_ROLE: _ink(row)}.get(role)
        if column in (1, 5) and role == TEXT2_ROLE:
            return True
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The column's name."""
        across = orientation == Qt.Orientation.Horizontal
        if across and role == Qt.ItemDataRole.DisplayRole and section < len(HEADINGS):
            return HEADINGS[section]
        return None


def _ink(row: Row) -> str:
    return "restricted" if row.deed is Deed.REASON else "text"


class EventsDelegate(TableDelegate):
    """As any table, with a lock before the number and initials before a name."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        locked, who = index.data(LOCK_ROLE), index.data(AVATAR_ROLE)
        if locked is None and who is None:
            super().paint(painter, option, index)
            return
        t = theme()
        inset = t.px(24) if locked is not None else t.px(26)
        whole = option.rect
        # The ground is drawn whole, then the words beside the mark.
        words = QStyleOptionViewItem(option)
        words.rect = whole.adjusted(inset, 0, 0, 0)
        self.draw_ground(painter, option, index)
        self.draw_words(painter, words, index)
        rect = QRectF(whole)
        if locked is not None:
            size = t.px(14)
            name, ink = ("lock", "okText") if locked else ("circle-dashed", "muted")
            y = round(rect.center().y() - size / 2)
            paint.icon(painter, name, round(rect.left() + t.px(5)), y, size, t.colour(ink))
        else:
            size = t.px(20)
            draw_avatar(painter, str(who), rect.left() + 2, rect.center().y() - size / 2, size)


class EventsTable(Table):
    """The events, with their keys; `older` and `newer` ask for the next page at either end."""

    same_person = Signal()
    newest = Signal()
    oldest = Signal()
    older = Signal()
    newer = Signal()
    checkpoint = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Events", SHARES, parent=parent)
        self.setItemDelegate(EventsDelegate(self))
        self.keys = bind_list(
            self,
            "audit events",
            {
                "Open the record": lambda: self.opened.emit(self.currentIndex()),
                "Same person": self.same_person.emit,
                "Print a checkpoint": self.checkpoint.emit,
                "Newest": self.newest.emit,
                "Oldest": self.oldest.emit,
            },
        )

    def _scale(self) -> None:
        super()._scale()
        self.verticalHeader().setDefaultSectionSize(theme().px(34))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Beyond the last line lies the next page, and before the first the one before."""
        at, last = self.currentIndex().row(), (self.model().rowCount() if self.model() else 0) - 1
        down = event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown)
        up = event.key() in (Qt.Key.Key_Up, Qt.Key.Key_PageUp)
        if down and at == last:
            self.older.emit()
        elif up and at <= 0:
            self.newer.emit()
        else:
            super().keyPressEvent(event)


def people_rows(people: Sequence[PersonTally]) -> list[tuple[str, ...]]:
    """Each person with what they left in that time."""
    return [
        (
            person.who,
            f"{person.count:,}",
            f"{person.deeds.get(Deed.LOOKED, 0):,}",
            f"{person.deeds.get(Deed.CHANGED, 0):,}",
            f"{person.deeds.get(Deed.SENT, 0) + person.deeds.get(Deed.PRINTED, 0):,}",
            f"{person.deeds.get(Deed.REASON, 0):,}",
        )
        for person in people
    ]


PEOPLE_HEADINGS = ("Who", "Events", "Looked", "Changed", "Sent, printed", "With a reason")
