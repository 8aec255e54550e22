"""The lines that are open now, so that they can be cut when the program ends."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


class OpenLines:
    """Lines in use. Any thread may open one, any may cut them all; after that none is opened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.stopped = False

    @contextlib.contextmanager
    def held(self, line: socket.socket | None) -> Iterator[None]:
        """Hold a line for as long as it is used."""
        if line is None:
            yield
            return
        with self._lock:
            self._open.add(line)
        if self.stopped:
            _cut(line)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(line)

    def cut_all(self) -> None:
        """End every exchange now: whoever waits on one gets an error from it."""
        self.stopped = True
        with self._lock:
            for line in self._open:
                _cut(line)


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was first
        line.shutdown(socket.SHUT_RDWR)
