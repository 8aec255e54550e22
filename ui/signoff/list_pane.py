"""The sign-off list: what may be signed together, what is read one by one, what is signed."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.workflow.to_sign import SignOffList
from ui import paint
from ui.actions import bind_list
from ui.signoff.list_delegate import SignOffDelegate
from ui.signoff.list_model import TICK_ROLE, SignOffModel
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.lists import ListView
from ui.widgets.pane import Pane
from ui.widgets.states import StateView
from ui.widgets.text import Text


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
        if not index.flags() or event.button() != Qt.MouseButton.LeftButton:
            return
        on_box = event.position().x() < theme().px(38)
        if on_box and isinstance(index.data(TICK_ROLE), bool):
            self.tick_asked.emit(index.row())
        else:
            self.read_asked.emit(index.row())


class ListPane(Pane):
    """The list and, below, signing several together.

    `read_asked` gives a version to open, `together_asked` the PIN once several are ticked,
    `refused` why a tick or the list could not be had.
    """

    read_asked = Signal(object)
    together_asked = Signal(str)
    refused = Signal(str)

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
        kept = self.model.row(self.view.currentIndex().row())
        stand = current or (kept.version_id if kept else None)
        self.model.put_list(found)
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
            self.refused.emit(words)
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
        entry = self.model.row(row)
        if entry is not None:
            self.read_asked.emit(entry.version_id)

    def _tick(self, row: int) -> None:
        if self.model.tick(row):
            return
        entry = self.model.row(row)
        if entry is None:
            return
        if self.model.in_batch_group(row):
            self.refused.emit(f"Read {entry.title} first; then it can be ticked.")
        elif entry.signed_at is None:
            self.refused.emit(
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
        self.act.set_text(f"Sign {count} together" if count > 1 else f"Sign {count}")
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
