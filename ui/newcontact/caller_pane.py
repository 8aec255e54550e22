"""The caller: who rings, how to reach them, what may be told; and what to ask before they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.domain.contact import Content
from triage.domain.fact import Fact, Unknown
from triage.domain.profile import Profile
from ui.newcontact.fields import Labelled, Prompt
from ui.newcontact.typed import NOT_ASKED, Typist, answered
from ui.theme import theme
from ui.widgets.banner import Guidance
from ui.widgets.choice import Choice
from ui.widgets.editor import LineField
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Body, Pane, Scroll
from ui.widgets.segments import Segments
from ui.widgets.text import Text

_AGREES = {
    "parent": ("given", "A parent agrees"),
    "child": ("given", "The child agrees"),
    "no one": ("refused", "No one agrees"),
}


class CallerPane(Pane):
    """Part 1. `changed` follows each change a person makes."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Caller", "part 1", parent=parent)
        self.name = LineField("Who is calling?")
        self.role = LineField("Their job, or tie")
        self.agency = LineField("From")
        self.phone = LineField("Call back on")
        self.time = LineField("Best time")
        three = (("yes", "Yes"), ("no", "No"), (NOT_ASKED, "Not asked"))
        self.named = Segments(three, "May we tell the family who called?")
        self.told = Segments(three, "Does the family know about this call?")
        self.why = Choice("If not, why?", (), "Choose a reason")
        self.agrees = Segments(
            (
                ("parent", "Parent"),
                ("child", "Child"),
                ("no one", "No one"),
                (NOT_ASKED, "Not asked"),
            ),
            "Does anyone agree to sharing?",
        )
        self.note = Guidance()
        self.note.show_words(
            "Consent is not needed to act",
            "Ask, and write the answer. Public task covers a child who may be at risk.",
        )
        self.prompts: list[Prompt] = []
        self._prompt_words: tuple[str, ...] = ()
        self._column = Body(gap=9)
        self._fill()
        self.body.addWidget(Scroll(self._column, "Caller"))
        self.foot.addWidget(
            KeyHints((("Tab", "next box"), ("Ctrl G", "go to part"), ("F8", "next to ask")))
        )
        for field in (self.name, self.role, self.agency, self.phone, self.time):
            field.typed.connect(self._touched)
        for group in (self.named, self.told, self.agrees):
            group.chosen.connect(self._touched)
        self.why.chosen.connect(self._touched)

    def _fill(self) -> None:
        column = self._column.column
        column.addWidget(Labelled("Who is calling?", self.name))
        for pair in (
            (Labelled("Their job, or tie", self.role), Labelled("From", self.agency)),
            (Labelled("Call back on", self.phone), Labelled("Best time", self.time)),
        ):
            row = QHBoxLayout()
            row.setSpacing(theme().px(8))
            for part in pair:
                row.addWidget(part, 1)
            column.addLayout(row)
        column.addWidget(Labelled("May we tell the family who called?", self.named))
        column.addWidget(Labelled("Does the family know about this call?", self.told))
        self._why_box = Labelled("If not, why?", self.why)
        column.addWidget(self._why_box)
        column.addWidget(
            Labelled("Does anyone agree to sharing?", self.agrees, "asked, not needed")
        )
        column.addWidget(self.note)
        column.addSpacing(theme().px(4))
        column.addWidget(Text("Ask before they hang up", "heading"))
        self._asks = Body(gap=0)
        self._asks.set_margins(0, 0, 0, 0)
        column.addWidget(self._asks)
        column.addStretch(1)

    # ---- for a call -------------------------------------------------------

    def begin(self, profile: Profile, content: Content) -> None:
        """Show a call's caller: empty boxes, or what was typed before."""
        reasons = [(c.label, c.label) for c in profile.codes.get("not_told_why", ())]
        self.why.set_options(reasons)
        self._show_prompts(profile.call_prompts)
        referrer = content.referrer
        self.name.put(referrer.name.value)
        self.role.put(referrer.role.value)
        self.agency.put(referrer.agency.value)
        self.phone.put(referrer.phone.value)
        self.time.put(referrer.best_time.value)
        self.named.set_value(_key(referrer.may_be_named))
        self.told.set_value(_key(content.family_informed))
        self.why.set_value(content.family_informed_reason.value or None)
        said = content.consent_reason.value
        agrees = next((k for k, (_, words) in _AGREES.items() if words == said), None)
        if content.consent.unknown is Unknown.NOT_ASKED:
            agrees = NOT_ASKED
        self.agrees.set_value(agrees)
        self._offer_why()
        self.show_answered(content)

    def _show_prompts(self, prompts: Sequence[str]) -> None:
        if tuple(prompts) != self._prompt_words:
            for old in self.prompts:
                old.deleteLater()
            self.prompts = [Prompt(words) for words in prompts]
            for prompt in self.prompts:
                self._asks.column.addWidget(prompt)
            self._prompt_words = tuple(prompts)
        for prompt in self.prompts:
            prompt.by_hand = False
            prompt.setChecked(False)

    def content(self, base: Content, typist: Typist) -> Content:
        """The content with the caller as typed."""
        was = base.referrer
        agrees = self.agrees.value()
        value, words = _AGREES.get(agrees or "", ("", ""))
        consent = (
            typist.answer(base.consent, agrees)
            if agrees in (None, NOT_ASKED)
            else typist.fact(base.consent, value)
        )
        told = self.told.value()
        return replace(
            base,
            referrer=replace(
                was,
                name=typist.fact(was.name, self.name.text()),
                role=typist.fact(was.role, self.role.text()),
                agency=typist.fact(was.agency, self.agency.text()),
                phone=typist.fact(was.phone, self.phone.text()),
                best_time=typist.fact(was.best_time, self.time.text()),
                may_be_named=typist.answer(was.may_be_named, self.named.value()),
            ),
            family_informed=typist.answer(base.family_informed, told),
            family_informed_reason=typist.fact(
                base.family_informed_reason, (self.why.value() or "") if told == "no" else ""
            ),
            consent=consent,
            consent_reason=typist.fact(base.consent_reason, words),
        )

    def show_answered(self, content: Content) -> None:
        """Tick what was answered by typing; a tick made by hand stays as it was made."""
        for prompt in self.prompts:
            if not prompt.by_hand:
                prompt.setChecked(answered(prompt.words(), content))
            state = "asked" if prompt.isChecked() else "not asked yet"
            prompt.setAccessibleDescription(state)

    def next_ask(self, step: int) -> bool:
        """Go to the next (1) or previous (-1) thing to ask; False when all are ticked."""
        here = next((i for i, p in enumerate(self.prompts) if p.hasFocus()), None)
        count = len(self.prompts)
        start = here if here is not None else (-1 if step > 0 else count)
        for distance in range(1, count + 1):
            prompt = self.prompts[(start + step * distance) % count]
            if not prompt.isChecked():
                prompt.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def _touched(self, *_what: object) -> None:
        self._offer_why()
        self.changed.emit()

    def _offer_why(self) -> None:
        self._why_box.setVisible(self.told.value() == "no")


def _key(fact: Fact) -> str | None:
    if fact.unknown is Unknown.NOT_ASKED:
        return NOT_ASKED
    return fact.value or None
