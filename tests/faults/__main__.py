"""`python -m tests.faults 300`: kill the main job so many times, and say what was found."""

import sys
import tempfile
from pathlib import Path
from time import monotonic

from tests.faults.killing import Killing


def main() -> None:
    """Ends with an error at the first thing lost or doubled."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    begun = monotonic()
    with tempfile.TemporaryDirectory(prefix="fanlight-faults-") as folder:
        run = Killing(Path(folder), seed)
        for done in range(0, kills, 10):
            run.run(min(10, kills - done))
            print(
                f"{run.kills} kills, {monotonic() - begun:.0f} s, {dict(run.counts())}", flush=True
            )
    print(f"Nothing was lost and nothing done twice in {run.kills} kills.")


if __name__ == "__main__":
    main()
