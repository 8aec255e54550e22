"""Opening a restricted contact with a reason, for a while; and telling the leaders of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from triage.domain.access import Grant, says_why
from triage.domain.errors import NotFoundError, NotReadyError
from triage.domain.worker import May
from triage.storage import access, contacts, events
from triage.storage.engine import Transaction
from triage.workflow import happened, naming
from triage.workflow.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a leader is told: who opened which record, why, when and until when by the hub's
    clock."""

    grant_id: UUID
    who: str
    reference: str
    why: str
    at: datetime
    until: datetime


def break_glass(desk: Desk, reference: str, why: str) -> Grant:
    """Open a restricted contact to this person for as long as the profile says; leaders are told.

    Raises NotReadyError without a reason of some words, NotFoundError where no restricted contact
    has that reference: of one that is open to all, and of none, the same is said.
    """
    desk.worker.must(May.BREAK_GLASS)
    if not says_why(why):
        raise NotReadyError("Say in a few words why you need it. Nothing was opened.")
    reference, now = reference.strip().upper(), desk.now()
    minutes = desk.profile.restricted.minutes
    with desk.store.write() as tx:
        # On a hub's server the contact is not there to be found; the server finds it itself.
        contact_id = None if desk.store.kind == "server" else _restricted(tx, reference)
        seq = events.head(tx).seq
        grant = access.add(
            tx,
            Grant(
                id=desk.new_id(),
                reference=reference,
                contact_id=contact_id,
                worker=desk.worker.id,
                why=why.strip(),
                minutes=minutes,
                granted_at=now,
                until_at=now + timedelta(minutes=minutes),
            ),
        )
        if events.head(tx).seq == seq:  # else the server has written it
            desk.note(
                tx,
                "access.broke_glass",
                grant.contact_id,
                {
                    "grant": str(grant.id),
                    "minutes": minutes,
                    "reference": reference,
                    "until": grant.until_at.isoformat(),
                },
            )
    # On a hub's server what is opened is open after the commit: only then is there its key, with
    # which the reason is sealed. It stands in the grant whatever becomes of this.
    with desk.store.write() as tx:
        desk.note(tx, "access.reason", grant.contact_id, {"grant": str(grant.id), "why": grant.why})
    return grant


def notices(desk: Desk) -> tuple[Notice, ...]:
    """What no leader has seen yet, the oldest first; nothing for anybody else."""
    if not desk.worker.may(May.SIGN):
        return ()
    with desk.store.read() as tx:
        unseen = access.unseen(tx)
        names = happened.names(tx) if unseen else {}
    return tuple(
        Notice(
            grant_id=grant.id,
            who=names.get(grant.worker, grant.worker),
            reference=grant.reference,
            why=grant.why,
            at=naming.local(desk.profile, grant.granted_at),
            until=naming.local(desk.profile, grant.until_at),
        )
        for grant in unseen
    )


def acknowledge(desk: Desk, grant_id: UUID) -> Grant:
    """Say that a leader has seen who opened what. Raises ConflictError where another had."""
    desk.worker.must(May.SIGN)
    with desk.store.write() as tx:
        grant = access.see(tx, grant_id, desk.worker.id, desk.now())
        desk.note(
            tx,
            "access.seen",
            grant.contact_id,
            {"grant": str(grant.id), "of": grant.worker, "reference": grant.reference},
        )
    return grant


def _restricted(tx: Transaction, reference: str) -> UUID:
    if not contacts.restricted_among(tx, [reference]):
        raise NotFoundError("There is no restricted record of that number. Nothing was opened.")
    return contacts.by_reference(tx, reference).id
