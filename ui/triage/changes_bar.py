"""What others changed since this person looked: said over the contact, seen by looking."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.spelling import counted
from triage.workflow.happened import Happening
from ui.theme import theme
from ui.triage.boxes import NoteBox
from ui.triage.header import at_moment, short_moment
from ui.triage.opened import Opened
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.pane import Surface
from ui.widgets.text import Text
from ui.widgets.toast import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """`lines` are what was done, the newest first, each "11:41 Tom Bell rated it Red"."""

    title: str
    lines: tuple[str, ...]


def changes_view(opened: Opened, *, blurred: bool = False) -> ChangesView | None:
    """What the bar says, or None where nobody else did anything."""
    view, look = opened.view, opened.view.looked
    if not view.changed or look is None:
        return None
    count = counted(len(view.changed), "change")
    since = f"since you looked {at_moment(short_moment(opened, look.at))}"
    title = "This came to you" if look.first and len(view.changed) == 1 else f"{count} {since}"
    lines = [_line(opened, h) for h in reversed(view.changed)]
    return ChangesView(title=title, lines=() if blurred else tuple(lines))


def _line(opened: Opened, happening: Happening) -> str:
    return f"{short_moment(opened, happening.at)} {happening.who} {happening.words}"


class ChangesBar(Surface):
    """`seen` tells that the person has read it."""

    seen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("infoSoft", "accent", radius=5, parent=parent)
        self._view: ChangesView | None = None
        self._icon = IconLabel("history", 16, "accent")
        self.title = Text("", "label", weight=600, elide=True)
        self.words = Text("", "small", "text2", elide=True)
        self.all = Button("Show all", "list", "link", dense=True)
        self.all.clicked.connect(self.show_all)
        self.mark = Button("Seen", "check", dense=True)
        self.mark.clicked.connect(self.seen)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.title)
        said.addWidget(self.words)
        self._row.addLayout(said, 1)
        self._row.addWidget(self.all)
        self._row.addWidget(self.mark)
        self._space()
        theme().scaled.connect(self._space)
        self.hide()

    def _space(self) -> None:
        t = theme()
        self._row.setSpacing(t.px(8))
        self._row.setContentsMargins(t.px(12), t.px(5), t.px(8), t.px(5))
        self.setFixedHeight(t.px(46))

    def show_view(self, view: ChangesView | None) -> None:
        """Show what changed, or nothing."""
        before, self._view = self._view, view
        self.setVisible(view is not None)
        if view is None:
            return
        self.title.set_text(view.title)
        self.words.set_text("; ".join(view.lines))
        self.all.setVisible(bool(view.lines))
        self.setAccessibleName(f"{view.title}: {'; '.join(view.lines)}")
        if view.lines and (before is None or before.lines[:1] != view.lines[:1]):
            announce(self, f"{view.title}: {view.lines[0]}")

    def view(self) -> ChangesView | None:
        """What is shown."""
        return self._view

    def show_all(self) -> None:
        """Every change, whole."""
        if self._view is not None:
            lines = "\n\n".join(self._view.lines)
            NoteBox(self.window(), self._view.title, lines, icon="history").open()
