"""One style over Fusion that only draws, and one focus ring that follows the focus.

It overrides no `styleHint` and no `pixelMetric`: a screen asks for those thousands of times,
and each answer from Python costs. The ring has a small style of its own for its own hints.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFocusFrame,
    QProxyStyle,
    QStyle,
    QStyleFactory,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionComplex,
    QStyleOptionMenuItem,
    QStyleOptionSlider,
    QWidget,
)
from shiboken6 import isValid

from ui import paint
from ui.keymap import shown
from ui.theme import theme

OWN_RING = "ownRing"
"""A widget with this property set draws its own focus: lists, tables, full-width heads."""

EDGED = "edged"
"""A scroll bar with this property set stands inside a box and draws the box's edge beside it."""

_RING_MARGIN = 4


class FlatStyle(QProxyStyle):
    """Draws frames, tooltips, menus and scroll bars flat, with token colours."""

    def __init__(self) -> None:
        super().__init__(QStyleFactory.create("Fusion"))

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Flat frames and no dotted focus rectangle."""
        kind = QStyle.PrimitiveElement
        if element == kind.PE_FrameFocusRect:
            return
        if element == kind.PE_IndicatorCheckBox:
            _check_box(option, painter)
            return
        if element in (kind.PE_PanelTipLabel, kind.PE_FrameMenu, kind.PE_PanelMenu):
            t = theme()
            rect = QRectF(option.rect)
            painter.fillRect(rect, t.colour("surface"))
            paint.box(painter, rect, edge=t.colour("borderControl"), radius=0)
            return
        super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """A menu's line between, which Fusion draws in a shade of the ground, and keys as they
        are written everywhere else."""
        in_menu = element == QStyle.ControlElement.CE_MenuItem
        if in_menu and isinstance(option, QStyleOptionMenuItem):
            if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
                t = theme()
                rect = QRectF(option.rect)
                painter.fillRect(rect, t.colour("surface"))
                middle = rect.center().y()
                edge = t.colour("borderSubtle")
                paint.hairline(painter, rect.left() + 8, middle, rect.right() - 8, edge)
                return
            words, tab, key = option.text.partition("\t")
            option.text = f"{words}{tab}{shown(key)}"
        super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """A plain scroll bar: a rounded handle on the surface it scrolls."""
        if control == QStyle.ComplexControl.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            self._scroll_bar(option, painter, widget)
            return
        super().drawComplexControl(control, option, painter, widget)

    def _scroll_bar(
        self, option: QStyleOptionSlider, painter: QPainter, widget: QWidget | None
    ) -> None:
        t = theme()
        handle = QRectF(
            self.subControlRect(
                QStyle.ComplexControl.CC_ScrollBar,
                option,
                QStyle.SubControl.SC_ScrollBarSlider,
                widget,  # type: ignore[arg-type]
            )
        )
        rect = QRectF(option.rect)
        painter.fillRect(rect, t.colour("surface"))
        if widget is not None and widget.property(EDGED):
            box = rect.adjusted(-rect.width() - 10, 0, 0, 0)
            paint.box(painter, box, edge=t.colour("borderControl"))
        upright = option.orientation == Qt.Orientation.Vertical
        inset = (4.0, 1.0, -4.0, -1.0) if upright else (1.0, 4.0, -1.0, -4.0)
        state: QStyle.StateFlag = option.state
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        paint.box(
            painter,
            handle.adjusted(*inset),
            fill=t.colour("text2" if over else "borderControl"),
            radius=3,
        )


def _check_box(option: QStyleOption, painter: QPainter) -> None:
    """A square; ticked, it is filled."""
    t = theme()
    state: QStyle.StateFlag = option.state
    on = bool(state & QStyle.StateFlag.State_On)
    able = bool(state & QStyle.StateFlag.State_Enabled)
    rect = QRectF(option.rect)
    edge = "accent" if on and able else "borderControl"
    fill = "accent" if on and able else "surface"
    paint.box(painter, rect, fill=t.colour(fill), edge=t.colour(edge), radius=3)
    if on:
        size = round(min(rect.width(), rect.height())) - 2
        ink = t.colour("onAccent" if able else "muted")
        paint.icon(painter, "check", round(rect.left()) + 1, round(rect.top()) + 1, size, ink)


class _RingStyle(QProxyStyle):
    """The focus frame's own style: above the widget, 4 px round it, two inks."""

    def __init__(self) -> None:
        super().__init__(QStyleFactory.create("Fusion"))

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_FocusFrame_AboveWidget:
            return 1
        if hint == QStyle.StyleHint.SH_FocusFrame_Mask:
            return 0
        return super().styleHint(hint, option, widget, returnData)

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        if metric in (
            QStyle.PixelMetric.PM_FocusFrameHMargin,
            QStyle.PixelMetric.PM_FocusFrameVMargin,
        ):
            return _RING_MARGIN
        return super().pixelMetric(metric, option, widget)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element == QStyle.ControlElement.CE_FocusFrame:
            paint.focus_ring(painter, QRectF(option.rect))
            return
        super().drawControl(element, option, painter, widget)


class FocusRing(QObject):
    """Moves one focus frame to whatever has the focus, unless it rings itself."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._style = _RingStyle()
        self._frame: QFocusFrame | None = None
        app.focusChanged.connect(self._move)

    def _move(self, _old: QWidget | None, new: QWidget | None) -> None:
        wanted = new
        if new is None or new.property(OWN_RING) or new.isWindow():
            wanted = None
        if self._frame is None or not isValid(self._frame):
            self._frame = None
            if wanted is None:
                return
            self._frame = QFocusFrame(wanted)
            self._frame.setStyle(self._style)
        self._frame.setWidget(wanted)  # type: ignore[arg-type]
        if wanted is not None and not wanted.isVisible():
            self._frame.hide()  # Qt shows it all the same, and shows it again with the widget
        QTimer.singleShot(0, self._again)

    def _again(self) -> None:
        """Qt hides the ring of what stands out of sight; a pane has scrolled to it since."""
        frame = self._frame
        if frame is None or not isValid(frame):
            return
        wanted = frame.widget()
        if wanted is not None and wanted.isVisible() and not frame.isVisible():
            frame.setWidget(None)  # type: ignore[arg-type]
            frame.setWidget(wanted)


def install_style(app: QApplication) -> FocusRing:
    """Give the application its style and its focus ring."""
    app.setStyle(FlatStyle())
    return FocusRing(app)
