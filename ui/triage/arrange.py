"""Where the panes stand: side by side, the middle as tabs, or one pane at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.theme import theme
from ui.triage.changes_bar import ChangesBar
from ui.triage.chronology_pane import ChronologyPane
from ui.triage.decision_host import DecisionHost
from ui.triage.header import HeaderPane
from ui.triage.match_pane import MatchPane
from ui.triage.partner_tray import PartnersPane, PartnerTray
from ui.triage.story_pane import StoryPane
from ui.triage.suggestion_bar import SuggestionBar
from ui.widgets.pane import Pane
from ui.widgets.pane_bar import PaneBar
from ui.widgets.tabs import Tabs

Shape = Literal["wide", "tabs", "single"]
_GAP = 8
_MIDDLE = 720
_LEAST_MIDDLE = 420
_QUEUE = (284, 372)
_DECISION = (416, 590)
_CHART = 184


def shape_of(width: int, scale: float) -> tuple[Shape, int, int]:
    """The shape for a width, and how wide queue and decision then are; all in real pixels."""
    room = width - round(4 * _GAP * scale)
    low = round((_QUEUE[0] + _DECISION[0]) * scale)
    if room - low >= round(_MIDDLE * scale):
        spare = min(1.0, (room - low - _MIDDLE * scale) / (262 * scale))
        queue = _QUEUE[0] + spare * (_QUEUE[1] - _QUEUE[0])
        decision = _DECISION[0] + spare * (_DECISION[1] - _DECISION[0])
        return "wide", round(queue * scale), round(decision * scale)
    if room - low >= round(_LEAST_MIDDLE * scale):
        return "tabs", round(_QUEUE[0] * scale), round(_DECISION[0] * scale)
    return "single", 0, 0


@dataclass(frozen=True)
class Panes:
    """The parts of the screen."""

    queue: QWidget
    header: HeaderPane
    changes: ChangesBar
    bar: SuggestionBar
    story: StoryPane
    match: MatchPane
    chronology: ChronologyPane
    partners: PartnersPane
    decision: DecisionHost
    tray: PartnerTray
    empty: QWidget


class Arrangement(QWidget):
    """Sets the panes by the width there is. `shaped` tells the shape when it changes."""

    shaped = Signal(str)

    def __init__(self, panes: Panes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes = panes
        self._shape: Shape | None = None
        self._contact = False
        panes_shown = (("queue", "Queue"), ("contact", "Contact"), ("decision", "Decision"))
        self.bar = PaneBar(panes_shown, "queue")
        self.bar.chosen.connect(self._show_single)
        self.tabs = Tabs("About this contact")
        for key, words in (
            ("story", "Contact"),
            ("match", "Same person?"),
            ("chronology", "Earlier"),
            ("partners", "Partners"),
        ):
            self.tabs.add(key, words)
        self.stack = QStackedWidget()
        self.tabs.chosen.connect(self._show_tab)
        self._tab_pane = Pane("")
        self._tab_pane.setAccessibleName("About this contact")
        self._tab_row = QHBoxLayout()
        self._tab_row.addWidget(self.tabs)
        self._tab_row.addStretch(1)
        self._tab_pane.body.addLayout(self._tab_row)
        self._tab_pane.body.addWidget(self.stack, 1)
        self.middle = QWidget()
        self._grid = QGridLayout(self.middle)
        self._grid.setContentsMargins(0, 0, 0, 0)
        # Until they are placed: a pane without a parent would show as a window of its own.
        for pane in (panes.header, panes.changes, panes.bar, panes.empty, self._tab_pane):
            pane.setParent(self.middle)
        for pane in (panes.story, panes.match, panes.chronology, panes.partners):
            pane.setParent(self.middle)
        self._columns = QHBoxLayout()
        for widget in (panes.queue, self.middle, panes.decision):
            self._columns.addWidget(widget)
        self._columns.setStretch(1, 1)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.bar)
        self._outer.addLayout(self._columns, 1)
        self._outer.addWidget(panes.tray)
        self.show_contact(False)
        theme().scaled.connect(self._fit)

    def shape(self) -> Shape:
        """The shape now."""
        return self._shape or "wide"

    def show_contact(self, shown: bool) -> None:
        """Show a contact's panes, or what stands there before one is opened."""
        self._contact = shown
        self._show()

    def go_to(self, part: str) -> None:
        """Bring "queue", "contact", "decision", or a tab of the middle, into sight."""
        if part in ("story", "match", "chronology", "partners"):
            self.tabs.set_value(part)
            part = "contact"
        if self._shape == "single":
            self.bar.set_value(part)

    def _fit(self) -> None:
        t = theme()
        shape, queue, decision = shape_of(self.width(), t.text_scale)
        self._outer.setContentsMargins(t.px(_GAP), t.px(_GAP), t.px(_GAP), t.px(_GAP))
        self._outer.setSpacing(t.px(_GAP))
        self._columns.setSpacing(t.px(_GAP))
        self._grid.setSpacing(t.px(_GAP))
        self._tab_row.setContentsMargins(t.px(4), t.px(2), t.px(4), 0)
        p = self._panes
        for pane, width in ((p.queue, queue), (p.decision, decision)):
            pane.setMinimumWidth(width)
            pane.setMaximumWidth(width or 16777215)
        p.chronology.setFixedHeight(t.px(_CHART)) if shape == "wide" else self._free(p.chronology)
        if shape != self._shape:
            self._shape = shape
            self._place()
            self._show()
            self.shaped.emit(shape)

    def _free(self, pane: QWidget) -> None:
        pane.setMinimumHeight(0)
        pane.setMaximumHeight(16777215)

    def _place(self) -> None:
        p, grid = self._panes, self._grid
        inner = (p.story, p.match, p.chronology, p.partners)
        for widget in (p.header, p.changes, p.bar, *inner, p.empty, self._tab_pane):
            grid.removeWidget(widget)
        for at in range(6):
            grid.setRowStretch(at, 0)
        for widget in inner:
            self.stack.removeWidget(widget)
            widget.setParent(self.middle)
            if isinstance(widget, Pane):
                widget.set_framed(self._shape == "wide")
        grid.addWidget(p.header, 0, 0, 1, 2)
        grid.addWidget(p.changes, 1, 0, 1, 2)
        grid.addWidget(p.bar, 2, 0, 1, 2)
        grid.addWidget(p.empty, 5, 0, 1, 2)
        if self._shape == "wide":
            grid.addWidget(p.story, 3, 0)
            grid.addWidget(p.match, 3, 1)
            grid.addWidget(p.chronology, 4, 0, 1, 2)
            self._tab_pane.setParent(self.middle)
        else:
            for widget in inner:
                self.stack.addWidget(widget)
            grid.addWidget(self._tab_pane, 3, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def _show(self) -> None:
        p, on = self._panes, self._contact
        wide, single = self._shape == "wide", self._shape == "single"
        p.header.setVisible(on)
        p.empty.setVisible(not on)
        self._grid.setRowStretch(3, 1 if on else 0)
        self._grid.setRowStretch(5, 0 if on else 1)
        self._tab_pane.setVisible(on and not wide)
        if wide:
            for pane in (p.story, p.match, p.chronology):
                pane.setVisible(on)
            p.partners.hide()
        elif self._shape is not None:
            self._show_tab(self.tabs.value() or "story")
        self.bar.setVisible(single)
        p.tray.setVisible(on and not single)
        if single:
            self._show_single(self.bar.value() or "queue")
        else:
            for widget in (p.queue, self.middle, p.decision):
                widget.show()

    def _show_tab(self, key: str) -> None:
        if self._shape == "wide":
            return
        widget = getattr(self._panes, key)
        self.stack.setCurrentWidget(widget)

    def _show_single(self, key: str) -> None:
        if self._shape != "single":
            return
        p = self._panes
        for name, widget in (("queue", p.queue), ("contact", self.middle)):
            widget.setVisible(name == key)
        p.decision.setVisible(key == "decision")
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self.bar.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may be another shape."""
        super().resizeEvent(event)
        self._fit()

    def next_tab(self) -> None:
        """Ctrl Tab: the next tab of the middle, where it has tabs."""
        if self._shape == "wide":
            return
        if self._shape == "single" and not self.tabs.isVisible():
            self.bar.step(1)
            return
        self.tabs.step(1)
        self.tabs.setFocus(Qt.FocusReason.TabFocusReason)
