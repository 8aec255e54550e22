"""A search said in a few words is read in any order, and never makes the box fail."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.spoken import understand

TODAY = date(2026, 11, 23)
SAID = ("Maya", "~6", "mum Kelly", "NM3", "14/3/19", "9990142270", "C-26-00412", "01632 960214")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Maya", "Name Maya"),
        ("maya ~6 mum kelly LS12", "Name maya · about 6 · mother kelly · "
         "postcode LS12"),
        ("999 014 2270", "NHS number 9990142270"),
        ("Rowe 14/3/19", "Name Rowe · born 14 Mar 2019"),
        ("C-26-00412", "Reference C-26-00412"),
        ("Rowe, Maya", "Name Maya Rowe"),
        ("nm3 4qt", "Postcode NM3 4QT"),
        ("Maya Brookfold Primary", "Name Maya · school Brookfold Primary"),
        ("Maya 31/02/2019", "Name Maya · born 31/02/2019"),
        ("8 months Rowe", "Name Rowe · 8 months old"),
        ("Maya year 3", "Name Maya · school year 3"),
        ("unborn Rowe due 14/3/27", "Name Rowe · due 14/3/27"),
        ("mother's name is Kelly", "Mother Kelly"),
        ("born in 2019 Rowe", "Name Rowe · born 2019"),
        ("999 014 2276", "NHS number 9990142276, which is not a valid one"),
        ("St Mary's Primary", "School St Mary's Primary"),
        ("Rowe 01/01/0000", "Name Rowe"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_was_typed_is_said_back(typed: str, words: str) -> None:
    assert understand(typed, TODAY).words() == words


@given(st.permutations(SAID), st.integers(1, len(SAID)))
def test_the_order_of_what_is_said_never_matters(said: list[str], many: int) -> None:
    some = said[:many]
    one, other = (understand(" ".join(x), TODAY) for x in (some, sorted(some)))
    assert replace(one, plain="") == replace(other, plain="")


@given(st.text())
def test_no_text_makes_the_box_fail(text: str) -> None:
    query = understand(text, TODAY)
    query.words()
    query.people()


def test_a_lone_name_may_be_either_name() -> None:
    first, second = understand("Maya", TODAY).people()
    assert (first.given, second.family) == ("Maya", "Maya")
