"""Line icons as pixmaps, drawn once for each name, size, colour and screen density."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.resources import resource


@cache
def _drawing(name: str) -> str:
    path = resource("icons", f"{name}.svg")
    if not path.is_file():
        raise KeyError(f"There is no icon called {name} in resources/icons.")
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=2048)
def _pixmap(name: str, size: int, rgba: int, dpr: float) -> QPixmap:
    colour = QColor.fromRgba(rgba)
    svg = _drawing(name).replace("currentColor", colour.name())
    device = max(1, round(size * dpr))
    pixmap = QPixmap(device, device)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, device, device))
    painter.end()
    pixmap.setDevicePixelRatio(dpr)
    return pixmap


def icon_pixmap(name: str, size: int, colour: QColor, dpr: float = 1.0) -> QPixmap:
    """The icon `name` in `size` logical pixels. KeyError when there is no such icon."""
    return _pixmap(name, size, colour.rgba(), dpr)


def menu_icon(name: str, colour: QColor) -> QIcon:
    """An icon for menus and the window's own mark, in the sizes systems ask for."""
    icon = QIcon()
    for size in (16, 20, 32, 48):
        icon.addPixmap(icon_pixmap(name, size, colour))
    return icon
