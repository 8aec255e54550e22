"""What the line at the bottom says of the hub and its partners: only what is so at this moment."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from triage.workflow.partner_states import in_trouble
from ui.desk import DeskHolder
from ui.shell.status_bar import StatusBar

LOOK_MS = 2000
"""Between two looks at how the ways to partners stand, which is known without asking anybody."""


class Connections(QObject):
    """Says the worst of it: the hub, then partners' lists, then partners that answer at once."""

    def __init__(self, holder: DeskHolder, status: StatusBar, parent: QObject) -> None:
        super().__init__(parent)
        self._holder, self._status = holder, status
        self._away = False
        self._lists: int | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    def hub_turned(self, away: bool) -> None:
        """The hub answers no longer, or again."""
        self._away = away
        self.look()

    def lists_read(self, problems: Sequence[str]) -> None:
        """Every partner's list was read, or found to need a look."""
        self._lists = len(problems)
        self.look()

    def look(self) -> None:
        """Say how it stands now."""
        trouble = in_trouble(self._holder.current())
        if self._away:
            self._status.set_connection("The hub does not answer", good=False)
        elif self._lists or trouble:
            lists = "1 list needs" if self._lists == 1 else f"{self._lists} lists need"
            live = f"{len(trouble)} partners do not answer" if trouble[1:] else "".join(trouble)
            said = (f"{lists} a look" if self._lists else "", live)
            self._status.set_connection(", ".join(filter(None, said)), good=False)
        elif self._lists is None:
            self._status.set_connection("Reading partners' lists")
        else:
            self._status.set_connection("All partners' lists read")
