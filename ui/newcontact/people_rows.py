"""Children and household: a line each, the next one by Enter, and how far its search has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.contact import Adult, Child
from triage.domain.fact import Fact, Unknown
from triage.domain.spelling import spell_day
from ui.newcontact.typed import AdultRow, ChildRow
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.choice import Choice
from ui.widgets.editor import LineField
from ui.widgets.text import IconText, Text

_LOOKS: Final = {
    "check": ("users", "warnText"),
    "looking": ("search", "text2"),
    "little": ("minus", "text2"),
    "none": ("minus", "text2"),
    "linked": ("link", "accent"),
    "": ("minus", "muted"),
}


class RecordMark(IconText):
    """How far the search for one person has come: "2 to check", "Looking", "Too little"."""

    def __init__(self) -> None:
        super().__init__("minus", "", "small", "muted")
        self.show_state("", "")

    def show_state(self, kind: str, words: str) -> None:
        """`kind` is check, looking, little, none, linked, or nothing yet."""
        icon, colour = _LOOKS[kind]
        self.set(icon, words, colour)
        self._icon_colour = colour
        self.set_weight(600 if kind == "check" else None)
        self.setAccessibleName(f"Record: {words}" if words else "Record: not looked up")
        self.setVisible(bool(words))


class _Line:
    """The boxes of one person; `key` is theirs for good."""

    key: str
    name: LineField
    record: RecordMark
    boxes: tuple[QWidget, ...]
    fields: tuple[LineField, ...]

    def show(self, person: Child | Adult) -> None:
        """Put a person's facts into the boxes."""
        raise NotImplementedError


class _ChildLine(_Line):
    """The boxes of one child."""

    def __init__(self, key: str, number: int) -> None:
        self.key = key
        who = f"child {number}"
        self.name = LineField(f"Name of {who}")
        self.born = LineField(f"Born, or age of {who}")
        self.school = LineField(f"School or nursery of {who}", "Not given")
        self.where = LineField(f"Where {who} is now")
        self.record = RecordMark()
        self.boxes = (self.name, self.born, self.school, self.where)
        self.fields = (self.name, self.born, self.school, self.where)

    def row(self) -> ChildRow:
        return ChildRow(
            key=self.key,
            name=self.name.text().strip(),
            born=self.born.text().strip(),
            school=self.school.text().strip(),
            where=self.where.text().strip(),
        )

    def show(self, person: Child | Adult) -> None:
        assert isinstance(person, Child)
        child = person
        names = [f.value for f in (child.given, child.family) if f.known]
        self.name.put(" ".join(names) or _or_unknown(child.given, "Name not known"))
        born = child.dob if child.dob.known else child.edd if child.edd.known else child.age_text
        day = born.as_date
        self.born.put(spell_day(day) if day else born.value)
        self.school.put(child.school.value)
        self.where.put(child.whereabouts.value)


class _AdultLine(_Line):
    """The boxes of one adult, or other person, of the household."""

    def __init__(self, key: str, number: int) -> None:
        self.key = key
        who = f"adult {number}"
        self.name = LineField(f"Name of {who}")
        self.tie = LineField(f"Tie of {who} to the children")
        self.known = LineField(f"What the caller knows of {who}")
        self.lives = Choice(
            f"Whether {who} lives there",
            (("yes", "Yes"), ("no", "No"), ("not known", "Not known")),
            "Not said",
        )
        self.record = RecordMark()
        self.boxes = (self.name, self.tie, self.known, self.lives)
        self.fields = (self.name, self.tie, self.known)

    def row(self) -> AdultRow:
        return AdultRow(
            key=self.key,
            name=self.name.text().strip(),
            tie=self.tie.text().strip(),
            known=self.known.text().strip(),
            lives=self.lives.value(),
        )

    def show(self, person: Child | Adult) -> None:
        assert isinstance(person, Adult)
        adult = person
        self.name.put(adult.name.value)
        self.tie.put(adult.relationship.value)
        self.known.put(adult.known_of.value)
        unknown = adult.lives_here.unknown is Unknown.NOT_KNOWN
        self.lives.set_value("not known" if unknown else adult.lives_here.value or None)


def _or_unknown(fact: Fact, words: str) -> str:
    return words if fact.unknown is Unknown.NOT_KNOWN else ""


