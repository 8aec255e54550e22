"""The foot of the form: on to what is needed, and sending; it explains, it is never dead grey."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.decision import Completeness
from triage.domain.profile import Part
from triage.domain.spelling import counted
from ui.theme import theme
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.pane import Surface
from ui.widgets.text import Paragraph, Span, Text


class Explanation(Surface):
    """What is still needed; and for an urgent case the way on, with its gaps recorded."""

    accepted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("warnSoft", "warnText", radius=0, parent=parent)
        self._column = QVBoxLayout(self)
        head = QHBoxLayout()
        head.addWidget(IconLabel("triangle-alert", 16, "warnText"), 0, Qt.AlignmentFlag.AlignTop)
        self.words = Paragraph("", "body")
        head.addWidget(self.words, 1)
        self._head = head
        self._column.addLayout(head)
        self._urgent = QWidget()
        row = QHBoxLayout(self._urgent)
        row.setContentsMargins(0, 0, 0, 0)
        self.why = LineField("Why it cannot wait", "Why it cannot wait for these answers")
        self.go = Button("Send with the gaps", dense=True)
        self.why.typed.connect(self._ready)
        self.why.returnPressed.connect(self._accept)
        self.go.clicked.connect(self._accept)
        row.addWidget(self.why, 1)
        row.addWidget(self.go)
        self._row = row
        self._column.addWidget(self._urgent)
        self._space()
        theme().scaled.connect(self._space)
        self.hide()

    def show_missing(self, parts: Sequence[Part], meter: Completeness, *, urgent: bool) -> None:
        """Name those of all `parts` to finish; `urgent` offers to send with the gaps recorded."""
        unfinished = {state.part for state in meter.parts if state.needed}
        titles = [f"{n} {part.title}" for n, part in enumerate(parts, 1) if part.id in unfinished]
        first = f"{counted(len(titles), 'part')} to finish first"
        spans = [
            Span(f"{first}, {counted(meter.needed, 'answer')}. ", bold=True),
            Span(f"{'; '.join(titles)}. What you wrote is saved. F8 goes to the next of them."),
        ]
        if urgent:
            spans.append(Span(" It is urgent: you can send it now, and the gaps are recorded."))
        self.words.set_spans(spans)
        self.setAccessibleName(self.words.text())
        self._urgent.setVisible(urgent)
        self._ready()
        self.show()

    def _ready(self, _words: str = "") -> None:
        self.go.set_ready(bool(self.why.text().strip()))

    def _accept(self) -> None:
        why = self.why.text().strip()
        if not why:
            self.why.setFocus()
            return
        self.accepted.emit(why)
        self.why.put("")

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(14), t.px(8), t.px(14), t.px(8))
        self._column.setSpacing(t.px(6))
        self._head.setSpacing(t.px(10))
        self._row.setSpacing(t.px(8))


class SendStrip(QWidget):
    """Next needed, how much is left, and Send for sign-off."""

    next_pressed = Signal()
    send_pressed = Signal()
    gaps_accepted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.next = Button("Next needed", "list-checks", key_hint="F8")
        self.left = Text("", "small", "text2", elide=True)
        self.left.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.send = Button("Send for sign-off", kind="primary", key_hint="Ctrl Enter")
        row.addWidget(self.next)
        row.addWidget(self.left, 1)
        row.addStretch(0)
        row.addWidget(self.send)
        self._row = row
        self.explanation = Explanation()
        self.next.clicked.connect(self.next_pressed)
        self.send.clicked.connect(self.send_pressed)
        self.explanation.accepted.connect(self.gaps_accepted)
        self._space()
        theme().scaled.connect(self._space)
        theme().changed.connect(self._fit)  # once its parts have their sizes

    def show_gaps(self, parts: int, needed: int) -> None:
        """How much is left; `needed` 0 makes Send ready."""
        words = f"{counted(parts, 'part')} to finish first" if needed else "Ready"
        self.left.set_text(words)
        self._fit()
        self.send.set_ready(not needed)
        said = f"{words}; says what is missing" if needed else ""
        self.send.setAccessibleDescription(said)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """How much is left goes first where there is no room; the head says it too."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        buttons = self.next.sizeHint().width() + self.send.sizeHint().width()
        room = self.width() - buttons - 2 * theme().px(8)
        self.left.setVisible(room >= self.left.sizeHint().width())
        self._row.setStretch(2, 0 if self.left.isVisibleTo(self) else 1)

    def _space(self) -> None:
        self._row.setSpacing(theme().px(8))
        self._fit()
