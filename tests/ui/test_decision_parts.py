"""Days as people type them, and the readable rules of prompts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from triage.domain.profile import Code, Question, QuestionKind
from triage.domain.spelling import spell_kept
from ui.triage.parts.controls import control_for
from ui.triage.parts.form import _taken_from
from ui.triage.parts.moments import read_day, read_moment

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("24 Nov 2026 14:30", "2026-11-24T14:30"),
        ("24 november 14.30", "2026-11-24T14:30"),
        ("25th Nov at 9:05", "2026-11-25T09:05"),
        ("3/12/2026 09:05", "2026-12-03T09:05"),
        ("3/12/26, 9:05", "2026-12-03T09:05"),
        ("2026-12-03 09:05", "2026-12-03T09:05"),
        ("14:30", "2026-11-24T14:30"),
        ("tomorrow 9:00", "2026-11-25T09:00"),
        ("tonight at 20:00", "2026-11-24T20:00"),
        ("24 Nov 2026", None),
        ("soon", None),
        ("31 Feb 2026 10:00", None),
        ("24 Nov 2026 25:00", None),
        ("24 Smarch 2026 10:00", None),
        ("", None),
    ],
)
def test_a_day_and_time_is_read_as_people_write_it(words: str, kept: str | None) -> None:
    assert read_moment(words, TODAY) == kept


@given(st.datetimes().map(lambda d: d.replace(second=0, microsecond=0, year=2026 + d.year % 70)))
def test_what_is_shown_is_read_back_the_same(at: object) -> None:
    kept = f"{at:%Y-%m-%dT%H:%M}"
    assert read_moment(spell_kept(kept), TODAY) == kept


@given(st.text())
def test_any_words_at_all_are_a_day_or_none(words: str) -> None:
    for read in (read_day, read_moment):
        found = read(words, TODAY)
        assert found is None or date.fromisoformat(found[:10])


def test_words_that_are_no_day_are_shown_as_typed() -> None:
    assert spell_kept("after school") == "after school"
    assert spell_kept("2026-11-24") == "24 Nov 2026"


def test_a_level_within_a_level_is_offered_once_its_own_is_chosen(qtbot: QtBot) -> None:
    asked = Question(id="level", label="Level", kind=QuestionKind.CHOICE, widget="level")
    control = control_for(asked, "Level of need")
    qtbot.addWidget(control)
    control.set_codes(
        [
            Code(code="1", label="1 Universal"),
            Code(code="2", label="2 Early help"),
            Code(code="2a", label="2a Single agency", parent="2"),
            Code(code="2b", label="2b Several agencies", parent="2"),
        ]
    )
    control.resize(600, 90)
    control.show()
    kept: list[object] = []
    control.chosen.connect(kept.append)
    names = {b.accessibleName(): b for b in control.findChildren(QAbstractButton)}
    assert "2a Single agency" not in names
    names["2 Early help"].click()
    within = {b.accessibleName(): b for b in control.findChildren(QAbstractButton)}
    assert within["2a Single agency"].isVisible()
    assert control.value() == "2"
    within["2b Several agencies"].click()
    assert (control.value(), kept) == ("2b", ["2", "2b"])
    assert within["2 Early help"].isChecked()
    names["1 Universal"].click()
    assert control.value() == "1"
    assert not within["2b Several agencies"].isVisible()
    control.put("2a")
    again = {b.accessibleName(): b for b in control.findChildren(QAbstractButton)}
    assert again["2 Early help"].isChecked()
    assert again["2a Single agency"].isChecked()


def test_year_of_the_threshold_document_never_stands_alone_on_a_line() -> None:
    told = _taken_from("Northmere Right Help, Right Time, version 4.2, September 2026")
    assert told.split(" ")[-1] == "September\N{NO-BREAK SPACE}2026"
    assert told.startswith("By Northmere Right Help")
    assert _taken_from("Thresholds") == "By\N{NO-BREAK SPACE}Thresholds"
