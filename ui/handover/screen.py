"""Handover: what the night did, handing over, and one's own schedule, at any time of the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.errors import UnreachableError
from triage.domain.handover import Offer, Reminder
from triage.domain.spelling import counted, spell_in_week
from triage.workflow import handover, naming, night, schedule, unsent_words
from triage.workflow.desk import Desk
from triage.workflow.handover import Handover, PassedRow
from triage.workflow.night import Night
from triage.workflow.schedule import Entry, Schedule
from triage.workflow.unsent import Kept
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.folders import documents
from ui.handover.boxes import WhenBox
from ui.handover.panes import NightPane, SchedulePane
from ui.handover.pass_pane import PassPane, Written
from ui.jobs import Jobs, Token
from ui.printing.plain_paper import PlainPaper, Sheet, Taken, plain_pdf
from ui.shell.dialogs import typed_into_a_box
from ui.shell.room import room_of, show, space
from ui.shell.screen import Screen
from ui.theme import theme
from ui.triage.boxes import Reason, ReasonBox
from ui.widgets.banner import IconLabel
from ui.widgets.clock import CLOCKS_MS, ClockLabel
from ui.widgets.pane import Surface
from ui.widgets.segments import Segments
from ui.widgets.text import Text

T = TypeVar("T")

NARROW = 1180
"""Below this one pane is shown at a time."""

_PANES = (("night", "Morning"), ("schedule", "Through the day"), ("pass", "End of shift"))
_END_SOON_MINUTES = 60


def _with_words(desk: Desk) -> Handover:
    """The handover, with what was written of it here and is not at the hub yet."""
    told = handover.handover(desk)
    mine = {r.contact_id: r.offer for r in told.rows if not r.whose}
    return handover.laid_over(desk, told, unsent_words.passed_on(desk, mine))


def _once_there(kept: Kept[Reminder], words: str) -> str:
    if not kept.here:
        return words
    return "Kept on this computer. It counts, and comes back, once the hub answers."


class Head(Surface):
    """What this is, which part of the day, and how long is left of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icon = IconLabel("arrow-left-right", 22, "accent")
        self.title = Text("Handover", "title")
        self.words = Text("", "small", "text2", elide=True)
        self.which = Segments(_PANES, "Part of the day", dense=True)
        self.clock = ClockLabel("title")
        self.count = Text("", "small", "text2")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._row = QHBoxLayout(self)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.title)
        said.addWidget(self.words)
        ends = QVBoxLayout()
        ends.setSpacing(0)
        ends.addWidget(self.clock, 0, Qt.AlignmentFlag.AlignRight)
        ends.addWidget(self.count)
        self._row.addWidget(self._icon)
        self._row.addLayout(said, 1)
        self._row.addWidget(self.which)
        self._row.addLayout(ends)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(14), t.px(8), t.px(14), t.px(8))
        self._row.setSpacing(t.px(16))

    def show_handover(self, told: Handover, ends: datetime | None, back: datetime) -> None:
        """Who is meant, and when this day's shift ends."""
        unnamed = [r for r in told.rows if r.group == told.before_words]
        mine = [r for r in told.rows if not r.whose]
        self.words.set_text("Built from your contacts, nothing to copy out")
        run = "runs" if len(unnamed) == 1 else "run"
        pressing = f", {len(unnamed)} {run} out before {back:%H:%M}" if unnamed else ""
        self.count.set_text(f"{counted(len(mine), 'contact')}{pressing}")
        if ends is None:
            self.clock.set(f"Opens {spell_in_week(back)}", "normal")
            return
        left = int((told.ends_at - told.as_of).total_seconds() // 60) if told.ends_at else 0
        words = f"{left // 60} h {left % 60:02d} min" if left >= 60 else f"{left} min"
        state = "soon" if left <= _END_SOON_MINUTES else "normal"
        self.clock.set(f"{words} to end of shift", "soon" if state == "soon" else "normal")


class HandoverScreen(Screen):
    """The night, handing over, the schedule. Everything slow goes through `jobs`.

    `contact_asked` gives a contact to open; `saved_changed` is for the status line.
    """

    contact_asked = Signal(object)
    saved_changed = Signal(str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holder, self._jobs = holder, jobs
        self._told: Handover | None = None
        self._night: Night | None = None
        self._schedule: Schedule | None = None
        self._blur = self._arriving = False
        self._reading = Token()
        self._keeping = 0
        self.head = Head()
        self.night = NightPane()
        self.passing = PassPane()
        self.schedule = SchedulePane()
        self.paper = PlainPaper(self, jobs)
        self._row = QHBoxLayout()
        for pane, stretch in ((self.night, 0), (self.passing, 1), (self.schedule, 0)):
            self._row.addWidget(pane, stretch)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.head)
        self._outer.addLayout(self._row, 1)
        self._clocks = QTimer(self)
        self._clocks.setInterval(CLOCKS_MS)
        self._clocks.timeout.connect(self.refresh)
        self._connect()
        self._space()

    def _connect(self) -> None:
        self.head.which.chosen.connect(self._bring)
        self.passing.print_asked.connect(self.print_preview)
        self.paper.said.connect(self.said)
        self.paper.refused.connect(self.refused)
        self.night.opened.connect(self.contact_asked)
        self.night.all_seen.connect(self._all_seen)
        self.passing.opened.connect(self.contact_asked)
        self.passing.kept.connect(self._keep)
        self.passing.offer_asked.connect(self.main_act)
        self.passing.accepted.connect(self._accept)
        self.passing.declined.connect(self._decline)
        self.passing.withdrawn.connect(self._withdraw)
        self.passing.snooze_asked.connect(self._snooze)
        self.schedule.opened.connect(self.contact_asked)
        self.schedule.remind_asked.connect(self.remind)
        self.schedule.done.connect(self._done)
        self.schedule.put_off_asked.connect(self._put_off)
        self.schedule.snooze_asked.connect(lambda e: self._snooze(e.contact_id))
        self._holder.changed.connect(self._seated)
        theme().scaled.connect(self._space)

    # ---- what the window asks -------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Left to right."""
        return (self.head, self.night, self.passing, self.schedule)

    def entered(self) -> None:
        """Read it, with the part of the day in front."""
        self._arriving = True
        self.refresh()

    def left(self) -> None:
        """Keep what is being written."""
        self.passing.flush()

    def refresh(self) -> None:
        """F5."""
        desk = self._desk()
        self._reading.cancel()
        self._reading = self._jobs.run(
            lambda: (_with_words(desk), night.night(desk), schedule.schedule(desk)),
            self._show,
            self._not_read,
            owner=self,
        )

    def look_again(self) -> None:
        """Something happened at the hub."""
        if self.isVisible():
            self.refresh()

    def main_act(self) -> None:
        """Ctrl Enter: hand over all that have a name, or say what is missing and go there; where
        there is none, accept what is held out and current."""
        self.passing.flush()
        row = self.passing.current()
        if row is not None and row.whose and self._told is not None and not self._told.drafts():
            self._accept(row)
            return
        desk = self._desk()

        def done(offers: tuple[object, ...]) -> None:
            words = f"{counted(len(offers), 'contact')} held out."
            self.said.emit(f"{words} Each stays with you until it is accepted.")
            self.refresh()

        def failed(fault: Exception) -> None:
            self.refused.emit(sentence(fault))
            self.passing.next_unnamed(1)

        self._jobs.run(lambda: handover.offer_all(desk), done, failed, owner=self, lane="store")

    def print_preview(self) -> None:
        """Ctrl P: the list on paper, or as a file."""
        self.passing.flush()
        sheet = Sheet(
            asked="Print the handover",
            words="It names children. That it was printed is kept with each contact. Give it to "
            "who takes them on, and shred it when it is done.",
            called="The handover",
            title="Handover",
            file=documents() / "handover.pdf",
        )
        self.paper.ask(sheet, partial(self._write_out, self._desk()))

    def _write_out(self, desk: Desk, take: Taken) -> None:
        self._jobs.run(
            lambda: handover.print_list(desk),
            lambda words: take(plain_pdf(f"Handover of {desk.worker.name}", words)),
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
            lane="store",
        )

    def save_now(self) -> None:
        """Ctrl S."""
        self.passing.flush()

    def not_kept(self) -> str:
        """Words that wait to be kept."""
        waits = self.passing.is_writing() or self._keeping
        if waits:
            return "What you wrote for the next shift is not kept yet: Ctrl S."
        return typed_into_a_box(self)

    def next_needed(self, step: int) -> None:
        """F8, Shift F8: the next contact without a name."""
        self._bring("pass")
        if not self.passing.next_unnamed(step):
            self.noted.emit("Every contact that needs a name has one.")

    def step_back(self) -> bool:
        """Esc: from the words back to the list they are about."""
        focus = self.focusWidget()
        if focus is None or not self.passing.editor.isAncestorOf(focus):
            return False
        self.passing.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def set_blur(self, on: bool) -> None:
        """F9: names and words leave the lists."""
        self.passing.flush()
        self._blur = on
        self._show_all()

    def help_topic(self) -> str:
        """resources/help/handover.md."""
        return "handover"

    # ---- reading --------------------------------------------------------

    def _show(self, read: tuple[Handover, Night, Schedule]) -> None:
        self._told, self._night, self._schedule = read
        self._show_all()
        if self._arriving:
            self._arriving = False
            self._bring(self._part())

    def _show_all(self) -> None:
        if self._told is None or self._night is None or self._schedule is None:
            return
        desk = self._desk()
        now = naming.local(desk.profile, desk.now())
        ends = naming.local(desk.profile, self._told.ends_at) if self._told.ends_at else None
        self.head.show_handover(self._told, ends, naming.local(desk.profile, self._told.back_at))
        self.night.show_night(self._night, hidden=self._blur)
        self.passing.set_clock(now)
        if not self.passing.is_writing() and not self._keeping:
            self.passing.show_handover(self._told, hidden=self._blur)
        self.schedule.show_schedule(self._schedule, hidden=self._blur)
        self.panes_changed.emit()

    def _not_read(self, fault: Exception) -> None:
        if self._told is not None and isinstance(fault, UnreachableError):
            return  # what is shown stays, and is written into
        self.passing.show_fault(sentence(fault))
        self.night.show_fault(sentence(fault))

    def _part(self) -> str:
        """Morning until what the night did was seen; the end of a shift in its last hour."""
        told, last = self._told, self._night
        if told is not None and any(r.whose for r in told.rows):
            return "pass"
        if told is not None and told.ends_at is not None:
            left = (told.ends_at - told.as_of).total_seconds() / 60
            if left <= _END_SOON_MINUTES:
                return "pass"
        if last is not None and last.lines and last.seen_at is None:
            return "night"
        return "schedule"

    def _bring(self, part: str) -> None:
        self.head.which.set_value(part)
        self._arrange()
        pane = {"night": self.night, "pass": self.passing, "schedule": self.schedule}[part]
        goal = pane.landing()
        if goal is not None:
            goal.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- acts -----------------------------------------------------------

    def _do(self, work: Callable[[], T], words: str | Callable[[T], str]) -> None:
        def done(result: T) -> None:
            self.said.emit(words if isinstance(words, str) else words(result))
            self.refresh()

        self._jobs.run(work, done, self._refused, owner=self, lane="store")

    def _refused(self, fault: Exception) -> None:
        self.refused.emit(sentence(fault))
        self.refresh()

    def _keep(self, written: object) -> None:
        if not isinstance(written, Written):
            return
        desk, told = self._desk(), self._told
        row = told.of(written.contact_id) if told is not None else None
        before = row.offer if row is not None else None
        self._keeping += 1
        self.saved_changed.emit("Saving")

        def done(kept: Kept[Offer]) -> None:
            self._keeping -= 1
            where = " on this computer" if kept.here else ""
            self.saved_changed.emit(f"Handover kept{where} {self._clock():%H:%M:%S}")
            if kept.here and self._told is not None:
                offers = {written.contact_id: kept.value}
                self._told = handover.laid_over(desk, self._told, offers)
                self._show_all()
            self.refresh()

        def failed(fault: Exception) -> None:
            self._keeping -= 1
            self.saved_changed.emit("Not saved, what you wrote is still here")
            self.refused.emit(sentence(fault))

        self._jobs.run(
            lambda: unsent_words.pass_on(desk, written.contact_id, written.passing, before),
            done,
            failed,
            owner=self,
            lane="store",
        )

    def _accept(self, row: PassedRow) -> None:
        desk, offer = self._desk(), row.offer
        if offer is not None:
            self._do(
                lambda: handover.accept(desk, offer.id), lambda c: f"{c.reference} is with you now"
            )

    def _decline(self, row: PassedRow) -> None:
        desk, offer = self._desk(), row.offer
        if offer is None:
            return
        box = ReasonBox(
            self,
            f"Say no to {row.reference}",
            f"It stays with {row.whose}, who reads why.",
            "Say no",
        )

        def go(reason: Reason) -> None:
            self._do(
                lambda: handover.decline(desk, offer.id, reason.why),
                f"{row.reference} stays with {row.whose}",
            )

        box.given.connect(go)
        box.open()

    def _withdraw(self, row: PassedRow) -> None:
        desk, offer = self._desk(), row.offer
        if offer is not None:
            self._do(lambda: handover.withdraw(desk, offer.id), f"{row.reference} taken back")

    def _all_seen(self) -> None:
        desk = self._desk()
        self._do(lambda: night.seen(desk), "Kept that you have seen what the night did")

    def remind(self, contact_id: object = None) -> None:
        """N: ask of what and when."""
        desk = self._desk()
        about = contact_id if isinstance(contact_id, UUID) else None
        words = "It comes back then, to you alone."
        if about is not None:
            words += " It opens the contact that is chosen."
        box = WhenBox(
            self, "Remind me", words, "Remind me", self._clock(),
            label="Of what?", hint="Such as: call Carla with the result",
        )  # fmt: skip
        box.given.connect(
            lambda at, said: self._do(
                lambda: unsent_words.remind(desk, said, at, about),
                lambda kept: _once_there(kept, f"You will be reminded {spell_in_week(at)}"),
            )
        )
        box.open()

    def _done(self, entry: Entry) -> None:
        desk, kept = self._desk(), entry.reminder
        if kept is not None:
            self._do(lambda: schedule.done(desk, kept.id), "Done")

    def _put_off(self, entry: Entry) -> None:
        desk, kept = self._desk(), entry.reminder
        if kept is None:
            return
        box = WhenBox(self, "Later", "It comes back then.", "Put it off", self._clock())
        box.given.connect(
            lambda at, _: self._do(
                lambda: schedule.put_off(desk, kept.id, at), f"Put off until {spell_in_week(at)}"
            )
        )
        box.open()

    def _snooze(self, contact_id: object) -> None:
        if not isinstance(contact_id, UUID):
            return
        desk = self._desk()
        box = WhenBox(
            self, "Snooze until", "It leaves your schedule until then. The queue keeps it, and its "
            "clock runs on.", "Snooze", self._clock(), label="Why can it wait?",
            hint="Such as: the nurse is in after two", icon="alarm-clock",
        )  # fmt: skip
        box.given.connect(
            lambda at, why: self._do(
                lambda: unsent_words.snooze(desk, contact_id, at, why),
                lambda kept: _once_there(kept, f"Back {spell_in_week(at)}"),
            )
        )
        box.open()

    # ---- inside ---------------------------------------------------------

    def _desk(self) -> Desk:
        return self._holder.current()

    def _clock(self) -> datetime:
        desk = self._desk()
        return naming.local(desk.profile, desk.now())

    def _seated(self) -> None:
        """Somebody else sits down: nothing of the one before stays."""
        self._told = self._night = self._schedule = None
        if self.isVisible():
            self.entered()

    def _space(self) -> None:
        space(self._outer, self._row)
        self._arrange()

    def _arrange(self) -> None:
        part = self.head.which.value() or "schedule"
        panes = {"night": self.night, "pass": self.passing, "schedule": self.schedule}
        widths = {"night": (424, 330), "schedule": (440, 330)}
        show(room_of(self, NARROW), part, panes, widths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other panes."""
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Clocks run while the screen is in front."""
        super().showEvent(event)
        self._clocks.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing runs behind another screen."""
        super().hideEvent(event)
        self._clocks.stop()
