"""The store: one encrypted file for one desk, or the hub's PostgreSQL, behind one door.

One writer at a time on both: the file by BEGIN IMMEDIATE, the server by holding the head row of
the event chain. So the chain has no gaps and two writers can't lock each other out.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

import sqlcipher3.dbapi2
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    RootTransaction,
    Table,
    TableClause,
    create_engine,
    event,
    exc,
    func,
    select,
)
from sqlalchemy.pool import QueuePool

from triage.beside import WINDOW
from triage.domain.errors import (
    ConflictError,
    InDoubtError,
    NotAllowedError,
    StoreError,
    UnreachableError,
)
from triage.domain.worker import Roles
from triage.storage import hub_line, schema, tables
from triage.storage.apart import APART
from triage.storage.hub_line import Line, is_broken

if TYPE_CHECKING:
    from triage.storage.listening import Listening

BUSY_MILLISECONDS = 10_000
ASK_S, PAUSE_S = 20.0, 0.25
"""How long a commit whose answer was lost is asked about, and how often."""

_WRITING = "fanlight_writing"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One unit of work, handed to the functions of triage.storage; nobody else looks inside.

    `roles` is what each role may do here, None where nothing else was said than is usual. `chained`
    are number and hash of each event it appended: by these it is known again.
    """

    connection: Connection
    roles: Roles | None = None
    chained: list[tuple[int, str]] = field(default_factory=list)

    @property
    def at_hub(self) -> bool:
        """Whether it is at a hub's server, not in a desk's own file."""
        return self.connection.dialect.name == "postgresql"

    def whole(self, table: Table) -> TableClause:
        """The table with what stands apart from it at a hub."""
        return APART.get(table.name, table) if self.at_hub else table

    def server_time(self) -> datetime | None:
        """What time it is by the hub's server, UTC; None for a file, which has no clock."""
        if not self.at_hub:
            return None
        at: datetime = self.connection.execute(select(func.clock_timestamp())).scalar_one()
        return at.astimezone(UTC)


class Store:
    """Where everything is kept. Any thread may use it; each transaction stays in its thread."""

    def __init__(
        self, engine: Engine, kind: Literal["file", "server"], again: "Callable[[], Store]"
    ) -> None:
        self.again = again
        """Opens it once more, from another process too."""
        self._engine = engine
        self.kind = kind
        self._line = Line() if kind == "server" else None
        self._cut: Callable[[], None] = lambda: None
        self._turn = Lock()
        self.roles: Roles | None = None
        """What each role may do, as the profile or the hub's server says."""
        self.typed_at: datetime | None = None
        """When what is written was typed, where it comes from a desk's journal."""

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """All or nothing: commits at the end, or changes nothing when anything is raised.

        Raises ConflictError when the same record was written twice at one moment, StoreError
        when another window writes for longer than ten seconds, UnreachableError when the hub's
        server does not answer. Where its answer to the commit was lost, it is asked whether it
        was done, and nothing is done twice; InDoubtError when that can't be found out.
        """
        WINDOW.goes_first()
        with self._in_turn(), self._connected() as connection:
            connection.execution_options(**{_WRITING: True})
            with connection.begin() as begun:
                if self.kind == "server":
                    connection.execute(select(tables.event_head.c.seq).with_for_update())
                tx = Transaction(connection, self.roles)
                yield tx
                self._commit(begun, tx)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One unchanging picture of the store, however long it is looked at; can't be written.

        Raises StoreError, and UnreachableError when the hub's server does not answer.
        """
        WINDOW.goes_first()
        with self._connected() as connection:
            if self.kind == "server":
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin() as transaction:
                yield Transaction(connection, self.roles)
                transaction.rollback()

    def listen(self, heard: Callable[[], object], lost: Callable[[], object]) -> "Listening | None":
        """Be told by the hub's server when something was written; None for a file, which tells
        nothing and is asked. See `Listening`, which says what the two calls mean."""
        if self.kind == "file":
            return None
        from triage.storage.listening import Listening

        return Listening(self._engine, heard, lost)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """A file has one writer. This program's own threads wait for each other here: the next
        goes on at once, where in the file each would look again only every so often."""
        if self.kind == "server":
            yield
            return
        if not self._turn.acquire(timeout=BUSY_MILLISECONDS / 1000):
            raise StoreError(_BUSY)
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        if self._line is None:
            with _in_plain_words(), self._engine.connect() as connection:
                yield connection
            return
        with (
            self._line.tried(),
            _in_plain_words(server=True),
            self._nobody_holds_up(),
            self._engine.connect() as line,
        ):
            self._line.answered()
            yield line

    @contextmanager
    def _nobody_holds_up(self) -> Iterator[None]:
        """Where something waited in vain for what another holds, have the hub's server end a line
        that holds it longer than a Fanlight does, so that the next try goes through."""
        try:
            yield
        except exc.DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _LOCKED:
                with suppress(exc.DBAPIError), self._engine.begin() as again:
                    again.execute(select(func.fanlight_end_holders()))
            raise

    def _commit(self, begun: RootTransaction, tx: Transaction) -> None:
        try:
            begun.commit()
        except exc.DBAPIError as error:
            if self._line is None or not is_broken(error):
                raise
            if not self._was_committed(tx):
                raise

    def _was_committed(self, tx: Transaction) -> bool:
        """Whether a transaction whose commit went unanswered is in the store: told by its last
        event. Who holds the end of the chain knows that nobody is still writing."""
        if not tx.chained:
            raise InDoubtError(_IN_DOUBT)
        seq, digest = tx.chained[-1]
        until, pause = monotonic() + ASK_S, Event()
        while True:
            try:
                with self._engine.connect() as connection, connection.begin():
                    head = connection.execute(select(tables.event_head).with_for_update()).one()
                    if head.seq < seq or (head.seq, head.hash) == (seq, digest):
                        return bool(head.seq == seq)
                    found = select(tables.event.c.hash).where(tables.event.c.seq == seq)
                    kept = connection.scalar(found)
            except exc.DBAPIError as error:
                if monotonic() > until:
                    raise InDoubtError(_IN_DOUBT) from error
                pause.wait(PAUSE_S)
                continue
            if kept is None:  # an event that this person may not see
                raise InDoubtError(_IN_DOUBT)
            return bool(kept == digest)

    def away_for(self) -> float | None:
        """Seconds since the hub's server last answered; None while it does, and for a file."""
        return self._line.away_for() if self._line else None

    def why_away(self) -> str:
        """Why the hub's server does not answer, or did not the last time, in a sentence; "" where
        it merely doesn't, and for a file."""
        why = self._line.why() if self._line else ""
        return "" if why == hub_line.AWAY else why

    def give_up(self) -> None:
        """Wait for the hub's server no longer: whatever waits for it now fails at once."""
        if self._line is not None:
            self._line.broke()
            self._cut()

    def forget_deleted(self) -> None:
        """Let nothing that was deleted lie on in the file's journal. Of a server, which does so
        in its own time, nothing is asked. Where another window is reading it happens later."""
        if self.kind == "file":
            line = self._engine.raw_connection()
            try:
                line.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                line.close()

    def close(self) -> None:
        """Let go of the file or the server."""
        self._engine.dispose()


