"""Choosing several of a long list: a box that opens a menu of ticks, which stays open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.buttons import BaseButton
from ui.widgets.choice import draw_list_box
from ui.widgets.text import plain_tip


class TickMenu(QMenu):
    """A menu of ticks that stays open while a person ticks; Esc or Tab closes it.

    `ticked` tells a person's tick (key, on). A key is its option's own text in the data.
    """

    ticked = Signal(str, bool)

    def __init__(self, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setToolTipsVisible(True)

    def set_options(self, options: Sequence[tuple[str, str, str]], ticked: Sequence[str]) -> None:
        """Offer (key, words, hint), with these ticked."""
        self.clear()
        on = set(ticked)
        for key, words, hint in options:
            action = QAction(words.replace("&", "&&"), self)
            action.setCheckable(True)
            action.setChecked(key in on)
            action.setData(key)
            action.setToolTip(plain_tip(hint))
            self.addAction(action)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick without closing."""
        action = self.activeAction()
        if action is not None and action.isEnabled():
            self._flip(action)
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter tick without closing; Tab closes."""
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Tab:
            self.close()
        elif action is not None and event.key() in (
            Qt.Key.Key_Space,
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):
            self._flip(action)
        else:
            super().keyPressEvent(event)

    def _flip(self, action: QAction) -> None:
        action.setChecked(not action.isChecked())
        self.ticked.emit(str(action.data()), action.isChecked())


class Pick(BaseButton):
    """A box that shows what is ticked of a list, and opens the list. Starts with nothing.

    `picked` gives the keys, in the list's order, on each change made by a person.
    """

    picked = Signal(object)

    def __init__(
        self, label: str, placeholder: str = "Choose", parent: QWidget | None = None
    ) -> None:
        self._label, self._placeholder = label, placeholder
        self._options: tuple[tuple[str, str, str], ...] = ()
        self._values: tuple[str, ...] = ()
        super().__init__("", parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._list = TickMenu(label, self)
        self._list.ticked.connect(self._tick)
        self.clicked.connect(self.open_list)
        self._name()

    def set_label(self, label: str) -> None:
        """What it is called."""
        self._label = label
        self._name()

    def set_options(self, options: Sequence[tuple[str, str, str]]) -> None:
        """Offer (key, words, hint)."""
        self._options = tuple(options)
        self._name()

    def values(self) -> tuple[str, ...]:
        """The keys that are ticked."""
        return self._values

    def set_values(self, keys: Sequence[str]) -> None:
        """Show these as ticked, without telling."""
        self._values = tuple(keys)
        self._name()

    def open_list(self) -> None:
        """Open the list below the box."""
        self._list.set_options(self._options, self._values)
        self._list.setMinimumWidth(self.width())
        self._list.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))
        first = next(iter(self._list.actions()), None)
        if first is not None:
            self._list.setActiveAction(first)

    def list_menu(self) -> TickMenu:
        """The list."""
        return self._list

    def _tick(self, key: str, on: bool) -> None:
        wanted = {*self._values, key} if on else set(self._values) - {key}
        order = [k for k, _, _ in self._options]
        gone = [k for k in self._values if k not in order]
        self._values = (*(k for k in order if k in wanted), *(k for k in gone if k in wanted))
        self._name()
        self.picked.emit(self._values)

    def _shown(self) -> str:
        words = {k: w for k, w, _ in self._options}
        return ", ".join(words.get(k, k) for k in self._values)

    def _name(self) -> None:
        shown = self._shown()
        self.setAccessibleName(f"{self._label}: {shown}" if shown else self._label)
        self.setAccessibleDescription("Opens a list; several may be chosen")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down, F4 and Alt Down open the list, as for any box with a list."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_F4, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_list()
        else:
            super().keyPressEvent(event)

    def measure(self) -> QSize:
        """As a list box."""
        return QSize(theme().px(96), theme().size("controlHeight"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, words, arrow."""
        draw_list_box(self, self._shown(), self._placeholder, over=self.over())
