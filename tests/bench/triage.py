"""Milliseconds on the Triage screen with 500 contacts: python -m tests.bench.triage

Each figure runs from the key to the pixels, on a real encrypted store, offscreen.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests import factory
from triage.domain.contact import Contact
from triage.storage import contacts, workers
from triage.storage.engine import Store, open_file
from triage.workflow import match
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.shell.window import MainWindow
from ui.style import install_style
from ui.theme import install, theme
from ui.triage.screen import TriageScreen

LIMITS = {
    "move in the queue": 30.0,
    "next contact, head and story": 60.0,
    "next contact, everything": 150.0,
    "theme": 100.0,
    "longest stall while the queue is read": 50.0,
}
_FAMILIES = ("Shaw", "Patel", "Okoro", "Byrne", "Lund", "Reid", "Cole", "Amin")


@dataclass(frozen=True)
class Bench:
    """The window and what is measured in it."""

    app: QApplication
    window: MainWindow
    screen: TriageScreen
    found: dict[str, list[float]]

    def spin(self, ms: int) -> None:
        """Let the event loop run for a while."""
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def note(self, what: str, began: float) -> None:
        """One figure."""
        self.found.setdefault(what, []).append((perf_counter() - began) * 1000)


def contact(n: int) -> Contact:
    """One of many, of two children."""
    family = _FAMILIES[n % len(_FAMILIES)]
    kids = (
        factory.child("c1", f"Child{n}", family=family, dob=f"20{10 + n % 14:02}-03-01"),
        factory.child("c2", f"Other{n}", family=family, dob=f"20{10 + n % 14:02}-05-09"),
    )
    words = "Shouting was heard, and a child crying. She said she was frightened. " * 6
    return factory.contact(
        *kids,
        reference=f"C-26-{n:05}",
        rating=(None, "green", "amber", "red")[n % 4],
        received_at=factory.NOW - timedelta(minutes=5 + n),
        concern=words,
    )


def made(folder: Path, many: int) -> tuple[Store, DeskHolder]:
    """A store with so many contacts, looked up as on arrival where they are opened."""
    store = open_file(folder / "bench.db", bytes(range(32)))
    watch = factory.Watch()
    signer = factory.keys(folder / "keys", watch, factory.RUTH)
    people = factory.People(folder)
    people.hold(*(factory.record(f"P-{n}", family=f) for n, f in enumerate(_FAMILIES)))
    desk = factory.desk(store, folder, watch=watch, signer=signer, people=people)
    with store.write() as tx:
        workers.put(tx, factory.RUTH, pin_hash="", public_jwk=signer.public(factory.RUTH.id))
        for n in range(many):
            contacts.insert(tx, contact(n))
    return store, DeskHolder(desk)


def moves(bench: Bench) -> None:
    """Down, sixty times."""
    rows = bench.screen.queue.list
    rows.setFocus()
    for _ in range(60):
        began = perf_counter()
        QTest.keyClick(rows, Qt.Key.Key_Down)
        rows.viewport().repaint()
        bench.note("move in the queue", began)


def next_contacts(bench: Bench, times: int) -> None:
    """Ctrl PgDn, from key to pixels."""
    screen = bench.screen
    for _ in range(times):
        bench.spin(150)
        loop, began = QEventLoop(), perf_counter()
        ends = (
            screen.reader.contact_read.connect(_shower(bench, began)),
            screen._rest.timeout.connect(_finisher(bench, began, loop)),
        )
        screen.next_contact(1)
        loop.exec()
        screen.reader.contact_read.disconnect(ends[0])
        screen._rest.timeout.disconnect(ends[1])


def _shower(bench: Bench, began: float) -> Callable[..., None]:
    def shown(*_: object) -> None:
        bench.screen.header.repaint()
        bench.screen.story.repaint()
        bench.note("next contact, head and story", began)

    return shown


def _finisher(bench: Bench, began: float, loop: QEventLoop) -> Callable[[], None]:
    def finished() -> None:
        bench.window.repaint()
        bench.note("next contact, everything", began)
        loop.quit()

    return finished


def themes(bench: Bench) -> None:
    """Light, dark, and back."""
    for name in ("dark", "light", "highContrast", "light") * 3:
        began = perf_counter()
        theme().set_theme(name)
        bench.window.repaint()
        bench.note("theme", began)
        bench.spin(30)


def stalls(bench: Bench) -> None:
    """The longest wait between two beats of the event loop while the queue is read anew."""
    for _ in range(8):
        longest, last = [0.0], [perf_counter()]
        beat = QTimer()
        beat.setInterval(1)

        def tick(longest: list[float] = longest, last: list[float] = last) -> None:
            now = perf_counter()
            longest[0] = max(longest[0], (now - last[0]) * 1000 - 1)
            last[0] = now

        beat.timeout.connect(tick)
        beat.start()
        bench.screen.reader.read_queue()
        bench.spin(700)
        beat.stop()
        bench.found.setdefault("longest stall while the queue is read", []).append(longest[0])


def main() -> int:
    """Print each figure beside its limit; 1 where one is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=500)
    parser.add_argument("--times", type=int, default=25)
    asked = parser.parse_args()
    app = QApplication.instance()
    app = app if isinstance(app, QApplication) else QApplication(sys.argv[:1])
    install(app)
    install_style(app)
    theme().set_theme("light")
    with tempfile.TemporaryDirectory() as folder:
        store, holder = made(Path(folder), asked.contacts)
        jobs = Jobs()
        window = MainWindow("Bench", holder.current().now, practice=True, idle_lock=False)
        screen = TriageScreen(holder, jobs)
        window.add_screen("triage", screen, "Triage", "inbox")
        window.resize(1920, 1080)
        window.show()
        window.show_screen("triage")
        bench = Bench(app, window, screen, {})
        bench.spin(1500)
        for row in screen.queue.model.rows()[: asked.times + 8]:
            match.look_up(holder.current(), row.contact_id)
        screen.open_contact(screen.queue.model.rows()[0].contact_id)
        bench.spin(1500)
        for measure in (moves, themes, stalls):
            measure(bench)
        next_contacts(bench, 3)
        for what in ("next contact, head and story", "next contact, everything"):
            bench.found[what].clear()
        next_contacts(bench, asked.times)
        window.close()
        jobs.close()
        store.close()
    over = False
    for what, limit in LIMITS.items():
        sample = sorted(bench.found[what])
        p50, p95 = sample[len(sample) // 2], sample[round(0.95 * (len(sample) - 1))]
        over = over or p95 > limit
        print(f"{what:40} p50 {p50:6.1f}  p95 {p95:6.1f}  limit {limit:5.0f} ms")
    return int(over)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
