"""What was typed while the hub was away and somebody else did first: both shown, one chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from triage.workflow import unsent_words
from triage.workflow.unsent_words import WordsConflict
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.asking import ConflictBox
from ui.shell.window import MainWindow


class Settling(QObject):
    """Asks about one after another. What is left unsettled waits: the strip says so, and the next
    start asks again. `said` has words once one is settled, `refused` a sentence."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, window: MainWindow, holder: DeskHolder, jobs: Jobs) -> None:
        super().__init__(window)
        self._window, self._holder, self._jobs = window, holder, jobs
        self._asking = False
        window.blur_changed.connect(lambda _: self.ask())

    def ask(self) -> None:
        """Show what met somebody else's; while names are hidden, once they are shown again."""
        desk = self._holder.current()
        if not self._asking and not self._window.blurred:
            self._asking = True
            self._jobs.run(lambda: unsent_words.met(desk), self._ask_next, self._failed, owner=self)

    def _ask_next(self, conflicts: Sequence[WordsConflict]) -> None:
        if not conflicts:
            self._asking = False
            return
        met, *others = conflicts
        desk = self._holder.current()
        mine, theirs = ("Yours", met.mine), ("Theirs", met.theirs)
        box = ConflictBox(self._window, met.what, mine, theirs, met.who, both=False)

        def settled(_: object, kept: str) -> None:
            self.said.emit("Yours is kept" if kept == "mine" else "Theirs stays")
            self._ask_next(others)

        def choose(kept: str) -> None:
            if not kept:
                self._ask_next(others)
                return
            self._jobs.run(
                lambda: unsent_words.settle(desk, met, mine=kept == "mine"),
                lambda done: settled(done, kept),
                self._failed,
                owner=self,
                lane="store",
            )

        box.kept.connect(choose)
        box.open()

    def _failed(self, fault: Exception) -> None:
        self._asking = False
        self.refused.emit(sentence(fault))
