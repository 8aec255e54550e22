"""The strip above one piece of work: its rating, its name, facts as chips, and its clock."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.chips import FactChip
from ui.widgets.clock import ClockLabel
from ui.widgets.pane import Surface
from ui.widgets.rag import RagChip
from ui.widgets.text import Text


class WorkStrip(Surface):
    """`title` and, `beside` it, what stands there in small; `line` below; `rule` under the clock.

    `gap` parts what stands in the row, in pixels at 100 %.
    """

    def __init__(
        self, title: Text, chips: Sequence[FactChip], gap: int, parent: QWidget | None = None
    ) -> None:
        super().__init__("surface", parent=parent)
        self.rag = RagChip("none", 36)
        self.title = title
        self.beside = Text("", "body", "text2", elide=True)
        self.line = Text("", "small", "text2", elide=True)
        self.clock = ClockLabel("title")
        self.rule = Text("", "small", "text2", elide=True)
        self.rule.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._row, self._gap = QHBoxLayout(self), gap
        names = QVBoxLayout()
        names.setSpacing(0)
        first = QHBoxLayout()
        first.setSpacing(theme().px(10))
        first.addWidget(self.title)
        first.addWidget(self.beside, 1)
        names.addLayout(first)
        names.addWidget(self.line)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.clock, 0, Qt.AlignmentFlag.AlignRight)
        right.addWidget(self.rule)
        self._row.addWidget(self.rag)
        self._row.addLayout(names, 1)
        for chip in chips:
            self._row.addWidget(chip)
        self._row.addSpacing(theme().px(10))
        self._row.addLayout(right)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(14), t.px(7), t.px(14), t.px(7))
        self._row.setSpacing(t.px(self._gap))
        self.setFixedHeight(t.px(60))
