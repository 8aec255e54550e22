"""The middle: whose decision it is, and the pages a leader reads before signing."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from triage.domain.clock import ClockState
from triage.domain.spelling import spell_short_day
from ui.signoff.pages import FILL, PAGE_NAMES, Page
from ui.signoff.shown import Shown
from ui.theme import theme
from ui.titles import split_title
from ui.widgets.clock import ClockLabel
from ui.widgets.pane import Pane, Rule
from ui.widgets.rag import RagChip
from ui.widgets.segments import Segments
from ui.widgets.states import StateView
from ui.widgets.tabs import Tabs
from ui.widgets.text import Text

_TIMES = ("", "first", "second", "third", "fourth", "fifth", "sixth")


class ReadingPane(Pane):
    """Header, tabs and pages of one decision. `tab_chosen` tells a change of page."""

    tab_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.setAccessibleName("The decision")
        self.state = StateView()
        self._whole = QWidget()
        column = QVBoxLayout(self._whole)
        column.setSpacing(0)
        column.setContentsMargins(0, 0, 0, 0)
        self.header = _Header()
        column.addWidget(self.header)
        column.addWidget(Rule())
        self.tabs = Tabs("Pages of the decision", height=40)
        for key, names in PAGE_NAMES.items():
            self.tabs.add(key, names[0])
        self.since = Segments(
            (("returned", "Since I returned it"), ("all", "All drafts")),
            "Changes since",
            dense=True,
        )
        self.since.set_value("returned")
        bar = QHBoxLayout()
        bar.addWidget(self.tabs)
        bar.addStretch(1)
        bar.addWidget(self.since)
        self._bar = bar
        column.addLayout(bar)
        self._below = QWidget()
        self._below_row = QHBoxLayout(self._below)
        self._below_row.addStretch(1)
        self._below.hide()
        column.addWidget(self._below)
        column.addWidget(Rule())
        self.pages = QStackedWidget()
        self._made: dict[str, Page] = {}
        for key in PAGE_NAMES:
            page = Page(key)
            self._made[key] = page
            self.pages.addWidget(page.scroll)
        column.addWidget(self.pages, 1)
        self.body.addWidget(self.state)
        self.body.addWidget(self._whole, 1)
        self._shown: Shown | None = None
        self._narrow = False
        self._filled: set[str] = set()
        self.tabs.chosen.connect(self._turn)
        self.since.chosen.connect(self._since)
        self._arrange()
        self.show_nothing()
        theme().scaled.connect(self._arrange)

    def _arrange(self) -> None:
        t = theme()
        self._fit_tabs()
        self._bar.setContentsMargins(t.px(6), 0, t.px(12), 0)
        self._below_row.setContentsMargins(t.px(12), t.px(6), t.px(12), t.px(8))

    def show_nothing(self) -> None:
        """Nothing is being read."""
        self._shown = None
        self._whole.hide()
        self.state.show()
        self.state.show_words(
            "book-open", "Choose a decision to read", "Enter opens it. What you opened is recorded."
        )

    def show_problem(self, words: str) -> None:
        """It could not be opened."""
        self._shown = None
        self._whole.hide()
        self.state.show()
        self.state.show_error("This decision could not be opened", words)

    def show_decision(self, shown: Shown, *, keep_page: bool = False) -> None:
        """Read this one. Begins at what changed, or at the whole where it is the first."""
        self._shown = shown
        self._filled.clear()
        view = shown.view
        self.state.hide()
        self._whole.show()
        self.header.show_decision(shown)
        first = not view.since_returned and not view.all_changes
        self._show_since()
        self.since.set_value("returned")
        self.tabs.set_count("changed", len(view.since_returned) or None)
        self.tabs.set_count("replies", len(view.version.partners) or None)
        self.tabs.set_count("comments", len(view.comments) or None)
        self._fit_tabs()
        if not keep_page:
            self.tabs.blockSignals(True)
            self.tabs.set_value("whole" if first else "changed")
            self.tabs.blockSignals(False)
        self._fill_page(self.tabs.value() or "whole")

    def show_clock(self, version_id: UUID, leading: ClockState | None) -> None:
        """The time left now for the decision being read."""
        if self._shown is not None and self._shown.view.version.id == version_id:
            self.header.show_clock(self._shown, leading)

    def next_tab(self) -> None:
        """The next page, round the end."""
        self.tabs.step(1)

    def set_narrow(self, narrow: bool) -> None:
        """With less room tabs stand closer, and what to compare with goes below them."""
        if narrow is self._narrow:
            return
        self._narrow = narrow
        self.tabs.set_bare(narrow, tight=narrow)
        if narrow:
            self._below_row.insertWidget(0, self.since)
        else:
            self._bar.addWidget(self.since)
        self._show_since()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer words on the tabs where they would not all fit."""
        super().resizeEvent(event)
        self._fit_tabs()

    def _fit_tabs(self) -> None:
        whole, short = ({key: names[n] for key, names in PAGE_NAMES.items()} for n in (0, 1))
        fits = self.tabs.width_with(whole) + theme().px(12) <= self.width()
        for key, words in (whole if fits else short).items():
            self.tabs.set_words(key, words)

    def _show_since(self) -> None:
        view = self._shown.view if self._shown is not None else None
        first = view is None or not (view.since_returned or view.all_changes)
        self.since.setVisible(not first)
        self._below.setVisible(self._narrow and not first)

    def _turn(self, key: str) -> None:
        self._fill_page(key)
        self.tab_chosen.emit(key)

    def _fill_page(self, key: str) -> None:
        page = self._made[key]
        self.pages.setCurrentWidget(page.scroll)
        if self._shown is not None and key not in self._filled:
            FILL[key](page, self._shown, self.since.value() or "returned")
            self._filled.add(key)

    def _since(self, _which: str) -> None:
        self._filled.discard("changed")
        self._turn("changed")
        self.tabs.set_value("changed")


