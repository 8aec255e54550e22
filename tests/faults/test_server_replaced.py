"""The hub's server breaks off in the middle of the main job, and is started again, or its standby
takes over: the desk goes on, nothing is lost and nothing done twice."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import MappingProxyType

import pytest

from tests import postgresql
from tests.faults import main_job
from tests.faults.killing import SAID, Killing, moment_of
from tests.faults.main_job import Place
from tests.postgresql import Server
from triage.domain.errors import UnreachableError

SAFE = MappingProxyType({"synchronous_commit": "on"})
"""What was acknowledged is in the server's files, as it is at any hub."""
GOES_ON = 15
"""So many things are said to be done after the server is back."""
LONGEST_S = 0.02


class Enough(BaseException):
    """The desk has gone on for long enough."""


class Breaking(Killing):
    """Breaks the server off in place of killing the desk, at each of `aims` in turn: before the
    server has heard of that commit, and then again a chance time after it was sent."""

    def __init__(
        self, folder: Path, server: Server, aims: tuple[str, ...], back: Callable[[], object]
    ) -> None:
        super().__init__(folder, 7, f"{server.url}postgres")
        self.server, self._aims, self._back = server, [*aims], back
        self.told: list[str] = []

    def break_off(self, place: Place) -> None:
        aim, sent = self._aims[self.kills % len(self._aims)], self.kills >= len(self._aims)
        lines: list[bytes] = []
        moment, after = "", 0
        gone: Future[object] | None = None

        def write(_: int, line: bytes) -> None:
            nonlocal moment, after, gone
            lines.append(line)
            moment = moment_of(line, moment)
            said = line.startswith(tuple(f'{{"{each}"'.encode() for each in SAID))
            if gone is None and moment == aim:
                if not sent:
                    self.server.quit()
                gone = pool.submit(self._breaks, sent)
            elif gone is not None and gone.done() and said:
                after += 1
                if after == GOES_ON:
                    raise Enough

        with ThreadPoolExecutor(1) as pool:
            for n in range(20):
                place = replace(place, url=self._url)
                try:
                    main_job.work(place, 20 * self.kills + n, -1, write=write)
                except Enough:
                    break
                except UnreachableError as fault:
                    self.told.append(str(fault))
                    assert gone is not None
                    gone.result()
        assert after == GOES_ON
        self.heard(lines)
        self.moments[aim] += 1

    def _breaks(self, sent: bool) -> None:
        if sent:
            Event().wait(self.chance.uniform(0, LONGEST_S))
            self.server.quit()
        self._back()


AIMS = ("receive 1", "answer 1", "propose 1", "sign 1", "deliver 1", "deliver 2")


@pytest.mark.timeout(300)
def test_server_started_again_in_any_act_of_the_main_job_loses_nothing_and_does_nothing_twice(
    pg: Server, tmp_path: Path, impatient: None
) -> None:
    pg.stop()
    pg.settings |= SAFE
    pg.start()
    run = Breaking(tmp_path, pg, AIMS, back=pg.start)
    run.run(2 * len(AIMS))
    assert set(SAID) <= set(run.counts())
    assert len(run.told) >= len(AIMS)
    assert all("Nothing was changed" in said for said in run.told)


class TakingOver(Breaking):
    """A hub of two servers, one following the other: where the first breaks off, the other is
    promoted, and a new one follows it."""

    def __init__(self, folder: Path, server: Server, aims: tuple[str, ...]) -> None:
        super().__init__(folder, server, aims, back=lambda: self.standby.promote())

    def break_off(self, place: Place) -> None:
        self.standby = self.server.replica(f"replica-{self.kills}")
        self.server.stop("fast")
        # What is said to be saved is on the standby too, as a hub that has one is told to set it.
        self.server.settings["synchronous_standby_names"] = "*"
        self.server.start()
        there, name = f"127.0.0.1:{self.server.port}", self.server.url.rsplit("@", 1)[0]
        # The standby is named first, and not written to.
        self._url = f"{name}@127.0.0.1:{self.standby.port},{there}/postgres"
        super().break_off(place)
        self.server = self.standby

    def _look(self, place: Place, said: list[dict[str, str]]) -> None:
        super()._look(replace(place, url=f"{self.server.url}postgres"), said)


@pytest.mark.timeout(300)
def test_standby_takes_over_in_the_middle_of_the_main_job_and_nothing_is_lost_or_done_twice(
    tmp_path: Path, impatient: None
) -> None:
    with postgresql.serving(**SAFE) as first:
        run = TakingOver(tmp_path, first, ("answer 1", "sign 1", "deliver 2"))
        run.run(4)
    assert set(SAID) <= set(run.counts())
    assert all("Nothing was changed" in said for said in run.told)
    assert len(run.told) >= 3
