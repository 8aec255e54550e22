"""The Triage screen: choose a contact, read and check it, decide, without leaving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from triage.domain.contact import Contact
from triage.domain.decision import SavedAnswer
from triage.domain.errors import NotAllowedError, NotFoundError, UnreachableError
from triage.domain.lookup import Subject
from triage.domain.worker import May
from triage.workflow import naming
from triage.workflow.queue import QueueView
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.screen import Screen
from ui.triage.acts import Acts
from ui.triage.arrange import Arrangement, Panes
from ui.triage.changes_bar import ChangesBar
from ui.triage.chronology_pane import ChronologyPane
from ui.triage.decision_host import DecisionHost
from ui.triage.fact_acts import FactActs
from ui.triage.glass import OVER, Glass
from ui.triage.header import HeaderPane
from ui.triage.keeper import AnswerKeeper
from ui.triage.match_pane import MatchPane
from ui.triage.open_acts import OpenActs
from ui.triage.opened import Opened, Rating, kept_here
from ui.triage.partner_acts import AskingAgain
from ui.triage.partner_tray import PartnersPane, PartnerTray
from ui.triage.queue_pane import QueuePane
from ui.triage.reader import Reader
from ui.triage.showing import Showing
from ui.triage.story_pane import StoryPane
from ui.triage.suggested import SuggestedServices
from ui.triage.suggestion_bar import SuggestionBar
from ui.widgets.clock import CLOCKS_MS
from ui.widgets.pane import Pane
from ui.widgets.states import StateView
from ui.widgets.toast import announce

GONE = (
    "It was restricted while it was open here. What was saved of it is safe: ask a team leader to "
    "go on with it."
)
"""At a hub a restricted contact is not there, for who may not know of it."""


class TriageScreen(Screen):
    """Queue, contact, records, chronology, decision. Everything of the store runs in jobs.

    `compare_asked` gives a Subject, `print_asked` and `reading_asked` a contact's id,
    `call_resumed` that of a call to go on with, `files_dropped` a list of paths;
    `saved_changed` is for the status line.
    """

    compare_asked = Signal(object)
    print_asked = Signal(object)
    services_asked = Signal()
    asking_partner = Signal(object)
    request_asked = Signal(object)
    reading_asked = Signal(object)
    call_asked = Signal()
    call_resumed = Signal(object)
    saved_changed = Signal(str)
    count_changed = Signal(int)
    files_dropped = Signal(object)

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holder = holder
        self._opened: Opened | None = None
        self._person = ""
        self._focus_contact = self._focus_queue = False
        self._undos: list[Callable[[], object]] = []
        self.queue = QueuePane()
        self.header = HeaderPane()
        self.changes = ChangesBar()
        self.bar = SuggestionBar()
        self.story = StoryPane()
        self.match = MatchPane()
        self.chronology = ChronologyPane()
        self.partners = PartnersPane()
        self.decision_host = DecisionHost()
        self.decision = self.decision_host.pane
        self.tray = PartnerTray()
        self._empty_pane = Pane("")
        self._empty_pane.setAccessibleName("Contact")
        self.empty = StateView()
        self._empty_pane.body.addWidget(self.empty)
        panes = Panes(
            queue=self.queue,
            header=self.header,
            changes=self.changes,
            bar=self.bar,
            story=self.story,
            match=self.match,
            chronology=self.chronology,
            partners=self.partners,
            decision=self.decision_host,
            tray=self.tray,
            empty=self._empty_pane,
        )
        self.arrangement = Arrangement(panes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.arrangement)
        self.reader = Reader(holder, jobs, self)
        self.acts = Acts(holder, jobs, self)
        self.glass = Glass(holder, jobs, self.empty, self)
        self.facts = FactActs(holder, jobs, self.acts, self)
        self.open_acts = OpenActs(self.acts, self.facts, lambda: self._opened, self)
        self.keeper = AnswerKeeper(holder, jobs, self.decision, self)
        self.decision_host.serve(holder, self.keeper)
        self.showing = Showing(panes, self.arrangement.tabs, self.keeper, self)
        self.showing.changed.connect(self.panes_changed)
        self.suggested = SuggestedServices(holder, jobs, self.decision, self.keeper, self)
        self.suggested.all_asked.connect(self.services_asked)
        self._clocks = QTimer(self)
        self._clocks.setInterval(CLOCKS_MS)
        self._clocks.timeout.connect(self._read_clocks)
        self._wire_queue()
        self._wire_contact()
        self._wire_decision()
        holder.changed.connect(self._seated)
        self._show_nothing()
        self._offer()

    # ---- wiring ---------------------------------------------------------

    def _wire_queue(self) -> None:
        queue, reader = self.queue, self.reader
        reader.queue_read.connect(self._queue_read)
        reader.queue_failed.connect(queue.show_fault)
        reader.changed_elsewhere.connect(self._changed_elsewhere)
        queue.opened.connect(self._open_and_go)
        queue.previewed.connect(self.open_contact)
        queue.take_asked.connect(self._take)
        queue.hand_over_asked.connect(self._hand_over)
        queue.whose_chosen.connect(self._choose_whose)
        queue.acted.connect(self._queue_acted)
        queue.dropped.connect(self.receive_paths)

    def _wire_contact(self) -> None:
        self.glass.said.connect(self.said)
        self.glass.refused.connect(self.refused)
        self.glass.opened.connect(self.reader.open)
        self.glass.over.connect(self._glass_over)
        reader, acts = self.reader, self.acts
        reader.contact_read.connect(self._contact_read)
        reader.contact_failed.connect(self._contact_failed)
        reader.looking_up.connect(self.match.set_looking)
        self.arrangement.shaped.connect(self._shaped)
        self.header.ask_asked.connect(self.ask_partner)
        self.header.print_asked.connect(self.print_preview)
        self.decision.stepped.connect(self._stepped)
        self.tray.ask_asked.connect(self.ask_partner)
        self.tray.request_asked.connect(self.request_asked)
        again = AskingAgain(self._holder, reader, self)
        again.serve(self.tray.acts)
        again.serve(self.partners.acts)
        self.story.person_chosen.connect(self._choose_person)
        open_acts = self.open_acts
        open_acts.serve_header(self.header)
        open_acts.serve_story(self.story)
        open_acts.serve_bar(self.bar)
        open_acts.compare_asked.connect(self.compare_asked)
        open_acts.reading_asked.connect(self.reading_asked)
        self.facts.searched_by.connect(self.reader.search_again)
        self.facts.kept_here.connect(self._kept_here)
        acts.kept_here.connect(self._kept_here)
        self.match.judged.connect(acts.judge)
        self.match.undo_asked.connect(acts.undo_verdict)
        self.match.compare_asked.connect(self.compare_asked)
        self.match.search_asked.connect(self.reader.search_again)
        self.bar.look_asked.connect(self.open_contact)
        self.changes.seen.connect(self.reader.saw_changes)
        acts.done.connect(self._acted)
        acts.failed.connect(self._refused)

    def _wire_decision(self) -> None:
        keeper = self.keeper
        keeper.status.connect(self.saved_changed)
        keeper.kept.connect(self._kept)
        keeper.refused.connect(self._refused)
        keeper.proposed.connect(self._proposed)

    # ---- the queue ------------------------------------------------------

    def _queue_read(self, view: QueueView, keep_back: bool) -> None:
        before = self.queue.waiting()
        self.queue.show_view(view, keep_back=keep_back)
        if self._focus_queue:
            self._focus_queue = False
            self.queue.list.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.reader.contact_id is not None:
            self.queue.select(self.reader.contact_id)
        self.count_changed.emit(view.counts.get("all", 0))
        waiting = self.queue.waiting()
        if waiting > before:
            announce(self, f"{waiting} new in the queue")
            self.panes_changed.emit()

    def _changed_elsewhere(self, changed: dict[UUID, tuple[str, datetime]]) -> None:
        """Mark what others have worked on. Nothing moves for it."""
        profile = self._holder.current().profile
        words = {
            id: f"changed by {who} at {naming.local(profile, at):%H:%M}"
            for id, (who, at) in changed.items()
        }
        self.queue.model.set_changed(words)

    def _choose_whose(self, whose: str) -> None:
        match whose:
            case "mine" | "unassigned":
                self.reader.whose = whose
            case _:
                self.reader.whose = "all"
        self.reader.read_queue(keep_back=False)

    def _queue_acted(self, key: str) -> None:
        if key == "call":
            self.call_asked.emit()
        else:
            self.reader.read_queue()

    def _take(self, contact_id: UUID) -> None:
        """T in the queue; what somebody else has is taken over, which asks why."""
        row = self.queue.row_of(contact_id)
        held = row.assigned_to if row else None
        if row is None or not held or held == self._holder.current().worker.id:
            self.acts.take(contact_id)
        elif self._opened is not None and self._opened.contact_id == contact_id:
            self.open_acts.take_over()
        else:
            words = f"{row.assigned_name} has it."
            self.acts.take_over(contact_id, row.reference, held, words)

    def _hand_over(self, contact_id: UUID) -> None:
        row = self.queue.row_of(contact_id)
        self.acts.hand_over(contact_id, row.reference if row else "this contact")

    def receive_paths(self, paths: Sequence[Path]) -> None:
        """Files let go over the queue: they are taken in one after another."""
        files = [p for p in paths if p.is_file()]
        if not files:
            self.refused.emit("Only files can be taken in. Nothing was changed.")
            return
        count = f"{len(files)} files" if len(files) > 1 else files[0].name
        self.noted.emit(f"Taking in {count}.")
        self.files_dropped.emit(files)

    # ---- the contact ----------------------------------------------------

    def open_contact(self, contact_id: UUID) -> None:
        """Open a contact; the focus stays where it is."""
        if contact_id == self.reader.contact_id and self._opened is not None:
            self.reader.look_again()
            return
        self.decision.flush()
        self.queue.select(contact_id)
        self.reader.open(contact_id)

    def opened_contact(self) -> Contact | None:
        """The contact that is open, as it was last read."""
        return self._opened.view.contact if self._opened is not None else None

    def _open_and_go(self, contact_id: UUID) -> None:
        """Enter in the queue: open it and go to it; a call that was kept goes on."""
        row = self.queue.row_of(contact_id)
        if row is not None and row.partial and self._holder.current().worker.may(May.RECEIVE):
            self.decision.flush()
            self.call_resumed.emit(contact_id)
            return
        if self._opened is not None and contact_id == self._opened.contact_id:
            self._go_to_contact()
            return
        self._focus_contact = True
        self.open_contact(contact_id)

    def _go_to_contact(self) -> None:
        self.arrangement.go_to("contact")
        goal = self.story.table if self.story.isVisible() else self.header.pack
        goal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _contact_read(self, opened: Opened, fresh: bool) -> None:
        other = self._opened is None or self._opened.contact_id != opened.contact_id
        self._opened = opened
        self.keeper.contact_id = opened.contact_id
        keys = [p.key for p in opened.view.people]
        if fresh or self._person not in keys:
            self._person = keys[0] if keys else ""
        if other:
            self.arrangement.show_contact(True)
            self.match.set_looking(False)
        self.keeper.rating = opened.rating()
        if fresh:
            self.queue.model.set_seen(opened.contact_id)
            self.showing.forget()
        self.showing.show(opened, self._person)
        if fresh:
            self.settle_facts()
            self.queue.select(opened.contact_id)
            if self._focus_contact:
                self._focus_contact = False
                self._go_to_contact()

    def _kept_here(self, contact: Contact, words: str) -> None:
        """What was put right is on this desk only: shown as it will be."""
        opened = self._opened
        if opened is not None and opened.contact_id == contact.id:
            self._opened = kept_here(opened, contact)
            self.showing.show(self._opened, self._person)
        self.said.emit(words)

    def settle_facts(self) -> None:
        """Show what somebody else changed of the open contact while the hub was away."""
        if self._opened is not None:
            self.facts.settle(self._opened)

    def _contact_failed(self, contact_id: UUID, fault: Exception) -> None:
        shown = self._opened is not None and self._opened.contact_id == contact_id
        if shown and not isinstance(fault, (NotAllowedError, NotFoundError)):
            self.refused.emit(sentence(fault))
            return
        if isinstance(fault, UnreachableError) and self._opened is not None:
            # What is open stays: typing into it is kept here.
            self.reader.contact_id = self._opened.contact_id
            self.queue.select(self._opened.contact_id)
            self.refused.emit(sentence(fault))
            return
        self._show_nothing()
        if isinstance(fault, NotAllowedError):
            row = self.queue.row_of(contact_id)
            self.glass.show_closed(sentence(fault), row.reference if row else "")
            self.decision.show_nothing(restricted=True)
        elif shown:
            self.empty.show_error("This contact is closed to you now", GONE)
        else:
            self.empty.show_error("This contact could not be opened", sentence(fault))

    def _glass_over(self, contact_id: UUID) -> None:
        if self._opened is not None and self._opened.contact_id == contact_id:
            self._contact_failed(contact_id, NotAllowedError(OVER))

    def _show_nothing(self) -> None:
        self._opened, self._person = None, ""
        self.showing.close()
        self.keeper.contact_id = None
        self.decision.show_nothing()
        self.arrangement.show_contact(False)
        self.changes.show_view(None)
        self.bar.show_view(None)
        self.empty.show_empty("Choose a contact", "Enter opens the one that is chosen.")

    def _choose_person(self, person: str) -> None:
        self._person = person
        self.showing.show_person(person)

    def _shaped(self, shape: str) -> None:
        wide = shape == "wide"
        self.queue.set_compact(not wide)
        self.chronology.set_compact(not wide)
        self.decision.set_compact(not wide)
        self.panes_changed.emit()

    # ---- acts -----------------------------------------------------------

    def _acted(self, words: str, undo: Callable[[], None] | None) -> None:
        if undo is not None:
            self._undos.append(undo)
            self.undo_offered.emit(words, partial(self._take_back, undo))
        else:
            self._undos.clear()
            self.said.emit(words)
        self._read_all()

    def _take_back(self, undo: Callable[[], object]) -> None:
        if undo in self._undos:
            self._undos.remove(undo)
            undo()

    def _refused(self, words: str) -> None:
        self.refused.emit(words)
        self._read_all()

    def _read_all(self) -> None:
        self.showing.forget()
        self.reader.look_again()
        self.reader.read_queue(keep_back=True)

    def _kept(self, saved: SavedAnswer) -> None:
        self.reader.saved_here(saved.key, saved.version)
        before = self.keeper.rating.code
        if saved.key == "rating" and self._opened is not None and saved.value != before:
            self.keeper.rating = Rating(str(saved.value), saved.by)
            self.acts.rated(self._opened.contact_id, saved, before)

    def _proposed(self, _version: object) -> None:
        self.said.emit("Sent for sign-off. A team leader sees it now.")
        self._read_all()

    # ---- what the window asks -------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Left to right, as the work goes."""
        return (
            self.arrangement.bar,
            self.queue,
            self.header,
            self.changes,
            self.bar,
            self.arrangement.tabs,
            self.story,
            self.match,
            self.chronology,
            self.partners,
            self.decision_host,
            self.tray,
        )

    def entered(self) -> None:
        """Read what has changed while another screen was in front."""
        self.queue.show_loading()
        self.reader.read_queue(keep_back=True)
        self.reader.look_again()
        if self.queue.list.isVisible():
            self.queue.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._focus_queue = True

    def left(self) -> None:
        """Keep what is waiting to be kept."""
        self.decision.flush()

    def not_kept(self) -> str:
        """Answers that are only in this window."""
        return self.keeper.not_kept()

    def look_again(self) -> None:
        """Something happened, here or at another desk."""
        self.reader.follow()

    def _read_clocks(self) -> None:
        self.reader.read_queue(keep_back=True)
        self.reader.look_again()

    def main_act(self) -> None:
        """Ctrl Enter: send for sign-off."""
        self.arrangement.go_to("decision")
        self.decision.ask_to_send()

    def refresh(self) -> None:
        """F5."""
        self.reader.read_queue(keep_back=False)
        self.reader.look_again()

    def save_now(self) -> None:
        """Ctrl S."""
        self.decision.flush()
        if not self.keeper.is_waiting():
            self.saved_changed.emit("All changes saved")

    def step_back(self) -> bool:
        """Esc: put the filter away, else back to the queue."""
        if _has_focus(self.queue) and self.queue.close_find():
            return True
        if self.queue.list.hasFocus():
            return False
        self.arrangement.go_to("queue")
        self.queue.list.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def next_needed(self, step: int) -> None:
        """F8, Shift F8."""
        self.arrangement.go_to("decision")
        if not self.decision.next_needed(step):
            self.noted.emit("Nothing is missing from this decision.")

    def next_contact(self, step: int) -> None:
        """Ctrl PgDn, Ctrl PgUp."""
        row = self.queue.beside(self.reader.contact_id, step)
        if row is None:
            self.noted.emit("That is the last contact." if step > 0 else "That is the first one.")
            return
        self.open_contact(row.contact_id)

    def go_to_part(self) -> None:
        """Ctrl G: a menu of the parts; 1 to 7 choose."""
        self.arrangement.go_to("decision")
        self.decision_host.choose_part(self._holder.current().profile)

    def compare(self) -> None:
        """Ctrl M."""
        subject = self.match.subject()
        if subject is None and self._opened is not None and self._person:
            subject = Subject(contact_id=self._opened.contact_id, person=self._person)
        if subject is not None:
            self.compare_asked.emit(subject)

    def ask_partner(self) -> None:
        """Ctrl E: begin a request about the contact that is open."""
        if self._opened is not None:
            self.asking_partner.emit(self._opened.contact_id)
        else:
            self.refused.emit("Open a contact first: a partner is asked about one that is open.")

    def look_up(self) -> None:
        """Ctrl L: everyone in the contact that is open."""
        if self._opened is None:
            self.refused.emit("Open a contact first: those in it are looked up at partners.")
        elif not self._opened.may_look_up():
            self.refused.emit(self._opened.view.read_only_why or "Your role looks nobody up.")
        else:
            self.reader.search_again()

    def print_preview(self) -> None:
        """Ctrl P."""
        if self._opened is None:
            self.refused.emit("Open a contact first: the pack of its decision is shown.")
        else:
            self.print_asked.emit(self._opened.contact_id)

    def find_words(self) -> None:
        """Ctrl F."""
        self.arrangement.go_to("queue")
        self.queue.find_words()

    def undo(self) -> None:
        """Ctrl Z outside text: take back the last act, or the last choice in the form."""
        # A choice on a contact that is no longer open gives way to what was before it.
        while self._undos and self._undos.pop()() is False:
            pass

    def _stepped(self) -> None:
        self._undos.append(self.decision.undo)

    def redo(self) -> None:
        """Ctrl Y outside text: choose again in the form what was undone."""
        if self.decision.redo():
            self._stepped()

    def next_tab(self) -> None:
        """Ctrl Tab."""
        self.arrangement.next_tab()

    def set_blur(self, on: bool) -> None:
        """F9."""
        self.queue.set_blurred(on)
        self.decision_host.set_blurred(on)
        self.showing.set_blur(on)

    def show_guidance(self) -> bool:
        """F1 in the form: the note about the field."""
        return _has_focus(self.decision) and self.decision_host.show_guidance()

    def help_topic(self) -> str:
        """resources/help/triage.md."""
        return "triage"

    def _seated(self) -> None:
        """Somebody else sits down: nothing of the one before stays open."""
        self.reader.close()
        self._undos.clear()
        self._show_nothing()
        self._offer()
        self.queue.whose.set_value("all")
        self.queue.list.scrollToTop()
        self.reader.whose = "all"
        self.reader.read_queue(keep_back=False)

    def _offer(self) -> None:
        self.queue.set_taking_in(self._holder.current().worker.may(May.RECEIVE))

    def showEvent(self, event: QShowEvent) -> None:
        """Clocks run while the screen is in front."""
        super().showEvent(event)
        self._clocks.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing runs behind another screen."""
        super().hideEvent(event)
        self._clocks.stop()


def _has_focus(part: QWidget) -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and part.isAncestorOf(focus)
