"""The head of the contact: the child, the clock, where it came from, what must not be missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.contact import Child, Contact, ContactState
from triage.domain.episode import SuggestionState
from triage.domain.fact import Answer3
from triage.domain.spelling import WEEKDAYS, spell_short_day
from triage.domain.worker import May
from triage.workflow import naming
from ui.theme import theme
from ui.triage.hidden import HIDDEN_NAME
from ui.triage.opened import Opened
from ui.widgets.buttons import Button, IconButton
from ui.widgets.chips import FactChip, FactKind
from ui.widgets.clock import ClockLabel
from ui.widgets.clock import ClockState as Look
from ui.widgets.flow import FlowLayout
from ui.widgets.pane import Pane
from ui.widgets.rag import RagChip
from ui.widgets.text import Text

_KINDS: dict[str, FactKind] = {
    "normal": "neutral",
    "soon": "warn",
    "over": "danger",
    "paused": "neutral",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One fact that must not be missed."""

    words: str
    kind: FactKind = "neutral"
    icon: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderView:
    """What the head says. `may_take` is whether nobody has the contact and this person may;
    `may_take_over` whether somebody else has."""

    name: str
    rest: str
    line: str
    rating: str
    clock: str
    clock_state: Look
    due: str
    chips: tuple[Chip, ...]
    may_take: bool
    may_take_over: bool = False
    may_ask: bool = False
    may_print: bool = False


def header_view(opened: Opened, *, blurred: bool = False) -> HeaderView:
    """The head of a contact; `blurred` keeps names out."""
    view, contact = opened.view, opened.view.contact
    lead = view.leading
    children = contact.content.children
    adults = contact.content.adults
    name = naming.child_name(children[0], adults) if children else "Name not known"
    return HeaderView(
        name=HIDDEN_NAME if blurred else name,
        rest="" if blurred else _rest(opened, children),
        line=_line(opened, blurred),
        rating=contact.rating or "none",
        clock=lead.words if lead else "",
        clock_state=lead.state if lead else "normal",
        due=_due(opened),
        chips=_chips(opened),
        may_take=not contact.assigned_to and opened.may(May.SCREEN),
        may_take_over=is_with_another(opened) and opened.may(May.SCREEN),
        may_ask=opened.desk.worker.may(May.SCREEN),
        may_print=opened.desk.worker.may(May.PRINT),
    )


def is_with_another(opened: Opened) -> bool:
    """Whether somebody else has the contact."""
    return opened.view.contact.assigned_to not in (None, "", opened.desk.worker.id)


def held_words(opened: Opened) -> str:
    """ "Sana Iqbal has it since 11:20 and last worked on it at 11:40." """
    view = opened.view
    since = view.contact.assigned_at
    words = f"{view.assigned_name} has it"
    if since is not None:
        words += f" since {short_moment(opened, since)}"
    if view.worked_on_at is not None and view.worked_on_at != since:
        words += f" and last worked on it {at_moment(short_moment(opened, view.worked_on_at))}"
    return f"{words}."


def short_moment(opened: Opened, moment: datetime) -> str:
    """As `spell_moment`, but "08:52" for today."""
    return spell_moment(opened, moment).removeprefix("today ")


def at_moment(moment: str) -> str:
    """ "at" before a time of day alone."""
    return f"at {moment}" if moment[0].isdigit() and ":" in moment[:3] else moment


def _rest(opened: Opened, children: tuple[Child, ...]) -> str:
    if not children:
        return ""
    first, *others = children
    said = [naming.age_words(first, opened.today)]
    if said[0].isdigit():
        said[0] += " year" if said[0] == "1" else " years"
    sex = {"M": "boy", "F": "girl"}.get(first.sex.value if first.sex.known else "", "")
    said.append("" if first.unborn else sex)
    words = " · ".join(w for w in said if w)
    if not others:
        return words
    if len(others) == 1:
        one = others[0]
        kin = {"M": "brother", "F": "sister"}.get(one.sex.value if one.sex.known else "", "child")
        same = one.family.known and one.family.value == first.family.value
        called = one.given.value if same and one.given.known else one.name
        more = ", ".join(
            w for w in (f"+ 1 {kin}", called, naming.age_words(one, opened.today)) if w
        )
        return f"{words}  {more}"
    names = ", ".join(c.given.value if c.given.known else c.name for c in others[:3])
    rest = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return f"{words}  + {len(others)} children, {names}{rest}"


