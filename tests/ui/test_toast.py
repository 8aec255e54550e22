"""What the line at the bottom says of what was done, of what was not, and for how long."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Plain
from ui.shell.window import MainWindow
from ui.widgets import toast as toasts
from ui.widgets.text import Text

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow("Northmere", lambda: NOON, idle_lock=False)
    for key in ("first", "second"):
        made.add_screen(key, Plain(), key.title())
    made.resize(1366, 768)
    made.show()
    made.show_screen("first")
    qtbot.waitUntil(made.isVisible)
    yield made
    made.close()
    made.deleteLater()


def _mark(window: MainWindow) -> str:
    shown = [t.text() for t in window.toast.findChildren(Text) if t.isVisible()]
    return f"{window.toast._icon}: {' '.join(shown)}"


def test_a_refusal_has_a_mark_and_a_word_of_its_own_and_a_reader_hears_both(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(toasts, "announce", lambda _of, words, **_kind: heard.append(words))
    first = window.screen_of("first")
    assert isinstance(first, Plain)
    first.refused.emit("Choose a service first.")
    assert _mark(window) == "triangle-alert: Not done Choose a service first."
    first.noted.emit("That is the last contact.")
    assert _mark(window) == "info: That is the last contact."
    first.said.emit("C-26-00011 is signed.")
    assert _mark(window) == "check: C-26-00011 is signed."
    assert heard == [
        "Not done. Choose a service first.",
        "That is the last contact.",
        "C-26-00011 is signed.",
    ]


def test_a_refusal_goes_with_its_screen_but_not_before_it_could_be_read(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.toast.refuse("Choose a service first.")
    window.show_screen("second")
    assert window.toast.isVisible(), "it was said a moment ago"
    assert window.toast._timer.remainingTime() < 1.5 * toasts.LEAST_MS
    monkeypatch.setattr(toasts, "LEAST_MS", 0)
    window.toast.refuse("Choose a service first.")
    window.show_screen("first")
    qtbot.waitUntil(lambda: not window.toast.isVisible())
    window.toast.say("C-26-00011 is signed.")
    window.show_screen("second")
    assert window.toast._timer.remainingTime() > 5000, "what was done goes along"


def test_who_sits_down_is_told_nothing_that_was_said_to_the_one_before(
    window: MainWindow,
) -> None:
    window.set_user("Ruth Osei", "Contact officer")
    window.toast.say("Sent for sign-off. A team leader sees it now.")
    window.set_user("Ruth Osei", "Contact officer")
    assert window.toast.isVisible()
    window.set_user("Priya Nandra", "Team leader")
    assert not window.toast.isVisible()
