"""The people search in a process of its own, so that the window never waits for it.

Reading a hundred thousand records and comparing a person with them keeps Python's one lock for
seconds; beside a window, that is a window that stands still. The process starts when it is first
asked, is started anew when it has died, with what it had learnt, and ends with the program.
What goes over its pipes is pickled by this program on both sides and by nobody else.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import itertools
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from triage.beside import start_beside
from triage.domain.errors import NotFoundError
from triage.domain.lookup import Candidate, PartnerRecord
from triage.domain.profile import ExtractMapping
from triage.partners.sealing import Sealing
from triage.partners.state import OWN, OWN_NAME, ExtractState, not_read_yet, own_state

if TYPE_CHECKING:
    from matching import Person

PATIENCE_S = 30.0
"""A search that has no answer so long after its own deadline is taken for dead."""

_AT_ONCE = 3
_STOPPED = (
    "The search of people's records stopped, twice. Contacts can be worked on and nothing is "
    "lost. Search again; if it stops once more, close Fanlight and open it anew."
)


class _GoneError(Exception):
    """The process has ended, or does not answer."""


class SearchError(RuntimeError):
    """The process came upon a fault of the program; where, in its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What the process needs to know: as for `Extracts`, and where the hub's own names lie.

    `weights` is the text of the hub's own match weights, "" for the shipped ones.
    """

    mappings: tuple[ExtractMapping, ...]
    folder: Path
    keep: Path
    sealing: Sealing = field(repr=False)
    names: Path | None = None
    weights: str = ""


class SearchProcess:
    """Every partner's extract, read and searched beside the program. See `Extracts`.

    Safe from any thread. Where the process has died it is started once more, reads what had been
    read, and answers; NotFoundError where it dies over the same question again.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._names = {OWN: OWN_NAME, **{m.partner: m.name for m in setup.mappings}}
        self._states: dict[str, ExtractState] = {}
        self._own: dict[str, PartnerRecord] = {}
        self._read_at: dict[str, datetime] = {}
        self._child: _Child | None = None
        self._closed = False
        self._lock = threading.RLock()
        atexit.register(self.close)

    @property
    def partners(self) -> tuple[str, ...]:
        """Keys of every partner, the hub's own contacts first."""
        return tuple(self._names)

    def name(self, partner: str) -> str:
        """The partner's name for people."""
        return self._names[partner]

    def state(self, partner: str) -> ExtractState:
        """How the partner's extract stands; before it is read it says so. Never waits."""
        if partner == OWN:
            return own_state()
        return self._states.get(partner) or not_read_yet(partner, self._names[partner])

    def load(self, partner: str, now: datetime) -> ExtractState:
        """Read a partner's extract; see `Extracts.load`. Where the process ends over it, the
        state says so, and the others are read all the same."""
        state: ExtractState
        try:
            state = self._ask("load", partner, now)
        except NotFoundError as error:
            if self._closed:
                raise
            before = self.state(partner)
            state = replace(before, problem=before.problem or str(error), tried=True)
        self._states[partner] = state
        self._read_at[partner] = now
        return state

    def load_all(self, now: datetime) -> tuple[ExtractState, ...]:
        """Read every extract; see `load`."""
        return tuple(self.load(m.partner, now) for m in self._setup.mappings)

    def search(
        self, person: Person, partner: str, *, k: int = 5, deadline_ms: float | None = None
    ) -> tuple[Candidate, ...]:
        """The most likely records, best first. Raises NotFoundError where nothing is loaded."""
        patience = PATIENCE_S + (deadline_ms or 0.0) / 1000
        found: tuple[Candidate, ...] = self._ask(
            "search", person, partner, k, deadline_ms, patience=patience
        )
        return found

    def record(self, partner: str, record_id: str) -> PartnerRecord:
        """One record as held now. Raises NotFoundError when it is held no longer."""
        found: PartnerRecord = self._ask("record", partner, record_id, patience=PATIENCE_S)
        return found

    def learn(self, record: PartnerRecord) -> None:
        """Add or replace one of the hub's own earlier contacts' people."""
        with self._lock:
            self._own[record.record_id] = record
            self._tell("learn", record)

    def forget(self, record_id: str) -> None:
        """Take one of the hub's own people out again; unknown ids change nothing."""
        with self._lock:
            if self._own.pop(record_id, None) is not None:
                self._tell("forget", record_id)

    @property
    def weights(self) -> str:
        """The text of the hub's own match weights that it compares by, "" for the shipped ones."""
        return self._setup.weights

    def weigh_by(self, weights: str) -> None:
        """Compare by these weights from the next search on, which have to be such as can be used
        (see `matching.own_weights`)."""
        with self._lock:
            self._setup = replace(self._setup, weights=weights)
            self._tell("weigh_by", weights)

    def close(self) -> None:
        """End the process; nothing can be searched from now on."""
        with self._lock:
            self._closed = True
            if self._child is not None:
                self._child.end()
                self._child = None
        atexit.unregister(self.close)

    def _tell(self, verb: str, value: object) -> None:
        # One that is not running, or has just died, learns all of it when it is started.
        if self._child is not None:
            with contextlib.suppress(_GoneError):
                self._child.tell(verb, value)

    def _ask(self, verb: str, *arguments: object, patience: float | None = None) -> Any:
        for _ in range(2):
            try:
                return self._running().ask(verb, arguments).result(patience)
            except TimeoutError:
                self._give_up()
            except _GoneError:
                pass
        raise NotFoundError(_STOPPED)

    def _give_up(self) -> None:
        with self._lock:
            if self._child is not None:
                self._child.end()

    def _running(self) -> _Child:
        with self._lock:
            if self._closed:
                raise NotFoundError("Fanlight is closing, so nobody was looked up.")
            if self._child is not None and self._child.alive():
                return self._child
            if self._child is not None:
                self._child.end()
            child = self._child = _Child(self._setup)
            for record in self._own.values():
                child.tell("learn", record)
            for partner, at in self._read_at.items():
                self._states[partner] = child.ask("load", (partner, at)).result()
            return child


