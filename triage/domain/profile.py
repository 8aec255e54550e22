"""A hub's profile: ratings, clocks, form, codes, partners. Data, effective-dated, no code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from triage.domain.live_partner import LivePartner
from triage.domain.oversight import OversightRules
from triage.domain.partner import RequestRules
from triage.domain.retention import RetentionRule
from triage.domain.service import ServicesGuide
from triage.domain.worker import ALLOWED, Roles


class QuestionKind(StrEnum):
    """How a question is asked and kept."""

    CHOICE = "choice"  # one code, segments or a list
    CHOICES = "choices"  # several codes, chips
    TEXT = "text"
    LINE = "line"
    YES_NO = "yes_no"  # codes yes, no, not_asked
    DATE = "date"
    DATE_TIME = "date_time"


class AskedOf(StrEnum):
    """Whether a question is asked once, or of each child or parent."""

    CONTACT = "contact"
    EACH_CHILD = "each child"
    EACH_PARENT = "each parent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One entry of a code list; `census` is its code in national returns, `short` its label for
    a row, where the whole one is too long, `parent` the code that it is a kind of."""

    code: str
    label: str
    short: str = ""
    hint: str = ""
    census: str = ""
    parent: str = ""
    flags: tuple[str, ...] = ()
    from_day: date | None = None
    until_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """True when a question's answer has any of the codes, or one below them (or is not empty,
    where none are given).

    `fact` names something of the contact instead: rating, urgent, child_count, repeat_contacts,
    unborn, informed, consent, channel, concerns, partners_unanswered, requests_awaited
    (see triage.domain.completeness). Conditions about a question asked of each person are about the
    same person; about any of them where the question that has the condition is asked once.
    A condition with neither is always true.
    """

    question: str = ""
    fact: str = ""
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    at_least: int | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the form."""

    id: str
    label: str
    kind: QuestionKind
    asked_of: AskedOf = AskedOf.CONTACT
    codes: str = ""
    needed: bool = False
    advised: bool = False
    shown_when: tuple[Condition, ...] = ()
    needed_when: tuple[Condition, ...] = ()
    placeholder: str = ""
    guidance: str = ""  # name of the Markdown note
    prompts: tuple[str, ...] = ()  # "What is not known ~ not known, unclear": see the form's notes
    widget: str = ""  # segments | chips | list | rating | level
    from_day: date | None = None
    until_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A numbered part of the form. One that is `folded` shows its title only until opened."""

    id: str
    title: str
    questions: tuple[Question, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A contradiction the meter names: when all conditions hold, the sentence is shown."""

    id: str
    sentence: str
    when: tuple[Condition, ...]
    part: str
    question: str


class ClockUnit(StrEnum):
    """What an hour of a clock means."""

    ELAPSED = "elapsed"
    WORKING_HOURS = "working hours"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """One clock: what it times, from which event, for which rating, how long.

    `rating` "" is any rating or none, and "unrated" is only until there is one. A clock that
    `pauses` falls silent while the contact is paused; a statutory one never does.
    """

    id: str
    label: str
    start: str  # received | rated | asked
    rating: str = ""
    amount: float = 1
    unit: ClockUnit = ClockUnit.WORKING_HOURS
    leads: bool = False  # shown on the queue row
    pauses: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """The hub's week: Monday 0 to Sunday 6 -> (opens, closes); dated half days override."""

    week: Mapping[int, tuple[time, time]]
    half_days: Mapping[date, tuple[time, time]] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()
    zone: str = "Europe/London"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One rating: its code, word, letter and shape (octagon, triangle, circle)."""

    code: str
    label: str
    letter: str
    shape: str
    target: str = ""  # as said on the segment: "4 h", "1 day"
    hint: str = ""
    batch_sign: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractMapping:
    """How a partner's CSV extract is read: our field name -> their column(s) and reading.

    A column is their heading; "A + B" joins several, skipping the empty ones, with a comma in an
    address and a space elsewhere; "A[before ,]" and "A[after ,]" take one side of a heading that
    holds "SURNAME, Forename". `values` turns their words into ours, by our field name (sex,
    restricted, kind); `lanes` puts a kind of involvement in another lane than `lane`.
    """

    partner: str
    name: str
    path: str
    encoding: str
    delimiter: str
    max_age_hours: int
    columns: Mapping[str, str]
    date_formats: tuple[str, ...]
    involvement_path: str = ""
    involvement_columns: Mapping[str, str] = field(default_factory=dict)
    lane: str = ""
    lanes: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedRules:
    """Restricted records: for how many minutes one that was opened with a reason stays open, the
    reasons that are offered, and after how many days a restriction is looked at again."""

    minutes: int = 30
    review_days: int = 90
    reasons: tuple[str, ...] = (
        "Child may be at risk today",
        "Named in a contact I hold",
        "Asked by a team leader",
        "Something else",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything a hub decides for itself. `claim_idle_minutes` of working time without a touch
    put a contact back for anyone to take; 0 never does."""

    id: str
    hub: str
    version: str
    from_day: date
    marking: str
    phone: str
    council: str
    threshold_document: str
    ratings: tuple[Rating, ...]
    clocks: tuple[ClockRule, ...]
    working_time: WorkingTime
    parts: tuple[Part, ...]
    rules: tuple[Rule, ...]
    codes: Mapping[str, tuple[Code, ...]]
    guidance: Mapping[str, str]
    extracts: tuple[ExtractMapping, ...]
    verdict_reasons: Mapping[str, tuple[str, ...]]
    verdict_reason_needed: frozenset[str]
    repeat_count: int
    repeat_months: int
    agencies: tuple[Code, ...]
    call_prompts: tuple[str, ...]
    export_url: str = ""
    export_host_key: str = ""
    export_audience: str = ""
    time_stamp_url: str = ""
    time_stamp_trust: str = ""
    time_stamp_policy: str = ""
    checkpoint_folder: str = ""
    checkpoint_mail: str = ""
    claim_idle_minutes: int = 0
    lock_after_minutes: int = 15
    restricted_words: str = "Restricted record"
    requests: RequestRules = field(default_factory=RequestRules)
    services: ServicesGuide = field(default_factory=ServicesGuide)
    partners: tuple[LivePartner, ...] = ()
    oversight: OversightRules = field(default_factory=OversightRules)
    retention: tuple[RetentionRule, ...] = ()
    roles: Roles = field(default_factory=lambda: ALLOWED)
    restricted: RestrictedRules = field(default_factory=RestrictedRules)

    def question(self, question_id: str) -> Question:
        """The question of that id; KeyError is a fault of the program, not of the person."""
        for part in self.parts:
            for question in part.questions:
                if question.id == question_id:
                    return question
        raise KeyError(question_id)

    def label(self, codes: str, code: str) -> str:
        """The label of a code, or the code itself where the list has it no longer."""
        return next((c.label for c in self.codes.get(codes, ()) if c.code == code), code)

    def short_label(self, codes: str, code: str) -> str:
        """The label of a code for a row: "" where its list gives no short one."""
        return next((c.short for c in self.codes.get(codes, ()) if c.code == code), "")

    def above(self, codes: str, chosen: Iterable[str]) -> frozenset[str]:
        """The codes that those chosen stand below: 2 of 2a, where a list has levels of its own."""
        parent = {c.code: c.parent for c in self.codes.get(codes, ()) if c.parent}
        found: set[str] = set()
        for code in chosen:
            at = parent.get(code, "")
            while at and at not in found:
                found.add(at)
                at = parent.get(at, "")
        return frozenset(found)

    def codes_on(self, codes: str, day: date) -> tuple[Code, ...]:
        """The codes of a list that may be chosen on `day`; older ones keep their labels only."""
        return tuple(
            c
            for c in self.codes.get(codes, ())
            if (c.from_day is None or c.from_day <= day)
            and (c.until_day is None or day <= c.until_day)
        )

    def rating(self, code: str | None) -> Rating | None:
        """The rating of that code, or None while it is not rated."""
        return next((r for r in self.ratings if r.code == code), None)
