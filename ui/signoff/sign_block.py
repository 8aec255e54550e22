"""Who signs, their PIN, and the act."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.decision import Verb
from triage.domain.worker import Worker
from ui.theme import theme
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.pane import Surface
from ui.widgets.text import Text


class SignBlock(Surface):
    """Who signs, their PIN, and the act with its key."""

    pressed = Signal()
    pin_typed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("pane", "borderControl", parent=parent)
        column = QVBoxLayout(self)
        head = QHBoxLayout()
        head.addWidget(IconLabel("signature", 20, "text"), 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.who = Text("", "label", weight=600, elide=True)
        self.number = Text("", "small", "text2", elide=True)
        words.addWidget(self.who)
        words.addWidget(self.number)
        head.addLayout(words, 1)
        column.addLayout(head)
        self.pin_label = Text("Your PIN", "small", weight=500)
        self.pin = LineField("Your PIN", secret=True)
        self.pin_label.setBuddy(self.pin)
        self.act = Button("Approve and sign", None, "primary", "Ctrl Enter")
        column.addWidget(self.pin_label)
        row = QHBoxLayout()
        row.addWidget(self.pin, 1)
        row.addWidget(self.act)
        column.addLayout(row)
        self._column, self._head, self._row = column, head, row
        self._busy = False
        self._person = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.act.clicked.connect(self.pressed)
        self.pin.returnPressed.connect(self.pressed)
        self.pin.typed.connect(self._typed)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(14), t.px(10), t.px(14), t.px(12))
        self._column.setSpacing(t.px(5))
        self._head.setSpacing(t.px(12))
        self._row.setSpacing(t.px(8))

    def _typed(self, _words: str) -> None:
        self.pin_typed.emit()

    def show_person(self, worker: Worker, number: int) -> None:
        """Whose signature it will be."""
        self._person = f"{worker.name}, {worker.job.lower()}"
        registered = f"Social Work England no. {worker.registration}" if worker.registration else ""
        self.number.set_text(" · ".join(w for w in (registered, f"version {number}") if w))
        self.pin.clear()
        self.set_busy(False)

    def show_verb(self, verb: Verb | None, author: str) -> None:
        """Returning needs no signature."""
        returning = verb is Verb.RETURN
        self.who.set_text(f"{'Return' if returning else 'Sign'} as {self._person}")
        self.pin.setVisible(not returning)
        self.pin_label.setVisible(not returning)
        words = {
            Verb.RETURN: f"Return to {author}",
            Verb.APPROVE_WITH_CHANGE: "Sign with the change",
        }
        self.act.set_text(words.get(verb, "Approve and sign") if verb else "Approve and sign")

    def take_pin(self) -> str:
        """The PIN, which is then forgotten here."""
        pin = self.pin.text()
        self.pin.clear()
        return pin

    def set_busy(self, busy: bool) -> None:
        """While it is being signed nothing more is asked."""
        self._busy = busy
        self.act.setEnabled(not busy)

    def busy(self) -> bool:
        """Whether a signature is being made."""
        return self._busy
