"""What a team leader is told across the window until it is acknowledged: who opened a restricted
record with a reason."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.workflow.access import Notice
from ui.theme import theme
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.pane import Surface
from ui.widgets.text import Paragraph, Span
from ui.widgets.toast import announce


class NoticeBar(Surface):
    """The oldest that nobody has seen, and how many wait behind it. `seen` gives its grant."""

    seen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("restrictedSoft", "restricted", radius=0, stripe="restricted")
        self.setParent(parent)
        self._notices: tuple[Notice, ...] = ()
        self._hidden = False
        self.words = Paragraph("", "body")
        self.button = Button("I have seen it", "check")
        self.button.clicked.connect(self._tell)
        self._row = QHBoxLayout(self)
        self._row.addWidget(IconLabel("shield-alert", 18, "restricted"))
        self._row.addWidget(self.words, 1, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.button)
        self._space()
        theme().scaled.connect(self._space)
        self.hide()

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(16), t.px(6), t.px(12), t.px(6))
        self._row.setSpacing(t.px(10))

    def show_notices(self, notices: tuple[Notice, ...]) -> bool:
        """Tell of these, and whether that changed anything; none takes the bar away. A new one is
        said aloud."""
        if notices == self._notices:
            return False
        new = set(notices) - set(self._notices)
        self._notices = notices
        self._say()
        if new:
            announce(self, self.words.text(), urgent=True)
        return True

    def set_hidden(self, hidden: bool) -> None:
        """Leave the reason out, which may name somebody, or put it in."""
        self._hidden = hidden
        self._say()

    def _say(self) -> None:
        self.setVisible(bool(self._notices))
        if not self._notices:
            self.words.set_text("")
            return
        first, more = self._notices[0], len(self._notices) - 1
        reason = "Reason hidden, F9 shows it." if self._hidden else f"“{first.why}”"
        waiting = f" {more} more after this." if more else ""
        self.words.set_spans(
            (
                Span(f"{first.who} opened restricted record {first.reference}", bold=True),
                Span(f" at {first.at:%H:%M}, until {first.until:%H:%M}. {reason}{waiting}"),
            )
        )
        self.setAccessibleName(self.words.text())
        self.button.setAccessibleName(f"I have seen it: {first.reference}")

    def _tell(self) -> None:
        if self._notices:
            self.seen.emit(self._notices[0].grant_id)
