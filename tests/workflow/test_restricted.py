"""A restricted contact tells nobody of itself who may not open it, whatever way they come."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.domain.errors import NotAllowedError, NotReadyError
from triage.domain.lookup import Subject
from triage.storage import contacts, originals
from triage.workflow import (
    concerns,
    earlier,
    export,
    feed,
    join,
    match,
    queue,
    reading,
    screen,
    sign,
)


def _two(front: Front) -> tuple[Contact, Contact]:
    """An earlier contact about Maya Rowe, and a later one."""
    old = front.bring(
        factory.contact(
            reference="C-26-04700", received_at=factory.NOW - timedelta(days=30), rating="green"
        )
    )
    return old, front.bring(factory.contact(reference="C-26-04817"))


def test_answer_kept_from_before_the_restriction_leaves_no_record(front: Front) -> None:
    old, new = _two(front)
    found = match.look_up(front.ruth, new.id)
    assert any(old.reference in c.record.record_id for r in found for c in r.candidates)
    concerns.restrict(front.priya, old.id, "Parent works for the council")
    view = screen.open_contact(front.ruth, new.id)
    assert old.reference not in repr(view)
    assert old.reference in repr(screen.open_contact(front.priya, new.id))


def test_link_kept_from_before_the_restriction_leaves_no_involvement(front: Front) -> None:
    old, new = _two(front)
    found = match.look_up(front.ruth, new.id)
    candidate = next(c for r in found for c in r.candidates if old.reference in c.record.record_id)
    match.link(front.ruth, Subject(contact_id=new.id, person="c1"), candidate, ["x"], "Same child")
    concerns.restrict(front.priya, old.id, "Parent works for the council")
    assert old.reference not in repr(screen.open_contact(front.ruth, new.id))


def test_verdict_given_in_a_restricted_contact_is_not_shown_elsewhere(front: Front) -> None:
    old, new = _two(front)
    front.people.hold(factory.record())
    [result] = [
        r
        for r in match.look_up(front.ruth, old.id)
        if r.partner == "social_care" and r.subject.person == "c1"
    ]
    match.not_same(front.ruth, result.subject, result.candidates[0], ["x"], "Told by the family")
    match.look_up(front.ruth, new.id)
    assert screen.open_contact(front.ruth, new.id).earlier
    concerns.restrict(front.priya, old.id, "Parent works for the council")
    assert screen.open_contact(front.ruth, new.id).earlier == ()
    assert screen.open_contact(front.priya, new.id).earlier


def test_list_of_deliveries_holds_no_restricted_document(front: Front) -> None:
    proposed = front.proposed()
    sign.approve(front.priya, proposed.id, pin="2222")
    [delivery] = export.deliveries(front.ruth)
    concerns.restrict(front.priya, proposed.contact_id, "Parent works for the council")
    assert export.deliveries(front.ruth) == ()
    assert export.deliveries(front.priya) == (delivery,)


def test_feed_tells_of_no_restricted_contact_through_another(front: Front) -> None:
    before = front.seq
    old, new = _two(front)
    concerns.restrict(front.priya, old.id, "Parent works for the council")
    join.join(front.priya, new.id, old.id, "Both about Maya Rowe")
    assert old.reference not in repr(feed.since(front.ruth, before))


def test_refused_batch_names_no_restricted_child_in_the_feed(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    proposed = front.proposed(contact)
    concerns.restrict(front.priya, contact.id, "Parent works for the council")
    before = front.seq
    [refused] = sign.sign_together(front.priya, [proposed.id], "2222")
    assert "Maya" in refused.refused
    assert "Maya" not in repr(feed.since(front.ruth, before))
    assert "Maya" not in repr(front.events(before))


def test_look_up_follows_a_restriction_laid_on_another_desk(front: Front) -> None:
    old, new = _two(front)
    before = front.seq
    with front.store.write() as tx:
        contacts.save(tx, replace(front.read(old), restricted=True))
        front.priya.note(tx, "contact.restricted", old.id, {"why": "Another desk"})
    earlier.learn_since(front.ruth, before)
    shown = match.search_typing(front.ruth, new.content, contact=new)
    assert old.reference not in repr(shown)


def test_whole_batch_is_not_opened_where_one_of_its_rows_is_restricted(front: Front) -> None:
    old, new = _two(front)
    with front.store.write() as tx:
        for one in (old, new):
            originals.keep(
                tx,
                id=front.desk.new_id(),
                name="batch.csv",
                data=b"Maya,Rowe\nTheo,Rowe\n",
                kind="contact",
                contact_id=one.id,
                message_id="",
                received_at=factory.NOW,
            )
    assert reading.original_bytes(front.ruth, new.id)
    concerns.restrict(front.priya, old.id, "Parent works for the council")
    with pytest.raises(NotAllowedError):
        reading.original_bytes(front.ruth, new.id)
    assert reading.original_bytes(front.priya, new.id)


def test_only_a_restricted_contact_is_set_aside_as_a_duplicate_of_a_restricted_one(
    front: Front,
) -> None:
    old, new = _two(front)
    concerns.restrict(front.priya, old.id, "Parent works for the council")
    with pytest.raises(NotAllowedError):
        screen.set_aside(front.ruth, new.id, "duplicate", "Told twice", points_to=old.id)
    with pytest.raises(NotReadyError, match="Restrict this contact first"):
        screen.set_aside(front.priya, new.id, "duplicate", "Told twice", points_to=old.id)
    assert front.read(new) == new
    concerns.restrict(front.priya, new.id, "Parent works for the council")
    aside = screen.set_aside(front.priya, new.id, "duplicate", "Told twice", points_to=old.id)
    assert aside.points_to == old.id


def test_restricted_row_does_not_tell_that_the_child_was_heard_of_before(front: Front) -> None:
    _, new = _two(front)
    assert [r.repeat for r in queue.queue(front.ruth).rows if r.contact_id == new.id] == [1]
    concerns.restrict(front.priya, new.id, "Parent works for the council")
    assert [r.repeat for r in queue.queue(front.ruth).rows if r.contact_id == new.id] == [0]
    assert [r.repeat for r in queue.queue(front.priya).rows if r.contact_id == new.id] == [1]
