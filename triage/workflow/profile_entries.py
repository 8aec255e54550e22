"""What the files of a profile may hold, exactly; anything else is a fault."""

from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from triage.domain.access import LONGEST_MINUTES
from triage.domain.profile import AskedOf, ClockUnit, QuestionKind, RestrictedRules

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, Field(min_length=1)]


def _clock_time(value: object) -> object:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as fault:
        raise ValueError(f"there is no time zone called {name}") from fault
    return name


ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Entry(BaseModel):
    """A table of a profile's file; a setting it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(Entry):
    """An entry in force from a day until a day, both included; none is no end."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None


class RatingEntry(Dated):
    """One rating of profile.toml."""

    code: Name
    label: Words
    letter: Annotated[str, Field(min_length=1, max_length=1)]
    shape: Literal["octagon", "triangle", "circle"]
    target: str = ""
    hint: str = ""
    batch_sign: bool = False
    urgent: bool = False


class AgencyEntry(Dated):
    """An agency that can be asked."""

    code: Name
    label: Words
    hint: str = ""


class OversightEntry(Entry):
    """Which access is asked about: night by the hub's clock, and how many records are many."""

    night_from: ClockTime = time(22, 0)
    night_until: ClockTime = time(6, 0)
    many: Annotated[int, Field(ge=2, le=100_000)] = 25
    many_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 31)] = 30


class RestrictedEntry(Entry):
    """Restricted records: minutes that one stays open with a reason, and the reasons offered."""

    minutes: Annotated[int, Field(ge=1, le=LONGEST_MINUTES)] = 30
    review_days: Annotated[int, Field(ge=1, le=3660)] = 90
    reasons: Annotated[tuple[Words, ...], Field(min_length=1)] = RestrictedRules().reasons


class ProfileFile(Entry):
    """profile.toml: the hub itself."""

    id: Name
    hub: Words
    version: Words
    from_: date = Field(alias="from")
    until: date | None = None
    marking: Words
    phone: Words
    council: Words
    threshold_document: Words
    repeat_count: Annotated[int, Field(ge=1, le=1000)]
    repeat_months: Annotated[int, Field(ge=1, le=600)]
    export_url: str = ""
    export_host_key: str = ""
    export_audience: str = ""
    time_stamp_url: str = ""
    time_stamp_certificate: str = ""
    time_stamp_policy: Annotated[str, Field(pattern=r"^([0-2](\.\d{1,10}){1,20})?$")] = ""
    checkpoint_folder: str = ""
    checkpoint_mail: str = ""
    claim_idle_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 31)] = 0
    lock_after_minutes: Annotated[int, Field(ge=5, le=60)] = 15
    restricted_words: Words = "Restricted record"
    call_prompts: tuple[Words, ...]
    verdict_reason_needed: tuple[str, ...] = ()
    verdict_reasons: dict[Literal["same", "not the same", "not sure", "undo"], tuple[Words, ...]]
    rating: Annotated[tuple[RatingEntry, ...], Field(min_length=1)]
    agency: tuple[AgencyEntry, ...] = ()
    oversight: OversightEntry = OversightEntry()
    restricted: RestrictedEntry = RestrictedEntry()


class ClockEntry(Dated):
    """One clock of clocks.toml."""

    id: Name
    label: Words
    start: Literal["received", "rated", "asked"]
    rating: str = ""
    amount: Annotated[float, Field(gt=0, le=10_000)]
    unit: ClockUnit
    leads: bool = False
    pauses: bool = True


class ClocksFile(Entry):
    """clocks.toml."""

    clock: Annotated[tuple[ClockEntry, ...], Field(min_length=1)]


class HalfDayEntry(Entry):
    """A shorter day: a date, or the same day every year as "12-24"."""

    day: date | None = None
    every_year: str = ""
    opens: ClockTime
    closes: ClockTime


class HoursFile(Entry):
    """hours.toml: when the hub works."""

    zone: Annotated[str, AfterValidator(_known_zone)] = "Europe/London"
    bank_holidays: Literal["ENG", "WLS", "SCT", "NIR", ""] = "ENG"
    closed: tuple[date, ...] = ()
    week: dict[Weekday, tuple[ClockTime, ClockTime]]
    half_day: tuple[HalfDayEntry, ...] = ()


