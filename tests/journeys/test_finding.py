"""What a newcomer tries first: the welcome page, its keys, the tab, and the search line."""

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QLineEdit

from tests.journeys.conftest import Seat
from triage.workflow import earlier
from ui.tour_drive import find, press, type_into


def test_a_name_typed_in_the_search_line_opens_its_contact(sit: Callable[[str], Seat]) -> None:
    seat = sit("rosei")
    window = seat.bench.window
    seat.press("Ctrl+K")
    line = find(window, window.top.search.accessibleName(), QLineEdit)
    for letter in "Row":
        press(line, letter)
    seat.wait(lambda: any("Rowe" in row.text for row in window.search.rows()))
    assert "C-26-" in window.search.rows()[0].detail
    press(line, "Return")
    seat.wait(lambda: "Rowe" in seat.bench.triage.header.name.text())
    assert seat.bench.triage.queue.list.hasFocus()


def test_a_few_words_in_any_order_show_how_they_were_understood(
    sit: Callable[[str], Seat],
) -> None:
    seat = sit("rosei")
    earlier.learn_all(seat.desk())
    search = seat.bench.window.search
    seat.press("Ctrl+K")
    line = find(seat.bench.window, seat.bench.window.top.search.accessibleName(), QLineEdit)
    type_into(line, "~7 mum Carla Maya")
    seat.wait(lambda: any("Maya Rowe" in row.text for row in search.rows()))
    shown = [chip.text() for chip in search.chips() if chip.isVisible()]
    assert shown == ["Name Maya", "About 7", "Mother Carla"]
    assert "Partners" in " ".join(label.text() for label in search.findChildren(QLabel))
    press(line, "Return")
    seat.wait(lambda: "Maya Rowe" in seat.bench.triage.header.name.text())


def test_when_nothing_fits_the_search_line_says_so(sit: Callable[[str], Seat]) -> None:
    seat = sit("rosei")
    window = seat.bench.window
    seat.press("Ctrl+K")
    line = find(window, window.top.search.accessibleName(), QLineEdit)
    for letter in "Zqx":
        press(line, letter)
    seat.wait(lambda: [row.text for row in window.search.rows()] == ["Nothing found"])
    press(line, "Return")
    assert line.text().casefold() == "zqx"


def test_while_names_are_hidden_the_search_line_shows_references_only(
    sit: Callable[[str], Seat],
) -> None:
    seat = sit("rosei")
    window = seat.bench.window
    window.toggle_blur()
    seat.press("Ctrl+K")
    line = find(window, window.top.search.accessibleName(), QLineEdit)
    for letter in "Row":
        press(line, letter)
    seat.wait(lambda: any(row.text.startswith("C-26-") for row in window.search.rows()))
    assert not any("Rowe" in row.text + row.detail for row in window.search.rows())


def test_nothing_leads_back_to_the_opening_page(sit: Callable[[str], Seat]) -> None:
    seat = sit("rosei")
    seat.bench._show_first_run()
    seat.press("Esc")
    assert seat.bench.window.current() == "first-run"
    seat.bench.first_run.practise_asked.emit()
    seat.press("Esc")
    assert seat.bench.window.current() == "triage"


def test_a_key_of_the_five_is_counted_and_later_does_its_work(sit: Callable[[str], Seat]) -> None:
    seat = sit("rosei")
    seat.bench._show_first_run()
    seat.press("F9")
    assert seat.bench.first_run.trial.tried() == 1
    assert not seat.bench.window.blurred
    seat.press("F9")
    assert seat.bench.window.blurred
    seat.bench.first_run.left()
