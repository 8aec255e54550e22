"""The middle pane while a request is a draft: five numbered questions, each with an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.request import AskedAbout, InfoRequest
from triage.domain.spelling import counted
from triage.workflow import requests
from triage.workflow.request_open import Offer, Opened, PersonChoice
from ui import paint
from ui.actions import bind_list
from ui.keymap import keymap
from ui.printing.ticks import Tick
from ui.theme import theme
from ui.widgets.banner import Banner, Guidance
from ui.widgets.buttons import Button
from ui.widgets.chips import ChipGroup, ChipOption
from ui.widgets.choice import Choice
from ui.widgets.editor import Editor, LineField
from ui.widgets.group import BareGroup
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.segments import Segments
from ui.widgets.text import IconText, Text

KEYS, TOGETHER = "requests, draft", "Send together"
TOGETHER_KEY = keymap().label(KEYS, TOGETHER)
NO_CONSENT = "Consent is not needed when a child may be at risk"
SHARE = "Share what is relevant and no more. Say when you will tell the family."


class _Number(QWidget):
    """The number of a step, in a ring. The title says it to a reader."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """A ring."""
        return QSize(theme().px(24), theme().px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ring and number."""
        t = theme()
        painter = QPainter(self)
        side = t.px(22)
        ring = QRectF(1, 1, side, side)
        ink = t.colour("accent")
        paint.box(painter, ring, fill=t.colour("surface"), edge=ink, radius=side / 2)
        centre = Qt.AlignmentFlag.AlignHCenter
        paint.text(painter, ring, str(self._number), t.font("small", 600), ink, centre)
        painter.end()


