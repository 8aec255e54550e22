"""The pages of a decision: what changed, the whole, the contact, replies and comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.decision import Change, DecisionVersion
from triage.domain.spelling import counted, spell_kept, spell_moment, spell_short_day
from ui.signoff.shown import Shown
from ui.theme import theme
from ui.widgets.avatar import Avatar
from ui.widgets.diff import spoken
from ui.widgets.pane import Body, Rule, Scroll, Surface
from ui.widgets.states import StateView
from ui.widgets.text import Paragraph, Span, Text

_TWO_FROM = 620
"""Design pixels of width from which facts stand in two columns."""


class Page:
    """One page: a column that is emptied and filled."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.body = Body(gap=10)
        self.body.set_margins(18, 14, 18, 18)
        self.scroll = Scroll(self.body, PAGE_NAMES[key][2])
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


PAGE_NAMES = {
    "changed": ("What changed", "Changes", "What changed"),
    "whole": ("Whole decision", "Whole", "The whole decision"),
    "contact": ("Contact and records", "Contact", "The contact and the records linked"),
    "replies": ("Partner replies", "Replies", "What partners replied"),
    "comments": ("Comments", "Comments", "Comments on every version"),
}
"""Each page's words on its tab, fewer where there is little room, its name for a reader."""


class _Facts(QWidget):
    """Label and words in lines, a hairline below each; in `columns` where there is room.

    `heads` stand small above the labels and the words of a table in one column.
    """

    def __init__(
        self,
        facts: Sequence[tuple[str, QWidget]],
        *,
        columns: int = 1,
        heads: tuple[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._most, self._columns = columns, 0
        made: list[tuple[QWidget, QWidget]] = []
        if heads is not None:
            made.append((Text(heads[0], "small", "muted"), Text(heads[1], "small", "muted")))
        made += [(Text(label, "body", "text2", wrap=True), words) for label, words in facts]
        self._lines = [(label, words, Rule()) for label, words in made]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        for label, _words, _rule in self._lines:
            label.setFixedWidth(t.px(140 if self._most > 1 else 190))
        self._grid.setHorizontalSpacing(t.px(10))
        self._grid.setVerticalSpacing(t.px(7))
        self._columns = 0
        self._arrange()

    def _arrange(self) -> None:
        columns = self._most if self.width() >= theme().px(_TWO_FROM) else 1
        if columns == self._columns:
            return
        self._columns = columns
        while self._grid.count():
            self._grid.takeAt(0)
        down, top = -(-len(self._lines) // columns), Qt.AlignmentFlag.AlignTop
        for at, (label, words, rule) in enumerate(self._lines):
            row, left = at % down * 2, at // down * 3
            self._grid.addWidget(label, row, left, top)
            self._grid.addWidget(words, row, left + 1, top)
            self._grid.addWidget(rule, row + 1, left, 1, 2)
        for block in range(self._most):
            used = block < columns
            self._grid.setColumnStretch(block * 3 + 1, int(used))
            if block:
                self._grid.setColumnMinimumWidth(block * 3 - 1, theme().px(12) if used else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where two would be narrow."""
        super().resizeEvent(event)
        self._arrange()

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
        said.append(f"{counted(change.words_added, 'word')} added")
    if change.words_removed:
        removed = f"{change.words_removed} removed"
        said.append(removed if said else f"{change.words_removed} words removed")
    return ", ".join(said)


def _fill_changed(page: Page, shown: Shown, since: str) -> None:
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
        page.heading("Answers that changed")
        facts = [(_label(c, shown), _short_change(c)) for c in short]
        page.add(_Facts(facts, heads=("Field", "Before, and now")))
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
    at = f" at {shown.clock_words(view.returned_at)}" if view.returned_at else ""
    who = Paragraph("", "small", "text2")
    who.set_spans((Span(view.returned_by, bold=True), Span(f" returned this{at}")))
    column.addWidget(who)
    column.addWidget(_words(view.returned_comment))
    row.addLayout(column, 1)
    return box


def _fill_whole(page: Page, shown: Shown, _since: str) -> None:
    page.clear()
    by_question = {(c.question, c.person): c for c in shown.answers}
    placed: set[tuple[str, str]] = set()
    for number, part in enumerate(shown.profile.parts, 1):
        asked = {q.id for q in part.questions}
        mine = [c for key, c in by_question.items() if key[0] in asked]
        if mine:
            page.heading(f"{number} {part.title}")
            page.add(_Facts([(_label(c, shown), _words(c.now)) for c in mine]))
            placed |= {(c.question, c.person) for c in mine}
    rest = [c for key, c in by_question.items() if key not in placed]
    if rest:
        page.heading("No longer asked")
        page.add(_Facts([(_label(c, shown), _words(c.now)) for c in rest]))
    gaps = shown.view.version.problems
    if gaps:
        page.heading("Sent with these gaps")
        for gap in gaps:
            page.add(_words(gap.sentence))
    page.finish()


def _fill_contact(page: Page, shown: Shown, _since: str) -> None:
    page.clear()
    version = shown.view.version
    page.heading("What was said", _received(version, shown))
    page.add(_words(version.concern or "No words of concern were kept.", "narrative"))
    page.heading("Children and household")
    page.add(_Facts([(p.name, _words(_person_words(version, p.key))) for p in version.people]))
    place = ", ".join(v for k in ("line", "town", "postcode") if (v := version.address.get(k, "")))
    if version.address.get("is_refuge") == "yes":
        place = "Refuge: the address is not shown"
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
            (f"{spell_kept(day)}, {lane}", _words(f"{words} ({source})" if source else words))
            for day, lane, words, source in version.chronology
        ]
        page.add(_Facts(facts))
    else:
        page.add(_words("No earlier involvement found.", "body", "text2"))
    page.finish()


def _received(version: DecisionVersion, shown: Shown) -> str:
    at = shown.local(version.received_at)
    return f"{version.channel.capitalize()}, {spell_moment(at)}"


def _referrer(version: DecisionVersion) -> list[str]:
    told = version.referrer
    who = "Asked to stay unknown" if told.get("anonymous") == "yes" else told.get("name", "")
    return [w for w in (who, told.get("role", ""), told.get("agency", "")) if w]


def _person_words(version: DecisionVersion, key: str) -> str:
    person = next(p for p in version.people if p.key == key)
    number = re.sub(r"^(\d{3})(\d{3})(\d{4})$", "\\1\u00a0\\2\u00a0\\3", person.nhs_number)
    said = [
        person.relationship[:1].upper() + person.relationship[1:],
        "unborn" if person.unborn else "",
        f"born {spell_kept(person.dob)}" if person.dob else "",
        f"age {person.age}" if person.age and not person.unborn else "",
        f"NHS number {number}" if person.nhs_number else "",
        person.school,
    ]
    linked = [f"{partner} record {record}" for partner, record in person.records]
    said.append(f"linked: {', '.join(linked)}" if linked else "no record linked")
    return ", ".join(w for w in said if w)


def _fill_replies(page: Page, shown: Shown, _since: str) -> None:
    page.clear()
    partners = shown.view.version.partners
    page.heading("When the decision was sent")
    if partners:
        page.add(_Facts([(name, _words(words or outcome)) for name, outcome, words in partners]))
    else:
        page.add(_words("Nobody was asked.", "body", "text2"))
    page.finish()


def _fill_comments(page: Page, shown: Shown, _since: str) -> None:
    page.clear()
    for remark in shown.view.comments:
        at = shown.local(remark.at)
        did = "returned it" if remark.sent_back else "approved it"
        page.heading(
            remark.name, f"{did} {spell_short_day(at)} {at:%H:%M}, version {remark.number}"
        )
        page.add(_words(remark.words))
    if not shown.view.comments:
        state = StateView()
        words = "What a team leader says when deciding or returning stands here."
        state.show_words("message-square", "No comments yet", words)
        page.add(state)
    page.finish()


FILL: dict[str, Callable[[Page, Shown, str], None]] = {
    "changed": _fill_changed,
    "whole": _fill_whole,
    "contact": _fill_contact,
    "replies": _fill_replies,
    "comments": _fill_comments,
}
