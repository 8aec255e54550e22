"""Restrictions have a kind and are looked at again; an adopted identity is linked by no machine."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import factory
from tests.hub_here import NED
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.domain.draft import Kinship
from triage.domain.errors import NotAllowedError, NotReadyError
from triage.domain.restriction import RestrictedKind, is_adopted, review_due
from triage.storage import contacts, episodes
from triage.workflow import audit, concerns, join, match, queue, restrictions, screen


def test_a_restriction_is_kept_by_who_signs_and_lifted_by_who_may_open_it(front: Front) -> None:
    contact = front.bring(factory.contact(restricted=True))
    night, officer = front.desk.as_worker(NED), front.ruth
    with pytest.raises(NotAllowedError):
        restrictions.keep_restricted(night, contact.id, "She still works here")
    with pytest.raises(NotAllowedError, match="does not let you open restricted"):
        concerns.open_up(officer, contact.id, "She left")
    assert front.read(contact) == contact
    restrictions.keep_restricted(front.priya, contact.id, "She still works here")
    concerns.open_up(night, contact.id, "She left")
    assert front.kinds() == ["contact.restriction_kept", "contact.opened_up"]


def test_a_review_comes_due_after_the_profiles_days_and_keeping_begins_them_anew(
    front: Front,
) -> None:
    contact = front.bring(factory.contact())
    concerns.restrict(front.ruth, contact.id, "Aunt works here", RestrictedKind.STAFF)
    assert restrictions.to_review(front.priya) == ()
    front.watch.move(days=90)
    (due,) = restrictions.to_review(front.priya)
    assert (due.reference, due.kind) == (contact.reference, "Staff or a relative of staff")
    with pytest.raises(NotReadyError):
        restrictions.keep_restricted(front.priya, contact.id, " ")
    restrictions.keep_restricted(front.priya, contact.id, "She still works here")
    assert restrictions.to_review(front.priya) == ()
    front.watch.move(days=89)
    assert restrictions.to_review(front.priya) == ()
    front.watch.move(days=1)
    assert len(restrictions.to_review(front.priya)) == 1
    concerns.open_up(front.priya, contact.id, "She left")
    assert restrictions.to_review(front.priya) == ()
    with pytest.raises(NotReadyError, match="not restricted"):
        restrictions.keep_restricted(front.priya, contact.id, "x")


def test_the_longest_overdue_comes_first_and_only_leaders_have_the_list(front: Front) -> None:
    for n, days in ((1, 95), (2, 200), (3, 10)):
        at = factory.NOW - timedelta(days=days)
        held = factory.contact(reference=f"C-26-0000{n}", restricted=True, received_at=at)
        front.bring(held)
    found = [r.reference for r in restrictions.to_review(front.priya)]
    assert found == ["C-26-00002", "C-26-00001"]
    for desk in (front.ruth, front.of(factory.AMIR)):
        with pytest.raises(NotAllowedError):
            restrictions.to_review(desk)


def test_a_review_counts_from_the_last_one_or_from_when_it_was_restricted() -> None:
    at = factory.NOW
    contact = factory.contact(received_at=at - timedelta(days=60), restricted=True)
    restricted = replace(contact, restricted_at=at - timedelta(days=20))
    reviewed = replace(restricted, restriction_reviewed_at=at)
    due = [review_due(c, 90) for c in (contact, restricted, reviewed)]
    assert due == [(at + timedelta(days=days)).date() for days in (30, 70, 90)]


def test_an_identity_is_kept_apart_for_as_long_as_it_is_restricted() -> None:
    adopted = replace(
        factory.contact(restricted=True), restricted_kind=RestrictedKind.ADOPTION.value
    )
    assert is_adopted(adopted)
    assert not is_adopted(replace(adopted, restricted=False))


def test_none_that_is_due_is_missed_however_many_are_restricted(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restrictions, "AT_ONCE", 2)
    for n in range(5):
        at = factory.NOW - timedelta(days=90 + n // 2)
        held = factory.contact(reference=f"C-26-0000{n}", restricted=True, received_at=at)
        front.bring(held)
    found = {r.reference for r in restrictions.to_review(front.priya)}
    assert found == {f"C-26-0000{n}" for n in range(5)}


def test_a_refuge_is_marked_as_one(front: Front) -> None:
    contact = front.bring(factory.contact())
    concerns.restrict(front.ruth, contact.id, "They fled here", RestrictedKind.REFUGE)
    assert front.read(contact).content.address.is_refuge


def _two(front: Front) -> tuple[Contact, Contact]:
    """An earlier contact about Maya Rowe, and a later one, linked in each way that there is."""
    old = front.bring(
        factory.contact(reference="C-26-00001", received_at=factory.NOW - timedelta(days=30))
    )
    new = front.bring(factory.contact(reference="C-26-00002"))
    with front.store.write() as tx:
        episodes.suggest(tx, new.id, old.id, Kinship.DUPLICATE, ("Same child",), factory.NOW)
    match.look_up(front.priya, old.id)
    match.look_up(front.priya, new.id)
    return old, new


def _linked(front: Front, contact: Contact, other: Contact) -> list[str]:
    """By what the other contact stands beside this one for a team leader."""
    view = screen.look_again(front.priya, contact.id)
    row = next(r for r in queue.queue(front.priya).rows if r.contact_id == contact.id)
    contact = front.read(contact)
    shown = {
        "earlier": view.chronology,
        "records": view.results,
        "verdicts": view.earlier,
        "suggested": view.suggestions,
        "pairs": join.suggestions(front.priya, contact.id),
        "typing": match.search_typing(front.priya, contact.content, contact=contact),
        "open": match.open_matches(front.priya, contact.content, contact=contact),
    }
    found = [k for k, v in shown.items() if other.reference in repr(v) or str(other.id) in repr(v)]
    return found + (["repeat"] if view.repeat else []) + (["row"] if row.repeat else [])


@pytest.mark.parametrize("which", [0, 1], ids=["the earlier identity", "the later identity"])
def test_an_adopted_identity_stands_beside_no_other_by_itself_even_for_a_leader(
    front: Front, which: int
) -> None:
    two = _two(front)
    old, new = two
    assert {"records", "suggested", "repeat", "row", "earlier"} <= set(_linked(front, new, old))
    concerns.restrict(front.priya, two[which].id, "Adopted in June", RestrictedKind.ADOPTION)
    match.look_up(front.priya, new.id)
    for one, other in ((old, new), (new, old)):
        assert _linked(front, one, other) == []
    assert audit.look_again(front.priya, audit.Wanted(about="Maya Rowe")).fits > 0


def test_an_arrival_is_not_likened_to_an_adopted_identity(front: Front) -> None:
    old = front.bring(factory.contact(reference="C-26-00001"))
    concerns.restrict(front.priya, old.id, "Adopted in June", RestrictedKind.ADOPTION)
    keys = [k for c in old.content.children for k in contacts.keys_of(c)]
    with front.store.read() as tx:
        assert contacts.of_children(tx, keys) == []
        assert contacts.mentioning(tx, postcode="NM3 4QT", names=["Rowe"]) == []
    concerns.open_up(front.priya, old.id, "Marked by mistake")
    with front.store.read() as tx:
        assert [c.id for c in contacts.of_children(tx, keys)] == [old.id]


def test_a_person_may_still_join_them(front: Front) -> None:
    old, new = _two(front)
    concerns.restrict(front.priya, old.id, "Adopted in June", RestrictedKind.ADOPTION)
    join.join(front.priya, new.id, old.id, "Told by the adoption team")
    assert front.together(new) == {old.id}
