"""What every connector is asked and answers, whatever speaks on the other side."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from triage.domain.lookup import Candidate, Outcome, PartnerRecord, Subject

if TYPE_CHECKING:
    from matching import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One person of one contact, asked about at one partner.

    There is none without a contact: `subject` names it. `wider_because` is the recorded reason
    for searching beyond what fits exactly, "" where nobody gave one.
    """

    subject: Subject
    person: Person
    asked_by: str
    purpose: str
    lawful_basis: str
    id: UUID
    wider_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A record as a partner returned it. `score` is the partner's own, and is shown as theirs;
    `notes` are sentences to be shown beside it."""

    record: PartnerRecord
    score: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a question. FOUND says that there are records to be compared; how near they
    are is not the partner's to say. `sent` names the facts that left this computer.

    `candidates` are records that were compared already, where the search did that itself.
    """

    outcome: Outcome
    returned: tuple[Returned, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    searched: str = ""
    sent: tuple[str, ...] = ()
    problem: str = ""
    wider_possible: bool = False
    paused_until: datetime | None = None
    in_time: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a question is put with: until when, by which clocks, and a way to call it off.

    `deadline` is on `clock`, in seconds. `waits` sleeps, and says True where it was called off.
    """

    deadline: float
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def left(self) -> float:
        """Seconds until the deadline, never below 0."""
        return max(0.0, self.deadline - self.clock())

    def waits(self, seconds: float) -> bool:
        """Wait; whether it was called off meanwhile."""
        return self.closing.wait(seconds)

    def until(self, deadline: float) -> Context:
        """The same with an earlier deadline."""
        return replace(self, deadline=min(self.deadline, deadline))


class Connector(Protocol):
    """Asks one partner. Safe from any thread."""

    @property
    def partner(self) -> str:
        """The partner's key."""

    @property
    def name(self) -> str:
        """What people call the partner."""

    def sends(self, query: Query) -> tuple[str, ...]:
        """The facts of the person that asking may send away from this computer."""

    def ask(self, query: Query, context: Context) -> Answer:
        """Ask. Never raises, and never runs past the context's deadline."""


class NoAnswerError(Exception):
    """Inside a connector: it ends here, with this outcome and this sentence."""

    def __init__(
        self,
        outcome: Outcome,
        words: str,
        *,
        paused_until: datetime | None = None,
        code: str = "",
    ) -> None:
        super().__init__(words)
        self.outcome = outcome
        self.words = words
        self.paused_until = paused_until
        self.code = code

    def answer(self, searched: str = "", sent: tuple[str, ...] = ()) -> Answer:
        """As an answer."""
        return Answer(
            outcome=self.outcome,
            problem=self.words,
            searched=searched,
            sent=sent,
            paused_until=self.paused_until,
        )
