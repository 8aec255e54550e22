"""PINs that are tried first are not taken."""

import pytest

from triage.domain.pin import why_guessable


@pytest.mark.parametrize(
    ("pin", "words"),
    [
        ("", "needs 4"),
        ("739", "needs 4"),
        ("1111", "again and again"),
        ("11111", "again and again"),
        ("aaaa", "again and again"),
        ("4747", "again and again"),
        ("474747", "again and again"),
        ("1234", "in a row"),
        ("8765", "in a row"),
        ("cdef", "in a row"),
        ("2580", "in a row"),
        ("0852", "in a row"),
        ("147258", "in a row"),
        ("1470", "in a row"),
        ("1984", "A year or a date"),
        ("2011", "A year or a date"),
        ("231185", "A year or a date"),
        ("112385", "A year or a date"),
        ("851123", "A year or a date"),
        ("11231985", "A year or a date"),
        ("19000101", "A year or a date"),
        ("31122099", "A year or a date"),
        ("23111985", "A year or a date"),
        ("19851123", "A year or a date"),
        ("ruth", "Your name"),
        ("Osei", "Your name"),
        ("ROSEI", "Your name"),
        ("ruth osei", "Your name"),
    ],
)
def test_pin_that_is_tried_first_is_told_why_it_is_not_taken(pin: str, words: str) -> None:
    assert words in why_guessable(pin, "rosei", "Ruth Osei")


@pytest.mark.parametrize(
    "pin",
    [
        *("8391", "1346", "3017", "739468", "99131442", "lorry7", "4744"),
        "19ab",  # no year
        "198345",
        "74747",  # an odd one out
        "13579",  # in steps of two
        "21000101",  # nobody's day
        "18991231",
        "851x23",
    ],
)
def test_any_other_is_taken(pin: str) -> None:
    assert why_guessable(pin, "rosei", "Ruth Osei", "") == ""
