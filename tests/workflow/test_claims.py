"""Who has a contact: one at a time, as long as they work on it, taken only in the open."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from tests import factory
from tests.hub_here import HubHere
from tests.workflow.conftest import Front
from triage.domain.contact import Contact, ContactState
from triage.domain.errors import ConflictError, NotAllowedError, NotReadyError
from triage.domain.worker import Worker
from triage.workflow import claims, screen
from triage.workflow.desk import Desk


def test_of_desks_that_claim_at_once_one_has_it_and_the_others_are_told_who(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    contact = hub.front.bring(factory.contact())
    desks = [at(w) for w in (factory.RUTH, factory.SANA, factory.PRIYA, factory.OLA)]
    gate, said = threading.Barrier(len(desks)), []

    def claim(desk: Desk) -> None:
        gate.wait()
        try:
            said.append(claims.claim(desk, contact.id).assigned_to)
        except ConflictError as error:
            said.append(str(error))

    threads = [threading.Thread(target=claim, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    holder = hub.front.read(contact).assigned_to
    [name] = [d.worker.name for d in desks if d.worker.id == holder]
    told = f"{name} already has C-26-04817 since 11:42. Nothing was changed."
    assert sorted(s == holder or s.startswith(told) for s in said) == [True] * 4
    assert said.count(holder) == 1
    assert hub.front.kinds().count("contact.claimed") == 1


def test_taking_over_needs_a_reason_and_goes_only_from_whoever_was_shown(front: Front) -> None:
    contact = claims.claim(front.tom, front.bring(factory.contact()))
    with pytest.raises(NotReadyError, match="Say why"):
        claims.take_over(front.ruth, contact, "tbell", " ")
    claims.hand_over(front.tom, contact, "siqbal", "Lunch")
    with pytest.raises(ConflictError, match="with Sana Iqbal now"):
        claims.take_over(front.ruth, contact, "tbell", "Tom is ill")
    taken = claims.take_over(front.ruth, contact, "siqbal", "Sana is on the phone")
    assert (taken.assigned_to, taken.state) == ("rosei", ContactState.SCREENING)
    assert "Sana is on the phone" in front.events()[-1].detail


def test_who_only_reads_takes_gives_and_puts_back_nothing(front: Front) -> None:
    contact = claims.claim(front.tom, front.bring(factory.contact()))
    auditor = front.desk.as_worker(factory.AMIR)
    for act in (
        lambda: claims.claim(auditor, contact),
        lambda: claims.take_over(auditor, contact, "tbell", "Tom is ill"),
        lambda: claims.hand_over(auditor, contact, "siqbal", "Lunch"),
        lambda: claims.release(auditor, contact, "Lunch"),
    ):
        with pytest.raises(NotAllowedError, match="does not let you screen"):
            act()
    assert front.read(contact) == contact
    assert front.kinds() == ["contact.claimed"]


def test_nothing_is_handed_to_whoever_does_not_screen_or_may_not_know_of_it(front: Front) -> None:
    contact = claims.claim(front.tom, front.bring(factory.contact()))
    with pytest.raises(NotReadyError, match="Amir Khan does not screen contacts"):
        claims.hand_over(front.tom, contact, "akhan", "Lunch")
    hidden = front.bring(factory.contact(reference="C-26-04950", restricted=True))
    mine = claims.claim(front.priya, hidden)
    with pytest.raises(NotReadyError, match="Ruth Osei may not open restricted records"):
        claims.hand_over(front.priya, mine, "rosei", "Lunch")
    given = claims.hand_over(front.priya, mine, "oadeyo", "Lunch")
    assert given.assigned_to == "oadeyo"
    assert front.kinds()[-1] == "contact.handed_over"


def test_what_another_window_gave_away_meanwhile_is_neither_given_nor_put_back_again(
    front: Front,
) -> None:
    mine = claims.claim(front.tom, front.bring(factory.contact()))
    claims.hand_over(front.tom, mine, "siqbal", "Lunch")
    for act in (
        lambda: claims.hand_over(front.tom, mine, "rosei", "Lunch"),
        lambda: claims.release(front.tom, mine, "Lunch"),
    ):
        with pytest.raises(ConflictError):
            act()
    assert front.read(mine).assigned_to == "siqbal"


def test_who_has_it_claims_it_again_and_that_is_told(front: Front) -> None:
    mine = claims.claim(front.tom, front.bring(factory.contact()))
    front.watch.move(minutes=5)
    assert claims.claim(front.tom, mine.id) == mine
    assert front.kinds() == ["contact.claimed", "contact.claimed"]


def at_noon_hours(front: Front, minutes: int) -> Front:
    """The same hub, which puts back what was left alone for so long."""
    front.desk = replace(
        front.desk, profile=replace(front.desk.profile, claim_idle_minutes=minutes)
    )
    return front


def left_alone(front: Front, **facts: object) -> Contact:
    return claims.claim(front.tom, front.bring(factory.contact(**facts)))  # type: ignore[arg-type]


def test_what_is_left_alone_goes_back_once_and_says_that_it_did_by_itself(front: Front) -> None:
    at_noon_hours(front, 60)
    contact = left_alone(front)
    front.watch.move(minutes=59)
    assert claims.free_idle(front.ruth) == ()
    front.watch.move(minutes=1)
    assert [c.id for c in claims.free_idle(front.ruth)] == [contact.id]
    assert claims.free_idle(front.priya) == ()
    freed = front.read(contact)
    assert (freed.assigned_to, freed.state) == (None, ContactState.RECEIVED)
    [event] = [e for e in front.events() if e.kind == "contact.freed_idle"]
    assert '"before":"tbell","minutes":60' in event.detail


def test_what_is_restricted_goes_back_only_by_who_may_know_of_it(front: Front) -> None:
    at_noon_hours(front, 60)
    hidden = front.bring(factory.contact(restricted=True))
    claims.claim(front.priya, hidden)
    front.watch.move(minutes=60)
    assert claims.free_idle(front.ruth) == ()
    assert [c.id for c in claims.free_idle(front.ola)] == [hidden.id]


def test_what_somebody_works_on_stays_theirs(front: Front) -> None:
    at_noon_hours(front, 60)
    contact = left_alone(front)
    front.watch.move(minutes=50)
    screen.open_contact(front.tom, contact.id)
    front.watch.move(minutes=50)
    screen.open_contact(front.ruth, contact.id)  # somebody else's look is not work on it
    assert claims.free_idle(front.ruth) == ()
    front.watch.move(minutes=10)
    assert len(claims.free_idle(front.ruth)) == 1


def test_neither_a_pause_nor_the_night_takes_a_contact_from_anybody(front: Front) -> None:
    at_noon_hours(front, 60)
    paused = left_alone(front)
    screen.pause(front.tom, paused, "The school rings back")
    front.watch.move(hours=4)
    assert claims.free_idle(front.ruth) == ()
    front.watch.now = datetime(2026, 11, 24, 16, 50, tzinfo=front.watch.now.tzinfo)
    mine = left_alone(front, reference="C-26-00002")
    front.watch.now = datetime(2026, 11, 25, 8, 40, tzinfo=front.watch.now.tzinfo)
    assert claims.free_idle(front.ruth) == ()
    assert front.read(mine).assigned_to == "tbell"


def test_a_profile_that_sets_no_minutes_frees_nothing(front: Front) -> None:
    at_noon_hours(front, 0)
    left_alone(front)
    front.watch.move(days=9)
    assert claims.free_idle(front.ruth) == ()
