"""Families in whose copy somebody was named after all: nothing of them may be in the file."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests import factory
from tests.export.test_pack_removal import everything_in
from tests.workflow.conftest import Front
from tests.workflow.test_access_kept_back import all_stay
from triage.domain.contact import Address, Content
from triage.domain.draft import TextPart
from triage.domain.lookup import Subject
from triage.domain.restriction import RestrictedKind
from triage.storage import drafts
from triage.workflow import match, subject_access
from triage.workflow.access_parties import Sort

FACT = factory.fact


def told_by(told: Content, **referrer: str | None) -> Content:
    """What is told, by somebody of whom only that is known."""
    facts = {"name": None, "agency": None, "source_code": None, **referrer}
    who = replace(told.referrer, **{name: FACT(value) for name, value in facts.items()})
    return replace(told, referrer=who)


def copies(
    front: Front, tmp_path: Path, *contents: Content, **facts: object
) -> tuple[subject_access.Gathered, str, str]:
    """What is gathered; what can be read in the file by itself; and where all that may stay is
    left in."""
    brought = front.bring(
        *(
            replace(factory.contact(reference=f"C-26-0000{n}"), content=each, **facts)  # type: ignore[arg-type]
            for n, each in enumerate(contents, 1)
        )
    )
    found = subject_access.gather(front.priya, brought.id, "c1")
    suggested, stays = (
        everything_in(subject_access.preview(front.priya, found, decided).pdf, tmp_path)
        for decided in ({}, all_stay(found))
    )
    return found, suggested, stays


def test_a_promised_grandmother_goes_though_she_and_her_daughter_are_in_the_household(
    front: Front, tmp_path: Path
) -> None:
    first = factory.content(
        concern="Jean rang. Mrs Pell minds her. jean says so. pell was there. Kelly Pell shouts."
    )
    first = told_by(first, name="Jean Pell", phone="01632 960123 / 07700 900123", may_be_named="no")
    nan, aunt = (
        factory.adult("a2", "Mrs Jean Pell", "Nan"),
        factory.adult("a3", "Kelly Pell", "Aunt"),
    )
    later = factory.content(concern="Ring 07700 900123, or 01632 960 123. Pell, Jean is listed.")
    found, _, said = copies(front, tmp_path, replace(first, adults=(nan, aunt)), later)
    assert [p.forms[0] for p in found.third_parties if p.words == "Mrs Jean Pell"] == ["Jean Pell"]
    for gone in ("jean", "mrs pell", "pell was", "900123", "960123", "960 123"):
        assert gone not in said
    assert "kelly pell shouts" in said, "her whole name stays, since it is nobody else's"


def test_no_gap_in_a_childs_school_or_gp_says_that_they_reported_it(
    front: Front, tmp_path: Path
) -> None:
    told = factory.content(
        factory.child(school="Brookfold Primary", gp="Dr Amit Shah, Elm Surgery"),
        concern="Dr Shah rang, and shah will again. Brookfold Primary says so. Brookfold is shut. "
        "The class teacher wrote. Her teacher minds.",
    )
    told = told_by(
        told, name="Amit Shah", agency="Brookfold Primary", role="Class teacher", may_be_named="no"
    )
    found, said, _ = copies(front, tmp_path, told)
    assert "school brookfold primary gp dr amit shah, elm surgery" in said
    assert said.count("shah") == said.count("dr amit shah")
    for gone in ("shah rang", "shah will", "primary says", "class teacher", "who reported it"):
        assert gone not in said
    looked = {p.words for p in found.third_parties if p.sort is Sort.LOOK}
    assert looked == {"Brookfold", "teacher"}, "parts of what they are, for a person to look at"


@pytest.mark.parametrize(
    ("source", "named", "promised"),
    [("1A", False, False), ("1B", False, False), ("1D", False, False), ("9", False, True),
     ("6", True, False)],
)  # fmt: skip
def test_a_private_person_is_a_third_party_whatever_stands_as_their_agency(
    front: Front, tmp_path: Path, source: str, named: bool, promised: bool
) -> None:
    told = factory.content(concern="We met Sue on Tuesday, by the shop.")
    told = told_by(told, name="Susan Dawson", agency="Member of the public", source_code=source)
    found, said, _ = copies(front, tmp_path, told)
    assert ("susan dawson" in said) is named
    assert ("met sue" in said) is named, "Sue is a form of Susan"
    assert [p.never_stays for p in found.third_parties if "Dawson" in p.words] == (
        [] if named else [promised]
    )


@pytest.mark.parametrize("kind", [RestrictedKind.REFUGE, RestrictedKind.WITNESS])
def test_no_part_of_where_somebody_is_safe_tells_of_it(
    front: Front, tmp_path: Path, kind: RestrictedKind
) -> None:
    safe = Address(
        line=FACT("Juniper House, 3 Elm Road"), town=FACT("Farmouth"), postcode=FACT("NM3 9ZZ")
    )
    told = factory.content(
        factory.child(whereabouts="At Juniper, in Farmouth"),
        concern="They went to Farmouth. The Juniper took them in, at NM39ZZ. Northmere was cold.",
    )
    unmarked = replace(safe, line=FACT("Flat 2 Juniper House"), postcode=FACT("nm3 9zz"))
    found, said, stays = copies(
        front, tmp_path, replace(told, address=safe), restricted=True, restricted_kind=kind.value
    )
    assert "juniper" not in said
    assert "northmere was cold" in said, "the hub's own town tells nothing"
    front.bring(
        replace(
            factory.contact(reference="C-26-00009"),
            content=replace(factory.content(), address=unmarked),
        )
    )
    found = subject_access.gather(front.priya, found.contact_ids[0], "c1")
    again = everything_in(subject_access.preview(front.priya, found, all_stay(found)).pdf, tmp_path)
    for text in (said, stays, again):
        for gone in ("farmouth", "juniper house", "elm road", "9zz"):
            assert gone not in text


def test_a_name_goes_however_it_is_joined_parted_or_filed(front: Front, tmp_path: Path) -> None:
    words = (
        "Sin-\nead O Brien rang, obrien too. Annemarie and anne-marie smith-jones. Zaneta Lukasik. "
        "Mc Donald and delacruz. Kel\u00adly's. W.O.B. signed; WOB, wilfs car. "
        "Okonjo-Bale is his uncle."
    )
    people = ("Sinead O'Brien", "Anne-Marie Smith-Jones", "Żaneta Łukasik", "Fiona McDonald",
              "Maria de la Cruz", "Kelly Marsh", "Wilfred Okonjo-Bale (uncle)")  # fmt: skip
    adults = tuple(factory.adult(f"a{n}", name, "Friend") for n, name in enumerate(people, 2))
    told = replace(factory.content(concern=words), adults=adults, other=(FACT("07700 900555"),))
    _, said, _ = copies(front, tmp_path, told)
    for gone in ("sin-", "brien", "anne", "smith", "jones", "zaneta", "lukas", "donald", "cruz",
                 "kelly", "okonjo", "bale", "w.o.b", "wob", "wilf", "900555"):  # fmt: skip
        assert gone not in said
    assert "is his uncle" in said, "what stands behind a name in its field is no part of it"
    assert "born 14 mar 2019" in said, "the month is not what Maria may be called"


def test_what_is_a_persons_goes_however_it_is_written_abroad_in_short_or_on_line(
    front: Front, tmp_path: Path
) -> None:
    words = (
        "Ring 0044 7700 900 123. Born April 3, 1990, or 3 Apr 90; 030490 on the form. 3 Apr 1991 "
        "is another day. On line she is \U0001d40a\U0001d41e\U0001d425\U0001d425\U0001d432. kel "
        "marsh, KellyAnne, Marsh-Jones and Jones-Marsh say so."
    )
    kelly = replace(
        factory.adult("a2", "Kelly Marsh", "Friend"),
        phone=FACT("07700 900123"),
        dob=FACT("1990-04-03"),
    )
    _, said, _ = copies(front, tmp_path, replace(factory.content(concern=words), adults=(kelly,)))
    for gone in ("900", "april 3", "apr 90", "030490", "u+1d4", "kel", "marsh", "anne", "jones"):
        assert gone not in said
    assert "3 apr 1991 is another day" in said


def test_a_promised_name_that_is_a_particle_elsewhere_goes_from_linked_records_too(
    front: Front, tmp_path: Path
) -> None:
    told = told_by(factory.content(concern="della rang."), name="Della Marsh", may_be_named="no")
    contact = front.bring(replace(factory.contact(), content=told))
    front.people.hold(factory.record(mother="MARSH, Della", siblings="Anh Le", note="le said no"))
    [result] = match.look_up(front.priya, contact.id, partners=("social_care",), people=("c1",))
    subject = Subject(contact_id=contact.id, person="c1")
    match.link(front.priya, subject, result.candidates[0], ["x"], "Same")
    found = subject_access.gather(front.priya, contact.id, "c1")
    said = everything_in(subject_access.preview(front.priya, found, all_stay(found)).pdf, tmp_path)
    assert "della" not in said
    assert "marsh" not in said
    said = everything_in(subject_access.preview(front.priya, found, {}).pdf, tmp_path)
    assert "le said" not in said
    assert "9990142276" in said, "the child's own, though only the record has it"


def test_a_file_that_is_called_by_a_third_partys_name_is_not_in_the_copy(
    front: Front, tmp_path: Path
) -> None:
    kelly = factory.adult("a2", "Kelly Marsh", "Friend")
    contact = front.bring(
        replace(factory.contact(), content=replace(factory.content(), adults=(kelly,)))
    )
    part = TextPart(name="kmarsh_kelly.docx", media_type="text/plain", text="A note.")
    with front.store.write() as tx:
        drafts.put(tx, contact.id, replace(factory.draft(), parts=(part,)))
    found = subject_access.gather(front.priya, contact.id, "c1")
    said = everything_in(subject_access.preview(front.priya, found, {}).pdf, tmp_path)
    assert "a note." in said
    assert "marsh" not in said
