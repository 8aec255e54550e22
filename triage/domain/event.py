"""Events: each change and each view, hash-chained; audit trail, history and feed in one."""

import hashlib
import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

FIRST = "0" * 64
"""The hash before the first event."""

RESEALED = '{"resealed":"'
"""How the detail begins of an event that was hashed in the clear and sealed later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """What happened, before it has its place in the chain. `detail` holds JSON values.

    `of_others` is what it tells of the contacts `others` beside: read only by who may know of
    each of them too, and gone with any of them.
    """

    kind: str  # e.g. contact.received, contact.viewed, decision.saved, decision.signed
    contact_id: UUID | None
    by: str
    at: datetime
    detail: Mapping[str, object]
    others: tuple[UUID, ...] = ()
    of_others: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event in its place: `seq` counts from 1 without gaps, `hash` covers all else."""

    seq: int
    kind: str
    contact_id: UUID | None
    by: str
    at: datetime
    detail: str  # canonical JSON
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where the chain ended at a moment, as somebody signed it: lodged outside the store, it shows
    what became of the chain since. `in_doubt` is why nothing but its own word says when it was
    signed, "" for a key that was in nobody else's hands."""

    seq: int
    hash: str
    at: datetime
    by: str
    in_doubt: str = ""


def canonical(detail: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces, so that the same detail has the same bytes."""
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


_written = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def digest(
    *,
    seq: int,
    kind: str,
    contact_id: UUID | None,
    by: str,
    at: datetime,
    detail: str,
    previous: str,
) -> str:
    """SHA-256 over the event and the hash before it, as 64 hex digits."""
    body = _written(
        [
            seq,
            kind,
            str(contact_id) if contact_id else None,
            by,
            at.astimezone(UTC).isoformat(timespec="microseconds"),
            detail,
            previous,
        ]
    )
    return hashlib.sha256(body.encode()).hexdigest()


def chain(new: NewEvent, *, seq: int, previous: str) -> Event:
    """The event in its place after `previous`."""
    detail = canonical(new.detail)
    return Event(
        seq=seq,
        kind=new.kind,
        contact_id=new.contact_id,
        by=new.by,
        at=new.at,
        detail=detail,
        previous=previous,
        hash=digest(
            seq=seq,
            kind=new.kind,
            contact_id=new.contact_id,
            by=new.by,
            at=new.at,
            detail=detail,
            previous=previous,
        ),
    )


Link = tuple[int, str, UUID | None, str, datetime, str, str, str]
"""An event's fields in their order, from `seq` to `hash`."""


def first_fault(
    links: Iterable[Link], *, previous: str = FIRST, seq: int = 1, vouched: Container[int] = ()
) -> str | None:
    """A sentence about the first event that is altered, missing or out of order; None if whole.

    Plain rows, for there are millions of them. `vouched` are the numbers of those that were sealed
    after they were hashed, and are as a later event says.
    """
    for found, kind, contact_id, by, at, detail, before, hash in links:
        if found != seq:
            return f"Event {seq} is missing or out of order: the next one found is {found}."
        if before != previous:
            return f"Event {seq} does not follow the one before it."
        expected = digest(
            seq=seq,
            kind=kind,
            contact_id=contact_id,
            by=by,
            at=at,
            detail=detail,
            previous=before,
        )
        if expected != hash and not (detail.startswith(RESEALED) and found in vouched):
            return f"Event {seq} was altered after it was written."
        previous, seq = hash, seq + 1
    return None
