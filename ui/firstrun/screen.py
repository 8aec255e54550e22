"""The first start, four short steps on one page beside a live picture of the choices."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.profile import Profile
from triage.domain.worker import Worker
from ui.firstrun.key_trial import KeyTrial
from ui.firstrun.theme_cards import ThemeCards
from ui.shell.screen import Screen
from ui.theme import theme
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.chips import FactChip
from ui.widgets.clock import ClockLabel
from ui.widgets.editor import Editor, LineField
from ui.widgets.evidence import EvidenceMark, LetterDiff
from ui.widgets.meter import Meter
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.rag import RagChip
from ui.widgets.segments import Segment, Segments
from ui.widgets.text import Paragraph, Span, Text

SCALES = (("1.0", "Aa 100"), ("1.15", "Aa 115"), ("1.3", "Aa 130"), ("1.5", "Aa 150"))
STEPS = 4
STEPPING = ("F6", "F8")
"""Keys of the five that only move, and so move at once."""


class _Step(Body):
    """A numbered step: a mark, a title, quiet words, what is asked."""

    def __init__(self, number: int, title: str, words: str) -> None:
        super().__init__(gap=8)
        self.set_margins(24, 12, 18, 12)
        self._mark = IconLabel("circle-dashed", 18, "muted")
        head = QHBoxLayout()
        head.addWidget(self._mark)
        head.addWidget(Text(f"{number} {title}", "title"))
        head.addStretch(1)
        self.words = Text(words, "small", "text2")
        head.addWidget(self.words)
        self.column.addLayout(head)
        inner = QWidget()
        self.inner = QVBoxLayout(inner)
        self.inner.setContentsMargins(theme().px(26), 0, 0, 0)
        self.inner.setSpacing(theme().px(6))
        self.column.addWidget(inner)
        self.done = False

    def set_done(self, done: bool) -> None:
        """Mark the step."""
        self.done = done
        self._mark.set("circle-check" if done else "circle-dashed", "okText" if done else "muted")


class FirstRunScreen(Screen):
    """Every step has a standard answer and applies at once. `practise_asked` opens the queue."""

    practise_asked = Signal()

    def __init__(self, worker: Worker, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worker, self._hub = worker, profile.hub
        self.left_pane, self.right_pane = Pane(), Pane("How it will look", "")
        self._build_steps()
        self._build_preview()
        row = QHBoxLayout(self)
        t = theme()
        row.setContentsMargins(t.px(8), t.px(6), t.px(8), t.px(6))
        row.setSpacing(t.px(6))
        row.addWidget(self.left_pane, 1)
        row.addWidget(self.right_pane)
        theme().changed.connect(self._say_look)
        self._say_look()
        self._count()

    # ---- the steps ------------------------------------------------------------

    def _build_steps(self) -> None:
        body = Body(gap=0)
        body.set_margins(0, 0, 0, 0)
        head = Body(gap=4)
        head.set_margins(24, 16, 18, 14)
        words = QVBoxLayout()
        words.addWidget(Text("Welcome to Fanlight", "display"))
        words.addWidget(
            Text("Four short steps, about two minutes. You can change everything later.", "body")
        )
        self.meter_words = Text("", "label", weight=600)
        self.meter = Meter("Steps done")
        progress = QVBoxLayout()
        progress.addWidget(self.meter_words)
        progress.addWidget(self.meter)
        across = QHBoxLayout()
        across.addLayout(words, 3)
        across.addLayout(progress, 1)
        head.column.addLayout(across)
        self.steps = (self._who(), self._sight(), self._where(), self._keys())
        body.column.addWidget(head)
        for step in self.steps:
            body.column.addWidget(Rule())
            body.column.addWidget(step)
        body.column.addStretch(1)
        self.left_pane.body.addWidget(Scroll(body, "First steps"), 1)
        skip = Button("Skip all, use standard", None, "link")
        skip.clicked.connect(self.practise_asked)
        self.back = Button("Back", key_hint="Shift F8")
        self.back.clicked.connect(lambda: self.next_needed(-1))
        self.next = Button("Next step", key_hint="F8")
        self.next.clicked.connect(lambda: self.next_needed(1))
        self.start = Button("Start practising", "door-open", "primary", "Ctrl Enter")
        self.start.clicked.connect(self.main_act)
        self.left_pane.foot.addWidget(skip)
        self.left_pane.foot.addStretch(1)
        for button in (self.back, self.next, self.start):
            self.left_pane.foot.addWidget(button)
        self.left_pane.show_foot()

    def _who(self) -> _Step:
        step = _Step(1, "Who are you?", "From the practice hub")
        row = QHBoxLayout()
        for label, value in (
            ("Name", self._worker.name),
            ("Job", self._worker.job),
            ("Team", self._worker.team),
        ):
            column = QVBoxLayout()
            field = LineField(label)
            field.setText(value)
            field.setReadOnly(True)
            column.addWidget(Text(label, "label"))
            column.addWidget(field)
            row.addLayout(column, 1)
        step.inner.addLayout(row)
        words = "In practice you are Ruth. Click the name at the top to sit down as someone else."
        step.inner.addWidget(Text(words, "small", "text2", wrap=True))
        step.set_done(True)
        return step

    def _sight(self) -> _Step:
        step = _Step(2, "Can you see this well?", "The picture on the right changes as you choose")
        self.cards = ThemeCards()
        self.cards.chosen.connect(self._theme_chosen)
        self.sizes = Segments([Segment(k, w) for k, w in SCALES], "Text size")
        self.sizes.set_value(str(theme().text_scale))
        self.sizes.chosen.connect(self._size_chosen)
        step.inner.addWidget(self.cards)
        row = QHBoxLayout()
        size = QVBoxLayout()
        size.addWidget(Text("Text size", "label"))
        size.addWidget(self.sizes)
        told = QVBoxLayout()
        told.addWidget(Text("Ratings are told apart by shape and letter", "label"))
        chips = QHBoxLayout()
        for rating in ("red", "amber", "green", "none"):
            chip = RagChip(rating)
            chips.addWidget(chip)
            chips.addWidget(Text({"none": "Not rated"}.get(rating, rating.capitalize())))
        chips.addStretch(1)
        told.addLayout(chips)
        row.addLayout(size, 1)
        row.addLayout(told, 1)
        step.inner.addLayout(row)
        return step

    def _where(self) -> _Step:
        step = _Step(3, "Practise first", "Nothing here is real")
        words = (
            "Made-up families, partners and a council that answers, all on this computer. "
            "Nothing is sent anywhere, and the window says so all the time."
        )
        step.inner.addWidget(Paragraph(words))
        self.known = QCheckBox("I know that this is practice")
        self.known.toggled.connect(self._count)
        step.inner.addWidget(self.known)
        return step

    def _keys(self) -> _Step:
        step = _Step(4, "Five keys to begin", "")
        self.trial = KeyTrial()
        self.trial.changed.connect(self._count)
        step.inner.addWidget(self.trial)
        words = "Press each one now; nothing happens to real work. Shift F1 lists every key."
        step.inner.addWidget(Text(words, "small", "text2", wrap=True))
        return step

    # ---- the picture -------------------------------------------------------------

    def _build_preview(self) -> None:
        body = Body(gap=10)
        row = QHBoxLayout()
        chip = RagChip("red")
        clock = ClockLabel()
        clock.set("1 h 10 min", "soon")
        words = QVBoxLayout()
        words.addWidget(Text("Maya Rowe 7, + Theo 3", "bodyStrong"))
        words.addWidget(Text("Domestic abuse in the home · Police", "label", "text2", elide=True))
        row.addWidget(chip)
        row.addLayout(words, 1)
        row.addWidget(clock)
        body.column.addLayout(row)
        body.column.addWidget(Rule())
        body.column.addWidget(Text("What was said", "heading"))
        said = Paragraph(role="narrative")
        said.set_spans(
            [
                Span("Maya was awake on the stairs. She told officers: "),
                Span("“I put Theo under my bed so he wouldn't hear.”", bold=True),
                Span(" Theo was asleep. The home was warm and clean, with food in."),
            ]
        )
        body.column.addWidget(said)
        body.column.addWidget(Text("Why this outcome", "label"))
        self.sample = Editor("Why this outcome, to try typing", "Say why this level", lines=2)
        body.column.addWidget(self.sample)
        ring = "The yellow and black ring shows where typing goes. See it from your chair?"
        body.column.addWidget(Text(ring, "small", "text2", wrap=True))
        chips = QHBoxLayout()
        for text, kind, icon in (
            ("4th contact in 12 months", "warn", "repeat-2"),
            ("No voicemail", "neutral", "phone-off"),
        ):
            fact = FactChip()
            fact.set(text, kind, icon)  # type: ignore[arg-type]
            chips.addWidget(fact)
        chips.addStretch(1)
        body.column.addLayout(chips)
        body.column.addWidget(Text("Is this the same person?", "heading"))
        for field, contact, record, level in (
            ("Name", "Maya Rowe", "Maya Grace Rowe", "close"),
            ("Born", "14 Mar 2019", "14 Mar 2019", "same"),
            ("Phone", "01632 960214", "01632 960877", "different"),
            ("NHS no.", "Not given", "999 014 2114", "missing"),
        ):
            line = QHBoxLayout()
            line.addWidget(Text(field, "label", "text2"), 2)
            line.addWidget(Text(contact, "label"), 3)
            diff = LetterDiff()
            diff.set(contact, record, level)  # type: ignore[arg-type]
            line.addWidget(diff, 3)
            line.addWidget(EvidenceMark(level))  # type: ignore[arg-type]
            body.column.addLayout(line)
            body.column.addWidget(Rule())
        body.column.addStretch(1)
        self.right_pane.body.addWidget(Scroll(body, "How it will look"), 1)

    # ---- choosing ---------------------------------------------------------------------

    def _theme_chosen(self, name: str) -> None:
        theme().set_theme(name)
        self.steps[1].set_done(True)
        self._count()

    def _size_chosen(self, scale: str) -> None:
        theme().set_text_scale(float(scale))
        self.steps[1].set_done(True)
        self._count()

    def _say_look(self) -> None:
        t = theme()
        names = {"light": "light", "dark": "dark", "highContrast": "high contrast"}
        scale = round(t.text_scale * 100)
        self.right_pane.subtitle.set_text(f"{names[t.name]}, {scale} %")
        self.right_pane.setFixedWidth(t.px(470) if self.width() >= t.px(1250) else t.px(380))

    def _count(self, *_: object) -> None:
        self.steps[2].set_done(self.known.isChecked())
        tried = self.trial.tried()
        self.steps[3].set_done(tried == len(self.trial.cards))
        self.steps[3].words.set_text(f"{tried} of {len(self.trial.cards)} tried")
        done = sum(step.done for step in self.steps)
        self.meter.set_parts(["done" if step.done else "needed" for step in self.steps])
        self.meter_words.set_text(f"{done} of {STEPS} done")

    # ---- what the window asks -------------------------------------------------------------

    def entered(self) -> None:
        """Listen for the five keys while this screen is in front."""
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def left(self) -> None:
        """Keys do their work again."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count a key of the five. The first press of one that would cover or hide this page
        does nothing else; the others, and every later press, do their work."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() in kinds and isinstance(event, QKeyEvent) and self.isVisible():
            name = QKeySequence(event.keyCombination()).toString()
            card = self.trial.cards.get(name)
            if card is not None and not card.tried:
                if name in STEPPING:
                    self.trial.press(name)
                    return super().eventFilter(watched, event)
                if event.type() == QEvent.Type.ShortcutOverride:
                    event.accept()
                else:
                    self.trial.press(name)
                return True
        return super().eventFilter(watched, event)

    def panes(self) -> Sequence[QWidget]:
        """Steps, then the picture."""
        return (self.left_pane, self.right_pane)

    def main_act(self) -> None:
        """Start; every step has a standard answer, so nothing holds it up."""
        self.practise_asked.emit()

    def step_back(self) -> bool:
        """Esc leaves nothing behind it here: the queue opens by a button or Ctrl Enter."""
        return True

    def next_needed(self, step: int) -> None:
        """Go to what the next or previous step asks."""
        goals = (self.cards, self.known, self.sample)
        spots = [g for g in goals if g.isVisible()]
        focus = QApplication.focusWidget()
        here = next(
            (
                i
                for i, g in enumerate(spots)
                if focus is not None and (g is focus or g.isAncestorOf(focus))
            ),
            -1 if step > 0 else 0,
        )
        goal = spots[(here + step) % len(spots)]
        if goal is self.cards:
            self.cards.focusNextPrevChild(True)
        goal.setFocus(Qt.FocusReason.TabFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the picture's width."""
        super().resizeEvent(event)
        self._say_look()

    def help_topic(self) -> str:
        """Its page."""
        return "first-run"
