"""What looks like the same event, or kin: side by side above the form, settled by a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.draft import Kinship
from triage.domain.episode import SuggestionState
from triage.workflow.join import SuggestedPair
from ui import paint
from ui.actions import bind_list
from ui.theme import theme
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.group import BareGroup
from ui.widgets.text import Text

KEYS: Final = "suggestion bar"
_MOST: Final = 2


class SuggestionCard(BareGroup):
    """One suggestion with its reasons. J joins, K keeps apart, Enter looks."""

    join_asked = Signal(object)
    apart_asked = Signal(object)
    take_apart_asked = Signal(object)
    look_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__("")
        self.pair: SuggestedPair | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        self._row = row
        self.icon = IconLabel("copy", 18, "accent")
        words = QVBoxLayout()
        words.setSpacing(0)
        first = QHBoxLayout()
        first.setSpacing(theme().px(6))
        self.ask = Text("", "label", weight=600)
        self.what = Text("", "label", "text", elide=True)
        first.addWidget(self.ask)
        first.addWidget(self.what, 1)
        self.why = Text("", "small", "text2", elide=True)
        words.addLayout(first)
        words.addWidget(self.why)
        self.join = Button("Join", "merge", "primary", "J", dense=True)
        self.apart = Button("Keep apart", "split", "secondary", "K", dense=True)
        self.stands = Text("", "label", weight=600)
        self.undo = Button("Undo", "undo-2", "link", dense=True)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        for widget in (self.join, self.apart, self.stands, self.undo):
            row.addWidget(widget)
        self.join.clicked.connect(lambda: self.join_asked.emit(self.pair))
        self.apart.clicked.connect(lambda: self.apart_asked.emit(self.pair))
        self.undo.clicked.connect(lambda: self.take_apart_asked.emit(self.pair))
        self._bound = bind_list(
            self,
            KEYS,
            {
                "Join": self.join.click,
                "Keep apart": self.apart.click,
                "Look": lambda: self.look_asked.emit(self.pair),
            },
        )
        self._letters(False)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(14), t.px(8), t.px(12), t.px(8))
        self._row.setSpacing(t.px(8))
        self.setFixedHeight(t.px(58))

    def show_pair(self, pair: SuggestedPair) -> None:
        """Show a suggestion, or how it was settled."""
        self.pair = pair
        suggestion = pair.suggestion
        same = suggestion.kinship is Kinship.DUPLICATE
        self.icon.set("copy" if same else "users", "accent")
        self.ask.set_text("Same event?" if same else "Kin?")
        self.what.set_text(f"{pair.source}, {pair.title}, {pair.reference}")
        reasons = "; ".join(r.strip(". ") for r in suggestion.reasons)
        reasons = reasons[:1].upper() + reasons[1:]
        both = "Joining keeps both, and both senders."
        self.why.set_text(f"{reasons}. {both}" if reasons else both)
        is_open = suggestion.state is SuggestionState.OPEN
        self.join.setVisible(is_open)
        self.apart.setVisible(is_open)
        joined = suggestion.state is SuggestionState.JOINED
        self.stands.set_text("" if is_open else "Joined" if joined else "Kept apart")
        self.stands.setVisible(not is_open)
        self.undo.setVisible(joined)
        self.join.setAccessibleName(f"Join with {pair.reference}")
        self.apart.setAccessibleName(f"Keep apart from {pair.reference}")
        self.undo.setAccessibleName(f"Take apart from {pair.reference}")
        self.setAccessibleName(
            f"{self.ask.text()} {self.what.text()}. {self.why.text()} {self.stands.text()}".strip()
        )

    def _letters(self, on: bool) -> None:
        self.join.show_key(on)
        self.apart.show_key(on)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Letters act now, and are printed."""
        super().focusInEvent(event)
        self._letters(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Letters are put away."""
        super().focusOutEvent(event)
        self._letters(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click stands on it."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A box with the accent down its left side."""
        t = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(painter, rect, fill=t.colour("infoSoft"), edge=t.colour("borderSubtle"), radius=7)
        painter.fillRect(QRectF(1, 3, 3, rect.height() - 6), t.colour("accent"))
        painter.end()


class SuggestionBar(QWidget):
    """Up to two suggestions; hidden while there are none."""

    join_asked = Signal(object)
    apart_asked = Signal(object)
    take_apart_asked = Signal(object)
    look_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Suggestions")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        self.cards = [SuggestionCard() for _ in range(_MOST)]
        for card in self.cards:
            card.join_asked.connect(self.join_asked)
            card.apart_asked.connect(self.apart_asked)
            card.take_apart_asked.connect(self.take_apart_asked)
            card.look_asked.connect(self.look_asked)
            card.hide()
            row.addWidget(card, 1)
        self.hide()

    def show_pairs(self, pairs: Sequence[SuggestedPair]) -> None:
        """Open ones first."""
        for i, card in enumerate(self.cards):
            card.setVisible(i < len(pairs))
            if i < len(pairs):
                card.show_pair(pairs[i])
        self.setVisible(bool(pairs))
