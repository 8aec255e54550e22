"""A sibling is found from a sibling, and is never taken for one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Band, GuardKind, Index, Person, Sex, score
from tests.bench.people import population
from tests.matching.people import MAYA

CHILD = replace(MAYA, nhs_number=None, gp=None)
THEO = Person(
    id="theo",
    source="social_care",
    given="Theo",
    family="Nowak",
    dob=date(2023, 8, 2),
    sex=Sex.MALE,
    address="14 Larch Court",
    postcode="NM3 4QT",
    phone="01632 960 214",
    mother="Carla Rowe",
)
TOWN = Index.build([*population(3_000, seed=17), THEO])


@pytest.mark.parametrize(
    "kept",
    [
        ("address", "postcode", "mother"),
        ("postcode", "mother"),
        ("phone", "mother"),
        ("address", "postcode"),
        ("phone",),
    ],
)
def test_a_sibling_of_another_surname_is_found_by_home_or_mother(kept: tuple[str, ...]) -> None:
    facts = {name: getattr(CHILD, name) for name in kept}
    asked = Person(id="q", given=CHILD.given, family=CHILD.family, dob=CHILD.dob, **facts)
    assert "theo" in [match.record.id for match in TOWN.search(asked, k=10)]


def test_a_sibling_is_named_as_one_and_never_likely() -> None:
    match = score(CHILD, THEO)
    assert GuardKind.SIBLING in {g.kind for g in match.guards}
    assert match.band in (Band.POSSIBLE, Band.UNLIKELY)


HOMES = st.fixed_dictionaries(
    {},
    optional={
        "address": st.just("14 Larch Court"),
        "postcode": st.just("NM3 4QT"),
        "phone": st.just("01632 960 214"),
        "mother": st.just("Carla Rowe"),
        "school": st.just("Brookfold Primary"),
        "gp": st.just("Larch Street Surgery"),
    },
)


@given(
    HOMES,
    st.sampled_from([("Maya", "Theo"), ("Aisha", "Yusuf"), ("Zosia", "Jan"), ("Hodan", "Liban")]),
    st.sampled_from([("Rowe", "Rowe"), ("Rowe", "Nowak"), ("Ali Farah", "Ali Farah")]),
    st.dates(date(2010, 1, 1), date(2026, 1, 1)),
    st.dates(date(2010, 1, 1), date(2026, 1, 1)),
)
def test_whatever_a_home_shares_two_children_of_it_are_not_one(
    home: dict[str, str], given: tuple[str, str], family: tuple[str, str], one: date, other: date
) -> None:
    left = Person(id="1", given=given[0], family=family[0], dob=one, **home)  # type: ignore[arg-type]  # texts
    right = Person(id="2", given=given[1], family=family[1], dob=other, **home)  # type: ignore[arg-type]  # texts
    match = score(left, right)
    assert match.band not in (Band.VERY_LIKELY, Band.LIKELY)


def test_an_unborn_child_is_found_again_once_born_and_named() -> None:
    unborn = Person(
        id="unborn",
        given="Unborn",
        family="Rowe",
        dob_text="EDD 14/3/2027",
        mother="Carla Rowe",
        postcode="NM3 4QT",
    )
    born = Person(
        id="q",
        given="Isla",
        family="Rowe",
        dob=date(2027, 3, 20),
        mother="Carla Rowe",
        postcode="NM3 4QT",
    )
    index = Index.build([*population(3_000, seed=17), unborn])
    found = index.search(born)[0]
    assert found.record.id == "unborn"
    assert found.band in (Band.LIKELY, Band.POSSIBLE)
    assert [e.detail for e in found.evidence if e.field == "dob"] == ["age fits"]
    older = replace(born, given="Theo", dob=date(2023, 8, 2))
    assert score(unborn, older).band is Band.UNLIKELY
