"""Signed checkpoints of the chain of events, lodged outside the store: in a folder on a share, by
e-mail, on paper.

Whoever can write to the store can rewrite a whole chain, hash by hash. They can't sign what
somebody else signed and put elsewhere before.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from triage.domain.checkpoint_mail import CheckpointMail
from triage.domain.errors import DeliveryError, NotAllowedError, SignatureError
from triage.domain.event import FIRST, Checkpoint
from triage.domain.request import MessageState, OutMessage, Via
from triage.domain.spelling import counted
from triage.domain.worker import May
from triage.export import checkpoint_paper as paper
from triage.export import signing
from triage.storage import checkpoint_mails, events
from triage.storage.engine import Store, Transaction
from triage.workflow import people
from triage.workflow.desk import Desk, PostRoom

EVENTS = 1000
EVERY = timedelta(hours=1)
"""A checkpoint is due after so many events, or after an hour in which anything happened."""

CLAIM = timedelta(minutes=3)
"""How long a desk keeps a mail to itself while it sends; longer than any exchange may take."""

_NAME = re.compile(r"checkpoint-(\d{12})-[0-9a-f]{8}\.jws")
_KINDS = frozenset({".jws", ".eml"})
_Lodged = tuple[int, str, Callable[[], bytes]]
"""One that lies somewhere: the number in its name, the name, and what is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of a look whether a checkpoint is due: the one that was made, and what is to be
    said of those that were lodged before; None and "" for nothing."""

    made: Checkpoint | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The checkpoints that somebody of the hub signed, the oldest first, and a sentence about each
    of the others."""

    signed: tuple[Checkpoint, ...]
    foreign: tuple[str, ...] = ()


def lodge_due(desk: Desk) -> Look:
    """Sign where the chain ends and lodge that where the profile says, when one is due there.

    Nothing is made where none is due, neither a folder nor an address is named, or nobody's key is
    unlocked. Raises DeliveryError where the folder can't be written; the next is tried again then.
    """
    folder = Path(desk.profile.checkpoint_folder) if desk.profile.checkpoint_folder else None
    to = desk.profile.checkpoint_mail if desk.worker.may(May.RECEIVE) else ""
    try:
        desk.signer.held(desk.worker.id)
    except NotAllowedError:
        return Look()
    in_folder = in_mail = False
    said: list[str] = []
    mailed = 0
    if folder:
        newest, words = _newest(desk, _lies_in(folder), "In the folder of checkpoints lies")
        in_folder = _is_due(desk, newest)
        said.append(words)
    if to:
        with desk.store.read() as tx:
            sent = checkpoint_mails.newest(tx)
        mailed = sent[0].seq if sent else 0
        newest, words = _newest(desk, map(_as_lodged, sent), "Among the mails of checkpoints is")
        in_mail = _is_due(desk, newest)
        said += [words, _not_sent(desk, sent)]
    made = None
    if in_folder or in_mail:
        made = _lodge(desk, folder, to, mailed=mailed, though_not_filed=in_mail)
    return Look(made=made, words=" ".join(filter(None, said)))


def lodge(desk: Desk, folder: Path | None = None, *, page: Path | None = None) -> Checkpoint:
    """Sign where the chain ends now with this person's unlocked key, put it into `folder`, onto a
    `page` (PDF), or both, and record that. Raises NotAllowedError where their key is locked,
    DeliveryError where it can't be written."""
    made, token = _sign(desk)
    if folder:
        _write(folder / paper.file_name(made), token)
    if page:
        _write(page, paper.page(made, token, hub=desk.profile.hub))
    with desk.store.write() as tx:
        _note(desk, tx, made)
    return made


def on_paper(desk: Desk) -> bytes:
    """Sign where the chain ends now with this person's unlocked key, record that, and give the page
    (PDF) to print and lock away. Raises NotAllowedError where their key is locked."""
    desk.worker.must(May.AUDIT)
    made, token = _sign(desk)
    with desk.store.write() as tx:
        _note(desk, tx, made)
    return paper.page(made, token, hub=desk.profile.hub)


def send_due(desk: Desk) -> tuple[CheckpointMail, ...]:
    """Send the checkpoints that wait for it by e-mail, each under one name however often it is
    tried, and say where each then stands.

    Another desk's claims are left alone. Without a post room it does nothing. Takes as long as the
    network does: never on the window's thread.
    """
    if desk.post is None or not desk.worker.may(May.RECEIVE):
        return ()
    with desk.store.read() as tx:
        due = checkpoint_mails.due(tx, desk.now())
    done = []
    for found in due:
        with desk.store.write() as tx:
            at = desk.now()
            mine = checkpoint_mails.claim(tx, found.id, desk.worker.id, at + CLAIM, at=at)
            jwks = people.trusted(desk.signer, tx)
        if mine:
            after = _sent(desk, desk.post, found, jwks)
            with desk.store.write() as tx:
                done.append(_settle(desk, tx, after))
    return tuple(done)


