"""Each field falls on the comparison level that its two values earn."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from matching import Level, Person, Sex, shipped_weights
from matching.comparison import FIELDS, compare, date_level
from matching.levels import Comparison
from matching.name_comparison import NameComparer, name_level
from matching.person import prepare
from tests.matching.people import TODAY, people

NAMES = NameComparer(shipped_weights())


def compared(left: Person, right: Person) -> dict[str, Comparison]:
    return {c.field: c for c in compare(prepare(left), prepare(right), NAMES)}


def dob(left: Person, right: Person) -> str:
    return compared(left, right)["dob"].detail


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("maya", "maya", "same"),
        ("maggie", "margaret", "known variant"),
        ("muhammad", "mohamed", "known variant"),
        ("niamh", "neve", "known variant"),
        ("oliver", "oliwer", "one edit"),
        ("oliver", "olvier", "one edit"),
        ("rowe", "row", "begins with"),
        ("may", "mayowa", "begins with"),
        ("ali", "ala", "other"),
        ("christopher", "christofer", "very similar"),
        ("m", "maya", "initial"),
        ("m", "m", "initial"),
        ("m", "zoe", "other"),
        ("george", "priya", "other"),
    ],
)
def test_names_fall_on_their_level_in_either_order(left: str, right: str, level: str) -> None:
    assert name_level(left, right) == name_level(right, left) == level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        (date(2019, 3, 14), date(2019, 3, 14), "same"),
        (date(2019, 1, 1), date(2019, 1, 1), "both 1 January"),
        (date(2019, 3, 4), date(2019, 4, 3), "day and month swapped"),
        (date(2019, 3, 14), date(2019, 3, 15), "one digit"),
        (date(2019, 3, 14), date(2018, 3, 14), "one digit"),
        (date(2019, 3, 12), date(2019, 3, 21), "one digit"),
        (date(2019, 1, 1), date(2019, 5, 23), "1 January of the year"),
        (date(2019, 3, 14), date(2019, 3, 28), "two of three parts"),
        (date(2019, 3, 14), date(2019, 7, 28), "same year"),
        (date(2019, 3, 14), date(2011, 7, 28), "other"),
        (date(1, 3, 14), date(9999, 7, 28), "other"),
    ],
)
def test_birth_dates_fall_on_their_level_in_either_order(
    left: date, right: date, level: str
) -> None:
    assert date_level(left, right) == date_level(right, left) == level


def person(**facts: object) -> Person:
    return Person(id="1", **facts)  # type: ignore[arg-type]  # facts of one test each


SAME, CLOSE, DIFFERENT, MISSING = Level.SAME, Level.CLOSE, Level.DIFFERENT, Level.MISSING


@pytest.mark.parametrize(
    ("field", "left", "right", "level", "detail"),
    [
        ("name", {"given": "Maya", "family": "Rowe"}, {"given": "Maya", "family": "Rowe"}, SAME,
         "given name: same, family name: same"),
        ("name", {"given": "Maya", "family": "Rowe"}, {"given": "Rowe", "family": "Maya"}, CLOSE,
         "given name: same, family name: same, names swapped"),
        ("name", {"given": "Maya Grace", "family": "Rowe"}, {"given": "Maya", "family": "Rowe"},
         CLOSE, "given name: same, middle name on one side only, family name: same"),
        ("name", {"given": "Grace", "family": "Rowe"}, {"given": "Maya Grace", "family": "Rowe"},
         CLOSE, "given name: middle name, family name: same"),
        ("name", {"given": "Ann", "family": "Smith"}, {"given": "Ann", "family": "Smith-Jones"},
         CLOSE, "given name: same, family name: part"),
        ("name", {"given": "Mary Jane", "family": "Ng"}, {"given": "Maryjane", "family": "Ng"},
         SAME, "given name: same, family name: same"),
        ("name", {"given": "Maya Rowe"}, {"given": "Maya", "family": "Rowe"}, SAME,
         "given name: same, family name: same"),
        ("name", {"given": "Maya", "family": "Khan"},
         {"given": "Maya", "family": "Rowe", "aliases": ("Maya Khan",)}, CLOSE,
         "given name: same, family name: same, by another name"),
        ("name", {"given": "Maya", "family": "Khan"},
         {"given": "Maya", "family": "Rowe", "mother": "Sana Khan"}, CLOSE,
         "given name: same, family name: mother's name"),
        ("name", {"given": "Maya"}, {"given": "Maya", "family": "Rowe"}, CLOSE,
         "given name: same"),
        ("name", {"given": "Tom", "family": "Rowe"}, {"given": "Maya", "family": "Rowe"},
         DIFFERENT, "given name: other, family name: same"),
        ("name", {"given": "Baby", "family": "Rowe"}, {"given": "Maya", "family": "Rowe"}, CLOSE,
         "family name: same"),
        ("name", {"given": "Baby"}, {"given": "Maya", "family": "Rowe"}, MISSING, "missing"),
        ("dob", {"age": (6, 7), "age_as_of": TODAY}, {"dob": date(2019, 12, 14)}, CLOSE,
         "age fits"),
        ("dob", {"age": (6, 6), "age_as_of": TODAY}, {"dob": date(2019, 3, 14)}, CLOSE,
         "age a year out"),
        ("dob", {"age": (6, 7), "age_as_of": TODAY}, {"dob": date(2009, 3, 14)}, DIFFERENT,
         "other"),
        ("dob", {"age": (6, 7)}, {"dob": date(2019, 12, 14)}, MISSING, "missing"),
        ("dob", {"age": (6, 7), "age_as_of": TODAY}, {"age": (7, 8), "age_as_of": TODAY}, CLOSE,
         "age fits"),
        ("dob", {"dob_text": "March 2019"}, {"dob": date(2019, 3, 14)}, CLOSE,
         "same month and year"),
        ("dob", {"dob_text": "14/3/2019"}, {"dob": date(2019, 3, 14)}, SAME, "same"),
        ("dob", {"dob_text": "2019"}, {"dob": date(2019, 3, 14)}, CLOSE, "same year known"),
        ("dob", {"dob_text": "2018"}, {"dob": date(2019, 3, 14)}, DIFFERENT, "other"),
        ("dob", {"dob_text": "not known"}, {"dob": date(2019, 3, 14)}, MISSING, "missing"),
        ("sex", {"sex": Sex.FEMALE}, {"sex": Sex.MALE}, DIFFERENT, "other"),
        ("sex", {"sex": Sex.UNKNOWN}, {"sex": Sex.MALE}, MISSING, "missing"),
        ("nhs_number", {"nhs_number": "999 014 2270"}, {"nhs_number": "9990142270"}, SAME,
         "same"),
        ("nhs_number", {"nhs_number": "9990142270"}, {"nhs_number": "9990000018"},
         DIFFERENT, "other"),
        ("nhs_number", {"nhs_number": "9990142270"}, {"nhs_number": "123"}, MISSING,
         "not a valid number"),
        ("nhs_number", {"nhs_number": "9990142277"}, {"nhs_number": "9990142277"}, CLOSE,
         "same, not valid"),
        ("nhs_number", {"nhs_number": "9990142270"}, {"nhs_number": "9990142277"}, CLOSE,
         "one edit"),
        ("upn", {"upn": "A123456789012"}, {"upn": "a1234-5678-9012"}, SAME, "same"),
        ("postcode", {"postcode": "NM3 4QT"}, {"postcode": "nm34qt"}, SAME, "same"),
        ("postcode", {"postcode": "NM3 4QT"}, {"postcode": "NM3 4QR"}, CLOSE, "one edit"),
        ("postcode", {"postcode": "NM3 4QT"}, {"postcode": "NM3 1AB"}, CLOSE, "same district"),
        ("postcode", {"postcode": "NM3"}, {"postcode": "NM3 4QT"}, CLOSE, "district given"),
        ("postcode", {"postcode": "NM3 4QT"}, {"postcode": "NM9 1AB"}, DIFFERENT, "same area"),
        ("postcode", {"postcode": "NM3 4QT"}, {"postcode": "LS1 1AB"}, DIFFERENT, "other"),
        ("address", {"address": "14 Larch Court"}, {"address": "Flat 14, Larch Ct"}, SAME,
         "same"),
        ("address", {"address": "14 Larch Court"}, {"address": "16 Larch Court"}, CLOSE, "close"),
        ("address", {"address": "14 Larch Court"}, {"address": "3 Quay Rise"}, DIFFERENT,
         "other"),
        ("phone", {"phone": "01632 960214"}, {"phone": "+44 1632 960 214"}, SAME, "same"),
        ("phone", {"phone": "01632 960214"}, {"phone": "01632 960215"}, CLOSE, "one edit"),
        ("phone", {"phone": "01632 960214"}, {"phone": "07700 900123"}, DIFFERENT, "other"),
        ("mother", {"mother": "Carla Rowe"}, {"mother": "Rowe, Carla"}, SAME, "same"),
        ("mother", {"mother": "Carla Rowe"}, {"mother": "C. Rowe"}, CLOSE, "initial"),
        ("mother", {"mother": "Carla Rowe"}, {"mother": "Carla Khan"}, CLOSE, "given name same"),
        ("mother", {"mother": "Carla Rowe"}, {"mother": "Anna Rowley"}, DIFFERENT, "other"),
        ("siblings", {"siblings": ("Theo Rowe",)}, {"siblings": ("Theo Rowe, 2 Aug 2023",)},
         SAME, "one the same"),
        ("siblings", {"siblings": ("Theo", "Zoë")}, {"siblings": ("Theo", "Tom")}, CLOSE,
         "one the same"),
        ("siblings", {"siblings": ("Theo",)}, {"siblings": ("Tom",)}, DIFFERENT, "other"),
        ("school", {"school": "Brookfold Primary"}, {"school": "Brookfold Primary School"}, SAME,
         "same"),
        ("gp", {"gp": "Larch Street Surgery"}, {"gp": "Quay Surgery"}, DIFFERENT, "other"),
    ],
)  # fmt: skip
def test_each_field_falls_on_its_level(
    field: str, left: dict[str, object], right: dict[str, object], level: Level, detail: str
) -> None:
    found = compared(person(**left), person(**right))[field]
    assert (found.level, found.detail) == (level, detail)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("31/02/2019", "31.2.2019", "same as written"),
        ("13/13/2019", "13/13/2019", "same as written"),
        ("31/02/2019", "31/03/2019", "one digit"),
        ("31/02/2019", "30/02/2019", "same month and year"),
        ("13/13/2019", "24/05/2019", "same year known"),
        ("00/00/2019", "00/00/2019", "same year known"),
        ("99/99/9999", "99/99/9999", "missing"),
        ("n/k", "n/k", "missing"),
    ],
)
def test_a_day_that_is_not_in_the_calendar_compares_as_the_text_it_is(
    left: str, right: str, level: str
) -> None:
    for one, other in ((left, right), (right, left)):
        assert dob(Person(id="1", dob_text=one), Person(id="2", dob_text=other)) == level


def test_an_impossible_day_is_held_beside_a_real_one_figure_by_figure() -> None:
    real = Person(id="1", dob=date(2019, 3, 31))
    assert dob(real, Person(id="2", dob_text="31/02/2019")) == "one digit"
    assert dob(real, Person(id="2", dob_text="31/13/2019")) == "one digit"
    assert dob(real, Person(id="2", dob_text="30/02/2019")) == "other"


def test_month_and_year_tell_more_than_an_age_beside_them() -> None:
    both = Person(id="1", dob_text="March 2019", age=(7, 7), age_as_of=date(2026, 11, 20))
    assert dob(both, replace(both, id="2")) == "same month and year"
    assert dob(both, Person(id="2", dob=date(2019, 3, 14))) == "same month and year"
    assert dob(both, Person(id="2", age=(7, 7), age_as_of=date(2026, 11, 20))) == "age fits"


@given(people(), people(id="2", source="b"))
def test_levels_do_not_depend_on_the_order_of_the_two(left: Person, right: Person) -> None:
    one, other = compared(left, right), compared(right, left)
    assert {f: (c.level, c.detail) for f, c in one.items()} == {
        f: (c.level, c.detail) for f, c in other.items()
    }


@given(people())
def test_fields_come_in_the_order_of_the_screen(anyone: Person) -> None:
    facts = prepare(anyone)
    assert tuple(c.field for c in compare(facts, facts, NAMES)) == FIELDS


@given(people())
def test_a_record_never_differs_from_itself(anyone: Person) -> None:
    twin = replace(anyone, id="2")
    assert all(c.level is not Level.DIFFERENT for c in compared(anyone, twin).values())
