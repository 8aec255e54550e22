"""Work off the window's thread: four lanes, one queued signal back.

The serial lane is for the store: its jobs run one after another, in the order given. So do those
that take in what arrives: many at once would keep all others, and the window, waiting. In the
asking lane wait those that ask partners, who may take seconds. The pool is for the rest. What
comes back for an owner that has closed, or for a job that was called off, is dropped. No QThread,
no processEvents.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from ui.turn import Turn

T = TypeVar("T")
Lane = Literal["store", "arrivals", "pool", "asking"]
log = logging.getLogger(__name__)
_ASKING = 4


class Token:
    """Says whether a job has been called off. Long work looks at it now and then."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Call the job off: it does not start if it has not, and its result is dropped."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether it was called off."""
        return self._event.is_set()


class Jobs(QObject):
    """Runs work in threads and calls back in the window's thread.

    `stranded` gives the fault of a job that named no `failed`.
    """

    stranded = Signal(object)
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None, workers: int = 3) -> None:
        super().__init__(parent)
        threads: dict[Lane, int] = {"store": 1, "arrivals": 1, "pool": workers, "asking": _ASKING}
        self._lanes = {lane: _with_threads(count, lane) for lane, count in threads.items()}
        self._running: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._out = 0
        self._closed = False
        self.turn = Turn(self)
        self._posted.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        *,
        owner: QObject | None = None,
        lane: Lane = "pool",
        token: Token | None = None,
    ) -> Token:
        """Do `work` in a lane, then `done(result)` or `failed(fault)` in the window's thread.

        Nothing is called back once `owner` has been deleted or the token cancelled. The store's
        lane is given work from the window's thread only.
        """
        kept = token or Token()
        if self._closed:
            kept.cancel()
            return kept

        def task() -> None:
            back = None
            if not kept.cancelled:
                try:
                    result = work()
                except Exception as fault:
                    back = _Back(self._fail(failed), fault, owner, kept)
                else:
                    if done is not None:
                        back = _Back(done, result, owner, kept)
            if lane == "store":
                back = back or _Back(_nothing, None, None, None)
                back.stored = True
            if back is not None:
                self._post(back)

        self._out += lane == "store"
        future = self._lanes[lane].submit(task)
        with self._lock:
            self._running.add(future)
        future.add_done_callback(self._forget)
        return kept

    def post(self, call: Callable[[], object], *, owner: QObject | None = None) -> None:
        """From any thread: call `call` in the window's thread, unless `owner` has gone."""
        self._post(_Back(lambda _none: call(), None, owner, None))

    def awaits_store(self) -> bool:
        """Whether anything in the store's lane has not come back to the window yet."""
        return self._out > 0 and not self._closed

    def after_store(self, call: Callable[[], object], *, owner: QObject | None = None) -> None:
        """Call `call` in the window's thread once all that the store's lane holds has come back."""
        self.run(_no_work, lambda _none: call(), owner=owner, lane="store")

    def busy(self) -> bool:
        """Whether any work is running or waiting."""
        with self._lock:
            return bool(self._running)

    def close(self) -> None:
        """Take no more work, drop what has not started, and wait for what has."""
        self._closed = True
        for lane, executor in self._lanes.items():
            executor.shutdown(wait=True, cancel_futures=lane != "store")

    def _fail(self, failed: Callable[[Exception], object] | None) -> Callable[[Exception], object]:
        if failed is not None:
            return failed

        def strand(fault: Exception) -> None:
            self.stranded.emit(fault)

        return strand

    def _post(self, back: _Back) -> None:
        if not self._closed and isValid(self):
            self._posted.emit(back)

    def _forget(self, future: Future[None]) -> None:
        with self._lock:
            self._running.discard(future)

    def _receive(self, back: object) -> None:
        if not isinstance(back, _Back):
            return
        self._out -= back.stored
        if back.wanted():
            self.turn.begin()
            back.call(back.value)


def _with_threads(count: int, name: str) -> ThreadPoolExecutor:
    """A lane whose threads are there already: whoever starts one waits until it runs, and while
    others hold Python's lock that would be the window."""
    lane = ThreadPoolExecutor(count, thread_name_prefix=name)
    all_there = threading.Barrier(count)
    for _ in range(count):
        lane.submit(all_there.wait)
    return lane


def _no_work() -> None:
    """Comes back as soon as all before it has."""


def _nothing(_none: object) -> None:
    """What comes back of work that nobody waits for."""


class _Back:
    """A call on its way back to the window."""

    __slots__ = ("call", "owner", "stored", "token", "value")

    def __init__(
        self,
        call: Callable[..., object],
        value: object,
        owner: QObject | None,
        token: Token | None,
    ) -> None:
        self.call, self.value, self.owner, self.token = call, value, owner, token
        self.stored = False

    def wanted(self) -> bool:
        """Whether anybody still waits for it."""
        if self.token is not None and self.token.cancelled:
            return False
        return self.owner is None or isValid(self.owner)
