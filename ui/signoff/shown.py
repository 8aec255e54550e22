"""What the middle and the right of sign-off show of one decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from triage.domain.decision import Change
from triage.domain.profile import Profile
from triage.domain.spelling import spell_short_day
from triage.workflow.sign import SignOffView


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the middle shows: the view, and what it needs to say it in words, on a day, `today`.

    `answers` is every answer as a change from nothing, in the form's order.
    """

    view: SignOffView
    profile: Profile
    answers: tuple[Change, ...]
    reader: str
    today: date

    def local(self, at: datetime) -> datetime:
        """A moment on the hub's clock."""
        return at.astimezone(ZoneInfo(self.profile.working_time.zone))

    def clock_words(self, at: datetime) -> str:
        """A moment as 11:43, with its day where that is not today."""
        local = self.local(at)
        day = "" if local.date() == self.today else f" on {spell_short_day(local)}"
        return f"{local:%H:%M}{day}"

    def who(self, person: str) -> str:
        """The name behind a key, or nothing."""
        found = (p.name for p in self.view.version.people if p.key == person)
        return next(found, "") if person else ""
