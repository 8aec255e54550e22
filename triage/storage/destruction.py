"""Destroying what is kept of a contact: its rows, its key, the keys of its children that no other
record needs, and the bytes that came for it alone.

Without the key nothing of it can be opened in any backup either, and its events keep their place
in the chain without their words. At a hub's server a function of the owner's does the same, made
of the same statements, and only where the rules of `hub_rules.sql` for destruction hold.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Table, bindparam, func, select, text

from triage.domain.lookup import OWN
from triage.domain.request import AnswerPlace
from triage.domain.retention import Review
from triage.storage import retention
from triage.storage.apart import APART
from triage.storage.belonging import owned_through
from triage.storage.columns import UtcDateTime
from triage.storage.engine import Transaction
from triage.storage.tables import metadata


class Arrivals(NamedTuple):
    """How many files and answers are about nobody, how many of the answers still wait for somebody
    to place them, and when the newest came."""

    files: int
    answers: int
    waiting: int
    newest: datetime | None


_COMMENTS = """DELETE FROM setting WHERE EXISTS (SELECT 1 FROM decision_version v
WHERE v.contact_id = {c} AND setting.name LIKE 'sign-off.comment.' || {id} || '.%')"""

# What look-ups of others found of its people, and what was said of it beside them: names and all.
# Such a search can be made again.
_FOUND = (
    f"partner = '{OWN}' AND EXISTS (SELECT 1 FROM contact gone WHERE gone.id = {{c}} "
    "AND {named}lookup_result.body LIKE '%\"' || gone.reference || '/%')"
)
# At a hub by an index of what each names: without it, all look-ups of all years are read.
_NAMED_AT_HUB = "fanlight_references(lookup_result.body) @> ARRAY[gone.reference::text] AND "
_SAID = (
    f"partner = '{OWN}' AND EXISTS (SELECT 1 FROM contact gone WHERE gone.id = {{c}} "
    "AND verdict.record_id LIKE gone.reference || '/%')"
)

# At a hub no index of requests leads from a contact to its own.
_ASKED_AT_HUB = (
    "SELECT request_id FROM fanlight_inside.request_beside WHERE contact_id = {c} "
    "UNION SELECT request_id FROM fanlight_inside.request_apart WHERE contact_id = {c}"
)

_MINE = "SELECT sha256 FROM original WHERE contact_id = {c}"
_ONLY_MINE = (
    f"sha256 IN ({_MINE}) AND sha256 NOT IN "
    "(SELECT sha256 FROM original WHERE contact_id IS NULL OR contact_id <> {c})"
)

# A child's key goes with the last record that it is needed for.
_THEIRS_ALONE = (
    "id IN (SELECT key_id FROM content_share WHERE contact_id = {c}) AND NOT EXISTS (SELECT 1 FROM "
    "content_share other WHERE other.key_id = child_key.id AND other.contact_id <> {c})"
)


def statements(contact: str, *, uuids: bool, at_hub: bool = False) -> Iterator[str]:
    """SQL that removes all of a contact, in order; `contact` is how its id is said there, `uuids`
    whether ids are kept as such, or as 32 hex digits, and `at_hub` whether a hub's functions are
    there."""

    yield _COMMENTS.format(c=contact, id=_as_text("v.id", uuids=uuids))
    bytes_ = _ONLY_MINE.format(c=contact)
    yield f"DELETE FROM content_key WHERE id IN (SELECT 'original_bytes:' || sha256 FROM original WHERE {bytes_})"  # noqa: E501
    yield f"DELETE FROM original_bytes WHERE {bytes_}"
    yield f"DELETE FROM child_key WHERE {_THEIRS_ALONE.format(c=contact)}"
    yield f"DELETE FROM content_share WHERE contact_id = {contact}"
    found = _FOUND.format(c=contact, named=_NAMED_AT_HUB if at_hub else "")
    yield f"DELETE FROM lookup_result WHERE {found}"
    yield f"DELETE FROM verdict WHERE {_SAID.format(c=contact)}"
    if at_hub:
        # What stands apart, and first: without the restriction it would go back where all look.
        yield f"DELETE FROM fanlight_inside.lookup_result WHERE {found}"
        yield f"DELETE FROM fanlight_inside.verdict WHERE {_SAID.format(c=contact)}"
        for name in APART:
            of_it = _of_contact(metadata.tables[name], contact)
            yield f"DELETE FROM fanlight_inside.{name} WHERE {of_it}"
    asked = _ASKED_AT_HUB.format(c=contact) if at_hub else ""
    for table in reversed(metadata.sorted_tables):
        if where := _of_contact(table, contact, asked):
            yield f'DELETE FROM "{table.name}" WHERE {where}'


def statements_of_arrivals(until: str, *, uuids: bool) -> Iterator[str]:
    """SQL that removes what came, and was set aside, before a moment and is about nobody: `until`
    is how the moment is said there. What was noted of each message, without its words, stays: it
    is known again."""
    answers, gone = _over(until, uuids=uuids)
    bytes_ = (
        f"sha256 IN (SELECT sha256 FROM original WHERE {gone}) AND sha256 NOT IN "
        f"(SELECT sha256 FROM original WHERE NOT ({gone}))"
    )
    for table, which in (("original", gone), ("partner_answer", answers)):
        named = f"'{table}:' || {_as_text('id', uuids=uuids)}"
        if table == "original":
            yield (
                "DELETE FROM content_key WHERE id IN (SELECT 'original_bytes:' || sha256 FROM "
                f"original_bytes WHERE {bytes_})"
            )
            yield f"DELETE FROM original_bytes WHERE {bytes_}"
        yield f"DELETE FROM content_key WHERE id IN (SELECT {named} FROM {table} WHERE {which})"
        yield f"DELETE FROM {table} WHERE {which}"


def _over(until: str, *, uuids: bool) -> tuple[str, str]:
    """Which answers and which originals about nobody have had their time before a moment: counted
    from when they came or were set aside, the later of these. An original stays with its answer."""

    def aside_before(table: str, *kinds: str) -> str:
        named = ", ".join(f"'{kind}'" for kind in kinds)
        return (
            f"{table}.received_at < {until} AND NOT EXISTS (SELECT 1 FROM event put "
            f"WHERE put.contact_id IS NULL AND put.kind IN ({named}) AND put.at >= {until} "
            f"AND put.detail LIKE '%' || {_as_text(f'{table}.id', uuids=uuids)} || '%')"
        )

    answers = f"request_id IS NULL AND {aside_before('partner_answer', 'request.not_an_answer')}"
    came_with = f"body LIKE '%' || {_as_text('original.id', uuids=uuids)} || '%'"
    originals = (
        f"contact_id IS NULL AND {aside_before('original', 'original.set_aside', 'original.kept')} "
        "AND NOT EXISTS (SELECT 1 FROM partner_answer WHERE request_id IS NULL "
        f"AND {came_with} AND NOT ({answers}))"
    )
    return answers, originals


def _as_text(id: str, *, uuids: bool) -> str:
    if uuids:
        return f"{id}::text"
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f"substr({id}, {at}, {n})" for at, n in parts)


def _of_contact(table: Table, contact: str, asked: str = "") -> str:
    if table.name == "suggestion":
        return f"low = {contact} OR high = {contact}"
    if table.name == "request" and asked:
        return f"id IN ({asked})"
    column = owned_through(table)
    if column is None:
        return ""
    if table.name == "contact" or "contact_id" in table.c:
        return f"{column.name} = {contact}"
    [key] = column.foreign_keys
    parent = key.column.table.name
    led = asked if parent == "request" else ""
    return f"{column.name} IN ({led or f'SELECT id FROM {parent} WHERE contact_id = {contact}'})"


def destroy(tx: Transaction, review: Review) -> None:
    """Remove all that is kept of a contact, for good, and keep the review that says so.

    At a hub's server raises NotAllowedError unless somebody else proposed it and nothing holds
    it: the database sees to that itself.
    """
    server = tx.connection.dialect.name == "postgresql"
    if server and _has_rules(tx):
        tx.connection.execute(text("SELECT fanlight_destroy(:c)"), {"c": review.contact_id})
        return
    retention.decide(tx, review)
    named = review.contact_id if server else review.contact_id.hex
    for statement in statements("CAST(:c AS uuid)" if server else ":c", uuids=server):
        tx.connection.execute(text(statement), {"c": named})


def destroy_arrivals(tx: Transaction, review: Review, until: datetime) -> None:
    """Remove what came before a moment and is about nobody, and keep the review that says so; at a
    hub's server as `destroy` does."""
    if tx.connection.dialect.name == "postgresql" and _has_rules(tx):
        tx.connection.execute(text("SELECT fanlight_destroy(:c)"), {"c": review.contact_id})
        return
    retention.decide(tx, review)
    server = tx.connection.dialect.name == "postgresql"
    before = bindparam("before", until, type_=UtcDateTime())
    for statement in statements_of_arrivals(":before", uuids=server):
        tx.connection.execute(text(statement).bindparams(before))


def arrivals_before(tx: Transaction, until: datetime) -> Arrivals:
    """What came, and was set aside, before a moment and is about nobody, for who may see it."""
    original, answer = metadata.tables["original"], metadata.tables["partner_answer"]
    before = bindparam("before", until, type_=UtcDateTime())
    waits, kept = (text(which).bindparams(before) for which in _over(":before", uuids=tx.at_hub))
    to_place = answer.c.place == AnswerPlace.TO_PLACE.value
    count, newest = func.count(), func.max
    files, last = tx.connection.execute(
        select(count, newest(original.c.received_at)).where(kept)
    ).one()
    bare, bare_last = tx.connection.execute(
        select(count, newest(answer.c.received_at)).where(waits)
    ).one()
    waiting = tx.connection.scalar(select(count).where(waits, to_place)) or 0
    return Arrivals(
        files=files,
        answers=bare,
        waiting=waiting,
        newest=max(filter(None, (last, bare_last)), default=None),
    )


def _has_rules(tx: Transaction) -> bool:
    found = text("SELECT to_regprocedure('fanlight_destroy(uuid)') IS NOT NULL")
    return bool(tx.connection.scalar(found))
