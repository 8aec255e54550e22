"""What somebody says is wrong in a record: noted beside it, never over it (UK GDPR article 16)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from triage.domain.spelling import spell_day


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

    @property
    def told(self) -> str:
        """What is asked, by whom, when, and what was answered."""
        answered = {
            Standing.ASKED: "not answered yet",
            Standing.AGREED: f"agreed: {self.answer}",
            Standing.REFUSED: f"not agreed: {self.answer}",
        }[self.standing]
        return f"“{self.says}”, says {self.who} on {spell_day(self.at.date())}; {answered}"


def answer_by(asked_on: date) -> date:
    """The last day to answer: the same day of the next month, or that month's last day (UK GDPR
    article 12(3))."""
    year, month = asked_on.year + asked_on.month // 12, asked_on.month % 12 + 1
    return date(year, month, min(asked_on.day, monthrange(year, month)[1]))
