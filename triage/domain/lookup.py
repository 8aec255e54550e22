"""What a look-up at a partner found, with where and as of when; and what people said of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

HOUSEHOLD = "household"
"""The row of evidence that takes off what others of the same home would agree on."""


OWN = "hub"
"""The partner key of the hub's own earlier contacts."""


class Outcome(StrEnum):
    """How a look-up ended. "No trace" is only NOT_FOUND; the others must not read like it."""

    FOUND = "found"
    POTENTIAL = "potential"
    LOW = "low"
    MANY = "many"
    NOT_FOUND = "not found"
    RESTRICTED = "restricted"
    NOT_CHECKED = "not checked"
    UNAVAILABLE = "unavailable"
    DENIED = "denied"
    BAD_RESPONSE = "bad response"


ANSWERED = frozenset(
    {
        Outcome.FOUND,
        Outcome.POTENTIAL,
        Outcome.LOW,
        Outcome.MANY,
        Outcome.NOT_FOUND,
        Outcome.RESTRICTED,
    }
)
"""Outcomes of a partner that did look."""

UNANSWERED = frozenset(Outcome) - ANSWERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Involvement:
    """Something a partner (or the hub) held about a person: a contact, plan, incident, visit."""

    kind: str  # contact | plan | incident | visit | attendance | note
    lane: str
    start: date
    end: date | None = None
    words: str = ""
    source: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRecord:
    """A person as a partner holds them. `fields` are shown as held, `as_of` is the extract's day.

    Field names: given, family, aliases, dob, sex, nhs_number, upn, address, postcode, phone,
    mother, siblings, school, gp, status (e.g. "closed May 2026").
    """

    partner: str
    record_id: str
    fields: Mapping[str, str]
    as_of: date | None = None
    involvement: tuple[Involvement, ...] = ()
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The person in a contact a look-up is for; `person` is their key (c1, a1) there."""

    contact_id: UUID
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that may be the person: `evidence` is matching's account, kept as it was given.

    `score` and `prior` are log2 odds; each row of evidence is field, left, right, level, detail,
    weight (bits). They add up to `score` exactly. A last row `HOUSEHOLD` may be among them: it
    weighs, but compares no field. `notes` are the partner's own words on the record, and
    `partner_score` is its own score. `rivalled` is a record that only another one keeps from being
    very likely.
    """

    record: PartnerRecord
    band: str
    score: float
    prior: float
    probability: float
    sentence: str
    evidence: tuple["EvidenceRow", ...]
    guards: tuple[str, ...] = ()
    partner_score: float | None = None
    notes: tuple[str, ...] = ()
    rivalled: bool = False

    @property
    def compared(self) -> tuple["EvidenceRow", ...]:
        """The evidence field by field, to be listed and counted."""
        return tuple(e for e in self.evidence if e.field != HOUSEHOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One field compared. Spans are the letters that differ, as (start, end)."""

    field: str
    left: str
    right: str
    level: str  # same | close | different | missing
    detail: str
    weight: float
    differs_left: tuple[tuple[int, int], ...] = ()
    differs_right: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupResult:
    """One partner's answer about one person. `problem` is a sentence where it did not answer.

    `near` counts the records of which any may be the person (0 where that was not kept), and
    `settle` names the facts that would tell, the most telling first; `settling.settled_by` says
    it in words.

    A `live` answer is the partner's own of `answered_at`, the others come from a list of `as_of`.
    A `late` one came after the look-up had ended. `sent` names the facts that left this computer;
    `wider_possible` says that the partner can be searched more widely, for a reason.
    """

    id: UUID
    subject: Subject
    partner: str
    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()
    searched: str = ""
    as_of: date | None = None
    asked_at: datetime
    answered_at: datetime | None = None
    problem: str = ""
    near: int = 0
    settle: tuple[str, ...] = ()
    live: bool = False
    late: bool = False
    sent: tuple[str, ...] = ()
    wider_possible: bool = False
    paused_until: datetime | None = None


def is_silent(outcomes: Collection[Outcome]) -> bool:
    """Whether a partner, asked about several people, leaves open what it holds: it did not answer
    about somebody, or could be asked about nobody. One that could be asked about the child and not
    about an adult, of whom too little is known, has answered."""
    failed = [o for o in outcomes if o in UNANSWERED]
    return len(failed) == len(outcomes) or any(o is not Outcome.NOT_CHECKED for o in failed)


class VerdictKind(StrEnum):
    """What a person said of a record beside a contact."""

    SAME = "same"
    NOT_SAME = "not the same"
    UNSURE = "not sure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A person's word on whether a record is this child; reversible, never a merge."""

    id: UUID
    subject: Subject
    partner: str
    record_id: str
    kind: VerdictKind
    reasons: tuple[str, ...] = ()
    words: str = ""
    by: str
    at: datetime
    undone_by: str = ""
    undone_at: datetime | None = None
    undone_why: str = ""
    record: PartnerRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerState:
    """How one partner stands for one contact, for the tray: asked, answered, due, or not.

    `as_of` is the day of the list that was looked in; `settling` says what would tell near records
    apart, where anything would. `paused_until` is there while a live
    partner is left alone after failures; `wider` are the people for whom it can be searched more
    widely. `recorded` is what a record says of it: `words` without what to do about it now.
    """

    partner: str
    name: str
    outcome: Outcome
    words: str
    at: datetime | None = None
    as_of: date | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    settling: str = ""
    live: bool = False
    late: bool = False
    paused_until: datetime | None = None
    wider: tuple[str, ...] = ()
    recorded: str = ""
