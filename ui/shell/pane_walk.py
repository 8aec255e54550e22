"""F6: from pane to pane, coming back to where one was in each."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ui.shell.screen import Screen
from ui.shell.tab_chain import is_stop, tab_stops
from ui.widgets.pane import Pane

if TYPE_CHECKING:
    from ui.shell.window import MainWindow


class PaneWalk(QObject):
    """Walks top bar, the panes of the screen in front, and the status line."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._last: WeakKeyDictionary[QWidget, QWidget] = WeakKeyDictionary()

    def panes(self) -> list[QWidget]:
        """The panes that can be stood in now, in order."""
        front = self._window.stack.currentWidget()
        middle = list(front.panes()) if isinstance(front, Screen) else []
        if front is not None and not middle:
            middle = [front]
        every = [self._window.top, *middle, self._window.status]
        return [pane for pane in every if pane.isVisible() and _stops(pane)]

    def step(self, by: int) -> None:
        """To the next (1) or previous (-1) pane, round the end."""
        panes = self.panes()
        if not panes:
            return
        focus = QApplication.focusWidget()
        here = next(
            (i for i, p in enumerate(panes) if focus is not None and _holds(p, focus)), None
        )
        if here is not None and focus is not None:
            self._last[panes[here]] = focus
        to = (here + by) % len(panes) if here is not None else (0 if by > 0 else len(panes) - 1)
        pane = panes[to]
        kept = self._last.get(pane)
        good = kept is not None and isValid(kept) and kept.isVisible() and kept.isEnabled()
        goal = kept if good and kept is not None else _landing(pane)
        goal.setFocus(Qt.FocusReason.TabFocusReason)


def _stops(pane: QWidget) -> list[QWidget]:
    """What can be stood on in a pane; the pane itself where it is one control, as tabs are."""
    alone = [pane] if is_stop(pane) else []
    return tab_stops(pane) or alone


def _landing(pane: QWidget) -> QWidget:
    stops = _stops(pane)
    wanted = pane.landing() if isinstance(pane, Pane) else None
    return wanted if wanted is not None and wanted in stops else stops[0]


def _holds(pane: QWidget, widget: QWidget) -> bool:
    return pane is widget or pane.isAncestorOf(widget)
