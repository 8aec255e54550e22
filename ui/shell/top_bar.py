"""The bar along the top: menu, screens with their counts, marking, search, person."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.avatar import draw_avatar
from ui.widgets.buttons import BaseButton, Button, IconButton
from ui.widgets.editor import LineField
from ui.widgets.tabs import Tabs
from ui.widgets.text import Text

SEARCH = ("Search people and contacts, or run a command", "Search or command", "Search")
WIDEST_SEARCH = 440


class _Fit(NamedTuple):
    """What stands in the bar: which of the search's words, and what beside it."""

    words: int
    bare: bool = True
    key: bool = True
    tight: bool = False
    practice: bool = True


FITS = (
    _Fit(0, bare=False),
    _Fit(0),
    _Fit(1),
    _Fit(2),
    _Fit(2, tight=True),
    _Fit(2, tight=True, key=False),
    _Fit(2, tight=True, key=False, practice=False),
)
"""From all of it to the least, whole in each."""


class UserChip(BaseButton):
    """Who is at the desk: initials, name and role. Pressing it offers to switch, to change the PIN
    or to lock."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._role = ""
        self._bare = False
        super().__init__("", parent)

    def set_user(self, name: str, role: str) -> None:
        """Who is at the desk."""
        self._role = role
        self.set_text(name)
        self.setAccessibleName(
            f"{name}, {role}: switch user, change PIN or lock" if name else "Nobody"
        )
        self.setToolTip("Switch user, change PIN or lock")
        self.restyle()

    def set_bare(self, bare: bool) -> None:
        """Initials only, where there is less room."""
        if bare != self._bare:
            self._bare = bare
            self.restyle()

    def measure(self) -> QSize:
        """Circle, name, role."""
        t = theme()
        wide = float(t.px(26 + 8))
        if not self._bare:
            wide += t.metrics("body", 600).horizontalAdvance(self._words) + t.px(8)
            wide += t.metrics("body").horizontalAdvance(self._role) + t.px(6)
        return QSize(round(wide), t.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Circle, name, role."""
        t = theme()
        painter = QPainter(self)
        if self.over():
            paint.box(painter, QRectF(self.rect()), fill=t.colour("hover"))
        side = t.px(26)
        draw_avatar(painter, self._words, t.px(4), round((self.height() - side) / 2), side)
        if not self._bare:
            x = t.px(4 + 26 + 8)
            wide = t.metrics("body", 600).horizontalAdvance(self._words)
            area = QRectF(x, 0, wide + 2, self.height())
            paint.text(painter, area, self._words, t.font("body", 600), t.colour("text"))
            area = QRectF(x + wide + t.px(5), 0, self.width(), self.height())
            paint.text(painter, area, self._role, t.font("body"), t.colour("text2"))
        painter.end()


class TopBar(QWidget):
    """Gives way as the window narrows: role and name, icons on tabs, then the search's words."""

    search_focused = Signal()

    def __init__(self, marking: str, practice: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.menu = Button("Menu", "menu", "ghost")
        self.menu.setAccessibleName("Menu")
        self.tabs = Tabs("Screens", height=44)
        self._marking = Text(marking, "small", weight=700)
        self._practice = Text(practice, "small", "text2")
        self._practice.setVisible(bool(practice))
        marks = QVBoxLayout()
        marks.setSpacing(0)
        marks.addStretch(1)
        marks.addWidget(self._marking, 0, Qt.AlignmentFlag.AlignHCenter)
        marks.addWidget(self._practice, 0, Qt.AlignmentFlag.AlignHCenter)
        marks.addStretch(1)
        self.search = LineField(
            SEARCH[0],
            SEARCH[0],
            icon="search",
            key_hint="Ctrl K",
        )
        self.blur = IconButton("eye-off", "Privacy blur", key_hint="F9")
        self.blur.setCheckable(True)
        self.help = IconButton("circle-question-mark", "Help for this screen", key_hint="F1")
        self.user = UserChip()
        row = QHBoxLayout(self)
        row.addWidget(self.menu)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addLayout(marks)
        row.addStretch(1)
        row.addWidget(self.search)
        row.addWidget(self.blur)
        row.addWidget(self.help)
        row.addWidget(self.user)
        self._row = row
        self._space()
        theme().scaled.connect(self._space)
        theme().changed.connect(self._fit_again)  # once its parts have their sizes

    def _space(self) -> None:
        t = theme()
        self._row.setSpacing(t.px(6))
        self._row.setContentsMargins(t.px(10), 0, t.px(10), 0)
        self.setFixedHeight(t.px(52))

    def _fit_again(self) -> None:
        self.fit(self.width())

    def fit(self, width: int) -> None:
        """Choose what to leave out so that the rest is whole at `width`; the search has a share
        of what is left over."""
        spare = 0
        for fit in FITS:
            self.tabs.set_bare(fit.bare, tight=fit.tight)
            self.user.set_bare(fit.bare)
            self._practice.setVisible(bool(self._practice.text()) and fit.practice)
            self.menu.set_text("" if fit.tight else "Menu")
            self.search.set_key("Ctrl K" if fit.key else "")
            self.search.setPlaceholderText(SEARCH[fit.words])
            spare = width - self._needed()
            if spare >= 0:
                break
        widest = max(theme().px(WIDEST_SEARCH), self.search.asked_width())
        self.search.setFixedWidth(min(widest, self.search.asked_width() + max(0, spare) // 3))

    def _needed(self) -> int:
        t = theme()
        parts = (self.menu, self.tabs, self.blur, self.help, self.user)
        wide = sum(part.sizeHint().width() for part in parts)
        shown = (m for m in (self._marking, self._practice) if not m.isHidden())
        marks = max(mark.sizeHint().width() for mark in shown)
        return wide + marks + self.search.asked_width() + t.px(6) * 9 + t.px(20)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit what is shown."""
        super().resizeEvent(event)
        self.fit(self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline below."""
        painter = QPainter(self)
        edge = theme().colour("borderSubtle")
        paint.hairline(painter, 0, self.height() - 1, self.width(), edge)
        painter.end()
