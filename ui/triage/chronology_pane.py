"""Earlier involvement: a chart in lanes, or the same facts as a list."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QWidget

from triage.domain.lookup import Involvement
from triage.domain.spelling import counted, spell_day
from ui import paint
from ui.theme import theme
from ui.triage.chronology_view import (
    ChronologyView,
    TimelineModel,
    TimelineView,
    draw_mark,
    lanes_of,
)
from ui.triage.hidden import HIDDEN
from ui.triage.opened import Opened
from ui.widgets.pane import Pane
from ui.widgets.segments import Segments
from ui.widgets.states import StateView
from ui.widgets.table import Rows, Table

_LEGEND = (("contact", "Contact"), ("incident", "Incident"), ("visit", "Visit or note"))


def timeline_view(opened: Opened, *, blurred: bool = False) -> TimelineView:
    """The chronology of a contact."""
    return TimelineView(events=opened.view.chronology, today=opened.today, blurred=blurred)


class Legend(QLabel):
    """What the marks mean; its text says it to a reader."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText("Circle: contact. Diamond: incident. Square: visit or note.")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Marks and words."""
        t = theme()
        words = sum(t.metrics("small").horizontalAdvance(w) for _, w in _LEGEND)
        return QSize(round(words) + len(_LEGEND) * t.px(10 + 5 + 12), t.px(20))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Mark, word, mark, word."""
        t = theme()
        painter = QPainter(self)
        x, side = 0.0, float(t.px(10))
        for kind, words in _LEGEND:
            draw_mark(painter, kind, QRectF(x, (self.height() - side) / 2, side, side))
            x += side + t.px(5)
            wide = t.metrics("small").horizontalAdvance(words)
            area = QRectF(x, 0, wide + 2, self.height())
            paint.text(painter, area, words, t.font("small"), t.colour("text2"))
            x += wide + t.px(12)
        painter.end()


class ChronologyPane(Pane):
    """Shows a TimelineView, as Chart or List."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Earlier involvement", parent=parent)
        self.legend = Legend()
        self.how = Segments((("chart", "Chart"), ("list", "List")), "How to show it", dense=True)
        self.how.set_value("chart")
        self.how.chosen.connect(self._choose)
        self.add_action(self.legend)
        self.add_action(self.how)
        self.model = TimelineModel(self)
        self.chart = ChronologyView()
        self.chart.setModel(self.model)
        self.rows = Rows(("When", "What", "Lane", "From"), parent=self)
        self.table = Table("Earlier involvement, list", (22, 42, 16, 20))
        self.table.setModel(self.rows)
        self._empty = StateView()
        self._empty.show_empty("No earlier involvement found")
        self._stack = QStackedWidget()
        for widget in (self.chart, self.table, self._empty):
            self._stack.addWidget(widget)
        self.body.addWidget(self._stack, 1)

    def set_compact(self, compact: bool) -> None:
        """Leave the legend out where there is no room."""
        self.legend.setVisible(not compact)

    def show_view(self, view: TimelineView) -> None:
        """Show a contact's chronology."""
        if view == self.model.view and self._stack.currentWidget() is not self._empty:
            return
        self.model.put(view)
        self.chart.lay_out()
        self.rows.put([self._row(e, view) for e in reversed(view.events)])
        n, m = len(view.events), len(lanes_of(view.events))
        words = f"{counted(n, 'event')} in {counted(m, 'lane')}"
        self.subtitle.set_text(words if n else "")
        self._choose(self.how.value() or "chart")

    def count(self) -> int:
        """How many events."""
        return len(self.model.view.events)

    def _row(self, event: Involvement, view: TimelineView) -> list[str | dict[int, object]]:
        when = spell_day(event.start)
        if event.end is not None:
            when = f"{when} to {spell_day(event.end)}"
        words = HIDDEN if view.blurred else event.words
        return [when, words, event.lane, event.source or event.reference]

    def _choose(self, how: str) -> None:
        if not self.model.view.events:
            self._stack.setCurrentWidget(self._empty)
            return
        self._stack.setCurrentWidget(self.table if how == "list" else self.chart)
