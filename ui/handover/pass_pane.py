"""The middle pane: each contact of this person's, to whom it goes, what is next, and their yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.handover import next_time
from triage.domain.spelling import counted, spell_in_week
from triage.domain.worker import Worker
from triage.workflow.handover import Handover, PassedRow
from triage.workflow.unsent_words import Passing
from ui.actions import bind_list
from ui.handover.panes import CONTEXT
from ui.handover.rows import ColumnHeads, Line, LinesView, PassDelegate, Row
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.choice import Choice
from ui.widgets.editor import Editor, LineField, Pause
from ui.widgets.headed import Head
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Pane, Rule
from ui.widgets.states import StateView
from ui.widgets.text import Text

STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Written:
    """What is written about one contact's handing over. `next_at` that can't be read is None."""

    contact_id: UUID
    passing: Passing


class PassPane(Pane):
    """`kept` gives what is Written as it is typed; `offer_asked` hands all over, `print_asked` puts
    all on paper; `accepted`, `declined` and `withdrawn` give a PassedRow; `opened` and
    `snooze_asked` a contact's id."""

    kept = Signal(object)
    offer_asked = Signal()
    accepted = Signal(object)
    declined = Signal(object)
    withdrawn = Signal(object)
    opened = Signal(object)
    snooze_asked = Signal(object)
    print_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Hand over", "least time first", parent=parent)
        self.print = Button("Print list", "printer", key_hint="Ctrl P", dense=True)
        self.print.clicked.connect(self.print_asked)
        self.add_action(self.print)
        self._handover: Handover | None = None
        self._row: PassedRow | None = None
        self._now = datetime.now(UTC)
        self._hidden = False
        self.view = LinesView("Contacts to hand over", PassDelegate)
        self.view.row_changed.connect(lambda _: self._show_row())
        self.view.doubleClicked.connect(self._open)
        self.keys = bind_list(self.view, CONTEXT, {"Open": self._open, "Snooze": self._snooze})
        self.heads = ColumnHeads(self.view)
        self.state = StateView()
        self._pause = Pause(self)
        self._pause.due.connect(self._keep)
        self.editor = QWidget()
        self.about = Text("", "label", weight=600, elide=True)
        self.kept_with = Text("goes with the contact, kept on the record", "small", "text2")
        self.to = Choice("Goes to", placeholder="Stays with you")
        self.step = LineField("Next step", "What is to be done next")
        self.when = LineField("When", "Wed 9:30")
        self.words = Editor("Words for them", "What they should know", lines=2)
        self.to.chosen.connect(lambda _: self._keep())
        for part in (self.step, self.when):
            part.typed.connect(lambda _: self._pause.touch())
        self.words.text_changed.connect(lambda *_: self._pause.touch())
        self.accept = Button("Accept", "check", "primary")
        self.decline = Button("Say no", "x")
        self.withdraw = Button("Take it back", "undo-2")
        self.accept.clicked.connect(lambda: self._tell(self.accepted))
        self.decline.clicked.connect(lambda: self._tell(self.declined))
        self.withdraw.clicked.connect(lambda: self._tell(self.withdrawn))
        self.said = Text("", "body", wrap=True)
        self.next = Button("Next without a name", "list-checks", key_hint="F8")
        self.next.clicked.connect(lambda: self.next_unnamed(1))
        self.note = Text("", "small", "text2", spare=True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.send = Button("Hand over", "arrow-left-right", "primary", key_hint="Ctrl Enter")
        self.send.clicked.connect(self.offer_asked)
        self._build()
        self.editor.hide()  # nothing to accept or write before there is a contact
        self._space_editor()
        theme().scaled.connect(self._space_editor)

    def _build(self) -> None:
        self._column = QVBoxLayout(self.editor)
        self._names = QHBoxLayout()
        self._names.addWidget(self.about)
        self._names.addWidget(self.kept_with, 1)
        self._fields = QHBoxLayout()
        self._labels = []
        for part, words, stretch in (
            (self.to, "Goes to", 3),
            (self.step, "Next step", 5),
            (self.when, "When", 2),
        ):
            label = Text(words, "small", "text2")
            self._labels.append(label)
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(label)
            column.addWidget(part)
            self._fields.addLayout(column, stretch)
        self._acts = QHBoxLayout()
        self._acts.addWidget(self.said, 1)
        for button in (self.withdraw, self.decline, self.accept):
            self._acts.addWidget(button)
        self._column.addLayout(self._names)
        self._column.addLayout(self._fields)
        self._column.addWidget(self.words)
        self._column.addLayout(self._acts)
        self.body.addWidget(self.heads)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.state, 1)
        self.body.addWidget(Rule())
        self.body.addWidget(self.editor)
        self.foot.addWidget(self.next)
        self.hints = KeyHints((("Z", "snooze"), ("Enter", "open")))
        self.foot.addWidget(self.hints)
        self.foot.addWidget(self.note, 1)
        self.foot.addWidget(self.send)

    def _space_editor(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(14), t.px(8), t.px(12), t.px(10))
        self._column.setSpacing(t.px(6))
        for row in (self._names, self._fields, self._acts):
            row.setSpacing(t.px(8))

    # ---- showing --------------------------------------------------------

    def landing(self) -> QWidget | None:
        """The list."""
        return self.view if self.view.isVisibleTo(self) else None

    def show_handover(self, handover: Handover, *, hidden: bool) -> None:
        """Show the rows; what is being written is left alone."""
        self._handover, self._hidden = handover, hidden
        lines: list[Line] = []
        for group in dict.fromkeys(r.group for r in handover.rows):
            held = [r for r in handover.rows if r.group == group]
            need = group == handover.before_words
            needs = "needs a name" if len(held) == 1 else "each needs a name"
            note = f"{len(held)}, {needs}" if need else str(len(held))
            lines.append(Head(group, note))
            lines += [Row(r, str(r.contact_id), hidden) for r in held]
        self.view.put(lines)
        there = bool(lines)
        for part in (self.view, self.heads, self.editor):
            part.setVisible(there)
        self.state.setVisible(not there)
        if not there:
            self.state.show_empty("Nothing to hand over", "You have no open contact.")
        self._show_row()
        self._show_foot(handover)

    def show_fault(self, words: str) -> None:
        """It could not be read."""
        for part in (self.view, self.heads, self.editor):
            part.hide()
        self.state.show_error("The handover could not be read", words)
        self.state.show()

    def _show_foot(self, handover: Handover) -> None:
        ready, unnamed = len(handover.drafts()), len(handover.unnamed())
        waiting = sum(r.standing == "offered" and not r.whose for r in handover.rows)
        accepted = sum(r.standing == "accepted" for r in handover.rows)
        self.send.set_text(f"Hand over {ready}" if ready else "Hand over")
        self.send.set_ready(ready > 0 and not unnamed)
        self.next.setVisible(unnamed > 0)
        if waiting:
            total = waiting + accepted
            words = f"{accepted} of {total} accepted; the rest stays with you until then"
        elif unnamed:
            words = f"{counted(unnamed, 'contact')} without a name or a next step"
        else:
            words = "It stays with you until it is accepted" if ready else ""
        self.note.set_text(words)

    def current(self) -> PassedRow | None:
        """The contact that is current."""
        row = self.view.current()
        return row.told if row is not None and isinstance(row.told, PassedRow) else None

    def _show_row(self) -> None:
        row, before = self.current(), self._row
        if before is not None and (row is None or row.contact_id != before.contact_id):
            self._pause.flush()
        fresh = before is None or row is None or row.contact_id != before.contact_id
        self._row = row
        if row is None or self._handover is None:
            self.editor.hide()
            return
        self.editor.setVisible(not self._hidden and not row.fixed)
        mine = row.standing in ("stays", "draft", "declined") and not row.whose
        offer = row.offer
        self.about.set_text(f"Words about {row.title}")
        for part in (self.to, self.step, self.when, self.words, self.kept_with, *self._labels):
            part.setVisible(mine)
        self.accept.setVisible(bool(row.whose))
        self.decline.setVisible(bool(row.whose))
        self.withdraw.setVisible(row.standing == "offered" and not row.whose)
        self.said.set_text(_said(row))
        self.said.setVisible(not mine or row.standing == "declined")
        typing = self._pause.is_waiting()
        if mine and (fresh or not typing):
            takers = [(w.id, _taker(w)) for w in self._handover.takers]
            self.to.set_options([(STAYS, "Stays with you"), *takers])
            to = offer.to if offer and row.standing == "draft" else ""
            self.to.set_value(to or STAYS)
            self.step.put(offer.next_step if offer else "")
            if fresh or not self.when.hasFocus():
                self.when.put(self._spelt(offer.next_at if offer else None))
            self.words.put(offer.words if offer else "")

    # ---- writing --------------------------------------------------------

    def flush(self) -> None:
        """Keep what is being written, now."""
        self._pause.flush()

    def is_writing(self) -> bool:
        """Whether something written is not kept yet."""
        return self._pause.is_waiting()

    def set_clock(self, now: datetime) -> None:
        """The hub's own clock, for times that are written."""
        self._now = now

    def _spelt(self, at: datetime | None) -> str:
        if at is None:
            return ""
        return f"{at:%H:%M}" if at.date() == self._now.date() else spell_in_week(at)

    def _keep(self) -> None:
        row = self._row
        if row is None or row.whose or row.standing not in ("stays", "draft", "declined"):
            return
        to = self.to.value() or ""
        at = next_time(self.when.text(), self._now) if self.when.text().strip() else None
        self.when.set_wrong(bool(self.when.text().strip()) and at is None)
        self.kept.emit(
            Written(
                row.contact_id,
                Passing(
                    to="" if to == STAYS else to,
                    next_step=self.step.text(),
                    next_at=at,
                    words=self.words.toPlainText(),
                ),
            )
        )

    def next_unnamed(self, step: int) -> bool:
        """F8: the next row that needs a name or a next step; False where none does."""
        if self._handover is None:
            return False
        wanted = [self.view.lines.place_of(str(r.contact_id)) for r in self._handover.unnamed()]
        if not wanted:
            return False
        here = self.view.currentIndex().row()
        order = sorted(wanted, reverse=step < 0)
        goal = next((p for p in order if (p - here) * step > 0), order[0])
        self.view.setCurrentIndex(self.view.lines.index(goal))
        row = self.current()
        lacks_name = row is None or row.offer is None or not row.offer.to
        (self.to if lacks_name else self.step).setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _open(self, *_: object) -> None:
        row = self.current()
        if row is not None:
            self.opened.emit(row.contact_id)

    def _snooze(self) -> None:
        row = self.current()
        if row is not None and not row.whose:
            self.snooze_asked.emit(row.contact_id)

    def _tell(self, signal: object) -> None:
        row = self.current()
        if row is not None:
            signal.emit(row)  # type: ignore[attr-defined]  # a bound Signal


def _taker(worker: Worker) -> str:
    return f"{worker.name}, {worker.job[:1].lower()}{worker.job[1:]}"


def _said(row: PassedRow) -> str:
    offer = row.offer
    if offer is None:
        return ""
    if row.standing == "declined":
        return f"{row.to_name} said no: {offer.answer}"
    said = "; ".join(w for w in (offer.next_step, offer.words) if w)
    if row.whose:
        return f"{row.whose} holds it out to you. {said}"
    if row.standing == "offered":
        return f"Held out to {row.to_name}; it stays with you until they accept. {said}"
    return f"{row.to_name} has it now. {said}"
