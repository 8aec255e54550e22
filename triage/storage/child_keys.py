"""Child keys: each child has a key of their own, and a contact's key is kept only under these.

The key that a contact is sealed with (see `content_keys`) stands nowhere. It is wrapped with the
key of each of the contact's children, in a share for each: any one of these opens it, and it is
lost with the last. A child who is met again, known by name and birth date or by NHS number, has the
same key there. A restricted contact shares none: nothing may lead from it to another.

Whoever signs in at a hub as themselves neither sees nor writes these tables: functions of its
database do what is done here, in the same bytes (see `hub_keys.sql`).
"""

import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, delete, exists, insert, select, text, union_all

from triage.domain.errors import StoreError
from triage.storage.engine import Transaction
from triage.storage.tables import child_key, contact_child, content_share

KEY_BYTES = 32

NOBODY = ""
"""Stands for a child in a contact that names none, or is restricted."""


class Share(NamedTuple):
    """A contact's key, wrapped for one of its children."""

    contact_id: UUID
    child: str
    key_id: UUID
    wrapped: bytes


def wrap(content: bytes, key: bytes, contact_id: UUID, key_id: UUID) -> bytes:
    """A contact's key under a child's, bound to both: Rogaway and Shrimpton's SIV, which needs no
    nonce for a key and is made of HMAC-SHA-256 alone, which PostgreSQL can do too."""
    about = f"{contact_id} {key_id}".encode()
    tag = _keyed(key, b"tag " + about + content)
    return tag + _mixed(content, _keyed(key, b"pad " + about + tag))


def unwrap(share: Share, key: bytes) -> bytes:
    """What `wrap` was given. Raises ValueError where it was altered or the key is another."""
    if len(share.wrapped) != 2 * KEY_BYTES:
        raise ValueError("altered")
    about = f"{share.contact_id} {share.key_id}".encode()
    tag, mixed = share.wrapped[:KEY_BYTES], share.wrapped[KEY_BYTES:]
    content = _mixed(mixed, _keyed(key, b"pad " + about + tag))
    if not hmac.compare_digest(tag, _keyed(key, b"tag " + about + content)):
        raise ValueError("altered, or wrapped with another key")
    return content


def _keyed(key: bytes, words: bytes) -> bytes:
    return hmac.digest(key, words, "sha256")


def _mixed(one: bytes, other: bytes) -> bytes:
    both = int.from_bytes(one) ^ int.from_bytes(other)
    return both.to_bytes(KEY_BYTES)


_OTHERS = content_share.alias("elsewhere")
_SHARES = select(
    content_share.c.contact_id,
    content_share.c.child,
    content_share.c.key_id,
    content_share.c.wrapped,
    child_key.c.key,
).join(child_key, child_key.c.id == content_share.c.key_id)
_OF_ONE = _SHARES.where(content_share.c.contact_id == bindparam("contact"))
_ALL_OF_ONE = _OF_ONE.add_columns(
    exists()
    .where(_OTHERS.c.key_id == content_share.c.key_id)
    .where(_OTHERS.c.contact_id != content_share.c.contact_id)
    .label("elsewhere")
).order_by(content_share.c.child)


def _children() -> Any:
    """Each child that a contact names, with each key that others have for the child; none of one
    that is restricted, whose children stand apart."""
    mine, theirs = contact_child.alias("mine"), contact_child.alias("theirs")
    others = [
        select(mine.c.child, content_share.c.key_id)
        .join(theirs, theirs.c[column] == mine.c[column])
        .join(
            content_share,
            (content_share.c.contact_id == theirs.c.contact_id)
            & (content_share.c.child == theirs.c.child),
        )
        .where(
            mine.c.contact_id == bindparam("contact"),
            theirs.c.contact_id != mine.c.contact_id,
        )
        for column in ("identity", "nhs_number")
    ]
    named = select(mine.c.child, bindparam("none", None, type_=Uuid()).label("key_id")).where(
        mine.c.contact_id == bindparam("contact")
    )
    found = union_all(named, *others).subquery()
    return (
        select(found.c.child, child_key.c.id, child_key.c.key)
        .outerjoin(child_key, child_key.c.id == found.c.key_id)
        .distinct()
        .order_by(found.c.child, child_key.c.id)
    )


_CHILDREN = _children()
_UNSHARED = delete(child_key).where(
    child_key.c.id.in_(bindparam("ids", expanding=True)),
    ~exists().where(content_share.c.key_id == child_key.c.id),
)
_NEW_KEY, _NEW_SHARE = insert(child_key), insert(content_share)
_OPEN_AT_HUB = text("SELECT contact_id, '', key_id, wrapped, key FROM fanlight_content_keys(:ids)")
_SHARE_OUT = text("SELECT fanlight_share_out(:contact)")


