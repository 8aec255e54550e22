"""`python -m tests.faults 3000`: kill the main job so many times, and say what was found.

`python -m tests.faults 1000 --hub`: the same at a hub, whose server and lines are broken off too.
`python -m tests.faults fuzz 5000`: forge, damage, garble and tamper with so many examples of each
kind.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

from tests import postgresql
from tests.faults.hub_killing import HubKilling
from tests.faults.killing import Killing

FUZZED = (
    "tests/export/test_forged.py",
    "tests/intake/test_reader.py",
    "tests/faults/test_search_boxes.py",
    "tests/storage/test_tampering.py",
)


def fuzz(examples: str) -> int:
    """Run what is tested by chance examples, with more of them."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=0", *FUZZED],
        env={**os.environ, "FANLIGHT_EXAMPLES": examples},
        check=False,
    ).returncode


def main() -> None:
    """Ends with an error at the first thing lost or doubled."""
    told = sys.argv[1:]
    if told[:1] == ["fuzz"]:
        sys.exit(fuzz(told[1] if len(told) > 1 else "5000"))
    numbers = [int(word) for word in told if word != "--hub"]
    kills, seed = (numbers + [3000, 1][len(numbers) :])[:2]
    with tempfile.TemporaryDirectory(prefix="fanlight-faults-") as folder:
        if "--hub" not in told:
            _kill(Killing(Path(folder), seed), kills)
            return
        with postgresql.serving(synchronous_commit="on") as server:
            run = HubKilling(Path(folder), seed, server)
            _kill(run, kills)
            print("What was struck before the desk was killed:", dict(run.struck))


def _kill(run: Killing, kills: int) -> None:
    begun = monotonic()
    for done in range(0, kills, 100):
        run.run(min(100, kills - done))
        print(f"{run.kills} kills, {monotonic() - begun:.0f} s, {dict(run.counts())}", flush=True)
    print("They fell, by act and commits begun:", dict(sorted(run.moments.items())))
    print(f"Nothing was lost and nothing done twice in {run.kills} kills.")


if __name__ == "__main__":
    main()
