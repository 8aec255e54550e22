"""Facts of a contact by path: "concern", "address.line", "children.c1.dob", "child_words.0".

A path names a fact for changing, marking and choosing, and for telling which two desks met.
A list of facts takes an index, or "+" for a new one at its end.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import TypeVar, cast
from uuid import UUID

from triage.domain.contact import Address, Adult, Child, Content, Referrer
from triage.domain.errors import NotFoundError
from triage.domain.fact import Fact

_LISTS = ("child_words", "raises_risk", "lowers_risk", "other")
_SINGLE = ("address", "referrer")
_PEOPLE = ("children", "adults")
_Owner = TypeVar("_Owner", bound=Content | Child | Adult | Address | Referrer)


def _missing(path: str) -> NotFoundError:
    return NotFoundError(
        f"There is no field “{path}” in this contact any more. Nothing was changed. "
        "Open the contact again."
    )


def _person(content: Content, group: str, key: str) -> Child | Adult | None:
    people: tuple[Child | Adult, ...] = getattr(content, group)
    return next((p for p in people if p.key == key), None)


def fact_at(content: Content, path: str) -> Fact | None:
    """The fact at the path; None where the person or line it names is not there (yet).

    Raises NotFoundError for a path that no contact has.
    """
    head, *rest = path.split(".")
    if head in _PEOPLE and len(rest) >= 2:
        person = _person(content, head, rest[0])
        if person is None:
            return None
        return _attribute(person, rest[1:], path)
    if head in _SINGLE and len(rest) == 1:
        return _attribute(getattr(content, head), rest, path)
    if head in _LISTS and len(rest) == 1:
        facts: tuple[Fact, ...] = getattr(content, head)
        if rest[0] == "+":
            return None
        place = _index(rest[0], path)
        return facts[place] if place < len(facts) else None
    if not rest:
        return _attribute(content, [head], path)
    raise _missing(path)


def _index(text: str, path: str) -> int:
    if not text.isdigit():
        raise _missing(path)
    return int(text)


def _attribute(owner: object, names: list[str], path: str) -> Fact | None:
    value = getattr(owner, names[0], None)
    if names[0] == "aliases" and len(names) == 2 and isinstance(value, tuple):
        if names[1] == "+":
            return None
        place = _index(names[1], path)
        return value[place] if place < len(value) else None
    if len(names) != 1 or not isinstance(value, Fact):
        raise _missing(path)
    return value


def _put(facts: tuple[Fact, ...], where: str, fact: Fact, path: str) -> tuple[Fact, ...]:
    if where == "+":
        return (*facts, fact)
    place = _index(where, path)
    if place > len(facts):
        raise _missing(path)
    return (*facts[:place], fact, *facts[place + 1 :])


def with_fact(content: Content, path: str, fact: Fact) -> Content:
    """The content with that one fact changed. Raises NotFoundError for an unknown path."""
    head, *rest = path.split(".")
    fact_at(content, path)
    if head in _PEOPLE:
        person = _person(content, head, rest[0])
        if person is None:
            raise _missing(path)
        changed: Child | Adult
        if rest[1] == "aliases" and isinstance(person, Child):
            changed = replace(person, aliases=_put(person.aliases, rest[2], fact, path))
        else:
            changed = _with(person, rest[1], fact)
        people = tuple(
            changed if p.key == rest[0] else p
            for p in cast("tuple[Child | Adult, ...]", getattr(content, head))
        )
        return _with(content, head, people)
    if head in _SINGLE:
        owner: Address | Referrer = getattr(content, head)
        return _with(content, head, _with(owner, rest[0], fact))
    if head in _LISTS:
        return _with(content, head, _put(getattr(content, head), rest[0], fact, path))
    return _with(content, head, fact)


def _with(owner: _Owner, name: str, value: object) -> _Owner:
    return replace(owner, **{name: value})  # type: ignore[arg-type]  # the name was checked


def facts_of(content: Content) -> Iterator[tuple[str, Fact]]:
    """Every fact with its path, in the order of a form."""
    for field in fields(content):
        value = getattr(content, field.name)
        if isinstance(value, Fact):
            yield field.name, value
        elif field.name in _SINGLE:
            yield from _owned(field.name, value)
        elif field.name in _PEOPLE:
            for person in value:
                yield from _owned(f"{field.name}.{person.key}", person)
        elif field.name in _LISTS:
            for place, fact in enumerate(value):
                yield f"{field.name}.{place}", fact


def _owned(path: str, owner: Address | Referrer | Child | Adult) -> Iterator[tuple[str, Fact]]:
    for field in fields(owner):
        value = getattr(owner, field.name)
        if isinstance(value, Fact):
            yield f"{path}.{field.name}", value
        elif field.name == "aliases":
            for place, fact in enumerate(value):
                yield f"{path}.aliases.{place}", fact


def next_key(letter: str, taken: tuple[Child | Adult, ...]) -> str:
    """The next free key of a person: "c3" after c1 and c2; a key is never used twice."""
    numbers = (p.key[1:].partition("-")[0] for p in taken)
    return f"{letter}{max((int(n) for n in numbers if n.isdigit()), default=0) + 1}"


def own_key(letter: str, taken: tuple[Child | Adult, ...], id: UUID) -> str:
    """A key for a person who is added while others may be adding too: "c3-9f04e1b2". What is
    said of them meanwhile by that key can be nobody else's."""
    return f"{next_key(letter, taken)}-{id.hex[-8:]}"
