"""What is typed during a call, as facts: nothing is guessed and nothing is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factory
from triage.domain.fact import Unknown
from ui.newcontact.typed import Typist, born_on, is_nameless, names_of, quotes


@given(st.dates(min_value=date(1940, 1, 1), max_value=date(2026, 11, 24)))
def test_a_date_as_people_write_it_is_read_day_first(day: date) -> None:
    today = date(2026, 11, 24)
    for words in (f"{day:%d/%m/%Y}", f"{day.day} {day:%B} {day.year}", day.isoformat()):
        assert born_on(words, today) == day


@pytest.mark.parametrize("words", ["9", "about 5", "under 1", "", "May 2019", "31/02/2019"])
def test_an_age_or_half_a_date_is_never_a_birth_date(words: str) -> None:
    assert born_on(words, date(2026, 11, 24)) is None


@given(st.text(min_size=1, max_size=40))
def test_names_lose_no_letters(words: str) -> None:
    assert " ".join(n for n in names_of(words) if n) == " ".join(words.split())


def test_a_nameless_baby_is_not_called_baby() -> None:
    assert is_nameless("Baby, name not known")
    assert is_nameless("unborn")
    assert not is_nameless("Babs Holt")


def test_only_whole_quotations_are_a_childs_words() -> None:
    words = "She said “There's only Noah's bed” and 'he is cross' too"
    assert [words[a:b] for a, b in quotes(words)] == ["“There's only Noah's bed”", "'he is cross'"]


def test_an_empty_box_is_not_said_and_not_asked_says_so() -> None:
    typist = Typist("rosei", factory.NOW)
    assert typist.fact(None, "  ").unknown is Unknown.NOT_SAID
    asked = typist.answer(None, "not_asked")
    assert asked.unknown is Unknown.NOT_ASKED
    assert asked.by == "rosei"


def test_the_same_words_again_are_the_same_fact() -> None:
    first = Typist("rosei", factory.NOW).fact(None, "Helen Marchetti")
    later = Typist("tbell", factory.NOW + timedelta(minutes=5))
    assert later.fact(first, "Helen  Marchetti ") is first
