"""Several councils on one computer, a server each: `python -m tests.bench.region --councils 10`.

Each council's people work as in `tests.bench.hub`, all at once; what a question and an act take is
told of all of them together, once with one council at work and once with all.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from multiprocessing.pool import ThreadPool
from pathlib import Path

from tests import postgresql
from tests.bench import hub, years
from tests.bench.hub import Hub, Timed
from tests.bench.measure import load
from triage.storage.hub_server import create_hub

PROCESSES = 4
OPEN, WAITING = 120, 15
SMALL = {"shared_buffers": "128MB", "max_wal_size": "1GB", "maintenance_work_mem": "64MB"}


def council(server: str, home: Path, number: int, contacts: int, desks: int) -> Hub:
    """One council's hub, with its people and its day."""
    url, folder, everyone = f"{server}postgres", home / f"council_{number}", hub.people(desks)
    create_hub(url, without_tls=True)
    years.fill(url, contacts, years=1, until=hub.NOW)
    hub.let_all_in(url, folder, everyone)
    hub.begin_day(url, folder, everyone[1], contacts, open_=OPEN, waiting=WAITING)
    return Hub(url, contacts, folder, tuple(everyone))


def sat(hubs: Sequence[Hub], seconds: float, pause_s: float) -> list[Timed]:
    """The people of some councils at their desks, in a process of their own."""
    with ThreadPool(len(hubs)) as pool:
        found = pool.starmap(hub.sat, [(h, h.people, seconds, pause_s) for h in hubs])
    return [timed for some, _ in found for timed in some]


def measured(hubs: Sequence[Hub], seconds: float, pause_s: float) -> dict[str, list[Timed]]:
    """Every question and act of all of them, by name."""
    shares = [hubs[n::PROCESSES] for n in range(min(PROCESSES, len(hubs)))]
    with multiprocessing.get_context("spawn").Pool(len(shares)) as pool:
        found = pool.starmap(sat, [(share, seconds, pause_s) for share in shares])
    by_name: dict[str, list[Timed]] = defaultdict(list)
    for timed in (t for some in found for t in some):
        by_name[timed.name].append(timed)
    return by_name


def main() -> None:
    """Print what it takes with one council, and with all."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--councils", type=int, default=10)
    asked.add_argument("--desks", type=int, default=4, help="of each council")
    asked.add_argument("--contacts", type=int, default=20_000, help="of each, of a year")
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--pause", type=float, default=5.0, help="mean pause of a person, seconds")
    said = asked.parse_args()
    with ExitStack() as ending:
        home = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        home.chmod(0o711)  # a server run as another account goes through it
        hubs = []
        for number in range(said.councils):
            kept = postgresql.kept(home / f"server_{number}", **hub.SERVER | SMALL)
            server = ending.enter_context(kept)
            hubs.append(council(server, home, number, said.contacts, said.desks))
        for some in (hubs[:1], hubs):
            print(f"{len(some)} of {len(hubs)} councils, {said.desks} desks each", flush=True)
            hub.told(measured(some, said.seconds, said.pause))
            print(f"load of the machine: {load()}", flush=True)


if __name__ == "__main__":
    main()
