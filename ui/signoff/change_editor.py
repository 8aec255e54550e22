"""Changing an answer while approving: which answer, its new value, and what was changed so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain import changes
from triage.domain.decision import Answer, DecisionVersion, key
from triage.domain.profile import AskedOf, Profile, Question, QuestionKind
from ui.theme import theme
from ui.widgets.buttons import IconButton
from ui.widgets.chips import ChipGroup
from ui.widgets.editor import Choice, Editor, LineField
from ui.widgets.text import Paragraph, Span, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One answer that can be changed: its key, its question, its label."""

    key: str
    question: Question
    label: str


class ChangeEditor(QWidget):
    """Edits answers of a proposed decision. `edited` tells that `changes()` is another."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._version: DecisionVersion | None = None
        self._profile: Profile | None = None
        self._places: dict[str, _Place] = {}
        self._changes: dict[str, Answer] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.which = Choice("Which answer to change", placeholder="Which answer?")
        self._column.addWidget(self.which)
        self._field: QWidget | None = None
        self._lines: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.which.chosen.connect(self._pick)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        self._column.setSpacing(theme().px(6))

    def show_version(
        self, version: DecisionVersion, profile: Profile, kept: Mapping[str, Answer]
    ) -> None:
        """Offer this version's answers; `kept` are changes made before."""
        self._version, self._profile = version, profile
        self._changes = dict(kept)
        self._places = {p.key: p for p in _places(version, profile)}
        self.which.set_options([(p.key, p.label) for p in self._places.values()])
        self.which.set_value(None)
        self._drop_field()
        self._list()

    def changes(self) -> dict[str, Answer]:
        """What is changed so far, by answer key."""
        return dict(self._changes)

    def _pick(self, chosen: str) -> None:
        self._drop_field()
        place = self._places[chosen]
        self._field = self._make(place)
        self._column.insertWidget(1, self._field)
        # A layout shows its widgets only later, and what is not shown takes no focus.
        self._field.show()
        self._field.setFocus()

    def _make(self, place: _Place) -> QWidget:
        now = self._changes.get(place.key, self._before(place.key))
        text = now if isinstance(now, str) else ", ".join(now)
        codes = self._codes(place.question)
        if place.question.kind is QuestionKind.CHOICES and codes:
            chips = ChipGroup(codes, place.label)
            chips.set_values([now] if isinstance(now, str) else list(now))
            chips.toggled_key.connect(lambda _k, _on: self._set(place.key, tuple(chips.values())))
            return chips
        if place.question.kind is QuestionKind.TEXT:
            editor = Editor(place.label, lines=4)
            editor.start_with(text)
            editor.text_changed.connect(lambda words: self._set(place.key, words.strip()))
            return editor
        if codes:
            choice = Choice(place.label, codes)
            choice.set_value(text or None)
            choice.chosen.connect(lambda code: self._set(place.key, code))
            return choice
        line = LineField(place.label)
        line.put(text)
        line.typed.connect(lambda words: self._set(place.key, words.strip()))
        return line

    def _codes(self, question: Question) -> list[tuple[str, str]]:
        assert self._profile is not None
        if question.kind is QuestionKind.YES_NO:
            return [("yes", "Yes"), ("no", "No"), ("not_asked", "Not asked")]
        listed = [(c.code, c.label) for c in self._profile.codes.get(question.codes, ())]
        if not listed and question.codes == "rating":
            return [(r.code, r.label) for r in self._profile.ratings]
        return listed

    def _before(self, answer_key: str) -> Answer:
        assert self._version is not None
        return self._version.answers.get(answer_key, "")

    def _set(self, answer_key: str, value: Answer) -> None:
        if value == self._before(answer_key) or (not value and not self._before(answer_key)):
            self._changes.pop(answer_key, None)
        else:
            self._changes[answer_key] = value
        self._list()
        self.edited.emit()

    def _drop_field(self) -> None:
        if self._field is not None:
            self._column.removeWidget(self._field)
            self._field.hide()
            self._field.deleteLater()
            self._field = None

    def _list(self) -> None:
        for line in self._lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = [self._line(k, v) for k, v in self._changes.items()]
        for line in self._lines:
            self._column.addWidget(line)
            line.show()

    def _line(self, answer_key: str, value: Answer) -> QWidget:
        assert self._profile is not None
        place = self._places[answer_key]
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(Text(place.label, "small", "text2", weight=600, elide=True))
        words = Paragraph("", "body")
        said = [
            changes.answer_words(self._profile, place.question, v)
            for v in (self._before(answer_key), value)
        ]
        before, now = (w or "Not answered" for w in said)
        words.set_spans((Span(before, kind="removed"), Span("  →  "), Span(now, kind="added")))
        words.setAccessibleName(f"{place.label}: {before}, changed to {now}")
        column.addWidget(words)
        row.addLayout(column, 1)
        undo = IconButton("undo-2", f"Leave as it was: {place.label}")
        undo.clicked.connect(lambda: self._leave(answer_key))
        row.addWidget(undo)
        return box

    def _leave(self, answer_key: str) -> None:
        self._changes.pop(answer_key, None)
        if self.which.value() == answer_key:
            self.which.set_value(None)
            self._drop_field()
        self._list()
        self.which.setFocus()
        self.edited.emit()


def _places(version: DecisionVersion, profile: Profile) -> list[_Place]:
    """Every answer that can be changed, in the form's order."""
    found = []
    for part in profile.parts:
        for question in part.questions:
            if question.asked_of is AskedOf.CONTACT:
                found.append(_Place(key=question.id, question=question, label=question.label))
                continue
            child = question.asked_of is AskedOf.EACH_CHILD
            for person in version.people:
                kept = key(question.id, person.key)
                if person.is_child == child and (child or kept in version.answers):
                    label = f"{question.label}: {person.name}"
                    found.append(_Place(key=kept, question=question, label=label))
    return found
