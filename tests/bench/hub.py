"""Many desks at one hub: `python -m tests.bench.hub [--contacts-a-year N] [--years 1 10]`.

A real PostgreSQL on this computer with its rules in force, filled with years of work. Then forty
people, each signed in as themselves, look at the queue, take calls, claim, open, write, send and
sign, with the pauses people make. Measured is what each question to the server takes, and each act.

All desks and the server share this computer's cores, where each has its own in a hub: so beside
what an act takes by the clock stands what of it was waiting for the server's answers, and how
long the threads of the desks waited for a core.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import event, make_url

from tests import factory, postgresql
from tests.bench import years
from tests.bench.measure import load, quantile, waited
from triage.domain.contact import ContactState
from triage.domain.decision import VersionState
from triage.domain.errors import FanlightError
from triage.domain.worker import Role, Worker
from triage.storage import contacts, events, signing_keys, versions, workers
from triage.storage.engine import Store, open_server
from triage.storage.hub_logins import let_in, open_as
from triage.storage.hub_server import create_hub
from triage.workflow import claims, decide, feed, holding, opening, queue, receive, sign, to_sign
from triage.workflow.desk import Desk

QUERY_MS, QUEUE_MS, GROWTH = 100, 150, 1.3
"""What a question to the server and the queue may take (p95), and what ten years may cost over
one."""
OPEN, WAITING = 500, 80
WARM_UP_S = 20.0
CALLS = 1 / 250
"""How often somebody takes a call instead: two a minute, as 200,000 contacts a year come."""
NOW = datetime(2026, 11, 24, 11, 42, tzinfo=UTC)
PASSWORD, PIN = "a-long-word-for-the-bench", "1111"
SERVER = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "2GB",
    "max_connections": "200",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "1GB",
}


@dataclass(frozen=True, slots=True)
class Timed:
    """What one thing took, in milliseconds: a question to the server, or an act with all of its
    questions; of an act also what its questions took, and how long it was ready and had no core."""

    name: str
    ms: float
    asking: float = 0.0
    no_core: float = 0.0


def people(desks: int, called: str = "desk") -> list[Worker]:
    """One in ten leads the team. A name signs in at one hub of a server."""
    return [
        Worker(
            id=f"{called}{n}",
            name=f"Desk {n}",
            role=Role.TEAM_LEADER if n % 10 == 0 else Role.SOCIAL_WORKER,
            job="Desk",
        )
        for n in range(desks)
    ]


def let_all_in(owner_url: str, folder: Path, everyone: Sequence[Worker]) -> None:
    """Everybody's login at the hub, and their key."""
    keys = factory.keys(folder / "keys", lambda: NOW)
    store = open_server(owner_url)
    for worker in everyone:
        keys.enrol(worker.id, PIN, name=worker.name, signs_off=worker.role is Role.TEAM_LEADER)
        let_in(owner_url, worker.id, worker.role, PASSWORD)
        with store.write() as tx:
            workers.put(tx, worker, public_jwk=keys.public(worker.id))
            signing_keys.add(tx, worker.id, keys.public(worker.id), NOW)
    store.close()


