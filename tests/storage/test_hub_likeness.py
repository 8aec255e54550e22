"""What a desk of a hub keeps in mind of a contact that was restricted at another desk since."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests import factory
from tests.hub_here import HubHere
from triage.domain.contact import Contact
from triage.domain.lookup import Outcome, Subject
from triage.domain.request import AnswerPlace, PartnerAnswer, Via
from triage.domain.worker import Worker
from triage.storage import events
from triage.storage import requests as stored
from triage.workflow import (
    concerns,
    earlier,
    known,
    match,
    partner_answers,
    queue,
    requests,
    screen,
)
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]


def _two(hub: HubHere) -> tuple[Contact, Contact]:
    """An earlier contact about Maya Rowe, and a later one."""
    old = hub.front.bring(
        factory.contact(
            reference="C-26-04700", received_at=factory.NOW - timedelta(days=30), rating="green"
        )
    )
    return old, hub.front.bring(factory.contact(reference="C-26-04817"))


def test_what_was_found_before_a_restriction_is_shown_to_no_officer_after_it(
    hub: HubHere, at: At
) -> None:
    old, new = _two(hub)
    officer, leader = at(factory.RUTH), at(factory.PRIYA)
    found = match.look_up(officer, new.id)
    candidate = next(c for r in found for c in r.candidates if old.reference in c.record.record_id)
    match.link(officer, Subject(contact_id=new.id, person="c1"), candidate, ["x"], "Same child")
    concerns.restrict(leader, old.id, "Parent works for the council")
    assert old.reference not in repr(screen.open_contact(officer, new.id))
    assert old.reference in repr(screen.open_contact(leader, new.id))


def test_an_earlier_contact_restricted_at_another_desk_counts_for_no_officer_after_a_minute(
    hub: HubHere, at: At
) -> None:
    old, new = _two(hub)
    officer, leader = at(factory.RUTH), at(factory.PRIYA)

    def counted(desk: Desk) -> int:
        desk = replace(desk, now=lambda: hub.front.watch.now)
        return next(r.repeat for r in queue.queue(desk).rows if r.contact_id == new.id)

    assert counted(officer) == 1
    concerns.restrict(leader, old.id, "Parent works for the council")
    hub.front.watch.move(minutes=1)
    assert (counted(officer), counted(leader)) == (0, 1)


def test_typing_finds_nobody_of_a_contact_restricted_at_another_desk(
    hub: HubHere, at: At, tmp_path: Path
) -> None:
    old, new = _two(hub)
    officer = at(factory.RUTH)
    leader = replace(at(factory.PRIYA), people=factory.People(tmp_path / "another"))
    with officer.store.read() as tx:
        seq = events.head(tx).seq
    told = match.search_typing(officer, new.content, contact=new)
    assert old.reference in repr(told)
    concerns.restrict(leader, old.id, "Parent works for the council")
    earlier.learn_since(officer, seq)
    assert old.reference not in repr(match.search_typing(officer, new.content, contact=new))
    found = match.look_up(officer, new.id)
    assert old.reference not in repr(found)
    assert Outcome.RESTRICTED in {r.outcome for r in found}
    assert old.reference not in repr([e.detail for e in hub.front.events(seq)[1:]])
    assert old.reference not in repr(screen.open_contact(officer, new.id))


def test_an_answer_that_may_be_about_a_contact_restricted_since_waits_for_a_leader(
    hub: HubHere, at: At
) -> None:
    contact = hub.front.bring(factory.contact())
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    request = requests.start(officer, contact.id, "housing")
    answer = PartnerAnswer(
        id=officer.new_id(),
        request_id=None,
        place=AnswerPlace.TO_PLACE,
        via=Via.EMAIL,
        received_at=officer.now(),
        sender="Somebody",
        text="Maya Rowe lives there.",
        likely=request.id,
    )
    with officer.store.write() as tx:
        stored.add_answer(tx, answer)
        officer.note(tx, "mailbox.taken_in")
    assert len(partner_answers.answers_to_place(officer)) == 1
    concerns.restrict(leader, contact.id, "Parent works for the council")
    assert partner_answers.answers_to_place(officer) == ()
    assert len(partner_answers.answers_to_place(leader)) == 1


def test_what_a_leader_found_of_a_restricted_record_is_no_officers_to_read(
    hub: HubHere, at: At
) -> None:
    old = hub.front.bring(
        factory.contact(
            factory.child(school="Zebedee Infants"),
            reference="C-26-04700",
            received_at=factory.NOW - timedelta(days=30),
            restricted=True,
        )
    )
    new = hub.front.bring(factory.contact())
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    found = match.look_up(leader, new.id)
    candidate = next(c for r in found for c in r.candidates if old.reference in c.record.record_id)
    match.link(leader, Subject(contact_id=new.id, person="c1"), candidate, ["x"], "Same child")
    for table in ("lookup_result", "verdict"):
        telling = f"SELECT count(*) FROM {table}_shown WHERE body LIKE '%%Zebedee%%'"
        assert hub.tried(factory.RUTH, telling) == [(0,)], table
        assert hub.tried(factory.PRIYA, telling) == [(1,)], table
    with officer.store.read() as tx:
        shown = known.results_for(officer, tx, new.id)
    assert Outcome.RESTRICTED in {r.outcome for r in shown}
    assert "Zebedee" in repr(screen.open_contact(leader, new.id))
