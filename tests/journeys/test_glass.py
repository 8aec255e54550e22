"""A restricted record is opened with a reason by keys alone, and a leader is told until they say
that they have seen it."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QPushButton, QTextEdit

from tests.journeys.conftest import WHO, Seat
from triage.workflow import access, queue
from ui.tour_drive import find, press, type_into

Sit = Callable[[str], Seat]


def push(button: QPushButton) -> None:
    button.setFocus()
    press(button, "Space")


def _go_to_restricted(seat: Seat) -> str:
    row = next(r for r in queue.queue(seat.desk()).rows if r.restricted)
    model, view = seat.bench.triage.queue.model, seat.bench.triage.queue.list
    seat.wait(lambda: model.index_of(row.contact_id).isValid())
    view.setCurrentIndex(model.index_of(row.contact_id))
    view.setFocus()
    press(view, "Return")
    seat.wait(lambda: "This record is restricted" in seat.read_aloud())
    seat.settled()
    return row.reference


def test_a_reason_opens_it_and_its_time_closes_it_again(sit: Sit) -> None:
    seat = sit("rosei")
    reference = _go_to_restricted(seat)
    push(find(seat.window, "Open with a reason", QPushButton))
    box = seat.bench.triage.glass.box
    assert box is not None
    assert box.reference.text() == reference
    act = find(box, "Open and record why", QPushButton)
    press(act, "Space")
    assert "Choose a reason" in box.banner.words.text()
    choice = box.findChild(QComboBox)
    assert choice is not None
    choice.setFocus()
    press(choice, "Down")
    press(act, "Space")
    assert "few words" in box.banner.words.text()
    type_into(find(box, "Why, in your words", QTextEdit), "Sibling in mine.")
    press(act, "Space")
    seat.wait(lambda: "Finch" in seat.bench.triage.header.name.text())
    seat.settled()
    (notice,) = access.notices(seat.desk().as_worker(WHO["pnandra"]))
    assert notice.why == "Child may be at risk today: Sibling in mine."
    seat.bench.triage.glass._close()  # as when its time is over
    assert "The time to see it is over" in seat.read_aloud()
    assert "Finch" not in seat.read_aloud()


def test_a_leader_is_told_across_the_window_until_they_have_seen_it(sit: Sit) -> None:
    seat = sit("pnandra")
    row = next(r for r in queue.queue(seat.desk()).rows if r.restricted)
    bar = seat.bench.window.notices
    assert not bar.isVisible()
    officer = seat.desk().as_worker(WHO["tbell"])
    access.break_glass(officer, row.reference, "Named in a contact: Maya's friend")
    seat.wait(bar.isVisible)
    said = seat.read_aloud()
    assert f"Tom Bell opened restricted record {row.reference}" in said
    assert "Maya's friend" in said
    seat.press("F9")
    assert "Maya's friend" not in seat.read_aloud()
    seat.press("F9")
    push(find(seat.window, "I have seen it", QPushButton))
    seat.wait(lambda: not bar.isVisible())
    assert access.notices(seat.desk()) == ()
    seat.settled()


def test_who_may_not_break_it_is_offered_nothing(sit: Sit) -> None:
    seat = sit("mgreig")
    _go_to_restricted(seat)
    names = [
        b.accessibleName() or b.text()
        for b in seat.window.findChildren(QPushButton)
        if b.isVisible()
    ]
    assert not any("Open with a reason" in name for name in names)
