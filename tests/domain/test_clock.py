"""Clocks count the hub's working time, through half days, holidays and the change of the clocks."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain.values import AT, HOURS, clock, contact, profile
from triage.domain.clock import (
    add_working_days,
    add_working_minutes,
    clocks,
    due,
    leading,
    open_span,
    state,
    working_minutes,
)
from triage.domain.contact import ContactState
from triage.domain.errors import FanlightError
from triage.domain.profile import ClockUnit, WorkingTime

LONDON = ZoneInfo("Europe/London")
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)
MINUTES = st.integers(0, 6000)
NIGHTS = WorkingTime(week=dict.fromkeys(range(7), (time(0, 30), time(23, 30))))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[misc,arg-type]


def open_at(moment: datetime, hours: WorkingTime) -> bool:
    span = open_span(moment.astimezone(ZoneInfo(hours.zone)).date(), hours)
    return span is not None and span[0] <= moment <= span[1]


@given(MOMENTS, MINUTES)
def test_adding_working_time_never_lands_outside_the_hours(start: datetime, minutes: int) -> None:
    assert open_at(add_working_minutes(start, minutes, HOURS), HOURS)


@given(MOMENTS, MINUTES, MINUTES)
def test_more_working_time_is_never_due_earlier(start: datetime, one: int, two: int) -> None:
    sooner, later = sorted((one, two))
    assert add_working_minutes(start, sooner, HOURS) <= add_working_minutes(start, later, HOURS)


@given(MOMENTS, MOMENTS, MINUTES)
def test_what_arrives_later_is_never_due_earlier(
    one: datetime, two: datetime, minutes: int
) -> None:
    first, second = sorted((one, two))
    rule = clock(minutes // 600 + 1, ClockUnit.WORKING_DAYS)
    assert add_working_minutes(first, minutes, HOURS) <= add_working_minutes(second, minutes, HOURS)
    assert due(first, rule, HOURS).date() <= due(second, rule, HOURS).date()


@given(MOMENTS, MINUTES)
def test_the_minutes_added_are_the_minutes_that_pass(start: datetime, minutes: int) -> None:
    assert working_minutes(start, add_working_minutes(start, minutes, HOURS), HOURS) == minutes


@given(MOMENTS, MINUTES)
def test_working_time_is_never_due_before_elapsed_time(start: datetime, minutes: int) -> None:
    elapsed = due(start, clock(minutes / 60, ClockUnit.ELAPSED), HOURS)
    assert add_working_minutes(start, minutes, HOURS) >= elapsed - timedelta(seconds=1)


@given(MOMENTS, MOMENTS)
def test_working_minutes_run_the_same_both_ways(one: datetime, two: datetime) -> None:
    assert working_minutes(one, two, HOURS) == -working_minutes(two, one, HOURS)


@given(MOMENTS, st.integers(0, 30))
def test_working_days_end_on_an_open_day(start: datetime, days: int) -> None:
    assert open_at(add_working_days(start, days, HOURS), HOURS)


@pytest.mark.parametrize(
    ("start", "minutes", "at"),
    [
        # Wednesday 23 December 16:00: an hour that day, three on the half day, then over
        # Christmas, the weekend and the substitute holiday to Tuesday.
        (local(2026, 12, 23, 16), 5 * 60, local(2026, 12, 29, 10)),
        # Friday after closing: the first hour ends on Monday at ten.
        (local(2026, 11, 27, 18), 60, local(2026, 11, 30, 10)),
        (local(2026, 11, 27, 16), 60, local(2026, 11, 30, 9, 30)),
        (local(2026, 11, 24, 9), 8 * 60, local(2026, 11, 24, 17)),
    ],
)
def test_working_hours_by_hand(start: datetime, minutes: int, at: datetime) -> None:
    assert add_working_minutes(start, minutes, HOURS) == at


@pytest.mark.parametrize(
    ("start", "days", "at"),
    [
        (local(2026, 11, 24, 10, 20), 1, local(2026, 11, 25, 10, 20)),
        (local(2026, 11, 27, 18), 1, local(2026, 12, 1, 9)),
        (local(2026, 12, 23, 15), 1, local(2026, 12, 24, 12)),
        (local(2026, 12, 24, 11), 1, local(2026, 12, 29, 11)),
        # Friday closes at half past four; what came on Thursday at five is due then.
        (local(2026, 11, 26, 16, 45), 1, local(2026, 11, 27, 16, 30)),
        # Clocks go back on 25 October and forward on 28 March: ten is ten on both sides.
        (local(2026, 10, 23, 10), 1, local(2026, 10, 26, 10)),
        (local(2026, 3, 27, 10), 1, local(2026, 3, 30, 10)),
    ],
)
def test_working_days_by_hand(start: datetime, days: int, at: datetime) -> None:
    assert add_working_days(start, days, HOURS) == at


def test_a_half_day_that_falls_on_a_weekend_does_not_open_the_hub() -> None:
    assert open_span(date(2026, 12, 26), HOURS) is None


def test_four_elapsed_hours_are_four_hours_when_the_clocks_change() -> None:
    rule = clock(4, ClockUnit.ELAPSED)
    assert due(local(2026, 3, 28, 23), rule, HOURS) == local(2026, 3, 29, 4)
    assert due(local(2026, 10, 24, 23), rule, HOURS) == local(2026, 10, 25, 2)


def test_an_hour_won_or_lost_at_night_is_counted_once() -> None:
    assert working_minutes(local(2026, 3, 29, 0, 30), local(2026, 3, 29, 23, 30), NIGHTS) == 22 * 60
    assert working_minutes(local(2026, 10, 25, 0, 30), local(2026, 10, 25, 23, 30), NIGHTS) == (
        24 * 60
    )


def test_hours_that_hold_no_time_are_said_instead_of_searched_for_ever() -> None:
    never = replace(HOURS, week={})
    with pytest.raises(FanlightError, match=r"hours\.toml"):
        add_working_minutes(AT, 1, never)
    with pytest.raises(FanlightError, match=r"hours\.toml"):
        add_working_days(AT, 1, never)


@pytest.mark.parametrize(
    ("now", "standing", "words"),
    [
        (local(2026, 11, 24, 9), "normal", "3 h 52 min left"),
        (local(2026, 11, 24, 11, 42), "soon", "1 h 10 min left"),
        (local(2026, 11, 24, 12, 40), "soon", "12 min left"),
        (local(2026, 11, 24, 12, 52), "soon", "Due now"),
        (local(2026, 11, 24, 13, 10), "over", "18 min over"),
        (local(2026, 11, 24, 12, 52, 30), "over", "1 min over"),
    ],
)
def test_red_says_what_is_left_in_elapsed_time(now: datetime, standing: str, words: str) -> None:
    got = state(clock(4, ClockUnit.ELAPSED), AT, now, HOURS)
    assert (got.state, got.words) == (standing, words)


def test_another_day_is_said_as_day_and_time() -> None:
    rule = clock(1, ClockUnit.WORKING_DAYS)
    now = local(2026, 11, 24, 11, 42)
    assert state(rule, local(2026, 11, 24, 10, 20), now, HOURS).words == "Wed 10:20"
    later = clock(6, ClockUnit.WORKING_DAYS)
    assert state(later, local(2026, 11, 24, 10, 20), now, HOURS).words == "Wed 2 Dec 10:20"


def test_a_red_over_midnight_still_says_its_minutes() -> None:
    got = state(
        clock(4, ClockUnit.ELAPSED), local(2026, 11, 24, 21), local(2026, 11, 24, 23, 30), HOURS
    )
    assert got.words == "1 h 30 min left"


def test_working_minutes_left_skip_the_weekend() -> None:
    rule = clock(1, ClockUnit.WORKING_HOURS)
    got = state(rule, local(2026, 11, 27, 16), local(2026, 11, 28, 12), HOURS)
    assert (got.left_minutes, got.state, got.words) == (30, "soon", "Mon 09:30")


def test_a_pause_silences_the_local_clock_but_never_a_statutory_one() -> None:
    local_rule = clock(1, ClockUnit.ELAPSED)
    assert state(local_rule, AT, AT + timedelta(days=1), HOURS, True).words == "Paused"
    statutory = replace(local_rule, pauses=False)
    assert state(statutory, AT, AT + timedelta(days=1), HOURS, True).state == "over"


RULES = (
    clock(4, ClockUnit.ELAPSED, id="red", rating="red"),
    clock(3, ClockUnit.WORKING_DAYS, id="green", rating="green"),
    clock(4, ClockUnit.WORKING_HOURS, id="unrated", rating="unrated"),
    clock(1, ClockUnit.WORKING_DAYS, id="statutory", pauses=False),
    clock(2, ClockUnit.ELAPSED, id="partner", start="asked", leads=False),
    clock(1, ClockUnit.ELAPSED, id="since_rating", start="rated", leads=False),
)


def running(now: datetime, **more: object) -> list[str]:
    return [c.rule.id for c in clocks(profile(clocks=RULES), contact(**more), now)]


def test_each_rating_has_its_own_clocks_and_none_has_that_for_the_unrated() -> None:
    assert running(AT) == ["unrated", "statutory"]
    assert running(AT, rating="red", rated_at=AT) == ["red", "statutory", "since_rating"]
    assert running(AT, rating="red", state=ContactState.SIGNED) == []
    asked = clocks(profile(clocks=RULES), contact(rating="red"), AT, asked_at=AT)
    assert [c.rule.id for c in asked] == ["red", "statutory", "partner"]


def test_due_times_kept_from_before_say_the_same() -> None:
    dues: dict[tuple[str, datetime], datetime] = {}
    hub, case, later = profile(clocks=RULES), contact(rating="red"), AT + timedelta(hours=3)
    first = clocks(hub, case, AT, dues=dues)
    again = clocks(hub, case, later, dues=dues)
    assert [c.due for c in again] == [c.due for c in first]
    assert again == clocks(hub, case, later)


def test_three_days_of_green_never_hide_that_one_working_day_has_passed() -> None:
    states = clocks(profile(clocks=RULES), contact(rating="green"), AT + timedelta(hours=30))
    lead = leading(states)
    assert lead is not None
    assert (lead.rule.id, lead.state) == ("statutory", "over")


def test_a_pause_shows_on_the_row_until_something_presses() -> None:
    case = contact(rating="green", paused_reason="Waiting for the school")
    early = leading(clocks(profile(clocks=RULES), case, AT))
    late = leading(clocks(profile(clocks=RULES), case, AT + timedelta(hours=23)))
    assert early is not None
    assert late is not None
    assert (early.state, late.rule.id) == ("paused", "statutory")


def test_no_clock_leads_where_none_runs() -> None:
    assert leading(()) is None


@given(MOMENTS, st.integers(-90_000, 400_000), st.sampled_from(ClockUnit), st.floats(0, 0.999))
def test_a_clock_stands_on_one_day_as_long_as_it_says(
    start: datetime, gone: int, unit: ClockUnit, part: float
) -> None:
    rule, now = clock(3, unit), start + timedelta(seconds=gone)
    stood = state(rule, start, now, HOURS)
    later = now + (stood.until - now) * part
    zone = ZoneInfo(HOURS.zone)
    assume(later.astimezone(zone).date() == now.astimezone(zone).date())
    assert state(rule, start, later, HOURS) == stood
    assert timedelta() <= stood.until - now <= timedelta(minutes=1)


def test_a_clock_says_no_longer_than_to_the_group_of_the_next_two_hours() -> None:
    at, now = local(2026, 6, 9, 9, 30, 20), local(2026, 6, 9, 7, 30, 10)  # before the hub opens
    stood = state(clock(3, ClockUnit.WORKING_HOURS), AT, now, HOURS, at=at)
    assert stood.until == now + timedelta(seconds=10)
