"""The window's menus, made when they are opened: only what can be done now is in them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from ui.theme import theme
from ui.widgets.menu import Menu

if TYPE_CHECKING:
    from ui.shell.window import MainWindow

THEME_WORDS = {
    "system": "As the computer",
    "light": "Light",
    "dark": "Dark",
    "highContrast": "High contrast",
}


HELP, SWITCH, CLOSE = "Help for this screen", "Switch user", "Close Fanlight"
CHANGE_PIN = "Change PIN…"


class Menus(QObject):
    """Main menu, person's menu, text size."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._extra: list[tuple[str, str, Callable[[], object], Callable[[], bool]]] = []

    def add_item(
        self,
        group: str,
        words: str,
        slot: Callable[[], object],
        fits: Callable[[], bool] = lambda: True,
    ) -> None:
        """Another line at the top of the main menu, while it `fits` who is there; groups are
        parted by a line."""
        self._extra.append((group, words, slot, fits))

    def commands(self) -> dict[str, Callable[[], object]]:
        """The menus' lines that have no key, by their words: the search line finds them too."""
        window = self._window
        lines = {
            words: slot
            for _, words, slot, fits in self._extra
            if fits() and words not in window.actions_.available()
        }
        for name, words in THEME_WORDS.items():
            lines[f"Colours: {words}"] = partial(window.choose_theme, name)
        return lines | {
            HELP: window.open_help,
            SWITCH: window.switch_user_asked.emit,
            CHANGE_PIN: window.change_pin_asked.emit,
            CLOSE: window.close,
        }

    def _empty(self) -> Menu:
        return Menu(self._window)

    def main(self) -> Menu:
        """Screens' own lines, acts, sight, help, leaving."""
        window, acts = self._window, self._window.actions_
        menu = self._empty()
        group = None
        for name, words, slot, fits in self._extra:
            if not fits():
                continue
            if group is not None and name != group:
                menu.addSeparator()
            group = name
            if words in acts.available():
                menu.addAction(acts.action(words))
            else:
                menu.addAction(words.replace("&", "&&")).triggered.connect(_plain(slot))
        menu.addSeparator()
        for act in ("Save now", "Print preview", "Find in this pane", "Refresh"):
            if act in acts.available():
                menu.addAction(acts.action(act))
        menu.addSeparator()
        menu.addMenu(self._colours(menu))
        for act in ("Larger text", "Smaller text", "Text 100 %", "Full screen"):
            menu.addAction(acts.action(act))
        menu.addSeparator()
        for act in ("Privacy blur on or off", "Lock now", "All keys"):
            menu.addAction(acts.action(act))
        menu.addAction(HELP).triggered.connect(_plain(window.open_help))
        menu.addSeparator()
        menu.addAction(CLOSE).triggered.connect(_plain(window.close))
        return menu

    def _colours(self, parent: QWidget) -> Menu:
        menu = Menu(parent, "Colours", keep=True)
        group = QActionGroup(menu)
        for name, words in THEME_WORDS.items():
            action = QAction(words, menu)
            action.setCheckable(True)
            action.setChecked(theme().choice == name)
            action.setData(name)
            action.triggered.connect(self._colours_picked)
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _colours_picked(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._window.choose_theme(str(action.data()))

    def open_main(self) -> None:
        """F10, and the Menu button."""
        button = self._window.top.menu
        self.main().popup(button.mapToGlobal(button.rect().bottomLeft()))

    def user(self) -> Menu:
        """Somebody else, another PIN, or lock."""
        menu = self._empty()
        menu.addAction(SWITCH).triggered.connect(_plain(self._window.switch_user_asked.emit))
        menu.addAction(CHANGE_PIN).triggered.connect(_plain(self._window.change_pin_asked.emit))
        menu.addAction(self._window.actions_.action("Lock now"))
        return menu

    def open_user(self) -> None:
        """Under the person's name."""
        button = self._window.top.user
        self.user().popup(button.mapToGlobal(button.rect().bottomLeft()))

    def open_text_size(self) -> None:
        """Above the text size in the status line."""
        menu = self._empty()
        for act in ("Larger text", "Smaller text", "Text 100 %"):
            menu.addAction(self._window.actions_.action(act))
        button = self._window.status.text_size
        above = button.rect().topLeft() - QPoint(0, menu.sizeHint().height())
        menu.popup(button.mapToGlobal(above))


def _plain(slot: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        slot()

    return run
