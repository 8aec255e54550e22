"""How a partner's extract stands, without what it takes to search it."""

from dataclasses import dataclass
from datetime import date

from triage.domain.lookup import OWN as OWN

OWN_NAME = "Our own contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractState:
    """How an extract stands: the day it was made, and a sentence where it should not be trusted.

    `searchable` is False where there is nothing to search at all; `tried` is False until the
    extract was read, or found unreadable, for the first time.
    """

    partner: str
    name: str
    as_of: date | None
    records: int
    searchable: bool
    problem: str = ""
    faults: tuple[str, ...] = ()
    tried: bool = True


def own_state() -> ExtractState:
    """That of the hub's own contacts, which can always be searched."""
    return ExtractState(partner=OWN, name=OWN_NAME, as_of=None, records=0, searchable=True)


def not_read_yet(partner: str, name: str) -> ExtractState:
    """That of an extract before it has been read."""
    return ExtractState(
        partner=partner,
        name=name,
        as_of=None,
        records=0,
        searchable=False,
        problem=f"The extract from {name} has not been read yet.",
        tried=False,
    )
