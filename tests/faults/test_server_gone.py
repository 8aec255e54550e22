"""The hub's server stops, hangs, is cut off or replaced in the middle of a sentence."""

import threading
from uuid import UUID, uuid4

import pytest

from tests import postgresql
from tests.cable import Cable
from tests.postgresql import Server
from tests.storage.values import NOON, contact
from triage.domain.errors import InDoubtError, UnreachableError
from triage.domain.event import NewEvent
from triage.storage import contacts, engine, events, hub_line
from triage.storage.engine import Store, open_server


def through(pg: Server, cable: Cable) -> str:
    return pg.url.replace(str(pg.port), str(cable.port)) + "postgres"


def note(store: Store, word: str, contact_id: UUID | None = None) -> None:
    with store.write() as tx:
        events.append(
            tx, NewEvent(kind=word, contact_id=contact_id, by="rosei", at=NOON, detail={})
        )


def times(store: Store, word: str) -> int:
    with store.read() as tx:
        return sum(event.kind == word for event in events.since(tx, 0, 10_000))


def commit_comes(cable: Cable) -> None:
    """The answer to the next COMMIT is swallowed: it was done, and nobody here hears of it."""
    asked = threading.Event()

    def heard(is_question: bool, data: bytes) -> bool:
        if is_question and b"COMMIT\0" in data:
            asked.set()
        return is_question or not asked.is_set()

    cable.heard = heard


def commit_is_lost(cable: Cable) -> None:
    """The next COMMIT never arrives."""
    cable.heard = lambda is_question, data: not (is_question and b"COMMIT\0" in data)


def stopped_midway(store: Store, server: Server, word: str) -> None:
    """A contact is written, the server stops, and its event is to follow."""
    there = contact(1)
    with store.write() as tx:
        contacts.insert(tx, there)
        server.stop()
        events.append(tx, NewEvent(kind=word, contact_id=there.id, by="rosei", at=NOON, detail={}))


def test_commit_whose_answer_was_lost_is_asked_about_and_not_done_again(
    pg: Server, cable: Cable
) -> None:
    store = open_server(through(pg, cable))
    word = uuid4().hex
    commit_comes(cable)
    note(store, word)
    assert times(store, word) == 1
    assert events.verify(store) is None
    store.close()


def test_commit_that_never_arrived_is_told_to_have_changed_nothing(
    pg: Server, cable: Cable
) -> None:
    store = open_server(through(pg, cable))
    word = uuid4().hex
    commit_is_lost(cable)
    with pytest.raises(UnreachableError, match="Nothing was changed"):
        note(store, word)
    other = open_server(f"{pg.url}postgres")
    assert times(other, word) == 0
    assert events.verify(other) is None
    other.close()
    store.close()


def test_commit_that_nobody_can_ask_about_is_left_in_doubt_and_said_so(
    pg: Server, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ASK_S", 0.3)
    store = open_server(through(pg, cable))
    asked = threading.Event()

    def heard(is_question: bool, data: bytes) -> bool:
        if is_question and b"COMMIT\0" in data:
            asked.set()
        if not is_question and asked.is_set():
            cable.close()
        return is_question or not asked.is_set()

    cable.heard = heard
    with pytest.raises(InDoubtError, match="before you do it a second time"):
        note(store, uuid4().hex)
    store.close()


def test_server_stopped_in_the_middle_of_a_save_changes_nothing_and_is_used_again_once_back(
    pg: Server, impatient: None
) -> None:
    store = open_server(f"{pg.url}postgres")
    word = uuid4().hex
    with pytest.raises(UnreachableError, match="could not be reached"):
        stopped_midway(store, pg, word)
    assert store.away_for() is not None
    with pytest.raises(UnreachableError):
        times(store, word)
    pg.start()
    assert times(store, word) == 0
    assert store.away_for() is None
    note(store, word)
    assert times(store, word) == 1
    assert events.verify(store) is None
    store.close()


def test_server_that_was_found_away_is_not_waited_for_again_at_once(
    pg: Server, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_server(through(pg, cable))
    cable.close()
    with pytest.raises(UnreachableError):
        times(store, "any")
    called = []
    monkeypatch.setattr(store._engine, "connect", lambda: called.append(1))
    with pytest.raises(UnreachableError):
        times(store, "any")
    assert called == []
    store.close()


def test_server_that_holds_the_line_and_says_nothing_is_not_waited_for_without_end(
    pg: Server, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The shortest that libpq waits for a server that takes the line and says nothing.
    monkeypatch.setattr(hub_line, "ARGUMENTS", {**hub_line.ARGUMENTS, "connect_timeout": 2})
    store = open_server(through(pg, cable))
    times(store, "any")
    monkeypatch.setattr(hub_line, "SILENCE_S", 0.3)
    cable.silent = True
    with pytest.raises(UnreachableError):
        times(store, "any")
    cable.close()
    store.close()


def test_standby_takes_over_in_the_middle_of_work_and_every_desk_goes_on_with_it(
    impatient: None,
) -> None:
    with postgresql.serving() as first:
        first.stop()
        # What was acknowledged is on the standby too, as a hub that has one is told to set it.
        first.settings |= {"synchronous_commit": "on"}
        first.start()
        standby = first.replica()
        first.stop()
        first.settings |= {"synchronous_standby_names": "*"}
        first.start()
        password = first.url.split("fanlight:")[1].split("@")[0]
        both = (
            f"postgresql://fanlight:{password}@127.0.0.1:{standby.port},127.0.0.1:{first.port}"
            "/postgres"
        )
        store = open_server(both)  # the standby is named first, and not written to
        for n in range(3):
            note(store, f"before-{n}")
        with pytest.raises(UnreachableError):
            stopped_midway(store, first, "between")
        with pytest.raises(UnreachableError):
            note(store, "between")
        standby.promote()
        note(store, "after")
        assert [times(store, f"before-{n}") for n in range(3)] == [1, 1, 1]
        assert (times(store, "between"), times(store, "after")) == (0, 1)
        assert events.verify(store) is None
        store.close()


@pytest.mark.parametrize(
    ("said", "hosts"),
    [
        ("postgresql://me@one.example,two.example:5433/hub", ("one.example", "two.example")),
        ("postgresql://me@one.example:5432/hub?sslmode=verify-full", ("one.example",)),
        ("postgresql://me@/hub?host=one.example:5432&host=two.example", None),
        ("postgresql://me@127.0.0.1/hub?host=far.example", ("far.example", "127.0.0.1")),
    ],
)
def test_every_server_that_an_address_names_is_known(said: str, hosts: tuple[str, ...]) -> None:
    found = hub_line.hosts_of(hub_line.address(said))
    assert found == (hosts or ("one.example", "two.example"))
