"""The chain of events: the audit trail, the history a person reads, and the change feed."""

import base64
import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, case, func, insert, literal_column, select, update

from triage.domain.errors import StoreError
from triage.domain.event import FIRST, RESEALED, Event, NewEvent, canonical, chain, first_fault
from triage.storage import child_keys, content_keys
from triage.storage.engine import Store, Transaction
from triage.storage.tables import event as table
from triage.storage.tables import event_head

_AT_ONCE = 1000
_HOLD = select(event_head).with_for_update()
# To whoever signs in at a hub as themselves, its server says what time it is.
_HOLD_AT_HUB = select(
    event_head.c.seq,
    event_head.c.hash,
    case(
        (func.starts_with(literal_column("session_user"), "fl_"), func.clock_timestamp()),
        else_=None,
    ).label("at"),
).with_for_update()
_ADD = insert(table)
_GO_ON = update(event_head)


class Head(NamedTuple):
    """Where the chain ends: the newest event's number (0 for none) and hash."""

    seq: int
    hash: str


def append(tx: Transaction, new: NewEvent, *, in_the_open: bool = False) -> Event:
    """Put an event at the end of the chain, in the transaction of what it tells of.

    The head is held until that ends, so numbers follow each other without a gap. What it says of
    a contact is sealed with that contact's key: when the key is destroyed the event stays, and
    the chain is whole, but its words are gone. `in_the_open` is for what must be read after that.
    At a hub the time of an event is its server's, whatever the desk's clock says.
    """
    if tx.connection.dialect.name == "postgresql":
        row = tx.connection.execute(_HOLD_AT_HUB).first()
        new = new if row is None or row.at is None else replace(new, at=row.at.astimezone(UTC))
        head = _head_of(row)
    else:
        head = _head(tx, _HOLD)
    sealed = None if in_the_open else _sealed(tx, new, head.seq + 1)
    event = chain(sealed or new, seq=head.seq + 1, previous=head.hash)
    # As parameters: every act appends, and a statement with values is put together each time.
    tx.connection.execute(
        _ADD,
        {
            "seq": event.seq,
            "kind": event.kind,
            "contact_id": event.contact_id,
            "by": event.by,
            "at": event.at,
            "detail": event.detail,
            "previous": event.previous,
            "hash": event.hash,
        },
    )
    tx.connection.execute(_GO_ON, {"seq": event.seq, "hash": event.hash})
    tx.chained.append((event.seq, event.hash))
    return replace(event, detail=canonical({**new.detail, **new.of_others})) if sealed else event


def since(tx: Transaction, seq: int, limit: int = 500) -> list[Event]:
    """Events after number `seq`, in order."""
    return read(tx, select(table).where(table.c.seq > seq).order_by(table.c.seq).limit(limit))


def any_after(tx: Transaction, seq: int, *, but: Collection[str]) -> bool:
    """Whether anything happened after event `seq` that this person may know of, leaving out some
    kinds."""
    other = select(table.c.seq).where(table.c.seq > seq, table.c.kind.not_in(sorted(but)))
    return tx.connection.scalar(other.order_by(table.c.seq).limit(1)) is not None


def of_contact(tx: Transaction, id: UUID, limit: int = 500) -> list[Event]:
    """The newest `limit` events of a contact, oldest of them first."""
    newest = select(table).where(table.c.contact_id == id).order_by(table.c.seq.desc())
    return read(tx, newest.limit(limit))[::-1]


def between(tx: Transaction, start: datetime, end: datetime, limit: int = 5000) -> list[Event]:
    """What happened from `start` until before `end`, in order."""
    within = select(table).where(table.c.at >= start, table.c.at < end)
    return read(tx, within.order_by(table.c.at, table.c.seq).limit(limit))


def contacts_of(
    tx: Transaction, kind: str, by: str, *, since: datetime, limit: int = 5000
) -> set[UUID]:
    """The contacts that the newest `limit` events of a kind by somebody since then tell of."""
    theirs = select(table.c.contact_id).where(
        table.c.at >= since, table.c.by == by, table.c.kind == kind
    )
    newest = theirs.order_by(table.c.at.desc(), table.c.seq.desc()).limit(limit)
    return {id for id in tx.connection.scalars(newest) if id is not None}


