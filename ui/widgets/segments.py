"""Segments: one of a few answers, side by side. Nothing is chosen until a person chooses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.buttons import BaseButton
from ui.widgets.group import BareGroup
from ui.widgets.text import plain_tip


@dataclass(frozen=True, slots=True)
class Segment:
    """One answer: its key in the data, its words, a short addition, a rating shape or icon."""

    key: str
    text: str
    detail: str = ""
    rag: str | None = None
    icon: str | None = None
    tip: str = ""


class _SegmentButton(BaseButton):
    def __init__(self, segment: Segment, dense: bool, parent: QWidget) -> None:
        self.segment = segment
        self._dense = dense
        self.first = self.last = False
        self.tight = self.brief = False
        super().__init__(segment.text, parent)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name = f"{segment.text}, {segment.detail}" if segment.detail else segment.text
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(segment.tip))

    def relabel(self, text: str, detail: str) -> None:
        self.segment = replace(self.segment, text=text, detail=detail)
        self.set_text(text)
        self.setAccessibleName(f"{text}, {detail}" if detail else text)
        self.restyle()

    def _weight(self) -> int:
        return 600 if self.isChecked() or self.segment.rag is not None else 500

    def _content(self, *, brief: bool) -> float:
        t = theme()
        # Measured at the chosen weight, so that choosing moves nothing.
        width = t.metrics("label", 600).horizontalAdvance(self.segment.text)
        if self.segment.detail and not brief:
            width += t.px(6) + t.metrics("label", 400).horizontalAdvance(self.segment.detail)
        if self.segment.rag is not None:
            width += t.px(18 + 8) + t.px(8 + 16)
        elif self.segment.icon is not None:
            width += t.px(16 + 6)
        return width

    def measure(self) -> QSize:
        """Words and shape with room round them."""
        t = theme()
        height = t.size("controlHeightDense" if self._dense else "controlHeight")
        return QSize(round(self._content(brief=False) + t.px(20)), height)

    def least_width(self) -> int:
        """Its words and shape alone, with a little room round them."""
        return math.ceil(self._content(brief=True) + theme().px(8))

    def whole_width(self) -> int:
        """With the short addition."""
        return math.ceil(self._content(brief=False) + theme().px(8))

    def minimumSizeHint(self) -> QSize:
        """Less where there is not room enough for all."""
        return (
            QSize(self.least_width(), self.sizeHint().height()) if self.tight else self.sizeHint()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Chosen is filled; a chosen rating is ringed and ticked, so its shape stays clear."""
        t = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        rated, on = self.segment.rag is not None, self.isChecked()
        ink = t.colour("text" if self.isEnabled() else "muted")
        clip = QPainterPath()
        outer = QRectF(
            rect.left() - (0 if self.first else 8),
            rect.top(),
            rect.width() + (0 if self.first else 8) + (0 if self.last else 8),
            rect.height(),
        )
        clip.addRoundedRect(outer.adjusted(1, 1, -1, -1), 4, 4)
        painter.setClipPath(clip)
        if on:
            painter.fillRect(rect, t.colour("selected" if rated else "accent"))
            if not rated:
                ink = t.colour("onAccent")
        elif self.over():
            painter.fillRect(rect, t.colour("hover"))
        painter.setClipping(False)
        if on and rated:
            paint.box(painter, rect, edge=t.colour("accent"), radius=5, width=2)
        elif not self.last and not on:
            edge = t.colour("borderControl")
            paint.upright(painter, rect.right() - 1, 1, rect.bottom() - 1, edge)
        x = max(t.px(4), (self.width() - self._content(brief=self.brief)) / 2)
        x = self._draw_mark(painter, x, ink)
        words = self.segment.text
        width = t.metrics("label", self._weight()).horizontalAdvance(words) + 2
        area = QRectF(x, 0, width, self.height())
        paint.text(painter, area, words, t.font("label", self._weight()), ink)
        x += width - 2
        if self.segment.detail and not self.brief:
            x += t.px(6)
            width = t.metrics("label", 400).horizontalAdvance(self.segment.detail) + 2
            soft = ink if on and not rated else t.colour("text2")
            area = QRectF(x, 0, width, self.height())
            paint.text(painter, area, self.segment.detail, t.font("label", 400), soft)
            x += width - 2
        if on and rated:
            size = t.px(16)
            y = round((self.height() - size) / 2)
            paint.icon(painter, "check", round(x + t.px(8)), y, size, t.colour("accent"))
        painter.end()

    def _draw_mark(self, painter: QPainter, x: float, ink: QColor) -> float:
        t = theme()
        if self.segment.rag is not None:
            size = t.px(18)
            y = round((self.height() - size) / 2)
            paint.rag(painter, self.segment.rag, round(x), y, size)
            return x + size + t.px(8)
        if self.segment.icon is not None:
            size = t.px(16)
            y = round((self.height() - size) / 2)
            paint.icon(painter, self.segment.icon, round(x), y, size, ink)
            return x + size + t.px(6)
        return x


