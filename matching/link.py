"""Batch linkage: two lists with each other, or one list with itself.

`link_columns` takes tables, `link` and `deduplicate` take people. Weights are learned from the
records at hand without labels (`estimate`); within one list the records of one person are
brought together (`clusters`), between two lists that hold each person once a record that fits
two others equally well belongs to neither for certain.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.batch import Cancelled, Progress, Watch, find_pairs
from matching.blocking import Rows
from matching.columns import Columns, Kind, Table, read_columns
from matching.estimate import Estimate, Floats, probability
from matching.evidence import FieldEvidence, household_evidence
from matching.levels import Level
from matching.link_report import LinkReport, report_on
from matching.person import Person, prepare
from matching.score import Match, Scorer
from matching.table import columns_of
from matching.weights import Weights, shipped_weights

THRESHOLD = 0.5
BY_CHANCE = "strangers"
"""The row of evidence for how often strangers of one list agree on as much."""
OTHER_RECORDS = "other records"
"""The row of evidence that says what the rest of the list adds or takes off."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Linked:
    """Pairs of rows that may be one person, likeliest first.

    `left` and `right` are places in the tables as they came, `bits` log2 odds. Evidence is
    worked out for a pair when it is asked for.
    """

    columns: Columns
    estimate: Estimate
    left: Rows
    right: Rows
    bits: Floats
    report: LinkReport
    _own: tuple[Rows, Rows]

    @cached_property
    def probabilities(self) -> Floats:
        """Probability of each pair that it is one person."""
        return probability(self.bits)

    def __len__(self) -> int:
        return len(self.left)

    def evidence(self, pair: int) -> tuple[FieldEvidence, ...]:
        """Why a pair was linked: one row a column, then what its home, strangers of one list and
        other records say.

        With `estimate.prior` the weights add up to the pair's bits (see `score.total`).
        """
        rows = (self._own[0][pair : pair + 1], self._own[1][pair : pair + 1])
        comparer = self.estimate.comparer
        compared = comparer.compare(*rows)
        parts = [float(bits[0]) for bits in self.estimate.parts(compared)]
        own = self.estimate.weigh(compared)[1]
        found = []
        for at, column in enumerate(comparer.names):
            level = int(compared.levels[0, at])
            words = "missing" if level < 0 else comparer.levels[at][level]
            shown: tuple[str | None, str | None] = (None, None)
            if at < len(comparer.parts):
                shown = self._shown(column, rows)
            elif words == "another name":
                shown = self._shown(Kind.ALIASES.value, rows)
            found.append(
                FieldEvidence(
                    field=column,
                    left=shown[0],
                    right=shown[1],
                    level=_level_of(words),
                    detail=words,
                    weight=parts[at],
                )
            )
        strangers = math.fsum([self.estimate.prior, *(e.weight for e in found)])
        home = float(own[0]) - strangers
        if home < -1e-9:
            found.append(household_evidence(home))
        counted = float(self.estimate.curve(own)[0]) - float(own[0])
        if abs(counted) > 1e-9:
            seldom = "agree so less often" if counted > 0 else "agree so more often"
            found.append(_of_the_lists(BY_CHANCE, seldom, counted))
        rest = float(self.bits[pair]) - math.fsum([self.estimate.prior, *(e.weight for e in found)])
        if abs(rest) > 1e-9:
            speaks = "other records of the list agree" if rest > 0 else "other records fit too"
            if not self.columns.within and rest > 0:
                speaks = "no other record fits as well"
            found.append(_of_the_lists(OTHER_RECORDS, speaks, rest))
        return tuple(found)

    def _shown(self, column: str, rows: tuple[Rows, Rows]) -> tuple[str | None, str | None]:
        a, b = (self.columns.as_written(column, int(row[0])) for row in rows)
        return a, b


def _of_the_lists(field: str, detail: str, weight: float) -> FieldEvidence:
    """A row that compares no field."""
    level = Level.CLOSE if weight > 0 else Level.DIFFERENT
    return FieldEvidence(
        field=field, left=None, right=None, level=level, detail=detail, weight=weight
    )


def _level_of(words: str) -> Level:
    if words in ("missing", "as written"):
        return Level.MISSING if words == "missing" else Level.SAME
    if words in ("same", "fits"):
        return Level.SAME
    return Level.DIFFERENT if words in ("other", "same year") else Level.CLOSE


def link_columns(
    left: Table,
    right: Table | None = None,
    *,
    threshold: float = THRESHOLD,
    weights: Weights | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Linked:
    """Link two tables, or deduplicate one, by the columns that are known by name.

    Pairs of at least `threshold` probability. `progress` hears the share done, 0 to 1;
    when `cancelled` says so, LinkCancelledError is raised. Raises ColumnError for tables that
    can't be compared.
    """
    watch = Watch(progress, cancelled)
    weights = weights or shipped_weights()
    columns = read_columns(left, right)
    watch.at(0.05)
    low = math.log2(threshold / (1.0 - threshold)) if 0.0 < threshold < 1.0 else -math.inf
    found = find_pairs(columns, weights, low, watch)
    left_rows, right_rows = found.left, found.right
    if columns.within:
        later = columns.order[left_rows] > columns.order[right_rows]
        left_rows, right_rows = (
            np.where(later, right_rows, left_rows),
            np.where(later, left_rows, right_rows),
        )
    before = 0 if columns.within else columns.split
    a, b = columns.order[left_rows], columns.order[right_rows] - before
    enough = np.flatnonzero(found.bits >= low)
    best = enough[np.lexsort([b[enough], a[enough], -found.bits[enough]])]
    watch.at(1.0)
    return Linked(
        columns=columns,
        estimate=found.estimate,
        left=a[best],
        right=b[best],
        bits=found.bits[best],
        report=report_on(columns, found.estimate, found.rules, found.compared, found.bits),
        _own=(left_rows[best], right_rows[best]),
    )


def _matches(
    linked: Linked, left: Sequence[Person], right: Sequence[Person], weights: Weights | None
) -> list[Match]:
    scorer = Scorer(weights, population=max(len(left), len(right)))
    found = []
    for pair in range(len(linked)):
        one, other = left[int(linked.left[pair])], right[int(linked.right[pair])]
        found.append(
            scorer.judge(prepare(one), prepare(other), linked.estimate.prior, linked.evidence(pair))
        )
    found.sort(key=lambda m: (-m.score, m.query.key, m.record.key))
    return found


def link(
    a: Iterable[Person],
    b: Iterable[Person],
    *,
    threshold: float = THRESHOLD,
    weights: Weights | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> list[Match]:
    """Pairs of `a` and `b` that are one person with at least `threshold` probability.

    Best first. A record may stand in several pairs; `query` is from `a`, `record` from `b`.
    Bands are the pairs' own, without margins. `progress` and `cancelled` as in `link_columns`.
    """
    left, right = list(a), list(b)
    tables = columns_of(left), columns_of(right)
    if not set(tables[0]) & set(tables[1]):
        return []
    linked = link_columns(
        *tables, threshold=threshold, weights=weights, progress=progress, cancelled=cancelled
    )
    return _matches(linked, left, right, weights)


def deduplicate(
    a: Iterable[Person],
    *,
    threshold: float = THRESHOLD,
    weights: Weights | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> list[Match]:
    """Pairs within `a` that are one person with at least `threshold` probability; see `link`."""
    people = sorted(a, key=lambda p: p.key)
    table = columns_of(people)
    if len(people) < 2 or not table:
        return []
    linked = link_columns(
        table, threshold=threshold, weights=weights, progress=progress, cancelled=cancelled
    )
    return _matches(linked, people, people, weights)
