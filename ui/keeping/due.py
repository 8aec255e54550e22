"""Records due for destruction: a list, why each is on it, and what this team leader may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.domain.retention import Fate, years_after
from triage.domain.spelling import counted, spell_day
from triage.workflow import naming, retention
from triage.workflow.desk import Desk
from triage.workflow.retention import DueRecord
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.dialogs import AskBox
from ui.shell.help import HelpBox
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.table import ICON_ROLE, Rows, Table
from ui.widgets.text import Paragraph, Text

HEADS = ("Record", "Children", "Outcome", "Due since", "Where it stands")
WORDS = (
    "One team leader proposes, another decides. What is destroyed can't be brought back, not even "
    "from a backup. Open the record and read it first."
)
NOTHING = "Records come here when the time your council keeps them is over."
_ICONS = {
    Fate.DUE: "clock",
    Fate.HELD: "lock",
    Fate.PROPOSED: "circle-dashed",
}
_SHORT = {Fate.DUE: "Due", Fate.HELD: "Held", Fate.PROPOSED: "Proposed"}


class DueBox(AskBox):
    """The list. `act_asked` has what to do, the record and the reason typed; `opened` a record."""

    act_asked = Signal(str, object, str)
    opened = Signal(object)

    def __init__(self, parent: QWidget | None, rows: Sequence[DueRecord], *, blurred: bool) -> None:
        title = f"{counted(len(rows), 'record')} due for destruction" if rows else "Nothing is due"
        super().__init__(
            parent, "hourglass", title, WORDS if rows else NOTHING, 860 if rows else 480
        )
        self._rows = tuple(rows)
        self._blurred = blurred
        self.table = Table("Records due for destruction", (12, 26, 26, 14, 22), most=8)
        self._model = Rows(HEADS, parent=self.table)
        self.table.setModel(self._model)
        self.table.opened.connect(lambda _: self._open())
        self.table.row_changed.connect(lambda _: self._row_changed())
        self.detail = Paragraph("", "body", "text2")
        self.why = LineField("Why", "A claim, a complaint, an inquiry")
        self._why_label = Text("Why you hold it, lift the hold or keep it", "label", weight=600)
        self._acts = QHBoxLayout()
        self._acts.setSpacing(theme().px(8))
        self._buttons: dict[str, Button] = {}
        for key, words, icon in (
            ("propose", "Propose to destroy", "trash-2"),
            ("destroy", "Destroy…", "trash-2"),
            ("keep", "Keep a year longer", "calendar"),
            ("hold", "Hold", "lock"),
            ("lift", "Lift the hold", "lock-open"),
        ):
            button = Button(words, icon)
            button.clicked.connect(lambda _=False, k=key: self._act(k))
            self._acts.addWidget(button)
            self._buttons[key] = button
        self._acts.addStretch(1)
        if rows:
            self.body.addWidget(self.table)
            self.body.addWidget(self.detail)
            self.body.addWidget(self._why_label)
            self.body.addWidget(self.why)
            self.body.addLayout(self._acts)
        self.add_answer("help", "How this works", "link", "F1")
        close = self.add_answer("close", "Close", cap="Esc")
        if rows:
            self.add_answer("open", "Open the record", "primary", "Enter")
        self.answered.connect(self._answered)
        self.put(rows)
        (self.table if rows else close).setFocus()

    def put(self, rows: Sequence[DueRecord]) -> None:
        """Show the list as it is now; the same record stays chosen where it is still there."""
        chosen = self.chosen()
        self._rows = tuple(rows)
        self._model.put([self._cells(row) for row in rows])
        at = next(
            (i for i, r in enumerate(rows) if chosen and r.contact_id == chosen.contact_id), 0
        )
        if rows:
            self.table.selectRow(at)
        self._row_changed()

    def _cells(self, row: DueRecord) -> list[str | dict[int, object]]:
        return [
            row.reference,
            "Names are hidden"
            if self._blurred and not row.of_arrivals
            else row.children or "Nobody named",
            row.outcome,
            spell_day(row.due_on),
            {0: _SHORT[row.fate], ICON_ROLE: _ICONS[row.fate]},
        ]

    def chosen(self) -> DueRecord | None:
        """The record that the keys act on."""
        at = self.table.currentIndex().row()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def _row_changed(self) -> None:
        row = self.chosen()
        fit = _fitting(row) if row else ()
        for key, button in self._buttons.items():
            button.setVisible(key in fit)
        for asked in (self._why_label, self.why):
            asked.setVisible(bool({"keep", "hold", "lift"} & set(fit)))
        words = ""
        if row:
            words = row.words if row.fate is not Fate.HELD or not self._blurred else "Held."
            if row.mine and row.fate is Fate.PROPOSED:
                words = f"You proposed it. Another team leader decides. {row.rule}."
            if row.also:
                words = f"{words} {_of_all(row)}"
        self.detail.set_text(words)
        self._make_room()

    def _act(self, key: str) -> None:
        row, why = self.chosen(), self.why.text().strip()
        if row is None:
            return
        if key in ("keep", "hold", "lift") and not why:
            self.refuse("Say why first.")
            self.why.setFocus()
            return
        self.act_asked.emit(key, row, why)

    def _open(self) -> None:
        row = self.chosen()
        if row is not None and row.of_arrivals:
            self.refuse("These are about nobody known, so there is no record to open.")
        elif row is not None:
            self.opened.emit(row.contact_id)
            self.accept()

    def _help(self) -> None:
        HelpBox(self, "retention").open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F1 opens the page of the manual."""
        if event.key() == Qt.Key.Key_F1:
            self._help()
        else:
            super().keyPressEvent(event)

    def _answered(self, key: str) -> None:
        if key == "open":
            self._open()
        elif key == "help":
            self._help()
        elif self.isVisible():
            self.done(0)


