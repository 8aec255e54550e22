"""The person index: build, add, remove, search, save, open.

People live in segments of arrays (see `segment`), newest in a short list that is compared one
by one. A search takes the candidates that each segment's postings bring up, weighs them
quickly, compares the best exactly, and ranks them. Searching is safe from any thread, also
while people are added or removed.
"""

from __future__ import annotations

import threading
import time
from bisect import insort
from collections.abc import Iterable, Mapping
from pathlib import Path

from matching.candidates import Near, candidates
from matching.index_file import Seal, Unseal, read_arrays, write_arrays, wrong
from matching.journal import Journal
from matching.person import Facts, Person, prepare
from matching.postings import joined
from matching.quick import QuickScore
from matching.score import Band, Match, Scorer, Weighed, prior_of, rank
from matching.segment import Segment, build_segment, segment_of
from matching.table import Given, table_of_columns
from matching.weights import Weights, shipped_weights

_NEW_AT_MOST = 24
_SMALL = 4_000
_CANDIDATES = 14
_RIVALS = 3
_HOPELESS = 12.0  # bits by which another is thousands of times likelier
_USUALLY = 4.0  # bits by which it hardly ever is
_ALIKE = 0.02  # bits that are lost in rounding
_ROWS_AT_ONCE = 65_536

_Found = tuple[float, QuickScore, int]
"""A row of the segment that the quick score weighed, and what it came to."""


