"""The two panes at the sides: what the night did, and one's own schedule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from triage.domain.spelling import spell_day, spell_in_week
from triage.workflow.night import Night, NightLine
from triage.workflow.schedule import Entry, Schedule
from ui.actions import bind_list
from ui.handover.rows import Line, LinesView, NightDelegate, Row, ScheduleDelegate
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.headed import Head
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Pane, Rule
from ui.widgets.states import StateView
from ui.widgets.text import Text

CONTEXT = "handover, schedule"
CANNOT = "An urgent contact, or one past half of its time. Its clock runs on while it is snoozed."


class NightPane(Pane):
    """`opened` gives a contact's id; `all_seen` that everything has been looked at."""

    opened = Signal(object)
    all_seen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What the night did", "", parent=parent)
        self._night: Night | None = None
        self._ticked: set[str] = set()
        self._hidden = False
        self.seen = Button("All seen", "check", dense=True)
        self.seen.clicked.connect(self.all_seen)
        self.add_action(self.seen)
        self.view = LinesView("What the night did", NightDelegate)
        self.view.doubleClicked.connect(self._open)
        self.keys = bind_list(self.view, CONTEXT, {"Open": self._open, "Done or seen": self._tick})
        self.state = StateView()
        self.figures = Figures()
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.state, 1)
        self.body.addWidget(Rule())
        self.body.addWidget(self.figures)
        hints = ((("↑", "↓"), "move"), ("Enter", "open"), ("Space", "seen"))
        self.foot.addWidget(KeyHints(hints), 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer words in the head of a narrow pane, so that its hours are whole."""
        super().resizeEvent(event)
        narrow = self.width() < theme().px(400)
        self.title.set_text("The night" if narrow else "What the night did")

    def landing(self) -> QWidget | None:
        """The list, or the button where it is empty."""
        return self.view if self.view.isVisibleTo(self) else None

    def show_night(self, night: Night, *, hidden: bool) -> None:
        """Show what was done since the hub closed."""
        if self._night is None or self._night.end != night.end:
            self._ticked.clear()
        self._night, self._hidden = night, hidden
        span = f"{night.start:%H:%M} to {night.end:%H:%M}"
        if night.end - night.start > timedelta(hours=24):
            span = f"{spell_in_week(night.start)} to {spell_in_week(night.end)}"
        self.subtitle.set_text(span)
        self._show()

    def show_fault(self, words: str) -> None:
        """It could not be read."""
        self.view.hide()
        self.state.show_error("This could not be read", words)
        self.state.show()

    def _show(self) -> None:
        night = self._night
        if night is None:
            return
        lines: list[Line] = []
        for group in dict.fromkeys(n.group for n in night.lines):
            held = [n for n in night.lines if n.group == group]
            lines.append(Head(group, str(len(held))))
            lines += [self._row(n) for n in held]
        self.view.put(lines)
        self.view.setVisible(bool(lines))
        self.state.setVisible(not lines)
        if not lines:
            self.state.show_empty("Nothing happened", "Nobody worked on a contact meanwhile.")
        seen = night.seen_at is not None
        self.seen.setEnabled(bool(lines) and not seen)
        self.seen.set_icon("circle-check" if seen else "check")
        self.figures.show_night(night)

    def _row(self, told: NightLine) -> Row:
        key = str(told.contact_id)
        seen = self._night is not None and self._night.seen_at is not None
        return Row(told, key, self._hidden, ticked=seen or key in self._ticked)

    def _open(self, *_: object) -> None:
        row = self.view.current()
        if row is not None and isinstance(row.told, NightLine):
            self.opened.emit(row.told.contact_id)

    def _tick(self) -> None:
        row, night = self.view.current(), self._night
        if row is None or night is None or night.seen_at is not None:
            return
        self._ticked ^= {row.key}
        self._show()
        if self._ticked >= {str(n.contact_id) for n in night.lines}:
            self.all_seen.emit()


class Figures(QWidget):
    """The night in numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self.title = Text("The night in numbers", "heading")
        self._grid.addWidget(self.title, 0, 0, 1, 4)
        self._figures = [Text("", "title") for _ in range(4)]
        self._names = [Text("", "small", "text2") for _ in range(4)]
        for at, (figure, name) in enumerate(zip(self._figures, self._names, strict=True)):
            self._grid.addWidget(figure, 1, at)
            self._grid.addWidget(name, 2, at)
            self._grid.setColumnStretch(at, 1)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._grid.setContentsMargins(t.px(14), t.px(10), t.px(14), t.px(10))
        self._grid.setVerticalSpacing(t.px(2))

    def show_night(self, night: Night) -> None:
        """Arrived, decided, urgent, longest wait."""
        minutes = int(night.longest.total_seconds() // 60)
        waited = f"{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min"
        said = (
            (str(night.arrived), "arrived"),
            (str(night.decided), "decided"),
            (str(night.urgent), "urgent"),
            (waited if night.arrived else "–", "longest wait"),
        )
        for (figure, name), at in zip(said, range(4), strict=True):
            self._figures[at].set_text(figure)
            self._names[at].set_text(name)
        self.setAccessibleName(", ".join(f"{figure} {name}" for figure, name in said))


class SchedulePane(Pane):
    """`opened` gives a contact's id; `remind_asked` the contact it is about or None; `done`,
    `put_off_asked` and `snooze_asked` an Entry."""

    opened = Signal(object)
    remind_asked = Signal(object)
    done = Signal(object)
    put_off_asked = Signal(object)
    snooze_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("My schedule", "only you see this", parent=parent)
        self.remind = Button("Remind me", "bell", key_hint="N", dense=True)
        self.remind.clicked.connect(lambda: self.remind_asked.emit(self._contact()))
        self.add_action(self.remind)
        self.view = LinesView("My schedule", ScheduleDelegate)
        self.view.doubleClicked.connect(self._open)
        self.keys = bind_list(
            self.view,
            CONTEXT,
            {
                "Open": self._open,
                "Done or seen": self._tell(self._done),
                "Snooze": self._tell(self._later),
                "Remind me": lambda: self.remind_asked.emit(self._contact()),
            },
        )
        self.cannot = Banner("info", parent=self)
        self.cannot.show_words("What cannot be snoozed.", CANNOT)
        self.body.addWidget(self.view, 1)
        self._margin = QVBoxLayout()
        self._margin.addWidget(self.cannot)
        self.body.addLayout(self._margin)
        self._space_note()
        theme().scaled.connect(self._space_note)
        hints = (("Z", "snooze"), ("Space", "done"), ("Enter", "open"))
        self.foot.addWidget(KeyHints(hints), 1)

    def _space_note(self) -> None:
        t = theme()
        self._margin.setContentsMargins(t.px(10), t.px(8), t.px(10), t.px(10))

    def landing(self) -> QWidget | None:
        """The list."""
        return self.view

    def show_schedule(self, schedule: Schedule, *, hidden: bool) -> None:
        """Today, the next working day, later, and what is snoozed."""
        groups = (
            ("Today", schedule.today),
            (spell_day(schedule.next_day), schedule.then),
            ("Later", schedule.later),
            ("Snoozed", schedule.snoozed),
        )
        lines: list[Line] = []
        for title, entries in groups:
            if not entries:
                continue
            late = sum(e.late for e in entries)
            lines.append(Head(title, f"{late} due" if late else str(len(entries))))
            lines += [Row(e, _key(e), hidden) for e in entries]
        self.view.put(lines)

    def current(self) -> Entry | None:
        """The line that is current."""
        row = self.view.current()
        return row.told if row is not None and isinstance(row.told, Entry) else None

    def _contact(self) -> object:
        entry = self.current()
        return entry.contact_id if entry is not None and self.view.hasFocus() else None

    def _tell(self, act: Callable[[Entry], None]) -> Callable[[], None]:
        def tell() -> None:
            entry = self.current()
            if entry is not None:
                act(entry)

        return tell

    def _open(self, *_: object) -> None:
        entry = self.current()
        if entry is not None and entry.contact_id is not None:
            self.opened.emit(entry.contact_id)

    def _done(self, entry: Entry) -> None:
        if entry.reminder is not None and entry.reminder.done_at is None:
            self.done.emit(entry)

    def _later(self, entry: Entry) -> None:
        if entry.reminder is not None and not entry.reminder.snoozed:
            self.put_off_asked.emit(entry)
        elif entry.sort == "runs out" and entry.contact_id is not None:
            self.snooze_asked.emit(entry)


def _key(entry: Entry) -> str:
    if entry.key is not None:
        return str(entry.key)
    return f"{entry.sort} {entry.contact_id}"
