"""What is measured of a matcher: pairs found in batch, and answers to single questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching import Sex
from tests.bench.people import TODAY, Truth

AGES = ((0, 1, "under 1"), (1, 5, "1 to 4"), (5, 11, "5 to 10"), (11, 18, "11 to 17"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """Shares from 0 to 1. `best_f1` is over all thresholds, the rest at the default of 0.5.

    `calibration` is the expected calibration error over ten bins of probability.
    """

    best_f1: float
    f1: float
    precision: float
    recall: float
    calibration: float
    bins: tuple[tuple[float, float, int], ...]


def of_pairs(
    found: Iterable[tuple[str, str, float]], truth: frozenset[tuple[str, str]], *, ordered: bool
) -> PairFigures:
    """Compare pairs with the truth; `ordered` where the sides of a pair are two tables."""
    best: dict[tuple[str, str], float] = {}
    for one, other, chance in found:
        pair = (one, other) if ordered or one < other else (other, one)
        best[pair] = max(chance, best.get(pair, 0.0))
    chances = np.array(list(best.values()) or [0.0])
    right = np.array([p in truth for p in best] or [False])
    order = np.argsort(-chances, kind="stable")
    chances, right = chances[order], right[order]
    hits, said = np.cumsum(right), np.arange(1, len(right) + 1)
    f1s = 2 * hits / (said + len(truth))
    whole = np.append(chances[1:] != chances[:-1], True)
    kept = int((chances >= 0.5).sum())
    hit = int(hits[kept - 1]) if kept else 0
    precision, recall = hit / max(1, kept), hit / max(1, len(truth))
    bins = []
    error = 0.0
    for low in range(10):
        inside = np.clip((chances * 10).astype(int), 0, 9) == low
        if inside.any():
            said_share, true_share = float(chances[inside].mean()), float(right[inside].mean())
            bins.append((said_share, true_share, int(inside.sum())))
            error += abs(said_share - true_share) * inside.mean()
    return PairFigures(
        best_f1=float(f1s[whole].max()),
        f1=2 * hit / max(1, kept + len(truth)),
        precision=precision,
        recall=recall,
        calibration=float(error),
        bins=tuple(bins),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an engine said to one question: identifiers, best first, and how long it took.

    `sure` are the identifiers it called "Very likely".
    """

    ids: tuple[str, ...]
    ms: float
    sure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFigures:
    """Milliseconds and shares from 0 to 1."""

    p50: float
    p95: float
    p99: float
    recall_1: float
    recall_5: float


def of_answers(asked: Sequence[Truth], answers: Sequence[Answer]) -> SearchFigures:
    """Speed and recall over all questions."""
    ms = np.array([a.ms for a in answers])
    return SearchFigures(
        p50=float(np.percentile(ms, 50)),
        p95=float(np.percentile(ms, 95)),
        p99=float(np.percentile(ms, 99)),
        recall_1=_share(t.id in a.ids[:1] for t, a in zip(asked, answers, strict=True)),
        recall_5=_share(t.id in a.ids for t, a in zip(asked, answers, strict=True)),
    )


def _share(said: Iterable[bool]) -> float:
    held = list(said)
    return sum(held) / max(1, len(held))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """One group of questions: how many, found among five, called very likely, and wrongly so."""

    group: str
    questions: int
    recall_5: float
    sure: int
    sure_wrong: int

    @property
    def sure_share(self) -> float:
        """Questions of which an answer was called very likely."""
        return self.sure / max(1, self.questions)

    @property
    def wrong_share(self) -> float:
        """Wrong ones among what was called very likely."""
        return self.sure_wrong / max(1, self.sure)


FAIR, FAIRLY_SURE = 0.01, 0.05
"""How much less often than everybody a group may be found, and be called "Very likely"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A group that fares worse than everybody: less often found, or called "Very likely", by `gap`
    and `sure_gap`, or wrongly so.

    `chance` is True where so small a group could do so by chance (95 % interval).
    """

    group: str
    questions: int
    gap: float
    sure_gap: float
    sure_wrong: int
    chance: bool


def behind(groups: Sequence[GroupFigures]) -> tuple[Behind, ...]:
    """Groups that fare worse by more than is fair, furthest behind first."""
    asked = max(1, sum(g.questions for g in groups))
    found = sum(g.recall_5 * g.questions for g in groups) / asked
    sure = sum(g.sure for g in groups) / asked
    late = []
    for g in groups:
        gap, sure_gap = found - g.recall_5, sure - g.sure_share
        if gap > FAIR or sure_gap > FAIRLY_SURE or g.sure_wrong:
            certain = (
                (gap > FAIR and upper(g.recall_5, g.questions) < found)
                or (sure_gap > FAIRLY_SURE and upper(g.sure_share, g.questions) < sure)
                or g.sure_wrong > 0
            )
            late.append(
                Behind(
                    group=g.group,
                    questions=g.questions,
                    gap=gap,
                    sure_gap=sure_gap,
                    sure_wrong=g.sure_wrong,
                    chance=not certain,
                )
            )
    return tuple(sorted(late, key=lambda b: (-b.gap, -b.sure_gap)))


def upper(share: float, count: int) -> float:
    """Upper end of the 95 % interval of a share (Wilson 1927)."""
    if not count:
        return 1.0
    z = 1.96
    middle = share + z * z / (2 * count)
    spread = z * ((share * (1 - share) + z * z / (4 * count)) / count) ** 0.5
    return min(1.0, (middle + spread) / (1 + z * z / count))


def _grouped(
    kind: str, asked: Sequence[Truth], answers: Sequence[Answer]
) -> dict[str, list[tuple[Truth, Answer]]]:
    groups: dict[str, list[tuple[Truth, Answer]]] = defaultdict(list)
    for truth, answer in zip(asked, answers, strict=True):
        for name in _groups_of(kind, truth):
            groups[name].append((truth, answer))
    return groups


def _groups_of(kind: str, truth: Truth) -> Iterable[str]:
    if kind == "names":
        return (truth.culture,)
    if kind == "what went wrong":
        return truth.kinds or ("nothing",)
    if kind == "age":
        if truth.query.dob is None:
            return ("no birth date",)
        years = (TODAY - truth.query.dob).days / 365.25
        return (next((w for low, high, w in AGES if low <= years < high), "grown-up"),)
    query = truth.query
    facts = (
        query.given, query.family, query.dob, query.postcode, query.address, query.phone,
        query.mother, query.school, query.gp,
    )  # fmt: skip
    known = sum(bool(f) for f in facts) + (query.sex is not Sex.UNKNOWN)
    return (f"{max(2, known // 2 * 2)} or {max(2, known // 2 * 2) + 1} facts",)


def by_group(
    kind: str, asked: Sequence[Truth], answers: Sequence[Answer]
) -> tuple[GroupFigures, ...]:
    """Figures by "names", "age", "completeness" or "what went wrong", largest group first."""
    found = []
    for name, held in _grouped(kind, asked, answers).items():
        wrong = sum(id != t.id for t, a in held for id in a.sure)
        found.append(
            GroupFigures(
                group=name,
                questions=len(held),
                recall_5=_share(t.id in a.ids for t, a in held),
                sure=sum(len(a.sure) for _, a in held),
                sure_wrong=wrong,
            )
        )
    return tuple(sorted(found, key=lambda g: -g.questions))
