"""What is no such thing on its face does not leave the reader as a fact, and is not lost."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.contact import Address, Adult, Channel, Child, Content, Referrer
from triage.domain.draft import Draft, DraftKind, TextPart
from triage.domain.fact import NOT_SAID, Fact, FactState, Place, Unknown
from triage.domain.fact import read as fact
from triage.intake.answers import as_answer, summary
from triage.intake.plausible import weighed
from triage.intake.reader import read

WHEN = datetime(2026, 10, 6, 9, 20, tzinfo=UTC)
KEPT = fact("2019-02-03", Place(file="f.eml"))
SOMEBODY = Child(key="c1", given=fact("Tamsin"), family=fact("Orme"), dob=KEPT)


def draft(content: Content, text: str = "") -> Draft:
    """A draft of a mail with this text."""
    part = TextPart(name="body", media_type="text/plain", text=text)
    return Draft(
        file="f.eml", sha256="", size=0, kind=DraftKind.CONTACT, channel=Channel.EMAIL,
        content=content, received_at=WHEN, parts=(part,),
    )  # fmt: skip


def of_child(text: str = "", **facts: Any) -> Child:
    """The child after the gate, of one with these facts beside its birth date."""
    given = {name: fact(v) if isinstance(v, str) else v for name, v in facts.items()}
    child = Child(key="c1", **{"dob": KEPT, **given})
    return weighed(draft(Content(children=(child,)), text)).content.children[0]


def of_referrer(name: str, value: str) -> Fact:
    """The referrer's fact after the gate."""
    got = weighed(draft(Content(referrer=Referrer(**{name: fact(value)}))))
    found: Fact = getattr(got.content.referrer, name)
    return found


def is_unclear(one: Fact) -> bool:
    """True for a field without a value that asks a person to look, and says why."""
    return (
        one.value == ""
        and one.unknown is Unknown.UNREADABLE
        and one.state is FactState.TO_CHECK
        and "look at the original" in one.note
    )


@pytest.mark.parametrize(
    "name",
    ["Tamsin", "Ife Ruọ̀", "Mary-Rose", "D'Arcy", "阿美", "Мілана", "Robbie or Robin", "Grace",
     "Summer", "May", "DeShawn", "Ama McBride", "Zoë Ní Bhraonáin"],
)  # fmt: skip
def test_a_name_of_any_people_passes_as_it_is(name: str) -> None:
    assert of_child(given=name, family="Orme").given == fact(name)


@pytest.mark.parametrize(
    "name",
    [")", "Carer", "Second child\nThird child", "Person with child", "refused", "Orme /", "7",
     "Child 2", "Quillborough Nursery", "12 Oxbow Rise, Ludmere", "Taken", "a b c d e f g",
     "legalForename", "FatherName"],
)  # fmt: skip
def test_what_can_be_no_name_is_said_to_be_unclear(name: str) -> None:
    assert is_unclear(of_child(given=name).given)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("Ludo Varnish b", "Ludo Varnish"), ("Ludo Varnish (uncle)", "Ludo Varnish"),
     ("2) Ludo Varnish", "Ludo Varnish"), ("Ludo Varnish, 41", "Ludo Varnish"),
     ("Varnish L.", "L. Varnish"), ("Aunty Grace", "Aunty Grace")],
)  # fmt: skip
def test_what_is_surely_no_part_of_a_name_is_taken_off(name: str, kept: str) -> None:
    adult = Adult(key="a1", name=fact(name), relationship=fact("uncle"))
    got = weighed(draft(Content(adults=(adult,)))).content
    assert [a.name.value for a in got.adults] == [kept]


def test_a_name_that_is_a_common_word_of_the_letter_is_unclear() -> None:
    told = "Brumbled by the crew.\nThe boy was brumbled twice and taken home."
    assert is_unclear(of_child(told, given="Brumbled").given)
    assert of_child("Brumbled is ten.", given="Brumbled").given.known
    assert of_child("i saw brumbled hit. i am scared", given="Brumbled").given.known


def test_both_halves_of_a_name_that_was_parted_wrongly_are_unclear() -> None:
    child = of_child(given="Orme /", family="Tamsin Ada")
    assert is_unclear(child.given)
    assert is_unclear(child.family)


def test_a_first_name_that_ends_in_the_family_name_leaves_that_to_it() -> None:
    assert of_child(given="Tamsin Orme", family="Orme").given.value == "Tamsin"


def test_a_child_known_by_its_mothers_family_name_alone_has_no_first_name() -> None:
    mother = Adult(key="a1", name=fact("Ada Quillfeather"), relationship=fact("mother"))
    child = Child(key="c1", given=fact("Quillfeather"), dob=KEPT)
    got = weighed(draft(Content(children=(child,), adults=(mother,)))).content.children[0]
    assert is_unclear(got.given)
    assert got.family.value == "Quillfeather"


