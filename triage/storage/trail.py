"""Reading the trail of events: a page at a time, by person, contact, kind and time; and who looked.

Everything but words is asked of the store by an index; what `triage.storage.hub_server` lets
somebody see on a hub's server is all that comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, func, or_, select

from triage.domain.event import Event
from triage.domain.trail import LOOKS
from triage.storage import events
from triage.storage.engine import Transaction
from triage.storage.tables import contact, restriction
from triage.storage.tables import event as table

_AT_ONCE = 2000
_MOST_TALLIED = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which events: from a moment until before another, by a person, about any of the contacts,
    of the kinds, with the words in what they hold. None or "" leaves nothing out; without
    `words_of_restricted` no words are looked for in what is told of a restricted contact.
    `numbers` are the first and last there are within the time, where `newest` found them."""

    since: datetime | None = None
    until: datetime | None = None
    by: str = ""
    contacts: frozenset[UUID] | None = None
    kinds: frozenset[str] | None = None
    words: str = ""
    words_of_restricted: bool = True
    restricted: bool = False
    never_worked: bool = False
    numbers: tuple[int, int] | None = None


class Tally(NamedTuple):
    """How many events of a kind somebody left, and the newest of them."""

    by: str
    kind: str
    events: int
    newest: int


class Looked(NamedTuple):
    """A look at a contact, and whether that person ever did anything else with it."""

    seq: int
    by: str
    at: datetime
    contact_id: UUID
    worked: bool


def page(
    tx: Transaction,
    sought: Sought,
    *,
    below: int | None = None,
    above: int | None = None,
    limit: int = 200,
) -> list[Event]:
    """The events next below a number, or next above it, or the newest; always newest first."""
    query = _filtered(sought, select(table))
    if above is not None:
        rows = query.where(table.c.seq > above)
        return _found(tx, rows, sought.words, newest_first=False, limit=limit)[::-1]
    if below is not None:
        query = query.where(table.c.seq < below)
    return _found(tx, query, sought.words, newest_first=True, limit=limit)


def newest(tx: Transaction, sought: Sought, *, most: int) -> tuple[Sought, bool]:
    """What is sought, among no more than the newest `most` of all events within its time, so that
    it takes no longer in a trail of many years; and whether that leaves older ones out."""
    some = (
        select(table.c.seq, table.c.at)
        .where(*_within(sought.since, sought.until))
        .order_by(table.c.at.desc())
        .limit(most + 1)
        .subquery()
    )
    ends = select(func.count(), func.min(some.c.seq), func.max(some.c.seq), func.min(some.c.at))
    found, low, high, since = tx.connection.execute(ends).one()
    sought = replace(sought, numbers=(low or 0, high or 0))
    if found <= most:
        return sought, False
    return replace(sought, since=since + timedelta(microseconds=1)), True


def kinds(tx: Transaction) -> frozenset[str]:
    """Every kind of event that there is: one step along the index for each, however many events."""
    first = select(table.c.kind.label("kind")).order_by(table.c.kind).limit(1).subquery()
    one_by_one = select(first.c.kind).cte(recursive=True)
    following = (
        select(table.c.kind)
        .where(table.c.kind > one_by_one.c.kind)
        .order_by(table.c.kind)
        .limit(1)
        .scalar_subquery()
    )
    steps = one_by_one.union_all(select(following).where(one_by_one.c.kind.is_not(None)))
    query = select(steps.c.kind).where(steps.c.kind.is_not(None))
    return frozenset(tx.connection.scalars(query.order_by(steps.c.kind).limit(1000)))


def count(tx: Transaction, sought: Sought, *, most: int = 10_000) -> int:
    """How many events are sought, counted up to one more than `most`."""
    if sought.words:
        rows = _filtered(sought, select(table))
        return len(_seqs_with(tx, rows, sought.words, newest_first=True, limit=most + 1))
    seqs = _filtered(sought, select(table.c.seq)).order_by(table.c.seq.desc()).limit(most + 1)
    return tx.connection.scalar(select(func.count()).select_from(seqs.subquery())) or 0


def are_more(tx: Transaction, sought: Sought, most: int) -> bool:
    """Whether more than so many events are to be opened to look for the words in them."""
    seqs = _filtered(sought, select(table.c.seq)).limit(most + 1)
    return (tx.connection.scalar(select(func.count()).select_from(seqs.subquery())) or 0) > most


def tally(tx: Transaction, since: datetime | None, until: datetime | None) -> list[Tally]:
    """How many events there are within a time, by person and kind."""
    # The time first, in a query of its own: grouped at once, SQLite reads the whole trail.
    some = (
        select(table.c.by, table.c.kind, table.c.seq)
        .where(*_within(since, until))
        .order_by(table.c.at.desc())
        .limit(_MOST_TALLIED)
        .subquery()
    )
    query = (
        select(some.c.by, some.c.kind, func.count(), func.max(some.c.seq))
        .group_by(some.c.by, some.c.kind)
        .order_by(some.c.by, some.c.kind)
        .limit(20_000)
    )
    return [Tally(*row) for row in tx.connection.execute(query)]


def one(tx: Transaction, seq: int) -> Event | None:
    """The event of that number, or None where there is none for this person."""
    found = events.read(tx, select(table).where(table.c.seq == seq).order_by(table.c.seq).limit(1))
    return found[0] if found else None


def before(tx: Transaction, event: Event, *, limit: int = 300) -> list[Event]:
    """Earlier events of the same kind about the same contact, newest first."""
    query = select(table).where(
        table.c.contact_id == event.contact_id, table.c.seq < event.seq, table.c.kind == event.kind
    )
    return events.read(tx, query.order_by(table.c.seq.desc()).limit(limit))


