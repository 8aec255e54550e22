"""The window with its screens: who asks for what, and which screen answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import UUID

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QFileDialog

from triage.domain.decision import Delivery, OutboxState
from triage.domain.lookup import Subject
from triage.domain.worker import May
from triage.workflow import people
from ui.access.whose import Whose
from ui.ahead import Ahead, Step, imports
from ui.allowed import offered
from ui.background import Background
from ui.connections import Connections
from ui.desk import DeskHolder
from ui.errors import plain_box, sentence
from ui.folders import downloads
from ui.front import Front
from ui.handover.shift import Shift
from ui.jobs import Jobs, Token
from ui.keeping.aside import Aside
from ui.keeping.corrections import Corrections
from ui.key_notices import KeyNotices
from ui.leader_notices import LeaderNotices
from ui.list_notices import ListNotices
from ui.outage import HubWatch, OutageStrip
from ui.seating import Seating
from ui.settling import Settling
from ui.shell.screen import Screen
from ui.shell.search import Found
from ui.sweep import keep_what_is_held
from ui.triage.screen import TriageScreen

if TYPE_CHECKING:
    from triage.domain.worker import Worker
    from triage.workflow import find
    from triage.workflow.desk import Desk
    from triage.workflow.hub import Hub
    from triage.workflow.receive import Received
    from triage.workflow.unsent import Sent
    from ui.audit.screen import AuditScreen
    from ui.compare.screen import CompareScreen
    from ui.keeping.due import Due
    from ui.newcontact.screen import NewContactScreen
    from ui.printing.screen import PrintPreviewScreen
    from ui.reading.screen import ReadingScreen
    from ui.requests.screen import RequestsScreen
    from ui.services.screen import ServicesScreen
    from ui.signoff.screen import SignOffScreen

AHEAD = {
    "sign-off": "ui.signoff",
    "compare": "ui.compare",
    "new-contact": "ui.newcontact",
    "reading": "ui.reading",
    "printing": "ui.printing",
    "requests": "ui.requests",
    "services": "ui.services",
    "handover": "ui.handover",
}
"""Screens that wait for their first use, in the order they are made ready, and their packages."""

TABS = {"sign-off": "Sign-off", "requests": "Requests", "services": "Services", "audit": "Audit"}
"""Screens that are shown to whom they are for, and the commands that lead there."""

FAULTS = "The hub's settings have faults, so the last good ones are used. Tell IT these:"

REST_MS = 100
"""After the queue has come, until what can wait is begun: the queue is painted first."""


class Workbench(QObject):
    """One window for one hub. `clock` gives aware UTC; `front` is a window already shown."""

    def __init__(
        self,
        jobs: Jobs,
        *,
        clock: Callable[[], datetime],
        practice: bool = True,
        front: Front | None = None,
    ) -> None:
        super().__init__()
        self._jobs = jobs
        self.front = front or Front(clock, practice=practice)
        self.window = self.front.window
        jobs.turn.watch(self.window)
        self.holder: DeskHolder | None = None
        self.seating = Seating(self.window, jobs)
        self.seating.signed_in.connect(self._signed_in)
        self.background: Background | None = None
        self._searching = Token()
        self._counting = Token()
        self._due: Due | None = None
        self._took_from = downloads()

    def open_hub(
        self,
        hub: Hub,
        worker: Worker,
        *,
        practice_pins: Mapping[str, str],
        first: bool,
        desk: Desk | None = None,
    ) -> None:
        """Fill the window with the hub's screens. In practice the first person's key is unlocked
        for them, so that a first try needs no PIN; changing places always asks for one. `desk`
        is that of a person who has signed in already."""
        self._hub, self._pins = hub, practice_pins
        if desk is None:
            desk = hub.desk(worker)
            if worker.id in practice_pins:
                desk = people.switch(desk, worker.id, practice_pins[worker.id])
        keep_what_is_held()
        holder = self.holder = DeskHolder(desk, self)
        self.window.setWindowTitle(f"Fanlight · {hub.profile.hub}")
        self.window.set_lock_after(hub.profile.lock_after_minutes)
        self._add_screens(holder)
        self._wire()
        self._seated()
        holder.changed.connect(self._seated)
        self.notices = LeaderNotices(holder, self._jobs, self.window)
        self.background = Background(holder, self._jobs, hub.drop_folder, self)
        self.background.received.connect(self._received)
        self.background.refused.connect(self.window.toast.tell_fault)
        self.connections = Connections(holder, self.window.status, self)
        self.background.moved_on.connect(self._moved_on)
        self.background.delivered.connect(self._delivered)
        strip = OutageStrip()
        self.window.add_strip(strip)
        self.watch = HubWatch(holder, self._jobs, strip, self.window, self)
        self.settling = Settling(self.window, holder, self._jobs)
        self.settling.said.connect(self.window.toast.say)
        self.settling.refused.connect(self.window.toast.refuse)
        self.list_notices = ListNotices(holder, self.window, hub.folder, self)
        self.watch.arrived.connect(self._arrived)
        self.watch.turned.connect(self._hub_turned)
        self.background.reminded.connect(self.shift.remind)
        if first:
            self._show_first_run()
            QTimer.singleShot(0, self, self._begin_rest)
        else:
            # The queue comes first; all that can wait waits until it is there.
            self._queue_there = self.triage.reader.queue_read.connect(self._rest_after_queue)
            self._queue_not_there = self.triage.reader.queue_failed.connect(self._rest_after_queue)
            self.window.show_screen("triage")
        self.front.clear()
        self.tell_faults(hub.faults)

    def tell_faults(self, faults: tuple[str, ...]) -> None:
        """Name every fault of the hub's settings, in a box that stays until it is closed."""
        if faults:
            plain_box(self.window, FAULTS, "\n\n".join(faults)).open()

    def sign_in(self, hub: Hub, workers: tuple[Worker, ...]) -> None:
        """Ask who it is before anything of a family is shown, then fill the window."""
        self.front.say("Sign in to open the queue.")
        self.seating.sign_in(hub, workers)

    def _signed_in(self, hub: Hub, desk: Desk) -> None:
        self.open_hub(hub, desk.worker, practice_pins={}, first=False, desk=desk)

    def _rest_after_queue(self, *_: object) -> None:
        self.triage.reader.queue_read.disconnect(self._queue_there)
        self.triage.reader.queue_failed.disconnect(self._queue_not_there)
        QTimer.singleShot(REST_MS, self, self._begin_rest)

    def _begin_rest(self) -> None:
        """What need not stand before the first picture of the queue."""
        assert self.background is not None
        keep_what_is_held()
        self.background.start()
        assert self.holder is not None
        self.key_notices = KeyNotices(self.holder, self._jobs, self.window)
        desk = self._desk()

        def learn() -> None:
            from triage.workflow import earlier, receive

            earlier.learn_all(desk)
            receive.get_ready(desk)

        self._jobs.run(learn, self._begin_reading, self._not_learnt, owner=self)

    def _not_learnt(self, fault: Exception) -> None:
        self._jobs.stranded.emit(fault)
        self._begin_reading()

    def _begin_reading(self, _: object = None) -> None:
        """Partners' extracts, in the search's own process; so the window's thread has the time
        to make its other screens."""
        keep_what_is_held()
        self._jobs.run(self._hub.load_extracts, self.lists_loaded, owner=self)
        self.ahead = Ahead(self._ahead_steps(), self.window.idle.still_s, self)
        self.window.closing.connect(self.ahead.stop)

    def _ahead_steps(self) -> Iterator[Step]:
        for key, package in AHEAD.items():
            yield from imports(package)
            yield partial(self.window.screen_of, key)
        yield self.sign_off.look_again
        yield keep_what_is_held

    # ---- screens ----------------------------------------------------------

    def _add_screens(self, holder: DeskHolder) -> None:
        """The screen of the queue, and the plans of those that are built when first wanted."""
        window = self.window
        self.triage = TriageScreen(holder, self._jobs)
        window.add_screen("triage", self.triage, "Triage", "inbox")
        window.plan_screen("sign-off", self._build_sign_off, "Sign-off", "signature")
        window.plan_screen("requests", self._build_requests, "Requests", "send")
        window.plan_screen("services", self._build_services, "Services", "map-pin")
        window.plan_screen("audit", self._build_audit, "Audit", "scroll-text")
        for key, build, title in (
            ("compare", self._build_compare, "Compare"),
            ("new-contact", self._build_new_contact, "New contact by phone"),
            ("reading", self._build_reading, "Reading a form"),
            ("printing", self._build_printing, "Print preview pack"),
        ):
            window.plan_screen(key, build, title, tab=False, under="triage")

    @property
    def sign_off(self) -> SignOffScreen:
        """Sign-off."""
        return cast("SignOffScreen", self.window.screen_of("sign-off"))

    @property
    def compare(self) -> CompareScreen:
        """Compare."""
        return cast("CompareScreen", self.window.screen_of("compare"))

    @property
    def new_contact(self) -> NewContactScreen:
        """A call."""
        return cast("NewContactScreen", self.window.screen_of("new-contact"))

    @property
    def reading(self) -> ReadingScreen:
        """A form beside what was read of it."""
        return cast("ReadingScreen", self.window.screen_of("reading"))

    @property
    def printing(self) -> PrintPreviewScreen:
        """The pack before it is printed."""
        return cast("PrintPreviewScreen", self.window.screen_of("printing"))

    @property
    def requests(self) -> RequestsScreen:
        """Requests to partners."""
        return cast("RequestsScreen", self.window.screen_of("requests"))

    @property
    def services(self) -> ServicesScreen:
        """Services near a family."""
        return cast("ServicesScreen", self.window.screen_of("services"))

    @property
    def audit(self) -> AuditScreen:
        """The trail."""
        return cast("AuditScreen", self.window.screen_of("audit"))

    def _build_audit(self) -> AuditScreen:
        from ui.audit.screen import AuditScreen

        screen = AuditScreen(self._seat(), self._jobs)
        screen.record_asked.connect(self._opened_elsewhere)
        return screen

    def _build_sign_off(self) -> SignOffScreen:
        from ui.signoff.screen import SignOffScreen

        screen = SignOffScreen(self._seat(), self._jobs)
        screen.count_changed.connect(partial(self.window.set_count, "sign-off"))
        screen.print_asked.connect(self._print)
        screen.saved_changed.connect(self.window.status.set_saved)
        return screen

    def _build_compare(self) -> CompareScreen:
        from ui.compare.screen import CompareScreen

        screen = CompareScreen(self._seat(), self._jobs)
        screen.decided.connect(self._back_to_triage)
        return screen

    def _build_new_contact(self) -> NewContactScreen:
        from ui.newcontact.screen import NewContactScreen

        screen = NewContactScreen(self._seat(), self._jobs)
        screen.saved_changed.connect(self.window.status.set_saved)
        screen.finished.connect(self._opened_elsewhere)
        return screen

    def _build_reading(self) -> ReadingScreen:
        from ui.reading.screen import ReadingScreen

        screen = ReadingScreen(self._seat(), self._jobs)
        screen.saved_changed.connect(self.window.status.set_saved)
        screen.made.connect(self._opened_elsewhere)
        return screen

    def _build_printing(self) -> PrintPreviewScreen:
        from ui.printing.screen import PrintPreviewScreen

        return PrintPreviewScreen(self._seat(), self._jobs)

    def _build_requests(self) -> RequestsScreen:
        from ui.requests.screen import RequestsScreen

        screen = RequestsScreen(self._seat(), self._jobs, lambda: self.triage.keeper.contact_id)
        screen.cited.connect(self.triage.look_again)
        screen.count_changed.connect(partial(self.window.set_count, "requests"))
        screen.saved_changed.connect(self.window.status.set_saved)
        screen.due_changed.connect(self._post)
        return screen

    def _build_services(self) -> ServicesScreen:
        from ui.services.screen import ServicesScreen

        screen = ServicesScreen(self._seat(), self._jobs, lambda: self.triage.keeper.contact_id)
        screen.decided.connect(self.triage.look_again)
        screen.kept_changed.connect(lambda words: self.window.status.set_note(words, "database"))
        return screen

    def _wire(self) -> None:
        window, triage = self.window, self.triage
        self.shift = Shift(window, self._seat(), self._jobs, self._opened_elsewhere)
        window.wait_for(self._jobs)
        triage.compare_asked.connect(self._compare)
        triage.print_asked.connect(self._print)
        triage.asking_partner.connect(self._ask_partner)
        triage.request_asked.connect(self._show_request)
        triage.services_asked.connect(lambda: window.show_screen("services"))
        triage.reading_asked.connect(self._read)
        triage.call_asked.connect(self._call)
        triage.call_resumed.connect(self._go_on_with_call)
        triage.count_changed.connect(partial(window.set_count, "triage"))
        triage.files_dropped.connect(self._take_files)
        triage.saved_changed.connect(window.status.set_saved)
        window.search_asked.connect(self._search)
        window.search_chosen.connect(self._opened_elsewhere_by)
        self.seating.serve(self._seat(), self._pins)
        window.actions_.set("New contact by phone", self._call)
        for line, slot in (
            ("New contact by phone", self._call),
            ("Take in files…", self._choose_files),
        ):
            window.menus.add_item("new", line, slot, partial(self._offered, line))
        self.aside = Aside(window, self._jobs, self._desk)
        self.aside.opened.connect(self._opened_elsewhere)
        glass = triage.glass
        window.menus.add_item("new", "Open a restricted record…", glass.ask, glass.may)
        may = lambda: self._desk().worker.may(May.SIGN)  # noqa: E731
        self.whose = Whose(window, self._seat(), self._jobs, triage.opened_contact)
        self.corrections = Corrections(window, self._jobs, self._desk, triage.opened_contact)
        self.corrections.opened.connect(self._opened_elsewhere)
        self.corrections.changed.connect(triage.look_again)
        triage.acts.corrections_asked.connect(self.corrections.ask)
        window.menus.add_item("keeping", "Records due for destruction…", self._list_due, may)

    # ---- from screen to screen ------------------------------------------

    def _list_due(self) -> None:
        from ui.keeping.due import Due

        if self._due is None:
            window = self.window
            self._due = Due(window, self._jobs, self._desk, lambda: window.blurred)
            self._due.said.connect(window.toast.say)
            self._due.refused.connect(window.toast.refuse)
            self._due.opened.connect(self._opened_elsewhere)
        self._due.ask()

    def _compare(self, subject: object) -> None:
        if isinstance(subject, Subject):
            self.compare.show_subject(subject)
            self.window.show_screen("compare")

    def _print(self, contact_id: object) -> None:
        if isinstance(contact_id, UUID):
            self.printing.show_contact(contact_id)
            self.window.show_screen("printing", under=self.window.current())

    def _ask_partner(self, contact_id: object) -> None:
        if isinstance(contact_id, UUID):
            self.window.show_screen("requests")
            self.requests.start(contact_id)

    def _show_request(self, request_id: object) -> None:
        self.window.show_screen("requests")
        self.requests.show_request(request_id)

    def _post(self) -> None:
        if self.background is not None:
            self.background.post()

    def _read(self, contact_id: object) -> None:
        if isinstance(contact_id, UUID):
            self.reading.show_contact(contact_id)
            self.window.show_screen("reading")

    def _call(self) -> None:
        self.new_contact.start_call()
        self.window.show_screen("new-contact")

    def _go_on_with_call(self, contact_id: object) -> None:
        if isinstance(contact_id, UUID):
            self.new_contact.go_on(contact_id)
            self.window.show_screen("new-contact")

    def _back_to_triage(self) -> None:
        self.window.show_screen("triage")
        self.triage.refresh()

    def _opened_elsewhere(self, contact_id: object) -> None:
        self._back_to_triage()
        if isinstance(contact_id, UUID):
            self.triage.open_contact(contact_id)

    def _search(self, words: str) -> None:
        """Contacts that fit, under the search line. While names are blurred, references only."""
        desk = self._desk()

        def show(heard: find.Heard) -> None:
            blurred = self.window.blurred
            self.window.search.show_found(
                words,
                [
                    Found(str(f.contact_id), f.reference, "Name hidden, F9 shows it", "inbox")
                    if blurred
                    else Found(str(f.contact_id), f.title, f.detail, "inbox")
                    for f in heard.found
                ],
                understood=() if blurred else heard.parts,
                note=heard.note,
            )

        def look() -> find.Heard:
            from triage.workflow import find

            return find.hear(desk, words)

        # Only the last words typed are looked for; what came before is called off.
        self._searching.cancel()
        self._searching = self._jobs.run(
            look,
            show,
            lambda fault: self.window.toast.refuse(sentence(fault)),
            owner=self.window,
        )

    def _opened_elsewhere_by(self, key: str) -> None:
        self._opened_elsewhere(UUID(key))
        self.triage.queue.list.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- files ------------------------------------------------------------

    def _take_files(self, paths: object) -> None:
        if self.background is not None and isinstance(paths, list):
            self.background.receive([p for p in paths if isinstance(p, Path)])

    def _choose_files(self) -> None:
        folder = self._took_from if self._took_from.is_dir() else downloads()
        dialog = QFileDialog(self.window, "Take in files", str(folder))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        dialog.filesSelected.connect(self._files_chosen)
        dialog.open()

    def _files_chosen(self, names: list[str]) -> None:
        self._took_from = Path(names[0]).parent
        self._take_files([Path(name) for name in names])

    def _received(self, got: object) -> None:
        self.window.toast.say(cast("Received", got).sentence)
        self.triage.look_again()

    def _moved_on(self, _seq: int) -> None:
        self.triage.look_again()
        self.notices.ask()
        self._count_to_sign()
        for key in ("requests", "services", "audit", "handover"):
            if self.window.is_built(key):
                cast(Screen, self.window.screen_of(key)).look_again()

    def _delivered(self, sent: object) -> None:
        for delivery in sent if isinstance(sent, tuple) else ():
            if isinstance(delivery, Delivery) and delivery.state is OutboxState.ACCEPTED:
                self.window.toast.say(f"The council accepted it: case {delivery.case_number}.")

    def _arrived(self, sent: object) -> None:
        self.triage.keeper.arrived(cast("Sent", sent))
        self.triage.settle_facts()
        self.settling.ask()
        for key in ("requests", "services", "audit", "handover"):
            if self.window.is_built(key):
                cast(Screen, self.window.screen_of(key)).look_again()
        if self.window.is_built("new-contact"):
            self.new_contact.hub_is_back()
        if self.window.is_built("reading"):
            self.reading.refresh()
        self.triage.refresh()

    def _hub_turned(self, away: bool) -> None:
        self.connections.hub_turned(away)
        if not away:
            self.window.toast.say("The hub answers again.")
            self._moved_on(0)
            self.triage.refresh()

    def lists_loaded(self, problems: tuple[str, ...]) -> None:
        """Partners' lists were read, but for `problems`: said above the screens to whoever looks
        people up or sees to the lists, and at the bottom of the window to all."""
        if self.background is not None:
            self.background.ask_waiting()
        self.triage.reader.ask_waiting()
        self.connections.lists_read(problems)
        self.list_notices.lists_read(problems)

    # ---- people -------------------------------------------------------------

    def _seated(self) -> None:
        worker = self._desk().worker
        self.window.set_user(worker.name, worker.job)
        self.window.actions_.offer_only(partial(offered, worker))
        for key, act in TABS.items():
            self.window.show_tab(key, offered(worker, act))
        if not offered(worker, TABS.get(self.window.current() or "", "")):
            self.window.show_screen("triage")
        self._count_to_sign()

    def _count_to_sign(self) -> None:
        """How many decisions wait for whoever may sign them, also before they look."""
        self._counting.cancel()
        desk = self._desk()
        told = partial(self.window.set_count, "sign-off")
        if not desk.worker.may(May.SIGN):
            told(None)
            return
        if self.window.is_built("sign-off"):
            cast(Screen, self.window.screen_of("sign-off")).look_again()
            return

        def count() -> int:
            from triage.workflow import to_sign

            found = to_sign.waiting(desk)
            return len(found.ready_together) + len(found.one_by_one)

        self._counting = self._jobs.run(count, told, lambda _fault: told(None), owner=self.window)

    def _offered(self, command: str) -> bool:
        return offered(self._desk().worker, command)

    def _seat(self) -> DeskHolder:
        assert self.holder is not None
        return self.holder

    def _desk(self) -> Desk:
        return self._seat().current()

    # ---- counts, first run ----------------------------------------------------

    def _show_first_run(self) -> None:
        from ui.firstrun.screen import FirstRunScreen

        desk = self._desk()
        self.first_run = FirstRunScreen(desk.worker, desk.profile)
        self.first_run.practise_asked.connect(self._start_practising)
        self.window.add_screen("first-run", self.first_run, "Welcome", tab=False)
        self.window.show_screen("first-run")

    def _start_practising(self) -> None:
        self.window.show_screen("triage")
