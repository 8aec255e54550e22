"""What somebody says is wrong is noted, shown and answered by keys alone."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QTextEdit

from tests.journeys.conftest import WHO, Seat
from tests.journeys.test_subject_access import asked_by_name
from triage.domain.correction import Standing
from triage.workflow import corrections
from ui.tour_drive import find, press, type_into

Sit = Callable[[str], Seat]


def test_a_request_is_noted_seen_beside_the_record_and_answered_by_a_leader(sit: Sit) -> None:
    seat = sit("rosei")
    contact_id = seat.open("Maya Rowe")
    asked = seat.bench.corrections
    assert "Corrections to answer…" not in seat.bench.window.menus.commands()
    asked_by_name(seat, "corrections of")
    seat.wait(lambda: asked.box is not None and asked.box.isVisible())
    assert asked.box is not None
    press(asked.box, "Return")
    seat.wait(lambda: asked.note is not None and asked.note.isVisible())
    assert asked.note is not None
    press(asked.note, "Return")
    assert asked.note.isVisible(), "who says so is missing"
    fact = asked.note.fact
    fact.set_value("children.c1.dob")
    type_into(find(asked.note, "Who says so", QLineEdit), "Carla Rowe")
    type_into(find(asked.note, "What it should be", QTextEdit), "15 March 2019")
    asked.note.give()
    told = seat.bench.triage.story.disputed
    seat.wait(told.isVisible)
    words = "".join(span.text for span in told.spans())
    assert "Maya Rowe, born: “15 March 2019”, says Carla Rowe" in words
    assert "not answered yet" in words
    seat.bench.window.toggle_blur()
    seat.settled()
    assert not told.isVisible(), "nothing of it is told while names are hidden"
    seat.bench.window.toggle_blur()

    assert seat.bench.holder is not None
    seat.bench.holder.seat(seat.practice.hub.desk(WHO["pnandra"]))
    seat.settled()
    asked.box = None
    seat.window.activateWindow()
    seat.wait(seat.window.isActiveWindow)
    asked_by_name(seat, "corrections to")
    seat.wait(lambda: asked.box is not None and asked.box.isVisible())
    words = asked.box.detail.text()
    assert "tell them too: Police (R-26-00001) on 24 Nov 2026" in words
    assert "complain to the Information Commissioner" in words
    type_into(find(asked.box, "Why", QLineEdit), "The GP has the 15th.")
    buttons = {b.words(): b for b in asked.box._buttons}
    press(buttons["Agree"], "Space")
    seat.wait(lambda: not corrections.to_answer(seat.desk()))
    seat.settled()
    [kept] = corrections.asked_about(seat.desk(), contact_id)  # type: ignore[arg-type]
    assert (kept.standing, kept.answer) == (Standing.AGREED, "The GP has the 15th.")
