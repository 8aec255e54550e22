"""Batch linkage: two lists with each other, or one list with itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from matching.blocking import pairs_between, pairs_within
from matching.person import Facts, Person, prepare
from matching.score import Match, Scorer
from matching.weights import Weights

THRESHOLD = 0.5


class NameCounts:
    """Frequencies of names in a list (see weights.Frequencies)."""

    def __init__(self, people: Iterable[Facts]) -> None:
        self._counts: dict[str, Counter[str]] = {"given": Counter(), "family": Counter()}
        self._people = 0
        for facts in people:
            self._people += 1
            for name in facts.names[:1]:
                self._counts["given"].update(name.given)
                self._counts["family"].update(name.family)

    def share(self, role: str, token: str, usual: float, trust: float) -> float:
        """Share of people with this given or family name, smoothed towards `usual`."""
        return (self._counts[role][token] + trust * usual) / (self._people + trust)

    def known(self, token: str) -> bool:
        """True when at least three records bear the name."""
        return self._counts["given"][token] + self._counts["family"][token] >= 3


def _scored(
    left: Sequence[Facts],
    right: Sequence[Facts],
    pairs: Iterable[tuple[int, int]],
    scorer: Scorer,
    threshold: float,
) -> list[Match]:
    found: list[Match] = []
    for a, b in sorted(pairs):
        match = scorer.match(left[a], right[b])
        if match.probability >= threshold:
            found.append(match)
    found.sort(key=lambda m: (-m.score, m.query.key, m.record.key))
    return found


def link(
    a: Iterable[Person],
    b: Iterable[Person],
    *,
    threshold: float = THRESHOLD,
    weights: Weights | None = None,
) -> list[Match]:
    """Pairs of `a` and `b` that are one person with at least `threshold` probability.

    Best first. A record may stand in several pairs; `query` is from `a`, `record` from `b`.
    Bands are the pairs' own, without margins.
    """
    left, right = [prepare(p) for p in a], [prepare(p) for p in b]
    if not left or not right:
        return []
    scorer = Scorer(
        weights,
        population=max(len(left), len(right)),
        frequencies=NameCounts([*left, *right]),
    )
    return _scored(left, right, pairs_between(left, right), scorer, threshold)


def deduplicate(
    a: Iterable[Person], *, threshold: float = THRESHOLD, weights: Weights | None = None
) -> list[Match]:
    """Pairs within `a` that are one person with at least `threshold` probability."""
    people = [prepare(p) for p in a]
    if len(people) < 2:
        return []
    scorer = Scorer(weights, population=len(people), frequencies=NameCounts(people))
    return _scored(people, people, pairs_within(people), scorer, threshold)
