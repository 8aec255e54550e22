"""A hub on a real PostgreSQL, its people signed in as themselves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests import factory
from tests.postgresql import owned
from tests.workflow.conftest import Front, open_front
from triage.domain.worker import Role, Worker
from triage.storage.apart import APART
from triage.storage.engine import Store, open_server
from triage.storage.hub_logins import let_in, open_as
from triage.storage.hub_server import create_hub
from triage.storage.tables import metadata
from triage.workflow.desk import Desk

NIA = Worker(id="nadmin", name="Nia Admin", role=Role.ADMINISTRATOR, job="Administrator")
VIC = Worker(id="vpolice", name="Vic Hale", role=Role.NAVIGATOR, job="Police navigator")
BEN = Worker(id="bent", name="Ben Taylor", role=Role.BUSINESS_SUPPORT, job="Business support")
NED = Worker(id="nhart", name="Ned Hart", role=Role.NIGHT_TEAM, job="Night team")
EVERYONE = (
    *(factory.RUTH, factory.SANA, factory.PRIYA, factory.OLA, factory.AMIR),
    *(NIA, VIC, BEN, NED),
)
PASSWORD = "a-long-word-for-tests"
Rows = list[tuple[Any, ...]]
OF_REQUESTS = ("request_names", "request_told", "request_beside", "request_apart")
"""What leads to requests, filled by the hub's server itself."""


_TELL = b"""INSERT INTO event SELECT seq + 1, %s, %s, %s, now(), '{}', hash,
    fanlight_digest(seq + 1, %s, %s, %s, now(), '{}', hash) FROM event_head"""


def tell(
    line: "psycopg.Connection[tuple[Any, ...]]", worker: Worker, kind: str, about: UUID | None
) -> None:
    """Put an event into the chain by plain SQL, in whatever transaction the line is in."""
    line.execute(_TELL, (kind, about, worker.id) * 2)


@dataclass(frozen=True)
class HubHere:
    """A hub's database on this computer, and the front door as its owner sees it.

    `url` is its owner's, who may no more than the guide says; `as_superuser` is the server's.
    """

    url: str
    front: Front
    as_superuser: str = ""

    def as_somebody(self, worker: Worker) -> "psycopg.Connection[tuple[Any, ...]]":
        """A line of that person's own, with no Fanlight between."""
        url = make_url(self.url).set(username=f"fl_{worker.id}", password=PASSWORD)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def tried(self, worker: Worker, statement: str, *values: object) -> Rows:
        """What plain SQL gives that person."""
        with self.as_somebody(worker) as line:
            found = line.execute(statement.encode(), values)
            return found.fetchall() if found.description else [(found.rowcount,)]

    def answered(self, worker: Worker, statement: str, *values: object) -> str:
        """All that person can tell from trying it."""
        try:
            return str(self.tried(worker, statement, *values))
        except psycopg.Error as fault:
            return f"{fault.sqlstate} {fault}"

    @contextmanager
    def refusing(self, table: str, state: str) -> Iterator[None]:
        """The server says that SQLSTATE to whoever writes a row of the table."""
        with psycopg.connect(self.url, autocommit=True) as line:
            line.execute(
                f"""CREATE FUNCTION fanlight_refusing() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{state}'; END $$;
                    CREATE TRIGGER fanlight_refusing BEFORE INSERT OR UPDATE ON {table}
                    FOR EACH ROW EXECUTE FUNCTION fanlight_refusing()""".encode()
            )
            try:
                yield
            finally:
                line.execute(b"DROP FUNCTION fanlight_refusing CASCADE")

    def cleared(self) -> None:
        """What earlier tests deleted leaves the pages too, so that no plan counts it."""
        with psycopg.connect(self.as_superuser, autocommit=True) as line:
            line.execute("VACUUM")

    def desk(self, worker: Worker) -> Desk:
        """That person's desk, signed in at the hub as themselves, their key unlocked."""
        store = open_as(self.url, worker.id, PASSWORD, without_tls=True)
        at = replace(self.front.desk, store=store, worker=worker)
        at.signer.unlock(worker.id, factory.PINS[worker.id])
        return at


@pytest.fixture(scope="session")
def hub_url(server_url: str) -> str:
    url = owned(server_url, "hub_of_rules")
    create_hub(url, without_tls=True, retention=factory.profile().retention)
    for worker in EVERYONE:
        served = ("police",) if worker is VIC else ()
        let_in(url, worker.id, worker.role, PASSWORD, agencies=served)
    return url


@pytest.fixture(scope="session")
def hub_superuser(hub_url: str, server_url: str) -> str:
    url = make_url(server_url).set(database=make_url(hub_url).database)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def emptying(hub_superuser: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """The line by which the hub is emptied; to open one takes far longer."""
    with psycopg.connect(hub_superuser, autocommit=True) as line:
        line.execute("SET session_replication_role = replica")  # so that the chain can be emptied
        yield line


@pytest.fixture
def hub(
    hub_url: str,
    hub_superuser: str,
    emptying: "psycopg.Connection[tuple[Any, ...]]",
    tmp_path: Path,
) -> Iterator[HubHere]:
    emptied = (  # in one round trip
        sql.SQL("DELETE FROM {};").format(sql.Identifier(*table))
        for table in (
            *(("public", name) for name in metadata.tables.keys() - {"retention_rule"}),
            *(("fanlight_inside", name) for name in (*APART, *OF_REQUESTS)),
        )
    )
    emptying.execute(sql.SQL("").join(emptied))
    emptying.execute("INSERT INTO event_head VALUES (1, 0, repeat('0', 64))")
    store = open_server(hub_url)
    yield HubHere(hub_url, open_front(store, tmp_path), hub_superuser)
    store.close()


@pytest.fixture
def open_desks() -> Iterator[list[Desk]]:
    found: list[Desk] = []
    yield found
    for desk in found:
        desk.store.close()


@pytest.fixture
def at(hub: HubHere, open_desks: list[Desk]) -> Callable[[Worker], Desk]:
    def sit(worker: Worker) -> Desk:
        open_desks.append(hub.desk(worker))
        return open_desks[-1]

    return sit


class HubFront(Front):
    """The front door as its people see it, each signed in at the hub as themselves."""

    stores: dict[str, Store]

    def of(self, worker: Worker) -> Desk:
        return replace(super().of(worker), store=self.stores[worker.id])


@pytest.fixture(scope="session")
def hub_stores(hub_url: str) -> Iterator[dict[str, Store]]:
    let_in(hub_url, factory.TOM.id, factory.TOM.role, PASSWORD)
    people = (factory.RUTH, factory.TOM, factory.PRIYA, factory.OLA)
    found = {w.id: open_as(hub_url, w.id, PASSWORD, without_tls=True) for w in people}
    yield found
    for store in found.values():
        store.close()


@pytest.fixture
def at_hub(hub: HubHere, hub_stores: dict[str, Store]) -> Front:
    owner = hub.front
    front = HubFront(owner.store, owner.desk, owner.watch, owner.people, owner.folder)
    front.stores = hub_stores
    return front
