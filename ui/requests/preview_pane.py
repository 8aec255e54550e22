"""The right pane: the page as the partner sees it, what is kept back, and what was asked before."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.request_letter import TITLE
from triage.domain.spelling import spell_day
from triage.workflow.request_open import EarlierRequest, Preview
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.facts import FactRow
from ui.widgets.pane import Body, Pane, Scroll, Surface
from ui.widgets.text import Paragraph, Text


class PreviewPane(Pane):
    """`read_asked` has the id of an earlier request to read."""

    read_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What they will see", "", parent=parent)
        self._body = Body(gap=10)
        self.body.addWidget(Scroll(self._body, "What they will see"))
        self._shown: tuple[Preview, tuple[EarlierRequest, ...]] | None = None

    def show_preview(
        self, preview: Preview, earlier: tuple[EarlierRequest, ...], *, went: bool = False
    ) -> None:
        """Show the page, which they saw already where it `went`; the same is left as it is."""
        if self._shown == (preview, earlier):
            return
        self._shown = (preview, earlier)
        self._empty()
        self.set_title("What they saw" if went else "What they will see", preview.way)
        column = self._body.column
        column.addWidget(self._page(preview))
        column.addWidget(Text("Left out on purpose", "label", weight=600))
        column.addWidget(Paragraph(preview.left_out, "label", "text2"))
        if earlier:
            column.addWidget(Text("Earlier requests to this partner", "label", weight=600))
            for one in earlier:
                column.addWidget(self._earlier(one))
        column.addStretch(1)

    def show_nothing(self) -> None:
        """No request is open."""
        self._shown = None
        self._empty()
        self.set_title("What they will see", "")

    def _empty(self) -> None:
        column = self._body.column
        while column.count():
            item = column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _page(self, preview: Preview) -> QWidget:
        t = theme()
        letter = preview.letter
        page = Surface("surface", "borderControl", radius=4)
        column = QVBoxLayout(page)
        column.setContentsMargins(t.px(18), t.px(14), t.px(18), t.px(14))
        column.setSpacing(t.px(3))
        marking = Text(letter.marking, "label", weight=600)
        marking.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(marking)
        column.addWidget(Text(TITLE, "heading", weight=600))
        by = letter.reply_by or "time not chosen yet"
        where = f"{letter.hub} · {letter.reference} · reply by "
        said = Paragraph("", "small", "text2")
        said.set_spans(((where, False), (by, True)))
        column.addWidget(said)
        for line in letter.lines:
            column.addWidget(FactRow(line.label, "\n".join(line.values)))
        return page

    def _earlier(self, one: EarlierRequest) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Text(spell_day(one.day), "label", "text2"))
        row.addWidget(Paragraph(one.words, "label"), 1)
        read = Button("Read", kind="link")
        read.setAccessibleName(f"Read the request of {spell_day(one.day)}")
        read.clicked.connect(partial(self.read_asked.emit, one.request_id))
        row.addWidget(read, 0, Qt.AlignmentFlag.AlignTop)
        return box
