"""Each child has a key, and keys of contacts are kept only wrapped for their children."""

import secrets
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

from triage.storage.child_keys import KEY_BYTES, NOBODY, wrap

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

AT_ONCE = 5000

_KEYS = sa.table("child_key", sa.column("id", sa.Uuid()), sa.column("key", sa.LargeBinary()))
_SHARES = sa.table(
    "content_share",
    sa.column("contact_id", sa.Uuid()),
    sa.column("child"),
    sa.column("key_id", sa.Uuid()),
    sa.column("wrapped", sa.LargeBinary()),
)


class _New(NamedTuple):
    contact_id: UUID
    child: str
    content: bytes
    its: bytes  # id and key of the child's key
    is_new: bool


def upgrade() -> None:
    """Make the tables, wrap the key of each contact, and let go of it as it stood."""
    line = op.get_bind()
    at_hub = line.dialect.name == "postgresql"
    leads = sa.ForeignKeyConstraint(
        ["key_id"], ["child_key.id"], deferrable=True, initially="DEFERRED",
        name=op.f("fk_content_share_key_id"),
    )  # fmt: skip
    _make_tables(() if at_hub else (leads,))
    for found in (_of_children(line), _of_no_child(line)):
        while some := list(islice(found, AT_ONCE)):
            _keep(line, some)
    if at_hub:  # once all is in: it would note each row, and look at each as the transaction ends
        op.create_foreign_key(
            op.f("fk_content_share_key_id"), "content_share", "child_key", ["key_id"], ["id"],
            deferrable=True, initially="DEFERRED",
        )  # fmt: skip
    op.create_index(op.f("ix_content_share_key_id"), "content_share", ["key_id"])
    line.execute(sa.text("DELETE FROM content_key WHERE id NOT LIKE '%:%'"))


def _make_tables(leads: Iterable[sa.ForeignKeyConstraint]) -> None:
    op.create_table(
        "child_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_key")),
    )
    op.create_table(
        "content_share",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("child", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        *leads,
        sa.PrimaryKeyConstraint("contact_id", "child", name=op.f("pk_content_share")),
    )


def _keep(line: sa.Connection, some: list[_New]) -> None:
    keys = [{"id": UUID(bytes=n.its[:16]), "key": n.its[16:]} for n in some if n.is_new]
    if keys:
        line.execute(sa.insert(_KEYS), keys)
    shares = []
    for new in some:
        id, key = UUID(bytes=new.its[:16]), new.its[16:]
        wrapped = wrap(new.content, key, new.contact_id, id)
        shares.append(
            {"contact_id": new.contact_id, "child": new.child, "key_id": id, "wrapped": wrapped}
        )
    line.execute(sa.insert(_SHARES), shares)


def _of_children(line: sa.Connection) -> Iterator[_New]:
    """Of open contacts, a share for each child: those of one name and birth date, or of one NHS
    number, have one key, as far as this can be told in one go."""
    id = "child.contact_id"
    named = f"{id}::text"
    if line.dialect.name != "postgresql":
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        named = " || '-' || ".join(f"substr({id}, {at}, {n})" for at, n in parts)
    query = sa.text(
        "SELECT contact_id, child, identity, nhs_number, kept.key FROM contact_child child "
        f"JOIN content_key kept ON kept.id = {named} "
        "ORDER BY identity, contact_id, child".replace("::", r"\:\:")
    ).columns(contact_id=sa.Uuid(), key=sa.LargeBinary())
    by_number: dict[str, bytes] = {}
    rows = _streamed(line, query)
    for _, alike in groupby(rows, key=lambda row: row.identity or (row.contact_id, row.child)):
        same = list(alike)
        numbers = [row.nhs_number for row in same if row.nhs_number]
        its = next((by_number[n] for n in numbers if n in by_number), None)
        is_new = its is None
        its = its or _new_key()
        by_number.update((n, its) for n in numbers if n not in by_number)
        for row in same:
            yield _New(row.contact_id, row.child, bytes(row.key), its, is_new)
            is_new = False


def _of_no_child(line: sa.Connection) -> Iterator[_New]:
    """Of all other contacts, each with a key that no other has."""
    query = sa.text("SELECT id, key FROM content_key WHERE id NOT LIKE '%:%' ORDER BY id").columns(
        key=sa.LargeBinary()
    )
    shared = sa.select(_SHARES.c.contact_id).where(
        _SHARES.c.contact_id.in_(sa.bindparam("some", expanding=True))
    )
    rows = iter(_streamed(line, query))
    while some := {UUID(row.id): bytes(row.key) for row in islice(rows, AT_ONCE)}:
        done = set(line.scalars(shared, {"some": list(some)}))
        for contact_id in some.keys() - done:
            yield _New(contact_id, NOBODY, some[contact_id], _new_key(), True)


def _streamed(line: sa.Connection, query: Any) -> Iterable[Any]:
    return line.execute(query.execution_options(yield_per=AT_ONCE))


def _new_key() -> bytes:
    return uuid4().bytes + secrets.token_bytes(KEY_BYTES)
