"""Whose a fact is: the child's who is asked about, or a third party's, decided with them."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests import factory
from triage.domain.access_draft import Settled
from triage.domain.contact import Contact, Referrer
from triage.domain.fact import Fact, Place
from triage.domain.pack import Removal
from triage.domain.request import AskedAbout, InfoRequest, RequestState, Via
from triage.domain.restriction import RestrictedKind
from triage.export.access_copy import Chapter, Group, Part, Passage, Whose
from triage.workflow import access_whose
from triage.workflow.access_parties import Sort, ThirdParty
from triage.workflow.access_whose import PLACE

FACT = factory.fact
MAYA = factory.child()
THEO = factory.child("c2", "Theo", family="Marsh", dob="2021-05-06")
POLICE = factory.content().referrer


def held(**facts: object) -> Contact:
    """A contact about Maya and Theo, with their mother."""
    told = replace(factory.content(MAYA, THEO), **facts)  # type: ignore[arg-type]
    return replace(factory.contact(), content=told)


@pytest.mark.parametrize(
    ("referrer", "why", "promised"),
    [
        (POLICE, "", False),
        (replace(POLICE, may_be_named=FACT("no")), "may not be named", True),
        (replace(POLICE, anonymous=FACT("yes")), "may not be named", True),
        (replace(POLICE, source_code=FACT("9")), "may not be named", True),
        (replace(POLICE, agency=FACT(None)), "of no agency", False),
        (replace(POLICE, source_code=FACT("1A")), "not at work", False),
        (replace(POLICE, source_code=FACT("1B")), "not at work", False),
        (replace(POLICE, source_code=FACT("1D")), "not at work", False),
    ],
)
def test_who_reported_it_is_a_third_party_unless_they_did_so_at_work_and_may_be_named(
    referrer: Referrer, why: str, promised: bool
) -> None:
    assert access_whose.is_promised(referrer) is promised
    said = access_whose.why_unnamed(referrer)
    assert (why in said, bool(said)) == (True, bool(why))
    whose = access_whose.of_path(held(referrer=referrer), MAYA, "referrer.role")
    assert (whose.words, whose.never) == ("PC Dan Holt", promised) if whose else why == ""


def test_who_reported_it_is_decided_by_the_first_that_is_known_of_them() -> None:
    nan = replace(POLICE, name=FACT(None), phone=FACT("07700 900123"), agency=FACT(None))
    whose = access_whose.of_path(held(referrer=nan), MAYA, "referrer.role")
    assert whose is not None
    assert whose.words == "07700 900123"
    assert access_whose.of_path(held(referrer=nan), MAYA, "concern") is None
    herself = replace(POLICE, name=FACT(MAYA.name), agency=FACT(None))
    assert access_whose.of_path(held(referrer=herself), MAYA, "referrer.role") is None


@pytest.mark.parametrize(
    ("known_as", "hidden"),
    [
        ({}, ""),
        ({"restricted": True, "restricted_kind": RestrictedKind.REFUGE.value}, "a refuge"),
        ({"restricted": True, "restricted_kind": RestrictedKind.WITNESS.value}, "a protected"),
        ({"restricted": True, "restricted_kind": RestrictedKind.STAFF.value}, ""),
        ({"restricted_kind": RestrictedKind.REFUGE.value}, ""),
    ],
)
def test_an_address_where_somebody_is_safe_is_given_to_nobody(
    known_as: dict[str, object], hidden: str
) -> None:
    contact = replace(held(), **known_as)  # type: ignore[arg-type]
    assert bool(access_whose.why_hidden(contact)) is bool(hidden)
    assert hidden in access_whose.why_hidden(contact)
    place = access_whose.of_path(contact, MAYA, "address.town")
    assert place == (PLACE if hidden else None)
    refuge = replace(held().content.address, is_refuge=True)
    assert access_whose.of_path(held(address=refuge), MAYA, "address.line") == PLACE


def test_a_fact_is_whose_its_path_says() -> None:
    contact = held()
    for path in ("children.c1.school", "concern", "address.line", "referrer.name"):
        assert access_whose.of_path(contact, MAYA, path) is None, path
    whose = {
        path: access_whose.of_path(contact, MAYA, path)
        for path in ("children.c2.school", "adults.a1.phone", "children.c9.school")
    }
    assert {path: (w.words, w.why) if w else None for path, w in whose.items()} == {
        "children.c2.school": ("Theo Marsh", "another child"),
        "adults.a1.phone": ("Carla Rowe", "an adult of the family"),
        "children.c9.school": ("", "somebody no longer named"),
    }
    assert access_whose.of_person(contact, MAYA, "") is None, "the contact as a whole"
    unnamed = access_whose.of_person(held(children=(MAYA, factory.child("c2", None))), MAYA, "c2")
    assert unnamed == Whose(words="", why="another child"), "nobody can be decided by no name"


def test_a_child_is_known_by_number_or_by_name_and_no_two_without_a_name_are_the_same() -> None:
    nhs = {"nhs_number": "9990142276"}
    assert access_whose.is_same(MAYA, replace(MAYA, key="c7"))
    assert access_whose.is_same(
        factory.child(**nhs), factory.child("c7", "Mia", family="Old", **nhs)
    )
    assert not access_whose.is_same(MAYA, THEO)
    assert not access_whose.is_same(factory.child("c2", None), factory.child("c3", None))
    assert access_whose.is_same(factory.child("c5", "Maya", family="Rowe"), MAYA), "by name alone"
    unnamed = factory.child("c2", None)
    assert access_whose.is_same(unnamed, unnamed)


def test_an_adult_of_the_childs_name_is_the_child_unless_another_birth_date_is_known() -> None:
    adult = factory.adult("a1", MAYA.name.upper(), "Herself")
    assert access_whose.of_person(held(adults=(adult,)), MAYA, "a1") is None
    born = replace(adult, dob=FACT("2019-03-14"))
    assert access_whose.of_person(held(adults=(born,)), MAYA, "a1") is None
    aunt = replace(adult, dob=FACT("1988-01-02"), phone=FACT("07700 900123"))
    whose = access_whose.of_person(held(adults=(aunt,)), MAYA, "a1")
    assert whose is not None
    assert whose.words == "07700 900123", "the name is the child's too, and can't decide"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Jean Pell", "PELL, Jean", True),
        ("Mrs Jean Pell (nan)", "Jean Pell, her nan", True),
        ("Mrs Pell", "Jean Pell", False),
        ("J Pell", "Pell J", False),
        ("07700 900123", "+44 7700 900123", True),
        ("jean.pell@mail.example", "pell.jean@mail.example", False),
        ("“?”", "“!”", False),
    ],
)
def test_ways_to_write_a_name_are_one_persons_whatever_their_order_and_title(
    one: str, other: str, same: bool
) -> None:
    assert (access_whose.same_person(one) == access_whose.same_person(other)) is same


def test_a_request_about_third_parties_alone_tells_of_them() -> None:
    asked = [AskedAbout(person="c2"), AskedAbout(person="a1")]
    of = {
        about: access_whose.of_request(held(), MAYA, request(*(asked[n] for n in about)))
        for about in ((), (0,), (0, 1))
    }
    assert {about: whose.words if whose else None for about, whose in of.items()} == {
        (): None,
        (0,): "Theo Marsh",
        (0, 1): "Theo Marsh",
    }
    assert access_whose.of_request(held(), MAYA, request(asked[0], AskedAbout(person="c1"))) is None


def request(*people: AskedAbout) -> InfoRequest:
    return InfoRequest(
        id=UUID(int=1), reference="R-26-00001", contact_id=UUID(int=2), agency="health", desk="",
        via=Via.HAND, state=RequestState.SENT, created_by="rosei", created_at=factory.NOW,
        people=people,
    )  # fmt: skip


TEXT = "Theo goes to Harbour Infants, and Maya to Brookfold."


def school(words: str, *, part: str = "body", at: int = 0) -> Fact:
    start = TEXT.index(words) + at
    place = Place(file="m.eml", part=part, start=start, end=start + len(words), words=words)
    nowhere = Place(file="m.eml", part=part, words=words)
    nothing = replace(place, start=0, end=0, words="")
    return replace(FACT(words), places=(nowhere, nothing, place))


def taken(theirs: Fact, mine: Fact | None = None, beside: Fact | None = None) -> list[str]:
    """The words of the original that go with Theo; all of it was read as the concern."""
    maya = replace(MAYA, school=mine) if mine else MAYA
    theo = replace(THEO, school=theirs, language=beside or THEO.language)
    contact = held(children=(maya, theo), concern=school(TEXT))
    found = access_whose.theirs_in(contact, maya, "body", TEXT)
    assert {whose.words for _, _, whose in found} <= {"Theo Marsh"}
    return [TEXT[start:end] for start, end, _ in found]


def test_words_read_as_a_third_partys_fact_go_with_them_unless_they_are_the_childs_too() -> None:
    harbour = school("Harbour Infants")
    assert taken(harbour) == ["Harbour Infants"]
    for mine in ("Brookfold", "Theo", "goes to ", ", and Maya"):
        assert taken(harbour, school(mine)) == ["Harbour Infants"], mine
    for mine in ("Harbour Infants", "Infants", "Infants, and Maya", "to Harbour"):
        assert taken(harbour, school(mine)) == [], mine
    assert taken(school("Harbour "), None, school("Infants")) == ["Harbour ", "Infants"]
    assert taken(harbour, None, school("Infants, and")) == ["Harbour Infants"], "each word once"
    assert taken(school("Harbour Infants", part="letter.pdf")) == [], "of another part"
    assert taken(school("Harbour Infants", at=1)) == [], "the words do not stand there"


def test_a_name_is_looked_for_everywhere_and_not_blanked_where_it_was_read() -> None:
    named = replace(THEO, given=school("Theo"))
    contact = held(children=(MAYA, named))
    assert access_whose.theirs_in(contact, MAYA, "body", TEXT) == ()


CARLA = Whose(words="Carla Rowe", why="an adult of the family")
NAN = Whose(words="Jean Pell", why="reported it", never=True)
NOBODY = Whose(words="", why="somebody no longer named")


def left(group: Group, *staying: str) -> list[str]:
    """The words of a group once whoever does not stay is out."""
    chapter = Chapter(title="", parts=(Part(heading="", groups=(group,)),))
    [out] = access_whose.leave_out([chapter], staying)
    return [passage.words for passage in out.parts[0].groups[0].passages]


@pytest.mark.parametrize(
    ("whose", "staying", "stays"),
    [
        (None, (), True),
        (CARLA, (), False),
        (CARLA, ("Rowe, Mrs Carla",), True),
        (CARLA, ("Jean Pell",), False),
        (NAN, ("Jean Pell",), False),
        (NOBODY, ("Carla Rowe", ""), False),
    ],
)
def test_what_is_a_third_partys_goes_unless_they_stay_and_never_stays_where_it_was_promised(
    whose: Whose | None, staying: tuple[str, ...], stays: bool
) -> None:
    passage = Passage(words="She works nights.")
    lone = replace(passage, whose=whose)
    inside = replace(passage, theirs=((10, 16, whose),)) if whose else passage
    line = whose.line if whose else ""
    kept = ["She works nights."]
    assert left(Group(passages=(passage,), whose=whose), *staying) == (kept if stays else [line])
    assert left(Group(passages=(lone,)), *staying) == (kept if stays else [line])
    assert left(Group(passages=(lone, lone)), *staying) == (kept * 2 if stays else [line])
    assert left(Group(passages=(inside,)), *staying) == (
        kept if stays else ["She works [taken out]."]
    )
    assert left(Group(passages=(), whose=whose), *staying) == []


def test_several_facts_in_one_text_go_each_from_its_own_place() -> None:
    theirs = ((0, 3, CARLA), (10, 16, NAN))
    passage = Passage(words="She works nights.", theirs=theirs)
    assert left(Group(passages=(passage,))) == ["[taken out] works [taken out]."]
    assert left(Group(passages=(passage,)), "Carla Rowe") == ["She works [taken out]."]


@pytest.mark.parametrize(
    ("sort", "never", "settled", "goes", "waits"),
    [
        (Sort.NAMED, False, None, True, True),
        (Sort.ANSWER, False, None, True, True),
        (Sort.LOOK, False, None, False, True),
        (Sort.LOOK, False, True, True, False),
        (Sort.NAMED, False, False, False, False),
        (Sort.NAMED, True, False, True, False),
        (Sort.LOOK, True, None, True, False),
    ],
)
def test_words_are_out_until_somebody_says_otherwise_and_what_was_promised_needs_no_word(
    sort: Sort, never: bool, settled: bool | None, goes: bool, waits: bool
) -> None:
    party = ThirdParty(
        words="Jean Pell", why="nan", kind=Removal.RELATIVES, contact_id=UUID(int=1),
        reference="C-26-00001", never_stays=never, sort=sort,
    )  # fmt: skip
    said = None if settled is None else Settled(goes=settled, why="They agree.")
    assert (party.goes(said), party.waits(said)) == (goes, waits)
