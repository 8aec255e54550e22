"""The encrypted file: closed to others, opened by its key alone, and plain about what is wrong."""

import os
import stat
import threading
from pathlib import Path

import pytest
import sqlcipher3.dbapi2
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import event, text

from tests.conftest import KEY, Home
from tests.storage.values import NOON, child, contact, number
from triage.domain.errors import StoreError
from triage.storage import answers, contacts, engine
from triage.storage.engine import Store, open_file
from triage.storage.journal import Journal


def test_another_key_is_refused_in_words_and_changes_nothing(file_home: Home) -> None:
    assert file_home.path is not None
    before = file_home.path.read_bytes()
    with pytest.raises(StoreError, match=r"key .* does not open fanlight\.db.*Nothing in it"):
        open_file(file_home.path, bytes(32))
    assert file_home.path.read_bytes() == before
    file_home.open().close()


def test_a_refused_key_is_in_no_error(file_home: Home) -> None:
    assert file_home.path is not None
    with pytest.raises(StoreError) as caught:
        open_file(file_home.path, b"\xab" * 32)
    error: BaseException | None = caught.value
    while error is not None:
        assert "abab" not in str(error) + repr(error)
        error = error.__cause__


def test_a_key_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not whole"):
        open_file(tmp_path / "new.db", b"short")
    assert not (tmp_path / "new.db").exists()


def test_a_file_that_is_not_encrypted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.db"
    plain = sqlcipher3.dbapi2.connect(str(path))
    plain.execute("CREATE TABLE a (b)")
    plain.close()
    with pytest.raises(StoreError, match="not encrypted"):
        open_file(path, KEY)


def test_some_other_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(b"\xff\xd8" * 5000)
    with pytest.raises(StoreError, match="Nothing in it was changed"):
        open_file(path, KEY)
    assert path.read_bytes() == b"\xff\xd8" * 5000


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be opened"):
        open_file(tmp_path, KEY)


def test_file_and_folder_are_for_their_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "home" / "data" / "fanlight.db"
    before = os.umask(0)
    try:
        store = open_file(path, KEY)
        with store.write() as tx:
            contacts.insert(tx, contact(1))
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    finally:
        os.umask(before)
    store.close()
    assert modes == dict.fromkeys(["fanlight.db", "fanlight.db-wal", "fanlight.db-shm"], 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_no_word_of_a_contact_can_be_read_in_the_files(file_home: Home) -> None:
    assert file_home.path is not None
    store = file_home.open()
    with store.write() as tx:
        contacts.insert(tx, contact(1, child("Perpetua", "Quillfeather")))
    on_disk = b"".join(p.read_bytes() for p in file_home.path.parent.iterdir())
    store.close()
    assert b"Quillfeather" not in on_disk
    assert b"contact" not in on_disk
    assert b"SQLite format" not in on_disk


def test_what_is_said_to_be_saved_is_on_the_disk(file_home: Home) -> None:
    store = file_home.open()
    with store.read() as tx:
        one = {
            name: tx.connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "temp_store")
        }
    store.close()
    assert one == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2}


def test_a_page_that_was_tampered_with_is_told_in_words(file_home: Home) -> None:
    assert file_home.path is not None
    data = bytearray(file_home.path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 + 100] ^= 0xFF
    file_home.path.write_bytes(data)
    with pytest.raises(StoreError, match=r"damaged|does not open"):
        open_file(file_home.path, KEY)


def test_what_is_written_while_reading_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match=r"only be read|nothing can be written"), store.read() as tx:
        contacts.insert(tx, contact(1))


def test_a_reader_sees_one_picture_while_others_write(store: Store, other_window: Store) -> None:
    with store.read() as tx:
        assert contacts.in_states(tx, [contact(1).state]) == []
        with other_window.write() as writing:
            contacts.insert(writing, contact(1))
        assert contacts.in_states(tx, [contact(1).state]) == []
    with store.read() as tx:
        assert contacts.in_states(tx, [contact(1).state]) == [contact(1)]


def test_a_window_kept_waiting_too_long_is_told_that_nothing_was_lost(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 50)
    hurried = home.open()
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with store.write() as tx:
            contacts.insert(tx, contact(1))
            holding.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait(30)
    try:
        with pytest.raises(StoreError, match="Nothing was lost"), hurried.write() as tx:
            contacts.insert(tx, contact(2))
    finally:
        done.set()
        holder.join()
        hurried.close()
    with store.read() as tx:
        assert contacts.get(tx, number(1)) == contact(1)


def test_second_writer_of_one_window_waits_for_its_turn_and_not_in_the_file(
    file_home: Home,
) -> None:
    store = file_home.open()
    begun = threading.Event()

    def second() -> None:
        with store.write() as tx:
            contacts.insert(tx, contact(2))

    with store.write() as tx:
        contacts.insert(tx, contact(1))
        event.listen(store._engine, "before_cursor_execute", lambda *_: begun.set())
        waiting = threading.Thread(target=second)
        waiting.start()
        assert not begun.wait(0.3), "it asks the file for the lock that this window holds"
    waiting.join()
    with store.read() as tx:
        assert contacts.get(tx, number(2)) == contact(2)
    store.close()


def test_many_threads_share_one_store(store: Store) -> None:
    faults: list[BaseException] = []
    with store.write() as tx:
        contacts.insert(tx, contact(1))

    def work(thread: int) -> None:
        try:
            for n in range(5):
                with store.write() as tx:
                    answers.save(
                        tx, number(1), f"q{thread}", str(n), base_version=n, by="rosei", at=NOON
                    )
                with store.read() as tx:
                    assert answers.all(tx, number(1))[f"q{thread}"].version == n + 1
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def _pages(path: Path) -> bytes:
    """What the file's pages hold, the empty ones too: each ends with its vector and 64 bytes of
    proof."""
    data, size = path.read_bytes(), 4096
    read = b""
    for at in range(0, len(data), size):
        page = data[at : at + size]
        opened = Cipher(algorithms.AES256(KEY), modes.CBC(page[-80:-64])).decryptor()
        read += opened.update(page[16 if at == 0 else 0 : -80])
    return read


def test_words_that_were_struck_are_not_left_in_the_empty_pages(tmp_path: Path) -> None:
    path = tmp_path / "unsent.db"
    journal = Journal(path, KEY)
    kept = journal.put(number(1), "k", "kept", "She is at the flat.", NOON)
    struck = journal.put(number(2), "k", "struck", "She hid under the bed." * 1000, NOON)
    journal.strike(struck.subject, struck.seq)
    assert journal.all() == [kept]
    journal.close()
    assert b"at the flat" in _pages(path)
    assert b"under the bed" not in _pages(path)


def test_words_that_may_have_reached_the_hub_are_written_over_by_no_others(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "unsent.db", KEY)
    entry = journal.put(number(1), "k", "s", "Hid.", NOON)
    tried = journal.mark_tried(entry)
    assert not journal.rewrite(entry, "Hid under the bed.", NOON)
    assert journal.all() == [tried]
    journal.close()
