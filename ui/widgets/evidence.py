"""Evidence for and against two records being one person: bar, marks, differing letters.

Blue and hatched orange, never red and green, so that it cannot be read as a rating.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final, Literal

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.text import plain_tip

SEEN: Final = 0.05
"""Weights (bits) nearer to nothing than this are not drawn: a sliver would look like more."""
EvidenceKind = Literal["same", "close", "different", "missing"]
PartKind = Literal["same", "close", "different", "missing", "shared"]
"""A part of a bar; "shared" is what others in the home would agree on too, taken off again."""
WORDS: Final = {"same": "Same", "close": "Close", "different": "Different", "missing": "Missing"}
_ICONS: Final = {
    "same": "equal",
    "close": "equal-approximately",
    "different": "equal-not",
    "missing": "minus",
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """One field's part: its weight (below zero speaks against) and what it is."""

    weight: float
    kind: PartKind
    field: str = ""


def draw_part(painter: QPainter, rect: QRectF, kind: PartKind) -> None:
    """One block of a bar: solid for, pale for close, hatched against, empty for what is taken
    off."""
    t = theme()
    if kind == "shared":
        edge = t.colour("evidFor")
        paint.box(painter, rect, fill=t.colour("surface"), edge=edge, radius=0, dashed=True)
    elif kind == "different":
        paint.hatch(painter, rect, t.colour("evidAgainst"), t.colour("surface"))
        paint.box(painter, rect, edge=t.colour("evidAgainst"), radius=0)
    elif kind == "close":
        fill, edge = t.colour("evidClose"), t.colour("evidFor")
        paint.box(painter, rect, fill=fill, edge=edge, radius=0)
    else:
        painter.fillRect(rect, t.colour("evidFor"))


def what_counts(parts: Sequence[Weighed]) -> tuple[Weighed, ...]:
    """The parts that are drawn: of what speaks for it, as much as is left once what others in the
    home would agree on too is taken off, each part in its share."""
    speaks = sum(p.weight for p in parts if p.weight > 0)
    taken = -sum(p.weight for p in parts if p.kind == "shared")
    left = max(0.0, 1 - taken / speaks) if speaks else 1.0
    shown = (p for p in parts if p.kind not in ("missing", "shared"))
    counted = (replace(p, weight=p.weight * left) if p.weight > 0 else p for p in shown)
    return tuple(p for p in counted if abs(p.weight) >= SEEN)


def span_of(parts: Sequence[Weighed]) -> float:
    """The weight of all that is drawn beside each other."""
    return sum(abs(p.weight) for p in what_counts(parts))


