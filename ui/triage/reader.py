"""Reads the queue and the open contact in jobs, the newest wish first, never twice at once."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from time import monotonic
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from triage.domain.event import Event
from triage.domain.lookup import LookupResult
from triage.workflow import feed, happened, match, queue
from triage.workflow.feed import News
from triage.workflow.happened import Look
from triage.workflow.queue import QueueView, Whose
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs, Token
from ui.triage import opened
from ui.triage.opened import Opened

log = logging.getLogger(__name__)

LookUp = Callable[[UUID, Callable[[LookupResult], None]], object]

SETTLED_MS = 300
"""How long a contact is open before its look-ups run, where they have not run on arrival."""


GATHER_MS = 120
"""Partners answer in quick succession; each answer shown by itself would cost the window more
than it tells."""

FOLLOW_MS = 300
"""So often at most it is asked what happened: of two dozen files dropped, each tells of itself."""


class Reader(QObject):
    """`queue_read` gives (QueueView, keep_back); `queue_failed` a sentence. `contact_read` gives
    (Opened, fresh); `contact_failed` (contact id, fault). `looking_up` tells whether partners are
    being searched for the open contact; `changed_elsewhere` gives (who, when) of contacts in the
    queue that somebody else has worked on."""

    queue_read = Signal(object, bool)
    queue_failed = Signal(str)
    contact_read = Signal(object, bool)
    contact_failed = Signal(object, object)
    looking_up = Signal(bool)
    changed_elsewhere = Signal(object)

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._holder, self._jobs = holder, jobs
        self.whose: Whose = "all"
        self.contact_id: UUID | None = None
        self.looked: Look | None = None
        self._shown: Opened | None = None
        self._opened_seq = 0
        self._seq = 0
        self._queue_seq = self._marked_seq = -1  # the queue was not read yet
        self._own: set[tuple[str, int]] = set()
        self._queue_running = False
        self._queue_wanted: bool | None = None
        self._opening: Token | None = None
        self._rereading = False
        self._reread_wanted = False
        self._asked: set[UUID] = set()
        self._missing: tuple[str, ...] = ()
        self._waiting: Opened | None = None
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self.look_again)
        self._ask_soon = QTimer(self)
        self._ask_soon.setSingleShot(True)
        self._ask_soon.setInterval(SETTLED_MS)
        self._ask_soon.timeout.connect(self._ask_once)
        self._following = self._heard_early = False
        self._followed_at = 0.0
        self._follow_soon = QTimer(self)
        self._follow_soon.setSingleShot(True)
        self._follow_soon.timeout.connect(self._follow)

    # ---- queue ----------------------------------------------------------

    def read_queue(self, *, keep_back: bool = True) -> None:
        """Read the queue; asked again meanwhile, it is read once more afterwards."""
        if self._queue_running:
            self._queue_wanted = keep_back and self._queue_wanted is not False
            return
        self._queue_running = True
        desk, whose = self._holder.current(), self.whose

        def done(view: QueueView) -> None:
            self._queue_running = False
            self._queue_seq = max(self._queue_seq, view.seq)
            if self._marked_seq < 0:
                self._marked_seq = view.seq
            if self._heard_early:  # what was told meanwhile may not be in what was read
                self._heard_early = False
                self.follow()
            if whose == self.whose:
                self.queue_read.emit(view, keep_back)
            self._queue_again(whose)

        def failed(fault: Exception) -> None:
            self._queue_running = False
            self.queue_failed.emit(sentence(fault))
            self._queue_again(whose)

        self._jobs.run(lambda: queue.queue(desk, whose=whose), done, failed, owner=self)

    def _queue_again(self, whose: Whose) -> None:
        wanted, self._queue_wanted = self._queue_wanted, None
        if wanted is not None or whose != self.whose:
            self.read_queue(keep_back=bool(wanted) and whose == self.whose)

    # ---- the open contact -----------------------------------------------

    def open(self, contact_id: UUID) -> None:
        """Open a contact; one still being opened is let go."""
        self._leave()
        if self._opening is not None:
            self._opening.cancel()
        self._ask_soon.stop()
        self.contact_id = contact_id
        self._own.clear()
        desk = self._holder.current()

        def done(found: Opened) -> None:
            self._opening = None
            self._seq = self._opened_seq = found.view.seq
            self._shown, self.looked = found, found.view.looked
            self.contact_read.emit(found, True)
            self._look_up(found)

        def failed(fault: Exception) -> None:
            self._opening = None
            self.contact_failed.emit(contact_id, fault)

        self._opening = self._jobs.run(
            lambda: opened.open_contact(desk, contact_id), done, failed, owner=self, lane="store"
        )

    def close(self) -> None:
        """No contact is open any more."""
        self._leave()
        if self._opening is not None:
            self._opening.cancel()
        self._ask_soon.stop()
        self._opening, self.contact_id = None, None

    def saw_changes(self) -> None:
        """What others did to the open contact has been read: it is new no more."""
        if self._shown is not None and self._shown.view.changed:
            self._note_seen(self._shown, self.look_again)

    def _leave(self) -> None:
        """What others did while the contact was open was looked at as it came."""
        shown, self._shown = self._shown, None
        if shown is not None and any(h.seq > self._opened_seq for h in shown.view.changed):
            self._note_seen(shown, None)

    def _note_seen(self, shown: Opened, then: Callable[[], None] | None) -> None:
        seq = shown.view.seq
        self.looked = Look(seq=seq, at=shown.now)

        def done(_none: object) -> None:
            if then is not None:
                then()

        self._jobs.run(
            lambda: happened.seen(shown.desk, shown.contact_id, seq),
            done,
            lambda fault: log.warning("A look was not kept: %s", type(fault).__name__),
            owner=self,
            lane="store",
        )

    def look_again(self) -> None:
        """Read the open contact anew after a change; nothing is recorded."""
        if self.contact_id is None or self._opening is not None:
            return
        if self._rereading:
            self._reread_wanted = True
            return
        self._rereading = True
        desk, contact_id, looked = self._holder.current(), self.contact_id, self.looked

        def done(found: Opened) -> None:
            self._rereading = False
            if contact_id == self.contact_id and self._opening is None:
                self._seq = max(self._seq, found.view.seq)
                self._shown = found
                self.contact_read.emit(found, False)
            self._reread()

        def failed(fault: Exception) -> None:
            self._rereading = False
            if contact_id == self.contact_id:
                self.contact_failed.emit(contact_id, fault)
            self._reread()

        self._jobs.run(
            lambda: opened.look_again(desk, contact_id, looked),
            done,
            failed,
            owner=self,
            lane="store",
        )

    def _reread(self) -> None:
        wanted, self._reread_wanted = self._reread_wanted, False
        if wanted:
            self.look_again()

    def saved_here(self, key: str, version: int) -> None:
        """This window kept an answer itself: its event needs no reading."""
        self._own.add((key, version))

    def follow(self) -> None:
        """Something happened somewhere: soon, with what else happens meanwhile, read the queue if
        a row may be another now, and the open contact if it was about it."""
        if not self._follow_soon.isActive():
            since = round((monotonic() - self._followed_at) * 1000)
            self._follow_soon.start(max(0, FOLLOW_MS - since))

    def _follow(self) -> None:
        if self._queue_seq < 0:
            self._heard_early = True  # the queue is being read for the first time
            return
        self._followed_at = monotonic()
        if self._following:
            self.follow()
            return
        self._following = True
        contact_id, desk = self.contact_id, self._holder.current()
        waits = contact_id is None or self._opening is not None
        seq, queue_seq = self._seq, self._queue_seq
        start = queue_seq if waits else min(seq, queue_seq)

        def done(news: News) -> None:
            self._following = False
            events = news.events
            # One that this person may not know of may have hidden a row, or the open contact.
            if news.hidden or any(e.seq > queue_seq and _moves_rows(e) for e in events):
                self.read_queue()
            self._mark(news, desk.worker.id, contact_id)
            if waits or contact_id is None or contact_id != self.contact_id:
                return
            self._seq = max(self._seq, news.head)
            if news.hidden or self._concerns(contact_id, [e for e in events if e.seq > seq]):
                self.look_again()

        def failed(_fault: Exception) -> None:
            self._following = False

        self._jobs.run(lambda: feed.news(desk, start), done, failed, owner=self)

    def _mark(self, news: News, me: str, open_one: UUID | None) -> None:
        """Tell which contacts others have worked on; not the open one, which says so itself."""
        by: dict[UUID, Event] = {
            e.contact_id: e
            for e in news.events
            if e.contact_id is not None
            and e.seq > self._marked_seq
            and e.by != me
            and e.contact_id != open_one
            and e.kind not in feed.QUIET
        }
        self._marked_seq = max(self._marked_seq, news.head)
        if by:
            self.changed_elsewhere.emit(
                {id: (news.names.get(e.by, e.by), e.at) for id, e in by.items()}
            )

    def _concerns(self, contact_id: UUID, events: Iterable[Event]) -> bool:
        return any(
            e.contact_id == contact_id and e.kind not in feed.QUIET and not self._is_own(e)
            for e in events
        )

    def _is_own(self, event: Event) -> bool:
        if event.kind != "decision.saved":
            return False
        detail = json.loads(event.detail)
        return (detail.get("key"), detail.get("version")) in self._own

    # ---- look-ups -------------------------------------------------------

    def _look_up(self, found: Opened) -> None:
        """By itself, once, for a contact that some partner was not asked about yet and that is
        looked at for more than a moment."""
        people = [p.key for p in found.view.people]
        self._missing = match.not_asked_yet(self._holder.current(), found.view.results, people)
        if not self._missing or not found.may_look_up():
            return
        if not match.lists_are_read(self._holder.current()):
            self._waiting = found
        elif found.contact_id not in self._asked:
            self._ask_soon.start()

    def ask_waiting(self) -> None:
        """Partners' lists are read: ask about the open contact, if it has waited for them."""
        found, self._waiting = self._waiting, None
        if found is not None and found.contact_id == self.contact_id:
            self._ask_soon.start()

    def _ask_once(self) -> None:
        if self.contact_id is not None and self.contact_id not in self._asked:
            self._asked.add(self.contact_id)
            self.ask(partners=self._missing)

    def search_again(self) -> None:
        """Ask every partner anew about everyone in the open contact."""
        self.ask()

    def try_now(self, partner: str) -> None:
        """Ask a partner that is paused."""
        desk = self._holder.current()
        self._run(lambda contact, came: match.try_now(desk, contact, partner, on_result=came))

    def ask(
        self,
        partners: tuple[str, ...] | None = None,
        people: tuple[str, ...] | None = None,
        wider_because: str = "",
    ) -> None:
        """Ask partners about people of the open contact: all about everyone unless named."""
        desk = self._holder.current()
        self._run(
            lambda contact, came: match.look_up(
                desk,
                contact,
                partners=partners,
                people=people,
                wider_because=wider_because,
                on_result=came,
            )
        )

    def _run(self, look_up: LookUp) -> None:
        contact_id = self.contact_id
        if contact_id is None:
            return
        self.looking_up.emit(True)

        def came(_result: LookupResult) -> None:
            self._jobs.post(lambda: self._answered(contact_id), owner=self)

        def done(_results: object) -> None:
            if contact_id == self.contact_id:
                self._gather.stop()
                self.looking_up.emit(False)
                self.look_again()

        def failed(fault: Exception) -> None:
            if contact_id == self.contact_id:
                self.looking_up.emit(False)
                self.contact_failed.emit(contact_id, fault)

        self._jobs.run(lambda: look_up(contact_id, came), done, failed, owner=self, lane="asking")

    def _answered(self, contact_id: UUID) -> None:
        """One partner has answered: show it soon, with those that answer in the same moment."""
        if contact_id == self.contact_id and not self._gather.isActive():
            self._gather.start()


def _moves_rows(event: Event) -> bool:
    """Whether a row of the queue may be another after it."""
    if event.kind in feed.QUIET or event.kind == "decision.saved":
        return False
    return event.kind.partition(".")[0] in ("contact", "call", "decision")
