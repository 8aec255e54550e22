"""Facts put right and words marked at a desk whose hub is away: kept here, sent once, in order."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from tests import factory
from tests.away import commit_is_answered_to_nobody
from tests.cable import Cable
from tests.conftest import KEY
from tests.hub_here import HubHere
from triage.domain.contact import Adult, Child, Contact, ContactState
from triage.domain.errors import NotReadyError, UnreachableError
from triage.domain.fact import Fact, FactState, Place, entered, read
from triage.domain.worker import Worker
from triage.storage import contacts, corrections, events
from triage.storage.journal import Journal
from triage.workflow import reading, screen, unsent, unsent_facts
from triage.workflow.desk import Desk
from triage.workflow.screen import FactConflict
from triage.workflow.unsent import Unsent

At = Callable[[Worker], Desk]
SCHOOL, GIVEN = "children.c1.school", "children.c1.given"
GRAN = Place(file="letter.txt", start=3, end=8, words="Gran Jean")


@pytest.fixture
def maya(hub: HubHere) -> Contact:
    made = factory.contact()
    [child] = made.content.children
    child = replace(child, school=read("Brookfold"), given=read("Maya"))
    return hub.front.bring(replace(made, content=replace(made.content, children=(child,))))


def fact(words: str) -> Fact:
    return entered(words, by="rosei", at=factory.NOW)


def at_hub(hub: HubHere, contact: Contact) -> Contact:
    with hub.front.desk.store.read() as tx:
        return contacts.get(tx, contact.id)


def school(hub: HubHere, contact: Contact) -> str:
    return at_hub(hub, contact).content.children[0].school.value


def kinds(hub: HubHere, contact: Contact) -> list[str]:
    with hub.front.desk.store.read() as tx:
        return [e.kind for e in events.of_contact(tx, contact.id)]


def test_all_that_was_read_and_put_right_meanwhile_arrives_once_and_in_its_order(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact, tmp_path: Path
) -> None:
    cable.away = True
    seen = maya
    for act in (
        lambda c: unsent_facts.change_fact(ruth, c, SCHOOL, fact("Harbour Primary")),
        lambda c: unsent_facts.mark(ruth, c, "person", GRAN),
        lambda c: unsent_facts.accept_clear(ruth, c),
        lambda c: unsent_facts.choose(ruth, c, GIVEN, "Mai"),
        lambda c: unsent_facts.choose(ruth, c, GIVEN, "Maia"),
        lambda c: unsent_facts.change_fact(ruth, c, SCHOOL, fact("Harbour Infants")),
    ):
        kept = act(seen)
        assert kept.here
        seen = kept.value
    assert school(hub, maya) == "Brookfold"
    assert "school: Harbour Primary" in " ".join(unsent.pieces(ruth))
    again = Journal(tmp_path / "unsent.db", KEY)  # as after a kill: nothing was closed
    cable.away = False
    hub.front.watch.move(minutes=20)
    sent = unsent.send(replace(ruth, unsent=Unsent(again)))
    again.close()
    assert sent.refused == ()
    assert at_hub(hub, maya).content == seen.content, "it is as it was shown while it was kept"
    told = kinds(hub, maya)
    assert told.count("contact.fact_changed") == 4
    assert told.count("contact.marked") == told.count("contact.accepted") == 1
    assert unsent.send(ruth) == unsent.Sent()
    assert events.verify(hub.front.desk.store) is None


def test_fact_whose_answer_was_lost_is_sent_again_and_counts_once(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    commit_is_answered_to_nobody(cable)
    kept = unsent_facts.change_fact(ruth, maya, SCHOOL, fact("Harbour Primary"))
    assert kept.here
    more = unsent_facts.change_fact(ruth, kept.value, SCHOOL, fact("Harbour Infants"))
    assert not more.here
    assert school(hub, maya) == "Harbour Infants"
    assert kinds(hub, maya).count("contact.fact_changed") == 2
    assert unsent.standing(ruth).waiting == 0


def test_person_added_meanwhile_is_there_once_and_what_is_said_of_them_is_said_of_nobody_else(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, maya: Contact, tmp_path: Path
) -> None:
    cable.away = True
    noor = Child(key="", given=fact("Noor"))
    kept = unsent_facts.add_person(ruth, maya, noor)
    assert kept.here
    [_, added] = kept.value.content.children
    kept = unsent_facts.change_fact(
        ruth, kept.value, f"children.{added.key}.school", fact("Brookfold")
    )
    kept = unsent_facts.add_person(ruth, kept.value, Adult(key="", name=fact("Ivy Lane")))
    assert [a.name.value for a in kept.value.content.adults[1:]] == ["Ivy Lane"]
    marked = unsent_facts.mark(ruth, kept.value, "person", GRAN)
    gran = marked.value.content.adults[-1]
    jean = f"adults.{gran.key}.relationship"
    unsent_facts.change_fact(ruth, marked.value, jean, fact("grandmother"))
    assert any(piece.endswith("added: Noor") for piece in unsent.pieces(ruth))
    # Meanwhile somebody else adds other people to the same contact.
    sana = at(factory.SANA)
    screen.add_child(sana, maya.id, Child(key="", given=fact("Theo")))
    screen.add_adult(sana, maya.id, Adult(key="", name=fact("Rob Lane")))
    again = Journal(tmp_path / "unsent.db", KEY)  # as after a kill: nothing was closed
    cable.away = False
    sent = unsent.send(replace(ruth, unsent=Unsent(again)))
    again.close()
    assert sent.refused == ()
    there = at_hub(hub, maya).content
    assert [(c.given.value, c.school.value) for c in there.children] == [
        ("Maya", "Brookfold"),
        ("Theo", ""),
        ("Noor", "Brookfold"),
    ]
    assert [(a.name.value, a.relationship.value) for a in there.adults[1:]] == [
        ("Rob Lane", ""),
        ("Ivy Lane", ""),
        ("Gran Jean", "grandmother"),
    ]
    assert kinds(hub, maya).count("contact.child_added") == 2
    assert events.verify(hub.front.desk.store) is None


def test_correction_asked_for_meanwhile_is_noted_once_and_its_month_runs_from_when_it_was_asked(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    cable.away = True
    asked = unsent_facts.ask_correction(ruth, maya, GIVEN, "Carla Rowe", "Maia")
    assert asked.here
    assert "“Maia”, says Carla Rowe" in " ".join(unsent.pieces(ruth))
    with pytest.raises(NotReadyError):
        unsent_facts.ask_correction(ruth, maya, GIVEN, "", "Maia")
    cable.away = False
    hub.front.watch.move(minutes=20)
    commit_is_answered_to_nobody(cable)
    with pytest.raises(UnreachableError):
        unsent.send(ruth)
    unsent.send(ruth)
    with hub.front.desk.store.read() as tx:
        [noted] = corrections.of_contact(tx, maya.id)
    assert (noted.says, noted.at) == ("Maia", asked.value.at)
    assert kinds(hub, maya).count("correction.asked") == 1
    assert unsent.standing(ruth).waiting == 0


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_what_somebody_else_put_right_meanwhile_is_shown_beside_mine_until_settled(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, maya: Contact, choice: str
) -> None:
    cable.away = True
    unsent_facts.change_fact(ruth, maya, SCHOOL, fact("Mine"))
    unsent_facts.choose(ruth, maya, GIVEN, "Maia")
    screen.change_fact(at(factory.SANA), maya, SCHOOL, factory.fact("Theirs"))
    cable.away = False
    unsent.send(ruth)
    assert at_hub(hub, maya).content.children[0].given.value == "Maia", "nothing else is held up"
    [met] = unsent_facts.met(ruth, maya.id)
    assert unsent_facts.met(ruth, UUID(int=1)) == ()
    assert met.theirs is not None
    assert (met.yours.value, met.theirs.value, school(hub, maya)) == ("Mine", "Theirs", "Theirs")
    assert unsent.standing(ruth).stuck == 1
    if choice == "mine":
        unsent_facts.change_fact(ruth, at_hub(hub, maya), SCHOOL, met.yours)
    else:
        unsent_facts.give_way(ruth, maya.id, SCHOOL)
    assert school(hub, maya) == choice.title()
    assert unsent_facts.met(ruth, maya.id) == ()
    assert unsent.standing(ruth).waiting == unsent.standing(ruth).stuck == 0


def test_what_the_hub_refuses_of_a_contact_holds_up_nothing_typed_of_it_since(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    cable.away = True
    unsent_facts.change_fact(ruth, maya, SCHOOL, fact("Mine"))
    screen.change_fact(at(factory.SANA), maya, SCHOOL, factory.fact("Theirs"))
    cable.away = False
    assert not unsent_facts.choose(ruth, maya, GIVEN, "Maia").here
    assert at_hub(hub, maya).content.children[0].given.value == "Maia"
    assert [f.yours.value for f in unsent_facts.met(ruth, maya.id)] == ["Mine"]


def test_what_is_refused_while_the_hub_answers_is_told_and_kept_for_nobody(
    hub: HubHere, at: At, ruth: Desk, maya: Contact
) -> None:
    screen.change_fact(at(factory.SANA), maya, SCHOOL, factory.fact("Theirs"))
    with pytest.raises(FactConflict):
        unsent_facts.change_fact(ruth, maya, SCHOOL, fact("Mine"))
    assert unsent.standing(ruth).waiting == 0
    assert school(hub, maya) == "Theirs"


def test_fact_of_a_contact_that_was_closed_meanwhile_stays_here_with_the_reason(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    cable.away = True
    unsent_facts.change_fact(ruth, maya, SCHOOL, fact("Too late"))
    with hub.front.desk.store.write() as tx:
        contacts.save(tx, replace(maya, state=ContactState.CLOSED))
    cable.away = False
    [why] = unsent.send(ruth).refused
    assert "closed" in why
    assert unsent.pieces(ruth) == ("children, c1, school: Too late",)


def test_only_what_was_seen_is_accepted(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    cable.away = True
    unsent_facts.accept_clear(ruth, maya)
    with hub.front.desk.store.write() as tx:
        now = contacts.get(tx, maya.id)
        [child] = now.content.children
        other = replace(now.content, children=(replace(child, school=read("Another")),))
        contacts.save(tx, replace(now, content=other))
    cable.away = False
    unsent.send(ruth)
    [child] = at_hub(hub, maya).content.children
    assert child.school.state is FactState.READ
    assert child.given.state is FactState.CONFIRMED


def test_what_waits_goes_before_what_is_typed_over_it_once_the_hub_answers(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    cable.away = True
    accepted = unsent_facts.accept_clear(ruth, maya)
    cable.away = False
    kept = unsent_facts.choose(ruth, accepted.value, GIVEN, "Maia")
    assert not kept.here
    [child] = at_hub(hub, maya).content.children
    assert (child.given.value, child.school.state) == ("Maia", FactState.CONFIRMED)
    assert unsent.standing(ruth).waiting == 0


def test_a_form_shows_what_was_marked_while_the_hub_is_away_as_it_will_be(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    seen = reading.reading(ruth, maya.id)
    cable.away = True
    kept = unsent_facts.mark(ruth, maya, "person", GRAN)
    shown = reading.kept_here(seen, kept.value, factory.NOW.date(), GRAN)
    cable.away = False
    unsent.send(ruth)
    now = reading.look_again(ruth, maya.id)
    assert "Gran Jean" in [f.value for _, f in shown.facts]
    assert (shown.facts, shown.todo, shown.clear, shown.read) == (
        now.facts,
        now.todo,
        now.clear,
        now.read,
    )
