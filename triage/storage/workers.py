"""The people of the hub, and the key others check them by."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from triage.domain.errors import NotFoundError
from triage.domain.worker import Worker
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import worker as table


def put(tx: Transaction, worker: Worker, *, public_jwk: Mapping[str, Any]) -> None:
    """Keep a person with their public key, in place of an earlier."""
    values = {
        "body": codec.dump(Worker, replace(worker, roles=None), sparse=True),
        "public_jwk": codec.dump(dict[str, Any], dict(public_jwk)),
    }
    changed = tx.connection.execute(update(table).where(table.c.id == worker.id).values(**values))
    if changed.rowcount == 0:
        tx.connection.execute(insert(table).values(id=worker.id, **values))


def get(tx: Transaction, id: str) -> Worker:
    """The person with this id. Raises NotFoundError."""
    return _at_this_hub(tx, _one(tx, id, table.c.body))


def all(tx: Transaction, *, limit: int = 1000) -> list[Worker]:
    """Everyone, by id."""
    bodies = tx.connection.scalars(select(table.c.body).order_by(table.c.id).limit(limit))
    return [_at_this_hub(tx, body) for body in bodies]


def public_jwk(tx: Transaction, id: str) -> dict[str, Any]:
    """The person's public key, as JWK. Raises NotFoundError."""
    return codec.load(dict[str, Any], _one(tx, id, table.c.public_jwk))


def _at_this_hub(tx: Transaction, body: str) -> Worker:
    return replace(_loaded(body), roles=tx.roles)


@lru_cache(1000)
def _loaded(body: str) -> Worker:
    """The same people are read with each contact."""
    return codec.load(Worker, body)


def _one(tx: Transaction, id: str, column: ColumnElement[str]) -> str:
    found = tx.connection.scalar(select(column).where(table.c.id == id))
    if found is None:
        raise _nobody(id)
    return found


def _nobody(id: str) -> NotFoundError:
    return NotFoundError(f"There is nobody here with the name {id}. Ask who looks after accounts.")