def test_nobody_is_made_of_words_that_name_nobody() -> None:
    place = Place(file="f.eml", part="body", start=3, end=14, words="No children")
    none = Child(key="c2", given=fact("No", place), family=fact("children", place))
    lodge = Adult(key="a1", name=fact("Beckmire Side Lodge", place))
    got = weighed(draft(Content(children=(SOMEBODY, none), adults=(lodge,))))
    assert got.content.children == (SOMEBODY,)
    assert got.content.adults == ()
    assert [lost.place for lost in got.not_read] == [place, place]
    assert "No person was made of it" in got.not_read[0].why


def test_a_title_is_no_relationship() -> None:
    adult = Adult(key="a1", name=fact("Ada Orme"), relationship=fact("Ms"))
    (got,) = weighed(draft(Content(adults=(adult,)))).content.adults
    assert is_unclear(got.relationship)


def test_a_value_without_end_is_looked_at_without_delay() -> None:
    endless = "(a)" * 100_000
    child = of_child(given=endless, disability=endless, school=endless)
    assert is_unclear(child.given)
    assert is_unclear(child.disability)
    assert is_unclear(child.school)


def test_another_name_that_is_none_is_told_beside_the_child() -> None:
    got = weighed(draft(Content(children=(replace(SOMEBODY, aliases=(fact("unborn"),)),))))
    assert got.content.children == (SOMEBODY,)
    assert "“unborn”" in got.not_read[0].why


@pytest.mark.parametrize(
    ("name", "value"),
    [("dob", "2026-12-01"), ("dob", "1987-05-04"), ("dob", "2026-10-06"), ("edd", "2018-04-07"),
     ("edd", "2029-01-01"), ("nhs_number", "12345"), ("age_text", "09"), ("age_text", "44"),
     ("age_text", "Yes"), ("school", "Person with child"), ("school", "Mrs Varnish"),
     ("school", "and who learns to weld with us"), ("school", "Year 5"), ("language", "Yes"),
     ("language", "2"), ("language", "Main language"),
     ("school", "Agency"), ("school", "Which school does the child attend?"),
     ("ethnicity", "Not known"),
     ("disability", "bite, left hand\nSafeguarding: the dog has bitten before"),
     ("disability", "wheeze " * 60)],
)  # fmt: skip
def test_what_can_not_be_true_of_a_child_is_said_to_be_unclear(name: str, value: str) -> None:
    extra = {"edd": fact("2026-11-01")} if name == "dob" and value == "2026-12-01" else {}
    child = of_child(given="Tamsin", **{name: value, **extra})
    assert is_unclear(getattr(child, name))
    assert child.given.value == "Tamsin"


def test_a_birth_that_lies_ahead_is_when_the_baby_is_due() -> None:
    child = of_child(dob="2027-01-19")
    assert (child.dob, child.edd.value, child.unborn) == (NOT_SAID, "2027-01-19", True)
    assert child.edd.state is FactState.TO_CHECK


def test_a_baby_that_is_not_born_has_no_birth_date_or_number_of_its_own() -> None:
    number = fact("9990000018")
    for child in (
        of_child(edd="2027-01-19", dob="2008-11-05", nhs_number=number),
        of_child(unborn=True, dob="2008-11-05", nhs_number=number),
        of_child("Pre-birth notification", dob="2008-11-05", nhs_number=number),
    ):
        assert is_unclear(child.dob)
        assert is_unclear(child.nhs_number)


def test_a_birth_date_or_number_that_two_people_have_is_unclear() -> None:
    mother = Adult(key="a1", name=fact("Ada Orme"), dob=fact("2009-04-01"))
    twice = tuple(
        Child(key=f"c{n}", given=fact(name), dob=fact("2009-04-01"), nhs_number=fact("9990000018"))
        for n, name in enumerate(("Tamsin", "Ludo"), start=1)
    )
    got = weighed(draft(Content(children=twice, adults=(mother,)))).content
    assert all(is_unclear(c.dob) and is_unclear(c.nhs_number) for c in got.children)


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", "Referred"), ("name", "ASB & Tenancy Enforcement"), ("name", "Ludmere Response"),
     ("role", "15"), ("role", "You"), ("role", "ServiceRequest"), ("role", "Date of referral"),
     ("name", "raisedBy"),
     ("agency", "and who learns to weld with us"), ("agency", "health visitor"),
     ("agency", "Notification of concern to the front door"), ("email", "at the desk")],
)  # fmt: skip
def test_what_tells_nothing_of_the_referrer_is_said_to_be_unclear(name: str, value: str) -> None:
    assert is_unclear(of_referrer(name, value))


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [("phone", "0808 157 0199 (24", "0808 157 0199"), ("phone", "(01632 960807", "01632 960807"),
     ("name", "Ife Sands RSCPHN", "Ife Sands"), ("role", "Nan", "Nan"),
     ("role", ": Nan", "Nan"),
     ("agency", "Quillborough Nursery\nOxbow Rise", "Quillborough Nursery")],
)  # fmt: skip
def test_the_referrers_facts_lose_only_what_is_no_part_of_them(
    name: str, value: str, kept: str
) -> None:
    assert of_referrer(name, value).value == kept


