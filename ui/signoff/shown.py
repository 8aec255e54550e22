"""What the middle and the right of sign-off show of one decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from triage.domain.decision import Change
from triage.domain.profile import Profile
from triage.workflow.sign import SignOffView


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the middle shows: the view, and what it needs to say it in words.

    `answers` is every answer as a change from nothing, in the form's order.
    """

    view: SignOffView
    profile: Profile
    answers: tuple[Change, ...]
    reader: str

    def local(self, at: datetime) -> datetime:
        """A moment on the hub's clock."""
        return at.astimezone(ZoneInfo(self.profile.working_time.zone))

    def who(self, person: str) -> str:
        """The name behind a key, or nothing."""
        found = (p.name for p in self.view.version.people if p.key == person)
        return next(found, "") if person else ""
