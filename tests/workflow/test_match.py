"""Look-ups and verdicts: each answer said as it is, each word of a person kept and undone."""

import math
from dataclasses import replace

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Address, Contact
from triage.domain.errors import ConflictError, NotAllowedError, NotReadyError
from triage.domain.lookup import Candidate, LookupResult, Outcome, Subject
from triage.partners.extracts import OWN
from triage.workflow import concerns, decide, earlier, feed, match, screen


def looked_up(front: Front, contact: Contact) -> dict[tuple[str, str], LookupResult]:
    found = match.look_up(front.ruth, contact.id)
    return {(r.subject.person, r.partner): r for r in found}


def maya(front: Front, **fields: str) -> tuple[Contact, Candidate, Subject]:
    """A contact about Maya, and the one record that social care holds of her."""
    front.people.hold(factory.record(**fields))
    contact = front.bring(factory.contact())
    result = looked_up(front, contact)["c1", "social_care"]
    return contact, result.candidates[0], result.subject


def test_one_very_likely_record_is_found(front: Front) -> None:
    contact, candidate, _ = maya(front)
    assert candidate.band == "Very likely"
    weights = [e.weight for e in candidate.evidence]
    assert math.fsum([candidate.prior, *weights]) == candidate.score
    view = screen.open_contact(front.ruth, contact.id)
    [row] = [p for p in view.people if p.key == "c1"]
    assert (row.record_words, row.to_check) == ("1 to check", 1)
    states = {p.partner: p for p in view.partners}
    assert (states["social_care"].outcome, states["social_care"].words) == (
        Outcome.FOUND,
        "1 record",
    )


def test_nobody_like_them_is_no_trace(front: Front) -> None:
    front.people.hold(
        factory.record(
            given="Oskar",
            family="Lindqvist",
            dob="2001-05-06",
            sex="M",
            address="",
            postcode="",
            nhs_number="",
        )
    )
    results = looked_up(front, front.bring(factory.contact()))
    assert results["c1", "social_care"].outcome is Outcome.NOT_FOUND


def test_missing_extract_never_reads_like_no_trace(front: Front) -> None:
    front.people.problems["health"] = "The extract from Health has not been read yet."
    result = looked_up(front, front.bring(factory.contact()))["c1", "health"]
    assert result.outcome is Outcome.UNAVAILABLE
    assert "has not been read" in result.problem
    assert front.people.asked.count("health") == 0


def test_old_extract_without_the_child_is_not_no_trace(front: Front) -> None:
    front.people.hold(
        factory.record(
            partner="health",
            given="Oskar",
            family="Lindqvist",
            dob="2001-05-06",
            address="",
            postcode="",
            nhs_number="",
        )
    )
    front.people.problems["health"] = "The extract from Health is from 1 Nov 2026, older."
    result = looked_up(front, front.bring(factory.contact()))["c1", "health"]
    assert result.outcome is Outcome.UNAVAILABLE


def test_twins_are_many_or_told_apart_never_found_by_chance(front: Front) -> None:
    front.people.hold(factory.record("P-1", nhs_number=""), factory.record("P-2", nhs_number=""))
    results = looked_up(front, front.bring(factory.contact()))
    assert results["c1", "social_care"].outcome is not Outcome.FOUND


def test_two_alike_are_many_and_what_would_tell_is_said_where_the_person_looks(
    front: Front,
) -> None:
    bare = {"nhs_number": "", "address": "", "postcode": ""}
    front.people.hold(
        factory.record("P-1", **bare, mother="Carla Rowe", phone="01632 960 214"),
        factory.record("P-2", **bare, mother="Zofia Nowak", phone="01632 960 877"),
    )
    alone = replace(factory.content(), adults=(), address=Address())
    contact = front.bring(replace(factory.contact(), content=alone))
    result = looked_up(front, contact)["c1", "social_care"]
    assert (result.outcome, result.near) == (Outcome.MANY, 2)
    assert result.settle == ("mother", "phone")
    words = "Two near; the mother's name or a phone number would separate them."

    def shown() -> str:
        view = screen.open_contact(front.ruth, contact.id)
        return {p.partner: p.settling for p in view.partners}["social_care"]

    assert shown() == words
    match.link(front.ruth, result.subject, result.candidates[0])
    assert shown() == ""


def test_who_may_not_know_of_one_is_not_told_that_two_are_near(front: Front) -> None:
    front.people.hold(
        factory.record("P-1", nhs_number=""),
        replace(factory.record("P-2", nhs_number=""), restricted=True),
    )
    hidden = looked_up(front, front.bring(factory.contact()))["c1", "social_care"]
    assert hidden.outcome is Outcome.RESTRICTED
    assert (hidden.near, hidden.settle) == (0, ())


