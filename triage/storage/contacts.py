"""Contacts: kept whole, found by state, reference, children and household."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    delete,
    func,
    select,
    tuple_,
    union,
    union_all,
    update,
)
from sqlalchemy import insert as insert_into

from triage.domain.contact import Child, Contact, ContactState
from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.restriction import is_adopted
from triage.storage import child_keys, codec, episodes
from triage.storage.engine import Transaction
from triage.storage.tables import contact as table
from triage.storage.tables import (
    contact_child,
    reference_counter,
    restricted_child,
    restricted_child_shown,
    restricted_place,
    restricted_place_shown,
    restriction,
)

KEYS = ("identity", "nhs_number")
"""Columns by which a child is known again."""


def next_reference(tx: Transaction, at: datetime) -> str:
    """The next reference of the year of `at`, as C-26-04831. Never given twice."""
    counted = tx.connection.execute(
        update(reference_counter)
        .where(reference_counter.c.year == at.year)
        .values(last=reference_counter.c.last + 1)
        .returning(reference_counter.c.last)
    ).scalar()
    if counted is None:
        counted = 1
        tx.connection.execute(insert_into(reference_counter).values(year=at.year, last=counted))
    return f"C-{at.year % 100:02d}-{counted:05d}"


def insert(tx: Transaction, contact: Contact) -> None:
    """Keep a new contact. Raises ConflictError when its id or reference is taken."""
    tx.connection.execute(insert_into(table).values(id=contact.id, **_columns(contact)))
    _keep_found_by(tx, contact)
    _keep_restriction(tx, contact)
    child_keys.follow(tx, contact.id)


def save(tx: Transaction, contact: Contact) -> Contact:
    """Keep a changed contact and give it back with its version one higher.

    Raises ConflictError when someone changed it since it was read, NotFoundError when it is not
    there. Nothing is written then, and what was typed stays with the caller.
    """
    saved = replace(contact, version=contact.version + 1)
    changed = tx.connection.execute(
        update(table)
        .where(table.c.id == contact.id, table.c.version == contact.version)
        .values(**_columns(saved))
    )
    if changed.rowcount == 0:
        theirs = get(tx, contact.id)
        raise ConflictError(
            f"Someone else changed {theirs.reference} while you had it open. Nothing of theirs "
            "was overwritten and what you typed is kept: look at both, then save again."
        )
    _forget_found_by(tx, contact.id)
    _keep_found_by(tx, saved)
    _keep_restriction(tx, saved)
    child_keys.follow(tx, saved.id)
    return saved


def get(tx: Transaction, id: UUID) -> Contact:
    """The contact as last saved. Raises NotFoundError."""
    found = _read(tx, select(table.c.body).where(table.c.id == id))
    if not found:
        raise NotFoundError("This contact is not in the store. It may be on another computer.")
    return found[0]


def by_reference(tx: Transaction, ref: str) -> Contact:
    """The contact with this reference. Raises NotFoundError."""
    found = _read(tx, select(table.c.body).where(table.c.reference == ref))
    if not found:
        raise NotFoundError(f"There is no contact {ref} here. Check the number and the year.")
    return found[0]


def ids_of(tx: Transaction, references: Iterable[str]) -> frozenset[UUID]:
    """The contacts of these references that are there for this person to know of."""
    wanted = sorted(set(references))
    found: set[UUID] = set()
    for at in range(0, len(wanted), 500):
        query = select(table.c.id).where(table.c.reference.in_(wanted[at : at + 500])).limit(500)
        found.update(tx.connection.scalars(query))
    return frozenset(found)


def restricted_among(tx: Transaction, references: Iterable[str]) -> frozenset[str]:
    """Those of the references whose contact is restricted now."""
    wanted = sorted(set(references))
    found: set[str] = set()
    for at in range(0, len(wanted), 500):
        query = select(table.c.reference).where(
            table.c.reference.in_(wanted[at : at + 500]), _is_restricted(table.c.id)
        )
        found.update(tx.connection.scalars(query))
    return frozenset(found)


def shut_among(tx: Transaction, references: Iterable[str]) -> frozenset[str]:
    """Those of the references whose contact is restricted now, or is not there: a hub's server
    shows a restricted one to nobody who may not know of it, and what was destroyed to nobody."""
    wanted = sorted(set(references))
    open_: set[str] = set()
    for at in range(0, len(wanted), 500):
        query = select(table.c.reference).where(
            table.c.reference.in_(wanted[at : at + 500]), ~_is_restricted(table.c.id)
        )
        open_.update(tx.connection.scalars(query))
    return frozenset(wanted) - open_


def by_ids(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """Those of the contacts that are there for this person to know of, by id."""
    wanted = sorted(set(ids))
    found: dict[UUID, Contact] = {}
    for at in range(0, len(wanted), 500):
        some = table.c.id.in_(wanted[at : at + 500])
        query = select(table.c.body).where(some).order_by(table.c.id).limit(500)
        found.update((contact.id, contact) for contact in _read(tx, query))
    return found


def ids_about(
    tx: Transaction, words: str, *, with_restricted: bool, limit: int = 500
) -> frozenset[UUID]:
    """Contacts about a child by that full or family name or NHS number, at that postcode, or of
    that reference; decided ones and those set aside too. A restricted one is found by its
    reference alone, unless asked for: that a name is in one is not told."""
    name, figures = plain(words), "".join(c for c in words if c.isdigit())
    wanted = {"full_name": [name], "family": [name]}
    if len(figures) == 10:
        wanted["nhs_number"] = [figures]
    ids = union(
        *_by_children(wanted, with_restricted=with_restricted),
        *_by_place(plain_postcode(words), with_restricted=with_restricted),
    ).subquery()
    query = select(ids.c.id).order_by(ids.c.id).limit(limit)
    named = select(table.c.id).where(table.c.reference == words.strip().upper())
    found = frozenset(tx.connection.scalars(query)) if name else frozenset()
    return found | frozenset(tx.connection.scalars(named.order_by(table.c.id).limit(1)))


def restricted(
    tx: Transaction,
    before: datetime,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 2000,
) -> list[Contact]:
    """A page of the restricted contacts received before a moment that this person may know of, the
    longest held first: the next after the one received at `after` with its id."""
    query = select(table.c.body).where(table.c.id.in_(select(restriction.c.contact_id)))
    query = query.where(table.c.received_at < before)
    if after is not None:
        query = query.where(tuple_(table.c.received_at, table.c.id) > after)
    return _read(tx, query.order_by(table.c.received_at, table.c.id).limit(limit))


def in_states(
    tx: Transaction, states: Iterable[ContactState], *, limit: int = 2000, newest: bool = False
) -> list[Contact]:
    """Contacts in any of the states, the longest waiting first, or the newest."""
    query = select(table.c.body).where(table.c.state.in_([state.value for state in states]))
    by = (table.c.received_at, table.c.id)
    return _read(tx, query.order_by(*(c.desc() if newest else c for c in by)).limit(limit))


def in_states_known(
    tx: Transaction,
    states: Iterable[ContactState],
    known: Mapping[UUID, Contact],
    *,
    limit: int = 2000,
) -> list[Contact]:
    """As `in_states`, taking from `known` each contact that has not changed since."""
    wanted = [state.value for state in states]
    rows = tx.connection.execute(
        select(table.c.id, table.c.version)
        .where(table.c.state.in_(wanted))
        .order_by(table.c.received_at, table.c.id)
        .limit(limit)
    ).all()
    held = {c.id: c for c in known.values()}
    changed = [r.id for r in rows if r.id not in held or held[r.id].version != r.version]
    for at in range(0, len(changed), 500):
        some = changed[at : at + 500]
        for contact in _read(tx, select(table.c.body).where(table.c.id.in_(some)).limit(500)):
            held[contact.id] = contact
    return [held[r.id] for r in rows]


def received_before(
    tx: Transaction, before: tuple[datetime, UUID] | None, *, limit: int = 500
) -> list[Contact]:
    """A page of all contacts, the newest first: the next `limit` after the one that was received
    at `before` and has its id; from the newest where None."""
    query = select(table.c.body)
    if before is not None:
        query = query.where(tuple_(table.c.received_at, table.c.id) < before)
    return _read(tx, query.order_by(table.c.received_at.desc(), table.c.id.desc()).limit(limit))


def received_after(
    tx: Transaction,
    after: tuple[datetime, UUID] | None,
    states: Iterable[ContactState],
    *,
    limit: int = 500,
) -> list[Contact]:
    """A page of contacts in the states, the oldest first: the next `limit` after the one that was
    received at `after` and has its id; from the oldest where None."""
    query = select(table.c.body).where(table.c.state.in_([s.value for s in states]))
    if after is not None:
        query = query.where(tuple_(table.c.received_at, table.c.id) > after)
    return _read(tx, query.order_by(table.c.received_at, table.c.id).limit(limit))


def mentioning(
    tx: Transaction,
    *,
    postcode: str = "",
    names: Iterable[str] = (),
    exclude: UUID | None = None,
    limit: int = 50,
) -> list[Contact]:
    """Contacts at the postcode, or with a child of one of the names, newest first.

    A name is a family name or given and family name together, in any spelling of case,
    accents and hyphens.
    """
    wanted = sorted({plain(name) for name in names} - {""})
    searches = _by_children({"full_name": wanted, "family": wanted}) if wanted else []
    if code := plain_postcode(postcode):
        searches += _by_place(code)
    return _newest(tx, searches, exclude, limit)


def of_children(
    tx: Transaction, keys: Iterable[str], *, exclude: UUID | None = None, limit: int = 200
) -> list[Contact]:
    """Contacts about any child with one of the identity keys (see `keys_of`), newest first."""
    wanted = sorted(set(keys) - {""})
    if not wanted:
        return []
    return _newest(tx, _by_children(dict.fromkeys(KEYS, wanted)), exclude, limit)


def earlier_received(
    tx: Transaction,
    states: Iterable[ContactState],
    *,
    with_restricted: bool,
    since: datetime,
) -> dict[UUID, list[datetime]]:
    """When earlier contacts about any of the same children were received, by contact in the states.

    For all at once: a queue can't ask for each row. Earlier than `since`, drafts, those set aside
    and those joined with it are left out, and all of restricted ones unless asked for.
    """
    left_out = [ContactState.DRAFT.value, ContactState.SET_ASIDE.value]
    this, other = table.alias("this"), table.alias("other")
    children = _children(with_restricted=with_restricted)
    mine = union_all(
        *(
            select(this.c.id, this.c.received_at, *(child.c[key] for key in KEYS))
            .join(child, child.c.contact_id == this.c.id)
            .where(this.c.state.in_([s.value for s in states]))
            for child in children
        )
    ).cte()
    pairs = union(
        *(
            select(mine.c.id, mine.c.received_at, theirs.c.contact_id.label("other"))
            .join(theirs, theirs.c[key] == mine.c[key])
            .where(theirs.c.contact_id != mine.c.id)
            for theirs in children
            for key in KEYS
        )
    ).subquery()
    query = (
        select(pairs.c.id, other.c.id, other.c.received_at)
        .join(other, other.c.id == pairs.c.other)
        .where(
            other.c.received_at <= pairs.c.received_at,
            other.c.received_at >= since,
            other.c.state.not_in(left_out),
        )
        .order_by(pairs.c.id, other.c.received_at)
        .limit(100_000)
    )
    rows = [tuple(row) for row in tx.connection.execute(query)]
    joined = episodes.together(tx, {row[0] for row in rows}, with_restricted=with_restricted)
    found: dict[UUID, list[datetime]] = {}
    for contact_id, other_id, received_at in rows:
        if other_id not in joined[contact_id]:
            found.setdefault(contact_id, []).append(received_at)
    return found


def keys_of(child: Child) -> tuple[str, ...]:
    """What a child is known again by: "family|given|dob" where all three are known, NHS number."""
    row = _child_columns(child)
    return tuple(k for k in (row["identity"], row["nhs_number"]) if k)


def plain(words: str) -> str:
    """Casefolded letters and figures, without accents, signs or doubled spaces.

    The form names are kept in, so it stays as it is even where matching learns to do better.
    """
    spread = unicodedata.normalize("NFKD", words.casefold().replace("'", "").replace("’", ""))
    letters = "".join(c for c in spread if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def plain_postcode(words: str) -> str:
    """Upper case, without spaces or signs."""
    return "".join(c for c in words.upper() if c.isalnum())


def _is_restricted(id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return select(restriction.c.contact_id).where(restriction.c.contact_id == id).exists()


def _children(*, with_restricted: bool) -> tuple[FromClause, ...]:
    """Where children are found; each is asked by itself, so that each is asked by its indexes."""
    return (contact_child, *((restricted_child_shown,) if with_restricted else ()))


def _by_children(
    wanted: Mapping[str, list[str]], *, with_restricted: bool = True
) -> list[Select[Any]]:
    """Searches for the ids of contacts by any value of any column that children are found by."""
    return [
        select(child.c.contact_id.label("id")).where(child.c[name].in_(values))
        for child in _children(with_restricted=with_restricted)
        for name, values in wanted.items()
    ]


def _by_place(code: str, *, with_restricted: bool = True) -> list[Select[Any]]:
    shown = restricted_place_shown.c
    seen = select(table.c.id.label("id")).where(table.c.postcode == code)
    hidden = select(shown.contact_id.label("id")).where(shown.postcode == code)
    return [seen, hidden] if with_restricted else [seen]


def _keep_restriction(tx: Transaction, contact: Contact) -> None:
    """Last of all: in a hub's database it may hide the contact from whoever restricts it."""
    here = restriction.c.contact_id == contact.id
    if not contact.restricted:
        tx.connection.execute(delete(restriction).where(here))
    elif tx.connection.execute(select(restriction).where(here)).first() is None:
        tx.connection.execute(insert_into(restriction).values(contact_id=contact.id))


