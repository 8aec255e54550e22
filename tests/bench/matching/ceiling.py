"""How much of what scoring everyone would find the index reaches.

For each question every record of the crowd is weighed by the index's own quick score, whatever
its postings bring, and the `IN_FULL` best are compared in full, as a search compares its
candidates. The first few questions are compared with everyone in full, which tells whether the
quick score passes anybody over.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching import Index
from matching.index import Segment
from matching.person import Facts, prepare
from matching.quick import QuickScore
from matching.score import Scorer, prior_of
from tests.bench.matching import adapter
from tests.bench.matching.crowd import asked, crowd
from tests.bench.people import Truth

IN_FULL = 500
_K = 5
_SIDE_BY_SIDE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """Shares from 0 to 1 of `questions`, by everyone weighed and by the index.

    `as_first` is the share of questions that both answer with one record first, or with records
    that weigh the same; `whole` how many were compared with everyone in full, of which `passed`
    found a better first record so.
    """

    questions: int
    best_1: float
    best_5: float
    index_1: float
    index_5: float
    as_first: float
    whole: int
    passed: int

    @property
    def reached(self) -> float:
        """Of what everyone weighed brings among five, the share that the index brings too."""
        return self.index_5 / max(1e-9, self.best_5)


@dataclass(frozen=True, slots=True)
class _Said:
    """The right record's place among everyone and in the index's answer (0 first, -1 not there)."""

    everyone: int
    index: int
    as_first: bool
    whole: bool
    passed: bool


_Ranked = list[tuple[float, str]]


def _in_full(query: Facts, people: Sequence[Facts], scorer: Scorer) -> _Ranked:
    weighed = (scorer.weigh(query, one) for one in people)
    held = [(-w.score, w.record.person.id) for w in weighed if w.agrees]
    return sorted(held)[: _K + 1]


def _asked(index: Index, segment: Segment, truth: Truth, everyone: Sequence[Facts]) -> _Said:
    query = prepare(truth.query)
    scorer = Scorer(index.weights, population=max(2, len(index)), frequencies=index)
    quick = QuickScore(
        query,
        segment,
        weights=index.weights,
        frequencies=index,
        prior=prior_of(max(2, len(index))),
    )
    best = quick.best(np.arange(len(segment)), IN_FULL)
    ranked = _in_full(query, [segment.facts(place) for _, place in best], scorer)
    passed = False
    if everyone:
        whole = _in_full(query, everyone, scorer)
        passed = bool(whole) and (not ranked or whole[0][0] < ranked[0][0] - 1e-6)
        ranked = whole
    found = index.search(truth.query, k=_K)
    first = ranked[0][0] if ranked else 0.0
    ids, ours = [id for _, id in ranked[:_K]], [m.record.id for m in found]
    return _Said(
        everyone=ids.index(truth.id) if truth.id in ids else -1,
        index=ours.index(truth.id) if truth.id in ours else -1,
        as_first=not ranked or (bool(found) and abs(found[0].score + first) < 0.05),
        whole=bool(everyone),
        passed=passed,
    )


def _part(size: int, seed: int, count: int, whole: int, part: int) -> list[_Said]:
    people = crowd(size, seed)
    truths = asked(people, count)[part::_SIDE_BY_SIDE]
    index = adapter.build(people.columns)
    del people
    (segment,) = index._segments
    share = len(range(part, whole, _SIDE_BY_SIDE))
    everyone = [segment.facts(place) for place in range(len(segment))] if share else []
    return [
        _asked(index, segment, truth, everyone if at < share else ())
        for at, truth in enumerate(truths)
    ]


def measured(size: int, count: int, whole: int, seed: int) -> Ceiling:
    """`count` questions about `size` people, `whole` of them compared with everyone in full."""
    with multiprocessing.get_context("spawn").Pool(_SIDE_BY_SIDE) as pool:
        parts = pool.starmap(
            _part, [(size, seed, count, whole, part) for part in range(_SIDE_BY_SIDE)]
        )
    said = [one for part in parts for one in part]

    def share(held: Sequence[bool]) -> float:
        return sum(held) / max(1, len(held))

    return Ceiling(
        questions=len(said),
        best_1=share([s.everyone == 0 for s in said]),
        best_5=share([s.everyone >= 0 for s in said]),
        index_1=share([s.index == 0 for s in said]),
        index_5=share([s.index >= 0 for s in said]),
        as_first=share([s.as_first for s in said]),
        whole=sum(s.whole for s in said),
        passed=sum(s.passed for s in said),
    )
