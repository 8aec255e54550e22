"""HTTPS exchanges that can be cut from outside, on the certificates one chose, and no others.

`requests` measures its timeout from one read to the next, so a server that drips bytes holds it
for ever; cutting the socket ends it. It also adds its own bundle of certificate authorities;
here only the hub's, or the system's store, count. What goes to the council and what is asked of
partners go over the same kind of line.
"""

import contextlib
import socket
import ssl
import threading
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.util.retry import Retry


class Exchange:
    """A line for one request at a time: whether anything was sent on it, and a way to cut it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.sent = False
        self.was_cut = False
        self._line: socket.socket | None = None
        self._lock = threading.Lock()
        self.adapter = _Adapter(self, context)

    def begin(self) -> None:
        """The next request begins; the line of the one before is used again where it is open."""
        self.sent = False

    def opened(self, line: socket.socket) -> None:
        """Remember the line. A copy of the handle stays good through the change to TLS."""
        self.forget()
        with self._lock:
            self._line = line.dup()
        if self.was_cut:
            self.cut()

    def cut(self) -> None:
        """End the exchange now, from any thread."""
        with self._lock:
            self.was_cut = True
            if self._line is not None:
                with contextlib.suppress(OSError):  # the other side was first
                    self._line.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        """Let go of the handle once the exchange is over."""
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None


class _Adapter(HTTPAdapter):
    """Trusts the given context alone, never tries twice, and hands its line to the exchange."""

    def __init__(self, exchange: Exchange, context: ssl.SSLContext) -> None:
        self._exchange = exchange
        self._context = context
        super().__init__(max_retries=Retry(0, read=False, redirect=False, status=0))

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        exchange = self._exchange

        class Connection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                line = super()._new_conn()
                exchange.opened(line)
                return line

            def request(self, *args: Any, **kwargs: Any) -> None:
                # The pool makes the secure line before it calls this: from here on the other
                # side may have what was sent.
                exchange.sent = True
                super().request(*args, **kwargs)

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Connection

        self._pool = Pool
        self.poolmanager.pool_classes_by_scheme = {"https": Pool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)
        manager.pool_classes_by_scheme = {"https": self._pool}
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave trust to the context: requests would add its own bundle here."""
        conn.cert_reqs = "CERT_REQUIRED"

    def close(self) -> None:
        super().close()
        self._exchange.forget()


def trust(
    ca: Path | None,
    client_certificate: tuple[Path, Path] | None = None,
    key_password: bytes | None = None,
) -> ssl.SSLContext:
    """Trusts `ca` alone, or the system's certificate store where it is None; shows the client
    certificate (PEM certificate, PEM key) where the other side asks for one.

    Raises OSError where a file can't be read or does not hold what it should.
    """
    if ca is not None:
        context = ssl.create_default_context(cafile=str(ca))
    else:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if client_certificate is not None:
        certificate, key = client_certificate
        context.load_cert_chain(str(certificate), str(key), password=key_password or b"")
    return context
