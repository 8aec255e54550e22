"""Any value of a domain type, every field filled from its annotation; and small handmade ones."""

import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any, TypeVar
from uuid import UUID, uuid5

from hypothesis import strategies as st

from triage.domain.contact import Address, Channel, Child, Contact, ContactState, Content
from triage.domain.decision import DecisionVersion, Delivery, OutboxState, VersionState
from triage.domain.event import NewEvent
from triage.domain.fact import Fact, entered

T = TypeVar("T")

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_SPACE = UUID("7b3f2a52-6a1f-4c59-9a52-0d5b1f3c9e10")

WORDS = st.one_of(st.text(max_size=8), st.sampled_from(["Seán Ŵyn-Óg", "a\x00b", "𝔸 \u2028", "{}"]))
MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - bounds go without zone
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=-5))]),
)


@cache
def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type as the domain writes types: plain ones, enums, unions, dataclasses."""
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: WORDS,
        int: st.integers(-(2**31), 2**31 - 1),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        bytes: st.binary(max_size=20),
        type(None): st.none(),
        UUID: st.uuids(),
        date: st.dates(),
        datetime: MOMENTS,
    }
    if kind in plain:
        return plain[kind]
    if kind is Fact:  # most facts of a contact are not said
        return st.one_of(*[st.just(Fact())] * 12, st.deferred(lambda: _fields(Fact)))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return st.sampled_from(kind)
    if dataclasses.is_dataclass(kind):
        return _fields(kind)
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*map(any_of, inside))
    if origin is Mapping:
        return st.dictionaries(any_of(inside[0]), any_of(inside[1]), max_size=2)
    if origin is frozenset:
        return st.frozensets(any_of(inside[0]), max_size=3)
    if origin is tuple and inside[-1] is Ellipsis:
        return st.lists(any_of(inside[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(any_of, inside))
    raise TypeError(f"No way is known to make a {kind}")


def _fields(kind: Any) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind, include_extras=False)
    return st.builds(kind, **{f.name: any_of(hints[f.name]) for f in dataclasses.fields(kind)})


def number(n: int) -> UUID:
    """The same id for the same number, always."""
    return uuid5(_SPACE, str(n))


def fact(value: str) -> Fact:
    return entered(value, by="rosei", at=NOON) if value else Fact()


def child(
    given: str = "Maya", family: str = "Rowe", dob: str = "2019-03-14", nhs: str = ""
) -> Child:
    return Child(
        key="c1", given=fact(given), family=fact(family), dob=fact(dob), nhs_number=fact(nhs)
    )


def contact(n: int = 1, *children: Child, postcode: str = "", **changes: Any) -> Contact:
    """Contact number `n`, which arrived `n` minutes past noon."""
    made = Contact(
        id=number(n),
        reference=f"C-26-{n:05d}",
        channel=Channel.PHONE,
        state=ContactState.RECEIVED,
        received_at=NOON + timedelta(minutes=n),
        content=Content(
            children=tuple(dataclasses.replace(c, key=f"c{i}") for i, c in enumerate(children)),
            address=Address(postcode=fact(postcode)),
        ),
    )
    return dataclasses.replace(made, **changes)


def version(n: int = 1, *, of: int = 1, **changes: Any) -> DecisionVersion:
    """Version number `n` of contact number `of`."""
    made = DecisionVersion(
        id=number(of * 1000 + n),
        contact_id=number(of),
        number=n,
        state=VersionState.PROPOSED,
        reference=f"C-26-{of:05d}",
        received_at=NOON,
        channel="phone",
        concern="Left alone after school.",
        referrer={},
        address={},
        people=(),
        answers={"rating": "amber"},
        profile="northmere",
        profile_version="2026-09",
        author="rosei",
        author_name="Ruth Osei",
        proposed_at=NOON + timedelta(minutes=n),
    )
    return dataclasses.replace(made, **changes)


def delivery(n: int = 1, *, of: int = 1, **changes: Any) -> Delivery:
    """Delivery number `n`, of version 1 of contact number `of`."""
    made = Delivery(
        id=number(5_000_000 + n),
        decision_id=number(of * 1000 + 1),
        contact_id=number(of),
        idempotency_key=f"key-{n}",
        document=b'{"payload":"\x00\xff"}',
        payload_sha256="0" * 64,
        state=OutboxState.WAITING,
    )
    return dataclasses.replace(made, **changes)


def event(n: int = 1, *, of: int | None = 1, kind: str = "contact.viewed") -> NewEvent:
    return NewEvent(
        kind=kind,
        contact_id=None if of is None else number(of),
        by="rosei",
        at=NOON + timedelta(seconds=n),
        detail={"n": n, "words": "Ŵ ✓ \x00"},
    )
