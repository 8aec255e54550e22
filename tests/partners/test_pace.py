"""Limiter, breaker and retry budget on a clock that is passed in."""

from hypothesis import given
from hypothesis import strategies as st

from triage.partners.pace import Breaker, Limiter, RetryBudget


def test_twelve_questions_at_four_a_second_with_a_burst_of_four_take_two_seconds() -> None:
    limiter = Limiter(4, 4)
    waits = [limiter.wait(100.0, 60) for _ in range(12)]
    assert waits[:4] == [0.0] * 4
    assert waits[-1] == 2.0


@given(st.lists(st.floats(0, 2), min_size=1, max_size=60))
def test_never_more_than_the_burst_and_the_rate_allow(gaps: list[float]) -> None:
    limiter, now, went = Limiter(4, 4), 0.0, []
    for gap in gaps:
        now += gap
        wait = limiter.wait(now, 1e9)
        assert wait is not None
        went.append(now + wait)
    for at, first in enumerate(went):
        within = [w for w in went[at:] if w < first + 1 - 1e-6]
        assert len(within) <= 4 + 4


def test_a_turn_that_would_come_too_late_is_not_taken() -> None:
    limiter = Limiter(1, 1)
    assert limiter.wait(0.0, 5) == 0.0
    assert limiter.wait(0.0, 0.5) is None
    assert limiter.wait(0.0, 5) == 1.0


def test_a_breaker_pauses_after_its_failures_and_one_more_pauses_it_anew() -> None:
    breaker = Breaker(3, 30)
    for _ in range(2):
        breaker.failed(100)
    assert breaker.paused_until(100) is None
    breaker.failed(100)
    assert breaker.paused_until(129) == 130
    assert breaker.paused_until(130) is None
    breaker.failed(140)
    assert breaker.paused_until(140) == 170
    breaker.worked()
    breaker.failed(141)
    assert breaker.paused_until(141) is None


def test_one_in_ten_may_be_tried_again_and_one_a_minute_anyhow() -> None:
    budget = RetryBudget()
    budget.asked(0)
    assert budget.may_again(0)
    assert not budget.may_again(1)
    for at in range(1, 40):
        budget.asked(at)
    assert [budget.may_again(40) for _ in range(4)] == [True, True, True, False]
    assert budget.may_again(200)
