"""Weights fitted to what people said of records, and held to the weights they were found with.

People judge records that a search brought up, which is no sample of strangers: how often two people
at random agree can't be learnt from people who were picked because they agree. What such verdicts
do tell is how far the odds were right. So a level's weight moves, by logistic regression on the
kept scores with each move drawn back to 0 (`_LIKELY_MOVE` bits), and u moves with it; m where u
is the share of the name itself. What others of a home share is taken off anew, exactly, from the
kept account. Levels seen in fewer than `LEAST` verdicts stay; the order of a field's levels stays.
"""

from __future__ import annotations

import copy
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.derive import text_of
from matching.errors import RefitError
from matching.score import Band, probability
from matching.weights import parse_weights

LEAST = 20
"""Verdicts without which a level stays as it is."""

LEAST_OF_EACH = 30
"""Verdicts of each kind without which nothing is fitted."""

_LIKELY_MOVE = 1.0
_MOST_M, _LEAST_U = 0.995, 1e-9
_FOLDS, _STEPS = 5, 60
_PLACES = 4
_BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0)
_LN2 = math.log(2.0)

Floats = npt.NDArray[np.float64]
Level = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A person's word on a record, with the account it was shown with.

    `fields` are field and level in words of each row that was compared, as `FieldEvidence` has
    them. `score` is in bits, `home` the weight of the row for others of the home (0.0 or less).
    `name` is how a report may call the pair, "" where it may not.
    """

    fields: tuple[tuple[str, str], ...]
    score: float
    home: float
    band: str
    same: bool
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One level: its verdicts of each kind, and its weight before and after, in bits."""

    part: str
    level: str
    same: int
    not_same: int
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Verdicts of which a chance between `low` and `high` was said, and what was true of them."""

    low: float
    high: float
    count: int
    said: float
    true: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How far chances said agree with verdicts: loss in bits a verdict, mean error over bins."""

    loss: float
    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refitted:
    """What verdicts say of the weights. `text` is the new weights' file.

    `after` is measured on verdicts that the weights measured were not fitted to. `bands` are the
    pairs that would change band: name, before, after, whether a person said "the same".
    """

    text: str
    version: str
    based_on: str
    same: int
    not_same: int
    moves: tuple[Move, ...]
    stayed: int
    before: Calibration
    after: Calibration
    bands: tuple[tuple[str, str, str, bool], ...]

    @property
    def better(self) -> bool:
        """Whether verdicts held back were told better than before."""
        return bool(self.moves) and self.after.loss < self.before.loss


def levels_of(fields: Iterable[tuple[str, str]]) -> tuple[Level, ...]:
    """The compared parts behind rows of evidence: the words of a name name each of its parts."""
    found: list[Level] = []
    for field, detail in fields:
        if field != "name":
            found.append((field, detail))
            continue
        for words in detail.split(", "):
            part, colon, level = words.partition(" name: ")
            if colon:
                found.append((part, level))
            elif words == "names swapped":
                found.append(("arrangement", "swapped"))
            elif words == "by another name":
                found.append(("arrangement", "alias"))
            elif words == "middle name other":
                found.append(("middle", "other"))
    return tuple(found)


