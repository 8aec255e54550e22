"""Services that the factors call for, under the question that holds them, each with its factor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.workflow.services import SUGGESTED, Family
from ui.services import wording
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.group import BareGroup
from ui.widgets.text import IconText, Text

_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
}


class _Line(QWidget):
    """One service: name, for whom, factor, and a way to add it."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.name = Text("", "label", weight=600, elide=True)
        self.why = IconText("check", "", "small", "text2", icon_colour="accent")
        words.addWidget(self.name)
        words.addWidget(self.why)
        row.addLayout(words, 1)
        self.add = Button("Add", "plus", dense=True)
        self.there = Text("In decision", "small", "accent", weight=600)
        row.addWidget(self.add)
        row.addWidget(self.there)


class CalledFor(BareGroup):
    """At most three lines. `added` gives what the answer keeps of a service; `all_asked` opens
    Services. One Tab stop; the arrows move between its buttons."""

    added = Signal(str)
    all_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Services that the factors call for")
        column = QVBoxLayout(self)
        head = QHBoxLayout()
        head.addWidget(Text("Called for by the factors in part 2", "small", "text2", spare=True), 1)
        self.all = Button("All services", "map-pin", "link", dense=True)
        self.all.clicked.connect(self.all_asked)
        head.addWidget(self.all)
        column.addLayout(head)
        self.none = Text("", "small", "text2", wrap=True)
        column.addWidget(self.none)
        self._codes = [""] * SUGGESTED
        self._lines = [_Line() for _ in range(SUGGESTED)]
        for at, line in enumerate(self._lines):
            line.add.clicked.connect(lambda _=False, at=at: self.added.emit(self._codes[at]))
            column.addWidget(line, 0, Qt.AlignmentFlag.AlignTop)
        self._column = column
        for button in self._buttons():
            button.installEventFilter(self)
        self._one_tab_stop(self.all)
        self._space()
        theme().scaled.connect(self._space)

    def _buttons(self) -> list[Button]:
        return [self.all, *(line.add for line in self._lines)]

    def _one_tab_stop(self, stop: QObject) -> None:
        for button in self._buttons():
            strong = button is stop
            button.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if strong else Qt.FocusPolicy.ClickFocus
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down go to the button before and after; Tab comes back to the last one."""
        if event.type() == QEvent.Type.FocusIn:
            self._one_tab_stop(watched)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key()), 0)
            there = [b for b in self._buttons() if b.isVisible()]
            if step and watched in there:
                at = min(max(there.index(watched) + step, 0), len(there) - 1)
                self._one_tab_stop(there[at])
                there[at].setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(0, t.px(8), 0, 0)
        self._column.setSpacing(t.px(4))

    def show_family(self, family: Family | None, chosen: Sequence[str], *, may_add: bool) -> None:
        """What is called for; `chosen` is what the answer holds now."""
        made = family.suggested if family is not None else ()
        self.none.setVisible(not made)
        self.none.set_text(
            "Nothing is called for yet. Services are suggested once factors are ticked in part 2."
        )
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(made))
            if at >= len(made) or family is None:
                continue
            each = made[at]
            self._codes[at] = each.code
            factors = ", ".join(each.factors)
            line.name.set_text(each.service.name)
            line.why.set("check", f"{factors} · {wording.suggested_for(each, family)}")
            inside = each.code in chosen
            line.there.setVisible(inside)
            line.add.setVisible(may_add and not inside)
            if line.add.isHidden() and line.add.focusPolicy() == Qt.FocusPolicy.StrongFocus:
                self._one_tab_stop(self.all)
            line.add.setAccessibleName(f"Add {each.service.name}, because of: {factors}")
