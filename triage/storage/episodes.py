"""Suggestions that contacts belong together; only a person's word joins or parts them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Row, Select, TableClause, insert, or_, select, union, update

from triage.domain.contact import ContactState
from triage.domain.draft import Kinship
from triage.domain.episode import Suggestion, SuggestionState
from triage.domain.errors import NotFoundError
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import contact, restriction, suggestion

__all__ = [
    "Suggestion",
    "SuggestionState",
    "joined_duplicates",
    "joined_duplicates_of",
    "settle",
    "suggest",
    "suggestions_of",
    "together",
]


def suggest(
    tx: Transaction,
    this_id: UUID,
    other_id: UUID,
    kinship: Kinship,
    reasons: tuple[str, ...],
    at: datetime,
) -> None:
    """Suggest that two contacts belong together. A pair that a person settled stays settled."""
    values = {
        "this": this_id,
        "kinship": Kinship(kinship).value,
        "reasons": codec.dump(tuple[str, ...], tuple(reasons)),
        "at": at,
    }
    table = tx.whole(suggestion)
    low, high = sorted((this_id, other_id), key=lambda id: id.hex)
    here = (table.c.low == low, table.c.high == high)
    state = tx.connection.scalar(select(table.c.state).where(*here))
    if state is None:
        tx.connection.execute(
            insert(table).values(
                low=low, high=high, state=SuggestionState.OPEN.value, by="", why="", **values
            )
        )
    elif state == SuggestionState.OPEN.value:
        tx.connection.execute(update(table).where(*here).values(**values))


def suggestions_of(tx: Transaction, contact_id: UUID, *, limit: int = 200) -> list[Suggestion]:
    """Every suggestion about the contact, seen from it (`this`), settled ones too."""
    table = tx.whole(suggestion)
    rows = tx.connection.execute(
        select(table)
        .where(or_(table.c.low == contact_id, table.c.high == contact_id))
        .order_by(table.c.at, table.c.low, table.c.high)
        .limit(limit)
    )
    return [_suggestion(row, contact_id) for row in rows]


def together(
    tx: Transaction, ids: Iterable[UUID], *, with_restricted: bool
) -> dict[UUID, frozenset[UUID]]:
    """The others that each of the contacts is joined with, directly or through others, as far as
    this person may know of them; none that is restricted, and nobody through one, unless asked for.

    For many at once: a queue can't ask for each row.
    """
    wanted = sorted(set(ids))
    beside: dict[UUID, set[UUID]] = {id: set() for id in wanted}
    asked, ahead = set[UUID](), wanted
    while ahead:
        asked.update(ahead)
        pairs = _joined_pairs(tx, ahead)
        found = sorted({id for pair in pairs for id in pair})
        shut = frozenset[UUID]() if with_restricted else _restricted(tx, found)
        for low, high in pairs:
            for one, other in ((low, high), (high, low)):
                if other not in shut:
                    beside.setdefault(one, set()).add(other)
        ahead = [id for id in found if id not in asked and id not in shut]
    return {id: frozenset(_reached(beside, id) - {id}) for id in wanted}


def _joined_pairs(tx: Transaction, ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    table = tx.whole(suggestion)
    found: list[tuple[UUID, UUID]] = []
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        pairs = union(
            *(
                select(table.c.low, table.c.high).where(
                    here.in_(some), table.c.state == SuggestionState.JOINED.value
                )
                for here in (table.c.low, table.c.high)
            )
        )
        page = pairs.order_by("low", "high").limit(100_000)
        found += [(row[0], row[1]) for row in tx.connection.execute(page)]
    return found


def _restricted(tx: Transaction, ids: Sequence[UUID]) -> frozenset[UUID]:
    found: set[UUID] = set()
    for at in range(0, len(ids), 500):
        some = restriction.c.contact_id.in_(ids[at : at + 500])
        found.update(tx.connection.scalars(select(restriction.c.contact_id).where(some)))
    return frozenset(found)


def _reached(beside: Mapping[UUID, set[UUID]], id: UUID) -> set[UUID]:
    found, ahead = {id}, [id]
    while ahead:
        near = beside.get(ahead.pop(), set()) - found
        found |= near
        ahead += near
    return found


def joined_duplicates(
    tx: Transaction, states: Iterable[ContactState], *, limit: int = 5000
) -> list[tuple[UUID, datetime, UUID, datetime]]:
    """Pairs joined as one event told twice, at least one in the states: each id and its arrival."""
    waiting = (
        select(contact.c.id).where(contact.c.state.in_([state.value for state in states])).cte()
    )
    # From those that wait: of what was ever joined there is more each year.
    table = tx.whole(suggestion)
    pairs = union(
        *(
            _joined(table).join(waiting, waiting.c.id == here)
            for here in (table.c.low, table.c.high)
        )
    )
    return _arrivals(tx, pairs, limit=limit)


def joined_duplicates_of(
    tx: Transaction, ids: Iterable[UUID], states: Iterable[ContactState], *, limit: int = 5000
) -> list[tuple[UUID, datetime, UUID, datetime]]:
    """The same of these contacts alone."""
    wanted = sorted(set(ids))
    table = tx.whole(suggestion)
    pairs = union(*(_joined(table).where(here.in_(wanted)) for here in (table.c.low, table.c.high)))
    return _arrivals(tx, pairs, [state.value for state in states], limit=limit)


def _joined(table: TableClause) -> Select[Any]:
    return select(table.c.at, table.c.low, table.c.high).where(
        table.c.state == SuggestionState.JOINED.value,
        table.c.kinship == Kinship.DUPLICATE.value,
    )


def _arrivals(
    tx: Transaction, found: CompoundSelect[Any], states: Sequence[str] = (), *, limit: int
) -> list[tuple[UUID, datetime, UUID, datetime]]:
    pairs, low, high = found.subquery(), contact.alias("low"), contact.alias("high")
    query = (
        select(low.c.id, low.c.received_at, high.c.id, high.c.received_at)
        .select_from(pairs)
        .join(low, low.c.id == pairs.c.low)
        .join(high, high.c.id == pairs.c.high)
        .order_by(pairs.c.at, pairs.c.low, pairs.c.high)
        .limit(limit)
    )
    if states:
        query = query.where(or_(low.c.state.in_(states), high.c.state.in_(states)))
    return [(row[0], row[1], row[2], row[3]) for row in tx.connection.execute(query)]


def settle(
    tx: Transaction,
    this_id: UUID,
    other_id: UUID,
    *,
    state: SuggestionState,
    by: str,
    at: datetime,
    why: str,
) -> Suggestion:
    """Keep a person's word on the pair: joined, kept apart, or open again when taken apart."""
    table = tx.whole(suggestion)
    low, high = sorted((this_id, other_id), key=lambda id: id.hex)
    here = (table.c.low == low, table.c.high == high)
    values = {"state": SuggestionState(state).value, "by": by, "at": at, "why": why}
    row = tx.connection.execute(
        update(table).where(*here).values(**values).returning(*table.c)
    ).first()
    if row is None:
        raise NotFoundError(
            "Nothing suggests that these two contacts belong together. Open the contact again."
        )
    return _suggestion(row, this_id)


def _suggestion(row: Row[Any], this: UUID) -> Suggestion:
    return Suggestion(
        this=this,
        other=row.high if row.low == this else row.low,
        kinship=Kinship(row.kinship),
        reasons=codec.load(tuple[str, ...], row.reasons),
        state=SuggestionState(row.state),
        by=row.by,
        at=row.at,
        why=row.why,
    )
