"""The cards of "Seen before?": an open contact, and a record with its evidence and acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.lookup import HOUSEHOLD, EvidenceRow, VerdictKind
from ui import paint
from ui.actions import bind_list
from ui.newcontact.seen import OpenSeen, RecordSeen, field_words
from ui.theme import theme
from ui.weighed import parts_of, sentence_of
from ui.widgets.buttons import Button
from ui.widgets.clock import ClockLabel
from ui.widgets.evidence import EvidenceBar, EvidenceKind, EvidenceMark
from ui.widgets.group import BareGroup
from ui.widgets.keycap import KeyCap
from ui.widgets.rag import RagChip
from ui.widgets.text import Text

KEYS: Final = "seen before"
_MARKS: Final = 4
_JUDGED: Final = {
    VerdictKind.SAME: "Linked",
    VerdictKind.NOT_SAME: "Not the same",
    VerdictKind.UNSURE: "Not sure",
}


class Card(BareGroup):
    """A card one can stand on; letters act only while it has the focus."""

    stood = Signal(object)
    walked = Signal(object, int)

    def __init__(self) -> None:
        super().__init__("")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.current = False
        self.column = QVBoxLayout(self)
        self._space()
        theme().scaled.connect(self._space)
        theme().changed.connect(self.update)

    def _space(self) -> None:
        t = theme()
        self.column.setContentsMargins(t.px(12), t.px(9), t.px(10), t.px(9))
        self.column.setSpacing(t.px(6))

    def show_letters(self, shown: bool) -> None:
        """Print the letters on the acts, or only keep their room."""

    def bind(self, slots: Mapping[str, Callable[[], object]]) -> None:
        """Give it the list's keys."""
        self._bound = bind_list(self, KEYS, slots)

    def set_current(self, current: bool) -> None:
        """Whether the acts of the list are its own."""
        if current != self.current:
            self.current = current
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk the cards."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.walked.emit(self, step)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """It becomes the current one."""
        super().focusInEvent(event)
        self.stood.emit(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click stands on it."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A box, ringed in the accent where it is the current one."""
        t = theme()
        painter = QPainter(self)
        paint.box(
            painter,
            QRectF(self.rect()),
            fill=t.colour("surface"),
            edge=t.colour("accent" if self.current else "borderSubtle"),
            radius=6,
            width=2 if self.current else 1,
        )
        painter.end()


