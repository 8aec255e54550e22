"""How soon what one desk saved is at another, and at a standby: `python -m tests.bench.arrival`.

Milliseconds from the moment the save was said to be done until the other desk has read that it
was, told by the server; and until a standby that follows shows it. `--desks N` others write all
the while, each some `--pause` seconds apart.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import select

from tests import postgresql
from tests.bench.measure import load, quantile
from triage.domain.event import NewEvent
from triage.storage import events
from triage.storage.engine import Store, open_server
from triage.storage.hub_server import create_hub
from triage.storage.tables import event_head

LONGEST_S = 30.0


def save(store: Store) -> int:
    """Something is written; its number."""
    new = NewEvent(
        kind="contact.viewed", contact_id=None, by="rosei", at=datetime.now(UTC), detail={}
    )
    with store.write() as tx:
        return events.append(tx, new).seq


def head(store: Store) -> int:
    """The number of the newest event there."""
    with store.read() as tx:
        return tx.connection.scalar(select(event_head.c.seq)) or 0


@contextmanager
def writing(url: str, desks: int, pause_s: float) -> Iterator[None]:
    """So many others at work."""
    over = threading.Event()

    def work() -> None:
        store = open_server(url)
        while not over.wait(pause_s):
            save(store)
        store.close()

    threads = [threading.Thread(target=work) for _ in range(desks)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def measured(writer: Store, seen: Callable[[], int], times: int) -> list[float]:
    """The milliseconds of so many saves until `seen` gives the number of each."""
    found, still = [], threading.Event()
    for _ in range(times):
        seq, done = save(writer), time.perf_counter()
        while seen() < seq:
            assert time.perf_counter() - done < LONGEST_S, "it never came"
        found.append((time.perf_counter() - done) * 1000)
        still.wait(0.02)
    return found


def by_word(reader: Store) -> tuple[Callable[[], int], Callable[[], None]]:
    """What a desk that is told has read, and how to stop it."""
    told = threading.Semaphore(0)
    listening = reader.listen(told.release, lambda: None)
    assert listening is not None
    assert told.acquire(timeout=LONGEST_S)

    def seen() -> int:
        told.acquire(timeout=LONGEST_S)
        return head(reader)

    return seen, listening.stop


def main() -> None:
    """Print how long both take."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--times", type=int, default=300)
    asked.add_argument("--desks", type=int, default=0)
    asked.add_argument("--pause", type=float, default=0.2, help="of each desk, seconds")
    said = asked.parse_args()
    settings = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    with postgresql.serving(**settings) as first:
        url = f"{first.url}postgres"
        create_hub(url, without_tls=True)
        standby = first.replica()
        writer, reader = open_server(url), open_server(url)
        follower = open_server(f"{standby.url}postgres?target_session_attrs=any")
        with writing(url, said.desks, said.pause):
            seen, stop = by_word(reader)
            for what, found in (
                ("another desk, told by the server", measured(writer, seen, said.times)),
                ("a standby", measured(writer, lambda: head(follower), said.times)),
            ):
                print(
                    f"{what}: half within {quantile(found, 0.5):.1f} ms, 95 in 100 within "
                    f"{quantile(found, 0.95):.1f}, the longest {max(found):.1f}; "
                    f"{said.desks} desks beside, load {load()}"
                )
            stop()
        for store in (writer, reader, follower):
            store.close()


if __name__ == "__main__":
    main()
