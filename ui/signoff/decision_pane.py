"""The right: checks, what the leader decides, their comment, their signature, and its way on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.decision import Answer, Check, Delivery, Verb, VersionState
from triage.domain.worker import Worker
from ui.signoff.change_editor import ChangeEditor
from ui.signoff.delivery_view import DeliveryView
from ui.signoff.shown import Shown
from ui.signoff.sign_block import SignBlock
from ui.signoff.verbs import Verbs
from ui.theme import theme
from ui.widgets.banner import Banner, Guidance, IconLabel
from ui.widgets.editor import Editor, Pause
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.states import StateView
from ui.widgets.text import Paragraph, Text

BEFORE_YOU_SIGN = (
    "Is each child safe tonight, and who will see them next? "
    "If you disagree about the level, call before you return it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What the leader wants done, with all it needs. The PIN is "" when returning."""

    verb: Verb
    comment: str
    pin: str = field(default="", repr=False)
    changes: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(slots=True)
class _Begun:
    """What was begun on one version and not done yet; kept while others are read."""

    verb: Verb | None = None
    comment: str = ""
    changes: dict[str, Answer] = field(default_factory=dict)


class DecisionPane(Pane):
    """Checks, choice, comment and signature of one version; after it, where it stands.

    `act_asked` gives an `Act`, `comment_rests` a version and its comment once typing pauses,
    `reconcile_asked` the delivery to ask about, `hand_asked` the one to export by hand,
    `number_asked` the one to give a case number, `send_asked` to try sending again now,
    `save_asked` the one whose document is to be saved.
    """

    act_asked = Signal(object)
    comment_rests = Signal(object, str)
    reconcile_asked = Signal(object)
    hand_asked = Signal(object)
    number_asked = Signal(object)
    send_asked = Signal()
    save_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Your decision", "", parent=parent)
        self.subtitle.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._shown: Shown | None = None
        self._begun: dict[object, _Begun] = {}
        self.state = StateView()
        self.checks = _Checks()
        self.verbs = Verbs()
        self.change = ChangeEditor()
        self.agree_label = Text("Agree this?", "label", weight=600)
        self.comment_label = Text("Management comment", "label", weight=500)
        self.comment_hint = Text("kept on the child's record", "small", "muted")
        self.comment = Editor("Management comment", lines=3, max_lines=8)
        self.comment_label.setBuddy(self.comment)
        self.guidance = Guidance()
        self.guidance.key.hide()
        self.guidance.show_words("Before you sign", BEFORE_YOU_SIGN)
        self.problem = Banner("warning")
        self.why_not = Banner("info")
        self.sign = SignBlock()
        self.way = DeliveryView()
        label_row = QWidget()
        labels = QHBoxLayout(label_row)
        labels.setContentsMargins(0, 0, 0, 0)
        labels.addWidget(self.comment_label)
        labels.addWidget(self.comment_hint)
        labels.addStretch(1)
        self.rule = Rule()
        said = QWidget()
        self._said = QVBoxLayout(said)
        self._said.addWidget(label_row)
        self._said.addWidget(self.comment)
        content = Body(gap=10)
        for part in (
            self.why_not,
            self.way,
            self.checks,
            self.rule,
            self.agree_label,
            self.verbs,
            self.change,
            said,
            self.guidance,
            self.problem,
            self.sign,
        ):
            content.column.addWidget(part)
        content.column.addStretch(1)
        self._content = content
        self.scroller = Scroll(content, "Your decision")
        self._low = QWidget()
        self._low_column = QVBoxLayout(self._low)
        self._low.hide()
        self._short = False
        self.body.addWidget(self.state)
        self.body.addWidget(self.scroller, 1)
        self.body.addWidget(self._low)
        self._deciding = (
            self.rule,
            self.agree_label,
            self.verbs,
            said,
            self.guidance,
            self.sign,
        )
        self.verbs.chosen.connect(self._chosen)
        self.comment.text_changed.connect(self._typed)
        self.change.edited.connect(self._edited)
        self._pause = Pause(self)
        self._pause.due.connect(self._rested)
        self.sign.pressed.connect(self.main_act)
        self.sign.pin_typed.connect(self._ready)
        self.way.reconcile_asked.connect(self.reconcile_asked)
        self.way.hand_asked.connect(self.hand_asked)
        self.way.number_asked.connect(self.number_asked)
        self.way.send_asked.connect(self.send_asked)
        self.way.save_asked.connect(self.save_asked)
        self._room()
        theme().scaled.connect(self._room)
        self.show_nothing()

    def set_short(self, short: bool) -> None:
        """Where there is little height the signature stays in sight below what scrolls."""
        if short is self._short:
            return
        self._short = short
        column = self._low_column if short else self._content.column
        place = column.count() if short else column.count() - 1
        for offset, part in enumerate((self.problem, self.sign)):
            column.insertWidget(place + offset, part)
        self._low.setVisible(short and not self.scroller.isHidden())

    def _room(self) -> None:
        t = theme()
        self._said.setContentsMargins(0, t.px(6), 0, 0)
        self._said.setSpacing(t.px(4))
        self._low_column.setContentsMargins(t.px(14), t.px(6), t.px(14), t.px(10))
        self._low_column.setSpacing(t.px(6))

    def show_nothing(self) -> None:
        """Nothing is being read."""
        self._shown = None
        self.scroller.hide()
        self._low.hide()
        self.subtitle.set_text("")
        self.state.show()
        self.state.show_empty("Choose a decision", "Checks and your signature come here.")

    def show_decision(
        self,
        shown: Shown,
        *,
        worker: Worker,
        outcome: str,
        deliveries: Sequence[Delivery],
        comment: str = "",
    ) -> None:
        """This version; what was begun on it before is still there. `comment` is as stored."""
        self.save_now()
        self._shown = shown
        view, version = shown.view, shown.view.version
        self.state.hide()
        self.scroller.show()
        self._low.setVisible(self._short)
        passed = sum(c.passed for c in view.checks)
        self.subtitle.set_text(f"{passed} of {len(view.checks)} checks passed")
        self.checks.show_checks(view.checks)
        deciding = version.state is VersionState.PROPOSED and not view.may_sign_why_not
        for part in self._deciding:
            part.setVisible(deciding)
        self.why_not.setVisible(False)
        if version.state is VersionState.PROPOSED and view.may_sign_why_not:
            self.why_not.show_words(view.may_sign_why_not)
        elif version.state is VersionState.RETURNED:
            self.why_not.show_words(f"{version.signer_name} returned this.", version.comment)
        self.way.show_way(shown, deliveries)
        self.problem.hide()
        begun = self._begun.setdefault(version.id, _Begun(comment=comment))
        self.verbs.show_words(outcome, version.author_name)
        self.verbs.set_value(begun.verb)
        self.comment.start_with(begun.comment)
        self.change.show_version(version, shown.profile, begun.changes)
        self.sign.show_person(worker, version.number)
        self._dress()

    def stand(self) -> None:
        """Put the focus where the next act is: on the first of the choices, or what is left."""
        if not self.verbs.isHidden():
            self._first_verb().setFocus(Qt.FocusReason.OtherFocusReason)

    def show_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Where the signed decision stands now."""
        if self._shown is not None:
            self.way.show_way(self._shown, deliveries)

    def show_problem(self, words: str) -> None:
        """It was not done; what was typed is still here."""
        self.problem.show_words(words, kind="warning")
        self.sign.set_busy(False)
        self._ready()
        if self._shown is not None and self.sign.pin.isVisible():
            self.sign.pin.setFocus(Qt.FocusReason.OtherFocusReason)

    def done_with(self, version_id: object) -> None:
        """Signed or returned: nothing of it is kept here."""
        if self._shown is not None and self._shown.view.version.id == version_id:
            self._pause.stop()
            self._shown = None
        self._begun.pop(version_id, None)
        self.sign.set_busy(False)

    def forget(self) -> None:
        """Another person sits down: nothing of the one before is left here."""
        self.save_now()
        self._begun.clear()
        self.sign.pin.clear()
        self.show_nothing()

    def main_act(self) -> None:
        """Do what is chosen, or say what is still needed and go there."""
        if self._shown is None or self.verbs.isHidden() or self.sign.busy():
            return
        missing = self._missing()
        if missing is not None:
            words, where = missing
            self.problem.show_words(words, kind="info")
            where.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        verb = self.verbs.value()
        assert verb is not None
        self.problem.hide()
        changing = verb is Verb.APPROVE_WITH_CHANGE
        act = Act(
            verb=verb,
            comment=self.comment.toPlainText().strip(),
            pin="" if verb is Verb.RETURN else self.sign.take_pin(),
            changes=self.change.changes() if changing else {},
        )
        self.sign.set_busy(True)
        self.act_asked.emit(act)

    def _missing(self) -> tuple[str, QWidget] | None:
        """What is still needed, and where it is given."""
        verb = self.verbs.value()
        if verb is None:
            return "Choose first: approve, approve with a change, or return.", self._first_verb()
        changing = verb is Verb.APPROVE_WITH_CHANGE
        if changing and not self.change.changes():
            return "Choose an answer and change it, or approve it as it is.", self.change.which
        wordless = not self.comment.toPlainText().strip()
        if wordless and verb is Verb.RETURN:
            return "Say what is needed; the author reads it first.", self.comment
        if wordless and changing:
            return "Say why you change it; both answers are kept.", self.comment
        if verb is not Verb.RETURN and not self.sign.pin.text():
            return "Type your PIN to sign.", self.sign.pin
        return None

    def _first_verb(self) -> QWidget:
        return self.verbs.buttons()[0]

    def _now(self) -> _Begun | None:
        return self._begun.get(self._shown.view.version.id) if self._shown is not None else None

    def _chosen(self, verb: Verb) -> None:
        begun = self._now()
        if begun is not None:
            begun.verb = verb
        self.problem.hide()
        self._dress()

    def _typed(self, words: str) -> None:
        begun = self._now()
        if begun is not None:
            begun.comment = words
            self._pause.touch()
        self._ready()

    def save_now(self) -> None:
        """Have the comment kept without waiting for a pause in typing."""
        self._pause.flush()

    def _rested(self) -> None:
        begun = self._now()
        if begun is not None and self._shown is not None:
            self.comment_rests.emit(self._shown.view.version.id, begun.comment)

    def _edited(self) -> None:
        begun = self._now()
        if begun is not None:
            begun.changes = self.change.changes()
        self._ready()

    def _dress(self) -> None:
        verb = self.verbs.value()
        deciding = not self.verbs.isHidden()
        self.change.setVisible(deciding and verb is Verb.APPROVE_WITH_CHANGE)
        author = self._shown.view.version.author_name if self._shown is not None else ""
        self.sign.show_verb(verb, author)
        self._ready()

    def _ready(self) -> None:
        self.sign.act.set_ready(self._missing() is None)


class _Checks(QWidget):
    """The checks in lines: a tick or a warning, the sentence, the detail."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Other checks."""
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        t = theme()
        self._column.setSpacing(t.px(5))
        for check in checks:
            box = QWidget()
            row = QHBoxLayout(box)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(t.px(10))
            icon = "circle-check" if check.passed else "triangle-alert"
            mark = IconLabel(icon, 16, "okText" if check.passed else "warnText")
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(0)
            said = Paragraph(check.sentence, "body")
            state = "passed" if check.passed else "look at this"
            said.setAccessibleName(f"{check.sentence}, {state}")
            words.addWidget(said)
            if check.detail:
                words.addWidget(Paragraph(check.detail, "small", "text2"))
            row.addLayout(words, 1)
            self._column.addWidget(box)
