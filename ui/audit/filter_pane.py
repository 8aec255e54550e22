"""The left pane: which events. Each deed says how many there are of it in that time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.spelling import spell_day
from triage.domain.trail import Deed
from triage.workflow.audit import Found, Wanted
from ui.actions import bind_list
from ui.printing.ticks import Tick
from ui.theme import theme
from ui.triage.boxes import as_iso
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.editor import Choice, LineField, Pause
from ui.widgets.group import BareGroup
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Body, Pane, Scroll
from ui.widgets.segments import Segments
from ui.widgets.text import Text

ANYONE = "anyone"
_HINTS = (("Ctrl F", "find"), ("Alt R", "clear all"))
_TIMES = (("today", "Today"), ("week", "7 days"), ("dates", "Dates"))
_USUAL = frozenset(Deed) - {Deed.DESK}
SAVED: tuple[tuple[str, str, frozenset[Deed], str], ...] = (
    ("Opened with a reason, this week", "week", frozenset({Deed.REASON}), ""),
    ("Packs printed, this week", "week", frozenset({Deed.PRINTED}), ""),
    ("Looked and never worked with, this week", "week", frozenset({Deed.LOOKED}), "never"),
)
"""Questions asked often: words, time, deeds, and what else."""


class FilterPane(Pane):
    """Tells `changed` whenever something else is looked for."""

    changed = Signal()
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Filters", "", parent=parent)
        self._zone, self._now = ZoneInfo("UTC"), datetime.now(ZoneInfo("UTC"))
        self.clear = Button("Clear", kind="link", dense=True)
        self.clear.clicked.connect(self.clear_all)
        self.add_action(self.clear)
        self._body = Body(gap=4)
        self._column = self._body.column
        self._typing = Pause(self)
        self._typing.setInterval(500)
        self._typing.due.connect(self.changed)
        self.who = Choice("Who", ((ANYONE, "Anyone"),))
        self.who.set_value(ANYONE)
        self.who.chosen.connect(self._told)
        self._add("Who", self.who)
        self.about = LineField("About whom", "Name, reference, NHS no.", icon="user")
        self._add("About whom", self.about)
        self.words = LineField("Words in the event", "Words of a reason or answer", icon="search")
        self._add("Words in the event", self.words)
        self.time = Segments(_TIMES, "When", dense=True)
        self.time.set_value("today")
        self.time.chosen.connect(self._told)
        self._add("When", self.time)
        self._dates()
        for field in (self.about, self.words, self.first, self.last):
            field.typed.connect(lambda _: self._typing.touch())
            field.returnPressed.connect(self._typing.flush)
        self.deeds: dict[Deed, Tick] = {}
        self._ticks()
        self.restricted, self.never = Tick("Restricted records"), Tick("Never worked with")
        self._only()
        self._saved()
        self.own = Banner("info")
        self._column.addStretch(1)
        self._column.addWidget(self.own)
        self.body.addWidget(Scroll(self._body, "Which events"))
        self.foot.addWidget(KeyHints(_HINTS))
        self._keys = bind_list(
            self, "services, audit filters", {"Clear all": self.clear_all}, inside=True
        )
        self._show_dates()

    def landing(self) -> QWidget:
        """Whom it is about."""
        return self.about

    def _add(self, title: str, widget: QWidget) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, theme().px(5), 0, 0)
        column.setSpacing(theme().px(4))
        column.addWidget(Text(title, "small", weight=600))
        column.addWidget(widget)
        self._column.addWidget(box)
        return box

    def _dates(self) -> None:
        self._between = QWidget()
        row = QHBoxLayout(self._between)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        self.first = LineField("From, a day", "24/11/2026")
        self.last = LineField("To, a day", "24/11/2026")
        for title, field in (("From", self.first), ("To", self.last)):
            column = QVBoxLayout()
            column.setSpacing(theme().px(4))
            column.addWidget(Text(title, "small", weight=600))
            column.addWidget(field)
            row.addLayout(column, 1)
        self._column.addWidget(self._between)

    def _group(self, title: str) -> QVBoxLayout:
        group = BareGroup(title)
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._add(title, group)
        return column

    def _put_tick(self, column: QVBoxLayout, tick: Tick) -> None:
        policy = tick.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        tick.setSizePolicy(policy)
        tick.clicked.connect(self._told)
        column.addWidget(tick)

    def _ticks(self) -> None:
        column = self._group("What was done")
        for deed in Deed:
            tick = self.deeds[deed] = Tick(deed.value)
            tick.setChecked(deed in _USUAL)
            self._put_tick(column, tick)

    def _only(self) -> None:
        column = self._group("Only show")
        for tick in (self.restricted, self.never):
            self._put_tick(column, tick)

    def _saved(self) -> None:
        group = BareGroup("Often asked")
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for saved in SAVED:
            button = Button(saved[0], kind="link", dense=True)
            button.clicked.connect(lambda _=False, s=saved: self._choose(s))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._add("Often asked", group)

    def _choose(self, saved: tuple[str, str, frozenset[Deed], str]) -> None:
        _, when, deeds, more = saved
        self._empty()
        self.time.set_value(when)
        for deed, tick in self.deeds.items():
            tick.setChecked(deed in deeds)
        self.never.setChecked(more == "never")
        self._told()

    # ---- what is shown ---------------------------------------------------------

    def set_clock(self, now: datetime, zone: str) -> None:
        """The hub's time, from which days are counted."""
        self._zone = ZoneInfo(zone)
        self._now = now.astimezone(self._zone)

    def show_found(self, found: Found, reason: str, opened: int) -> None:
        """How many there are of each, and what was kept of this look itself."""
        for deed, tick in self.deeds.items():
            tick.set(right=f"{found.deeds.get(deed, 0):,}")
        kept = self.who.value() or ANYONE
        people = tuple((w.id, w.name) for w in found.everyone)
        self.who.set_options(((ANYONE, "Anyone"), *people))
        self.who.set_value(kept if kept in dict(people) else ANYONE)
        self.own.show_words(
            "Your own look is written too.",
            f"Event {opened:,} is you opening this. Reason: {reason}",
        )

    def hide_own(self) -> None:
        """Nobody has begun to look."""
        self.own.hide()

    def choose_person(self, worker_id: str) -> None:
        """Only what this person did."""
        self.who.set_value(worker_id)
        self._told()

    def look_until(self, day: datetime) -> None:
        """The same time as before, to this day and no later."""
        since, _ = self._between_which()
        self.time.set_value("dates")
        self.first.put(f"{since:%d/%m/%Y}" if since else "")
        self.last.put(f"{day:%d/%m/%Y}")
        self._told()

    # ---- what is wanted ----------------------------------------------------------

    def wanted(self) -> Wanted:
        """What is looked for."""
        who = self.who.value()
        since, until = self._between_which()
        return Wanted(
            by="" if who in (None, ANYONE) else str(who),
            about=self.about.text(),
            words=self.words.text(),
            since=since,
            until=until,
            deeds=frozenset(d for d, tick in self.deeds.items() if tick.isChecked()),
            restricted=self.restricted.isChecked(),
            never_worked=self.never.isChecked(),
        )

    def when_words(self) -> str:
        """The time that is looked at, as in: 220 today."""
        if self.time.value() == "today":
            return "today"
        if self.time.value() == "week":
            return "in 7 days"
        since, until = self._between_which()
        said = [f"from {spell_day(since)}"] if since else []
        if until:
            said.append(f"to {spell_day(until - timedelta(days=1))}")
        return " ".join(said) or "in all"

    def _between_which(self) -> tuple[datetime | None, datetime | None]:
        today = datetime.combine(self._now.date(), time(), self._zone)
        if self.time.value() == "today":
            return today, None
        if self.time.value() == "week":
            return today - timedelta(days=6), None
        return self._day(self.first), self._day(self.last, after=1)

    def _day(self, field: LineField, after: int = 0) -> datetime | None:
        iso = as_iso(field.text().strip())
        field.set_wrong(iso is None)
        field.setToolTip("Write the day as 24/11/2026." if iso is None else "")
        field.setAccessibleDescription(field.toolTip())
        if not iso:
            return None
        day = datetime.fromisoformat(iso).date() + timedelta(days=after)
        return datetime.combine(day, time(), self._zone)

    def clear_all(self) -> None:
        """Alt R: nothing is left out any more."""
        self._empty()
        for deed, tick in self.deeds.items():
            tick.setChecked(deed in _USUAL)
        self.time.set_value("today")
        self.cleared.emit()
        self._told()

    def forget(self) -> None:
        """Another person sits down: nothing that was looked for stays."""
        self._typing.stop()
        self._empty()
        self.hide_own()

    def _empty(self) -> None:
        self.who.set_value(ANYONE)
        for field in (self.about, self.words, self.first, self.last):
            field.put("")
        for tick in (self.restricted, self.never):
            tick.setChecked(False)

    def _show_dates(self) -> None:
        self._between.setVisible(self.time.value() == "dates")

    def _told(self, *_: object) -> None:
        self._show_dates()
        self.changed.emit()
