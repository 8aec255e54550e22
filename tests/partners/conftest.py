"""Partners' servers of our own on loopback, and a line to them."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.partners.exchange import Line, LineSettings
from triage.practice.council_certificates import Certificates, certificates_in
from triage.practice.partners.stand_in import Answered, Asked, StandIn


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates_in(tmp_path_factory.mktemp("partners"), at=datetime.now(UTC))


Serve = Callable[..., StandIn]


@pytest.fixture
def serve(certificates: Certificates) -> Iterator[Serve]:
    """Start a stand-in; stopped at the end of the test."""
    with ExitStack() as stack:

        def one(answer: Callable[[Asked], Answered], **how: object) -> StandIn:
            return stack.enter_context(StandIn(answer, certificates, **how))  # type: ignore[arg-type]

        yield one


Reach = Callable[..., Line]


@pytest.fixture
def reach(certificates: Certificates) -> Iterator[Reach]:
    """A line that trusts the stand-ins' authority; closed at the end of the test."""
    lines: list[Line] = []

    def one(name: str = "Housing", ca: Path | None = certificates.ca, **how: object) -> Line:
        lines.append(Line(LineSettings(name=name, ca=ca, **how)))  # type: ignore[arg-type]
        return lines[-1]

    yield one
    for line in lines:
        line.close()


def within(seconds: float) -> float:
    """A deadline so many seconds from now."""
    return time.monotonic() + seconds