class OpenCard(Card):
    """An open contact that looks like this call: add to it, or keep apart."""

    join_asked = Signal(object)
    apart_asked = Signal(object)
    undo_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.seen: OpenSeen | None = None
        head = self._head = QGridLayout()
        head.setHorizontalSpacing(theme().px(10))
        head.setVerticalSpacing(0)
        self.rag = RagChip("none", 24)
        self.heading = Text("", "bodyStrong", elide=True)
        self.line = Text("", "small", "text2", elide=True)
        self.clock = ClockLabel("label")
        head.addWidget(self.rag, 0, 0, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.line, 1, 1, 1, 2)
        head.setColumnStretch(1, 1)
        self.set_narrow(False)
        self.column.addLayout(head)
        self.why = Text("", "small", "text2", wrap=True)
        self.column.addWidget(self.why)
        acts = QHBoxLayout()
        acts.setSpacing(theme().px(6))
        self.join = Button("Add to it", "merge", "primary", "J", dense=True)
        self.apart = Button("Keep apart", "split", "secondary", "K", dense=True)
        self.undo = Button("Undo", "undo-2", "link", dense=True)
        self.stands = Text("", "label", "text", elide=True)
        for widget in (self.join, self.apart, self.stands, self.undo):
            acts.addWidget(widget)
        acts.addStretch(1)
        self.column.addLayout(acts)
        self.join.clicked.connect(self._join)
        self.apart.clicked.connect(self._apart)
        self.undo.clicked.connect(self._undo)

    def set_narrow(self, narrow: bool) -> None:
        """The clock below, where there is little room for the children's names beside it."""
        head = self._head
        for part in (self.heading, self.clock):
            head.removeWidget(part)
        head.addWidget(self.heading, 0, 1, 1, 2 if narrow else 1)
        if narrow:
            head.addWidget(self.clock, 2, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        else:
            head.addWidget(self.clock, 0, 2)

    def show_seen(self, seen: OpenSeen) -> None:
        """Show a contact."""
        self.seen = seen
        self.rag.set_rating(seen.contact.rating or "none")
        self.heading.set_text(f"Already open: {seen.title}")
        self.line.set_text(seen.line)
        leading = seen.leading
        self.clock.setVisible(leading is not None)
        if leading is not None:
            self.clock.set(leading.words, leading.state)
        joined = {"joined": "Joined to this call", "kept apart": "Kept apart"}
        words = joined.get(seen.stands, "")
        self.stands.set_text(words)
        self.stands.setVisible(bool(words))
        self.undo.setVisible(seen.stands == "joined")
        self.why.set_text(seen.why)
        self.why.setVisible(not words)
        for button in (self.join, self.apart):
            button.setVisible(not words)
        reference = seen.contact.reference
        self.join.setAccessibleName(f"Add to {reference}")
        self.apart.setAccessibleName(f"Keep apart from {reference}")
        self.undo.setAccessibleName(f"Take apart from {reference}")
        self.setAccessibleName(f"Already open: {seen.title}, {seen.line}. {words or seen.why}")

    def show_letters(self, shown: bool) -> None:
        """Print the letters, or only keep their room."""
        self.join.show_key(shown)
        self.apart.show_key(shown)

    def _join(self) -> None:
        if self.seen is not None:
            self.join_asked.emit(self.seen)

    def _apart(self) -> None:
        if self.seen is not None:
            self.apart_asked.emit(self.seen)

    def _undo(self) -> None:
        if self.seen is not None:
            self.undo_asked.emit(self.seen)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, with the accent down its left side."""
        super().paintEvent(event)
        painter = QPainter(self)
        bar = QRectF(1, 3, 3, self.height() - 6)
        painter.fillRect(bar, theme().colour("accent"))
        painter.end()


class _Marks(QWidget):
    """The most telling fields, as marks in one row: as many as fit."""

    def __init__(self) -> None:
        super().__init__()
        self._pool = [EvidenceMark(parent=self) for _ in range(_MARKS)]
        self._count = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_marks(self, marks: list[tuple[EvidenceKind, str]]) -> None:
        """Show up to four, the most telling first."""
        self._count = len(marks)
        for mark, (kind, field) in zip(self._pool, marks, strict=False):
            mark.set(kind, field)
        self._place()

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(theme().px(200), theme().px(20))

    def minimumSizeHint(self) -> QSize:
        """One mark."""
        return QSize(theme().px(80), theme().px(20))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many as fit now."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        x = 0
        for i, mark in enumerate(self._pool):
            wide = mark.sizeHint().width()
            fits = i < self._count and (x + wide <= self.width() or i == 0)
            mark.setVisible(fits)
            if fits:
                mark.setGeometry(x, 0, wide, theme().px(20))
                x += wide + theme().px(10)


class RecordCard(Card):
    """A record that may be one of the people of this call."""

    link_asked = Signal(object)
    not_same_asked = Signal(object)
    unsure_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.seen: RecordSeen | None = None
        self.number = 0
        head = QHBoxLayout()
        head.setSpacing(theme().px(8))
        self.cap = KeyCap("1")
        names = QVBoxLayout()
        names.setSpacing(0)
        self.name = Text("", "bodyStrong", elide=True)
        self.line = Text("", "small", "text2", elide=True)
        names.addWidget(self.name)
        names.addWidget(self.line)
        right = QVBoxLayout()
        right.setSpacing(0)
        self.band = Text("", "label", weight=600)
        self.band.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.bar = EvidenceBar(ends=False)
        self.bar.setFixedWidth(theme().px(126))
        right.addWidget(self.band)
        right.addWidget(self.bar)
        head.addWidget(self.cap, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(names, 1)
        head.addLayout(right)
        self.column.addLayout(head)
        self.marks = _Marks()
        self.column.addWidget(self.marks)
        self.acts = QWidget()
        row = QHBoxLayout(self.acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(6))
        self.link = Button("Link", "link", "primary", "L", dense=True)
        self.other = Button("Not the same", "unlink", "secondary", "X", dense=True)
        self.unsure = Button("Not sure", "circle-question-mark", "secondary", "U", dense=True)
        for button in (self.link, self.other, self.unsure):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addWidget(self.acts)
        self.stands = Text("", "label", "text2")
        self.column.addWidget(self.stands)
        self.acts.hide()
        self.stands.hide()
        self.link.clicked.connect(lambda: self.link_asked.emit(self.seen))
        self.other.clicked.connect(lambda: self.not_same_asked.emit(self.seen))
        self.unsure.clicked.connect(lambda: self.unsure_asked.emit(self.seen))

    def show_seen(self, seen: RecordSeen, number: int) -> None:
        """Show a record; `number` is its key from 1, or 0 past the fourth."""
        self.seen, self.number = seen, number
        candidate = seen.candidate
        self.cap.setText(str(number) if number else "")
        self.cap.setVisible(bool(number))
        self.name.set_text(seen.name)
        self.line.set_text(seen.line)
        self.band.set_text(candidate.band)
        self.bar.set_evidence(parts_of(candidate), sentence_of(candidate), 24.0)
        telling = _telling(candidate.evidence)
        self.marks.show_marks(
            [(cast("EvidenceKind", r.level), field_words(r.field)) for r in telling]
        )
        words = "" if seen.verdict is None else _JUDGED[seen.verdict]
        self.stands.set_text(words)
        self.stands.setVisible(bool(words))
        self._show_acts()
        for button, verb in (
            (self.link, "Link"),
            (self.other, "Not the same"),
            (self.unsure, "Not sure"),
        ):
            button.setAccessibleName(f"{verb}: {seen.name}, {candidate.record.record_id}")
        said = "" if not words else f" {words}."
        self.setAccessibleName(
            f"{seen.name}, {seen.line}. {candidate.band}. {candidate.sentence}{said}"
        )

    def set_current(self, current: bool) -> None:
        """The current card shows its acts."""
        super().set_current(current)
        self._show_acts()

    def show_letters(self, shown: bool) -> None:
        """Print the letters, or only keep their room."""
        for button in (self.link, self.other, self.unsure):
            button.show_key(shown)

    def set_narrow(self, narrow: bool) -> None:
        """Without icons where there is little room."""
        for button, icon in (
            (self.link, "link"),
            (self.other, "unlink"),
            (self.unsure, "circle-question-mark"),
        ):
            button.set_icon(None if narrow else icon)
        self.bar.setFixedWidth(theme().px(90 if narrow else 126))

    def _show_acts(self) -> None:
        judged = self.seen is not None and self.seen.verdict is not None
        self.acts.setVisible(self.current and not judged)


def _telling(evidence: Sequence[EvidenceRow]) -> list[EvidenceRow]:
    """The fields that weigh most; what speaks against comes second at the latest, so that it is
    never the one that is left out. What others in the home share is no field that differs."""
    fields = (r for r in evidence if r.level != "missing" and r.field != HOUSEHOLD)
    rows = sorted(fields, key=lambda r: -abs(r.weight))
    against = next((r for r in rows if r.weight < 0), None)
    if against is not None and rows.index(against) > 1:
        rows.remove(against)
        rows.insert(1, against)
    return rows[:_MARKS]
