"""What many rooms' tests share: a store on an encrypted file, and a server where one is asked."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import postgresql
from tests.away import cable as cable  # fixtures for whoever asks
from tests.away import ruth as ruth
from tests.factory import KEY as KEY
from tests.hub_here import at as at
from tests.hub_here import at_hub as at_hub
from tests.hub_here import emptying as emptying
from tests.hub_here import hub as hub
from tests.hub_here import hub_stores as hub_stores
from tests.hub_here import hub_superuser as hub_superuser
from tests.hub_here import hub_url as hub_url
from tests.hub_here import open_desks as open_desks
from tests.post import servers as servers  # fixtures for whoever asks
from tests.post import servers_running as servers_running
from triage.domain.event import FIRST
from triage.export import keys
from triage.export.keys import Stretch
from triage.storage import secrets
from triage.storage.engine import Store, open_file, open_server
from triage.storage.schema import REVISION
from triage.storage.tables import metadata

if TYPE_CHECKING:
    import psycopg

    from triage.practice.hub import PracticeHub

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A busy machine is no reason for a claim to fail, nor a run of draws that a test has no use for:
# examples run without a clock.
settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("unhurried")

PRACTICE_NOW = datetime(2026, 11, 24, 11, 42, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def what_is_held_stays() -> None:
    """What is held when a module's tests begin is not looked through again while they run: that
    costs more than most of them do."""
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class Cost:
    """What one guess costs at a desk."""

    pin: Stretch
    passphrase: dict[str, int]


@pytest.fixture(scope="session", autouse=True)
def cost_at_a_desk() -> Iterator[Cost]:
    """It is made to cost a tenth of a second and all cores; in tests it costs next to nothing."""
    cost = Cost(keys.AT_A_DESK, secrets.COST)
    with pytest.MonkeyPatch.context() as cheap:
        cheap.setattr(keys, "AT_A_DESK", Stretch(iterations=1, memory_kib=8, lanes=1))
        # What a desk in a process of its own makes stays within the bounds for another's.
        least = {"time_cost": 1, "memory_cost": 1024, "parallelism": 1}
        cheap.setattr(secrets, "COST", least)
        yield cost


@dataclass(frozen=True)
class Home:
    """Where a test's store lives; each `open` is another window on the same data."""

    kind: str
    open: Callable[[], Store]
    path: Path | None = None
    url: str = ""


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with its tables and nothing in them, to copy."""
    path = tmp_path_factory.mktemp("empty") / "fanlight.db"
    open_file(path, KEY).close()
    return path


@pytest.fixture
def file_home(empty_file: Path, tmp_path: Path) -> Home:
    path = tmp_path / "fanlight.db"
    shutil.copy2(empty_file, path)
    return Home(kind="file", open=lambda: open_file(path, KEY), path=path)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A running PostgreSQL with a database of empty tables."""
    with postgresql.running() as server:
        url = f"{server}postgres"
        open_server(url).close()
        yield url


@pytest.fixture(scope="session")
def server_line(server_url: str) -> Iterator["psycopg.Connection"]:
    """A line to it, which a server takes longer to open than to empty the tables by."""
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as line:
        yield line


@pytest.fixture
def server_home(server_url: str, server_line: "psycopg.Connection") -> Home:
    # Emptied by DELETE, which is far quicker here than TRUNCATE or a database a test.
    emptied = "; ".join(f"DELETE FROM {table.name}" for table in metadata.tables.values())
    with server_line.transaction():
        server_line.execute("SET CONSTRAINTS ALL DEFERRED")
        server_line.execute(
            f"{emptied}; INSERT INTO event_head VALUES (1, 0, '{FIRST}'); "
            f"UPDATE alembic_version SET version_num = '{REVISION}'".encode()
        )
    return Home(kind="server", open=lambda: open_server(server_url), url=server_url)


@pytest.fixture
def store(file_home: Home) -> Iterator[Store]:
    """An empty store on an encrypted file."""
    opened = file_home.open()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def practice_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice hub as it is after its first start, to copy."""
    from uuid import uuid4

    from triage.practice.hub import open_practice

    folder = tmp_path_factory.mktemp("made") / "practice"
    open_practice(folder, now=lambda: PRACTICE_NOW, new_id=uuid4, population=60).close()
    return folder


@pytest.fixture
def practice(practice_made: Path, tmp_path: Path) -> Iterator["PracticeHub"]:
    """A practice hub of the test's own, its council listening, on Tuesday 24 November 2026."""
    from uuid import uuid4

    from triage.practice.hub import open_practice

    folder = tmp_path / "practice"
    shutil.copytree(practice_made, folder)
    opened = open_practice(folder, now=lambda: PRACTICE_NOW, new_id=uuid4, population=60)
    opened.hub.load_extracts()
    yield opened
    opened.close()
