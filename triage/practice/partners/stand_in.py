"""A partner's server on loopback, over real TLS, that can be told to misbehave.

What a partner answers is one function of what is asked; how it behaves on the line (slow, dripping,
hanging up, cutting its answer short) is told here, and there is no way to tell it over HTTP.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from triage.practice.council_certificates import Certificates
from triage.practice.tls_server import TlsServer

LARGEST = 100_000
_KEPT = 1000


class Deed(StrEnum):
    """What the server does with a question instead of what is right."""

    SLOW = "slow"  # answer only when released, or after `wait_s`
    DRIP = "drip"  # a byte at a time, for ever
    RESET = "reset"  # hang up without an answer
    TRUNCATE = "truncate"  # say how long the answer is, and send half of it
    BUSY = "busy"  # 503 with Retry-After
    OFTEN = "often"  # 429 with Retry-After
    EXPIRED = "expired"  # 408
    BROKEN = "broken"  # 500 with a page of HTML
    GARBLED = "garbled"  # 200 with half of the JSON, whole as far as HTTP can tell
    AWAY = "away"  # a redirect to another host
    VAST = "vast"  # far more than anybody should read


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question as it came. Header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""

    def one(self, name: str) -> str:
        """The first value of a parameter, "" where it was not sent."""
        return next((value for key, value in self.query if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a parameter."""
        return tuple(value for key, value in self.query if key == name)

    def has(self, name: str) -> bool:
        """Whether a parameter was sent."""
        return any(key == name for key, _ in self.query)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What is sent back."""

    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class StandIn:
    """A server that gives `answer` to what is asked, from `start` to `stop`.

    Each answer takes `wait_s` seconds, and each connection has to show a certificate of
    `client_ca` where that is given. `asked` holds the newest questions.
    """

    def __init__(
        self,
        answer: Callable[[Asked], Answered],
        certificates: Certificates,
        *,
        wait_s: float = 0.0,
        port: int = 0,
        client_ca: bool = False,
    ) -> None:
        self._answer = answer
        self.certificates = certificates
        self.wait_s = wait_s
        self._port = port
        self._client_ca = client_ca
        self.asked: deque[Asked] = deque(maxlen=_KEPT)
        self._deeds: deque[tuple[Deed, float]] = deque()
        self._always: tuple[Deed, float] | None = None
        self._released = threading.Event()
        self.holding = threading.Event()
        self._lines: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen on 127.0.0.1 in a thread of its own."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificates.server, self.certificates.server_key)
        if self._client_ca:
            context.load_verify_locations(self.certificates.ca)
            context.verify_mode = ssl.CERT_REQUIRED
        self._released.clear()
        self._server = _Server(("127.0.0.1", self._port), self, context)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="practice-partner", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, hang up on everybody, and let held answers go."""
        self._released.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None
        with self._lock:
            lines, self._lines = self._lines, set()
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> StandIn:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it listens; the same port is taken again after a stop."""
        return f"https://127.0.0.1:{self._port}"

    def next(self, deed: Deed, *, times: int = 1, seconds: float = 60.0) -> None:
        """Do this to the next question, or the next few. `seconds` is how long SLOW holds, or
        what BUSY and OFTEN ask to wait."""
        self._deeds.extend([(deed, seconds)] * times)

    def always(self, deed: Deed | None, *, seconds: float = 60.0) -> None:
        """Do this to every question from now on; None for what is right."""
        self._always = (deed, seconds) if deed else None

    def release(self) -> None:
        """Let held answers go, now and from now on."""
        self._released.set()

    def serve(self, asked: Asked) -> tuple[Answered, Deed | None]:
        """The answer, and what to do to it on the line."""
        self.asked.append(asked)
        with self._lock:
            deed, seconds = (
                self._deeds.popleft() if self._deeds else self._always or (None, self.wait_s)
            )
        if seconds and deed in (None, Deed.SLOW):
            self.holding.set()
            self._released.wait(seconds)
        answer = self._answer(asked)
        again = {"Retry-After": f"{seconds:.0f}"}
        match deed:
            case Deed.BUSY:
                answer = Answered(status=503, body=b"{}", headers=again)
            case Deed.OFTEN:
                answer = Answered(status=429, body=b"{}", headers=again)
            case Deed.EXPIRED:
                answer = Answered(status=408, body=b"{}")
            case Deed.BROKEN:
                page = b"<html><h1>Something went wrong</h1></html>"
                answer = Answered(status=500, body=page, media_type="text/html")
            case Deed.GARBLED:
                answer = replace(answer, body=answer.body[: len(answer.body) // 2])
            case Deed.AWAY:
                elsewhere = {"Location": "https://elsewhere.example/people"}
                answer = Answered(status=302, headers=elsewhere)
            case Deed.VAST:
                answer = replace(answer, body=b" " * 6_000_000)
        return answer, deed

    def dripping(self) -> bool:
        """Waits a little; whether to send one byte more."""
        return not self._released.wait(0.05)

    def opened(self, line: socket.socket) -> None:
        """Remember a line, to hang up on it at the end."""
        with self._lock:
            self._lines.add(line)

    def ended(self, line: socket.socket) -> None:
        """Forget a line."""
        with self._lock:
            self._lines.discard(line)


class _Server(TlsServer):
    def __init__(
        self, address: tuple[str, int], stand_in: StandIn, context: ssl.SSLContext
    ) -> None:
        self.stand_in = stand_in
        super().__init__(address, _Handler, context)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 60
    protocol_version = "HTTP/1.1"
    server_version = "PracticePartner"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.server.stand_in.opened(self.connection)

    def finish(self) -> None:
        self.server.stand_in.ended(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def do_GET(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        where = urlsplit(self.path)
        answer, deed = self.server.stand_in.serve(
            Asked(
                method=self.command,
                path=where.path,
                query=tuple(parse_qsl(where.query, keep_blank_values=True)),
                headers={k.lower(): v for k, v in self.headers.items()},
                body=body,
            )
        )
        if deed is Deed.RESET:
            self._hang_up()
            return
        head = f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('',))[0]}\r\n"
        fields = {
            "Content-Type": answer.media_type,
            "Content-Length": str(len(answer.body)),
            **answer.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        whole = (head + lines + "\r\n").encode("latin-1") + answer.body
        if deed is Deed.DRIP:
            self._drip(whole)
        elif deed is Deed.TRUNCATE:
            self.wfile.write(whole[: len(whole) - len(answer.body) // 2])
            self._hang_up()
        else:
            self.wfile.write(whole)

    do_POST = do_GET

    def _drip(self, whole: bytes) -> None:
        """One byte at a time; once all are sent, nothing more, and no end."""
        for at in range(len(whole)):
            if not self.server.stand_in.dripping():
                break
            self.wfile.write(whole[at : at + 1])
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """What was asked is of families and is not logged."""
