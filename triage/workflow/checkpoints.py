"""Signed checkpoints of the chain of events, lodged outside the store.

Whoever can write to the store can rewrite a whole chain, hash by hash. They can't sign what
somebody else signed and put elsewhere before.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

_LARGEST = 10_000
"""Bytes of a file that are looked at; a checkpoint has some 450."""

_NAME = re.compile(r"checkpoint-(\d{12})-[0-9a-f]{8}\.jws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of a look whether a checkpoint is due: the one that was made, and what is to be
    said of what lies in the folder; None and "" for nothing."""

    made: Checkpoint | None = None
    words: str = ""


def lodge_due(desk: Desk) -> Look:
    """Sign where the chain ends and put it into the profile's folder, when one is due there.

    Nothing is made where none is due, no folder is named, or nobody's key is unlocked. Raises
    DeliveryError where the folder can't be written; the next is tried again then.
    """
    folder = desk.profile.checkpoint_folder
    if not folder:
        return Look()
    try:
        desk.signer.held(desk.worker.id)
    except NotAllowedError:
        return Look()
    newest, words = _newest(desk, Path(folder))
    with desk.store.read() as tx:
        seq, now = events.head(tx).seq, desk.signing_time(tx)
    since = seq - newest.seq if newest else seq
    # The event that tells of a checkpoint is not a reason for the next. One of a time to come was
    # signed by a clock that was put back since.
    waited = newest is None or abs(now - newest.at) >= EVERY
    due = since >= EVENTS or (since > 1 and waited)
    return Look(made=lodge(desk, Path(folder)) if due else None, words=words)


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


def _newest(desk: Desk, folder: Path) -> tuple[Checkpoint | None, str]:
    """The newest checkpoint in the folder that somebody of this hub signed, of an event that the
    chain has; and what is to be said of others that lie there under a higher number."""
    try:
        there = sorted((int(m[1]), p) for p in folder.iterdir() if (m := _NAME.fullmatch(p.name)))
    except OSError:
        return None, ""  # lodging says what is wrong with the folder
    newest: Checkpoint | None = None
    foreign: list[str] = []
    said: list[str] = []
    with desk.store.read() as tx:
        jwks, end = people.trusted(desk.signer, tx), events.head(tx).seq
        for number, path in reversed(there):
            try:
                found = _read(path, jwks)
            except SignatureError:
                found = None
            if found is None or found.seq != number:
                foreign.append(path.name)
            elif found.seq <= end:
                newest = found
                break
            elif not said:
                said.append(f"{_gone(found)} Or this is an older copy of the hub. Tell IT now.")
        if (
            newest
            and events.hashes_of(tx, [newest.seq]).get(newest.seq, newest.hash) != newest.hash
        ):
            said.append(f"{_anew(newest)} Tell IT now.")
    if foreign:
        said.append(
            f"In the folder of checkpoints lies {foreign[0]}, which nobody of this hub signed"
            f"{f', and {len(foreign) - 1} more' if len(foreign) > 1 else ''}. It does not count. "
            "Tell IT: nobody else should be able to put anything there."
        )
    return newest, " ".join(said)


def _read(path: Path, jwks: Mapping[str, Any]) -> Checkpoint:
    with path.open("rb") as opened:
        return signing.verify_checkpoint(opened.read(_LARGEST), jwks)


def read(folder: Path, jwks: Mapping[str, Any]) -> tuple[Checkpoint, ...]:
    """Every checkpoint in the folder, the oldest first. Raises SignatureError for one that is not
    what it should be, naming the file."""
    found = []
    for path in sorted(folder.iterdir()):
        if _NAME.fullmatch(path.name):
            try:
                found.append(_read(path, jwks))
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
            return _gone(checkpoint)
        if checkpoint.seq and held[checkpoint.seq] != checkpoint.hash:
            return _anew(checkpoint)
    newest = known[-1] if known and from_newest else None
    after = events.Head(newest.seq, newest.hash) if newest and newest.seq else events.Head(0, FIRST)
    return events.verify(store, after=after) or ""


def _gone(missing: Checkpoint) -> str:
    return (
        f"Event {missing.seq} is missing: {missing.by} signed that it was there on "
        f"{_when(missing)}."
    )


def _anew(other: Checkpoint) -> str:
    return (
        f"The trail up to event {other.seq} is not the one that {other.by} signed on "
        f"{_when(other)}: it was written anew."
    )


def _when(checkpoint: Checkpoint) -> str:
    at = checkpoint.at.astimezone(UTC)
    return f"{spell_long_day(at)} at {at:%H:%M} UTC"