def beside(tx: Transaction, event: Event, since: datetime, *, limit: int = 3) -> list[Event]:
    """What the same person did just before, newest first."""
    query = select(table).where(
        table.c.by == event.by, table.c.seq < event.seq, table.c.at >= since
    )
    return events.read(tx, query.order_by(table.c.seq.desc()).limit(limit))


def after(tx: Transaction, event: Event, kinds: Iterable[str], *, limit: int = 2000) -> list[Event]:
    """Later events of the kinds about the same contact, or about none where it is of none, newest
    first."""
    query = select(table).where(
        table.c.contact_id == event.contact_id
        if event.contact_id
        else table.c.contact_id.is_(None),
        table.c.kind.in_(sorted(kinds)),
        table.c.seq > event.seq,
    )
    return events.read(tx, query.order_by(table.c.seq.desc()).limit(limit))


def of_kinds(
    tx: Transaction, kinds: Iterable[str], *, by: str = "", limit: int = 2000
) -> list[Event]:
    """The newest events of the kinds, those of one person where they are named, newest first."""
    query = select(table).where(table.c.kind.in_(sorted(kinds)))
    if by:
        query = query.where(table.c.by == by)
    return events.read(tx, query.order_by(table.c.seq.desc()).limit(limit))


def looks(
    tx: Transaction, since: datetime | None, until: datetime | None, *, limit: int = 5_000
) -> list[Looked]:
    """The newest looks at contacts within a time, newest first."""
    newest = (
        select(table)
        .where(*_within(since, until), table.c.kind.in_(LOOKS), table.c.contact_id.is_not(None))
        .order_by(table.c.at.desc())
        .limit(limit)
        .subquery()
    )
    query = select(
        newest.c.seq, newest.c.by, newest.c.at, newest.c.contact_id, _worked(newest).label("worked")
    )
    rows = tx.connection.execute(query.order_by(newest.c.seq.desc()).limit(limit))
    return [Looked(*row) for row in rows]


def _worked(looked: FromClause) -> ColumnElement[bool]:
    """Whether somebody ever did anything but look with what they looked at. As EXISTS it would be
    answered, on a hub's server, by reading every event there is."""
    other = table.alias("other")
    found = (
        select(other.c.seq)
        .where(
            other.c.contact_id == looked.c.contact_id,
            other.c.by == looked.c.by,
            other.c.kind.not_in(LOOKS),
        )
        .limit(1)
    )
    return found.scalar_subquery().is_not(None)


def _within(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    found = []
    if since is not None:
        found.append(table.c.at >= since)
    if until is not None:
        found.append(table.c.at < until)
    return found


def _filtered(sought: Sought, query: Select[Any]) -> Select[Any]:
    """The query with what is sought. Where the time is also given as numbers, a page is read along
    the chain and never sorted."""
    query = query.where(table.c.seq > 0, *_within(sought.since, sought.until))
    if sought.numbers is not None:
        query = query.where(table.c.seq.between(*sought.numbers))
    if sought.by:
        query = query.where(table.c.by == sought.by)
    if sought.contacts is not None:
        query = query.where(table.c.contact_id.in_(sorted(sought.contacts)))
    if sought.kinds is not None:
        query = query.where(table.c.kind.in_(sorted(sought.kinds)))
    # On a hub's server an auditor is not told of a restriction; the contact is not there.
    marked = exists().where(restriction.c.contact_id == table.c.contact_id)
    there = exists().where(contact.c.id == table.c.contact_id)
    if sought.restricted:
        query = query.where(table.c.contact_id.is_not(None), or_(marked, ~there))
    if sought.words and not sought.words_of_restricted:
        query = query.where(or_(table.c.contact_id.is_(None), and_(there, ~marked)))
    if sought.never_worked:
        query = query.where(and_(table.c.kind.in_(LOOKS), table.c.contact_id.is_not(None)))
        query = query.where(~_worked(table))
    return query


def _found(
    tx: Transaction, query: Select[Any], words: str, *, newest_first: bool, limit: int
) -> list[Event]:
    """The first `limit` events that a query finds, with the words in what they hold."""
    order = table.c.seq.desc() if newest_first else table.c.seq
    if not words:
        return events.read(tx, query.order_by(order).limit(limit))
    seqs = _seqs_with(tx, query, words, newest_first=newest_first, limit=limit)
    if not seqs:
        return []
    these = select(table).where(table.c.seq.in_(seqs)).order_by(order)
    return events.read(tx, these.limit(limit))


def _seqs_with(
    tx: Transaction, query: Select[Any], words: str, *, newest_first: bool, limit: int
) -> list[int]:
    """Numbers of events with the words. What an event holds is sealed, so the store can't be
    asked for that: as many as are needed are opened and looked through here."""
    wanted, found = words.lower(), list[int]()
    order = table.c.seq.desc() if newest_first else table.c.seq
    rows = query.with_only_columns(table.c.seq, table.c.contact_id, table.c.detail).order_by(order)
    ahead = rows
    while len(found) < limit:
        some = [tuple(row) for row in tx.connection.execute(ahead.limit(_AT_ONCE))]
        said = events.opened(tx, some)
        found += [
            row[0] for row, detail in zip(some, said, strict=True) if wanted in detail.lower()
        ]
        if len(some) < _AT_ONCE:
            break
        last = some[-1][0]
        ahead = rows.where(table.c.seq < last if newest_first else table.c.seq > last)
    return found[:limit]
