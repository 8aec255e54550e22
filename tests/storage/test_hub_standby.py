"""A hub's standby that follows: what may be read there, by whom, and that nothing is written."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import make_url

from tests import factory, postgresql
from tests.hub_here import EVERYONE, PASSWORD, VIC, HubHere
from tests.workflow.conftest import open_front
from triage.domain.errors import UnreachableError
from triage.domain.worker import Worker
from triage.storage import events
from triage.storage.engine import open_server
from triage.storage.hub_logins import let_in, open_as
from triage.storage.hub_server import create_hub
from triage.workflow import audit, claims, queue, sign
from triage.workflow.desk import Desk

TABLES = ("contact", "contact_child", "event", "decision_version", "original", "worker")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HubHere, str]]:
    """A hub, and the address of its standby: what was saved can be read there at once."""
    with postgresql.serving(synchronous_commit="remote_apply") as first:
        url = postgresql.owned(f"{first.url}postgres", "hub")
        create_hub(url, without_tls=True)
        for worker in EVERYONE:
            let_in(url, worker.id, worker.role, PASSWORD, agencies=["police"] * (worker is VIC))
        standby = first.replica()
        first.stop("fast")
        first.settings["synchronous_standby_names"] = "*"
        first.start()
        store = open_server(url)
        try:
            front = open_front(store, tmp_path_factory.mktemp("two"))
            told = factory.contact(reference="C-26-04951", rating="green")
            iris = factory.child(given="Iris", family="Vane")
            hidden = factory.contact(iris, reference="C-26-04950", restricted=True)
            front.bring(factory.contact(), hidden, told)
            sign.approve(front.priya, front.proposed(told).id, pin=factory.PINS["pnandra"])
            yield HubHere(url, front), f"{standby.url}hub?target_session_attrs=any"
        finally:
            store.close()


def plain(url: str, worker: Worker) -> str:
    """That address, for a program other than Fanlight."""
    found = make_url(url).set(username=f"fl_{worker.id}", password=PASSWORD)
    return found.render_as_string(hide_password=False)


def rows(url: str, worker: Worker) -> dict[str, object]:
    """All that person gets of each table by plain SQL, or that they may not."""
    found: dict[str, object] = {}
    with psycopg.connect(plain(url, worker), autocommit=True) as line:
        for table in TABLES:
            try:
                asked = line.execute(f"SELECT to_jsonb({table}.*)::text FROM {table}".encode())
                found[table] = sorted(asked.fetchall())
            except psycopg.errors.InsufficientPrivilege:
                found[table] = "not allowed"
    return found


def test_everybody_reads_at_the_standby_what_they_read_at_the_first_and_no_more(
    two: tuple[HubHere, str],
) -> None:
    hub, standby = two
    read = {worker.id: rows(standby, worker) for worker in EVERYONE}
    assert read == {worker.id: rows(hub.url, worker) for worker in EVERYONE}
    held = {who: len(list(found["contact"])) for who, found in read.items()}  # type: ignore[call-overload]
    assert (held["pnandra"], held["rosei"], held["vpolice"], held["nadmin"]) == (3, 2, 0, 0)


@pytest.fixture
def desk(two: tuple[HubHere, str], request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk of that person's whose hub is the standby alone."""
    hub, standby = two
    store = open_as(standby, request.param.id, PASSWORD, without_tls=True)
    yield replace(hub.front.desk, store=store, worker=request.param)
    store.close()


@pytest.mark.parametrize("desk", [factory.RUTH], indirect=True)
def test_nothing_is_written_at_the_standby_and_a_desk_that_tries_is_told_so(
    two: tuple[HubHere, str], desk: Desk
) -> None:
    hub, standby = two
    [row, *_] = queue.queue(desk).rows
    contact = hub.front.read(factory.contact(id=row.contact_id))
    with pytest.raises(UnreachableError, match=r"only follows another.* Nothing was changed"):
        claims.claim(desk, contact)
    assert hub.front.read(contact) == contact
    with (
        psycopg.connect(plain(standby, factory.RUTH), autocommit=True) as line,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        line.execute("UPDATE contact SET version = version + 1")


@pytest.mark.parametrize("desk", [factory.AMIR], indirect=True)
def test_trail_is_verified_at_the_standby_to_the_event_that_was_just_written(
    two: tuple[HubHere, str], desk: Desk
) -> None:
    front = two[0].front
    contact = front.bring(factory.contact(reference="C-26-04952"))
    for act in (claims.claim, lambda at, held: claims.release(at, held, "Called away")):
        act(front.ruth, contact.id)
        assert events.verify(desk.store) is None
        with desk.store.read() as tx:
            assert events.head(tx).seq == front.seq
    with pytest.raises(UnreachableError, match=r"only follows another.* Nothing was changed"):
        audit.open_trail(desk, "To see who looked")  # that an auditor looked is written down