class Index:
    """People of any number of sources, searchable by whatever is known of one person."""

    def __init__(self, *, weights: Weights | None = None) -> None:
        """An empty index; `Index.build` fills one at once."""
        self.weights = weights or shipped_weights()
        self._segments: tuple[Segment, ...] = ()
        self._new: dict[tuple[str, str], Facts] = {}
        self._lock = threading.RLock()
        self._journal: Journal | None = None
        self._kept: tuple[object, int, Scorer] | None = None

    @classmethod
    def build(cls, people: Iterable[Person], weights: Weights | None = None) -> Index:
        """Index people. Raises DuplicatePersonError when two share source and id."""
        held = list(people)
        index = cls(weights=weights)
        if held:
            index._segments = (segment_of(held),)
        return index

    @classmethod
    def build_columns(
        cls, columns: Mapping[str, Given], *, source: str = "", weights: Weights | None = None
    ) -> Index:
        """Index a table: headings are the facts of `Person`, see `table.table_of_columns`.

        Each distinct text is read once, so this takes far less time than `build`. Raises
        DuplicatePersonError as `build` does, and MatchingError for a table that is none.
        """
        table = table_of_columns(columns, source)
        index = cls(weights=weights)
        if len(table):
            index._segments = (build_segment(table),)
        return index

    def __len__(self) -> int:
        return sum(len(s) for s in self._segments) + len(self._new)

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._new or any(
                isinstance(key, tuple) and s.position(key) is not None for s in self._segments
            )

    @property
    def searchable_bytes(self) -> int:
        """Bytes of the arrays that a search reads, without the texts that are given back."""
        return sum(segment.searchable_bytes for segment in self._segments)

    # -- changing

    def add(self, person: Person) -> None:
        """Add a person, or replace the one of the same source and id. Found at once."""
        with self._lock:
            self._remove(person.key)
            self._add(person)
            if self._journal is not None:
                self._journal.add(person)

    def remove(self, id: str, source: str = "") -> bool:
        """Take a person out; False when there was none. Not found from now on."""
        with self._lock:
            removed = self._remove((source, id))
            if removed and self._journal is not None:
                self._journal.remove((source, id))
            return removed

    def _add(self, person: Person) -> None:
        self._new[person.key] = prepare(person)
        if len(self._new) > _NEW_AT_MOST:
            self._settle()

    def _remove(self, key: tuple[str, str]) -> bool:
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
        """Lay the newest people out in arrays, with the last segments that are as small.

        Segments so grow in steps, and a person is laid out again only a few times.
        """
        people = [facts.person for facts in self._new.values()]
        segments = list(self._segments)
        while segments and len(segments[-1]) <= min(2 * len(people), _SMALL):
            people = [*segments.pop().people(), *people]
        segments.append(segment_of(people))
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
        """A scorer of who is held now, kept for as long as names are as common as they are."""
        kept, segments, people = self._kept, self._segments, len(self)
        if kept and kept[0] is segments and kept[1] == people and kept[2].weights is self.weights:
            return kept[2]
        scorer = Scorer(self.weights, population=max(2, people), frequencies=self)
        self._kept = segments, people, scorer
        return scorer

    def search(
        self,
        person: Person,
        *,
        k: int = 5,
        deadline_ms: float | None = None,
        but_not: str | None = None,
    ) -> list[Match]:
        """The `k` likeliest records, best first, ranked with margins.

        Records of which nothing agrees are left out, unlikely ones where another is thousands of
        times likelier, and those of the source `but_not`. When `deadline_ms` has passed, what was
        found by then is given.
        """
        until = None if deadline_ms is None else time.monotonic() + deadline_ms / 1000.0
        query = prepare(person)
        scorer = self._scorer()
        with self._lock:
            segments, new = self._segments, tuple(self._new.values())
        found: list[_Found] = []
        for segment in segments:
            found += self._candidates(query, segment, _CANDIDATES + k, until)
            if _late(until):
                break
        found.sort(key=lambda one: -one[0])
        weighed = [
            w
            for record in new
            if record.person.source != but_not and (w := scorer.weigh(query, record)).agrees
        ]
        weighed += self._exact(query, scorer, found[: _CANDIDATES + k], k, until, but_not)
        weighed.sort(key=lambda w: (-w.score, w.record.person.key))
        if weighed:
            least = min(weighed[0].score - _HOPELESS, self.weights.bands[Band.POSSIBLE.value])
            weighed = [w for w in weighed if w.score >= least]
        matches = [scorer.explain(w) for w in weighed[:k]]
        sure = [m.score for m in matches if m.band is Band.VERY_LIKELY]
        # A few more than asked for where one of them may be a rival.
        for rival in weighed[k : k + _RIVALS]:
            if sure and rival.score > min(sure) - self.weights.margin:
                matches.append(scorer.explain(rival))
        return rank(matches, weights=self.weights)[:k]

    def _exact(
        self,
        query: Facts,
        scorer: Scorer,
        found: list[_Found],
        k: int,
        until: float | None,
        but_not: str | None,
    ) -> list[Weighed]:
        """The candidates that agree in anything, compared exactly, until the rest is too far."""
        weighed: list[Weighed] = []
        scores: list[float] = []
        unlikely = self.weights.bands[Band.POSSIBLE.value]
        for value, quick, place in found:
            if scores and value + _USUALLY < min(scores[-1] - _HOPELESS, unlikely):
                break
            if len(scores) >= k:
                last = scores[-k]
                if value + _USUALLY < last or value + _HOPELESS < scores[-1]:
                    break
                rival = value > scores[-1] - self.weights.margin and len(scores) < k + _RIVALS
                if value < last + _ALIKE and not rival and not quick.may_be_better(place):
                    continue
            record = quick.segment.facts(place)
            if record.person.source == but_not:
                continue
            pair = scorer.weigh(query, record)
            if pair.agrees:
                weighed.append(pair)
                insort(scores, pair.score)
            if _late(until):
                break
        return weighed

    def _candidates(
        self, query: Facts, segment: Segment, wanted: int, until: float | None
    ) -> list[_Found]:
        blocks = candidates(query, segment, Near(query, segment))
        rows = joined(blocks)
        if not len(rows):
            return []
        quick = QuickScore(
            query,
            segment,
            weights=self.weights,
            frequencies=self,
            prior=prior_of(max(2, len(self))),
        )
        kept: list[tuple[float, int]] = []
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            kept += quick.best(rows[start : start + _ROWS_AT_ONCE], wanted)
            if _late(until):
                break
        return [(value, quick, place) for value, place in kept]

    # -- on disk

    def save(self, path: Path | str, *, seal: Seal | None = None) -> None:
        """Write the index beside `path` and exchange it at once; people removed are gone.

        `seal` may encrypt; it gets a megabyte at a time and is called from two threads.
        Raises OSError when the disk refuses.
        """
        with self._lock:
            segments = self._segments
            if len(segments) == 1 and not self._new and not segments[0].removed:
                whole = segments[0]
            else:
                whole = segment_of(self.people())
                self._segments, self._new = (whole,) if len(whole) else (), {}
            number = write_arrays(Path(path), whole.arrays(), seal=seal)
            if self._journal is not None:
                self._journal.begin_anew(number)

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        weights: Weights | None = None,
        unseal: Unseal | None = None,
        seal: Seal | None = None,
        journal: bool = False,
    ) -> Index:
        """Open a saved index. Raises IndexFileError for another version or altered bytes.

        With `journal`, who is added or removed from now on is noted (sealed by `seal`) in a
        file beside it, and what was noted since it was saved is taken in again.
        """
        index = cls(weights=weights)
        where = Path(path)
        number, arrays = read_arrays(where, unseal=unseal)
        try:
            segment = Segment.from_arrays(arrays)
        except (KeyError, ValueError, IndexError) as problem:
            raise wrong(where, "does not hold together") from problem
        index._segments = (segment,) if len(segment) else ()
        if journal:
            kept = Journal(where, number, seal=seal, unseal=unseal)
            for key, noted in kept.read():
                index._remove(key)
                if noted is not None:
                    index._add(noted)
            index._journal = kept
        return index


def _late(until: float | None) -> bool:
    return until is not None and time.monotonic() > until
