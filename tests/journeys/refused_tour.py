"""The tour with a council that refuses every decision: it must not call that true."""

import sys
from pathlib import Path

from ui.app import arguments
from ui.tour import run_tour

WORDS = "We are not the council for this address."

if __name__ == "__main__":
    where = sys.argv[1]
    sys.exit(run_tour(Path(where), arguments(["--tour", where]), council_refuses=WORDS))
