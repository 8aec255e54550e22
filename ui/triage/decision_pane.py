"""The decision form: parts that fold, a live meter, guidance beside the field, nothing lost.

The form never chooses, fills in or works out a rating or an outcome. It shows what a person
answered, names what is missing, and hands each answer over within a second of a pause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from triage.domain.changes import answer_words
from triage.domain.completeness import Asked
from triage.domain.decision import Answer, Completeness, SavedAnswer
from ui.shell.tab_chain import chain
from ui.triage.hidden import HIDDEN_WORDS
from ui.triage.parts.answering import Answering
from ui.triage.parts.field import Field
from ui.triage.parts.form import Form
from ui.triage.parts.meter_head import MeterHead
from ui.triage.parts.notes import Notes
from ui.triage.parts.send import SendStrip
from ui.triage.parts.steps import Steps
from ui.triage.parts.values import AnswerEdit, DecisionPaneView, SignedState
from ui.widgets.pane import Pane
from ui.widgets.section import Section
from ui.widgets.states import StateView
from ui.widgets.toast import announce

__all__ = ["AnswerEdit", "DecisionPane", "DecisionPaneView", "SignedState"]

_SETTLE_MS = 120


class DecisionPane(Pane):
    """The decision of the contact that is open.

    `answer_changed` carries an AnswerEdit. Whoever keeps it answers with `saved`,
    `show_conflict` or `not_saved`; until then that field sends nothing more. `propose_asked` is
    the whole decision, sent with nothing needed missing; `propose_with_gaps_asked` an urgent one
    sent despite gaps, with the reason. `guidance_asked` names the note to open, and
    `left_in_conflict` gives what `Field.beside` does, as its contact is left, `gave_way` mine where
    theirs was chosen; `shown` tells that a
    decision is shown, another or the same as it is now.
    """

    answer_changed = Signal(object)
    left_in_conflict = Signal(object, object)
    gave_way = Signal(object)
    propose_asked = Signal()
    propose_with_gaps_asked = Signal(str)
    guidance_asked = Signal(str)
    shown = Signal()
    stepped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Decision", parent=parent)
        self._open: Answering | None = None
        self._laid: tuple[object, ...] | None = None
        self._compact = False
        self._blurred = False
        self._steps = Steps()
        self._stepping = False
        self.progress = MeterHead(self._head_box, self.head, self.title, self.subtitle)
        self.notes = Notes()
        self.notes.again_asked.connect(self.flush)
        self.body.addWidget(self.notes)
        self.form = Form()
        self._empty = StateView()
        self.body.addWidget(self.form, 1)
        self.body.addWidget(self._empty, 1)
        self.send = SendStrip()
        self.send.next_pressed.connect(self.next_needed)
        self.send.send_pressed.connect(self.ask_to_send)
        self.send.gaps_accepted.connect(self.propose_with_gaps_asked)
        self.body.addWidget(self.send.explanation)
        self.foot.addWidget(self.send)
        self._chain = QTimer(self)
        self._chain.setSingleShot(True)
        self._chain.setInterval(0)
        self._chain.timeout.connect(self._chain_tab)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self.form.made.connect(self._made_field)
        self.form.laid.connect(self._chain.start)
        # Not at once: a click must not have what it aims at move away below it.
        self.form.moved_in.connect(self._settle.start)
        self._show_empty(True)

    # ---- showing --------------------------------------------------------

    def show_nothing(self, *, restricted: bool = False) -> None:
        """No contact is open, or one that this person may not see."""
        self._leave()
        self._open = self._laid = None
        self.form.take(None)
        self._show_empty(True)
        if restricted:
            self._empty.show_words(
                "shield-alert",
                "The decision is hidden",
                "It opens with the record.",
                colour="restricted",
            )

    def show(self, view: DecisionPaneView | None = None) -> None:
        """Show a contact's decision, leaving what is typed in it; without a view, Qt's `show`."""
        if view is None:
            super().show()
            return
        before = self._open
        if before is not None and before.view.contact.id != view.contact.id:
            before = None
        if before is None:
            self._leave()
        waiting = {f.key for f in self.fields() if f.is_waiting()}
        self._open = Answering(view, before, waiting)
        if self.form.take(self._open):
            self._laid = None
        self._show_empty(False)
        self.notes.show_state(view)
        self.show_foot(not self._open.read_only())
        self.subtitle.set_text(f"Draft {view.draft.number}")
        self._renew(view.completeness)
        if not self.form.guidance.isHidden():
            self.form.show_guidance()
        if before is None:
            self._steps.clear()
            self.send.explanation.hide()
            self.form.fold_as_begun(compact=self._compact)
            self.form.to_top()
        self.shown.emit()

    def to_make(self, view: DecisionPaneView) -> list[Callable[[], object]]:
        """Steps that make what `show` would make all at once the first time: part after part."""
        if self._open is not None:
            return []
        parts = [part.id for part in view.profile.parts if not part.folded]
        left = [part for part in parts if self.form.body(part) is None]
        if not left:
            return []
        answering = Answering(view, None, set())
        answering.renew(view.completeness)
        begin = partial(self.form.take, answering)
        return [begin, *(partial(self.form.make_part, part) for part in left)]

    def _leave(self) -> None:
        """Hand over what is typed, and what waits beside somebody else's answer."""
        self.flush()
        for beside in filter(None, (field.beside() for field in self.fields())):
            self.left_in_conflict.emit(*beside)

    def saved(self, saved: SavedAnswer) -> None:
        """An answer was kept."""
        field = self.form.field(saved.key)
        if field is not None and self._open is not None:
            waiting = field.value()
            field.kept(saved)
            self._open.answers[saved.key] = replace(saved, value=waiting)
        if not any(f.is_waiting() for f in self.fields()):
            self.notes.show_unsaved("")

    def answer(self, answer_key: str) -> SavedAnswer | None:
        """The answer as it is kept; None where there is none."""
        return self._open.answers.get(answer_key) if self._open else None

    def take_back(self, answer_key: str, value: Answer) -> None:
        """An answer was not sent: its field shows the one that stands."""
        field = self.form.field(answer_key)
        if field is not None:
            field.take_back(value)

    def not_saved(self, answer_key: str, why: str) -> None:
        """An answer could not be kept; it stays in its field, and `flush` sends it again."""
        self._laid = None
        field = self.form.field(answer_key)
        if field is not None:
            field.not_kept()
        self.notes.show_unsaved(why)

    def show_conflict(self, theirs: SavedAnswer) -> None:
        """Somebody else's answer was kept first: both are shown, whole, in that field."""
        self._laid = None
        now, field = self._open, self.form.field(theirs.key)
        if now is None or field is None or field.asked is None:
            return
        who = now.view.names.get(theirs.by, theirs.by)
        words = [
            answer_words(now.labelled(), field.question, value)
            for value in (field.value(), theirs.value)
        ]
        when = f"{theirs.at.astimezone(ZoneInfo(now.view.profile.working_time.zone)):%H:%M}"
        field.show_conflict(theirs, who, when, words[0], words[1])
        announce(self, f"{who} answered “{field.control.label}” too. Both are shown.")
        self.form.lay_part(field.asked.part.id)

    def flush(self) -> None:
        """Hand over at once what is waiting in any field."""
        for field in self.fields():
            field.flush()

    def set_compact(self, compact: bool) -> None:
        """In a narrow window, parts that are done fold to one line."""
        self._compact = compact
        self.form.fold_as_begun(compact=compact)

    def set_blur(self, on: bool) -> None:
        """F9: take the whole form away, from the screen and from readers, and bring it back."""
        self._blurred = on
        self._show_empty(self._open is None)

    def _show_empty(self, empty: bool) -> None:
        if empty:
            self._empty.show_empty("Choose a contact", "Its decision opens here.")
        else:
            self._empty.show_words("eye-off", "The decision is hidden", HIDDEN_WORDS)
        self._empty.setVisible(empty or self._blurred)
        self.form.setVisible(not empty and not self._blurred)
        self.progress.set_visible(not empty)
        if empty:
            self.subtitle.set_text("")
            self.send.explanation.hide()
            self.notes.clear()
        self.show_foot(not empty)

    # ---- going about ----------------------------------------------------

    def next_needed(self, step: int = 1) -> bool:
        """F8: go to the next (1) or previous (-1) answer that is needed; else what is advised,
        and round again at the end. False where nothing is missing."""
        focused = self.form.focused()
        here = focused.asked if focused else None
        return self._open is not None and self.form.reveal(self._open.next_missing(here, step))

    def reveal(self, question: str, person: str = "") -> bool:
        """Open the part a question is in and put the focus there. False where it is not asked."""
        return self._open is not None and self.form.reveal(self._open.find(question, person))

    def go_to_part(self, number: int) -> bool:
        """Ctrl G: open part `number` (from 1) and put the focus on its first question."""
        return self.form.go_to_part(number)

    def ask_to_send(self) -> None:
        """Ctrl Enter: send, or say what is missing and go to the first part needed."""
        now = self._open
        if now is None or now.view.read_only_why:
            return
        self.flush()
        conflict = next((f for f in self.fields() if f.in_conflict()), None)
        if conflict is not None:
            conflict.target().setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        if not now.meter.needed:
            self.propose_asked.emit()
            return
        self._explain(now)
        announce(self, self.send.explanation.words.text())
        self.form.reveal(next(iter(now.missing(needed=True)), None))

    def _explain(self, now: Answering) -> None:
        parts = now.view.profile.parts
        self.send.explanation.show_missing(parts, now.meter, urgent=now.is_urgent())

    def undo(self) -> bool:
        """Ctrl Z outside words: put the last choice back. False when there is none."""
        return self._step(self._steps.undo)

    def redo(self) -> bool:
        """Ctrl Y outside words: choose again what was undone."""
        return self._step(self._steps.redo)

    def _step(self, take: Callable[[], tuple[str, Answer] | None]) -> bool:
        if self._open is None or self._open.read_only() or (step := take()) is None:
            return False
        question, _, person = step[0].partition("@")
        if not self.reveal(question, person):
            return False
        field = self.form.field(step[0])
        if field is not None:
            self._stepping = True
            field.choose(step[1])
            self._stepping = False
        return True

    def ask_guidance(self) -> None:
        """F1: the whole note for the field that has the focus."""
        focused = self.form.focused()
        if focused is not None and focused.question.guidance:
            self.guidance_asked.emit(focused.question.guidance)

    def fields(self) -> list[Field]:
        """The fields built so far that are asked now, in the order of the form."""
        return self.form.fields()

    def section(self, part: str) -> Section:
        """The section of a part."""
        return self.form.section(part)

    def asked(self) -> tuple[Asked, ...]:
        """What is asked now."""
        return self._open.asked if self._open else ()

    def _chain_tab(self) -> None:
        """Tab goes as the eye does, also into what has just come up."""
        chain(self)

    # ---- keeping up with answers ----------------------------------------

    def _made_field(self, field: Field) -> None:
        field.edited.connect(self.answer_changed)
        field.gave_way.connect(self.gave_way)
        field.changed.connect(self._changed)

    def _changed(self, field: Field, chosen: bool) -> None:
        self._laid = None
        if self._open is None:
            return
        before = self._open.put(field.key, field.value(), field.version())
        # A rating is an act of its own, which whoever keeps it offers to undo.
        step = chosen and not self._stepping and field.question.id != "rating"
        if step and self._steps.add(field.key, before.value if before else "", field.value()):
            self.stepped.emit()
        if chosen:
            self._renew()
        else:
            self._settle.start()

    def _settled(self) -> None:
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._settle.start()
            return
        self._renew()
        self.form.show_guidance()

    def _renew(self, meter: Completeness | None = None) -> None:
        now = self._open
        if now is None:
            return
        laid = now.renew(meter)
        if laid == self._laid:
            return
        self._laid = laid
        self.form.lay()
        self.progress.show_meter(now.meter, now.left_out())
        self.send.show_gaps(sum(1 for s in now.meter.parts if s.needed), now.meter.needed)
        if not now.meter.needed or now.read_only():
            self.send.explanation.hide()
        elif not self.send.explanation.isHidden():
            self._explain(now)