def test_an_earlier_contact_about_the_child_is_no_rival_of_another_or_of_this_one(
    front: Front,
) -> None:
    for number in (1, 2):
        front.bring(factory.contact(reference=f"C-26-0000{number}"))
    result = looked_up(front, front.bring(factory.contact()))["c1", OWN]
    assert [c.band for c in result.candidates] == ["Very likely", "Very likely"]
    assert result.outcome is Outcome.FOUND


def test_a_partner_that_is_not_sure_says_so_in_the_decision(front: Front) -> None:
    front.people.hold(factory.record("P-1", nhs_number=""), factory.record("P-2", nhs_number=""))
    contact = front.bring(factory.contact())
    looked_up(front, contact)
    screen.rate(front.ruth, contact.id, "green")
    front.answered(contact)
    told = {partner: words for partner, _, words in decide.propose(front.ruth, contact.id).partners}
    assert "Two near, and nothing more that they hold separates them." in told["Social care"]


def test_asking_is_recorded_before_and_each_answer_after(front: Front) -> None:
    front.people.hold(factory.record())
    contact = front.bring(factory.contact())
    told: list[tuple[str, str]] = []
    seen: list[list[str]] = []

    def on_result(result: LookupResult) -> None:
        told.append((result.subject.person, result.partner))
        seen.append(front.kinds())

    match.look_up(front.ruth, contact.id, on_result=on_result)
    # Side by side, so in no order of their own.
    people = [("a1", OWN), ("a1", "social_care"), ("c1", OWN), ("c1", "social_care")]
    assert sorted(told) == people
    assert [s.count("match.answered") for s in seen] == [1, 2, 3, 4], "stored as each came"
    assert all(s[0] == "match.asked" for s in seen)


def test_own_earlier_contacts_are_searched_but_not_this_one(front: Front) -> None:
    before = front.bring(factory.contact(reference="C-26-00001"))
    contact = front.bring(factory.contact())
    result = looked_up(front, contact)["c1", OWN]
    assert [c.record.record_id for c in result.candidates] == [f"{before.reference}/c1"]
    screen.set_aside(front.ruth, before, "error", "Slip of the key.")
    assert looked_up(front, contact)["c1", OWN].outcome is Outcome.NOT_FOUND


def test_start_up_teaches_the_search_what_the_store_holds(front: Front) -> None:
    contact = front.bring(factory.contact())
    earlier.unlearn(front.desk, contact)
    assert earlier.learn_all(front.desk) == 2
    other = front.bring(factory.contact(reference="C-26-05000"))
    assert looked_up(front, other)["c1", OWN].candidates


def test_search_follows_what_other_desks_did(front: Front) -> None:
    contact = front.bring(factory.contact(reference="C-26-00001"))
    elsewhere = factory.People(front.folder)
    other = replace(front.tom, people=elsewhere)
    seq = front.seq
    screen.change_fact(front.ruth, contact, "children.c1.given", factory.fact("Maia"))
    earlier.learn_since(other, seq)
    [(_, found)] = match.search_typing(other, factory.content(factory.child("c1", "Maia")))[:1]
    assert [c.record.fields["given"] for c in found] == ["Maia"]
    concerns.restrict(front.ruth, contact.id, "A colleague's child.")
    earlier.learn_since(front.priya, seq)
    assert dict(match.search_typing(front.ruth, factory.content()))["c1"] == ()


def test_linking_adds_the_records_involvement_and_undoing_takes_it_out(front: Front) -> None:
    contact, candidate, subject = maya(front)
    verdict = match.link(front.ruth, subject, candidate)
    view = screen.open_contact(front.ruth, contact.id)
    assert view.chronology[0].words == "Child in need"
    assert view.people[0].record_words == "Linked"
    match.undo(front.ruth, verdict.id, "Another Maya.")
    view = screen.open_contact(front.ruth, contact.id)
    assert len(view.chronology) == 1
    assert view.people[0].record_words == "1 to check"
    assert view.verdicts[0].undone_why == "Another Maya."
    with pytest.raises(ConflictError):
        match.undo(front.tom, verdict.id, "Another Maya.")


def test_reason_is_needed_where_the_profile_says_so(front: Front) -> None:
    _, candidate, subject = maya(front)
    with pytest.raises(NotReadyError, match="wants a reason"):
        match.not_same(front.ruth, subject, candidate)
    said = match.not_same(front.ruth, subject, candidate, ("Different child",))
    assert said.reasons == ("Different child",)
    assert match.unsure(front.ruth, subject, candidate).reasons == ()
    with pytest.raises(NotReadyError, match="Say why"):
        match.undo(front.ruth, said.id, "")