def begin_day(
    owner_url: str,
    folder: Path,
    author: Worker,
    filled_with: int,
    *,
    open_: int = OPEN,
    waiting: int = WAITING,
) -> None:
    """The day's open contacts and the decisions that wait for a leader, in place of those that
    an earlier measurement left. Their children were heard of within the last weeks."""
    store = open_server(owner_url)
    with store.write() as tx:
        for version in versions.in_state(tx, VersionState.PROPOSED):
            versions.replace(
                tx, replace(version, state=VersionState.RETURNED), was=VersionState.PROPOSED
            )
        for left in contacts.in_states(tx, holding.WAITING):
            contacts.save(tx, replace(left, state=ContactState.CLOSED, assigned_to=None))
    chance = random.Random(1)
    with store.write() as tx:
        for _ in range(open_ + waiting):
            given, family, dob = years.identity(filled_with - 1 - chance.randrange(20_000))
            contacts.insert(
                tx,
                factory.contact(
                    factory.child("c1", given, family=family, dob=dob),
                    id=uuid4(),
                    reference=contacts.next_reference(tx, NOW),
                    rating="green",
                    received_at=NOW - timedelta(minutes=chance.randint(1, 3000)),
                    state=ContactState.RECEIVED,
                ),
            )
    store.close()
    desk = seat(owner_url, author, folder, NOW)
    for row in queue.queue(desk).rows[:waiting]:
        claims.claim(desk, row.contact_id)
        with desk.store.read() as tx:
            held = contacts.get(tx, row.contact_id)
        for key, value in factory.answers_for(desk.profile, held).items():
            decide.save_answer(desk, held.id, key, value, 0)
        decide.propose(desk, held.id)
    desk.store.close()


def seat(owner_url: str, worker: Worker, folder: Path, now: datetime) -> Desk:
    """That person's desk, signed in at the hub as themselves, with a clock that goes on."""
    began = time.monotonic()
    store = open_as(owner_url, worker.id, PASSWORD, without_tls=True)
    keys = factory.keys(folder / "keys", lambda: now)
    keys.unlock(worker.id, PIN)
    desk = factory.desk(store, folder, worker=worker, signer=keys)
    return replace(
        desk, now=lambda: now + timedelta(seconds=time.monotonic() - began), new_id=uuid4
    )


class Sitting:
    """One person at a desk, for a while."""

    def __init__(self, desk: Desk, seed: int, filled_with: int) -> None:
        self.desk, self.chance, self.filled_with = desk, random.Random(seed), filled_with
        self.timed: list[Timed] = []
        self.refused: list[str] = []
        self.seq = feed.head(desk)
        self.versions: dict[tuple[Any, str], int] = {}
        self._queries = _listen(desk.store, self.timed)

    @contextmanager
    def act(self, name: str) -> Iterator[None]:
        began, first, had_none = time.perf_counter(), len(self.timed), waited()
        try:
            yield
        except FanlightError as refused:  # somebody else was first: a person would read it
            self.refused.append(f"{name}: {refused}")
        took, none = (time.perf_counter() - began) * 1000, (waited() - had_none) * 1000
        asking = sum(t.ms for t in self.timed[first:])
        self.timed.append(Timed(f"act: {name}", took, asking, none))

    def work(self, seconds: float, pause_s: float, pause: Callable[[float], object]) -> None:
        """Act after act, with a pause before each, until the time is over."""
        pause(self.chance.random() * WARM_UP_S / 2)
        queue.queue(self.desk)  # a desk that just began reads everything once
        self.timed.clear()
        pause(WARM_UP_S - WARM_UP_S / 2 * self.chance.random())
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with self.act("feed"):
                told = feed.since(self.desk, self.seq)
                self.seq = told[-1].seq if told else self.seq
            with self.act("queue"):
                rows = queue.queue(self.desk).rows
            if self.chance.random() < CALLS:
                self._take_a_call()
            elif self.desk.worker.role is Role.TEAM_LEADER:
                self._lead()
            elif rows:
                self._screen(self.chance.choice(rows).contact_id)
            pause(self.chance.expovariate(1 / pause_s))

    def _take_a_call(self) -> None:
        given, family, dob = years.identity(self.filled_with - 1 - self.chance.randrange(20_000))
        with self.act("take a call"):
            call = receive.start_call(self.desk)
            told = factory.content(factory.child("c1", given, family=family, dob=dob))
            receive.keep_call(self.desk, call, told)

    def _lead(self) -> None:
        with self.act("list for sign-off"):
            listed = to_sign.waiting(self.desk)
        waiting = [*listed.ready_together, *listed.one_by_one]
        if not waiting:
            return
        chosen = self.chance.choice(waiting)
        with self.act("look at a decision"):
            sign.look(self.desk, chosen.version_id)
        with self.act("sign"):
            sign.approve(self.desk, chosen.version_id, pin=PIN)

    def _screen(self, contact_id: Any) -> None:
        with self.act("claim"):
            claims.claim(self.desk, contact_id)
        with self.act("open"):
            opening.open_whole(self.desk, contact_id)
        for _ in range(2):
            key = self.chance.choice(("analysis", "strengths", "history"))
            version = self.versions.get((contact_id, key), 0)
            with self.act("save an answer"):
                saved = decide.save_answer(
                    self.desk, contact_id, key, f"{self.chance.random()} was said.", version
                )
                self.versions[contact_id, key] = saved.version


