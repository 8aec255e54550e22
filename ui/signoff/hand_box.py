"""A decision that goes to the council by hand: how, where to, and the number they gave it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.shell.dialogs import FormBox
from ui.widgets.editor import LineField


class HandBox(FormBox):
    """Asks how it goes, and its case number where there is one. `given` has both, as typed."""

    given = Signal(str, str)

    def __init__(self, parent: QWidget | None, council: str) -> None:
        super().__init__(
            parent,
            "download",
            "Export by hand",
            f"The signed document, and a copy to read, are written into a folder that you choose. "
            f"You take them to {council}; Fanlight does not send this decision again.",
        )
        self.how = LineField("How it goes to the council", "Secure mail to the duty desk")
        self.number = LineField("Case number, if they gave one", "")
        for field in (self.how, self.number):
            self.ask(field.accessibleName(), field)
        self.ready("Choose the folder…")
        self.how.setFocus()

    def give(self) -> None:
        """How it goes, and the number."""
        if not self.how.text().strip():
            self.refuse("Say how it goes to the council. It is kept with the decision.")
            self.how.setFocus()
            return
        if self.may_give():
            self.given.emit(self.how.text(), self.number.text())
            self.accept()


class NumberBox(FormBox):
    """Asks for the case number that the council gave. `given` has it, never empty."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, "pencil", "The council's case number", width=420)
        self.number = LineField("Case number", "")
        self.ask("Case number", self.number)
        self.ready("Keep it")
        self.number.setFocus()

    def give(self) -> None:
        """The number."""
        if not self.number.text().strip():
            self.refuse("Type the number first.")
            self.number.setFocus()
            return
        if self.may_give():
            self.given.emit(self.number.text())
            self.accept()
