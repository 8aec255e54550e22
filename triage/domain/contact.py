"""A contact: what arrived about one or more children in a household."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from triage.domain.fact import NOT_SAID, Fact


class Channel(StrEnum):
    """How the contact reached the front door."""

    EMAIL = "email"
    PHONE = "phone"
    FORM = "form"
    PORTAL = "portal"
    BATCH = "batch"
    WALK_IN = "walk-in"


class ContactState(StrEnum):
    """Where a contact stands. Rating, due times and outcome are facts, not states."""

    DRAFT = "draft"
    RECEIVED = "received"
    SCREENING = "screening"
    AWAITING_INFORMATION = "awaiting information"
    AWAITING_SIGN_OFF = "awaiting sign-off"
    SIGNED = "signed"
    CLOSED = "closed"
    SET_ASIDE = "set aside"


ENDED = frozenset({ContactState.SIGNED, ContactState.CLOSED, ContactState.SET_ASIDE})
"""Nobody works on a contact any more that is in one of these."""


class Consent(StrEnum):
    """What was said about agreement to share; never the lawful basis."""

    GIVEN = "given"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """Who told us. `source_code` is the CIN census referral source, 1A to 10."""

    name: Fact = NOT_SAID
    role: Fact = NOT_SAID
    agency: Fact = NOT_SAID
    phone: Fact = NOT_SAID
    email: Fact = NOT_SAID
    best_time: Fact = NOT_SAID
    anonymous: Fact = NOT_SAID
    may_be_named: Fact = NOT_SAID
    source_code: Fact = NOT_SAID

    @property
    def asked_to_stay_unknown(self) -> bool:
        """Whether who they are is told to nobody, and shown only where it is put right."""
        return self.anonymous.value == "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child in a contact. `key` (c1, c2, ...) is theirs within the contact for good.

    `dob` and `edd` (expected delivery date) are ISO; `age_text` is as written; `sex` is M, F
    or U; `nhs_number` ten digits.
    """

    key: str
    given: Fact = NOT_SAID
    family: Fact = NOT_SAID
    aliases: tuple[Fact, ...] = ()
    dob: Fact = NOT_SAID
    edd: Fact = NOT_SAID
    age_text: Fact = NOT_SAID
    sex: Fact = NOT_SAID
    nhs_number: Fact = NOT_SAID
    upn: Fact = NOT_SAID
    school: Fact = NOT_SAID
    gp: Fact = NOT_SAID
    ethnicity: Fact = NOT_SAID
    language: Fact = NOT_SAID
    interpreter: Fact = NOT_SAID
    disability: Fact = NOT_SAID
    whereabouts: Fact = NOT_SAID
    lives_here: Fact = NOT_SAID
    unborn: bool = False

    @property
    def name(self) -> str:
        """The name as a person reads it, or what stands in for one."""
        words = [f.value for f in (self.given, self.family) if f.known]
        if not self.given.known and self.unborn:
            words.insert(0, "Baby")
        return " ".join(words) or "Name not known"

    def age_on(self, day: date) -> int | None:
        """Whole years on `day`, or None when the birth date is not known."""
        born = self.dob.as_date
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Adult:
    """An adult of the family or household, never a professional. `key` is a1, a2, ..."""

    key: str
    name: Fact = NOT_SAID
    relationship: Fact = NOT_SAID
    dob: Fact = NOT_SAID
    phone: Fact = NOT_SAID
    parental_responsibility: Fact = NOT_SAID
    lives_here: Fact = NOT_SAID
    known_of: Fact = NOT_SAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the children live: the line without town, the postcode, the household's phone."""

    line: Fact = NOT_SAID
    town: Fact = NOT_SAID
    postcode: Fact = NOT_SAID
    phone: Fact = NOT_SAID
    is_refuge: bool = False


class Voice(StrEnum):
    """Whose words or eyes a sentence comes from."""

    CHILD_SAID = "child said"
    CALLER_SAW = "caller saw"
    HEARD = "heard from others"
    UNMARKED = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """One line of a call as it was typed, with the moment it was begun."""

    at: datetime
    words: str
    voice: Voice = Voice.UNMARKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a contact says, whoever read or typed it. The concern is the referrer's own words."""

    referrer: Referrer = field(default_factory=Referrer)
    children: tuple[Child, ...] = ()
    adults: tuple[Adult, ...] = ()
    address: Address = field(default_factory=Address)
    concern: Fact = NOT_SAID
    said: tuple[SaidLine, ...] = ()
    concerns: tuple[str, ...] = ()
    child_words: tuple[Fact, ...] = ()
    consent: Fact = NOT_SAID
    consent_reason: Fact = NOT_SAID
    family_informed: Fact = NOT_SAID
    family_informed_reason: Fact = NOT_SAID
    urgent: Fact = NOT_SAID
    risk_to_workers: Fact = NOT_SAID
    risk_text: Fact = NOT_SAID
    safe_contact: Fact = NOT_SAID
    raises_risk: tuple[Fact, ...] = ()
    lowers_risk: tuple[Fact, ...] = ()
    other: tuple[Fact, ...] = ()


def why_not_shown(content: Content, path: str) -> str:
    """Why what stands at `path` is shown only where it is put right; "" where it may be seen."""
    if content.address.is_refuge and path.startswith("address."):
        return "the address of a refuge"
    who = ("referrer.name", "referrer.phone", "referrer.email")
    if content.referrer.asked_to_stay_unknown and path in who:
        return "who asked to stay unknown"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as the hub holds it. `version` grows by one with each change."""

    id: UUID
    reference: str
    channel: Channel
    state: ContactState
    received_at: datetime
    content: Content
    subject: str = ""
    rating: str | None = None
    rated_at: datetime | None = None
    assigned_to: str | None = None
    assigned_at: datetime | None = None
    restricted: bool = False
    restricted_kind: str = ""  # of triage.domain.restriction, "" where it was not said
    restricted_at: datetime | None = None
    restriction_reviewed_at: datetime | None = None
    set_aside_reason: str = ""
    points_to: UUID | None = None
    paused_reason: str = ""
    practice: bool = False
    version: int = 1
