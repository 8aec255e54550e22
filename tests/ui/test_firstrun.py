"""The first start: F8 walks the four steps and the button that starts; five keys are counted."""

from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.decision import northmere
from triage.domain.worker import Role, Worker
from ui.firstrun.screen import FirstRunScreen
from ui.shell.window import MainWindow
from ui.tour_drive import click, find, focused, name_of, press
from ui.widgets.buttons import Button

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RUTH = Worker(
    id="rosei",
    name="Ruth Osei",
    role=Role.CONTACT_OFFICER,
    job="Contact officer",
    team="Front door, days",
)
ROUND = ("I know that", "Five keys", "Start practising", "Name", "Light, bright", "I know that")


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow("Northmere MASH", lambda: NOON, practice=True)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.add_screen("first-run", FirstRunScreen(RUTH, northmere()), "Welcome", tab=False)
    made.show_screen("first-run")
    return made


def first_run(window: MainWindow) -> FirstRunScreen:
    screen = window.screen_of("first-run")
    assert isinstance(screen, FirstRunScreen)
    return screen


def test_f8_walks_the_steps_from_the_second_and_shift_f8_walks_back(window: MainWindow) -> None:
    assert name_of(focused()).startswith("Light")
    for wanted in ROUND:
        press(focused(), "F8")
        assert name_of(focused()).startswith(wanted)
    for wanted in ROUND[-2::-1]:
        press(focused(), "Shift+F8")
        assert name_of(focused()).startswith(wanted)
    screen = first_run(window)
    assert screen.meter_words.text() == "2 of 4 done · on step 3"


def test_the_buttons_walk_as_the_keys_do(window: MainWindow) -> None:
    screen = first_run(window)
    click(find(window, "Next step", Button))
    assert screen.known.hasFocus()
    click(find(window, "Next step", Button))
    assert screen.trial.hasFocus()
    click(find(window, "Back", Button))
    assert screen.known.hasFocus()
    assert screen.trial.tried() == 0  # a click is no press of the key


def test_going_on_takes_the_look_that_is_shown_and_never_ticks_for_a_person(
    window: MainWindow,
) -> None:
    screen = first_run(window)
    press(focused(), "Shift+F8")
    assert not screen.steps[1].done
    for _ in range(4):
        press(focused(), "F8")
    assert screen.steps[1].done
    assert not screen.known.isChecked()
    assert [step.done for step in screen.steps] == [True, True, False, False]


def test_each_of_the_five_keys_counts_once_it_is_pressed(window: MainWindow) -> None:
    screen = first_run(window)
    for count, key in enumerate(("F6", "F8", "Ctrl+K", "F1", "F9"), start=1):
        press(focused(), key)
        assert screen.trial.tried() == count
    assert "F9: Hide the screen, tried" in screen.trial.accessibleDescription()
    assert not window.blurred
    assert QApplication.activeModalWidget() is None
    assert screen.steps[3].done
