"""The head of the form: how much is done, in words and in blocks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.domain.decision import Completeness, Weight
from ui.theme import theme
from ui.widgets.meter import Meter
from ui.widgets.meter import Part as Block
from ui.widgets.text import Text


class MeterHead(QObject):
    """Puts the count and the meter into a pane's head, the meter below the title."""

    def __init__(self, box: QWidget, row: QHBoxLayout) -> None:
        super().__init__(box)
        self._box, self._row = box, row
        self.count = Text("", "small", weight=600)
        self.rest = Text("", "small", "text2", elide=True)
        row.addWidget(self.count)
        row.addWidget(self.rest)
        self.meter = Meter("Answers done", box)
        box.installEventFilter(self)
        self._space()
        theme().scaled.connect(self._space)

    def set_visible(self, visible: bool) -> None:
        """Show or hide all of it."""
        for part in (self.count, self.rest, self.meter):
            part.setVisible(visible)

    def show_meter(self, meter: Completeness) -> None:
        """Say what is done, needed and advised, and how many answers contradict."""
        blocks: list[Block] = ["done"] * meter.done
        blocks += ["needed"] * meter.needed
        blocks += ["advised"] * meter.advised
        self.meter.set_parts(blocks)
        contradictions = sum(p.weight is Weight.CONTRADICTS for p in meter.problems)
        rest = [f"{meter.needed} needed to send"] if meter.needed else []
        rest += [f"{meter.advised} advised"] if meter.advised else []
        rest += [f"{contradictions} to look at again"] if contradictions else []
        self.count.set_text(f"{meter.done} of {meter.total} done")
        self.rest.set_text("· " + (", ".join(rest) or "nothing missing"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the meter below the title as the head grows or narrows."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        t = theme()
        width = self._box.width() - t.px(28)
        self.meter.setGeometry(t.px(14), self._box.height() - t.px(18), width, t.px(8))

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(14), t.px(4), t.px(14), t.px(18))
        self._row.setSpacing(t.px(4))
        self._box.setFixedHeight(t.px(56))
        self._place()
