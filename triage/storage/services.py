"""The copy of each directory of services, and the referrals made to them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, insert, select, update

from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.service import DirectoryCopy, Service
from triage.domain.service_referral import ServiceReferral
from triage.storage import codec, outgoing
from triage.storage.engine import Transaction
from triage.storage.tables import directory_copy, service, service_referral

_DIRECTORIES = 200
LONGEST_CLAIM = timedelta(hours=1)
"""No desk copies a directory for longer."""
_AT_ONCE = 500


class Changed(NamedTuple):
    """How many services a new list added, changed and took away."""

    added: int
    changed: int
    removed: int


def copies(tx: Transaction) -> tuple[DirectoryCopy, ...]:
    """How each copy stands, by the name of its directory."""
    query = select(directory_copy.c.body).order_by(directory_copy.c.directory).limit(_DIRECTORIES)
    return tuple(codec.load(DirectoryCopy, body) for body in tx.connection.scalars(query))


def generations(tx: Transaction) -> tuple[tuple[str, int], ...]:
    """What tells whether the services are the same as when last read."""
    table = directory_copy.c
    rows = tx.connection.execute(
        select(table.directory, table.generation).order_by(table.directory).limit(_DIRECTORIES)
    )
    return tuple((row.directory, row.generation) for row in rows)


def claim(tx: Transaction, directory: str, by: str, until: datetime, *, at: datetime) -> bool:
    """Take the copying of a directory on, until it is recorded or `until`; False if another desk
    is at it. A claim further ahead than any is given was made before a clock was put back."""
    table = directory_copy
    free = outgoing.is_free(table, at, LONGEST_CLAIM)
    taken = tx.connection.execute(
        update(table)
        .where(table.c.directory == directory, free)
        .values(claimed_by=by, claimed_until=until)
    )
    if taken.rowcount:
        return True
    here = select(table.c.directory).where(table.c.directory == directory)
    if tx.connection.scalar(here) is not None:
        return False
    tx.connection.execute(
        insert(table).values(
            directory=directory,
            generation=0,
            body=codec.dump(DirectoryCopy, DirectoryCopy(directory=directory)),
            claimed_by=by,
            claimed_until=until,
        )
    )
    return True


def record(tx: Transaction, copy: DirectoryCopy, by: str) -> bool:
    """Keep how the copy stands and let go of the claim. False, and nothing is kept, where the
    claim ran out and another desk has taken it."""
    table = directory_copy
    changed = tx.connection.execute(
        update(table)
        .where(table.c.directory == copy.directory, table.c.claimed_by == by)
        .values(
            generation=copy.generation,
            body=codec.dump(DirectoryCopy, copy),
            claimed_by=None,
            claimed_until=None,
        )
    )
    return bool(changed.rowcount)


def put_list(
    tx: Transaction, directory: str, services: Iterable[Service], *, complete: bool
) -> Changed:
    """Keep a directory's services; where its list is complete, those it no longer has go."""
    table = service
    rows = tx.connection.execute(
        select(table.c.id, table.c.sha256).where(table.c.directory == directory)
    )
    before = {row.id: row.sha256 for row in rows}
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    seen: set[str] = set()
    for each in services:
        body = codec.dump(Service, each, sparse=True)
        mark = sha256(body.encode("utf-8", "replace")).hexdigest()
        seen.add(each.id)
        if before.get(each.id) != mark:
            values = {"directory": directory, "id": each.id, "sha256": mark, "body": body}
            (changed if each.id in before else new).append(values)
    gone = sorted(set(before) - seen) if complete else []
    for at in range(0, len(gone) + len(changed), _AT_ONCE):
        ids = [*gone, *(c["id"] for c in changed)][at : at + _AT_ONCE]
        tx.connection.execute(
            delete(table).where(and_(table.c.directory == directory, table.c.id.in_(ids)))
        )
    if new or changed:
        tx.connection.execute(insert(table), [*new, *changed])
    return Changed(len(new), len(changed), len(gone))


def count(tx: Transaction, directory: str) -> int:
    """How many services of a directory are kept here."""
    rows = select(func.count()).select_from(service).where(service.c.directory == directory)
    return int(tx.connection.scalar(rows) or 0)


def all(tx: Transaction, *, limit: int = 100_000) -> list[Service]:
    """Every service kept here, of each directory."""
    bodies = tx.connection.scalars(
        select(service.c.body).order_by(service.c.directory, service.c.id).limit(limit)
    )
    return [codec.load(Service, body) for body in bodies]


def insert_referral(tx: Transaction, made: ServiceReferral) -> None:
    """Keep a new referral."""
    tx.connection.execute(
        insert(service_referral).values(
            id=made.id,
            number=made.number,
            contact_id=made.contact_id,
            directory=made.directory,
            service_id=made.service_id,
            made_at=made.steps[0].at,
            version=made.version,
            body=codec.dump(ServiceReferral, made),
        )
    )


def save_referral(tx: Transaction, changed: ServiceReferral) -> None:
    """Keep a referral in the place of the version before it. ConflictError where another desk
    changed it since."""
    table = service_referral
    done = tx.connection.execute(
        update(table)
        .where(table.c.id == changed.id, table.c.version == changed.version - 1)
        .values(version=changed.version, body=codec.dump(ServiceReferral, changed))
    )
    if done.rowcount == 0:
        now = referral(tx, changed.id)
        raise ConflictError(
            f"{now.last.by_name} has recorded this referral as {now.state.value} meanwhile. That "
            "stands, and yours was not kept over it. Look at it again."
        )


def referral(tx: Transaction, id: UUID) -> ServiceReferral:
    """The referral with this id. Raises NotFoundError."""
    found = _referrals(tx, select(service_referral.c.body).where(service_referral.c.id == id))
    if not found:
        raise NotFoundError("This referral is not in the store. Open the contact again to see it.")
    return found[0]


def referrals_of(
    tx: Transaction, contact_id: UUID, *, limit: int = 200
) -> tuple[ServiceReferral, ...]:
    """Every referral of a contact's people, the newest first."""
    table = service_referral.c
    return _referrals(
        tx,
        select(table.body)
        .where(table.contact_id == contact_id)
        .order_by(table.made_at.desc(), table.id)
        .limit(limit),
    )


def referrals_to(
    tx: Transaction, key: tuple[str, str], *, since: datetime, limit: int = 1000
) -> tuple[ServiceReferral, ...]:
    """Every referral made to a service since then, of any contact, the newest first."""
    table = service_referral.c
    return _referrals(
        tx,
        select(table.body)
        .where(table.directory == key[0], table.service_id == key[1], table.made_at >= since)
        .order_by(table.made_at.desc(), table.id)
        .limit(limit),
    )


def next_number(tx: Transaction, year: int) -> str:
    """The next number of a referral, "R-26-00012". One writer at a time gives each only once."""
    start = f"R-{year % 100:02}-"
    last = tx.connection.scalar(
        select(func.max(service_referral.c.number)).where(
            service_referral.c.number.startswith(start)
        )
    )
    return f"{start}{int(last[len(start) :]) + 1 if last else 1:05}"


def _referrals(tx: Transaction, query: Select[Any]) -> tuple[ServiceReferral, ...]:
    return tuple(codec.load(ServiceReferral, body) for body in tx.connection.scalars(query))
