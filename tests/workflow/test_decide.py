"""Writing a decision: nothing typed is lost, nothing sent with a silent gap."""

from dataclasses import replace

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import ContactState
from triage.domain.decision import AnswerConflict, Weight
from triage.domain.errors import NotAllowedError, NotReadyError
from triage.domain.worker import ALLOWED, May, Role
from triage.export import document
from triage.workflow import decide, people, screen, to_sign


def test_second_window_to_save_a_field_gets_yours_and_theirs(front: Front) -> None:
    contact = front.bring(factory.contact())
    decide.save_answer(front.ruth, contact.id, "analysis", "One.", 0)
    decide.save_answer(front.tom, contact.id, "outcome_why", "Another field.", 0)
    decide.save_answer(front.ruth, contact.id, "analysis", "One. Two.", 1)
    with pytest.raises(AnswerConflict) as caught:
        decide.save_answer(front.tom, contact.id, "analysis", "One. Three.", 1)
    assert (caught.value.yours, caught.value.theirs.value) == ("One. Three.", "One. Two.")
    kept = decide.decision(front.tom, contact.id)
    assert kept.value("analysis") == "One. Two."
    assert kept.value("outcome_why") == "Another field."


def test_chain_names_the_field_saved_and_not_its_long_words(front: Front) -> None:
    contact = front.bring(factory.contact())
    words = "Maya took charge of her brother's safety. " * 5
    decide.save_answer(front.ruth, contact.id, "analysis", words, 0)
    event = front.events()[-1]
    assert event.kind == "decision.saved"
    assert "analysis" in event.detail
    assert "Maya took charge" not in event.detail


def test_gap_is_named_and_blocks_what_is_not_urgent(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    with pytest.raises(NotReadyError, match=r"needed first\. .*not answered yet"):
        decide.propose(front.ruth, contact.id)
    with pytest.raises(NotReadyError, match="Only an urgent case"):
        decide.propose(front.ruth, contact.id, urgent_despite_gaps=True, why="Busy.")
    assert front.read(contact).state is ContactState.RECEIVED


def test_urgent_case_goes_with_its_gaps_recorded(front: Front) -> None:
    contact = front.bring(factory.contact(rating="red"))
    with pytest.raises(NotReadyError, match="It can go as urgent"):
        decide.propose(front.ruth, contact.id)
    with pytest.raises(NotReadyError, match="Say why"):
        decide.propose(front.ruth, contact.id, urgent_despite_gaps=True)
    version = decide.propose(
        front.ruth, contact.id, urgent_despite_gaps=True, why="He is on his way home."
    )
    assert version.problems[0].sentence.endswith("missing: He is on his way home.")
    assert sum(p.weight is Weight.NEEDED for p in version.problems) > 5
    built = document.build(version, front.desk.profile)
    assert len(built["gaps"]) == len(version.problems)
    assert version.answers == {"rating": "red"}, "no answer was made up"


def test_proposing_asks_for_the_pin_where_the_key_is_locked(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    front.answered(contact)
    desk = front.ruth
    people.lock(desk)
    with pytest.raises(NotAllowedError, match="Type your PIN"):
        decide.propose(desk, contact.id)
    assert front.read(contact).state is ContactState.RECEIVED


def test_sent_decision_takes_no_more_answers_until_it_is_returned(front: Front) -> None:
    version = front.proposed()
    with pytest.raises(NotReadyError, match="with a team leader"):
        decide.save_answer(front.ruth, version.contact_id, "analysis", "More.", 1)
    with pytest.raises(NotReadyError, match="with a team leader"):
        decide.propose(front.ruth, version.contact_id)


def test_sending_ends_a_pause(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    front.answered(contact)
    screen.pause(front.ruth, contact.id, "The school rings back.")
    version = decide.propose(front.ruth, contact.id)
    assert front.read(contact).paused_reason == ""
    row = to_sign.waiting(front.priya).one_by_one + to_sign.waiting(front.priya).ready_together
    assert [r.version_id for r in row] == [version.id]
    assert [r.leading.state for r in row if r.leading] == ["normal"]


def test_meter_agrees_with_what_proposing_asks_for(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    view = screen.open_contact(front.ruth, contact.id)
    before = decide.completeness(front.ruth, view, decide.decision(front.ruth, contact.id))
    assert before.needed
    front.answered(contact)
    after = decide.completeness(front.ruth, view, decide.decision(front.ruth, contact.id))
    assert (after.needed, after.done) == (0, after.total)
    version = decide.propose(front.ruth, contact.id)
    assert version.problems == after.problems
    assert decide.versions_sent(front.ruth, contact.id) == (version,)


def test_frozen_version_does_not_follow_what_changes_later(front: Front) -> None:
    version = front.proposed()
    assert version.concern == "Shouting heard, and a child crying."
    assert version.referrer["agency"] == "Northmere Police"
    assert version.address == {"line": "14 Larch Court", "town": "Northmere", "postcode": "NM3 4QT"}
    child, mother = version.people
    assert (child.name, child.age, child.is_child, child.dob) == (
        "Maya Rowe",
        "7",
        True,
        "2019-03-14",
    )
    assert (mother.name, mother.relationship) == ("Carla Rowe", "Mother")
    assert decide.versions_sent(front.ruth, version.contact_id)[0] == version


def test_a_role_that_may_not_rate_here_rates_by_no_way(front: Front) -> None:
    contact = front.bring(factory.contact())
    roles = {**ALLOWED, Role.CONTACT_OFFICER: ALLOWED[Role.CONTACT_OFFICER] - {May.RATE}}
    ruth = replace(front.ruth, worker=replace(front.ruth.worker, roles=roles))
    decide.save_answer(ruth, contact.id, "analysis", "One.", 0)
    for rating in (
        lambda: decide.save_answer(ruth, contact.id, "rating", "red", 0),
        lambda: screen.rate(ruth, contact.id, "red"),
    ):
        with pytest.raises(NotAllowedError, match="does not let you rate"):
            rating()
    assert front.read(contact).rating is None
    assert "rating" not in {key for key, _ in decide.decision(ruth, contact.id).answers.items()}


def test_rating_that_the_hub_does_not_have_is_not_saved(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    with pytest.raises(NotReadyError, match="no such rating"):
        decide.save_answer(front.ruth, contact.id, "rating", "purple", 0)
    assert front.read(contact).rating == "green"
    assert "rating" not in decide.decision(front.ruth, contact.id).answers
