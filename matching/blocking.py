"""Blocking rules: which pairs of rows are worth comparing at all.

Each column gives keys of its own (the same value, its beginning, how it sounds); a rule is one
key or two of different columns, and rows that share it are candidate pairs. Rules are taken
from the narrowest on until a budget of pairs is spent, so that a short list is compared
widely and a long one narrowly. A block too large to tell people apart is passed over.
Memory stays bounded: candidates are given out for some rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from matching.columns import Column, Columns, Kind

Rows = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Keys = npt.NDArray[np.int64]

ALL_OF_THEM = 600_000
"""So many pairs are all compared, without blocking."""
_BLOCK_AT_MOST = 5_000
_EACH_ROW = 400
_AT_MOST = 30_000_000
_EACH_ROW_AT_LEAST = 30
_RULES_AT_LEAST = 24
_KEYS_AT_MOST = 20_000_000

_ALIKE = str.maketrans(
    {"a": "", "e": "", "i": "", "o": "", "u": "", "y": "", "h": "", "w": "", "z": "s", "c": "k",
     "q": "k", "x": "k", "j": "g", "v": "f", "p": "b", "t": "d", "m": "n"}
)  # fmt: skip


def sound(word: str) -> str:
    """A rough key of how a folded name sounds: first letter and following consonants."""
    rest = word[1:].translate(_ALIKE)
    kept = [c for i, c in enumerate(rest) if i == 0 or rest[i - 1] != c]
    first = {"c": "k", "q": "k", "j": "g", "v": "f", "z": "s"}.get(word[:1], word[:1])
    return first + "".join(kept)[:4]


def _whole(value: str) -> str:
    return value.replace(" ", "")


def _half(value: str) -> str:
    return value[: (len(value) + 1) // 2] if len(value) > 3 else ""


def _either_order(value: str) -> str:
    return value[:4] + "".join(sorted((value[4:6], value[6:])))


_NAME: Mapping[str, Callable[[str], str]] = {
    "sound": lambda v: sound(_whole(v)),
    "beginning": lambda v: v[:3],
    "last word": lambda v: v.rpartition(" ")[2][:4],
}
_CODE: Mapping[str, Callable[[str], str]] = {"same": _whole, "first half": _half}
_TEXT: Mapping[str, Callable[[str], str]] = {"same": _whole, "beginning": lambda v: _whole(v)[:4]}
_KEYS: Mapping[Kind, Mapping[str, Callable[[str], str]]] = {
    Kind.GIVEN: _NAME,
    Kind.FAMILY: _NAME,
    Kind.DOB: {
        "same": _whole,
        "year": lambda v: v[:4],
        "day of the year": lambda v: v[4:] if v[4:] != "0000" else "",
        "day and month in either order": _either_order,
        "month": lambda v: v[:6] if v[4:6] != "00" else "",
    },
    Kind.SEX: {},
    Kind.EMAIL: {"same": _whole, "before the @": lambda v: v.partition("@")[0]},
    Kind.NUMBER: _CODE,
    Kind.POSTCODE: _CODE,
    Kind.PHONE: _CODE,
    Kind.HOUSE: {"same": _whole},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of each row, or two for the names in either order; -1 where there is none."""

    columns: tuple[str, ...]
    name: str
    rows: Rows
    keys: Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A blocking rule with its blocks: `right` rows sorted by key, `left` keys of each row."""

    name: str
    pairs: int
    left_rows: Places
    left_keys: Keys
    right_rows: Places
    right_keys: Keys


def _numbers(values: Sequence[str], key: Callable[[str], str], known: dict[str, int]) -> Keys:
    made = [key(v) for v in values]
    return np.array([known.setdefault(k, len(known)) if k else -1 for k in made] + [-1], np.int64)


def _held(columns: tuple[str, ...], name: str, rows: Rows, keys: Keys) -> Key:
    kept = keys >= 0
    return Key(columns=columns, name=name, rows=rows[kept], keys=keys[kept])


def _keys(columns: Columns) -> list[Key]:
    """Every key of every column; names are also taken together, in either order."""
    every = np.arange(columns.rows, dtype=np.int64)
    found: list[Key] = []
    by_kind: dict[Kind, Column] = {}
    for column in columns.columns:
        by_kind.setdefault(column.kind, column)
        for name, key in _KEYS.get(column.kind, _TEXT).items():
            keys = _numbers(column.values, key, {})[column.codes]
            found.append(_held((column.name,), f"{column.name}: {name}", every, keys))
    given, family = by_kind.get(Kind.GIVEN), by_kind.get(Kind.FAMILY)
    if given is not None and family is not None:
        known: dict[str, int] = {}
        a, b = (_numbers(c.values, _NAME["sound"], known)[c.codes] for c in (given, family))
        names = (given.name, family.name)
        two = np.where((a < 0) | (b < 0), -1, np.minimum(a, b) * len(known) + np.maximum(a, b))
        found.append(_held(names, "both names: sound", every, two))
        either = _held(
            names, "either name: sound", np.concatenate([every, every]), np.concatenate([a, b])
        )
        found.append(either)
    return found


def _joined(one: Key, other: Key, rows: int) -> tuple[Rows, Keys]:
    """Rows with both keys, and the two keys as one number. `other` has one key a row."""
    of_row = np.full(rows, -1, np.int64)
    of_row[other.rows] = other.keys
    theirs = of_row[one.rows]
    both = theirs >= 0
    width = int(other.keys.max(initial=0)) + 1
    return one.rows[both], one.keys[both] * width + theirs[both]


def _combined(columns: Columns) -> Iterator[tuple[str, Rows, Keys]]:
    keys = _keys(columns)
    for key in keys:
        yield key.name, key.rows, key.keys
    for one, other in combinations(keys, 2):
        if set(one.columns) & set(other.columns):
            continue
        # Where one has two keys a row, it leads.
        lead, second = (other, one) if len(other.columns) > 1 else (one, other)
        if len(second.columns) > 1:
            continue
        yield f"{one.name}, {other.name}", *_joined(lead, second, columns.rows)


def _count(columns: Columns, rows: Rows, keys: Keys) -> int:
    """Pairs of the rule, blocks too large left out."""
    if not len(keys):
        return 0
    if columns.within:
        sizes = np.unique(keys, return_counts=True)[1]
        sizes = sizes[sizes <= _BLOCK_AT_MOST]
        return int((sizes * (sizes - 1) // 2).sum())
    first = rows < columns.split
    a, ours = np.unique(keys[first], return_counts=True)
    b, theirs = np.unique(keys[~first], return_counts=True)
    at = np.searchsorted(b, a)
    met = at < len(b)
    met[met] = b[at[met]] == a[met]
    products = ours[met] * theirs[at[met]]
    return int(products[products <= _BLOCK_AT_MOST * 40].sum())


def _within(sized: Sequence[tuple[int, str]], budget: int, each: int) -> list[str]:
    """Names of rules, taken in order, that fit the budget of pairs together and singly."""
    chosen = []
    for pairs, name in sized:
        if 0 < pairs <= min(each, budget):
            chosen.append(name)
            budget -= pairs
    return chosen


def choose_rules(columns: Columns) -> list[Rule]:
    """Rules for these columns, the narrowest first, within the budget of pairs."""
    budget = max(min(_EACH_ROW * columns.rows, _AT_MOST), _EACH_ROW_AT_LEAST * columns.rows)
    sized = [(_count(columns, rows, keys), name) for name, rows, keys in _combined(columns)]
    chosen = _within(sorted(sized), budget, budget // 10)
    most = max(_RULES_AT_LEAST, _KEYS_AT_MOST // max(1, columns.rows))
    if len(chosen) > most:
        # Each rule costs memory: the widest that can be afforded stand for the narrower ones.
        widest = sorted(sized, key=lambda rule: (-rule[0], rule[1]))
        chosen = _within(widest, budget, 2 * budget // most)[:most]
    sizes = {name: pairs for pairs, name in sized}
    rules = [
        _rule(columns, name, sizes[name], rows, keys)
        for name, rows, keys in _combined(columns)
        if name in chosen
    ]
    return sorted(rules, key=lambda r: (r.pairs, r.name))


def _rule(columns: Columns, name: str, pairs: int, rows: Rows, keys: Keys) -> Rule:
    left = np.ones(len(rows), np.bool_) if columns.within else rows < columns.split
    right = left if columns.within else ~left
    there, theirs = rows[right], keys[right]
    sorting = np.argsort(theirs, kind="stable")
    ours = np.argsort(rows[left], kind="stable")
    return Rule(
        name=name,
        pairs=pairs,
        left_rows=rows[left][ours].astype(np.int32),
        left_keys=keys[left][ours],
        right_rows=there[sorting].astype(np.int32),
        right_keys=theirs[sorting],
    )


def candidates(
    columns: Columns, rules: Sequence[Rule], start: int, stop: int, *, every: int = 1
) -> tuple[Rows, Rows]:
    """Candidate pairs (left row, right row) of the left rows from `start` to before `stop`.

    Only each `every`th left row, for a sample. Within one table the left row is the lower, so
    that each pair comes once.
    """
    found: list[Keys] = []
    for rule in rules:
        a, b = np.searchsorted(rule.left_rows, [start, stop])
        rows, keys = rule.left_rows[a:b], rule.left_keys[a:b]
        if every > 1:
            chosen = rows % every == 0
            rows, keys = rows[chosen], keys[chosen]
        low = np.searchsorted(rule.right_keys, keys, "left")
        counts = np.searchsorted(rule.right_keys, keys, "right") - low
        counts[counts > _BLOCK_AT_MOST] = 0
        total = int(counts.sum())
        if not total:
            continue
        left = np.repeat(rows.astype(np.int64), counts)
        within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        right = rule.right_rows[np.repeat(low, counts) + within]
        kept = right > left if columns.within else np.ones(total, np.bool_)
        found.append(np.unique(left[kept] * columns.rows + right[kept]))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    pairs = np.unique(np.concatenate(found))
    return pairs // columns.rows, pairs % columns.rows


def every_pair(columns: Columns) -> tuple[Rows, Rows]:
    """All pairs there are; for lists short enough (`ALL_OF_THEM`)."""
    if columns.within:
        left, right = np.triu_indices(columns.rows, 1)
        return left.astype(np.int64), right.astype(np.int64)
    theirs = columns.rows - columns.split
    return (
        np.repeat(np.arange(columns.split, dtype=np.int64), theirs),
        np.tile(np.arange(columns.split, columns.rows, dtype=np.int64), columns.split),
    )
