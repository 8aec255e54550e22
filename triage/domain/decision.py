"""The decision: answers to the profile's questions, frozen into versions, signed by another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from triage.domain.errors import ConflictError

Answer = str | tuple[str, ...]
"""Text, one code, or several codes. Dates and times are ISO text."""


def key(question: str, person: str = "") -> str:
    """The key an answer is kept under: the question, and whose it is where asked per person."""
    return f"{question}@{person}" if person else question


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswer:
    """One answer as saved; `version` grows with each save and decides conflicts field by field."""

    key: str
    value: Answer
    version: int
    by: str
    at: datetime


class AnswerConflict(ConflictError):
    """Another window saved a different answer first. Holds what you typed and what they saved."""

    def __init__(self, *, yours: Answer, theirs: SavedAnswer) -> None:
        self.yours = yours
        self.theirs = theirs
        super().__init__(
            "This answer was changed in another window while you were typing. Both are kept: "
            "choose yours or theirs."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDraft:
    """The decision being written for one contact. `number` counts drafts sent for sign-off + 1."""

    contact_id: UUID
    number: int
    answers: Mapping[str, SavedAnswer] = field(default_factory=dict)
    opened_by: str = ""

    def value(self, question: str, person: str = "") -> Answer:
        """The answer, or "" where there is none yet."""
        saved = self.answers.get(key(question, person))
        return saved.value if saved else ""


class Weight(StrEnum):
    """How much a problem matters: needed to send, advised, or a contradiction to look at."""

    NEEDED = "needed"
    ADVISED = "advised"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something missing or contradicting, in a sentence, with the part and question it is about."""

    part: str
    question: str
    person: str = ""
    weight: Weight
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """One block of the meter: a part of the form, and whether it is done."""

    part: str
    title: str
    needed: int
    advised: int
    summary: str

    @property
    def done(self) -> bool:
        """True when nothing needed is missing."""
        return self.needed == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """The live meter: presence, never quality."""

    parts: tuple[PartState, ...]
    problems: tuple[Problem, ...]
    done: int
    total: int
    needed: int
    advised: int


class VersionState(StrEnum):
    """Where a frozen version stands."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    SIGNED = "signed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPerson:
    """A child or adult as known when the decision was proposed, with the records linked."""

    key: str
    name: str
    is_child: bool
    relationship: str = ""
    dob: str = ""
    age: str = ""
    sex: str = ""
    nhs_number: str = ""
    upn: str = ""
    school: str = ""
    ethnicity: str = ""
    disability: str = ""
    language: str = ""
    lives_here: str = ""
    unborn: bool = False
    edd: str = ""
    parental_responsibility: str = ""
    records: tuple[tuple[str, str], ...] = ()  # (partner, record id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionVersion:
    """A decision frozen for sign-off: what was known, the answers, gaps and contradictions."""

    id: UUID
    contact_id: UUID
    number: int
    state: VersionState
    reference: str
    received_at: datetime
    channel: str
    concern: str
    referrer: Mapping[str, str]
    address: Mapping[str, str]
    people: tuple[FrozenPerson, ...]
    answers: Mapping[str, Answer]
    profile: str
    profile_version: str
    problems: tuple[Problem, ...] = ()
    partners: tuple[tuple[str, str, str], ...] = ()  # partner, outcome, words
    chronology: tuple[tuple[str, str, str, str], ...] = ()  # date, lane, words, source
    author: str
    author_name: str
    proposed_at: datetime
    signer: str = ""
    signer_name: str = ""
    signed_at: datetime | None = None
    comment: str = ""
    changed_by_signer: Mapping[str, tuple[Answer, Answer]] = field(default_factory=dict)
    supersedes: UUID | None = None
    proposal: str = ""  # what the author signed when proposing: a compact JWS


class Verb(StrEnum):
    """What a team leader does with a proposed decision."""

    APPROVE = "approve"
    APPROVE_WITH_CHANGE = "approve with a change"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One answer before and now; for long text, `pieces` are (op, words): same, added, removed."""

    question: str
    person: str = ""
    label: str
    before: str
    now: str
    pieces: tuple[tuple[str, str], ...] = ()
    words_added: int = 0
    words_removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the sign-off checks; `passed` False is a warning, never a block by itself."""

    sentence: str
    passed: bool
    detail: str = ""


class OutboxState(StrEnum):
    """Where a signed decision is on its way to the council."""

    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    BY_HAND = "exported by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One signed document's way to the council. `document` is the exact bytes that were signed.

    `time_stamp` is a service's token over the signature, which goes with it, and `stamped_at` what
    it says; `not_stamped` why there is none yet, "" where none is wanted.
    """

    id: UUID
    decision_id: UUID
    contact_id: UUID
    idempotency_key: str
    document: bytes
    payload_sha256: str
    state: OutboxState
    attempts: int = 0
    next_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    receipt: bytes = b""
    case_number: str = ""
    words: str = ""
    seq: int = 1
    time_stamp: bytes = b""
    stamped_at: datetime | None = None
    not_stamped: str = ""
