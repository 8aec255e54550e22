"""The words for a comparison: level, the parts it rests on, and what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Level(StrEnum):
    """How two facts compare, as the screen shows it."""

    SAME = "same"
    CLOSE = "close"
    DIFFERENT = "different"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One compared part of a field at its level; `token` is a name whose rarity counts."""

    part: str
    level: str
    token: str | None = None
    width: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One field compared: level, words for it, and the parts that carry the weight."""

    field: str
    level: Level
    detail: str
    parts: tuple[Part, ...] = ()


@lru_cache(maxsize=64)
def missing(field: str, detail: str = "missing") -> Comparison:
    """A field that one side or both lack; it carries no weight."""
    return Comparison(field=field, level=Level.MISSING, detail=detail)


@lru_cache(maxsize=4096)
def single(field: str, level: Level, name: str, *, width: float = 1.0) -> Comparison:
    """A field whose weight rests on one part of the same name."""
    return Comparison(
        field=field,
        level=level,
        detail=name,
        parts=(Part(part=field, level=name, width=width),),
    )
