"""Why we think so: each field's weight as a step from the start to the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from matching import Band, shipped_weights
from triage.domain.lookup import HOUSEHOLD, Candidate, EvidenceRow
from ui import paint
from ui.compare.compare_model import LABELS, LEVEL_WORDS
from ui.theme import theme
from ui.weighed import KINDS
from ui.widgets.evidence import SEEN, PartKind, draw_part
from ui.widgets.lists import ListView
from ui.widgets.text import plain_tip

STEP = Qt.ItemDataRole.UserRole + 1
BANDS = (Band.UNLIKELY, Band.POSSIBLE, Band.LIKELY, Band.VERY_LIKELY)
StepKind = PartKind | Literal["start", "whole"]
_NAMES = 146
_ROW = (21, 27)


@dataclass(frozen=True, slots=True)
class Step:
    """One step, in bits of evidence: where it begins, how far it goes, what it is."""

    words: str
    start: float
    weight: float
    level: StepKind
    sentence: str


def steps_of(candidate: Candidate) -> tuple[Step, ...]:
    """The start, each field that weighs anything (heaviest for first), what others in the
    home take off, and the whole."""
    steps = [Step("Start, before comparing", candidate.prior, 0.0, "start", "Where we start.")]
    at = candidate.prior
    weighed = [e for e in candidate.evidence if e.weight and (not _home(e) or e.weight <= -SEEN)]
    for row in sorted(weighed, key=lambda e: (_home(e), -e.weight)):
        words, why = _said(row)
        kind = "shared" if _home(row) else KINDS[row.level]
        steps.append(Step(words, at, row.weight, kind, why))
        at += row.weight
    whole = f"All together: {candidate.band}. {candidate.sentence}"
    return (*steps, Step("All together", candidate.score, 0.0, "whole", whole))


def _home(row: EvidenceRow) -> bool:
    return row.field == HOUSEHOLD


def _said(row: EvidenceRow) -> tuple[str, str]:
    """A step's words, and the sentence behind them."""
    label = LABELS[row.field]
    if _home(row):
        why = "A brother, sister or parent in the same home would agree here too"
        return label, f"{why}: taken off what speaks for it, and nothing against it."
    word = LEVEL_WORDS[row.level].casefold()
    way = "for" if row.weight > 0 else "against"
    why = f"{label}, {word}, {row.detail}. Speaks {way} it being the same person."
    return f"{label}, {word}", why