class _Header(QWidget):
    """Rating, names and ages, where it has been; at the right, the time left."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        self.rag = RagChip("none", 36)
        row.addWidget(self.rag)
        words = QVBoxLayout()
        line = QHBoxLayout()
        self.name = Text("", "title")
        self.rest = Text("", "body", "text2", elide=True)
        line.addWidget(self.name)
        line.addWidget(self.rest, 1)
        self.where = Text("", "small", "text2", elide=True)
        words.addLayout(line)
        words.addWidget(self.where)
        row.addLayout(words, 1)
        clocks = QVBoxLayout()
        self.clock = ClockLabel("title")
        self.due = Text("", "small", "text2")
        right = Qt.AlignmentFlag.AlignRight
        clocks.addWidget(self.clock, 0, right)
        clocks.addWidget(self.due, 0, right)
        row.addLayout(clocks)
        self._row, self._line, self._words, self._clocks = row, line, words, clocks
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(18), t.px(12), t.px(18), t.px(10))
        self._row.setSpacing(t.px(14))
        self._line.setSpacing(t.px(10))
        self._words.setSpacing(t.px(1))
        self._clocks.setSpacing(t.px(1))

    def show_decision(self, shown: Shown) -> None:
        """Another decision."""
        view = shown.view
        version = view.version
        self.rag.set_rating(view.contact.rating or "none")
        name, rest = split_title(view.title)
        self.name.set_text(name)
        self.rest.set_text(rest)
        sent = shown.clock_words(version.proposed_at)
        said = [version.reference, f"sent by {version.author_name} at {sent}"]
        if version.number > 1:
            times = _TIMES[version.number] if version.number < len(_TIMES) else ""
            said.append(f"{times or version.number} time sent")
        if view.returned_at is not None:
            who = "you" if view.returned_by == shown.reader else view.returned_by
            said.append(f"{who} returned it at {shown.clock_words(view.returned_at)}")
        self.where.set_text(" · ".join(said))
        self.show_clock(shown, view.leading)

    def show_clock(self, shown: Shown, leading: ClockState | None) -> None:
        """The time left now."""
        self.clock.setVisible(leading is not None)
        self.due.setVisible(leading is not None)
        if leading is not None:
            self.clock.set(leading.words, leading.state)
            due = shown.local(leading.due)
            day = "today" if due.date() == shown.today else spell_short_day(due)
            label = leading.label if leading.label.endswith(" by") else f"{leading.label}: by"
            self.due.set_text(f"{label} {due:%H:%M} {day}")
