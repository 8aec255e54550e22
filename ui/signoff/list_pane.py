"""The sign-off list: what may be signed together, what is read one by one, what is signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from triage.workflow.sign import SignOffList, SignOffRow
from ui import paint
from ui.actions import bind_list
from ui.theme import theme
from ui.titles import split_title
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.lists import ListView, draw_row_ground
from ui.widgets.pane import Pane
from ui.widgets.states import StateView
from ui.widgets.text import Text

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE: Final = Qt.ItemDataRole.UserRole + 1
HEAD_ROLE: Final = Qt.ItemDataRole.UserRole + 2
TICK_ROLE: Final = Qt.ItemDataRole.UserRole + 3

_BLURRED: Final = "█████ ████"


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
        """Show another list. Ticks stay on rows that may still be ticked."""
        self.beginResetModel()
        self._entries = []
        for title, rows in (
            ("Ready to sign together", found.ready_together),
            ("Read one by one", found.one_by_one),
            ("Signed by you today", found.signed_today),
        ):
            if rows:
                self._entries.append(Head(title, len(rows)))
                self._entries += rows
        self._ready = frozenset(r.version_id for r in found.ready_together if r.opened)
        self._ticked &= self._ready
        self.endResetModel()
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


class SignOffDelegate(QStyledItemDelegate):
    """Draws heads and rows: tick or state, rating, title and outcome, author and state."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A head is one line, a row two."""
        t = theme()
        return QSize(200, t.px(25) if index.data(HEAD_ROLE) else t.size("queueRow"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One entry."""
        rect = QRectF(option.rect)
        painter.save()
        head = index.data(HEAD_ROLE)
        if isinstance(head, Head):
            self._head(painter, rect, head)
        else:
            row = index.data(ROW_ROLE)
            if isinstance(row, SignOffRow):
                self._row(painter, rect, option, index, row)
        painter.restore()

    def _head(self, painter: QPainter, rect: QRectF, head: Head) -> None:
        t = theme()
        painter.fillRect(rect, t.colour("sunken"))
        edge = t.colour("borderSubtle")
        paint.hairline(painter, rect.left(), rect.bottom() - 1, rect.right(), edge)
        area = rect.adjusted(t.px(14), 0, -t.px(14), 0)
        paint.text(painter, area, head.title, t.font("small", 600), t.colour("text2"))
        right = Qt.AlignmentFlag.AlignRight
        font = t.font("small", 600)
        paint.text(painter, area, str(head.count), font, t.colour("text2"), right)

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
        self._title(painter, first, shown, _short_name(row.author_name))
        loud = row.state_words.startswith("changed")
        ink = t.colour("accent" if loud else "text2")
        font, weight = t.font("small", 600 if loud else 400), 600 if loud else 400
        words = row.state_words
        wide = t.metrics("small", weight).horizontalAdvance(words) + 2
        align = Qt.AlignmentFlag.AlignRight
        paint.text(painter, second, words, font, ink, align)
        outcome = paint.elided(row.outcome, "label", 400, second.width() - wide - t.px(8))
        paint.text(painter, second, outcome, t.font("label", 400), t.colour("text2"))

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

    def _title(self, painter: QPainter, area: QRectF, title: str, author: str) -> None:
        t = theme()
        wide = t.metrics("small").horizontalAdvance(author) + 2
        align = Qt.AlignmentFlag.AlignRight
        paint.text(painter, area, author, t.font("small"), t.colour("text2"), align)
        room = area.width() - wide - t.px(8)
        name, rest = split_title(title)
        shown = paint.elided(name, "body", 600, room)
        used = t.metrics("body", 600).horizontalAdvance(shown)
        paint.text(painter, area, shown, t.font("body", 600), t.colour("text"))
        if rest and used + t.px(20) < room:
            left = area.adjusted(used + t.px(5), 0, 0, 0)
            words = paint.elided(rest, "body", None, room - used - t.px(5))
            paint.text(painter, left, words, t.font("body"), t.colour("text2"))


def _short_name(name: str) -> str:
    first, _, last = name.rpartition(" ")
    return f"{first[0]}. {last}" if first else last


class SignOffListView(ListView):
    """The list, with its keys; a click on the tick box ticks."""

    tick_asked = Signal(int)
    read_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Decisions waiting for you", parent)
        self._keys = bind_list(self, "sign-off list", {"Tick": self._tick, "Read": self._read})

    def set_letters(self, on: bool) -> None:
        """Single letters act, or not."""
        self._keys.set_letters(on)

    def _tick(self) -> None:
        self.tick_asked.emit(self.currentIndex().row())

    def _read(self) -> None:
        self.read_asked.emit(self.currentIndex().row())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The box ticks; anywhere else reads."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        on_box = event.position().x() < theme().px(38)
        if on_box and isinstance(index.data(TICK_ROLE), bool):
            self.tick_asked.emit(index.row())
        elif index.data(ROW_ROLE) is not None:
            self.read_asked.emit(index.row())


class ListPane(Pane):
    """The list and, below, signing several together.

    `read_asked` gives a version to open, `together_asked` the PIN once several are ticked,
    `said` a sentence to show.
    """

    read_asked = Signal(object)
    together_asked = Signal(str)
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Waiting for you", "", parent=parent)
        self.model = SignOffModel(self)
        self.view = SignOffListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(SignOffDelegate(self.view))
        self.state = StateView()
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.state, 1)
        self.batch = _Batch()
        self.body.addWidget(self.batch)
        self.state.hide()
        self.model.ticks_changed.connect(self._ticks)
        self.view.tick_asked.connect(self._tick)
        self.view.read_asked.connect(self._read)
        self.batch.untick.clicked.connect(self.model.untick_all)
        self.batch.signed.connect(self.together_asked)
        self._ticks()

    def show_list(self, found: SignOffList, current: UUID | None) -> None:
        """Show what waits; the version being read stays current."""
        waiting = len(found.ready_together) + len(found.one_by_one)
        word = "decision" if waiting == 1 else "decisions"
        self.set_title("Waiting for you", f"{waiting} {word}")
        kept = self.model.entry(self.view.currentIndex().row())
        stand = current or (kept.version_id if kept else None)
        self.model.put(found)
        empty = not self.model.rows()
        self.view.setVisible(not empty)
        self.state.setVisible(empty)
        if empty:
            self.state.show_empty(
                "Nothing waiting", "Decisions come here when they are sent for sign-off."
            )
        row = self.model.row_of(stand)
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))
        else:
            self.view.ensure_current()

    def show_problem(self, words: str) -> None:
        """The list could not be read; what was shown stays where there was something."""
        if self.model.rows():
            self.said.emit(words)
            return
        self.view.hide()
        self.state.show()
        self.state.show_error("The list could not be read", words)

    def neighbour(self, version_id: UUID | None, step: int) -> UUID | None:
        """The row after (1) or before (-1) the one being read."""
        rows = self.model.rows()
        if not rows:
            return None
        ids = [r.version_id for r in rows]
        at = ids.index(version_id) + step if version_id in ids else 0
        return ids[at] if 0 <= at < len(ids) else None

    def _read(self, row: int) -> None:
        entry = self.model.entry(row)
        if entry is not None:
            self.read_asked.emit(entry.version_id)

    def _tick(self, row: int) -> None:
        if self.model.tick(row):
            return
        entry = self.model.entry(row)
        if entry is None:
            return
        if self.model.in_batch_group(row):
            self.said.emit(f"Read {entry.title} first; then it can be ticked.")
        elif entry.signed_at is None:
            self.said.emit(
                f"{entry.title} is read and signed by itself: only Green with all checks passed "
                "can be signed together."
            )

    def _ticks(self) -> None:
        self.batch.show_count(len(self.model.ticked()))


class _Batch(QWidget):
    """The foot: how many are ticked, one PIN for them, and the act."""

    signed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        self.title = Text("", "bodyStrong")
        self.words = Text(
            "You have opened each one. Red and Amber cannot be signed in a batch.",
            "small",
            "text2",
            wrap=True,
        )
        self.pin = LineField("Your PIN, for those ticked", "Your PIN", secret=True)
        self.act = Button("Sign together", "signature", "primary")
        self.untick = Button("Untick all")
        self._acts = QHBoxLayout()
        self._acts.addWidget(self.act)
        self._acts.addWidget(self.untick)
        self._acts.addStretch(1)
        for part in (self.title, self.words, self.pin):
            column.addWidget(part)
        column.addLayout(self._acts)
        self._column = column
        self.act.clicked.connect(self._act)
        self.pin.returnPressed.connect(self._act)
        self.pin.hide()
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(14), t.px(10), t.px(14), t.px(12))
        self._column.setSpacing(t.px(6))
        self._acts.setSpacing(t.px(8))

    def show_count(self, count: int) -> None:
        """Shown while any is ticked."""
        self.setVisible(count > 0)
        self.title.set_text(f"{count} ticked, all Green, all checks passed")
        self.act.set_text(f"Sign {count} together")
        if count == 0:
            self.forget()

    def forget(self) -> None:
        """Forget the PIN and hide its field."""
        self.pin.clear()
        self.pin.hide()

    def _act(self) -> None:
        if self.pin.isHidden():
            self.pin.show()
            self.pin.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if not self.pin.text():
            self.pin.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        pin = self.pin.text()
        self.pin.clear()
        self.signed.emit(pin)

    def paintEvent(self, event: QEvent) -> None:
        """A shade apart, with a hairline above."""
        t = theme()
        painter = QPainter(self)
        paint.hairline(painter, 0, 0, self.width(), t.colour("borderSubtle"))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts the PIN away."""
        if event.key() == Qt.Key.Key_Escape and not self.pin.isHidden():
            self.forget()
            self.act.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        super().keyPressEvent(event)
