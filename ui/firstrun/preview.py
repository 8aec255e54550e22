"""How the program will look with what was chosen: invented people in the real widgets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.clock import ClockState
from triage.domain.profile import ClockRule
from triage.workflow.queue import QueueRow
from ui.theme import theme
from ui.triage.arrange import shape_of
from ui.triage.queue_delegate import QueueDelegate
from ui.triage.queue_model import QueueModel
from ui.widgets.buttons import Button
from ui.widgets.chips import FactChip
from ui.widgets.editor import Editor
from ui.widgets.evidence import EvidenceMark, LetterDiff
from ui.widgets.lists import ListView
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.text import Paragraph, Span, Text

_State = Literal["normal", "soon"]
_ROWS: tuple[tuple[str, str, str, str | None, _State, str], ...] = (
    ("Maya Rowe 7, + Theo 3", "Domestic abuse in the home", "Police", "red", "soon", "1 h 10 min"),
    ("Aisha Malik-Byrne 11", "Hit by an adult", "School", "amber", "normal", "3 h 05 min"),
    ("Poppy Lindqvist 2", "Bruise seen at nursery", "Nursery", None, "normal", "4 h 12 min"),
    ("Callum Tranter 15", "Low mood, missing school", "School", "green", "normal", "5 h 15 min"),
)
_SAME_PERSON = (
    ("Name", "Maya Rowe", "Maya Grace Rowe", "close"),
    ("Born", "14 Mar 2019", "14 Mar 2019", "same"),
    ("Phone", "01632 960214", "01632 960877", "different"),
    ("NHS no.", "Not given", "999 014 2114", "missing"),
)


class Preview(Pane):
    """A queue, words, a field to type in, evidence and buttons, as the choices make them look."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("How it will look", "", parent=parent)
        whole = Body(gap=0)
        whole.set_margins(0, 0, 0, 0)
        self._rows = ListView("How the queue will look")
        self._model = QueueModel(self)
        self._model.put_rows(_sample_rows())
        self._rows.setModel(self._model)
        self._rows.setItemDelegate(QueueDelegate(self._model, self._rows))
        self._rows.setCurrentIndex(self._model.index(1))
        self._rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._rows.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = Body(gap=10)
        body.set_margins(18, 14, 18, 14)
        self.sample = Editor("Why this outcome, to try typing", "Say why this level", lines=2)
        self._fill(body)
        whole.column.addWidget(self._rows)
        whole.column.addWidget(body)
        whole.column.addStretch(1)
        self.body.addWidget(Scroll(whole, "How it will look"), 1)
        self._facts = [Text("", "bodyStrong", elide=True) for _ in range(3)]
        for label, fact in zip(
            ("Smallest text", "Focus ring", "Fits this screen"), self._facts, strict=True
        ):
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(Text(label, "small", "text2"))
            column.addWidget(fact)
            self.foot.addLayout(column, 1)
        theme().scaled.connect(self._size_rows)
        self._size_rows()

    def say_look(self, width: int) -> None:
        """Say in words what was chosen, and how a window this wide shows the work."""
        t = theme()
        names = {"light": "light", "dark": "dark", "highContrast": "high contrast"}
        self.subtitle.set_text(f"{names[t.name]}, {round(t.text_scale * 100)} %")
        shape, _, _ = shape_of(width, t.text_scale)
        smallest, ring, fits = self._facts
        smallest.set_text(f"{t.px(12)} px")
        ring.set_text("4 px, two colours")
        fits.set_text(_FITS[shape])

    def _size_rows(self) -> None:
        t = theme()
        self._rows.setFixedHeight(t.px(25) + len(_ROWS) * t.px(62))

    def _fill(self, body: Body) -> None:
        column = body.column
        column.addWidget(Text("What was said", "heading"))
        said = Paragraph(role="narrative")
        said.set_spans(
            [
                Span("Maya was awake on the stairs. She told officers: "),
                Span("“I put Theo under my bed so he wouldn't hear.”", bold=True),
                Span(" Theo was asleep. The home was warm and clean, with food in."),
            ]
        )
        column.addWidget(said)
        column.addWidget(Text("Why this outcome", "label"))
        column.addWidget(self.sample)
        ring = "The yellow and black ring shows where typing goes. See it from your chair?"
        column.addWidget(Text(ring, "small", "text2", wrap=True))
        chips = QHBoxLayout()
        repeat, phone = FactChip(), FactChip()
        repeat.set("4th contact in 12 months", "warn", "repeat-2")
        phone.set("No voicemail", "neutral", "phone-off")
        chips.addWidget(repeat)
        chips.addWidget(phone)
        chips.addStretch(1)
        column.addLayout(chips)
        column.addWidget(Text("Is this the same person?", "heading"))
        grid = QGridLayout()
        for row, (field, contact, record, level) in enumerate(_SAME_PERSON):
            diff = LetterDiff()
            diff.set(contact, record, level)  # type: ignore[arg-type]
            grid.addWidget(Text(field, "label", "text2"), row * 2, 0)
            grid.addWidget(Text(contact, "label"), row * 2, 1)
            grid.addWidget(diff, row * 2, 2)
            grid.addWidget(EvidenceMark(level), row * 2, 3)  # type: ignore[arg-type]
            grid.addWidget(Rule(), row * 2 + 1, 0, 1, 4)
        for at, share in enumerate((2, 3, 3, 2)):
            grid.setColumnStretch(at, share)
        grid.setVerticalSpacing(6)
        column.addLayout(grid)
        buttons = QHBoxLayout()
        not_ready = Button("Not ready")
        not_ready.set_ready(False)
        for button in (Button("Not sure"), Button("Link", "link", "primary"), not_ready):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)


_FITS = {"wide": "Yes, three panes", "tabs": "Two panes and tabs", "single": "One pane at a time"}


def _sample_rows() -> tuple[QueueRow, ...]:
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    rule = ClockRule(id="sample", label="Decide by", start="received")
    rows = []
    for number, (title, reason, source, rating, state, words) in enumerate(_ROWS, start=1):
        left = ClockState(
            rule=rule,
            label=rule.label,
            due=at,
            left_minutes=60 * number,
            state=state,
            words=words,
            until=at,
        )
        rows.append(
            QueueRow(
                contact_id=UUID(int=number),
                reference="",
                title=title,
                reason=reason,
                source=source,
                rating=rating,
                clocks=(left,),
                leading=left,
                group="The next contacts",
                assigned_to=None,
                assigned_initials="",
                assigned_name="",
                repeat=0,
                interpreter=False,
                restricted=False,
                partial=False,
                to_read=False,
                paused=False,
                version=1,
                sentence=f"{title}, {reason}, {words} left",
                received_at=at,
            )
        )
    return tuple(rows)
