"""One control for each kind of question. None of them ever starts with an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.domain.completeness import codes_of
from triage.domain.decision import Answer
from triage.domain.profile import Code, Question, QuestionKind
from triage.domain.spelling import spell_kept
from ui.actions import bind_list
from ui.keymap import keymap
from ui.triage.parts.moments import read_day, read_moment
from ui.triage.parts.pick import Pick, TickMenu
from ui.widgets.chips import AddChip, ChipGroup, ChipOption
from ui.widgets.editor import Choice, Editor, LineField
from ui.widgets.segments import Segment, Segments
from ui.widgets.text import Text

_LEVEL_KEYS = "level of need"
_FEW_CHIPS = 8
_FIRST_CHIPS = 5
_YES_NO = (
    Code(code="yes", label="Yes"),
    Code(code="no", label="No"),
    Code(code="not_asked", label="Not asked"),
)


class Control(QWidget):
    """What a person answers with. `chosen` is kept at once; `typed` after a pause."""

    chosen = Signal(object)
    typed = Signal(object)

    def __init__(self, label: str, question: Question) -> None:
        super().__init__()
        self.label, self.question = label, question
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)

    def set_label(self, label: str) -> None:
        """What it is called by a screen reader."""
        self.label = label
        self.target().setAccessibleName(label)

    def set_codes(self, codes: Sequence[Code]) -> None:
        """Offer these codes; controls without codes take no notice."""

    def set_today(self, today: date) -> None:
        """The day "today" is; controls without days take no notice."""

    def put(self, value: Answer) -> None:
        """Show an answer, without telling; "" is none."""
        raise NotImplementedError

    def start_with(self, value: Answer) -> None:
        """Show another person's or contact's answer: nothing before can be undone into it."""
        self.put(value)

    def value(self) -> Answer:
        """The answer as it stands."""
        raise NotImplementedError

    def tell_choice(self, value: object) -> None:
        """A person chose."""
        self.chosen.emit(value)

    def tell_typing(self, _words: str) -> None:
        """A person is typing."""
        self.typed.emit(self.value())

    def target(self) -> QWidget:
        """What takes the focus."""
        raise NotImplementedError

    def set_read_only(self, read_only: bool) -> None:
        """Readable, but not to be changed."""
        self.setEnabled(not read_only)

    def small(self) -> bool:
        """Whether two of it fit side by side."""
        return False


class TextControl(Control):
    """Words over several lines."""

    def __init__(self, label: str, question: Question) -> None:
        super().__init__(label, question)
        self.editor = Editor(label, question.placeholder, lines=1)
        self.editor.text_changed.connect(self.tell_typing)
        self.column.addWidget(self.editor)

    def put(self, value: Answer) -> None:
        """Show words."""
        self.editor.put(_plain(value))

    def start_with(self, value: Answer) -> None:
        """Show words, with no undo into those before."""
        self.editor.start_with(_plain(value))

    def value(self) -> Answer:
        """The words."""
        return self.editor.toPlainText()

    def target(self) -> QWidget:
        """The editor."""
        return self.editor

    def set_read_only(self, read_only: bool) -> None:
        """It can still be read, selected and copied."""
        self.editor.setReadOnly(read_only)


class LineControl(Control):
    """One line of words."""

    def __init__(self, label: str, question: Question) -> None:
        super().__init__(label, question)
        self.line = LineField(label, question.placeholder)
        self.line.typed.connect(self.tell_typing)
        self.column.addWidget(self.line)

    def put(self, value: Answer) -> None:
        """Show words."""
        self.line.put(_plain(value))

    def value(self) -> Answer:
        """The words."""
        return self.line.text()

    def target(self) -> QWidget:
        """The line."""
        return self.line

    def set_read_only(self, read_only: bool) -> None:
        """It can still be read, selected and copied."""
        self.line.setReadOnly(read_only)


class MomentControl(LineControl):
    """A day, or a day and time, typed as people write them; kept in ISO once understood.

    What is not understood is kept as typed, and said; nothing typed is lost.
    """

    def __init__(self, label: str, question: Question) -> None:
        super().__init__(label, question)
        self._timed = question.kind is QuestionKind.DATE_TIME
        self._today = date.min
        example = "24 Nov 2026 14:30" if self._timed else "24 Nov 2026"
        self.line.setPlaceholderText(question.placeholder or f"Such as {example}")
        what = "a day and time" if self._timed else "a day"
        self._note = Text(
            f"Kept as you typed it, but not read as {what}. Write it like {example}.",
            "small",
            "warnText",
            wrap=True,
        )
        self._note.hide()
        self.column.addWidget(self._note)
        self.line.typed.disconnect(self.tell_typing)
        self.line.typed.connect(self._typed)
        self.line.editingFinished.connect(self._settle)

    def set_today(self, today: date) -> None:
        """The day that "today" and a time alone mean."""
        self._today = today

    def put(self, value: Answer) -> None:
        """Show a day as people write it."""
        if self.value() != value:
            self.line.put(spell_kept(_plain(value)))
        self._settle()

    def value(self) -> Answer:
        """ISO when understood, else the words."""
        words = self.line.text()
        read = read_moment if self._timed else read_day
        return read(words, self._today) or words

    def _typed(self, _words: str) -> None:
        self._note.hide()
        self.line.set_wrong(False)
        self.typed.emit(self.value())

    def _settle(self) -> None:
        words = self.line.text()
        unread = bool(words.strip()) and self.value() == words
        self.line.set_wrong(unread)
        self._note.setVisible(unread)

    def small(self) -> bool:
        """Two stand side by side."""
        return True


class ListControl(Control):
    """One of a list."""

    def __init__(self, label: str, question: Question) -> None:
        super().__init__(label, question)
        self.box = Choice(label, (), question.placeholder or "Choose")
        self.box.chosen.connect(self.tell_choice)
        self.column.addWidget(self.box)
        self._codes: tuple[Code, ...] = ()

    def set_codes(self, codes: Sequence[Code]) -> None:
        """Offer these."""
        if tuple(codes) != self._codes:
            self._codes = tuple(codes)
            self.box.set_options([(c.code, c.label) for c in codes])

    def put(self, value: Answer) -> None:
        """Show a choice; one no longer offered is added, so that it can be read."""
        code = _one(value)
        if code and self.box.findData(code) < 0:
            self.box.addItem(code, code)
        self.box.set_value(code or None)

    def value(self) -> Answer:
        """The code, or ""."""
        return self.box.value() or ""

    def target(self) -> QWidget:
        """The box."""
        return self.box

    def small(self) -> bool:
        """Two stand side by side."""
        return True


class SegmentsControl(Control):
    """One of a few, side by side; where they do not fit, the same as a list."""

    def __init__(self, label: str, question: Question) -> None:
        super().__init__(label, question)
        self.segments = Segments((), label)
        self.box = Choice(label)
        for part in (self.segments, self.box):
            part.chosen.connect(self._choose)
            self.column.addWidget(part)
        self.box.hide()
        self._codes: tuple[Code, ...] = ()
        self._value = ""

    def _options(self, codes: Sequence[Code]) -> list[Segment]:
        return [Segment(c.code, c.label, tip=c.hint) for c in codes]

    def set_codes(self, codes: Sequence[Code]) -> None:
        """Offer these."""
        if tuple(codes) != self._codes:
            self._codes = tuple(codes)
            self.segments.set_options(self._options(codes))
            self.box.set_options([(c.code, c.label) for c in codes])
            self._fit()

    def put(self, value: Answer) -> None:
        """Show a choice."""
        self._value = _one(value)
        self.segments.set_value(self._value or None)
        self.box.set_value(self._value or None)

    def value(self) -> Answer:
        """The code, or ""."""
        return self._value

    def set_label(self, label: str) -> None:
        """Both are called the same."""
        self.label = label
        self.segments.setAccessibleName(label)
        self.box.setAccessibleName(label)

    def target(self) -> QWidget:
        """The chosen segment, else the first; or the box."""
        if not self.box.isHidden():
            return self.box
        buttons = self.segments.buttons()
        return next((b for b in buttons if b.isChecked()), buttons[0] if buttons else self)

    def _choose(self, code: str) -> None:
        self.put(code)
        self.chosen.emit(code)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side if they fit."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """A list's width is enough."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), self.box.minimumSizeHint().width()), hint.height())

    def _fit(self) -> None:
        listed = 0 < self.width() < self.segments.minimumSizeHint().width()
        if listed == self.box.isHidden():
            self.box.setVisible(listed)
            self.segments.setVisible(not listed)


