"""The right of Compare: is this the same person, what makes you sure, what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from triage.domain.lookup import Candidate, VerdictKind
from triage.domain.spelling import counted
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.chips import ChipGroup
from ui.widgets.editor import Editor
from ui.widgets.pane import Body
from ui.widgets.segments import Segment, Segments
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a person wants to say of a record."""

    kind: VerdictKind
    reasons: tuple[str, ...]
    words: str


ACTS = {
    VerdictKind.SAME: ("Link record {n}", "link"),
    VerdictKind.NOT_SAME: ("Record {n} is not the same", "unlink"),
    VerdictKind.UNSURE: ("Not sure of record {n}", "circle-question-mark"),
}
STANDING = {
    VerdictKind.SAME: "Record {n} is linked as the same {who}.",
    VerdictKind.NOT_SAME: "Record {n} was marked as not the same {who}.",
    VerdictKind.UNSURE: "Record {n} was marked as not sure.",
}
EFFECTS = {
    VerdictKind.SAME: "If you link",
    VerdictKind.NOT_SAME: "If it is not the same",
    VerdictKind.UNSURE: "If you are not sure",
}


class VerdictPanel(Body):
    """Asks for a verdict. `reasons` are the profile's, by kind. Emits a `Judgement`."""

    judged = Signal(object)

    def __init__(self, reasons: Mapping[str, Sequence[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reasons = reasons
        self._record = 1
        self._candidate: Candidate | None = None
        self._standing: VerdictKind | None = None
        self.question = Text("Is this the same person?", "heading", wrap=True)
        self.kind = Segments(
            (
                Segment(VerdictKind.SAME.value, "Same, link", icon="link"),
                Segment(VerdictKind.NOT_SAME.value, "Not the same", icon="unlink"),
                Segment(VerdictKind.UNSURE.value, "Not sure", icon="circle-question-mark"),
            ),
            "Is this the same person",
        )
        self.kind.chosen.connect(self._kind_chosen)
        self.why = ChipGroup((), "What makes you sure")
        self.words = Editor("In your words", "Say what settles it, or what would", lines=2)
        self.effect = Banner("info")
        self.fault = Banner("warning")
        self.act = Button("Link record 1", "link", "primary", "Ctrl Enter")
        self.act.clicked.connect(self.judge)
        self._asking = Text("What makes you sure? Kept in the audit.", "label")
        self._may_say = True
        for part in (
            self.question,
            self.kind,
            self._asking,
            self.why,
            self.words,
            self.effect,
            self.fault,
        ):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def offer(self, may_say: bool) -> None:
        """Ask only who may say it; others read what was said."""
        self._may_say = may_say
        for part in (self.kind, self._asking, self.words, self.act):
            part.setVisible(may_say)

    def show_record(
        self,
        number: int,
        candidate: Candidate | None,
        who: str,
        standing: VerdictKind | None = None,
    ) -> None:
        """Ask about a record, or say what was said of it; nothing is chosen for the person."""
        self._record, self._candidate, self._standing = number, candidate, standing
        asked = (
            "Is record {n} the same {who}?" if self._may_say else "Nothing was said of record {n}."
        )
        if standing is not None:
            asked = STANDING[standing]
        self.question.set_text(asked.format(n=number, who=who))
        self.kind.set_value(None)
        self.why.set_options(())
        self.why.hide()
        self.words.put("")
        self.fault.hide()
        self._show_effect()

    def choose(self, kind: VerdictKind) -> None:
        """L, X or U."""
        self.kind.set_value(kind.value)
        self._kind_chosen(kind.value)

    def chosen(self) -> VerdictKind | None:
        """What is chosen now."""
        value = self.kind.value()
        return VerdictKind(value) if value else None

    def judge(self) -> None:
        """Say it, or say what is missing first."""
        kind = self.chosen()
        if kind is None:
            self.refuse("Choose first: same, not the same, or not sure.")
            return
        self.judged.emit(
            Judgement(
                kind=kind,
                reasons=tuple(self.why.values()),
                words=self.words.toPlainText().strip(),
            )
        )

    def refuse(self, words: str) -> None:
        """Why it was not done; what was chosen and typed stays."""
        self.fault.show_words(words)

    def _kind_chosen(self, value: str) -> None:
        self.fault.hide()
        offered = self._reasons.get(value, ())
        self.why.set_options([(reason, reason) for reason in offered])
        self.why.setVisible(bool(offered))
        self._show_effect()

    def _show_effect(self) -> None:
        kind = self.chosen()
        words, icon = ACTS[kind or VerdictKind.SAME]
        self.act.set_text(words.format(n=self._record))
        self.act.set_icon(icon)
        self.act.set_ready(kind is not None)
        candidate = self._candidate
        if candidate is None or not self._may_say:
            self.effect.hide()
            return
        if kind is None and self._standing is not None:
            self.effect.show_words(
                "To say something else:", "choose it. What was said before stays on the record."
            )
            return
        self.effect.show_words(f"{EFFECTS[kind or VerdictKind.SAME]}:", effect(candidate, kind))


def effect(candidate: Candidate, kind: VerdictKind | None) -> str:
    """What follows from a verdict, in a sentence."""
    if kind is VerdictKind.NOT_SAME:
        return "it is remembered and shown the next time. Nothing is deleted, and you can undo it."
    if kind is VerdictKind.UNSURE:
        return "it stays open and is shown the next time. Say what would settle it."
    events = len(candidate.record.involvement)
    joins = "joins" if events == 1 else "join"
    joined = f"{counted(events, 'earlier event')} {joins} this contact. "
    digits = candidate.record.fields.get("nhs_number", "")
    number = f"{digits[:3]}\u00a0{digits[3:6]}\u00a0{digits[6:]}" if digits else ""
    filled = f"NHS number {number} is shown beside it. " if number else ""
    return f"{joined if events else ''}{filled}Nothing is merged or deleted, and you can undo it."
