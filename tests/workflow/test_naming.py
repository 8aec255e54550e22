"""What contacts are called on a row: nothing is invented, and nothing is too long for it."""

from dataclasses import replace
from datetime import date

import pytest

from tests import factory
from triage.domain.contact import Adult, Child, Contact, Referrer
from triage.domain.fact import NOT_SAID, read
from triage.domain.profile import Profile
from triage.workflow import known, naming
from triage.workflow.profiles import CODESETS, load_profile

DAY = date(2026, 11, 24)
LONGEST = 24
"""Letters of a source that stand whole on a row at the narrowest width."""


@pytest.fixture(scope="module")
def northmere() -> Profile:
    return load_profile(CODESETS.parent / "profiles" / "northmere", today=DAY)


def expecting(*adults: tuple[str, str], child: Child | None = None) -> Contact:
    contact = factory.contact(child or Child(key="c1", unborn=True))
    people = tuple(
        Adult(
            key=f"a{n}",
            name=read(name) if name else NOT_SAID,
            relationship=read(tie) if tie else NOT_SAID,
        )
        for n, (name, tie) in enumerate(adults, 1)
    )
    return replace(contact, content=replace(contact.content, adults=people))


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Kelly Fenwick", "Baby Fenwick unborn"),
        ("Fenwick, Kelly", "Baby Fenwick unborn"),
        ("Ms Kelly Ann Fenwick-Rowe", "Baby Fenwick-Rowe unborn"),
        ("Ana van der Berg", "Baby van der Berg unborn"),
        ("Kelly Fenwick (19)", "Baby Fenwick unborn"),
        ("Kelly", "Baby unborn"),
        ("Kelly F.", "Baby unborn"),
        ("Kelly, 19", "Baby unborn"),
        ("Kelly, surname not known", "Baby unborn"),
        ("Kelly and Ann", "Baby unborn"),
        ("", "Baby unborn"),
    ],
)
def test_unborn_baby_is_called_by_the_family_name_of_a_mother_named_in_full(
    name: str, called: str
) -> None:
    assert naming.title(expecting((name, "Mother")), DAY) == called


@pytest.mark.parametrize(
    "tie", ["", "Grandmother", "mother's partner", "Step-mother", "Mother of father", "Father"]
)
def test_nobody_but_the_mother_gives_an_unborn_baby_a_name(tie: str) -> None:
    assert naming.title(expecting(("Kelly Fenwick", tie)), DAY) == "Baby unborn"


def test_two_mothers_give_no_name_and_a_name_that_was_given_stays() -> None:
    two = expecting(("Kelly Fenwick", "mother"), ("Ann Rowe", "mum"))
    assert naming.title(two, DAY) == "Baby unborn"
    named = Child(key="c1", family=read("Larch"), unborn=True)
    assert naming.title(expecting(("Kelly Fenwick", "mother"), child=named), DAY) == (
        "Baby Larch unborn"
    )
    born = Child(key="c1")
    assert naming.title(expecting(("Kelly Fenwick", "mother"), child=born), DAY) == (
        "Name not known"
    )


def test_people_of_the_contact_say_it_as_its_row_does() -> None:
    rows = known.person_rows(expecting(("Kelly Fenwick", "Birth mother")), (), ())
    assert [r.name for r in rows] == ["Baby Fenwick", "Kelly Fenwick"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2A", "School"),
        ("3A", "GP"),
        ("3B", "Health visitor"),
        ("4", "Housing"),
        ("6", "Police"),
        ("8", "Nursery or voluntary"),
        ("9", "Anonymous"),
    ],
)
def test_source_of_a_row_is_a_word_or_two(northmere: Profile, code: str, words: str) -> None:
    contact = factory.contact(factory.child())
    told = replace(contact.content, referrer=Referrer(source_code=read(code)))
    assert naming.source(replace(contact, content=told), northmere) == words


def test_every_source_has_a_short_label_and_the_census_keeps_its_own(northmere: Profile) -> None:
    sources = northmere.codes["cin_referral_source"]
    assert [s.code for s in sources if not 0 < len(s.short) <= LONGEST] == []
    assert len({s.short for s in sources}) == len(sources)
    assert northmere.label("cin_referral_source", "3A") == "Health: general practitioner (GP)"


def test_list_without_short_labels_is_shortened_by_rule(northmere: Profile) -> None:
    plain = tuple(replace(c, short="") for c in northmere.codes["cin_referral_source"])
    profile = replace(northmere, codes={**northmere.codes, "cin_referral_source": plain})
    contact = factory.contact(factory.child())
    told = replace(contact.content, referrer=Referrer(source_code=read("3C")))
    assert naming.source(replace(contact, content=told), profile) == "School nurse"
