"""Drafts as JSON between the reading process and the desk. Only plain values cross."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import lru_cache, partial
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


@lru_cache(maxsize=256)
def _reading(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of a type from what JSON held; raises TypeError or ValueError."""
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        one = _reading(next(a for a in typing.get_args(kind) if a is not type(None)))
        return lambda plain: None if plain is None else one(plain)
    if origin is tuple:
        inner = typing.get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            each = _reading(inner[0])
            return lambda plain: tuple(map(each, plain))
        all_of = [_reading(a) for a in inner]
        return lambda plain: tuple(r(one) for r, one in zip(all_of, plain, strict=True))
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _reading_fields(kind)
    if kind is datetime:
        return datetime.fromisoformat
    if kind is float or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind
    return partial(_as_it_is, kind)


def _reading_fields(kind: Callable[..., Any]) -> Callable[[Any], Any]:
    readings = {name: _reading(hint) for name, hint in typing.get_type_hints(kind).items()}

    def read(plain: Any) -> Any:
        if not isinstance(plain, dict):
            raise TypeError(f"{plain!r} is not a {kind}")
        return kind(**{name: readings[name](value) for name, value in plain.items()})

    return read


def _as_it_is(kind: type, plain: Any) -> Any:
    if not isinstance(plain, kind):
        raise TypeError(f"{plain!r} is not a {kind}")
    return plain


def drafts_from(plain: Any) -> tuple[Draft, ...]:
    """Drafts that another process read."""
    return tuple(map(_reading(Draft), plain))
