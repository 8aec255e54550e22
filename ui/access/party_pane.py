"""The left pane: everybody else who is named, each to be taken out or left in by a person."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from triage.domain.access_draft import Settled
from triage.domain.spelling import counted
from triage.workflow.subject_access import Gathered
from ui.access.parties import PartyDelegate, PartyModel, PartyRow
from ui.actions import bind_list
from ui.widgets.buttons import Button
from ui.widgets.headed import Head
from ui.widgets.lists import ListView
from ui.widgets.pane import Pane
from ui.widgets.states import Loading, StateView

KEYS = "third parties"


class PartyPane(Pane):
    """What is asked is about the row that is current."""

    take_out_asked = Signal()
    say_why_asked = Signal()
    leave_in_asked = Signal()
    find_asked = Signal()
    again_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Who else is named", "", parent=parent)
        self.model = PartyModel(self)
        self.view = ListView("Who else is named")
        self.view.setItemDelegate(PartyDelegate(self.view))
        self.view.setModel(self.model)
        self.state, self._waiting = StateView(), Loading()
        self.state.acted.connect(lambda _: self.again_asked.emit())
        for part in (self.view, self.state, self._waiting):
            self.body.addWidget(part, 1)
        self.out = Button("Take out", key_hint="T")
        self.why = Button("Say why…", key_hint="W")
        self.why.setAccessibleName("Take out, and say why…")
        self.stay = Button("Leave in…", key_hint="L")
        self.out.clicked.connect(self.take_out_asked)
        self.why.clicked.connect(self.say_why_asked)
        self.stay.clicked.connect(self.leave_in_asked)
        self.foot.addWidget(self.out)
        self.foot.addWidget(self.why)
        self.foot.addWidget(self.stay)
        self.foot.addStretch(1)
        slots = {
            "Take out": self.take_out_asked.emit,
            "Take out, saying why": self.say_why_asked.emit,
            "Leave in": self.leave_in_asked.emit,
            "Find it on the pages": self.find_asked.emit,
        }
        self._bound = bind_list(self.view, KEYS, slots)
        self.view.opened.connect(lambda _: self.take_out_asked.emit())
        self.show_waiting()

    def landing(self) -> QWidget:
        """The list."""
        return self.view

    def current(self) -> PartyRow | None:
        """The row the keys act on."""
        return self.model.row(self.view.currentIndex().row())

    def show_waiting(self) -> None:
        """What is held is being gathered."""
        self._show(self._waiting)
        self._waiting.start()
        self.subtitle.set_text("")

    def show_fault(self, words: str) -> None:
        """It could not be gathered."""
        self._show(self.state)
        self.state.show_error("It could not be gathered", words, [("again", "Try again")])

    def show_parties(
        self, gathered: Gathered, decided: Mapping[str, Settled], *, hidden: bool
    ) -> None:
        """Everybody, with what was decided."""
        parties = gathered.third_parties
        entries: list[Head | PartyRow] = []
        for sort, those in groupby(parties, key=lambda party: party.sort):
            rows = [PartyRow(p, decided.get(p.words), hidden) for p in those]
            waiting = sum(row.party.waits(row.settled) for row in rows)
            entries += [Head(sort.value, f"{waiting} to decide" if waiting else ""), *rows]
        self.model.put(entries)
        left = sum(p.waits(decided.get(p.words)) for p in parties)
        self.subtitle.set_text(f"{left} to decide" if left else "all decided")
        self._show(self.view if parties else self.state)
        if parties:
            self.view.ensure_current()
        else:
            self.state.show_empty(
                "Nobody else was found by name",
                "Read the pages: somebody described and not named is found by you alone.",
                icon="users",
            )

    def go_to_next(self, decided: Mapping[str, Settled]) -> None:
        """Stand on the next row to decide, after the current one and then from the top."""
        rows = self.model.rowCount()
        now = self.view.currentIndex().row()
        for at in (*range(now + 1, rows), *range(now)):
            row = self.model.row(at)
            if row is not None and row.party.waits(decided.get(row.party.words)):
                self.view.setCurrentIndex(self.model.index(at))
                return

    def _show(self, part: QWidget) -> None:
        self._waiting.stop()
        for each in (self.view, self.state, self._waiting):
            each.setVisible(each is part)
        for button in (self.out, self.why, self.stay):
            button.setVisible(part is self.view)


def told(gathered: Gathered) -> str:
    """Whose record it is, from how many contacts."""
    return f"{gathered.child}, from {counted(len(gathered.references), 'contact')}"
