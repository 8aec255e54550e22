"""A window killed while somebody types has all but the last second in the store."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from triage.practice.hub import open_practice
from triage.practice.people import WORKERS
from triage.workflow import decide

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("letters", [35, 90])
def test_window_killed_while_typing_keeps_everything_older_than_a_second(
    practice_made: Path, tmp_path: Path, letters: int
) -> None:
    folder = tmp_path / "practice"
    shutil.copytree(practice_made, folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.window_typist"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{folder}\n")
    process.stdin.flush()
    said = process.stdout.readline().split()
    assert said[:1] == ["typing"], said
    contact_id = UUID(said[1])
    typed: list[tuple[float, str]] = []
    while len(typed) < letters:
        letter = process.stdout.readline().strip()
        typed.append((time.monotonic(), letter))
    killed = time.monotonic()
    process.kill()
    process.stdout.close()
    process.stdin.close()
    assert process.wait() == -signal.SIGKILL

    older = "".join(letter for at, letter in typed if killed - at > 1.0)
    again = open_practice(folder, now=lambda: datetime.now(UTC), new_id=uuid4, population=60)
    try:
        draft = decide.decision_again(again.hub.desk(WORKERS[0][0]), contact_id)
        kept = draft.value("analysis")
    finally:
        again.close()
    assert isinstance(kept, str)
    assert len(older) >= 5
    assert kept.startswith(older), f"{len(older)} letters were older, {len(kept)} are kept"