def refit(judgements: Sequence[Judgement], weights_text: str, *, number: int) -> Refitted:
    """Fit the weights in `weights_text` to verdicts; `number` tells a hub's versions apart.

    The order of the verdicts never matters. Raises RefitError where there are too few, and
    WeightsError where the text holds no weights.
    """
    held = sorted(judgements, key=lambda j: (j.name, j.fields, j.score, j.home, j.band, not j.same))
    same = sum(j.same for j in held)
    if min(same, len(held) - same) < LEAST_OF_EACH:
        raise RefitError(
            f"There are {same} verdicts “same” and {len(held) - same} “not the same” that kept "
            "what they rest on. Nothing was fitted, and nothing has changed: it takes "
            f"{LEAST_OF_EACH} of each before they say more than chance."
        )
    weights, raw = parse_weights(weights_text), json.loads(weights_text)
    priors = {
        (part, level): _bits(raw, part, level)
        for part, levels in raw["levels"].items()
        for level in levels
        if (part, level) not in (("arrangement", "as written"), ("middle", "one side"))
    }
    seen = [[level for level in levels_of(j.fields) if level in priors] for j in held]
    often = Counter(level for levels in seen for level in set(levels))
    moving = sorted(level for level, count in often.items() if count >= LEAST)
    place = {level: at for at, level in enumerate(moving)}
    x = np.zeros((len(held), len(moving)))
    for row, levels in enumerate(seen):
        for level in levels:
            if level in place:
                x[row, place[level]] += 1.0
    pairs = _Pairs(
        x=x,
        y=np.array([j.same for j in held], float),
        score=np.array([j.score for j in held]),
        home=np.array([min(0.0, j.home) for j in held]),
    )
    every = np.ones(len(held), bool)
    fitted, move = _applied(raw, moving, _ordered(pairs.fit(every), moving, priors, often))
    fitted["version"] = f"{raw['version'].partition('+')[0]}+hub.{number}"
    fitted["note"] = f"{raw['note'].partition(' Refitted')[0]} Refitted to a hub's own verdicts."
    held_out = pairs.score.copy()
    for fold in range(_FOLDS):
        out = np.arange(len(held)) % _FOLDS == fold
        _, learnt = _applied(raw, moving, _ordered(pairs.fit(~out), moving, priors, often))
        held_out[out] = pairs.scores(learnt)[out]
    by_level = Counter(
        (level, j.same) for j, levels in zip(held, seen, strict=True) for level in set(levels)
    )
    return Refitted(
        text=text_of(fitted),
        version=fitted["version"],
        based_on=weights.version,
        same=same,
        not_same=len(held) - same,
        moves=tuple(
            Move(
                part=level[0],
                level=level[1],
                same=by_level[level, True],
                not_same=by_level[level, False],
                before=priors[level],
                after=_bits(fitted, *level),
            )
            for level, bits in zip(moving, move.tolist(), strict=True)
            if bits
        ),
        stayed=len(priors) - int((move != 0.0).sum()),
        before=_calibration(pairs.score, pairs.y),
        after=_calibration(held_out, pairs.y),
        bands=tuple(
            (j.name, j.band, band, j.same)
            for j, score in zip(held, pairs.scores(move).tolist(), strict=True)
            if (band := _band(j, score, weights.bands)) != j.band
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """Judged pairs as arrays: levels seen, verdicts, and the kept score and household row."""

    x: Floats
    y: Floats
    score: Floats
    home: Floats

    def _against(self, move: Floats) -> tuple[Floats, Floats]:
        """Scores after a move, and how far each still follows it: a rival in the same home is not
        beaten by what the home shares. Odds against strangers and against the home add up."""
        strangers = self.score - self.home
        home = np.exp2(-self.home) - 1.0  # odds against the home, in those against strangers
        with np.errstate(over="ignore"):
            of_strangers = np.exp2(-np.clip(self.x @ move, -60, 60))
        whole = of_strangers + home
        return strangers - np.log2(whole), of_strangers / whole

    def scores(self, move: Floats) -> Floats:
        """Scores in bits with the levels' weights moved so far."""
        return self._against(move)[0]

    def _loss(self, move: Floats, rows: npt.NDArray[np.bool_]) -> float:
        bits = np.clip(self.scores(move)[rows], -100, 100) * _LN2
        y = self.y[rows]
        return float((np.logaddexp(0.0, bits) - y * bits).sum()) + float(
            (move**2).sum() / (2.0 * _LIKELY_MOVE**2)
        )

    def fit(self, rows: npt.NDArray[np.bool_]) -> Floats:
        """The moves, in bits, that these verdicts ask for, each drawn back to 0."""
        move = np.zeros(self.x.shape[1])
        back = np.eye(len(move)) / _LIKELY_MOVE**2
        for _ in range(_STEPS):
            score, follows = self._against(move)
            chance = 1.0 / (1.0 + np.exp2(-np.clip(score, -100, 100)))[rows]
            slope = (self.x * follows[:, None])[rows] * _LN2
            pull = slope.T @ (self.y[rows] - chance) - move / _LIKELY_MOVE**2
            bend = (slope * (chance * (1.0 - chance))[:, None]).T @ slope + back
            step = np.linalg.solve(bend, pull)
            now, size = self._loss(move, rows), 1.0
            while size > 1e-4 and self._loss(move + size * step, rows) > now:
                size /= 2.0
            move = move + size * step
            if np.abs(size * step).max(initial=0.0) < 1e-7:
                break
        return move


def _bits(raw: Mapping[str, Any], part: str, level: str) -> float:
    """A level's weight; a name's as of one of the usual share, an age's as of one year."""
    shares = raw["levels"][part][level]
    u = shares.get("u")
    if u is None:
        u = raw["names"][part]["usual"] if part in raw["names"] else 0.05
    return math.log2(shares["m"] / u)


def _ordered(
    move: Floats, moving: Sequence[Level], priors: Mapping[Level, float], often: Mapping[Level, int]
) -> Floats:
    """Moves under which a field's levels keep their order, and none speaks the other way."""
    place = {level: at for at, level in enumerate(moving)}
    kept = np.zeros(len(moving))
    for part in {level[0] for level in moving}:
        levels = sorted((p for p in priors if p[0] == part), key=lambda p: (-priors[p], p[1]))
        wanted = [priors[p] + (move[place[p]] if p in place else 0.0) for p in levels]
        trust = [float(often[p]) if p in place else 1e9 for p in levels]
        for level, bits in zip(levels, _falling(wanted, trust), strict=True):
            if level in place:
                prior = priors[level]
                held = max(0.0, bits) if prior > 0.0 else min(0.0, bits)
                kept[place[level]] = round(held - prior, _PLACES)
    return kept


def _falling(wanted: Sequence[float], trust: Sequence[float]) -> list[float]:
    """The nearest values that never rise, by pooling neighbours that do."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(wanted, trust, strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] < pool[0]:
            pool = _pooled(pools.pop(), pool)
        pools.append(pool)
    return [value for value, _, count in pools for _ in range(count)]


def _pooled(
    one: tuple[float, float, int], other: tuple[float, float, int]
) -> tuple[float, float, int]:
    weight = one[1] + other[1]
    return (one[0] * one[1] + other[0] * other[1]) / weight, weight, one[2] + other[2]


def _applied(
    raw: Mapping[str, Any], moving: Sequence[Level], move: Floats
) -> tuple[dict[str, Any], Floats]:
    """The file with its levels moved, and how far they could be moved."""
    fitted = copy.deepcopy(dict(raw))
    for level, bits in zip(moving, move.tolist(), strict=True):
        if bits:
            _move(fitted["levels"], level, bits)
    done = [_bits(fitted, *level) - _bits(raw, *level) for level in moving]
    return fitted, np.array(done)


def _move(levels: dict[str, Any], level: Level, bits: float) -> None:
    """Move a level's weight: by u, or by m where u is counted elsewhere or would leave 0 to 1.

    The weight against others of the home, log2(m / home), stays.
    """
    shares = levels[level[0]][level[1]]
    m, u = shares["m"], shares.get("u")
    if u is not None:
        moved = u / 2.0**bits
        shares["u"] = _short(min(1.0, max(_LEAST_U, moved)))
        shares["m"] = _short(min(_MOST_M, m * min(1.0, shares["u"] / moved))) if moved > 1.0 else m
    else:
        shares["m"] = _short(min(max(m, _MOST_M), m * 2.0**bits))
    if "home" in shares and shares["m"] != m:
        shares["home"] = _short(min(1.0, shares["home"] * shares["m"] / m))


def _short(share: float) -> float:
    return float(f"{share:.4g}")


def _calibration(score: Floats, y: Floats) -> Calibration:
    chance = np.array([probability(s) for s in score.tolist()])
    bits = np.clip(score, -100, 100) * _LN2
    bins = []
    error = 0.0
    for low, high in pairwise(_BINS):
        inside = (chance >= low) & ((chance < high) | (high == 1.0))
        if inside.any():
            said, true = float(chance[inside].mean()), float(y[inside].mean())
            count = int(inside.sum())
            bins.append(Bin(low=low, high=high, count=count, said=said, true=true))
            error += abs(said - true) * count / len(y)
    loss = float((np.logaddexp(0.0, bits) - y * bits).mean() / _LN2)
    return Calibration(loss=loss, error=error, bins=tuple(bins))


_ORDER = tuple(band.value for band in Band)


def _band(judged: Judgement, score: float, floors: Mapping[str, float]) -> str:
    """The band at another score; what a guard, a contradiction or a rival held back stays so."""

    def at(bits: float) -> int:
        return next((n for n, b in enumerate(_ORDER[:-1]) if bits >= floors[b]), len(_ORDER) - 1)

    held_back = judged.band in _ORDER and _ORDER.index(judged.band) > at(judged.score)
    return _ORDER[max(at(score), 1)] if held_back else _ORDER[at(score)]
