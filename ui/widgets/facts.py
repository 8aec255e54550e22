"""What is known, a line each: a label and words, with a hairline below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.pane import Rule
from ui.widgets.text import Paragraph, Span, Text


class FactRow(QWidget):
    """A label and what is known."""

    def __init__(self, label: str = "", words: str = "") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._row = QHBoxLayout()
        self._name = Text(label, "label", "text2", wrap=True)
        self._words = Paragraph(words, "label")
        self._row.addWidget(self._name, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._words, 1)
        column.addLayout(self._row)
        column.addWidget(Rule())
        self._space()
        theme().scaled.connect(self._space)

    def put(self, label: str, words: Sequence[Span]) -> None:
        """Say another thing."""
        self._name.set_text(label)
        self._words.set_spans(words)

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(0, t.px(5), 0, t.px(5))
        self._row.setSpacing(t.px(8))
        self._name.setFixedWidth(t.px(112))


class Facts(QWidget):
    """As many lines as there are facts; rows are kept and filled anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._rows: list[FactRow] = []

    def put(self, facts: Sequence[tuple[str, str | Sequence[Span]]]) -> None:
        """Show these (label, words) and no others."""
        while len(self._rows) < len(facts):
            row = FactRow()
            self._rows.append(row)
            self._column.addWidget(row)
        for row, (label, words) in zip(self._rows, facts, strict=False):
            row.put(label, (Span(words),) if isinstance(words, str) else words)
            row.show()
        for row in self._rows[len(facts) :]:
            row.hide()
