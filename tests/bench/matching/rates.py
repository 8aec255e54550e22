"""How often each level is seen in our own crowd, beside what the shipped weights say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from matching import Person, derive, shipped_weights
from matching.comparison import compare
from matching.name_comparison import NameComparer
from matching.person import prepare
from tests.bench.matching.crowd import Crowd, asked, crowd

_SIZE = 20_000
_PAIRS = 40_000
Level = tuple[str, str]


def _seen(pairs: Iterable[tuple[Person, Person]]) -> Counter[Level]:
    names = NameComparer(shipped_weights())
    return Counter(
        (part.part, part.level)
        for one, other in pairs
        for comparison in compare(prepare(one), prepare(other), names)
        for part in comparison.parts
    )


def _true(people: Crowd, seed: int) -> Iterator[tuple[Person, Person]]:
    rows = {people.columns["id"][row]: row for row in range(len(people))}
    for truth in asked(people, _SIZE // 2, seed):
        yield truth.query, people.person(rows[truth.id])


def _strangers(people: Crowd, seed: int) -> Iterator[tuple[Person, Person]]:
    drawn = np.random.default_rng(seed).integers(0, len(people), (_PAIRS, 2))
    for one, other in drawn.tolist():
        if people.household[one] != people.household[other]:
            yield people.person(one), people.person(other)


def _at_home(people: Crowd) -> Iterator[tuple[Person, Person]]:
    for row in range(1, len(people)):
        if people.household[row] == people.household[row - 1]:
            yield people.person(row - 1), people.person(row)


def _shares(seen: Counter[Level], levels: dict[str, set[str]]) -> dict[Level, float]:
    """Each level's share among the levels it stands with."""
    found = {}
    for part, together in levels.items():
        whole = sum(seen[part, level] for level in together)
        found |= {(part, level): seen[part, level] / whole for level in together if whole}
    return found


def measured(seed: int) -> list[tuple[str, ...]]:
    """Level, then m, u and home: shipped and as seen in the crowd. Those that only stand where a
    side holds less are left out, having nothing that they could be a share of."""
    people = crowd(_SIZE, seed)
    priors = derive.read_priors()["levels"]
    together = {
        part: set(lists["m"]) - set(lists.get("apart", ())) for part, lists in priors.items()
    }
    kinds = {
        "m": _shares(_seen(_true(people, seed)), together),
        "u": _shares(_seen(_strangers(people, seed)), together),
        "home": _shares(_seen(_at_home(people)), together),
    }
    weights = shipped_weights().levels
    rows = []
    for part, lists in priors.items():
        for level in lists["m"]:
            if level not in together[part]:
                continue
            row = [f"{part}, {level}"]
            for kind, shares in kinds.items():
                said = weights[part][level].get(kind)
                seen = shares.get((part, level))
                row += ["" if said is None else f"{said:g}", "" if seen is None else f"{seen:.2g}"]
            rows.append(tuple(row))
    return rows
