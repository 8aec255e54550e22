"""A start of Fanlight on a practice hub that is there already: says when the queue is painted.

Run as a process of its own: `python -m tests.bench.start FOLDER BEGAN`, where BEGAN is the time
(seconds since the epoch) at which the process was asked for. Prints one JSON object in ms.
"""

import sys
import time

ASKED = float(sys.argv[2]) if len(sys.argv) > 2 else time.time()
PYTHON = time.time()

import json  # noqa: E402  (what an import costs is measured here)
from datetime import UTC, datetime  # noqa: E402
from pathlib import Path  # noqa: E402

from PySide6.QtCore import QTimer  # noqa: E402

from triage.practice.hub import PracticeHub  # noqa: E402
from triage.practice.people import WORKERS  # noqa: E402
from triage.workflow.desk import Desk  # noqa: E402
from ui.app import open_practice_hub  # noqa: E402
from ui.application import make_application  # noqa: E402
from ui.jobs import Jobs  # noqa: E402
from ui.workbench import Workbench  # noqa: E402

IMPORTED = time.time()


def main() -> None:
    """Open, wait for the queue, print."""
    app = make_application("light", None)
    jobs = Jobs(app)
    bench = Workbench(jobs, clock=lambda: datetime.now(UTC))
    bench.window.resize(1920, 1080)
    bench.window.show()
    folder = Path(sys.argv[1])
    made: list[PracticeHub] = []

    def opened(found: tuple[PracticeHub, Desk]) -> None:
        practice, desk = found
        made.append(practice)
        pins = {w.id: pin for w, pin in WORKERS}
        worker = WORKERS[0][0]
        bench.open_hub(practice.hub, worker, practice_pins=pins, first=False, desk=desk)
        look.start()

    def there() -> None:
        if bench.triage.queue.model.rows() and bench.triage.queue.list.isVisible():
            bench.window.repaint()
            ended = time.time()
            told = {
                "python": PYTHON - ASKED,
                "imports": IMPORTED - PYTHON,
                "queue": ended - ASKED,
            }
            print(json.dumps({k: round(v * 1000) for k, v in told.items()}), flush=True)
            app.quit()

    look = QTimer(bench.window)
    look.setInterval(5)
    look.timeout.connect(there)
    jobs.run(lambda: open_practice_hub(folder.parent, print), opened, print)
    app.exec()
    if bench.background is not None:
        bench.background.stop()
    bench.window.close()
    jobs.close()
    made[0].close()


if __name__ == "__main__":
    main()
