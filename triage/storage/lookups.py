"""What partners answered about each person, and what people said of the records found."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, update

from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.lookup import Candidate, LookupResult, Verdict
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import lookup_result, verdict

_AT_ONCE = 100


def save_result(tx: Transaction, result: LookupResult) -> None:
    """Keep one partner's answer; an answer with the same id takes its place."""
    values = {
        "contact_id": result.subject.contact_id,
        "person": result.subject.person,
        "partner": result.partner,
        "asked_at": result.asked_at,
        "body": codec.dump(LookupResult, result),
    }
    table = tx.whole(lookup_result)
    changed = tx.connection.execute(update(table).where(table.c.id == result.id).values(**values))
    if changed.rowcount == 0:
        tx.connection.execute(insert(table).values(id=result.id, **values))


def results_of(tx: Transaction, contact_id: UUID) -> list[LookupResult]:
    """The latest answer of each partner about each person of the contact."""
    return results_of_each(tx, [contact_id])[contact_id]


def results_of_each(
    tx: Transaction, contact_ids: Iterable[UUID], *, limit: int = 500
) -> dict[UUID, list[LookupResult]]:
    """The same of each of these contacts, `limit` answers at most for each on average."""
    table, found = tx.whole(lookup_result), {id: list[LookupResult]() for id in contact_ids}
    wanted = sorted(found)
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        newest = (
            select(
                table.c.body,
                table.c.contact_id,
                table.c.person,
                table.c.partner,
                func.row_number()
                .over(
                    partition_by=(table.c.contact_id, table.c.person, table.c.partner),
                    order_by=(table.c.asked_at.desc(), table.c.id.desc()),
                )
                .label("place"),
            )
            .where(table.c.contact_id.in_(some))
            .subquery()
        )
        rows = tx.connection.execute(
            select(newest.c.contact_id, newest.c.body)
            .where(newest.c.place == 1)
            .order_by(newest.c.contact_id, newest.c.person, newest.c.partner)
            .limit(limit * len(some))
        )
        for contact_id, body in rows:
            found[contact_id].append(codec.load(LookupResult, body))
    return found


def add_verdict(tx: Transaction, said: Verdict) -> None:
    """Keep a person's word on a record."""
    tx.connection.execute(
        insert(tx.whole(verdict)).values(
            id=said.id,
            contact_id=said.subject.contact_id,
            partner=said.partner,
            record_id=said.record_id,
            at=said.at,
            undone_at=said.undone_at,
            body=codec.dump(Verdict, said),
        )
    )


def verdict_of(tx: Transaction, id: UUID) -> Verdict:
    """The verdict with this id. Raises NotFoundError."""
    table = tx.whole(verdict)
    found = _verdicts(tx, select(table.c.body).where(table.c.id == id))
    if not found:
        raise NotFoundError("This link is not in the store. Open the contact again to see it.")
    return found[0]


def undo_verdict(tx: Transaction, id: UUID, *, by: str, at: datetime, why: str) -> Verdict:
    """Take a verdict back; it stays on record as undone. ConflictError if it was already."""
    said = verdict_of(tx, id)
    undone = replace(said, undone_by=by, undone_at=at, undone_why=why)
    table = tx.whole(verdict)
    changed = tx.connection.execute(
        update(table)
        .where(table.c.id == id, table.c.undone_at.is_(None))
        .values(undone_at=at, body=codec.dump(Verdict, undone))
    )
    if changed.rowcount == 0:
        raise ConflictError("Someone else has undone this already. Nothing more was changed.")
    return undone


def verdicts_of(tx: Transaction, contact_id: UUID) -> list[Verdict]:
    """Every verdict on the contact's people, undone ones too, oldest first."""
    return verdicts_of_each(tx, [contact_id])[contact_id]


def verdicts_of_each(
    tx: Transaction, contact_ids: Iterable[UUID], *, limit: int = 500
) -> dict[UUID, list[Verdict]]:
    """The same of each of these contacts, `limit` verdicts at most for each on average."""
    table, found = tx.whole(verdict), {id: list[Verdict]() for id in contact_ids}
    wanted = sorted(found)
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        query = select(table.c.body).where(table.c.contact_id.in_(some))
        order = (table.c.contact_id, table.c.at, table.c.id)
        for said in _verdicts(tx, query.order_by(*order).limit(limit * len(some))):
            found[said.subject.contact_id].append(said)
    return found


def verdicts_on(
    tx: Transaction, partner: str, record_id: str, *, limit: int = 500
) -> list[Verdict]:
    """Every verdict on one partner's record, in any contact, oldest first."""
    table = tx.whole(verdict)
    return _verdicts(
        tx,
        select(table.c.body)
        .where(table.c.partner == partner, table.c.record_id == record_id)
        .order_by(table.c.at, table.c.id)
        .limit(limit),
    )


def standing_verdicts(tx: Transaction, *, limit: int = 100_000) -> list[Verdict]:
    """The last verdict on each record beside each person of any contact, where it stands."""
    table = tx.whole(verdict)
    newest = (
        select(table.c.body, table.c.at, table.c.id)
        .where(table.c.undone_at.is_(None))
        .order_by(table.c.at, table.c.id)
        .limit(limit)
    )
    last: dict[tuple[UUID, str, str, str], Verdict] = {}
    for said in _verdicts(tx, newest):
        subject = said.subject
        last[subject.contact_id, subject.person, said.partner, said.record_id] = said
    return list(last.values())


def judged_candidate(tx: Transaction, said: Verdict) -> Candidate | None:
    """The record with the account it had when it was judged; None where none was kept."""
    table = tx.whole(lookup_result)
    bodies = tx.connection.scalars(
        select(table.c.body)
        .where(
            table.c.contact_id == said.subject.contact_id,
            table.c.person == said.subject.person,
            table.c.partner == said.partner,
            table.c.asked_at <= said.at,
        )
        .order_by(table.c.asked_at.desc(), table.c.id.desc())
        .limit(10)
    )
    for body in bodies:
        for candidate in codec.load(LookupResult, body).candidates:
            if candidate.record.record_id == said.record_id:
                return candidate
    return None


def _verdicts(tx: Transaction, query: Select[Any]) -> list[Verdict]:
    return [codec.load(Verdict, body) for body in tx.connection.scalars(query)]