def read(lodged: Iterable[tuple[str, bytes]], jwks: Mapping[str, Any]) -> Found:
    """What is in files, mails and texts, each with its name: whatever was lodged in any way."""
    signed: dict[bytes, Checkpoint] = {}
    foreign = []
    for name, untrusted in lodged:
        try:
            for token in paper.tokens_in(untrusted):
                signed[token] = signing.verify_checkpoint(token, jwks)
        except SignatureError as fault:
            foreign.append(f"The checkpoint {name} is not to be trusted. {fault}")
    return Found(
        signed=tuple(sorted(signed.values(), key=lambda c: (c.seq, c.at))), foreign=tuple(foreign)
    )


def on_own_word(found: Found) -> tuple[str, ...]:
    """A sentence for each checkpoint that only its own word dates, unless one of the same event or
    a later one, by a key that was in nobody else's hands, vouches for the trail up to there."""
    vouched = max((c.seq for c in found.signed if not c.in_doubt), default=-1)
    return tuple(
        f"The checkpoint of event {c.seq} shows nothing by itself. {c.in_doubt}"
        for c in found.signed
        if c.seq > vouched
    )


def lying_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The checkpoints and saved mails of a folder, by name, for `read`."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in _KINDS:
            yield path.name, _bytes(path)


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


# ---- when one is due --------------------------------------------------------------


def _lies_in(folder: Path) -> Iterator[_Lodged]:
    def at(path: Path) -> Callable[[], bytes]:
        return lambda: _bytes(path)

    try:
        there = [(int(m[1]), p) for p in folder.iterdir() if (m := _NAME.fullmatch(p.name))]
    except OSError:
        return  # lodging says what is wrong with the folder
    for number, path in sorted(there, reverse=True):
        yield number, path.name, at(path)


def _as_lodged(mail: CheckpointMail) -> _Lodged:
    return mail.seq, f"one of event {mail.seq}", lambda: mail.token


def _newest(desk: Desk, lodged: Iterable[_Lodged], here: str) -> tuple[Checkpoint | None, str]:
    """The newest of them that somebody of this hub signed, of an event that the chain has; and
    what is to be said of others that lie there under a higher number."""
    there = tuple(lodged)
    newest: Checkpoint | None = None
    foreign: list[str] = []
    unread: list[str] = []
    said: list[str] = []
    with desk.store.read() as tx:
        jwks, end = people.trusted(desk.signer, tx), events.head(tx).seq
    # A share may be slow: nothing at the hub waits for it.
    for number, name, content in there:
        try:
            found = signing.verify_checkpoint(content(), jwks)
        except OSError:
            unread.append(name)
            continue
        except SignatureError:
            found = None
        if found is None or found.seq != number:
            foreign.append(name)
        elif found.seq <= end:
            newest = found
            break
        elif not said:
            said.append(f"{_gone(found)} Or this is an older copy of the hub. Tell IT now.")
    if newest:
        with desk.store.read() as tx:
            held = events.hashes_of(tx, [newest.seq])
        if held.get(newest.seq, newest.hash) != newest.hash:
            said.append(f"{_anew(newest)} Tell IT now.")
    return newest, " ".join((*said, *_not_counted(here, unread, foreign)))


def _not_counted(here: str, unread: list[str], foreign: list[str]) -> Iterator[str]:
    if unread:
        yield f"{here} {unread[0]}, which can't be read just now{_more(unread)}. It does not count."
    if foreign:
        yield (
            f"{here} {foreign[0]}, which nobody of this hub signed{_more(foreign)}. It does not "
            "count. Tell IT: nobody else should be able to put anything there."
        )


def _more(names: list[str]) -> str:
    return f", and {len(names) - 1} more" if len(names) > 1 else ""


def _is_due(desk: Desk, newest: Checkpoint | None) -> bool:
    with desk.store.read() as tx:
        seq, now = events.head(tx).seq, desk.signing_time(tx)
        # The events that tell of a checkpoint are no reason for the next.
        own = 1 + (checkpoint_mails.told_since(tx, newest.seq) if newest else 0)
    since = seq - newest.seq if newest else seq
    # One of a time to come was signed by a clock that was put back since.
    waited = newest is None or abs(now - newest.at) >= EVERY
    return since >= EVENTS or (since > own and waited)


def _not_sent(desk: Desk, sent: list[CheckpointMail]) -> str:
    """What is to be said of mails that did not go out, "" where nothing is wrong with them."""
    late = [m for m in sent if m.state is not MessageState.SENT]
    if not late or (
        late[-1].state is not MessageState.FAILED and desk.now() - late[-1].made_at < EVERY
    ):
        return ""
    return (
        f"{counted(len(late), 'checkpoint')} of the trail could not be sent to {late[-1].to} yet. "
        f"{late[-1].words} The trail itself is whole. Tell IT."
    )


