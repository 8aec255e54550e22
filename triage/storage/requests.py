"""Requests to partners and their answers, kept whole; found by contact, state, agency and time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update

from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.request import AWAITED, AnswerPlace, InfoRequest, PartnerAnswer, RequestState
from triage.storage import codec
from triage.storage.apart import request_beside
from triage.storage.engine import Transaction
from triage.storage.tables import partner_answer, request_counter
from triage.storage.tables import request as table

_AT_ONCE = 500


def next_reference(tx: Transaction, at: datetime) -> str:
    """The next reference of the year of `at`, as R-26-02291. It says nothing of anybody."""
    counted = tx.connection.execute(
        update(request_counter)
        .where(request_counter.c.year == at.year)
        .values(last=request_counter.c.last + 1)
        .returning(request_counter.c.last)
    ).scalar()
    if counted is None:
        counted = 1
        tx.connection.execute(insert(request_counter).values(year=at.year, last=counted))
    return f"R-{at.year % 100:02d}-{counted:05d}"


def add(tx: Transaction, request: InfoRequest) -> None:
    """Keep a new request."""
    tx.connection.execute(insert(table).values(id=request.id, **_columns(request)))


def save(tx: Transaction, request: InfoRequest) -> InfoRequest:
    """Keep a changed request and give it back with its version one higher.

    Raises ConflictError when someone changed it since it was read.
    """
    saved = replace(request, version=request.version + 1)
    changed = tx.connection.execute(
        update(table)
        .where(table.c.id == request.id, table.c.version == request.version)
        .values(**_columns(saved))
    )
    if changed.rowcount == 0:
        theirs = get(tx, request.id)
        raise ConflictError(
            f"Someone else changed {theirs.reference} while you had it open. Nothing of theirs "
            "was overwritten and what you typed is still here: look at both, then try again."
        )
    return saved


def get(tx: Transaction, id: UUID) -> InfoRequest:
    """The request as last saved. Raises NotFoundError."""
    found = _read(tx, table.c.id == id, table.c.created_at, 1)
    if not found:
        raise NotFoundError("This request is not in the store. It may be on another computer.")
    return found[0]


def by_reference(tx: Transaction, reference: str) -> InfoRequest | None:
    """The request of that reference, or None: what comes by mail may name any."""
    found = _read(tx, table.c.reference == reference.upper(), table.c.created_at, 1)
    return found[0] if found else None


def of_contact(tx: Transaction, contact_id: UUID, *, limit: int = 200) -> list[InfoRequest]:
    """Every request about a contact, oldest first."""
    return _read(tx, _beside([contact_id]), table.c.created_at, limit)


def of_contacts(tx: Transaction, ids: Iterable[UUID], *, limit: int = 2000) -> list[InfoRequest]:
    """Every request about any of the contacts, oldest first."""
    wanted = sorted(set(ids))
    found: list[InfoRequest] = []
    for at in range(0, len(wanted), _AT_ONCE):
        found += _read(tx, _beside(wanted[at : at + _AT_ONCE]), table.c.created_at, limit)
    return found


def in_states(
    tx: Transaction, states: Iterable[RequestState], *, limit: int = 1000
) -> list[InfoRequest]:
    """Requests in any of the states, the first due first."""
    return _read(tx, table.c.state.in_([s.value for s in states]), table.c.due_at, limit)


def answered_since(tx: Transaction, since: datetime, *, limit: int = 1000) -> list[InfoRequest]:
    """Requests that a partner answered since, oldest first."""
    return _read(tx, table.c.answered_at >= since, table.c.answered_at, limit)


def to_remind(tx: Transaction, at: datetime, *, limit: int = 100) -> list[InfoRequest]:
    """Requests still awaited whose reminder is due."""
    waiting = table.c.state.in_([s.value for s in AWAITED]) & (table.c.remind_at <= at)
    return _read(tx, waiting, table.c.remind_at, limit)


def overdue(tx: Transaction, at: datetime, *, limit: int = 2000) -> list[tuple[UUID, str]]:
    """The contact and agency of each request that is awaited beyond its time."""
    query = (
        select(table.c.contact_id, table.c.agency)
        .where(table.c.state.in_([s.value for s in AWAITED]), table.c.due_at < at)
        .order_by(table.c.due_at, table.c.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in tx.connection.execute(query)]


def sent_since(
    tx: Transaction, agency: str, since: datetime, *, limit: int = 500
) -> list[InfoRequest]:
    """Requests sent to an agency since, the newest first."""
    query = (
        select(table.c.body)
        .where(table.c.agency == agency, table.c.sent_at >= since)
        .order_by(table.c.sent_at.desc(), table.c.id)
        .limit(limit)
    )
    return [codec.load(InfoRequest, body) for body in tx.connection.scalars(query)]


def add_answer(tx: Transaction, answer: PartnerAnswer) -> None:
    """Keep an answer that came."""
    tx.connection.execute(insert(partner_answer).values(id=answer.id, **_answer_columns(answer)))


def save_answer(tx: Transaction, answer: PartnerAnswer) -> None:
    """Keep what a person made of an answer. Raises NotFoundError."""
    changed = tx.connection.execute(
        update(partner_answer)
        .where(partner_answer.c.id == answer.id)
        .values(**_answer_columns(answer))
    )
    if changed.rowcount == 0:
        raise NotFoundError("This answer is not in the store. It may be on another computer.")


def answer(tx: Transaction, id: UUID) -> PartnerAnswer:
    """The answer as last saved. Raises NotFoundError."""
    found = _answers(tx, partner_answer.c.id == id, 1)
    if not found:
        raise NotFoundError("This answer is not in the store. It may be on another computer.")
    return found[0]


def answers_to(
    tx: Transaction, ids: Iterable[UUID], *, limit: int = 2000
) -> dict[UUID, tuple[PartnerAnswer, ...]]:
    """The answers placed to each of these requests, oldest first; only those that have any."""
    wanted = sorted(set(ids))
    found: dict[UUID, tuple[PartnerAnswer, ...]] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        some = partner_answer.c.request_id.in_(wanted[at : at + _AT_ONCE])
        for one in _answers(tx, some, limit):
            if one.request_id is not None:
                found[one.request_id] = (*found.get(one.request_id, ()), one)
    return found


def answers_to_place(tx: Transaction, *, limit: int = 200) -> list[PartnerAnswer]:
    """Answers whose request nobody could tell, oldest first."""
    return _answers(tx, partner_answer.c.place == AnswerPlace.TO_PLACE.value, limit)


def _columns(request: InfoRequest) -> dict[str, Any]:
    return {
        "reference": request.reference,
        "contact_id": request.contact_id,
        "agency": request.agency,
        "state": request.state.value,
        "created_at": request.created_at,
        "sent_at": request.sent_at,
        "due_at": request.due_at,
        "remind_at": request.remind_at,
        "answered_at": request.answered_at,
        "version": request.version,
        "body": codec.dump(InfoRequest, request, sparse=True),
    }


def _answer_columns(answer: PartnerAnswer) -> dict[str, Any]:
    return {
        "request_id": answer.request_id,
        "place": answer.place.value,
        "received_at": answer.received_at,
        "body": codec.dump(PartnerAnswer, answer, sparse=True),
    }


def _beside(contacts: list[UUID]) -> ColumnElement[bool]:
    led = select(request_beside.c.request_id).where(request_beside.c.contact_id.in_(contacts))
    return table.c.id.in_(led)


def _read(
    tx: Transaction, where: ColumnElement[bool], order: ColumnElement[Any], limit: int
) -> list[InfoRequest]:
    query = select(table.c.body).where(where).order_by(order.asc().nulls_first(), table.c.id)
    bodies = tx.connection.scalars(query.limit(limit))
    return [codec.load(InfoRequest, body) for body in bodies]


def _answers(tx: Transaction, where: ColumnElement[bool], limit: int) -> list[PartnerAnswer]:
    query = (
        select(partner_answer.c.body)
        .where(where)
        .order_by(partner_answer.c.received_at, partner_answer.c.id)
        .limit(limit)
    )
    return [codec.load(PartnerAnswer, body) for body in tx.connection.scalars(query)]
