"""Search speed and accuracy on a synthetic population: python -m tests.bench.search [N] [Q].

Prints one JSON object: milliseconds (p50, p95, p99), recall@1 and @5 on corrupted queries,
misses by kind, "very likely" precision, build time, and the longest stall of another thread.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from matching import Band, Index
from tests.bench.people import Truth, population, queries


class Stalls(threading.Thread):
    """Ticks every millisecond; the longest gap is how long a window would have stood still."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.gaps: list[float] = []
        self._done = threading.Event()

    def run(self) -> None:
        last = time.perf_counter()
        while not self._done.wait(0.001):
            now = time.perf_counter()
            self.gaps.append(now - last - 0.001)
            last = now

    def stop(self) -> dict[str, float]:
        self._done.set()
        self.join()
        gaps = np.array(self.gaps or [0.0]) * 1000
        return {
            "p99_ms": round(float(np.percentile(gaps, 99)), 2),
            "most_ms": round(float(gaps.max()), 2),
        }


def measure(index: Index, asked: list[Truth]) -> dict[str, object]:
    """Latency and accuracy of `asked` against `index`."""
    times: list[float] = []
    first = among_five = sure = sure_right = 0
    asked_of, missed = Counter[str](), Counter[str]()
    cultures, found_of, sure_of = Counter[str](), Counter[str](), Counter[str]()
    wrong: list[str] = []
    for truth in asked:
        started = time.perf_counter()
        found = index.search(truth.query)
        times.append((time.perf_counter() - started) * 1000)
        ids = [m.record.id for m in found]
        first += ids[:1] == [truth.id]
        among_five += truth.id in ids
        cultures[truth.culture] += 1
        found_of[truth.culture] += truth.id in ids
        sure_of[truth.culture] += any(m.band is Band.VERY_LIKELY for m in found)
        for kind in truth.kinds:
            asked_of[kind] += 1
            missed[kind] += truth.id not in ids
        for match in found:
            if match.band is Band.VERY_LIKELY:
                sure += 1
                sure_right += match.record.id == truth.id
                if match.record.id != truth.id:
                    wrong.append(f"{truth.query} / {match.record} / {match.score}")
    milliseconds = np.array(times)
    count = len(asked)
    return {
        "queries": count,
        "p50_ms": round(float(np.percentile(milliseconds, 50)), 2),
        "p95_ms": round(float(np.percentile(milliseconds, 95)), 2),
        "p99_ms": round(float(np.percentile(milliseconds, 99)), 2),
        "recall@1": round(first / count, 4),
        "recall@5": round(among_five / count, 4),
        "very_likely_share": round(sure / count, 4),
        "very_likely_precision": round(sure_right / max(1, sure), 5),
        "very_likely_wrong": wrong[:5],
        "recall@5_by_names": {c: round(found_of[c] / n, 4) for c, n in cultures.items()},
        "very_likely_by_names": {c: round(sure_of[c] / n, 3) for c, n in cultures.items()},
        "missed_of_asked": {k: f"{missed[k]}/{asked_of[k]}" for k in sorted(asked_of)},
    }


def main(size: int = 100_000, count: int = 1_000) -> dict[str, object]:
    """Build, search, save and open; print what was measured."""
    people = population(size)
    asked = queries(people, count)
    started = time.perf_counter()
    index = Index.build(people)
    built = time.perf_counter() - started
    # The hub holds an index, not a list of everyone: without it collections are as short.
    del people
    for truth in asked[:3]:
        index.search(truth.query)
    stalls = Stalls()
    stalls.start()
    figures = measure(index, asked)
    figures["stall"] = stalls.stop()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.index"
        started = time.perf_counter()
        index.save(path)
        saved = time.perf_counter() - started
        size_on_disk = path.stat().st_size
        started = time.perf_counter()
        Index.open(path)
        opened = time.perf_counter() - started
    figures |= {
        "people": size,
        "build_s": round(built, 2),
        "save_s": round(saved, 2),
        "open_s": round(opened, 2),
        "bytes_a_record": round(size_on_disk / size),
    }
    print(json.dumps(figures, indent=2))
    return figures


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:3]))