@contextmanager
def _in_plain_words(*, server: bool = False) -> Iterator[None]:
    try:
        yield
    except exc.IntegrityError as error:
        raise ConflictError(
            "Someone else wrote the same record at the same moment. Theirs was kept and what you "
            "typed is still here: look at theirs, then try again."
        ) from error
    except exc.DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state in (_RULE, _NOT_ALLOWED):
            raise NotAllowedError(_rule_in_words(error.orig, state)) from error
        if server and is_broken(error):
            raise UnreachableError(hub_line.why_broken(error)) from error
        if isinstance(error, (exc.ProgrammingError, exc.DataError, exc.InterfaceError)):
            raise
        if state is not None:
            raise StoreError(_REFUSED.get(state, _NUMBERED.format(state))) from error
        raise StoreError(_words_for(str(error.orig).lower())) from error
    except exc.TimeoutError as error:
        raise StoreError(_BUSY) from error


_RULE, _NOT_ALLOWED = "FL001", "42501"
"""SQLSTATE of the hub's own rules, whose words are for people, and PostgreSQL's for privileges."""


def _rule_in_words(fault: Any, state: str) -> str:
    if state == _RULE:
        return str(fault.diag.message_primary)
    return (
        "The hub does not let you do this with this record. Nothing was changed, and what you "
        "typed is still here: ask a team leader."
    )


_BUSY = (
    "Another window is still writing to the store. Nothing was lost and nothing was changed: "
    "try again in a moment."
)


_IN_DOUBT = (
    "The line to the hub's server broke before it said whether this was saved. Look whether it is "
    "there, once the server answers, before you do it a second time."
)
_LOCKED = "55P03"
_SAFE = "Nothing was changed, and what was saved before is safe"
_REFUSED = {
    _LOCKED: _BUSY,
    "57014": "The hub's server took too long over this and gave it up. "
    f"{_SAFE}: try again in a moment.",
    "53100": "The disk of the hub's server is full, so this could not be saved there. "
    f"{_SAFE}: tell IT to make room on the server, then try again.",
    "53200": "The hub's server is short of memory, so this was not done. "
    f"{_SAFE}: try again in a moment, and where that doesn't help tell IT.",
    "58030": "The disk of the hub's server did not take this, or did not give back what is on it. "
    f"{_SAFE} as far as that disk is whole: tell IT to look at it.",
    **dict.fromkeys(
        ("XX001", "XX002"),
        "Part of the hub's database can't be read: it is damaged on the server's disk. Nothing was "
        "changed. Tell IT at once, before more is written: they have the last backup.",
    ),
}
"""SQLSTATE of what a server refuses while it answers."""
_NUMBERED = (
    f"The hub's server did not do this. {_SAFE}: try again, and where that doesn't help tell IT "
    "the number {}."
)


