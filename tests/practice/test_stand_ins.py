"""The practice council and partners beside the window: in a process of their own, and real."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import PRACTICE_NOW
from triage.domain.decision import OutboxState
from triage.domain.lookup import Outcome
from triage.practice.hub import PracticeHub, open_practice
from triage.practice.people import WORKERS
from triage.practice.stand_ins_apart import StandInsApart
from triage.workflow import export, match, people, queue, sign, to_sign
from triage.workflow.desk import Desk


@pytest.fixture
def apart() -> Iterator[StandInsApart]:
    process = StandInsApart()
    yield process
    process.close()


@pytest.fixture
def practice(practice_made: Path, tmp_path: Path, apart: StandInsApart) -> Iterator[PracticeHub]:
    folder = tmp_path / "practice"
    shutil.copytree(practice_made, folder)
    opened = open_practice(folder, now=lambda: PRACTICE_NOW, new_id=uuid4, apart=apart)
    yield opened
    opened.close()


def _leader(practice: PracticeHub) -> tuple[Desk, str]:
    worker, pin = WORKERS[1]
    return people.switch(practice.hub.desk(worker), worker.id, pin), pin


def test_no_server_of_the_council_or_a_partner_runs_in_the_windows_process(
    practice: PracticeHub,
) -> None:
    desk, _ = _leader(practice)
    row = next(r for r in queue.queue(desk).rows if "Maya" in r.title)
    found = match.look_up(desk, row.contact_id, partners=("nhs", "school_register"))
    assert {f.outcome for f in found if f.partner == "nhs"} >= {Outcome.FOUND}
    names = [thread.name for thread in threading.enumerate()]
    assert not [n for n in names if n.startswith(("practice-council", "practice-partner"))]


def test_council_apart_knows_the_hubs_keys_and_takes_what_is_signed(practice: PracticeHub) -> None:
    desk, pin = _leader(practice)
    waiting = to_sign.waiting(desk)
    row = next(iter((*waiting.ready_together, *waiting.one_by_one)))
    sign.look(desk, row.version_id)
    sign.approve(desk, row.version_id, comment="Clear.", pin=pin)
    (sent,) = export.deliver_due(desk)
    assert sent.state is OutboxState.ACCEPTED
    assert sent.case_number.startswith("NC-")


def test_decision_waits_where_the_hub_can_not_tell_its_keys(
    practice: PracticeHub, apart: StandInsApart
) -> None:
    def closed() -> dict[str, object]:
        raise RuntimeError

    desk, pin = _leader(practice)
    waiting = to_sign.waiting(desk)
    row = next(iter((*waiting.ready_together, *waiting.one_by_one)))
    sign.look(desk, row.version_id)
    sign.approve(desk, row.version_id, comment="Clear.", pin=pin)
    told, apart._hub_jwks = apart._hub_jwks, closed
    (sent,) = export.deliver_due(desk)
    assert sent.state not in (OutboxState.ACCEPTED, OutboxState.REJECTED)
    apart._hub_jwks = told
    for _ in range(2):  # it is asked whether it has the decision, and then given it
        at = sent.next_attempt_at or PRACTICE_NOW
        (sent,) = export.deliver_due(replace(desk, now=lambda at=at: at))  # type: ignore[misc]
    assert sent.state is OutboxState.ACCEPTED


def test_process_ends_with_whoever_started_it(tmp_path: Path) -> None:
    process = StandInsApart()
    process.listen(tmp_path, dict, PRACTICE_NOW.date())
    assert process._process.stdin is not None
    process._process.stdin.close()  # as the system does for a program that was killed
    assert process._process.wait(timeout=30) == 0
