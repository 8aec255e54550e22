"""Requests: the board, asking a partner, what came back, and what they will see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from triage.domain.errors import UnreachableError
from triage.domain.request import InfoRequest, RequestState
from triage.domain.spelling import spell_moment
from triage.domain.worker import May
from triage.workflow import (
    naming,
    partner_answers,
    request_board,
    request_open,
    requests,
    unsent_words,
)
from triage.workflow.desk import Desk
from triage.workflow.partner_answers import ToPlace
from triage.workflow.request_board import Board
from triage.workflow.request_open import Offer, Opened, Preview
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs, Token
from ui.requests.acts import HERE, Acts
from ui.requests.board_pane import BoardPane, TimesBox
from ui.requests.draft_keeper import DraftKeeper
from ui.requests.draft_pane import DraftPane
from ui.requests.placing_pane import PlacingPane
from ui.requests.preview_pane import PreviewPane
from ui.requests.rows import Asked, Placing
from ui.requests.standing_pane import StandingPane
from ui.requests.together import Together
from ui.shell.dialogs import typed_into_a_box
from ui.shell.room import room_of, share, space
from ui.shell.screen import Screen
from ui.theme import theme
from ui.widgets.clock import CLOCKS_MS
from ui.widgets.pane import Pane
from ui.widgets.pane_bar import PaneBar
from ui.widgets.states import StateView

Read = tuple[Opened, Offer | None, tuple[str, ...]]
"""A request that was opened, what can be asked where it is a draft, and what waits here of it."""

NO_CONTACT = "Open a contact in Triage first: a partner is asked about the one that is open."


class RequestsScreen(Screen):
    """The board, the request and the page. Everything slow goes through `jobs`.

    `current_contact` gives the contact that is open in Triage, or None. `cited` tells that the
    analysis of a contact was added to; `count_changed` how many requests are open; `due_changed`
    that something may be on its way out.
    """

    cited = Signal()
    count_changed = Signal(int)
    due_changed = Signal()
    saved_changed = Signal(str)

    def __init__(
        self,
        holder: DeskHolder,
        jobs: Jobs,
        current_contact: Callable[[], UUID | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._holder, self._jobs, self._current_contact = holder, jobs, current_contact
        self._board: Board | None = None
        self._placing: tuple[ToPlace, ...] = ()
        self._opened: Opened | None = None
        self._showing = Token()
        self._reading = Token()
        self._stand: UUID | None = None
        self._blur = False
        self._box: TimesBox | None = None
        self.board = BoardPane()
        self.draft, self.standing, self.placing = DraftPane(), StandingPane(), PlacingPane()
        self.nothing = Pane("Request")
        self.state = StateView()
        self.nothing.body.addWidget(self.state)
        self.preview = PreviewPane()
        self._arriving = False  # until the list is there to take the keys
        self._land: UUID | None = None  # the request just begun, until it is in front
        self.middle = QStackedWidget()
        for pane in (self.nothing, self.draft, self.standing, self.placing):
            self.middle.addWidget(pane)
        self.which = PaneBar(
            (("board", "Requests"), ("middle", "Request"), ("preview", "What they see")), "board"
        )
        self._row = QHBoxLayout()
        for part, stretch in ((self.board, 0), (self.middle, 1), (self.preview, 0)):
            self._row.addWidget(part, stretch)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.which)
        self._outer.addLayout(self._row, 1)
        self.keeper = DraftKeeper(self.draft, jobs, self._desk, self)
        self.acts = Acts(self, jobs, self._desk)
        self.together = Together(self, jobs, self._desk)
        self._connect()
        self._clocks = QTimer(self)
        self._clocks.setInterval(CLOCKS_MS)
        self._clocks.timeout.connect(self.refresh)
        self._show_nothing()
        self._space()

    def _connect(self) -> None:
        self.board.chosen.connect(self._chosen)
        self.board.view.opened.connect(lambda _: self._open_row())
        self.board.new_asked.connect(self.ask_partner)
        self.board.times_asked.connect(self._show_times)
        self.keeper.previewed.connect(self._preview_edited)
        self.keeper.sent.connect(self._sent)
        self.keeper.saved_changed.connect(self.saved_changed)
        self.draft.keep_asked.connect(self._keep_now)
        self.draft.send_asked.connect(self._send)
        self.draft.together_asked.connect(self._send_together)
        self.together.sent.connect(self._go_on)
        self.together.refused.connect(self.refused)
        self.draft.withdraw_asked.connect(self._withdraw)
        for pane in (self.draft, self.standing):
            pane.another_asked.connect(self._ask_another)
        acts = self.acts
        self.standing.chase_asked.connect(lambda: self._act(acts.chase))
        self.standing.rang_asked.connect(lambda: self._act(acts.rang))
        self.standing.spoken_asked.connect(self._record)
        self.standing.again_asked.connect(lambda: self._act(acts.send_again))
        self.standing.withdraw_asked.connect(self._withdraw)
        self.standing.cite_asked.connect(acts.cite)
        self.standing.read_asked.connect(acts.sort_answer)
        acts.done.connect(self._done)
        acts.kept_here.connect(self._kept_here)
        acts.said.connect(self.said)
        acts.refused.connect(self.refused)
        acts.began.connect(self._bring_request)
        acts.cited.connect(self.cited)
        self.placing.place_asked.connect(self._place)
        self.placing.aside_asked.connect(self._aside)
        self.preview.read_asked.connect(self.show_request)
        self.which.chosen.connect(lambda _: self._arrange())
        self._holder.changed.connect(self._seated)
        theme().scaled.connect(self._space)

    # ---- what the window asks ---------------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """The board, the request, the page."""
        return (self.board, self.middle, self.preview)

    def entered(self) -> None:
        """Read the board, with the keys in its list."""
        self._arriving = True
        self.refresh()

    def left(self) -> None:
        """Nothing typed waits behind."""
        self.keeper.flush()

    def not_kept(self) -> str:
        """A draft that the store did not take, or what is being typed into a box."""
        return self.keeper.not_kept() or typed_into_a_box(self)

    def refresh(self) -> None:
        """Read the board again, and the request that is open."""
        desk = self._desk()
        # An older board that came later would not have the request that was just begun.
        self._reading.cancel()
        self._reading = self._jobs.run(
            lambda: (request_board.board(desk), partner_answers.answers_to_place(desk)),
            self._show_board,
            self._board_not_read,
            owner=self,
        )

    def look_again(self) -> None:
        """Something happened at the hub."""
        if self.isVisible():
            self.refresh()

    def main_act(self) -> None:
        """Ctrl Enter: send, record an answer, or say whose it is."""
        here = self.middle.currentWidget()
        if self._land is not None:
            return  # another request is still in front than the one just begun
        if here is self.draft:
            self._send()
        elif here is self.standing:
            self._record()
        elif here is self.placing:
            self._place()

    def save_now(self) -> None:
        """Ctrl S."""
        self.keeper.flush()

    def ask_partner(self) -> None:
        """Ctrl E: drafts to whom the open contact calls for, the first in front."""
        contact_id = self._current_contact()
        if contact_id is None:
            self.refused.emit(NO_CONTACT)
        else:
            self.start(contact_id)

    def start(self, contact_id: UUID) -> None:
        """Begin a draft about a contact to each agency called for, or bring those that wait."""
        desk = self._desk()

        def begun(drafts: tuple[InfoRequest, ...]) -> None:
            self._land = drafts[0].id
            self._bring_request(drafts[0].id)
            if len(drafts) > 1:
                names = ", ".join(requests.agency_name(desk, d.agency) for d in drafts)
                self.said.emit(f"{len(drafts)} drafts: {names}. Nobody is asked yet.")

        self._jobs.run(
            lambda: requests.start_called_for(desk, contact_id),
            begun,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
            lane="store",
        )

    def show_request(self, request_id: object) -> None:
        """Stand on a request and open it."""
        if isinstance(request_id, UUID):
            self._bring_request(request_id)

    def next_tab(self) -> None:
        """Ctrl Tab: the next pane, where one stands at a time."""
        self.which.next_pane()

    def step_back(self) -> bool:
        """Esc: back to the board."""
        focus = self.focusWidget()
        if focus is self.board.view:
            return False
        self._bring("board")
        self.board.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def set_blur(self, on: bool) -> None:
        """Names are hidden; the request and the page are put away."""
        if on == self._blur:
            return
        self.keeper.flush()
        self._blur = on
        if self._board is not None:
            self._show_board((self._board, self._placing))

    def help_topic(self) -> str:
        """The page on requests."""
        return "requests"

    # ---- the board ----------------------------------------------------------------

    def _show_board(self, read: tuple[Board, tuple[ToPlace, ...]]) -> None:
        self._board, self._placing = read
        stand, self._stand = self._stand, None
        self.board.offer(asks=self._may_ask())
        self.board.show_board(*read, stand, hidden=self._blur)
        self.count_changed.emit(self._board.open)
        if self._arriving and self.board.view.isVisible():
            self.board.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._arriving = False
        self._chosen()

    def _board_not_read(self, fault: Exception) -> None:
        if self._board is None or not isinstance(fault, UnreachableError):
            self.board.show_problem(sentence(fault))

    def _bring_request(self, request_id: UUID) -> None:
        self._stand = request_id
        self.refresh()
        self._bring("middle")

    def _chosen(self) -> None:
        entry = self.board.entry()
        if self._blur or entry is None:
            self.keeper.flush()
            self._show_nothing()
        elif isinstance(entry, Placing):
            self.keeper.flush()
            self._opened = None
            self.placing.show_answer(entry.told, self._desk().profile)
            self.preview.show_nothing()
            self._put(self.placing)
        elif isinstance(entry, Asked):
            self._open(entry.row.request_id)

    def _open(self, request_id: UUID) -> None:
        desk, same = self._desk(), self._opened
        again = same is not None and same.request.id == request_id
        if again and self.keeper.is_busy():
            return  # what is being typed is newer than what is kept
        if not again:
            self.keeper.flush()

        def read() -> Read:
            look = request_open.look_again if again else request_open.open_request
            opened = look(desk, request_id)
            opened = replace(opened, request=self.keeper.held(opened.request))
            draft = opened.request.state is RequestState.DRAFT
            offer = request_open.offer(desk, opened.request) if draft else None
            return opened, offer, unsent_words.waiting(desk, request_id)

        def not_read(fault: Exception) -> None:
            # What is open stays: what is typed about it is kept here.
            if not (again and isinstance(fault, UnreachableError)):
                self._not_shown(fault)

        self._showing.cancel()
        self._showing = self._jobs.run(read, self._show, not_read, owner=self)

    def _show(self, read: Read) -> None:
        opened, offer, kept_here = read
        self.standing.show_kept(kept_here)
        before, self._opened = self._opened, opened
        profile = self._desk().profile
        if offer is None and before is not None and replace(before, row=opened.row) == opened:
            # Only time went by: what is being read, or holds the keys, is left as it is.
            self.standing.say_title(opened)
            self._put(self.standing)
            return
        self.preview.show_preview(opened.preview, opened.earlier, went=offer is None)
        if offer is None:
            self.standing.offer(cites=self._desk().worker.may(May.PROPOSE), sorts=self._may_ask())
            self.standing.show_request(opened, profile)
            self.standing.show_foot(self._may_ask())
            self._put(self.standing)
            return
        if before is None or before.request != opened.request or self.draft.request() is None:
            due = opened.request.due_at
            said = f"For {opened.row.who}, {opened.row.contact_reference}"
            by = f"Reply by {spell_moment(naming.local(profile, due))}" if due else ""
            self.draft.show_draft(opened, offer, title=said, clock=by)
        self._put(self.draft)
        if self._land == opened.request.id:
            self._land = None
            self.draft.landing().setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_shown(self, fault: Exception) -> None:
        self._land = None
        self._show_nothing(sentence(fault))

    def _show_nothing(self, words: str = "") -> None:
        self._opened = None
        self.preview.show_nothing()
        if self._blur:
            self.state.show_words("eye-off", "Names are hidden", "F9 shows them again.")
        elif words:
            self.state.show_restricted(words)
        else:
            self.state.show_empty(
                "No request is open", "Choose one at the left, or ask a partner.", icon="send"
            )
        self._put(self.nothing)

    def _put(self, pane: QWidget) -> None:
        if self.middle.currentWidget() is not pane:
            self.middle.setCurrentWidget(pane)
            self.panes_changed.emit()

    def _open_row(self) -> None:
        self._bring("middle")
        pane = self.middle.currentWidget()
        goal = pane.landing() if isinstance(pane, Pane) else None
        if goal is not None:
            goal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_times(self) -> None:
        if self._board is not None:
            self._box = TimesBox(self, self._board.times)
            self._box.open()

    # ---- a draft ----------------------------------------------------------------

    def _keep_now(self) -> None:
        self.keeper.flush()
        self.said.emit("Kept as a draft. Nobody is asked yet.")

    def _send(self) -> None:
        """Keep what stands there, then send it; what is missing is named and gone to."""
        self.keeper.send()

    def _sent(self, request: InfoRequest) -> None:
        name = requests.agency_name(self._desk(), request.agency)
        self._go_on(f"{request.reference} to {name} is on its way.", self._next_draft(request))

    def _next_draft(self, sent: InfoRequest) -> UUID | None:
        """Another draft about the same contact, so that they can be gone through."""
        rows = [row for group in self._board.groups for row in group.rows] if self._board else []
        return next(
            (
                r.request_id
                for r in rows
                if r.contact_id == sent.contact_id
                and r.request_id != sent.id
                and r.state is RequestState.DRAFT
            ),
            None,
        )

    def _go_on(self, words: str, next_one: UUID | None) -> None:
        """Say what went; what is still to be sent comes in front, to be gone through."""
        self.said.emit(words)
        self.due_changed.emit()
        self._opened, self._land = None, next_one
        if next_one is None:
            self.refresh()
        else:
            self._bring_request(next_one)

    def _send_together(self) -> None:
        if self._opened is not None:
            self.keeper.flush()
            self.together.ask(self._opened.request.contact_id)

    def _preview_edited(self, preview: Preview) -> None:
        self.preview.show_preview(preview, self._opened.earlier if self._opened else ())

    # ---- acts -------------------------------------------------------------------

    def _act(self, act: Callable[[Opened], None]) -> None:
        if self._opened is not None:
            act(self._opened)

    def _ask_another(self) -> None:
        self.keeper.flush()
        self._act(self.acts.ask_another)

    def _record(self) -> None:
        if not self.standing.spoken.isHidden():
            self._act(self.acts.record)

    def _withdraw(self) -> None:
        if self._opened is not None and self._opened.request.state is RequestState.DRAFT:
            self.keeper.forget()
        self._act(self.acts.withdraw)

    def _place(self) -> None:
        entry, board = self.board.entry(), self._board
        if isinstance(entry, Placing) and board is not None:
            self.acts.place(entry.told, board)

    def _aside(self) -> None:
        entry = self.board.entry()
        if isinstance(entry, Placing):
            self.acts.put_aside(entry.told)

    def _done(self, words: str) -> None:
        self.said.emit(words)
        self.due_changed.emit()
        self._opened = None
        self.refresh()

    def _kept_here(self, request: InfoRequest) -> None:
        self.said.emit(HERE)
        desk, opened = self._desk(), self._opened
        if opened is not None and opened.request.id == request.id:
            self._opened = replace(opened, request=request)
        self._jobs.run(
            lambda: unsent_words.waiting(desk, request.id), self.standing.show_kept, owner=self
        )

    def _desk(self) -> Desk:
        return self._holder.current()

    def _may_ask(self) -> bool:
        return self._desk().worker.may(May.SCREEN)

    def _seated(self) -> None:
        """Another person sits down: nothing of the one before stays."""
        self.keeper.forget()
        self._showing.cancel()
        self._board = None
        self._show_nothing()
        if self.isVisible():
            self.refresh()

    # ---- room ------------------------------------------------------------------

    def _bring(self, key: str) -> None:
        self.which.set_value(key)

    def _space(self) -> None:
        space(self._outer, self._row)
        self._arrange()

    def _arrange(self) -> None:
        room = room_of(self)
        self.middle.setMinimumWidth(theme().px(320))  # its pages' own would keep the window wide
        for pane in (self.board, self.draft, self.standing):
            pane.set_wide(room.wide)
        panes = {"board": self.board, "middle": self.middle, "preview": self.preview}
        share(room, self.which, panes, {"board": (400, 300), "preview": (500, 360)})
        self.panes_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Times run while the screen is in front."""
        super().showEvent(event)
        self._clocks.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing runs behind another screen."""
        super().hideEvent(event)
        self._clocks.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wide, less wide, or one pane at a time."""
        super().resizeEvent(event)
        self._arrange()
