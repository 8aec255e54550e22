"""Breaking the glass: a restricted contact opened for a while by who may not know of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST_MINUTES = 240
"""However long a hub's profile says, the glass closes again after this."""

LEAST_LETTERS = 10
"""A reason of fewer letters is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who opened which restricted contact, why, and until when; and which leader has seen it.

    On a hub's server the contact, the person and the times are the server's own.
    """

    id: UUID
    reference: str
    contact_id: UUID | None
    worker: str
    why: str
    minutes: int
    granted_at: datetime
    until_at: datetime
    seen_by: str | None = None
    seen_at: datetime | None = None


def says_why(why: str) -> bool:
    """Whether that is a reason at all."""
    return sum(1 for c in why if not c.isspace()) >= LEAST_LETTERS
