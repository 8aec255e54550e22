"""Each kind of fact is brought to one form, whatever was typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import normalise
from matching.normalise import Address, DateParts


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Maya Grace", ("maya", "grace")),
        ("Seán Óg", ("sean", "og")),
        ("O'Brien", ("obrien",)),
        ("O’Brien", ("obrien",)),
        ("O Brien", ("obrien",)),
        ("Mc Donald", ("mcdonald",)),
        ("Smith-Jones", ("smith", "jones")),
        ("van der Berg", ("berg",)),
        ("Dr Amina Al Hassan", ("amina", "alhassan")),
        ("Wiśniewska", ("wisniewska",)),
        ("Łukasz", ("lukasz",)),
        ("Søren", ("soren",)),
        ("ŞEYMA IŞIK", ("seyma", "isik")),
        ("Юлия", ("yuliya",)),
        ("Γιώργος", ("giorgos",)),
        ("محمد", ("muhammad",)),
        ("😀", ()),
        ("\0Ana\0", ("ana",)),
        ("", ()),
        (None, ()),
    ],
)
def test_names_are_compared_as_plain_lower_case_words(
    written: str | None, compared: tuple[str, ...]
) -> None:
    assert normalise.name_tokens(written) == compared


def test_a_name_of_ten_thousand_letters_is_cut_not_refused() -> None:
    assert len(normalise.name_tokens("x" * 10_000)[0]) == normalise.LONGEST


@pytest.mark.parametrize(
    "written",
    [
        "Baby", "baby", "Infant", "Twin 1", "TWIN TWO", "Unborn", "Baby of Carla Rowe", "Unknown",
        "Not known", "Not yet known", "N/K", "n.k.", "NK", "N/A", "Baby Boy", "Baby girl",
        "unborn baby",
    ],
)  # fmt: skip
def test_words_that_stand_in_for_a_name_are_not_a_name(written: str) -> None:
    assert normalise.is_placeholder_name(written)


@pytest.mark.parametrize("written", ["Maya", "Babyface", "Boyd", "No", "Na", "Ali", "", None])
def test_real_names_are_not_taken_for_placeholders(written: str | None) -> None:
    assert not normalise.is_placeholder_name(written)


@pytest.mark.parametrize(
    ("written", "placeholder"),
    [("Unknown", True), ("TBC", True), ("Not known", True), ("Child", False), ("Baby", False),
     ("Null", False), ("Boy", False), ("", False), (None, False)],
)  # fmt: skip
def test_words_that_are_family_names_stay_family_names(
    written: str | None, placeholder: bool
) -> None:
    assert normalise.is_placeholder_family(written) is placeholder


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("NM3 4QT", "NM34QT"),
        ("nm34qt", "NM34QT"),
        (" nm3  4qt.", "NM34QT"),
        ("NM3 4OT", "NM34OT"),
        ("NM3 OQT", "NM30QT"),
        ("NM3", "NM3"),
        ("SW1A 1AA", "SW1A1AA"),
        ("no fixed abode", None),
        ("12345", None),
        ("", None),
        (None, None),
    ],
)
def test_postcodes_are_brought_to_one_form(written: str | None, compared: str | None) -> None:
    assert normalise.postcode(written) == compared


def test_a_postcode_has_a_district_and_an_area() -> None:
    assert normalise.outward("NM34QT") == "NM3"
    assert normalise.outward("NM3") == "NM3"
    assert normalise.area("NM34QT") == "NM"
    assert normalise.area("M11AA") == "M"


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("14/03/2019", (2019, 3, 14)),
        ("2019-03-14", (2019, 3, 14)),
        ("14 March 2019", (2019, 3, 14)),
        ("14th Mar, 2019", (2019, 3, 14)),
        ("14/3/19", (2019, 3, 14)),
        ("14.3.85", (1985, 3, 14)),
        ("March 2019", (2019, 3, None)),
        ("3/2019", (2019, 3, None)),
        ("2019", (2019, None, None)),
        ("about six", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_dates_are_read_day_first_and_may_lack_parts(
    written: str, parts: tuple[int | None, int | None, int | None]
) -> None:
    assert normalise.date_parts(written) == DateParts(*parts)


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert normalise.date_parts("31/02/2019").as_date() is None


@pytest.mark.parametrize(
    ("age", "first", "last"),
    [
        ((6, 6), date(2019, 11, 21), date(2020, 11, 20)),
        ((6, 7), date(2018, 11, 21), date(2020, 11, 20)),
        ((0, 0), date(2025, 11, 21), date(2026, 11, 20)),
    ],
)
def test_an_age_gives_the_birth_dates_it_allows(
    age: tuple[int, int], first: date, last: date
) -> None:
    assert normalise.birth_range(age, date(2026, 11, 20)) == (first, last)


def test_an_age_on_29_february_does_not_fail() -> None:
    assert normalise.birth_range((1, 1), date(2024, 2, 29)) == (
        date(2022, 3, 1),
        date(2023, 2, 28),
    )


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("01632 960 214", "01632960214"),
        ("+44 1632 960214", "01632960214"),
        ("+44 (0)1632 960214", "01632960214"),
        ("0044 1632 960214", "01632960214"),
        ("01632 960214 ext 3", "01632960214"),
        ("07700 900123", "07700900123"),
        ("999", None),
        ("", None),
    ],
)
def test_phones_are_compared_by_national_figures(written: str, compared: str | None) -> None:
    assert normalise.phone(written) == compared


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("9990142270", True),
        ("9990142277", False),
        ("999014227", False),
        ("0000000000", False),
        ("", False),
    ],
)
def test_an_nhs_number_is_valid_by_its_check_digit(number: str, valid: bool) -> None:
    assert normalise.is_nhs_number(number) is valid


@given(st.integers(0, 9), st.integers(0, 9))
def test_no_single_wrong_figure_gives_another_valid_nhs_number(at: int, figure: int) -> None:
    number = "9990142270"
    changed = number[:at] + str(figure) + number[at + 1 :]
    assert normalise.is_nhs_number(changed) is (changed == number)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("14 Larch Court", Address("14", ("larch", "court"))),
        ("14 Larch Ct, Northmere", Address("14", ("larch", "court"))),
        ("Flat 14, Larch Ct", Address("14", ("larch", "court"))),
        ("Flat 2, 14 Larch Court", Address("2/14", ("larch", "court"))),
        ("14a High St, Northmere NM3 4QT", Address("14a", ("high", "street"))),
        ("The Lodge", Address("", ("the", "lodge"))),
        ("", None),
    ],
)
def test_addresses_are_compared_by_number_and_street(
    written: str, compared: Address | None
) -> None:
    assert normalise.address(written) == compared


def test_a_school_is_known_by_its_telling_words() -> None:
    assert normalise.organisation("Brookfold Primary School") == normalise.organisation(
        "The Brookfold Primary"
    )
    assert normalise.organisation("The School") == ("the", "school")


@given(st.text())
def test_no_text_makes_normalising_fail(text: str) -> None:
    normalise.name_tokens(text)
    normalise.is_placeholder_name(text)
    normalise.postcode(text)
    normalise.date_parts(text).as_date()
    normalise.phone(text)
    normalise.is_nhs_number(normalise.digits(text))
    normalise.upn(text)
    normalise.address(text)
    normalise.organisation(text)
    normalise.before_first_digit(text)