class LevelControl(SegmentsControl):
    """A level of need: those of the document side by side, and below them the ones within it."""

    def __init__(self, label: str, question: Question) -> None:
        super().__init__(label, question)
        self.within = Segments((), label, dense=True)
        self.within.chosen.connect(self._choose)
        self.within.hide()
        self.column.addWidget(self.within)
        self._all: tuple[Code, ...] = ()
        slots = {
            act: partial(self._choose_numbered, key)
            for act, key in keymap().acts(_LEVEL_KEYS).items()
        }
        self._bound = bind_list(self, _LEVEL_KEYS, slots, inside=True)

    def _choose_numbered(self, number: str) -> None:
        """A number key: the level of that number, by the words on it, never by its place."""
        code = next((c.code for c in self._codes if number in c.label.split()), None)
        if code is not None and self.isEnabled():
            self._choose(code)
            self.target().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_codes(self, codes: Sequence[Code]) -> None:
        """Offer the levels that stand below no other; their own come once one is chosen."""
        self._all = tuple(codes)
        super().set_codes([c for c in codes if not c.parent])

    def put(self, value: Answer) -> None:
        """Show a level, and the one within it where that is what was chosen."""
        chosen = _one(value)
        parent = next((c.parent for c in self._all if c.code == chosen), "")
        super().put(parent or chosen)
        self._value = chosen
        below = [c for c in self._all if c.parent and c.parent == (parent or chosen)]
        label = next((c.label for c in self._all if c.code == (parent or chosen)), "")
        self.within.setAccessibleName(f"{self.label}, within {label}")
        self.within.set_options(self._options(below))
        self.within.set_value(chosen if parent else None)
        self.within.setVisible(bool(below))


