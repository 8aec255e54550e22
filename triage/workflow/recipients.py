"""Who was given what a contact holds: the council, partners that were asked, services, and whoever
had a copy of the pack (UK GDPR articles 15(1)(c) and 19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from triage.domain.service_referral import ReferralState
from triage.domain.spelling import spell_day
from triage.storage import outbox, packs, requests, services, versions
from triage.workflow.requests import agency_name

if TYPE_CHECKING:
    from triage.storage.engine import Transaction
    from triage.workflow.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who was given something of a contact, what it was, and when; `asked` is a partner
    whom a request told of it."""

    who: str
    what: str
    at: datetime
    asked: bool = False

    def on(self, day: date) -> str:
        """ "Northmere Council (the signed decision, SC-1) on 24 Nov 2026"; `day` is the hub's."""
        return f"{self.who} ({self.what}) on {spell_day(day)}"


def recipients(desk: Desk, tx: Transaction, contact_id: UUID) -> tuple[Recipient, ...]:
    """Everybody who was, the earliest first."""
    found = [
        Recipient(
            who=agency_name(desk, request.agency),
            what=request.reference,
            at=request.sent_at,
            asked=True,
        )
        for request in requests.of_contact(tx, contact_id)
        if request.sent_at
    ]
    for delivery in outbox.of_contact(tx, contact_id):
        if delivery.sent_at:
            what = f"the signed decision, {delivery.case_number}".rstrip(", ")
            found.append(Recipient(who=desk.profile.council, what=what, at=delivery.sent_at))
    for version in versions.of_contact(tx, contact_id):
        for issued in packs.of_decision(tx, version.id):
            what = f"copy {issued.copy.number} of the pack"
            found.append(Recipient(who=issued.copy.recipient, what=what, at=issued.at))
    for referral in services.referrals_of(tx, contact_id):
        sent = next((s for s in referral.steps if s.state is ReferralState.SENT), None)
        if sent is not None:
            what = f"referral {referral.number}"
            found.append(Recipient(who=referral.service_name, what=what, at=sent.at))
    return tuple(sorted(found, key=lambda each: each.at))
