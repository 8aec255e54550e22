"""A referral to a service, and where it stands: draft, sent, seen, accepted, or not taken."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ReferralState(StrEnum):
    """Where a referral stands. Accepted and not taken are the service's own words."""

    DRAFT = "draft"
    SENT = "sent"
    SEEN = "seen"
    ACCEPTED = "accepted"
    NOT_TAKEN = "not taken"


NEXT: dict[ReferralState, tuple[ReferralState, ...]] = {
    ReferralState.DRAFT: (ReferralState.SENT,),
    ReferralState.SENT: (ReferralState.SEEN, ReferralState.ACCEPTED, ReferralState.NOT_TAKEN),
    ReferralState.SEEN: (ReferralState.ACCEPTED, ReferralState.NOT_TAKEN),
    ReferralState.ACCEPTED: (ReferralState.NOT_TAKEN,),
    ReferralState.NOT_TAKEN: (),
}
"""What may follow what. A place that was promised can still be taken back."""


class Agreed(StrEnum):
    """Whether the family agrees to this referral. Not asked is not no."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to a referral: when, told by whom at the desk, how, and in what
    words."""

    state: ReferralState
    at: datetime
    by: str
    by_name: str
    how: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReferral:
    """A referral of people of one contact to one service, named as it was named that day.

    `people` are keys within the contact and `people_names` what they were called; `number` is
    what the service is told ("R-26-00012"), which names nobody. `version` grows with each change.
    """

    id: UUID
    number: str
    contact_id: UUID
    directory: str
    service_id: str
    service_name: str
    service_phone: str = ""
    service_email: str = ""
    people: tuple[str, ...]
    people_names: tuple[str, ...]
    words: str
    agreed: Agreed = Agreed.NOT_ASKED
    agreed_words: str = ""
    state: ReferralState = ReferralState.DRAFT
    steps: tuple[Step, ...] = ()
    version: int = 1

    @property
    def last(self) -> Step:
        """What happened last."""
        return self.steps[-1]

    @property
    def open(self) -> bool:
        """Whether an answer is still awaited, or it was not sent yet."""
        return self.state in (ReferralState.DRAFT, ReferralState.SENT, ReferralState.SEEN)

    def stepped(self, step: Step) -> "ServiceReferral":
        """The same referral after this happened; ValueError where that can't follow."""
        if step.state not in NEXT[self.state]:
            raise ValueError(f"{step.state} does not follow {self.state}")
        return replace(self, state=step.state, steps=(*self.steps, step), version=self.version + 1)
