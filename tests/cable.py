"""A hub's server that goes away for the tests: stopped, started, cut off, followed by a replica."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

_CHUNK = 65536


class Cable:
    """A line on loopback to a server, that can be cut.

    `heard` is shown each piece of what desks say (True) and the server answers (False), before it
    is passed on; where it gives False, that piece is swallowed and the line cut.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self.heard: Callable[[bool, bytes], bool] = lambda _asked, _data: True
        self.silent = False
        self._away = False
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._ears = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._ears.getsockname()[1])
        self._begin(self._serve)

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        with suppress(OSError), self._ears:
            while True:
                desk, _ = self._ears.accept()
                if self._away:
                    desk.close()
                    continue
                try:
                    server = socket.create_connection(("127.0.0.1", self._to))
                except OSError:
                    desk.close()
                    continue
                self._open.append(desk)
                self._begin(self._pass_on, desk, server)

    def _pass_on(self, desk: socket.socket, server: socket.socket) -> None:
        with suppress(OSError), desk, server:
            while True:
                ready, _, _ = select.select([desk, server], [], [])
                for source in ready:
                    data = source.recv(_CHUNK)
                    if not data:
                        return
                    if self.silent:
                        continue
                    if not self.heard(source is desk, data):
                        self.heard = lambda _asked, _data: True
                        return
                    (server if source is desk else desk).sendall(data)

    @property
    def away(self) -> bool:
        """Whether every line is broken and no new one can be made."""
        return self._away

    @away.setter
    def away(self, away: bool) -> None:
        self._away = away
        if away:
            self.cut()

    def cut(self) -> None:
        """Every line breaks; new ones can be made."""
        gone, self._open = self._open, []
        for desk in gone:
            with suppress(OSError):
                desk.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Every line breaks, and no new one can be made."""
        with suppress(OSError):
            self._ears.shutdown(socket.SHUT_RDWR)
        self.cut()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(5)
