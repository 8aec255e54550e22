"""The chain of events has no gaps, and what is done to it outside Fanlight is found."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from tests.conftest import KEY, Home
from tests.keys_here import lose
from tests.storage.values import contact, event, number
from triage.domain.event import FIRST, chain
from triage.storage import chain_stretches, contacts, events
from triage.storage.engine import Store
from triage.storage.tables import event as table
from triage.storage.tables import event_head


@pytest.fixture
def ten(store: Store) -> Store:
    with store.write() as tx:
        for n in range(1, 11):
            events.append(tx, event(n, of=1 + n % 2))
    return store


def test_a_chain_nobody_touched_is_whole(ten: Store) -> None:
    assert events.verify(ten) is None
    with ten.read() as tx:
        assert [e.seq for e in events.since(tx, 0)] == list(range(1, 11))
        assert [e.seq for e in events.since(tx, 4, 3)] == [5, 6, 7]
        assert [e.seq for e in events.of_contact(tx, number(1), 2)] == [8, 10]
        assert events.since(tx, 0)[0].previous == FIRST
        assert events.head(tx) == (10, events.since(tx, 9)[0].hash)


def test_an_empty_chain_is_whole(store: Store) -> None:
    assert events.verify(store) is None


@pytest.mark.parametrize(
    "change",
    [
        {"detail": '{"n":3}'},
        {"by": "tbell"},
        {"kind": "contact.rated"},
        {"contact_id": None},
        {"at": event(99).at},
        {"hash": "a" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_event_is_found(ten: Store, change: dict[str, object]) -> None:
    with ten.write() as tx:
        tx.connection.execute(update(table).where(table.c.seq == 4).values(**change))
    assert events.verify(ten) == "Event 4 was altered after it was written."


def test_an_event_altered_with_its_hash_is_found_at_the_next(ten: Store) -> None:
    with ten.write() as tx:
        before = events.since(tx, 2, 1)[0]
        forged = chain(event(4, kind="contact.rated"), seq=4, previous=before.hash)
        tx.connection.execute(
            update(table)
            .where(table.c.seq == 4)
            .values(kind=forged.kind, detail=forged.detail, contact_id=forged.contact_id,
                    hash=forged.hash)
        )  # fmt: skip
    assert events.verify(ten) == "Event 5 does not follow the one before it."


def test_a_missing_event_is_found(ten: Store) -> None:
    with ten.write() as tx:
        tx.connection.execute(delete(table).where(table.c.seq == 4))
    assert events.verify(ten) is not None
    assert "Event 4 is missing" in str(events.verify(ten))


def test_two_events_that_changed_places_are_found(ten: Store) -> None:
    with ten.write() as tx:
        for old, new in ((4, 40), (5, 4), (40, 5)):
            tx.connection.execute(update(table).where(table.c.seq == old).values(seq=new))
    assert events.verify(ten) == "Event 4 does not follow the one before it."


@pytest.mark.parametrize("left", [9, 0], ids=["the newest", "all"])
def test_events_taken_off_the_end_are_found(ten: Store, left: int) -> None:
    with ten.write() as tx:
        tx.connection.execute(delete(table).where(table.c.seq > left))
    assert events.verify(ten) == f"Event {left + 1} is missing: the chain went on to event 10."


def test_an_event_added_past_the_head_is_found(ten: Store) -> None:
    with ten.write() as tx:
        end = events.head(tx)
        extra = chain(event(11), seq=11, previous=end.hash)
        tx.connection.execute(
            insert(table).values(
                seq=11, kind=extra.kind, contact_id=extra.contact_id, by=extra.by, at=extra.at,
                detail=extra.detail, previous=extra.previous, hash=extra.hash,
            )
        )  # fmt: skip
    assert "Event 11 was added outside Fanlight" in str(events.verify(ten))


def test_a_head_that_was_removed_is_found(ten: Store) -> None:
    with ten.write() as tx:
        tx.connection.execute(delete(event_head))
    assert "end of the chain of events is missing" in str(events.verify(ten))


def test_faults_are_found_beyond_the_first_batch(
    ten: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_AT_ONCE", 3)
    assert events.verify(ten) is None
    with ten.write() as tx:
        tx.connection.execute(update(table).where(table.c.seq == 7).values(previous="b" * 64))
    assert events.verify(ten) == "Event 7 does not follow the one before it."


def test_an_event_is_undone_with_the_change_it_tells_of(store: Store) -> None:
    class PowerCutError(Exception):
        pass

    def cut_short() -> None:
        with store.write() as tx:
            contacts.insert(tx, contact(1))
            events.append(tx, event(1))
            raise PowerCutError

    with pytest.raises(PowerCutError):
        cut_short()
    with store.read() as tx:
        assert events.head(tx) == (0, FIRST)
        assert contacts.in_states(tx, [contact(1).state]) == []


def test_threads_appending_at_once_leave_no_gap(store: Store, other_window: Store) -> None:
    faults: list[BaseException] = []

    def append(window: Store, thread: int) -> None:
        try:
            for n in range(10):
                with window.write() as tx:
                    events.append(tx, event(thread * 100 + n))
        except BaseException as error:
            faults.append(error)

    windows = [store, other_window, store, other_window]
    threads = [threading.Thread(target=append, args=(w, i)) for i, w in enumerate(windows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert events.verify(store) is None
    with store.read() as tx:
        said = [e.detail for e in events.since(tx, 0)]
    assert len(said) == len(set(said)) == 40


_APPEND = """
import sys
from pathlib import Path
from tests.storage.values import event
from triage.storage import events
from triage.storage.engine import open_file, open_server
kind, where, key = sys.stdin.read().split()
store = open_file(Path(where), bytes.fromhex(key)) if kind == "file" else open_server(where)
for n in range(15):
    with store.write() as tx:
        events.append(tx, event(n))
