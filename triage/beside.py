"""What goes on beside the window, which goes first.

Processes that read, search and draw would take a core each for as long as they last; on a computer
with two, the window would wait behind them before it could show a letter. So they have what the
window and its threads leave, and all of a core that nobody else wants.

Threads share Python's one lock with the window, which lets go of it at almost every call into Qt:
beside five jobs, a painting of hundreds of calls queues hundreds of times. So jobs stand back at
the next statement or row while the window is at work, which is some milliseconds at a time.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from time import monotonic
from typing import Any

LOWER = 5
"""Steps of POSIX niceness under the window: beside one that is busy, a third of its share. More
would let other programs, busy for long, hold up a look-up past its deadline."""

LONGEST_S = 0.05
"""A window at work for longer is not waited for: others wait for what a job may hold, and it may
wait for a job itself."""

_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(
    subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0
)


def start_beside(*arguments: str, **how: Any) -> subprocess.Popen[Any]:
    """Start this Python with those arguments, pipes to and from it, and a lower priority.

    `how` is as for Popen. Raises OSError where no process can be started.
    """
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_FLAGS,
        **how,
    )
    give_way(process.pid)
    return process


def give_way(process_id: int = 0) -> None:
    """Put a process (0: this one) below the one that asks; where priorities are set at its start
    only, as on Windows, nothing."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # it has ended
            own = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, process_id, min(19, own + LOWER))


class Window:
    """Whether the window of this program is at work just now; where there is none, it never is."""

    def __init__(self) -> None:
        self._until = 0.0
        self._thread = 0
        self._rested_at = 0.0
        self._at_rest = threading.Event()

    def works(self) -> None:
        """It begins to paint, or to take a result in. In its own thread, as `rests`."""
        if not self._until:
            self._thread = threading.get_ident()
            self._at_rest.clear()
            self._until = monotonic() + LONGEST_S

    def rests(self) -> None:
        """All that waited for it is done."""
        self._until = 0.0
        self._rested_at = monotonic()
        self._at_rest.set()

    def rest_s(self) -> float:
        """Seconds for which it has been at rest; 0 while it is at work."""
        return 0.0 if self._until else monotonic() - self._rested_at

    def goes_first(self) -> None:
        """From any thread, where nothing is held that another desk may wait for: comes back once
        the window is at rest, LONGEST_S after it began to work at the latest."""
        until = self._until
        if until and threading.get_ident() != self._thread:
            self._at_rest.wait(max(0.0, until - monotonic()))


WINDOW = Window()
