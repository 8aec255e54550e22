"""Joining puts contacts together and never merges; taking apart puts it back."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.draft import Kinship
from triage.domain.episode import SuggestionState
from triage.domain.errors import NotReadyError
from triage.domain.trail import JOINS
from triage.storage import episodes
from triage.workflow import concerns, feed, join, queue, screen


def three(front: Front) -> tuple[UUID, UUID, UUID]:
    held = [factory.contact(reference=f"C-26-0000{n}") for n in (1, 2, 3)]
    front.bring(*held)
    return held[0].id, held[1].id, held[2].id


def test_joining_and_taking_apart_restores(front: Front) -> None:
    contacts = [factory.contact(reference=f"C-26-0000{n}") for n in (1, 2)]
    front.bring(*contacts)
    before = [front.read(c) for c in contacts]
    one, other = join.join(front.ruth, contacts[0].id, contacts[1].id, "Same evening.")
    assert front.together(one) == {other.id}
    assert [front.read(c) for c in contacts] == before
    [pair] = join.suggestions(front.ruth, one.id)
    assert pair.suggestion.state is SuggestionState.JOINED
    after = join.take_apart(front.ruth, one.id, other.id, "Another family.")
    assert front.together(one) == frozenset()
    assert list(after) == before
    told = [(e.kind, e.contact_id) for e in front.events()[-4:]]
    kinds = ("contact.joined", "contact.taken_apart")
    assert told == [(kind, id) for kind in kinds for id in (one.id, other.id)]


def test_taking_one_of_three_apart_leaves_the_other_two_together(front: Front) -> None:
    a, b, c = three(front)
    join.join(front.ruth, a, b)
    join.join(front.ruth, b, c)
    left, gone = join.take_apart(front.ruth, b, c, "Another family.")
    assert front.together(gone) == frozenset()
    assert front.together(left) == {a}


def test_nobody_is_together_through_a_restricted_one_for_who_may_not_know_of_it(
    front: Front,
) -> None:
    a, b, c = three(front)
    join.join(front.ruth, a, b)
    join.join(front.ruth, b, c)
    concerns.restrict(front.ruth, b, "A colleague's niece")
    with front.store.read() as tx:
        seen = episodes.together(tx, [a, b, c], with_restricted=False)
        known = episodes.together(tx, [a, b, c], with_restricted=True)
    assert seen == {a: frozenset(), b: {a, c}, c: frozenset()}
    assert known == {a: {b, c}, b: {a, c}, c: {a, b}}


def test_that_a_contact_was_joined_with_a_restricted_one_is_news_for_none_but_who_may_know(
    front: Front,
) -> None:
    a, b, c = three(front)
    join.join(front.tom, a, b)
    join.keep_apart(front.tom, a, c)
    concerns.restrict(front.priya, b, "A colleague's niece")
    join.take_apart(front.priya, a, b, "Another family")
    told = [("contact.joined", a), ("contact.kept_apart", a), ("contact.kept_apart", c)]
    shown = {
        who: [(e.kind, e.contact_id) for e in feed.since(desk, 0) if e.kind in JOINS]
        for who, desk in (("ruth", front.ruth), ("tom", front.tom), ("priya", front.priya))
    }
    assert shown["ruth"] == told[1:]
    assert shown["tom"] == told
    assert set(shown["priya"]) == {*told, ("contact.joined", b), ("contact.taken_apart", b)}


def test_contacts_joined_with_one_are_not_counted_as_heard_of_before(front: Front) -> None:
    held = [
        factory.contact(reference=f"C-26-0000{n}", received_at=factory.NOW - timedelta(days=30 - n))
        for n in range(4)
    ]
    front.bring(*held)
    last = held[-1].id

    def heard() -> set[int]:
        [row] = [r for r in queue.queue(front.ruth).rows if r.contact_id == last]
        return {row.repeat, screen.look_again(front.ruth, last).repeat}

    assert heard() == {3}
    join.join(front.ruth, last, held[1].id)
    assert heard() == {2}
    join.join(front.ruth, held[1].id, held[0].id)
    assert heard() == {1}
    concerns.restrict(front.priya, held[1].id, "A colleague's niece")
    assert heard() == {2}


def test_event_told_twice_has_one_clock_the_earlier(front: Front) -> None:
    early = factory.contact(reference="C-26-00001", rating="green")
    late = replace(
        factory.contact(reference="C-26-00002", rating="green"),
        received_at=early.received_at + timedelta(minutes=40),
    )
    front.bring(early, late)
    with front.store.write() as tx:
        now = front.watch.now
        episodes.suggest(tx, late.id, early.id, Kinship.DUPLICATE, ("the same words",), now)
    apart = [r.leading.due for r in queue.queue(front.ruth).rows if r.leading]
    assert len(set(apart)) == 2
    join.join(front.ruth, late.id, early.id)
    rows = queue.queue(front.ruth).rows
    assert {r.leading.due for r in rows if r.leading} == {min(apart)}
    view = screen.open_contact(front.ruth, late.id)
    assert view.leading is not None
    assert view.leading.due == min(apart)
    assert view.contact.received_at == late.received_at, "when it arrived stays what it was"
    join.take_apart(front.ruth, late.id, early.id, "Another evening.")
    assert [r.leading.due for r in queue.queue(front.ruth).rows if r.leading] == apart


def test_event_told_three_times_has_one_clock_in_the_queue_and_where_it_is_open(
    front: Front,
) -> None:
    told = [
        factory.contact(
            reference=f"C-26-0000{n}",
            rating="green",
            received_at=factory.NOW - timedelta(minutes=90 - 30 * n),
        )
        for n in (1, 2, 3)
    ]
    front.bring(*told)
    for one, other in ((told[1], told[2]), (told[0], told[1])):
        with front.store.write() as tx:
            episodes.suggest(tx, one.id, other.id, Kinship.DUPLICATE, ("x",), front.watch.now)
        join.join(front.ruth, one.id, other.id)
    rows = queue.queue(front.ruth).rows
    [due] = {r.leading.due for r in rows if r.leading}
    for contact in told:
        view = screen.open_contact(front.ruth, contact.id)
        assert view.leading is not None
        assert view.leading.due == due


def test_kept_apart_is_not_suggested_again(front: Front) -> None:
    a, b, _ = three(front)
    join.keep_apart(front.ruth, a, b, "Cousins.")
    [pair] = join.suggestions(front.ruth, b)
    assert pair.suggestion.state is SuggestionState.KEPT_APART
    with pytest.raises(NotReadyError, match="not joined"):
        join.take_apart(front.ruth, a, b, "Slip.")
    join.join(front.ruth, a, b, "It was the same after all.")
    with pytest.raises(NotReadyError, match="Take them apart"):
        join.keep_apart(front.ruth, a, b)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.sampled_from([(0, 1), (1, 2), (2, 3), (0, 3)])), max_size=8
    )
)
def test_together_is_always_what_the_standing_joins_reach(
    front: Front, steps: list[tuple[bool, tuple[int, int]]]
) -> None:
    ids = [front.desk.new_id() for _ in range(4)]
    held = [factory.contact(reference=f"C-{id.hex[:8]}", id=id) for id in ids]
    front.bring(*held)
    joined: set[tuple[int, int]] = set()
    for joins, (a, b) in steps:
        if joins:
            join.join(front.ruth, held[a].id, held[b].id)
            joined.add((a, b))
        elif (a, b) in joined:
            join.take_apart(front.ruth, held[a].id, held[b].id, "Not the same.")
            joined.discard((a, b))
    groups = [{n} for n in range(4)]
    for a, b in joined:
        one, other = groups[a], groups[b]
        one |= other
        for n in one:
            groups[n] = one
    with front.store.read() as tx:
        together = episodes.together(tx, ids, with_restricted=False)
    for n, id in enumerate(ids):
        assert together[id] == {ids[m] for m in groups[n] - {n}}