def opened(tx: Transaction, contacts: Iterable[UUID]) -> dict[UUID, bytes]:
    """The keys of those of the contacts that are there, and that this person may know of."""
    wanted = sorted(set(contacts))
    found: dict[UUID, bytes] = {}
    for at in range(0, len(wanted), 500):
        some = wanted[at : at + 500]
        for contact_id, child, key_id, wrapped, key in _shares_of(tx, some):
            if contact_id not in found:
                share = Share(contact_id, child, key_id, bytes(wrapped))
                with suppress(ValueError):  # another child's may be whole
                    found[contact_id] = unwrap(share, bytes(key))
    return found


def _shares_of(tx: Transaction, contacts: list[UUID]) -> Iterable[Any]:
    if is_person(tx):
        return tx.connection.execute(_OPEN_AT_HUB, {"ids": contacts})
    if len(contacts) == 1:  # each event that is written asks so, and a list is put together anew
        return tx.connection.execute(_OF_ONE, {"contact": contacts[0]})
    return tx.connection.execute(_SHARES.where(content_share.c.contact_id.in_(contacts)))


def is_person(tx: Transaction) -> bool:
    """Whether this is somebody signed in at a hub as themselves, not its owner."""
    if not tx.at_hub:
        return False
    known = tx.connection.info  # of the line, which is one person's for good
    if "fanlight_person" not in known:
        found = tx.connection.scalar(text("SELECT starts_with(session_user, 'fl_')"))
        known["fanlight_person"] = bool(found)
    return bool(known["fanlight_person"])


def make(tx: Transaction, contact_id: UUID) -> None:
    """See that a contact has a key; for a person at a hub, where they may know of the contact."""
    if is_person(tx):
        tx.connection.execute(_SHARE_OUT, {"contact": contact_id})
    else:
        _share_out(tx, contact_id)


def follow(tx: Transaction, contact_id: UUID) -> None:
    """Have a contact's key wrapped for the children that it is about, as they stand in the store
    once it was saved. At a hub the database does so itself as a person's saving ends."""
    if not is_person(tx):
        _share_out(tx, contact_id)


def _share_out(tx: Transaction, contact_id: UUID) -> None:
    held = {row.child: row for row in tx.connection.execute(_ALL_OF_ONE, {"contact": contact_id})}
    children = _known(tx, contact_id)
    new = {c: known for c, known in children.items() if not _stands(held.get(c), known)}
    gone = [share for child, share in held.items() if child in new or child not in children]
    if new or gone:
        content = _content(held.values()) if held else secrets.token_bytes(KEY_BYTES)
        _put(tx, contact_id, content, new, [share.child for share in gone])
    if gone:
        tx.connection.execute(_UNSHARED, {"ids": [share.key_id for share in gone]})


def _known(tx: Transaction, contact_id: UUID) -> dict[str, dict[UUID, bytes]]:
    """Each child of a contact, with the keys that others have for the child."""
    children: dict[str, dict[UUID, bytes]] = {}
    for child, id, key in tx.connection.execute(_CHILDREN, {"contact": contact_id}):
        known = children.setdefault(child, {})
        if id is not None:
            known[id] = bytes(key)
    return children or {NOBODY: {}}


def _stands(share: Any, known: Mapping[UUID, bytes]) -> bool:
    """Whether a child's share may stay: it is of a key that others have for the child, or where
    none has one, of a key that nobody else has, who would be another child."""
    return share is not None and (share.key_id in known or (not known and not share.elsewhere))


def _content(shares: Iterable[Any]) -> bytes:
    for contact_id, child, key_id, wrapped, key, _ in shares:
        with suppress(ValueError):
            return unwrap(Share(contact_id, child, key_id, bytes(wrapped)), bytes(key))
    raise StoreError(
        "The key that this record is sealed with was altered outside Fanlight. Nothing was "
        "changed: ask IT to look at the store."
    )


def _put(
    tx: Transaction,
    contact_id: UUID,
    content: bytes,
    new: Mapping[str, Mapping[UUID, bytes]],
    gone: Collection[str],
) -> None:
    if gone:
        of_one = content_share.c.contact_id == contact_id
        tx.connection.execute(delete(content_share).where(of_one, content_share.c.child.in_(gone)))
    for child, known in new.items():
        id = min(known, default=None)
        if id is None:
            id, key = uuid4(), secrets.token_bytes(KEY_BYTES)
            tx.connection.execute(_NEW_KEY, {"id": id, "key": key})
        else:
            key = known[id]
        wrapped = wrap(content, key, contact_id, id)
        tx.connection.execute(_NEW_SHARE, Share(contact_id, child, id, wrapped)._asdict())
