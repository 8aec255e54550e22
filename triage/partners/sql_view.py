"""A view in a partner's PostgreSQL: read only, limited in time, asked by bound values alone.

This is a partner's database and not the hub's, so it is read here and not in `triage.storage`:
one SELECT from one view whose name the profile gives, on a connection that can't write.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from triage.domain.errors import SecretsError
from triage.domain.live_partner import LivePartner, ViewSettings
from triage.domain.lookup import Outcome
from triage.partners.calling import Connection
from triage.partners.connector import Answer, Context, NoAnswerError, Query, Returned
from triage.partners.pace import Breaker, Limiter
from triage.partners.questions import in_words, known, unaccented
from triage.partners.their_words import record_of

if TYPE_CHECKING:
    import psycopg

_NUMBERS = ("nhs_number", "upn")
_HERE = frozenset({"", "localhost", "127.0.0.1", "::1"})
_SURE = frozenset({"verify-full", "verify-ca"})


class ViewConnector:
    """Asks for a number, or a family name and birth date; where nobody fits, for the names alone.

    `secret` reads the connection (a PostgreSQL conninfo or URL) from the keyring.
    """

    def __init__(self, settings: LivePartner, secret: Callable[[str], bytes | None]) -> None:
        assert settings.view is not None
        self._settings, self._view = settings, settings.view
        self._secret = secret
        pace = settings.pace
        self._limiter = Limiter(pace.per_second, pace.burst)
        self._breaker = Breaker(pace.pause_after, pace.pause_s)
        self._problem = ""
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def partner(self) -> str:
        return self._settings.partner

    @property
    def name(self) -> str:
        return self._settings.name

    def connection(self, now: datetime) -> Connection:
        """How the connection stands."""
        until = self._breaker.paused_until(now.timestamp())
        return Connection(
            partner=self.partner,
            name=self.name,
            paused_until=datetime.fromtimestamp(until, UTC) if until is not None else None,
            failures=self._breaker.failures,
            problem=self._problem,
        )

    def try_now(self) -> None:
        """End the pause."""
        self._breaker.try_now()

    def close(self) -> None:
        """Cut what is under way."""
        with self._lock:
            for line in self._open:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def sends(self, query: Query) -> tuple[str, ...]:
        facts = known(query.person)
        asked = ("nhs_number", "upn", "given", "family", "born")
        return tuple(n for n in asked if n in facts and _column(self._view, n))

    def ask(self, query: Query, context: Context) -> Answer:
        facts = known(query.person)
        sent: list[str] = []
        rows: list[dict[str, Any]] = []
        try:
            ways = list(_ways(facts, self._view))
            if not ways:
                raise NoAnswerError(
                    Outcome.NOT_CHECKED,
                    f"{self.name} can be asked once a family name, or a number, is known.",
                )
            for names, where, values in ways:
                sent += names
                rows = self._rows(where, values, context)
                if rows:
                    break
        except NoAnswerError as fault:
            return fault.answer(in_words(sent), tuple(dict.fromkeys(sent)))
        today = context.now().date()
        records = [record_of(_texts(row), self._settings, today) for row in rows]
        returned = tuple(Returned(record=r) for r in records if r is not None)
        many = len(rows) > self._view.most_rows
        return Answer(
            outcome=Outcome.FOUND if returned else Outcome.NOT_FOUND,
            returned=returned[: self._view.most_rows],
            searched=in_words(sent),
            sent=tuple(dict.fromkeys(sent)),
            problem=f"{self.name} has more people who fit than are shown." if many else "",
        )

    def _rows(
        self, where: str, values: Mapping[str, object], context: Context
    ) -> list[dict[str, Any]]:
        import psycopg

        if (at := self.connection(context.now()).paused_until) is not None:
            raise NoAnswerError(
                Outcome.UNAVAILABLE,
                f"{self.name} is paused after it failed several times in a row, so nobody was "
                "looked up there. Try it now, or carry on.",
                paused_until=at,
            )
        wait = self._limiter.wait(context.clock(), context.left)
        if wait is None or (wait and context.waits(wait)):
            raise NoAnswerError(
                Outcome.NOT_CHECKED,
                f"{self.name} takes only so many questions at a time. Search again in a moment.",
            )
        try:
            with self._connected(context) as connection:
                rows = _select(connection, self._view, where, values)
        except psycopg.errors.InsufficientPrivilege as fault:
            raise NoAnswerError(
                Outcome.DENIED, self._words("does not let this desk look")
            ) from fault
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as fault:
            words = self._words("does not have the view as the profile says")
            raise NoAnswerError(Outcome.BAD_RESPONSE, words) from fault
        except psycopg.Error as fault:
            late = context.left <= 0 or isinstance(fault, psycopg.errors.QueryCanceled)
            words = "did not answer in time" if late else "could not be reached"
            if isinstance(fault, psycopg.OperationalError) and "authentication" in str(fault):
                raise NoAnswerError(
                    Outcome.DENIED, self._words("does not let this desk look")
                ) from fault
            self._problem = f"{self.name} {words}."
            self._breaker.failed(context.now().timestamp())
            raise NoAnswerError(Outcome.UNAVAILABLE, self._problem) from fault
        self._breaker.worked()
        self._problem = ""
        return rows

    def _words(self, what: str) -> str:
        self._problem = f"{self.name} {what}. Nobody was looked up there. Tell IT."
        return self._problem

    @contextlib.contextmanager
    def _connected(self, context: Context) -> Iterator[psycopg.Connection[dict[str, Any]]]:
        import psycopg
        from psycopg.rows import dict_row

        left = context.left
        connection = psycopg.connect(
            self._conninfo(),
            row_factory=dict_row,
            connect_timeout=max(2, round(left)),
            options=f"-c statement_timeout={max(1, round(left * 1000))}",
        )
        line = socket.socket(fileno=os.dup(connection.fileno()))
        watch = threading.Timer(context.left, _cut, (line,))
        watch.daemon = True
        with self._lock:
            self._open.add(line)
        watch.start()
        try:
            connection.read_only = True
            yield connection
        finally:
            watch.cancel()
            with self._lock:
                self._open.discard(line)
            line.close()
            connection.close()

    def _conninfo(self) -> str:
        """The connection of the keyring, over TLS with the server's name checked, unless it is on
        this computer."""
        import psycopg
        from psycopg.conninfo import conninfo_to_dict, make_conninfo

        try:
            held = self._secret(self._view.dsn_secret)
        except SecretsError as fault:
            raise NoAnswerError(Outcome.NOT_CHECKED, str(fault)) from fault
        if not held:
            raise NoAnswerError(
                Outcome.NOT_CHECKED,
                f"This computer's keyring has no “{self._view.dsn_secret}”, so {self.name} was not "
                "asked. Ask IT to put it there.",
            )
        try:
            told = conninfo_to_dict(held.decode().strip())
        except (psycopg.ProgrammingError, UnicodeDecodeError) as fault:
            raise NoAnswerError(
                Outcome.NOT_CHECKED,
                f"What the keyring has under “{self._view.dsn_secret}” is no connection, so "
                f"{self.name} was not asked. Tell IT.",
            ) from fault
        host = str(told.get("host") or "")
        if host not in _HERE and not host.startswith("/") and told.get("sslmode") not in _SURE:
            told |= {"sslmode": "verify-full"}
            told.setdefault("sslrootcert", "system")
        return make_conninfo("", **told)


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _column(view: ViewSettings, fact: str) -> str:
    return view.columns.get("dob" if fact == "born" else fact, "")


Way = tuple[tuple[str, ...], str, dict[str, object]]


def _ways(facts: Mapping[str, str | date], view: ViewSettings) -> Iterator[Way]:
    """What is asked with, the condition, and its values: exactly first, then by names alone."""
    exact: list[str] = []
    names: list[str] = []
    values: dict[str, object] = {}
    for number in _NUMBERS:
        if number in facts and _column(view, number):
            exact.append(f"replace({{{number}}}::text, ' ', '') = %({number})s")
            values[number] = facts[number]
            names.append(number)
    family, born = facts.get("family"), facts.get("born")
    if isinstance(family, str):
        spelt = [name.casefold() for name in dict.fromkeys((family, unaccented(family)))]
        values["family"] = spelt
        if isinstance(born, date) and _column(view, "born"):
            exact.append(
                "(lower({family}::text) = ANY(%(family)s) AND {dob}::text = ANY(%(born)s))"
            )
            names += ["family", "born"]
            values["born"] = [born.isoformat(), f"{born.isoformat()} 00:00:00"]
    if exact:
        yield tuple(names), " OR ".join(exact), values
    given = str(facts.get("given", ""))
    if isinstance(family, str) and given and _column(view, "given"):
        by_name = "lower({family}::text) = ANY(%(family)s) AND lower({given}::text) LIKE %(given)s"
        start = given.casefold()[:3].replace("\\", "").replace("%", "").replace("_", "")
        yield ("family", "given"), by_name, {**values, "given": f"{start}%"}


def _select(
    connection: psycopg.Connection[dict[str, Any]],
    view: ViewSettings,
    where: str,
    values: Mapping[str, object],
) -> list[dict[str, Any]]:
    from psycopg import sql

    columns = {ours: sql.Identifier(theirs) for ours, theirs in view.columns.items()}
    picked = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(column, sql.Identifier(ours)) for ours, column in columns.items()
    )
    question = sql.SQL("SELECT {} FROM {} WHERE {} LIMIT {}").format(
        picked,
        sql.Identifier(*view.view.split(".")),
        sql.SQL(where).format(**columns),  # written above: no outside text
        sql.Literal(view.most_rows + 1),
    )
    return connection.execute(question, dict(values)).fetchall()


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in row.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return " ".join(str(value).split())[:2000]