def newest_of(tx: Transaction, kind: str, by: str) -> Event | None:
    """The newest event of a kind by somebody."""
    theirs = select(table).where(table.c.kind == kind, table.c.by == by)
    return next(iter(read(tx, theirs.order_by(table.c.seq.desc()).limit(1))), None)


def last_by(tx: Transaction, id: UUID, by: str) -> Event | None:
    """The last thing that somebody did to a contact, if only to look at it."""
    theirs = select(table).where(table.c.contact_id == id, table.c.by == by)
    return next(iter(read(tx, theirs.order_by(table.c.seq.desc()).limit(1))), None)


def last_at(tx: Transaction, id: UUID, kinds: Collection[str]) -> datetime | None:
    """When one of these was last done to a contact, as far as this person may know."""
    done = select(func.max(table.c.at)).where(table.c.contact_id == id)
    at: datetime | None = tx.connection.scalar(done.where(table.c.kind.in_(sorted(kinds))))
    return at


def head(tx: Transaction) -> Head:
    """Where the chain ends."""
    return _head(tx, select(event_head))


def hashes_of(tx: Transaction, seqs: Iterable[int]) -> dict[int, str]:
    """The hash of each of the events that is there, by its number."""
    wanted = sorted(set(seqs))
    found: dict[int, str] = {}
    for at in range(0, len(wanted), 500):
        some = select(table.c.seq, table.c.hash).where(table.c.seq.in_(wanted[at : at + 500]))
        found.update((row.seq, row.hash) for row in tx.connection.execute(some.limit(500)))
    return found


def verify(store: Store, *, after: Head = Head(0, FIRST)) -> str | None:  # noqa: B008 - frozen
    """A sentence about the first event altered, missing or out of order; None if all is whole.

    `after` is where to begin: an event known to be good, of a checkpoint say. The head is kept
    apart from the events, so newest ones taken off are missed too. Someone who rewrites the whole
    chain and the head is found only by a signed checkpoint. Of events that were sealed after they
    were hashed and whose key is gone, it may be another than the one named: see `resealing`.
    """
    from triage.storage.chain_stretches import whole_until  # a start needs no other processes
    from triage.storage.resealing import Vouched, vouched

    with store.read() as tx:
        count = tx.connection.scalar(select(event_head.c.seq).limit(1))
        try:
            later_sealed = vouched(tx)
        except (ValueError, TypeError):
            later_sealed = Vouched()  # something is no event any more: told below
    until = count if isinstance(count, int) else 0
    seq, previous = whole_until(store.again, after.seq, after.hash, until, later_sealed)
    with store.read() as tx:
        first = tx.connection.scalar(select(func.min(table.c.seq)))
        if first is not None and first < 1:
            return f"Event {first} was added outside Fanlight: the chain begins with event 1."
        at_once = _AT_ONCE
        while True:
            try:
                later = select(table).where(table.c.seq > seq).order_by(table.c.seq)
                links = [tuple(row) for row in tx.connection.execute(later.limit(at_once))]
                fault = first_fault(links, previous=previous, seq=seq + 1, vouched=later_sealed)
            except (ValueError, TypeError):
                if at_once == 1:
                    return f"Event {seq + 1} was altered: it can't be read any more."
                at_once = 1  # one of these is damaged; which, is found one by one
                continue
            if fault:
                return fault
            if not links:
                break
            seq, previous = links[-1][0], links[-1][-1]
        ends = tx.connection.scalar(select(func.count()).select_from(event_head)) or 0
        if ends > 1:
            return f"The chain of events has {ends} ends: it was altered outside Fanlight."
        try:
            end = head(tx)
        except StoreError as error:
            return str(error)
        if end.seq > seq:
            return f"Event {seq + 1} is missing: the chain went on to event {end.seq}."
        if end != (seq, previous):
            return (
                f"Event {end.seq + 1} was added outside Fanlight, or the chain's end was altered."
            )
    return None


def _head(tx: Transaction, query: Select[Any]) -> Head:
    return _head_of(tx.connection.execute(query).first())


def _head_of(row: Any) -> Head:
    if row is None:
        raise StoreError(
            "The end of the chain of events is missing, so nothing can be added to it. Nothing "
            "was changed: ask IT to look at the store."
        )
    if not isinstance(row.seq, int) or not isinstance(row.hash, str):
        raise StoreError(
            "The end of the chain of events was altered outside Fanlight, so nothing can be added "
            "to it. Nothing was changed: ask IT to look at the store."
        )
    return Head(row.seq, row.hash)


