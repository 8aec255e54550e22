"""Earlier involvement drawn in lanes: one list to a reader, a chart to the eye.

Left and Right go through time in a lane, Up and Down from lane to lane.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView

from triage.domain.lookup import Involvement
from triage.domain.spelling import spell_day
from ui import paint
from ui.theme import theme
from ui.triage.hidden import HIDDEN
from ui.widgets.lists import ListView
from ui.widgets.text import plain_tip

Index = QModelIndex | QPersistentModelIndex
ITEM = Qt.ItemDataRole.UserRole + 1
_FIRST_LANES = ("Contacts", "Plans", "Police", "Health", "Education")
_KINDS = {"contact": "Contact", "incident": "Incident", "plan": "Plan", "visit": "Visit"}
_MARK = 10
_LABELS = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineView:
    """Events, oldest first, and the day that "Today" stands at."""

    events: tuple[Involvement, ...]
    today: date
    blurred: bool = False


_NOTHING = TimelineView(events=(), today=date(2000, 1, 1))


def lanes_of(events: Sequence[Involvement]) -> list[str]:
    """The lanes that have something, the usual ones first."""
    found = dict.fromkeys(e.lane for e in events)
    first = [lane for lane in _FIRST_LANES if lane in found]
    return [*first, *(lane for lane in found if lane not in first)]


class TimelineModel(QAbstractListModel):
    """One row for each event, oldest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = _NOTHING

    def put(self, view: TimelineView) -> None:
        """Show other events."""
        if view == self.view:
            return
        self.beginResetModel()
        self.view = view
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many events."""
        return 0 if parent.isValid() else len(self.view.events)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words for the eye and ear; the event for the painter."""
        if not index.isValid():
            return None
        event = self.view.events[index.row()]
        if role == ITEM:
            return event
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(event)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.words(event))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{event.lane}. {_KINDS.get(event.kind, 'Note')}. {self.words(event)}"
        return None

    def words(self, event: Involvement) -> str:
        """When, what, from whom."""
        when = spell_day(event.start)
        if event.end is not None:
            when = f"{when} to {spell_day(event.end)}"
        said = HIDDEN if self.view.blurred else event.words
        return " · ".join(w for w in (when, said, event.source) if w)


