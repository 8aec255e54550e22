"""While the window is locked nothing of a family is in sight, on the clipboard or in a title."""

import logging
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests import factory
from tests.ui.triage_room import Room
from ui.shell.dialogs import AskBox
from ui.shell.window import MainWindow
from ui.triage.boxes import ReasonBox

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow("Northmere", lambda: NOON, practice=True, idle_lock=False)
    qtbot.addWidget(made)
    made.set_user("Ruth Osei", "Contact officer")
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def opened(window: MainWindow) -> ReasonBox:
    box = ReasonBox(window, "Restrict: Maya Rowe", "Why?", "Restrict it")
    box.open()
    box.why.setPlainText("Her aunt works here")
    return box


def test_an_open_box_is_out_of_sight_and_back_with_what_was_typed(window: MainWindow) -> None:
    box = opened(window)
    window.lock()
    assert not box.isVisible()
    window.unlock()
    assert box.isVisible()
    assert box.why.toPlainText() == "Her aunt works here"
    box.done(0)


def test_for_somebody_else_it_is_closed(window: MainWindow) -> None:
    box = opened(window)
    told: list[str] = []
    box.answered.connect(told.append)
    window.lock()
    window.set_user("Tom Bell", "Contact officer")
    window.unlock()
    assert told == ["cancel"]
    assert not [
        w for w in QApplication.topLevelWidgets() if isinstance(w, AskBox) and w.isVisible()
    ]


def test_what_was_copied_here_is_gone_with_the_lock(window: MainWindow) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("Maya Rowe, 14 Larch Court")
    window.lock()
    assert clipboard.text() == ""
    window.unlock()


def test_what_another_program_copied_stays(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    clipboard = QGuiApplication.clipboard()
    monkeypatch.setattr(QGuiApplication, "focusWindow", lambda: None)
    clipboard.setText("Copied in another program")
    window.lock()
    assert clipboard.text() == "Copied in another program"
    window.unlock()


def test_no_title_of_a_window_and_no_line_of_the_log_names_a_family(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    contact = room.bring(factory.contact())
    room.show()
    room.open(contact)
    box = opened(room.window)
    titles = [w.windowTitle() for w in QApplication.topLevelWidgets()]
    assert any(titles)
    box.done(0)
    room.settled()
    for word in ("Maya", "Rowe", contact.reference):
        assert word not in " ".join(titles)
        assert word not in caplog.text
