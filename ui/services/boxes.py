"""What is asked for a referral: whom and what for, that it was sent, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from triage.domain.service import Helped, Service
from triage.domain.service_referral import Agreed, ReferralState, ServiceReferral
from triage.workflow.service_referrals import WAYS
from ui.services import wording
from ui.services.card_pane import BY_HAND
from ui.shell.dialogs import FormBox
from ui.widgets.buttons import Button
from ui.widgets.chips import ChipGroup, ChipOption
from ui.widgets.editor import Choice, Editor, LineField
from ui.widgets.segments import Segments
from ui.widgets.toast import announce

_AGREED = (
    (Agreed.YES.value, "Yes"),
    (Agreed.NO.value, "No"),
    (Agreed.NOT_ASKED.value, "Not asked yet"),
)
_ANSWERS = {
    ReferralState.SEEN: "They have seen it",
    ReferralState.ACCEPTED: "They accept",
    ReferralState.NOT_TAKEN: "They do not take it",
}


class ReferBox(FormBox):
    """Whom it is for, what the service should know, whether the family agrees.

    `given` has (keys of people, words, agreed, who agreed and how).
    """

    given = Signal(object, str, object, str)

    def __init__(
        self,
        parent: QWidget | None,
        service: Service,
        people: Sequence[Helped],
        chosen: Sequence[str],
        words: str,
    ) -> None:
        title = f"Refer to {service.name}"
        said = "This makes a draft. Nobody is told yet."
        super().__init__(parent, "send", title, said, 560)
        self.people = ChipGroup([ChipOption(p.key, wording.person(p)) for p in people], "For whom")
        self.people.set_values(chosen)
        self.ask("For whom", self.people)
        self.agreed = Segments(_AGREED, "Does the family agree?", dense=True)
        self.agreed.set_value(Agreed.NOT_ASKED.value)
        need = " This service needs a parent to." if service.agreement_needed else ""
        self.ask(f"Does the family agree?{need}", self.agreed)
        self.agreed_words = LineField("Who agreed, when and how", "Who agreed, when and how")
        self.body.addWidget(self.agreed_words)
        self.note = Editor("What the service should know", words, lines=4, max_lines=9)
        self.note.start_with(words)
        self.ask("What the service should know, and no more", self.note)
        self.ready("Save the draft")
        self.note.setFocus()

    def give(self) -> None:
        """Everything that was said."""
        self.given.emit(
            tuple(self.people.values()),
            self.note.toPlainText(),
            Agreed(self.agreed.value() or Agreed.NOT_ASKED.value),
            self.agreed_words.text(),
        )


class SendBox(FormBox):
    """The words to read out or put into one's own mail, then how it went and whether they agree.

    `given` has (how, agreed, why it goes before anybody was asked).
    """

    given = Signal(str, object, str)

    def __init__(
        self, parent: QWidget | None, made: ServiceReferral, text: str, *, agreement_needed: bool
    ) -> None:
        super().__init__(parent, "send", f"Send {made.number} to {made.service_name}", BY_HAND, 600)
        call = " · ".join(w for w in (made.service_phone, made.service_email) if w)
        self.text = Editor("The words to send", "", lines=6, max_lines=10)
        self.text.start_with(text)
        self.text.setReadOnly(True)
        self.copy = Button("Copy the words", "copy", dense=True)
        self.copy.clicked.connect(self._copy)
        self.ask(call or "No number or address is given", self.text, self.copy)
        self.agreed = Segments(_AGREED, "Does the family agree?", dense=True)
        self.agreed.set_value(made.agreed.value)
        need = " This service needs a parent to." if agreement_needed else ""
        self.ask(f"Does the family agree?{need}", self.agreed)
        self.how = Choice("How it was sent", [(w, w[0].upper() + w[1:]) for w in WAYS])
        self.note = LineField(
            "Anything to keep with it, or why it goes before anybody was asked",
            "A note, or why it goes before anybody was asked",
        )
        self.ask("How it was sent", self.how, self.note)
        self.ready("It was sent", "Not yet")
        self.how.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        announce(self, "Copied.")

    def give(self) -> None:
        """How it was sent."""
        agreed = Agreed(self.agreed.value() or Agreed.NOT_ASKED.value)
        self.given.emit(self.how.value() or "", agreed, self.note.text())


class AnswerBox(FormBox):
    """What the service said. `given` has (state, words)."""

    given = Signal(object, str)

    def __init__(
        self,
        parent: QWidget | None,
        made: ServiceReferral,
        states: Sequence[ReferralState],
        chosen: ReferralState,
    ) -> None:
        title = f"What {made.service_name} says"
        super().__init__(parent, "message-circle", title, f"About {made.number}.", 520)
        options = [(s.value, _ANSWERS[s]) for s in states if s in _ANSWERS]
        self.state = Segments(options, title, dense=True)
        self.state.set_value(chosen.value)
        self.body.addWidget(self.state)
        self.note = Editor("In their words", "When it starts, or why not", lines=2, max_lines=6)
        self.ask("In their words", self.note)
        self.ready("Record")
        self.note.setFocus()

    def give(self) -> None:
        """What they said."""
        value = self.state.value()
        if value is None:
            self.refuse("Choose what they said first.")
            return
        self.given.emit(ReferralState(value), self.note.toPlainText())
