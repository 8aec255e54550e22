"""What can be done about a partner that did not help: try it now, or search it more widely."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.domain.lookup import PartnerState
from triage.workflow import match
from ui.desk import DeskHolder
from ui.shell.asking import ReasonBox
from ui.theme import theme
from ui.triage.reader import Reader
from ui.widgets.buttons import Button
from ui.widgets.text import plain_tip

_OTHER = "Another reason"


class PartnerActs(QWidget):
    """Two buttons, each there only while there is something for it to do.

    `short` ones stand where there is little room, and name the partner when pointed at.
    `try_asked` has the key of the partner, `wider_asked` that and the people it is for.
    """

    try_asked = Signal(str)
    wider_asked = Signal(str, object)

    def __init__(self, parent: QWidget | None = None, *, short: bool = False) -> None:
        super().__init__(parent)
        self._short = short
        self._paused: PartnerState | None = None
        self._wider: PartnerState | None = None
        self.retry = Button("Try now", "refresh-cw", "link", dense=True)
        self.retry.clicked.connect(self._retry)
        self.wider = Button("Search more widely", "search", "link", dense=True)
        self.wider.clicked.connect(self._widen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        row.addWidget(self.retry)
        row.addWidget(self.wider)
        row.addStretch(1)
        self.show_partners(())

    def show_partners(self, states: Sequence[PartnerState], may_act: bool = True) -> None:
        """Offer what can be done about these; nothing where this person may not act."""
        self._paused = next((s for s in states if s.paused_until and may_act), None)
        self._wider = next((s for s in states if s.wider and may_act), None)
        for button, state, words in (
            (self.retry, self._paused, "Try now"),
            (self.wider, self._wider, "Search more widely"),
        ):
            button.setVisible(state is not None)
            if state is not None:
                said = f"{words}: {state.name}"
                button.set_text(words if self._short else said)
                button.setAccessibleName(said)
                button.setToolTip(plain_tip(said))
        self.setVisible(bool(self._paused or self._wider))

    def _retry(self) -> None:
        if self._paused is not None:
            self.try_asked.emit(self._paused.partner)

    def _widen(self) -> None:
        if self._wider is not None:
            self.wider_asked.emit(self._wider.partner, self._wider.wider)


class AskingAgain(QObject):
    """Does what the buttons ask for, for the open contact."""

    def __init__(self, holder: DeskHolder, reader: Reader, window: QWidget) -> None:
        super().__init__(window)
        self._holder, self._reader, self._window = holder, reader, window

    def serve(self, acts: PartnerActs) -> None:
        """Follow these buttons."""
        acts.try_asked.connect(self._reader.try_now)
        acts.wider_asked.connect(self._ask_why)

    def _ask_why(self, partner: str, people: tuple[str, ...]) -> None:
        desk = self._holder.current()
        reasons = [(words, words) for words in match.wider_reasons(desk, partner)]
        box = ReasonBox(
            self._window,
            f"Search {desk.partner_name(partner)} more widely?",
            "People whose names or birth dates are only alike will be looked at too, and each of "
            "them is recorded there as looked at. The reason is kept with the contact.",
            [*reasons, (_OTHER, _OTHER)],
            "Search more widely",
            words_needed=(_OTHER,),
        )

        def given(reason: str, words: str) -> None:
            why = words if reason == _OTHER else ". ".join(w for w in (reason, words) if w)
            self._reader.ask(partners=(partner,), people=people, wider_because=why)

        box.given.connect(given)
        box.open()
