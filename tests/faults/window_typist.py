"""Types into the decision of a real window, letter by letter, and says each letter as it does.

Run as a process of its own, to be killed: reads the practice hub's folder from its input.
"""

import sys
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest

from triage.practice.hub import open_practice
from triage.practice.people import WORKERS
from triage.workflow import queue
from ui.application import make_application
from ui.jobs import Jobs
from ui.tour_drive import Driver, Wait, Walk, focused
from ui.workbench import Workbench

LETTER_MS = 40
"""As fast as a quick typist; never a pause in which the window would save by itself."""


def main() -> None:
    """Never ends by itself."""
    folder = Path(sys.stdin.readline().strip())
    app = make_application("light", None)
    practice = open_practice(folder, now=lambda: datetime.now(UTC), new_id=uuid4, population=60)
    jobs = Jobs(app)
    bench = Workbench(jobs, clock=lambda: datetime.now(UTC))
    bench.window.resize(1920, 1080)
    bench.window.show()
    bench.open_hub(practice.hub, WORKERS[0][0], practice_pins={}, first=False)
    desk = practice.hub.desk(WORKERS[0][0])
    row = next(r for r in queue.queue(desk).rows if "Maya Rowe" in r.title)
    letters = cycle("abcdefghijklmnopqrstuvwxyz")
    timer = QTimer(bench.window)
    timer.setInterval(LETTER_MS)

    def letter() -> None:
        typed = next(letters)
        QTest.keyClicks(focused(), typed)
        print(typed, flush=True)

    def walk() -> Walk:
        yield Wait(bench.window.isActiveWindow, "the window to be in front")
        bench.triage.open_contact(row.contact_id)
        yield Wait(lambda: bench.triage.decision.reveal("analysis"), "the form to open")
        timer.timeout.connect(letter)
        print(f"typing {row.contact_id}", flush=True)
        timer.start()

    def over(fault: Exception | None) -> None:
        if fault is not None:
            print(f"fault {fault}", flush=True)
            app.exit(1)

    Driver(bench.window, over).start(walk())
    app.exec()


if __name__ == "__main__":
    main()
