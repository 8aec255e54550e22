"""Where a request stands by what was said to it; silence and not known are never a no."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factory import NOW, numbered
from triage.domain.request import (
    AWAITED,
    SETTLED,
    AnswerItem,
    AnswerPlace,
    InfoRequest,
    Onward,
    PartnerAnswer,
    RequestState,
    Standing,
    Via,
    may_become,
    settle,
)

new_id = numbered("request")


def _answer(*said: tuple[int, Standing]) -> PartnerAnswer:
    return PartnerAnswer(
        id=new_id(),
        request_id=None,
        place=AnswerPlace.PLACED,
        via=Via.EMAIL,
        received_at=NOW,
        items=tuple(AnswerItem(number=n, question=f"Question {n}", standing=s) for n, s in said),
    )


def _request(state: RequestState = RequestState.SENT) -> InfoRequest:
    return InfoRequest(
        id=new_id(),
        reference="R-26-00001",
        contact_id=new_id(),
        agency="housing",
        desk="tenancy",
        via=Via.EMAIL,
        state=state,
        created_by="rosei",
        created_at=NOW,
        due_at=NOW,
    )


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ((Standing.KNOWN, Standing.KNOWN), RequestState.ANSWERED),
        ((Standing.NIL, Standing.NIL), RequestState.NIL),
        ((Standing.NIL, Standing.KNOWN), RequestState.ANSWERED),
        ((Standing.NOT_KNOWN, Standing.NOT_KNOWN), RequestState.ANSWERED),
        ((Standing.REFUSED, Standing.REFUSED), RequestState.REFUSED),
        ((Standing.REFUSED, Standing.KNOWN), RequestState.PART),
        ((Standing.BLANK, Standing.KNOWN), RequestState.PART),
        ((Standing.BLANK, Standing.NIL), RequestState.PART),
    ],
)
def test_an_answer_settles_a_request_only_where_every_question_got_one(
    said: tuple[Standing, ...], state: RequestState
) -> None:
    assert settle(2, (_answer(*enumerate(said, 1)),)) is state


def test_the_rest_of_a_part_answer_makes_it_whole() -> None:
    first = _answer((1, Standing.KNOWN), (2, Standing.BLANK))
    rest = _answer((1, Standing.BLANK), (2, Standing.NIL))
    assert settle(2, (first,)) is RequestState.PART
    assert settle(2, (first, rest)) is RequestState.ANSWERED


@given(
    st.lists(st.lists(st.sampled_from(Standing), min_size=3, max_size=3), min_size=1, max_size=4)
)
def test_no_order_of_answers_turns_silence_into_a_nil_return(told: list[list[Standing]]) -> None:
    answers = tuple(_answer(*enumerate(said, 1)) for said in told)
    state = settle(3, answers)
    assert state is settle(3, answers[::-1])
    if state is RequestState.NIL:
        for number in range(3):
            assert any(said[number] is Standing.NIL for said in told)


@given(st.sampled_from(RequestState))
def test_no_machine_moves_what_a_person_answered(then: RequestState) -> None:
    for state in SETTLED:
        if then not in SETTLED | {RequestState.PART}:
            assert not may_become(state, then)


def test_an_answer_may_come_late_but_never_to_a_draft() -> None:
    for state in AWAITED | SETTLED | {RequestState.NOT_SENT}:
        assert may_become(state, RequestState.ANSWERED)
    assert not may_become(RequestState.DRAFT, RequestState.ANSWERED)
    assert not may_become(RequestState.WITHDRAWN, RequestState.ANSWERED)


def test_overdue_is_only_what_is_awaited_beyond_its_time() -> None:
    later = NOW + timedelta(minutes=1)
    assert _request().overdue(later)
    assert not _request().overdue(NOW)
    assert not _request(RequestState.NIL).overdue(later)
    assert not _request(RequestState.DRAFT).overdue(later)


def test_a_limit_that_was_not_said_is_not_a_licence() -> None:
    assert "ask before" in _answer().limit
    never = PartnerAnswer(
        id=new_id(),
        request_id=None,
        place=AnswerPlace.PLACED,
        via=Via.EMAIL,
        received_at=NOW,
        onward=Onward.NEVER,
        onward_words="Not to the father.",
    )
    assert never.limit == "Not to be passed on. “Not to the father.”"
