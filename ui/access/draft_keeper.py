"""Keeps what is decided and typed of a copy while it is being decided, as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.access_draft import AccessDraft
from triage.domain.errors import ConflictError
from triage.workflow import naming, unsent_words
from triage.workflow.desk import Desk
from triage.workflow.subject_access import Gathered
from ui.errors import sentence
from ui.jobs import Jobs
from ui.widgets.editor import Pause

_ONLY_HERE = (
    "What you last decided or typed of a copy of what is held is only in this window: the store "
    "did not take it. Closing again closes without it."
)


@dataclass(slots=True)
class _Copy:
    """A copy being decided; `version` is the draft's in the store, told in the store's lane."""

    desk: Desk
    gathered: Gathered
    version: int


class DraftKeeper(QObject):
    """Keeps in the store's lane, one after another: each goes by the version the last one gave.

    `saved_changed` has words for the status line, `failed` a sentence.
    """

    saved_changed = Signal(str)
    failed = Signal(str)

    def __init__(self, over: QWidget, jobs: Jobs, draft: Callable[[], AccessDraft]) -> None:
        super().__init__(over)
        self._jobs, self._draft = jobs, draft
        self._copy: _Copy | None = None
        self._on_way = 0
        self._unkept = self.outdone = False
        self._pause = Pause(over)
        self._pause.due.connect(self._keep)

    def begin(self, desk: Desk, gathered: Gathered) -> None:
        """From now on it is this copy, as this person has it in the store."""
        self._copy = _Copy(desk, gathered, gathered.draft.version)
        self._unkept = self.outdone = False

    def end(self) -> None:
        """Keep what waits; nothing more comes of this copy."""
        self.flush()
        self._copy, self._unkept, self.outdone = None, False, False

    def touch(self) -> None:
        """Something was decided or typed."""
        if self._copy is not None:
            self._pause.touch()
            self.saved_changed.emit("Saving")

    def flush(self) -> None:
        """Keep at once what waits to be kept, and what the store did not take before."""
        if self._pause.is_waiting():
            self._pause.flush()
        elif self._unkept and not self._on_way:
            self._keep()

    def made(self, gathered: Gathered) -> None:
        """This copy is made, and its draft let go. Called in the store's lane."""
        copy = self._copy
        if copy is not None and copy.gathered.draft_at == gathered.draft_at:
            copy.version = 0

    def not_kept(self) -> str:
        """What closing the window would lose, in a sentence; "" where all is in the store."""
        return _ONLY_HERE if self._unkept or self._on_way or self._pause.is_waiting() else ""

    def _keep(self) -> None:
        copy, draft = self._copy, self._draft()
        if copy is None:
            return
        self._on_way += 1

        def work() -> bool:
            now = replace(draft, version=copy.version)
            kept = unsent_words.keep_copy(copy.desk, copy.gathered.draft_at, now)
            copy.version = kept.value.version
            return kept.here

        def kept(here: bool) -> None:
            self._on_way -= 1
            if self._copy is copy:
                self._unkept = False
                at = naming.local(copy.desk.profile, copy.desk.now())
                where = " on this computer" if here else ""
                self.saved_changed.emit(f"Copy kept{where} {at:%H:%M:%S}")

        def not_taken(fault: Exception) -> None:
            self._on_way -= 1
            self.failed.emit(sentence(fault))
            if self._copy is copy:
                self._unkept = True
                self.outdone = isinstance(fault, ConflictError)
                self.saved_changed.emit("Not saved, what you decided is still here")

        self._jobs.run(work, kept, not_taken, owner=self, lane="store")
