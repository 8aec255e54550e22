"""Keeps the decision's answers as they are typed, and sends it when it is whole."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QObject, Signal

from triage.domain.decision import AnswerConflict, DecisionVersion, SavedAnswer
from triage.domain.errors import NotAllowedError
from triage.workflow import decide, naming, people
from triage.workflow.desk import Desk
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.triage.decision_pane import AnswerEdit, DecisionPane


class AnswerKeeper(QObject):
    """Between the form and the store. Answers are kept one after another, in the order typed.

    `kept` gives the SavedAnswer; `status` the words for the status line;
    `proposed` the version sent; `pin_needed` asks for the PIN, answered by `unlock`.
    """

    kept = Signal(object)
    status = Signal(str)
    proposed = Signal(object)
    pin_needed = Signal(str)
    pin_refused = Signal(str)
    pin_taken = Signal()
    refused = Signal(str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, pane: DecisionPane, parent: QObject) -> None:
        super().__init__(parent)
        self._holder, self._jobs, self._pane = holder, jobs, pane
        self.contact_id: UUID | None = None
        self._waiting = 0
        self._gaps = ""
        pane.answer_changed.connect(self._keep)
        pane.propose_asked.connect(self._propose)
        pane.propose_with_gaps_asked.connect(self._propose_with_gaps)

    def is_waiting(self) -> bool:
        """Whether an answer is on its way to the store."""
        return self._waiting > 0

    def _keep(self, edit: object) -> None:
        if not isinstance(edit, AnswerEdit):
            return
        desk = self._holder.current()
        self._waiting += 1
        self.status.emit("Saving")

        def done(saved: SavedAnswer) -> None:
            self._waiting -= 1
            if edit.contact_id == self.contact_id:
                self._pane.saved(saved)
                self.kept.emit(saved)
            if not self._waiting:
                self.status.emit(f"All changes saved {_clock(desk)}")

        def failed(fault: Exception) -> None:
            self._waiting -= 1
            if isinstance(fault, AnswerConflict):
                self.status.emit("Two answers to compare")
                if edit.contact_id == self.contact_id:
                    self._pane.show_conflict(fault.theirs)
                return
            self.status.emit("Not saved, a copy is kept here")
            if edit.contact_id == self.contact_id:
                self._pane.not_saved(edit.key, sentence(fault))
            else:
                self.refused.emit(sentence(fault))

        self._jobs.run(
            lambda: decide.save_answer(
                desk, edit.contact_id, edit.key, edit.value, edit.base_version
            ),
            done,
            failed,
            owner=self,
            lane="store",
        )

    # ---- sending --------------------------------------------------------

    def _propose(self) -> None:
        self._gaps = ""
        self._send()

    def _propose_with_gaps(self, why: str) -> None:
        self._gaps = why
        self._send()

    def _send(self) -> None:
        contact_id, desk, why = self.contact_id, self._holder.current(), self._gaps
        if contact_id is None:
            return

        def done(version: DecisionVersion) -> None:
            self.proposed.emit(version)

        def failed(fault: Exception) -> None:
            if isinstance(fault, NotAllowedError):
                self.pin_needed.emit(sentence(fault))
            else:
                self.refused.emit(sentence(fault))

        self._jobs.run(
            lambda: decide.propose(desk, contact_id, urgent_despite_gaps=bool(why), why=why),
            done,
            failed,
            owner=self,
            lane="store",
        )

    def unlock(self, pin: str) -> None:
        """Unlock the author's key with their PIN, and send."""
        desk = self._holder.current()

        def done(_desk: Desk) -> None:
            self.pin_taken.emit()
            self._send()

        self._jobs.run(
            lambda: people.switch(desk, desk.worker.id, pin),
            done,
            lambda fault: self.pin_refused.emit(sentence(fault)),
            owner=self,
            lane="store",
        )


def _clock(desk: Desk) -> str:
    return f"{naming.local(desk.profile, desk.now()):%H:%M:%S}"
