"""What is done about a request that went, and about an answer whose request is not known."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage.domain import request_letter
from triage.domain.request import OPEN, InfoRequest, RequestState
from triage.workflow import partner_answers, requests, unsent_words
from triage.workflow.desk import Desk
from triage.workflow.partner_answers import Spoken, ToPlace
from triage.workflow.request_board import Board
from triage.workflow.request_open import Opened
from triage.workflow.unsent import Kept
from ui.errors import sentence
from ui.jobs import Jobs
from ui.requests.boxes import AnotherBox, PlaceBox, RangBox, SpokenBox
from ui.shell.dialogs import AskBox
from ui.triage.boxes import Reason, ReasonBox

HERE = "Kept on this computer. It is recorded once the hub answers."


class Acts(QObject):
    """Asks what an act needs, then does it in a job.

    `done` has words once it is kept, `kept_here` the request where that is on this computer only;
    `said` words beside, `refused` why it was not; `began` the id of a draft that was begun;
    `cited` tells that the analysis was added to.
    """

    done = Signal(str)
    kept_here = Signal(object)
    said = Signal(str)
    refused = Signal(str)
    began = Signal(object)
    cited = Signal()

    def __init__(self, window: QWidget, jobs: Jobs, desk: Callable[[], Desk]) -> None:
        super().__init__(window)
        self._window, self._jobs, self._desk = window, jobs, desk

    def chase(self, opened: Opened) -> None:
        """Remind them now."""
        self._act(opened, requests.chase, "They are reminded.")

    def send_again(self, opened: Opened) -> None:
        """Try once more what could not be sent."""
        self._act(opened, requests.send_again, "It is on its way again.")

    def ask_another(self, opened: Opened) -> None:
        """Ask another partner the same, as a draft."""
        desk = self._desk()
        partners = [
            (p.code, p.name)
            for p in desk.profile.requests.partners
            if p.code != opened.request.agency
        ]
        box = AnotherBox(self._window, partners)

        def given(agency: str) -> None:
            box.accept()
            self._do(
                lambda: requests.ask_another(desk, opened.request.id, agency),
                lambda begun: self.began.emit(begun.id),
            )

        box.given.connect(given)
        box.open()

    def rang(self, opened: Opened) -> None:
        """Record who answered the telephone."""
        desk = self._desk()
        box = RangBox(self._window, opened.request.to)
        box.given.connect(
            lambda who: self._answer_box(
                box, lambda: unsent_words.rang(desk, opened.request, who), "It is recorded."
            )
        )
        box.open()

    def record(self, opened: Opened) -> None:
        """Record what was said by telephone."""
        desk = self._desk()
        questions = request_letter.questions_of(opened.request)
        box = SpokenBox(self._window, opened.row.agency_name, questions)

        def given(spoken: Spoken) -> None:
            self._answer_box(
                box,
                lambda: unsent_words.record_by_hand(desk, opened.request, spoken),
                "The answer is recorded.",
            )

        box.given.connect(given)
        box.open()

    def withdraw(self, opened: Opened) -> None:
        """Take it back, with a reason; a draft needs none."""
        desk = self._desk()
        if opened.request.state is RequestState.DRAFT:
            self._act(opened, requests.withdraw, "The draft is thrown away.")
            return
        box = ReasonBox(
            self._window,
            "Withdraw the request",
            "It stays in the record, with the reason.",
            "Withdraw",
        )

        def given(reason: Reason) -> None:
            self._do(
                lambda: requests.withdraw(desk, opened.request.id, reason.why),
                lambda _: self.done.emit("The request is withdrawn."),
            )

        box.given.connect(given)
        box.open()

    def cite(self, answer_id: UUID, number: int | None) -> None:
        """Put an answer, or one item of it, into the analysis."""
        desk = self._desk()

        def done(_saved: object) -> None:
            self.said.emit("It stands in the analysis, with its source.")
            self.cited.emit()

        self._do(lambda: partner_answers.cite(desk, answer_id, number), done)

    def sort_answer(self, answer_id: object) -> None:
        """Mark an answer in their own words as read."""
        desk = self._desk()
        if isinstance(answer_id, UUID):
            self._do(
                lambda: partner_answers.sort_answer(desk, answer_id, ()),
                lambda _: self.done.emit("It is marked as read."),
            )

    def place(self, told: ToPlace, board: Board) -> None:
        """Say which request an answer belongs to."""
        desk = self._desk()
        rows = [row for group in board.groups for row in group.rows]
        offered = [
            (row.request_id, f"{row.reference}, {row.agency_name}: {row.who}")
            for row in rows
            if row.state in OPEN and row.state is not RequestState.DRAFT
        ]
        likely = told.likely.id if told.likely else None
        words = f"{told.answer.subject}\n{told.answer.text}".strip()
        box = PlaceBox(self._window, told.why, words, offered, likely)

        def given(request_id: UUID) -> None:
            self._answer_box(
                box,
                lambda: partner_answers.place_answer(desk, told.answer.id, request_id),
                "It is with its request now.",
            )

        box.given.connect(given)
        box.open()

    def put_aside(self, told: ToPlace) -> None:
        """Say that it answers none."""
        desk, answer_id = self._desk(), told.answer.id
        box = ReasonBox(
            self._window, "Not an answer", "What came stays kept as it came.", "Put it aside"
        )

        def given(reason: Reason) -> None:
            self._do(
                lambda: partner_answers.not_an_answer(desk, answer_id, reason.why),
                lambda _: self.done.emit("It is put aside."),
            )

        box.given.connect(given)
        box.open()

    def _act(self, opened: Opened, act: Callable[[Desk, UUID], InfoRequest], words: str) -> None:
        desk = self._desk()
        self._do(lambda: act(desk, opened.request.id), lambda _: self.done.emit(words))

    def _do(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self._jobs.run(
            work,
            done,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
            lane="store",
        )

    def _answer_box(self, box: AskBox, work: Callable[[], object], words: str) -> None:
        def done(kept: object) -> None:
            box.accept()
            if isinstance(kept, Kept) and kept.here:
                self.kept_here.emit(kept.value)
            else:
                self.done.emit(words)

        self._jobs.run(
            work, done, lambda fault: box.refuse(sentence(fault)), owner=box, lane="store"
        )
