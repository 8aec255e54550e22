"""Searching a large directory: python -m tests.bench.services [SERVICES] [--server].

The whole of what a key in the search costs: the copy in the store is asked whether it changed, the
services are searched, guidance beside them. On an encrypted file, and with --server on PostgreSQL
too. Ends with the number of acts over their limit.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import factory, postgresql
from tests.bench.measure import Table, measured
from triage.domain.directory import Only, Order, Wanted
from triage.domain.service import Helped, Point, Reach, Service, Venue
from triage.partners.open_referral import Reading, read_row
from triage.practice.directory import rows
from triage.storage import services as stored
from triage.storage.engine import Store, open_file, open_server
from triage.workflow import services
from triage.workflow.desk import Desk

LIMIT_MS = 50
TODAY = factory.NOW.date()
PEOPLE = (
    Helped(key="c1", name="Maya", age=7),
    Helped(key="c2", name="Theo", age=3),
    Helped(key="a1", name="Carla", adult=True),
)
SEARCHES: dict[str, Wanted] = {
    "everything": Wanted(),
    "one letter": Wanted(words="c"),
    "three words": Wanted(words="child hears violence"),
    "three words, three needs, a family": Wanted(
        words="child hears violence",
        needs=frozenset({"domestic_abuse", "play_and_talk", "safety_at_home"}),
        people=PEOPLE,
    ),
    "a family, free, within 5 km, on Tuesday": Wanted(
        people=PEOPLE, free=True, within_km=5, days=frozenset({1}), reach=frozenset({Reach.PHONE})
    ),
    "least wait, interpreter, checked": Wanted(
        people=PEOPLE, order=Order.WAIT, only=frozenset({Only.INTERPRETER, Only.ASSURED})
    ),
    "nothing fits": Wanted(words="zebra crossing"),
}


def many(count: int) -> list[Service]:
    """That many services, made of the practice directory's with other names and places."""
    guide = factory.profile().services
    reading = Reading("northmere", "v3", guide, TODAY)
    good = [read_row(r, reading)[0] for r in rows(TODAY) if r.get("id") and r.get("organization")]
    dice = random.Random(7)
    made = []
    for n in range(count):
        base = good[n % len(good)]
        place = Point(55 + dice.uniform(-0.5, 0.5), -0.8 + dice.uniform(-0.5, 0.5))
        venues = tuple(replace(v, point=place) for v in base.venues) or (
            (Venue(address=f"{n} High Street", point=place),) if n % 3 else ()
        )
        made.append(replace(base, id=f"s-{n}", name=f"{base.name} {n}", venues=venues))
    return made


def measure(desk: Desk, listed: Sequence[Service], table: Table, where: str) -> None:
    """Write the list, read it, search it."""

    def act(wanted: Wanted) -> Callable[[], object]:
        return lambda: services.find(desk, wanted, "NM3 4QT")

    with desk.store.write() as tx:
        stored.put_list(tx, "northmere", listed, complete=True)
    desk.memory.directory = None
    first = measured(lambda: _anew(desk), times=3)
    table.add(f"{where}: read {len(listed)} services anew", 5000, first)
    for name, wanted in SEARCHES.items():
        table.add(f"{where}: {name}"[:40], LIMIT_MS, measured(act(wanted), times=60))


def _anew(desk: Desk) -> None:
    desk.memory.directory = None
    services.directory(desk)


def main() -> int:
    """As asked on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.services", description=__doc__)
    parser.add_argument("services", type=int, nargs="?", default=20_000)
    parser.add_argument("--server", action="store_true", help="on PostgreSQL too")
    asked = parser.parse_args()
    listed = many(asked.services)
    table = Table()
    with (
        TemporaryDirectory() as made,
        postgresql.running() if asked.server else nullcontext("") as server,
    ):
        opened: list[tuple[str, Store]] = [
            ("file", open_file(Path(made) / "fanlight.db", bytes(range(32))))
        ]
        if server:
            opened.append(("server", open_server(f"{server}postgres")))
        for where, store in opened:
            measure(factory.desk(store, Path(made) / where), listed, table, where)
            store.close()
    return table.end()


if __name__ == "__main__":
    sys.exit(main())
