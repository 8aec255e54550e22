"""What a copy of what is held never gives, and what partners were asked and answered in it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from tests import factory
from tests.export.test_pack_removal import everything_in
from tests.workflow.conftest import Front
from tests.workflow.test_requests import SAID, _red, _told
from tests.workflow.test_subject_access import seen, words_of
from triage.domain.access_draft import Settled
from triage.domain.contact import Address
from triage.domain.errors import NotReadyError
from triage.domain.lookup import LookupResult, Outcome, Subject
from triage.domain.pack import Removal
from triage.domain.request import AskedAbout, Onward
from triage.domain.restriction import RestrictedKind
from triage.storage import lookups
from triage.workflow import join, match, partner_answers, subject_access
from triage.workflow import requests as asking
from triage.workflow.access_parties import Sort

FACT = factory.fact


def all_stay(found: subject_access.Gathered) -> dict[str, Settled]:
    return {p.words: Settled(goes=False, why="They agree.") for p in found.third_parties}


def test_who_was_promised_not_to_be_named_is_in_no_copy_whatever_is_decided(
    front: Front, tmp_path: Path
) -> None:
    told = factory.content(
        concern="Example: Jean Pell, a retired dinner lady, rang. J Pell, jean.pell@mail.example."
    )
    nan = replace(
        told.referrer,
        name=FACT("Jean Pell"),
        phone=FACT("07700 900123"),
        email=FACT("jean.pell@mail.example"),
        agency=FACT(None),
        role=FACT("Retired dinner lady"),
        may_be_named=FACT("no"),
    )
    told = replace(
        told, referrer=nan, adults=(factory.adult(), factory.adult("a2", "Jean Pell", "Nan"))
    )
    contact = front.bring(replace(factory.contact(), content=told))
    later = factory.contact(reference="C-26-00002", concern="Her nan Jean Pell minds her.")
    front.bring(later)
    found = subject_access.gather(front.priya, contact.id, "c1")
    (role,) = [p for p in found.third_parties if p.kind is Removal.REFERRER and not p.never_stays]
    assert (role.words, role.sort) == ("retired dinner lady", Sort.LIKE)
    promised = {p.words for p in found.third_parties if p.never_stays}
    assert promised == {"Jean Pell", "07700 900123", "jean.pell@mail.example"}
    assert [p.words for p in found.third_parties if p.sort is Sort.NAMED and p.forms] == [
        "Jean Pell"
    ]
    stays = {w: s for w, s in all_stay(found).items() if w != role.words}
    said = everything_in(subject_access.preview(front.priya, found, stays).pdf, tmp_path)
    for gone in ("jean", "pell", "900123", "dinner lady", "mail.example"):
        assert gone not in said
    assert "carla rowe" in said
    with pytest.raises(NotReadyError, match="given to nobody"):
        subject_access.export(
            front.priya, found, all_stay(found), for_whom="Maya", harm="None found."
        )
    decided = {w: s for w, s in all_stay(found).items() if w not in promised}
    pdf = subject_access.export(front.priya, found, decided, for_whom="Maya", harm="None found.")
    assert "pell" not in everything_in(pdf, tmp_path)


@pytest.mark.parametrize("known_as", ["a refuge", "restricted"])
def test_the_address_of_a_refuge_is_in_no_copy_whatever_is_decided(
    front: Front, tmp_path: Path, known_as: str
) -> None:
    told = factory.content(concern="They are at Rowan House, 3 Elm Rd, NM3 9ZZ, in Elm Road.")
    safe = Address(
        line=FACT("Rowan House, 3 Elm Road"),
        town=FACT("Farmouth"),
        postcode=FACT("NM3 9ZZ"),
        phone=FACT("01632 960555"),
        is_refuge=known_as == "a refuge",
    )
    contact = replace(factory.contact(), content=replace(told, address=safe))
    if known_as == "restricted":
        kind = RestrictedKind.REFUGE.value
        contact = replace(contact, restricted=True, restricted_kind=kind)
    front.bring(contact)
    words = "Back from Rowan House. Ring 01632 960 555."
    front.bring(factory.contact(reference="C-26-00002", concern=words))
    found = subject_access.gather(front.priya, contact.id, "c1")
    said = everything_in(subject_access.preview(front.priya, found, all_stay(found)).pdf, tmp_path)
    for gone in ("rowan", "elm r", "9zz", "farmouth", "960555", "960 555"):
        assert gone not in said
    assert "an address was taken out: it is given to nobody." in said
    assert "14 larch court" in said, "where they live by the other contact"


def test_where_a_partner_restricts_that_somebody_is_is_in_no_copy(front: Front) -> None:
    contact = front.bring(factory.contact(concern="She is at 9 Hidden Ln now, in Hidden Lane."))
    record = factory.record(address="9 Hidden Lane", postcode="NM8 8HH", phone="01632 960777")
    front.people.hold(replace(record, restricted=True))
    [result] = match.look_up(front.priya, contact.id, partners=("social_care",), people=("c1",))
    subject = Subject(contact_id=contact.id, person="c1")
    match.link(front.priya, subject, result.candidates[0], ["x"], "Same")
    found = subject_access.gather(front.priya, contact.id, "c1")
    shown = words_of(subject_access.preview(front.priya, found, all_stay(found)).pdf)
    assert "Social care" in shown
    for gone in ("Hidden", "8HH", "960777"):
        assert gone not in shown


def test_a_copy_for_an_adopted_child_never_leads_to_who_they_were_before(front: Front) -> None:
    nhs = {"nhs_number": "9990142276"}
    before = factory.contact(
        factory.child(given="Mia", family="Old", **nhs), reference="C-26-00002"
    )
    now = replace(
        factory.contact(factory.child(**nhs)),
        restricted=True,
        restricted_kind=RestrictedKind.ADOPTION.value,
    )
    front.bring(before, now)
    for contact in (before, now):
        found = subject_access.gather(front.priya, contact.id, "c1")
        assert found.references == (contact.reference,)


def test_what_partners_were_asked_is_in_the_copy_and_what_they_keep_back_is_decided(
    front: Front,
) -> None:
    contact = _red(front)
    sent = asking.rang(
        front.ruth, _told(front, asking.start(front.ruth, contact.id, "housing")).id, "T. Amos"
    )
    partner_answers.record_by_hand(front.ruth, sent.id, replace(SAID, onward=Onward.FREE))
    asking.start(front.ruth, contact.id, "police")  # a draft: nobody was asked
    found = subject_access.gather(front.priya, contact.id, "c1")
    answer = next(p for p in found.third_parties if p.kind is None)
    assert answer.words.startswith("The answer of Housing")
    assert "Not to Mr Hartley" in answer.why
    shown = words_of(subject_access.preview(front.priya, found, {}).pdf)
    for held in (
        f"by telephone ({sent.reference})",
        "Maya Rowe, born 14 Mar 2019",
        sent.questions[0].words,
        "Public task",
        "The family's address It was given to them.",
        "What came of it Answered.",
        "What Housing answered was taken out.",
    ):
        assert held in shown
    for gone in ("Theo", "640 owed", "Hartley", "Police, "):
        assert gone not in shown
    stays = {answer.words: Settled(goes=False, why="Housing agrees.")}
    shown = words_of(subject_access.preview(front.priya, found, stays).pdf)
    assert "“£640 owed”" in shown
    assert "May be passed on. “Not to Mr Hartley”" in shown
    assert date(2026, 11, 24).isoformat() not in shown


def test_a_name_goes_out_of_the_file_however_it_is_written_and_down_to_its_letters(
    front: Front, tmp_path: Path
) -> None:
    words = (
        "kelly said so. KELLY rang; kelly.žmarsh@mail.example wrote. KŽmarsh and K.Ž. were there. "
        "Kely had a key. Her car is NM24 KXW, at 22 Ash Grove. Mum's boyfriend shouts."
    )
    told = factory.content(concern=words)
    kelly = factory.adult("a2", "Kelly Žmarsh", "Mother's friend")
    contact = front.bring(replace(factory.contact(), content=replace(told, adults=(kelly,))))
    found = subject_access.gather(front.priya, contact.id, "c1")
    sorts = {p.words: p.sort for p in found.third_parties}
    assert sorts == {
        "Kelly Žmarsh": Sort.NAMED,
        "K.Ž.": Sort.LIKE,
        "Kely": Sort.LIKE,
        "NM24 KXW": Sort.NUMBER,
        "22 Ash Grove": Sort.NUMBER,
        "Mum's boyfriend": Sort.LOOK,
    }
    pdf = subject_access.preview(front.priya, found, {}).pdf
    said = everything_in(pdf, tmp_path)
    for gone in ("kelly", "marsh", "kely", "k.ž", "ž", "017d", "kxw", "ash grove"):
        assert gone not in said
    assert "mum's boyfriend shouts" in said, "to be looked at: it stays until somebody takes it out"
    decided = {w: Settled(goes=True, why="DPA 2018") for w in sorts if w != "Mum's boyfriend"}
    with pytest.raises(NotReadyError, match="Mum's boyfriend"):
        subject_access.export(front.priya, found, decided, for_whom="Maya", harm="None found.")
    decided["Mum's boyfriend"] = Settled(goes=True, why="He was not asked.")
    decided["Kely"] = Settled(goes=False, why="A place.")
    pdf = subject_access.export(front.priya, found, decided, for_whom="Maya", harm="None found.")
    said = everything_in(pdf, tmp_path)
    assert "boyfriend" not in said
    assert "kely had a key" in said
    assert "kelly" not in said


def test_a_red_mark_stays_where_mark_goes(front: Front) -> None:
    told = factory.content(concern="A red mark on her arm. mark told us that Mark did it.")
    mark = factory.adult("a2", "Mark", "Mother's friend")
    contact = front.bring(replace(factory.contact(), content=replace(told, adults=(mark,))))
    shown = seen(front, contact)
    assert "A red mark on her arm. removed 1 us that removed 1 did it." in shown


def test_whom_a_contact_joined_with_this_names_is_found_in_its_words_too(front: Front) -> None:
    mine = factory.contact(concern="anjali told us that he hits her, and marek saw it.")
    theirs = factory.alone("Anjali Sethi", "C-26-00007")
    secret = replace(factory.alone("Marek Nowak", "C-26-00008"), restricted=True)
    front.bring(mine, theirs, secret)
    join.join(front.priya, mine.id, secret.id)
    join.join(front.priya, secret.id, theirs.id)
    found = subject_access.gather(front.priya, mine.id, "c1")
    (party,) = [p for p in found.third_parties if "joined with this" in p.why]
    assert (party.words, party.forms) == ("Anjali Sethi", ("anjali",))
    assert "C-26-00007" in party.why
    assert "Nowak" not in str(found)


def test_a_contact_joined_with_this_adds_nobody_named_here_and_nobody_not_in_these_words(
    front: Front,
) -> None:
    mine = factory.contact(concern="Carla told us.")
    other = factory.alone("Anjali Sethi", "C-26-00007")
    both = (factory.adult("a1", "Carla Rowe"), factory.adult("a2", "Bibi Khan"))
    theirs = replace(other, content=replace(other.content, adults=both))
    front.bring(mine, theirs)
    join.join(front.priya, mine.id, theirs.id)
    found = subject_access.gather(front.priya, mine.id, "c1")
    assert [p.words for p in found.third_parties if "joined with this" in p.why] == []
    assert [p.words for p in found.third_parties].count("Carla Rowe") == 1


def test_what_a_partner_that_answers_at_once_was_told_of_the_child_is_in_the_copy(
    front: Front,
) -> None:
    contact = front.bring(factory.contact())
    for person, searched in (("c1", "family name and birth date"), ("a1", "family name alone")):
        told = LookupResult(
            id=uuid4(),
            subject=Subject(contact_id=contact.id, person=person),
            partner="nhs",
            outcome=Outcome.NOT_FOUND,
            searched=searched,
            asked_at=factory.NOW,
            live=True,
            sent=("family",),
        )
        with front.store.write() as tx:
            lookups.save_result(tx, told)
    found = subject_access.gather(front.priya, contact.id, "c1")
    shown = words_of(subject_access.preview(front.priya, found, {}).pdf)
    assert "24 Nov 2026 11:42 With family name and birth date: not found." in shown
    assert "family name alone" not in shown


def test_a_request_about_nobody_but_a_third_party_is_left_out_as_a_whole(front: Front) -> None:
    contact = _red(front)
    draft = _told(front, asking.start(front.ruth, contact.id, "housing"))
    only = replace(draft, people=(AskedAbout(person="a1", why="She holds the tenancy."),))
    sent = asking.rang(front.ruth, asking.keep_draft(front.ruth, only).id, "T. Amos")
    said = replace(SAID, onward=Onward.FREE, conditions="")
    partner_answers.record_by_hand(front.ruth, sent.id, said)
    shown = seen(front, contact)
    assert sent.reference not in shown
    assert "640 owed" not in shown
    shown = seen(front, contact, {"Carla Rowe": Settled(goes=False, why="She agrees.")})
    assert sent.reference in shown
    assert "640 owed" in shown


def test_a_request_about_the_child_too_is_in_the_copy_whoever_else_it_asks_about(
    front: Front,
) -> None:
    contact = _red(front)
    draft = _told(front, asking.start(front.ruth, contact.id, "housing"))
    both = tuple(AskedAbout(person=each, why="She lives there.") for each in ("c1", "a1"))
    sent = asking.rang(
        front.ruth, asking.keep_draft(front.ruth, replace(draft, people=both)).id, "T. Amos"
    )
    assert sent.reference in seen(front, contact)
