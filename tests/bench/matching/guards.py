"""Twins, siblings, namesakes and parent and child of one name: none may be "Very likely".

Each question is about a person who is not in the index, while the other one is.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from matching import Band, Index, Person, Sex
from tests.bench.matching.crowd import Crowd, crowd

UNKNOWN = Sex.UNKNOWN
_SIZE = 20_000
_EACH = 400


def _homes(people: Crowd) -> Iterator[tuple[Person, Person]]:
    """Two people of one home, one home after another."""
    home = people.household
    for row in range(1, len(people)):
        if home[row] == home[row - 1] and (row < 2 or home[row - 2] != home[row]):
            yield people.person(row - 1), people.person(row)


def _twin(one: Person, other: Person) -> Person:
    return replace(one, given=other.given, sex=other.sex, nhs_number=None)


def _sibling(one: Person, other: Person) -> Person:
    return replace(other, nhs_number=None, family=one.family, postcode=one.postcode)


def _parent(one: Person, other: Person) -> Person:
    born = one.dob
    older = born.replace(year=born.year - 27, day=min(28, born.day)) if born else None
    return replace(one, dob=older, nhs_number=None, school=None, mother=None)


def _namesake(one: Person, other: Person) -> Person:
    return replace(
        one, dob=other.dob, postcode=None, address=None, phone=None, mother=None, nhs_number=None,
        school=None, gp=None,
    )  # fmt: skip


def measured(seed: int) -> list[tuple[str, int, int]]:
    """Kind of pair, how many were asked, and how many were called very likely."""
    people = crowd(_SIZE, seed)
    makers: dict[str, Callable[[Person, Person], Person]] = {
        "twins": _twin,
        "siblings": _sibling,
        "parent and child of one name": _parent,
        "namesakes": _namesake,
    }
    pairs = [
        (one, other)
        for one, other in _homes(people)
        if one.given != other.given and one.dob != other.dob and one.dob and other.dob
    ]
    random.Random(seed).shuffle(pairs)
    index = Index.build([one for one, _ in pairs])
    found = []
    for name, make in makers.items():
        asked = [(one, make(one, other)) for one, other in pairs[:_EACH]]
        wrong = sum(
            match.band is Band.VERY_LIKELY and match.record.id == one.id
            for one, question in asked
            for match in index.search(replace(question, id="question", source="question"), k=3)
        )
        found.append((name, len(asked), wrong))
    return found
