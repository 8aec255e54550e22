"""Signed checkpoints of the chain of events, lodged outside the store.

Whoever can write to the store can rewrite a whole chain, hash by hash. They can't sign what
somebody else signed and put elsewhere before.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from triage.domain.errors import DeliveryError, NotAllowedError, SignatureError
from triage.domain.event import FIRST, Checkpoint
from triage.domain.spelling import spell_long_day
from triage.export import signing
from triage.storage import events
from triage.storage.engine import Store
from triage.workflow import people
from triage.workflow.desk import Desk

EVENTS = 1000
EVERY = timedelta(hours=1)
"""A checkpoint is due after so many events, or after an hour in which anything happened."""

_NAME = re.compile(r"checkpoint-(\d{12})-[0-9a-f]{8}\.jws")


def lodge_due(desk: Desk) -> Checkpoint | None:
    """Sign where the chain ends and put it into the profile's folder, when one is due there.

    None where none is due, no folder is named, or nobody's key is unlocked. Raises DeliveryError
    where the folder can't be written; the next is tried again then.
    """
    folder = desk.profile.checkpoint_folder
    if not folder:
        return None
    try:
        desk.signer.held(desk.worker.id)
    except NotAllowedError:
        return None
    last_seq, last_at = _newest(Path(folder))
    with desk.store.read() as tx:
        seq = events.head(tx).seq
    # The event that tells of a checkpoint is not a reason for the next.
    waited = desk.now().timestamp() - last_at
    if seq - last_seq >= EVENTS or (seq - last_seq > 1 and waited >= EVERY.total_seconds()):
        return lodge(desk, Path(folder))
    return None


def lodge(desk: Desk, folder: Path) -> Checkpoint:
    """Sign where the chain ends now with this person's unlocked key, put it into `folder`, and
    record that. Raises NotAllowedError where their key is locked, DeliveryError where the folder
    can't be written."""
    signer = desk.signer.held(desk.worker.id)
    with desk.store.read() as tx:
        people.key_stands(desk, tx, desk.worker.id)
        head = events.head(tx)
        at = desk.signing_time(tx)
    made = Checkpoint(seq=head.seq, hash=head.hash, at=at, by=desk.worker.id)
    path = folder / f"checkpoint-{made.seq:012}-{made.hash[:8]}.jws"
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_bytes(signing.sign_checkpoint(made, signer))
        part.replace(path)
    except OSError as fault:
        raise DeliveryError(
            f"The checkpoint of the trail could not be put into {folder}: "
            f"{fault.strerror or 'the disk refused'}. The trail itself is whole. Tell IT."
        ) from fault
    with desk.store.write() as tx:
        desk.note(tx, "audit.checkpoint", None, {"seq": made.seq, "hash": made.hash})
    return made


def _newest(folder: Path) -> tuple[int, float]:
    """The number and time (POSIX seconds) of the newest checkpoint there; zeros where none is."""
    try:
        found = [(int(m.group(1)), p) for p in folder.iterdir() if (m := _NAME.fullmatch(p.name))]
        seq, path = max(found, default=(0, None))
        return seq, path.stat().st_mtime if path else 0.0
    except OSError:
        return 0, 0.0  # lodging says what is wrong with the folder


def read(folder: Path, jwks: Mapping[str, Any]) -> tuple[Checkpoint, ...]:
    """Every checkpoint in the folder, the oldest first. Raises SignatureError for one that is not
    what it should be, naming the file."""
    found = []
    for path in sorted(folder.iterdir()):
        if _NAME.fullmatch(path.name):
            try:
                found.append(signing.verify_checkpoint(path.read_bytes(), jwks))
            except SignatureError as fault:
                words = f"The checkpoint {path.name} is not to be trusted. {fault}"
                raise SignatureError(words) from fault
    return tuple(found)


def verify(store: Store, checkpoints: Iterable[Checkpoint], *, from_newest: bool = False) -> str:
    """What is wrong with the trail, in a sentence; "" where it is whole and is the one that was
    signed at each checkpoint. `from_newest` checks link by link only what came after the newest.
    """
    known = sorted(checkpoints, key=lambda c: c.seq)
    with store.read() as tx:
        held = events.hashes_of(tx, (c.seq for c in known))
    for checkpoint in known:
        if checkpoint.seq and checkpoint.seq not in held:
            return (
                f"Event {checkpoint.seq} is missing: {checkpoint.by} signed that it was there on "
                f"{_when(checkpoint)}."
            )
        if checkpoint.seq and held[checkpoint.seq] != checkpoint.hash:
            return (
                f"The trail up to event {checkpoint.seq} is not the one that {checkpoint.by} "
                f"signed on {_when(checkpoint)}: it was written anew."
            )
    newest = known[-1] if known and from_newest else None
    after = events.Head(newest.seq, newest.hash) if newest and newest.seq else events.Head(0, FIRST)
    return events.verify(store, after=after) or ""


def _when(checkpoint: Checkpoint) -> str:
    at = checkpoint.at.astimezone(UTC)
    return f"{spell_long_day(at)} at {at:%H:%M} UTC"
