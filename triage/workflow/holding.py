"""Getting hold of a contact inside a transaction: may this person, is it still as they saw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from triage.domain.contact import Contact, ContactState
from triage.domain.errors import ConflictError, NotAllowedError, NotReadyError
from triage.domain.worker import May
from triage.storage import access, contacts, episodes, workers
from triage.storage.engine import Transaction
from triage.workflow.desk import Desk

OPEN = (
    ContactState.DRAFT,
    ContactState.RECEIVED,
    ContactState.SCREENING,
    ContactState.AWAITING_INFORMATION,
)
"""States in which a contact may be changed."""

WAITING = (*OPEN, ContactState.AWAITING_SIGN_OFF)
"""States of contacts that still wait for a decision."""


def hold(desk: Desk, tx: Transaction, which: Contact | UUID) -> Contact:
    """The contact as it is now. Raises NotAllowedError where it is restricted to others."""
    contact = contacts.get(tx, which if isinstance(which, UUID) else which.id)
    may_open(desk, tx, contact)
    return contact


def by_reference(desk: Desk, reference: str) -> UUID:
    """The contact with a reference. Raises NotFoundError, also where this person may not know."""
    with desk.store.read() as tx:
        return hold(desk, tx, contacts.by_reference(tx, reference.strip().upper())).id


def may_open(desk: Desk, tx: Transaction, contact: Contact) -> None:
    """Raise NotAllowedError, naming nobody, unless the person may open the contact: by their role,
    or since they gave a reason a while ago."""
    if not contact.restricted or desk.worker.may(May.OPEN_RESTRICTED):
        return
    opened = desk.worker.may(May.BREAK_GLASS) and access.live(
        tx, contact.id, desk.worker.id, desk.now()
    )
    if not opened:
        raise NotAllowedError(
            "This record is restricted. Nothing of it was shown. "
            "Ask a team leader to open it or to take it over."
        )


def hold_open(desk: Desk, tx: Transaction, which: Contact | UUID) -> Contact:
    """As `hold`, and only while it may be changed; NotReadyError says why it may not."""
    contact = hold(desk, tx, which)
    why = why_read_only(contact)
    if why:
        raise NotReadyError(f"{why} Nothing was changed.")
    return contact


def why_read_only(contact: Contact) -> str:
    """Why a contact can't be changed now, in a sentence; "" while it can."""
    if contact.state is ContactState.AWAITING_SIGN_OFF:
        return "This is with a team leader for sign-off. It can be changed when it is returned."
    if contact.state is ContactState.SIGNED:
        return "This decision is signed. Reopen the contact to decide again."
    if contact.state is ContactState.CLOSED:
        return "This contact is closed. Reopen it to change it."
    if contact.state is ContactState.SET_ASIDE:
        return "This was set aside. Reopen it to change it."
    return ""


def unchanged(
    desk: Desk, tx: Transaction, which: Contact | UUID, now: Contact, *names: str
) -> None:
    """Raise ConflictError where another desk changed one of the named facts since it was seen.

    Facts of other names merge without a word: two people may rate and claim at the same time.
    """
    if isinstance(which, UUID) or which.version == now.version:
        return
    for name in names:
        theirs = getattr(now, name)
        if getattr(which, name) != theirs:
            words = {
                "assigned_to": "is now with " + (_name(tx, theirs) if theirs else "nobody"),
                "rating": "was rated by someone else",
                "state": f"is now {now.state.value}",
            }.get(name, "was changed by someone else")
            raise ConflictError(
                f"{now.reference} {words}. What you did was not kept over theirs. "
                "Look at it again, then decide."
            )


def _name(tx: Transaction, worker_id: str) -> str:
    return next((w.name for w in workers.all(tx) if w.id == worker_id), worker_id)


def worker_name(tx: Transaction, worker_id: str) -> str:
    """The name of a worker, or the id of one who is no longer listed."""
    return _name(tx, worker_id)


def change(tx: Transaction, contact: Contact, **facts: object) -> Contact:
    """Save the contact with these facts changed; the version grows by one."""
    return contacts.save(tx, replace(contact, **facts))  # type: ignore[arg-type]  # names are ours


def begins(tx: Transaction) -> dict[UUID, datetime]:
    """When the clock of an event told twice began: with its first arrival, for each waiting one.

    Only contacts that a person joined as duplicates are here; every other begins as it arrived.
    """
    return _first(episodes.joined_duplicates(tx, WAITING))


def _first(
    pairs: Sequence[tuple[UUID, datetime, UUID, datetime]],
) -> dict[UUID, datetime]:
    first: dict[UUID, datetime] = {}
    # Twice through is enough for three tellings of one event, joined in any order.
    for one, one_at, other, other_at in (*pairs, *pairs):
        began = min(first.get(one, one_at), first.get(other, other_at))
        first[one] = first[other] = began
    return first


def first_told(tx: Transaction, contact: Contact) -> Contact:
    """One contact as its clocks count it; see `begins`."""
    near = {contact.id}
    while True:
        pairs = episodes.joined_duplicates_of(tx, near, WAITING)
        if near >= (found := {id for one, _, other, _ in pairs for id in (one, other)}):
            return timed(contact, _first(pairs))
        near |= found


def timed(contact: Contact, first: Mapping[UUID, datetime]) -> Contact:
    """The contact as its clocks count it; see `begins`."""
    began = first.get(contact.id, contact.received_at)
    return contact if began == contact.received_at else replace(contact, received_at=began)


def why_given(why: str, act: str) -> str:
    """The reason without space around it; NotReadyError where there is none."""
    if not why.strip():
        raise NotReadyError(f"Say why before you {act}. Nothing was changed.")
    return why.strip()
