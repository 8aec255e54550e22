"""Hearing from a hub's server that something was written, without asking it again and again.

The server says only that the chain has grown, and how far: no name, no contact. What happened is
read through the store, under the rules of whoever asks. Anybody signed in can send such a word
themselves, so it is believed for nothing but a reason to look.
"""

import logging
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine

CHANNEL = "fanlight"
"""What `hub_rules.sql` tells on, with each new event."""

FIRST_WAIT_S, MOST_WAIT_S = 1.0, 30.0
"""Between two tries to reach a server that has gone, doubled each time."""

log = logging.getLogger(__name__)


class Listening:
    """Calls `heard` when the chain has grown, and once for each line made, since what was written
    without one was not told; `lost` when the line has gone. Both in a thread of its own, which
    makes the line again by itself and dies with the program."""

    def __init__(
        self, engine: Engine, heard: Callable[[], object], lost: Callable[[], object]
    ) -> None:
        self._engine, self._heard, self._lost = engine, heard, lost
        self._stopped = threading.Event()
        self._wake, self._woken = socket.socketpair()
        self.thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Listen no longer; the thread ends by itself, at the latest when its try to connect
        does."""
        self._stopped.set()
        with suppress(OSError):
            self._wake.send(b"x")

    def _run(self) -> None:
        wait = FIRST_WAIT_S
        while not self._stopped.is_set():
            try:
                line = self._line()
                try:
                    wait = FIRST_WAIT_S
                    self._heard()
                    self._listen(line)
                finally:
                    line.close()
            except Exception as fault:
                # Whatever it was, the window asks by itself meanwhile.
                log.warning("The hub's server is not heard: %s", type(fault).__name__)
                self._lost()
                self._stopped.wait(wait)
                wait = min(2 * wait, MOST_WAIT_S)
        self._wake.close()
        self._woken.close()

    def _line(self) -> Any:
        pooled = self._engine.raw_connection()
        line = pooled.driver_connection
        pooled.detach()  # the pool's lines are for short work
        assert line is not None
        line.autocommit = True
        line.execute(f"LISTEN {CHANNEL}")
        return line

    def _listen(self, line: Any) -> None:
        while not self._stopped.is_set():
            select.select([line.fileno(), self._woken], [], [])
            line.pgconn.consume_input()
            told = False
            while line.pgconn.notifies() is not None:
                told = True
            if told:
                self._heard()
