"""The card of one service, the referral of this family to it, and how it has gone before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.directory import Hit
from triage.domain.profile import Profile
from triage.domain.service import LocalContact, Passage, assurance
from triage.domain.service_referral import NEXT, Agreed, ReferralState, ServiceReferral
from triage.workflow import services
from triage.workflow.services import Family, Record
from ui import paint
from ui.services import wording
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.chips import FactChip, FactKind
from ui.widgets.facts import FactRow
from ui.widgets.flow import FlowLayout
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.states import StateView
from ui.widgets.text import IconText, Paragraph, Text

BY_HAND = (
    "Fanlight does not send it: ring, or use your own secure mail, and say here what came of it."
)
_STEPS = (
    ReferralState.DRAFT,
    ReferralState.SENT,
    ReferralState.SEEN,
    ReferralState.ACCEPTED,
)
_ACTS = {
    ReferralState.SEEN: ("Seen", "eye"),
    ReferralState.ACCEPTED: ("Accepted", "circle-check"),
    ReferralState.NOT_TAKEN: ("Not taken", "circle-x"),
}
_CHIP_KINDS: dict[str, FactKind] = {"assured": "ok", "due": "warn", "lapsed": "danger"}


class Stepper(QLabel):
    """Four steps of a referral, those reached filled. Its text says where it stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[tuple[str, str, str, bool], ...] = ()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def show_steps(self, steps: Sequence[tuple[str, str, str, bool]]) -> None:
        """(icon, word, when or "", reached) of each step."""
        self._steps = tuple(steps)
        reached = [f"{word} {when}".strip() for _, word, when, on in steps if on]
        ahead = [word.lower() for _, word, _, on in steps if not on]
        said = ", then ".join(reached)
        self.setText(f"{said}. Not yet: {', '.join(ahead)}." if ahead else f"{said}.")
        self._restyle()

    def sizeHint(self) -> QSize:
        """A bar, a word and a small line."""
        t = theme()
        return QSize(t.px(260), t.px(50))

    def minimumSizeHint(self) -> QSize:
        """Narrower is allowed."""
        return QSize(theme().px(120), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The four."""
        t = theme()
        painter = QPainter(self)
        gap = t.px(6)
        count = max(1, len(self._steps))
        wide = (self.width() - gap * (count - 1)) / count
        for at, (icon, word, when, on) in enumerate(self._steps):
            x = at * (wide + gap)
            ink = t.colour("text" if on else "muted")
            bar = t.colour("accent" if on else "borderSubtle")
            painter.fillRect(QRectF(x, 0, wide, t.px(3)), bar)
            size = t.px(14)
            paint.icon(painter, icon, round(x), t.px(10), size, ink)
            area = QRectF(x + size + t.px(5), t.px(7), wide - size - t.px(5), t.px(20))
            weight = 600 if on else None
            shown = paint.elided(word, "small", weight, area.width())
            paint.text(painter, area, shown, t.font("small", weight), ink)
            low = QRectF(x, t.px(27), wide, t.px(20))
            shown = paint.elided(when, "small", None, wide)
            paint.text(painter, low, shown, t.font("small"), t.colour("text2"))
        painter.end()


class CardPane(Pane):
    """Tells what a person wants of the service shown.

    `add_asked`, `refer_asked`, `copy_asked` and `print_asked` are about it; `step_asked` gives the
    state that its referral should come to.
    """

    add_asked = Signal()
    refer_asked = Signal()
    copy_asked = Signal()
    print_asked = Signal()
    step_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Service", "", parent=parent)
        # A name of any length gives way; the day of the last check does not.
        self.title.hide()
        self.subtitle.hide()
        self.name = Text("Service", "heading", elide=True)
        self.head.addWidget(self.name, 1)
        self.check = FactChip()
        policy = self.check.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Fixed)
        self.check.setSizePolicy(policy)
        self.add_action(self.check)
        self.check.hide()
        self._body = Body(gap=6)
        self.sheet = Scroll(self._body, "The card")
        self.state = StateView()
        self.body.addWidget(self.sheet, 1)
        self.body.addWidget(self.state, 1)
        self._parts()
        self.add = Button("Add to decision", "plus", key_hint="A")
        self.add.clicked.connect(self.add_asked)
        self.refer = Button("Refer", "send", "primary", "Ctrl Enter")
        self.refer.clicked.connect(self.refer_asked)
        self.foot.addStretch(1)
        self.foot.addWidget(self.add)
        self.foot.addWidget(self.refer)
        self.show_nothing()

    def _parts(self) -> None:
        column = self._body.column
        self.summary = Paragraph("", "body")
        column.addWidget(self.summary)
        self.warning = Banner("warning")
        column.addWidget(self.warning)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(0)
        column.addLayout(self._facts)
        self.copy = Button("Copy card", "copy", "link")
        self.copy.clicked.connect(self.copy_asked)
        self.print = Button("Print card…", "printer", "link")
        self.print.clicked.connect(self.print_asked)
        row = QHBoxLayout()
        row.setSpacing(theme().px(16))
        row.addWidget(self.copy)
        row.addWidget(self.print)
        row.addStretch(1)
        column.addLayout(row)
        self._referral_part()
        self._before_part()
        self._others_part()
        column.addStretch(1)

    def _head(self, title: str) -> tuple[QWidget, Text, Text]:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, theme().px(10), 0, theme().px(2))
        name, right = Text(title, "heading"), Text("", "small", "text2")
        row.addWidget(name)
        row.addStretch(1)
        row.addWidget(right)
        return head, name, right

    def _referral_part(self) -> None:
        self.referral = QWidget()
        column = QVBoxLayout(self.referral)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(6))
        head, self.referral_title, self.referral_number = self._head("")
        column.addWidget(head)
        self.stepper = Stepper()
        column.addWidget(self.stepper)
        self.ask_first = Banner("warning")
        column.addWidget(self.ask_first)
        self.last_words = Paragraph("", "small", "text2")
        column.addWidget(self.last_words)
        row = QWidget()
        flow = FlowLayout(row)
        self.steps: dict[ReferralState, Button] = {}
        for state, (words, icon) in _ACTS.items():
            button = Button(words, icon, dense=True)
            button.clicked.connect(lambda _=False, s=state: self.step_asked.emit(s))
            self.steps[state] = button
            flow.addWidget(button)
        column.addWidget(row)
        column.addWidget(Paragraph(BY_HAND, "small", "text2"))
        self._body.column.addWidget(self.referral)

    def _before_part(self) -> None:
        self.before = QWidget()
        column = QVBoxLayout(self.before)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(2))
        column.addWidget(self._head("How it has gone before")[0])
        self.figures = QHBoxLayout()
        column.addLayout(self.figures)
        self.no_figures = Paragraph("No referral to it in the last year.", "small", "text2")
        column.addWidget(self.no_figures)
        self._figures: list[tuple[Text, Text]] = []
        for _ in range(4):
            figure, what = Text("", "title"), Text("", "small", "text2", elide=True)
            one = QVBoxLayout()
            one.setSpacing(0)
            one.addWidget(figure)
            one.addWidget(what)
            self.figures.addLayout(one, 1)
            self._figures.append((figure, what))
        self._body.column.addWidget(self.before)

    def _others_part(self) -> None:
        self.others = QWidget()
        column = QVBoxLayout(self.others)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head("Other referrals for this family")[0])
        self._others = QVBoxLayout()
        self._others.setSpacing(theme().px(4))
        column.addLayout(self._others)
        self._body.column.addWidget(self.others)

    # ---- what is shown ---------------------------------------------------------

    def show_nothing(self) -> None:
        """No service is chosen."""
        self._call("Service")
        self._bare(True)
        self.state.show_empty("Choose a service", "Its card stands here.", icon="map-pin")

    def show_words(self, told: Passage | LocalContact) -> None:
        """A passage of guidance, or somebody to ring, in the card's place."""
        self._bare(False)
        _clear(self._facts)
        for part in (
            *(self.warning, self.referral, self.before, self.others, self.check),
            *(self.copy, self.print),
        ):
            part.hide()
        self.show_foot(False)
        if isinstance(told, Passage):
            self._call(told.title)
            self.summary.set_text(told.words)
            self._add_fact("From", told.source)
            return
        self._call(told.name)
        self.summary.set_text(told.words)
        for label, words in (("Call", told.phone), ("Write", told.email)):
            if words:
                self._add_fact(label, words)

    def show_service(
        self,
        hit: Hit,
        family: Family | None,
        record: Record,
        *,
        profile: Profile,
        day: date,
        placed: bool,
        may_refer: bool,
    ) -> None:
        """One service, with this family's referral to it."""
        service = hit.service
        self._bare(False)
        self.show_foot(may_refer)
        self._call(service.name)
        self.copy.show()
        self.print.show()
        self.before.show()
        which = assurance(service, day)
        icon = wording.ASSURED[which][0]
        said = (
            "Never assured" if service.assured_on is None else f"Assured {wording.assured(service)}"
        )
        self.check.set(said, _CHIP_KINDS[which.value], icon)
        self.check.show()
        self.summary.set_text(service.description or service.summary or "No description given.")
        no, soon = services.why_not_refer(service, day), services.why_warned(service, day)
        self.warning.setVisible(bool(no or soon))
        if no:
            self.warning.show_words("Cannot refer.", no, "danger")
        elif soon:
            self.warning.show_words("Check soon.", soon, "warning")
        _clear(self._facts)
        for label, words in wording.facts(hit, family, placed=placed):
            self._add_fact(label, words)
        made = family.referral_to(service) if family else None
        self._show_referral(made, agreement=service.agreement_needed)
        if made is not None:
            self.stepper.show_steps(_steps(made, profile, day))
        self._show_record(record)
        self._show_others(family, made)
        inside = family is not None and family.has(service)
        self.add.set_text("In decision" if inside else "Add to decision")
        self.add.set_icon("check" if inside else "plus")
        self.add.set_ready(family is not None and not inside and not family.read_only_why)
        self.refer.set_text(_refer_words(made))
        self.refer.set_ready(family is not None and not no)

    def _add_fact(self, label: str, words: str) -> None:
        row = FactRow(label, words)
        self._facts.addWidget(row)
        row.show()  # at once: a layout would only do so at the next turn of the loop

    def _call(self, name: str) -> None:
        self.name.set_text(name)
        self.setAccessibleName(f"Card: {name}")

    def _bare(self, bare: bool) -> None:
        self.state.setVisible(bare)
        self.sheet.setVisible(not bare)
        self.show_foot(not bare)
        if bare:
            self.check.hide()

    def _show_referral(self, made: ServiceReferral | None, *, agreement: bool) -> None:
        self.referral.setVisible(made is not None)
        if made is None:
            return
        self.referral_title.set_text(wording.referral_title(made))
        self.referral_number.set_text(made.number)
        ask = agreement and made.agreed is not Agreed.YES and made.open
        self.ask_first.setVisible(ask)
        if ask:
            no = made.agreed is Agreed.NO
            self.ask_first.show_words(
                "The family says no." if no else "Ask a parent first.",
                f"This service needs them to agree.{'' if no else ' Not asked yet.'}",
            )
        last = made.last
        said = " ".join(w for w in (last.how, last.words) if w)
        self.last_words.set_text(f"{last.by_name}: {said}" if said else "")
        self.last_words.setVisible(bool(said))
        for state, button in self.steps.items():
            button.setVisible(state in NEXT[made.state])

    def _show_record(self, record: Record) -> None:
        any_sent = record.sent > 0
        self.no_figures.setVisible(not any_sent)
        hours = record.usual_hours
        usual = "-" if hours is None else f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"
        told = (
            (str(record.sent), "sent in a year"),
            (str(record.accepted), "accepted"),
            (str(record.not_taken), "not taken"),
            (usual, "usual time to answer"),
        )
        for (figure, what), (number, words) in zip(self._figures, told, strict=True):
            figure.set_text(number)
            what.set_text(words)
            figure.setVisible(any_sent)
            what.setVisible(any_sent)

    def _show_others(self, family: Family | None, made: ServiceReferral | None) -> None:
        others = [r for r in (family.referrals if family else ()) if r is not made]
        self.others.setVisible(bool(others))
        _clear(self._others)
        for each in others[:6]:
            icon, colour = wording.STATES[each.state]
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.addWidget(IconText(icon, each.service_name, "label", colour), 1)
            word = each.state.value
            line.addWidget(Text(word[0].upper() + word[1:], "small", colour))
            self._others.addWidget(row)
            said = " ".join(
                w for w in (f"For {', '.join(each.people_names)}.", each.last.words) if w
            )
            self._others.addWidget(Paragraph(said, "small", "text2"))
            self._others.addWidget(Rule())


def _steps(made: ServiceReferral, profile: Profile, day: date) -> list[tuple[str, str, str, bool]]:
    when = {s.state: wording.moment(profile, s.at, day) for s in made.steps}
    order = list(_STEPS)
    if made.state is ReferralState.NOT_TAKEN:
        order[-1] = ReferralState.NOT_TAKEN
    return [
        (
            wording.STATES[state][0],
            state.value[0].upper() + state.value[1:],
            when.get(state, ""),
            state in when,
        )
        for state in order
    ]


def _refer_words(made: ServiceReferral | None) -> str:
    if made is None or made.state is ReferralState.NOT_TAKEN:
        return "Refer"
    return "Send" if made.state is ReferralState.DRAFT else "Record answer"


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