def _listen(store: Store, timed: list[Timed]) -> None:
    begun: dict[int, float] = {}

    def before(conn: Any, *_: Any) -> None:
        begun[id(conn)] = time.perf_counter()

    def after(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        ms = (time.perf_counter() - begun.pop(id(conn))) * 1000
        timed.append(Timed(f"query: {' '.join(statement.split())[:90]}", ms))

    event.listen(store._engine, "before_cursor_execute", before)
    event.listen(store._engine, "after_cursor_execute", after)


def sat(
    hub: Hub, some: Sequence[Worker], seconds: float, pause_s: float
) -> tuple[list[Timed], list[str]]:
    """Several people's sittings, in a process of their own."""
    sittings = [
        Sitting(seat(hub.url, worker, hub.folder, NOW), hash_of(worker.id), hub.filled_with)
        for worker in some
    ]
    still = threading.Event()
    threads = [
        threading.Thread(target=s.work, args=(seconds, pause_s, still.wait)) for s in sittings
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [t for s in sittings for t in s.timed], [r for s in sittings for r in s.refused]


def hash_of(word: str) -> int:
    """A number that is the same at each run."""
    return int.from_bytes(word.encode(), "big")


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub that was filled: where it is, the keys of its people, and how many contacts of earlier
    years there are."""

    url: str
    filled_with: int
    folder: Path
    people: tuple[Worker, ...]


def filled(server: str, home: Path, contacts_: int, years_: int, desks: int) -> Hub:
    """A hub of so many years, with its people and the day's contacts; filled if it is not there."""
    name = f"hub_of_{years_}"
    everyone, folder = people(desks, f"of{years_}_"), home / name
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(f"{server}postgres", autocommit=True) as line:
        there = line.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if there is None:
            _fill(line, server, name, contacts_, years_)
    create_hub(url, without_tls=True)
    if not folder.exists():
        let_all_in(url, folder, everyone)
    begin_day(url, folder, everyone[1], contacts_)
    with psycopg.connect(url, autocommit=True) as line:
        line.execute("ANALYZE")
        line.execute("CHECKPOINT")
    return Hub(url, contacts_, folder, tuple(everyone))


def _fill(
    line: psycopg.Connection[Any], server: str, name: str, contacts_: int, years_: int
) -> None:
    begun = f"{name}_begun"  # it has its name once it is whole
    line.execute(f"DROP DATABASE IF EXISTS {begun}".encode())
    line.execute(f"CREATE DATABASE {begun}".encode())
    url = make_url(server).set(database=begun).render_as_string(hide_password=False)
    create_hub(url, without_tls=True)
    began = time.perf_counter()
    held = years.fill(url, contacts_, years=years_, until=NOW)
    print(
        f"{years_} years: {held.contacts:,} contacts and {held.events:,} events put in, in "
        f"{time.perf_counter() - began:.0f} s",
        flush=True,
    )
    line.execute(f"ALTER DATABASE {begun} RENAME TO {name}".encode())


def measured(hub: Hub, seconds: float, pause_s: float) -> dict[str, list[Timed]]:
    """Every question and act, by name, while all are at their desks."""
    shares = [hub.people[n::4] for n in range(4)]
    with multiprocessing.get_context("spawn").Pool(len(shares)) as pool:
        asked = [(hub, share, seconds, pause_s) for share in shares]
        found = pool.starmap(sat, asked)
    by_name: dict[str, list[Timed]] = defaultdict(list)
    for timed, _ in found:
        for t in timed:
            by_name[t.name].append(t)
    refused = [r for _, some in found for r in some]
    print(f"{sum(map(len, by_name.values())):,} measured, {len(refused)} refused as they should be")
    for words in sorted(set(refused))[:3]:
        print(f"  {words}")
    return by_name


def checked(url: str) -> None:
    """How long the whole trail takes to verify."""
    store = open_server(url)
    began = time.perf_counter()
    fault = events.verify(store)
    with store.read() as tx:
        count = events.head(tx).seq
    store.close()
    took = time.perf_counter() - began
    print(f"trail of {count:,} events verified in {took:.0f} s ({count / took:,.0f} a second)")
    assert fault is None, fault


def told(by_name: dict[str, list[Timed]]) -> float:
    """Prints the table; gives the p95 of all questions together."""
    print(f"{'':62}{'times':>8}{'p50':>8}{'p95':>8}{'asking':>8}{'no core':>8}  ms")
    queries = [t for name, some in by_name.items() if name.startswith("query") for t in some]
    slowest = sorted(by_name.items(), key=lambda item: (item[0][:5], -_p95(item[1], "ms")))
    acts, questions = slowest[: len(_acts(by_name))], slowest[len(_acts(by_name)) :]
    for name, some in [("all questions to the server", queries), *acts, *questions[:8]]:
        print(
            f"{name[:60]:62}{len(some):8}{quantile([t.ms for t in some], 0.5):8.1f}"
            + "".join(f"{_p95(some, of):8.1f}" for of in ("ms", "asking", "no_core"))
        )
    return _p95(queries, "ms")


def _acts(by_name: Iterable[str]) -> list[str]:
    return [name for name in by_name if name.startswith("act")]


def _p95(some: Sequence[Timed], of: str) -> float:
    return quantile([getattr(t, of) for t in some], 0.95)


def main() -> int:
    """Measure one size after another; how many promises were not kept."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--contacts-a-year", type=int, default=200_000)
    asked.add_argument("--years", type=int, nargs="+", default=[1, 10])
    asked.add_argument("--desks", type=int, default=40)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--pause", type=float, default=5.0, help="mean pause of a person, seconds")
    asked.add_argument("--verify", action="store_true", help="time the check of the whole trail")
    asked.add_argument(
        "--at", type=Path, help="a folder to keep the filled hubs in, and to find them in again"
    )
    said = asked.parse_args()
    broken: list[str] = []
    at: list[float] = []
    with ExitStack() as ending:
        home = said.at or Path(ending.enter_context(tempfile.TemporaryDirectory()))
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711)  # a server run as another account goes through it
        server = ending.enter_context(postgresql.kept(home / "server", **SERVER))
        for years_ in said.years:
            hub = filled(server, home, said.contacts_a_year * years_, years_, said.desks)
            if said.verify:
                checked(hub.url)
            if not said.seconds:
                continue
            found = measured(hub, said.seconds, said.pause)
            at.append(told(found))
            if at[-1] > QUERY_MS:
                broken.append(f"{years_} years: p95 of a question {at[-1]:.0f} ms")
            if (slow := _p95(found["act: queue"], "ms")) > QUEUE_MS:
                broken.append(f"{years_} years: queue {slow:.0f} ms")
    if len(at) > 1:
        growth = at[-1] / at[0]
        print(f"growth from {said.years[0]} to {said.years[-1]} years: {growth:.2f} times")
        if growth > GROWTH:
            broken.append(f"growth {growth:.2f} times")
    print(f"load of the machine: {load()}")
    print("not kept: " + ("; ".join(broken) or "none"))
    return len(broken)


if __name__ == "__main__":
    raise SystemExit(main())
