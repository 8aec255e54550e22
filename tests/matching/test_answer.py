"""A search has one of five answers, and says which fact would settle it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Answer, Index, Person, answer
from tests.matching.people import MAYA, people

BARE = Person(id="q", given="Maya", family="Rowe", dob=MAYA.dob)


def asked(query: Person, *records: Person) -> tuple[Answer, tuple[str, ...]]:
    told = answer(Index.build(records).search(query))
    return told.answer, told.settle


def test_one_record_that_fits_is_a_match_and_nothing_is_open() -> None:
    assert asked(replace(MAYA, id="q"), replace(MAYA, id="1")) == (Answer.MATCH, ())


def test_nobody_alike_is_none() -> None:
    other = Person(id="1", given="Tom", family="Nowak", dob=date(2009, 7, 1), postcode="LS1 1AA")
    assert asked(BARE, other) == (Answer.NONE, ())


def test_two_records_that_fit_alike_are_many_and_what_tells_them_apart_is_named() -> None:
    one = replace(MAYA, id="1", nhs_number=None)
    other = replace(one, id="2", postcode="LS1 1AA", mother="Zofia Nowak", address="3 Quay Rise")
    told, settle = asked(BARE, one, other)
    assert told is Answer.MANY
    assert settle == ("mother", "postcode", "address")


def test_one_person_on_the_books_of_two_sources_is_one_and_not_two_near() -> None:
    held_twice = [replace(MAYA, id=source, source=source) for source in ("social_care", "health")]
    told = answer(Index.build(held_twice).search(replace(MAYA, id="q")))
    assert (told.answer, told.near) == (Answer.MATCH, 1)
    thin = answer(Index.build(held_twice).search(Person(id="q", given="Maya", family="Rowe")))
    assert thin.answer is not Answer.MATCH
    assert thin.near == 1


def test_what_the_query_holds_already_is_not_asked_for() -> None:
    one = replace(MAYA, id="1", nhs_number=None)
    other = replace(one, id="2", postcode="LS1 1AA", mother="Zofia Nowak")
    _, settle = asked(replace(BARE, mother="C"), one, other)
    assert settle == ("postcode",)


def test_twins_are_told_apart_by_a_first_name() -> None:
    one = replace(MAYA, id="1", nhs_number=None)
    query = replace(one, id="q", given=None)
    told, settle = asked(query, one, replace(one, id="2", given="Theo", sex=MAYA.sex))
    assert told in (Answer.POTENTIAL, Answer.LOW)
    assert settle == ("given",)


@pytest.mark.parametrize("size", [10_000])
def test_a_thin_query_is_potential_or_low_and_names_what_would_settle_it(size: int) -> None:
    others = [
        Person(id=f"o{n}", given=f"Given{n % 90}", family=f"Family{n}", postcode="NM1 1AA")
        for n in range(size)
    ]
    told, settle = asked(replace(BARE, dob=None), replace(MAYA, id="1"), *others)
    assert told in (Answer.POTENTIAL, Answer.LOW)
    assert settle[:2] == ("nhs_number", "dob")


@settings(max_examples=40, deadline=None)
@given(people(), st.lists(people(id="x"), max_size=4))
def test_every_search_has_an_answer_in_any_order(query: Person, records: list[Person]) -> None:
    held = [replace(record, id=str(place)) for place, record in enumerate(records)]
    matches = Index.build(held).search(query)
    told, turned = answer(matches), answer(matches[::-1])
    assert told == turned
    assert (told.answer is Answer.NONE) == (told.near == 0)
    assert told.answer is not Answer.MATCH or (told.near, told.settle) == (1, ())
