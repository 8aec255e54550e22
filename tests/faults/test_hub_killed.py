"""The main job at a hub killed at chance moments; `python -m tests.faults 1000 --hub` goes on."""

from pathlib import Path

import pytest

from tests import postgresql
from tests.faults import main_job
from tests.faults.hub_killing import HubKilling
from tests.faults.killing import AT_HUB_SAID, SAID

KILLS = 60


@pytest.mark.timeout(600)
def test_killed_in_any_act_at_a_hub_nothing_is_lost_and_nothing_done_twice(tmp_path: Path) -> None:
    with postgresql.serving(synchronous_commit="on") as server:
        run = HubKilling(tmp_path, 25, server)
        run.run(KILLS)
    assert {*SAID, *AT_HUB_SAID} <= set(run.counts())
    aimed = {moment.split()[0] for moment in run.aimed}
    assert aimed == {*main_job.STAGES, *main_job.AT_HUB}, run.aimed
    assert run.struck == {"desk": 20, "lines": 20, "server": 10, "itself": 10}
    # Of what was in the journal afterwards, some was at the hub already and most was not.
    assert 10 <= run.taken < run.waited