class EvidenceBar(QLabel):
    """Diverges from a zero mark; a block's width is its weight. Its text is the sentence.

    What others in the home would agree on too is not drawn: it speaks for nobody.

    `ends` prints Against and For at the two ends; `span` is the weight the whole bar can
    show, the same for bars that are compared by eye.
    """

    def __init__(
        self, *, ends: bool = True, span: float = 0.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._parts: tuple[Weighed, ...] = ()
        self._ends, self._span = ends, span
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._restyle)

    def set_evidence(self, parts: Sequence[Weighed], sentence: str, span: float = 0.0) -> None:
        """Show parts in order; `sentence` says the same in words."""
        self._parts, self._span = tuple(parts), span or self._span
        self.setText(sentence)
        self.setToolTip(plain_tip(sentence))
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(theme().px(240), theme().px(18))

    def minimumSizeHint(self) -> QSize:
        """Narrow is allowed."""
        return QSize(theme().px(80), theme().px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Against to the left of zero, for to the right."""
        t = theme()
        painter = QPainter(self)
        left, right = 0.0, float(self.width())
        if self._ends:
            metrics, font = t.metrics("small"), t.font("small")
            ink = t.colour("text2")
            wide = metrics.horizontalAdvance("Against")
            paint.text(painter, QRectF(0, 0, wide + 2, self.height()), "Against", font, ink)
            left = wide + t.px(8)
            wide = metrics.horizontalAdvance("For")
            area = QRectF(right - wide - 1, 0, wide + 2, self.height())
            paint.text(painter, area, "For", font, ink)
            right -= wide + t.px(8)
        shown = what_counts(self._parts)
        against = [p for p in shown if p.weight < 0]
        speaking = [p for p in shown if p.weight >= 0]
        total = max(sum(abs(p.weight) for p in shown), self._span, 0.001)
        gap = 1.0
        unit = (right - left - 6 - gap * len(shown)) / total
        zero = left + sum(abs(p.weight) * unit + gap for p in against) + 2
        high = t.px(10)
        top = round((self.height() - high) / 2)
        x = zero - 2
        for part in against:
            width = max(2.0, abs(part.weight) * unit)
            x -= width
            draw_part(painter, QRectF(x, top, width, high), "different")
            x -= gap
        x = zero + 3
        for part in speaking:
            width = max(2.0, part.weight * unit)
            kind: EvidenceKind = "close" if part.kind == "close" else "same"
            draw_part(painter, QRectF(x, top, width, high), kind)
            x += width + gap
        paint.upright(painter, zero, top - 3, top + high + 3, t.colour("text"), 2)
        painter.end()


def draw_mark(painter: QPainter, kind: EvidenceKind, x: float, middle: float) -> int:
    """The sign in its box: = solid, ≈ outlined, ≠ orange, – dashed. Gives the side's length."""
    t = theme()
    side = t.px(18)
    rect = QRectF(x, round(middle - side / 2), side, side)
    fill: QColor | None = None
    edge: QColor | None = None
    if kind == "same":
        fill, ink = t.colour("evidFor"), t.colour("surface")
    elif kind == "different":
        fill, ink = t.colour("evidAgainst"), t.colour("surface")
    elif kind == "close":
        fill, edge, ink = t.colour("surface"), t.colour("evidFor"), t.colour("evidFor")
    else:
        edge, ink = t.colour("evidMissing"), t.colour("evidMissing")
    paint.box(
        painter,
        rect,
        fill=fill,
        edge=edge,
        radius=3,
        width=2 if kind == "close" else 1,
        dashed=kind == "missing",
    )
    size = t.px(12)
    inset = (side - size) / 2
    paint.icon(painter, _ICONS[kind], round(x + inset), round(rect.top() + inset), size, ink)
    return side


def mark_ink(kind: EvidenceKind) -> tuple[QColor, int]:
    """The ink and weight of a mark's word."""
    t = theme()
    if kind == "different":
        return t.colour("evidAgainst"), 600
    if kind == "missing":
        return t.colour("muted"), 400
    return t.colour("text"), 600


class EvidenceMark(QLabel):
    """Same, Close, Different or Missing: sign and word, and the field when given."""

    def __init__(
        self, kind: EvidenceKind = "missing", field: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._kind: EvidenceKind = kind
        self._field = field
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set(kind, field)
        theme().changed.connect(self._restyle)

    def set(self, kind: EvidenceKind, field: str = "") -> None:
        """Show another mark."""
        self._kind, self._field = kind, field
        self.setText(f"{WORDS[kind]} {field}".strip())
        self._restyle()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Sign, word, field."""
        t = theme()
        wide = t.metrics("small", 600).horizontalAdvance(WORDS[self._kind]) + t.px(26)
        if self._field:
            wide += t.metrics("small").horizontalAdvance(self._field) + t.px(5)
        return QSize(round(wide), t.px(20))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Sign, word, field."""
        t = theme()
        painter = QPainter(self)
        x = float(draw_mark(painter, self._kind, 0, self.height() / 2) + t.px(7))
        ink, weight = mark_ink(self._kind)
        word = WORDS[self._kind]
        wide = t.metrics("small", weight).horizontalAdvance(word)
        area = QRectF(x, 0, wide + 2, self.height())
        paint.text(painter, area, word, t.font("small", weight), ink)
        if self._field:
            area = QRectF(x + wide + t.px(5), 0, self.width(), self.height())
            paint.text(painter, area, self._field, t.font("small"), t.colour("text2"))
        painter.end()


def differing(contact: str, record: str) -> tuple[tuple[int, int], ...]:
    """The runs of letters in `record` that `contact` does not have: (start, end) pairs."""
    matcher = SequenceMatcher(None, contact.casefold(), record.casefold(), autojunk=False)
    if len(record.casefold()) != len(record):
        return ((0, len(record)),) if contact != record else ()
    return tuple(
        (b1, b2) for tag, _a1, _a2, b1, b2 in matcher.get_opcodes() if tag != "equal" and b2 > b1
    )


def draw_letters(
    painter: QPainter,
    rect: QRectF,
    words: str,
    runs: Sequence[tuple[int, int]],
    kind: EvidenceKind,
    *,
    role: str = "label",
    weight: int | None = None,
) -> None:
    """One line with runs underlined: solid for close, dashed for different."""
    t = theme()
    metrics, font = t.metrics(role, weight), t.font(role, weight)
    shown = paint.elided(words, role, weight, rect.width())
    muted = kind == "missing"
    paint.text(painter, rect, shown, font, t.colour("muted" if muted else "text"))
    if not runs or kind not in ("close", "different"):
        return
    painter.save()
    painter.setClipRect(
        QRectF(rect.left(), rect.top(), metrics.horizontalAdvance(shown), rect.height())
    )
    pen = QPen(t.colour("evidAgainst" if kind == "different" else "evidFor"), 2.0)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if kind == "different":
        pen.setDashPattern([2.5, 1.5])
    painter.setPen(pen)
    base = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2
    y = round(base + metrics.descent()) + 1.0
    for start, end in runs:
        x1 = rect.left() + metrics.horizontalAdvance(words[:start])
        x2 = rect.left() + metrics.horizontalAdvance(words[:end])
        painter.drawLine(QLineF(x1, y, x2, y))
    painter.restore()


class LetterDiff(QLabel):
    """A value with the letters that differ underlined, solid (close) or dashed (different)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._runs: tuple[tuple[int, int], ...] = ()
        self._kind: EvidenceKind = "same"
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._restyle)

    def set(self, contact: str, record: str, kind: EvidenceKind) -> None:
        """Show the record's value against the contact's."""
        self._kind = kind
        self._runs = differing(contact, record) if kind in ("close", "different") else ()
        self.setText(record)
        self._restyle()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line with room for the underline."""
        t = theme()
        wide = t.metrics("label").horizontalAdvance(self.text())
        return QSize(round(wide) + 2, t.line("label") + t.px(4))

    def minimumSizeHint(self) -> QSize:
        """May be cut short."""
        return QSize(theme().px(40), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The value and its lines."""
        painter = QPainter(self)
        draw_letters(painter, QRectF(self.rect()), self.text(), self._runs, self._kind)
        painter.end()
