"""Tab order by what the eye sees: layouts walked depth first, chained anew when refilled."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QSplitter, QStackedWidget, QWidget

_REACHED = frozenset(
    {Qt.FocusPolicy.TabFocus, Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.WheelFocus}
)


def tab_stops(root: QWidget) -> list[QWidget]:
    """Every widget Tab reaches inside `root`, in visual order; hidden ones left out."""
    found: list[QWidget] = []
    _walk_inside(root, found)
    return found


def is_stop(widget: QWidget) -> bool:
    """Whether Tab stops at the widget itself, where it can be seen."""
    reached = widget.focusPolicy() in _REACHED
    return reached and widget.isEnabled() and widget.focusProxy() is None


def chain(root: QWidget) -> list[QWidget]:
    """Set the Tab order inside `root` to what the eye sees, and give it."""
    stops = tab_stops(root)
    for first, second in pairwise(stops):
        QWidget.setTabOrder(first, second)
    return stops


# Each contact that is opened has the whole window walked: what is asked of Qt is kept to little.


def _walk(widget: QWidget, found: list[QWidget]) -> None:
    if widget.isHidden():
        return
    if is_stop(widget):
        found.append(widget)
    _walk_inside(widget, found)


def _walk_inside(widget: QWidget, found: list[QWidget]) -> None:
    layout = widget.layout()
    if isinstance(widget, QStackedWidget):
        shown = widget.currentWidget()
        if shown is not None:
            _walk(shown, found)
    elif layout is not None:
        _walk_layout(layout, found)
    elif isinstance(widget, QScrollArea):
        content = widget.widget()
        if content is not None:
            _walk(content, found)
    elif isinstance(widget, QSplitter):
        for at in range(widget.count()):
            part = widget.widget(at)
            if part is not None:
                _walk(part, found)


def _walk_layout(layout: QLayout, found: list[QWidget]) -> None:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if item is None:
            continue
        part = item.widget()
        if part is not None:
            _walk(part, found)
        elif isinstance(item, QLayout):
            _walk_layout(item, found)
