"""The decision form: parts that fold, a live meter, guidance beside the field, nothing lost.

The form never chooses, fills in or works out a rating or an outcome. It shows what a person
answered, names what is missing, and hands each answer over within a second of a pause.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from triage.domain.changes import answer_words
from triage.domain.completeness import Asked, codes_of, completeness, visible_questions, word_count
from triage.domain.decision import (
    Answer,
    Completeness,
    DecisionDraft,
    SavedAnswer,
    Weight,
    key,
)
from triage.domain.fact import Answer3
from triage.domain.profile import Code, Part, Profile, QuestionKind
from ui.shell.tab_chain import chain
from ui.theme import theme
from ui.triage.hidden import HIDDEN_WORDS
from ui.triage.parts.field import Field
from ui.triage.parts.guide import guide_for
from ui.triage.parts.meter_head import MeterHead
from ui.triage.parts.notes import Notes
from ui.triage.parts.part_body import PartBody
from ui.triage.parts.send import SendStrip
from ui.triage.parts.steps import Steps
from ui.triage.parts.values import AnswerEdit, DecisionPaneView, SignedState
from ui.widgets.banner import Guidance
from ui.widgets.pane import Body, Pane, Scroll
from ui.widgets.section import Section, State
from ui.widgets.states import StateView
from ui.widgets.toast import announce

__all__ = ["AnswerEdit", "DecisionPane", "DecisionPaneView", "SignedState"]

_DECIDERS = "@deciders"
_SETTLE_MS = 120


class DecisionPane(Pane):
    """The decision of the contact that is open.

    `answer_changed` carries an AnswerEdit. Whoever keeps it answers with `saved`,
    `show_conflict` or `not_saved`; until then that field sends nothing more. `propose_asked` is
    the whole decision, sent with nothing needed missing; `propose_with_gaps_asked` an urgent one
    sent despite gaps, with the reason. `guidance_asked` names the note to open, and
    `left_in_conflict` gives what `Field.beside` does, as its contact is left.
    """

    answer_changed = Signal(object)
    left_in_conflict = Signal(object, object)
    propose_asked = Signal()
    propose_with_gaps_asked = Signal(str)
    guidance_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Decision", parent=parent)
        self._view: DecisionPaneView | None = None
        self._profile: Profile | None = None
        self._answers: dict[str, SavedAnswer] = {}
        self._asked: tuple[Asked, ...] = ()
        self._meter_state: Completeness | None = None
        self._sections: dict[str, Section] = {}
        self._bodies: dict[str, PartBody] = {}
        self._focused: Field | None = None
        self._laid: tuple[object, ...] | None = None
        self._compact = False
        self._blurred = False
        self._steps = Steps()
        self._stepping = False
        self.progress = MeterHead(self._head_box, self.head, self.title, self.subtitle)
        self.notes = Notes()
        self.notes.again_asked.connect(self.flush)
        self.body.addWidget(self.notes)
        self._content = Body(gap=0)
        self._content.set_margins(0, 0, 0, 8)
        self._content.column.addStretch(1)
        self._scroll = Scroll(self._content, "Decision form")
        self._empty = StateView()
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(self._empty, 1)
        self.send = SendStrip()
        self.send.next_pressed.connect(self.next_needed)
        self.send.send_pressed.connect(self.ask_to_send)
        self.send.gaps_accepted.connect(self.propose_with_gaps_asked)
        self.body.addWidget(self.send.explanation)
        self.foot.addWidget(self.send)
        self.guidance = Guidance(parent=self._content)
        self.guidance.hide()
        self._chain = QTimer(self)
        self._chain.setSingleShot(True)
        self._chain.setInterval(0)
        self._chain.timeout.connect(self._chain_tab)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow_focus)
        self._show_empty(True)

    # ---- showing --------------------------------------------------------

    def show_nothing(self, *, restricted: bool = False) -> None:
        """No contact is open, or one that this person may not see."""
        self._leave()
        self._view = self._laid = None
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
        before = self._view
        fresh = before is None or before.contact.id != view.contact.id
        if fresh:
            self._leave()
        self._view = view
        self._answers = self._with_unkept(view, fresh)
        if self._profile is not view.profile and self._profile != view.profile:
            self._build(view.profile)
        self._show_empty(False)
        self.notes.show_state(view)
        self.show_foot(not self._is_read_only(view))
        self.subtitle.set_text(f"Draft {view.draft.number}")
        self._renew(view.completeness)
        if not self.guidance.isHidden():
            self._show_guidance()
        if fresh:
            self._steps.clear()
            self.send.explanation.hide()
            self._fold_as_begun()
            self._scroll.verticalScrollBar().setValue(0)

    def _leave(self) -> None:
        """Hand over what is typed, and what waits beside somebody else's answer."""
        self.flush()
        for beside in filter(None, (field.beside() for field in self.fields())):
            self.left_in_conflict.emit(*beside)

    def _with_unkept(self, view: DecisionPaneView, fresh: bool) -> dict[str, SavedAnswer]:
        """The draft's answers, under those typed here that are not kept yet."""
        answers = dict(view.draft.answers)
        if fresh:
            return answers
        waiting = {f.key for f in self.fields() if f.is_waiting()}
        for at, ours in self._answers.items():
            if at in waiting or ours.version > (answers[at].version if at in answers else 0):
                answers[at] = ours
        return answers

    def saved(self, saved: SavedAnswer) -> None:
        """An answer was kept."""
        for field in self.fields():
            if field.key == saved.key:
                waiting = field.value()
                field.kept(saved)
                self._answers[saved.key] = replace(saved, value=waiting)
        if not any(f.is_waiting() for f in self.fields()):
            self.notes.show_unsaved("")

    def answer(self, answer_key: str) -> SavedAnswer | None:
        """The answer as it is kept; None where there is none."""
        return self._answers.get(answer_key)

    def not_saved(self, answer_key: str, why: str) -> None:
        """An answer could not be kept; it stays in its field, and `flush` sends it again."""
        self._laid = None
        for field in self.fields():
            if field.key == answer_key:
                field.not_kept()
        self.notes.show_unsaved(why)

    def show_conflict(self, theirs: SavedAnswer) -> None:
        """Somebody else's answer was kept first: both are shown, whole, in that field."""
        self._laid = None
        view = self._view
        field = next((f for f in self.fields() if f.key == theirs.key), None)
        if view is None or field is None:
            return
        who = view.names.get(theirs.by, theirs.by)
        words = [
            answer_words(self._labelled(view), field.question, value)
            for value in (field.value(), theirs.value)
        ]
        when = f"{theirs.at.astimezone(ZoneInfo(view.profile.working_time.zone)):%H:%M}"
        field.show_conflict(theirs, who, when, words[0], words[1])
        announce(self, f"{who} answered “{field.control.label}” too. Both are shown.")
        self._lay_part(self._part_of(field))

    def flush(self) -> None:
        """Hand over at once what is waiting in any field."""
        for field in self.fields():
            field.flush()

    def set_compact(self, compact: bool) -> None:
        """In a narrow window, parts that are done fold to one line."""
        self._compact = compact
        if self._view is not None:
            self._fold_as_begun()

    def set_blur(self, on: bool) -> None:
        """F9: take the whole form away, from the screen and from readers, and bring it back."""
        self._blurred = on
        self._show_empty(self._view is None)

    # ---- going about ----------------------------------------------------

    def next_needed(self, step: int = 1) -> bool:
        """F8: go to the next (1) or previous (-1) answer that is needed; else what is advised,
        and round again at the end. False where nothing is missing."""
        missing = self._missing(needed=True) or self._missing(needed=False)
        if not missing:
            return False
        now = self._place_of_focus()
        places = [self._asked.index(a) for a in missing]
        if step > 0:
            at = next((i for i, p in enumerate(places) if p > now), 0)
        else:
            before = [i for i, p in enumerate(places) if p < now]
            at = before[-1] if before else len(places) - 1
        asked = missing[at]
        return self.reveal(asked.question.id, asked.person)

    def reveal(self, question: str, person: str = "") -> bool:
        """Open the part a question is in and put the focus there. False where it is not asked."""
        asked = next(
            (a for a in self._asked if a.question.id == question and a.person == person), None
        )
        if asked is None:
            return False
        self._sections[asked.part.id].set_open(True)
        field = self._field(question, person)
        if field is None:
            return False
        self._content.column.activate()
        # The part's own head first: it stays in sight where there is room for both.
        self._scroll.ensureWidgetVisible(self._sections[asked.part.id].head, 0, 0)
        self._scroll.ensureWidgetVisible(field, 0, theme().px(24))
        field.target().setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def go_to_part(self, number: int) -> bool:
        """Ctrl G: open part `number` (from 1) and put the focus on its first question."""
        if self._profile is None or not 1 <= number <= len(self._profile.parts):
            return False
        part = self._profile.parts[number - 1]
        first = next((a for a in self._asked if a.part.id == part.id), None)
        section = self._sections[part.id]
        section.set_open(True)
        if first is None:
            section.head.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
        return self.reveal(first.question.id, first.person)

    def ask_to_send(self) -> None:
        """Ctrl Enter: send, or say what is missing and go to the first part needed."""
        view, meter = self._view, self._meter_state
        if view is None or meter is None or view.read_only_why:
            return
        self.flush()
        conflict = next((f for f in self.fields() if f.in_conflict()), None)
        if conflict is not None:
            conflict.target().setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        if not meter.needed:
            self.propose_asked.emit()
            return
        self._explain(view, meter)
        announce(self, self.send.explanation.words.text())
        first = self._missing(needed=True)
        if first:
            self.reveal(first[0].question.id, first[0].person)

    def _explain(self, view: DecisionPaneView, meter: Completeness) -> None:
        rating = view.profile.rating(_one(self._value("rating")) or view.contact.rating)
        said = view.contact.content.urgent.answer is Answer3.YES
        urgent = said or (rating is not None and rating.urgent)
        self.send.explanation.show_missing(view.profile.parts, meter, urgent=urgent)

    def undo(self) -> bool:
        """Ctrl Z outside words: put the last choice back. False when there is none."""
        return self._step(self._steps.undo())

    def redo(self) -> bool:
        """Ctrl Y outside words: choose again what was undone."""
        return self._step(self._steps.redo())

    def _step(self, step: tuple[str, Answer] | None) -> bool:
        if step is None:
            return False
        question, _, person = step[0].partition("@")
        if not self.reveal(question, person):
            return False
        field = self._field(question, person)
        if field is not None:
            self._stepping = True
            field.choose(step[1])
            self._stepping = False
        return True

    def ask_guidance(self) -> None:
        """F1: the whole note for the field that has the focus."""
        if self._focused is not None and self._focused.question.guidance:
            self.guidance_asked.emit(self._focused.question.guidance)

    def fields(self) -> list[Field]:
        """The fields built so far that are asked now, in the order of the form."""
        if self._profile is None:
            return []
        made = [self._bodies[p.id] for p in self._profile.parts if p.id in self._bodies]
        return [f for body in made for f in body.fields()]

    def section(self, part: str) -> Section:
        """The section of a part."""
        return self._sections[part]

    def asked(self) -> tuple[Asked, ...]:
        """What is asked now."""
        return self._asked

    # ---- building -------------------------------------------------------

    def _build(self, profile: Profile) -> None:
        for section in self._sections.values():
            self._content.column.removeWidget(section)
            section.deleteLater()
        self.guidance.setParent(self._content)
        self.guidance.hide()
        self._sections, self._bodies, self._focused, self._laid = {}, {}, None, None
        self._profile = profile
        for number, part in enumerate(profile.parts, 1):
            section = Section(number, part.title, partial(self._make_body, part), rule=number > 1)
            self._sections[part.id] = section
            self._content.column.insertWidget(number - 1, section)

    def _make_body(self, part: Part) -> QWidget:
        body = PartBody(part, self._made_field)
        self._bodies[part.id] = body
        self._lay_part(part.id)
        self._chain.start()
        return body

    def _chain_tab(self) -> None:
        """Tab goes as the eye does, also into what has just come up."""
        chain(self)

    def _made_field(self, field: Field) -> None:
        field.edited.connect(self.answer_changed)
        field.changed.connect(self._changed)

    def _fold_as_begun(self) -> None:
        meter = self._meter_state
        if self._profile is None or meter is None:
            return
        done = {s.part for s in meter.parts if s.done}
        for part in self._profile.parts:
            folded = part.folded or (self._compact and part.id in done)
            self._sections[part.id].set_open(not folded)

    def _show_empty(self, empty: bool) -> None:
        if empty:
            self._empty.show_empty("Choose a contact", "Its decision opens here.")
        else:
            self._empty.show_words("eye-off", "The decision is hidden", HIDDEN_WORDS)
        self._empty.setVisible(empty or self._blurred)
        self._scroll.setVisible(not empty and not self._blurred)
        self.progress.set_visible(not empty)
        if empty:
            self.subtitle.set_text("")
            self.send.explanation.hide()
            self.notes.clear()
        self.show_foot(not empty)

    def _is_read_only(self, view: DecisionPaneView) -> bool:
        return bool(view.read_only_why) or view.signed is not None

    # ---- keeping up with answers ----------------------------------------

    def _changed(self, field: Field, chosen: bool) -> None:
        self._laid = None
        view = self._view
        if view is None:
            return
        before = self._answers.get(field.key)
        if chosen and not self._stepping:
            self._steps.add(field.key, before.value if before else "", field.value())
        self._answers[field.key] = SavedAnswer(
            key=field.key,
            value=field.value(),
            version=field.version(),
            by=before.by if before else "",
            at=before.at if before else view.contact.received_at,
        )
        if chosen:
            self._renew()
        else:
            self._settle.start()

    def _settled(self) -> None:
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._settle.start()
            return
        self._renew()
        self._show_guidance()

    def _draft(self, view: DecisionPaneView) -> DecisionDraft:
        return replace(view.draft, answers=dict(self._answers))

    def _renew(self, meter: Completeness | None = None) -> None:
        view = self._view
        if view is None:
            return
        draft = self._draft(view)
        self._asked = visible_questions(
            view.profile,
            draft,
            view.contact,
            view.today,
            repeat_contacts=view.repeat_contacts,
            results=view.results,
        )
        self._meter_state = meter or completeness(
            view.profile,
            draft,
            view.contact,
            today=view.today,
            repeat_contacts=view.repeat_contacts,
            results=view.results,
        )
        # Each answer of a partner has all of it read anew, and hardly ever changes the form.
        laid = (self._asked, self._meter_state, draft.answers, replace(view, results=()))
        if laid == self._laid:
            return
        self._laid = laid
        before = self.fields()
        for part in view.profile.parts:
            self._lay_part(part.id)
        if before != self.fields():
            self._chain.start()
        self._show_meter(view, self._meter_state)

    def _lay_part(self, part: str) -> None:
        view, body = self._view, self._bodies.get(part)
        if view is None or body is None:
            return
        read_only = self._is_read_only(view)
        targets = {r.code: r.target for r in view.profile.ratings}
        for asked, field in body.lay([a for a in self._asked if a.part.id == part]):
            field.set_targets(targets)
            field.control.set_today(view.today)
            answer_key = key(asked.question.id, asked.person)
            given = view.contact.rating or "" if asked.question.id == "rating" else ""
            field.show_answer(
                view.contact.id,
                asked,
                self._answers.get(answer_key),
                self._codes(view, asked),
                given,
            )
            field.set_read_only(read_only)
            level = asked.question.widget == "level"
            field.set_note(f"By {view.profile.threshold_document}" if level else "")
            missing = not codes_of(field.value()) and not read_only
            if missing and asked.needed:
                field.set_missing("Needed to send")
            elif missing and asked.advised:
                field.set_missing("Advised", "muted")
            else:
                field.set_missing("")
            field.set_warnings(self._contradictions(asked))

    def _contradictions(self, asked: Asked) -> list[str]:
        problems = self._meter_state.problems if self._meter_state else ()
        return [
            p.sentence
            for p in problems
            if p.weight is Weight.CONTRADICTS
            and (p.question, p.person) == (asked.question.id, asked.person)
        ]

    def _codes(self, view: DecisionPaneView, asked: Asked) -> tuple[Code, ...]:
        """What may be chosen today, and what was chosen earlier, so that it reads as words."""
        whole = self._labelled(view).codes.get(asked.question.codes, ())
        chosen = codes_of(self._value(asked.question.id, asked.person))
        live = view.profile.codes_on(asked.question.codes, view.today)
        if asked.question.codes == _DECIDERS:
            live = view.deciders
        known = {c.code for c in live}
        return (*live, *(c for c in whole if c.code in chosen and c.code not in known))

    def _labelled(self, view: DecisionPaneView) -> Profile:
        return replace(view.profile, codes={**view.profile.codes, _DECIDERS: view.deciders})

    def _show_meter(self, view: DecisionPaneView, meter: Completeness) -> None:
        self.progress.show_meter(meter)
        for state in meter.parts:
            section = self._sections[state.part]
            mark: State = "needed" if state.needed else "advised" if state.advised else "done"
            section.set_state(mark if state.summary or mark != "done" else "")
            section.set_summary(state.summary, self._words_in(state.part))
        self.send.show_gaps(sum(1 for s in meter.parts if s.needed), meter.needed)
        if not meter.needed or self._is_read_only(view):
            self.send.explanation.hide()
        elif not self.send.explanation.isHidden():
            self._explain(view, meter)

    def _words_in(self, part: str) -> str:
        """How many words stand in a part that is one piece of writing."""
        first = next((a for a in self._asked if a.part.id == part), None)
        if first is None or first.question.kind is not QuestionKind.TEXT or first.person:
            return ""
        words = word_count(self._value(first.question.id))
        return f"{words} words" if words else ""

    def _value(self, question: str, person: str = "") -> Answer:
        saved = self._answers.get(key(question, person))
        return saved.value if saved else ""

    def _missing(self, *, needed: bool) -> list[Asked]:
        rated = self._view.contact.rating if self._view else None
        return [
            a
            for a in self._asked
            if (a.needed if needed else a.advised)
            and not codes_of(self._value(a.question.id, a.person))
            and not (a.question.id == "rating" and rated)
        ]

    # ---- focus and guidance ---------------------------------------------

    def _field(self, question: str, person: str) -> Field | None:
        wanted = key(question, person)
        return next((f for f in self.fields() if f.key == wanted), None)

    def _part_of(self, field: Field) -> str:
        return field.asked.part.id if field.asked else ""

    def _place_of_focus(self) -> int:
        asked = self._focused.asked if self._focused else None
        return self._asked.index(asked) if asked in self._asked else -1

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        before = self._focused
        at: QObject | None = new
        while at is not None and not isinstance(at, Field):
            at = at.parent()
        inside = isinstance(at, Field) and self.isAncestorOf(at)
        if inside and isinstance(at, Field):
            self._focused = at
        if before is not None and before is not at:
            before.flush()
        if inside:
            # Not at once: a click must not have what it aims at move away below it.
            self._settle.start()

    def _show_guidance(self) -> None:
        view, field = self._view, self._focused
        if view is None or field is None or field.asked is None or field not in self.fields():
            self.guidance.hide()
            return
        guide = guide_for(view.profile, field.asked, self._children(), field.value())
        if guide is None or self._is_read_only(view):
            self.guidance.hide()
            return
        self._bodies[self._part_of(field)].guide(field, self.guidance)
        words = "" if guide.prompts else guide.words
        self.guidance.show_words(guide.title, words, guide.prompts)
        self.guidance.show()

    def _children(self) -> tuple[str, ...]:
        view = self._view
        if view is None:
            return ()
        return tuple(c.given.value for c in view.contact.content.children if c.given.known)


def _one(value: Answer) -> str:
    return next(iter(codes_of(value)), "")
