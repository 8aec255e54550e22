"""What has not changed is not laid out or painted again."""

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.triage_room import Room, searched
from triage.domain.contact import Contact
from triage.workflow import concerns, decide
from ui.triage.story import StoryView
from ui.widgets.meter import Meter, Part


class CountingMeter(Meter):
    """A meter that counts how often it is painted."""

    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1
        super().paintEvent(event)


def test_a_meter_waits_for_its_turn_to_be_painted(qtbot: QtBot) -> None:
    meter = CountingMeter()
    qtbot.addWidget(meter)
    meter.set_parts(["needed"] * 13)
    meter.show()
    QApplication.processEvents()
    before = meter.painted
    parts: list[Part] = ["done"] * 12
    meter.set_parts([*parts, "needed"])
    assert meter.painted == before
    assert meter.value() == 12
    QApplication.processEvents()
    assert meter.painted > before


@pytest.fixture
def shown(room: Room, monkeypatch: pytest.MonkeyPatch) -> tuple[Contact, list[StoryView]]:
    """A contact that is open, and each story shown from then on."""
    contact, told = searched(room), []
    show = room.screen.story.show_view

    def note(view: StoryView, person: str) -> None:
        told.append(view)
        show(view, person)

    monkeypatch.setattr(room.screen.story, "show_view", note)
    return contact, told


def test_a_story_that_is_as_it_was_is_not_shown_again(
    room: Room,
    shown: tuple[Contact, list[StoryView]],
) -> None:
    room.screen.reader.look_again()
    room.settled()
    assert shown[1] == []


def test_a_story_that_has_changed_is(
    room: Room,
    shown: tuple[Contact, list[StoryView]],
) -> None:
    contact, told = shown
    concerns.name_concerns(room.desk, contact.id, ())
    room.screen.reader.look_again()
    room.wait(lambda: told and told[-1].concerns == ())


def test_what_was_tried_and_refused_is_put_back(
    room: Room,
    shown: tuple[Contact, list[StoryView]],
) -> None:
    room.screen._refused("That could not be kept.")
    room.wait(lambda: bool(shown[1]))


def test_a_form_that_is_as_it_was_is_not_laid_out_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = searched(room)
    laid: list[str] = []
    lay = room.screen.decision.form.lay_part

    def note(part: str) -> None:
        laid.append(part)
        lay(part)

    monkeypatch.setattr(room.screen.decision.form, "lay_part", note)
    room.screen.reader.look_again()
    room.settled()
    assert laid == []
    decide.save_answer(room.desk, contact.id, "analysis", "Maya took charge.", 0)
    room.screen.reader.look_again()
    room.wait(lambda: laid)
