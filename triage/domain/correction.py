"""What somebody says is wrong in a record: noted beside it, never over it (UK GDPR article 16)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Standing(StrEnum):
    """How a request to correct stands."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A fact (by its path; "" for the record as a whole) that somebody says is otherwise.

    `says` is what it should be, in their words. Where the hub agrees, a person changes the fact as
    any other; what stood before, and this, stay.
    """

    id: UUID
    contact_id: UUID
    path: str
    who: str
    says: str
    at: datetime
    by: str
    standing: Standing = Standing.ASKED
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
