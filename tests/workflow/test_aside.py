"""What arrived and was set aside can be seen, read, and brought back as a contact."""

from collections.abc import Callable

import pytest

from tests import factory
from tests.hub_here import HubHere
from tests.workflow.conftest import Front
from tests.workflow.keeping import AUTOMATIC
from triage.domain.contact import ContactState
from triage.domain.errors import NotAllowedError, NotReadyError
from triage.domain.worker import Worker
from triage.storage import originals
from triage.workflow import aside, concerns, receive, screen
from triage.workflow.desk import Desk


def set_aside(desk: Desk) -> aside.SetAside:
    got = receive.receive_file(desk, AUTOMATIC, "away.eml")
    assert got.contacts == ()
    [kept] = aside.listed(desk)
    return kept


def test_what_was_set_aside_is_listed_and_becomes_a_contact_whose_clock_runs_from_its_coming(
    front: Front,
) -> None:
    kept = set_aside(front.ruth)
    assert (kept.name, kept.taken_for) == ("away.eml", "Automatic reply")
    assert "Poppy Lane" in aside.read_words(front.ruth, kept.id)
    front.watch.move(hours=3)
    with pytest.raises(NotReadyError):
        receive.bring_back(front.ruth, kept.id, " ")
    made = receive.bring_back(front.ruth, kept.id, "It tells of a bruise.")
    assert (made.state, made.received_at) == (ContactState.RECEIVED, kept.came_at)
    with front.store.read() as tx:
        [original] = originals.of_contact(tx, made.id)
    assert original.id == kept.id
    assert aside.listed(front.ruth) == ()
    with pytest.raises(NotReadyError, match="already"):
        receive.bring_back(front.tom, kept.id, "So do I.")
    again = receive.receive_file(front.ruth, AUTOMATIC, "away.eml")
    assert again.contacts == (made.id,), "the same mail is known as that contact"


def test_at_a_hub_its_own_rules_let_who_screens_bring_it_back_and_show_it_to_nobody_else(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    kept = set_aside(at(factory.RUTH))
    with pytest.raises(NotAllowedError):
        aside.listed(at(factory.AMIR))
    made = receive.bring_back(at(factory.RUTH), kept.id, "It tells of a bruise.")
    with hub.front.desk.store.read() as tx:
        assert originals.get(tx, kept.id).contact_id == made.id


def test_a_contact_that_somebody_set_aside_is_listed_and_a_restricted_one_only_for_who_may_open_it(
    front: Front,
) -> None:
    one = front.bring(factory.contact())
    other = front.bring(factory.contact(reference="C-26-00002"))
    concerns.restrict(front.ruth, other.id, "Her aunt works here.")
    for contact in (one, other):
        screen.set_aside(front.priya, contact.id, "error", "Entered twice.")
    [seen] = aside.listed(front.ruth)
    assert (seen.reference, seen.taken_for) == (one.reference, "Error: Entered twice.")
    assert {row.reference for row in aside.listed(front.priya)} == {one.reference, "C-26-00002"}
    screen.reopen(front.ruth, one.id, "It was not.")
    assert aside.listed(front.ruth) == ()
