"""Match weights: how far each comparison level speaks for or against one person.

A weight is log2(m / u) bits, after Fellegi and Sunter (1969). Beside the weight against
people at random stands one against other members of the same household, for the facts
that tell brothers and sisters apart; `home` in the file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from matching.errors import WeightsError

FORMAT = 1
ALL_PARTS = (
    "given", "middle", "family", "arrangement", "dob", "sex", "nhs_number", "upn", "address",
    "postcode", "phone", "mother", "siblings", "school", "gp",
)  # fmt: skip


class Frequencies(Protocol):
    """How common a name is among the records searched."""

    def share(self, role: str, token: str, usual: float, trust: float) -> float:
        """Share of people whose `role` ("given" or "family") name is `token`, smoothed
        towards `usual` with the strength of `trust` people."""
        ...

    def known(self, token: str) -> bool:
        """True when several records bear the name, so it is a name and not a slip."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NameShares:
    """Bounds for how rare or common a name may count as, and how far counts are trusted."""

    usual: float
    least: float
    most: float
    trust: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bits:
    """One level's weight against people at random, and against the same household."""

    random: float
    home: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A version of the weights. `bands` maps band names to their lowest log2 odds.

    `columns` holds the priors from which batch linkage learns (see `estimate`).
    """

    version: str
    bands: Mapping[str, float]
    margin: float
    household_others: float
    names: Mapping[str, NameShares]
    levels: Mapping[str, Mapping[str, Mapping[str, float]]]
    fixed: Mapping[str, Mapping[str, Bits]]
    columns: Mapping[str, Mapping[str, Mapping[str, float]]]

    def bits(
        self,
        part: str,
        level: str,
        *,
        token: str | None = None,
        width: float = 1.0,
        frequencies: Frequencies | None = None,
    ) -> Bits:
        """The weight of one compared part at one level.

        `token` is the agreeing name, whose rarity counts; `width` the number of years that
        an age range spans.
        """
        if token is not None and part in self.names:
            return self._name_bits(part, level, token, frequencies)
        if level == "age fits":
            m = self.levels[part][level]["m"]
            # Children of the register spread over about twenty birth years.
            random = math.log2(m / min(0.85, max(0.05, width / 20.0)))
            return Bits(random=random, home=random)
        return self.fixed[part][level]

    def _name_bits(
        self, part: str, level: str, token: str, frequencies: Frequencies | None
    ) -> Bits:
        bounds = self.names[part]
        share = bounds.usual
        if frequencies is not None:
            share = frequencies.share(part, token, bounds.usual, bounds.trust)
        share = min(bounds.most, max(bounds.least, share))
        fixed = self.fixed[part][level]
        return Bits(random=math.log2(self.levels[part][level]["m"] / share), home=fixed.home)


def _number(where: str, value: Any, *, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WeightsError(f"{where} has to be a number, but is {value!r}.")
    if not 0 < value <= most or not math.isfinite(value):
        raise WeightsError(f"{where} has to lie above 0 and at most {most:g}, but is {value!r}.")
    return float(value)


def _levels(raw: Any) -> dict[str, dict[str, dict[str, float]]]:
    missing = [part for part in ALL_PARTS if part not in raw]
    if missing:
        raise WeightsError(f"The weights lack the levels of {', '.join(missing)}.")
    return {
        part: {
            level: {
                key: _number(f"levels.{part}.{level}.{key}", value, most=1.0)
                for key, value in shares.items()
            }
            for level, shares in raw[part].items()
        }
        for part in ALL_PARTS
    }


def _fixed(
    levels: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> dict[str, dict[str, Bits]]:
    fixed: dict[str, dict[str, Bits]] = {}
    for part, by_level in levels.items():
        fixed[part] = {}
        for level, shares in by_level.items():
            m = shares["m"]
            fixed[part][level] = Bits(
                random=math.log2(m / shares["u"]) if "u" in shares else 0.0,
                home=math.log2(m / shares["home"]) if "home" in shares else 0.0,
            )
    return fixed


def read_weights(path: Path) -> Weights:
    """Read a weights file. Raises WeightsError, naming the entry that is missing or wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise WeightsError(f"The weights at {path} can't be read: {problem}.") from problem
    return parse_weights(text, f"The weights at {path}")


def parse_weights(text: str, called: str = "The weights") -> Weights:
    """The weights that a file holds; `called` names it. Raises WeightsError as `read_weights`."""
    try:
        raw = json.loads(text)
    except ValueError as problem:
        raise WeightsError(f"{called} can't be read: {problem}.") from problem
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise WeightsError(f"{called} are not of format {FORMAT}, the one this version reads.")
    try:
        levels = _levels(raw["levels"])
        return Weights(
            version=str(raw["version"]),
            bands={str(k): float(v) for k, v in raw["bands"].items()},
            margin=_number("margin", raw["margin"], most=64.0),
            household_others=_number("household_others", raw["household_others"], most=64.0),
            names={
                role: NameShares(
                    usual=_number(f"names.{role}.usual", bounds["usual"], most=1.0),
                    least=_number(f"names.{role}.least", bounds["least"], most=1.0),
                    most=_number(f"names.{role}.most", bounds["most"], most=1.0),
                    trust=_number(f"names.{role}.trust", bounds["trust"], most=1e9),
                )
                for role, bounds in raw["names"].items()
            },
            levels=levels,
            fixed=_fixed(levels),
            columns={
                kind: {
                    level: {
                        key: _number(f"columns.{kind}.{level}.{key}", value, most=1.0)
                        for key, value in shares.items()
                    }
                    for level, shares in by_level.items()
                }
                for kind, by_level in raw["columns"].items()
            },
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise WeightsError(f"{called} lack the entry {problem}.") from problem


@lru_cache(maxsize=4)
def own_weights(text: str) -> Weights:
    """A hub's own weights from their file's text; "" stands for the shipped ones.

    Raises WeightsError where they can't be used, also where they were fitted to other levels than
    this version compares.
    """
    shipped = shipped_weights()
    if not text:
        return shipped
    weights = parse_weights(text, "The hub's own weights")
    if any(set(levels) != set(weights.levels[part]) for part, levels in shipped.levels.items()):
        raise WeightsError(
            "The hub's own weights were fitted to other levels than this version compares."
        )
    return weights


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights that come with the package, read once."""
    return read_weights(Path(__file__).with_name("weights.json"))
