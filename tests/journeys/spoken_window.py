"""The real window over a practice hub that was made before, until it is closed from outside."""

import sys
from pathlib import Path
from uuid import uuid4

from tests.conftest import PRACTICE_NOW
from triage.practice.hub import open_practice
from triage.practice.people import WORKERS
from ui.application import make_application
from ui.jobs import Jobs
from ui.workbench import Workbench


def main(folder: Path) -> int:
    """Open it for the first of the practice hub's people."""
    app = make_application("light")
    practice = open_practice(folder, now=lambda: PRACTICE_NOW, new_id=uuid4, population=60)
    practice.hub.load_extracts()
    bench = Workbench(Jobs(app), clock=lambda: PRACTICE_NOW)
    bench.window.resize(1366, 768)
    bench.window.show()
    pins = {worker.id: pin for worker, pin in WORKERS}
    bench.open_hub(practice.hub, WORKERS[0][0], practice_pins=pins, first=False)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