def spell_moment(opened: Opened, moment: datetime) -> str:
    """ "today 08:52", "yesterday 23:40" or "21 Nov 08:52", by the hub's clock."""
    local = opened.local(moment)
    days = (opened.today - local.date()).days
    if days == 0:
        return f"today {local:%H:%M}"
    if days == 1:
        return f"yesterday {local:%H:%M}"
    return f"{spell_short_day(local)} {local:%H:%M}"


def _line(opened: Opened, blurred: bool) -> str:
    view, contact = opened.view, opened.view.contact
    referrer = contact.content.referrer
    said = [
        contact.reference,
        naming.source(contact, opened.desk.profile),
        f"received {spell_moment(opened, contact.received_at)}",
    ]
    who = referrer.agency.value if referrer.agency.known else referrer.name.value
    if not referrer.agency.known and referrer.asked_to_stay_unknown:
        who = "asked to stay unknown"
    if who and not blurred and who != said[1]:
        said.append(who)
    # Somebody else's is said where a narrow window still shows it.
    said.insert(
        1 if is_with_another(opened) else len(said), _held_by(opened, contact, view.assigned_name)
    )
    return " · ".join(said)


def _held_by(opened: Opened, contact: Contact, name: str) -> str:
    if not contact.assigned_to:
        return "nobody has it yet"
    who = "you" if contact.assigned_to == opened.desk.worker.id else name
    words = f"with {who}"
    if contact.assigned_at is not None:
        words += f" since {short_moment(opened, contact.assigned_at)}"
    last = opened.view.worked_on_at
    if is_with_another(opened) and last is not None and last != contact.assigned_at:
        words += f", last worked on {at_moment(short_moment(opened, last))}"
    return words


def _due(opened: Opened) -> str:
    """What the leading clock times, and when; where the contact stands when none runs."""
    lead = opened.view.leading
    if lead is None:
        return opened.view.contact.state.value.capitalize()
    return f"{lead.label} {_when(opened, lead.due)}"


def _when(opened: Opened, due: datetime) -> str:
    local = opened.local(due)
    days = (local.date() - opened.today).days
    if days == 0:
        return f"{local:%H:%M} today"
    return f"{local:%H:%M} tomorrow" if days == 1 else f"{local:%H:%M} {spell_short_day(local)}"


def _led_by(label: str) -> str:
    """A clock's label before its time: "One working day:", but "Green: decide by"."""
    return label if ":" in label else f"{label}:"


def _shortly(opened: Opened, due: datetime) -> str:
    """ "Wed 10:20" within a week, as the queue says it."""
    local = opened.local(due)
    days = (local.date() - opened.today).days
    weekday = WEEKDAYS[local.weekday()][:3]
    return f"{weekday} {local:%H:%M}" if 0 < days < 7 else _when(opened, due)


def _chips(opened: Opened) -> tuple[Chip, ...]:
    view, contact, content = opened.view, opened.view.contact, opened.view.contact.content
    chips: list[Chip] = []
    if contact.restricted:
        chips.append(Chip(words="Restricted record", kind="restricted", icon="shield-alert"))
    if contact.state is ContactState.AWAITING_INFORMATION:
        words = f"Paused: {contact.paused_reason}"
        chips.append(Chip(words=words, kind="info", icon="circle-pause"))
    if content.risk_to_workers.answer is Answer3.YES or content.risk_text.known:
        words = content.risk_text.value if content.risk_text.known else "Risk to workers"
        chips.append(Chip(words=words, kind="danger", icon="triangle-alert"))
    if content.urgent.answer is Answer3.YES:
        chips.append(Chip(words="Referrer says urgent", kind="warn", icon="alarm-clock"))
    if view.repeat:
        months = opened.desk.profile.repeat_months
        words = f"{_ordinal(view.repeat + 1)} contact in {months} months"
        chips.append(Chip(words=words, kind="warn", icon="repeat-2"))
    if len(content.children) > 1:
        chips.append(Chip(words=f"{len(content.children)} children", icon="users"))
    if content.safe_contact.known:
        chips.append(Chip(words=content.safe_contact.value, icon="phone-off"))
    if content.address.is_refuge:
        chips.append(Chip(words="Refuge: address withheld", kind="danger", icon="lock"))
    languages = [
        c.language.value if c.language.known else "language not said"
        for c in content.children
        if c.interpreter.answer is Answer3.YES
    ]
    if languages:
        chips.append(Chip(words=f"Interpreter: {languages[0]}", icon="languages"))
    if any(s.state is SuggestionState.JOINED for s in view.suggestions):
        chips.append(Chip(words="Joined with another contact", icon="link"))
    chips += [
        Chip(
            words=f"{_led_by(c.label)} {_shortly(opened, c.due)}",
            kind=_KINDS[c.state],
            icon="clock",
        )
        for c in view.clocks
        if c is not view.leading
    ]
    return tuple(chips)