def _columns(contact: Contact) -> dict[str, Any]:
    return {
        "reference": contact.reference,
        "state": contact.state.value,
        "received_at": contact.received_at,
        "assigned_to": contact.assigned_to,
        "postcode": None if contact.restricted else _place(contact),
        "version": contact.version,
        "body": codec.dump(Contact, contact, sparse=True),
    }


def _place(contact: Contact) -> str | None:
    """Nobody is found by living at a refuge, nor an adopted child by home."""
    address = contact.content.address
    if address.is_refuge or is_adopted(contact) or not address.postcode.known:
        return None
    return plain_postcode(address.postcode.value) or None


def _child_columns(child: Child) -> dict[str, str | None]:
    family = plain(child.family.value) if child.family.known else ""
    given = plain(child.given.value) if child.given.known else ""
    dob = child.dob.as_date.isoformat() if child.dob.as_date else ""
    figures = "".join(c for c in child.nhs_number.value if c in "0123456789")
    return {
        "child": child.key,
        "identity": f"{family}|{given}|{dob}" if family and given and dob else None,
        "family": family or None,
        "given": given or None,
        "full_name": f"{given} {family}" if family and given else None,
        "dob": dob or None,
        "nhs_number": figures if child.nhs_number.known and len(figures) == 10 else None,
    }


