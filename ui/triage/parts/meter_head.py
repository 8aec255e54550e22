"""The head of the form: how much is done, in words and in blocks."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.domain.decision import Completeness, Weight
from ui.theme import theme
from ui.widgets.meter import Meter
from ui.widgets.meter import Part as Block
from ui.widgets.text import Text

_LONG = ("needed to send", "advised", "to look at again")
_SHORT = ("needed", "advised", "to check")


class MeterHead(QObject):
    """Puts the count and the meter into a pane's head, the meter below the title.

    Where there is little room it says the same in fewer words, and then does without the `quiet`
    ones beside the title.
    """

    def __init__(self, box: QWidget, row: QHBoxLayout, title: Text, quiet: Text) -> None:
        super().__init__(box)
        self._box, self._row, self._title, self._quiet = box, row, title, quiet
        self._said: tuple[str, ...] = ("",)
        self._shown = True
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
        self._shown = visible
        for part in (self.count, self.rest, self.meter):
            part.setVisible(visible)
        self._space()

    def show_meter(self, meter: Completeness, first: str = "") -> None:
        """Say what is done, needed and advised, and how many answers contradict; before all that
        what comes `first`, which is never left out for want of room."""
        blocks: list[Block] = ["done"] * meter.done
        blocks += ["needed"] * meter.needed
        blocks += ["advised"] * meter.advised
        self.meter.set_parts(blocks)
        contradictions = sum(p.weight is Weight.CONTRADICTS for p in meter.problems)
        counts = (meter.needed, meter.advised, contradictions)
        if first:
            counts = (*counts[:2], counts[2] - 1)
        self._said = tuple(_rest(counts, words, first) for words in (_LONG, _SHORT))
        if first:
            self._said = (*self._said, f"· {first}")
        self.count.set_text(f"{meter.done} of {meter.total} done")
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the meter below the title as the head grows or narrows."""
        if event.type() == QEvent.Type.Resize:
            self._place()
            self._fit()
        return False

    def _fit(self) -> None:
        margins, metrics = self._row.contentsMargins(), theme().metrics("small")
        taken = margins.left() + margins.right() + 3 * self._row.spacing()
        taken += self._title.sizeHint().width() + self.count.sizeHint().width()
        room = self._box.width() - taken
        quiet = self._quiet.sizeHint().width()
        wide = [math.ceil(metrics.horizontalAdvance(words)) + 1 for words in self._said]
        whole = wide[0] + quiet <= room
        fits = (at for at, w in enumerate(wide) if at and w <= room)
        shown = 0 if whole else next(fits, len(wide) - 1)
        self.rest.set_text(self._said[shown])
        self._quiet.setVisible(wide[shown] + quiet <= room)

    def _place(self) -> None:
        t = theme()
        width = self._box.width() - t.px(28)
        self.meter.setGeometry(t.px(14), self._box.height() - t.px(18), width, t.px(8))

    def _space(self) -> None:
        t = theme()
        low, high = (18, 56) if self._shown else (4, 40)
        self._row.setContentsMargins(t.px(14), t.px(4), t.px(14), t.px(low))
        self._row.setSpacing(t.px(4))
        self._box.setFixedHeight(t.px(high))
        self._place()
        self._fit()


def _rest(counts: tuple[int, ...], words: tuple[str, ...], first: str) -> str:
    said = [first] if first else []
    said += [f"{n} {what}" for n, what in zip(counts, words, strict=True) if n]
    return "· " + (", ".join(said) or "nothing missing")
