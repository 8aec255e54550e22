"""Tells who sits down, in the line at the bottom, that a certificate runs out soon."""

from __future__ import annotations

from PySide6.QtCore import QObject

from triage.workflow import vouching
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.shell.window import MainWindow


class KeyNotices(QObject):
    """Asks once for each person who sits down."""

    def __init__(self, holder: DeskHolder, jobs: Jobs, window: MainWindow) -> None:
        super().__init__(window)
        self._holder, self._jobs, self._window = holder, jobs, window
        holder.changed.connect(self.ask)
        self.ask()

    def ask(self) -> None:
        """Look at the certificates that concern this person."""
        desk = self._holder.current()
        self._jobs.run(lambda: vouching.certificates_ending(desk), self._tell, owner=self)

    def _tell(self, said: tuple[str, ...]) -> None:
        if said:
            self._window.toast.say(said[0], icon="key-round")  # one line has room for one
