"""What a batch linkage was like: levels, weights, what was not comparable, how sure it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.columns import Columns
from matching.estimate import Estimate, Floats, probability


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelReport:
    """One level: how often it is seen for one person (m), at random (u), and what it weighs."""

    level: str
    m: float
    u: float
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnReport:
    """One column: the share of rows that lack it, and its levels, most exact first."""

    column: str
    kind: str
    missing: float
    levels: tuple[LevelReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SureReport:
    """Pairs whose probability lies in one tenth, and how many of them are expected to be right."""

    least: float
    pairs: int
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """The quality report of a batch linkage.

    `learned` is False where too few pairs looked alike to learn weights from. `others` is how
    many pairs of one household come to each pair that is one person. `not_compared` names
    columns that were left out, for they stand in one table only or repeat another.
    """

    rows: int
    compared: int
    rules: tuple[str, ...]
    learned: bool
    expected_matches: float
    others: float
    columns: tuple[ColumnReport, ...]
    sure: tuple[SureReport, ...]
    not_compared: tuple[str, ...]


def report_on(
    columns: Columns, estimate: Estimate, rules: tuple[str, ...], compared: int, bits: Floats
) -> LinkReport:
    """The report of one linkage from what was learned and the bits of its pairs."""
    return LinkReport(
        rows=columns.rows,
        compared=compared,
        rules=rules,
        learned=estimate.learned,
        expected_matches=estimate.matches,
        others=estimate.others,
        columns=tuple(_columns(columns, estimate)),
        sure=tuple(_sure(probability(bits), max(0, compared - len(bits)))),
        not_compared=columns.unused,
    )


def _columns(columns: Columns, estimate: Estimate) -> Iterable[ColumnReport]:
    comparer = estimate.comparer
    for at, name in enumerate(comparer.names):
        column = columns.columns[at] if at < len(columns.columns) else None
        levels = zip(comparer.levels[at], estimate.m[at], estimate.u[at], strict=True)
        yield ColumnReport(
            column=name,
            kind=column.kind.value if column else "exchange",
            missing=float((column.codes < 0).mean()) if column and columns.rows else 0.0,
            levels=tuple(
                LevelReport(level=level, m=float(m), u=float(u), bits=float(np.log2(m / u)))
                for level, m, u in levels
            ),
        )


def _sure(sure: Floats, given_up: int) -> Iterable[SureReport]:
    """By tenths; pairs given up while they were compared are in the first."""
    tenth = np.minimum((sure * 10).astype(int), 9)
    for place in range(10):
        inside = sure[tenth == place]
        pairs = len(inside) + (0 if place else given_up)
        yield SureReport(least=place / 10, pairs=pairs, expected=float(inside.sum()))
