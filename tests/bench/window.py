"""The real window over a practice hub with a long queue, and ways to measure what is done in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from tests.bench.measure import Taken, Watch
from triage.domain.fact import read
from triage.practice.families import neighbours
from triage.practice.hub import PracticeHub
from triage.practice.people import WORKERS
from triage.storage import contacts
from triage.workflow import queue
from triage.workflow.desk import Desk
from ui.jobs import Jobs
from ui.workbench import Workbench

NOW = datetime(2026, 11, 24, 11, 42, tzinfo=UTC)
HEARTBEAT_MS = 5
TICK_MS = 20


class Bench:
    """The window and its hub, with the ways to measure it. Each act begins with a key, a click or
    the signal of one, and ends with its painted answer."""

    def __init__(self, app: QApplication, practice: PracticeHub) -> None:
        self.app, self.practice = app, practice
        self.jobs = Jobs(app)
        self._tick = QTimer(app)  # so that what is waited for is looked at every so often
        self._tick.setInterval(TICK_MS)
        self.bench = Workbench(self.jobs, clock=lambda: NOW)
        self.window = self.bench.window
        self.window.resize(1920, 1080)
        self.window.show()
        self.window.activateWindow()
        pins = {w.id: pin for w, pin in WORKERS}
        self.bench.open_hub(practice.hub, WORKERS[0][0], practice_pins=pins, first=False)
        self.triage = self.bench.triage
        self.until(lambda: self.triage.queue.model.rows() and self._settled())

    def _settled(self) -> bool:
        """Whether partners' lists are read, and the screens that wait are built."""
        held = self.practice.hub.people
        ahead = vars(self.bench).get("ahead")
        return (
            all(held.state(partner).searchable for partner in held.partners)
            and not self.jobs.busy()
            and ahead is not None
            and not ahead.is_running()
        )

    def desk(self, who: int) -> Desk:
        """The desk of the practice hub's worker of that number."""
        return self.practice.hub.desk(WORKERS[who][0])

    def maya(self) -> UUID:
        """The newest contact about the child that the practice day is about."""
        with self.desk(1).store.read() as tx:
            found = contacts.mentioning(tx, names=["Maya Rowe"])
        return max(found, key=lambda c: c.received_at).id

    def until(self, true: Callable[[], object], seconds: float = 120) -> None:
        """Run the event loop until something is true and painted.

        Between events it waits as the program's own loop does: one that asks again and again
        would keep Python's lock from the very jobs that are waited for.
        """
        ends = time.perf_counter() + seconds
        self._tick.start()
        while not true():
            if time.perf_counter() > ends:
                raise TimeoutError("waited too long")
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        self._tick.stop()
        self.painted()

    def painted(self) -> None:
        """Let everything that wants painting be painted."""
        self.app.processEvents()
        self.app.processEvents()

    def quiet(self) -> None:
        """Wait until nothing runs, so that one measure does not pay for another."""
        self.until(lambda: not self.jobs.busy())

    def settled(self) -> None:
        """Wait until the open contact has been looked up too, and what was found is shown."""
        reader = self.triage.reader
        waiting = (reader._ask_soon, reader._gather)
        self.until(lambda: not self.jobs.busy() and not any(t.isActive() for t in waiting))

    def triage_in_front(self) -> None:
        """Back to the screen of the queue, and nothing runs."""
        self.window.show_screen("triage")
        self.quiet()

    def timed(self, act: Callable[[], object], true: Callable[[], object] = lambda: True) -> Taken:
        """What it takes from an act to its painted answer."""
        watch = Watch()
        act()
        self.until(true)
        return watch.taken()

    def longest_stall(self, act: Callable[[], object], true: Callable[[], object]) -> Taken:
        """The longest the window's event loop stood still from an act until half a second after
        it came true, over a timer's own interval; and the dearest of them, by its own time and by
        CPU time. `work` is of one stall: what this program did while the window stood still."""
        stalls: list[Taken] = []
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(HEARTBEAT_MS)
        watch = Watch()

        def beat() -> None:
            nonlocal watch
            stalls.append(watch.taken())
            watch = Watch()

        timer.timeout.connect(beat)
        timer.start()
        act()
        self.until(lambda: not self.jobs.busy() and true())
        rest = time.perf_counter() + 0.5
        self.until(lambda: time.perf_counter() > rest)
        timer.stop()
        return Taken(
            clock=max(s.clock for s in stalls) - HEARTBEAT_MS,
            own=max(s.own for s in stalls) - HEARTBEAT_MS,
            thread=max(s.thread for s in stalls),
            work=max(min(s.work, s.own - HEARTBEAT_MS) for s in stalls),
        )

    def close(self) -> None:
        """As the program ends."""
        if self.bench.background is not None:
            self.bench.background.stop()
        self.window.close()
        self.jobs.close()
        self.practice.close()


def fill(practice: PracticeHub, count: int) -> None:
    """Bring the queue to `count` contacts, about invented neighbours."""
    desk = practice.hub.desk(WORKERS[1][0])
    there = [r for r in queue.queue(desk).rows if not r.restricted]
    with desk.store.read() as tx:
        held = [contacts.get(tx, row.contact_id) for row in there]
        models = [contact for contact in held if contact.content.children]
    missing = count - len(there)
    with desk.store.write() as tx:
        for n, person in enumerate(_children(missing)):
            model = models[n % len(models)]
            at = NOW - timedelta(minutes=7 * n % 2000)
            child = replace(
                model.content.children[0],
                given=read(person["given"]),
                family=read(person["family"]),
                dob=read(person["dob"]),
            )
            content = replace(model.content, children=(child,))
            contacts.insert(
                tx,
                replace(
                    model,
                    id=uuid4(),
                    reference=contacts.next_reference(tx, at),
                    received_at=at,
                    content=content,
                    version=1,
                    assigned_to=None,
                    assigned_at=None,
                ),
            )


def _children(count: int) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for held in neighbours(count * 2, NOW.date()):
        facts = dict(held.fields)
        if {"given", "family", "dob"} <= facts.keys():
            found.setdefault(held.record_id[3:], facts)
    return list(found.values())[:count]
