"""Values to JSON text and back, each kind of value through one adapter made when first used."""

from collections.abc import Hashable
from functools import cache
from types import UnionType
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def dump(kind: type[T] | UnionType, value: T, *, sparse: bool = False) -> str:
    """The value as JSON text; `sparse` leaves out what is as it is by default.

    Most of a contact is not said, and 500 of them are read at once: sparse ones load five times
    as fast. The defaults of those types are then part of what is stored, and never change.
    """
    return _adapter(cast(Hashable, kind)).dump_json(value, exclude_defaults=sparse).decode()


def load(kind: type[T] | UnionType, body: str) -> T:
    """The value that `dump` was given; equal to it in every field."""
    value: T = _adapter(cast(Hashable, kind)).validate_json(body)
    return value
