"""One question of the form: its label, control, what contradicts it, and how it is kept.

A field sends one edit at a time and waits to hear that it was kept before it sends the next, so
that a person never meets a conflict with themselves. What is typed meanwhile is sent after.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.completeness import Asked, codes_of
from triage.domain.decision import Answer, SavedAnswer, key
from triage.domain.profile import AskedOf, Code, Question, QuestionKind
from ui.theme import theme
from ui.triage.parts.conflict import Conflict
from ui.triage.parts.controls import RatingControl, control_for
from ui.triage.parts.values import AnswerEdit
from ui.widgets.editor import Pause
from ui.widgets.text import IconText, Text
from ui.widgets.toast import announce

_SHORT = {"Needed to send": "Needed"}
"""What the words beside a label become where there is no room for all of them."""
_UNNAMED = {AskedOf.EACH_CHILD: "Child", AskedOf.EACH_PARENT: "Parent or carer"}
"""Whom a question is about while nobody is known by name."""


class Field(QWidget):
    """A question asked of one person, or once.

    `edited` carries an AnswerEdit to keep; `changed` tells the pane that the answer is another,
    kept or not, and whether it was chosen (True) or is being typed. `gave_way` carries mine where
    theirs was chosen.
    """

    edited = Signal(object)
    gave_way = Signal(object)
    changed = Signal(object, bool)

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = question
        self.asked: Asked | None = None
        self.key = ""
        self._contact: UUID | None = None
        self._base = 0
        self._sent: Answer | None = None
        self._dirty = False
        self._theirs: SavedAnswer | None = None
        self._codes: tuple[Code, ...] = ()
        self._beside = False
        self.control = control_for(question, question.label)
        self._missing = ""
        self._name = Text("", "label", weight=600, elide=True)
        self._label = Text(question.label, "label", elide=True)
        self._tag = Text("", "small", "warnText", weight=600)
        self._heading = QWidget()
        row = QHBoxLayout()
        row.addWidget(self._label)
        row.addWidget(self._tag)
        row.addStretch(1)
        self._row = row
        # A long name stands on a line of its own above the label.
        self._names = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._heading)
        self._names.setContentsMargins(0, 0, 0, 0)
        self._names.addWidget(self._name)
        self._names.addLayout(row, 1)
        self._top = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._top.setContentsMargins(0, 0, 0, 0)
        self._top.addWidget(self._heading, 1)
        self._top.addWidget(self.control, 1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addLayout(self._top)
        self._note = Text("", "small", "muted", wrap=True)
        self._note.hide()
        self.column.addWidget(self._note)
        self._mark = Text("", "small", "accent", weight=600, wrap=True)
        self._mark.hide()
        self.column.addWidget(self._mark)
        self._warnings: list[IconText] = []
        self._conflict: Conflict | None = None
        self._pause = Pause(self)
        self._pause.due.connect(self._send)
        self.control.chosen.connect(self._chosen)
        self.control.typed.connect(self._typed)
        self._space()
        theme().scaled.connect(self._space)

    # ---- what it shows --------------------------------------------------

    def show_answer(
        self,
        contact: UUID,
        asked: Asked,
        saved: SavedAnswer | None,
        codes: Sequence[Code],
        given: Answer = "",
        changed_by: str = "",
    ) -> None:
        """Show the answer of a person of a contact. What is being typed there is left alone.

        `given` is an answer given elsewhere (the rating, from the queue), shown where the form
        has none of its own. `changed_by`, who and when, marks an answer that came while this one
        was shown.
        """
        question_key = key(asked.question.id, asked.person)
        fresh = (self._contact, self.key) != (contact, question_key)
        if fresh:
            self.flush()
        if asked != self.asked or tuple(codes) != self._codes:
            self._describe(asked, codes)
        value = saved.value if saved and codes_of(saved.value) else given
        version = saved.version if saved else 0
        if fresh:
            self._contact, self.key = contact, question_key
            self._base, self._sent, self._dirty = version, None, False
            self._end_conflict()
            self.set_mark("")
            self.control.start_with(value)
        elif version < self._base:
            return  # read before our own answer was kept: what is shown here is newer
        elif self._sent is not None and saved and saved.version > self._base:
            if saved.value == self._sent:
                self.kept(saved)
        elif self._sent is None and not self._dirty and self._theirs is None:
            if version > self._base and value != self.control.value():
                self.set_mark(f"Changed by {changed_by}" if changed_by else "")
            self._base = version
            self.control.put(value)

    def mark(self) -> str:
        """Who has changed it while it was shown here; "" for nobody else."""
        return self._mark.text()

    def set_mark(self, words: str) -> None:
        """Say that somebody else has changed it, until it is answered here."""
        if words and words != self._mark.text():
            announce(self, f"{self.control.label}: {words}")
        self._mark.set_text(words)
        self._mark.setVisible(bool(words))

    def choose(self, value: Answer) -> None:
        """Answer as a person would: an undone choice, or one made for several at once."""
        self.set_mark("")
        self.control.put(value)
        self._dirty = True
        self._send()
        self.changed.emit(self, True)

    def _describe(self, asked: Asked, codes: Sequence[Code]) -> None:
        self.asked, self._codes = asked, tuple(codes)
        label, name = asked.question.label, asked.name or _UNNAMED.get(asked.question.asked_of, "")
        spoken = f"{label}, {name}" if name else label
        self._name.set_text(f"{name}:" if name else "")
        self._name.setVisible(bool(name))
        self._label.set_text(f"{label[0].lower()}{label[1:]}" if name else label)
        if self._codes:
            self.control.set_codes(self._codes)
        self.control.set_label(spoken)

    def set_targets(self, targets: dict[str, str]) -> None:
        """The hours beside each rating; only a rating takes notice."""
        if isinstance(self.control, RatingControl):
            self.control.set_targets(targets)

    def set_heading(self, shown: bool, *, inline: bool = False) -> None:
        """Show the label above, beside (`inline`), or only to a screen reader."""
        self._heading.setVisible(shown)
        self._beside = inline and shown
        self._fit()

    def least_width(self) -> int:
        """What its heading needs on one line, its words beside the label as short as they get."""
        return self._heading_width(_SHORT.get(self._missing, self._missing))

    def _heading_width(self, tag: str) -> int:
        named = [self._name] if self._name.text() else []
        widths = [part.sizeHint().width() for part in (*named, self._label)]
        if tag:
            metrics = theme().metrics("small", 600)
            widths.append(math.ceil(metrics.horizontalAdvance(tag)) + 1)
        return sum(widths) + theme().px(5) * (len(widths) - 1)

    def _fit(self) -> None:
        """Beside the control where the label has room, else above it; fewer words, then a second
        line, where even that is too narrow."""
        ways = QBoxLayout.Direction
        whole = self._heading_width(self._missing)
        beside = self._beside and 2 * whole <= self.width()
        self._top.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        fits = whole <= self.width()
        self._tag.set_text(self._missing if fits else _SHORT.get(self._missing, self._missing))
        stacked = self.least_width() > self.width() and bool(self._name.text())
        self._names.setDirection(ways.TopToBottom if stacked else ways.LeftToRight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The heading fits itself to the width."""
        super().resizeEvent(event)
        self._fit()

    def set_missing(self, words: str, colour: str = "warnText") -> None:
        """What stands beside the label: "Needed to send", "Advised" or nothing."""
        self._missing = words
        self._tag.set_colour(colour)
        self._tag.setVisible(bool(words))
        self._fit()
        self.control.target().setAccessibleDescription(words)

    def set_note(self, words: str) -> None:
        """Quiet words below: the threshold document that a level is taken from."""
        self._note.set_text(words)
        self._note.setVisible(bool(words))

    def set_warnings(self, sentences: Sequence[str]) -> None:
        """What contradicts this answer, each in a sentence below it."""
        while len(self._warnings) < len(sentences):
            label = IconText("triangle-alert", "", "small", "warnText", weight=600)
            self._warnings.append(label)
            self.column.addWidget(label)
        for label, sentence in zip(self._warnings, sentences, strict=False):
            label.set("triangle-alert", sentence)
            label.setAccessibleName(f"Look again: {sentence}")
            label.show()
        for label in self._warnings[len(sentences) :]:
            label.hide()

    def set_read_only(self, read_only: bool) -> None:
        """Readable, but not to be changed."""
        self.control.set_read_only(read_only)

    def target(self) -> QWidget:
        """What takes the focus: the conflict first, while there is one."""
        if self._conflict is not None and self._theirs is not None:
            return self._conflict.first()
        return self.control.target()

    def small(self) -> bool:
        """Whether two of it fit side by side; never while a conflict shows."""
        return self.control.small() and self._theirs is None

    # ---- what it keeps --------------------------------------------------

    def value(self) -> Answer:
        """The answer as it stands, kept or not."""
        return self.control.value()

    def version(self) -> int:
        """The version of the answer that this one was written over."""
        return self._base

    def is_waiting(self) -> bool:
        """Whether something here has not been heard to be kept yet."""
        return self._dirty or self._sent is not None

    def flush(self) -> None:
        """Send what is waiting, now."""
        self._pause.flush()
        if self._dirty:
            self._send()

    def kept(self, saved: SavedAnswer) -> None:
        """The answer was kept as this version; what was typed since is sent."""
        if saved.version < self._base:
            return
        self._base, self._sent = saved.version, None
        if self._dirty and not self._pause.is_waiting():
            self._send()

    def take_back(self, value: Answer) -> None:
        """What was chosen was not sent: show the answer that stands."""
        self._sent, self._dirty = None, False
        self.control.put(value)
        self.changed.emit(self, True)

    def not_kept(self) -> None:
        """It could not be kept; it stays here and is sent again with the next flush."""
        self._sent, self._dirty = None, True

    def show_conflict(
        self, theirs: SavedAnswer, who: str, when: str, mine: str, their_words: str
    ) -> None:
        """Somebody else's answer was kept first, at `when`: show both, and let a person choose."""
        self._sent, self._dirty, self._theirs = None, False, theirs
        self._pause.stop()
        if self._conflict is None:
            self._conflict = Conflict(self)
            self._conflict.kept.connect(self._settle)
            self.column.insertWidget(1, self._conflict)
        several = self.question.kind in (
            QuestionKind.TEXT,
            QuestionKind.LINE,
            QuestionKind.CHOICES,
        )
        label = self.control.label
        self._conflict.show_both(label, mine, their_words, who, when, both=several)
        self._conflict.show()
        # Whoever is typing goes on typing; what they add is part of "yours".
        at = QApplication.focusWidget()
        self.control.setVisible(at is not None and self.control.isAncestorOf(at))

    def beside(self) -> tuple[AnswerEdit, SavedAnswer] | None:
        """The answer here and somebody else's that it waits beside; None where there is none."""
        if self._theirs is None or self._contact is None:
            return None
        mine = AnswerEdit(
            contact_id=self._contact,
            key=self.key,
            value=self.value(),
            base_version=self._base,
        )
        return mine, self._theirs

    def in_conflict(self) -> bool:
        """Whether two answers are shown, waiting for a person."""
        return self._theirs is not None

    def conflict(self) -> Conflict | None:
        """The two answers, while they show."""
        return self._conflict if self._theirs is not None else None

    def _settle(self, which: str) -> None:
        theirs, mine = self._theirs, self.control.value()
        if theirs is None:
            return
        beside = self.beside()
        if which == "theirs" and beside is not None:
            self.gave_way.emit(beside[0])
        self._end_conflict()
        self._base = theirs.version
        if which == "theirs":
            self.control.put(theirs.value)
        elif which == "both":
            self.control.put(_both(self.question.kind, mine, theirs.value))
        self.control.target().setFocus()
        if self.control.value() != theirs.value:
            self._dirty = True
            self._send()
        self.changed.emit(self, True)

    def _end_conflict(self) -> None:
        self._theirs = None
        if self._conflict is not None:
            self._conflict.hide()
        self.control.show()

    def _chosen(self, _value: object) -> None:
        self.set_mark("")
        self._dirty = True
        self._send()
        self.changed.emit(self, True)

    def _typed(self, _value: object) -> None:
        self.set_mark("")
        self._dirty = True
        self._pause.touch()
        if self._conflict is not None and self._theirs is not None:
            self._conflict.mine.set_text(" ".join(codes_of(self.control.value())))
        self.changed.emit(self, False)

    def _send(self) -> None:
        held = self._sent is not None or self._theirs is not None
        if not self._dirty or held or self._contact is None:
            return
        value = self.control.value()
        self._dirty, self._sent = False, value
        self.edited.emit(
            AnswerEdit(contact_id=self._contact, key=self.key, value=value, base_version=self._base)
        )

    def _space(self) -> None:
        t = theme()
        self._row.setSpacing(t.px(5))
        self._names.setSpacing(t.px(5))
        self._top.setSpacing(t.px(4))
        self.column.setSpacing(t.px(5))


def _both(kind: QuestionKind, mine: Answer, theirs: Answer) -> Answer:
    if kind is QuestionKind.CHOICES:
        return tuple(dict.fromkeys((*codes_of(mine), *codes_of(theirs))))
    between = "\n\n" if kind is QuestionKind.TEXT else "; "
    return between.join(" ".join(codes_of(v)) for v in (mine, theirs) if codes_of(v))
