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
from triage.domain.fact import Fact
from triage.domain.lookup import Subject, Verdict, VerdictKind
from triage.workflow import fields, join, match, naming, receive, screen
from triage.workflow.desk import Desk
from triage.workflow.screen import FactConflict
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs, Token
from ui.newcontact.call_form import CallForm
from ui.newcontact.call_header import CallHeader
from ui.newcontact.caller_pane import CallerPane
from ui.newcontact.people_rows import AdultRows, ChildRows
from ui.newcontact.searching import look, places, signature
from ui.newcontact.seen import OpenSeen, RecordSeen, SeenView
from ui.newcontact.seen_pane import SeenPane
from ui.newcontact.typed import Typist, nothing_typed, unfinished
from ui.shell.asking import ConflictBox, ReasonBox
from ui.shell.screen import Screen
from ui.theme import theme
from ui.widgets.editor import Pause
from ui.widgets.menu import Menu
from ui.widgets.segments import Segments
from ui.widgets.states import StateView
from ui.widgets.toast import announce

SEARCH_AFTER_MS = 300
"""How long after the last key the search begins."""

WIDE = 1500
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
        self._starting = self._saving = False
        self._then: list[Callable[[], object]] = []
        self._searched: tuple[object, ...] = ()
        self._looking: Token | None = None
        self._verdicts: dict[tuple[str, str, str], Verdict] = {}
        self._last: Verdict | None = None
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
        self.which = Segments(
            (("caller", "Caller"), ("form", "The call"), ("seen", "Seen before?")),
            "Pane shown",
            dense=True,
        )
        self.which.set_value("form")
        self._row = QHBoxLayout()
        for pane, stretch in ((self.caller, 0), (self.form, 1), (self.seen, 0)):
            self._row.addWidget(pane, stretch)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.header)
        self._outer.addWidget(self.which)
        self._outer.addWidget(self.cover, 1)
        self._outer.addLayout(self._row, 1)
        self.cover.hide()
        self._pause = Pause(self)
        self._search = QTimer(self)
        self._search.setSingleShot(True)
        self._search.setInterval(SEARCH_AFTER_MS)
        self._minute = QTimer(self)
        self._minute.setInterval(10_000)

    def _connect(self) -> None:
        self.caller.changed.connect(self._typed)
        self.form.changed.connect(self._typed)
        self.form.grown.connect(self.panes_changed)
        self.form.throw_asked.connect(self.throw_away)
        self.form.later_asked.connect(self.keep_for_later)
        self.form.queue_asked.connect(self.main_act)
        self.seen.join_asked.connect(self._join)
        self.seen.apart_asked.connect(self._keep_apart)
        self.seen.take_apart_asked.connect(self._ask_take_apart)
        self.seen.link_asked.connect(partial(self._judge, VerdictKind.SAME))
        self.seen.not_same_asked.connect(partial(self._judge, VerdictKind.NOT_SAME))
        self.seen.unsure_asked.connect(partial(self._judge, VerdictKind.UNSURE))
        self.seen.panes_changed.connect(self.panes_changed)
        self._pause.due.connect(self._keep)
        self._search.timeout.connect(self._look)
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
            lambda: receive.start_call(desk),
            partial(self._begin, desk),
            failed,
            owner=self,
            lane="store",
        )

    def go_on(self, contact_id: UUID) -> None:
        """Go on with a call that was kept to be finished later."""
        desk = self._holder.current()
        self._jobs.run(
            lambda: screen.open_contact(desk, contact_id).contact,
            partial(self._begin, desk),
            lambda fault: self.said.emit(sentence(fault)),
            owner=self,
            lane="store",
        )

    def _begin(self, desk: Desk, contact: Contact) -> None:
        self._starting = False
        self._contact, self._desk_of_call = contact, desk
        self._searched = ()
        self._verdicts, self._last = {}, None
        self.header.begin(contact, desk.worker.name, desk.profile)
        self.caller.begin(desk.profile, contact.content)
        self.form.begin(desk.profile, contact)
        self.seen.begin()
        self.seen.show_looking(places(desk))
        self._tick()
        self._minute.start()
        self.panes_changed.emit()
        if self.isVisible():
            self.caller.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self._look()

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
        self._search.start()
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

    def _when_kept(self, act: Callable[[], object]) -> None:
        """Do something that needs what was typed to be in the store."""
        self._then.append(act)
        self.save_now()

    def _keep(self) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is None or desk is None or self._saving:
            return
        content = self.content()
        if content == contact.content:
            waiting, self._then = self._then, []
            for act in waiting:
                act()
            return
        self._saving = True
        self.saved_changed.emit("Saving")
        self._jobs.run(
            lambda: receive.keep_call(desk, contact, content),
            partial(self._kept, content),
            self._not_kept,
            owner=self,
            lane="store",
        )

    def _kept(self, sent: Content, saved: Contact) -> None:
        self._saving = False
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
        self.header.show_kept(words)
        self.saved_changed.emit(words)
        if saved.content != sent and untouched:
            # Another window typed into the same call: show both.
            self.caller.begin(desk.profile, saved.content)
            self.form.begin(desk.profile, saved)
        if self._then or not untouched:
            self._keep()

    def _not_kept(self, fault: Exception) -> None:
        self._saving = False
        self._then = []
        self.header.show_kept("Not kept yet", safe=False)
        self.saved_changed.emit("Not saved, still here")
        if isinstance(fault, FactConflict):
            self._ask_conflict(fault)
        else:
            self.form.banner.show_words("Not kept.", sentence(fault), "danger")

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
        self._when_kept(self._queue)

    def _queue(self) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is None or desk is None:
            return
        if contact.state is not ContactState.DRAFT:
            self._end(contact.id, f"{contact.reference} is kept.")
            return
        self._jobs.run(
            lambda: receive.put_in_queue(desk, contact),
            lambda saved: self._end(saved.id, f"{saved.reference} is in the queue."),
            self._not_ended,
            owner=self,
            lane="store",
        )

    def keep_for_later(self) -> None:
        """Ctrl S: keep it as it is; it stands in the queue, not rated, to be finished later."""
        if self._contact is not None:
            self._when_kept(self._later)

    def _later(self) -> None:
        if self._contact is not None:
            reference = self._contact.reference
            self._end(None, f"{reference} is kept as a partial. It is in the queue, not rated.")

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
        box.given.connect(self._thrown)
        box.open()

    def _thrown(self, reason: str, words: str) -> None:
        why = words if reason == "other" else f"{reason}. {words}".strip(". ")
        self._when_kept(partial(self._throw, why))

    def _throw(self, why: str) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is None or desk is None:
            return
        self._jobs.run(
            lambda: receive.throw_away(desk, contact, why),
            lambda saved: self._end(None, f"{saved.reference} is set aside."),
            self._not_ended,
            owner=self,
            lane="store",
        )

    def _not_ended(self, fault: Exception) -> None:
        self.form.banner.show_words("Still on this call.", sentence(fault), "danger")

    def _end(self, contact_id: UUID | None, words: str) -> None:
        self._forget()
        self.said.emit(words)
        self.finished.emit(contact_id)

    def _forget(self) -> None:
        self._contact = self._desk_of_call = None
        self._then = []
        if self._looking is not None:
            self._looking.cancel()
        for timer in (self._search, self._minute):
            timer.stop()
        self._pause.stop()

    # ---- seen before? -------------------------------------------------------------

    def _look(self) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is None or desk is None:
            return
        content = self.content()
        now = signature(content)
        if now == self._searched:
            return
        self._searched = now
        if self._looking is not None:
            self._looking.cancel()
        self.seen.show_looking(places(desk, looking=True))
        for key in _keys(content):
            self._rows(key).show_record(key, "looking", "Looking")
        self._looking = self._jobs.run(
            lambda: look(desk, contact, content), self._found, self._not_found, owner=self
        )

    def _look_again(self) -> None:
        self._searched = ()
        self._look()

    def _rows(self, key: str) -> ChildRows | AdultRows:
        return self.form.children_rows if key.startswith("c") else self.form.adult_rows

    def _found(self, view: SeenView) -> None:
        if self._contact is None:
            return
        told = replace(
            view,
            people=tuple(
                (key, name, tuple(self._with_verdict(r) for r in found))
                for key, name, found in view.people
            ),
        )
        self.seen.show_view(told)
        answered = {key: found for key, _, found in told.people}
        content = self.content()
        for key in _keys(content):
            self._show_record(key, answered.get(key))

    def _show_record(self, key: str, found: tuple[RecordSeen, ...] | None) -> None:
        rows = self._rows(key)
        if found is None:
            rows.show_record(key, "little", "Too little")
        elif any(r.verdict is VerdictKind.SAME for r in found):
            rows.show_record(key, "linked", "Linked")
        else:
            left = sum(r.verdict is None for r in found)
            words = f"{left} to check" if left else "No record"
            rows.show_record(key, "check" if left else "none", words)

    def _with_verdict(self, record: RecordSeen) -> RecordSeen:
        verdict = self._verdicts.get(record.id)
        return replace(record, verdict=verdict.kind) if verdict is not None else record

    def _not_found(self, fault: Exception) -> None:
        self._searched = ()
        self.seen.show_problem(sentence(fault))

    def _join(self, seen: OpenSeen) -> None:
        self._with_other(seen, lambda desk, this: join.join(desk, this, seen.contact.id))

    def _keep_apart(self, seen: OpenSeen) -> None:
        self._with_other(seen, lambda desk, this: join.keep_apart(desk, this, seen.contact.id))

    def _ask_take_apart(self, seen: OpenSeen) -> None:
        box = ReasonBox(
            self.window(),
            f"Take this call and {seen.contact.reference} apart?",
            "Both stay whole, as they were before they were joined.",
            (("Joined by mistake", "Joined by mistake"), ("New information", "New information")),
            "Take apart",
            icon="split",
        )

        def given(reason: str, words: str) -> None:
            why = f"{reason}. {words}".strip(". ")
            self._with_other(
                seen, lambda desk, this: join.take_apart(desk, this, seen.contact.id, why)
            )

        box.given.connect(given)
        box.open()

    def _with_other(self, seen: OpenSeen, act: Callable[[Desk, UUID], object]) -> None:
        def go() -> None:
            contact, desk = self._contact, self._desk_of_call
            if contact is not None and desk is not None:
                self._jobs.run(
                    lambda: act(desk, contact.id),
                    lambda _done: self._look_again(),
                    lambda fault: self.seen.show_problem(sentence(fault)),
                    owner=self,
                    lane="store",
                )

        self._when_kept(go)

    def _judge(self, kind: VerdictKind, record: RecordSeen) -> None:
        desk = self._desk_of_call
        if desk is None or record.id in self._verdicts:
            return
        if not match.reason_needed(desk, kind):
            self._when_kept(partial(self._say, kind, record, (), ""))
            return
        box = ReasonBox(
            self.window(),
            f"{kind.value.capitalize()}: {record.name}?",
            "It is remembered and shown the next time. It can be undone.",
            tuple((r, r) for r in match.reasons_for(desk, kind)),
            kind.value.capitalize(),
            icon="users",
        )
        box.given.connect(
            lambda reason, words: self._when_kept(
                partial(self._say, kind, record, (reason,), words)
            )
        )
        box.open()

    def _say(
        self, kind: VerdictKind, record: RecordSeen, reasons: tuple[str, ...], words: str
    ) -> None:
        contact, desk = self._contact, self._desk_of_call
        if contact is None or desk is None:
            return
        acts = {
            VerdictKind.SAME: match.link,
            VerdictKind.NOT_SAME: match.not_same,
            VerdictKind.UNSURE: match.unsure,
        }
        subject = Subject(contact_id=contact.id, person=record.person)

        def said(verdict: Verdict) -> None:
            self._verdicts[record.id] = self._last = verdict
            self.said.emit(f"{kind.value.capitalize()}: {record.name}. Ctrl Z undoes it.")
            self._look_again()

        self._jobs.run(
            lambda: acts[kind](desk, subject, record.candidate, reasons, words),
            said,
            lambda fault: self.seen.show_problem(sentence(fault)),
            owner=self,
            lane="store",
        )

    def undo(self) -> None:
        """Ctrl Z outside a box: take back the last word on a record, with the reason."""
        verdict, desk = self._last, self._desk_of_call
        if verdict is None or desk is None:
            self.said.emit("There is nothing to undo.")
            return
        reasons = desk.profile.verdict_reasons.get("undo", ()) or ("Linked by mistake",)
        box = ReasonBox(
            self.window(),
            "Take this back?",
            "What was said of the record stays readable in the history.",
            tuple((r, r) for r in reasons),
            "Undo",
            icon="undo-2",
        )
        box.given.connect(partial(self._undo, verdict))
        box.open()

    def _undo(self, verdict: Verdict, reason: str, words: str) -> None:
        desk = self._desk_of_call
        if desk is None:
            return
        why = f"{reason}. {words}".strip(". ")

        def undone(_verdict: Verdict) -> None:
            self._last = None
            self._verdicts = {k: v for k, v in self._verdicts.items() if v.id != verdict.id}
            self._look_again()

        self._jobs.run(
            lambda: match.undo(desk, verdict.id, why),
            undone,
            lambda fault: self.seen.show_problem(sentence(fault)),
            owner=self,
            lane="store",
        )

    # ---- what the window asks -------------------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Caller, the call, seen before."""
        return (self.caller, self.form, self.seen)

    def entered(self) -> None:
        """Focus starts in Caller."""
        self._bring("form")
        self.caller.name.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._contact is not None:
            self._minute.start()

    def left(self) -> None:
        """Keep what was typed; the call goes on when one comes back."""
        self.save_now()
        self._minute.stop()

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
        self.header.reference.setVisible(not on)
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
        t = theme()
        self._outer.setContentsMargins(t.px(8), t.px(8), t.px(8), t.px(8))
        self._outer.setSpacing(t.px(8))
        self._row.setSpacing(t.px(8))
        self._arrange()

    def _arrange(self, *_what: object) -> None:
        t = theme()
        room = self.width() / t.px(1000) * 1000
        one, wide, hidden = room < NARROW, room >= WIDE, not self.cover.isHidden()
        self.which.setVisible(one and not hidden)
        panes = {"caller": self.caller, "form": self.form, "seen": self.seen}
        for key, pane in panes.items():
            pane.setVisible(not hidden and (not one or key == self.which.value()))
        for side, full, less in ((self.caller, 372, 290), (self.seen, 476, 348)):
            width = t.px(full if wide else less)
            side.setMinimumWidth(0 if one else width)
            side.setMaximumWidth(16777215 if one else width)
        self.header.call.setVisible(not one)
        self.header.rule.setVisible(wide)
        self.form.set_narrow(not wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the panes to the room."""
        super().resizeEvent(event)
        self._arrange()


def _keys(content: Content) -> tuple[str, ...]:
    """Everyone in the call."""
    return (*(c.key for c in content.children), *(a.key for a in content.adults))
