"""That a contact was joined at a hub with one that is hidden from somebody: the contact, what is
told of it and how the server looks for it are as of one that never was."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests import factory
from tests.hub_here import NED, HubHere
from tests.storage.test_hub_apart import PLANNERS, explained
from tests.storage.test_hub_glass import WHY
from triage.domain.contact import Contact
from triage.domain.episode import SuggestionState
from triage.domain.worker import Worker
from triage.storage import episodes, events
from triage.workflow import access, concerns, feed, join, receive, screen
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]
ROW = "SELECT contact.*, xmin, ctid FROM contact WHERE id = %s"
TOLD = "SELECT kind FROM event WHERE contact_id = %s AND kind <> 'contact.viewed' ORDER BY seq"
PAIRS = "SELECT state FROM suggestion_shown WHERE low = %s OR high = %s"


@pytest.fixture
def four(hub: HubHere) -> list[Contact]:
    names = ("Noor Vale", "Ivo Lund", "Ada Marsh", "Ines Duarte")
    held = [factory.alone(name, f"C-26-0000{n}") for n, name in enumerate(names)]
    hub.front.bring(*held)
    return held


def together(desk: Desk, contact: Contact) -> frozenset[UUID]:
    opens = desk.worker is factory.PRIYA
    with desk.store.read() as tx:
        return episodes.together(tx, [contact.id], with_restricted=opens)[contact.id]


@pytest.mark.parametrize("restricted_before", [True, False])
def test_a_contact_joined_with_a_hidden_one_looks_as_one_that_never_was(
    hub: HubHere, at: At, four: list[Contact], restricted_before: bool
) -> None:
    one, never, hidden, _ = four
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    row = hub.tried(factory.RUTH, ROW, one.id)
    acts = [
        lambda: concerns.restrict(leader, hidden.id, "A colleague's niece"),
        lambda: join.join(leader, one.id, hidden.id, "One child"),
    ]
    for act in acts if restricted_before else reversed(acts):
        act()
    assert hub.tried(factory.RUTH, ROW, one.id) == row
    assert hub.tried(factory.RUTH, TOLD, one.id) == []
    assert hub.tried(factory.RUTH, PAIRS, one.id, one.id) == []
    assert {e.contact_id for e in feed.since(officer, 0)} <= {None}
    assert screen.look_again(officer, one.id).suggestions == ()
    assert together(officer, one) == frozenset()
    asked = [
        ("contact", "id = %s"),
        ("contact_child", "contact_id = %s"),
        *((pairs, f"{column} = %s AND state = 'joined'")
          for pairs in ("suggestion", "suggestion_shown") for column in ("low", "high")),
        # What was told of it before the other was restricted is passed over.
        *([("event", "contact_id = %s")] if restricted_before else []),
    ]  # fmt: skip
    with hub.as_somebody(factory.RUTH) as line:
        for planner in PLANNERS:
            line.execute(planner.encode())
            for table, condition in asked:
                query = f"SELECT * FROM {table} WHERE {condition}"
                told, not_ = (explained(line, query, c.id) for c in (one, never))
                assert told == not_, (table, condition)


@pytest.mark.parametrize("restricted_before", [True, False])
def test_who_may_know_of_it_sees_the_join_and_takes_it_apart(
    hub: HubHere, at: At, four: list[Contact], restricted_before: bool
) -> None:
    one, _, hidden, _ = four
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    if restricted_before:
        concerns.restrict(leader, hidden.id, "A colleague's niece")
    join.join(officer if not restricted_before else leader, hidden.id, one.id)
    if not restricted_before:
        concerns.restrict(leader, hidden.id, "A colleague's niece")
    [pair] = join.suggestions(leader, one.id)
    assert pair.suggestion.state is SuggestionState.JOINED
    assert together(leader, one) == {hidden.id}
    for who in (factory.PRIYA, NED):
        assert ("contact.joined",) in hub.tried(who, TOLD, hidden.id)
    join.take_apart(leader, one.id, hidden.id, "Another family")
    assert together(leader, one) == frozenset()
    assert hub.tried(factory.SANA, TOLD, one.id) == []


def test_a_contact_that_is_opened_up_is_joined_for_all_again(
    hub: HubHere, at: At, four: list[Contact]
) -> None:
    one, _, hidden, _ = four
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    join.join(leader, one.id, hidden.id)
    concerns.restrict(leader, hidden.id, "A colleague's niece")
    assert hub.tried(factory.RUTH, TOLD, one.id) == []
    concerns.open_up(leader, hidden.id, "Not kin after all")
    assert together(officer, one) == {hidden.id}
    assert hub.tried(factory.RUTH, TOLD, one.id) == [("contact.joined",)]
    [seen] = screen.look_again(officer, one.id).suggestions
    assert seen.state is SuggestionState.JOINED


@pytest.mark.parametrize("hidden_first", [True, False])
def test_a_join_with_one_that_all_may_know_of_is_told_beside_that_with_a_hidden_one(
    hub: HubHere, at: At, four: list[Contact], hidden_first: bool
) -> None:
    one, seen, hidden, another = four
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    pairs = [(hidden, one), (seen, one)]
    for this, other in pairs if hidden_first else reversed(pairs):
        join.join(leader, this.id, other.id)
    join.keep_apart(leader, another.id, one.id)
    concerns.restrict(leader, hidden.id, "A colleague's niece")
    told = [("contact.joined",), ("contact.kept_apart",)]
    assert hub.tried(factory.RUTH, TOLD, one.id) == told
    assert hub.tried(factory.RUTH, TOLD, seen.id) == told[:1]
    assert together(officer, one) == {seen.id}
    assert together(leader, one) == {seen.id, hidden.id}


def test_that_contacts_are_alike_is_told_to_who_may_know_of_all_and_to_whose_desk_found_it(
    hub: HubHere, at: At
) -> None:
    hub.front.bring(factory.contact(reference="C-26-04700"))
    officer = at(factory.RUTH)
    call = receive.keep_call(officer, receive.start_call(officer), factory.content())
    queued = receive.put_in_queue(officer, call)
    alike = "SELECT count(*) FROM event WHERE kind = 'contact.likeness_found' AND contact_id = %s"
    for who, many in ((factory.RUTH, 1), (factory.SANA, 0), (factory.PRIYA, 1), (NED, 1)):
        assert hub.tried(who, alike, queued.id) == [(many,)], who.id


def test_who_opened_a_contact_with_a_reason_reads_that_it_was_joined_and_no_more(
    hub: HubHere, at: At, four: list[Contact]
) -> None:
    one, other, opened, hidden = four
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    for contact in (opened, hidden):
        concerns.restrict(leader, contact.id, "A colleague's niece")
    join.join(leader, one.id, opened.id)
    hub.front.watch.now = datetime.now(UTC) + timedelta(seconds=30)
    access.break_glass(officer, opened.reference, WHY)
    assert ("contact.joined",) in hub.tried(factory.RUTH, TOLD, opened.id)
    assert together(officer, opened) == {one.id}
    assert together(officer, one) == frozenset()
    join.join(officer, other.id, opened.id)
    assert hub.tried(factory.SANA, TOLD, other.id) == []
    join.join(leader, opened.id, hidden.id)
    assert together(officer, opened) == {one.id, other.id}
    leaders = f"{TOLD.partition(' ORDER')[0]} AND by = 'pnandra' AND kind = 'contact.joined'"
    assert hub.tried(factory.RUTH, leaders, opened.id) == []


def test_the_number_of_a_contact_that_another_repeats_is_told_to_who_may_know_of_it(
    hub: HubHere, at: At, four: list[Contact]
) -> None:
    one, stays, _, _ = four
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    screen.set_aside(officer, one.id, "duplicate", "Sent twice.", stays.id)
    concerns.restrict(leader, stays, "A colleague's niece")
    for desk, number in ((leader, stays.reference), (officer, None)):
        with desk.store.read() as tx:
            [told] = [e for e in events.of_contact(tx, one.id) if e.kind == "contact.set_aside"]
        said = json.loads(told.detail)
        assert (said["why"], said.get("points_to")) == ("Sent twice.", number)
