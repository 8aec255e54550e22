"""Each matcher in a process of its own: memory is its own, and turns are taken in small blocks.

Engines that are measured beside each other get the same questions in alternation, a block each,
so that what else the machine does falls on all of them.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matching import Band, Index
from tests.bench.matching import adapter, peers
from tests.bench.matching.crowd import Crowd, crowd, record_of
from tests.bench.matching.measures import Answer, PairFigures, of_pairs
from tests.bench.matching.sets import SETS
from tests.bench.people import Truth

OURS = "Fanlight"
BLOCK = 50
_K = 5
_SPAWN = multiprocessing.get_context("spawn")

Ask = Callable[[Truth], tuple[list[str], list[str]]]


def missing(package: str) -> bool:
    """Whether a peer's package is not installed here."""
    return importlib.util.find_spec(package) is None


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An index made: seconds, records a second, and what more is known of ours."""

    seconds: float
    records_a_second: float
    more: dict[str, float] = field(default_factory=dict)


def _build(name: str, people: Crowd, held: ExitStack) -> tuple[Ask, Built]:
    started = time.perf_counter()
    if name == OURS:
        index = adapter.build(people.columns)
        seconds = time.perf_counter() - started

        def ask(truth: Truth) -> tuple[list[str], list[str]]:
            found = index.search(truth.query, k=_K)
            sure = [m.record.id for m in found if m.band is Band.VERY_LIKELY]
            return [m.record.id for m in found], sure

        more = _kept(index, len(people))
    else:
        peer = next(p for p in peers.SEARCHING if p.name == name)
        search = peer.build(people.columns, held)
        seconds = time.perf_counter() - started

        def ask(truth: Truth) -> tuple[list[str], list[str]]:
            return search(record_of(truth.query), _K), []

        more = {}
    return ask, Built(seconds=seconds, records_a_second=len(people) / seconds, more=more)


def _kept(index: Index, people: int) -> dict[str, float]:
    """Size on disk, and how long saving and opening take."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.index"
        started = time.perf_counter()
        index.save(path)
        saved = time.perf_counter()
        Index.open(path)
        opened = time.perf_counter()
        size = sum(f.stat().st_size for f in Path(folder).iterdir())
    return {
        "bytes a record on disk": size / people,
        "seconds to save": saved - started,
        "seconds to open": opened - saved,
    }


def _serve(wire: Connection, name: str, size: int, seed: int) -> None:
    with ExitStack() as held:
        people = crowd(size, seed)
        ask, built = _build(name, people, held)
        del people
        wire.send(built)
        while (block := wire.recv()) is not None:
            answers = []
            for truth in block:
                started = time.perf_counter()
                ids, sure = ask(truth)
                ms = (time.perf_counter() - started) * 1000
                answers.append(Answer(ids=tuple(ids), ms=ms, sure=tuple(sure)))
            wire.send(answers)


@contextmanager
def _engine(name: str, size: int, seed: int) -> Iterator[tuple[Connection, Built]]:
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_serve, args=(theirs, name, size, seed), daemon=False)
    process.start()
    theirs.close()
    try:
        yield ours, ours.recv()
        ours.send(None)
    finally:
        ours.close()
        process.join(20)
        if process.is_alive():
            process.kill()


def race(
    names: Sequence[str], size: int, asked: Sequence[Truth], seed: int
) -> dict[str, tuple[Built, list[Answer]]]:
    """Every engine's answers to every question, asked in alternating blocks of fifty."""
    with ExitStack() as held:
        wires = {name: held.enter_context(_engine(name, size, seed)) for name in names}
        answers: dict[str, list[Answer]] = {name: [] for name in names}
        for wire, _ in wires.values():
            wire.send(list(asked[:3]))
            wire.recv()
        for start in range(0, len(asked), BLOCK):
            for name, (wire, _) in wires.items():
                wire.send(list(asked[start : start + BLOCK]))
                answers[name] += wire.recv()
        return {name: (wires[name][1], answers[name]) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Figures of one engine on one set, in seconds and megabytes at the peak."""

    figures: PairFigures
    seconds: float
    peak_mb: float


def _link(wire: Connection, engine: str, name: str) -> None:
    tables = SETS[name]()
    link: Callable[[Any, Any], Any]
    link = adapter.link if engine == OURS else _peer(engine).link
    started = time.perf_counter()
    pairs = list(link(tables.a, tables.b))
    seconds = time.perf_counter() - started
    figures = of_pairs(pairs, tables.truth, ordered=tables.b is not None)
    wire.send(Linked(figures=figures, seconds=seconds, peak_mb=_peak_mb()))


def _peer(engine: str) -> peers.Linking:
    return next(p for p in peers.LINKING if p.name == engine)


def linked(engine: str, name: str) -> Linked:
    """Run one engine on one set, in a process of its own. Raises EOFError where it stopped."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_link, args=(theirs, engine, name))
    process.start()
    theirs.close()
    try:
        found: Linked = ours.recv()
        return found
    finally:
        process.join()