class RatingControl(SegmentsControl):
    """The rating: shape, letter and word, and the hours that go with it."""

    def __init__(self, label: str, question: Question) -> None:
        super().__init__(label, question)
        self._targets: dict[str, str] = {}

    def set_targets(self, targets: dict[str, str]) -> None:
        """The hours said beside each rating's word."""
        self._targets = targets

    def _options(self, codes: Sequence[Code]) -> list[Segment]:
        return [
            Segment(c.code, c.label, self._targets.get(c.code, ""), rag=c.code, tip=c.hint)
            for c in codes
        ]


class ChipsControl(Control):
    """Several of a list, as chips. A long list shows what is ticked and a few more; "Add" the rest.

    A chip that is unticked stays where it is, so that it can be ticked again.
    """

    def __init__(self, label: str, question: Question) -> None:
        super().__init__(label, question)
        self.chips = ChipGroup((), label, add="Add")
        self.chips.toggled_key.connect(self._toggle)
        self.chips.add_pressed.connect(self._open)
        self.column.addWidget(self.chips)
        self._list = TickMenu(label, self)
        self._list.ticked.connect(self._toggle)
        self._codes: tuple[Code, ...] = ()
        self._shown: list[str] = []
        self._values: tuple[str, ...] = ()

    def set_label(self, label: str) -> None:
        """What the group and its list are called."""
        self.label = label
        self.chips.setAccessibleName(label)
        self._list.setAccessibleName(label)

    def set_codes(self, codes: Sequence[Code]) -> None:
        """Offer these."""
        if tuple(codes) != self._codes:
            self._codes = tuple(codes)
            self._shown = []
            self._show()

    def start_with(self, value: Answer) -> None:
        """Show another contact's ticks."""
        self._shown = []
        self.put(value)

    def put(self, value: Answer) -> None:
        """Tick exactly these."""
        self._values = codes_of(value)
        self._show()

    def value(self) -> Answer:
        """The codes that are ticked, in the list's order."""
        return self._values

    def target(self) -> QWidget:
        """The first chip, or "Add"."""
        stops = self.chips.chips()
        return stops[0] if stops else self.chips

    def set_read_only(self, read_only: bool) -> None:
        """Only what is ticked shows, and nothing can be added."""
        super().set_read_only(read_only)
        for add in self.chips.findChildren(AddChip):
            add.setVisible(not read_only and len(self._shown) < len(self._codes))

    def menu(self) -> TickMenu:
        """The list that "Add" opens."""
        return self._list

    def _show(self) -> None:
        words = {c.code: c for c in self._codes}
        if not self._shown:
            few = len(self._codes) <= _FEW_CHIPS
            first = [c.code for c in self._codes][: None if few else _FIRST_CHIPS]
            self._shown = first if few or not self._values else []
        self._shown += [v for v in self._values if v not in self._shown]
        made = [
            ChipOption(k, words[k].label, words[k].hint) if k in words else ChipOption(k, k)
            for k in self._shown
        ]
        self.chips.set_options(made)
        self.chips.set_values(self._values)
        for add in self.chips.findChildren(AddChip):
            add.setVisible(len(self._shown) < len(self._codes))

    def _toggle(self, key: str, on: bool) -> None:
        wanted = {*self._values, key} if on else set(self._values) - {key}
        order = [c.code for c in self._codes]
        rest = [v for v in self._values if v not in order]
        self._values = tuple(k for k in (*order, *rest) if k in wanted)
        if key not in self._shown:
            self._show()
        self.chosen.emit(self._values)

    def _open(self) -> None:
        self._list.set_options([(c.code, c.label, c.hint) for c in self._codes], self._values)
        self._list.popup(self.chips.mapToGlobal(QPoint(0, self.chips.height() + 2)))


