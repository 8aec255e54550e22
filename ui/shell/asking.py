"""Two questions the window asks in the pictures' words: why a restricted record is opened, and
what to keep when two people changed the same answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.shell.dialogs import AskBox
from ui.theme import theme
from ui.widgets.editor import Choice, Editor
from ui.widgets.pane import Surface
from ui.widgets.text import Paragraph, Text


class ReasonBox(AskBox):
    """Asks for a reason from a list, and words where they are needed.

    `given` has (reason key, words). `words_needed` are the keys that need words.
    """

    given = Signal(str, str)

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        words: str,
        reasons: Sequence[tuple[str, str]],
        act: str,
        *,
        icon: str = "shield-alert",
        words_needed: Sequence[str] = (),
    ) -> None:
        super().__init__(parent, icon, title, words)
        self._words_needed = frozenset(words_needed)
        self.reason = Choice("Why?", reasons, "Choose a reason")
        self.note = Editor("In your words", "Say a little more", lines=2, max_lines=6)
        self.body.addWidget(Text("Why?", "label"))
        self.body.addWidget(self.reason)
        self.body.addWidget(self.note)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", act, "primary")
        self.answered.connect(self._go)
        self.reason.setFocus()

    def _go(self, key: str) -> None:
        if key != "go":
            if self.isVisible():
                self.done(QDialog.DialogCode.Rejected)
            return
        reason, note = self.reason.value(), self.note.toPlainText().strip()
        if reason is None:
            self.refuse("Choose a reason first.")
            self.reason.setFocus()
        elif reason in self._words_needed and not note:
            self.refuse("This reason needs a few words.")
            self.note.setFocus()
        elif self.may_give():
            self.given.emit(reason, note)
            self.accept()


class ConflictBox(AskBox):
    """Two people changed one field: both are shown, nothing is lost.

    `kept` has what to keep: "both", "mine" or "theirs". Closing the box keeps both; where both
    can't be kept it settles nothing, and says "".
    """

    kept = Signal(str)

    def __init__(
        self,
        parent: QWidget | None,
        field: str,
        mine: tuple[str, str],
        theirs: tuple[str, str],
        other: str,
        *,
        both: bool = True,
    ) -> None:
        super().__init__(
            parent,
            "git-compare-arrows",
            f"{'Two people' if both else 'Two desks'} changed {field}",
            f"You and {other} both changed it. Nothing is lost. Choose what to keep.",
            560,
        )
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        for (when, words), accent in ((mine, True), (theirs, False)):
            card = Surface(edge="borderControl", radius=4)
            card.set_accent(accent)
            column = QVBoxLayout(card)
            column.addWidget(Text(when, "small", weight=600))
            column.addWidget(Paragraph(words, "body"))
            column.addStretch(1)
            row.addWidget(card, 1)
        self.body.addLayout(row)
        self._told = False
        self._left = "both" if both else ""
        self.add_answer("theirs", "Keep theirs")
        self.add_answer("mine", "Keep mine", "secondary" if both else "primary")
        if both:
            self.add_answer("both", "Keep both", "primary")
        self.answered.connect(self._go)

    def _go(self, key: str) -> None:
        if self._told:
            return
        self._told = True
        self.kept.emit(key if key in ("mine", "theirs") else self._left)
        self.accept()
