"""Drafts as JSON between the reading process and the desk. Only plain values cross."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any

from triage.domain.draft import Draft


def as_plain(value: Any) -> Any:
    """A value as what JSON can hold."""
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: as_plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if getattr(value, field.name) != _default(field)
        }
    if isinstance(value, tuple | list):
        return [as_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default if field.default is not dataclasses.MISSING else dataclasses.MISSING


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def from_plain(kind: Any, plain: Any) -> Any:
    """A value of a type from what JSON held. Raises TypeError or ValueError when it is not one."""
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        if plain is None:
            return None
        return from_plain(next(a for a in typing.get_args(kind) if a is not type(None)), plain)
    if origin is tuple:
        inner = typing.get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(from_plain(inner[0], one) for one in plain)
        return tuple(from_plain(a, one) for a, one in zip(inner, plain, strict=True))
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: from_plain(hints[name], value) for name, value in plain.items()})
    if kind is datetime:
        return datetime.fromisoformat(plain)
    if kind is float:
        return float(plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if not isinstance(plain, kind):
        raise TypeError(f"{plain!r} is not a {kind}")
    return plain


def drafts_from(plain: Any) -> tuple[Draft, ...]:
    """Drafts that another process read."""
    return tuple(from_plain(Draft, one) for one in plain)