class _Child:
    """One run of the process, with the questions that wait for its answers."""

    def __init__(self, setup: Setup) -> None:
        self._process = start_beside("-I", "-m", "triage.partners.search_process")
        self._waiting: dict[int, Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._ended = False
        # Two locks: an answer can be taken in while a question is being written.
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._write(setup)
        self._listener = threading.Thread(target=self._listen, name="people search", daemon=True)
        self._listener.start()

    def alive(self) -> bool:
        """Whether it can still answer."""
        return not self._ended and self._process.poll() is None

    def tell(self, verb: str, value: object) -> None:
        """Say something that has no answer."""
        self._write((0, verb, (value,)))

    def ask(self, verb: str, arguments: tuple[object, ...]) -> Future[Any]:
        """Put a question; the answer comes later, or _GoneError where the process ended."""
        answer: Future[Any] = Future()
        with self._lock:
            if self._ended:
                raise _GoneError
            number = next(self._numbers)
            self._waiting[number] = answer
        self._write((number, verb, arguments))
        return answer

    def _write(self, message: object) -> None:
        assert self._process.stdin is not None
        written = pickle.dumps(message)
        try:
            with self._writing:
                self._process.stdin.write(written)
                self._process.stdin.flush()
        except (OSError, ValueError):  # ValueError: closed by `end`
            raise _GoneError from None

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as answers:
            try:
                with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError):
                    while True:
                        self._take_in(*pickle.load(answers))
            finally:
                with self._lock:
                    self._ended = True
                    left = list(self._waiting.values())
                    self._waiting.clear()
                for answer in left:
                    answer.set_exception(_GoneError())

    def _take_in(self, number: int, value: object, fault: Exception | None) -> None:
        with self._lock:
            answer = self._waiting.pop(number)
        if fault is None:
            answer.set_result(value)
        else:
            answer.set_exception(fault)

    def end(self) -> None:
        """Stop it; questions that wait are told."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()


# --- in the search process --------------------------------------------------------------------


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Read and search until the pipe closes. Runs in the search process.

    What is learnt is learnt in the order told, before any question put later is answered.
    """
    from matching import NameDataError, add_names
    from triage.partners.extracts import Extracts

    setup: Setup = pickle.load(questions)
    if setup.names is not None:
        with contextlib.suppress(NameDataError):  # said to people where the hub is opened
            add_names(setup.names)
    people = Extracts(
        setup.mappings,
        folder=setup.folder,
        keep=setup.keep,
        seal=setup.sealing.seal,
        unseal=setup.sealing.unseal,
        names=setup.names,
        weights=setup.weights,
    )
    writing = threading.Lock()

    def load(partner: str, now: datetime) -> ExtractState:
        # What is read stays: looking through it for what is unused, again and again, is half
        # the time that reading takes.
        gc.disable()
        try:
            return people.load(partner, now)
        finally:
            gc.freeze()
            gc.enable()

    def search(
        person: Person, partner: str, k: int, deadline_ms: float | None
    ) -> tuple[Candidate, ...]:
        return people.search(person, partner, k=k, deadline_ms=deadline_ms)

    asked: dict[str, Callable[..., object]] = {
        "load": load,
        "search": search,
        "record": people.record,
    }
    told: dict[str, Callable[..., object]] = {
        "learn": people.learn,
        "forget": people.forget,
        "weigh_by": people.weigh_by,
    }

    def answer(number: int, act: Callable[..., object], arguments: tuple[object, ...]) -> None:
        value: object = None
        fault: Exception | None = None
        try:
            value = act(*arguments)
        except NotFoundError as error:
            fault = error
        except Exception as error:
            fault = SearchError(_where(error))
        with writing:
            answers.write(pickle.dumps((number, value, fault)))
            answers.flush()

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        while True:
            try:
                number, verb, arguments = pickle.load(questions)
            except EOFError:
                os._exit(0)  # whoever asked is gone; what is being read is of no use to anybody
            if verb in told:
                told[verb](*arguments)
            else:
                threads.submit(answer, number, asked[verb], arguments)


def _where(error: Exception) -> str:
    """The kind of fault and the lines it went through: no values, which may be of a family."""
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__} in the search process:\n{lines}"


if __name__ == "__main__":
    answering = sys.stdout.buffer
    sys.stdout = sys.stderr
    # By its own name, as what is pickled here is known on the other side.
    from triage.partners.search_process import serve as _serve

    _serve(sys.stdin.buffer, answering)
