"""Labelled pairs of names, and how well a scorer tells them apart."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

Pair = tuple[str, str, bool]


def labelled() -> list[Pair]:
    """Invented pairs of twenty cultures: two names, and whether one person may bear both."""
    path = Path(__file__).with_name("name_pairs.csv")
    with path.open(encoding="utf-8", newline="") as held:
        return [(r["left"], r["right"], r["same"] == "yes") for r in csv.DictReader(held)]


def f1_of(pairs: list[Pair], scorer: Callable[[str, str], float]) -> tuple[float, float]:
    """F1 at the best threshold, and at 0.7."""
    scores = np.array([scorer(left, right) for left, right, _ in pairs])
    same = np.array([s for _, _, s in pairs])

    def f1(threshold: float) -> float:
        said = scores >= threshold
        return float(2 * (said & same).sum() / max(1, said.sum() + same.sum()))

    return max(f1(t) for t in np.unique(scores)), f1(0.7)
