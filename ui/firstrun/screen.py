"""The first start, four short steps on one page beside a live picture of the choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.profile import Profile
from triage.domain.worker import Worker
from ui.firstrun.key_trial import KeyTrial
from ui.firstrun.preview import Preview
from ui.firstrun.theme_cards import ThemeCards
from ui.printing.ticks import Tick
from ui.shell.screen import Screen
from ui.theme import theme
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.meter import Meter
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.rag import RagChip
from ui.widgets.segments import Segment, Segments
from ui.widgets.text import Paragraph, Text

Layout = TypeVar("Layout", bound=QBoxLayout)
SCALES = (("1.0", "Aa 100"), ("1.15", "Aa 115"), ("1.3", "Aa 130"), ("1.5", "Aa 150"))
STEPS = 4
WIDE, NARROW = 1500, 1130
"""Design pixels of width from which the picture has its full width, and below which none."""
STEPPING = ("F6", "F8")
"""Keys of the five that only move, and so move at once."""


class _Step(Body):
    """A numbered step: a mark, a title, quiet words, what is asked; white and edged while it is
    the one worked on."""

    def __init__(self, number: int, title: str, words: str) -> None:
        super().__init__(gap=10)
        self.set_margins(24, 16, 24, 18)
        self._mark = IconLabel("circle-dashed", 18, "muted")
        self._head = QHBoxLayout()
        self._head.addWidget(self._mark)
        self._head.addWidget(Text(f"{number} {title}", "title"))
        self.words = Text(words, "small", "text2", elide=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._head.addWidget(self.words, 1)
        self.column.addLayout(self._head)
        inner = QWidget()
        self.inner = QVBoxLayout(inner)
        self.column.addWidget(inner)
        self.done = self._here = False
        self._inset()
        theme().scaled.connect(self._inset)

    def _inset(self) -> None:
        t = theme()
        self._head.setSpacing(t.px(10))
        self.inner.setContentsMargins(t.px(28), 0, 0, 0)
        self.inner.setSpacing(t.px(8))

    def set_done(self, done: bool) -> None:
        """Mark the step."""
        self.done = done
        self._show_mark()

    def set_here(self, here: bool) -> None:
        """Whether this is the step worked on."""
        if here is not self._here:
            self._here = here
            self._show_mark()
            self.update()

    def _show_mark(self) -> None:
        icon = "circle-check" if self.done else "circle-dot" if self._here else "circle-dashed"
        self._mark.set(icon, "okText" if self.done else "accent" if self._here else "muted")

    def paintEvent(self, event: QPaintEvent) -> None:
        """A shade apart from the one worked on."""
        t = theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), t.colour("surface" if self._here else "pane"))
        if self._here:
            painter.fillRect(0, 0, t.px(4), self.height(), t.colour("accent"))
        painter.end()


class FirstRunScreen(Screen):
    """Every step has a standard answer and applies at once. `practise_asked` opens the queue."""

    practise_asked = Signal()

    def __init__(self, worker: Worker, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worker, self._hub = worker, profile.hub
        self._spacing: list[tuple[QBoxLayout, int]] = []
        self.left_pane, self.right_pane = Pane(surface="pane"), Preview()
        self._build_steps()
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.left_pane, 1)
        self._row.addWidget(self.right_pane)
        theme().changed.connect(self._fit)
        theme().scaled.connect(self._space)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
        self._space()
        self._stand_in(self.steps[1])
        self._count()

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(8), t.px(8), t.px(8), t.px(8))
        self._row.setSpacing(t.px(8))
        for layout, gap in self._spacing:
            layout.setSpacing(t.px(gap))
        self._fit()

    # ---- the steps ------------------------------------------------------------

    def _build_steps(self) -> None:
        body = Body(gap=0)
        body.set_margins(0, 0, 0, 0)
        head = Body(gap=4)
        head.set_margins(24, 16, 24, 14)
        words = QVBoxLayout()
        words.addWidget(Text("Welcome to Fanlight", "display"))
        told = "Four short steps, about two minutes. You can change everything later."
        words.addWidget(Text(told, "body", "text2", wrap=True))
        self.meter_words = Text("", "label", weight=600)
        self.meter = Meter("Steps done")
        progress = QVBoxLayout()
        progress.addStretch(1)
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
        row, fields = self._spaced(QHBoxLayout(), 12), []
        for label, value in (
            ("Name", self._worker.name),
            ("Job", self._worker.job),
            ("Team", self._worker.team),
        ):
            column = self._spaced(QVBoxLayout(), 4)
            field = LineField(label)
            field.setText(value)
            field.setReadOnly(True)
            column.addWidget(Text(label, "label"))
            column.addWidget(field)
            row.addLayout(column, 1)
            fields.append(field)
        self.name = fields[0]
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
        row = self._spaced(QHBoxLayout(), 20)
        size, told = self._spaced(QVBoxLayout(), 4), self._spaced(QVBoxLayout(), 6)
        size.addWidget(Text("Text size", "label"))
        size.addWidget(self.sizes)
        keys = "Ctrl + and Ctrl - change it at any time."
        size.addWidget(Text(keys, "small", "text2", wrap=True))
        told.addWidget(Text("Ratings are told apart by shape and letter", "label", elide=True))
        chips = self._spaced(QHBoxLayout(), 8)
        for rating in ("red", "amber", "green", "none"):
            chips.addWidget(RagChip(rating))
            words = {"none": "Not rated"}.get(rating, rating.capitalize())
            chips.addWidget(Text(words))
        chips.addStretch(1)
        told.addLayout(chips)
        told.addStretch(1)
        row.addLayout(size, 1)
        row.addLayout(told, 1)
        step.inner.addLayout(row)
        return step

    def _spaced(self, layout: Layout, gap: int) -> Layout:
        """The layout, its parts `gap` design pixels apart at every text size."""
        self._spacing.append((layout, gap))
        return layout

    def _where(self) -> _Step:
        step = _Step(3, "Practise first", "Nothing here is real")
        words = (
            "Made-up families, partners and a council that answers, all on this computer. "
            "Nothing is sent anywhere, and the window says so all the time."
        )
        step.inner.addWidget(Paragraph(words))
        self.known = Tick("I know that this is practice")
        self.known.toggled.connect(self._count)
        step.inner.addWidget(self.known, 0, Qt.AlignmentFlag.AlignLeft)
        return step

    def _keys(self) -> _Step:
        step = _Step(4, "Five keys to begin", "")
        self.trial = KeyTrial()
        self.trial.changed.connect(self._count)
        step.inner.addWidget(self.trial)
        words = "Press each one now. F6 and F8 move; the rest only count. Shift F1 lists every key."
        step.inner.addWidget(Text(words, "small", "text2", wrap=True))
        return step

    # ---- choosing ---------------------------------------------------------------------

    def _theme_chosen(self, name: str) -> None:
        theme().set_theme(name)
        self.steps[1].set_done(True)
        self._count()

    def _size_chosen(self, scale: str) -> None:
        theme().set_text_scale(float(scale))
        self.steps[1].set_done(True)
        self._count()

    def _fit(self) -> None:
        """The picture beside the steps, narrower or not at all where there is less room."""
        t = theme()
        room = self.width() / t.px(1000) * 1000
        self.right_pane.setVisible(room >= NARROW)
        what = "The picture on the right" if room >= NARROW else "The whole window"
        self.steps[1].words.set_text(f"{what} changes as you choose")
        self.right_pane.setFixedWidth(t.px(620 if room >= WIDE else 470))
        self.right_pane.say_look(self.width())
        self.cards.show_choice()
        self.sizes.set_value(str(t.text_scale))

    def _stand_in(self, step: _Step) -> None:
        """The step worked on stands out."""
        self._here = step
        for each in self.steps:
            each.set_here(each is step)
        self._count()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        for step in self.steps if self.isVisible() else ():
            if new is not None and step.isAncestorOf(new):
                self._stand_in(step)

    def _count(self, *_: object) -> None:
        self.steps[2].set_done(self.known.isChecked())
        tried = self.trial.tried()
        self.steps[3].set_done(tried == len(self.trial.cards))
        self.steps[3].words.set_text(f"{tried} of {len(self.trial.cards)} tried")
        done = sum(step.done for step in self.steps)
        self.meter.set_parts(["done" if step.done else "needed" for step in self.steps])
        on = self.steps.index(self._here) + 1
        self.meter_words.set_text(f"{done} of {STEPS} done · on step {on}")

    # ---- what the window asks -------------------------------------------------------------

    def entered(self) -> None:
        """Listen for the five keys while this screen is in front."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.installEventFilter(self)
        self.cards.stand()

    def left(self) -> None:
        """Keys do their work again."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
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
        return tuple(p for p in (self.left_pane, self.right_pane) if not p.isHidden())

    def main_act(self) -> None:
        """Start; every step has a standard answer, so nothing holds it up."""
        self.practise_asked.emit()

    def step_back(self) -> bool:
        """Esc leaves nothing behind it here: the queue opens by a button or Ctrl Enter."""
        return True

    def next_needed(self, step: int) -> None:
        """To the next or previous of the four steps, then to Start, and round again.

        Going on from the second takes what it shows: every step has a standard answer.
        """
        places = (*self.steps, self.start)
        here = self.start if self.start.hasFocus() else self._here
        if step > 0 and here is self.steps[1]:
            self.steps[1].set_done(True)
        to = places[(places.index(here) + step) % len(places)]
        if isinstance(to, _Step):
            self._stand_in(to)
        if to is self.steps[1]:
            self.cards.stand()
        else:
            goals: tuple[QWidget, ...] = (self.name, self.cards, self.known, self.trial, self.start)
            goals[places.index(to)].setFocus(Qt.FocusReason.TabFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the picture's width."""
        super().resizeEvent(event)
        self._fit()

    def help_topic(self) -> str:
        """Its page."""
        return "first-run"
