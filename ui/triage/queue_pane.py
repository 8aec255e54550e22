"""The queue pane: whose contacts, in groups by time left; what is new waits to be shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from triage.domain.spelling import spell_day
from triage.workflow.queue import QueueRow, QueueView
from ui.actions import bind_list
from ui.keymap import GLOBAL, keymap
from ui.theme import theme
from ui.triage.queue_delegate import QueueDelegate
from ui.triage.queue_model import QueueModel
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, IconButton
from ui.widgets.editor import LineField
from ui.widgets.keycap import KeyHints
from ui.widgets.lists import ListView
from ui.widgets.pane import Pane
from ui.widgets.rag import rating_word
from ui.widgets.segments import Segments
from ui.widgets.states import Loading, StateView

_HINTS = ((("↑", "↓"), "move"), (("Enter",), "open"), (("Ctrl PgDn",), "next contact"))
_ORDERS = {"time": "Least time first", "new": "Newest first", "rating": "Rating first"}
_WHOSE = (("all", "All", "All"), ("mine", "Mine", "Mine"), ("unassigned", "Unassigned", "Free"))
_BY_RATING = {"red": 0, "amber": 1, "": 2}


class QueuePane(Pane):
    """Shows a QueueView. Emits contact ids; `dropped` gives paths of files let go over it.

    New arrivals wait behind "2 new, show" while somebody reads; `show_waiting` lets them in.
    While the pointer is over the list no row moves: what changed its place does so afterwards.
    """

    opened = Signal(object)
    previewed = Signal(object)
    take_asked = Signal(object)
    hand_over_asked = Signal(object)
    whose_chosen = Signal(str)
    dropped = Signal(object)
    acted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Contacts", "", parent=parent)
        self._view: QueueView | None = None
        self._shown: frozenset[UUID] = frozenset()
        self._words = ""
        self._order = "time"
        self._compact = False
        self.setAcceptDrops(True)
        self.order = Button(_ORDERS["time"], "arrow-down-wide-narrow", "link", dense=True)
        self.order.clicked.connect(self._choose_order)
        self.add_action(self.order)
        self.whose = Segments([(key, words) for key, words, _ in _WHOSE], "Whose contacts")
        self.whose.set_value("all")
        self.whose.chosen.connect(self.whose_chosen)
        self.find_field = LineField("Find in the queue", "Name, reference or reason", icon="search")
        self.find_field.typed.connect(self._filter)
        self.find_field.hide()
        self._filter_button = IconButton("list-filter", "Filter the queue", framed=True)
        self._filter_button.setCheckable(True)
        self._filter_button.toggled.connect(self._show_find)
        key = keymap().label(GLOBAL, "New contact by phone")
        self.call = IconButton("phone-incoming", "New contact by phone", framed=True, key_hint=key)
        self.call.clicked.connect(lambda: self.acted.emit("call"))
        self.new = Button("", "arrow-up", "primary", dense=True)
        self.new.clicked.connect(self.show_waiting)
        self.new.hide()
        self.banner = Banner("warning")
        again = Button("Try again", dense=True)
        again.clicked.connect(lambda: self.acted.emit("again"))
        self.banner.add_action(again)
        self.model = QueueModel(self)
        self.list = ListView("Contacts waiting")
        self.list.keeps_heights = True
        self.list.setModel(self.model)
        self._delegate = QueueDelegate(self.model, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.clicked.connect(self._clicked)
        self.list.viewport().installEventFilter(self)
        self.keys = bind_list(
            self.list,
            "queue",
            {
                "Open": self._tell(self.opened),
                "Preview": self._tell(self.previewed),
                "Take it": self._tell(self.take_asked),
                "Hand over": self._tell(self.hand_over_asked),
            },
        )
        self._loading = Loading("Loading contacts", rows=6)
        self._state = StateView()
        self._state.acted.connect(self.acted)
        self._state.hide()
        self._loading.hide()
        self._build()
        theme().scaled.connect(self._space_top)
        theme().changed.connect(self._fit_whose)  # once its parts have their sizes
        self._space_top()

    def _build(self) -> None:
        self._row = QHBoxLayout()
        self._row.addWidget(self.whose, 1)
        self._row.addWidget(self._filter_button)
        self._row.addWidget(self.call)
        self._top = QVBoxLayout()
        self._top.addLayout(self._row)
        for widget in (self.find_field, self.new, self.banner):
            self._top.addWidget(widget)
        self.body.addLayout(self._top)
        self.body.addWidget(self._loading, 1)
        self.body.addWidget(self._state, 1)
        self.body.addWidget(self.list, 1)
        self.hints = KeyHints(_HINTS)
        self.foot.addWidget(self.hints, 1)

    def _space_top(self) -> None:
        t = theme()
        self._top.setContentsMargins(t.px(10), t.px(8), t.px(10), t.px(8))
        self._top.setSpacing(t.px(8))
        self._row.setSpacing(t.px(8))

    # ---- showing --------------------------------------------------------

    def set_compact(self, compact: bool) -> None:
        """Lower rows without flag icons, for a narrow screen."""
        if compact == self._compact:
            return
        self._compact = self._delegate.compact = compact
        self.hints.set(_HINTS[:2] if compact else _HINTS)
        self.list.scheduleDelayedItemsLayout()
        self._count()

    def set_taking_in(self, may: bool) -> None:
        """Whether whoever is here may take in calls and files."""
        self.setAcceptDrops(may)
        self.call.setVisible(may)

    def set_blurred(self, blurred: bool) -> None:
        """Hide names in the model."""
        self.model.set_blurred(blurred)
        self.list.viewport().update()

    def show_view(self, view: QueueView, *, keep_back: bool = True) -> None:
        """Show the queue. Rows that were not there before wait behind a button, unless nothing
        was shown yet or `keep_back` is False (own acts, another filter)."""
        first = self._view is None
        self._view = view
        self._loading.stop()
        self.banner.hide()
        if first or not keep_back or not self.model.rows():
            self._shown = frozenset(r.contact_id for r in view.rows)
        self._put(still=keep_back and self.list.viewport().underMouse())

    def show_loading(self) -> None:
        """Skeleton rows, once it takes long enough to matter."""
        if self._view is None:
            self.list.hide()
            self._loading.start()

    def show_fault(self, words: str) -> None:
        """Keep the last list, and say what happened."""
        self._loading.stop()
        if self._view is None:
            self.list.hide()
            self._state.show_error("The queue could not be read", words, [("again", "Try again")])
            self._state.show()
            return
        self.banner.show_words(words, f"This is the list of {self._view.as_of:%H:%M}.")

    def show_waiting(self) -> None:
        """Let the new ones in."""
        if self._view is not None:
            self._shown = frozenset(r.contact_id for r in self._view.rows)
            self._put()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def waiting(self) -> int:
        """How many new ones wait."""
        if self._view is None:
            return 0
        return sum(r.contact_id not in self._shown for r in self._view.rows)

    # ---- the row that is current ----------------------------------------

    def select(self, contact_id: UUID) -> None:
        """Mark the contact that is open, without opening it again."""
        index = self.model.index_of(contact_id)
        if index.isValid() and index != self.list.currentIndex():
            self.list.setCurrentIndex(index)

    def current(self) -> QueueRow | None:
        """The row that is current."""
        entry = self.model.entry(self.list.currentIndex().row())
        return entry if isinstance(entry, QueueRow) else None

    def row_of(self, contact_id: UUID) -> QueueRow | None:
        """The row of a contact, shown or still waiting."""
        rows = self._view.rows if self._view else ()
        return next((r for r in rows if r.contact_id == contact_id), None)

    def beside(self, contact_id: UUID | None, by: int) -> QueueRow | None:
        """The row after (1) or before (-1) a contact; the first where that one is not here."""
        rows = self.model.rows()
        at = next((i for i, r in enumerate(rows) if r.contact_id == contact_id), None)
        if at is None:
            return rows[0] if rows else None
        return rows[at + by] if 0 <= at + by < len(rows) else None

    # ---- inside ---------------------------------------------------------

    def _put(self, *, still: bool = False) -> None:
        if self._view is None:
            return
        kept, anchor = self.current(), self._anchor()
        rows = [r for r in self._view.rows if r.contact_id in self._shown and self._wanted(r)]
        rows = _ordered(rows, self._order)
        if still:
            places = {r.contact_id: i for i, r in enumerate(self.model.rows())}
            rows.sort(key=lambda r: places.get(r.contact_id, len(places)))
            heads = {r.contact_id: self._head(was) for r, was in self._paired(rows)}
            self.model.put_rows(rows, lambda r: heads.get(r.contact_id, self._head(r)))
        else:
            self.model.put_rows(rows, self._head)
        self._restore(anchor)
        if kept is not None:
            self.select(kept.contact_id)
        self._count()
        self.list.setVisible(bool(rows))
        self._state.setVisible(not rows)
        if rows:
            return
        if self._words:
            self._state.show_empty("Nothing fits", "Clear the filter to see every contact.")
        elif self._view.counts.get("all", 0):
            self._state.show_empty("Nothing here", "Choose All to see every contact.")
        else:
            self._show_nothing_waiting()

    def _show_nothing_waiting(self) -> None:
        here = "New contacts appear here."
        if not self.acceptDrops():
            self._state.show_empty("Nothing waiting", here)
            return
        words = f"{here} Drop a file on this list to take it in."
        self._state.show_empty("Nothing waiting", words, [("call", "New contact by phone")])

    def _paired(self, rows: Sequence[QueueRow]) -> list[tuple[QueueRow, QueueRow]]:
        before = {r.contact_id: r for r in self.model.rows()}
        return [(r, before[r.contact_id]) for r in rows if r.contact_id in before]

    def _head(self, row: QueueRow) -> str:
        if self._order == "time":
            return row.group
        if self._order == "rating":
            return rating_word(row.rating or "none")
        return spell_day(row.received_at)

    def _count(self) -> None:
        view = self._view
        if view is None:
            return
        self._fit_whose()
        waiting = self.waiting()
        self.new.setVisible(waiting > 0)
        self.new.set_text(f"{waiting} new, show")
        found = len(self.model.rows())
        total = view.counts.get("all", 0)
        words = f"{found} found" if self._words else f"{total} to screen"
        self.subtitle.set_text("" if self._compact and not self._words else words)

    def _fit_whose(self) -> None:
        """All, Mine, Unassigned with their numbers; a shorter word where that is too wide."""
        if self._view is None:
            return
        margins, gap = self._top.contentsMargins(), self._row.spacing()
        buttons = (self._filter_button, self.call)
        taken = margins.left() + margins.right() + sum(b.sizeHint().width() + gap for b in buttons)
        for at in (1, 2):
            for part in _WHOSE:
                self.whose.set_label(part[0], f"{part[at]} {self._view.counts.get(part[0], 0)}")
            if self.whose.whole_width() <= self.width() - taken:
                break

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other words."""
        super().resizeEvent(event)
        self._fit_whose()

    def _anchor(self) -> tuple[UUID, int] | None:
        """The contact at the top of the list, and how far above the edge it begins."""
        step = theme().px(30)
        for y in (1, step, 2 * step):
            index = self.list.indexAt(QPoint(2, y))
            entry = self.model.entry(index.row())
            if isinstance(entry, QueueRow):
                return entry.contact_id, self.list.visualRect(index).top()
        return None

    def _restore(self, anchor: tuple[UUID, int] | None) -> None:
        if anchor is None:
            return
        index = self.model.index_of(anchor[0])
        bar = self.list.verticalScrollBar()
        if index.isValid():
            moved = self.list.visualRect(index).top() - anchor[1]
            if moved:
                bar.setValue(bar.value() + moved)

    def _wanted(self, row: QueueRow) -> bool:
        if not self._words:
            return True
        where = f"{row.title} {row.reference} {row.reason} {row.source}".casefold()
        return all(word in where for word in self._words.split())

    def _filter(self, words: str) -> None:
        self._words = words.strip().casefold()
        self._put()

    def _show_find(self, shown: bool) -> None:
        self.find_field.setVisible(shown)
        if shown:
            self.find_field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.find_field.clear()
            self._filter("")

    def find_words(self) -> None:
        """Ctrl F."""
        self._filter_button.setChecked(True)
        self.find_field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_find(self) -> bool:
        """Esc: put the filter away; False where it was not open."""
        if not self._filter_button.isChecked():
            return False
        self._filter_button.setChecked(False)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _choose_order(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        for key, words in _ORDERS.items():
            action = QAction(words, menu)
            action.setCheckable(True)
            action.setChecked(key == self._order)
            action.triggered.connect(self._orderer(key))
            menu.addAction(action)
        menu.popup(self.order.mapToGlobal(QPoint(0, self.order.height())))

    def _orderer(self, key: str) -> Callable[[], None]:
        return lambda: self.set_order(key)

    def set_order(self, key: str) -> None:
        """Sort by "time" left, "new" ones first, or by "rating"."""
        self._order = key
        self.order.set_text(_ORDERS[key])
        self._put()

    def _clicked(self, index: QModelIndex) -> None:
        entry = self.model.entry(index.row())
        if isinstance(entry, QueueRow):
            self.previewed.emit(entry.contact_id)

    def _tell(self, signal: object) -> Callable[[], None]:
        def tell() -> None:
            row = self.current()
            if row is not None:
                signal.emit(row.contact_id)  # type: ignore[attr-defined]  # a bound Signal

        return tell

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Once the pointer has left, rows take the places they should have."""
        if event.type() == QEvent.Type.Leave and watched is self.list.viewport():
            self._put()
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped; nothing else."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the files in; the ones dropped stay where they were."""
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(paths)


def _ordered(rows: list[QueueRow], order: str) -> list[QueueRow]:
    if order == "new":
        return sorted(rows, key=lambda r: r.received_at, reverse=True)
    if order == "rating":
        return sorted(rows, key=lambda r: _BY_RATING.get(r.rating or "", 3))
    return rows
