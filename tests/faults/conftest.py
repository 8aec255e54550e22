"""A hub's server of these tests' own, to be stopped, killed and cut off."""

from collections.abc import Iterator

import pytest

from tests import postgresql
from tests.cable import Cable
from triage.storage import hub_line
from triage.storage.engine import open_server


@pytest.fixture(scope="module")
def pg() -> Iterator[postgresql.Server]:
    """A server with a database of empty tables."""
    with postgresql.serving() as server:
        open_server(f"{server.url}postgres").close()
        yield server


@pytest.fixture
def cable(pg: postgresql.Server) -> Iterator[Cable]:
    """A line to it that can be cut."""
    line = Cable(pg.port)
    yield line
    line.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the server is back is asked each time, not every two seconds."""
    monkeypatch.setattr(hub_line, "RETRY_S", 0.0)
