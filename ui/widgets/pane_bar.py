"""Which of a screen's panes is shown, where one is shown at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt

from ui.widgets.tabs import Tabs


class PaneBar(Tabs):
    """A tab for each pane, by its key and words; `first` is shown at first."""

    def __init__(self, panes: Sequence[tuple[str, str]], first: str) -> None:
        super().__init__("Panes")
        for key, words in panes:
            self.add(key, words)
        self.set_value(first)

    def next_pane(self) -> None:
        """Ctrl Tab: the next pane, where one stands at a time."""
        if not self.isHidden():
            self.step(1)
            self.setFocus(Qt.FocusReason.TabFocusReason)
