"""What was set aside is found, read and brought back by keys alone."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QPushButton

from tests.journeys.conftest import Seat
from tests.journeys.test_subject_access import asked_by_name
from tests.workflow.keeping import AUTOMATIC
from triage.workflow import aside, receive
from ui.tour_drive import find, press, type_into

Sit = Callable[[str], Seat]


def test_an_automatic_reply_that_asks_for_help_is_brought_back_and_opened(sit: Sit) -> None:
    seat = sit("rosei")
    before = len(aside.listed(seat.desk()))
    receive.receive_file(seat.desk(), AUTOMATIC, "away.eml")
    assert len(aside.listed(seat.desk())) == before + 1
    asked_by_name(seat, "set aside")
    seat.wait(lambda: seat.bench.aside.box is not None and seat.bench.aside.box.isVisible())
    box = seat.bench.aside.box
    assert box is not None
    chosen = box.chosen()
    assert chosen is not None
    assert chosen.name == "away.eml"
    press(find(box, "Read it", QPushButton), "Space")
    seat.wait(lambda: box.words.isVisible() and box.words.spans())
    assert "Poppy Lane" in "".join(span.text for span in box.words.spans())
    press(find(box, "Bring it back", QPushButton), "Space")
    assert box.isVisible(), "not without a reason"
    type_into(find(box, "Why it is brought back", QLineEdit), "It tells of a bruise.")
    press(find(box, "Why it is brought back", QLineEdit), "Return")
    seat.wait(lambda: len(aside.listed(seat.desk())) == before)
    seat.wait(lambda: seat.bench.triage.opened_contact() is not None)
    opened = seat.bench.triage.opened_contact()
    assert opened is not None
    assert "Automatic reply" in opened.subject