def _ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


class HeaderPane(Pane):
    """Name, ages, clock, chips, and what can be done with the whole contact."""

    take_asked = Signal()
    take_over_asked = Signal()
    ask_asked = Signal()
    print_asked = Signal()
    more_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.setAccessibleName("Contact")
        self.rag = RagChip("none", 36)
        self.name = Text("", "title", elide=True)
        self.rest = Text("", "body", "text2", elide=True)
        self.line = Text("", "small", "text2", elide=True)
        self.clock = ClockLabel("title")
        self.due = Text("", "small", "text2", elide=True)
        self.due.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.take = Button("Take it", "user-check", "primary")
        self.ask = Button("Ask a partner", "send")
        self.pack = Button("Print pack", "printer")
        self.more = IconButton("ellipsis", "More for this contact", framed=True)
        self.more.clicked.connect(self.more_asked)
        self.take_over = Button("Take over", "user-check")
        self.take_over.clicked.connect(self.take_over_asked)
        self.take.clicked.connect(self.take_asked)
        self.ask.clicked.connect(self.ask_asked)
        self.pack.clicked.connect(self.print_asked)
        self._chips: list[FactChip] = []
        self._chip_box = QWidget()
        self._flow = FlowLayout(self._chip_box)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._chip_box.setSizePolicy(policy)
        self._build()
        theme().scaled.connect(self._space_rows)
        self._space_rows()

    def _build(self) -> None:
        self._names = QHBoxLayout()
        self._names.addWidget(self.name)
        self._names.addWidget(self.rest, 1)
        self._names.addWidget(self.clock)
        self._lines = QHBoxLayout()
        self._lines.addWidget(self.line, 1)
        self._lines.addWidget(self.due)
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addLayout(self._names)
        beside.addLayout(self._lines)
        self._first = QHBoxLayout()
        self._first.addWidget(self.rag, 0, Qt.AlignmentFlag.AlignVCenter)
        self._first.addLayout(beside, 1)
        self._second = QHBoxLayout()
        self._second.addWidget(self._chip_box, 1, Qt.AlignmentFlag.AlignVCenter)
        for button in self._buttons():
            self._second.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout()
        self._column.addLayout(self._first)
        self._column.addLayout(self._second)
        self.body.addLayout(self._column)

    def _buttons(self) -> tuple[QWidget, ...]:
        return self.take, self.take_over, self.ask, self.pack, self.more

    def _space_rows(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(14), t.px(10), t.px(14), t.px(12))
        self._column.setSpacing(t.px(8))
        self._first.setSpacing(t.px(14))
        self._names.setSpacing(t.px(10))
        self._lines.setSpacing(t.px(10))
        self._second.setSpacing(t.px(8))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons give way to what must not be missed."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Shorter words on the buttons where the facts would need a second row beside them."""
        self._word_buttons(short=False)
        buttons = [b for b in self._buttons() if not b.isHidden()]
        taken = sum(b.sizeHint().width() for b in buttons) + self._second.spacing() * len(buttons)
        margins = self._column.contentsMargins()
        room = self.width() - margins.left() - margins.right() - taken
        self._word_buttons(short=self._flow.sizeHint().width() > room)

    def _word_buttons(self, *, short: bool) -> None:
        self.ask.set_text("Ask" if short else "Ask a partner")
        self.ask.setAccessibleName("Ask a partner")
        self.pack.set_text("Pack" if short else "Print pack")
        self.pack.setAccessibleName("Print pack")

    def show_view(self, view: HeaderView) -> None:
        """Show a contact's head; chips are kept and written anew."""
        self.rag.set_rating(view.rating)
        self.name.set_text(view.name)
        self.rest.set_text(view.rest)
        self.line.set_text(view.line)
        self.clock.set(view.clock, view.clock_state)
        self.clock.setVisible(bool(view.clock))
        self.due.set_text(view.due)
        self.take.setVisible(view.may_take)
        self.take_over.setVisible(view.may_take_over)
        self.ask.setVisible(view.may_ask)
        self.pack.setVisible(view.may_print)
        self.setAccessibleName(f"Contact: {view.name}")
        while len(self._chips) < len(view.chips):
            chip = FactChip(parent=self._chip_box)
            self._chips.append(chip)
            self._flow.addWidget(chip)
        for at, chip in enumerate(self._chips):
            chip.setVisible(at < len(view.chips))
            if at < len(view.chips):
                fact = view.chips[at]
                chip.set(fact.words, fact.kind, fact.icon)
        self._flow.invalidate()
        self._chip_box.updateGeometry()
        self._fit()
