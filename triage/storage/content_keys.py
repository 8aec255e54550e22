"""Content keys: what is told of a family leaves the store only sealed with a key of its own.

A contact's key is kept only wrapped for its children (see `child_keys`); of what belongs to no
contact, and of bytes that several contacts share, the keys stand in the store by name. None of
these is ever in a backup of it. Whoever destroys a key destroys what was sealed with it in every
backup that was ever made.
"""

import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, insert, inspect, select

from triage.storage import child_keys
from triage.storage.child_keys import Share
from triage.storage.engine import Transaction
from triage.storage.tables import child_key, content_share
from triage.storage.tables import content_key as table

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All keys as they are kept: the children's, the shares of contacts' keys that these open, and
    by name the keys of all else."""

    children: Mapping[UUID, bytes]
    shares: tuple[Share, ...]
    others: Mapping[str, bytes]

    def by_name(self) -> dict[str, bytes]:
        """Every key that can be opened, a contact's by its id."""
        found = dict(self.others)
        for share in self.shares:
            key, name = self.children.get(share.key_id), str(share.contact_id)
            if key is not None and name not in found:
                with suppress(ValueError):
                    found[name] = child_keys.unwrap(share, key)
        return found


def all(tx: Transaction) -> Kept:
    """Every key of the store. For its owner."""
    children = {row.id: bytes(row.key) for row in tx.connection.execute(select(child_key))}
    order = (content_share.c.contact_id, content_share.c.child)
    shares = tx.connection.execute(select(content_share).order_by(*order))
    others = {row.id: bytes(row.key) for row in tx.connection.execute(select(table))}
    return Kept(
        children=children,
        shares=tuple(Share(s.contact_id, s.child, s.key_id, bytes(s.wrapped)) for s in shares),
        others=others,
    )


def of_contact(tx: Transaction, contact_id: UUID) -> bytes | None:
    """A contact's key, made where there is none; None where this person may not know of the
    contact, at a hub's server."""
    if found := child_keys.opened(tx, [contact_id]):
        return found[contact_id]
    child_keys.make(tx, contact_id)
    return child_keys.opened(tx, [contact_id]).get(contact_id)


def make(tx: Transaction, names: Iterable[str]) -> None:
    """A new key for each of the names that has none yet."""
    held = set(tx.connection.scalars(select(table.c.id)))
    rows = []
    for name in sorted(set(names) - held):
        if ":" in name:
            rows.append({"id": name, "key": secrets.token_bytes(32)})
        else:
            child_keys.make(tx, UUID(name))
    if rows:
        tx.connection.execute(insert(table), rows)


def bring_back(tx: Transaction, keys: Kept) -> None:
    """Put keys into a store in place of its own, as it is restored; one of before there were
    children's keys has all by name."""
    tx.connection.execute(table.delete())
    if not has_child_keys(tx.connection):
        _put(tx, keys.by_name())
        return
    tx.connection.execute(content_share.delete())
    tx.connection.execute(child_key.delete())
    _put(tx, keys.others)
    if keys.children:
        rows = [{"id": id, "key": key} for id, key in keys.children.items()]
        tx.connection.execute(insert(child_key), rows)
    shares = [s._asdict() for s in keys.shares if s.key_id in keys.children]
    if shares:
        tx.connection.execute(insert(content_share), shares)


def has_child_keys(connection: Connection) -> bool:
    """Whether the store is of a Fanlight that gives each child a key."""
    return inspect(connection).has_table(child_key.name)


def _put(tx: Transaction, keys: Mapping[str, bytes]) -> None:
    if keys:
        tx.connection.execute(insert(table), [{"id": n, "key": k} for n, k in keys.items()])


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
