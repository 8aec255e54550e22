"""Several partners asked at the same time, each answer handed on as it comes.

Each question has a daemon thread of its own, so that one which hangs keeps neither the others nor
the program from ending. A look-up ends at its partners' deadlines; what is answered after that is
handed on as late.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from triage.domain.lookup import Outcome
from triage.partners.connector import Answer, Connector, Context, Query

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to one partner, with how long it is waited for, and how long after that its
    answer is still taken."""

    connector: Connector
    query: Query
    deadline_s: float
    late_s: float = 0.0


OnAnswer = Callable[[Question, Answer], object]


class SideBySide:
    """Asks, and can be closed from any thread: whoever waits then waits no longer."""

    def __init__(self, *, at_once: Callable[[str], int] = lambda _: 4) -> None:
        self._at_once = at_once
        self._gates: dict[str, threading.Semaphore] = {}
        self._waiting: set[queue.SimpleQueue[tuple[Question, Answer] | None]] = set()
        self._lock = threading.Lock()
        self.closing = threading.Event()

    def ask(
        self,
        questions: Sequence[Question],
        came: OnAnswer,
        late: OnAnswer,
        now: Callable[[], datetime],
    ) -> None:
        """Put all questions at once; returns when each is answered or its deadline has passed.

        `came` is called on this thread for each answer, with one of UNAVAILABLE for each that
        did not come in time; `late` for an answer after that, on another thread. `now` is the
        hub's clock, aware.
        """
        answers: queue.SimpleQueue[tuple[Question, Answer] | None] = queue.SimpleQueue()
        open_ones = _Open(questions)
        with self._lock:
            self._waiting.add(answers)
        began = time.monotonic()
        try:
            for question in questions:
                threading.Thread(
                    target=self._put,
                    args=(question, began, answers, open_ones, late, now),
                    name=f"asking {question.connector.partner}",
                    daemon=True,
                ).start()
            while not self.closing.is_set() and (due := open_ones.next_due(began)) is not None:
                try:
                    got = answers.get(timeout=max(0.0, due - time.monotonic()))
                except queue.Empty:
                    for question in open_ones.overdue(began, time.monotonic()):
                        came(question, _silent(question))
                    continue
                if got is not None:
                    open_ones.handed_on(got[0])
                    came(*got)
        finally:
            open_ones.close()
            with self._lock:
                self._waiting.discard(answers)

    def close(self) -> None:
        """End every wait, now and from now on."""
        self.closing.set()
        with self._lock:
            for answers in self._waiting:
                answers.put(None)

    def _put(
        self,
        question: Question,
        began: float,
        answers: queue.SimpleQueue[tuple[Question, Answer] | None],
        open_ones: _Open,
        late: OnAnswer,
        now: Callable[[], datetime],
    ) -> None:
        whole = question.deadline_s + question.late_s
        context = Context(deadline=began + whole, now=now, closing=self.closing)
        answer = self._answered(question, context)
        if self.closing.is_set():
            return
        if open_ones.take(question):
            answers.put((question, answer))
        elif answer.outcome not in (Outcome.UNAVAILABLE, Outcome.NOT_CHECKED):
            late(question, replace(answer, in_time=False))

    def _answered(self, question: Question, context: Context) -> Answer:
        gate = self._gate(question.connector.partner)
        if not gate.acquire(timeout=context.left):
            return _silent(question)
        try:
            return question.connector.ask(question.query, context)
        except Exception as fault:  # a fault of the program must not read as "no trace"
            log.warning(
                "Asking %s came upon a fault: %s", question.connector.partner, type(fault).__name__
            )
            return Answer(
                outcome=Outcome.BAD_RESPONSE,
                problem=f"Asking {question.connector.name} came upon a fault of the program. "
                "Nobody was looked up there. Tell IT.",
            )
        finally:
            gate.release()

    def _gate(self, partner: str) -> threading.Semaphore:
        with self._lock:
            if partner not in self._gates:
                self._gates[partner] = threading.Semaphore(self._at_once(partner))
            return self._gates[partner]


class _Open:
    """The questions of one look-up that are neither answered nor given up. Safe from any thread."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._open = dict.fromkeys(map(id, questions))
        self._questions = {id(q): q for q in questions}
        self._taken: dict[int, None] = {}
        self._lock = threading.Lock()

    def take(self, question: Question) -> bool:
        """Whether its answer is still waited for; asked once."""
        with self._lock:
            if id(question) not in self._open:
                return False
            self._taken[id(question)] = None
            del self._open[id(question)]
            return True

    def next_due(self, began: float) -> float | None:
        """When the next one is overdue; None where nothing is open or left to be handed on."""
        with self._lock:
            waiting = [self._questions[q].deadline_s for q in (*self._open, *self._taken)]
            return began + min(waiting) if waiting else None

    def handed_on(self, question: Question) -> None:
        """The answer that was taken has reached whoever asked."""
        with self._lock:
            self._taken.pop(id(question), None)

    def overdue(self, began: float, now: float) -> list[Question]:
        """Those whose time is over; they are not waited for any longer."""
        with self._lock:
            over = [q for q in self._open if began + self._questions[q].deadline_s <= now]
            for q in over:
                del self._open[q]
            return [self._questions[q] for q in over]

    def close(self) -> None:
        """Nothing is waited for any longer."""
        with self._lock:
            self._open.clear()


def _silent(question: Question) -> Answer:
    name = question.connector.name
    return Answer(
        outcome=Outcome.UNAVAILABLE,
        problem=f"{name} has not answered within {question.deadline_s:g} seconds. What comes later "
        "is shown as late.",
        in_time=True,
    )
