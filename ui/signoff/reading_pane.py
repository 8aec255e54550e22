"""The middle: whose decision it is, and the pages a leader reads before signing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from triage.domain.decision import Change, DecisionVersion
from triage.domain.profile import Profile
from triage.workflow.sign import SignOffView
from ui.signoff.list_pane import split_title
from ui.theme import theme
from ui.widgets.avatar import Avatar
from ui.widgets.clock import ClockLabel
from ui.widgets.diff import spoken
from ui.widgets.pane import Body, Pane, Rule, Scroll, Surface
from ui.widgets.rag import RagChip
from ui.widgets.segments import Segments
from ui.widgets.states import StateView
from ui.widgets.tabs import Tabs
from ui.widgets.text import Paragraph, Span, Text

_TIMES = ("", "first", "second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the middle shows: the view, and what it needs to say it in words.

    `answers` is every answer as a change from nothing, in the form's order.
    """

    view: SignOffView
    profile: Profile
    answers: tuple[Change, ...]
    reader: str

    def local(self, at: datetime) -> datetime:
        """A moment on the hub's clock."""
        return at.astimezone(ZoneInfo(self.profile.working_time.zone))

    def who(self, person: str) -> str:
        """The name behind a key, or nothing."""
        found = (p.name for p in self.view.version.people if p.key == person)
        return next(found, "") if person else ""


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
        for key, names in _PAGE_NAMES.items():
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
        self._made: dict[str, _Page] = {}
        for key in _PAGE_NAMES:
            page = _Page(key)
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
        self._below_row.setContentsMargins(t.px(12), 0, t.px(12), t.px(6))

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
        for which in (0, 1):
            for key, names in _PAGE_NAMES.items():
                self.tabs.set_words(key, names[which])
            if self.tabs.sizeHint().width() + theme().px(12) <= self.width():
                return

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
            _FILL[key](page, self._shown, self.since.value() or "returned")
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
        sent = shown.local(version.proposed_at)
        said = [version.reference, f"sent by {version.author_name} at {sent:%H:%M}"]
        if version.number > 1:
            times = _TIMES[version.number] if version.number < len(_TIMES) else ""
            said.append(f"{times or version.number} time sent")
        if view.returned_at is not None:
            who = "you" if view.returned_by == shown.reader else view.returned_by
            said.append(f"{who} returned it at {shown.local(view.returned_at):%H:%M}")
        self.where.set_text(" · ".join(said))
        leading = view.leading
        self.clock.setVisible(leading is not None)
        self.due.setVisible(leading is not None)
        if leading is not None:
            self.clock.set(leading.words, leading.state)
            due = shown.local(leading.due)
            day = "today" if due.date() == sent.date() else f"{due.day} {due:%b}"
            label = leading.label if leading.label.endswith(" by") else f"{leading.label}: by"
            self.due.set_text(f"{label} {due:%H:%M} {day}")


class _Page:
    """One page: a column that is emptied and filled."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.body = Body(gap=10)
        self.body.set_margins(18, 14, 18, 18)
        self.scroll = Scroll(self.body, _PAGE_NAMES[key][2])
        self.scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def clear(self) -> None:
        """Take everything out."""
        column = self.body.column
        while column.count():
            item = column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def add(self, widget: QWidget) -> None:
        """Another part below."""
        self.body.column.addWidget(widget)

    def heading(self, words: str, quiet: str = "") -> None:
        """A heading with quiet words beside it."""
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, theme().px(6), 0, 0)
        row.setSpacing(theme().px(10))
        row.addWidget(Text(words, "heading"))
        row.addWidget(Text(quiet, "small", "text2", elide=True), 1)
        self.add(box)

    def finish(self) -> None:
        """Room below."""
        self.body.column.addStretch(1)
        self.scroll.verticalScrollBar().setValue(0)


_PAGE_NAMES = {
    "changed": ("What changed", "Changes", "What changed"),
    "whole": ("Whole decision", "Whole", "The whole decision"),
    "contact": ("Contact and records", "Contact", "The contact and the records linked"),
    "replies": ("Partner replies", "Replies", "What partners replied"),
    "comments": ("Comments", "Comments", "Comments on every version"),
}
"""Each page's words on its tab, fewer where there is little room, its name for a reader."""


