"""How quick the window is: `python -m tests.bench [PEOPLE] [CONTACTS] [--hub DIR]`.

One table of every act with its limit, on the real window over a practice hub with CONTACTS (500)
in the queue and PEOPLE (100,000) in the partners' lists. Making the hub takes minutes: `--hub`
keeps it in DIR, and measures on a copy. Not part of the tests.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench import acts
from tests.bench.measure import Table
from tests.bench.window import NOW, Bench, fill
from triage.practice.hub import MADE, PracticeHub, open_practice
from triage.practice.stand_ins_apart import StandInsApart
from ui.application import make_application

WHOLE = ("keys", "save", "compare", "sign-off", "pack", "stalls", "stay", "start")


def opened(folder: Path, people: int) -> PracticeHub:
    """The practice hub in `folder`, made where there is none."""
    return open_practice(
        folder / "practice",
        now=lambda: NOW,
        new_id=uuid4,
        population=people,
        search_apart=True,
        apart=StandInsApart(),
    )


def measure(folder: Path, people: int, parts: list[str]) -> int:
    """Measure those parts on the hub in `folder`; the number of acts over their limit."""
    app = make_application("light", None)
    table = Table()
    b = Bench(app, opened(folder, people))
    try:
        b.quiet()
        for part, act in {
            "keys": lambda: acts.keys_and_moves(b, table),
            "save": lambda: acts.saving(b, table),
            "compare": lambda: acts.comparing(b, table),
            "sign-off": lambda: acts.signing_off(b, table),
            "pack": lambda: acts.pack_preview(b, table),
            "stalls": lambda: acts.standing_still(b, table, folder),
            "stay": lambda: acts.staying(b),
        }.items():
            if part in parts:
                act()
    finally:
        b.close()
    if "start" in parts:
        acts.cold_start(folder, table)
    return table.end()


def main() -> int:
    """As asked on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("people", type=int, nargs="?", default=100_000)
    parser.add_argument("contacts", type=int, nargs="?", default=500)
    parser.add_argument("--hub", type=Path, metavar="DIR", help="keep the hub in DIR")
    parser.add_argument("--only", nargs="+", choices=WHOLE, default=list(WHOLE))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        kept = asked.hub or Path(made) / "kept"
        if not (kept / "practice" / MADE).exists():
            practice = opened(kept, asked.people)
            fill(practice, asked.contacts)
            practice.close()
        copy = Path(made) / "copy"
        shutil.copytree(kept, copy)
        return measure(copy, asked.people, asked.only)


if __name__ == "__main__":
    sys.exit(main())
