"""The main job at a hub, its line cut at chance moments: before a commit arrives, or after it was
done and before its answer comes."""

import os
import re
from pathlib import Path

from tests.cable import Cable
from tests.faults import main_job
from tests.faults.killing import SAID, Killing
from tests.faults.main_job import Place
from tests.postgresql import Server
from triage.domain.errors import FanlightError, UnreachableError

CUTS = 25
SAYS = re.compile(b"|".join(f'^{{"{each}"'.encode() for each in SAID))


class Cutting(Killing):
    """Cuts the line to the hub's server in place of killing the desk."""

    def __init__(self, folder: Path, seed: int, pg: Server) -> None:
        super().__init__(folder, seed, f"{pg.url}postgres")
        self._pg = pg
        self.went_on = 0

    def break_off(self, place: Place) -> None:
        cable = Cable(self._pg.port)
        ear, mouth = os.pipe()
        commits, at = 0, self.chance.randint(3, 30)
        before = self.kills % 2 == 0

        def heard(asked: bool, data: bytes) -> bool:
            nonlocal commits
            if asked and b"COMMIT\0" in data:
                commits += 1
            if before:
                return not (asked and commits >= at)
            return asked or commits < at

        cable.heard = heard
        url = self._pg.url.replace(str(self._pg.port), str(cable.port)) + "postgres"
        through = Place(**{**vars(place), "url": url})
        try:
            self._work_until(cable, through, mouth)
        finally:
            os.close(mouth)
            with open(ear, "rb") as said:
                self.heard(said.readlines())
            cable.close()

    def _work_until(self, cable: Cable, place: Place, mouth: int) -> None:
        """To the cut; where the desk goes on over it, to where the line ends for good."""
        uncut = cable.heard
        said = 0

        def say(fd: int, _line: bytes) -> None:
            nonlocal said
            os.write(fd, _line)
            said += cable.heard is not uncut and SAYS.search(_line) is not None
            if said == 3:
                self.went_on += 1
                cable.away = True

        try:
            main_job.work(place, self.kills, mouth, write=say)
        except UnreachableError:
            pass
        except FanlightError as fault:
            raise AssertionError("Only the line was to fail") from fault


def test_line_cut_at_any_commit_loses_nothing_and_does_nothing_twice(
    pg: Server, tmp_path: Path, impatient: None
) -> None:
    run = Cutting(tmp_path, seed=3, pg=pg)
    run.run(CUTS)
    assert {"received", "answered", "proposed", "signed", "accepted"} <= set(run.counts())
    # Where only the answer was lost, the act was found to be done, and work went on over it.
    assert run.went_on > CUTS // 5
