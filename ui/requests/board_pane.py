"""The left pane: every request, what needs a person first; and how long each agency takes."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from triage.domain.spelling import counted
from triage.workflow.partner_answers import ToPlace
from triage.workflow.request_board import AgencyTimes, Board
from ui.requests.rows import Asked, BoardModel, BoardView, Entry, Placing, entries_of
from ui.shell.dialogs import AskBox
from ui.widgets.buttons import Button
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Pane
from ui.widgets.states import StateView
from ui.widgets.table import Rows, Table

_HINTS = ((("↑", "↓"), "move"), ("Enter", "open"), ("Ctrl E", "ask a partner"))


class BoardPane(Pane):
    """`chosen` tells that another row is current, `new_asked` that a partner is to be asked."""

    chosen = Signal()
    new_asked = Signal()
    times_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Requests to partners", "", parent=parent)
        self._wide, self._open = True, ""
        self.times = Button("Times", "timer", "link")
        self.times.setAccessibleName("Times: how long each partner takes")
        self.new = Button("New", "plus", "link")
        self.new.setAccessibleName("New: ask a partner about the contact that is open")
        self.times.clicked.connect(self.times_asked)
        self.new.clicked.connect(self.new_asked)
        self.add_action(self.times)
        self.add_action(self.new)
        self.model = BoardModel(self)
        self.view = BoardView()
        self.view.setModel(self.model)
        self.view.row_changed.connect(lambda _: self.chosen.emit())
        self.state = StateView()
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.state, 1)
        self._hints = KeyHints(_HINTS)
        self.foot.addWidget(self._hints, 1)
        self.state.hide()

    def offer(self, *, asks: bool) -> None:
        """Whether who sits here may ask a partner."""
        self.new.setVisible(asks)
        self._hints.set(_HINTS if asks else _HINTS[:-1])

    def landing(self) -> QWidget:
        """The list."""
        return self.view

    def entry(self) -> Entry | None:
        """The row that is current."""
        return self.model.entry(self.view.currentIndex().row())

    def show_board(
        self, board: Board, placing: tuple[ToPlace, ...], stand: UUID | None, *, hidden: bool
    ) -> None:
        """Show the board; the row of `stand` becomes current, or else what was stays so."""
        kept = self.entry()
        if isinstance(kept, Asked):
            stand = stand or kept.row.request_id
        elif isinstance(kept, Placing):
            stand = stand or kept.told.answer.id
        self._open = f"{board.open} open"
        self._say_title()
        self.model.put(entries_of(board, placing, hidden=hidden))
        empty = self.model.rowCount() == 0
        self.view.setVisible(not empty)
        self.state.setVisible(empty)
        if empty:
            self.state.show_empty(
                "Nobody is being asked",
                ""
                if self.new.isHidden()
                else "Open a contact in Triage and press Ctrl E to ask a partner about it.",
            )
        row = self.model.row_of(stand)
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))
        else:
            self.view.ensure_current()

    def set_wide(self, wide: bool) -> None:
        """A shorter title where there is less room."""
        self._wide = wide
        self._say_title()

    def _say_title(self) -> None:
        self.set_title("Requests to partners" if self._wide else "Requests", self._open)
        self.setAccessibleName("Requests to partners")

    def show_problem(self, words: str) -> None:
        """The board could not be read."""
        self.view.hide()
        self.state.show()
        self.state.show_error("The board could not be read", words)


class TimesBox(AskBox):
    """How each agency answered these 90 days, as a table."""

    def __init__(self, parent: QWidget | None, times: tuple[AgencyTimes, ...]) -> None:
        super().__init__(
            parent, "timer", "How long each partner takes", "Asked in the last 90 days.", 760
        )
        heads = ("Partner", "Asked", "Answered", "Nothing held", "Refused", "Late", "Usual time")
        table = Table("How long each partner takes", (4, 1, 2, 2, 2, 1, 2), grow=True)
        rows = Rows(heads, parent=table)
        table.setModel(rows)
        rows.put(
            [
                (
                    t.name,
                    str(t.asked),
                    str(t.answered + t.part),
                    str(t.nil),
                    str(t.refused),
                    str(t.late),
                    _usual(t.median_minutes),
                )
                for t in times
            ]
        )
        self.body.addWidget(table)
        close = self.add_answer("close", "Close", "primary", "Esc")
        self.answered.connect(lambda key: self.done(0) if key == "close" else None)
        close.setFocus()


def _usual(minutes: int | None) -> str:
    if minutes is None:
        return "Not known"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d} min" if hours else counted(rest, "minute")
