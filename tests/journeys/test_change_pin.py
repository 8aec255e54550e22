"""Changing one's PIN, by keys alone."""

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton

from tests.journeys.conftest import PINS, Seat
from triage.storage import events
from ui.seating import PRINTED
from ui.shell.sign_in import ChangePinBox
from ui.tour_drive import find, focused, press, type_into
from ui.tour_stage import is_modal, modal

Sit = Callable[..., Seat]


def _box(seat: Seat) -> ChangePinBox:
    seat.wait(lambda: is_modal("Change your PIN"))
    box = modal("Change your PIN")
    assert isinstance(box, ChangePinBox)
    seat.wait(box.isActiveWindow)
    return box


def _filled(pin: str, new: str, again: str | None = None) -> None:
    """Type into the three fields as the tab order has them, and press Enter."""
    box = modal("Change your PIN")
    for name, words in (
        ("Current PIN", pin),
        ("New PIN", new),
        ("New PIN again", new if again is None else again),
    ):
        find(box, name, QLineEdit).clear()
        type_into(find(box, name, QLineEdit), words)
    press(focused(), "Return")


def _by_name(seat: Seat, name: str) -> None:
    """Run a command by its name in the search line."""
    window = seat.bench.window
    seat.press("Ctrl+K")
    line = find(window, window.top.search.accessibleName(), QLineEdit)
    type_into(line, name)
    seat.wait(lambda: window.search.rows() and window.search.rows()[0].text == "Change PIN…")
    press(focused(), "Return")


def test_pin_is_changed_from_the_search_line_and_the_new_one_unlocks(sit: Sit) -> None:
    seat = sit("rosei", printed=False)
    _by_name(seat, "change pin")
    box = _box(seat)
    assert focused() is find(box, "Current PIN", QLineEdit)
    shown = (box.pin.echoMode(), box.new_pin.echoMode(), box.again.echoMode())
    assert set(shown) == {QLineEdit.EchoMode.Password}
    for typed, words, at in (
        (("", ""), "Type the current PIN.", "Current PIN"),
        ((PINS["rosei"], "8391", "8319"), "typed in two ways", "New PIN"),
        ((PINS["rosei"], "1984"), "A year or a date", "New PIN"),
        (("0000", "8391"), "That is not your PIN", "Current PIN"),
    ):
        _filled(*typed)
        seat.wait(lambda w=words: box.banner.isVisible() and w in box.banner.words.text())
        assert focused() is find(box, at, QLineEdit)
        assert focused().text() == ""  # type: ignore[attr-defined]
    _filled(PINS["rosei"], "8391")
    seat.wait(lambda: not is_modal("Change your PIN"))
    seat.settled()
    window = seat.bench.window
    window.activateWindow()
    seat.wait(window.isActiveWindow)
    seat.press("Shift+F9")
    seat.wait(window.is_locked)
    type_into(focused(), PINS["rosei"])
    seat.press("Return")
    seat.settled()
    assert window.is_locked()
    type_into(focused(), "8391")
    seat.press("Return")
    seat.wait(lambda: not window.is_locked())
    with seat.desk().store.read() as tx:
        assert events.newest_of(tx, "worker.pin_changed", "rosei") is not None


def test_pin_is_changed_under_ones_name_and_cancel_changes_nothing(sit: Sit) -> None:
    seat = sit("rosei", printed=False)
    chip = find(seat.window, "Ruth Osei", QPushButton)
    chip.setFocus()
    press(chip, "Space")
    seat.wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    while (at := menu.activeAction()) is None or at.text() != "Change PIN…":
        press(menu, "Down")
    press(menu, "Return")
    box = _box(seat)
    type_into(find(box, "Current PIN", QLineEdit), PINS["rosei"])
    type_into(find(box, "New PIN", QLineEdit), "8391")
    press(focused(), "Escape")
    seat.wait(lambda: not is_modal("Change your PIN"))
    seat.settled()
    assert seat.desk().signer.signer("rosei", PINS["rosei"])


def test_practice_says_why_its_pins_stay(sit: Sit) -> None:
    seat = sit("rosei")
    _by_name(seat, "change pin")
    seat.wait(lambda: PRINTED in seat.read_aloud())
    assert not is_modal("Change your PIN")
