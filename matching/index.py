"""The person index: build, add, remove, search, save, open.

People live in segments of columns (see `segment`), newest in a short list that is compared
one by one. A search weighs every row quickly, takes the best candidates of all, compares
those exactly, and ranks them. Searching is safe from any thread, also while people are
added or removed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from matching.errors import DuplicatePersonError
from matching.index_file import Seal, Unseal, read_segment, write_segment
from matching.person import Facts, Person, prepare
from matching.quick import ROWS_AT_ONCE, QuickScore
from matching.score import Match, Scorer, Weighed, prior_of, rank
from matching.segment import Segment, build_segment
from matching.weights import Weights, shipped_weights

_NEW_AT_MOST = 48
_SMALL = 4_000
_CANDIDATES = 24
_RIVALS = 3
_HOPELESS = 12.0  # bits by which the quick score is never wrong in practice


class Index:
    """People of any number of sources, searchable by whatever is known of one person."""

    def __init__(self, *, weights: Weights | None = None) -> None:
        """An empty index; `Index.build` fills one at once."""
        self.weights = weights or shipped_weights()
        self._segments: tuple[Segment, ...] = ()
        self._new: dict[tuple[str, str], Facts] = {}
        self._lock = threading.RLock()

    @classmethod
    def build(cls, people: Iterable[Person], weights: Weights | None = None) -> Index:
        """Index people. Raises DuplicatePersonError when two share source and id."""
        index = cls(weights=weights)
        held = list(people)
        seen: set[tuple[str, str]] = set()
        for person in held:
            if person.key in seen:
                raise DuplicatePersonError(
                    f"Two people from {person.source or 'one source'} carry the identifier "
                    f"{person.id}. Each record needs its own."
                )
            seen.add(person.key)
        if held:
            index._segments = (build_segment(held),)
        return index

    def __len__(self) -> int:
        return sum(len(s) for s in self._segments) + len(self._new)

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._new or any(
                isinstance(key, tuple) and s.position(key) is not None for s in self._segments
            )

    # -- changing

    def add(self, person: Person) -> None:
        """Add a person, or replace the one of the same source and id. Found at once."""
        with self._lock:
            self.remove(person.id, person.source)
            self._new[person.key] = prepare(person)
            if len(self._new) > _NEW_AT_MOST:
                self._settle()

    def remove(self, id: str, source: str = "") -> bool:
        """Take a person out; False when there was none. Not found from now on."""
        key = (source, id)
        with self._lock:
            if key in self._new:
                # A new dict: a search may be walking the old one.
                self._new = {k: f for k, f in self._new.items() if k != key}
                return True
            for segment in self._segments:
                place = segment.position(key)
                if place is not None:
                    segment.remove(place)
                    return True
            return False

    def _settle(self) -> None:
        """Lay the newest people out in columns, with the last segments that are as small.

        Segments so grow in steps, and a person is laid out again only a few times.
        """
        people = [facts.person for facts in self._new.values()]
        segments = list(self._segments)
        while segments and len(segments[-1]) <= min(2 * len(people), _SMALL):
            people = [*segments.pop().people(), *people]
        segments.append(build_segment(people))
        self._segments = tuple(segments)
        self._new = {}

    def people(self) -> list[Person]:
        """Everyone in the index."""
        with self._lock:
            held = [p for s in self._segments for p in s.people()]
            return held + [facts.person for facts in self._new.values()]

    # -- frequencies (see weights.Frequencies)

    def share(self, role: str, token: str, usual: float, trust: float) -> float:
        """Share of people with this given or family name, smoothed towards `usual`."""
        count = sum(s.count(role, token) for s in self._segments)
        return (count + trust * usual) / (len(self) + trust)

    def known(self, token: str) -> bool:
        """True when at least three records bear the name."""
        return sum(s.count(r, token) for s in self._segments for r in ("given", "family")) >= 3

    # -- searching

    def score(self, query: Person, record: Person) -> Match:
        """Compare a person with any record (a partner's answer, say) as `search` would."""
        return self._scorer().match(prepare(query), prepare(record))

    def _scorer(self) -> Scorer:
        return Scorer(self.weights, population=max(2, len(self)), frequencies=self)

    def search(
        self, person: Person, *, k: int = 5, deadline_ms: float | None = None
    ) -> list[Match]:
        """The `k` likeliest records, best first, ranked with margins.

        Records of which nothing agrees are left out. When `deadline_ms` has passed, what
        was found by then is given.
        """
        until = None if deadline_ms is None else time.monotonic() + deadline_ms / 1000.0
        query = prepare(person)
        scorer = self._scorer()
        with self._lock:
            segments, new = self._segments, tuple(self._new.values())
        found: list[tuple[float, Facts]] = []
        for segment in segments:
            found += self._candidates(query, segment, k, until)
            if until is not None and time.monotonic() > until:
                break
        found.sort(key=lambda pair: -pair[0])
        floor = found[: k + _RIVALS][-1][0] - _HOPELESS if found else 0.0
        likely = [facts for value, facts in found[: _CANDIDATES + k] if value >= floor]
        weighed: list[Weighed] = []
        for record in [*new, *likely]:
            pair = scorer.weigh(query, record)
            if pair.agrees:
                weighed.append(pair)
            if until is not None and time.monotonic() > until:
                break
        weighed.sort(key=lambda w: (-w.score, w.record.person.key))
        # A few more than asked for, so that a rival just below the last one is seen.
        matches = [scorer.explain(w) for w in weighed[: k + _RIVALS]]
        return rank(matches, weights=self.weights)[:k]

    def _candidates(
        self, query: Facts, segment: Segment, k: int, until: float | None
    ) -> list[tuple[float, Facts]]:
        quick = QuickScore(
            query,
            segment,
            weights=self.weights,
            frequencies=self,
            prior=prior_of(max(2, len(self))),
        )
        wanted = _CANDIDATES + k
        best: dict[int, float] = {}
        rows = len(segment.columns.person)
        for start in range(0, rows, ROWS_AT_ONCE):
            scores = quick.rows(start, start + ROWS_AT_ONCE)
            count = min(wanted * 2, len(scores))
            top = np.argpartition(scores, len(scores) - count)[len(scores) - count :]
            for row in top.tolist():
                value = float(scores[row])
                if value == -np.inf:
                    continue
                place = int(segment.columns.person[start + row])
                best[place] = max(value, best.get(place, -np.inf))
            if until is not None and time.monotonic() > until:
                break
        chosen = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:wanted]
        return [(value, prepare(segment.person(place))) for place, value in chosen]

    # -- keeping

    def save(self, path: Path | str, *, seal: Seal | None = None) -> None:
        """Write the index beside `path` and exchange it at once; people removed are gone.

        `seal` may encrypt the bytes. Raises OSError when the disk refuses.
        """
        with self._lock:
            segments = self._segments
            if len(segments) == 1 and not self._new and not segments[0].removed:
                whole = segments[0]
            else:
                whole = build_segment(self.people())
                self._segments, self._new = (whole,) if len(whole) else (), {}
        write_segment(Path(path), whole, seal=seal)

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        weights: Weights | None = None,
        unseal: Unseal | None = None,
    ) -> Index:
        """Open a saved index. Raises IndexFileError for another version or altered bytes."""
        index = cls(weights=weights)
        segment = read_segment(Path(path), unseal=unseal)
        index._segments = (segment,) if len(segment) else ()
        return index
