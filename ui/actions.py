"""One QAction for each named act, so that key, menu and button always agree.

Acts that belong to a list are made by `bind_list`: they act only while that list has the
focus, and its letters can be turned off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from ui.keymap import GLOBAL, Keymap, keymap
from ui.widgets.menu import Menu

Slot = Callable[[], object]


class Actions:
    """The window's acts. An act without a slot is switched off and left out of menus."""

    def __init__(self, window: QWidget, keys: Keymap | None = None) -> None:
        self._window = window
        self._keys = keys or keymap()
        self._made: dict[str, QAction] = {}
        self._slots: dict[str, Slot] = {}
        self._ever: set[str] = set()
        self._offered: Callable[[str], bool] = lambda _act: True
        self.kept_back: Callable[[str], None] = lambda _act: None
        """Told when the key of an act is pressed that is not offered."""
        for act in self._keys.acts():
            action = QAction(act.replace("&", "&&"), window)
            action.setShortcut(self._keys.sequence(GLOBAL, act))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setAutoRepeat(act in ("Next contact", "Previous contact", "Undo", "Redo"))
            action.setEnabled(False)
            action.triggered.connect(self._runner(act))
            window.addAction(action)
            self._made[act] = action

    def _runner(self, act: str) -> Callable[[], None]:
        def run() -> None:
            if not self.run(act) and act in self._slots:
                self.kept_back(act)

        return run

    def offer_only(self, offered: Callable[[str], bool]) -> None:
        """Leave out, for whoever is here, what is not `offered`: its key only tells `kept_back`."""
        self._offered = offered

    def set(self, act: str, slot: Slot | None, words: str = "") -> QAction:
        """What an act does now, or nothing; `words` say it better than its general name."""
        action = self._made[act]
        if slot is None:
            self._slots.pop(act, None)
        else:
            self._slots[act] = slot
            self._ever.add(act)
        action.setEnabled(slot is not None)
        action.setText((words or act).replace("&", "&&"))
        return action

    def action(self, act: str) -> QAction:
        """The QAction of an act; KeyError when the key map has none of that name."""
        return self._made[act]

    def run(self, act: str) -> bool:
        """Do an act as if its key were pressed; False when it does nothing now."""
        slot = self._slots.get(act)
        if slot is None or not self._offered(act):
            return False
        slot()
        return True

    def suspend(self, off: bool) -> None:
        """Switch every act off while the window is locked, and back on."""
        for act, action in self._made.items():
            action.setEnabled(not off and act in self._slots)

    def available(self) -> list[str]:
        """Acts that do something now."""
        return [act for act in self._made if act in self._slots and self._offered(act)]

    def ever(self) -> frozenset[str]:
        """Acts that do something here or did on another screen; others are not in this version."""
        return frozenset(filter(self._offered, self._ever))

    def menu(self, parent: QWidget, acts: Iterable[str | None]) -> Menu:
        """A menu of acts that do something now; None stands for a line between."""
        menu = Menu(parent, keep=True)
        for act in acts:
            if act is None:
                menu.addSeparator()
            elif act in self._slots and self._offered(act):
                menu.addAction(self._made[act])
        return menu


class ListKeys:
    """A list's own acts, by the words in the key map. Kept by the list they belong to."""

    def __init__(self, actions: Sequence[QAction], letters: Sequence[QAction]) -> None:
        self.actions = tuple(actions)
        self._letters = tuple(letters)

    def set_letters(self, on: bool) -> None:
        """Let single letters act, or not (WCAG 2.1.4)."""
        for action in self._letters:
            action.setEnabled(on)


def bind_list(
    view: QWidget,
    context: str,
    slots: Mapping[str, Slot],
    keys: Keymap | None = None,
    *,
    inside: bool = False,
) -> ListKeys:
    """Give a list the acts of its context in the key map, alive only while it has the focus, or
    what is `inside` it, where a list is made of buttons.

    KeyError for an act the context does not have.
    """
    alive = Qt.ShortcutContext
    source = keys or keymap()
    made, letters = [], []
    for act, slot in slots.items():
        action = QAction(act.replace("&", "&&"), view)
        action.setShortcut(source.sequence(context, act))
        action.setShortcutContext(
            alive.WidgetWithChildrenShortcut if inside else alive.WidgetShortcut
        )
        action.triggered.connect(_plain(slot))
        view.addAction(action)
        made.append(action)
        if source.is_letter(context, act):
            letters.append(action)
    return ListKeys(made, letters)


def _plain(slot: Slot) -> Callable[[], None]:
    def run() -> None:
        slot()

    return run
