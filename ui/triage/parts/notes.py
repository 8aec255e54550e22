"""What is said above the form: it may not be changed, it was returned, it could not be saved."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.theme import theme
from ui.triage.parts.values import DecisionPaneView
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button


class Notes(QWidget):
    """Banners that take no room while there is nothing to say. `again_asked` saves once more."""

    again_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = Banner("info")
        self.unsaved = Banner("danger")
        self.again = Button("Try again", dense=True)
        self.again.clicked.connect(self.again_asked)
        self.unsaved.add_action(self.again)
        self._column = QVBoxLayout(self)
        for banner in (self.state, self.unsaved):
            self._column.addWidget(banner)
        self._space()
        theme().scaled.connect(self._space)
        self.hide()

    def show_state(self, view: DecisionPaneView) -> None:
        """Signed, read only, returned, or nothing."""
        self.state.hide()
        closed = "You can read this but not change it."
        if view.signed is not None:
            self.state.show_words(closed, f"It was signed on {view.signed.at} by {view.signed.by}.")
        elif view.read_only_why:
            self.state.show_words(closed, view.read_only_why)
        elif view.returned is not None:
            who, words = view.returned
            self.state.show_words(f"{who} returned this.", words)
        self._fit()

    def show_unsaved(self, why: str) -> None:
        """Why something could not be saved; "" once it was."""
        if why:
            self.unsaved.show_words("Not saved.", why)
        else:
            self.unsaved.hide()
        self._fit()

    def clear(self) -> None:
        """Nothing to say."""
        self.state.hide()
        self.show_unsaved("")

    def _fit(self) -> None:
        self.setVisible(not (self.state.isHidden() and self.unsaved.isHidden()))

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(10), t.px(10), t.px(10), t.px(8))
        self._column.setSpacing(t.px(6))
