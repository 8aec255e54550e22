"""What the window asks of a screen. Each method may be left as it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class Screen(QWidget):
    """A screen in the window.

    Signals: `said` shows a toast of what was done; `noted` of what stands; `refused` of what was
    not done, and why; `undo_offered` one with an Undo (words, what undoes it);
    `panes_changed` has the window chain Tab anew after a screen has been filled; `back_asked`
    goes to the screen before.
    """

    said = Signal(str)
    noted = Signal(str)
    refused = Signal(str)
    undo_offered = Signal(str, object)
    panes_changed = Signal()
    back_asked = Signal()

    def panes(self) -> Sequence[QWidget]:
        """The panes F6 walks through, in order; hidden ones are passed over."""
        return ()

    def entered(self) -> None:
        """It has come to the front."""

    def left(self) -> None:
        """Another screen is coming to the front: save what is waiting to be saved."""

    def main_act(self) -> None:
        """Ctrl Enter: the main act of this screen, or what is still missing for it."""

    def refresh(self) -> None:
        """F5: read again what is shown."""

    def look_again(self) -> None:
        """Something happened at the hub: read again, if need be, what is shown."""

    def save_now(self) -> None:
        """Ctrl S: keep what was typed without waiting for a pause."""

    def not_kept(self) -> str:
        """What closing the window would lose, in a sentence; "" where all is in the store."""
        return ""

    def keep_for_later(self) -> None:
        """Ctrl S where keeping also leaves the screen, to be finished another time."""
        self.save_now()

    def step_back(self) -> bool:
        """Esc: close what is open inside; False when there is nothing, and the window goes
        back a screen."""
        return False

    def next_needed(self, step: int) -> None:
        """F8 and Shift F8: go to the next (1) or previous (-1) part still needed."""

    def next_contact(self, step: int) -> None:
        """Ctrl PgDn and Ctrl PgUp: the next (1) or previous (-1) contact, from anywhere."""

    def go_to_part(self) -> None:
        """Ctrl G: choose a part of the form to go to."""

    def compare(self) -> None:
        """Ctrl M: compare records."""

    def ask_partner(self) -> None:
        """Ctrl E: ask a partner."""

    def look_up(self) -> None:
        """Ctrl L: ask partners for records of everyone in what is open."""

    def print_preview(self) -> None:
        """Ctrl P: see the pack."""

    def find_words(self) -> None:
        """Ctrl F: find words in the pane that has the focus."""

    def undo(self) -> None:
        """Ctrl Z outside a text field: undo the last act."""

    def redo(self) -> None:
        """Ctrl Y outside a text field."""

    def next_tab(self) -> None:
        """Ctrl Tab: the next tab of the pane that has the focus."""

    def set_blur(self, on: bool) -> None:
        """F9: replace names and words of families with bars, in the model, not only in paint."""

    def show_guidance(self) -> bool:
        """F1: the note about the field that has the focus; False where there is none, and the
        screen's page of the manual opens."""
        return False

    def help_topic(self) -> str:
        """The file in resources/help (without .md) that F1 opens here."""
        return ""


OPTIONAL_ACTS: dict[str, str] = {
    "Main action of this screen": "main_act",
    "Refresh": "refresh",
    "Save now": "save_now",
    "Go to a part of the form (1 to 7)": "go_to_part",
    "Compare records": "compare",
    "Ask a partner": "ask_partner",
    "Look up at partners": "look_up",
    "Print preview": "print_preview",
    "Find in this pane": "find_words",
    "Undo": "undo",
    "Redo": "redo",
    "Next tab in this pane": "next_tab",
}
"""Acts of the key map that a screen has only if it writes the method itself."""


def has_own(screen: QWidget, method: str) -> bool:
    """Whether a screen's class writes `method` itself."""
    if not isinstance(screen, Screen):
        return False
    return getattr(type(screen), method) is not getattr(Screen, method)
