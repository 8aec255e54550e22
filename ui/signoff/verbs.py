"""Agree this? Approve, approve with a change, or return: one of three, none chosen beforehand."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from triage.domain.decision import Verb
from ui import paint
from ui.theme import theme
from ui.widgets.buttons import BaseButton
from ui.widgets.group import BareGroup


class _VerbButton(BaseButton):
    """A radio button with its words and, below, what it does."""

    def __init__(self, verb: Verb, parent: QWidget) -> None:
        self.verb = verb
        self._hint_words = ""
        super().__init__("", parent)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_words(self, words: str, hint: str) -> None:
        """Other words."""
        self._hint_words = hint
        self.set_text(words)
        self.setAccessibleName(words)
        self.setAccessibleDescription(hint)
        self.setToolTip("")
        self.restyle()

    def measure(self) -> QSize:
        """Two lines and room."""
        t = theme()
        return QSize(t.px(220), t.line("label") + t.line("small") + t.px(16))

    def minimumSizeHint(self) -> QSize:
        """Words are elided before the pane grows."""
        return QSize(theme().px(160), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, circle, words, hint."""
        t = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        on = self.isChecked()
        fill = t.colour("selected" if on else "hover" if self.over() else "surface")
        edge = t.colour("accent" if on else "borderSubtle")
        paint.box(painter, rect, fill=fill, edge=edge, width=2 if on else 1)
        size = t.px(18)
        top = round((self.height() - size) / 2)
        circle = QRectF(t.px(11), top, size, size)
        ring = t.colour("accent" if on else "borderControl")
        paint.box(painter, circle, fill=t.colour("surface"), edge=ring, radius=size / 2)
        if on:
            inset = t.px(4)
            dot = circle.adjusted(inset, inset, -inset, -inset)
            paint.box(painter, dot, fill=t.colour("accent"), radius=dot.width() / 2)
        x = t.px(40)
        room = self.width() - x - t.px(10)
        y = (self.height() - t.line("label") - t.line("small")) / 2
        words = paint.elided(self.words(), "label", 600, room)
        area = QRectF(x, y, room, t.line("label"))
        paint.text(painter, area, words, t.font("label", 600), t.colour("text"))
        hint = paint.elided(self._hint_words, "small", None, room)
        area = QRectF(x, y + t.line("label"), room, t.line("small"))
        paint.text(painter, area, hint, t.font("small"), t.colour("text2"))
        painter.end()


class Verbs(BareGroup):
    """The three, one Tab stop; arrows move and choose. `chosen` gives the verb."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Agree this?", parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._buttons = [_VerbButton(verb, self) for verb in Verb]
        for button in self._buttons:
            self._column.addWidget(button)
            button.toggled.connect(self._toggled)
        self._setting = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._space()
        self._one_stop()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        self._column.setSpacing(theme().px(6))

    def show_words(self, outcome: str, author: str) -> None:
        """What approving decides, and to whom it would be returned."""
        approve, change, back = self._buttons
        each = (part[:1].lower() + part[1:] for part in outcome.split(", "))
        words = ", ".join(each) if outcome else "as written"
        approve.show_words(f"Approve: {words}", "Signed and sent to the council.")
        change.show_words("Approve with a change", "You edit; your change is shown in the record.")
        back.show_words(f"Return to {author}", "Say what is needed. The clock keeps running.")

    def value(self) -> Verb | None:
        """What is chosen, or None."""
        return next((b.verb for b in self._buttons if b.isChecked()), None)

    def set_value(self, verb: Verb | None) -> None:
        """Show a choice, or none, without telling."""
        self._setting = True
        for button in self._buttons:
            button.setAutoExclusive(False)
            button.setChecked(button.verb is verb)
        for button in self._buttons:
            button.setAutoExclusive(True)
        self._setting = False
        self._one_stop()

    def buttons(self) -> list[BaseButton]:
        """The three in order."""
        return list(self._buttons)

    def _toggled(self, on: bool) -> None:
        if self._setting or not on:
            return
        self._one_stop()
        self.chosen.emit(self.value())

    def _one_stop(self) -> None:
        stop = next((b for b in self._buttons if b.isChecked()), self._buttons[0])
        for button in self._buttons:
            strong = button is stop
            button.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if strong else Qt.FocusPolicy.ClickFocus
            )