class _Facts(QWidget):
    """Label and words in lines, in one column or two, a hairline below each."""

    def __init__(self, facts: Sequence[tuple[str, QWidget]], *, columns: int = 1) -> None:
        super().__init__()
        self._facts = list(facts)
        self._columns = columns
        grid = QGridLayout(self)
        self._grid = grid
        rows = -(-len(facts) // columns)
        t = theme()
        for at, (label, widget) in enumerate(facts):
            row, block = (at % rows, at // rows) if columns > 1 else (at, 0)
            name = Text(label, "label", "text2", wrap=True)
            name.setFixedWidth(t.px(140 if columns > 1 else 190))
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(name, row * 2, block * 3, top)
            grid.addWidget(widget, row * 2, block * 3 + 1, top)
            grid.addWidget(Rule(), row * 2 + 1, block * 3, 1, 2)
        for block in range(columns):
            grid.setColumnStretch(block * 3 + 1, 1)
            if block:
                grid.setColumnMinimumWidth(block * 3 - 1, t.px(12))
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(t.px(10))
        grid.setVerticalSpacing(t.px(7))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        """Narrow is allowed."""
        return QSize(theme().px(200), super().minimumSizeHint().height())


def _words(text: str, role: str = "body", colour: str = "text") -> Paragraph:
    return Paragraph(text, "body" if role == "body" else "narrative", colour)


def _label(change: Change, shown: Shown) -> str:
    who = shown.who(change.person)
    return f"{change.label}: {who}" if who else change.label


def _is_prose(change: Change) -> bool:
    return bool(change.words_added or change.words_removed) and bool(change.pieces)


def _short_change(change: Change) -> Paragraph:
    """Before and now on one line, or what was added and removed of several codes."""
    words = Paragraph("", "body")
    if change.pieces:
        spans: list[Span] = []
        for op, said in change.pieces:
            if op == "same":
                continue
            if spans:
                spans.append(Span("  "))
            spans.append(Span("Added: " if op == "added" else "Removed: ", kind="muted"))
            spans.append(Span(said, kind="added" if op == "added" else "removed"))
        words.set_spans(spans)
    else:
        before = Span(change.before or "Not answered", kind="removed")
        now = Span(change.now or "Not answered", kind="added")
        words.set_spans((before, Span("  →  "), now))
    words.setAccessibleName(spoken(words.spans()))
    return words


def _prose_change(change: Change) -> Paragraph:
    spans = []
    for op, said in change.pieces:
        if op == "same":
            spans.append(Span(said))
        else:
            bare = said.rstrip()
            spans.append(Span(bare, kind="added" if op == "added" else "removed"))
            spans.append(Span(said[len(bare) :] or " "))
    words = Paragraph("", "narrative")
    words.set_spans(spans)
    words.setAccessibleName(spoken(spans))
    return words


def _counts(change: Change) -> str:
    said = []
    if change.words_added:
        said.append(f"{change.words_added} word{'' if change.words_added == 1 else 's'} added")
    if change.words_removed:
        removed = f"{change.words_removed} removed"
        said.append(removed if said else f"{change.words_removed} words removed")
    return ", ".join(said)


def _fill_changed(page: _Page, shown: Shown, since: str) -> None:
    page.clear()
    view = shown.view
    if view.returned_comment:
        page.add(_returned(shown))
    changes = view.since_returned if since == "returned" else view.all_changes
    if not changes:
        state = StateView()
        if view.version.number == 1:
            state.show_words(
                "file-text", "Sent for the first time", "There is no earlier version to compare."
            )
        else:
            state.show_words("equal", "Nothing changed", "Every answer is as it was.")
        page.add(state)
        page.finish()
        return
    short = [c for c in changes if not _is_prose(c)]
    if short:
        page.heading("Answers that changed", "before, and now")
        page.add(_Facts([(_label(c, shown), _short_change(c)) for c in short]))
    for change in changes:
        if _is_prose(change):
            page.heading(_label(change, shown), _counts(change))
            page.add(_prose_change(change))
    changed = {(c.question, c.person) for c in changes}
    same = [c for c in shown.answers if (c.question, c.person) not in changed]
    if same:
        mine = view.returned_by == shown.reader
        words = "you returned it" if mine else "you last looked"
        page.heading(f"Not changed since {words if since == 'returned' else 'the first version'}")
        page.add(_Facts([(_label(c, shown), _words(c.now)) for c in same], columns=2))
    page.finish()


def _returned(shown: Shown) -> QWidget:
    view = shown.view
    box = Surface("pane", radius=5)
    row = QHBoxLayout(box)
    t = theme()
    row.setContentsMargins(t.px(14), t.px(9), t.px(14), t.px(9))
    row.setSpacing(t.px(12))
    row.addWidget(Avatar(view.returned_by), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(t.px(1))
    at = f" at {shown.local(view.returned_at):%H:%M}" if view.returned_at else ""
    column.addWidget(Text(f"{view.returned_by} returned this{at}", "small", "text2", weight=600))
    column.addWidget(_words(view.returned_comment))
    row.addLayout(column, 1)
    return box


def _fill_whole(page: _Page, shown: Shown, _since: str) -> None:
    page.clear()
    by_question = {(c.question, c.person): c for c in shown.answers}
    placed: set[tuple[str, str]] = set()
    for number, part in enumerate(shown.profile.parts, 1):
        asked = {q.id for q in part.questions}
        mine = [c for key, c in by_question.items() if key[0] in asked]
        if mine:
            page.heading(f"{number} {part.title}")
            page.add(_Facts([(_label(c, shown), _answer(c)) for c in mine]))
            placed |= {(c.question, c.person) for c in mine}
    rest = [c for key, c in by_question.items() if key not in placed]
    if rest:
        page.heading("No longer asked")
        page.add(_Facts([(_label(c, shown), _answer(c)) for c in rest]))
    gaps = shown.view.version.problems
    if gaps:
        page.heading("Sent with these gaps")
        for gap in gaps:
            page.add(_words(gap.sentence))
    page.finish()


def _answer(change: Change) -> Paragraph:
    return _words(change.now, "narrative" if len(change.now) > 80 else "body")


def _fill_contact(page: _Page, shown: Shown, _since: str) -> None:
    page.clear()
    version = shown.view.version
    page.heading("What was said", _received(version, shown))
    page.add(_words(version.concern or "No words of concern were kept.", "narrative"))
    page.heading("Children and household")
    page.add(_Facts([(p.name, _words(_person_words(version, p.key))) for p in version.people]))
    place = ", ".join(v for k in ("line", "town", "postcode") if (v := version.address.get(k, "")))
    told = [
        ("Lives at", place),
        ("Reach the family safely", version.address.get("safe_contact", "")),
        ("Interpreter", version.address.get("interpreter", "")),
        ("Told us", ", ".join(_referrer(version))),
    ]
    page.add(_Facts([(label, _words(words or "Not known")) for label, words in told]))
    page.heading("Earlier involvement", f"{len(version.chronology)}")
    if version.chronology:
        facts = [
            (f"{_day(day)}, {lane}", _words(f"{words} ({source})" if source else words))
            for day, lane, words, source in version.chronology
        ]
        page.add(_Facts(facts))
    else:
        page.add(_words("No earlier involvement found.", "body", "text2"))
    page.finish()


def _day(words: str) -> str:
    """An ISO day as people write it; other words as they are."""
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return words
    return f"{day.day} {day:%b %Y}"


def _received(version: DecisionVersion, shown: Shown) -> str:
    at = shown.local(version.received_at)
    return f"{version.channel}, {at.day} {at:%b %Y %H:%M}"


def _referrer(version: DecisionVersion) -> list[str]:
    return [v for k in ("name", "role", "agency") if (v := version.referrer.get(k, ""))]


def _person_words(version: DecisionVersion, key: str) -> str:
    person = next(p for p in version.people if p.key == key)
    said = [
        person.relationship,
        "unborn" if person.unborn else "",
        f"born {_day(person.dob)}" if person.dob else "",
        f"age {person.age}" if person.age and not person.unborn else "",
        f"NHS number {person.nhs_number}" if person.nhs_number else "",
        person.school,
    ]
    linked = [f"{partner} record {record}" for partner, record in person.records]
    said.append(f"linked: {', '.join(linked)}" if linked else "no record linked")
    return ", ".join(w for w in said if w)


def _fill_replies(page: _Page, shown: Shown, _since: str) -> None:
    page.clear()
    partners = shown.view.version.partners
    page.heading("When the decision was sent")
    if partners:
        page.add(_Facts([(name, _words(words or outcome)) for name, outcome, words in partners]))
    else:
        page.add(_words("Nobody was asked.", "body", "text2"))
    page.finish()


def _fill_comments(page: _Page, shown: Shown, _since: str) -> None:
    page.clear()
    for remark in shown.view.comments:
        at = shown.local(remark.at)
        did = "returned it" if remark.sent_back else "approved it"
        page.heading(remark.name, f"{did} {at.day} {at:%b %H:%M}, version {remark.number}")
        page.add(_words(remark.words))
    if not shown.view.comments:
        page.add(_words("No comments yet.", "body", "text2"))
    page.finish()


_FILL: dict[str, Callable[[_Page, Shown, str], None]] = {
    "changed": _fill_changed,
    "whole": _fill_whole,
    "contact": _fill_contact,
    "replies": _fill_replies,
    "comments": _fill_comments,
}
