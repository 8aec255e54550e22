"""Parts 2 to 6 of a call: words, children, household, concerns, risk; in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.contact import Contact, Content, Voice
from triage.domain.fact import Fact, Unknown
from triage.domain.profile import Profile
from triage.domain.spelling import counted
from ui.actions import bind_list
from ui.keymap import keymap
from ui.newcontact.fields import Labelled, NumberMark
from ui.newcontact.people_rows import AdultRows, ChildRows
from ui.newcontact.typed import (
    NOT_ASKED,
    Typist,
    people_of,
    risk_facts,
    said_facts,
    unfinished,
)
from ui.newcontact.words_editor import WordsEditor
from ui.shell.dialogs import AskBox
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.chips import ChipGroup, ChipOption
from ui.widgets.choice import Choice
from ui.widgets.editor import LineField
from ui.widgets.menu import Menu
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.segments import Segments
from ui.widgets.text import Text

_FIRST_CONCERNS = 8
_MARKS = (
    (Voice.CHILD_SAID, "Child said it", "quote"),
    (Voice.CALLER_SAW, "Caller saw it", "eye"),
    (Voice.HEARD, "Heard from others", "ear"),
)
_LANGUAGES = (
    ("English|no", "English, not needed"),
    ("Arabic|yes", "Arabic, needed"),
    ("Bengali|yes", "Bengali, needed"),
    ("British Sign Language|yes", "British Sign Language, needed"),
    ("Polish|yes", "Polish, needed"),
    ("Punjabi|yes", "Punjabi, needed"),
    ("Romanian|yes", "Romanian, needed"),
    ("Urdu|yes", "Urdu, needed"),
    ("|yes", "Another language, needed"),
    ("not known|", "Not known"),
)


class _PartBox(QWidget):
    """A numbered part: number, title, quiet words, then its boxes."""

    def __init__(self, number: int, title: str, aside: str) -> None:
        super().__init__()
        t = theme()
        self.number = number
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(t.px(6))
        self.rule = Rule()
        outer.addWidget(self.rule)
        head = QHBoxLayout()
        head.setSpacing(t.px(10))
        head.addWidget(NumberMark(number))
        head.addWidget(Text(title, "heading"))
        self.aside = Text(aside, "small", "text2", elide=True)
        head.addWidget(self.aside, 1)
        outer.addLayout(head)
        self.inside = QVBoxLayout()
        self.inside.setSpacing(t.px(6))
        self.inside.setContentsMargins(t.px(33), 0, 0, t.px(4))
        outer.addLayout(self.inside)


class CallForm(Pane):
    """While you listen. `changed` follows each change a person makes."""

    changed = Signal()
    grown = Signal()
    throw_asked = Signal()
    later_asked = Signal()
    queue_asked = Signal()

    def __init__(self, clock: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(
            "While you listen", "type in any order; nothing is needed until you send", parent=parent
        )
        self.view = Segments(
            (("all", "All parts"), ("one", "One at a time")), "Parts shown", dense=True
        )
        self.view.set_value("all")
        self.view.chosen.connect(self._show_parts)
        self.add_action(self.view)
        self.banner = Banner("warning")
        self.words = WordsEditor(clock)
        self.children_rows = ChildRows()
        self.adult_rows = AdultRows()
        self.line = LineField("Address")
        self.postcode = LineField("Postcode")
        self.language = Choice("Language, interpreter", _LANGUAGES, "Not said")
        self.concerns = ChipGroup((), "Concerns", add="Add")
        self.risks = ChipGroup((), "Risk to workers", add="Add")
        self._labels: dict[str, str] = {}
        self._others: list[tuple[str, str]] = []
        self._risk_options: list[ChipOption] = []
        self._profile: Profile | None = None
        self._current = 2
        self.parts: dict[int, _PartBox] = {}
        self._column = Body(gap=10)
        self._fill()
        self.body.addWidget(Scroll(self._column, "While you listen"))
        self._fill_foot()
        self._connect()

    # ---- made once --------------------------------------------------------

    def _part(self, number: int, title: str, aside: str = "") -> QVBoxLayout:
        part = _PartBox(number, title, aside)
        part.rule.setVisible(number > 2)
        self.parts[number] = part
        self._column.column.addWidget(part)
        return part.inside

    def _fill(self) -> None:
        t = theme()
        self._column.column.addWidget(self.banner)
        said = self._part(2, "Words as said", "each line keeps its time; tidy it later")
        said.addWidget(self.words)
        marks = QHBoxLayout()
        marks.setSpacing(t.px(6))
        self._mark_hint = Text("Mark the words just typed:", "small", "text2", elide=True)
        marks.addWidget(self._mark_hint)
        self._marks: list[Button] = []
        for voice, words, icon in _MARKS:
            key = keymap().label("new contact, words", words)
            button = Button(words, icon, "secondary", key, dense=True)
            button.clicked.connect(partial(self._mark, voice))
            marks.addWidget(button)
            self._marks.append(button)
        marks.addStretch(1)
        self._count = Text("0 words", "small", "text2")
        marks.addWidget(self._count)
        said.addLayout(marks)
        self._part(3, "Children").addWidget(self.children_rows)
        home = self._part(4, "Household and address")
        home.addWidget(self.adult_rows)
        row = QHBoxLayout()
        row.setSpacing(t.px(8))
        row.addWidget(Labelled("Address", self.line), 44)
        row.addWidget(Labelled("Postcode", self.postcode), 10)
        row.addWidget(Labelled("Language, interpreter", self.language), 20)
        home.addLayout(row)
        self._part(5, "Concerns", "tick; the first leads the row in the queue").addWidget(
            self.concerns
        )
        self._part(6, "Risk to workers", "shown on the contact and on every pack").addWidget(
            self.risks
        )
        self._steps = QWidget()
        steps = QHBoxLayout(self._steps)
        steps.setContentsMargins(0, 0, 0, 0)
        before = Button("Part before", "arrow-left", "link")
        after = Button("Next part", None, "link", trailing="arrow-right")
        before.clicked.connect(partial(self.step_part, -1))
        after.clicked.connect(partial(self.step_part, 1))
        steps.addWidget(before)
        steps.addStretch(1)
        steps.addWidget(after)
        self._steps.hide()
        self._column.column.addWidget(self._steps)
        self._column.column.addStretch(1)

    def _fill_foot(self) -> None:
        self.throw = Button("Throw away", "trash-2", "link")
        self.later = Button("Keep and finish later", "save", "secondary", "Ctrl S")
        self.send = Button("Put in the queue", "inbox", "primary", "Ctrl Enter")
        self.left = Text("", "small", "text2", elide=True)
        self.left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.foot.addWidget(self.throw)
        self.foot.addStretch(1)
        self.foot.addWidget(self.left)
        self.foot.addWidget(self.later)
        self.foot.addWidget(self.send)
        self.throw.clicked.connect(self.throw_asked)
        self.later.clicked.connect(self.later_asked)
        self.send.clicked.connect(self.queue_asked)

    def _connect(self) -> None:
        self.words.text_changed.connect(self._words_changed)
        for rows in (self.children_rows, self.adult_rows):
            rows.changed.connect(self.changed)
            rows.grown.connect(self.grown)
        for field in (self.line, self.postcode):
            field.typed.connect(self._touched)
        self.language.chosen.connect(self._touched)
        for group in (self.concerns, self.risks):
            group.toggled_key.connect(self._touched)
        self.concerns.add_pressed.connect(self._offer_concerns)
        self.risks.add_pressed.connect(self._ask_risk)
        slots = {words: partial(self._mark, voice) for voice, words, _ in _MARKS}
        self._keys = bind_list(self.words, "new contact, words", slots)

    # ---- for a call -------------------------------------------------------

    def begin(self, profile: Profile, contact: Contact) -> None:
        """Show a call's parts: empty, or as typed before."""
        content = contact.content
        self._profile = profile
        self.banner.hide()
        self.words.begin(contact.received_at, profile.working_time.zone, content.said)
        self.children_rows.begin(content.children)
        self.adult_rows.begin(content.adults)
        self.line.put(content.address.line.value)
        self.postcode.put(content.address.postcode.value)
        self._show_language(content)
        codes = [(c.code, c.label) for c in profile.codes.get("concerns", ())]
        ticked = set(content.concerns)
        first = [c for i, c in enumerate(codes) if i < _FIRST_CONCERNS or c[0] in ticked]
        self._others = [c for c in codes if c not in first]
        self.concerns.set_options(first)
        self.concerns.set_values(content.concerns)
        risks = profile.codes.get("worker_risk", ())
        self._labels = {c.code: c.label for c in risks}
        self._risk_options = [ChipOption(c.code, c.label) for c in risks]
        self._show_risk(content)
        self.show_state(content)

    def _show_language(self, content: Content) -> None:
        child = content.children[0] if content.children else None
        key = None
        if child is not None and (child.language.known or child.interpreter.known):
            key = f"{child.language.value}|{child.interpreter.value}"
        elif child is not None and child.language.unknown is Unknown.NOT_KNOWN:
            key = "not known|"
        self.language.set_value(key)

    def _show_risk(self, content: Content) -> None:
        said = [w for w in content.risk_text.value.split(", ") if w]
        by_label = {label: code for code, label in self._labels.items()}
        ticked = []
        for words in said:
            if words not in by_label:
                self._labels[words] = words
                self._risk_options.append(ChipOption(words, words))
            ticked.append(by_label.get(words, words))
        if not said and content.risk_to_workers.value == "no":
            ticked = ["none_known"]
        elif content.risk_to_workers.unknown is Unknown.NOT_ASKED:
            ticked = [NOT_ASKED]
        self.risks.set_options(self._risk_options)
        self.risks.set_values(ticked)

    def content(self, base: Content, typist: Typist, today: date) -> Content:
        """The content with parts 2 to 6 as typed."""
        found = people_of(base, self.children_rows.rows(), self.adult_rows.rows(), typist, today)
        language, _, interpreter = (self.language.value() or "|").partition("|")

        def spoken(fact: Fact) -> Fact:
            if language == "not known":
                return typist.unknown(fact, Unknown.NOT_KNOWN)
            return typist.fact(fact, language)

        was = base.address
        found = replace(
            found,
            address=replace(
                was,
                line=typist.fact(was.line, self.line.text()),
                postcode=typist.fact(was.postcode, self.postcode.text().upper()),
            ),
            children=tuple(
                replace(
                    child,
                    language=spoken(child.language),
                    interpreter=typist.fact(child.interpreter, interpreter),
                )
                for child in found.children
            ),
            concerns=tuple(self.concerns.values()),
        )
        found = said_facts(found, self.words.lines(), typist)
        return risk_facts(found, self.risks.values(), self._labels, typist)

    def show_state(self, content: Content) -> None:
        """Counts, and how many parts hold nothing yet."""
        words = self.words.words()
        self._count.set_text(counted(words, "word"))
        children, adults = len(content.children), len(content.adults)
        self.parts[3].aside.set_text(f"{children} so far" if children else "none so far")
        people = f"{adults} {'person' if adults == 1 else 'people'}"
        self.parts[4].aside.set_text(people if adults else "nobody so far")
        left = len(unfinished(content))
        parts = f"{counted(left, 'part')} still empty"
        self.left.set_text(parts if left else "Every part has something in it")

    # ---- parts ------------------------------------------------------------

    def go_to(self, number: int) -> None:
        """Stand in a part (2 to 6)."""
        goals: dict[int, QWidget] = {
            2: self.words,
            3: self.children_rows.lines[0].name,
            4: self.adult_rows.lines[0].name,
            5: self.concerns.chips()[0] if self.concerns.chips() else self.line,
            6: self.risks.chips()[0] if self.risks.chips() else self.line,
        }
        self._current = number
        self._show_parts()
        goals[number].setFocus(Qt.FocusReason.OtherFocusReason)

    def step_part(self, step: int) -> None:
        """The next (1) or previous (-1) part, where one is shown at a time."""
        self.go_to(max(2, min(6, self._current + step)))

    def _show_parts(self, *_what: object) -> None:
        one = self.view.value() == "one"
        for number, part in self.parts.items():
            part.setVisible(not one or number == self._current)
            part.rule.setVisible(not one and number > 2)
        self._steps.setVisible(one)
        self.grown.emit()

    # ---- acts of a person ---------------------------------------------------

    def set_narrow(self, narrow: bool) -> None:
        """Leave out hints and icons where there is little room."""
        for hint in (self._mark_hint, self._count, self.left):
            hint.setVisible(not narrow)
        self.later.set_icon(None if narrow else "save")
        self.send.set_icon(None if narrow else "inbox")

    def _touched(self, *_what: object) -> None:
        self.changed.emit()

    def _words_changed(self, _words: str) -> None:
        self.changed.emit()

    def _mark(self, voice: Voice) -> None:
        if not self.words.mark(voice):
            self.banner.show_words("There are no words to mark yet.", "Write what you hear first.")
        else:
            self.banner.hide()
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer_concerns(self) -> None:
        menu = Menu(self, "Concerns")
        for code, label in self._others:
            menu.addAction(label.replace("&", "&&")).triggered.connect(
                partial(self._add_concern, code)
            )
        chip = self.concerns
        menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))

    def _add_concern(self, code: str, _on: bool = False) -> None:
        assert self._profile is not None
        codes = [(c.code, c.label) for c in self._profile.codes.get("concerns", ())]
        shown = {chip.key for chip in self.concerns.chips()} | {code}
        ticked = [*self.concerns.values(), code]
        self.concerns.set_options([c for c in codes if c[0] in shown])
        self.concerns.set_values(ticked)
        self._others = [c for c in codes if c[0] not in shown]
        self.changed.emit()

    def _ask_risk(self) -> None:
        box = AskBox(self.window(), "shield-alert", "Another risk to workers", width=420)
        field = LineField("Risk, in a few words")
        box.body.addWidget(field)
        box.add_answer("cancel", "Cancel")
        box.add_answer("go", "Add", "primary")

        def go(key: str) -> None:
            words = " ".join(field.text().replace(",", " ").split())
            if key != "go":
                if box.isVisible():
                    box.done(0)
            elif not words:
                box.refuse("Write it in a few words first.")
            else:
                self.add_risk(words)
                box.accept()

        box.answered.connect(go)
        box.open()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_risk(self, words: str) -> None:
        """One more risk, in the worker's own words, ticked."""
        if words not in self._labels:
            self._labels[words] = words
            self._risk_options.append(ChipOption(words, words))
        ticked: Sequence[str] = [*self.risks.values(), words]
        self.risks.set_options(self._risk_options)
        self.risks.set_values(ticked)
        self.changed.emit()
