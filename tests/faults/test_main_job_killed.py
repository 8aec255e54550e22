"""The main job killed 300 times at chance moments of each act; `python -m tests.faults` goes on."""

from pathlib import Path

import pytest

from tests.faults import main_job
from tests.faults.killing import SAID, Killing

KILLS = 100


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", [4, 9, 16])
def test_killed_in_any_act_of_the_main_job_nothing_is_lost_and_nothing_done_twice(
    tmp_path: Path, seed: int
) -> None:
    run = Killing(tmp_path, seed=seed)
    run.run(KILLS)
    assert set(SAID) <= set(run.counts())
    fell = {moment.split()[0] for moment in run.moments}
    assert fell == set(main_job.STAGES), run.moments
    # Before an act began its first commit, and after.
    for late in ("0", "1"):
        assert sum(n for moment, n in run.moments.items() if moment.endswith(late)) > KILLS // 10
