"""Asking a partner over HTTPS: whole-exchange deadlines, byte caps, and nobody else's settings.

No proxy, password file or certificate bundle of this machine's environment plays a part; no
answer is kept for another question; no redirect leads to another host. The one who asks says
until when there is time, and an exchange is over by then whatever the other side does.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    import ssl

    import requests

MOST_BYTES = 4_000_000
_PIECE = 16 * 1024
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECT_S = 5.0


class Hitch(StrEnum):
    """Why no usable reply came."""

    TIME = "time"  # not over by the deadline
    LINE = "line"  # refused, reset, cut short, no such host
    TRUST = "trust"  # one side does not accept the other's certificate
    SIZE = "size"  # more bytes than may be
    AWAY = "away"  # sent on to another host
    FILES = "files"  # our own certificate files can't be used
    CLOSED = "closed"  # Fanlight is closing


class Unanswered(Exception):
    """No usable reply; `words` is a sentence, with the partner's name, for the person who asked."""

    def __init__(self, hitch: Hitch, words: str) -> None:
        super().__init__(words)
        self.hitch = hitch
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back, once it is known to be of a sane size. Header names are lower case."""

    status: int
    untrusted_body: bytes
    headers: Mapping[str, str]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """How one partner is reached. `name` is said in sentences.

    `ca` is trusted instead of the system's certificate store; `proxy` is used for this partner
    and no other, and none is used where it is "".
    """

    name: str
    ca: Path | None = None
    client_certificate: tuple[Path, Path] | None = None
    proxy: str = ""
    most_bytes: int = MOST_BYTES


class Line:
    """The way to one partner. Safe from any thread; open lines are used again.

    `key_password` is asked once, for a client key that is encrypted. `clock` counts seconds, as
    `time.monotonic` does.
    """

    def __init__(
        self,
        settings: LineSettings,
        *,
        key_password: Callable[[], bytes | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._key_password = key_password
        self._clock = clock
        self._context: ssl.SSLContext | None = None
        self._idle: list[_OpenLine] = []
        self._busy: set[_OpenLine] = set()
        self._closed = False
        self._lock = threading.Lock()

    def ask(
        self,
        method: str,
        url: str,
        *,
        deadline: float,
        headers: Mapping[str, str] | None = None,
        params: Iterable[tuple[str, str]] = (),
        body: bytes | None = None,
    ) -> Reply:
        """One exchange, over by `deadline` (on `clock`). Raises Unanswered."""
        if urlsplit(url).scheme != "https":
            raise ValueError("A partner is asked over https only.")
        for _ in range(_MOST_REDIRECTS + 1):
            reply = self._once(method, url, deadline, headers or {}, tuple(params), body)
            onwards = reply.headers.get("location", "")
            if reply.status not in _REDIRECTS or not onwards or method != "GET":
                return reply
            there = on_the_same_host(url, onwards)
            if not there:
                break
            url, params = there, ()
        raise Unanswered(
            Hitch.AWAY,
            f"{self._name} sent the question on to another address, and it was not followed.",
        )

    def close(self) -> None:
        """Cut what is under way, in any thread, and let go of every line."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = tuple(self._busy)
        for line in idle:
            line.close()
        for line in busy:
            line.exchange.cut()

    @property
    def _name(self) -> str:
        return self.settings.name

    def _once(
        self,
        method: str,
        url: str,
        deadline: float,
        headers: Mapping[str, str],
        params: tuple[tuple[str, str], ...],
        body: bytes | None,
    ) -> Reply:
        left = deadline - self._clock()
        if left <= 0:
            raise self._late()
        line = self._take()
        watch = threading.Timer(left, line.exchange.cut)
        watch.daemon = True
        watch.start()
        good = False
        try:
            reply = line.ask(method, url, headers, params, body, left, self.settings.most_bytes)
            if line.exchange.was_cut:
                raise self._late()
            good = True
            return reply
        except _TooLongError:
            raise Unanswered(
                Hitch.SIZE, f"{self._name} sent far more than it should, so it was not read."
            ) from None
        except _NotDoneError as fault:
            raise self._why(fault.cause, line) from fault.cause
        finally:
            watch.cancel()
            self._put_back(line, good=good)

    def _take(self) -> _OpenLine:
        with self._lock:
            if self._closed:
                raise Unanswered(Hitch.CLOSED, "Fanlight is closing, so nobody was asked.")
            line = self._idle.pop() if self._idle else None
        if line is None:
            line = _OpenLine(self._trust(), self.settings.proxy)
        with self._lock:
            self._busy.add(line)
            if self._closed:
                line.exchange.cut()
        return line

    def _put_back(self, line: _OpenLine, *, good: bool) -> None:
        with self._lock:
            self._busy.discard(line)
            kept = good and not self._closed and not line.exchange.was_cut
            if kept:
                self._idle.append(line)
        if not kept:
            line.close()

    def _trust(self) -> ssl.SSLContext:
        from triage.secure_line import trust

        with self._lock:
            if self._context is not None:
                return self._context
        try:
            context = trust(
                self.settings.ca, self.settings.client_certificate, self._key_password()
            )
        except OSError as fault:
            raise Unanswered(
                Hitch.FILES,
                f"The certificates for {self._name} can't be used, so it was not asked. Ask IT "
                "to check the files that the profile names for it.",
            ) from fault
        with self._lock:
            self._context = context
        return context

    def _late(self) -> Unanswered:
        if self._closed:
            return Unanswered(Hitch.CLOSED, "Fanlight is closing, so the question was called off.")
        return Unanswered(Hitch.TIME, f"{self._name} did not answer in time.")

    def _why(self, fault: Exception, line: _OpenLine) -> Unanswered:
        import requests

        said = str(fault)
        if line.exchange.was_cut or isinstance(fault, requests.Timeout) or "timed out" in said:
            return self._late()
        refused = re.search(r"CERTIFICATE_VERIFY_FAILED|ALERT_\w+|mismatch|self.signed", said)
        if isinstance(fault, requests.exceptions.SSLError) and (refused or not line.exchange.sent):
            return Unanswered(
                Hitch.TRUST,
                f"A secure line to {self._name} could not be made: one side does not trust the "
                "other's certificate. Nothing was sent. Ask IT to check the certificates.",
            )
        if isinstance(fault, requests.exceptions.ProxyError):
            return Unanswered(
                Hitch.LINE,
                f"The proxy on the way to {self._name} did not let the question through.",
            )
        if re.search(r"NameResolution|getaddrinfo|Name or service", said):
            return Unanswered(Hitch.LINE, f"The network does not know the address of {self._name}.")
        return Unanswered(Hitch.LINE, f"{self._name} could not be reached, or hung up.")


