"""The queue: least time left first, in groups that a person would name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from tests import factory
from tests.workflow.conftest import Front
from triage.storage.tables import contact_child
from triage.workflow import claims, concerns, queue, receive, screen


def test_rows_stand_under_the_clock_that_leads(front: Front) -> None:
    for number, (hours, rating) in enumerate(
        ((5.0, "red"), (3.0, "red"), (0.2, "red"), (4.0, "green"))
    ):
        front.bring(
            factory.contact(
                reference=f"C-26-0000{number}",
                rating=rating,
                received_at=factory.NOW - timedelta(hours=hours),
            )
        )
    rows = queue.queue(front.ruth).rows
    assert [(r.reference, r.group) for r in rows] == [
        ("C-26-00000", "Overdue"),
        ("C-26-00001", "Due in the next 2 hours"),
        ("C-26-00002", "Later today"),
        ("C-26-00003", "Tomorrow"),
    ]
    assert [c.label for c in rows[3].clocks] == ["Green: decide by", "One working day"]
    assert rows[0].leading is not None
    assert rows[0].leading.words == "1 h 00 min over"


def test_mine_and_unassigned(front: Front) -> None:
    first = front.bring(factory.contact())
    front.bring(factory.contact(reference="C-26-00002"))
    claims.claim(front.ruth, first)
    view = queue.queue(front.ruth, whose="mine")
    assert [r.reference for r in view.rows] == ["C-26-04817"]
    assert view.counts == {"all": 2, "mine": 1, "unassigned": 1}
    assert view.seq == front.seq
    assert [r.assigned_initials for r in view.rows] == ["RO"]
    assert len(queue.queue(front.tom, whose="unassigned").rows) == 1


def test_kept_call_is_in_the_queue_as_a_partial_and_an_empty_one_is_not(front: Front) -> None:
    call = receive.start_call(front.ruth)
    assert queue.queue(front.ruth).rows == ()
    receive.keep_call(front.ruth, call, factory.content())
    [row] = queue.queue(front.ruth).rows
    assert (row.partial, row.rating, row.title) == (True, None, "Maya Rowe 7")
    assert "partial call" in row.sentence


def test_titles_name_the_children_as_a_person_would(front: Front) -> None:
    theo = factory.child("c2", "Theo", family="Rowe", dob="2023-08-02")
    baby = factory.child("c1", None, family="Fenwick", dob=None)
    unborn = replace(baby, unborn=True)
    nameless = factory.child("c1", None, family=None, dob=None, age_text="4")
    held = (
        factory.contact(factory.child(), theo, reference="C-26-00001"),
        factory.contact(unborn, reference="C-26-00002"),
        factory.contact(nameless, reference="C-26-00003"),
    )
    front.bring(*held)
    rows = {r.reference: r for r in queue.queue(front.ruth).rows}
    assert rows["C-26-00001"].title == "Maya Rowe 7, + Theo 3"
    assert rows["C-26-00002"].title == "Baby Fenwick unborn"
    assert rows["C-26-00003"].title == "Name not known about 4"
    assert rows["C-26-00001"].source == "Police"


def test_day_of_the_hub_decides_not_the_day_of_greenwich(front: Front) -> None:
    # 23:30 UTC in June is half past midnight at the hub.
    front.watch.now = datetime(2026, 6, 9, 23, 30, tzinfo=UTC)
    front.bring(factory.contact(rating="red", received_at=datetime(2026, 6, 9, 23, 20, tzinfo=UTC)))
    [row] = queue.queue(front.ruth).rows
    assert row.group == "Later today"


def test_what_another_window_changed_is_in_the_next_reading(front: Front) -> None:
    contact = front.bring(factory.contact())
    window, other = front.ruth, replace(front.tom, memory=type(front.tom.memory)())
    assert [r.rating for r in queue.queue(window).rows] == [None]
    screen.rate(other, contact.id, "red")
    screen.change_fact(other, front.read(contact), "children.c1.given", factory.fact("Maia"))
    [row] = queue.queue(window).rows
    assert (row.rating, row.title) == ("red", "Maia Rowe 7")
    front.watch.move(days=1)
    assert queue.queue(window).rows[0].group == "Overdue"
    screen.set_aside(other, contact.id, "error", "Slip.")
    assert queue.queue(window).rows == ()


def test_restriction_lifted_or_laid_shows_at_once(front: Front) -> None:
    contact = front.bring(factory.contact())
    assert queue.queue(front.ruth).rows[0].title == "Maya Rowe 7"
    concerns.restrict(front.ruth, contact.id, "A colleague's child.")
    assert queue.queue(front.ruth).rows[0].title == "Restricted record"
    assert queue.queue(front.priya).rows[0].title == "Maya Rowe 7"
    concerns.open_up(front.priya, contact.id, "She has left.")
    assert queue.queue(front.ruth).rows[0].title == "Maya Rowe 7"


def test_what_others_say_of_a_contact_is_read_again_only_once_it_may_be_otherwise(
    front: Front,
) -> None:
    old = front.bring(factory.contact(received_at=factory.NOW - timedelta(days=30)))
    new = front.bring(factory.contact(reference="C-26-04900"))
    window, other = front.ruth, replace(front.tom, memory=type(front.tom.memory)())
    asked: list[str] = []

    def repeats() -> list[int]:
        asked.clear()
        return [r.repeat for r in queue.queue(window).rows if r.contact_id == new.id]

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.extend([statement] if contact_child.name in statement else [])

    event.listen(window.store._engine, "before_cursor_execute", note)
    assert (repeats(), len(asked)) == ([1], 1)
    claims.claim(other, new)
    assert (repeats(), len(asked)) == ([1], 0)
    screen.set_aside(other, old.id, "error", "Slip.")
    assert (repeats(), len(asked)) == ([0], 1)
    front.watch.move(minutes=1)
    assert (repeats(), len(asked)) == ([0], 1)
    event.remove(window.store._engine, "before_cursor_execute", note)
