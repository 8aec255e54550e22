"""Restricted records whose review is due: keep each restricted, or lift it, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.domain.spelling import counted, spell_day
from triage.workflow import concerns, restrictions
from triage.workflow.desk import Desk
from triage.workflow.restrictions import ToReview
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.dialogs import AskBox
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.table import Rows, Table
from ui.widgets.text import Text

HEADS = ("Record", "Children", "Why restricted", "Since", "Review due")
WORDS = (
    "A restriction is looked at again every {days} days. Keep it, or lift it so that the team may "
    "know of the record. Your reason is kept either way."
)


class ReviewBox(AskBox):
    """The list. `decided` has "keep" or "lift", the record and the reason."""

    decided = Signal(str, object, str)

    def __init__(
        self, parent: QWidget | None, rows: Sequence[ToReview], days: int, *, blurred: bool
    ) -> None:
        title = f"{counted(len(rows), 'restricted record')} to review" if rows else "None is due"
        super().__init__(
            parent, "shield-alert", title, WORDS.format(days=days), 820 if rows else 480
        )
        self._rows: tuple[ToReview, ...] = ()
        self._blurred = blurred
        self.table = Table("Restricted records to review", (14, 28, 26, 16, 16), most=8)
        self._model = Rows(HEADS, parent=self.table)
        self.table.setModel(self._model)
        self.why = LineField("Why", "What was looked at, and what was found")
        acts = QHBoxLayout()
        acts.setSpacing(theme().px(8))
        for key, words, icon in (
            ("keep", "Keep it restricted", "lock"),
            ("lift", "Lift the restriction", "lock-open"),
        ):
            button = Button(words, icon)
            button.clicked.connect(lambda _=False, k=key: self._decide(k))
            acts.addWidget(button)
        acts.addStretch(1)
        if rows:
            self.body.addWidget(self.table)
            self.body.addWidget(Text("Why", "label", weight=600))
            self.body.addWidget(self.why)
            self.body.addLayout(acts)
        self.add_answer("close", "Close", cap="Esc")
        self.answered.connect(self._answered)
        self.put(rows)
        if rows:
            self.table.setFocus()

    def put(self, rows: Sequence[ToReview]) -> None:
        """Show what is still due."""
        self._rows = tuple(rows)
        self._model.put(
            [
                (
                    row.reference,
                    "Names are hidden" if self._blurred else row.children,
                    row.kind,
                    spell_day(row.since),
                    spell_day(row.due_on),
                )
                for row in rows
            ]
        )
        self.why.put("")
        if rows:
            self.table.selectRow(0)

    def _decide(self, key: str) -> None:
        at, why = self.table.currentIndex().row(), self.why.text().strip()
        if not 0 <= at < len(self._rows):
            return
        if not why:
            self.refuse("Say why first.")
            self.why.setFocus()
            return
        self.banner.hide()
        self.decided.emit(key, self._rows[at], why)

    def _answered(self, key: str) -> None:
        if self.isVisible():
            self.done(0)


class Reviews(QObject):
    """Asks for the list and does what a leader decides. `said` tells what was done,
    `refused` what was not."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(
        self, window: QWidget, jobs: Jobs, desk: Callable[[], Desk], blurred: Callable[[], bool]
    ) -> None:
        super().__init__(window)
        self._window, self._jobs, self._desk, self._blurred = window, jobs, desk, blurred
        self.box: ReviewBox | None = None

    def ask(self) -> None:
        """Show what is due."""
        desk = self._desk()
        self._jobs.run(
            lambda: restrictions.to_review(desk),
            self._show,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
        )

    def _show(self, rows: tuple[ToReview, ...]) -> None:
        days = self._desk().profile.restricted.review_days
        box = self.box = ReviewBox(self._window, rows, days, blurred=self._blurred())
        box.decided.connect(self._decide)
        box.open()

    def _decide(self, key: str, row: ToReview, why: str) -> None:
        desk, box = self._desk(), self.box
        assert box is not None
        act = restrictions.keep_restricted if key == "keep" else concerns.open_up

        def work() -> tuple[ToReview, ...]:
            act(desk, row.contact_id, why)
            return restrictions.to_review(desk)

        def done(left: tuple[ToReview, ...]) -> None:
            self.said.emit(f"{row.reference} {'stays restricted' if key == 'keep' else 'is open'}.")
            box.put(left) if left else box.done(1)

        self._jobs.run(
            work, done, lambda fault: box.refuse(sentence(fault)), owner=box, lane="store"
        )
