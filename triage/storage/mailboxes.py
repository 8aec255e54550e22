"""Shared mailboxes: which desk reads each now, and every message that was taken in.

A message is noted in the same transaction as what it became, so it is taken in exactly once
however often the mailbox gives it again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update

from triage.storage.engine import Transaction
from triage.storage.tables import mailbox, mailbox_message

LONGEST_LEASE = timedelta(minutes=10)
"""No desk holds a mailbox for longer; a lease further ahead is from a clock that was put back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxState:
    """How a mailbox stands. `words` is what went wrong when it was last looked into, or ""."""

    name: str
    held_by: str = ""
    held_until: datetime | None = None
    uidvalidity: str = ""
    looked_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenMessage:
    """One message that was taken in. `became` is contact, answer, to place, notice, aside or
    seen before."""

    mailbox: str
    uidvalidity: str
    uid: str
    message_id: str
    sha256: str
    became: str
    at: datetime


def lease(tx: Transaction, name: str, by: str, until: datetime, *, at: datetime) -> bool:
    """Hold a mailbox until then, so that one desk at a time reads it; False while another does.

    Whoever holds it already holds it on.
    """
    free = or_(
        mailbox.c.held_by.in_(["", by]),
        mailbox.c.held_until.is_(None),
        mailbox.c.held_until <= at,
        mailbox.c.held_until > at + LONGEST_LEASE,
    )
    known = select(mailbox.c.name).where(mailbox.c.name == name)
    if tx.connection.execute(known).first() is None:
        tx.connection.execute(
            insert(mailbox).values(name=name, held_by="", uidvalidity="", words="")
        )
    taken = tx.connection.execute(
        update(mailbox).where(mailbox.c.name == name, free).values(held_by=by, held_until=until)
    )
    return taken.rowcount == 1


def holds(tx: Transaction, name: str, by: str) -> bool:
    """Whether the desk still holds the mailbox: another may have taken it since."""
    return tx.connection.scalar(select(mailbox.c.held_by).where(mailbox.c.name == name)) == by


def let_go(tx: Transaction, name: str, by: str, *, at: datetime, words: str) -> None:
    """End the lease, with when it was looked into and what went wrong, if anything did."""
    tx.connection.execute(
        update(mailbox)
        .where(mailbox.c.name == name, mailbox.c.held_by == by)
        .values(held_by="", held_until=None, looked_at=at, words=words)
    )


def renumbered(tx: Transaction, name: str, uidvalidity: str) -> bool:
    """Note the numbering that the server uses now; True where it used another before."""
    before = tx.connection.scalar(select(mailbox.c.uidvalidity).where(mailbox.c.name == name))
    if before != uidvalidity:
        tx.connection.execute(
            update(mailbox).where(mailbox.c.name == name).values(uidvalidity=uidvalidity)
        )
    return bool(before) and before != uidvalidity


def all(tx: Transaction, *, limit: int = 50) -> list[MailboxState]:
    """Every mailbox that was ever read, by name."""
    query = select(mailbox).order_by(mailbox.c.name).limit(limit)
    return [MailboxState(**row) for row in tx.connection.execute(query).mappings()]


def taken(tx: Transaction, name: str, uidvalidity: str, uids: Iterable[str]) -> set[str]:
    """Those of the numbers whose message was taken in already."""
    wanted = list(dict.fromkeys(uids))
    table, found = mailbox_message, set[str]()
    for at in range(0, len(wanted), 500):
        query = (
            select(table.c.uid)
            .where(
                table.c.mailbox == name,
                table.c.uidvalidity == uidvalidity,
                table.c.uid.in_(wanted[at : at + 500]),
            )
            .order_by(table.c.uid)
            .limit(500)
        )
        found.update(tx.connection.scalars(query))
    return found


def note(tx: Transaction, message: TakenMessage) -> None:
    """Note that a message was taken in. ConflictError where another desk did at this moment."""
    tx.connection.execute(
        insert(mailbox_message).values(
            mailbox=message.mailbox,
            uidvalidity=message.uidvalidity,
            uid=message.uid,
            message_id=message.message_id,
            sha256=message.sha256,
            became=message.became,
            at=message.at,
        )
    )


def same_bytes(tx: Transaction, sha256: str) -> TakenMessage | None:
    """The first message of exactly these bytes that was taken in, from any mailbox."""
    query = (
        select(mailbox_message)
        .where(mailbox_message.c.sha256 == sha256)
        .order_by(mailbox_message.c.at, mailbox_message.c.uid)
        .limit(1)
    )
    row = tx.connection.execute(query).mappings().first()
    return None if row is None else TakenMessage(**row)
