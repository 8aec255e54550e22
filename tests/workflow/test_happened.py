"""What others did since somebody last looked: in words, once, and nothing of another contact."""

from dataclasses import replace

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.domain.errors import NotAllowedError
from triage.domain.fact import entered
from triage.workflow import claims, concerns, decide, happened, join, match, opening, screen
from triage.workflow.desk import Desk


def lines(desk: Desk, contact: Contact) -> list[str]:
    return [f"{h.who} {h.words}" for h in opening.open_whole(desk, contact.id).view.changed]


def test_what_others_did_since_i_looked_is_told_once_in_their_order(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    assert lines(front.ruth, contact) == []
    screen.rate(front.priya, contact.id, "amber", "Third call")
    decide.save_answer(front.tom, contact.id, "level", "3", 0)
    decide.save_answer(front.tom, contact.id, "level", "4", 1)
    decide.save_answer(front.tom, contact.id, "analysis", "A long thought. " * 9, 0)
    now = front.read(contact)
    screen.change_fact(
        front.tom, now, "children.c1.dob", entered("2019-03-14", by="tbell", at=factory.NOW)
    )
    decide.save_answer(front.ruth, contact.id, "outcome_why", "Mine", 0)  # while it was open
    assert lines(front.ruth, contact) == [], "all of that came while Ruth had it open"
    screen.rate(front.priya, contact.id, "red", "He came back")
    decide.save_answer(front.tom, contact.id, "level", "3", 2)
    decide.save_answer(front.tom, contact.id, "level", "2", 3)
    decide.save_answer(front.tom, contact.id, "analysis", "A longer thought. " * 9, 1)
    before = front.seq
    assert lines(front.ruth, contact) == [
        "Priya Nandra rated it Red, before Amber: He came back",
        "Tom Bell answered “Level of need” with “2 Early help”, before “3 Targeted”",
        "Tom Bell wrote “Analysis”",
    ]
    assert front.kinds(before) == ["contact.viewed", "decision.viewed"]
    assert lines(front.ruth, contact) == [], "looking was enough"


def test_staying_with_it_keeps_what_was_new_and_adds_what_comes(front: Front) -> None:
    contact = front.bring(factory.contact())
    opening.open_whole(front.ruth, contact.id)
    screen.rate(front.priya, contact.id, "red")
    opened = opening.open_whole(front.ruth, contact.id).view
    claims.claim(front.tom, contact.id)
    stayed = opening.look_again(front.ruth, contact.id, opened.looked).view
    assert [h.words for h in stayed.changed] == ["rated it Red", "took it"]


def test_what_was_seen_as_it_came_is_not_new_again_and_what_came_after_is(front: Front) -> None:
    contact = front.bring(factory.contact())
    opening.open_whole(front.ruth, contact.id)
    screen.rate(front.priya, contact.id, "red")
    shown = front.seq
    claims.claim(front.tom, contact.id)  # in the moment before Ruth went on
    happened.seen(front.ruth, contact.id, shown)
    assert lines(front.ruth, contact) == ["Tom Bell took it"]


def test_who_is_handed_a_contact_they_never_saw_reads_by_whom_and_why(front: Front) -> None:
    contact = claims.claim(front.ruth, front.bring(factory.contact()))
    screen.rate(front.ruth, contact.id, "red")
    claims.hand_over(front.ruth, contact.id, "tbell", "The mother rings back at five")
    assert lines(front.tom, contact) == [
        "Ruth Osei handed it over to you: The mother rings back at five"
    ]


def test_no_line_names_another_contact_and_a_restricted_one_is_not_told_of(front: Front) -> None:
    one = front.bring(factory.contact())
    hidden = front.bring(factory.contact(reference="C-26-00002", restricted=True))
    seen, other = (factory.contact(reference=f"C-26-0000{n}") for n in (3, 4))
    front.bring(seen, other)
    opening.open_whole(front.ruth, one.id)
    join.join(front.priya, one.id, hidden.id)
    assert lines(front.ruth, one) == []
    join.join(front.priya, seen.id, one.id)
    assert lines(front.ruth, one) == ["Priya Nandra joined it with another contact"]
    join.join(front.priya, other.id, one.id)
    concerns.restrict(front.priya, other.id, "A colleague's niece")
    assert lines(front.ruth, one) == []
    with pytest.raises(NotAllowedError):
        happened.seen(front.ruth, hidden.id, 1)


def test_every_line_is_words_and_what_changes_nothing_is_not_told(front: Front) -> None:
    front.people.hold(factory.record())
    contact = front.bring(factory.contact())
    opening.open_whole(front.ruth, contact.id)
    results = match.look_up(front.tom, contact.id)
    found = next(r for r in results if r.subject.person == "c1" and r.partner != "hub")
    match.link(front.tom, found.subject, found.candidates[0], (), "")
    screen.pause(front.tom, contact.id, "The school rings back")
    screen.open_contact(front.priya, contact.id)
    told = lines(replace(front.ruth), contact)
    assert told == ["Tom Bell linked a record", "Tom Bell paused it: The school rings back"]