class StepsModel(QAbstractListModel):
    """The steps, for eye and ear."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: tuple[Step, ...] = ()
        self.band = ""

    def put(self, candidate: Candidate | None) -> None:
        """Show another record's steps, or none."""
        self.beginResetModel()
        self.steps = steps_of(candidate) if candidate is not None else ()
        self.band = candidate.band if candidate is not None else ""
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """One a step."""
        return 0 if parent.isValid() else len(self.steps)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Words, a sentence, the step."""
        step = self.steps[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return step.words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return step.sentence
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(step.sentence)
        return step if role == STEP else None


class _StepDelegate(QStyledItemDelegate):
    def __init__(self, view: Waterfall) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(40, theme().px(self._view.row))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        t = theme()
        rect, step = QRectF(option.rect), index.data(STEP)
        if not isinstance(step, Step):
            return
        left = t.px(_NAMES)
        strong = step.level == "whole"
        font = t.font("small", 600 if strong else 400)
        words = paint.elided(step.words, "small", 600 if strong else 400, left - t.px(12))
        area = QRectF(t.px(4), rect.top(), left, rect.height())
        paint.text(painter, area, words, font, t.colour("text" if strong else "text2"))
        x1 = self._view.at(step.start)
        middle = rect.center().y()
        if step.level == "start":
            paint.upright(painter, x1, rect.top() + 1, rect.bottom() - 1, t.colour("text"), 2)
        elif step.level == "whole":
            self._whole(painter, x1, rect)
        else:
            x2 = self._view.at(step.start + step.weight)
            block = QRectF(min(x1, x2), middle - t.px(6), max(2.0, abs(x2 - x1)), t.px(12))
            draw_part(painter, block, step.level)
            pen = QPen(t.colour("borderControl"), 1)
            pen.setDashPattern([2, 2])
            painter.setPen(pen)
            painter.drawLine(
                round(x2), round(middle + t.px(6)), round(x2), round(rect.bottom() + 4)
            )
        if self._view.hasFocus() and self._view.currentIndex() == index:
            paint.focus_ring(painter, rect, 2)

    def _whole(self, painter: QPainter, x: float, rect: QRectF) -> None:
        t = theme()
        half, y = t.px(6), rect.center().y()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.colour("text"))
        corners = QPolygonF()
        for dx, dy in ((0, -half), (half, 0), (0, half), (-half, 0)):
            corners.append(rect.topLeft().__class__(x + dx, y + dy))
        painter.drawPolygon(corners)
        painter.restore()
        band = self._view.steps.band
        wide = t.metrics("small", 600).horizontalAdvance(band) + 2
        left = x - wide - t.px(10)
        if left < t.px(_NAMES):
            left = x + t.px(10)
        area = QRectF(left, rect.top(), wide, rect.height())
        paint.text(painter, area, band, t.font("small", 600), t.colour("text"))


class Waterfall(ListView):
    """A list of steps painted as a waterfall over shaded bands, which begin where matching's
    weights say."""

    def __init__(self) -> None:
        super().__init__("Why we think so, step by step")
        self._edges = tuple(shipped_weights().bands[band] for band in BANDS[1:])
        self._low, self._high = -20.0, 20.0
        self.row = _ROW[0]
        self.steps = StepsModel()
        self.setModel(self.steps)
        self.setItemDelegate(_StepDelegate(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme().scaled.connect(self._fit)

    def set_tall(self, tall: bool) -> None:
        """Higher rows, where there is room for all of them."""
        if self.row != _ROW[tall]:
            self.row = _ROW[tall]
            self.scheduleDelayedItemsLayout()
            self._fit()

    def show_candidate(self, candidate: Candidate | None) -> None:
        """Another record's steps."""
        self.steps.put(candidate)
        marks = [s.start for s in self.steps.steps] + [s.start + s.weight for s in self.steps.steps]
        self._low = min([*marks, self._edges[0] - 4]) - 1
        self._high = max([*marks, self._edges[-1] + 4]) + 1
        self._fit()

    def at(self, bits: float) -> float:
        """Where a weight lies across the view, in its pixels."""
        left, right = theme().px(_NAMES), self.viewport().width() - theme().px(6)
        return left + (bits - self._low) / (self._high - self._low) * (right - left)

    def _fit(self) -> None:
        t = theme()
        self.setFixedHeight(self.steps.rowCount() * t.px(self.row) + 4)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bands behind, then the steps."""
        t = theme()
        painter = QPainter(self.viewport())
        cuts = [self.at(self._low), *(self.at(e) for e in self._edges), self.at(self._high)]
        for number in (0, 2):
            band = QRectF(cuts[number], 0, cuts[number + 1] - cuts[number], self.height())
            painter.fillRect(band, t.colour("sunken"))
        painter.end()
        super().paintEvent(event)

    def band_places(self) -> tuple[tuple[str, float, float], ...]:
        """Each band's name, left and right, for the heading above."""
        cuts = [self.at(self._low), *(self.at(e) for e in self._edges), self.at(self._high)]
        return tuple(zip(BANDS, cuts, cuts[1:], strict=False))


class BandHeads(QWidget):
    """The bands' names above the chart, on two lines by turns where the bands are narrow."""

    def __init__(self, chart: Waterfall) -> None:
        super().__init__()
        self._chart = chart
        chart.steps.modelReset.connect(self.update)
        theme().scaled.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(theme().px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Each centred over its band."""
        t = theme()
        painter = QPainter(self)
        places = self._chart.band_places()
        metrics, line = t.metrics("small"), self.height() / 2
        narrow = any(metrics.horizontalAdvance(w) > right - left for w, left, right in places)
        ends = [float(self.width()), float(self.width())]
        for number, (words, left, right) in reversed(list(enumerate(places))):
            wide = metrics.horizontalAdvance(words) + 2
            low = 1 if number % 2 or not narrow else 0
            # Never into the name that stands to its right.
            x = min((left + right - wide) / 2, ends[low] - wide)
            ends[low] = x - t.px(6)
            area = QRectF(x, low * line, wide, line)
            paint.text(painter, area, words, t.font("small"), t.colour("text2"))
        painter.end()