def _forget_found_by(tx: Transaction, id: UUID) -> None:
    """What the contact was found by until now. Whoever opened a restricted one at a hub sees none
    of it, so there the database removes it for them."""
    if tx.at_hub:
        tx.connection.execute(select(func.fanlight_forget_found_by(id)))
        return
    for kept in (contact_child, restricted_child, restricted_place):
        tx.connection.execute(delete(kept).where(kept.c.contact_id == id))


def _keep_found_by(tx: Transaction, contact: Contact) -> None:
    if is_adopted(contact):
        return  # by what is in these rows contacts are found and linked
    rows = [{"contact_id": contact.id, **_child_columns(c)} for c in contact.content.children]
    if rows:
        kept = restricted_child if contact.restricted else contact_child
        tx.connection.execute(insert_into(kept), rows)
    place = _place(contact)
    if contact.restricted and place is not None:
        row = {"contact_id": contact.id, "postcode": place}
        tx.connection.execute(insert_into(restricted_place).values(row))


def _newest(
    tx: Transaction, searches: list[Select[Any]], exclude: UUID | None, limit: int
) -> list[Contact]:
    if not searches:
        return []
    ids = union(*searches).subquery()
    query = select(table.c.body).where(table.c.id.in_(select(ids.c[0])))
    if exclude is not None:
        query = query.where(table.c.id != exclude)
    return _read(tx, query.order_by(table.c.received_at.desc(), table.c.id).limit(limit))


def _read(tx: Transaction, query: Select[Any]) -> list[Contact]:
    return [codec.load(Contact, body) for body in tx.connection.scalars(query)]
