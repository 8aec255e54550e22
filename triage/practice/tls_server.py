"""A server of the practice hub's on this computer, behind TLS."""

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class TlsServer(ThreadingHTTPServer):
    """Answers each caller in a thread of its own, which dies with the program."""

    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        handler: type[BaseHTTPRequestHandler],
        context: ssl.SSLContext,
    ) -> None:
        super().__init__(address, handler)
        # The handshake is made by the thread that serves the line, so that one caller who
        # dawdles does not keep the others out.
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that breaks is the caller's affair; nothing of it is printed."""
