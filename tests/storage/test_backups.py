"""A backup is one picture of a store that others write to, on either engine, sealed by family."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests import factory
from tests.conftest import KEY, Home
from tests.keys_here import without
from triage.domain.errors import StoreError
from triage.domain.event import NewEvent
from triage.storage import backups, contacts, content_keys, events, originals
from triage.storage.belonging import KEYS, Belonging, owned_through
from triage.storage.engine import Store, open_file
from triage.storage.tables import metadata

BACKUP_KEY = bytes(range(32, 64))


def receive(store: Store, number: int) -> UUID:
    """A contact with its original and its event, in one commit."""
    contact = replace(factory.contact(reference=f"C-26-1{number:04}"), id=uuid4())
    with store.write() as tx:
        contacts.insert(tx, contact)
        originals.keep(
            tx,
            id=uuid4(),
            name="letter.txt",
            data=f"Letter {number}".encode(),
            kind="mail",
            contact_id=contact.id,
            message_id="",
            received_at=factory.NOW,
        )
        told = {"reference": contact.reference}
        new = NewEvent(
            kind="contact.received", contact_id=contact.id, by="x", at=factory.NOW, detail=told
        )
        events.append(tx, new)
    return contact.id


def keys_of(store: Store) -> content_keys.Kept:
    with store.read() as tx:
        return content_keys.all(tx)


def test_backup_is_one_picture_while_another_window_writes(home: Home, tmp_path: Path) -> None:
    with closing(home.open()) as store, closing(home.open()) as other:
        for number in range(5):
            receive(store, number)
        stop, began = threading.Event(), threading.Event()
        wrote: list[UUID] = []

        def write() -> None:
            while not stop.is_set():
                wrote.append(receive(other, 100 + len(wrote)))
                began.set()

        window = threading.Thread(target=write)
        window.start()
        try:
            assert began.wait(30)
            held = backups.write(store, tmp_path / "a.backup", BACKUP_KEY)
        finally:
            stop.set()
            window.join()
        assert wrote
        assert held.counts["contact"] == held.counts["original"] == held.counts["event"]
        assert held.head.seq == held.counts["event"] >= 6
        keys = keys_of(store)
    with closing(open_file(tmp_path / "back.db", KEY)) as back:
        came = backups.restore(tmp_path / "a.backup", BACKUP_KEY, keys, back)
        assert came.counts == {name: n for name, n in held.counts.items() if n}
        assert events.verify(back) is None
        with back.read() as tx:
            assert events.head(tx) == held.head
            assert originals.altered(tx) == []


def test_what_is_told_of_a_family_is_gone_with_its_key_and_the_chain_stays_whole(
    store: Store, tmp_path: Path
) -> None:
    gone, stays = receive(store, 1), receive(store, 2)
    held = backups.write(store, tmp_path / "a.backup", BACKUP_KEY)
    keys = keys_of(store)
    mine = {str(gone)}
    with store.read() as tx:
        [letter] = originals.of_contact(tx, gone)
    mine.add(f"original_bytes:{letter.sha256}")
    left = without(keys, mine)
    with closing(open_file(tmp_path / "back.db", KEY)) as back:
        came = backups.restore(tmp_path / "a.backup", BACKUP_KEY, left, back)
        assert came.owners_gone == mine
        assert came.gone["contact"] == came.gone["original_bytes"] == 1
        with back.read() as tx:
            ids = tx.connection.scalars(select(metadata.tables["contact"].c.id)).all()
            assert ids == [stays]
        assert events.verify(back) is None
        assert {n: came.counts.get(n, 0) + came.gone.get(n, 0) for n in held.counts} == dict(
            held.counts
        )


def test_every_table_with_words_of_a_family_is_sealed_by_its_key() -> None:
    """A table that is new is sealed by itself where it leads to a contact; the rest are named."""
    open_tables = {t.name for t in metadata.sorted_tables if owned_through(t) is None}
    assert open_tables == {
        *(
            "content_key",
            "child_key",
            "content_share",
            "event",
            "event_head",
            "reference_counter",
            "request_counter",
        ),
        *("original_bytes", "setting"),  # sealed by names of their own: see Belonging
        *("worker", "signing_key", "mailbox", "mailbox_message", "directory_copy", "service"),
        *("desk_save", "checkpoint_mail"),
        "retention_rule",
        "destruction",  # that it was destroyed, and nothing of whom
    }


def test_comment_begun_on_a_decision_and_bytes_of_an_original_have_keys(store: Store) -> None:
    with store.read() as tx:
        belonging = Belonging(tx)
    whose = belonging.owners(metadata.tables["original_bytes"], {"sha256": "ab"})
    assert whose == ("original_bytes:ab",)
    assert belonging.owners(metadata.tables["setting"], {"name": "matching.weights"}) == ()
    no_contact = {"id": UUID(int=7), "contact_id": None}
    assert belonging.owners(metadata.tables["original"], no_contact) == (f"original:{UUID(int=7)}",)


def test_nothing_of_a_family_is_read_with_the_backups_key_alone(
    store: Store, tmp_path: Path
) -> None:
    receive(store, 1)
    path = tmp_path / "a.backup"
    backups.write(store, path, BACKUP_KEY)
    with closing(backups._open(path, BACKUP_KEY)) as line:
        frames = line.execute("SELECT tbl, owners, body FROM frame").fetchall()
    sealed = {name for name, owners, _ in frames if owners}
    assert not KEYS & {name for name, _, _ in frames}
    assert {"contact", "contact_child", "original", "original_bytes"} <= sealed
    assert not any(b"Letter 1" in body or b"Rowe" in body for _, _, body in frames)
    with pytest.raises(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as plain:
        plain.execute("SELECT * FROM frame")


def test_damage_another_key_and_a_full_store_are_sentences(store: Store, tmp_path: Path) -> None:
    receive(store, 1)
    path = tmp_path / "a.backup"
    backups.write(store, path, BACKUP_KEY)
    with pytest.raises(StoreError, match="does not open"):
        backups.contents(path, bytes(32))
    with pytest.raises(StoreError, match="something in the store already"):
        backups.restore(path, BACKUP_KEY, keys_of(store), store)
    whole = path.read_bytes()
    path.write_bytes(whole[:-3000] + bytes(100) + whole[-2900:])
    with pytest.raises(StoreError, match="damaged"):
        backups.contents(path, BACKUP_KEY)


def test_disk_that_refuses_leaves_no_half_backup(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not be written"):
        backups.write(store, tmp_path / "nowhere" / "a.backup", BACKUP_KEY)
