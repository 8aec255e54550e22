"""Who sits down at the desk: a name from the list and that person's PIN; and changing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from triage.domain.worker import Worker
from ui.shell.dialogs import PIN_FIRST, FormBox
from ui.theme import theme
from ui.widgets.editor import Choice, LineField
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Who asks to sit down, and the PIN typed."""

    worker_id: str
    pin: str


class SignInBox(FormBox):
    """Asks who and their PIN. `given` has a `SignIn`; then call `accept()` or `refuse(words)`.

    An empty PIN is never given: it would use up a try.
    """

    given = Signal(object)

    def __init__(
        self, parent: QWidget | None, workers: Sequence[Worker], now: str | None = None
    ) -> None:
        super().__init__(
            parent, "users", "Who is at the desk?", "Each person signs with their own key.", 440
        )
        # The one who sits there already is the least likely to be asked for.
        others = [w for w in workers if w.id != now]
        here = [w for w in workers if w.id == now]
        self.who = Choice(
            "Person", [(w.id, f"{w.name}, {w.job}") for w in (*others, *here)], "Choose"
        )
        self.pin = LineField("PIN", "", secret=True)
        self._hint = Text("", "small", "muted", wrap=True)
        self._hint.hide()
        for part in (
            Text("Person", "label"),
            self.who,
            Text("Their PIN", "label"),
            self.pin,
            self._hint,
        ):
            self.body.addWidget(part)
        self.body.insertSpacing(2, theme().px(6))
        if len(others) == 1:
            self.who.set_value(others[0].id)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", "Sit down", "primary", "Enter")
        self.answered.connect(self._go)
        (self.who if self.who.value() is None else self.pin).setFocus()

    def set_hint(self, words: str) -> None:
        """Words under the PIN; the practice hub prints its PINs here."""
        self._hint.set_text(words)
        self._hint.setVisible(bool(words))

    def refuse(self, words: str) -> None:
        """Say why not, and let the PIN be typed again."""
        super().refuse(words)
        self.pin.clear()
        self.pin.setFocus()

    def give(self) -> None:
        """Tell who it is, once a person is chosen and a PIN typed."""
        chosen = self.who.value()
        if chosen is None:
            super().refuse("Choose who is at the desk.")
            self.who.setFocus()
            return
        if not self.pin.text():
            self.refuse(PIN_FIRST)
            return
        self.given.emit(SignIn(worker_id=chosen, pin=self.pin.text()))


def _in_a_sentence(field: LineField) -> str:
    name = field.accessibleName()
    return name[0].lower() + name[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPin:
    """The PIN that was, and the one wanted instead."""

    pin: str
    new_pin: str


class ChangePinBox(FormBox):
    """Asks a person's PIN and, twice, the one they want instead. `card` is the label of the card
    that the PIN is of, "" for none.

    `given` has a `NewPin`; then call `accept()`, `refuse(words)` for the PIN that was, or
    `refuse_new(words)`. What is missing or typed in two ways is never given.
    """

    given = Signal(object)

    def __init__(self, parent: QWidget | None, card: str = "") -> None:
        words = (
            f"It is the PIN of your card {card}, wherever the card is used. The card counts wrong "
            "ones and locks itself."
            if card
            else "You sign in, unlock and sign with it. It is kept nowhere: nobody can tell it you."
        )
        super().__init__(parent, "key-round", "Change your PIN", words, 440)
        self.pin = LineField("Current PIN", "", secret=True)
        self.new_pin = LineField("New PIN", "", secret=True)
        self.again = LineField("New PIN again", "", secret=True)
        for field in (self.pin, self.new_pin, self.again):
            self.body.addSpacing(theme().px(6))
            self.body.addWidget(Text(field.accessibleName(), "label"))
            self.body.addWidget(field)
        how = "Better six than four. No year or date, no name, nothing in a row."
        self.body.addWidget(Text(how, "small", "muted", wrap=True))
        self.add_answer("cancel", "Cancel")
        self._change = self.add_answer("go", "Change PIN", "primary", "Enter")
        self.answered.connect(self._go)
        self.pin.setFocus()

    def refuse(self, words: str) -> None:
        """Say why not, and let the PIN that was be typed again."""
        self._say(words, self.pin)

    def refuse_new(self, words: str) -> None:
        """Say why not, and let the new PIN be typed again."""
        self.again.clear()
        self._say(words, self.new_pin)

    def _say(self, words: str, at: LineField) -> None:
        self._change.setEnabled(True)
        super().refuse(words)
        at.clear()
        at.setFocus()

    def give(self) -> None:
        """Tell both PINs, once the new one was typed twice the same."""
        missing = next((f for f in (self.pin, self.new_pin, self.again) if not f.text()), None)
        if missing is not None:
            self._say(f"Type the {_in_a_sentence(missing)}.", missing)
        elif self.new_pin.text() != self.again.text():
            self.refuse_new("The new PIN was typed in two ways. Type it again, twice the same.")
        else:
            self._change.setEnabled(False)  # a second try would be with a PIN that is changed
            self.given.emit(NewPin(pin=self.pin.text(), new_pin=self.new_pin.text()))
