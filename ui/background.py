"""What goes on behind the screens: files dropped, decisions sent, the feed watched.

What a job needs is imported by the job: none of it is needed before the queue is painted, and it
takes as long to import as all of the queue's screen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from triage.domain.decision import Delivery
from triage.domain.errors import UnreachableError
from triage.domain.event import Event
from triage.workflow import claims, earlier, feed, match, weights
from triage.workflow.desk import Desk
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs

if TYPE_CHECKING:
    from triage.workflow.drop import DropFolder
    from triage.workflow.receive import Received
    from triage.workflow.schedule import Entry
    from triage.workflow.sending import Round

log = logging.getLogger(__name__)

FEED_MS = 1000
TOLD_FEED_MS = 5000
"""Between two looks at the feed: where nobody tells of what is new, and where the hub's server
does. It is still looked at then: a server whose rules are of before may tell nothing."""

HEARD_MS, BETWEEN_MS = 40, 300
"""What is told in one moment is looked at once; and where many write, so often at most: forty desks
that each looked at each save of the others would ask more of the server than all their work."""

DELIVER_MS = 5000
DIRECTORIES_MS = 60_000
CHECKPOINT_MS = 60_000
CLAIMS_MS = 300_000
REMIND_MS = 20_000
POST_MS = 5000
"""Between two looks whether anything is due to a partner; mailboxes are read at their own pace."""

LOOK_UPS = 2
"""Contacts that partners are asked about at a time as they come in, so that whoever looks somebody
up at the desk is not kept waiting by them, nor the window by many threads at work."""

LOOK_MS = 1000
"""Between two looks into the watched folder: folders on a server do not tell of their changes."""


class Background(QObject):
    """Runs for as long as the window is open; everything slow goes through `jobs`.

    `received` gives a `Received` for each file, `refused` a sentence, `moved_on` the number of
    the newest event when some change what is shown, `delivered` the deliveries that changed,
    `posted` a `Round` of the post that did something, `reminded` entries of the schedule whose
    time has come, each once.
    """

    received = Signal(object)
    refused = Signal(str)
    moved_on = Signal(int)
    delivered = Signal(object)
    posted = Signal(object)
    reminded = Signal(object)

    def __init__(self, holder: DeskHolder, jobs: Jobs, drop_folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._holder, self._jobs = holder, jobs
        self._drop_folder = drop_folder
        self._seq = -1
        self._hear_nothing: Callable[[], None] | None = None
        self._heard_more = False
        self._asked_at = 0.0
        self._reminded: set[tuple[UUID | None, datetime]] = set()
        self._heard_soon = QTimer(self)
        self._heard_soon.setSingleShot(True)
        self._heard_soon.timeout.connect(partial(self._ask_feed, told=True))
        self._feed_timer = self._timer(FEED_MS, self._ask_feed)
        self._timers = (
            self._timer(LOOK_MS, self._look),
            self._feed_timer,
            self._timer(DELIVER_MS, self.deliver),
            self._timer(DIRECTORIES_MS, self.copy_directories),
            self._timer(POST_MS, self.post),
            self._timer(CHECKPOINT_MS, self.lodge_checkpoint),
            self._timer(CLAIMS_MS, self.free_idle_claims),
            self._timer(REMIND_MS, self.remind),
        )
        self._looking = self._asking = self._delivering = self._stopped = False
        self._copying = self._posting = False
        self._run_id = uuid4().hex
        self._read_mail_at = 0.0
        self._post_problem = ""
        self._not_seen_said = self._checkpoints_said = ""
        self._waiting: list[Callable[[], object]] = []
        self._looking_up = 0

    def _timer(self, ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(ms)
        timer.timeout.connect(slot)
        return timer

    def start(self) -> None:
        """Begin to watch, unless it was stopped before; files that lie there already are taken
        first."""
        if self._stopped:
            return
        for timer in self._timers:
            timer.start()
        self._hear_nothing = feed.listen(
            self._holder.current(),
            lambda: self._jobs.post(self._heard, owner=self),
            lambda: self._jobs.post(self._hear_no_more, owner=self),
        )
        self._look()
        self.deliver()
        self.copy_directories()

    def stop(self) -> None:
        """Watch no longer; what is being done is finished by `jobs`."""
        self._stopped = True
        for timer in (*self._timers, self._heard_soon):
            timer.stop()
        if self._hear_nothing is not None:
            self._hear_nothing()

    def receive(self, paths: Sequence[Path]) -> None:
        """Take files in, one after another; they stay where they are."""
        desk = self._holder.current()
        for path in paths:
            self._take_in(partial(_receive, desk, path))

    def _take_in(self, work: Callable[[], Received | None]) -> None:
        desk = self._holder.current()

        def done(got: Received | None) -> None:
            if got is None:
                return
            self.received.emit(got)
            if not got.seen_before:
                self._waiting += [partial(match.look_up, desk, c) for c in got.contacts]
            if match.lists_are_read(desk):
                self.ask_waiting()

        def failed(fault: Exception) -> None:
            log.warning("A file was not taken in: %s", type(fault).__name__)
            self._refuse(fault)

        self._jobs.run(work, done, failed, owner=self, lane="arrivals")

    def _refuse(self, fault: Exception, what: str = "") -> None:
        """Say what could not be done; that the hub is away stands above the screen already."""
        if not isinstance(fault, UnreachableError):
            self.refused.emit(f"{what}{sentence(fault)}")

    def ask_waiting(self) -> None:
        """Ask partners about what came in, a few contacts at a time; what comes before their lists
        are read waits here."""
        while self._waiting and self._looking_up < LOOK_UPS:
            self._looking_up += 1
            self._jobs.run(
                self._waiting.pop(0), self._was_asked, self._not_asked, owner=self, lane="asking"
            )

    def _was_asked(self, _found: object) -> None:
        self._looking_up -= 1
        self.ask_waiting()

    def _not_asked(self, fault: Exception) -> None:
        self._was_asked(None)
        self._refuse(fault, "Partners could not be asked about what came in. ")

    def deliver(self) -> None:
        """Send what is due to the council."""
        if self._delivering or self._holder.current().council is None:
            return
        self._delivering = True
        desk = self._holder.current()

        def work() -> tuple[Delivery, ...]:
            from triage.workflow import export

            return export.deliver_due(desk)

        self._jobs.run(work, self._sent, self._not_sent, owner=self, lane="pool")

    def _sent(self, sent: tuple[Delivery, ...]) -> None:
        self._delivering = False
        if sent:
            self.delivered.emit(sent)

    def _not_sent(self, fault: Exception) -> None:
        self._delivering = False
        self._refuse(fault)

    def copy_directories(self) -> None:
        """Copy the directories of services whose time has come."""
        desk = self._holder.current()
        if self._copying or not desk.directories:
            return
        self._copying = True

        def work() -> object:
            from triage.workflow import directories

            return directories.copy_due(desk)

        self._jobs.run(work, self._copied, self._not_copied, owner=self, lane="pool")

    def _copied(self, _copies: object) -> None:
        self._copying = False

    def _not_copied(self, fault: Exception) -> None:
        self._copying = False
        self._refuse(fault)

    def lodge_checkpoint(self) -> None:
        """Sign where the trail ends and put it outside the hub, when it is time."""
        desk = self._holder.current()
        if not (desk.profile.checkpoint_folder or desk.profile.checkpoint_mail):
            return

        def work() -> str:
            from triage.workflow import checkpoints

            try:
                return checkpoints.lodge_due(desk).words
            finally:
                checkpoints.send_due(desk)

        def looked(words: str) -> None:
            if words != self._checkpoints_said:
                self._checkpoints_said = words
                if words:
                    self.refused.emit(words)

        self._jobs.run(work, looked, self._refuse, owner=self, lane="pool")

    def free_idle_claims(self) -> None:
        """Put back what somebody took and left alone; the feed shows it."""
        desk = self._holder.current()

        def not_freed(fault: Exception) -> None:
            log.warning("Idle claims were not looked at: %s", type(fault).__name__)

        self._jobs.run(lambda: claims.free_idle(desk), None, not_freed, owner=self, lane="pool")

    def remind(self) -> None:
        """Tell of reminders whose time has come."""
        desk = self._holder.current()

        def work() -> tuple[Entry, ...]:
            from triage.workflow import schedule  # not before the queue is painted

            return schedule.due_now(desk)

        def told(due: tuple[Entry, ...]) -> None:
            new = tuple(e for e in due if (e.key, e.at) not in self._reminded)
            self._reminded.update((e.key, e.at) for e in new)
            if new:
                self.reminded.emit(new)

        def not_read(fault: Exception) -> None:
            log.warning("Reminders were not looked at: %s", type(fault).__name__)

        self._jobs.run(work, told, not_read, owner=self, lane="pool")

    def post(self) -> None:
        """Send what is due to partners, and read the mailboxes when it is time."""
        desk = self._holder.current()
        if self._posting or desk.post is None:
            return
        self._posting = True
        read = monotonic() >= self._read_mail_at
        if read:
            self._read_mail_at = monotonic() + desk.profile.requests.poll_seconds

        def work() -> Round:
            from triage.workflow import sending

            if read:
                return sending.go_round(desk, self._run_id)
            return sending.Round(went=sending.send_due(desk))

        self._jobs.run(work, self._posted, self._not_posted, owner=self, lane="pool")

    def _posted(self, done: Round) -> None:
        self._posting = False
        new = [c for looked in done.looked for c in looked.contacts]
        desk = self._holder.current()
        self._waiting += [partial(match.look_up, desk, c) for c in new]
        if new and match.lists_are_read(desk):
            self.ask_waiting()
        problem = " ".join(looked.problem for looked in done.looked if looked.problem)
        if done.looked and problem != self._post_problem:
            self._post_problem = problem
            if problem:
                self.refused.emit(problem)
        if done.went or done.reminded or new or any(x.answers + x.to_place for x in done.looked):
            self.posted.emit(done)

    def _not_posted(self, fault: Exception) -> None:
        self._posting = False
        self._refuse(fault)

    def _heard(self) -> None:
        if not self._stopped and not self._heard_soon.isActive():
            since = round((monotonic() - self._asked_at) * 1000)
            self._heard_soon.start(max(HEARD_MS, BETWEEN_MS - since))

    def _hear_no_more(self) -> None:
        self._feed_timer.setInterval(FEED_MS)

    def _ask_feed(self, told: bool = False) -> None:
        if self._asking:
            self._heard_more = self._heard_more or told
            return
        self._asking, self._asked_at = True, monotonic()
        desk, seen = self._holder.current(), self._seq

        def work() -> tuple[int, bool]:
            head = feed.head(desk)
            if head == seen:
                return head, False
            # Look-ups on this desk know of other desks' contacts too, and weigh as the hub does.
            weights.follow(desk)
            if not 0 <= seen < head:
                # The first time, what came since the screens were read is for them to find.
                return head, seen < 0
            earlier.learn_since(desk, seen)
            return head, _tells(feed.since(desk, seen), head - seen)

        self._jobs.run(work, partial(self._fed, told), self._not_fed, owner=self, lane="pool")

    def _fed(self, told: bool, found: tuple[int, bool]) -> None:
        moved = 0 <= self._seq < found[0]
        self._seq, tells = found
        if moved:
            self._feed_timer.setInterval(TOLD_FEED_MS if told else FEED_MS)
        if tells:
            self.moved_on.emit(self._seq)
        self._asked()

    def _not_fed(self, fault: Exception) -> None:
        log.warning("The feed did not answer: %s", type(fault).__name__)
        self._asked()

    def _asked(self) -> None:
        self._asking = False
        more, self._heard_more = self._heard_more, False
        if more:
            self._heard()

    def _look(self) -> None:
        if self._looking:
            return
        self._looking = True
        self._jobs.run(lambda: self._drop.due(monotonic()), self._due, self._not_seen, owner=self)

    @cached_property
    def _drop(self) -> DropFolder:
        from triage.workflow.drop import DropFolder

        return DropFolder(self._drop_folder)

    def _due(self, paths: tuple[Path, ...]) -> None:
        self._looking = False
        self._not_seen_said = ""
        desk = self._holder.current()
        for path in paths:
            self._take_in(partial(self._take, desk, path))

    def _take(self, desk: Desk, path: Path) -> Received | None:
        return self._drop.take(desk, path, monotonic())

    def _not_seen(self, fault: Exception) -> None:
        self._looking = False
        if self._not_seen_said != (words := sentence(fault)):
            self._not_seen_said = words
            self.refused.emit(words)


def _receive(desk: Desk, path: Path) -> Received:
    from triage.workflow import receive

    return receive.receive_path(desk, path)


def _tells(events: Sequence[Event], count: int) -> bool:
    """Whether any of `count` new events changes what a screen shows. Looking changes nothing;
    one that this person may not know of may have changed what they do see."""
    return len(events) < count or any(event.kind not in feed.QUIET for event in events)
