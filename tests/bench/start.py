"""How long Fanlight takes to start: `python -m tests.bench.start [PEOPLE] [CONTACTS]`.

Makes a practice hub with CONTACTS (500) in the queue and PEOPLE (100,000) in the partners'
extracts, then starts `fanlight` on it as a person does, and says in milliseconds when the window
is there, when the queue is painted, and what the imports cost: every module that is loaded by
then, imported by a fresh Python, one after another. Not part of the tests.

The first start after installing also compiles Python's sources; it is told by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
PART = "--one-start"
LIMITS = {"queue": 2500.0, "imports": 1000.0}
IMPORTS = """
import sys, time
names = sys.stdin.read().split()
began = time.perf_counter()
for name in names:
    try:
        __import__(name)
    except Exception:  # made while running, such as a module of generated names
        pass
print((time.perf_counter() - began) * 1000)
"""

Told = dict[str, float]


def one_start(data: Path, asked: float) -> int:
    """Be `fanlight --data DATA` until the queue is painted; prints one JSON object, in ms.

    `asked` is the time, in seconds since the epoch, at which the process was asked for.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    import ui.app

    told: Told = {}
    make = vars(ui.app)["make_application"]

    def look(app: QApplication) -> None:
        window = next((w for w in app.topLevelWidgets() if w.isVisible()), None)
        if window is None:
            return
        told.setdefault("window", (time.time() - asked) * 1000)
        workbench = sys.modules.get("ui.triage.screen")
        screens = window.findChildren(workbench.TriageScreen) if workbench else []
        if not screens or not screens[0].queue.model.rows():
            return
        if not screens[0].queue.list.isVisible():
            return
        window.repaint()
        told["queue"] = (time.time() - asked) * 1000
        print(json.dumps({"ms": told, "modules": list(sys.modules)}), flush=True)
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
        first, *rest = [_start(data, env) for _ in range(times + 1)]
    for told in rest:
        told["first queue"] = first["queue"]
    return rest


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
    told: Told = found["ms"]
    known = [name for name in found["modules"] if not name.startswith(("__main", "tests"))]
    told["imports"] = float(run("-c", IMPORTS, given="\n".join(known)))
    return told


def main(people: int = 100_000, contacts: int = 500) -> int:
    """Make a hub, start on it three times, and say what it took."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from uuid import uuid4

    from tests.bench.window import fill
    from triage.practice.hub import open_practice

    with tempfile.TemporaryDirectory() as made:
        practice = open_practice(
            Path(made) / "practice",
            now=lambda: datetime.now(UTC),
            new_id=uuid4,
            population=people,
        )
        fill(practice, contacts)
        practice.close()
        told = starts(Path(made), 3)
    for name in ("window", "queue", "imports", "first queue"):
        taken = ", ".join(f"{t[name]:.0f}" for t in told)
        limit = f" (limit {LIMITS[name]:.0f})" if name in LIMITS else ""
        print(f"{name:12} {taken} ms{limit}")
    return int(any(t[name] > limit for t in told for name, limit in LIMITS.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == [PART]:
        sys.exit(one_start(Path(sys.argv[2]), float(sys.argv[3])))
    sys.exit(main(*(int(a) for a in sys.argv[1:3])))
