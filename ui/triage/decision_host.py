"""Holds the decision form: covers it while narrative is hidden, shows its notes, asks the PIN."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from triage.domain.profile import Profile
from ui.desk import DeskHolder
from ui.shell.dialogs import PinBox
from ui.triage.boxes import NoteBox, ReasonBox
from ui.triage.decision_pane import AnswerEdit, DecisionPane
from ui.triage.hidden import HIDDEN_WORDS
from ui.triage.keeper import AnswerKeeper
from ui.widgets.pane import Pane
from ui.widgets.rag import rating_word
from ui.widgets.states import StateView


class DecisionHost(QStackedWidget):
    """The form, or what stands in for it under the privacy blur: nothing of it is left to read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Decision")
        self._holder: DeskHolder | None = None
        self._keeper: AnswerKeeper | None = None
        self._pin: PinBox | None = None
        self._note_shown = False
        self.pane = DecisionPane()
        self._cover = Pane("Decision")
        state = StateView()
        state.show_words("eye-off", "Words are hidden", HIDDEN_WORDS)
        self._cover.body.addWidget(state)
        self.addWidget(self.pane)
        self.addWidget(self._cover)

    def serve(self, holder: DeskHolder, keeper: AnswerKeeper) -> None:
        """Ask for the PIN or a reason `keeper` needs; show the notes of `holder`'s profile."""
        self._holder, self._keeper = holder, keeper
        keeper.pin_needed.connect(self._ask_pin)
        keeper.why_needed.connect(self._ask_why)
        keeper.pin_refused.connect(self._pin_refused)
        keeper.pin_taken.connect(self._pin_taken)
        self.pane.guidance_asked.connect(self._show_note)

    def set_blurred(self, blurred: bool) -> None:
        """Cover it, or show it again."""
        self.setCurrentWidget(self._cover if blurred else self.pane)

    def show_guidance(self) -> bool:
        """F1: the note about the field in hand; False where it has none."""
        self._note_shown = False
        self.pane.ask_guidance()
        return self._note_shown

    def choose_part(self, profile: Profile) -> None:
        """A menu of the form's parts, each with its number."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        for number, part in enumerate(profile.parts, 1):
            action = menu.addAction(f"&{number}  {part.title.replace('&', '&&')}")
            action.triggered.connect(self._goer(number))
        menu.popup(self.mapToGlobal(QPoint(self.width() // 6, self.height() // 6)))

    def _goer(self, number: int) -> Callable[[], None]:
        def go() -> None:
            self.pane.go_to_part(number)

        return go

    def _show_note(self, name: str) -> None:
        note = self._holder.current().profile.guidance.get(name, "") if self._holder else ""
        if note:
            self._note_shown = True
            NoteBox(self.window(), "Guidance", note).open()

    def _ask_why(self, edit: AnswerEdit) -> None:
        """Why a rating that somebody else gave is changed; without a reason it stays."""
        keeper = self._keeper
        if keeper is None:
            return
        was, now = rating_word(keeper.rating.code), str(edit.value)
        box = ReasonBox(
            self.window(),
            f"Change the rating to {rating_word(now)}" if now else f"Take the rating {was} away",
            f"{keeper.rating.who} rated it {was}. Your reason is kept with the change.",
            "Change it" if now else "Take it away",
        )
        box.given.connect(lambda reason: keeper.keep_for(edit, reason.why))
        box.rejected.connect(lambda: keeper.take_back(edit))
        box.open()

    def _ask_pin(self, why: str) -> None:
        if self._holder is None or self._keeper is None:
            return
        self._pin = PinBox(self.window(), self._holder.current().worker.name, why)
        self._pin.given.connect(self._keeper.unlock)
        self._pin.open()

    def _pin_refused(self, words: str) -> None:
        if self._pin is not None:
            self._pin.refuse(words)

    def _pin_taken(self) -> None:
        if self._pin is not None:
            self._pin.accept()
            self._pin = None
