"""Looks that somebody should ask about: up to three cards. They ask, never accuse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.oversight import Unusual
from triage.domain.spelling import spell_moment, spell_short_day
from triage.workflow.audit import MOST_LOOKS, Asked
from ui.theme import theme
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.pane import Surface
from ui.widgets.text import Paragraph, Text

SHOWN = 3
_ICONS = {
    Unusual.OWN_NAME: ("users", "warnText"),
    Unusual.MANY: ("layers", "warnText"),
    Unusual.NIGHT: ("moon", "restricted"),
    Unusual.NEVER_WORKED: ("user", "warnText"),
}


class Card(Surface):
    """One question: why, in a sentence, and how far it has come."""

    asked = Signal()
    seen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._column = QVBoxLayout(self)
        self._head = QHBoxLayout()
        self._icon = IconLabel("users", 18, "warnText")
        self._title = Text("", "body", weight=600, elide=True)
        self._head.addWidget(self._icon)
        self._head.addWidget(self._title, 1)
        self._column.addLayout(self._head)
        self._words = Paragraph("", "small", "text2")
        self._column.addWidget(self._words)
        self._column.addStretch(1)
        row = QHBoxLayout()
        self._state = Text("", "small", "text2", elide=True)
        self.look = Button("Show it", "eye", "link", dense=True)
        self.look.clicked.connect(self.seen)
        self.ask = Button("Ask why", "message-square", dense=True)
        self.ask.clicked.connect(self.asked)
        row.addWidget(self._state, 1)
        row.addWidget(self.look)
        row.addWidget(self.ask)
        self._column.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(12), t.px(8), t.px(10), t.px(8))
        self._column.setSpacing(t.px(3))
        self._head.setSpacing(t.px(8))

    def put(self, asked: Asked) -> None:
        """Show a question."""
        question = asked.question
        self._icon.set(*_ICONS[question.why])
        self._title.set_text(question.why.value)
        self._words.set_text(question.sentence)
        at = asked.asked_at
        when = f"{spell_short_day(at)} {at:%H:%M}" if at is not None else ""
        state, act, icon, ink = ("Nobody asked yet", "Ask why", "message-square", "text2")
        if asked.reply:
            state, act, icon, ink = (f"Said: {asked.reply}", "Another reply", "pencil", "okText")
        elif when:
            state, act, icon, ink = (f"Asked {when}", "Record reply", "pencil", "warnText")
        self._state.set_text(state)
        self._state.set_colour(ink)
        self.ask.set_text(act)
        self.ask.set_icon(icon)
        named = f"event {question.seq}"
        self.ask.setAccessibleName(f"{act}: {question.why.value}, {named}")
        self.look.setAccessibleName(f"Show it: {question.why.value}, {named}")
        self.setAccessibleName(f"{question.why.value}. {question.sentence} {state}")


class Cards(QWidget):
    """Three at most, those nobody has asked about first; the rest by a button. Below them how far
    back looks were asked about, where that is not the whole time.

    `asked` and `seen` give the question.
    """

    asked = Signal(object)
    seen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Looks to ask about")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._row = QHBoxLayout()
        self._column.addLayout(self._row)
        self.reach = Text("", "small", "text2", wrap=True)
        self._column.addWidget(self.reach)
        self._cards = [Card() for _ in range(SHOWN)]
        for at, card in enumerate(self._cards):
            self._row.addWidget(card, 1)
            card.asked.connect(lambda at=at: self._ask(at))
            card.seen.connect(lambda at=at: self._see(at))
        self.more = Button("", kind="link", dense=True, trailing="chevron-right")
        self.more.clicked.connect(self._next)
        self._row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignVCenter)
        self._all: tuple[Asked, ...] = ()
        self._from = 0
        self._most = SHOWN
        self._space()
        theme().scaled.connect(self._space)
        self.hide()

    def _space(self) -> None:
        self._row.setSpacing(theme().px(8))
        self._column.setSpacing(theme().px(4))
        self.reach.setContentsMargins(theme().px(12), 0, theme().px(12), 0)

    def put(self, asked: Sequence[Asked], since: datetime | None = None) -> None:
        """Show the questions; none hides them all. `since` is when the looks asked about begin."""
        words = ""
        if since is not None:
            none = "" if asked else "Nothing to ask about. "
            words = f"{none}Of the newest {MOST_LOOKS:,} looks, since {spell_moment(since)}, alone."
        self.reach.set_text(words)
        self.reach.setVisible(bool(words))
        self._all = tuple(sorted(asked, key=lambda a: (bool(a.reply), a.asked_at is not None)))
        self._from = 0
        self._show()

    def set_most(self, most: int) -> None:
        """How many stand side by side."""
        if most != self._most:
            self._most, self._from = most, 0
            self._show()

    def _show(self) -> None:
        here = self._here()
        for card, asked in zip(self._cards, here, strict=False):
            card.put(asked)
            card.show()
        for card in self._cards[len(here) :]:
            card.hide()
        rest = len(self._all) - self._most
        self.more.setVisible(rest > 0)
        self.more.set_text(f"{rest} more")
        self.more.setAccessibleName(f"{rest} more looks to ask about")
        self.setVisible(bool(self._all or self.reach.text()))

    def _here(self) -> tuple[Asked, ...]:
        return self._all[self._from : self._from + self._most]

    def _next(self) -> None:
        self._from += self._most
        if self._from >= len(self._all):
            self._from = 0
        self._show()

    def _ask(self, at: int) -> None:
        self.asked.emit(self._here()[at])

    def _see(self, at: int) -> None:
        self.seen.emit(self._here()[at])