class ConditionEntry(Entry):
    """A condition of a question or rule."""

    question: str = ""
    fact: str = ""
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    at_least: Annotated[int, Field(le=1000)] | None = None
    empty: bool = False


class QuestionEntry(Dated):
    """One question of form.toml."""

    id: Name
    label: Words
    kind: QuestionKind
    asked_of: AskedOf = AskedOf.CONTACT
    codes: str = ""
    needed: bool = False
    advised: bool = False
    shown_when: tuple[ConditionEntry, ...] = ()
    needed_when: tuple[ConditionEntry, ...] = ()
    placeholder: str = ""
    guidance: str = ""
    prompts: tuple[Words, ...] = ()
    widget: Literal["", "segments", "chips", "list", "rating", "level"] = ""


class PartEntry(Entry):
    """One part of form.toml."""

    id: Name
    title: Words
    folded: bool = False
    question: Annotated[tuple[QuestionEntry, ...], Field(min_length=1)]


class FormFile(Entry):
    """form.toml."""

    part: Annotated[tuple[PartEntry, ...], Field(min_length=1)]


class RuleEntry(Dated):
    """A contradiction of rules.toml."""

    id: Name
    sentence: Words
    when: Annotated[tuple[ConditionEntry, ...], Field(min_length=1)]
    part: str
    question: str


class RulesFile(Entry):
    """rules.toml."""

    rule: tuple[RuleEntry, ...] = ()


class InvolvementEntry(Entry):
    """The columns of a partner's involvement list."""

    path: Words
    record_id: Words
    kind: Words
    start: Words
    end: str = ""
    words: Words


class ExtractEntry(Entry):
    """One partner of extracts.toml."""

    partner: Name
    name: Words
    path: Words
    encoding: Words
    delimiter: Annotated[str, Field(min_length=1, max_length=1)]
    max_age_hours: Annotated[int, Field(ge=1, le=24 * 3660)]
    date_formats: Annotated[tuple[Words, ...], Field(min_length=1)]
    columns: dict[str, Words]
    lane: Words
    lanes: dict[str, Words] = {}
    values: dict[Literal["sex", "restricted", "kind", "status"], dict[str, str]] = {}
    involvement: InvolvementEntry | None = None


class ExtractsFile(Entry):
    """extracts.toml."""

    extract: tuple[ExtractEntry, ...] = ()


class DirectoryEntry(Dated):
    """A directory of services that is copied each night."""

    id: Name
    name: Words
    url: str = ""
    dialect: Literal["v3", "v1"] = "v3"
    at: ClockTime = time(2, 30)


class NeedEntry(Dated):
    """A need that services answer."""

    code: Name
    label: Words
    terms: tuple[Words, ...] = ()
    words: tuple[Words, ...] = ()


class SuggestEntry(Dated):
    """A factor of the decision that calls for a need."""

    factor: Name
    need: Name
    whom: Literal["child", "adult", "household"] = "household"


class ContactEntry(Dated):
    """Somebody the desk rings."""

    name: Words
    words: Words
    phone: str = ""
    email: str = ""


class ServicesFile(Entry):
    """services.toml: directories, needs, what calls for them, local contacts, places."""

    directory: tuple[DirectoryEntry, ...] = ()
    need: tuple[NeedEntry, ...] = ()
    suggest: tuple[SuggestEntry, ...] = ()
    contact: tuple[ContactEntry, ...] = ()
    child_terms: tuple[Words, ...] = ()
    adult_terms: tuple[Words, ...] = ()
    agreement_terms: tuple[Words, ...] = ()
    sectors: dict[
        Annotated[str, Field(pattern=r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9]$")],
        tuple[
            Annotated[float, Field(ge=49, le=62)],
            Annotated[float, Field(ge=-9, le=3)],
        ],
    ] = {}


class CodeRow(Dated):
    """One row of a code list."""

    code: Words
    label: Words
    short: str = ""
    hint: str = ""
    census: str = ""
    parent: str = ""
    flags: str = ""
