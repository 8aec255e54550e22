"""The parts of the decision form, one under another, with guidance under the field in hand."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from triage.domain.completeness import Asked, codes_of
from triage.domain.decision import key
from triage.domain.profile import Part, Profile
from ui.theme import theme
from ui.triage.parts.answering import Answering
from ui.triage.parts.field import Field
from ui.triage.parts.guide import guide_for
from ui.triage.parts.part_body import PartBody
from ui.widgets.banner import Guidance
from ui.widgets.pane import Body, Scroll
from ui.widgets.section import Section, State


class Form(Scroll):
    """Shows what an `Answering` holds. A part's fields are made when it is first opened.

    `made` gives each new Field once; `laid` tells that other fields stand here than before;
    `moved_in` that the focus came into a field.
    """

    made = Signal(object)
    laid = Signal()
    moved_in = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self._content = Body(gap=0)
        super().__init__(self._content, "Decision form", parent)
        self._content.set_margins(0, 0, 0, 8)
        self._content.column.addStretch(1)
        self._answering: Answering | None = None
        self._profile: Profile | None = None
        self._sections: dict[str, Section] = {}
        self._bodies: dict[str, PartBody] = {}
        self._focused: Field | None = None
        self.guidance = Guidance(parent=self._content)
        self.guidance.hide()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow_focus)

    # ---- what stands in it ----------------------------------------------

    def take(self, answering: Answering | None) -> bool:
        """Show what this holds from now on, once it is laid; True where the parts are made anew."""
        self._answering = answering
        if answering is None or self._profile == answering.view.profile:
            return False
        self._build(answering.view.profile)
        return True

    def _build(self, profile: Profile) -> None:
        for section in self._sections.values():
            self._content.column.removeWidget(section)
            section.deleteLater()
        self.guidance.setParent(self._content)
        self.guidance.hide()
        self._sections, self._bodies, self._focused = {}, {}, None
        self._profile = profile
        for number, part in enumerate(profile.parts, 1):
            section = Section(number, part.title, partial(self._make_body, part), rule=number > 1)
            self._sections[part.id] = section
            self._content.column.insertWidget(number - 1, section)

    def _make_body(self, part: Part) -> QWidget:
        body = PartBody(part, self.made.emit)
        self._bodies[part.id] = body
        self.lay_part(part.id)
        self.laid.emit()
        return body

    def make_part(self, part: str) -> None:
        """Make the fields of a part, folded."""
        self._sections[part].make()

    def fields(self) -> list[Field]:
        """The fields made so far that are asked now, in the order of the form."""
        if self._profile is None:
            return []
        made = [self._bodies[p.id] for p in self._profile.parts if p.id in self._bodies]
        return [f for body in made for f in body.fields()]

    def field(self, answer_key: str) -> Field | None:
        """The field of an answer; None where it is not made or not asked."""
        return next((f for f in self.fields() if f.key == answer_key), None)

    def body(self, part: str) -> PartBody | None:
        """The questions of a part; None until it was opened."""
        return self._bodies.get(part)

    def section(self, part: str) -> Section:
        """The section of a part."""
        return self._sections[part]

    def focused(self) -> Field | None:
        """The field that has, or last had, the focus."""
        return self._focused

    # ---- showing --------------------------------------------------------

    def lay(self) -> None:
        """Show each part's questions, answers and state as they are now."""
        answering = self._answering
        if answering is None:
            return
        before = self.fields()
        for part in answering.view.profile.parts:
            self.lay_part(part.id)
        if before != self.fields():
            self.laid.emit()
        for state in answering.meter.parts:
            section = self._sections[state.part]
            mark: State = "needed" if state.needed else "advised" if state.advised else "done"
            section.set_state(mark if state.summary or mark != "done" else "")
            section.set_summary(state.summary, answering.words_in(state.part))

    def lay_part(self, part: str) -> None:
        """Show the questions of one part, if it was ever opened."""
        answering, body = self._answering, self._bodies.get(part)
        if answering is None or body is None:
            return
        view, read_only = answering.view, answering.read_only()
        targets = {r.code: r.target for r in view.profile.ratings}
        for asked, field in body.lay(answering.of_part(part)):
            field.set_targets(targets)
            field.control.set_today(view.today)
            field.show_answer(
                view.contact.id,
                asked,
                answering.answers.get(key(asked.question.id, asked.person)),
                answering.codes(asked),
                answering.given(asked),
                answering.changed_by(asked),
            )
            field.set_read_only(read_only)
            level = asked.question.widget == "level"
            field.set_note(_taken_from(view.profile.threshold_document) if level else "")
            missing = not codes_of(field.value()) and not read_only
            if missing and asked.needed:
                field.set_missing("Needed to send")
            elif missing and asked.advised:
                field.set_missing("Advised", "muted")
            else:
                field.set_missing("")
            field.set_warnings(answering.contradictions(asked))

    def fold_as_begun(self, *, compact: bool) -> None:
        """Fold what the profile folds and, where the window is narrow, what is done."""
        answering = self._answering
        if answering is None:
            return
        done = {s.part for s in answering.meter.parts if s.done}
        for part in answering.view.profile.parts:
            folded = part.folded or (compact and part.id in done)
            self._sections[part.id].set_open(not folded)

    def to_top(self) -> None:
        """Scroll to the first part."""
        self.verticalScrollBar().setValue(0)

    # ---- going about ----------------------------------------------------

    def reveal(self, asked: Asked | None) -> bool:
        """Open the part a question is in and put the focus there. False where it is not asked."""
        if asked is None:
            return False
        section = self._sections[asked.part.id]
        section.set_open(True)
        field = self.field(key(asked.question.id, asked.person))
        if field is None:
            return False
        self._content.column.activate()
        # The part's own head first: it stays in sight where there is room for both.
        self.ensureWidgetVisible(section.head, 0, 0)
        self.ensureWidgetVisible(field, 0, theme().px(24))
        field.target().setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def go_to_part(self, number: int) -> bool:
        """Open part `number` (from 1), the focus on its first question. False: no such part."""
        answering = self._answering
        if answering is None or not 1 <= number <= len(answering.view.profile.parts):
            return False
        part = answering.view.profile.parts[number - 1]
        first = next(iter(answering.of_part(part.id)), None)
        if first is not None:
            return self.reveal(first)
        self._sections[part.id].set_open(True)
        self._sections[part.id].head.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        before = self._focused
        at: QObject | None = new
        while at is not None and not isinstance(at, Field):
            at = at.parent()
        inside = at if isinstance(at, Field) and self.isAncestorOf(at) else None
        if inside is not None:
            self._focused = inside
        if before is not None and before is not at:
            before.flush()
        if inside is not None:
            self.moved_in.emit()

    def show_guidance(self) -> None:
        """Show the note for the field in hand under it; nothing where it has none."""
        answering, field = self._answering, self._focused
        if answering is None or field is None or field.asked is None or field not in self.fields():
            self.guidance.hide()
            return
        profile = answering.view.profile
        guide = guide_for(profile, field.asked, answering.children(), field.value())
        if guide is None or answering.read_only():
            self.guidance.hide()
            return
        self._bodies[field.asked.part.id].guide(field, self.guidance)
        words = "" if guide.prompts else guide.words
        self.guidance.show_words(guide.title, words, guide.prompts)
        self.guidance.show()


def _taken_from(document: str) -> str:
    """The threshold document; its last two words stay on one line, so that no year stands alone."""
    *before, month, year = f"By {document}".split(" ")
    return " ".join((*before, f"{month}\N{NO-BREAK SPACE}{year}"))