def test_person_has_one_record_at_a_partner(front: Front) -> None:
    front.people.hold(factory.record("P-1"), factory.record("P-2", dob="2019-03-15"))
    contact = front.bring(factory.contact())
    first, second = looked_up(front, contact)["c1", "social_care"].candidates
    subject = Subject(contact_id=contact.id, person="c1")
    match.link(front.ruth, subject, first)
    with pytest.raises(NotReadyError, match="already linked to record P-1"):
        match.link(front.ruth, subject, second)


def test_verdict_is_shown_the_next_time_the_child_is_heard_of(front: Front) -> None:
    _, candidate, subject = maya(front)
    match.not_same(front.ruth, subject, candidate, ("Different child",))
    again = front.bring(factory.contact(reference="C-26-05000"))
    looked_up(front, again)
    [before] = screen.open_contact(front.tom, again.id).earlier
    assert (before.by, before.reasons) == ("rosei", ("Different child",))
    other = factory.child("c1", "Ines", family="Duarte", dob="2022-01-02")
    third = front.bring(factory.contact(other, reference="C-26-05001"))
    looked_up(front, third)
    assert screen.open_contact(front.tom, third.id).earlier == ()


def test_restricted_record_leaves_neither_name_nor_count(front: Front) -> None:
    front.people.hold(replace(factory.record(), restricted=True))
    contact = front.bring(factory.contact())
    hidden = looked_up(front, contact)["c1", "social_care"]
    assert (hidden.outcome, hidden.candidates) == (Outcome.RESTRICTED, ())
    assert "P-118204" not in repr(feed.since(front.ruth, 0))
    view = screen.open_contact(front.ruth, contact.id)
    assert "P-118204" not in repr(view)
    shown = screen.open_contact(front.priya, contact.id)
    [open_one] = [r for r in shown.results if r.subject.person == "c1" and r.candidates]
    subject = Subject(contact_id=contact.id, person="c1")
    with pytest.raises(NotReadyError, match="Ask a team leader"):
        match.link(front.ruth, subject, open_one.candidates[0])
    match.link(front.priya, subject, open_one.candidates[0])
    view = screen.open_contact(front.ruth, contact.id)
    assert [e.lane for e in view.chronology] == ["Contacts"]
    assert "P-118204" not in repr(view)
    assert "9990142276" not in repr(view)
    screen.rate(front.ruth, contact.id, "green")
    front.answered(contact)
    assert decide.propose(front.ruth, contact.id).people[0].records == ()


def test_linked_records_number_goes_into_the_decision(front: Front) -> None:
    contact, candidate, subject = maya(front)
    match.link(front.ruth, subject, candidate)
    screen.rate(front.ruth, contact.id, "green")
    front.answered(contact)
    version = decide.propose(front.ruth, contact.id)
    assert version.people[0].nhs_number == "9990142276"
    assert version.people[0].records == (("Social care", "P-118204"),)
    assert "Child in need" in [words for _, _, words, _ in version.chronology]


def test_typing_three_letters_finds_people_without_keeping_anything(front: Front) -> None:
    front.people.hold(factory.record())
    before = front.seq
    two = factory.content(factory.child("c1", "Ma", family=None, dob=None, sex=None))
    assert "c1" not in dict(match.search_typing(front.ruth, two))
    found = dict(match.search_typing(front.ruth, factory.content()))
    assert found["c1"][0].record.record_id == "P-118204"
    assert front.seq == before


def test_what_is_held_of_the_contact_itself_takes_no_place_in_what_typing_finds(
    front: Front,
) -> None:
    contact = front.bring(factory.contact(reference="C-26-00001"))
    other = front.bring(factory.contact(reference="C-26-09999"))
    found = dict(match.search_typing(front.ruth, contact.content, limit=1, contact=contact))
    assert [c.record.record_id for c in found["c1"]] == [f"{other.reference}/c1"]


def test_open_contacts_that_look_like_this_come_newest_first(front: Front) -> None:
    held = front.bring(factory.contact(reference="C-26-00001"))
    other = factory.child("c1", "Ines", family="Duarte", dob="2022-01-02")
    elsewhere = factory.content(other)
    assert [c.id for c in match.open_matches(front.ruth, factory.content())] == [held.id]
    assert match.open_matches(front.ruth, elsewhere), "the same postcode"


def test_business_support_may_not_link(front: Front) -> None:
    _, candidate, subject = maya(front)
    with pytest.raises(NotAllowedError):
        match.link(front.of(factory.AMIR), subject, candidate)
