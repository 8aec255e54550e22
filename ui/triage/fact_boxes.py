"""The box in which a person's facts, or the address, are put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.contact import Child, Content
from triage.domain.fact import Fact, FactState, Unknown, entered
from triage.workflow import fields, naming
from ui.shell.dialogs import AskBox
from ui.theme import theme
from ui.triage.boxes import as_iso
from ui.widgets.editor import Choice, LineField
from ui.widgets.text import Text

_YES_NO = (("yes", "Yes"), ("no", "No"), ("", "Not known"))
_SEX = (("F", "Girl"), ("M", "Boy"), ("U", "Not known"))
_TODAY_OR_BEFORE = "A birth date is not in the future. Look at the year."


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the box: the end of the fact's path, its label, and how it is answered."""

    name: str
    label: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    wide: bool = False


_CHILD = (
    Asked("given", "First name"),
    Asked("family", "Family name"),
    Asked("dob", "Born", "Such as 14/03/2019"),
    Asked("age_text", "Age, as it was said", "Such as 7, or about 3"),
    Asked("sex", "Girl or boy", options=_SEX),
    Asked("lives_here", "Lives here", options=_YES_NO),
    Asked("school", "School or nursery"),
    Asked("whereabouts", "Where they are now"),
    Asked("nhs_number", "NHS number", "Ten digits"),
    Asked("language", "Language"),
)
_UNBORN = (
    Asked("given", "First name"),
    Asked("family", "Family name"),
    Asked("edd", "Expected", "Such as 14/03/2027"),
    Asked("whereabouts", "Where they are now"),
)
_ADULT = (
    Asked("name", "Name", wide=True),
    Asked("relationship", "Tie to the children", "Such as mother"),
    Asked("dob", "Born", "Such as 14/03/1989"),
    Asked("phone", "Phone"),
    Asked("lives_here", "Lives here", options=_YES_NO),
    Asked("parental_responsibility", "Parental responsibility", options=_YES_NO),
    Asked("known_of", "What is known of them"),
)
_ADDRESS = (
    Asked("line", "House and street", wide=True),
    Asked("town", "Town"),
    Asked("postcode", "Postcode"),
    Asked("phone", "Phone of the household"),
)
DATES = frozenset({"dob", "edd"})
ONE_ANSWER = frozenset(
    {*DATES, "sex", "lives_here", "parental_responsibility", "nhs_number", "postcode"}
)
"""Facts that can't hold two answers side by side."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What was put right: each fact's path and its new fact, as signed by who typed it."""

    who: str
    facts: Mapping[str, Fact]


def asked_of(content: Content, person: str) -> tuple[str, str, tuple[Asked, ...]]:
    """(what is put right, its path, its lines) for a person's key, or for "" the address."""
    for group, people in (("children", content.children), ("adults", content.adults)):
        for found in people:
            if found.key != person:
                continue
            if isinstance(found, Child):
                called = naming.child_name(found, content.adults)
                return called, f"{group}.{person}", _UNBORN if found.unborn else _CHILD
            name = found.name.value if found.name.known else "Name not known"
            return name, f"{group}.{person}", _ADULT
    return "Address and phone", "address", _ADDRESS


