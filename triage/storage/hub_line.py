"""The line to a hub's server: how long its silence is borne, and whether it answers at all.

Nobody waits for a dead server again and again: once it did not answer, what is asked of it is
refused at once, but for one question every two seconds that finds out whether it is back.
"""

import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode
from weakref import WeakSet

from sqlalchemy import URL, Engine, event, exc, make_url

from triage.domain.errors import InDoubtError, UnreachableError

LOCK_MS = 10_000
STATEMENT_MS = 30_000
SILENCE_S = 40.0
"""After which a server whose line stands and that says nothing counts as gone; longer than it may
wait for a lock or work on one statement."""

RETRY_S = 2.0
SIGN_IN_AGAIN_S = 30.0
"""Between two tries to sign in where the server refused one: more would lock the person out."""

AWAY = (
    "The hub's server could not be reached, so this was not done. Nothing was changed, and what "
    "was saved before is safe: try again once it answers."
)

# A dead peer is noticed within half a minute at either end, so that a desk that vanished in the
# middle of a save does not hold up all others.
_SESSION = {
    "lock_timeout": LOCK_MS,
    "statement_timeout": STATEMENT_MS,
    "idle_in_transaction_session_timeout": 30_000,
    # The rules of rows make a question look dear, and compiling it takes longer than asking it.
    "jit": "off",
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "timezone": "UTC",
}
ARGUMENTS: Mapping[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
}
"""What every line is opened with."""

_MANY = re.compile(r"^(?P<front>[a-z+]+://(?:[^@/]*@)?)(?P<hosts>[^/?]*,[^/?]*)(?P<rest>.*)$")


def address(url: str | URL) -> URL:
    """The address of a hub. Several servers, of which whichever may be written to is used, are
    named as libpq names them: postgresql://one.example:5432,two.example:5432/hub."""
    hosts: list[str] = []
    if isinstance(url, str) and (many := _MANY.match(url)):
        hosts = many["hosts"].split(",")
        url = many["front"] + many["rest"]
    found = make_url(url).set(drivername="postgresql+psycopg")
    if hosts:
        found = found.update_query_pairs([("host", host) for host in hosts])
    if "target_session_attrs" not in found.query:
        found = found.update_query_dict({"target_session_attrs": "read-write"})
    # Whoever has a Kerberos ticket would else get its encryption in place of TLS, and with it a
    # server that is not asked for its certificate.
    return found.update_query_dict({"gssencmode": "disable"})


_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")


