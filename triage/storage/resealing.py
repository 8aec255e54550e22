"""Events of before words were sealed by contact, sealed since; and the check that they are those.

The hash of such an event is of its words in the clear, and stays: all that came after stands on it.
What it is now is told, for all of them together, by a later event of the same chain: so nothing of
them can be changed, though with the key of a contact its words are gone. While the key is there the
words are held against the hash as well.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update

from triage.domain.event import FIRST, RESEALED, NewEvent, canonical, digest
from triage.storage import child_keys, content_keys, events
from triage.storage.engine import Transaction
from triage.storage.tables import contact, content_key
from triage.storage.tables import event as table

SEALED = "trail.sealed"
"""The kind of event that tells which earlier ones were sealed, and as what."""

IN_THE_OPEN = ("retention.destroyed", "access.broke_glass")
"""Kinds that must be read when a contact's words are gone; they hold none."""

_AT_ONCE = 2000
_BY_WORD = 2
"""A mark while it is not known yet whether all are as was told."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Numbers of events whose hash is of other words than they hold, as a later event says."""

    first: int = 0
    marks: bytes = b""

    def __contains__(self, seq: object) -> bool:
        at = seq - self.first if isinstance(seq, int) else -1
        return 0 <= at < len(self.marks) and self.marks[at] == 1

    def within(self, first: int, count: int) -> "Vouched":
        """Those of a stretch of the chain."""
        start = max(first - self.first, 0)
        end = max(first + count - self.first, 0)
        return Vouched(self.first + start, self.marks[start:end])


def seal_older(tx: Transaction, at: datetime) -> int:
    """Seal the words of events that are in the clear: how many. Those that were altered stay as
    they are, to be found; those of a contact that is gone get a key that nobody keeps."""
    update_one = (
        update(table).where(table.c.seq == bindparam("of")).values(detail=bindparam("sealed"))
    )
    told, count, first, seq = hashlib.sha256(), 0, 0, 0
    keys: dict[UUID, bytes] = {}
    while rows := tx.connection.execute(_in_the_clear().where(table.c.seq > seq)).all():
        seq = rows[-1].seq
        _know(tx, keys, {row.contact_id for row in rows})
        changed = []
        for row in rows:
            if _digest(row, row.detail) != row.hash:
                continue
            words = content_keys.seal(row.detail.encode(), keys[row.contact_id], _about(row.seq))
            detail = canonical({"resealed": base64.b64encode(words).decode()})
            changed.append({"of": row.seq, "sealed": detail})
            told.update(_line(row, detail))
        if changed:
            tx.connection.execute(update_one, changed)
            first, count = first or changed[0]["of"], count + len(changed)
    if count:
        said = {"events": count, "from": first, "upto": seq, "sha256": told.hexdigest()}
        new = NewEvent(kind=SEALED, contact_id=None, by="fanlight", at=at, detail=said)
        events.append(tx, new)
    return count


def vouched(tx: Transaction) -> Vouched:
    """The events that were sealed later and are as they were then, as far as anybody here can
    tell: with no key of a contact its events are held against what was told of them alone."""
    told = select(table).where(table.c.kind == SEALED).order_by(table.c.seq)
    found: dict[int, bytearray] = {}
    for event in tx.connection.execute(told).all():
        try:
            said = json.loads(event.detail)
            first, upto, sha256 = int(said["from"]), int(said["upto"]), str(said["sha256"])
        except (ValueError, KeyError, TypeError):
            continue
        if 0 < first <= upto < event.seq:
            found[first] = _as_told(tx, first, upto, sha256)
    if not found:
        return Vouched()
    base = min(found)
    end = max(first + len(marks) for first, marks in found.items())
    every = bytearray(end - base)
    for first, marks in found.items():
        for at, mark in enumerate(marks):
            every[first - base + at] |= mark
    return Vouched(base, bytes(every))


def _as_told(tx: Transaction, first: int, upto: int, sha256: str) -> bytearray:
    marks, told, seq = bytearray(upto - first + 1), hashlib.sha256(), first - 1
    resealed = select(table).where(func.substr(table.c.detail, 1, len(RESEALED)) == RESEALED)
    while rows := tx.connection.execute(
        resealed.where(table.c.seq > seq, table.c.seq <= upto).order_by(table.c.seq).limit(_AT_ONCE)
    ).all():
        seq = rows[-1].seq
        keys = child_keys.opened(tx, (row.contact_id for row in rows if row.contact_id))
        for row in rows:
            told.update(_line(row, row.detail))
            key = keys.get(row.contact_id)
            marks[row.seq - first] = _BY_WORD if key is None else _holds(row, key)
    told_so = 1 if told.hexdigest() == sha256 else 0
    return marks.replace(bytes([_BY_WORD]), bytes([told_so]))


def _holds(row: Any, key: bytes) -> bool:
    try:
        sealed = base64.b64decode(row.detail[len(RESEALED) : -2], validate=True)
        words = content_keys.unseal(sealed, key, _about(row.seq)).decode()
    except ValueError:
        return False
    return bool(_digest(row, words) == row.hash)


def _in_the_clear() -> Any:
    return (
        select(table)
        .where(
            table.c.contact_id.is_not(None),
            table.c.kind.not_in(IN_THE_OPEN),
            table.c.detail != "{}",
            func.substr(table.c.detail, 1, len(events.SEALED)) != events.SEALED,
            func.substr(table.c.detail, 1, len(RESEALED)) != RESEALED,
        )
        .order_by(table.c.seq)
        .limit(_AT_ONCE)
    )


def _know(tx: Transaction, keys: dict[UUID, bytes], wanted: set[UUID]) -> None:
    new = sorted(wanted - keys.keys())
    if len(keys) > 50_000:
        keys.clear()
        new = sorted(wanted)
    there = set[UUID]()
    for at in range(0, len(new), 500):
        query = select(contact.c.id).where(contact.c.id.in_(new[at : at + 500]))
        there.update(tx.connection.scalars(query))
    for id in new:
        keys[id] = _by_name(tx, str(id)) if id in there else secrets.token_bytes(32)


def _by_name(tx: Transaction, name: str) -> bytes:
    """A contact's key as it stood by its name before children had keys; made where it is none."""
    held = tx.connection.scalar(select(content_key.c.key).where(content_key.c.id == name))
    if held is None:
        held = secrets.token_bytes(32)
        tx.connection.execute(insert(content_key), {"id": name, "key": held})
    return bytes(held)


def _line(row: Any, detail: str) -> bytes:
    return f"{row.seq}:{row.hash}:{_digest(row, detail)}\n".encode()


def _digest(row: Any, detail: str) -> str:
    return digest(
        seq=row.seq,
        kind=row.kind,
        contact_id=row.contact_id,
        by=row.by,
        at=row.at,
        detail=detail,
        previous=row.previous or FIRST,
    )


def _about(seq: int) -> str:
    return f"event {seq}"
