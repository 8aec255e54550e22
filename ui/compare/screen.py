"""Compare: one person of a contact beside the records that may be theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.lookup import Candidate, LookupResult, Subject, Verdict, VerdictKind
from triage.domain.settling import all_left_open
from triage.domain.spelling import spell_day
from triage.domain.worker import May, Worker
from triage.workflow import known, match, naming, partner_words, people, screen
from triage.workflow.screen import ContactView
from ui import paint
from ui.actions import bind_list
from ui.allowed import offered
from ui.compare.compare_table import CompareTable
from ui.compare.verdict_panel import Judgement, VerdictPanel
from ui.compare.waterfall import BandHeads, Waterfall
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.printing.ticks import Tick
from ui.shell.screen import Screen
from ui.theme import theme
from ui.weighed import parts_of, sentence_of
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.evidence import EvidenceBar, span_of
from ui.widgets.keycap import KeyCap, KeyHints
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.pane_bar import PaneBar
from ui.widgets.segments import Segments
from ui.widgets.states import StateView
from ui.widgets.table import Rows, Table
from ui.widgets.text import Text

_SINGLE = 1000
_TALL = 860
_ANY = 16777215
_MOVES = ((("1", "2", "3"), "choose record"), (("↑", "↓"), "move by field"))
_SAYS = (("L", "same"), ("X", "not the same"), ("U", "not sure"))
BAND_ORDER = {"Very likely": 0, "Likely": 1, "Possible": 2, "Unlikely": 3}


def ranked(results: Sequence[LookupResult], person: str) -> tuple[Candidate, ...]:
    """A person's candidates from every partner, best first."""
    found = [c for r in results if r.subject.person == person for c in r.candidates]
    return tuple(sorted(found, key=lambda c: (BAND_ORDER.get(c.band, 4), -c.score)))