def _fitting(row: DueRecord) -> tuple[str, ...]:
    fit: tuple[str, ...]
    if row.fate is Fate.HELD:
        return ("lift",) if row.hold else ()
    if row.fate is Fate.PROPOSED:
        fit = ("keep", "hold") if row.mine else ("destroy", "keep", "hold")
    else:
        fit = ("propose", "hold")
    return tuple(key for key in fit if key != "hold" or not row.of_arrivals)


def _named(row: DueRecord) -> str:
    if row.of_arrivals:
        return "what arrived"
    more = f" and {len(row.also)} more about the same children" if row.also else ""
    return row.reference + more


def _of_all(row: DueRecord) -> str:
    *most, last = (other.reference for other in row.also)
    others = f"{', '.join(most)} and {last}" if most else last
    what = "goes" if len(row.also) == 1 else "go"
    return f"{others}, about the same children, {what} with it."


class SureBox(AskBox):
    """Asked once more before anything is destroyed. `given` tells that it may go."""

    given = Signal()

    def __init__(self, parent: QWidget | None, row: DueRecord) -> None:
        super().__init__(
            parent,
            "triangle-alert",
            f"Destroy {_named(row)}?",
            (f"{_of_all(row)} " if row.also else "")
            + "Everything that is kept of this here goes, and can't be brought back, not even from "
            "a backup. That it was there, and that you destroyed it, stays in the audit trail.",
        )
        keep = self.add_answer("cancel", "Not now")
        all_of_them = f"Destroy all {len(row.also) + 1}" if row.also else f"Destroy {_named(row)}"
        self.add_answer("go", all_of_them, "danger")
        self.answered.connect(self._go)
        keep.setFocus()

    def _go(self, key: str) -> None:
        if key == "go":
            self.given.emit()
            self.accept()
        elif self.isVisible():
            self.done(0)


class Due(QObject):
    """Shows the list and does what is asked of a record. `said` has words of what was
    done, `refused` of what was not."""

    said = Signal(str)
    refused = Signal(str)
    opened = Signal(object)

    def __init__(
        self, window: QWidget, jobs: Jobs, desk: Callable[[], Desk], blurred: Callable[[], bool]
    ) -> None:
        super().__init__(window)
        self._window, self._jobs, self._desk, self._blurred = window, jobs, desk, blurred
        self.box: DueBox | None = None
        self.sure: SureBox | None = None

    def ask(self) -> None:
        """Read the list, which may take seconds in an old hub, and show it."""
        desk = self._desk()
        self._jobs.run(
            lambda: retention.due(desk),
            self._show,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
        )

    def _show(self, rows: tuple[DueRecord, ...]) -> None:
        box = self.box = DueBox(self._window, rows, blurred=self._blurred())
        box.act_asked.connect(lambda key, row, why: self._act(box, key, row, why))
        box.opened.connect(self.opened)
        box.open()

    def _act(self, box: DueBox, key: str, row: DueRecord, why: str) -> None:
        if key == "destroy":
            sure = self.sure = SureBox(box, row)
            sure.given.connect(lambda: self._do(box, key, row, why))
            sure.open()
        else:
            self._do(box, key, row, why)

    def _do(self, box: DueBox, key: str, row: DueRecord, why: str) -> None:
        desk = self._desk()
        id, also = row.contact_id, [other.contact_id for other in row.also]
        year = years_after(naming.local_day(desk.profile, desk.now()), 1)
        named = "What arrived" if row.of_arrivals else row.reference
        all_named = _named(row) if also else named
        acts: dict[str, tuple[Callable[[], object], str]] = {
            "propose": (
                lambda: retention.propose(desk, id, also),
                f"{all_named} {'are' if also else 'is'} proposed. Another team leader decides.",
            ),
            "destroy": (
                lambda: retention.approve(desk, id, also),
                f"{all_named} {'are' if also else 'is'} destroyed.",
            ),
            "keep": (
                lambda: retention.keep(desk, id, year, why),
                f"{named} is kept until {spell_day(year)}.",
            ),
            "hold": (
                lambda: retention.hold(desk, id, why),
                f"{named} is held until somebody lifts it.",
            ),
            "lift": (
                lambda: retention.lift(desk, id, why),
                f"The hold on {named} is lifted.",
            ),
        }
        act, words = acts[key]

        def work() -> tuple[str, tuple[DueRecord, ...]]:
            did = act()
            more = f" {did.words}" if isinstance(did, retention.Destroyed) else ""
            return words + more, retention.due(desk)

        def done(found: tuple[str, tuple[DueRecord, ...]]) -> None:
            said, rows = found
            box.why.clear()
            box.banner.hide()
            box.put(rows)
            self.said.emit(said)

        self._jobs.run(
            work, done, lambda fault: box.refuse(sentence(fault)), owner=box, lane="store"
        )
