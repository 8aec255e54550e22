"""Days read the same on every computer."""

from datetime import UTC, date, datetime

from triage.domain.spelling import (
    counted,
    spell_day,
    spell_kept,
    spell_long_day,
    spell_moment,
    spell_short_day,
)

DAY = date(2026, 3, 4)


def test_a_day_is_spelt_short_plain_and_long() -> None:
    assert spell_short_day(DAY) == "4 Mar"
    assert spell_day(DAY) == "4 Mar 2026"
    assert spell_long_day(DAY) == "4 March 2026"
    assert spell_moment(datetime(2026, 3, 4, 9, 5, tzinfo=UTC)) == "4 Mar 2026 09:05"


def test_kept_days_and_moments_are_spelt_and_other_words_left() -> None:
    assert spell_kept("2026-11-24") == "24 Nov 2026"
    assert spell_kept("2026-11-24T14:30") == "24 Nov 2026 14:30"
    assert spell_kept("after school") == "after school"
    assert spell_kept("") == ""


def test_one_thing_is_no_plural() -> None:
    assert [counted(n, "event") for n in (0, 1, 2)] == ["0 events", "1 event", "2 events"]
