"""Values to JSON text and back, each kind of value through one adapter made when first used."""

from collections.abc import Hashable
from functools import cache
from types import UnionType
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def dump(kind: type[T] | UnionType, value: T, *, sparse: bool = False) -> str:
    """The value as JSON text; `sparse` leaves out what is as it is by default.

    Most of a contact is not said, and 500 of them are read at once: sparse ones load five times
    as fast. The defaults of those types are then part of what is stored, and never change.
    Half a letter, which neither JSON nor a store can hold, becomes the sign "?".
    """
    adapter = _adapter(cast(Hashable, kind))
    try:
        return adapter.dump_json(value, exclude_defaults=sparse).decode()
    except PydanticSerializationError:
        told = adapter.dump_python(value, mode="python", exclude_defaults=sparse)
        whole = adapter.dump_json(adapter.validate_python(_whole(told)), exclude_defaults=sparse)
        return whole.decode()


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_whole(inner) for inner in value)
    return value


def load(kind: type[T] | UnionType, body: str) -> T:
    """The value that `dump` was given; equal to it in every field."""
    value: T = _adapter(cast(Hashable, kind)).validate_json(body)
    return value
