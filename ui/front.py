"""The window before there is a hub in it: shown at once, saying what is being done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from triage.domain.spelling import counted
from ui.shell.screen import Screen
from ui.shell.status_bar import NOTHING_TO_SAVE
from ui.shell.window import MainWindow
from ui.theme import theme
from ui.widgets.pane import Pane
from ui.widgets.states import StateView
from ui.widgets.toast import announce

KEY = "opening"


class _OpeningScreen(Screen):
    """What is being done before there is a queue to show."""

    def __init__(self) -> None:
        super().__init__()
        self.state = StateView()
        pane = Pane()
        pane.body.addWidget(self.state)
        column = QVBoxLayout(self)
        edge = theme().px(8)
        column.setContentsMargins(edge, edge, edge, edge)
        column.addWidget(pane)


class Front(QObject):
    """The program's window with nothing but a sentence in it. `clock` gives aware UTC.

    It needs nothing of the hub, so it can be there while the hub is being opened. `again_asked`
    tells that it is to be tried again now, `kept_asked` that what was typed here is to be shown.
    """

    again_asked = Signal()
    kept_asked = Signal()

    def __init__(self, clock: Callable[[], datetime], *, practice: bool = True) -> None:
        super().__init__()
        self.window = MainWindow(KEY, clock, practice=practice)
        self._screen: _OpeningScreen | None = _OpeningScreen()
        self._screen.state.acted.connect(self._acted)
        self.window.add_screen(KEY, self._screen, "Opening", tab=False)
        self.window.show_screen(KEY)

    def show(self) -> None:
        """Show the window, as large as the screen allows."""
        self.say("One moment.")
        self.window.resize(theme().px(1600), theme().px(900))
        self.window.showMaximized()

    def say(self, words: str) -> None:
        """A sentence about what is being done before the queue comes; nothing once it is there."""
        if self._screen is not None:
            self._screen.state.show_words("fanlight", "Opening Fanlight", words)

    def _acted(self, key: str) -> None:
        (self.kept_asked if key == "kept" else self.again_asked).emit()

    def say_away(self, title: str, words: str, *, kept: int) -> None:
        """Why the queue can't come yet, in a title and words; it can be tried again, and where
        pieces are `kept` here, they can be shown."""
        if self._screen is None:
            return
        if self.window.status.connection_words() != title:
            announce(self._screen, f"{title}. {words}", urgent=True)
        self.window.status.set_connection(title, good=False)
        if kept:
            self.window.status.set_saved(f"{counted(kept, 'piece')} kept here")
        acts = [("again", "Try now"), *([("kept", "Show what is kept here")] if kept else [])]
        self._screen.state.show_words("wifi-off", title, words, acts)

    def say_answers(self) -> None:
        """The hub is open: nothing in the line along the bottom tells of it as away."""
        self.window.status.set_connection("Online")
        self.window.status.set_saved(NOTHING_TO_SAVE)

    def clear(self) -> None:
        """Make room: another screen is shown."""
        if self._screen is not None:
            self._screen = None
            self.window.remove_screen(KEY)
