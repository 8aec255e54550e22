"""What the accessibility bus is told of the real window on a real display."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_PYTHON = "/usr/bin/python3"
NEEDED = {
    "xvfb": lambda: shutil.which("Xvfb"),
    "dbus-daemon": lambda: shutil.which("dbus-run-session"),
    "at-spi2-core": lambda: Path("/usr/share/dbus-1/services/org.a11y.Bus.service").exists(),
    "python3-pyatspi": lambda: (
        (
            subprocess.run(
                [SYSTEM_PYTHON, "-c", "import pyatspi"], check=False, capture_output=True
            )
        ).returncode
        == 0
    ),
}


@pytest.fixture
def display() -> Iterator[str]:
    """A display of the test's own, which tells its number once it is there."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        yield f":{server.stdout.readline().decode().strip()}"
        server.terminate()


def test_a_screen_reader_is_told_the_queue_and_can_begin_a_call(
    practice_made: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    missing = [package for package, there in NEEDED.items() if not there()]
    if missing:
        pytest.fail(
            f"What a screen reader is told needs {', '.join(missing)}. Install them, or run "
            "./installer/test, which does.",
            pytrace=False,
        )
    shutil.copytree(practice_made, tmp_path / "practice")
    (tmp_path / "runtime").mkdir(mode=0o700)
    window = [sys.executable, "-m", "tests.journeys.spoken_window", str(tmp_path / "practice")]
    reader = str(ROOT / "tests" / "journeys" / "spoken_reader.py")
    done = subprocess.run(
        ["dbus-run-session", "--", SYSTEM_PYTHON, reader, *window],
        cwd=ROOT,
        env={
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(tmp_path / "runtime"),
            "DISPLAY": request.getfixturevalue("display"),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert any(row.startswith("Red, Maya Rowe 7, + Theo 3, Domestic abuse") for row in told["rows"])
    assert [role for role, name in told["controls"] if not name] == []
    assert ["check box", "Privacy blur"] in told["controls"]
    assert told["after"] == "Who is calling?"
