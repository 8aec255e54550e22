"""Every test of storage that asks for `store` or `home` runs on the file and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.conftest import Home
from triage.storage.engine import Store


@pytest.fixture(params=["file", "server"])
def home(request: pytest.FixtureRequest) -> Home:
    found: Home = request.getfixturevalue(f"{request.param}_home")
    return found


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    opened = home.open()
    yield opened
    opened.close()


@pytest.fixture
def other_window(home: Home) -> Iterator[Store]:
    """The same data, opened by somebody else."""
    opened = home.open()
    yield opened
    opened.close()
