"""Shapes drawn by hand: crisp hairlines, boxes, rating shapes, evidence, keys, focus.

Every function takes the painter first, leaves its state as found, and draws nothing that
depends on colour alone.
"""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF

from ui.icons import icon_pixmap
from ui.theme import theme, tokens

RATINGS = ("red", "amber", "green", "none")


def _dpr(painter: QPainter) -> float:
    return float(painter.device().devicePixelRatioF())


def _placing(painter: QPainter) -> tuple[float, float, float, float]:
    """How the painter scales across and down, and where it begins, in device pixels: nothing here
    is ever turned. Read as plain numbers: each call into Qt that is more than that lets a job's
    thread go first, and there are hundreds of shapes in a window."""
    transform = painter.deviceTransform()
    return transform.m11() or 1.0, transform.m22() or 1.0, transform.dx(), transform.dy()


def crisp(painter: QPainter, rect: QRectF, width: float = 1.0) -> tuple[QRectF, float]:
    """`rect` moved to whole device pixels and inset by half a pen; and that pen's width."""
    sx, sy, dx, dy = _placing(painter)
    pen = max(1.0, float(math.floor(width * sx + 0.001)))
    left, top = round(rect.left() * sx + dx), round(rect.top() * sy + dy)
    wide = round(rect.right() * sx + dx) - left - pen
    high = round(rect.bottom() * sy + dy) - top - pen
    half = pen / 2
    inset = QRectF((left + half - dx) / sx, (top + half - dy) / sy, wide / sx, high / sy)
    return inset, pen / sx


def box(
    painter: QPainter,
    rect: QRectF,
    *,
    fill: QColor | None = None,
    edge: QColor | None = None,
    radius: float = 5.0,
    width: float = 1.0,
    dashed: bool = False,
) -> None:
    """A rounded box with a crisp edge; dashed means "not there yet"."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
        inner = rect
    else:
        inner, pen_width = crisp(painter, rect, width)
        pen = QPen(edge, pen_width)
        if dashed:
            pen.setDashPattern([3.0, 2.5])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
    if fill is None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setBrush(fill)
    painter.drawRoundedRect(inner, radius, radius)
    painter.restore()


def _bar(painter: QPainter, rect: QRectF, thick: float, colour: QColor, *, level: bool) -> None:
    """Fill a line whose thickness is whole device pixels, wherever it starts."""
    sx, sy, dx, dy = _placing(painter)
    pixels = max(1, math.floor(thick * sx + 0.001))
    left, top = round(rect.left() * sx + dx), round(rect.top() * sy + dy)
    wide = pixels if not level else max(1, round(rect.right() * sx + dx) - left)
    high = pixels if level else max(1, round(rect.bottom() * sy + dy) - top)
    place = QRectF((left - dx) / sx, (top - dy) / sy, wide / sx, high / sy)
    painter.fillRect(place, colour)


def hairline(
    painter: QPainter, x1: float, y: float, x2: float, colour: QColor, width: float = 1.0
) -> None:
    """A level line one pixel high (or `width`), its top edge at `y`."""
    _bar(painter, QRectF(x1, y, max(1.0, x2 - x1), width), width, colour, level=True)


def upright(
    painter: QPainter, x: float, y1: float, y2: float, colour: QColor, width: float = 1.0
) -> None:
    """A vertical line one pixel wide (or `width`), its left edge at `x`."""
    _bar(painter, QRectF(x, y1, width, max(1.0, y2 - y1)), width, colour, level=False)


def icon(painter: QPainter, name: str, x: float, y: float, size: int, colour: QColor) -> None:
    """An icon with its top left corner at x, y."""
    painter.drawPixmap(QPointF(x, y), icon_pixmap(name, size, colour, _dpr(painter)))


def text(
    painter: QPainter,
    rect: QRectF,
    words: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line of plain text, centred upright in `rect`. Does not elide."""
    painter.setFont(font)
    painter.setPen(colour)
    flags = int(align.value | Qt.AlignmentFlag.AlignVCenter.value)
    painter.drawText(rect, flags | int(Qt.TextFlag.TextSingleLine.value), words)


