"""Calls taken at a desk whose hub is away: begun, typed, ended here, and there once, in order."""

from dataclasses import replace
from pathlib import Path

from tests.away import commit_is_answered_to_nobody
from tests.cable import Cable
from tests.factory import KEY
from tests.hub_here import HubHere
from triage.domain.contact import Contact, ContactState
from triage.domain.fact import entered
from triage.storage import contacts, events
from triage.storage.journal import Journal
from triage.workflow import receive, unsent, unsent_calls
from triage.workflow.desk import Desk
from triage.workflow.unsent import Unsent


def at_hub(hub: HubHere, contact: Contact) -> Contact:
    with hub.front.desk.store.read() as tx:
        return contacts.get(tx, contact.id)


def kinds(hub: HubHere, contact: Contact) -> list[str]:
    with hub.front.desk.store.read() as tx:
        return [e.kind for e in events.of_contact(tx, contact.id)]


def taken(ruth: Desk, words: str) -> Contact:
    """A call as far as it was typed."""
    begun = unsent_calls.start_call(ruth).value
    said = entered(words, by="rosei", at=begun.received_at)
    return unsent_calls.keep_call(ruth, begun, replace(begun.content, concern=said)).value


def test_call_that_rings_while_the_server_is_away_gets_its_number_and_keeps_its_time(
    hub: HubHere, cable: Cable, ruth: Desk
) -> None:
    cable.away = True
    kept = taken(ruth, "A child is alone in the street.")
    assert kept.reference == unsent_calls.NO_NUMBER
    hub.front.watch.move(minutes=20)
    cable.away = False
    unsent.send(ruth)
    there = at_hub(hub, kept)
    assert there.reference.startswith("C-26-")
    assert there.received_at == kept.received_at
    assert there.content.concern.value == "A child is alone in the street."
    more = unsent_calls.keep_call(ruth, kept, kept.content)
    assert (more.here, more.value.reference) == (False, there.reference)
    assert receive.put_in_queue(ruth, more.value).state is not ContactState.DRAFT


def test_call_begun_typed_and_put_in_the_queue_while_the_server_is_away_is_there_once(
    hub: HubHere, cable: Cable, ruth: Desk, tmp_path: Path
) -> None:
    cable.away = True
    kept = taken(ruth, "A child is alone in the street.")
    ended = unsent_calls.put_in_queue(ruth, kept)
    assert (ended.here, ended.value.state) == (True, ContactState.SCREENING)
    assert unsent.pieces(ruth)[-1] == "Call No number yet, to be put in the queue"
    again = Journal(tmp_path / "unsent.db", KEY)  # as after a kill: nothing was closed
    cable.away = False
    sent = unsent.send(replace(ruth, unsent=Unsent(again)))
    assert sent.refused == ()
    assert unsent.send(replace(ruth, unsent=Unsent(again))) == unsent.Sent()
    again.close()
    there = at_hub(hub, kept)
    assert (there.state, there.received_at) == (ContactState.SCREENING, kept.received_at)
    assert there.content.concern.value == "A child is alone in the street."
    assert kinds(hub, kept) == ["call.started", "call.kept", "contact.received"]
    assert events.verify(hub.front.desk.store) is None


def test_call_that_was_none_is_thrown_away_with_its_reason_once_the_server_answers(
    hub: HubHere, cable: Cable, ruth: Desk
) -> None:
    cable.away = True
    kept = taken(ruth, "Wrong number.")
    assert unsent_calls.throw_away(ruth, kept, "Wrong number").here
    cable.away = False
    unsent.send(ruth)
    there = at_hub(hub, kept)
    assert (there.state, there.set_aside_reason) == (ContactState.SET_ASIDE, "call: Wrong number")


def test_end_of_a_call_whose_answer_was_lost_counts_once(
    hub: HubHere, cable: Cable, ruth: Desk
) -> None:
    kept = taken(ruth, "A child is alone in the street.")
    commit_is_answered_to_nobody(cable)
    assert unsent_calls.put_in_queue(ruth, kept).here
    unsent.send(ruth)
    assert unsent.standing(ruth).waiting == 0
    assert kinds(hub, kept).count("contact.received") == 1


def test_call_is_not_ended_before_it_has_begun_at_the_hub(
    hub: HubHere, cable: Cable, ruth: Desk
) -> None:
    cable.away = True
    kept = taken(ruth, "A child is alone in the street.")
    unsent_calls.put_in_queue(ruth, kept)
    cable.away = False
    with hub.refusing("contact", "53100"):
        sent = unsent.send(ruth)
    assert len(sent.refused) == 1, "only the first of them was tried"
    assert unsent.standing(ruth).stuck == 0
    unsent.send(ruth)
    assert at_hub(hub, kept).state is ContactState.SCREENING
