"""A decision that goes to the council by hand: how, where to, and the number they gave it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.shell.dialogs import AskBox
from ui.widgets.editor import LineField
from ui.widgets.text import Text


class HandBox(AskBox):
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
            self.body.addWidget(Text(field.accessibleName(), "label"))
            self.body.addWidget(field)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", "Choose the folder…", "primary", "Enter")
        self.answered.connect(self._answered)
        self.how.setFocus()

    def _answered(self, key: str) -> None:
        if key != "go":
            if self.isVisible():
                self.done(0)
        elif not self.how.text().strip():
            self.refuse("Say how it goes to the council. It is kept with the decision.")
            self.how.setFocus()
        else:
            self.given.emit(self.how.text(), self.number.text())
            self.done(1)


class NumberBox(AskBox):
    """Asks for the case number that the council gave. `given` has it, never empty."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, "pencil", "The council's case number", width=420)
        self.number = LineField("Case number", "")
        self.body.addWidget(Text("Case number", "label"))
        self.body.addWidget(self.number)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", "Keep it", "primary", "Enter")
        self.answered.connect(self._answered)
        self.number.setFocus()

    def _answered(self, key: str) -> None:
        if key != "go":
            if self.isVisible():
                self.done(0)
        elif not self.number.text().strip():
            self.refuse("Type the number first.")
            self.number.setFocus()
        else:
            self.given.emit(self.number.text())
            self.done(1)
