"""Content keys: what is told of a family leaves the store only sealed with a key of its own.

A key is 32 bytes and stands in the store alone, never in a backup of it. Whoever destroys it
destroys what was sealed with it in every backup that was ever made.
"""

import secrets
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select

from triage.storage.engine import Transaction
from triage.storage.tables import content_key as table

NONCE_BYTES = 12
_KEY = select(table.c.key).where(table.c.id == bindparam("name"))


def all(tx: Transaction) -> dict[str, bytes]:
    """Every key by its name."""
    return {row.id: bytes(row.key) for row in tx.connection.execute(select(table))}


def some(tx: Transaction, names: Iterable[str]) -> dict[str, bytes]:
    """Those of the keys that are there, and that this person may use."""
    wanted = sorted(set(names))
    found: dict[str, bytes] = {}
    for at in range(0, len(wanted), 500):
        query = select(table).where(table.c.id.in_(wanted[at : at + 500]))
        found.update((row.id, bytes(row.key)) for row in tx.connection.execute(query))
    return found


def of_contact(tx: Transaction, contact_id: UUID) -> bytes | None:
    """A contact's key, made where there is none; None where there is one that this person may not
    use, at a hub's server."""
    name = str(contact_id)
    if (key := tx.connection.scalar(_KEY, {"name": name})) is None:
        new = {"id": name, "key": secrets.token_bytes(32)}
        if tx.connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as insert_unless

            # There may be one that this person does not see.
            tx.connection.execute(insert_unless(table).values(new).on_conflict_do_nothing())
        else:
            tx.connection.execute(insert(table), new)
        key = tx.connection.scalar(_KEY, {"name": name})
    return None if key is None else bytes(key)


def make(tx: Transaction, names: Iterable[str]) -> None:
    """A new key for each of the names that has none yet."""
    held = set(tx.connection.scalars(select(table.c.id)))
    rows = [{"id": n, "key": secrets.token_bytes(32)} for n in sorted(set(names) - held)]
    if rows:
        tx.connection.execute(insert(table), rows)


def bring_back(tx: Transaction, keys: Mapping[str, bytes]) -> None:
    """Put keys into a store that has none, as it is restored."""
    if keys:
        tx.connection.execute(insert(table), [{"id": n, "key": k} for n, k in keys.items()])


def destroy(tx: Transaction, names: Iterable[str]) -> None:
    """Forget keys for good; what was sealed with them can't be opened by anybody again."""
    for name in names:
        tx.connection.execute(delete(table).where(table.c.id == name))


def seal(data: bytes, key: bytes, about: str) -> bytes:
    """AES-256-GCM under `key`; `about` is sealed in, so that nothing can be put elsewhere."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, about.encode())


def unseal(sealed: bytes, key: bytes, about: str) -> bytes:
    """What `seal` was given. Raises ValueError where it was altered or the key is another."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
    except InvalidTag as error:
        raise ValueError("altered, or sealed with another key") from error
