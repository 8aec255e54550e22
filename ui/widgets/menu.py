"""A menu with an edge of its own, so that it stands apart in every theme."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from ui import paint
from ui.theme import theme


class Menu(QMenu):
    """A plain menu; deleted when it closes unless `keep`."""

    def __init__(self, parent: QWidget, title: str = "", *, keep: bool = False) -> None:
        super().__init__(title, parent)
        if not keep:
            self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's own, then the edge."""
        super().paintEvent(event)
        painter = QPainter(self)
        edge = theme().colour("borderControl")
        paint.box(painter, QRectF(self.rect()), edge=edge, radius=0)
        painter.end()
