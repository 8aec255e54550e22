"""The main job killed at chance moments, again and again. `python -m tests.faults 300` goes on."""

from pathlib import Path

import pytest

from tests.faults.killing import Killing

KILLS = 8


@pytest.mark.parametrize("seed", [4, 9, 16])
def test_killed_at_any_moment_the_main_job_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, seed: int
) -> None:
    run = Killing(tmp_path, seed=seed)
    run.run(KILLS)
    assert {"received", "answered", "proposed", "signed", "accepted"} <= set(run.counts())