class _Head(QWidget):
    """A column's head: name, where it is from, band, bar, counts."""

    def __init__(self) -> None:
        super().__init__()
        self.key = KeyCap("")
        self.name = Text("", "heading", elide=True)
        self.source = Text("", "small", "text2", elide=True)
        self.band = Text("", "label", weight=600)
        self.bar = EvidenceBar(ends=False)
        self.counts = Text("", "small", "text2", elide=True)
        column = QVBoxLayout(self)
        t = theme()
        column.setContentsMargins(t.px(12), t.px(8), t.px(10), t.px(8))
        column.setSpacing(t.px(2))
        names = QHBoxLayout()
        names.setSpacing(t.px(8))
        names.addWidget(self.key)
        names.addWidget(self.name, 1)
        row = QHBoxLayout()
        row.setSpacing(t.px(8))
        row.addWidget(self.band)
        row.addWidget(self.bar, 1)
        column.addLayout(names)
        column.addWidget(self.source)
        column.addLayout(row)
        column.addWidget(self.counts)
        column.addStretch(1)
        self.chosen = False

    def show_candidate(self, number: int, candidate: Candidate, line: str, span: float) -> None:
        """One record; `line` says whose it is and as of when."""
        held = candidate.record.fields
        name = " ".join(w for w in (held.get("given", ""), held.get("family", "")) if w)
        self.key.setText(f"{number}")
        self.key.setAccessibleName(f"Record {number}")
        self.name.set_text(name or "Name not held")
        self.source.set_text(line)
        self.band.set_text(candidate.band)
        levels = [e.level for e in candidate.compared]
        self.counts.set_text(
            f"{levels.count('same')} same, {levels.count('close')} close, "
            f"{levels.count('different')} different"
        )
        self.bar.set_evidence(parts_of(candidate), sentence_of(candidate), span)

    def show_contact(self, name: str, reference: str, came: str) -> None:
        """The contact's own column."""
        self.name.set_text(name)
        self.source.set_text(f"This contact, {reference}")
        self.band.hide()
        self.key.hide()
        self.bar.hide()
        self.counts.set_text(came)

    def set_chosen(self, chosen: bool) -> None:
        """Ring it as the one that is weighed at the right."""
        self.chosen = chosen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground of the record that is chosen."""
        if not self.chosen:
            return
        painter = QPainter(self)
        t = theme()
        painter.fillRect(self.rect(), t.colour("selected"))
        rect = QRectF(self.rect())
        accent = t.colour("accent")
        painter.fillRect(QRectF(0, 0, rect.width(), 2), accent)
        painter.fillRect(QRectF(0, 0, 2, rect.height()), accent)
        painter.fillRect(QRectF(rect.width() - 2, 0, 2, rect.height()), accent)
        paint.hairline(painter, 0, rect.height() - 1, rect.width(), t.colour("borderSubtle"))
        painter.end()


class CompareScreen(Screen):
    """Shows a `Subject`. `decided` follows a verdict that was kept."""

    decided = Signal()

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holder, self._jobs = holder, jobs
        self._subject: Subject | None = None
        self._candidates: tuple[Candidate, ...] = ()
        self._standing: dict[tuple[str, str], VerdictKind] = {}
        self._chosen = 1
        self._person = self._reference = ""
        self._blurred = self._may_say = False
        self._build_left()
        self._build_right()
        # Where two panes have no room, one stands at a time.
        self.bar = PaneBar((("records", "Records"), ("why", "Why and decide")), "records")
        self.bar.chosen.connect(lambda _key: self._space())
        self._outer = QVBoxLayout(self)
        self._outer.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._row = QHBoxLayout()
        self._row.addWidget(self.left_pane, 1)
        self._row.addWidget(self.right_pane)
        self._outer.addWidget(self.bar)
        self._outer.addLayout(self._row, 1)
        theme().scaled.connect(self._space)
        self._space()

    # ---- building ---------------------------------------------------------

    def _build_left(self) -> None:
        self.left_pane = Pane("Is this the same person?", "")
        self.back = Button("Back to the contact", "arrow-left", "link")
        self.back.clicked.connect(self.back_asked)
        self.left_pane.head.insertWidget(0, self.back)
        self.mark = Tick("Mark the letters that differ")
        self.mark.setChecked(True)
        self.only = Tick("Only rows that differ")
        self.again = Button("Search again", "search", "secondary", dense=True)
        self.again.clicked.connect(self.search_again)
        for widget in (self.mark, self.only, self.again):
            self.left_pane.add_action(widget)
        self.table = CompareTable()
        self.table.record_chosen.connect(self.choose)
        self.table.columns_changed.connect(self._align)
        self.mark.toggled.connect(self.table.set_mark_letters)
        self.only.toggled.connect(self.table.facts.set_only_differing)
        self._keys = bind_list(
            self.table,
            "compare table",
            {
                "Record 1": lambda: self.choose(1),
                "Record 2": lambda: self.choose(2),
                "Record 3": lambda: self.choose(3),
                "Link": lambda: self._say(VerdictKind.SAME),
                "Not the same": lambda: self._say(VerdictKind.NOT_SAME),
                "Not sure": lambda: self._say(VerdictKind.UNSURE),
            },
        )
        self.heads = [_Head() for _ in range(4)]
        heads = QHBoxLayout()
        heads.setSpacing(0)
        heads.setContentsMargins(0, 0, 0, 0)
        self._blank = Text("Field", "small", "text2")
        self._blank.setAlignment(Qt.AlignmentFlag.AlignTop)
        heads.addWidget(self._blank)
        heads.addWidget(self.heads[0])
        for head in self.heads[1:]:
            heads.addWidget(head)
        heads.addStretch(1)
        self.earlier_title = Text("Earlier decisions about these records", "heading")
        self.earlier = Rows(("When", "What was decided"))
        self.earlier_table = Table("Earlier decisions about these records", (1, 7), grow=True)
        self.earlier_table.setModel(self.earlier)
        self.earlier_table.horizontalHeader().hide()
        self.state = StateView()
        body = Body(gap=0)
        body.set_margins(0, 0, 0, 0)
        self._heads_box = QWidget()
        self._heads_box.setLayout(heads)
        body.column.addWidget(self._heads_box)
        body.column.addWidget(Rule())
        body.column.addWidget(self.table)
        self._asked_box = Body(gap=6)
        self.asked = Text("", "small", "text2", wrap=True)
        self.minded = Banner("warning")
        self._asked_box.column.addWidget(self.minded)
        self._asked_box.column.addWidget(self.asked)
        body.column.addWidget(self._asked_box)
        self._earlier_box = Body(gap=6)
        self._earlier_box.column.addWidget(self.earlier_title)
        self._earlier_box.column.addWidget(self.earlier_table)
        body.column.addWidget(self._earlier_box)
        body.column.addWidget(self.state)
        body.column.addStretch(1)
        self.banner = Banner("warning")
        self.settling = Banner("info")
        self.left_pane.body.addWidget(self.banner)
        self._settling_box = Body(gap=0)
        self._settling_box.set_margins(8, 8, 8, 8)
        self._settling_box.column.addWidget(self.settling)
        self.left_pane.body.addWidget(self._settling_box)
        self.left_pane.body.addWidget(Scroll(body, "Compare"), 1)
        self.hints = KeyHints()
        self.left_pane.foot.addWidget(self.hints, 1)
        note = Text(
            "Letter keys work only while this table has focus", "small", "text2", spare=True
        )
        note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.left_pane.foot.addWidget(note)

    def _build_right(self) -> None:
        self.right_pane = Pane("Why we think so", "")
        self.shape = Segments((("chart", "Chart"), ("list", "List")), "Shown as", dense=True)
        self.shape.set_value("chart")
        self.shape.chosen.connect(self._show_shape)
        self.right_pane.add_action(self.shape)
        self.chart = Waterfall()
        self.bands = BandHeads(self.chart)
        self.steps = Rows(("Step", "What it says"))
        self.step_list = Table("Why we think so, as a list", (2, 3), grow=True)
        self.step_list.setModel(self.steps)
        self.step_list.hide()
        reasons = self._holder.current().profile.verdict_reasons
        self.panel = VerdictPanel(reasons)
        self.panel.judged.connect(self._judged)
        upper = Body(gap=4)
        for part in (self.bands, self.chart, self.step_list):
            upper.column.addWidget(part)
        note = "Each bar moves the total; missing fields do not. A computer suggests; you decide."
        upper.column.addWidget(Text(note, "small", "text2", wrap=True))
        body = Body(gap=0)
        body.set_margins(0, 0, 0, 0)
        body.column.addWidget(upper)
        body.column.addWidget(Rule())
        body.column.addWidget(self.panel, 1)
        self.right_pane.body.addWidget(Scroll(body, "Why, and your decision"), 1)
        leave = Button("Back", key_hint="Esc")
        leave.clicked.connect(self.back_asked)
        self.right_pane.foot.addWidget(leave)
        self.right_pane.foot.addStretch(1)
        self.right_pane.foot.addWidget(self.panel.act)

    def _space(self) -> None:
        t = theme()
        single, wide = self.width() < t.px(_SINGLE), self.width() >= t.px(1500)
        self._outer.setContentsMargins(t.px(8), t.px(8), t.px(8), t.px(8))
        self._outer.setSpacing(t.px(8))
        self._row.setSpacing(t.px(8))
        focus = QApplication.focusWidget()
        if single and self.bar.isHidden() and focus is not None:
            # The pane somebody stands in is the one that stays in sight.
            self.bar.set_value("why" if self.right_pane.isAncestorOf(focus) else "records")
        self.bar.setVisible(single)
        self.left_pane.setVisible(not single or self.bar.value() == "records")
        self.right_pane.setVisible(not single or self.bar.value() == "why")
        self.right_pane.setMinimumWidth(0 if single else t.px(470 if wide else 380))
        self.right_pane.setMaximumWidth(_ANY if single else t.px(470 if wide else 380))
        self._blank.setContentsMargins(t.px(14), t.px(10), 0, 0)
        self.table.set_tall(self.height() >= t.px(_TALL))
        self.chart.set_tall(self.height() >= t.px(_TALL))
        self.again.set_text("Search again" if wide else "Search")
        self.mark.set_text("Mark the letters that differ" if wide else "Mark letters")
        self.only.set_text("Only rows that differ" if wide else "Only differing")
        self._name_back()

    def _name_back(self) -> None:
        wide = self.width() >= theme().px(1500)
        named = wide and self._reference and not self._blurred
        self.back.set_text(", ".join((self._person, self._reference)) if named else self._reference)

    def _align(self) -> None:
        """Heads stand exactly over their columns."""
        widths = [self.table.columnWidth(n) for n in range(self.table.facts.columnCount())]
        for widget, width in zip((self._blank, *self.heads), widths, strict=False):
            widget.setFixedWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the right pane and the words of the head."""
        super().resizeEvent(event)
        self._space()

    # ---- showing ------------------------------------------------------------

    def show_subject(self, subject: Subject) -> None:
        """Read the contact again and show the records that may be this person."""
        self._subject = subject
        desk = self._holder.current()
        self._jobs.run(
            lambda: (screen.look_again(desk, subject.contact_id), people.workers(desk)),
            self._show_read,
            self._refused,
            owner=self,
            lane="store",
        )

    def _show_read(self, read: tuple[ContactView, tuple[Worker, ...]]) -> None:
        view, workers = read
        if self._subject is None:
            return
        desk = self._holder.current()
        person = next((p for p in view.people if p.key == self._subject.person), None)
        name = person.name if person is not None else "Name not known"
        self._candidates = ranked(view.results, self._subject.person)[:3]
        mine = [r for r in view.results if r.subject.person == self._subject.person]
        self.banner.hide()
        self._person, self._reference = name, view.contact.reference
        self._name_back()
        self._offer(view)
        left = [p for p in view.people if p.to_check]
        self.left_pane.subtitle.set_text(f"{len(left)} left to check" if left else "")
        day = spell_day(naming.local_day(desk.profile, view.contact.received_at))
        came = f"From {naming.source(view.contact, desk.profile)}, {day}"
        self.heads[0].show_contact(name, view.contact.reference, came)
        span = max((span_of(parts_of(c)) for c in self._candidates), default=1.0)
        for number, head in enumerate(self.heads[1:], 1):
            there = number <= len(self._candidates)
            head.setVisible(there)
            if there:
                found = self._candidates[number - 1]
                of = next(r for r in mine if r.partner == found.record.partner)
                head.show_candidate(number, found, partner_words.line(desk, of, found), span)
        self.table.facts.put(self._candidates)
        self._standing = {
            (partner, record): v.kind
            for (key, partner, record), v in known.standing(view.verdicts).items()
            if key == self._subject.person
        }
        self._show_earlier(view, mine, {w.id: w.name for w in workers})
        self._show_settling(view)
        self.asked.set_text(partner_words.asked(desk, mine))
        minded = {w for c in self._candidates for w in partner_words.warnings(mine, c)}
        if minded:
            self.minded.show_words("Mind the address.", " ".join(minded))
        else:
            self.minded.hide()
        any_found = bool(self._candidates)
        self.table.setVisible(any_found)
        self._heads_box.setVisible(any_found)
        self.state.setVisible(not any_found)
        if not any_found:
            self.state.show_empty(
                "No record found",
                f"{'Go' if self.again.isHidden() else 'Search again, or go'} back and carry on. "
                "Nothing is held up.",
                icon="search",
            )
        self._who = "child" if self._subject.person.startswith("c") else "person"
        self.choose(1)
        self.table.stand_on_first_fact()
        self.table.setFocus()

    def _offer(self, view: ContactView) -> None:
        """What whoever sits here may not do is not there."""
        worker, closed = self._holder.current().worker, bool(view.read_only_why)
        self._may_say = worker.may(May.LINK) and not closed
        self.again.setVisible(offered(worker, "Look up at partners") and not closed)
        self.panel.offer(self._may_say)
        says = _SAYS if self._may_say else ()
        self.hints.set((*_MOVES, *says, ("F6", "next pane")))

    def choose(self, record: int) -> None:
        """Weigh record 1, 2 or 3 at the right."""
        if record > max(1, len(self._candidates)):
            return
        self._chosen = record
        found = self._candidates[record - 1] if self._candidates else None
        for number, head in enumerate(self.heads[1:], 1):
            head.set_chosen(number == record and found is not None)
        self.table.set_chosen(record)
        self.chart.show_candidate(found)
        self.steps.put([(s.words, s.sentence) for s in self.chart.steps.steps])
        self._name_record()
        said = self._standing.get((found.record.partner, found.record.record_id)) if found else None
        self.panel.show_record(record, found, self._who, said)

    def _name_record(self) -> None:
        name = self.heads[self._chosen].name.text() if self._candidates else ""
        words = f"Record {self._chosen}" + ("" if self._blurred else f", {name}")
        self.right_pane.subtitle.set_text(words if name else "")

    def _show_settling(self, view: ContactView) -> None:
        assert self._subject is not None
        desk, person = self._holder.current(), self._subject.person
        mine = [r for r in view.results if r.subject.person == person]
        names = {r.partner: desk.partner_name(r.partner) for r in mine}
        said = all_left_open(mine, known.standing(view.verdicts).values(), names)
        self._settling_box.setVisible(bool(said))
        if said:
            self.settling.show_words("", " ".join(said))

    def _show_earlier(
        self, view: ContactView, mine: Sequence[LookupResult], names: Mapping[str, str]
    ) -> None:
        desk = self._holder.current()
        these = {(r.partner, c.record.record_id) for r in mine for c in r.candidates}
        verdicts: list[Verdict] = sorted(
            (
                v
                for v in {v.id: v for v in (*view.earlier, *view.verdicts)}.values()
                if (v.partner, v.record_id) in these
            ),
            key=lambda v: v.at,
        )
        self.earlier.put(
            [
                (
                    spell_day(naming.local_day(desk.profile, v.at)),
                    _said(v, names.get(v.by, v.by), desk.partner_name(v.partner)),
                )
                for v in reversed(verdicts[-6:])
            ]
        )
        self._earlier_box.setVisible(bool(verdicts) and not self._blurred)

    def _show_shape(self, shape: str) -> None:
        chart = shape == "chart"
        self.chart.setVisible(chart)
        self.bands.setVisible(chart)
        self.step_list.setVisible(not chart)

    # ---- acting ---------------------------------------------------------------

    def search_again(self) -> None:
        """Ask every partner anew."""
        subject = self._subject
        if subject is None:
            return
        desk = self._holder.current()
        self._jobs.run(
            lambda: match.look_up(desk, subject.contact_id),
            lambda _answers: self.show_subject(subject),
            self._refused,
            owner=self,
            lane="asking",
        )

    def _say(self, kind: VerdictKind) -> None:
        """L, X or U in the table: choose it, and go where it is said why."""
        if not self._may_say:
            return
        self.panel.choose(kind)
        if not self.bar.isHidden():
            self.bar.set_value("why")
            self.panel.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _judged(self, judgement: object) -> None:
        subject = self._subject
        if not isinstance(judgement, Judgement) or subject is None or not self._candidates:
            return
        desk, found = self._holder.current(), self._candidates[self._chosen - 1]
        act = {
            VerdictKind.SAME: match.link,
            VerdictKind.NOT_SAME: match.not_same,
            VerdictKind.UNSURE: match.unsure,
        }[judgement.kind]
        self._jobs.run(
            lambda: act(desk, subject, found, judgement.reasons, judgement.words),
            self._kept,
            lambda fault: self.panel.refuse(sentence(fault)),
            owner=self,
            lane="store",
        )

    def _kept(self, verdict: Verdict) -> None:
        words = {
            VerdictKind.SAME: "Linked.",
            VerdictKind.NOT_SAME: "Marked as not the same.",
            VerdictKind.UNSURE: "Marked as not sure.",
        }[verdict.kind]
        self.said.emit(f"{words} You can undo it on the contact.")
        self.decided.emit()

    def _refused(self, fault: Exception) -> None:
        self.banner.show_words(sentence(fault))

    # ---- what the window asks ---------------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Table, then why."""
        return (self.bar, self.left_pane, self.right_pane)

    def next_tab(self) -> None:
        """Ctrl Tab: the other pane, where one stands at a time."""
        self.bar.next_pane()

    def main_act(self) -> None:
        """Say the verdict."""
        if self._may_say:
            self.panel.judge()

    def refresh(self) -> None:
        """Read again."""
        if self._subject is not None:
            self.show_subject(self._subject)

    def set_blur(self, on: bool) -> None:
        """Hide values and names."""
        self._blurred = on
        self._name_back()
        self._name_record()
        self.table.facts.set_blurred(on)
        self._heads_box.setVisible(not on and bool(self._candidates))
        self._earlier_box.setVisible(not on and self.earlier.rowCount() > 0)

    def help_topic(self) -> str:
        """Its page."""
        return "compare"


def _said(verdict: Verdict, who: str, partner: str) -> str:
    what = {
        VerdictKind.SAME: "linked",
        VerdictKind.NOT_SAME: "marked as not the same",
        VerdictKind.UNSURE: "marked as not sure",
    }[verdict.kind]
    why = "; ".join([*verdict.reasons, verdict.words] if verdict.words else verdict.reasons)
    undone = " (taken back)" if verdict.undone_at else ""
    return f"{who} {what}: {partner}, {verdict.record_id}{undone}. {why}".strip()