class Segments(BareGroup):
    """One answer of a few. `chosen` tells a person's choice, not one set by the program.

    One Tab stop; arrow keys move and choose.
    """

    chosen = Signal(str)

    def __init__(
        self,
        options: Sequence[Segment | tuple[str, str]],
        label: str,
        *,
        dense: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, parent)
        self._dense = dense
        self._buttons: list[_SegmentButton] = []
        self._setting = False
        self._row = QHBoxLayout(self)
        self._row.setSpacing(0)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_options(options)
        theme().changed.connect(self._restyle)

    def set_options(self, options: Sequence[Segment | tuple[str, str]]) -> None:
        """Show other answers; what was chosen stays if it is still among them."""
        made = [o if isinstance(o, Segment) else Segment(o[0], o[1]) for o in options]
        if [b.segment for b in self._buttons] == made:
            return
        kept = self.value()
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for i, segment in enumerate(made):
            button = _SegmentButton(segment, self._dense, self)
            button.first, button.last = i == 0, i == len(made) - 1
            button.toggled.connect(self._toggled)
            self._row.addWidget(button, 1)
            self._buttons.append(button)
        self._fit_details()
        self.set_value(kept)

    def value(self) -> str | None:
        """The key of the chosen answer, or None while nothing is chosen."""
        return next((b.segment.key for b in self._buttons if b.isChecked()), None)

    def set_value(self, key: str | None) -> None:
        """Show a choice (or none) without telling `chosen`."""
        self._setting = True
        try:
            for button in self._buttons:
                button.setAutoExclusive(False)
                button.setChecked(button.segment.key == key)
            for button in self._buttons:
                button.setAutoExclusive(True)
        finally:
            self._setting = False
        self._one_tab_stop()

    def set_label(self, key: str, text: str, detail: str = "") -> None:
        """Other words on one answer, such as a count; what is chosen stays."""
        for button in self._buttons:
            shown = (button.segment.text, button.segment.detail)
            if button.segment.key == key and shown != (text, detail):
                button.relabel(text, detail)
                self._fit_details()
                self.updateGeometry()

    def buttons(self) -> list[BaseButton]:
        """The buttons in order, for tests and for the tab chain."""
        return list(self._buttons)

    def _toggled(self, on: bool) -> None:
        if self._setting:
            return
        self._one_tab_stop()
        for button in self._buttons:
            button.restyle()
        key = self.value()
        if on and key is not None:
            self.chosen.emit(key)

    def _one_tab_stop(self) -> None:
        stop = next((b for b in self._buttons if b.isChecked()), None)
        if stop is None and self._buttons:
            stop = self._buttons[0]
        for button in self._buttons:
            strong = button is stop
            button.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if strong else Qt.FocusPolicy.ClickFocus
            )

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _height(self) -> int:
        return theme().size("controlHeightDense" if self._dense else "controlHeight")

    def sizeHint(self) -> QSize:
        """The widest answer, for each."""
        widest = max((b.sizeHint().width() for b in self._buttons), default=40)
        return QSize(widest * max(1, len(self._buttons)), self._height())

    def minimumSizeHint(self) -> QSize:
        """Each answer's own width, without the short additions."""
        return QSize(sum(b.least_width() for b in self._buttons), self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Either every answer shows its addition, or none."""
        super().resizeEvent(event)
        self._fit_details()

    def _fit_details(self) -> None:
        tight = self.width() < self.whole_width()
        share = self.width() / max(1, len(self._buttons))
        brief = tight and any(b.whole_width() > share for b in self._buttons)
        for button in self._buttons:
            if (tight, brief) != (button.tight, button.brief):
                button.tight, button.brief = tight, brief
                button.updateGeometry()

    def whole_width(self) -> int:
        """Each answer with its addition and room round it; less looks crowded, yet is whole."""
        return sum(b.sizeHint().width() for b in self._buttons)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One box round all the answers."""
        t = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(painter, rect, fill=t.colour("surface"), edge=t.colour("borderControl"))
        painter.end()
