"""Opening a restricted contact with a reason, and closing it again when its time is over."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.access import Grant
from triage.domain.spelling import counted
from triage.domain.worker import May
from triage.workflow import access, naming
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.dialogs import FormBox
from ui.widgets.editor import Choice, Editor, LineField
from ui.widgets.states import StateView

OVER = "The time to see it is over. What you wrote of it is kept."
NOT_YOURS = "Your role does not open restricted records. Ask a team leader."


class GlassBox(FormBox):
    """Asks which record, unless it is known, and why. `given` has both."""

    given = Signal(str, str)

    def __init__(
        self, parent: QWidget | None, reference: str, reasons: tuple[str, ...], minutes: int
    ) -> None:
        super().__init__(
            parent,
            "shield-alert",
            "Open a restricted record?",
            "Team leaders will be told, and your reason is kept. You will see it for "
            f"{counted(minutes, 'minute')}.",
        )
        self.reference = LineField("Number of the record", "C-26-00000")
        self.reference.put(reference)
        if not reference:
            self.ask("Number of the record", self.reference)
        self.reason = Choice("Why do you need it?", [(r, r) for r in reasons], "Choose a reason")
        self.why = Editor("Why, in your words", "Such as: sibling named in C-26-04829", lines=2)
        self.ask("Why do you need it?", self.reason, self.why)
        self.ready("Open and record why")
        (self.reason if reference else self.reference).setFocus()

    def give(self) -> None:
        """Both, once there is a reason and a word about it."""
        if not self.reference.text().strip():
            self.refuse("Type the number of the record.")
            self.reference.setFocus()
        elif self.reason.value() is None:
            self.refuse("Choose a reason first.")
            self.reason.setFocus()
        elif not self.why.toPlainText().strip():
            self.refuse("Say it in a few words too. They are kept.")
            self.why.setFocus()
        else:
            why = f"{self.reason.value()}: {self.why.toPlainText().strip()}"
            self.given.emit(self.reference.text(), why)


class Glass(QObject):
    """`opened` gives the contact that is open now, `over` the one whose time is over."""

    opened = Signal(object)
    over = Signal(object)
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, state: StateView, parent: QWidget) -> None:
        super().__init__(parent)
        self._state, self._reference = state, ""
        state.acted.connect(lambda _: self.ask(self._reference))
        self._holder, self._jobs, self._window = holder, jobs, parent
        self.box: GlassBox | None = None
        self._of: UUID | None = None
        self._time = QTimer(self)
        self._time.setSingleShot(True)
        self._time.timeout.connect(self._close)
        holder.changed.connect(self._time.stop)

    def may(self) -> bool:
        """Whether this person may break the glass."""
        return self._holder.current().worker.may(May.BREAK_GLASS)

    def show_closed(self, words: str, reference: str) -> None:
        """In the place of a record that is closed to this person, with what they may do."""
        self._reference = reference
        acts = (("glass", "Open with a reason"),) if self.may() else ()
        self._state.show_restricted(words.removeprefix("This record is restricted. "), acts)

    def ask(self, reference: str = "") -> None:
        """Ask why, and open it then."""
        if not self.may():
            self.refused.emit(NOT_YOURS)
            return
        desk = self._holder.current()
        rules = desk.profile.restricted
        box = self.box = GlassBox(self._window, reference, rules.reasons, rules.minutes)

        def given(which: str, why: str) -> None:
            self._jobs.run(
                lambda: access.break_glass(desk, which, why),
                opened,
                lambda fault: box.refuse(sentence(fault)),
                owner=box,
                lane="store",
            )

        def opened(grant: Grant) -> None:
            box.accept()
            self._keep(grant)

        box.given.connect(given)
        box.open()

    def _keep(self, grant: Grant) -> None:
        desk = self._holder.current()
        until = naming.local(desk.profile, grant.until_at)
        left = (grant.until_at - desk.now()).total_seconds()
        self._of = grant.contact_id
        self._time.start(max(0, round(left * 1000)))
        self.said.emit(f"{grant.reference} is open to you until {until:%H:%M}. Leaders are told.")
        self.opened.emit(grant.contact_id)

    def _close(self) -> None:
        self.over.emit(self._of)
