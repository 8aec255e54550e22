"""Three services that the factors of part 2 call for, each with its factor and a way to add it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.service_referral import ReferralState
from triage.workflow.services import SUGGESTED, Family, Suggested
from ui.services import wording
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.chips import FactChip, FactKind
from ui.widgets.pane import Pane, Surface
from ui.widgets.rag import RagChip
from ui.widgets.text import IconText, Paragraph, Text

RULES = "chosen from the risk factors in part 2, by written rules"
STACKED = 900
"""Design pixels below which a suggestion's button stands under its words."""
_CHIPS: dict[ReferralState, FactKind] = {
    ReferralState.ACCEPTED: "ok",
    ReferralState.NOT_TAKEN: "danger",
}


class SuggestionCard(Surface):
    """One suggestion. `added` and `opened` give the service's key."""

    added = Signal(object)
    opened = Signal(object)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(fill="surface", edge="borderControl", radius=5, parent=parent)
        self._key: tuple[str, str] | None = None
        self._number = number
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.name = Text("", "bodyStrong", elide=True)
        self.whom = Text("", "small", "text2", elide=True)
        self.factor = IconText("check", "", "small", "text2", icon_colour="accent")
        for part in (self.name, self.whom, self.factor):
            words.addWidget(part)
        row.addLayout(words, 1)
        self.add = Button("Add", "plus", dense=True)
        self.add.clicked.connect(self._add)
        self.state = FactChip()
        row.addWidget(self.add, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.state, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row = row
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(12), t.px(8), t.px(10), t.px(8))
        self._row.setSpacing(t.px(8))

    def set_stacked(self, stacked: bool) -> None:
        """The button below the words, where there is little room beside them."""
        way = QBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if stacked else way.LeftToRight)
        side = Qt.AlignmentFlag
        for widget in (self.add, self.state):
            self._row.setAlignment(widget, side.AlignLeft if stacked else side.AlignVCenter)

    def show_suggestion(self, made: Suggested, family: Family, *, may_add: bool) -> None:
        """Show it, with what has come of it."""
        service = made.service
        self._key = service.key
        factors = ", ".join(made.factors)
        whom = wording.suggested_for(made, family)
        self.name.set_text(f"{self._number}. {service.name}")
        self.whom.set_text(whom)
        self.factor.set("check", factors)
        referral = family.referral_to(service)
        inside = family.has(service)
        self.add.setVisible(may_add and referral is None and not inside)
        self.state.setVisible(referral is not None or inside)
        if referral is not None:
            word = referral.state.value
            self.state.set(
                word[0].upper() + word[1:],
                _CHIPS.get(referral.state, "info"),
                wording.STATES[referral.state][0],
            )
        elif inside:
            self.state.set("In decision", "info", "check")
        self.add.setAccessibleName(f"Add {service.name} to the decision, because of: {factors}")
        self.setAccessibleName(f"Suggestion {self._number}: {service.name}, {whom}, {factors}")

    def _add(self) -> None:
        if self._key is not None:
            self.added.emit(self._key)


class SuggestPane(Pane):
    """The strip above the results. `added` gives the key of a service."""

    added = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("For this decision", "", parent=parent)
        self.rag = RagChip(size=24)
        self.head.insertWidget(0, self.rag)
        self.told = Text("Nobody is told until you refer", "small", "text2", spare=True)
        self.add_action(self.told)
        self.note = Paragraph("", "body", "text2")
        self.cards = tuple(SuggestionCard(n + 1) for n in range(SUGGESTED))
        self._cards = QHBoxLayout()
        for card in self.cards:
            card.added.connect(self.added)
            self._cards.addWidget(card, 1)
        column = QVBoxLayout()
        column.addWidget(self.note)
        column.addLayout(self._cards)
        self.body.addLayout(column)
        self._column = column
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._space_body()
        theme().scaled.connect(self._space_body)

    def _space_body(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(12), t.px(8), t.px(12), t.px(10))
        self._cards.setSpacing(t.px(10))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Less room puts each button below its words."""
        super().resizeEvent(event)
        for card in self.cards:
            card.set_stacked(self.width() < theme().px(STACKED))

    def show_family(self, family: Family | None, *, may_add: bool) -> None:
        """Show what the factors call for, or why nothing is."""
        made = family.suggested if family else ()
        self.rag.setVisible(family is not None)
        self.told.setVisible(family is not None)
        if family is None:
            self.set_title("No contact is open", "")
            self.note.set_text(
                "Open one in Triage to see what its factors call for. The directory can be "
                "searched without."
            )
        else:
            self.rag.set_rating(family.rating or "none")
            self.set_title(f"For this decision: {family.title}", f"{family.reference} · {RULES}")
            self.note.set_text(
                "Nothing is called for yet. Tick what raises the risk in part 2 of the decision."
            )
        self.note.setVisible(not made)
        for card, each in zip(self.cards, (*made, None, None, None), strict=False):
            card.setVisible(each is not None)
            if each is not None and family is not None:
                card.show_suggestion(each, family, may_add=may_add)