class _Step(BareGroup):
    """A numbered question with its answer below, and a hairline under it."""

    def __init__(self, number: int, title: str) -> None:
        super().__init__(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(_Number(number), 0, Qt.AlignmentFlag.AlignTop)
        self.column = QVBoxLayout()
        self.column.addWidget(Text(title, "heading", weight=600))
        row.addLayout(self.column, 1)
        outer.addLayout(row)
        outer.addWidget(Rule())
        self._outer, self._row = outer, row
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._outer.setSpacing(t.px(12))
        self._row.setSpacing(t.px(12))
        self.column.setSpacing(t.px(6))

    def add(self, widget: QWidget, label: str = "") -> None:
        """An answer, under a label where it has one."""
        if label:
            self.column.addWidget(Text(label, "label", weight=500))
        self.column.addWidget(widget)

    def beside(self, *pairs: tuple[str, QWidget]) -> None:
        """Two answers side by side, each under its label."""
        row = QHBoxLayout()
        row.setSpacing(theme().px(14))
        for label, widget in pairs:
            column = QVBoxLayout()
            column.setSpacing(theme().px(4))
            column.addWidget(Text(label, "label", weight=500))
            column.addWidget(widget)
            row.addLayout(column, 1)
        self.column.addLayout(row)


class DraftPane(Pane):
    """`changed` tells an edit, `keep_asked`, `send_asked`, `together_asked`, `another_asked` and
    `withdraw_asked` the buttons. `request()` is the draft as it stands on the screen."""

    changed = Signal()
    keep_asked = Signal()
    send_asked = Signal()
    together_asked = Signal()
    another_asked = Signal()
    withdraw_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Ask a partner", "", parent=parent)
        self._request: InfoRequest | None = None
        self._offer: Offer | None = None
        self._showing, self._across = False, 2
        self.clock = IconText("clock-alert", "", "label", "warnText", weight=600)
        self.add_action(self.clock)
        self.problem = Banner("warning")
        self.beside = Banner("info")
        self.together = Button("Send together…", "send", dense=True, key_hint=TOGETHER_KEY)
        self.together.clicked.connect(self.together_asked)
        self.beside.add_action(self.together)
        self._bound = bind_list(self, KEYS, {TOGETHER: self._ask_together}, inside=True)
        self._content = Body(gap=14)
        self._content.column.addWidget(self.problem)
        self._content.column.addWidget(self.beside)
        self._who()
        self._about()
        self._what()
        self._why()
        self._when()
        self._content.column.addStretch(1)
        self.body.addWidget(Scroll(self._content, "Ask a partner"), 1)
        self.another = Button("Ask another partner the same", "copy")
        self.withdraw = Button("Throw away", "trash-2", "link")
        self.keep = Button("Keep as draft")
        self.send = Button("Send request", "send", "primary", "Ctrl Enter")
        self.foot.addWidget(self.another)
        self.foot.addStretch(1)
        for button in (self.withdraw, self.keep, self.send):
            self.foot.addWidget(button)
        self.another.clicked.connect(self.another_asked)
        self.withdraw.clicked.connect(self.withdraw_asked)
        self.keep.clicked.connect(self.keep_asked)
        self.send.clicked.connect(self.send_asked)

    # ---- the five steps --------------------------------------------------------

    def _step(self, number: int, title: str) -> _Step:
        step = _Step(number, title)
        self._content.column.addWidget(step)
        return step

    def _who(self) -> None:
        step = self._step(1, "Who are you asking?")
        self.partner = Choice("Partner")
        self.desk = Choice("Send to")
        step.beside(("Partner", self.partner), ("Send to", self.desk))
        self.partner.chosen.connect(self._partner_chosen)
        self.desk.chosen.connect(lambda key: self._edit(desk=key))

    def _about(self) -> None:
        step = self._step(2, "About whom?")
        self.people = ChipGroup((), "About whom?")
        self.people.toggled_key.connect(self._person_ticked)
        step.add(self.people)
        self.sent = Text(
            "Only the name, birth date and address of the people ticked are sent.",
            "small",
            "text2",
            wrap=True,
        )
        step.add(self.sent)
        self._whys = QGridLayout()
        self._whys.setColumnStretch(1, 1)
        step.column.addLayout(self._whys)
        self._why_rows: dict[str, tuple[Text, LineField]] = {}

    def _what(self) -> None:
        step = self._step(3, "What do you need to know?")
        self._questions = QGridLayout()
        step.column.addLayout(self._questions)
        self.ticks: dict[str, Tick] = {}
        self._boxes: dict[str, QWidget] = {}
        self.own = Editor("Anything else? (optional)", lines=2, max_lines=6)
        step.add(self.own, "Anything else? (optional)")
        self.own.text_changed.connect(lambda _: self._questions_changed())

    def _why(self) -> None:
        step = self._step(4, "Why may you share this?")
        self.basis = Choice("Lawful basis")
        self.told = Choice("Were the parents told?")
        step.beside(("Lawful basis", self.basis), ("Were the parents told?", self.told))
        self.not_told = Choice("Why not?")
        self._not_told_label = Text("Why not?", "label", weight=500)
        step.add(self._not_told_label)
        step.add(self.not_told)
        self.guidance = Guidance()
        self.guidance.key.hide()
        self.guidance.show_words(NO_CONSENT, SHARE)
        step.add(self.guidance)
        self.basis.chosen.connect(lambda key: self._edit(basis=key))
        self.told.chosen.connect(lambda key: self._edit(told=key))
        self.not_told.chosen.connect(lambda key: self._edit(not_told_why=key))

    def _when(self) -> None:
        step = self._step(5, "When do you need it?")
        self.due = Segments((), "When do you need it?", dense=True)
        self.due.chosen.connect(self._due_chosen)
        self.due_words = Text("", "label", "text2", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self.due)
        row.addSpacing(theme().px(8))
        row.addWidget(self.due_words, 1)
        step.column.addLayout(row)

    def set_wide(self, wide: bool) -> None:
        """Say less on the buttons where there is less room."""
        self.another.set_text("Ask another partner the same" if wide else "Ask another")
        self.another.setAccessibleName("Ask another partner the same")
        self.keep.set_text("Keep as draft" if wide else "Keep")
        self._across = 2 if wide else 1
        if self._offer is not None:
            self._lay_questions()

    def _ask_together(self) -> None:
        if self.beside.isVisible():
            self.together_asked.emit()

    # ---- showing ---------------------------------------------------------------

    def landing(self) -> QWidget:
        """The first question."""
        return self.partner

    def request(self) -> InfoRequest | None:
        """The draft as it stands here."""
        return self._request

    def show_draft(self, opened: Opened, offer: Offer, *, title: str, clock: str) -> None:
        """Show another draft, or the same one anew."""
        self._request = opened.request
        self.set_title("Ask a partner", title)
        self.clock.set("clock-alert", clock)
        self.clock.setVisible(bool(clock))
        self.problem.hide()
        self.own.start_with(offer.own)
        self.show_offer(offer)

    def show_offer(self, offer: Offer) -> None:
        """What can be chosen now, with what is chosen ticked; what is being typed stays."""
        self._offer = offer
        request = self._request
        if request is None:
            return
        self._showing = True
        if offer.beside:
            more = f"{counted(offer.beside, 'more draft')} about the same contact."
            self.beside.show_words(more, "Send request brings the next.")
        self.beside.setVisible(bool(offer.beside))
        self.partner.set_options([(p.code, p.name) for p in offer.partners])
        self.partner.set_value(request.agency)
        self.desk.set_options([(d.id, d.label) for d in offer.desks])
        self.desk.set_value(request.desk)
        self.people.set_options([ChipOption(p.person, p.words) for p in offer.people])
        self.people.set_values([p.person for p in offer.people if p.ticked])
        self._show_whys(offer.people)
        self._show_questions(offer)
        self.basis.set_options([(c.code, c.label) for c in offer.bases])
        self.basis.set_value(request.basis or None)
        self.told.set_options([(c.code, c.label) for c in offer.told])
        self.told.set_value(request.told or None)
        self.not_told.set_options([(c.code, c.label) for c in offer.not_told_why])
        self.not_told.set_value(request.not_told_why or None)
        for part in (self._not_told_label, self.not_told):
            part.setVisible(request.told == "not_told")
        self.due.set_options([(d.at.isoformat(), d.words) for d in offer.dues])
        self.due.set_value(next((d.at.isoformat() for d in offer.dues if d.ticked), None))
        self.due_words.set_text(offer.due_words)
        self._showing = False

    def _show_whys(self, people: Sequence[PersonChoice]) -> None:
        ticked = [p for p in people if p.ticked]
        for key in [k for k in self._why_rows if k not in {p.person for p in ticked}]:
            for part in self._why_rows.pop(key):
                part.hide()
                part.deleteLater()
        for at, person in enumerate(ticked):
            if person.person not in self._why_rows:
                field = LineField(f"Why {person.words}", "Why is it right to ask about them?")
                field.typed.connect(lambda _, key=person.person: self._why_typed(key))
                self._why_rows[person.person] = (Text("", "label", "text2"), field)
            label, field = self._why_rows[person.person]
            label.set_text(f"Why {person.words}")
            if not field.hasFocus():
                field.put(person.why)
            self._whys.addWidget(label, at, 0)
            self._whys.addWidget(field, at, 1)
        self._whys.setHorizontalSpacing(theme().px(12))
        self._whys.setVerticalSpacing(theme().px(4))

    def _show_questions(self, offer: Offer) -> None:
        wanted = {q.question.id: q for q in offer.questions}
        for key in [k for k in self.ticks if k not in wanted]:
            box = self._boxes.pop(key)
            del self.ticks[key]
            box.hide()
            box.deleteLater()
        for key, choice in wanted.items():
            if key not in self.ticks:
                self._add_question(key, choice.question.words, choice.since)
            self.ticks[key].setChecked(choice.ticked)
        self._lay_questions()

    def _lay_questions(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        for at, box in enumerate(self._boxes.values()):
            self._questions.addWidget(box, at // self._across, at % self._across, top)
        for side in (0, 1):
            self._questions.setColumnStretch(side, 1 if side < self._across else 0)

    def _add_question(self, key: str, words: str, since: str) -> None:
        t = theme()
        tick = Tick(words)
        tick.toggled.connect(lambda _: self._questions_changed())
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(tick, 0, Qt.AlignmentFlag.AlignLeft)
        if since:
            tick.setAccessibleDescription(since)
            below = Text(since, "small", "text2")
            below.setContentsMargins(t.px(27), 0, 0, t.px(4))
            column.addWidget(below)
        self.ticks[key], self._boxes[key] = tick, box

    # ---- edits -----------------------------------------------------------------

    def _edit(self, **facts: object) -> None:
        if self._request is None or self._showing:
            return
        self._request = replace(self._request, **facts)  # type: ignore[arg-type]  # names are ours
        self.changed.emit()

    def _partner_chosen(self, key: str) -> None:
        partners = self._offer.partners if self._offer else ()
        desks = next((p.desks for p in partners if p.code == key), ())
        # What the one before was offered to be asked does not go to the next.
        self._edit(agency=key, desk=desks[0].id if desks else "", questions=self._own_question())

    def _person_ticked(self, key: str, on: bool) -> None:
        request, offer = self._request, self._offer
        if request is None or offer is None:
            return
        others = [p for p in request.people if p.person != key]
        if on:
            child = next((p.is_child for p in offer.people if p.person == key), False)
            others.append(AskedAbout(person=key, why=requests.CHILD_WHY if child else ""))
        order = [p.person for p in offer.people]
        self._edit(people=tuple(sorted(others, key=lambda p: order.index(p.person))))

    def _why_typed(self, key: str) -> None:
        request = self._request
        if request is not None:
            words = self._why_rows[key][1].text()
            people = tuple(replace(p, why=words) if p.person == key else p for p in request.people)
            self._edit(people=people)

    def _own_question(self) -> tuple[object, ...]:
        words = self.own.toPlainText().strip()
        return (requests.own_question(words),) if words else ()

    def _questions_changed(self) -> None:
        if self._offer is None or self._showing:
            return
        chosen = [
            q.question for q in self._offer.questions if self.ticks[q.question.id].isChecked()
        ]
        self._edit(questions=(*chosen, *self._own_question()))

    def _due_chosen(self, key: str) -> None:
        offer = self._offer
        at = next((d.at for d in offer.dues if d.at.isoformat() == key), None) if offer else None
        self._edit(due_at=at)

    # ---- what the screen says ----------------------------------------------------

    def saved(self, kept: InfoRequest) -> None:
        """The draft was kept; what was edited meanwhile stays, over the new version."""
        if self._request is not None and self._request.id == kept.id:
            self._request = replace(
                self._request, version=kept.version, via=kept.via, to=kept.to, state=kept.state
            )

    def show_problem(self, words: str) -> None:
        """What is missing, or why it was not kept; the control it is about gets the focus."""
        self.problem.show_words(words)
        goal = self._control_for(words)
        if goal is not None:
            goal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _control_for(self, words: str) -> QWidget | None:
        if words.startswith("Say why you ask about"):
            empty = [f for _, f in self._why_rows.values() if not f.text().strip()]
            return empty[0] if empty else self.people
        first = {
            "Choose whom": self.people.chips()[0] if self.people.chips() else None,
            "Choose what": next(iter(self.ticks.values()), self.own),
            "Choose the lawful": self.basis,
            "Say whether the parents": self.told,
            "Say why the parents": self.not_told,
            "Choose when": self.due.buttons()[0] if self.due.buttons() else None,
            "The time for": self.due.buttons()[0] if self.due.buttons() else None,
        }
        return next((goal for start, goal in first.items() if words.startswith(start)), None)
