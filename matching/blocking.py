"""Blocking rules: which pairs of rows are worth comparing at all.

Each column gives keys of its own (the same value, its beginning, how it sounds); a rule is one
key or two of different columns, and rows that share it are candidate pairs. A key that is rare
enough stands alone; one that is not serves in its small blocks alone, and with a second key in
the others. Pairs are counted, on long lists from a sample of the keys, before any is made.

A short list is compared by all rules that fit a budget of pairs. On a long one (`fewest`) they
are tried on a sample of its rows, and those are kept that find the most likely pairs for the
fewest candidates. Memory stays bounded: candidates are given out for some rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
_EACH_ROW_OF_MANY = 24
_COUNTED_WHOLE = 100_000  # rows; of more, a part of the keys is counted
_RULES_AT_MOST = 400
_FEWER_RULES = 40
_AGAIN = (1.0, 0.3, 0.1, 0.03, 0.0)  # what one more rule that finds a pair is worth

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
    Kind.AGE: {},
    Kind.SEX: {},
    Kind.EMAIL: {"same": _whole, "before the @": lambda v: v.partition("@")[0]},
    Kind.NUMBER: _CODE,
    Kind.POSTCODE: _CODE,
    Kind.PHONE: _CODE,
    Kind.HOUSE: {"same": _whole},
}


Step = Callable[[float], None]


def _nothing(_: float) -> None:
    """Nobody wants to know how far the work is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One number for each row, or two for the names in either order; -1 where there is none."""

    columns: tuple[str, ...]
    name: str
    of_row: tuple[Places, ...]
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Rows that share both keys, or the one, are candidates; `pairs` is about how many come.

    Blocks of more than `at_most` rows to compare a row with are passed over.
    """

    one: Key
    other: Key | None
    at_most: int
    pairs: float

    @property
    def name(self) -> str:
        """The keys in words."""
        keys = self.one.name if self.other is None else f"{self.one.name}, {self.other.name}"
        return keys if self.at_most >= _BLOCK_AT_MOST else f"{keys}, where rare"

    def keys(self, rows: Rows | slice) -> tuple[Rows, Keys]:
        """The keys of some rows, and at which of these places they stand."""
        places, found = [], []
        second = None if self.other is None else self.other.of_row[0][rows]
        for of_row in self.one.of_row:
            first = of_row[rows]
            held = np.flatnonzero((first >= 0) if second is None else (first >= 0) & (second >= 0))
            keys = first[held].astype(np.int64)
            if second is not None and self.other is not None:
                keys = keys * self.other.width + second[held]
            places.append(held)
            found.append(keys)
        return np.concatenate(places), np.concatenate(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """A rule with its blocks: rows to compare with, by key; block `n` starts at `starts[n]`.

    `within` is True where rows of one table are compared with each other.
    """

    rule: Rule
    keys: Keys
    starts: Places
    rows: Places
    within: bool


def _numbers(values: Sequence[str], key: Callable[[str], str], known: dict[str, int]) -> Places:
    made = [key(v) for v in values]
    return np.array([known.setdefault(k, len(known)) if k else -1 for k in made] + [-1], np.int32)


def _key(columns: tuple[str, ...], name: str, *of_row: Places) -> Key:
    width = max(int(keys.max(initial=0)) for keys in of_row) + 1
    return Key(columns=columns, name=name, of_row=of_row, width=width)


def _keys(columns: Columns) -> list[Key]:
    """Every key of every column; names are also taken together, in either order."""
    found: list[Key] = []
    by_kind: dict[Kind, Column] = {}
    for column in columns.columns:
        by_kind.setdefault(column.kind, column)
        for name, key in _KEYS.get(column.kind, _TEXT).items():
            keys = _numbers(column.values, key, {})[column.codes]
            found.append(_key((column.name,), f"{column.name}: {name}", keys))
    given, family = by_kind.get(Kind.GIVEN), by_kind.get(Kind.FAMILY)
    if given is not None and family is not None:
        known: dict[str, int] = {}
        sounds = [
            tuple(_numbers(c.values, _NAME["sound"], known)[c.codes] for c in pair)
            for pair in ((given, family), *columns.others)
        ]
        both = [
            np.where(np.minimum(a, b) < 0, -1,
                     np.minimum(a, b).astype(np.int64) * len(known) + np.maximum(a, b))
            for a, b in sounds
        ]  # fmt: skip
        names = (given.name, family.name)
        two = np.unique(both, return_inverse=True)[1].reshape(len(both), -1).astype(np.int32)
        two[np.array(both) < 0] = -1
        found.append(_key(names, "both names: sound", *two))
        found.append(_key(names, "either name: sound", *(one for pair in sounds for one in pair)))
    return found


def _conjunctions(keys: Sequence[Key]) -> Iterator[tuple[Key, Key]]:
    for one, other in combinations(keys, 2):
        if set(one.columns) & set(other.columns):
            continue
        # Where one has two keys a row, it leads.
        lead, second = (other, one) if len(other.of_row) > 1 else (one, other)
        if len(second.of_row) == 1:
            yield lead, second


def _some(keys: Keys, every: int) -> Keys:
    """About one in `every` of the distinct keys, with all their places."""
    if every == 1:
        return keys
    mixed = (keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    chosen: Keys = keys[mixed % np.uint64(every) == 0]
    return chosen


def _counted(keys: Keys) -> tuple[Keys, Keys]:
    """Distinct keys in order, and how often each is there."""
    keys = np.sort(keys)
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else keys
    return keys[starts], np.diff(np.append(starts, len(keys)))


def _sized(columns: Columns, one: Key, other: Key | None, each: float) -> Rule:
    """The rule with as large blocks as give at most `each` pairs."""
    rule = Rule(one=one, other=other, at_most=_BLOCK_AT_MOST, pairs=0.0)
    every = max(1, columns.rows // _COUNTED_WHOLE)
    if columns.within:
        sizes = _counted(_some(rule.keys(slice(None))[1], every))[1]
        pairs = sizes * (sizes - 1) / 2.0
    else:
        a, ours = _counted(_some(rule.keys(slice(columns.split))[1], every))
        b, theirs = _counted(_some(rule.keys(slice(columns.split, None))[1], every))
        _both, at, of = np.intersect1d(a, b, assume_unique=True, return_indices=True)
        sizes, pairs = theirs[of], ours[at].astype(float) * theirs[of]
    at_most = _BLOCK_AT_MOST
    total = every * float(pairs[sizes <= at_most].sum())
    while total > each and at_most > 1:
        at_most //= 2
        total = every * float(pairs[sizes <= at_most].sum())
    return replace(rule, at_most=at_most, pairs=total)


def choose_rules(columns: Columns, step: Step = _nothing) -> list[Rule]:
    """Rules for these columns within a budget of pairs, those that bring the fewest first."""
    budget = float(_EACH_ROW * columns.rows)
    each = budget / 10
    keys = _keys(columns)
    chosen, common = [], []
    for key in keys:
        rule = _sized(columns, key, None, each)
        if rule.at_most < _BLOCK_AT_MOST:
            common.append(key)
            rule = _sized(columns, key, None, each / 10)
        chosen.append(rule)
    both = list(_conjunctions(common))
    sized = []
    for place, (one, other) in enumerate(both):
        step(place / len(both))
        rule = _sized(columns, one, other, each)
        if rule.pairs and rule.at_most == _BLOCK_AT_MOST:
            sized.append(rule)
    budget -= sum(rule.pairs for rule in chosen)
    for rule in sorted(sized, key=lambda r: (r.pairs, r.name))[:_RULES_AT_MOST]:
        if rule.pairs <= budget:
            chosen.append(rule)
            budget -= rule.pairs
    # What is counted of a part of a long list may be nothing, and yet there be a few.
    some = [rule for rule in chosen if rule.pairs or columns.rows > _COUNTED_WHOLE]
    return sorted(some, key=lambda r: (r.pairs, r.name))


def blocks_of(columns: Columns, rule: Rule, left: Rows | None = None) -> Blocks:
    """A rule's blocks; with `left`, only those that these rows fall into."""
    side = range(0 if columns.within else columns.split, columns.rows)
    return _blocks(rule, left, side, within=columns.within)


def own_blocks(rule: Rule, left: Rows, side: range) -> Blocks:
    """A rule's blocks among the rows of one table, which these are of."""
    return _blocks(rule, left, side, within=True)


def _blocks(rule: Rule, left: Rows | None, side: range, *, within: bool) -> Blocks:
    places, keys = rule.keys(slice(side.start, side.stop))
    if left is not None:
        wanted = np.unique(rule.keys(left)[1])
        met = np.isin(keys, wanted)
        places, keys = places[met], keys[met]
    sorting = np.argsort(keys, kind="stable")
    found, sizes = _counted(keys)
    starts = np.append(0, np.cumsum(sizes)).astype(np.int32)
    return Blocks(
        rule=rule,
        keys=found,
        starts=starts,
        rows=(places[sorting] + side.start).astype(np.int32),
        within=within,
    )


def _pairs(columns: Columns, blocks: Blocks, left: Rows) -> Keys:
    """Candidates of some left rows by one rule, each pair as one number."""
    places, keys = blocks.rule.keys(left)
    if not len(blocks.keys):
        return np.zeros(0, np.int64)
    block = np.minimum(np.searchsorted(blocks.keys, keys), len(blocks.keys) - 1)
    low = blocks.starts[block]
    counts = blocks.starts[block + 1] - low
    counts[(blocks.keys[block] != keys) | (counts > blocks.rule.at_most)] = 0
    total = int(counts.sum())
    ours = np.repeat(left[places], counts)
    within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    theirs = blocks.rows[np.repeat(low, counts) + within]
    if blocks.within:
        kept = theirs > ours
        ours, theirs = ours[kept], theirs[kept]
    found: Keys = ours * columns.rows + theirs
    return found


def _once(pairs: Sequence[Keys]) -> Keys:
    found = np.sort(np.concatenate([np.zeros(0, np.int64), *pairs]))
    distinct: Keys = found[np.append(True, found[1:] != found[:-1])] if len(found) else found
    return distinct


def candidates(columns: Columns, blocks: Sequence[Blocks], left: Rows) -> tuple[Rows, Rows]:
    """Candidate pairs (left row, right row) of some left rows, each pair once.

    Within one table the left row is the lower.
    """
    pairs = _once([_pairs(columns, one, left) for one in blocks])
    return pairs // columns.rows, pairs % columns.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Rules tried on `rows` left rows: the pairs that came, and by which rule each came."""

    rules: Sequence[Rule]
    rows: int
    left: Rows
    right: Rows
    by_rule: Sequence[Keys]

    def pairs_of(self, columns: Columns, place: int) -> float:
        """How many pairs the rule at `place` brings in all, by what came of these rows."""
        return len(self.by_rule[place]) * columns.split / max(1, self.rows)


def tried(columns: Columns, rules: Sequence[Rule], left: Rows, step: Step = _nothing) -> Trial:
    """Try rules on some left rows, making only the blocks that these need."""
    by_rule = []
    for place, rule in enumerate(rules):
        step(place / len(rules))
        by_rule.append(_once([_pairs(columns, blocks_of(columns, rule, left), left)]))
    pairs = _once(by_rule)
    return Trial(
        rules=rules,
        rows=len(left),
        left=pairs // columns.rows,
        right=pairs % columns.rows,
        by_rule=by_rule,
    )


def fewest(columns: Columns, trial: Trial, likely: Keys) -> list[Rule]:
    """The rules of a trial that find the most of the `likely` pairs for the fewest candidates.

    `likely` are places in the trial's pairs. Most pairs are found by two rules or more, so that
    one which is not in the sample is found too.
    """
    pairs = trial.left[likely] * columns.rows + trial.right[likely]
    found = np.array([np.isin(pairs, by_rule, assume_unique=True) for by_rule in trial.by_rule])
    times = np.zeros(len(pairs), np.int64)
    again = np.array(_AGAIN)
    budget = float(_EACH_ROW_OF_MANY * columns.rows)
    costs = np.array([trial.pairs_of(columns, place) for place in range(len(trial.rules))])
    costs += 0.1 * columns.rows
    chosen: list[int] = []
    left_over = np.ones(len(costs), np.bool_)
    while len(chosen) < _FEWER_RULES:
        gains = np.where(left_over & (costs <= budget), found @ again[times] / costs, 0.0)
        best = int(np.argmax(gains))
        if gains[best] * costs[best] < 0.5:
            break
        chosen.append(best)
        left_over[best] = False
        budget -= costs[best]
        times[found[best]] = np.minimum(times[found[best]] + 1, len(again) - 1)
    return [
        replace(trial.rules[place], pairs=trial.pairs_of(columns, place))
        for place in sorted(chosen)
    ]


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