class PickControl(Control):
    """Several of a long list, in a box that opens it."""

    def __init__(self, label: str, question: Question) -> None:
        super().__init__(label, question)
        self.pick = Pick(label, question.placeholder or "Choose")
        self.pick.picked.connect(self.tell_choice)
        self.column.addWidget(self.pick)

    def set_label(self, label: str) -> None:
        """What it is called."""
        self.label = label
        self.pick.set_label(label)

    def set_codes(self, codes: Sequence[Code]) -> None:
        """Offer these."""
        self.pick.set_options([(c.code, c.label, c.hint) for c in codes])

    def put(self, value: Answer) -> None:
        """Tick exactly these."""
        self.pick.set_values(codes_of(value))

    def value(self) -> Answer:
        """The codes that are ticked."""
        return self.pick.values()

    def target(self) -> QWidget:
        """The box."""
        return self.pick

    def small(self) -> bool:
        """Two stand side by side."""
        return True


def control_for(question: Question, label: str) -> Control:
    """The control for a question's kind and widget."""
    made: type[Control]
    match question.kind:
        case QuestionKind.TEXT:
            made = TextControl
        case QuestionKind.LINE:
            made = LineControl
        case QuestionKind.DATE | QuestionKind.DATE_TIME:
            made = MomentControl
        case QuestionKind.CHOICES:
            made = PickControl if question.widget == "list" else ChipsControl
        case QuestionKind.YES_NO:
            made = SegmentsControl
        case QuestionKind.CHOICE:
            made = _CHOICES.get(question.widget, ListControl)
    control = made(label, question)
    if question.kind is QuestionKind.YES_NO:
        control.set_codes(_YES_NO)
    return control


_CHOICES: dict[str, type[Control]] = {
    "rating": RatingControl,
    "level": LevelControl,
    "segments": SegmentsControl,
}


def _plain(value: Answer) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _one(value: Answer) -> str:
    return next(iter(codes_of(value)), "")
