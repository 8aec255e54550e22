"""A desk at a hub whose line to the server can be cut, with what it keeps meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests import factory
from tests.cable import Cable
from tests.factory import KEY
from tests.hub_here import PASSWORD, HubHere
from triage.domain.worker import Worker
from triage.storage import hub_line
from triage.storage.hub_logins import open_as
from triage.storage.journal import Journal
from triage.workflow.desk import Desk
from triage.workflow.unsent import Unsent


def cable_to(hub: HubHere) -> Cable:
    """A line to the hub's server."""
    port = make_url(hub.url).port
    assert port is not None
    return Cable(port)


@contextmanager
def desk_at_the_end_of(cable: Cable, hub: HubHere, worker: Worker, folder: Path) -> Iterator[Desk]:
    """That person's desk, all it says going through the cable."""
    url = make_url(hub.url).set(port=cable.port)
    store = open_as(
        url.render_as_string(hide_password=False), worker.id, PASSWORD, without_tls=True
    )
    journal = Journal(folder / "unsent.db", KEY)
    desk = replace(hub.front.desk, store=store, worker=worker, unsent=Unsent(journal))
    yield desk
    store.close()
    journal.close()


def commit_is_answered_to_nobody(cable: Cable) -> None:
    """The next COMMIT is done, and its answer lost with the line."""
    asked: list[bool] = []

    def heard(is_question: bool, data: bytes) -> bool:
        if is_question and b"COMMIT\0" in data:  # and no BEGIN ... READ COMMITTED
            asked.append(True)
        return is_question or not asked

    cable.heard = heard


@pytest.fixture
def cable(hub: HubHere, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cable]:
    """A line to the hub's server, which is asked each time whether it is back."""
    monkeypatch.setattr(hub_line, "RETRY_S", 0.0)
    line = cable_to(hub)
    yield line
    line.close()


@pytest.fixture
def ruth(hub: HubHere, cable: Cable, tmp_path: Path) -> Iterator[Desk]:
    """Ruth's desk at the end of it."""
    with desk_at_the_end_of(cable, hub, factory.RUTH, tmp_path) as desk:
        yield desk