def read(tx: Transaction, query: Select[Any]) -> list[Event]:
    """The events that a query finds, with their words where those are still there."""
    found = [Event(**row) for row in tx.connection.execute(query).mappings()]
    words = opened(tx, [(e.seq, e.contact_id, e.detail) for e in found])
    return [
        e if e.detail == detail else replace(e, detail=detail)
        for e, detail in zip(found, words, strict=True)
    ]


SEALED = '{"sealed":"'
"""How the detail begins of an event that was sealed as it was written."""
_BOTH = (SEALED, RESEALED)
DESTROYED = '{"destroyed":true}'
"""The detail of an event whose words were destroyed."""


def opened(tx: Transaction, rows: Sequence[tuple[int, UUID | None, str]]) -> list[str]:
    """What events say, from number, contact and detail as they are kept."""
    keys = child_keys.opened(
        tx, (c for _, c, detail in rows if c is not None and detail.startswith(_BOTH))
    )
    said = [
        _open(seq, keys.get(contact) if contact else None, detail)
        if detail.startswith(_BOTH)
        else detail
        for seq, contact, detail in rows
    ]
    return _with_others(tx, [seq for seq, _, _ in rows], said)


_OF_OTHERS = "of_others"
_MARK = f'"{_OF_OTHERS}":'


def _sealed(tx: Transaction, new: NewEvent, seq: int) -> NewEvent | None:
    if new.contact_id is None or not (new.detail or new.of_others):
        return None
    key = content_keys.of_contact(tx, new.contact_id)
    if key is None:  # who may not know of the contact can't say anything of the family
        return None
    said = {**new.detail, **_of_others(tx, new, seq)}
    words = content_keys.seal(canonical(said).encode(), key, f"event {seq}")
    return replace(new, detail={"sealed": base64.b64encode(words).decode()})


def _of_others(tx: Transaction, new: NewEvent, seq: int) -> dict[str, object]:
    """What the event tells of other contacts, sealed with the keys of them all; nothing where one
    of them is not for this person to know of."""
    others = sorted(set(new.others) - {new.contact_id})
    if not new.of_others or not others:
        return dict(new.of_others)
    keys = [content_keys.of_contact(tx, other) for other in others]
    if None in keys:
        return {}
    words = content_keys.seal(
        canonical(new.of_others).encode(), _together([k for k in keys if k]), f"others {seq}"
    )
    named = {"contacts": [str(o) for o in others], "sealed": base64.b64encode(words).decode()}
    return {_OF_OTHERS: named}


def _with_others(tx: Transaction, seqs: Sequence[int], said: list[str]) -> list[str]:
    """The same, with what tells of other contacts where each of their keys is there."""
    found = {at: _parted(detail) for at, detail in enumerate(said) if _MARK in detail}
    keys = child_keys.opened(tx, (c for _, ids, _ in found.values() for c in ids))
    for at, (told, ids, sealed) in found.items():
        named: dict[str, object] = {}
        if ids and all(c in keys for c in ids):
            together = _together([keys[c] for c in ids])
            with suppress(ValueError):  # altered; `verify` says which
                named = json.loads(content_keys.unseal(sealed, together, f"others {seqs[at]}"))
        said[at] = canonical({**told, **named})
    return said


def _parted(detail: str) -> tuple[dict[str, object], list[UUID], bytes]:
    """What an event tells of its own contact, and of which others it tells something sealed."""
    try:
        told: dict[str, object] = json.loads(detail)
        named: Any = told.pop(_OF_OTHERS)
        ids = [UUID(c) for c in named["contacts"]]
        return told, ids, base64.b64decode(named["sealed"], validate=True)
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}, [], b""  # no Fanlight wrote that


def _together(keys: Sequence[bytes]) -> bytes:
    return hashlib.sha256(b"".join(keys)).digest()


def _open(seq: int, key: bytes | None, detail: str) -> str:
    if key is None:
        return DESTROYED
    try:
        begins = SEALED if detail.startswith(SEALED) else RESEALED
        sealed = base64.b64decode(detail[len(begins) : -2], validate=True)
        return content_keys.unseal(sealed, key, f"event {seq}").decode()
    except ValueError:
        return "{}"  # altered; `verify` says which
