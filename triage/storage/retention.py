"""Legal holds, and the review of records that fell due; the reviews hold nothing of a family."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.retention import Fate, LegalHold, Review
from triage.storage.engine import Transaction
from triage.storage.tables import destruction, legal_hold

_REVIEWS = 50_000
"""Of one standing, far more than leaders ever have before them."""


def put_hold(tx: Transaction, hold: LegalHold) -> None:
    """Keep a new hold."""
    tx.connection.execute(
        insert(legal_hold).values(
            id=hold.id, contact_id=hold.contact_id, why=hold.why, by=hold.by, at=hold.at
        )
    )


def lift(tx: Transaction, id: UUID, *, by: str, at: datetime, why: str) -> None:
    """Say that a hold ends. Raises NotFoundError where there is none that stands."""
    changed = tx.connection.execute(
        update(legal_hold)
        .where(legal_hold.c.id == id, legal_hold.c.lifted_at.is_(None))
        .values(lifted_by=by, lifted_at=at, lifted_why=why)
    )
    if changed.rowcount == 0:
        raise NotFoundError("There is no such hold that still stands. Nothing was changed.")


def holds(tx: Transaction, contact_ids: Iterable[UUID]) -> list[LegalHold]:
    """Holds that stand on any of the contacts, the oldest first."""
    wanted = list(contact_ids)
    found: list[LegalHold] = []
    for at in range(0, len(wanted), 500):
        rows = tx.connection.execute(
            select(legal_hold)
            .where(
                legal_hold.c.contact_id.in_(wanted[at : at + 500]),
                legal_hold.c.lifted_at.is_(None),
            )
            .order_by(legal_hold.c.at)
            .limit(5_000)
        ).mappings()
        found += [LegalHold(**{k: v for k, v in row.items() if v is not None}) for row in rows]
    return found


def put_review(tx: Transaction, review: Review) -> None:
    """Keep what is proposed of a record, in place of an earlier review that ended in keeping it.

    Raises ConflictError where another is under way.
    """
    values = _columns(review)
    here = destruction.c.about == review.contact_id
    changed = tx.connection.execute(
        update(destruction).where(here, destruction.c.fate == Fate.KEPT.value).values(**values)
    )
    if changed.rowcount == 0:
        tx.connection.execute(insert(destruction).values(about=review.contact_id, **values))


def decide(tx: Transaction, review: Review) -> None:
    """Keep what was decided. Raises ConflictError where somebody decided it first."""
    changed = tx.connection.execute(
        update(destruction)
        .where(destruction.c.about == review.contact_id, destruction.c.fate == Fate.PROPOSED.value)
        .values(**_columns(review))
    )
    if changed.rowcount == 0:
        raise ConflictError("Somebody decided about this record first. Nothing of yours was kept.")


def review(tx: Transaction, contact_id: UUID) -> Review | None:
    """How the review of a record stands, or None where it never fell due."""
    found = _read(tx, destruction.c.about == contact_id)
    return found[0] if found else None


def reviews(tx: Transaction, fate: Fate) -> list[Review]:
    """Every review that stands so, the oldest first."""
    return _read(tx, destruction.c.fate == fate.value)


def destroyed_among(tx: Transaction, contact_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the contacts that were destroyed; at a hub, for who reads reviews."""
    wanted = sorted(set(contact_ids))
    found: set[UUID] = set()
    for at in range(0, len(wanted), 500):
        query = select(destruction.c.about).where(
            destruction.c.about.in_(wanted[at : at + 500]),
            destruction.c.fate == Fate.DESTROYED.value,
        )
        found.update(tx.connection.scalars(query.limit(500)))
    return frozenset(found)


def _read(tx: Transaction, condition: Any) -> list[Review]:
    rows = tx.connection.execute(
        select(destruction).where(condition).order_by(destruction.c.proposed_at).limit(_REVIEWS)
    )
    return [
        Review(
            contact_id=row.about,
            reference=row.reference,
            outcome=row.outcome,
            rule=row.rule,
            due_on=date.fromisoformat(row.due_on),
            fate=Fate(row.fate),
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            decided_by=row.decided_by or "",
            decided_at=row.decided_at,
            keep_until=date.fromisoformat(row.keep_until) if row.keep_until else None,
        )
        for row in rows
    ]


def _columns(review: Review) -> dict[str, Any]:
    return {
        "reference": review.reference,
        "outcome": review.outcome,
        "rule": review.rule,
        "due_on": review.due_on.isoformat(),
        "fate": review.fate.value,
        "proposed_by": review.proposed_by,
        "proposed_at": review.proposed_at,
        "decided_by": review.decided_by or None,
        "decided_at": review.decided_at,
        "keep_until": review.keep_until.isoformat() if review.keep_until else None,
    }
