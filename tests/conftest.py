"""What many rooms' tests share: a store on an encrypted file, and a server where one is asked."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import postgresql
from triage.storage.engine import Store, open_file, open_server

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

KEY = bytes(range(32))


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
    """A running PostgreSQL with one database of empty tables, to copy."""
    with postgresql.running() as url:
        _command(url, f"CREATE DATABASE {postgresql.TEMPLATE}")
        open_server(url + postgresql.TEMPLATE).close()
        yield url


def _command(url: str, command: str) -> None:
    import psycopg

    with psycopg.connect(f"{url}postgres", autocommit=True) as connection:
        connection.execute(command)


@pytest.fixture
def server_home(server_url: str, request: pytest.FixtureRequest) -> Home:
    count = request.config.stash.get(_COUNT, 0) + 1
    request.config.stash[_COUNT] = count
    _command(server_url, f"CREATE DATABASE test_{count} TEMPLATE {postgresql.TEMPLATE}")
    url = f"{server_url}test_{count}"
    return Home(kind="server", open=lambda: open_server(url), url=url)


_COUNT = pytest.StashKey[int]()


@pytest.fixture
def store(file_home: Home) -> Iterator[Store]:
    """An empty store on an encrypted file."""
    opened = file_home.open()
    yield opened
    opened.close()
