"""Audit: which events, whether their chain is whole, what to ask about, and one of them whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.errors import NotReadyError
from triage.domain.event import Event
from triage.domain.oversight import Question
from triage.domain.worker import May
from triage.workflow import audit, audit_export, checkpoints, feed, naming, unsent_words
from triage.workflow.audit import Asked, Chain, Found, Page, Wanted, Whole
from triage.workflow.desk import Desk
from triage.workflow.unsent import Kept
from ui.audit.cards import Cards
from ui.audit.event_pane import EventPane
from ui.audit.filter_pane import FilterPane
from ui.audit.list_pane import ChainBar, ListPane
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.folders import documents
from ui.jobs import Jobs, Token
from ui.printing.plain_paper import PlainPaper, Sheet, Taken
from ui.printing.signature import with_key
from ui.shell.dialogs import AskBox
from ui.shell.room import room_of, share, space
from ui.shell.screen import Screen
from ui.theme import theme
from ui.triage.boxes import Reason, ReasonBox
from ui.widgets.pane_bar import PaneBar

T = TypeVar("T")

REASONS = (
    "Monthly check",
    "A complaint",
    "A question about access",
    "A request for their own data",
    "Oversight of the team",
)
_NOT_YOURS = (
    "The audit is for auditors and team leaders: ask one of them who looked at a record, or who "
    "changed it. Nothing of it was shown."
)
_WHY = "Your reason, and whom you look for, are kept in the trail you look at."


class AuditScreen(Screen):
    """Filters, chain and events, one event. Everything slow goes through `jobs`.

    `record_asked` gives the contact whose record is to be opened.
    """

    record_asked = Signal(object)

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holder, self._jobs = holder, jobs
        self._reason, self._opened, self._land = "", 0, False
        self._last: Wanted | None = None
        self._found: Found | None = None
        self._chain: Chain | None = None
        self._searching, self._looking = Token(), Token()
        self._blur = False
        self._box: AskBox | None = None
        self.filters = FilterPane()
        self.bar = ChainBar()
        self.cards = Cards()
        self.list = ListPane()
        self.event_pane = EventPane()
        self.which = PaneBar(
            (("filters", "Filters"), ("list", "Events"), ("event", "Event")), "list"
        )
        self._middle_box = QWidget()
        self._middle = QVBoxLayout(self._middle_box)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.addWidget(self.bar)
        self._middle.addWidget(self.cards)
        self._middle.addWidget(self.list, 1)
        self._row = QHBoxLayout()
        for pane, stretch in ((self.filters, 0), (self._middle_box, 1), (self.event_pane, 0)):
            self._row.addWidget(pane, stretch)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.which)
        self._outer.addLayout(self._row, 1)
        self.paper = PlainPaper(self, self._jobs)
        self.paper.said.connect(self.said)
        self.paper.refused.connect(self.refused)
        self._connect()
        self._close()
        self._space()

    def _connect(self) -> None:
        self.filters.changed.connect(self._search)
        self.filters.cleared.connect(lambda: self.said.emit("Nothing is left out now."))
        self.bar.check_asked.connect(self._check)
        self.bar.print_asked.connect(self.print_checkpoint)
        self.list.table.checkpoint.connect(self.print_checkpoint)
        self.cards.asked.connect(self._ask_or_record)
        self.cards.seen.connect(self._show_question)
        self.list.chosen.connect(self._look_at_current)
        self.list.opened.connect(self._open_record)
        self.list.person_asked.connect(self.filters.choose_person)
        self.list.page_asked.connect(self._turn)
        self.list.newest_asked.connect(self._first_page)
        self.list.further_asked.connect(self._look_further)
        self.list.export_asked.connect(self._to_export)
        self.list.acted.connect(self._act)
        self.event_pane.note_asked.connect(self.save_now)
        self.event_pane.export_asked.connect(self.main_act)
        self.event_pane.for_whom.typed.connect(lambda _: self._tell_fits())
        self.which.chosen.connect(lambda _: self._arrange())
        self._holder.changed.connect(self._seated)
        theme().scaled.connect(self._space)

    # ---- what the window asks ---------------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Filters, questions, events, one event."""
        return (self.filters, self.cards, self.list, self.event_pane)

    def entered(self) -> None:
        """Ask why, once for each person who sits down; then read."""
        if not self._may():
            self._close()
        elif not self._reason:
            self.say_why()
        else:
            self.look_again()

    def refresh(self) -> None:
        """F5: check the chain, and read what is new."""
        if self._reason:
            self._check()

    def look_again(self) -> None:
        """Something happened at the hub: say how much, and move nothing."""
        if not self.isVisible() or self._found is None:
            return
        desk, seen = self._desk(), self._found.seq
        self._jobs.run(
            lambda: feed.head(desk) - seen,
            self._tell_newer,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
        )

    def main_act(self) -> None:
        """Ctrl Enter: export what fits, or say what is missing for it."""
        if self._found is None:
            self.say_why()
            return
        if not self._found.fits:
            self.refused.emit("No event fits, so there is nothing to export. Clear a filter.")
            return
        if not self.event_pane.for_whom.text().strip():
            self.refused.emit("Say for whom the export is.")
            self._to_export()
            return
        dialog = QFileDialog(self, "Where to write the export", str(documents()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def export_to(self, folder: Path) -> None:
        """Write what fits into `folder`, signed, and record it."""
        desk, wanted, known = self._desk(), self.filters.wanted(), self._chain
        pane = self.event_pane
        for_whom, names = pane.for_whom.text(), not pane.masked.isChecked()
        self._jobs.run(
            lambda: audit_export.export_trail(
                desk, wanted, for_whom, folder, with_names=names, known=known
            ),
            lambda path: self.said.emit(f"Exported, signed and recorded: {path.name}"),
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
            lane="store",
        )

    def save_now(self) -> None:
        """Ctrl S: keep the note on the event that is current."""
        row, said = self.list.row(), self.event_pane.note.toPlainText()
        if row is None or not said.strip():
            self.refused.emit("Write a note on an event first.")
            return
        desk = self._desk()

        def kept(note: Kept[str]) -> None:
            self.event_pane.note.start_with("")
            where = " on this computer" if note.here else ""
            self.said.emit(f"Your note on event {row.seq:,} is kept{where}.")
            if not note.here:
                self._look_at(row.seq)

        self._run_store(lambda: unsent_words.keep_note(desk, row.seq, said), kept)

    def not_kept(self) -> str:
        """A note that was begun."""
        if self.event_pane.note.toPlainText().strip():
            return "A note on an event is not kept yet. Ctrl S keeps it."
        return ""

    def find_words(self) -> None:
        """Ctrl F: about whom."""
        self._bring("filters")
        self.filters.about.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.about.selectAll()

    def next_tab(self) -> None:
        """Ctrl Tab: the next pane, where one stands at a time."""
        self.which.next_pane()

    def step_back(self) -> bool:
        """Esc: back to the events."""
        focus = self.focusWidget()
        if self.which.isVisible() and self.which.value() != "list":
            self._bring("list")
        elif focus is None or self.list.isAncestorOf(focus) or not self.list.table.isVisible():
            return False
        self.list.landing().setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def set_blur(self, on: bool) -> None:
        """Names and reasons leave the table and the event, not only the eye."""
        self._blur = on
        self.list.model.set_hidden(on)
        self.event_pane.set_hidden(on)

    def help_topic(self) -> str:
        """The page on the audit."""
        return "audit"

    # ---- beginning --------------------------------------------------------------

    def _act(self, key: str) -> None:
        if key == "back":
            self.back_asked.emit()
        else:
            self.say_why()

    def say_why(self) -> None:
        """Ask for the reason of this look."""
        if not self._may():
            return
        box = ReasonBox(self, "Why do you look at the trail?", _WHY, "Open the audit", REASONS)
        self._box = box
        box.given.connect(self._begin)
        box.open()

    def _begin(self, reason: object) -> None:
        assert isinstance(reason, Reason)
        desk, why = self._desk(), reason.why

        def opened(event: Event) -> None:
            self._reason, self._opened, self._land = why, event.seq, True
            self._search()
            self._check()

        self._run_store(lambda: audit.open_trail(desk, why), opened)

    def _close(self) -> None:
        """Nothing is shown: nobody has said why, or may."""
        self._found = self._last = None
        self._arrange()
        self.cards.put(())
        self.event_pane.show_nothing()
        self.filters.hide_own()
        self.list.show_newer(0)
        if self._may():
            acts = (("why", "Say why"),)
            self.list.say("scroll-text", "Say why you look", _WHY, acts)
        else:
            acts = (("back", "Go back"),)
            self.list.say("shield-alert", "This is not open to you", _NOT_YOURS, acts)
        self.list.show_foot(self._may())
        self.bar.show_chain(None, "", 0)
        self.panes_changed.emit()

    # ---- searching --------------------------------------------------------------

    def _search(self) -> None:
        if not self._reason:
            return
        desk, why = self._desk(), self._reason
        profile = desk.profile
        self.filters.set_clock(desk.now(), profile.working_time.zone)
        wanted = self.filters.wanted()
        again = wanted == self._last
        self._last = wanted
        self._searching.cancel()
        self._searching = self._jobs.run(
            lambda: audit.look_again(desk, wanted) if again else audit.search(desk, wanted, why),
            self._show_found,
            self._not_found,
            owner=self,
        )

    def _show_found(self, found: Found) -> None:
        self._found = found
        self.filters.show_found(found, self._reason, self._opened)
        self.list.show_newer(0)
        self.list.show_found(found, self.filters.when_words())
        self.cards.put(found.asked, found.asked_since)
        self._show_chain()
        self._tell_fits()
        self.panes_changed.emit()
        if self._land:
            self._land = False
            self.list.landing().setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_found(self, fault: Exception) -> None:
        many = isinstance(fault, NotReadyError)
        title = "There is too much to look through" if many else "The trail could not be read"
        self.list.say("circle-x", title, sentence(fault))

    def _tell_newer(self, count: int) -> None:
        self.list.show_newer(count)
        self._show_chain(extra=count)

    def _tell_fits(self) -> None:
        self.event_pane.set_fits(self._found.fits if self._found else 0)

    def _first_page(self) -> None:
        if self._found is not None:
            self._turn(None, None)

    def _look_further(self) -> None:
        since = self._found.counted_since if self._found is not None else None
        if since is not None:
            self.filters.look_until(since)

    def _turn(self, below: object, above: object) -> None:
        """Another page: below a number, above one, or the newest."""
        if self._last is None:
            return
        desk, wanted = self._desk(), self._last
        low = below if isinstance(below, int) else None
        high = above if isinstance(above, int) else None
        up = high is not None

        def turned(page: Page) -> None:
            self.list.show_page(page, at_end=up)
            self.panes_changed.emit()

        self._searching.cancel()
        self._searching = self._jobs.run(
            lambda: audit.page(desk, wanted, below=low, above=high),
            turned,
            self._not_found,
            owner=self,
        )

    # ---- one event --------------------------------------------------------------

    def _look_at_current(self) -> None:
        row = self.list.row()
        if row is None:
            self.event_pane.show_nothing()
        else:
            self._look_at(row.seq)

    def _look_at(self, seq: int) -> None:
        desk = self._desk()
        self._looking.cancel()
        self._looking = self._jobs.run(
            lambda: audit.look_at(desk, seq), self._show_event, self._no_event, owner=self
        )

    def _show_event(self, whole: Whole) -> None:
        self.event_pane.show_event(whole)
        self.panes_changed.emit()

    def _no_event(self, fault: Exception) -> None:
        self.event_pane.show_nothing()
        self.refused.emit(sentence(fault))

    def _open_record(self) -> None:
        row = self.list.row()
        if row is None or row.contact_id is None:
            self.refused.emit("This event is about no contact.")
        elif row.restricted and not self._desk().worker.may(May.OPEN_RESTRICTED):
            self.refused.emit("This record is restricted. Ask a team leader.")
        else:
            self.record_asked.emit(UUID(str(row.contact_id)))

    # ---- the chain ---------------------------------------------------------------

    def _check(self) -> None:
        if not self._reason:
            return
        desk, known = self._desk(), self._chain
        self.bar.show_checking()
        self._jobs.run(
            lambda: audit.check_chain(desk, known), self._checked, self._not_checked, owner=self
        )

    def _checked(self, chain: Chain) -> None:
        self._chain = chain
        self._search()

    def _not_checked(self, fault: Exception) -> None:
        self._show_chain()
        self.refused.emit(sentence(fault))

    def print_checkpoint(self) -> None:
        """P: a page that says where the chain ends now, signed, to lock away outside the hub."""
        sheet = Sheet(
            asked="Print a checkpoint of the trail",
            words="It says where the trail ends and is signed with your key; it names no family. "
            "Lock the page away outside the hub: the trail is checked against it.",
            called="The checkpoint",
            title="Checkpoint of the audit trail",
            file=documents() / "checkpoint.pdf",
        )
        desk = self._desk()

        def ask() -> None:
            self.paper.ask(sheet, partial(self._sign, desk))

        with_key(self, self._jobs, desk, "A checkpoint is signed with your key.", ask)

    def _sign(self, desk: Desk, take: Taken) -> None:
        self._run_store(lambda: checkpoints.on_paper(desk), take)

    def _show_chain(self, extra: int = 0) -> None:
        chain = self._chain
        profile = self._desk().profile
        at = f"{naming.local(profile, chain.at):%H:%M}" if chain is not None else ""
        seen = self._found.seq if self._found is not None else 0
        newer = max(0, seen + extra - chain.seq) if chain is not None else 0
        self.bar.show_chain(chain, at, newer)
        self.list.model.set_verified(chain.seq if chain is not None else 0)

    # ---- questions ---------------------------------------------------------------

    def _show_question(self, asked: Asked) -> None:
        self._bring("list")
        line = self.list.model.line_of(asked.question.seq)
        if line >= 0:
            self.list.table.setCurrentIndex(self.list.model.index(line, 0))
            self.list.table.selectRow(line)
            self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._look_at(asked.question.seq)

    def _ask_or_record(self, asked: Asked) -> None:
        desk, question = self._desk(), asked.question
        act: Callable[[Desk, Question, str], Kept[str]] = unsent_words.ask_why
        title, words, button = "Ask why", question.sentence, "Record that you asked"
        offered: tuple[str, ...] = (
            "By word",
            "By telephone",
            "By secure mail",
            "Through the manager",
        )
        if asked.asked_at is not None:
            act, title, button = unsent_words.record_reply, "What they said", "Record the reply"
            offered = ()
        box = ReasonBox(self, title, words, button, offered)
        box.kept_here = True
        self._box = box

        def kept(done: Kept[str]) -> None:
            if done.here:
                self.said.emit("Kept on this computer. It is recorded once the hub answers.")
            else:
                self._search()

        def given(reason: object) -> None:
            assert isinstance(reason, Reason)
            self._run_store(lambda: act(desk, question, reason.why), kept)

        box.given.connect(given)
        box.open()

    # ---- people and room ----------------------------------------------------------

    def _run_store(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._jobs.run(
            work,
            done,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
            lane="store",
        )

    def _to_export(self) -> None:
        self._bring("event")
        self.event_pane.for_whom.setFocus(Qt.FocusReason.OtherFocusReason)

    def _desk(self) -> Desk:
        return self._holder.current()

    def _may(self) -> bool:
        return self._desk().worker.may(May.AUDIT)

    def _seated(self) -> None:
        """Another person sits down: nothing of the one before stays."""
        self._searching.cancel()
        self._looking.cancel()
        self._reason, self._opened = "", 0
        self.filters.forget()
        self.event_pane.note.start_with("")
        self.event_pane.for_whom.put("")
        self._close()
        if self.isVisible():
            self.entered()

    def _bring(self, key: str) -> None:
        self.which.set_value(key)

    def _space(self) -> None:
        space(self._outer, self._middle, self._row)
        self._arrange()

    def _arrange(self) -> None:
        room = room_of(self)
        panes = {"filters": self.filters, "list": self._middle_box, "event": self.event_pane}
        away = () if self._may() else ("filters", "event")
        if away:
            self.which.set_value("list")
        share(room, self.which, panes, {"filters": (284, 236), "event": (476, 348)}, away=away)
        self.which.setVisible(room.one and not away)
        self.bar.setVisible(not away)
        tall = self.height() / theme().px(1000) * 1000 > 640
        self.cards.set_most((3 if room.wide or room.one else 2) if tall else 1)
        self.panes_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wide, less wide, or one pane at a time."""
        super().resizeEvent(event)
        self._arrange()
