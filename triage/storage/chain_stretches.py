"""The chain of events checked on every core at once, a stretch here and a stretch there."""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass

from sqlalchemy import select

from triage.beside import give_way
from triage.domain.event import first_fault
from triage.storage.engine import Store
from triage.storage.resealing import Vouched
from triage.storage.tables import event as table

_NONE = Vouched()
STRETCH = 100_000
"""Events checked in one go by one process."""
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch that is whole in itself: what it follows on, and what it ends with."""

    follows: str
    last: str


def whole_until(
    again: Callable[[], Store], seq: int, hash: str, until: int, vouched: Vouched = _NONE
) -> tuple[int, str]:
    """How far the chain is surely whole after event `seq` with its `hash`, in full stretches up to
    `until`: the last event's number and hash. What comes after, good or bad, is not judged here.

    `again` opens the store anew, in another process.
    """
    firsts = range(seq + 1, until - STRETCH + 2, STRETCH)
    if len(firsts) < 2:
        return seq, hash
    hands = min(os.cpu_count() or 1, len(firsts))
    # Forked, a child would hold this process's own lines to the server.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(hands, spawned, give_way) as pool:
        asked = [
            pool.submit(_stretch, again, first, STRETCH, vouched.within(first, STRETCH))
            for first in firsts
        ]
        try:
            for found in asked:
                try:
                    stretch = found.result()
                except BrokenExecutor:  # no room for processes: one by one is as true
                    break
                if stretch is None or stretch.follows != hash:
                    break
                seq, hash = seq + STRETCH, stretch.last
        finally:
            pool.shutdown(cancel_futures=True)
    return seq, hash


def _stretch(
    again: Callable[[], Store], first: int, count: int, vouched: Vouched
) -> Stretch | None:
    """The stretch of `count` events from `first` on; None where it is not whole."""
    store = again()
    try:
        with store.read() as tx:
            follows = last = ""
            for seq in range(first, first + count, _AT_ONCE):
                wanted = min(_AT_ONCE, first + count - seq)
                here = table.c.seq.between(seq, seq + wanted - 1)
                rows = tx.connection.execute(select(table).where(here).order_by(table.c.seq)).all()
                follows = follows or rows[0].previous
                if len(rows) != wanted or first_fault(
                    rows, previous=last or follows, seq=seq, vouched=vouched
                ):
                    return None
                last = rows[-1].hash
        return Stretch(follows, last)
    except (ValueError, TypeError, IndexError):
        return None  # something in it is no event any more; who checks one by one says which
    finally:
        store.close()
