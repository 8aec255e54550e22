"""Opening a desk whose hub's server may be away: what is away, since when and what is safe is said,
and it is tried again until it opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from triage.domain.errors import UnreachableError
from triage.domain.spelling import counted, spell_moment
from ui.front import Front
from ui.jobs import Jobs

if TYPE_CHECKING:
    from triage.domain.worker import Worker
    from triage.workflow.hub import Hub
    from triage.workflow.hub_desk import KeptHere

TRIES = "Fanlight tries again by itself, and opens once it answers. First tried at {}, last at {}."
NOTHING = "Nothing that was typed here waits for it."
SAFE = "What was typed here is safe: {} on this computer, sealed, and the hub gets it then."


class WaitingForHub(QObject):
    """Opens by `open_desk`, again and again while the hub's server is away; `kept` tells what was
    typed here and waits. `opened` has the hub and its people, `failed` any other fault; `away`
    tells that it waits now."""

    opened = Signal(object, object)
    failed = Signal(object)
    away = Signal()

    def __init__(
        self,
        front: Front,
        jobs: Jobs,
        open_desk: Callable[[], tuple[Hub, tuple[Worker, ...]]],
        kept: Callable[[], KeptHere],
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(front.window)
        self._front, self._jobs, self._clock = front, jobs, clock
        self._open_desk, self._kept = open_desk, kept
        self._first: datetime | None = None
        self._trying = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.open)
        front.again_asked.connect(self.open)

    def open(self) -> None:
        """Try it now."""
        if self._trying:
            return
        self._trying = True
        self._again.stop()
        self._jobs.run(self._open_desk, self._opened, self._not_opened, owner=self)

    def _opened(self, found: tuple[Hub, tuple[Worker, ...]]) -> None:
        self._front.again_asked.disconnect(self.open)
        self._front.window.status.set_connection("Online")
        self.opened.emit(*found)

    def _not_opened(self, fault: Exception) -> None:
        self._trying = False
        if not isinstance(fault, UnreachableError):
            self._front.again_asked.disconnect(self.open)
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
        self._front.say_away(title, "\n\n".join(said))


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