# ---- lodging ----------------------------------------------------------------------


def _lodge(
    desk: Desk, folder: Path | None, to: str, *, mailed: int, though_not_filed: bool
) -> Checkpoint | None:
    """One checkpoint, into the folder and by e-mail; by e-mail alone where the folder can't be
    written, if one is due there. None where another desk sent one since event `mailed`'s."""
    made, token = _sign(desk)
    refused: DeliveryError | None = None
    if folder:
        try:
            _write(folder / paper.file_name(made), token)
        except DeliveryError as fault:
            if not (to and though_not_filed):
                raise
            refused = fault
    with desk.store.write() as tx:
        newest = checkpoint_mails.newest(tx, 1) if to else []
        if to and newest and newest[0].seq != mailed:
            to = ""
        if not to and (refused or not folder):
            return None
        _note(desk, tx, made, to)
        if to:
            checkpoint_mails.put(
                tx,
                CheckpointMail(
                    id=desk.new_id(),
                    seq=made.seq,
                    to=to,
                    token=token,
                    state=MessageState.WAITING,
                    made_at=made.at,
                ),
            )
    if refused:
        raise refused
    return made


def _sign(desk: Desk) -> tuple[Checkpoint, bytes]:
    signer = desk.signer.held(desk.worker.id)
    with desk.store.read() as tx:
        people.key_stands(desk, tx, desk.worker.id)
        head = events.head(tx)
        at = desk.signing_time(tx)
    made = Checkpoint(seq=head.seq, hash=head.hash, at=at, by=desk.worker.id)
    return made, signing.sign_checkpoint(made, signer)


def _note(desk: Desk, tx: Transaction, made: Checkpoint, to: str = "") -> None:
    mail = {"mail": to} if to else {}
    desk.note(tx, "audit.checkpoint", None, {"seq": made.seq, "hash": made.hash, **mail})


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as fault:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise DeliveryError(
            f"The checkpoint of the trail could not be put into {path.parent}: "
            f"{fault.strerror or 'the disk refused'}. The trail itself is whole. Tell IT."
        ) from fault


# ---- by e-mail --------------------------------------------------------------------


def _sent(
    desk: Desk, post: PostRoom, mail: CheckpointMail, jwks: Mapping[str, Any]
) -> CheckpointMail:
    """Where the mail stands after it was tried. What nobody signed, or is not to the hub's own
    address, goes nowhere, whoever put it there."""
    smtp = desk.profile.requests.smtp
    try:
        made = signing.verify_checkpoint(mail.token, jwks)
    except SignatureError as fault:
        return replace(mail, state=MessageState.FAILED, words=f"It was not sent. {fault}")
    if smtp is None or mail.to != desk.profile.checkpoint_mail:
        words = "It was not sent: the profile does not name that address any more."
        return replace(mail, state=MessageState.FAILED, words=words)
    document = paper.mail(
        made,
        mail.token,
        id=mail.id,
        hub=desk.profile.hub,
        sender=smtp.sender,
        to=mail.to,
        at=mail.made_at,
    )
    after = post.send(
        OutMessage(
            id=mail.id,
            request_id=mail.id,  # of no request: the mail server is told neither
            kind="checkpoint",
            via=Via.EMAIL,
            to=mail.to,
            local_id=str(mail.id),
            document=document,
            state=mail.state,
            made_at=mail.made_at,
            attempts=mail.attempts,
        )
    )
    return replace(
        mail,
        state=after.state,
        attempts=after.attempts,
        next_attempt_at=after.next_attempt_at,
        sent_at=after.sent_at,
        words=after.words,
    )


def _settle(desk: Desk, tx: Transaction, mail: CheckpointMail) -> CheckpointMail:
    if mail.state in (MessageState.SENT, MessageState.FAILED):
        kind = "audit.checkpoint_mailed" if mail.state is MessageState.SENT else None
        detail = {"seq": mail.seq, "to": mail.to, "words": mail.words}
        told = desk.note(tx, kind or "audit.checkpoint_not_mailed", None, detail)
        mail = replace(mail, told=told.seq)
    checkpoint_mails.record(tx, mail)
    return mail


# ---- in words ---------------------------------------------------------------------


def _bytes(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(paper.LARGEST)


def _gone(missing: Checkpoint) -> str:
    return (
        f"Event {missing.seq} is missing: {missing.by} signed that it was there on "
        f"{paper.when(missing)}."
    )


def _anew(other: Checkpoint) -> str:
    return (
        f"The trail up to event {other.seq} is not the one that {other.by} signed on "
        f"{paper.when(other)}: it was written anew."
    )