class FactsBox(AskBox):
    """Asks for the facts of one person, or of the address, as they should be.

    `given` has Changes: only what differs, or nothing at all, then the box just closes. A box
    that was emptied becomes "not known"; nothing typed is taken that can't be right.
    """

    given = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        content: Content,
        person: str,
        *,
        by: str,
        at: datetime,
        today: date,
        spell: Callable[[Fact], str],
    ) -> None:
        who, self._path, self._lines = asked_of(content, person)
        words = "What was there before stays in the record, with who changed it and when."
        super().__init__(parent, "pencil", who, words, 640)
        self._by, self._at, self._today, self._who = by, at, today, who
        self._before = {
            line.name: fields.fact_at(content, f"{self._path}.{line.name}") or Fact()
            for line in self._lines
        }
        self.boxes: dict[str, LineField | Choice] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().px(14))
        grid.setVerticalSpacing(theme().px(10))
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        cell = 0
        for line in self._lines:
            span = 2 if line.wide else 1
            grid.addLayout(self._line(line, spell), cell // 2, cell % 2, 1, span)
            cell += span
        self.body.addLayout(grid)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", "Save", "primary", "Enter")
        self.answered.connect(self._answered)
        self.boxes[self._lines[0].name].setFocus()

    def _line(self, line: Asked, spell: Callable[[Fact], str]) -> QVBoxLayout:
        fact = self._before[line.name]
        shown = _shown(line, fact)
        box: LineField | Choice
        if line.options:
            box = Choice(line.label, line.options, "Not said")
            box.set_value(shown if fact.known or fact.by else None)
        else:
            box = LineField(line.label, line.hint or "Not said")
            box.put(shown)
        self.boxes[line.name] = box
        label = Text(line.label, "label")
        label.setBuddy(box)
        aside = Text(spell(fact), "small", "muted", elide=True)
        aside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setSpacing(theme().px(8))
        head.addWidget(label)
        head.addWidget(aside, 1)
        column = QVBoxLayout()
        column.setSpacing(theme().px(4))
        column.addLayout(head)
        column.addWidget(box)
        return column

    def _answered(self, key: str) -> None:
        if key != "go":
            if self.isVisible():
                self.done(0)
            return
        changed: dict[str, Fact] = {}
        for line in self._lines:
            box, before = self.boxes[line.name], self._before[line.name]
            typed = box.value() if isinstance(box, Choice) else " ".join(box.text().split())
            if typed is None or (typed == _shown(line, before) and not _to_be_said(box, before)):
                continue
            value, wrong = self._read(line, typed)
            if wrong:
                self.refuse(wrong)
                box.setFocus()
                return
            if before.known and value == before.value:
                continue
            changed[f"{self._path}.{line.name}"] = self._fact(value, before)
        if changed:
            self.given.emit(Changes(self._who, changed))
        self.done(1)

    def _fact(self, value: str, before: Fact) -> Fact:
        if value:
            return entered(value, by=self._by, at=self._at, places=before.places)
        unknown = Unknown.NOT_KNOWN
        return Fact(unknown=unknown, state=FactState.ENTERED, by=self._by, at=self._at)

    def _read(self, line: Asked, typed: str) -> tuple[str, str]:
        """(the value to keep, what is wrong with what was typed or "")."""
        from matching import normalise  # slow to import

        if line.name in DATES:
            day = as_iso(typed)
            if day is None:
                return "", f"“{typed}” is not a date. Write it as 14/03/2019, or leave it empty."
            past = line.name == "dob" and day > self._today.isoformat()
            return day, _TODAY_OR_BEFORE if past else ""
        if line.name == "nhs_number" and typed:
            number = normalise.digits(typed)
            if not normalise.is_nhs_number(number):
                return "", "That is not an NHS number: its ten digits don't fit together."
            return number, ""
        if line.name == "postcode" and typed:
            plain = normalise.postcode(typed)
            if plain is None:
                return "", f"“{typed}” is not a postcode. Write it as NM3 4QT, or leave it empty."
            whole = normalise.is_full_postcode(plain)
            return f"{plain[:-3]} {plain[-3:]}" if whole else plain, ""
        return typed, ""


def _to_be_said(box: LineField | Choice, before: Fact) -> bool:
    """Whether "Not known" was chosen where nobody had said anything yet."""
    return isinstance(box, Choice) and not before.known and not before.by


def _shown(line: Asked, fact: Fact) -> str:
    if not fact.known:
        return ""
    day = fact.as_date if line.name in DATES else None
    return f"{day:%d/%m/%Y}" if day is not None else " ".join(fact.value.split())


def shown_fact(path: str, fact: Fact | None) -> str:
    """A fact as it is read beside another: dates day first, nothing as "Nothing"."""
    if fact is None or not fact.known:
        return "Nothing"
    name = path.rpartition(".")[2]
    options = {a.name: dict(a.options) for a in (*_CHILD, *_UNBORN, *_ADULT) if a.options}
    return options.get(name, {}).get(fact.value) or _shown(Asked(name, ""), fact)


def label_of(path: str) -> str:
    """What a fact is called, from its path: "children.c1.dob" is "Born"."""
    name = path.rpartition(".")[2]
    lines: Sequence[Asked] = _ADDRESS if path.startswith("address.") else (*_CHILD, *_ADULT)
    found = next((a.label for a in lines if a.name == name), name)
    return "Expected" if name == "edd" else found
