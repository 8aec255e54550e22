"""How a hub reaches its partners' systems: settings from the profile, no code and no secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter

ASKABLE = (
    "given", "family", "name", "born", "postcode", "nhs_number", "upn", "phone", "sex",
)  # fmt: skip
"""Facts of a person that a question to a partner may hold."""

HELD = (
    "record_id", "given", "family", "aliases", "dob", "sex", "nhs_number", "upn", "address",
    "postcode", "phone", "mother", "siblings", "school", "gp", "status", "restricted",
)  # fmt: skip
"""Fields of a partner's record."""


class PartnerKind(StrEnum):
    """What speaks on the other side."""

    PDS_FHIR = "pds_fhir"  # the NHS Personal Demographics Service, or a council's broker of it
    FHIR = "fhir"  # any FHIR R4 server
    REST_MAP = "rest_map"  # any JSON API, by a mapping
    SQL_VIEW = "sql_view"  # a view in a partner's PostgreSQL


class SignInKind(StrEnum):
    """How a partner knows who asks. mutual TLS goes with any of them."""

    NONE = "none"
    BEARER = "bearer"  # a fixed token
    BASIC = "basic"  # a user name and a password
    HEADER = "header"  # a key in a header of its own
    CLIENT_SECRET = "client_secret"  # a token for a client's secret (OAuth 2 client credentials)
    SIGNED_JWT = "signed_jwt"  # a token for a signed statement, as the NHS wants it


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How to sign in. `secret` is the name under which the keyring holds it, never the secret."""

    kind: SignInKind = SignInKind.NONE
    secret: str = ""
    user: str = ""
    header: str = ""
    token_url: str = ""
    key_id: str = ""
    client: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a partner is asked, how long for, and when it is left alone for a while.

    A look-up ends for the screen after `deadline_s`; an answer that comes within `late_s` more is
    kept as late. After `pause_after` failures one after another the partner is paused for
    `pause_s`.
    """

    deadline_s: float = 6.0
    late_s: float = 20.0
    at_once: int = 2
    per_second: float = 4.0
    burst: int = 4
    pause_after: int = 4
    pause_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a partner is and by which certificates. Paths lie below the hub's data folder."""

    url: str = ""
    ca: str = ""
    client_certificate: str = ""
    client_key: str = ""
    client_key_secret: str = ""
    proxy: str = ""
    most_bytes: int = 4_000_000
    headers: Mapping[str, str] = field(default_factory=dict)
    user_header: str = ""


class PdsStep(StrEnum):
    """One way of asking the NHS. Those after NUMBER are searches."""

    NUMBER = "number"
    NAME_BORN = "name_born"
    NAME_BORN_SWAPPED = "name_born_swapped"
    NAME_BORN_NEAR = "name_born_near"
    NAME_BORN_POSTCODE = "name_born_postcode"
    NAME_BORN_BEGINS = "name_born_begins"
    WIDER = "wider"


PDS_STEPS = (PdsStep.NUMBER, PdsStep.NAME_BORN, PdsStep.NAME_BORN_SWAPPED, PdsStep.NAME_BORN_NEAR)


WIDENING = frozenset({PdsStep.NAME_BORN_BEGINS, PdsStep.WIDER})
"""Steps that show people who are only alike: a person gives a reason for them."""

WIDER_REASONS = (
    "The name may be spelt differently",
    "The birth date is not certain",
    "The child may be at risk and is not found otherwise",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdsSettings:
    """What is particular to the NHS. `worker_access` is False where the connection is
    application-restricted: then one match is all that it may ask for. `exact_match` has the exact
    search take no other spelling, `related` asks who is related to a child who was found."""

    steps: tuple[PdsStep, ...] = PDS_STEPS
    ods: str = ""
    worker_access: bool = False
    exact_match: bool = False
    related: bool = False
    months_near: int = 6
    wider_reasons: tuple[str, ...] = WIDER_REASONS


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirSettings:
    """What is particular to a FHIR server. `number_system` names NHS numbers there."""

    number_system: str = "https://fhir.nhs.uk/Id/nhs-number"
    most_pages: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RestSearch:
    """One question: `query` and `path` hold blanks such as {family} or {born:%d/%m/%Y}. It is put
    where everything in `needs` is known; a parameter whose blank is not known is left out. One with
    a `body` is sent as JSON, so that no name stands in an address; "person.name" is a name inside
    person there, and what turns its pages goes there too."""

    needs: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str | int | bool] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestPage:
    """How an API goes on to its next page; `param` "" is not at all.

    `style` cursor sends what `next` holds, number counts pages from `first`, offset counts
    records, and link follows the address that `next` holds. `more` is where an answer says that
    there is a next page, `size` how many people a page has, asked for as `size_param`.
    """

    style: str = ""  # cursor | number | offset | link
    param: str = ""
    next: str = ""
    more: str = ""
    first: int = 1
    size: int = 0
    size_param: str = ""
    most_pages: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RestInvolvement:
    """What a partner did with a person, as a list inside their record."""

    items: str
    kind: str
    start: str
    end: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestSettings:
    """A JSON API: what is asked, where the people are in the answer, and what each field is called.

    A field is a path ("address.lines[*]", "phones[0].number"); "A + B" joins several, and
    "A[after ,]" takes one side, as in a list. `none_statuses` are codes that mean nobody.
    """

    searches: tuple[RestSearch, ...]
    items: str
    fields: Mapping[str, str]
    page: RestPage = field(default_factory=RestPage)
    none_statuses: frozenset[int] = frozenset()
    involvement: RestInvolvement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSettings:
    """A view in a partner's database. `dsn_secret` is the keyring's name of the connection."""

    dsn_secret: str
    view: str
    columns: Mapping[str, str]
    most_rows: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePartner:
    """A partner that answers at once, as the profile's partners.toml has it.

    Exactly one of `pds`, `fhir`, `rest` and `view` is there, by `kind`. `purpose` and
    `lawful_basis` are recorded with every question.
    """

    partner: str
    name: str
    kind: PartnerKind
    purpose: str
    lawful_basis: str
    reach: Reach = field(default_factory=Reach)
    pace: Pace = field(default_factory=Pace)
    sign_in: SignIn = field(default_factory=SignIn)
    date_formats: tuple[str, ...] = ("%Y-%m-%d",)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lane: str = ""
    pds: PdsSettings | None = None
    fhir: FhirSettings | None = None
    rest: RestSettings | None = None
    view: ViewSettings | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names under which the keyring holds what is needed to ask it."""
        names = (
            self.sign_in.secret,
            self.reach.client_key_secret,
            self.view.dsn_secret if self.view else "",
        )
        return tuple(name for name in names if name)


def blanks_of(text: str) -> tuple[str, ...]:
    """The names of the blanks in a question's text. Raises ValueError where a brace is open."""
    return tuple(name for _, name, _, _ in Formatter().parse(text) if name is not None)
