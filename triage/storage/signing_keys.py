"""Public keys of everyone who ever signed, and which of them were revoked when and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from triage.domain.errors import NotFoundError
from triage.domain.worker import RevokedFor
from triage.storage import codec
from triage.storage.engine import Transaction
from triage.storage.tables import signing_key as table


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A public key, whose it is and since when; `revoked_at` is None while it stands.

    `certificate` (X.509, DER) is by the hub's authority, None where it never vouched for the key.
    """

    kid: str
    worker_id: str
    jwk: Mapping[str, Any]
    since: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoked_why: str | None = None
    revoked_for: str | None = None
    certificate: bytes | None = None


def add(tx: Transaction, worker_id: str, jwk: Mapping[str, Any], since: datetime) -> None:
    """Keep a person's new public key beside the earlier ones. ConflictError if it is there."""
    tx.connection.execute(
        insert(table).values(
            kid=jwk["kid"],
            worker_id=worker_id,
            jwk=codec.dump(dict[str, Any], dict(jwk)),
            since=since,
        )
    )


def all(tx: Transaction, *, limit: int = 10_000) -> list[SigningKey]:
    """Every key, by person, the oldest first."""
    rows = tx.connection.execute(
        select(table).order_by(table.c.worker_id, table.c.since, table.c.kid).limit(limit)
    ).mappings()
    return [SigningKey(**{**row, "jwk": codec.load(dict[str, Any], row["jwk"])}) for row in rows]


def certify(tx: Transaction, kid: str, certificate: bytes) -> None:
    """Keep what the hub's authority gave for a key. Raises NotFoundError for a key that is not
    here or was revoked."""
    changed = tx.connection.execute(
        update(table)
        .where(table.c.kid == kid, table.c.revoked_at.is_(None))
        .values(certificate=certificate)
    )
    if changed.rowcount == 0:
        raise NotFoundError("There is no such key that still stands. Nothing was changed.")


def revoke(
    tx: Transaction, kid: str, *, at: datetime, by: str, why: str, reason: RevokedFor
) -> None:
    """Trust nothing that the key signs from `at` on. Raises NotFoundError for a key that is not
    here or was revoked before: the first time stands."""
    changed = tx.connection.execute(
        update(table)
        .where(table.c.kid == kid, table.c.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=by, revoked_why=why, revoked_for=reason.value)
    )
    if changed.rowcount == 0:
        raise NotFoundError("There is no such key that still stands. Nothing was changed.")