class ChronologyView(ListView):
    """The painted lanes. Points for moments, bars for what lasted."""

    def __init__(self) -> None:
        # Qt calls overrides from inside the constructor: fields first.
        self._lanes: list[str] = []
        self._rects: list[QRectF] = []
        self._first = self._last = date(2000, 1, 1)
        super().__init__("Earlier involvement, chart")
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme().changed.connect(self.lay_out)

    def timeline(self) -> TimelineView:
        """What is shown."""
        model = self.model()
        return model.view if isinstance(model, TimelineModel) else _NOTHING

    # ---- measuring ------------------------------------------------------

    def lay_out(self) -> None:
        """Work out where each event stands; after new events, another size or theme."""
        view = self.timeline()
        self._lanes = lanes_of(view.events)
        first = min((e.start for e in view.events), default=view.today)
        self._first = date(min(first.year, view.today.year - 1), 1, 1)
        self._last = max([view.today, *(e.end for e in view.events if e.end and e.end.year < 2100)])
        self._rects = [self._place(e) for e in view.events]
        need = self._top() + self._lane_height() * len(self._lanes) + theme().px(4)
        self.verticalScrollBar().setRange(0, max(0, round(need) - self.viewport().height()))
        self.viewport().update()

    def _top(self) -> int:
        return theme().px(26)

    def _lane_height(self) -> float:
        t = theme()
        room = self.viewport().height() - self._top() - t.px(4)
        return float(max(t.px(18), min(t.px(28), room / max(1, len(self._lanes)))))

    def _left(self) -> int:
        t = theme()
        words = max((t.metrics("small").horizontalAdvance(lane) for lane in self._lanes), default=0)
        return max(t.px(_LABELS), round(words) + t.px(26))

    def _x(self, day: date) -> float:
        left, right = self._left() + theme().px(6), self.viewport().width() - theme().px(20)
        whole = max(1, (self._last - self._first).days)
        return left + (right - left) * min(1.0, (day - self._first).days / whole)

    def _middle(self, lane: str) -> float:
        return self._top() + (self._lanes.index(lane) + 0.5) * self._lane_height()

    def _place(self, event: Involvement) -> QRectF:
        t = theme()
        x, y = self._x(event.start), self._middle(event.lane)
        if _lasts(event):
            end = self._x(min(event.end or self._last, self._last))
            return QRectF(x, y - t.px(7), max(float(t.px(14)), end - x), t.px(14))
        side = float(t.px(_MARK))
        return QRectF(x - side / 2, y - side / 2, side, side)

    def _offset(self) -> int:
        return self.verticalScrollBar().value()

    # ---- what a list view is asked --------------------------------------

    def visualRect(self, index: Index) -> QRect:
        """Where an event stands in the viewport."""
        if not index.isValid() or index.row() >= len(self._rects):
            return QRect()
        return self._rects[index.row()].translated(0, -self._offset()).toAlignedRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The event under a point, with a little room round it."""
        at = QPointF(point.x(), point.y() + self._offset())
        for row in range(len(self._rects) - 1, -1, -1):
            if self._rects[row].adjusted(-4, -4, 4, 4).contains(at):
                return self.model().index(row, 0)
        return QModelIndex()

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring its lane into sight."""
        rect = self.visualRect(index)
        bar = self.verticalScrollBar()
        if rect.top() < self._top():
            bar.setValue(bar.value() + rect.top() - self._top())
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + 4)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Left and Right in time, Up and Down by lane, Home and End to the first and last."""
        events, kind = self.timeline().events, QAbstractItemView.CursorAction
        if not events:
            return QModelIndex()
        row = max(0, self.currentIndex().row())
        goal = row
        if action in (kind.MoveLeft, kind.MoveRight, kind.MovePrevious, kind.MoveNext):
            by = -1 if action in (kind.MoveLeft, kind.MovePrevious) else 1
            lane = [i for i, e in enumerate(events) if e.lane == events[row].lane]
            at = lane.index(row) + by
            goal = lane[max(0, min(len(lane) - 1, at))]
        elif action in (kind.MoveUp, kind.MoveDown):
            goal = self._other_lane(row, -1 if action == kind.MoveUp else 1)
        elif action in (kind.MoveHome, kind.MovePageUp):
            goal = 0
        elif action in (kind.MoveEnd, kind.MovePageDown):
            goal = len(events) - 1
        return self.model().index(goal, 0)

    def _other_lane(self, row: int, by: int) -> int:
        events = self.timeline().events
        lane = self._lanes.index(events[row].lane) + by
        if not 0 <= lane < len(self._lanes):
            return row
        rows = [i for i, e in enumerate(events) if e.lane == self._lanes[lane]]
        days = [events[i].start for i in rows]
        at = bisect_left(days, events[row].start)
        near = [i for i in (at - 1, at) if 0 <= i < len(rows)]
        return min(
            (rows[i] for i in near), key=lambda i: abs((events[i].start - events[row].start).days)
        )

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """The one event under the pointer."""
        index = self.indexAt(rect.center())
        chosen = QItemSelection(index, index) if index.isValid() else QItemSelection()
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """The events chosen."""
        region = QRegion()
        for index in selection.indexes():
            region += QRegion(self.visualRect(index).adjusted(-4, -4, 4, 4))
        return region

    def updateGeometries(self) -> None:
        """Nothing of Qt's own: the chart has its own measures."""

    def doItemsLayout(self) -> None:
        """Qt's, then ours."""
        super().doItemsLayout()
        self.lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stretch time to the new width."""
        super().resizeEvent(event)
        self.lay_out()

    # ---- painting -------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Years, lanes, events, today."""
        t = theme()
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), t.colour("surface"))
        if len(self._rects) != len(self.timeline().events):
            self.lay_out()
        painter.translate(0, -self._offset())
        low = self._top() + self._lane_height() * len(self._lanes)
        self._paint_years(painter, low)
        self._paint_lanes(painter)
        current = self.currentIndex().row() if self.hasFocus() else -1
        for row, item in enumerate(self.timeline().events):
            self._paint_event(painter, item, self._rects[row])
            if row == current:
                paint.focus_ring(painter, self._rects[row].adjusted(-5, -5, 5, 5), 4)
        painter.end()

    def _paint_years(self, painter: QPainter, low: float) -> None:
        t = theme()
        edge, ink, font = t.colour("borderSubtle"), t.colour("text2"), t.font("small")
        today = self._x(self.timeline().today)
        words_left = today - t.metrics("small", 600).horizontalAdvance("Today") - t.px(5)
        years = self._last.year - self._first.year + 1
        every = max(1, round(years / max(1, (self.viewport().width() - self._left()) / t.px(60))))
        for year in range(self._first.year, self._last.year + 1):
            if (year - self._first.year) % every:
                continue
            x = self._x(date(year, 1, 1))
            paint.upright(painter, x, 0, low, edge)
            if x + t.px(40) < words_left:
                paint.text(painter, QRectF(x + t.px(4), 0, 60, t.px(22)), str(year), font, ink)
        area = QRectF(words_left, 0, t.px(60), t.px(22))
        paint.text(painter, area, "Today", t.font("small", 600), t.colour("text"))

    def _paint_lanes(self, painter: QPainter) -> None:
        t = theme()
        font, ink, edge = t.font("small"), t.colour("text"), t.colour("borderSubtle")
        for lane in self._lanes:
            middle, high = self._middle(lane), self._lane_height()
            area = QRectF(t.px(14), middle - high / 2, self._left() - t.px(18), high)
            words = paint.elided(lane, "small", None, area.width())
            paint.text(painter, area, words, font, ink)
            right = self.viewport().width() - t.px(14)
            paint.hairline(painter, self._left(), middle + high / 2, right, edge)
        x = self._x(self.timeline().today)
        pen = QPen(t.colour("text"), 1.5)
        pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        low = self._top() + self._lane_height() * len(self._lanes)
        painter.drawLine(QPointF(x, 2), QPointF(x, low))

    def _paint_event(self, painter: QPainter, event: Involvement, rect: QRectF) -> None:
        t = theme()
        if _lasts(event):
            fill, edge = t.colour("accentSoft"), t.colour("accent")
            paint.box(painter, rect, fill=fill, edge=edge, radius=3)
            words = HIDDEN if self.timeline().blurred else event.words
            words = paint.elided(words, "small", 500, rect.width() - t.px(8))
            if len(words) > 2:
                area = rect.adjusted(t.px(5), 0, 0, 0)
                paint.text(painter, area, words, t.font("small", 500), t.colour("text"))
            return
        draw_mark(painter, event.kind, rect)


def _lasts(event: Involvement) -> bool:
    """Whether it is drawn as a bar: what began and ended on one day is a mark of its kind."""
    if event.kind in ("plan", "attendance"):
        return True
    return event.end is not None and event.end > event.start


def draw_mark(painter: QPainter, kind: str, rect: QRectF) -> None:
    """Circle for a contact, diamond for an incident, square for a visit or note."""
    t = theme()
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if kind == "contact":
        painter.setBrush(t.colour("accent"))
        painter.drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5))
    elif kind == "incident":
        painter.setBrush(t.colour("evidAgainst"))
        c = rect.center()
        half = rect.width() / 2 + 1
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(c.x(), c.y() - half),
                    QPointF(c.x() + half, c.y()),
                    QPointF(c.x(), c.y() + half),
                    QPointF(c.x() - half, c.y()),
                ]
            )
        )
    else:
        painter.setBrush(t.colour("text2"))
        painter.drawRect(rect.adjusted(1, 1, -1, -1))
    painter.restore()