store.close()
"""


def test_processes_appending_at_once_leave_no_gap(store: Store, home: Home) -> None:
    told = f"{home.kind}\n{home.path or home.url}\n{KEY.hex()}".encode()
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen([sys.executable, "-c", _APPEND], stdin=subprocess.PIPE, cwd=root)
        for _ in range(2)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write(told)
        process.stdin.close()
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    assert events.verify(store) is None
    with store.read() as tx:
        assert events.head(tx).seq == 30


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE event SET at = 'garbage' WHERE seq = 3",
        "UPDATE event SET contact_id = 'zz' WHERE seq = 3",
        "UPDATE event SET detail = x'ff00' WHERE seq = 3",
        'INSERT INTO event SELECT -5, kind, contact_id, "by", at, detail, previous, hash'
        " FROM event WHERE seq = 3",
        "INSERT INTO event_head SELECT 2, seq, hash FROM event_head",
        "UPDATE event_head SET seq = 'four'",
        "UPDATE event_head SET hash = x'00'",
    ],
)
def test_damage_done_by_hand_in_the_file_is_found_and_said(file_home: Home, damage: str) -> None:
    store = file_home.open()
    with store.write() as tx:
        for n in range(1, 5):
            events.append(tx, event(n))
    with store.write() as tx:
        tx.connection.exec_driver_sql(damage)
    assert (events.verify(store) or "").endswith(".")
    store.close()


def test_a_long_chain_is_checked_in_stretches_and_the_bad_event_still_named(
    ten: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_stretches, "STRETCH", 3)
    with ten.read() as tx:
        held = {e.seq: e.hash for e in events.since(tx, 0)}
    assert chain_stretches.whole_until(ten.again, 0, FIRST, 10) == (9, held[9])
    assert chain_stretches.whole_until(ten.again, 2, held[2], 10) == (8, held[8])
    assert chain_stretches.whole_until(ten.again, 0, "b" * 64, 10) == (0, "b" * 64)
    assert events.verify(ten) is None
    with ten.write() as tx:
        tx.connection.execute(update(table).where(table.c.seq == 5).values(by="tbell"))
    assert chain_stretches.whole_until(ten.again, 0, FIRST, 10) == (3, held[3])
    assert events.verify(ten) == "Event 5 was altered after it was written."
    with ten.write() as tx:
        tx.connection.execute(delete(table).where(table.c.seq == 5))
    assert events.verify(ten) == "Event 5 is missing or out of order: the next one found is 6."


def test_words_of_an_event_go_with_the_contacts_key_and_the_chain_stays_whole(
    store: Store,
) -> None:
    new = event(1)
    assert new.contact_id
    with store.write() as tx:
        written = events.append(tx, replace(new, detail={"name": "Maya Rowe"}))
        events.append(tx, replace(new, detail={"when": "2044"}), in_the_open=True)
    with store.read() as tx:
        kept = tx.connection.scalars(select(table.c.detail)).all()
        read = events.since(tx, 0)
    assert "Maya" not in kept[0]
    assert written.detail == read[0].detail == '{"name":"Maya Rowe"}'
    with store.write() as tx:
        lose(tx, new.contact_id)
    with store.read() as tx:
        assert [e.detail for e in events.since(tx, 0)] == [events.DESTROYED, '{"when":"2044"}']
    assert events.verify(store) is None
