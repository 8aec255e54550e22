"""How long Fanlight takes to start, as a person starts it: to the window, to the painted queue, and
what the imports cost, which is every module that is loaded by then, imported by a fresh Python,
one after another.

The first start after installing also compiles Python's sources, and is not counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measure import Taken, waited

ROOT = Path(__file__).parents[2]
PART = "--one-start"
LIMITS = {"queue": 2500.0, "imports": 1000.0}
IMPORTS = """
import gc, json, sys
from dataclasses import asdict
from tests.bench.measure import Watch
names = sys.stdin.read().split()
gc.disable()  # as the program does, from its first window on: see ui.sweep
watch = Watch()
for name in names:
    try:
        __import__(name)
    except Exception:  # made while running, such as a module of generated names
        pass
print(json.dumps(asdict(watch.taken())))
"""

Told = dict[str, Taken]


def one_start(data: Path, asked: float) -> int:
    """Be `fanlight --data DATA` until the queue is painted; prints one JSON object, of
    milliseconds by the clock, of the window's thread, and of all threads.

    `asked` is the time, in seconds since the epoch, at which the process was asked for.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    import ui.app

    told: dict[str, dict[str, float]] = {}
    make = vars(ui.app)["make_application"]

    def taken() -> dict[str, float]:
        cpu = {"thread": time.thread_time() * 1000, "work": time.process_time() * 1000}
        clock = (time.time() - asked) * 1000
        return {"clock": clock, "own": clock - waited() * 1000, **cpu}

    def look(app: QApplication) -> None:
        window = next((w for w in app.topLevelWidgets() if w.isVisible()), None)
        if window is None:
            return
        if "window" not in told:
            told["window"] = taken()
        workbench = sys.modules.get("ui.triage.screen")
        screens = window.findChildren(workbench.TriageScreen) if workbench else []
        if not screens or not screens[0].queue.model.rows():
            return
        if not screens[0].queue.list.isVisible():
            return
        window.repaint()
        told["queue"] = taken()
        print(json.dumps({"taken": told, "modules": list(sys.modules)}), flush=True)
        app.quit()

    def watched(*chosen: object) -> QApplication:
        app: QApplication = make(*chosen)
        watch = QTimer(app)
        watch.setInterval(5)
        watch.timeout.connect(lambda: look(app))
        watch.start()
        return app

    vars(ui.app)["make_application"] = watched
    return ui.app.main(["--data", str(data), "--theme", "light"])


def starts(data: Path, times: int) -> list[Told]:
    """What so many starts on the practice hub in `data` took, after a first that compiles."""
    (data / "practice" / "seen").touch()  # the welcome has been seen: the queue comes first
    with tempfile.TemporaryDirectory() as compiled:
        env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": compiled}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        return [_start(data, env) for _ in range(times + 1)][1:]


def _start(data: Path, env: dict[str, str]) -> Told:
    def run(*line: str, given: str = "") -> str:
        return subprocess.run(
            [sys.executable, *line],
            cwd=ROOT,
            env=env,
            input=given,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        ).stdout

    started = run("-m", "tests.bench.start", PART, str(data), str(time.time()))
    found = json.loads(next(line for line in started.splitlines() if line.startswith("{")))
    known = [name for name in found["modules"] if not name.startswith(("__main", "tests"))]
    imports = json.loads(run("-c", IMPORTS, given="\n".join(known)))
    return {key: Taken(**t) for key, t in {**found["taken"], "imports": imports}.items()}


if __name__ == "__main__" and sys.argv[1:2] == [PART]:
    sys.exit(one_start(Path(sys.argv[2]), float(sys.argv[3])))
