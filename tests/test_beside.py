"""What goes on beside the window gives way to it."""

import os
import threading

import pytest

from tests.storage.values import contact
from triage import beside
from triage.beside import LOWER, WINDOW
from triage.intake import sandbox
from triage.storage import contacts
from triage.storage.engine import Store


class _Seen(threading.Event):
    """Tells when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_for = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.waited_for.set()
        return super().wait(timeout)


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch) -> _Seen:
    """The window is at work for as long as the test wants."""
    seen = _Seen()
    monkeypatch.setattr(beside, "LONGEST_S", 30.0)
    monkeypatch.setattr(WINDOW, "_at_rest", seen)
    return seen


def test_what_reads_files_has_a_lower_priority_than_the_window() -> None:
    sandbox.read_safely(b"Child: Ola Reed\n", "a.txt")
    process = sandbox._READING._process
    assert process is not None
    here = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(19, here + LOWER)


def test_a_job_goes_on_with_the_store_once_the_window_is_at_rest(
    store: Store, at_work: _Seen
) -> None:
    order: list[str] = []

    def read() -> None:
        with store.read() as tx:
            contacts.in_states(tx, [])
        order.append("read")

    WINDOW.works()
    job = threading.Thread(target=read)
    job.start()
    assert at_work.waited_for.wait(20)
    order.append("painted")
    WINDOW.rests()
    job.join()
    assert order == ["painted", "read"]


def test_a_save_that_has_begun_waits_for_no_window(store: Store, at_work: _Seen) -> None:
    begun, at_it = threading.Event(), threading.Event()

    def save() -> None:
        with store.write() as tx:
            begun.set()
            assert at_it.wait(20)
            contacts.insert(tx, contact(1))

    job = threading.Thread(target=save)
    job.start()
    assert begun.wait(20)
    WINDOW.works()
    at_it.set()
    job.join(20)
    alive = job.is_alive()
    WINDOW.rests()
    job.join()
    assert not alive
    assert not at_work.waited_for.is_set()


def test_the_window_itself_and_who_has_none_wait_for_nobody(store: Store, at_work: _Seen) -> None:
    with store.read() as tx:
        contacts.in_states(tx, [])
    WINDOW.works()
    with store.read() as tx:
        contacts.in_states(tx, [])
    WINDOW.rests()
    assert not at_work.waited_for.is_set()


def test_a_window_that_never_rests_holds_nobody_up_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "LONGEST_S", 0.0)
    WINDOW.works()
    job = threading.Thread(target=WINDOW.goes_first)
    job.start()
    job.join(20)
    alive = job.is_alive()
    WINDOW.rests()
    assert not alive