class _Rows(QWidget):
    """Lines under column heads; Enter on the last adds one."""

    changed = Signal()
    grown = Signal()

    def __init__(
        self,
        heads: Sequence[str],
        stretches: Sequence[int],
        letter: str,
        add: str,
    ) -> None:
        super().__init__()
        self._letter = letter
        self._next = 1
        self.lines: list[_Line] = []
        self._grid = QGridLayout()
        self._heads = [Text(h, "small", "text2", elide=True) for h in heads]
        for i, (head, stretch) in enumerate(zip(self._heads, stretches, strict=True)):
            self._grid.addWidget(head, 0, i)
            self._grid.setColumnStretch(i, stretch)
        self._record = len(heads) - 1
        self.add = Button(add, "plus", "link", dense=True)
        self.add.clicked.connect(self._add_by_hand)
        self._hint = Text("Enter on the last row adds one", "small", "text2", elide=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        low = QHBoxLayout()
        low.addWidget(self.add)
        low.addWidget(self._hint, 1)
        column.addLayout(low)
        self._column = column
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._column.setSpacing(t.px(4))
        self._grid.setHorizontalSpacing(t.px(8))
        self._grid.setVerticalSpacing(t.px(4))
        self._grid.setColumnMinimumWidth(self._record, t.px(116))

    def begin(self, people: Sequence[Child] | Sequence[Adult]) -> None:
        """Start with these people, or with one empty line."""
        for line in self.lines:
            for box in (*line.boxes, line.record):
                self._grid.removeWidget(box)
                box.hide()
                box.deleteLater()
        self.lines = []
        numbers = [int(p.key[1:]) for p in people if p.key[1:].isdigit()]
        self._next = 1
        for person in people:
            line = self.add_line(person.key)
            line.show(person)
        self._next = max(numbers, default=0) + 1
        if not people:
            self.add_line()

    def add_line(self, key: str = "") -> _Line:
        """One more line; its key is never used again in this call."""
        number = len(self.lines) + 1
        made = self._make(key or f"{self._letter}{self._next}", number)
        if not key:
            self._next += 1
        for i, box in enumerate(made.boxes):
            self._grid.addWidget(box, number, i)
            # At once, so that the focus can go there.
            box.show()
            box.installEventFilter(self)
        self._grid.addWidget(made.record, number, self._record)
        for field in made.fields:
            field.typed.connect(self._touched)
        if isinstance(made, _AdultLine):
            made.lives.chosen.connect(self._touched)
        self.lines.append(made)
        return made

    def _make(self, key: str, number: int) -> _Line:
        raise NotImplementedError

    def _add_by_hand(self) -> None:
        line = self.add_line()
        self.grown.emit()
        line.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter: down a line, or a new one below the last. A list of choices keeps it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                for at, line in enumerate(self.lines):
                    if watched in line.boxes and not isinstance(watched, Choice):
                        if at + 1 < len(self.lines):
                            goal = self.lines[at + 1].name
                            goal.setFocus(Qt.FocusReason.OtherFocusReason)
                        else:
                            self._add_by_hand()
                        return True
        return super().eventFilter(watched, event)

    def _touched(self, *_what: object) -> None:
        self.changed.emit()

    def show_record(self, key: str, kind: str, words: str) -> None:
        """How far the search for one person has come."""
        for line in self.lines:
            if line.key == key:
                line.record.show_state(kind, words)


class ChildRows(_Rows):
    """The children, a line each."""

    def __init__(self) -> None:
        super().__init__(
            ("Child", "Born, or age", "School or nursery", "Where now", "Record"),
            (22, 15, 32, 17, 0),
            "c",
            "Another child",
        )

    def _make(self, key: str, number: int) -> _Line:
        return _ChildLine(key, number)

    def rows(self) -> tuple[ChildRow, ...]:
        """As typed."""
        return tuple(line.row() for line in self.lines if isinstance(line, _ChildLine))


class AdultRows(_Rows):
    """Adults and others of the household, a line each."""

    def __init__(self) -> None:
        super().__init__(
            (
                "Adult or other person",
                "Tie to the children",
                "What the caller knows",
                "Lives there",
                "Record",
            ),
            (22, 15, 32, 17, 0),
            "a",
            "Another person",
        )

    def _make(self, key: str, number: int) -> _Line:
        return _AdultLine(key, number)

    def rows(self) -> tuple[AdultRow, ...]:
        """As typed."""
        return tuple(line.row() for line in self.lines if isinstance(line, _AdultLine))
