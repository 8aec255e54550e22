"""Tab order by what the eye sees: layouts walked depth first, chained anew when refilled."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QSplitter, QStackedWidget, QWidget


def tab_stops(root: QWidget) -> list[QWidget]:
    """Every widget Tab reaches inside `root`, in visual order; hidden ones left out."""
    found: list[QWidget] = []
    _walk(root, root, found)
    return found


def chain(root: QWidget) -> list[QWidget]:
    """Set the Tab order inside `root` to what the eye sees, and give it."""
    stops = tab_stops(root)
    for first, second in pairwise(stops):
        QWidget.setTabOrder(first, second)
    return stops


def _walk(widget: QWidget, root: QWidget, found: list[QWidget]) -> None:
    if widget is not root:
        if widget.isHidden():
            return
        reached = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if reached and widget.isEnabled() and widget.focusProxy() is None:
            found.append(widget)
    if isinstance(widget, QScrollArea):
        content = widget.widget()
        if content is not None:
            _walk(content, root, found)
        return
    if isinstance(widget, QStackedWidget):
        shown = widget.currentWidget()
        if shown is not None:
            _walk(shown, root, found)
        return
    if isinstance(widget, QSplitter):
        for at in range(widget.count()):
            part = widget.widget(at)
            if part is not None:
                _walk(part, root, found)
        return
    layout = widget.layout()
    if layout is not None:
        _walk_layout(layout, root, found)


def _walk_layout(layout: QLayout, root: QWidget, found: list[QWidget]) -> None:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if item is None:
            continue
        inner, part = item.layout(), item.widget()
        if part is not None:
            _walk(part, root, found)
        elif inner is not None:
            _walk_layout(inner, root, found)