@lru_cache(maxsize=64)
def _rag_path(shape: str, size: float) -> QPainterPath:
    path = QPainterPath()
    inset = size / 16
    r = QRectF(inset, inset, size - 2 * inset, size - 2 * inset)
    if shape == "octagon":
        cut = r.width() * 0.293
        path.addPolygon(
            QPolygonF(
                [
                    QPointF(r.left() + cut, r.top()),
                    QPointF(r.right() - cut, r.top()),
                    QPointF(r.right(), r.top() + cut),
                    QPointF(r.right(), r.bottom() - cut),
                    QPointF(r.right() - cut, r.bottom()),
                    QPointF(r.left() + cut, r.bottom()),
                    QPointF(r.left(), r.bottom() - cut),
                    QPointF(r.left(), r.top() + cut),
                ]
            )
        )
        path.closeSubpath()
    elif shape == "triangle":
        top = r.top() + size * 0.02
        path.addPolygon(
            QPolygonF(
                [
                    QPointF(r.center().x(), top),
                    QPointF(r.right(), r.bottom() - size * 0.04),
                    QPointF(r.left(), r.bottom() - size * 0.04),
                ]
            )
        )
        path.closeSubpath()
    elif shape == "circle":
        path.addEllipse(r.adjusted(inset / 2, inset / 2, -inset / 2, -inset / 2))
    else:
        path.addRoundedRect(r.adjusted(inset, inset, -inset, -inset), size / 8, size / 8)
    return path


def rag(
    painter: QPainter, rating: str, x: float, y: float, size: float, *, named: str | None = None
) -> None:
    """The rating shape: Red octagon R, Amber triangle A, Green circle G, else dashed "?".

    `named` draws it as another theme would.
    """
    spec = tokens()["rag"][rating]
    t = theme()

    def colour(token: str) -> QColor:
        return QColor(tokens()["color"][named][token]) if named else t.colour(token)

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.translate(x, y)
    pen = QPen(colour(spec["edge"]), max(1.0, size / 16))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if rating == "none":
        pen.setDashPattern([2.6, 2.0])
    painter.setPen(pen)
    painter.setBrush(colour(spec["fill"]))
    painter.drawPath(_rag_path(spec["shape"], float(size)))
    font = QFont(t.font("label", 700))
    font.setPixelSize(max(7, round(size * (0.44 if rating == "amber" else 0.5))))
    painter.setFont(font)
    painter.setPen(colour(spec["on"]))
    drop = size * 0.11 if rating == "amber" else 0.0
    area = QRectF(0, drop, size, size)
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter.value), spec["letter"])
    painter.restore()


def hatch(painter: QPainter, rect: QRectF, ink: QColor, ground: QColor) -> None:
    """Diagonal 3 px lines each 7 px: "against". Drawn, since brush patterns do not scale."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.fillRect(rect, ground)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    pen = QPen(ink, 3.0)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    x = rect.left() - rect.height() - 3
    while x < rect.right() + 7:
        painter.drawLine(QLineF(x, rect.bottom() + 1, x + rect.height() + 2, rect.top() - 1))
        x += 7.0
    painter.restore()


def key_width(key: str) -> int:
    """How wide `key_cap` draws `key`."""
    t = theme()
    return max(t.px(20), math.ceil(t.metrics("small", 500).horizontalAdvance(key)) + t.px(10))


def key_cap(
    painter: QPainter,
    key: str,
    x: float,
    middle: float,
    *,
    ink: QColor | None = None,
    fill: QColor | None = None,
    edge: QColor | None = None,
    dashed: bool = False,
) -> int:
    """A key's name on its cap, centred on `middle`; gives the width used."""
    t = theme()
    width, height = key_width(key), t.px(19)
    rect = QRectF(x, round(middle - height / 2), width, height)
    box(
        painter,
        rect,
        fill=fill,
        edge=edge or t.colour("borderSubtle"),
        radius=4,
        dashed=dashed,
    )
    text(
        painter,
        rect,
        key,
        t.font("small", 500),
        ink or t.colour("text2"),
        Qt.AlignmentFlag.AlignHCenter,
    )
    return width


def focus_ring(painter: QPainter, rect: QRectF, radius: float = 6.0) -> None:
    """Two pixels of ink inside two of halo, both within `rect`."""
    t = theme()
    box(painter, rect, edge=t.colour("focusHalo"), radius=radius + 2, width=2)
    box(
        painter,
        rect.adjusted(2, 2, -2, -2),
        edge=t.colour("focusInk"),
        radius=radius,
        width=2,
    )


def elided(words: str, role: str, weight: int | None, width: float, *, mono: bool = False) -> str:
    """`words` cut with "…" to fit `width` in the font of a role."""
    metrics = theme().metrics(role, weight, mono=mono)
    if metrics.horizontalAdvance(words) <= width:
        return words
    return metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(0.0, width))
