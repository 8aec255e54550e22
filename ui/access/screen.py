"""A copy of what is held about a child, for whoever may have it: decided word by word, made once
it has been read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.access_draft import TO_LEAVE_IN, TO_TAKE_OUT, AccessDraft, Ground, Settled
from triage.domain.errors import UnreachableError
from triage.workflow import subject_access, unsent_words
from triage.workflow.desk import Desk
from triage.workflow.subject_access import Gathered
from ui.access.draft_keeper import DraftKeeper
from ui.access.making_pane import MakingPane
from ui.access.party_pane import PartyPane, told
from ui.actions import bind_list
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.folders import documents
from ui.jobs import Jobs, Token
from ui.printing.page_pane import CHOOSE_WORDS, PagePane
from ui.printing.plain_paper import PlainPaper, Taken
from ui.printing.plain_paper import Sheet as Paper
from ui.printing.sheets import Sheet, page_count, sheets
from ui.printing.signature import with_key
from ui.shell.asking import ReasonBox
from ui.shell.dialogs import typed_into_a_box
from ui.shell.room import room_of, share, space
from ui.shell.screen import Screen
from ui.theme import theme
from ui.triage.hidden import HIDDEN_NAME
from ui.widgets.pane_bar import PaneBar
from ui.widgets.toast import announce

PANES = (("parties", "Who else is named"), ("pages", "The pages"), ("making", "The copy"))
WIDTHS = {"parties": (420, 360), "making": (420, 360)}
GOES = "Your reason is recorded, and not printed in the copy."
STAYS = "Who worked with the child normally stays. Your reason is recorded."
EVERYWHERE = "They go wherever they stand in the copy. Your reason is recorded, and not printed."
REDRAW_MS = 250


def _gathered(desk: Desk, contact_id: UUID, child: str) -> Gathered:
    """What is held, with the draft as it was left here where the hub has not all of it yet."""
    found = subject_access.gather(desk, contact_id, child)
    draft = unsent_words.copy_over(desk, found.draft_at, found.draft)
    return replace(found, draft=draft)


class _Drawn(NamedTuple):
    pdf: bytes
    not_found: tuple[str, ...]
    pages: int
    first: tuple[Sheet, ...]


class AccessScreen(Screen):
    """`start` gathers what is held; nothing is made or printed by looking. `saved_changed` has
    words for the status line."""

    saved_changed = Signal(str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holder, self._jobs = holder, jobs
        self._asked: tuple[UUID, str] | None = None
        self._gathered: Gathered | None = None
        self._decided: dict[str, Settled] = {}
        self._also: dict[str, str] = {}
        self._pdf, self._pages = b"", 0
        self._made: bytes | None = None
        self._blur = False
        self._gathering, self._looking, self._drawing = Token(), Token(), Token()
        self.parties, self.pages, self.making = PartyPane(), PagePane(copies=False), MakingPane()
        self.paper = PlainPaper(self, jobs)
        self.keeper = DraftKeeper(self, jobs, self._as_it_is)
        self.box: ReasonBox | None = None
        self.which = PaneBar(PANES, "parties")
        self._row = QHBoxLayout()
        for pane, stretch in ((self.parties, 0), (self.pages, 1), (self.making, 0)):
            self._row.addWidget(pane, stretch)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.which)
        self._outer.addLayout(self._row, 1)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REDRAW_MS)
        self._later.timeout.connect(self._look)
        self._connect()
        self._space()

    def _connect(self) -> None:
        self.parties.take_out_asked.connect(self.take_out)
        self.parties.say_why_asked.connect(self.say_why)
        self.parties.leave_in_asked.connect(self.leave_in)
        self.parties.find_asked.connect(self.find_on_pages)
        self.parties.again_asked.connect(self._gather)
        view = self.pages.view
        self.pages.back_asked.connect(self.back_asked)
        self.pages.again_asked.connect(self._look)
        self.pages.remove_asked.connect(self.remove_chosen)
        self.pages.nothing_found.connect(
            lambda words: self.refused.emit(f"“{words}” does not stand in this copy.")
        )
        self.pages.laid_out.connect(lambda: self.pages.show_place("10.5 pt"))
        view.sharpness_wanted.connect(self._draw)
        view.page_changed.connect(lambda _: self.pages.show_place("10.5 pt"))
        slots = {
            "Remove the chosen words": self.remove_chosen,
            "Previous page": lambda: view.go_to(view.pages.page - 1),
            "Next page": lambda: view.go_to(view.pages.page + 1),
        }
        self._bound = bind_list(view.pages, "print preview", slots)
        self.making.typed.connect(self._typed)
        self.making.put_back.connect(self._put_back)
        self.making.make_asked.connect(self.main_act)
        self.paper.said.connect(self.said)
        self.paper.refused.connect(self.refused)
        self.keeper.failed.connect(self.refused)
        self.keeper.saved_changed.connect(self.saved_changed)
        self.which.chosen.connect(lambda _: self._arrange())
        self._holder.changed.connect(self._close)
        theme().scaled.connect(self._space)

    # ---- what the window asks -------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Who is named, the pages, the copy."""
        return (self.parties, self.pages, self.making)

    def help_topic(self) -> str:
        """resources/help/subject-access.md."""
        return "subject-access"

    def entered(self) -> None:
        """The keys are in the list."""
        self.parties.view.setFocus()

    def left(self) -> None:
        """What was decided stays in the screen, and is kept."""
        self._later.stop()
        self.keeper.flush()

    def save_now(self) -> None:
        """Keep what was decided and typed."""
        self.keeper.flush()

    def not_kept(self) -> str:
        """What was decided or typed and the store has not taken, or is in a box."""
        return self.keeper.not_kept() or typed_into_a_box(self)

    def find_words(self) -> None:
        """Ctrl F: find words in the copy."""
        self._bring("pages")
        self.pages.open_finder()

    def next_tab(self) -> None:
        """Ctrl Tab: the next pane, where one stands at a time."""
        self.which.next_pane()

    def step_back(self) -> bool:
        """Esc: close the search, or let chosen words go."""
        return self.pages.step_back()

    def refresh(self) -> None:
        """F5: draw the pages anew."""
        self._look()

    def next_needed(self, step: int) -> None:
        """F8: what is still needed before it can be made."""
        if self._needed() == "":
            self.noted.emit("Nothing is missing. Read it through, then Ctrl Enter makes it.")

    def print_preview(self) -> None:
        """Ctrl P: as Ctrl Enter."""
        self.main_act()

    def main_act(self) -> None:
        """Ctrl Enter: make the copy, or say what is still needed and go there."""
        if self._gathered is None:
            return
        if words := self._needed():
            self.refused.emit(words)
            return
        paper = Paper(
            asked="Make the copy",
            words="It is signed with your key. Whom it is for, and what you decided, is recorded "
            "with each contact. Read it through once more before it leaves the room.",
            called="The copy",
            title="Copy of what is held",
            file=documents() / f"{self._gathered.references[0]}-what-is-held.pdf",
        )
        self.paper.ask(paper, self._make)

    def set_blur(self, on: bool) -> None:
        """F9: names and pages are hidden."""
        self._blur = on
        self.pages.view.set_blurred(on)
        self._show_all()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One pane at a time where there is little room."""
        super().resizeEvent(event)
        self._arrange()

    def _space(self) -> None:
        space(self._outer, self._row)
        self._arrange()

    def _arrange(self) -> None:
        room = room_of(self)
        panes = {"parties": self.parties, "pages": self.pages, "making": self.making}
        share(room, self.which, panes, WIDTHS)
        self.pages.fit(self.pages.width() if room.one else self.width() - theme().px(720))
        self.panes_changed.emit()

    def _bring(self, key: str) -> None:
        self.which.set_value(key)

    # ---- gathering ------------------------------------------------------

    def start(self, contact_id: UUID, child: str) -> None:
        """Gather what is held about a child of a contact. What was decided of the same child
        stays; of another it is let go."""
        if self._asked != (contact_id, child):
            self._close()
        self._asked = (contact_id, child)
        self._gather()

    def _close(self) -> None:
        """Nobody's copy: somebody else sits down, or another child is chosen."""
        self.keeper.end()
        for token in (self._gathering, self._looking, self._drawing):
            token.cancel()
        self._later.stop()
        self._asked, self._gathered, self._made = None, None, None
        self._decided, self._also = {}, {}
        self._pdf, self._pages = b"", 0
        self.making.clear()
        self.parties.model.put(())
        self.parties.show_waiting()
        self.pages.show_waiting()

    def _gather(self) -> None:
        if self._asked is None:
            return
        desk, (contact_id, child) = self._desk(), self._asked
        self.parties.show_waiting()
        self.pages.show_waiting()
        self._gathering.cancel()
        self._gathering = self._jobs.run(
            lambda: _gathered(desk, contact_id, child),
            lambda gathered: self._got(desk, gathered),
            self._not_gathered,
            owner=self,
            lane="store",
        )

    def _got(self, desk: Desk, gathered: Gathered) -> None:
        first = self._gathered is None
        self._gathered, self._made = gathered, None
        if first or self.keeper.outdone:
            self._go_on_with(gathered.draft)
            self.keeper.begin(desk, gathered)
        self._show_all()
        self.parties.view.setFocus()
        self._look()
        self.panes_changed.emit()

    def _go_on_with(self, draft: AccessDraft) -> None:
        self._decided, self._also = dict(draft.decided), dict(draft.also)
        self.making.for_whom.put(draft.for_whom)
        self.making.harm.start_with(draft.harm)

    def _as_it_is(self) -> AccessDraft:
        return AccessDraft(
            decided=dict(self._decided),
            also=dict(self._also),
            for_whom=self.making.for_whom.text(),
            harm=self.making.harm.toPlainText(),
        )

    def _not_gathered(self, fault: Exception) -> None:
        self.parties.show_fault(sentence(fault))
        self.pages.show_fault(sentence(fault))

    # ---- deciding -------------------------------------------------------

    def take_out(self) -> None:
        """T: the words go, as another person's; the next one waits."""
        row = self.parties.current()
        if row is not None and not row.party.never_stays:
            why = Ground.OTHER_PERSON.value
            self._settle(row.party.words, Settled(goes=True, why=why))

    def say_why(self) -> None:
        """W: ask why the words go."""
        self._decide("Take out", GOES, TO_TAKE_OUT, goes=True)

    def leave_in(self) -> None:
        """L: ask why the words may stay."""
        self._decide("Leave in", STAYS, TO_LEAVE_IN, goes=False)

    def find_on_pages(self) -> None:
        """F: choose the next place where the row's words stand on the pages; the keys stay in the
        list, but where there is room for one pane only."""
        row = self.parties.current()
        if row is None:
            return
        if not any(map(self.pages.view.find_next, (row.party.words, *row.party.forms))):
            self.said.emit("It stands nowhere on the pages as they are now.")
        elif room_of(self).one:
            self._bring("pages")
            self.pages.view.pages.setFocus()

    def _decide(self, act: str, said: str, grounds: Sequence[Ground], *, goes: bool) -> None:
        row = self.parties.current()
        if row is None:
            return
        if row.party.never_stays:
            self.said.emit(f"It is given to nobody: {row.party.why}.")
            return

        def given(why: str) -> None:
            self._settle(row.party.words, Settled(goes=goes, why=why))

        self._ask(f"{act} “{row.title}”", said, act, grounds, given)

    def _ask(
        self,
        title: str,
        said: str,
        act: str,
        grounds: Sequence[Ground],
        given: Callable[[str], None],
    ) -> None:
        box = self.box = ReasonBox(
            self,
            title,
            said,
            [(ground.name, ground.value) for ground in grounds],
            act,
            icon="message-square",
            words_needed=[ground.name for ground in grounds if ground.needs_words],
        )
        box.kept_here = True
        box.given.connect(lambda key, words: given(Ground[key].why(words)))
        box.open()

    def _settle(self, words: str, settled: Settled) -> None:
        self._decided[words] = settled
        self._changed()
        self.parties.go_to_next(self._decided)
        row = self.parties.current()
        if row is not None:
            announce(self.parties.view, row.spoken)

    def remove_chosen(self) -> None:
        """R on a page: ask why the words chosen there go."""
        words = self.pages.view.pages.chosen_words().strip(" ,.;:")
        if not words:
            self.refused.emit(CHOOSE_WORDS)
            return

        def given(why: str) -> None:
            self._also[words] = why
            self._changed()

        self._ask(f"Take out “{words}”", EVERYWHERE, "Take out", TO_TAKE_OUT, given)

    def _put_back(self, words: str) -> None:
        self._also.pop(words, None)
        self._changed()

    def _typed(self) -> None:
        self._changed(drawn=False)

    def _changed(self, *, drawn: bool = True) -> None:
        self._made = None
        self.keeper.touch()
        self._show_all()
        if drawn:
            self._later.start()

    # ---- what is shown --------------------------------------------------

    def _show_all(self) -> None:
        gathered = self._gathered
        if gathered is None:
            return
        self.parties.show_parties(gathered, self._decided, hidden=self._blur)
        whose = HIDDEN_NAME if self._blur else told(gathered)
        self.making.show_about(whose, gathered.references)
        self.making.show_words(self._also, hidden=self._blur)
        self.making.show_checks(self._check())
        self.pages.back.set_text("Back")
        self.pages.show_recipient("not signed, to be read through")

    def _left(self) -> int:
        assert self._gathered is not None
        parties = self._gathered.third_parties
        return sum(p.waits(self._decided.get(p.words)) for p in parties)

    def _check(self) -> list[tuple[str, str, str]]:
        left = self._left()
        lines = (
            (not left, "Everybody else who is named is decided", f"{left} to decide"),
            (bool(self._for_whom()), "It is said who asked", "Say who asked for it"),
            (bool(self._harm()), "Serious harm was considered", "Say what was found of harm"),
        )
        said = [
            ("circle-check", "okText", done) if met else ("circle-dashed", "warnText", open_)
            for met, done, open_ in lines
        ]
        words = "Read it through: whom it describes is found by you"
        return [*said, ("book-open", "text2", words)]

    def _for_whom(self) -> str:
        return self.making.for_whom.text().strip()

    def _harm(self) -> str:
        return self.making.harm.toPlainText().strip()

    def _needed(self) -> str:
        """What is missing, in a sentence, with the keys where it is given; "" where nothing is."""
        if self._gathered is None:
            return "Nothing is gathered yet."
        if left := self._left():
            self._bring("parties")
            self.parties.view.setFocus()
            row = self.parties.current()
            if row is None or not row.party.waits(row.settled):
                self.parties.go_to_next(self._decided)
            return f"Decide each one first: {left} to go."
        if not self._for_whom():
            self._bring("making")
            self.making.for_whom.setFocus()
            return "Say who asked for it, and in what right."
        if not self._harm():
            self._bring("making")
            self.making.harm.setFocus()
            return "Say what was found when serious harm was considered."
        return ""

    # ---- pages ----------------------------------------------------------

    def _look(self) -> None:
        gathered = self._gathered
        if gathered is None:
            return
        desk, decided, also = self._desk(), dict(self._decided), dict(self._also)
        whom, width = self._for_whom(), max(200, self.pages.view.wanted_width())
        self._looking.cancel()
        self._drawing.cancel()

        def draw() -> _Drawn:
            copy = subject_access.preview(desk, gathered, decided, for_whom=whom, also=also)
            pages = page_count(copy.pdf)
            first = sheets(copy.pdf, width, range(1, min(2, pages) + 1))
            return _Drawn(copy.pdf, copy.not_found, pages, first)

        self._looking = self._jobs.run(draw, self._looked, self._not_looked, owner=self)

    def _not_looked(self, fault: Exception) -> None:
        # Pages that are there stay while the hub is away: deciding goes on.
        if not (self._pdf and isinstance(fault, UnreachableError)):
            self.pages.show_fault(sentence(fault))

    def _looked(self, drawn: _Drawn) -> None:
        self._pdf, self._pages, first = drawn.pdf, drawn.pages, drawn.first
        if drawn.not_found:
            self._let_go(drawn.not_found)
        self.pages.show_pages()
        self._take(first)
        self._draw(self.pages.view.wanted_width(), begin=len(first) + 1)

    def _let_go(self, not_found: Sequence[str]) -> None:
        """Chosen words that would stay in the copy are not listed as taken out."""
        for words in not_found:
            self._also.pop(words, None)
        self._changed(drawn=False)
        self.refused.emit(subject_access.not_one_run(not_found[0]))

    def _draw(self, width: int, *, begin: int = 1) -> None:
        pdf, numbers = self._pdf, range(begin, self._pages + 1)
        if not numbers:
            return
        self._drawing.cancel()
        self._drawing = self._jobs.run(
            lambda: sheets(pdf, width, numbers),
            self._take,
            lambda fault: self.pages.show_fault(sentence(fault)),
            owner=self,
        )

    def _take(self, drawn: tuple[Sheet, ...]) -> None:
        if self._gathered is not None:
            self.pages.view.show_sheets(drawn, self._pages)
            self.pages.show_place("10.5 pt")

    # ---- making ---------------------------------------------------------

    def _make(self, take: Taken) -> None:
        """Sign and record the copy once; saved or printed again, it is the same one."""
        if self._made is not None:
            take(self._made)
            return
        desk, gathered = self._desk(), self._gathered
        if gathered is None:
            return
        decided, also = dict(self._decided), dict(self._also)
        whom, harm = self._for_whom(), self._harm()

        def made(pdf: bytes) -> None:
            if self._gathered is gathered:
                self._made = pdf
            take(pdf)

        def work() -> bytes:
            pdf = subject_access.export(
                desk, gathered, decided, for_whom=whom, harm=harm, also=also
            )
            self.keeper.made(gathered)
            return pdf

        def go() -> None:
            self.keeper.flush()
            self._jobs.run(
                work,
                made,
                lambda fault: self.refused.emit(sentence(fault)),
                owner=self,
                lane="store",
            )

        with_key(self, self._jobs, desk, "The copy carries your signature.", go)

    def _desk(self) -> Desk:
        return self._holder.current()