def test_a_source_that_rests_on_such_words_falls_with_them() -> None:
    place = Place(file="f.eml", part="body", start=4, end=9)
    told = Referrer(agency=fact("and who welds", place), source_code=fact("3F", place))
    got = weighed(draft(Content(referrer=told))).content.referrer
    assert is_unclear(got.source_code)


@pytest.mark.parametrize(
    ("line", "passes"),
    [("12 Oxbow Rise", True), ("Mill Farm, Edge Lane", True), ("The Old Forge", True),
     ("Ludo is 14. He has no bed and sleeps on the floor", False),
     ("Ludmere Police Station, 2 Oxbow Rise", False),
     ("who has lived with an aunt since the summer", False)],
)  # fmt: skip
def test_an_address_is_where_somebody_can_live(line: str, passes: bool) -> None:
    got = weighed(draft(Content(address=Address(line=fact(line))))).content.address.line
    assert got == fact(line) if passes else is_unclear(got)


def test_what_a_form_says_where_a_name_should_stand_is_told_with_its_place() -> None:
    form = b"<p>Child's first name: refused</p><p>Date of birth: 03/02/2019</p><p>Sex: F</p>"
    (got,) = read(form, "form.html")
    answer = as_answer(got)
    told = [one.value for child in got.content.children for one in (child.given, child.family)]
    assert "refused" not in told
    assert answer["children"][0]["dob"] == "2019-02-03"


def test_other_programs_are_told_what_is_unclear() -> None:
    child = Child(key="c1", given=fact("Carer"), dob=KEPT)
    answer = as_answer(weighed(draft(Content(children=(child,)))))
    assert answer["children"][0]["given"] is None
    assert [one["what"] for one in answer["unclear"]] == ["children.0.given"]
    lines = summary({"file": "f.eml", "got": {**answer, "duplicate_of": "", "same_family_as": []}})
    assert "“Carer” stands where a first name would" in lines
    nobody = as_answer(weighed(draft(Content(children=()))))
    lines = summary({"file": "f.eml", "got": {**nobody, "duplicate_of": "", "same_family_as": []}})
    assert "no child was read: look at its subject" in lines, "more than “contact”"


WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["Tamsin", "Carer", "No", ")", "Orme /", "2018-04-07", "9990000018", "12 Oxbow Rise",
         "0808 157 0199 (24", "and so", "=A1(", "Varnish L.", "x\n\ny", "(", "1) 2) Ludo (a) b"],
    ),
)  # fmt: skip
FACTS = st.one_of(st.just(NOT_SAID), WORDS.filter(bool).map(fact))
CHILDREN = st.lists(
    st.builds(
        Child, key=st.just("c1"), given=FACTS, family=FACTS, dob=FACTS, edd=FACTS, school=FACTS,
        age_text=FACTS, nhs_number=FACTS, disability=FACTS, unborn=st.booleans(),
        aliases=st.lists(FACTS.filter(lambda one: one.known), max_size=2).map(tuple),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
ADULTS = st.lists(
    st.builds(Adult, key=st.just("a1"), name=FACTS, relationship=FACTS, dob=FACTS, phone=FACTS),
    max_size=2,
).map(tuple)
REFERRERS = st.builds(Referrer, name=FACTS, role=FACTS, agency=FACTS, phone=FACTS, email=FACTS)
ADDRESSES = st.builds(Address, line=FACTS, town=FACTS, postcode=FACTS)


@given(CHILDREN, ADULTS, REFERRERS, ADDRESSES, st.text(max_size=60))
def test_whatever_was_read_passes_the_gate_once_and_nothing_is_lost(
    children: tuple[Child, ...],
    adults: tuple[Adult, ...],
    referrer: Referrer,
    address: Address,
    text: str,
) -> None:
    content = Content(children=children, adults=adults, referrer=referrer, address=address)
    once = weighed(draft(content, text))
    assert weighed(once) == once
    got = once.content
    before = [*vars_of(referrer), *vars_of(address)]
    for was, now in zip(before, [*vars_of(got.referrer), *vars_of(got.address)], strict=True):
        assert now.known or is_unclear(now) or not was.known
    gone = len(children) - len(got.children) + len(adults) - len(got.adults)
    assert len(once.not_read) >= gone


def vars_of(value: Referrer | Address) -> list[Fact]:
    """The facts of a referrer or an address."""
    return [f for n in value.__slots__ if isinstance(f := getattr(value, n), Fact)]
