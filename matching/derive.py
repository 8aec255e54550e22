"""The shipped weights from what they rest on: `priors.toml` in, `weights.json` out.

python -m matching.derive            say whether weights.json is what priors.toml gives
python -m matching.derive --write    write it
python -m matching.derive --explain  every weight in bits, and what it rests on
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matching.errors import WeightsError

PRIORS = Path(__file__).with_name("priors.toml")
SHIPPED = Path(__file__).with_name("weights.json")
_KINDS = ("m", "u", "home")
_BAND_PLACES, _REST_PLACES = 1, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One share of one level; `rests_on` is how it was counted, "" where it was judged."""

    part: str
    level: str
    kind: str
    value: float
    rests_on: str


def derive(priors: Mapping[str, Any]) -> dict[str, Any]:
    """The weights as their file holds them. Raises WeightsError, naming what can't be derived."""
    try:
        figures = tuple(figures_of(priors))
        sections = {section: _section(figures, section) for section in ("levels", "columns")}
        return {
            "format": priors["format"],
            "version": priors["version"],
            "note": priors["note"],
            "bands": {
                band: round(math.log2(p / (1.0 - p)), _BAND_PLACES)
                for band, p in priors["bands"].items()
            },
            "margin": math.log2(priors["margin"]["times"]),
            "household_others": priors["household"]["others"],
            "names": priors["names"],
            **sections,
        }
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as problem:
        raise WeightsError(f"The priors lack or garble {problem}.") from problem


def _section(figures: tuple[Figure, ...], section: str) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, dict[str, dict[str, float]]] = {}
    for f in figures:
        where, part = f.part.split(".")
        if where == section:
            found.setdefault(part, {}).setdefault(f.level, {})[f.kind] = f.value
    return found


def figures_of(priors: Mapping[str, Any]) -> Iterator[Figure]:
    """Every share of every level, in the order of the file, with what it rests on."""
    for section in ("levels", "columns"):
        for part, lists in priors[section].items():
            apart = lists.get("apart", ())
            for kind in _KINDS:
                given = lists.get(kind, {})
                for level, value in given.items():
                    yield Figure(
                        part=f"{section}.{part}",
                        level=level,
                        kind=kind,
                        value=_value(value, given, apart, priors["facts"]),
                        rests_on=value if isinstance(value, str) else "",
                    )


def _value(
    value: float | str, given: Mapping[str, Any], apart: tuple[str, ...], facts: Mapping[str, float]
) -> float:
    if not isinstance(value, str):
        return float(value)
    formula, _, places = (word.strip() for word in value.partition("~"))
    if formula == "rest":
        others = [
            _value(other, given, apart, facts)
            for level, other in given.items()
            if level not in apart and not str(other).startswith("rest")
        ]
        return round(1.0 - math.fsum(others), int(places or _REST_PLACES))
    words = [word.strip() for word in formula.split("/")]
    first, *divisors = (facts.get(word) or float(word) for word in words)
    share = first / math.prod(divisors)
    return float(f"{share:.{int(places) - 1}e}") if places else share


def text_of(weights: Mapping[str, Any]) -> str:
    """The file's text: a line for each level, so that a change of one is a change of one line."""
    lines = []
    for name, value in weights.items():
        if name not in ("levels", "columns", "names"):
            lines.append(f"  {json.dumps(name)}: {json.dumps(value)}")
            continue
        parts = [f"    {json.dumps(part)}: {_lines(levels)}" for part, levels in value.items()]
        lines.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(parts) + "\n  }")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _lines(levels: Mapping[str, Any]) -> str:
    if not any(isinstance(shares, Mapping) for shares in levels.values()):
        return json.dumps(levels)
    rows = [f"      {json.dumps(level)}: {json.dumps(shares)}" for level, shares in levels.items()]
    return "{\n" + ",\n".join(rows) + "\n    }"


def read_priors(path: Path = PRIORS) -> dict[str, Any]:
    """The priors as written. Raises WeightsError where they can't be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise WeightsError(f"The priors at {path} can't be read: {problem}.") from problem


def explained(priors: Mapping[str, Any]) -> Iterator[str]:
    """A line a level with its weight in bits; last, how many shares are counted and judged."""
    figures = tuple(figures_of(priors))
    by_level: dict[tuple[str, str], dict[str, Figure]] = {}
    for f in figures:
        by_level.setdefault((f.part, f.level), {})[f.kind] = f
    for (part, level), kinds in by_level.items():
        m, u = kinds["m"], kinds.get("u")
        bits = f"{math.log2(m.value / u.value):+6.2f}" if u else "  name"
        shares = "  ".join(f"{k} {f.value:g} ({f.rests_on or 'judged'})" for k, f in kinds.items())
        yield f"{bits}  {part}, {level}: {shares}"
    counted = sum(bool(f.rests_on) for f in figures)
    yield (
        f"{len(figures)} shares: {counted} counted, {len(figures) - counted} judged. "
        "Bands, margin, household and bounds of names are judged too. "
        '"name": the share of the name itself, counted in the index that is searched.'
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 where weights.json is not what the priors give."""
    parser = argparse.ArgumentParser(prog="python -m matching.derive", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write weights.json")
    parser.add_argument("--explain", action="store_true", help="say what each weight rests on")
    asked = parser.parse_args(arguments)
    priors = read_priors()
    text = text_of(derive(priors))
    if asked.explain:
        sys.stdout.write("\n".join(explained(priors)) + "\n")
    if asked.write:
        SHIPPED.write_text(text, encoding="utf-8", newline="\n")
    same = SHIPPED.read_bytes() == text.encode()
    words = "is, byte for byte, what" if same else "is NOT what"
    sys.stdout.write(f"weights.json {words} priors.toml gives.\n")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
