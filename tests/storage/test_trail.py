"""The trail is read a page at a time, by whom, about whom, what and when, with both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import factory
from tests.storage.values import NOON, number
from triage.domain.event import NewEvent
from triage.storage import contacts, events, trail
from triage.storage.engine import Store, Transaction
from triage.storage.trail import Sought


def left(
    tx: Transaction, kind: str, *, by: str = "rosei", of: int = 1, minute: int = 0, **said: object
) -> int:
    contact = number(of) if of else None
    at = NOON + timedelta(minutes=minute)
    return events.append(tx, NewEvent(kind=kind, contact_id=contact, by=by, at=at, detail=said)).seq


@pytest.fixture
def told(store: Store) -> Store:
    with store.write() as tx:
        for n in range(30):
            left(tx, "contact.viewed", by="tbell" if n % 3 else "rosei", of=1 + n % 5, minute=n)
        left(
            tx, "contact.rated", by="rosei", of=1, minute=40, before="", now="red", why="50% Off_x"
        )
        left(tx, "worker.signed_in", by="tbell", of=0, minute=50)
    return store


def seqs(store: Store, sought: Sought, **which: int) -> list[int]:
    with store.read() as tx:
        return [e.seq for e in trail.page(tx, sought, **which)]


def test_pages_follow_each_other_both_ways_and_miss_nothing(told: Store) -> None:
    every = Sought()
    first = seqs(told, every, limit=20)
    assert first == list(range(32, 12, -1))
    assert seqs(told, every, below=first[-1], limit=20) == list(range(12, 0, -1))
    assert seqs(told, every, above=0, limit=20) == list(range(20, 0, -1))
    assert seqs(told, every, above=12, limit=20) == first


def test_each_filter_keeps_what_fits_and_they_join(told: Store) -> None:
    assert len(seqs(told, Sought(by="rosei"))) == 11
    assert seqs(told, Sought(by="rosei", contacts=frozenset({number(1)}))) == [31, 16, 1]
    assert seqs(told, Sought(kinds=frozenset({"contact.rated"}))) == [31]
    assert seqs(told, Sought(contacts=frozenset())) == []
    assert seqs(told, Sought(words="50% off_")) == [31]
    assert seqs(told, Sought(words="50_ off")) == []
    until = NOON + timedelta(minutes=3)
    assert seqs(told, Sought(since=NOON + timedelta(minutes=1), until=until)) == [3, 2]
    assert seqs(told, Sought(since=NOON + timedelta(days=1))) == []
    with told.read() as tx:
        assert trail.count(tx, Sought(by="rosei")) == 11
        assert trail.count(tx, Sought(), most=20) == 21


def test_remarks_on_an_event_are_not_lost_among_many_on_others(told: Store) -> None:
    with told.write() as tx:
        noted = left(tx, "audit.noted", of=1, minute=60, event=31)
        of_none = left(tx, "audit.noted", of=0, minute=61, event=32)
        for n in range(5):
            left(tx, "audit.noted", of=2, minute=62 + n, event=2)
        found = [
            [e.seq for e in trail.after(tx, event, ["audit.noted"], limit=2)]
            for event in map(trail.one, (tx, tx), (31, 32))
            if event
        ]
    assert found == [[noted], [of_none]]


def test_tally_counts_by_person_and_kind_within_a_time(told: Store) -> None:
    with told.read() as tx:
        found = trail.tally(tx, None, NOON + timedelta(minutes=45))
    assert {(t.by, t.kind): (t.events, t.newest) for t in found} == {
        ("rosei", "contact.viewed"): (10, 28),
        ("tbell", "contact.viewed"): (20, 30),
        ("rosei", "contact.rated"): (1, 31),
    }


def test_of_a_long_time_no_more_than_the_newest_are_looked_through_and_that_is_said(
    told: Store,
) -> None:
    late = Sought(kinds=frozenset({"contact.viewed"}), until=NOON + timedelta(minutes=45))
    with told.read() as tx:
        whole, left_out = trail.newest(tx, late, most=31)
        assert (trail.count(tx, whole), whole.since, left_out) == (30, None, False)
        some, left_out = trail.newest(tx, late, most=5)
        assert [e.seq for e in trail.page(tx, some)] == [30, 29, 28, 27]
        assert some.since is not None
        assert left_out
        assert sum(t.events for t in trail.tally(tx, some.since, some.until)) == 5
        nothing, left_out = trail.newest(tx, Sought(until=NOON), most=5)
        assert (trail.page(tx, nothing), left_out) == ([], False)


def test_what_came_late_is_within_its_time_though_its_number_is_not(told: Store) -> None:
    with told.write() as tx:
        late = left(tx, "contact.rated", minute=5)  # done while the hub was away
    span = Sought(since=NOON + timedelta(minutes=4), until=NOON + timedelta(minutes=6))
    with told.read() as tx:
        found, _ = trail.newest(tx, span, most=100)
        assert [e.seq for e in trail.page(tx, found)] == [late, 6, 5]


def test_every_kind_there_is_is_known(told: Store) -> None:
    with told.read() as tx:
        assert trail.kinds(tx) == {"contact.viewed", "contact.rated", "worker.signed_in"}


def test_a_look_knows_whether_that_person_ever_did_anything_else_with_the_contact(
    told: Store,
) -> None:
    with told.read() as tx:
        found = trail.looks(tx, None, None)
        never = trail.page(tx, Sought(never_worked=True))
    worked = {(k.by, k.contact_id) for k in found if k.worked}
    assert worked == {("rosei", number(1))}
    assert {e.seq for e in never} == {k.seq for k in found if not k.worked}


def test_events_of_restricted_contacts_are_found_and_those_of_none_are_not(told: Store) -> None:
    with told.write() as tx:
        for n in (1, 2, 3, 4, 5):
            held = factory.contact(reference=f"C-26-0000{n}", restricted=n == 2)
            contacts.insert(tx, replace(held, id=number(n)))
    assert seqs(told, Sought(restricted=True)) == [27, 22, 17, 12, 7, 2]


def test_contacts_are_found_by_whom_they_are_about_and_a_restricted_one_by_its_number_alone(
    store: Store,
) -> None:
    with store.write() as tx:
        seen = factory.contact(reference="C-26-00001")
        hidden = factory.contact(reference="C-26-00002", restricted=True)
        contacts.insert(tx, seen)
        contacts.insert(tx, hidden)
    with store.read() as tx:
        for words in ("maya  ROWE", "Rowe"):
            assert contacts.ids_about(tx, words, with_restricted=False) == {seen.id}
            assert contacts.ids_about(tx, words, with_restricted=True) == {seen.id, hidden.id}
        named = contacts.ids_about(tx, "c-26-00002", with_restricted=False)
        assert named == {hidden.id}
        assert contacts.ids_about(tx, "  ", with_restricted=True) == frozenset()
        assert contacts.ids_about(tx, "Nobody", with_restricted=True) == frozenset()
        assert set(contacts.by_ids(tx, [seen.id, number(9)])) == {seen.id}
