"""Holds the decision form, and covers it while names and narrative are hidden."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.triage.decision_pane import DecisionPane
from ui.triage.hidden import HIDDEN_WORDS
from ui.widgets.pane import Pane
from ui.widgets.states import StateView


class DecisionHost(QStackedWidget):
    """The form, or what stands in for it under the privacy blur: nothing of it is left to read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Decision")
        self.pane = DecisionPane()
        self._cover = Pane("Decision")
        state = StateView()
        state.show_words("eye-off", "Words are hidden", HIDDEN_WORDS)
        self._cover.body.addWidget(state)
        self.addWidget(self.pane)
        self.addWidget(self._cover)

    def set_blurred(self, blurred: bool) -> None:
        """Cover it, or show it again."""
        self.setCurrentWidget(self._cover if blurred else self.pane)
