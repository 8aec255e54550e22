"""What partners.toml may hold, exactly; anything else is a fault."""

from typing import Annotated, Literal

from pydantic import Field

from triage.domain.live_partner import PDS_STEPS, WIDER_REASONS, PartnerKind, PdsStep, SignInKind
from triage.workflow.profile_entries import Entry, Name, Words

Seconds = Annotated[float, Field(gt=0, le=120)]
Fact = Literal[
    "given", "family", "name", "born", "postcode", "nhs_number", "upn", "phone", "sex"
]  # fmt: skip


class SignInEntry(Entry):
    """How the desk signs in."""

    kind: SignInKind
    secret: str = ""
    user: str = ""
    header: str = ""
    token_url: str = ""
    key_id: str = ""
    client: str = ""
    scope: str = ""


class PaceEntry(Entry):
    """How often, how long, and when to pause."""

    deadline_s: Seconds = 6.0
    late_s: Annotated[float, Field(ge=0, le=300)] = 20.0
    at_once: Annotated[int, Field(ge=1, le=16)] = 2
    per_second: Annotated[float, Field(gt=0, le=100)] = 4.0
    burst: Annotated[int, Field(ge=1, le=100)] = 4
    pause_after: Annotated[int, Field(ge=1, le=1000)] = 4
    pause_s: Annotated[float, Field(gt=0, le=86_400)] = 30.0


class SearchEntry(Entry):
    """One question of a JSON API."""

    needs: Annotated[tuple[Fact, ...], Field(min_length=1)]
    query: dict[str, Words] = Field(default_factory=dict)
    body: dict[str, bool | int | str] = Field(default_factory=dict)
    path: str = ""


class PageEntry(Entry):
    """How an API goes on to its next page."""

    style: Literal["cursor", "number", "offset", "link"]
    param: str = ""
    next: str = ""
    more: str = ""
    first: Annotated[int, Field(ge=0)] = 1
    size: Annotated[int, Field(ge=0)] = 0
    size_param: str = ""
    most_pages: Annotated[int, Field(ge=1, le=50)] = 5


class HistoryEntry(Entry):
    """What a partner did with a person, inside their record."""

    items: Words
    kind: Words
    start: Words
    end: str = ""
    words: str = ""


class PartnerEntry(Entry):
    """One partner of partners.toml. Which settings belong to which kind is checked later."""

    partner: Name
    name: Words
    kind: PartnerKind
    purpose: str = ""
    lawful_basis: str = ""
    lane: str = ""
    url: str = ""
    ca: str = ""
    client_certificate: str = ""
    client_key: str = ""
    client_key_secret: str = ""
    proxy: str = ""
    most_bytes: Annotated[int, Field(ge=1000, le=50_000_000)] = 4_000_000
    headers: dict[str, Words] = Field(default_factory=dict)
    user_header: str = ""
    sign_in: SignInEntry = SignInEntry(kind=SignInKind.NONE)
    pace: PaceEntry = PaceEntry()
    date_formats: Annotated[tuple[Words, ...], Field(min_length=1)] = ("%Y-%m-%d",)
    values: dict[Literal["sex", "restricted", "kind", "status"], dict[str, str]] = Field(
        default_factory=dict
    )
    # pds_fhir
    steps: tuple[PdsStep, ...] = PDS_STEPS
    ods: str = ""
    worker_access: bool = False
    exact_match: bool = False
    related: bool = False
    months_near: Annotated[int, Field(ge=1, le=24)] = 6
    wider_reasons: Annotated[tuple[Words, ...], Field(min_length=1)] = WIDER_REASONS
    # fhir
    number_system: Words = "https://fhir.nhs.uk/Id/nhs-number"
    most_pages: Annotated[int, Field(ge=1, le=50)] = 5
    # rest_map
    search: tuple[SearchEntry, ...] = ()
    items: str = ""
    fields: dict[str, Words] = Field(default_factory=dict)
    page: PageEntry | None = None
    none_statuses: frozenset[int] = frozenset()
    history: HistoryEntry | None = None
    # sql_view
    dsn_secret: str = ""
    view: str = ""
    columns: dict[str, Words] = Field(default_factory=dict)
    most_rows: Annotated[int, Field(ge=1, le=500)] = 50


class PartnersFile(Entry):
    """partners.toml. `purpose` and `lawful_basis` count for each partner without its own."""

    purpose: str = ""
    lawful_basis: str = ""
    partner: tuple[PartnerEntry, ...] = ()
