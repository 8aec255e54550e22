"""New contact by phone: typed while listening, kept at every pause (picture 15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain import clock
from triage.domain.contact import Contact, ContactState, Content
from triage.domain.errors import StoreError
from triage.domain.fact import Fact
from triage.workflow import fields, naming, screen, unsent, unsent_calls
from triage.workflow.desk import Desk
from triage.workflow.screen import FactConflict
from triage.workflow.unsent import Kept
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.newcontact.call_form import CallForm
from ui.newcontact.call_header import CallHeader
from ui.newcontact.caller_pane import CallerPane
from ui.newcontact.seen_keeper import SeenKeeper
from ui.newcontact.seen_pane import SeenPane
from ui.newcontact.typed import Typist, nothing_typed, unfinished
from ui.shell.asking import ConflictBox, ReasonBox
from ui.shell.room import room_of, share, space
from ui.shell.screen import Screen
from ui.theme import theme
from ui.widgets.editor import Pause
from ui.widgets.menu import Menu
from ui.widgets.pane_bar import PaneBar
from ui.widgets.states import StateView
from ui.widgets.toast import announce

_ONLY_HERE = (
    "Words of the call are only in this window: the store did not take them. Open the call to see "
    "them. Closing again closes without them."
)
_HERE = "The call is kept on this computer. It goes to the queue once the hub answers."
_THROWN_HERE = "The call is kept on this computer. It is set aside once the hub answers."
AGAIN_MS = 5000
"""After which what the store did not take is sent to it again."""

NARROW = 1060
_PARTS = ("Caller", "Words as said", "Children", "Household and address", "Concerns", "Risk")
_THROWN = (
    ("Wrong number", "Wrong number"),
    ("The caller rang off before saying anything", "The caller rang off before saying anything"),
    ("Opened by mistake", "Opened by mistake"),
    ("other", "Another reason"),
)


class NewContactScreen(Screen):
    """One call at a time. `finished` gives the contact to open next, or None."""

    finished = Signal(object)
    saved_changed = Signal(str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holder, self._jobs = holder, jobs
        self._contact: Contact | None = None
        self._desk_of_call: Desk | None = None
        self._not_kept_said = False
        self._starting = self._saving = self._here = False
        self._then: list[Callable[[], object]] = []
        self._build()
        self._connect()
        self._space()

    def _build(self) -> None:
        self.header = CallHeader()
        self.caller = CallerPane()
        self.form = CallForm(lambda: self._holder.current().now())
        self.seen = SeenPane()
        self.cover = StateView()
        self.cover.show_words("eye-off", "Names are hidden", "F9 shows them. The call is kept.")
        panes = (("caller", "Caller"), ("form", "The call"), ("seen", "Seen before?"))
        self.which = PaneBar(panes, "caller")
        self._row = QHBoxLayout()
        for pane, stretch in ((self.caller, 0), (self.form, 1), (self.seen, 0)):
            self._row.addWidget(pane, stretch)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.header)
        self._outer.addWidget(self.which)
        self._outer.addWidget(self.cover, 1)
        self._outer.addLayout(self._row, 1)
        self.cover.hide()
        self.keeper = SeenKeeper(self._jobs, self.seen, self.form, self)
        self._pause = Pause(self)
        self._minute = QTimer(self)
        self._minute.setInterval(10_000)

    def _connect(self) -> None:
        self.caller.changed.connect(self._typed)
        self.form.changed.connect(self._typed)
        self.form.grown.connect(self.panes_changed)
        self.form.throw_asked.connect(self.throw_away)
        self.form.later_asked.connect(self.keep_for_later)
        self.form.queue_asked.connect(self.main_act)
        self.keeper.said.connect(self.said)
        self.keeper.refused.connect(self.refused)
        self.seen.panes_changed.connect(self.panes_changed)
        self._pause.due.connect(self._keep)
        self._minute.timeout.connect(self._tick)
        self.which.chosen.connect(self._arrange)
        self._holder.changed.connect(self._seated)
        theme().scaled.connect(self._space)

    # ---- a call -------------------------------------------------------------

    def start_call(self) -> None:
        """The telephone rings: a contact is there and its clock runs. A call that is under way
        is gone on with."""
        if self._contact is not None or self._starting:
            return
        self._starting = True
        desk = self._holder.current()

        def failed(fault: Exception) -> None:
            self._starting = False
            self.form.banner.show_words("The call could not be started.", sentence(fault))

        self._jobs.run(
            lambda: unsent_calls.start_call(desk),
            lambda kept: self._begin(desk, (kept.value, None)),
            failed,
            owner=self,
            lane="store",
        )

    def go_on(self, contact_id: UUID) -> None:
        """Go on with a call that was kept to be finished later; one under way is kept first."""
        if self._starting or (self._contact is not None and self._contact.id == contact_id):
            return
        if self._contact is not None:
            self.when_kept(partial(self._take_up, contact_id))
        else:
            self._take_up(contact_id)

    def _take_up(self, contact_id: UUID) -> None:
        self._forget()
        self._starting = True
        desk = self._holder.current()

        def failed(fault: Exception) -> None:
            self._starting = False
            self.refused.emit(sentence(fault))
            self.back_asked.emit()

        self._jobs.run(
            lambda: _opened(desk, contact_id),
            partial(self._begin, desk),
            failed,
            owner=self,
            lane="store",
        )

    def _begin(self, desk: Desk, opened: tuple[Contact, Content | None]) -> None:
        contact, typed = opened
        self._starting = False
        self._contact, self._desk_of_call = contact, desk
        self._here = typed is not None
        shown = contact if typed is None else replace(contact, content=typed)
        self.header.begin(shown, desk.worker.name, desk.profile)
        self.caller.begin(desk.profile, shown.content)
        self.form.begin(desk.profile, shown)
        self.keeper.begin(desk)
        self._tick()
        self._minute.start()
        self.panes_changed.emit()
        if self.isVisible():
            self._bring("caller")
            self.caller.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.keeper.look()

    @property
    def contact(self) -> Contact | None:
        """The call as last kept, or None between calls."""
        return self._contact

    def content(self) -> Content:
        """Everything typed so far."""
        assert self._contact is not None
        assert self._desk_of_call is not None
        desk = self._desk_of_call
        now = desk.now()
        typist = Typist(desk.worker.id, now)
        today = naming.local_day(desk.profile, now)
        held = self.caller.content(self._contact.content, typist)
        return self.form.content(held, typist, today)

    def _typed(self) -> None:
        if self._contact is None:
            return
        self._pause.touch()
        self.keeper.touch()
        now = self.content()
        self.caller.show_answered(now)
        self.form.show_state(now)
        self.header.show_content(self._contact, now)

    def _tick(self) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is not None and desk is not None:
            now = desk.now()
            leading = clock.leading(clock.clocks(desk.profile, contact, now))
            self.header.show_time(contact, now, leading)

    # ---- keeping --------------------------------------------------------------

    def save_now(self) -> None:
        """Keep what was typed without waiting for a pause."""
        self._pause.stop()
        self._pause.flush()
        self._keep()

    def call(self) -> tuple[Contact, Desk] | None:
        """The call under way and the desk it was taken at, or None between calls."""
        if self._contact is None or self._desk_of_call is None:
            return None
        return self._contact, self._desk_of_call

    def when_kept(self, act: Callable[[], object]) -> None:
        """Do something that needs what was typed to be in the store."""
        self._then.append(act)
        self.save_now()

    def _keep(self) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is None or desk is None or self._saving:
            return
        content = self.content()
        if content == contact.content and not self._here:
            self._do_then()
            return
        self._saving = True
        self.saved_changed.emit("Saving")
        self._jobs.run(
            lambda: unsent_calls.keep_call(desk, contact, content),
            partial(self._kept, content),
            self._not_kept,
            owner=self,
            lane="store",
        )

    def hub_is_back(self) -> None:
        """What is kept of the call on this computer goes to the hub."""
        if self._here:
            self._keep()

    def _kept(self, sent: Content, kept: Kept[Contact]) -> None:
        self._saving = False
        saved, self._here = kept.value, kept.here
        if self._contact is None or saved.id != self._contact.id:
            return
        untouched = self.content() == sent
        self._contact = saved
        desk = self._desk_of_call
        assert desk is not None
        zone = ZoneInfo(desk.profile.working_time.zone)
        at = f"{desk.now().astimezone(zone):%H:%M:%S}"
        partial_ = saved.state is ContactState.DRAFT
        words = f"Kept as partial {at}" if partial_ else f"Kept {at}"
        if kept.here:
            words = f"Kept on this computer {at}"
        self.header.show_kept(words)
        self.saved_changed.emit(words)
        if self._not_kept_said:
            self._not_kept_said = False
            self.form.banner.hide()
        if saved.content != sent and untouched:
            # Another window typed into the same call: show both.
            self.caller.begin(desk.profile, saved.content)
            self.form.begin(desk.profile, saved)
        if kept.here:
            self._do_then()
        elif self._then or not untouched:
            self._keep()

    def _do_then(self) -> None:
        waiting, self._then = self._then, []
        for act in waiting:
            act()

    def _not_kept(self, fault: Exception) -> None:
        self._saving = False
        self._then = []
        self.header.show_kept("Not kept yet", safe=False)
        self.saved_changed.emit("Not saved, still here")
        if isinstance(fault, FactConflict):
            self._ask_conflict(fault)
        else:
            self.form.banner.show_words("Not kept.", sentence(fault), "danger")
            self._not_kept_said = True
            if isinstance(fault, StoreError):
                QTimer.singleShot(AGAIN_MS, self, self._keep)

    def _ask_conflict(self, fault: FactConflict) -> None:
        theirs = fault.theirs.value if fault.theirs is not None else ""
        box = ConflictBox(
            self.window(),
            "one box of this call",
            ("Yours", fault.yours.value or "Nothing"),
            ("Theirs", theirs or "Nothing"),
            "somebody in another window",
        )
        box.kept.connect(partial(self._settle, fault))
        box.open()

    def _settle(self, fault: FactConflict, kept: str) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is None or desk is None:
            return
        mine = self.content()

        def settled(now: Contact) -> None:
            theirs = fault.theirs or Fact()
            value = fault.yours
            if kept == "theirs":
                value = theirs
                self._let_go(desk, contact.id)
            elif kept == "both" and theirs.known and fault.yours.known:
                value = replace(fault.yours, value=f"{fault.yours.value}; {theirs.value}")
            self._contact = now
            chosen = fields.with_fact(mine, fault.path, value)
            self.caller.begin(desk.profile, chosen)
            self.form.begin(desk.profile, replace(now, content=chosen))
            self._keep()

        self._jobs.run(
            lambda: screen.look_again(desk, contact.id).contact,
            settled,
            self._not_kept,
            owner=self,
            lane="store",
        )

    def _let_go(self, desk: Desk, contact_id: UUID) -> None:
        """What is kept on this computer of words that gave way to theirs."""
        self._jobs.run(lambda: unsent.give_way(desk, "call", contact_id), owner=self, lane="store")

    # ---- the end of a call ------------------------------------------------------

    def main_act(self) -> None:
        """Ctrl Enter: put it in the queue, or say what is missing and go there."""
        if self._contact is None:
            return
        now = self.content()
        if nothing_typed(now):
            self.form.banner.show_words(
                "Nothing is typed yet.", "Write what was said, or throw the call away."
            )
            announce(self, self.form.banner.words.text())
            self._bring("form")
            self.form.go_to(2)
            return
        self.when_kept(self._queue)

    def _queue(self) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is None or desk is None:
            return
        if contact.state is not ContactState.DRAFT:
            self._end(contact.id, f"{contact.reference} is kept.")
            return
        self._jobs.run(
            lambda: unsent_calls.put_in_queue(desk, contact),
            self._queued,
            self._not_ended,
            owner=self,
            lane="store",
        )

    def _queued(self, ended: Kept[Contact]) -> None:
        if ended.here:
            self._end(None, _HERE)
        else:
            self._end(ended.value.id, f"{ended.value.reference} is in the queue.")

    def keep_for_later(self) -> None:
        """Ctrl S: keep it as it is; it stands in the queue, not rated, to be finished later."""
        if self._contact is not None:
            self.when_kept(self._later)

    def _later(self) -> None:
        if self._contact is not None:
            words = (
                f"{self._contact.reference} is kept as a partial. It is in the queue, not rated."
            )
            self._end(None, _HERE if self._here else words)

    def throw_away(self) -> None:
        """Ask why; the call is set aside with the reason, never deleted."""
        if self._contact is None:
            return
        box = ReasonBox(
            self.window(),
            "Throw this call away?",
            "It is set aside with your reason and can be found again. Nothing is deleted.",
            _THROWN,
            "Throw away",
            icon="trash-2",
            words_needed=("other",),
        )
        box.kept_here = True
        box.given.connect(self._thrown)
        box.open()

    def _thrown(self, reason: str, words: str) -> None:
        why = words if reason == "other" else f"{reason}. {words}".strip(". ")
        self.when_kept(partial(self._throw, why))

    def _throw(self, why: str) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is None or desk is None:
            return
        self._jobs.run(
            lambda: unsent_calls.throw_away(desk, contact, why),
            self._thrown_away,
            self._not_ended,
            owner=self,
            lane="store",
        )

    def _thrown_away(self, ended: Kept[Contact]) -> None:
        words = f"{ended.value.reference} is set aside."
        self._end(None, _THROWN_HERE if ended.here else words)

    def _not_ended(self, fault: Exception) -> None:
        self.form.banner.show_words("Still on this call.", sentence(fault), "danger")

    def _end(self, contact_id: UUID | None, words: str) -> None:
        self._forget()
        self.said.emit(words)
        self.finished.emit(contact_id)

    def _forget(self) -> None:
        self._contact = self._desk_of_call = None
        self._here = False
        self._then = []
        self.keeper.stop()
        self._minute.stop()
        self._pause.stop()

    def undo(self) -> None:
        """Ctrl Z outside a box: take back the last word on a record, with the reason."""
        self.keeper.undo()

    # ---- what the window asks -------------------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Caller, the call, seen before."""
        return (self.which, self.caller, self.form, self.seen)

    def next_tab(self) -> None:
        """Ctrl Tab: the next pane, where one stands at a time."""
        self.which.next_pane()

    def entered(self) -> None:
        """Focus starts in Caller."""
        self._bring("caller")
        self.caller.name.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._contact is not None:
            self._minute.start()

    def left(self) -> None:
        """Keep what was typed; the call goes on when one comes back."""
        self.save_now()
        self._minute.stop()

    def not_kept(self) -> str:
        """Words of the call that the store did not take."""
        contact = self._contact
        return _ONLY_HERE if contact is not None and self.content() != contact.content else ""

    def step_back(self) -> bool:
        """Esc: from the matches back to the words."""
        focus = QApplication.focusWidget()
        if focus is not None and self.seen.isAncestorOf(focus):
            self._bring("form")
            self.form.go_to(2)
            return True
        return False

    def next_needed(self, step: int) -> None:
        """F8: the next thing to ask; when all is asked, the next part with nothing in it."""
        self._bring("caller")
        if self.caller.next_ask(step) or self._contact is None:
            return
        left = [part for part in unfinished(self.content()) if part > 1]
        if left:
            self._bring("form")
            self.form.go_to(left[0] if step > 0 else left[-1])

    def go_to_part(self) -> None:
        """Ctrl G: choose a part by its number."""
        menu = Menu(self, "Go to a part")
        for number, name in enumerate(_PARTS, 1):
            menu.addAction(f"&{number}  {name}").triggered.connect(partial(self._go_to, number))
        menu.popup(self.form.mapToGlobal(self.form.rect().topLeft()))

    def _go_to(self, number: int, _on: bool = False) -> None:
        if number == 1:
            self._bring("caller")
            self.caller.name.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._bring("form")
            self.form.go_to(number)

    def set_blur(self, on: bool) -> None:
        """The call is put out of sight; it is kept, and its clock runs."""
        self.save_now()
        self.cover.setVisible(on)
        self.header.beside.setVisible(not on)
        self._arrange()

    def help_topic(self) -> str:
        """The page on taking a call."""
        return "new-contact"

    def _seated(self) -> None:
        """Another person sits down: the call before is kept, and not shown to them."""
        if self._contact is None:
            return
        self._forget()
        if self.isVisible():
            self.back_asked.emit()

    # ---- room ---------------------------------------------------------------------

    def _bring(self, key: str) -> None:
        self.which.set_value(key)
        self._arrange()

    def _space(self) -> None:
        space(self._outer, self._row)
        self._arrange()

    def _arrange(self, *_what: object) -> None:
        room = room_of(self, NARROW)
        panes = {"caller": self.caller, "form": self.form, "seen": self.seen}
        focus = QApplication.focusWidget()
        if room.one and self.which.isHidden() and focus is not None:
            # The pane somebody stands in is the one that stays in sight.
            here = next((key for key, pane in panes.items() if pane.isAncestorOf(focus)), None)
            self.which.set_value(here or self.which.value() or "caller")
        away = () if self.cover.isHidden() else tuple(panes)
        share(room, self.which, panes, {"caller": (372, 290), "seen": (476, 348)}, away=away)
        self.header.call.setVisible(not room.one)
        self.header.rule.setVisible(room.wide)
        self.form.set_narrow(not room.wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the panes to the room."""
        super().resizeEvent(event)
        self._arrange()


def _opened(desk: Desk, contact_id: UUID) -> tuple[Contact, Content | None]:
    """A call as it is at the hub; where words of it wait on this computer, what they were typed
    over, and they."""
    contact = screen.open_contact(desk, contact_id).contact
    waiting = unsent_calls.typed_over(desk, contact)
    return waiting or (contact, None)
