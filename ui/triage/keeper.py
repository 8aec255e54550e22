"""Keeps the decision's answers as they are typed, and sends it when it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from triage.domain.decision import AnswerConflict, DecisionVersion, SavedAnswer
from triage.domain.errors import NotAllowedError, StoreError
from triage.workflow import decide, naming, people, unsent
from triage.workflow.desk import Desk
from triage.workflow.unsent import Kept, Sent
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.triage.decision_pane import AnswerEdit, DecisionPane
from ui.triage.opened import Rating

AGAIN_MS = 5000
"""After which what the store did not take is sent to it again."""


_ONLY_HERE = (
    "An answer is only in this window: the store did not take it, or somebody else answered first. "
    "Open its contact to see it. Closing again closes without it."
)
_TWO_ANSWERS = (
    "Somebody else answered the same question of the contact before this one. Yours is still here: "
    "open that contact again to see both."
)


@dataclass(frozen=True, slots=True)
class _Unkept:
    """An answer that is only here: the store did not take it, or `theirs` was first."""

    edit: AnswerEdit
    desk: Desk
    theirs: SavedAnswer | None


class AnswerKeeper(QObject):
    """Between the form and the store. Answers are kept one after another, in the order typed.

    What the store did not take is held here and sent again, whichever contact is open; what
    somebody else answered first is shown with theirs when its contact is open again.

    `kept` gives the SavedAnswer; `status` the words for the status line;
    `why_needed` an edit that `keep_for` sends with its reason, or `take_back` undoes;
    `proposed` the version sent; `pin_needed` asks for the PIN, answered by `unlock`.
    """

    kept = Signal(object)
    status = Signal(str)
    why_needed = Signal(object)
    proposed = Signal(object)
    pin_needed = Signal(str)
    pin_refused = Signal(str)
    pin_taken = Signal()
    refused = Signal(str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, pane: DecisionPane, parent: QObject) -> None:
        super().__init__(parent)
        self._holder, self._jobs, self._pane = holder, jobs, pane
        self.contact_id: UUID | None = None
        self.rating = Rating()
        self._waiting = 0
        self._gaps = ""
        self._unkept: dict[tuple[UUID, str], _Unkept] = {}
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self.send_again)
        pane.answer_changed.connect(self._keep)
        pane.left_in_conflict.connect(self._hold)
        pane.gave_way.connect(self._give_way)
        pane.propose_asked.connect(self._propose)
        pane.propose_with_gaps_asked.connect(self._propose_with_gaps)

    def not_kept(self) -> str:
        """What closing the window would lose, in a sentence; "" where all is in the store."""
        refused = not self._pane.notes.unsaved.isHidden()
        beside = any(f.in_conflict() for f in self._pane.fields())
        return _ONLY_HERE if self._unkept or refused or beside else ""

    def is_waiting(self) -> bool:
        """Whether an answer is on its way to the store."""
        return self._waiting > 0

    def send_again(self) -> None:
        """Send what the store did not take."""
        self._pane.flush()
        for held in tuple(self._unkept.values()):
            if held.theirs is None and held.edit.contact_id != self.contact_id:
                self._send_edit(held.edit, held.desk)

    def take_up(self) -> None:
        """Put what is only here into the fields of the contact that is open now."""
        for where, held in tuple(self._unkept.items()):
            field = next((f for f in self._pane.fields() if f.key == held.edit.key), None)
            if held.edit.contact_id != self.contact_id or field is None:
                continue
            del self._unkept[where]
            now = self._pane.answer(held.edit.key)
            newer = now is not None and now.version > held.edit.base_version
            theirs = now if newer else held.theirs
            if theirs is None or theirs.value == held.edit.value:
                field.choose(held.edit.value)
            else:
                field.control.put(held.edit.value)
                self._pane.show_conflict(theirs)

    def _hold(self, mine: AnswerEdit, theirs: SavedAnswer) -> None:
        held = _Unkept(mine, self._holder.current(), theirs)
        self._unkept[mine.contact_id, mine.key] = held

    def _keep(self, edit: object) -> None:
        if not isinstance(edit, AnswerEdit):
            return
        if edit.key == "rating" and self.rating.is_others(edit.value, self._me()):
            self.why_needed.emit(edit)
        else:
            self._send_edit(edit, self._holder.current())

    def keep_for(self, edit: AnswerEdit, why: str) -> None:
        """Keep what changes somebody else's answer, with the reason."""
        self._send_edit(edit, self._holder.current(), why)

    def take_back(self, edit: AnswerEdit) -> None:
        """No reason was given: what stands is shown again."""
        if edit.contact_id == self.contact_id:
            self._pane.take_back(edit.key, self.rating.code)

    def _me(self) -> str:
        return self._holder.current().worker.id

    def _send_edit(self, edit: AnswerEdit, desk: Desk, why: str = "") -> None:
        where = (edit.contact_id, edit.key)
        self._unkept.pop(where, None)
        self._waiting += 1
        self.status.emit("Saving")

        def done(kept: Kept[SavedAnswer]) -> None:
            self._waiting -= 1
            if edit.contact_id == self.contact_id:
                self._pane.saved(kept.value)
                if not kept.here:
                    self.kept.emit(kept.value)
                elif edit.key == "rating":
                    self.rating = Rating(str(edit.value), desk.worker.id)
            if not self._waiting:
                words = "Kept on this computer" if kept.here else "All changes saved"
                self.status.emit(f"{words} {_clock(desk)}")

        def failed(fault: Exception) -> None:
            self._waiting -= 1
            if isinstance(fault, AnswerConflict):
                self.status.emit("Two answers to compare")
                if edit.contact_id == self.contact_id:
                    self._pane.show_conflict(fault.theirs)
                else:
                    self._unkept[where] = _Unkept(edit, desk, fault.theirs)
                    self.refused.emit(_TWO_ANSWERS)
                return
            self.status.emit("Not saved, a copy is kept here")
            if isinstance(fault, StoreError):
                self._again.start()
            if edit.contact_id == self.contact_id:
                self._pane.not_saved(edit.key, sentence(fault))
            else:
                self._unkept[where] = _Unkept(edit, desk, None)
                self.refused.emit(sentence(fault))

        self._jobs.run(
            lambda: unsent.save_answer(
                desk, edit.contact_id, edit.key, edit.value, edit.base_version, why
            ),
            done,
            failed,
            owner=self,
            lane="store",
        )

    def arrived(self, sent: Sent) -> None:
        """What was kept on this computer has come to the hub, or met somebody else's there."""
        for contact_id, saved in sent.saved:
            if contact_id == self.contact_id:
                self._pane.saved(saved)
                self.kept.emit(saved)
        for contact_id, mine, met in sent.met:
            if contact_id == self.contact_id:
                self._pane.show_conflict(met.theirs)
                continue
            edit = AnswerEdit(
                contact_id=contact_id, key=mine.key, value=mine.value, base_version=mine.version
            )
            self._unkept[contact_id, mine.key] = _Unkept(edit, self._holder.current(), met.theirs)
            self.refused.emit(_TWO_ANSWERS)

    def _give_way(self, edit: object) -> None:
        """Theirs was chosen: what is kept of mine on this computer is let go."""
        desk = self._holder.current()
        if isinstance(edit, AnswerEdit):
            self._jobs.run(
                lambda: unsent.give_way(desk, "answer", edit.contact_id, edit.key),
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

        def work() -> DecisionVersion:
            unsent.send_before(desk, contact_id)
            return decide.propose(desk, contact_id, urgent_despite_gaps=bool(why), why=why)

        self._jobs.run(
            work,
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
