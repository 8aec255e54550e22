"""The real window over a practice hub of its own, driven by names and keys."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import PRACTICE_NOW
from triage.practice.hub import PracticeHub
from triage.practice.people import WORKERS
from triage.workflow import people
from triage.workflow.desk import Desk
from triage.workflow.queue import queue
from ui.jobs import Jobs
from ui.style import install_style
from ui.sweep import Sweep
from ui.theme import install
from ui.tour_drive import find, focused, press, type_into
from ui.workbench import Workbench

PINS = {worker.id: pin for worker, pin in WORKERS}
WHO = {worker.id: worker for worker, _ in WORKERS}


@dataclass(frozen=True)
class Seat:
    """A window with somebody at it."""

    bench: Workbench
    jobs: Jobs
    practice: PracticeHub
    bot: QtBot

    @property
    def window(self) -> QWidget:
        return self.bench.window

    def desk(self) -> Desk:
        assert self.bench.holder is not None
        return self.bench.holder.current()

    def wait(self, claim: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(claim()), timeout=20_000)

    def settled(self) -> None:
        for _ in range(2):
            self.wait(lambda: not self.jobs.busy())
            QTest.qWait(1)

    def press(self, keys: str) -> None:
        press(focused(), keys)

    def type(self, name: str, kind: type[QWidget], words: str) -> None:
        type_into(find(self.window, name, kind), words)

    def list(self, name: str) -> QAbstractItemView:
        return find(self.window, name, QAbstractItemView)

    def open(self, title: str) -> object:
        """Walk to a contact in the queue and press Enter."""
        model, view = self.bench.triage.queue.model, self.bench.triage.queue.list
        row = next(r for r in queue(self.desk()).rows if title in r.title)
        self.wait(lambda: model.index_of(row.contact_id).isValid())
        view.setFocus()
        while view.currentIndex().row() != model.index_of(row.contact_id).row():
            below = view.currentIndex().row() < model.index_of(row.contact_id).row()
            press(view, "Down" if below else "Up")
        press(view, "Return")
        name = title.split()[0]
        self.wait(lambda: name in self.bench.triage.header.name.text())
        self.wait(lambda: self.bench.triage.decision.asked())
        self.settled()
        return row.contact_id

    def read_aloud(self) -> str:
        """Everything that stands on screen as words."""
        labels = [w.text() for w in self.window.findChildren(QLabel) if w.isVisible()]
        return "\n".join(labels)


@pytest.fixture
def sit(qapp: QApplication, qtbot: QtBot, practice: PracticeHub) -> Iterator[Callable[..., Seat]]:
    """Open a window for a person: `sit("rosei")`; `printed=False` for one that tells no PINs. Each
    has jobs of its own."""
    install(qapp).set_theme("light")
    install_style(qapp)
    sweep = Sweep(qapp)
    seats: list[Seat] = []

    def made(worker_id: str, *, printed: bool = True) -> Seat:
        jobs = Jobs(qapp)
        bench = Workbench(jobs, clock=lambda: PRACTICE_NOW)
        bench.window.resize(1920, 1080)
        bench.window.show()
        bench.window.activateWindow()
        who, desk = WHO[worker_id], None
        if not printed:  # as at a desk of one's own, signed in by a PIN that nothing shows
            desk = people.switch(practice.hub.desk(who), worker_id, PINS[worker_id])
        pins = PINS if printed else {}
        bench.open_hub(practice.hub, who, practice_pins=pins, first=False, desk=desk)
        seat = Seat(bench=bench, jobs=jobs, practice=practice, bot=qtbot)
        seats.append(seat)
        seat.wait(bench.window.isActiveWindow)
        seat.wait(lambda: bench.triage.queue.model.rows())
        seat.settled()
        return seat

    yield made
    for seat in seats:
        if seat.bench.background is not None:
            seat.bench.background.stop()
        seat.bench.window.close()
        seat.jobs.close()
        seat.bench.window.deleteLater()
        seat.bench.deleteLater()
        seat.jobs.deleteLater()
    people.lock(practice.hub.desk(WHO["rosei"]))
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    sweep.stop()
    sweep.deleteLater()
    gc.collect()
