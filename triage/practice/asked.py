"""What the practice desk asked of partners before it is opened, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from triage.domain import request_letter
from triage.domain.request import AskedAbout, InfoRequest, MessageState, Onward, OutMessage
from triage.practice.post_partners import told
from triage.storage import contacts
from triage.workflow import partner_answers, sending
from triage.workflow import requests as asking
from triage.workflow.desk import Desk, Mailbox
from triage.workflow.partner_answers import Spoken


@dataclass(frozen=True, slots=True)
class _Then:
    """A post room of an earlier hour: everything went, or was refused with these words."""

    at: datetime
    refused: str = ""

    def send(self, message: OutMessage) -> OutMessage:
        state = MessageState.FAILED if self.refused else MessageState.SENT
        sent_at = None if self.refused else self.at
        return replace(message, state=state, attempts=1, sent_at=sent_at, words=self.refused)

    def stop(self) -> None:
        return

    def reached(self, messages: Sequence[OutMessage]) -> tuple[OutMessage, ...]:
        return ()

    def mailboxes(self) -> tuple[Mailbox, ...]:
        return ()


def ask_as_told(
    desk_at: Callable[[str, datetime], Desk], found: Mapping[str, Sequence[UUID]], now: datetime
) -> None:
    """Ask what post.toml tells, each at its time. `found` has the contacts by their file."""
    for entry in told()["asked"]:
        for contact_id in found.get(entry["file"], ())[:1]:
            _ask(desk_at, contact_id, entry, now)


def _ask(
    desk_at: Callable[[str, datetime], Desk],
    contact_id: UUID,
    entry: Mapping[str, Any],
    now: datetime,
) -> None:
    at = now - timedelta(minutes=entry.get("ago", 2))
    with desk_at("rosei", at).store.read() as tx:
        assigned = contacts.get(tx, contact_id).assigned_to or "rosei"
    desk = desk_at(assigned, at)
    begun = asking.start(desk, contact_id, entry["agency"])
    if entry.get("draft"):
        return
    begun = asking.keep_draft(
        desk,
        replace(
            begun,
            people=_people(desk, begun, entry.get("people", {})),
            told=begun.told or "not_told",
            not_told_why=begun.not_told_why or "raises_risk",
        ),
    )
    posting = replace(desk, post=_Then(at, entry.get("refused", "")))
    request = asking.send(posting, begun)
    sending.send_due(posting)
    if "answered_ago" not in entry:
        return
    answered_at = now - timedelta(minutes=entry["answered_ago"])
    partner_answers.record_by_hand(
        desk_at(assigned, answered_at),
        request.id,
        Spoken(
            answered_by=entry["answered_by"],
            said=dict(enumerate(entry["said"], 1)),
            onward=Onward(entry["onward"]),
            conditions=entry.get("conditions", ""),
        ),
    )


def _people(desk: Desk, begun: InfoRequest, named: Mapping[str, str]) -> tuple[AskedAbout, ...]:
    if not named:
        return begun.people
    with desk.store.read() as tx:
        contact = contacts.get(tx, begun.contact_id)
    return tuple(
        AskedAbout(person=p.key, why=named[request_letter.name_of(p)])
        for p in request_letter.people_of(contact)
        if request_letter.name_of(p) in named
    )