def with_whole_paths(said: str) -> str:
    """The address, with each file that it names as a whole path: what uses it may be started in
    another folder than this."""
    front, mark, query = said.partition("?")
    pairs = [
        (name, str(Path(value).expanduser().absolute()) if _names_file(name, value) else value)
        for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    return front + mark + urlencode(pairs, safe="/:,")


def missing_file(url: URL) -> str:
    """The first file of a certificate or key that the address names and that is not there."""
    for name in _FILES:
        value = url.query.get(name, "")
        for path in (value,) if isinstance(value, str) else value:
            if _names_file(name, path) and not Path(path).expanduser().is_file():
                return path
    return ""


def _names_file(name: str, value: str) -> bool:
    return name in _FILES and value not in ("", "system")


def hosts_of(url: URL) -> tuple[str | None, ...]:
    """Every server that an address names, without ports; (None,) for none but this computer's."""
    named = url.query.get("host", ())
    many = (named,) if isinstance(named, str) else tuple(named)
    alone = [host for part in many for host in part.split(",")]
    if url.host:
        alone += url.host.split(",")
    return tuple(re.sub(r"(?<=[^:]):\d+$", "", host) for host in alone) or (None,)


class Line:
    """Whether the server answers. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answered = monotonic()
        self._away = self._asking = False
        self._tried = 0.0
        self._why = AWAY

    def away_for(self) -> float | None:
        """Seconds since the server last answered; None while it does."""
        with self._lock:
            return monotonic() - self._answered if self._away else None

    def answered(self) -> None:
        """It did."""
        with self._lock:
            self._answered, self._away = monotonic(), False

    def why(self) -> str:
        """Why it does not answer, or did not the last time, in a sentence."""
        with self._lock:
            return self._why

    def broke(self, why: str = AWAY) -> None:
        """It does not answer, and why."""
        with self._lock:
            self._away, self._tried, self._why = True, monotonic(), why

    @contextmanager
    def tried(self) -> Iterator[None]:
        """Ask something of the server. Raises UnreachableError at once where it was found away a
        moment ago, or somebody else is finding out now."""
        with self._lock:
            waits = self._away
            pause = SIGN_IN_AGAIN_S if self._why == SIGN_IN else RETRY_S
            if waits and (self._asking or monotonic() - self._tried < pause):
                raise UnreachableError(self._why)
            self._asking = self._asking or waits
        try:
            yield
        except UnreachableError as fault:
            # What became of one save is no reason of the line.
            self.broke(AWAY if isinstance(fault, InDoubtError) else str(fault))
            raise
        finally:
            if waits:
                with self._lock:
                    self._asking = False


def bear_no_silence(engine: Engine) -> Callable[[], None]:
    """Give the lines of an engine an end to waiting: a server whose computer still holds the line
    while it says nothing itself would else be waited for without end. What is given back cuts
    every line at once, from any thread."""
    made: WeakSet[Any] = WeakSet()

    def cut() -> None:
        for line in list(made):
            # It may be closing in its own thread at this moment.
            with (
                suppress(Exception),
                socket.fromfd(line.fileno(), socket.AF_INET, socket.SOCK_STREAM) as end,
            ):
                end.shutdown(socket.SHUT_RDWR)

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
        import psycopg

        class Impatient(psycopg.Connection[Any]):
            """A line that is closed once nothing has come for `SILENCE_S` seconds."""

            def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
                if timeout is not None:
                    return super().wait(gen, interval, timeout)
                begun = monotonic()
                try:
                    return super().wait(gen, interval, SILENCE_S)
                except BaseException as fault:
                    if monotonic() - begun < SILENCE_S:
                        raise
                    self.pgconn.finish()
                    raise psycopg.OperationalError("no answer came") from fault

        line = Impatient.connect(*arguments, **named)
        made.add(line)
        return line

    return cut


FOLLOWS = (
    "The hub's server that answers only follows another, or IT has set it to be read only, and "
    "nothing can be written to it. Nothing was changed, and what was saved before is safe: try "
    "again in a moment, and where that doesn't help ask IT which server may be written to."
)
MANY = (
    "The hub's server has as many lines open as it takes, and let this desk not in. Nothing was "
    "changed, and what was saved before is safe: try again in a moment, and where that doesn't "
    "help ask IT to let more in."
)
SIGN_IN = (
    "The hub's server does not let you sign in: your password there, your certificate or your "
    "Kerberos ticket has run out, or was changed. Nothing was changed, and what was saved before "
    "is safe: ask IT for a new one."
)
STRANGER = (
    "What answers in the hub's place can't prove that it is the hub's server: its certificate has "
    "run out, or is not the hub's. So nothing was sent to it. Nothing was changed, and what was "
    "saved before is safe: tell IT."
)
_GONE = ("08", "53300", "57P", "25006", "25P03", "28")
"""SQLSTATE of a server that goes, comes, is full of lines, lets nobody in, is only a copy of
another now, or ended the line."""
_SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"certificate verify failed|signature failure|does not match host name", STRANGER),
        (
            r"authentication failed|not permitted to log in|no pg_hba\.conf entry|alert (bad|"
            r"unknown|certificate)|alert \w* certificate|requires a valid client certificate|"
            r"no password supplied|GSSAPI continuation error",
            SIGN_IN,
        ),
        (r"too many (clients|connections)|remaining connection slots", MANY),
        (r"session is read-only|hot standby mode", FOLLOWS),
    )
)
"""What libpq says of a line that could not be made, in English; it gives no SQLSTATE there."""


def why_broken(error: exc.DBAPIError) -> str:
    """Why the line was lost or could not be made, in a sentence."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if follows(error):
        return FOLLOWS
    if state:
        return {"53300": MANY}.get(state, SIGN_IN if state.startswith("28") else AWAY)
    said = str(error.orig)
    return next((words for pattern, words in _SAID if pattern.search(said)), AWAY)


def follows(error: exc.DBAPIError) -> bool:
    """Whether it was refused because the server can only be read."""
    state = getattr(error.orig, "sqlstate", None)
    return state == "25006" or (state == "0A000" and "during recovery" in str(error.orig))


def is_broken(error: exc.DBAPIError) -> bool:
    """Whether the line was lost or could not be made, rather than something refused on it."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_GONE) or follows(error)
    return error.connection_invalidated or isinstance(error, exc.OperationalError)
