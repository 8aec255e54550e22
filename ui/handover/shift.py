"""The handover in the window: its screen, its line in the menu, reminders wherever one is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from triage.domain.spelling import counted
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.shell.window import MainWindow

if TYPE_CHECKING:
    from triage.workflow.schedule import Entry
    from ui.handover.screen import HandoverScreen

KEY, TITLE = "handover", "Handover and schedule"


class Shift(QObject):
    """Plans the screen; `opened` is called with a contact that is to be opened."""

    def __init__(
        self,
        window: MainWindow,
        holder: DeskHolder,
        jobs: Jobs,
        opened: Callable[[object], None],
    ) -> None:
        super().__init__(window)
        self._window, self._holder, self._jobs, self._opened = window, holder, jobs, opened
        window.plan_screen(KEY, self._build, TITLE, tab=False, under="triage")
        window.menus.add_item("shift", TITLE, lambda: window.show_screen(KEY))

    def _build(self) -> HandoverScreen:
        from ui.handover.screen import HandoverScreen

        screen = HandoverScreen(self._holder, self._jobs)
        screen.contact_asked.connect(self._opened)
        screen.saved_changed.connect(self._window.status.set_saved)
        return screen

    def look_again(self) -> None:
        """Something happened at the hub."""
        if self._window.is_built(KEY):
            cast("HandoverScreen", self._window.screen_of(KEY)).look_again()

    def remind(self, due: tuple[Entry, ...]) -> None:
        """Say which reminders' time has come; their words only where names may be seen."""
        hidden = self._window.blurred or self._window.is_locked()
        said = "" if hidden else "; ".join(e.title for e in due)
        words = said or counted(len(due), "thing")
        self._window.toast.say(f"Reminder: {words}. Ctrl H opens your schedule.", icon="bell")
        self.look_again()