def on_the_same_host(url: str, untrusted_onwards: str) -> str:
    """Where a link leads that an answer from `url` holds; "" for another host, or nowhere."""
    try:
        there = urljoin(url, untrusted_onwards)
        return there if urlsplit(there)[:2] == urlsplit(url)[:2] else ""
    except ValueError:
        return ""


class _TooLongError(Exception):
    """More bytes than may be."""


class _NotDoneError(Exception):
    """Something below gave up; `cause` says what."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


class _OpenLine:
    """One line and its session, for one question at a time."""

    def __init__(self, context: ssl.SSLContext, proxy: str) -> None:
        from http.cookiejar import DefaultCookiePolicy

        import requests

        from triage.secure_line import Exchange

        self.exchange = Exchange(context)
        self.session = requests.Session()
        # A proxy or a .netrc of this machine must not decide where a question goes, or as whom.
        self.session.trust_env = False
        self.session.mount("https://", self.exchange.adapter)
        self.session.headers.clear()
        # What one person's answer set must not go with another person's question.
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if proxy:
            self.session.proxies = {"https": proxy}

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        params: tuple[tuple[str, str], ...],
        body: bytes | None,
        left: float,
        most: int,
    ) -> Reply:
        import requests
        from urllib3.exceptions import HTTPError

        self.exchange.begin()
        try:
            with self.session.request(
                method,
                url,
                params=params,
                data=body,
                headers={"Accept-Encoding": "identity", "User-Agent": "Fanlight", **headers},
                timeout=(min(left, _CONNECT_S), left),
                allow_redirects=False,
                stream=True,
            ) as response:
                return Reply(
                    status=response.status_code,
                    untrusted_body=_whole(response, most),
                    headers={k.lower(): v for k, v in response.headers.items()},
                    url=url,
                )
        # ValueError: requests looks at where a redirect leads even where it does not follow it.
        except (requests.RequestException, HTTPError, OSError, ValueError) as fault:
            raise _NotDoneError(fault) from fault

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.session.close()


def _whole(response: requests.Response, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := response.raw.read1(_PIECE, decode_content=True):
        size += len(part)
        if size > most:
            raise _TooLongError
        parts.append(part)
    return b"".join(parts)
