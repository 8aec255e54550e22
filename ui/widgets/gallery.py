"""A page of every part in every state, to look at: ``python -m ui.widgets.gallery OUT.png``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from ui.style import install_style
from ui.theme import install, theme
from ui.widgets.avatar import Avatar
from ui.widgets.banner import Banner, BannerKind, Guidance
from ui.widgets.buttons import Button, IconButton
from ui.widgets.chips import ChipGroup, FactChip, FactKind
from ui.widgets.clock import ClockLabel, ClockState
from ui.widgets.diff import DiffView
from ui.widgets.editor import Choice, Editor, LineField
from ui.widgets.evidence import EvidenceBar, EvidenceKind, EvidenceMark, LetterDiff, Weighed
from ui.widgets.flow import FlowLayout
from ui.widgets.keycap import KeyHints
from ui.widgets.meter import Meter, Part, meter_sentence
from ui.widgets.pane import Pane
from ui.widgets.rag import RagChip
from ui.widgets.section import Section, State
from ui.widgets.segments import Segment, Segments
from ui.widgets.states import Loading, StateView
from ui.widgets.table import TEXT2_ROLE, Rows, Table
from ui.widgets.text import IconText, Paragraph, Span, Text

_NOW = (
    "Maya took charge of her brother's safety. Police found Mr Hartley at his brother's "
    "address at 11:58. He has agreed not to return."
)
_BEFORE = (
    "Maya took charge of her brother's safety. Mr Hartley's whereabouts are not known, so the "
    "risk of return tonight is high."
)


class Gallery(QWidget):
    """Three columns of panes."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        for fill in (self._first, self._second, self._third):
            column = QVBoxLayout()
            fill(column)
            column.addStretch(1)
            row.addLayout(column, 1)

    def _pane(self, column: QVBoxLayout, title: str, subtitle: str = "") -> QVBoxLayout:
        pane = Pane(title, subtitle)
        inner = QVBoxLayout()
        t = theme()
        inner.setContentsMargins(t.px(14), t.px(10), t.px(14), t.px(12))
        inner.setSpacing(t.px(8))
        pane.body.addLayout(inner)
        column.addWidget(pane)
        return inner

    def _first(self, column: QVBoxLayout) -> None:
        body = self._pane(column, "RAG chip", "letter, shape, lightness and word")
        for size in (36, 24, 18):
            row = QHBoxLayout()
            for rating in ("red", "amber", "green", "none"):
                row.addWidget(RagChip(rating, size, word=size == 36))
            row.addStretch(1)
            body.addLayout(row)
        body = self._pane(column, "Clock")
        clocks: tuple[tuple[str, ClockState], ...] = (
            ("3 h 05 min", "normal"),
            ("1 h 10 min", "soon"),
            ("18 min over", "over"),
            ("Paused", "paused"),
        )
        for words, state in clocks:
            clock = ClockLabel()
            clock.set(words, state)
            body.addWidget(clock)
        body = self._pane(column, "Evidence mark and bar")
        kinds: tuple[EvidenceKind, ...] = ("same", "close", "different", "missing")
        for kind in kinds:
            row = QHBoxLayout()
            row.addWidget(EvidenceMark(kind))
            letters = LetterDiff()
            letters.set("01632 960 214", "01632 960 877", kind)
            row.addWidget(letters, 1)
            body.addLayout(row)
        bar = EvidenceBar()
        bar.set_evidence(
            (
                Weighed(-2.0, "different", "Phone"),
                Weighed(6, "same", "Name"),
                Weighed(5, "same", "Born"),
                Weighed(2.5, "close", "Address"),
            ),
            "Two same, one close, one different.",
        )
        body.addWidget(bar)
        body = self._pane(column, "What was said")
        story = Paragraph()
        story.set_spans(
            [
                ("Police went to the home at 23:40 after a neighbour reported shouting. ", False),
                ("He has not been found.", True),
                ("\n\nMaya was awake on the stairs. She told officers: ", False),
                ("“I put Theo under my bed so he wouldn't hear.”", True),
            ]
        )
        body.addWidget(story)
        body.addWidget(Text("What changed", "heading"))
        diff = DiffView()
        diff.set_texts(_BEFORE, _NOW)
        body.addWidget(diff)

    def _second(self, column: QVBoxLayout) -> None:
        body = self._pane(column, "Decision", "Draft 3")
        meter = Meter()
        parts: tuple[Part, ...] = ("done",) * 9 + ("needed",) * 3 + ("advised",)
        meter.set_parts(parts)
        strong, rest = meter_sentence(parts)
        words = Paragraph("", "label")
        words.set_spans([Span(strong, bold=True), Span(f" · {rest}")])
        body.addWidget(words)
        body.addWidget(meter)
        makers: tuple[tuple[str, Callable[[], QWidget], State, str], ...] = (
            ("Rating and level of need", self._rating, "done", "Red · 4 Statutory"),
            ("Risk and protective factors", self._factors, "done", "4 raise · 3 lower"),
            ("Sharing and consent", QWidget, "done", "Public task · parents not told yet"),
            ("Analysis", self._analysis, "needed", "43 words"),
            ("Outcome and reasons", self._outcome, "needed", ""),
            ("Services and advice", QWidget, "advised", "3 suggestions nearby"),
        )
        for i, (title, build, state, summary) in enumerate(makers):
            section = Section(i + 1, title, build)
            section.set_state(state)
            section.set_summary(summary)
            section.set_open(build is not QWidget)
            body.addWidget(section)
        body.addWidget(KeyHints(((("↑", "↓"), "move"), (("Enter",), "open"))))
        body = self._pane(column, "Children and household")
        table = Table("Children and household", (3, 3, 2.5, 2), grow=True)
        model = Rows(("Person", "Who they are", "Born", "Record"), parent=table)
        table.setModel(model)
        model.put(
            (
                ("Maya Rowe", "Child, lives here", "14 Mar 2019", "3 to check"),
                ("Theo Rowe", "Child, lives here", "2 Aug 2023", "Linked"),
                ("Dean Hartley", "Mother's partner", {0: "Not known", TEXT2_ROLE: True}, "None"),
            )
        )
        table.selectRow(0)
        body.addWidget(table)

    def _rating(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        rating = Segments(
            (
                Segment("red", "Red", "4 h", rag="red"),
                Segment("amber", "Amber", "1 day", rag="amber"),
                Segment("green", "Green", "3 days", rag="green"),
            ),
            "Rating",
        )
        rating.set_value("red")
        level = Segments(
            (
                ("1", "1 Universal"),
                ("2", "2 Early help"),
                ("3", "3 Targeted"),
                ("4", "4 Statutory"),
            ),
            "Level of need",
        )
        level.set_value("4")
        column.addWidget(rating)
        column.addWidget(level)
        return box

    def _factors(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.addWidget(Text("What raises the risk", "label"))
        chips = ChipGroup(
            (
                ("injury", "Injury to parent"),
                ("heard", "Child heard or saw it"),
                ("lost", "Adult not located"),
                ("four", "4 contacts in a year"),
                ("food", "Food"),
            ),
            "What raises the risk",
            add="Add",
        )
        chips.set_values(("injury", "heard", "lost"))
        column.addWidget(chips)
        return box

    def _analysis(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        editor = Editor("Analysis", "What does this mean for each child?")
        editor.put(
            "Maya took charge of her brother's safety, which suggests this is not the first "
            "time. This is the third police call in 12 months and the first with an injury."
        )
        column.addWidget(editor)
        guidance = Guidance()
        guidance.show_words(
            "A strong analysis says what it means for each child",
            "",
            (("What has happened", True), ("What it means for Theo", False)),
        )
        column.addWidget(guidance)
        return box

    def _outcome(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        options = (("sd", "Strategy discussion"), ("nfa", "No further action"))
        row = QHBoxLayout()
        first, second = Choice("Outcome", options), Choice("Who decides", options, "Not chosen")
        first.set_value("sd")
        row.addWidget(first, 1)
        row.addWidget(second, 1)
        column.addLayout(row)
        column.addWidget(Editor("Why", "Say why this level and not the one below", lines=1))
        return box

    def _third(self, column: QVBoxLayout) -> None:
        body = self._pane(column, "Buttons")
        flow = FlowLayout()
        ready = Button("Send for sign-off", kind="primary", key_hint="Ctrl Enter")
        unready = Button("Send for sign-off", kind="primary", key_hint="Ctrl Enter")
        unready.set_ready(False)
        off = Button("Switched off")
        off.setEnabled(False)
        for button in (
            Button("Link", "link", "primary"),
            Button("Not the same", "unlink"),
            Button("Next needed", "list-checks", key_hint="F8"),
            Button("Original form", "file-text", "link"),
            Button("Throw away", "trash-2", "danger"),
            Button("Menu", "menu", "ghost"),
            ready,
            unready,
            off,
            IconButton("list-filter", "Filter", framed=True),
            IconButton("circle-question-mark", "Help", key_hint="F1"),
            Avatar("Ruth Osei"),
        ):
            flow.addWidget(button)
        body.addLayout(flow)
        flow = FlowLayout()
        facts: tuple[tuple[str, FactKind, str | None], ...] = (
            ("4th contact in 12 months", "warn", "repeat-2"),
            ("2 children in the home", "neutral", "users"),
            ("Do not leave voicemail", "neutral", "phone-off"),
            ("Kept as partial 11:41:52", "ok", "check"),
            ("On the call 9 min", "info", "phone-call"),
            ("Risk to workers", "danger", "triangle-alert"),
            ("Restricted", "restricted", "shield-alert"),
        )
        for words, kind, icon in facts:
            flow.addWidget(FactChip(words, kind, icon))
        body.addLayout(flow)
        body.addWidget(
            LineField("Search", "Search people and contacts", icon="search", key_hint="Ctrl K")
        )
        body.addWidget(IconText("wifi", "Online · all systems answering · checked 11:42"))
        banners: tuple[tuple[BannerKind, str, str], ...] = (
            ("info", "Priya returned this.", "Please say what this means for Theo."),
            ("done", "Sent for sign-off.", "Priya Nandra will see it first."),
            ("warning", "Health has not replied.", "Their time was 12:35."),
            ("danger", "Not saved.", "We will keep trying. Copy is on this computer."),
        )
        for banner_kind, strong, rest in banners:
            banner = Banner(banner_kind)
            banner.show_words(strong, rest)
            body.addWidget(banner)
        body = self._pane(column, "Pane states")
        empty = StateView()
        empty.show_empty(
            "Nothing waiting",
            "You are up to date. New contacts will appear here.",
            (("all", "See all contacts"),),
        )
        body.addWidget(empty)
        error = StateView()
        error.show_error(
            "We could not look up records",
            "The health index did not answer. Your decision is saved.",
            (("again", "Try again"), ("on", "Carry on")),
        )
        body.addWidget(error)
        loading = Loading("Loading contacts. Shapes do not move.", 2)
        loading.show_now()
        body.addWidget(loading)


def main(argv: list[str] | None = None) -> int:
    """Draw the gallery into a file."""
    parser = argparse.ArgumentParser(description="Draw every part of the kit into a picture.")
    parser.add_argument("out")
    parser.add_argument("--theme", default="light")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--width", type=int, default=1740)
    asked = parser.parse_args(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(sys.argv[:1])
    ring = install_style(app)
    look = install(app)
    look.set_theme(asked.theme)
    look.set_text_scale(asked.scale)
    page = Gallery()
    page.resize(round(asked.width * asked.scale), 400)
    page.show()
    page.activateWindow()
    page.findChildren(Editor)[0].setFocus()

    def fit() -> None:
        layout = page.layout()
        if layout is not None:
            page.resize(page.width(), layout.heightForWidth(page.width()))

    def save() -> None:
        page.grab().save(asked.out)
        page.close()
        app.quit()

    for wait in (0, 20, 40):
        QTimer.singleShot(wait, fit)
    QTimer.singleShot(60, save)
    app.exec()
    del ring
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
