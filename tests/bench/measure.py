"""What an act takes, beside its limit, on a machine that may be busy with other things.

The clock on the wall says what a person waits, and how busy the machine was. Where the system tells
(Linux), `own` is that clock less the time for which the thread could have gone on and no core was
free: what is left is its own work and its waiting for others of this program, although these are
held up by the machine too. CPU time says what the act itself costs: that of the thread it is asked
in, which is the window's, and that of all threads of the process, which is what the act would take
with the machine to itself if no two of them ran at once.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one act took, in milliseconds: by the clock, less the waiting for a core, and by CPU
    time of its own thread and of all threads."""

    clock: float
    own: float
    thread: float
    work: float


class Watch:
    """Runs from when it is made, in the thread that makes it."""

    def __init__(self) -> None:
        self._began = _now()

    def taken(self) -> Taken:
        """What has been taken so far."""
        clock, kept_waiting, thread, work = (
            (now - then) * 1000 for now, then in zip(_now(), self._began, strict=True)
        )
        return Taken(clock=clock, own=max(0.0, clock - kept_waiting), thread=thread, work=work)


def _now() -> tuple[float, float, float, float]:
    return time.perf_counter(), waited(), time.thread_time(), time.process_time()


def waited() -> float:
    """For how many seconds this thread was ready and had no core; 0 where it is not told."""
    told = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
    try:
        return int(told.read_bytes().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def quantile(values: Sequence[float], part: float) -> float:
    """The value that `part` of them do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def p95(taken: Sequence[Taken]) -> Taken:
    """The 95th percentile of each."""
    clock, own, thread, work = (
        quantile([get(t) for t in taken], 0.95)
        for get in map(attrgetter, ("clock", "own", "thread", "work"))
    )
    return Taken(clock=clock, own=own, thread=thread, work=work)


def measured(act: Callable[[], object], times: int = 40) -> list[Taken]:
    """What the act takes each time, after one time that warms it up."""
    act()
    taken = []
    for _ in range(times):
        watch = Watch()
        act()
        taken.append(watch.taken())
    return taken


def in_words(taken: Sequence[Taken]) -> str:
    """p50 and p95 by the clock, and p95 of the thread's CPU time."""
    middle, slow = quantile([t.clock for t in taken], 0.5), p95(taken)
    return f"p50 {middle:.1f} ms, p95 {slow.clock:.1f} ms, CPU p95 {slow.thread:.1f} ms"


def load() -> str:
    """How many programs wanted a core over the last minute."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def pace() -> float:
    """What one fixed piece of work costs now, in milliseconds of CPU: on a machine whose cores are
    shared, CPU time swings too."""
    watch = Watch()
    words = [f"{number:05}" for number in range(20_000)]
    sorted(words, key=lambda word: word[::-1])
    return watch.taken().thread


def verdict(limit: float, slow: Taken) -> str:
    """What is known of a limit, on a machine that may be busy.

    "held" where the clock says so; "own" where it is held once the waiting for a core is left
    out, which a machine to itself would not have; "OVER" where its own time and the work of this
    program are both over. Else "?": what was waited for was work of others, or of this program
    while the machine held it up, and neither can be told.
    """
    if slow.clock <= limit:
        return "held"
    if slow.own <= limit:
        return "own"
    return "OVER" if min(slow.work, slow.own) > limit else "?"


class Table:
    """Lines of the result, printed as they come, each with its `verdict`."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {"OVER": [], "?": [], "own": [], "held": []}
        heads = "".join(f"{head:>8}" for head in ("p50", "p95", "own", "thread", "work"))
        print(f"{'act':40}{'limit':>6}{heads}{'pace':>7}  ms")

    def add(self, name: str, limit: float, taken: Sequence[Taken]) -> None:
        """One act, with everything that was measured of it."""
        middle, slow = quantile([t.clock for t in taken], 0.5), p95(taken)
        known = verdict(limit, slow)
        self.found[known].append(name)
        print(
            f"{name:40}{limit:6.0f}{middle:8.1f}{slow.clock:8.1f}{slow.own:8.1f}{slow.thread:8.1f}"
            f"{slow.work:8.1f}{quantile([pace() for _ in range(5)], 0.5):7.1f}  {known}",
            flush=True,
        )

    def end(self) -> int:
        """How many are over; says which."""
        print("own: p95 less the time for which the window's thread had no core to go on with")
        print("thread, work: p95 of the CPU time of the window's thread, and of all threads")
        print(
            "pace: what one and the same piece of work cost just then; where it doubles, so do they"
        )
        print(f"load of the machine: {load()}")
        for known, words in {
            "OVER": "over",
            "?": "not told, as the machine was busy",
            "own": "held but for the waiting for a core",
        }.items():
            print(f"{words}: " + (", ".join(self.found[known]) or "none"))
        return len(self.found["OVER"])
