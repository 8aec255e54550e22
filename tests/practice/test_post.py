"""Practice partners answer by themselves, over real mail and MESH servers, each in its own way."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import PRACTICE_NOW
from triage.domain.request import InfoRequest, Onward, RequestState
from triage.practice.hub import PracticeHub
from triage.practice.post_partners import PracticePost
from triage.storage import requests
from triage.workflow import mailbox, request_board, request_open, sending
from triage.workflow import requests as asking
from triage.workflow.desk import Desk


@pytest.fixture
def post(practice: PracticeHub, tmp_path: Path) -> Iterator[PracticePost]:
    rules = practice.hub.profile.requests
    made = PracticePost(tmp_path / "post", rules, now=lambda: PRACTICE_NOW, pace=0.0)
    yield made
    made.stop()


def _desk(practice: PracticeHub, post: PracticePost) -> Desk:
    (ruth,) = [w for w in practice.hub.workers() if w.id == "rosei"]
    return replace(practice.hub.desk(ruth), post=post)


def _rows(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    return {
        group.title: [(row.agency_name, row.words) for row in group.rows]
        for group in request_board.board(desk).groups
    }


def test_the_board_opens_on_a_day_in_full_swing(practice: PracticeHub, post: PracticePost) -> None:
    rows = _rows(_desk(practice, post))
    assert ("Probation", "Not sent") in rows["Needs you"]
    assert ("Health", "50 min left") in rows["Needs you"]
    assert rows["Draft"] == [("Housing", "Not sent yet")]
    assert {name for name, _ in rows["Answered today"]} == {"Police", "Health", "Early help"}
    assert post.mailboxes() == ()  # nothing was started for looking


def test_partners_answer_what_is_sent_each_in_its_own_way(
    practice: PracticeHub, post: PracticePost
) -> None:
    desk = _desk(practice, post)
    contact = _rowe(desk)
    asked = {
        agency: _send(desk, contact, agency)
        for agency in ("housing", "police", "education", "probation", "early_help", "health")
    }
    went = sending.send_due(desk)
    assert {w.request.state for w in went} == {RequestState.SENT}, [w.message.words for w in went]
    post.settle()
    mailbox.look_into_mailboxes(desk, "desk-1")
    states = {agency: _now(desk, request).state for agency, request in asked.items()}
    assert states == {
        "housing": RequestState.ANSWERED,
        "police": RequestState.PART,
        "education": RequestState.PART,
        "probation": RequestState.NOT_SENT,
        "early_help": RequestState.NIL,
        "health": RequestState.ANSWERED,
    }
    (answer,) = request_open.look_again(desk, asked["housing"].id).answers
    assert "Carla Rowe" in answer.items[0].words
    assert answer.onward is Onward.ASK
    assert not any(x.contacts or x.to_place for x in mailbox.look_into_mailboxes(desk, "desk-1"))


def _rowe(desk: Desk) -> InfoRequest:
    with desk.store.read() as tx:
        (draft,) = requests.in_states(tx, [RequestState.DRAFT])
    return draft


def _send(desk: Desk, like: InfoRequest, agency: str) -> InfoRequest:
    begun = asking.start(desk, like.contact_id, agency)
    people = tuple(replace(p, why=p.why or "Named by the police.") for p in begun.people)
    return asking.send(desk, asking.keep_draft(desk, replace(begun, told="told", people=people)))


def _now(desk: Desk, request: InfoRequest) -> InfoRequest:
    with desk.store.read() as tx:
        return requests.get(tx, request.id)
