"""Opening a desk whose hub's server may be away: what is away, since when and what is safe is said,
and it is tried again until it opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QDialog
from shiboken6 import isValid

from triage.domain.errors import UnreachableError
from triage.domain.spelling import counted, spell_moment
from ui.errors import plain_box, sentence
from ui.front import Front
from ui.jobs import Jobs
from ui.shell.dialogs import PinBox

if TYPE_CHECKING:
    from triage.domain.worker import Worker
    from triage.workflow.hub import Hub
    from triage.workflow.hub_desk import KeptHere

TRIES = "Fanlight tries again by itself, and opens once it answers. First tried at {}, last at {}."
KEPT = "Kept on this computer"
FOR_YOU = "What was typed here tells of families, and is shown to whoever typed it."
NOTHING = "Nothing that was typed here waits for it."
SAFE = "What was typed here is safe: {} on this computer, sealed, and the hub gets it then."


class WaitingForHub(QObject):
    """Opens by `open_desk`, again and again while the hub's server is away; `kept` tells what was
    typed here and waits, `read` shows it for a PIN. `opened` has the hub and its people, `failed`
    any other fault; `away` tells that it waits now."""

    opened = Signal(object, object)
    failed = Signal(object)
    away = Signal()

    def __init__(
        self,
        front: Front,
        jobs: Jobs,
        open_desk: Callable[[], tuple[Hub, tuple[Worker, ...]]],
        kept: Callable[[], KeptHere],
        read: Callable[[str], tuple[str, ...]],
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(front.window)
        self._front, self._jobs, self._clock = front, jobs, clock
        self._open_desk, self._kept, self._read = open_desk, kept, read
        self._whose = ""
        self._boxes: list[QDialog] = []
        self._first: datetime | None = None
        self._trying = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.open)
        front.again_asked.connect(self.open)
        front.kept_asked.connect(self._ask_pin)

    def open(self) -> None:
        """Try it now."""
        if self._trying:
            return
        self._trying = True
        self._again.stop()
        self._jobs.run(self._open_desk, self._opened, self._not_opened, owner=self)

    def _opened(self, found: tuple[Hub, tuple[Worker, ...]]) -> None:
        self._let_go()
        self._front.say_answers()
        self.opened.emit(*found)

    def _let_go(self) -> None:
        self._front.again_asked.disconnect(self.open)
        self._front.kept_asked.disconnect(self._ask_pin)
        for box in self._boxes:
            if isValid(box):
                box.close()

    def _not_opened(self, fault: Exception) -> None:
        self._trying = False
        if not isinstance(fault, UnreachableError):
            self._let_go()
            self.failed.emit(fault)
            return
        from triage.workflow import hub_desk

        self._first = self._first or self._clock()
        self.away.emit()
        self._again.start(round(hub_desk.again_after(fault) * 1000))
        self._jobs.run(
            self._kept,
            lambda kept: self._say(fault, kept),
            lambda unread: self._say(fault, hub_desk.KeptHere(fault=str(unread))),
            owner=self,
        )

    def _say(self, fault: UnreachableError, kept: KeptHere) -> None:
        from triage.workflow import hub_desk

        silent = hub_desk.is_silence(fault)
        title = "The hub does not answer" if silent else "The hub can't be used just now"
        said = [] if silent else [str(fault)]
        said.append(kept.fault or _safe(kept))
        said.append(TRIES.format(_time(self._first), _time(self._clock())))
        self._whose = kept.whose
        self._front.say_away(title, "\n\n".join(said), kept=kept.waiting)

    def _ask_pin(self) -> None:
        box = PinBox(self._front.window, self._whose, FOR_YOU)
        self._boxes.append(box)

        def shown(pieces: tuple[str, ...]) -> None:
            box.accept()
            told = plain_box(self._front.window, KEPT, "\n\n".join(pieces))
            self._boxes.append(told)
            told.open()

        def given(pin: str) -> None:
            self._jobs.run(
                lambda: self._read(pin),
                shown,
                lambda fault: box.refuse(sentence(fault)),
                owner=box,
            )

        box.given.connect(given)
        box.open()


def _safe(kept: KeptHere) -> str:
    if not kept.waiting:
        return NOTHING
    since = f", the oldest from {spell_moment(_local(kept.since))}," if kept.since else ""
    return SAFE.format(f"{counted(kept.waiting, 'piece')}{since} wait{'s' * (kept.waiting == 1)}")


def _time(at: datetime | None) -> str:
    return f"{_local(at):%H:%M:%S}" if at else "a moment ago"


def _local(at: datetime) -> datetime:
    from triage.workflow import hub_desk

    return hub_desk.by_the_clock(at)