def _words_for(fault: str) -> str:
    if "locked" in fault or "busy" in fault:
        return _BUSY
    if "disk is full" in fault or "no space left" in fault:
        return (
            "The disk is full, so this could not be saved. What was saved before is safe: make "
            "room on the disk, then try again."
        )
    if "readonly" in fault:
        return (
            "The disk can only be read just now, so this could not be saved. What was saved before "
            "is safe: ask IT to look at the disk, then try again."
        )
    if "disk i/o" in fault:
        return (
            "The disk did not take this, or did not give back what is on it. What was saved before "
            "is safe as far as the disk is whole: see that it has room, or ask IT to look at it."
        )
    if "malformed" in fault or "not a database" in fault:
        return (
            "Part of the store can't be read: the file is damaged. Nothing was changed. Stop "
            "work on this desk and ask IT to bring back the last copy."
        )
    return (
        "The store could not be reached, so nothing was changed. What was saved before is safe: "
        "check the connection, then try again."
    )


def open_file(path: Path, key: bytes, *, revision: str = schema.REVISION) -> Store:
    """Open the encrypted file with its 32-byte key; make it, and bring its tables up to date (of
    a new file to an older `revision`, where a backup of that age is put back into it).

    Raises StoreError as `encrypted_file` does, or when a newer Fanlight has written it; the file
    is then as it was.
    """
    connect = encrypted_file(path, key)
    engine = create_engine(
        "sqlite://",
        creator=connect,
        module=sqlcipher3.dbapi2,
        poolclass=QueuePool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _after_the_window)
    store = Store(engine, "file", partial(open_file, path, key))
    _bring_up_to_date(store, revision)
    return store


def _after_the_window(reading: Connection, *_asked: object) -> None:
    """Each statement that reads a desk's own file. One that writes it keeps others waiting, as
    what is held at a hub's server does: those stand back before they begin, and never after."""
    if not reading.get_execution_options().get(_WRITING):
        WINDOW.goes_first()


def encrypted_file(path: Path, key: bytes) -> Callable[[], Any]:
    """What opens lines to an encrypted file, which is made where there is none.

    A new file is readable by its owner only, as is its folder where that is made too. Raises
    StoreError when the key does not fit or it is no Fanlight file; the file is then as it was.
    """
    if len(key) != 32:
        raise StoreError(
            "The key kept for this computer's data is not whole. Nothing was changed: ask IT to "
            "put back the key."
        )
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True)
    try:
        # SQLite gives its side files the mode of this one, so only this one is made by hand.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"The file {path.name} can't be opened for writing: {error.strerror}. Nothing was "
            "changed: check who owns the folder, and that its disk is there."
        ) from error

    def connect() -> Any:
        connection = sqlcipher3.dbapi2.connect(
            str(path), isolation_level=None, check_same_thread=False
        )
        cursor = connection.cursor()
        cursor.execute("PRAGMA cipher_log_level = NONE")  # a wrong key is told once, in words
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in (
            "cipher_compatibility = 4",
            f"busy_timeout = {BUSY_MILLISECONDS}",
            "foreign_keys = ON",
            "synchronous = FULL",  # what was said to be saved survives a power cut
            "temp_store = MEMORY",  # sorting must not leave readable words on the disk
            "trusted_schema = OFF",
            "secure_delete = ON",  # what was destroyed is not left in the file's empty pages
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        return connection

    _probe(connect, path)
    return connect


def _probe(connect: Any, path: Path) -> None:
    connection = None
    try:
        connection = connect()
        # A wrong key shows itself only when the first page is read.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlcipher3.dbapi2.DatabaseError as error:
        if "not a database" not in str(error):
            raise StoreError(_words_for(str(error).lower())) from error
        if path.read_bytes()[:15] == b"SQLite format 3":
            words = f"{path.name} is not encrypted, so it is not a Fanlight file."
        else:
            words = (
                f"The key kept for this computer does not open {path.name}, or the file is not "
                "Fanlight's."
            )
        raise StoreError(
            f"{words} Nothing in it was changed. If the file came from another computer or from "
            "a copy, ask IT for the key that belongs to it."
        ) from error
    finally:
        if connection is not None:
            connection.close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def open_server(url: str | URL, *, revision: str = schema.REVISION) -> Store:
    """Open the hub's PostgreSQL at `url`, as `hub_line.address` takes it, and bring its tables up
    to date.

    Raises UnreachableError when it can't be reached or does not let this desk in, StoreError when
    a newer Fanlight has changed its tables.
    """
    engine = create_engine(
        hub_line.address(url),
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=dict(hub_line.ARGUMENTS),
    )
    store = Store(engine, "server", partial(open_server, url))
    store._cut = hub_line.bear_no_silence(engine)
    _bring_up_to_date(store, revision)
    return store


def _bring_up_to_date(store: Store, revision: str) -> None:
    try:
        with store._connected() as connection:
            connection.execution_options(**{_WRITING: True})
            with connection.begin():
                schema.bring_up_to_date(connection, revision)
    except (exc.ProgrammingError, NotAllowedError) as error:
        store.close()
        raise StoreError(
            "This account may not read or change the hub's tables, so Fanlight can't start here. "
            "Nothing was changed: ask whoever looks after the server to bring the tables up to "
            "date and let this account in."
        ) from error
    except BaseException:
        store.close()
        raise
