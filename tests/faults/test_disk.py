"""A disk that is full, may not be written, or gives back other bytes than it was given."""

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from tests.conftest import KEY
from tests.storage.values import NOON, contact, number
from triage.domain.errors import StoreError
from triage.domain.event import NewEvent
from triage.storage import answers, contacts, events
from triage.storage.engine import Store, open_file
from triage.storage.journal import Journal

PAGE = 4096


def save(store: Store, key: str, words: str = "Said. " * 200) -> None:
    with store.write() as tx:
        answers.save(tx, number(1), key, words, base_version=0, by="rosei", at=NOON)
        events.append(
            tx,
            NewEvent(kind="decision.saved", contact_id=number(1), by="rosei", at=NOON, detail={}),
        )


def save_for_ever(store: Store, said: list[str]) -> None:
    while True:
        save(store, f"q{len(said)}")
        said.append(f"q{len(said)}")


def put_for_ever(journal: Journal, put: list[int]) -> None:
    while True:
        journal.put(UUID(int=len(put)), "kind", f"subject {len(put)}", "Said. " * 500, NOON)
        put.append(len(put))


def kept(store: Store) -> set[str]:
    assert events.verify(store) is None
    with store.read() as tx:
        found = answers.all(tx, number(1))
        assert events.head(tx).seq == len(found)
        return set(found)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of three megabytes, where this person may mount one; else what this process writes may
    grow no further than that."""
    folder.mkdir()
    mounted = shutil.which("mount") and os.getuid() == 0
    if (
        mounted
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(folder)],
            capture_output=True,
            check=False,
        ).returncode
    ):
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, before[1]))
    try:
        yield folder
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_disk_that_fills_up_keeps_all_that_was_saved_and_takes_more_once_there_is_room(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "small") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(1_200_000))
        store = open_file(disk / "fanlight.db", KEY)
        with store.write() as tx:
            contacts.insert(tx, contact(1))
        said: list[str] = []
        with pytest.raises(StoreError, match=r"disk .*What was saved before is safe"):
            save_for_ever(store, said)
        assert len(said) > 10
        assert kept(store) == set(said)
        ballast.unlink()
        store.close()
        again = open_file(disk / "fanlight.db", KEY)
        assert kept(again) == set(said)
        save(again, "more")
        again.close()


def test_desk_whose_disk_is_full_says_so_when_it_can_not_keep_what_is_typed(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "small") as disk:
        journal = Journal(disk / "unsent.db", KEY)
        put: list[int] = []
        with pytest.raises(StoreError, match="disk is full, or may not be written"):
            put_for_ever(journal, put)
        assert len(put) > 10
        assert [entry.id.int for entry in journal.all()] == put
        journal.close()


def test_disk_that_turns_read_only_is_told_in_words_and_reading_goes_on(store: Store) -> None:
    with store.write() as tx:
        contacts.insert(tx, contact(1))
    save(store, "q0")
    with pytest.raises(StoreError, match=r"only be read .*saved before is safe"):
        save_on_a_read_only_line(store)
    assert kept(store) == {"q0"}


def save_on_a_read_only_line(store: Store) -> None:
    with store.write() as tx:
        # What SQLite says of a disk that was mounted anew, to be read only, is what it says here.
        tx.connection.exec_driver_sql("PRAGMA query_only = ON")
        answers.save(tx, number(1), "q1", "More.", base_version=0, by="rosei", at=NOON)


def test_any_page_that_comes_back_otherwise_is_told_in_words_and_never_read_as_something_else(
    tmp_path: Path,
) -> None:
    whole = tmp_path / "whole.db"
    store = open_file(whole, KEY)
    with store.write() as tx:
        contacts.insert(tx, contact(1))
    for n in range(12):
        save(store, f"q{n}")
    before = kept(store)
    with store.read() as tx:
        told = [e.detail for e in events.since(tx, 0)]
    store.close()
    data = whole.read_bytes()
    assert not whole.with_name("whole.db-wal").exists()
    found = 0
    for at in range(0, len(data), PAGE):
        path = tmp_path / "hurt.db"
        hurt = bytearray(data)
        hurt[at + PAGE // 2] ^= 0x10
        path.write_bytes(hurt)
        try:
            again = open_file(path, KEY)
            try:
                assert kept(again) == before
                with again.read() as tx:
                    assert [e.detail for e in events.since(tx, 0)] == told
            finally:
                again.close()
        except StoreError:
            found += 1
        for left in tmp_path.glob("hurt.db*"):
            left.unlink()
    assert found > 5
