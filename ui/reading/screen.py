"""Reading an arrived form beside its original (picture 16): a person confirms what was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.contact import Contact
from triage.domain.errors import NotReadyError
from triage.domain.fact import Place
from triage.workflow import fields, join, naming, reading, unsent_facts
from triage.workflow.desk import Desk
from triage.workflow.fact_words import label_of
from triage.workflow.join import SuggestedPair
from triage.workflow.unsent import Kept
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs, Token
from ui.keymap import keymap
from ui.newcontact.typed import born_on
from ui.reading.draft_pane import DraftPane, Edit
from ui.reading.facts import FactRow, field_choices
from ui.reading.form import Form, emptied, read_form
from ui.reading.original_pane import OriginalPane
from ui.reading.pictures import Pictures
from ui.reading.reading_header import ReadingHeader
from ui.reading.suggestion_bar import SuggestionBar
from ui.reading.todo_pane import TodoPane
from ui.shell.asking import ReasonBox
from ui.shell.room import room_of, share, space
from ui.shell.screen import Screen
from ui.theme import theme
from ui.widgets.pane_bar import PaneBar
from ui.widgets.states import StateView

NARROW = 1060
_DATES = ("dob", "edd")
_ANSWERS = {"yes": "yes", "no": "no", "y": "yes", "n": "no"}
_NOT_FOR_US = (
    ("Sent to us by mistake", "Sent to us by mistake"),
    ("For another council", "For another council"),
    ("Not about a child", "Not about a child"),
    ("other", "Another reason"),
)


class ReadingScreen(Screen):
    """One form at a time. `made` gives the contact to open next."""

    made = Signal(object)
    saved_changed = Signal(str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holder, self._jobs = holder, jobs
        self._contact_id: UUID | None = None
        self._read: Form | None = None
        self._opening: Token | None = None
        self._from_mark = False
        self._blur = False
        self._build()
        self._pictures = Pictures(holder, jobs, self.original, self)
        self._connect()
        self._space()

    def _build(self) -> None:
        self.header = ReadingHeader()
        self.bar = SuggestionBar()
        self.original = OriginalPane()
        self.draft = DraftPane()
        self.todo = TodoPane()
        self.wrong = StateView()
        self.wrong.hide()
        self.which = PaneBar(
            (("original", "Original"), ("draft", "Draft"), ("todo", "Left to do")), "draft"
        )
        self._row = QHBoxLayout()
        for pane, stretch in ((self.original, 1), (self.draft, 0), (self.todo, 0)):
            self._row.addWidget(pane, stretch)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.header)
        self._outer.addWidget(self.bar)
        self._outer.addWidget(self.which)
        self._outer.addWidget(self.wrong, 1)
        self._outer.addLayout(self._row, 1)
        self._accept_key = QAction("Accept clear ones", self)
        self._accept_key.setShortcut(keymap().sequence("draft contact", "Accept clear ones"))
        self._accept_key.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._accept_key.triggered.connect(self.accept_clear)
        self.addAction(self._accept_key)

    def _connect(self) -> None:
        self.original.marked.connect(self.mark)
        self.original.mark_met.connect(self._mark_met)
        self.draft.stood.connect(self._stood)
        self.draft.edited.connect(self._edited)
        self.draft.accept_asked.connect(self.accept_clear)
        self.draft.make_asked.connect(self.main_act)
        self.draft.anyway_asked.connect(partial(self._make, leave=True))
        self.draft.not_for_us_asked.connect(self.not_for_us)
        self.todo.chosen.connect(self._chosen)
        self.todo.typing_asked.connect(self._type)
        self.todo.place_met.connect(partial(self.original.show_place, choose=True))
        self.todo.path_met.connect(self.draft.stand_on)
        self.todo.unused_met.connect(self._unused_met)
        self.todo.next_asked.connect(partial(self.next_needed, 1))
        self.bar.join_asked.connect(self._join)
        self.bar.apart_asked.connect(self._keep_apart)
        self.bar.take_apart_asked.connect(self._ask_take_apart)
        self.bar.look_asked.connect(self._look_at_other)
        self.wrong.acted.connect(self._wrong_act)
        self.which.chosen.connect(self._arrange)
        self._holder.changed.connect(self._seated)
        for pane in (self.original, self.todo):
            pane.panes_changed.connect(self.panes_changed)
        theme().scaled.connect(self._space)

    # ---- opening ------------------------------------------------------------------

    def show_contact(self, contact_id: UUID) -> None:
        """Read a contact's form; that it was looked at is recorded."""
        desk = self._holder.current()
        if self._opening is not None:
            self._opening.cancel()
        self._stand_at(contact_id)
        self.wrong.hide()
        self.original.begin()
        self._arrange()
        self._opening = self._jobs.run(
            lambda: read_form(desk, reading.reading(desk, contact_id)),
            self._opened,
            self._not_opened,
            owner=self,
            lane="store",
        )

    def _stand_at(self, contact_id: UUID | None) -> None:
        self._contact_id, self._read = contact_id, None
        self._pictures.begin(contact_id)

    def _opened(self, read: Form) -> None:
        self._show(read)
        self.draft.view.ensure_current()
        if self.isVisible():
            self.draft.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_opened(self, fault: Exception) -> None:
        self._stand_at(None)
        self.wrong.show_error(
            "The form could not be opened", sentence(fault), (("back", "Go back"),)
        )
        self.wrong.show()
        self._arrange()

    def _wrong_act(self, _key: str) -> None:
        self.back_asked.emit()

    def refresh(self) -> None:
        """Read again what stands; what is being typed is kept first."""
        desk, contact_id = self._holder.current(), self._contact_id
        if contact_id is not None:
            self._jobs.run(
                lambda: read_form(desk, reading.look_again(desk, contact_id)),
                self._show,
                self._not_done,
                owner=self,
                lane="store",
            )

    def _show(self, read: Form) -> None:
        if read.view.contact.id != self._contact_id:
            return
        self._read = read
        view = read.view
        contact = view.contact
        self.header.rag.set_rating(contact.rating or "none")
        self.header.show_title("Names hidden" if self._blur else view.title, read.state)
        # The file's own name is often the child's.
        self.header.line.set_text(contact.reference if self._blur else read.line)
        kinds = [t.kind for t in view.todo]
        self.header.show_counts(
            view.clear, kinds.count("check"), kinds.count("not read"), kinds.count("not used")
        )
        self.header.show_clock(read.leading)
        self.bar.show_pairs(() if self._blur else read.pairs)
        kept = view.originals[0].name if view.originals else ""
        file = view.draft.file if view.draft is not None else kept
        self.original.show_original(
            view.draft,
            file,
            read.marks,
            field_choices(contact.content),
            read_only=bool(view.read_only_why),
        )
        self.draft.show_rows(read.rows, read.marks, clear=view.clear, read_only=view.read_only_why)
        numbers = {path: mark.number for mark in read.marks for path in mark.paths}
        self.todo.show_todo(view.todo, numbers, read.readings)
        self.panes_changed.emit()

    # ---- one marks the other ------------------------------------------------------------

    def _stood(self, row: FactRow) -> None:
        if self._read is None or self._from_mark:
            return
        marks = [m for m in self._read.marks if m.number in row.marks]
        if marks:
            self.original.show_mark(marks[0].number)

    def _mark_met(self, number: int) -> None:
        if self._read is None:
            return
        mark = next((m for m in self._read.marks if m.number == number), None)
        if mark is not None:
            self._from_mark = True
            self.draft.stand_on(mark.paths[0])
            self._from_mark = False

    def _unused_met(self, place: Place) -> None:
        self._bring("original")
        self.original.show_place(place)
        self.original.canvas().setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- acts of a person -----------------------------------------------------------------

    def _act(self, work: Callable[[Desk, Contact], Contact], words: str = "") -> None:
        self._keep(lambda desk, contact: Kept(value=work(desk, contact), here=False), words)

    def _keep(
        self,
        work: Callable[[Desk, Contact], Kept[Contact]],
        words: str = "",
        used: Place | None = None,
    ) -> None:
        """`used` are words it marks. While the hub is away, what is kept here is shown."""
        read, desk = self._read, self._holder.current()
        if read is None:
            return
        view = read.view

        def go() -> tuple[Form, bool]:
            kept = work(desk, view.contact)
            if not kept.here:
                now = reading.look_again(desk, kept.value.id)
                return read_form(desk, now), False
            today = naming.local_day(desk.profile, desk.now())
            now = reading.kept_here(view, kept.value, today, used)
            return read_form(desk, now, read.pairs), True

        def done(found: tuple[Form, bool]) -> None:
            form, here = found
            self._show(form)
            at = f"{naming.local(desk.profile, desk.now()):%H:%M:%S}"
            self.saved_changed.emit(f"Kept here {at}" if here else f"Draft kept {at}")
            if words:
                self.said.emit(words)

        self._jobs.run(go, done, self._not_done, owner=self, lane="store")

    def _not_done(self, fault: Exception) -> None:
        self.draft.show_problem(sentence(fault))

    def mark(self, target: str, place: Place) -> None:
        """Say what words in the original are; the place they came from is kept."""
        if target.rpartition(".")[2] in _DATES:
            self._mark_date(target, place)
            return
        words = "Left unused." if target == "nothing" else "Marked, with the place it came from."
        self._keep(
            lambda desk, contact: unsent_facts.mark(desk, contact, target, place), words, place
        )

    def _mark_date(self, target: str, place: Place) -> None:
        day = self._day(place.words)
        if not day:
            self.draft.show_problem(
                f"“{place.words}” is not a whole date.", "Nothing was changed. Type the date."
            )
            return

        def work(desk: Desk, contact: Contact) -> Kept[Contact]:
            marked = unsent_facts.mark(desk, contact, target, place)
            return unsent_facts.choose(desk, marked.value, target, day)

        self._keep(work, "Marked, with the place it came from.", place)

    def _day(self, words: str) -> str:
        desk = self._holder.current()
        found = born_on(words, naming.local_day(desk.profile, desk.now()))
        return found.isoformat() if found is not None else ""

    def _chosen(self, path: str, value: str) -> None:
        self._keep(lambda desk, contact: unsent_facts.choose(desk, contact, path, value))

    def _type(self, path: str) -> None:
        self._bring("draft")
        if self.draft.stand_on(path):
            self.draft.edit()

    def _edited(self, edit: Edit) -> None:
        name, words = edit.path.rpartition(".")[2], edit.words
        read = self._read
        if read is None:
            return
        fact = fields.fact_at(read.view.contact.content, edit.path)
        if name in _DATES and words:
            day = self._day(words)
            if not day:
                self.draft.show_problem(
                    f"“{words}” is not a whole date.",
                    "Nothing was changed. Write it as 6 May 2024.",
                )
                return
            words = day
        if fact is not None and (fact.value in ("yes", "no") or name in ("urgent", "interpreter")):
            words = _ANSWERS.get(words.lower(), words)
        if words:
            self._keep(lambda desk, contact: unsent_facts.choose(desk, contact, edit.path, words))
        else:
            self._keep(partial(emptied, path=edit.path))

    def accept_clear(self) -> None:
        """F7: confirm everything that was read clearly; what is to check stays to check."""
        if self._read is not None and self._read.view.clear and not self._read.view.read_only_why:
            self._keep(unsent_facts.accept_clear, f"Accepted {self._read.view.clear}.")

    def main_act(self) -> None:
        """Ctrl Enter: make it a contact, or name what is missing and go there."""
        if self._read is None:
            return
        if self._read.view.read_only_why:
            self.draft.show_problem(self._read.view.read_only_why)
            return
        left = [t for t in self._read.view.todo if t.kind == "check"]
        if left:
            names = ", ".join(dict.fromkeys(label_of(t.path).lower() for t in left[:3]))
            are = "is" if len(left) == 1 else "are"
            facts = "1 fact" if len(left) == 1 else f"{len(left)} facts"
            self.draft.show_problem(
                f"{facts} {are} still to check: {names}.",
                "An urgent contact need not wait.",
                offer=True,
            )
            self._bring("todo")
            self.todo.go_next(1)
            return
        self._make()

    def _make(self, *, leave: bool = False) -> None:
        read, desk = self._read, self._holder.current()
        if read is None:
            return
        contact = read.view.contact

        def made(saved: Contact) -> None:
            self.said.emit(f"{saved.reference} is a contact now, and yours to screen.")
            self._leave(saved.id)

        self._jobs.run(
            lambda: reading.make_contact(desk, contact, leave_to_check=leave),
            made,
            self._not_made,
            owner=self,
            lane="store",
        )

    def _not_made(self, fault: Exception) -> None:
        self.draft.show_problem(sentence(fault), offer=isinstance(fault, NotReadyError))

    def not_for_us(self) -> None:
        """Ask why; it is set aside with the reason, and can come back."""
        if self._read is None:
            return
        box = ReasonBox(
            self.window(),
            "Not for us?",
            "It is set aside with your reason. The original stays, and it can come back.",
            _NOT_FOR_US,
            "Set aside",
            icon="undo-2",
            words_needed=("other",),
        )
        box.given.connect(self._refuse)
        box.open()

    def _refuse(self, reason: str, words: str) -> None:
        read, desk = self._read, self._holder.current()
        if read is None:
            return
        contact = read.view.contact
        why = words if reason == "other" else f"{reason}. {words}".strip(". ")

        def done(saved: Contact) -> None:
            self.said.emit(f"{saved.reference} is set aside.")
            self._leave(None)

        self._jobs.run(
            lambda: reading.not_for_us(desk, contact, why),
            done,
            self._not_done,
            owner=self,
            lane="store",
        )

    def _leave(self, contact_id: UUID | None) -> None:
        self._stand_at(None)
        self.made.emit(contact_id)

    # ---- suggestions ----------------------------------------------------------------------

    def _join(self, pair: SuggestedPair) -> None:
        self._act(
            lambda desk, contact: join.join(desk, contact.id, pair.other.id)[0],
            f"Joined with {pair.reference}. Both stay whole.",
        )

    def _keep_apart(self, pair: SuggestedPair) -> None:
        def work(desk: Desk, contact: Contact) -> Contact:
            join.keep_apart(desk, contact.id, pair.other.id)
            return contact

        self._act(work, f"Kept apart from {pair.reference}.")

    def _ask_take_apart(self, pair: SuggestedPair) -> None:
        box = ReasonBox(
            self.window(),
            f"Take this and {pair.reference} apart?",
            "Both stay whole, as they were before they were joined.",
            (("Joined by mistake", "Joined by mistake"), ("New information", "New information")),
            "Take apart",
            icon="split",
        )

        def given(reason: str, words: str) -> None:
            why = f"{reason}. {words}".strip(". ")
            self._act(
                lambda desk, contact: join.take_apart(desk, contact.id, pair.other.id, why)[0],
                f"Taken apart from {pair.reference}.",
            )

        box.given.connect(given)
        box.open()

    def _look_at_other(self, pair: SuggestedPair) -> None:
        self.made.emit(pair.other.id)

    # ---- what the window asks ---------------------------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Suggestions, original, draft, left to do."""
        return (self.bar, self.original, self.draft, self.todo)

    def entered(self) -> None:
        """The draft comes first."""
        self._bring("draft")
        self.draft.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def left(self) -> None:
        """Keep a fact that is being put right."""
        self.save_now()

    def save_now(self) -> None:
        """Keep a fact that is being put right; all else is kept as it is done."""
        self.draft.keep_editing()

    def next_tab(self) -> None:
        """Ctrl Tab: the next pane, where one stands at a time."""
        self.which.next_pane()

    def step_back(self) -> bool:
        """Esc: close the palette or the box; from the rest, back to the draft."""
        if self.original.close_palette():
            return True
        if self.draft.is_editing():
            self.draft.stop_editing()
            return True
        return False

    def next_needed(self, step: int) -> None:
        """F8: the next thing left to do."""
        self._bring("todo")
        if not self.todo.go_next(step):
            self.noted.emit("Nothing is left to do here.")

    def set_blur(self, on: bool) -> None:
        """Names and words are hidden in every pane."""
        self._blur = on
        self.draft.model.blurred = on
        self.draft.view.viewport().update()
        self.original.set_blur(on)
        self.todo.setVisible(not on)
        if self._read is not None:
            self._show(self._read)
        self._arrange()

    def help_topic(self) -> str:
        """The page on reading a form."""
        return "reading"

    def _seated(self) -> None:
        """Another person sits down: what the one before opened is put away."""
        if self._contact_id is None:
            return
        self._stand_at(None)
        if self.isVisible():
            self.back_asked.emit()

    # ---- room -----------------------------------------------------------------------------

    def _bring(self, key: str) -> None:
        self.which.set_value(key)

    def _space(self) -> None:
        space(self._outer, self._row)
        self._arrange()

    def _arrange(self, *_what: object) -> None:
        room, bad = room_of(self, NARROW), not self.wrong.isHidden()
        self.header.setVisible(not bad)
        panes = {"original": self.original, "draft": self.draft, "todo": self.todo}
        away = tuple(panes) if bad else ("todo",) if self._blur else ()
        share(room, self.which, panes, {"draft": (636, 440), "todo": (476, 340)}, away=away)
        self.header.set_narrow(not room.wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the panes to the room."""
        super().resizeEvent(event)
        self._arrange()
