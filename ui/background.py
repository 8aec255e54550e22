"""What goes on behind the screens: files dropped, decisions sent, the feed watched."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from triage.domain.decision import Delivery
from triage.domain.event import Event
from triage.workflow import earlier, export, feed, match, receive
from triage.workflow.receive import Received
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs

log = logging.getLogger(__name__)

FEED_MS = 1000
DELIVER_MS = 5000
SETTLE_MS = 400
"""A file is taken once its size has stood still this long."""

TAKEN = "taken"
"""Folder beside the dropped files, for those that are safely in the store."""


class Background(QObject):
    """Runs for as long as the window is open; everything slow goes through `jobs`.

    `received` gives a `Received` for each file, `refused` a sentence, `moved_on` the number of
    the newest event when some change what is shown, `delivered` the deliveries that changed.
    """

    received = Signal(object)
    refused = Signal(str)
    moved_on = Signal(int)
    delivered = Signal(object)

    def __init__(self, holder: DeskHolder, jobs: Jobs, drop_folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._holder, self._jobs, self._drop = holder, jobs, drop_folder
        self._seq = -1
        self._sizes: dict[Path, int] = {}
        self._taking: set[Path] = set()
        self._watch = QFileSystemWatcher([str(drop_folder)], self)
        self._watch.directoryChanged.connect(self._look)
        self._settle = self._timer(SETTLE_MS, self._look, single=True)
        self._feed = self._timer(FEED_MS, self._ask_feed)
        self._deliver = self._timer(DELIVER_MS, self.deliver)
        self._asking = self._delivering = self._stopped = False

    def _timer(self, ms: int, slot: Callable[[], None], *, single: bool = False) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(ms)
        timer.setSingleShot(single)
        timer.timeout.connect(slot)
        return timer

    def start(self) -> None:
        """Begin to watch, unless it was stopped before; files that lie there already are taken
        first."""
        if self._stopped:
            return
        self._feed.start()
        self._deliver.start()
        self._look()
        self.deliver()

    def stop(self) -> None:
        """Watch no longer; what is being done is finished by `jobs`."""
        self._stopped = True
        for timer in (self._settle, self._feed, self._deliver):
            timer.stop()

    def receive(self, paths: Sequence[Path], *, move: bool = False) -> None:
        """Take files in, one after another; `move` puts each aside once it is in the store."""
        for path in paths:
            self._receive_one(path, move)

    def _receive_one(self, path: Path, move: bool) -> None:
        self._taking.add(path)
        desk = self._holder.current()

        def work() -> Received:
            got = receive.receive_file(desk, path.read_bytes(), path.name)
            if move:
                _put_aside(path)
            for contact_id in got.contacts if not got.seen_before else ():
                match.look_up(desk, contact_id)
            return got

        def done(got: Received) -> None:
            self._taking.discard(path)
            self.received.emit(got)

        def failed(fault: Exception) -> None:
            self._taking.discard(path)
            log.warning("A dropped file was not taken: %s", type(fault).__name__)
            self.refused.emit(
                f"{path.name} could not be taken in: {sentence(fault)} It is still where it was."
            )

        self._jobs.run(work, done, failed, owner=self)

    def deliver(self) -> None:
        """Send what is due to the council."""
        if self._delivering or self._holder.current().council is None:
            return
        self._delivering = True
        desk = self._holder.current()
        self._jobs.run(
            lambda: export.deliver_due(desk), self._sent, self._not_sent, owner=self, lane="pool"
        )

    def _sent(self, sent: tuple[Delivery, ...]) -> None:
        self._delivering = False
        if sent:
            self.delivered.emit(sent)

    def _not_sent(self, fault: Exception) -> None:
        self._delivering = False
        self.refused.emit(sentence(fault))

    def _ask_feed(self) -> None:
        if self._asking:
            return
        self._asking = True
        desk, seen = self._holder.current(), self._seq

        def work() -> tuple[int, bool]:
            head = feed.head(desk)
            if not 0 <= seen < head:
                return head, False
            # Look-ups on this desk know of other desks' contacts too.
            earlier.learn_since(desk, seen)
            return head, _tells(feed.since(desk, seen), head - seen)

        self._jobs.run(work, self._fed, self._not_fed, owner=self, lane="pool")

    def _fed(self, found: tuple[int, bool]) -> None:
        self._asking = False
        self._seq, tells = found
        if tells:
            self.moved_on.emit(self._seq)

    def _not_fed(self, fault: Exception) -> None:
        self._asking = False
        log.warning("The feed did not answer: %s", type(fault).__name__)

    def _look(self, _folder: str = "") -> None:
        waiting = False
        for path in sorted(self._drop.iterdir()):
            if not path.is_file() or path.name.startswith(".") or path in self._taking:
                continue
            size = path.stat().st_size
            if self._sizes.get(path) != size:
                self._sizes[path] = size
                waiting = True
            else:
                self._sizes.pop(path)
                self.receive([path], move=True)
        if waiting:
            self._settle.start()


def _tells(events: Sequence[Event], count: int) -> bool:
    """Whether any of `count` new events changes what a screen shows. Looking changes nothing;
    one that this person may not know of may have changed what they do see."""
    return len(events) < count or any(event.kind not in feed.QUIET for event in events)


def _put_aside(path: Path) -> None:
    """Move a file that is in the store out of the way, never over another."""
    folder = path.parent / TAKEN
    folder.mkdir(mode=0o700, exist_ok=True)
    goal = folder / path.name
    number = 1
    while goal.exists():
        number += 1
        goal = folder / f"{path.stem} ({number}){path.suffix}"
    path.rename(goal)
