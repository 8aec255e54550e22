"""The tables that migrations make are the tables the code uses, and their age is told."""

from uuid import UUID

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from tests import factory
from tests.conftest import Home
from tests.keys_here import by_name_again
from tests.older import with_episodes
from triage.domain.errors import StoreError
from triage.storage import contacts, schema, signing_keys, workers
from triage.storage.engine import Store, Transaction
from triage.storage.tables import metadata


def test_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    with store.read() as tx:
        context = MigrationContext.configure(
            tx.connection, opts={"compare_type": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []


def test_the_revision_named_in_the_code_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(schema._MIGRATIONS)).get_heads() == [schema.REVISION]


def test_an_older_program_refuses_a_newer_store_and_leaves_it_alone(
    store: Store, home: Home
) -> None:
    with store.write() as tx:
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer Fanlight .* Nothing in it was changed"):
        home.open()
    with store.read() as tx:
        assert schema.found(tx.connection) == "9999"


def test_opening_a_store_that_is_up_to_date_runs_no_migration(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[object] = []
    monkeypatch.setattr(command, "upgrade", lambda *asked: ran.append(asked))
    home.open().close()
    assert ran == []


def test_a_step_that_goes_wrong_leaves_no_half_made_tables(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as tx:
        assert tx.connection.execute(text("CREATE TABLE half (id INTEGER)")).rowcount / 0
    with store.read() as tx:
        assert "half" not in inspect(tx.connection).get_table_names()


FIRST_RELEASE = {
    *("contact", "contact_child", "reference_counter", "original", "original_bytes"),
    *("reader_draft", "answer", "decision_version", "version_opened", "lookup_result", "verdict"),
    *("suggestion", "event", "event_head", "delivery", "worker", "pack_copy", "setting"),
}

APART = ("restricted_child", "restricted_place")

BEFORE_KEYS = {
    *FIRST_RELEASE,
    *("restriction", "request", "request_counter", "request_message", "partner_answer"),
    *("mailbox", "mailbox_message", "directory_copy", "service", "service_referral"),
}


def _back_to(tx: Transaction, revision: str, tables: set[str]) -> None:
    """The store as it was at that age, when it had those tables."""
    _without_what_stands_apart(tx)
    with_episodes(tx)
    for later in reversed(metadata.sorted_tables):
        if later.name not in {*tables, *APART}:
            tx.connection.execute(text(f"DROP TABLE {later.name}"))
    tx.connection.execute(text("DROP INDEX ix_contact_received_at_id"))
    _without_later_parts(tx)
    tx.connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))


def _without_what_stands_apart(tx: Transaction) -> None:
    for table in APART:
        tx.connection.execute(text(f"DROP VIEW {table}_shown"))
        tx.connection.execute(text(f"DROP TABLE {table}"))


def _without_later_parts(tx: Transaction) -> None:
    for columns in ("by_seq", "kind_seq", "at_by_kind_seq"):
        tx.connection.execute(text(f"DROP INDEX ix_event_{columns}"))
    tx.connection.execute(text("DROP INDEX ix_delivery_not_stamped"))
    for column in ("time_stamp", "stamped_at", "not_stamped"):
        tx.connection.execute(text(f"ALTER TABLE delivery DROP COLUMN {column}"))
    tx.connection.execute(text("ALTER TABLE worker ADD COLUMN pin_hash TEXT NOT NULL DEFAULT 'x'"))


def test_contacts_restricted_before_their_table_came_are_restricted_after(home: Home) -> None:
    store = home.open()
    open_one, hidden = factory.contact(), factory.contact(reference="C-26-04900", restricted=True)
    with store.write() as tx:
        for contact in (open_one, hidden):
            contacts.insert(tx, contact)
    with store.write() as tx:
        _back_to(tx, "0001", FIRST_RELEASE)
    store.close()
    again = home.open()
    with again.read() as tx:
        found = contacts.restricted_among(tx, [open_one.reference, hidden.reference])
    again.close()
    assert found == {hidden.reference}


def test_keys_enrolled_before_they_were_listed_are_listed_after(home: Home) -> None:
    store = home.open()
    jwk = {"kty": "EC", "crv": "P-256", "kid": "k1"}
    with store.write() as tx:
        workers.put(tx, factory.RUTH, public_jwk=jwk)
        workers.put(tx, factory.AMIR, public_jwk={})
    with store.write() as tx:
        _back_to(tx, "0004", BEFORE_KEYS)
    store.close()
    again = home.open()
    with again.read() as tx:
        found = signing_keys.all(tx)
    again.close()
    assert [(key.worker_id, key.jwk, key.revoked_at) for key in found] == [("rosei", jwk, None)]


def _found_by(tx: Transaction) -> list[list[tuple[object, ...]]]:
    """All that contacts are found by, where it stands."""
    asked = (
        "SELECT * FROM contact_child",
        "SELECT id, postcode FROM contact WHERE postcode IS NOT NULL",
        *(f"SELECT * FROM {table}_shown" for table in APART),
    )
    return [[tuple(row) for row in tx.connection.execute(text(each))] for each in asked]


def test_what_restricted_contacts_are_found_by_stands_apart_once_it_was_moved(home: Home) -> None:
    store = home.open()
    open_one, hidden = factory.contact(), factory.contact(reference="C-26-04900", restricted=True)
    with store.write() as tx:
        for contact in (open_one, hidden):
            contacts.insert(tx, contact)
        found = _found_by(tx)
    with store.write() as tx:
        for act in (
            "INSERT INTO contact_child SELECT * FROM restricted_child",
            "UPDATE contact SET postcode = (SELECT postcode FROM restricted_place) "
            "WHERE postcode IS NULL",
        ):
            tx.connection.execute(text(act))
        by_name_again(tx)
        with_episodes(tx)
        _without_what_stands_apart(tx)
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '0020'"))
    store.close()
    again = home.open()
    with again.read() as tx:
        assert _found_by(tx) == found
    again.close()
    assert [len(rows) for rows in found] == [1, 1, 1, 1]


def _bodies(tx: Transaction) -> dict[str, str]:
    rows = tx.connection.execute(text("SELECT reference, body FROM contact"))
    return {row.reference: row.body for row in rows}


def test_a_contact_says_nothing_of_an_episode_once_pairs_alone_do(home: Home) -> None:
    store, episode = home.open(), UUID(int=50)
    words = f',"episode_id":"{episode}"'
    held = [
        factory.contact(reference=f"C-26-0490{n}", concern=f"They wrote {words}") for n in range(3)
    ]
    with store.write() as tx:
        for contact in held:
            contacts.insert(tx, contact)
        now = _bodies(tx)
        with_episodes(tx, episode, *held[:2])
        assert [words in body for body in _bodies(tx).values()].count(True) == 2
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '0023'"))
    store.close()
    again = home.open()
    with again.read() as tx:
        assert _bodies(tx) == now
        assert [contacts.get(tx, c.id) for c in held] == held
        if tx.at_hub:  # nor when it was written, which is otherwise when they were joined
            asked = text("SELECT count(DISTINCT xmin::text) FROM contact")
            assert tx.connection.scalar(asked) == 1
    again.close()
