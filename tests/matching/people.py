"""People for the matching tests: strategies, and a small family."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from matching import Person, Sex

TODAY = date(2026, 11, 20)
NAMES = (
    "Maya",
    "Maia",
    "Mohammed",
    "Muhammad",
    "Aisha",
    "Tom",
    "Thomas",
    "Zoë",
    "Baby",
    "A",
    "",
)
FAMILIES = ("Rowe", "Rowley", "Khan", "Smith-Jones", "O'Brien", "Nowak", "Ng", "")

_text = st.one_of(st.sampled_from(NAMES), st.text(max_size=12))
_dates = st.one_of(
    st.sampled_from([date(2019, 3, 14), date(2019, 4, 3), date(2019, 1, 1), date(2001, 3, 14)]),
    st.dates(),
)


def _optional(*values: str) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.sampled_from(values), st.text(max_size=12))


@st.composite
def people(draw: st.DrawFn, id: str = "1", source: str = "a") -> Person:
    """Any person, with facts that often agree with another's."""
    youngest = draw(st.integers(0, 20))
    return Person(
        id=id,
        source=source,
        given=draw(st.none() | _text),
        family=draw(st.none() | st.sampled_from(FAMILIES) | st.text(max_size=12)),
        aliases=tuple(draw(st.lists(st.sampled_from(["Maya Khan", "Tom Rowe"]), max_size=1))),
        dob=draw(st.none() | _dates),
        dob_text=draw(st.none() | st.sampled_from(["March 2019", "2019", "n/k", "31/02/2019"])),
        age=draw(st.none() | st.just((youngest, youngest + draw(st.integers(0, 3))))),
        age_as_of=draw(st.sampled_from([None, TODAY])),
        sex=draw(st.sampled_from(list(Sex))),
        nhs_number=draw(_optional("999 014 2270", "9990142270", "999 014 2276", "9990000018")),
        upn=draw(_optional("A123456789012", "A123456789013")),
        address=draw(_optional("14 Larch Court", "Flat 14, Larch Ct", "3 Quay Rise")),
        postcode=draw(_optional("NM3 4QT", "nm34qr", "NM3", "NM9 1AB")),
        phone=draw(_optional("01632 960 214", "+44 1632 960214", "07700 900123")),
        mother=draw(_optional("Carla Rowe", "C. Rowe", "Khan, Sana")),
        siblings=tuple(
            draw(st.lists(st.sampled_from(["Theo Rowe, 2 Aug 2023", "Maya Rowe", ""]), max_size=2))
        ),
        school=draw(_optional("Brookfold Primary", "Brookfold Primary School")),
        gp=draw(_optional("Larch Surgery", "Quay Surgery")),
    )


MAYA = Person(
    id="maya",
    source="social_care",
    given="Maya",
    family="Rowe",
    dob=date(2019, 3, 14),
    sex=Sex.FEMALE,
    nhs_number="999 014 2270",
    address="14 Larch Court",
    postcode="NM3 4QT",
    phone="01632 960 214",
    mother="Carla Rowe",
    school="Brookfold Primary",
    gp="Larch Street Surgery",
)


def aged(years: int) -> date:
    """A birth date `years` years before Maya's."""
    return date(2019, 3, 14) - timedelta(days=round(365.25 * years))
