"""What a newcomer tries first: the welcome page, its keys, the tab, and the search line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QMenu

from tests.journeys.conftest import Seat
from triage.workflow import earlier
from triage.workflow.queue import queue
from ui.keymap import keymap
from ui.shell.commands import ALSO
from ui.shell.help import HelpBox
from ui.shell.search import KEYS_ONLY
from ui.theme import theme
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


def test_files_are_looked_for_among_downloads_and_then_where_the_last_lay(
    sit: Callable[[str], Seat], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = tmp_path / "Loads"
    loads.mkdir()
    letter = tmp_path / "letter.txt"
    letter.write_text("Maya Rowe, 7, was seen crying at the gate.", encoding="utf-8")
    monkeypatch.setattr("ui.workbench.downloads", lambda: loads)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    seat = sit("rosei")
    before = len(queue(seat.desk()).rows)

    def dialog() -> QFileDialog:
        menu = seat.bench.window.menus.main()
        next(a for a in menu.actions() if a.text().startswith("Take in files")).trigger()
        return next(d for d in seat.window.findChildren(QFileDialog) if d.isVisible())

    first = dialog()
    assert Path(first.directory().absolutePath()) == loads
    first.filesSelected.emit([str(letter)])
    first.reject()
    seat.wait(lambda: len(queue(seat.desk()).rows) == before + 1)
    second = dialog()
    assert Path(second.directory().absolutePath()) == tmp_path
    second.reject()
    letter.unlink()


def test_the_search_line_finds_every_command_of_the_menus_and_the_keys(
    sit: Callable[[str], Seat],
) -> None:
    seat = sit("pnandra")
    window = seat.bench.window
    menus = window.menus
    lines = [*_lines(menus.main()), *_lines(menus.user())]
    assert not set(keymap().acts()) - window.actions_.ever(), "a key that does nothing anywhere"
    by_key = window.actions_.ever() - set(KEYS_ONLY)
    seat.press("Ctrl+2")  # where much of it has nothing to do
    line = window.top.search
    missing = []
    for words in {*lines, *by_key}:
        line.clear()
        type_into(line, words)
        if words not in [row.text for row in window.search.rows()]:
            missing.append(words)
    assert not missing
    line.clear()
    type_into(line, "dark")
    press(line, "Return")
    assert theme().choice == "dark"
    type_into(line, "Compare records")
    press(line, "Return")
    assert window.toast.words() == "“Compare records” has nothing to do on this screen."


def _lines(menu: QMenu, above: str = "") -> list[str]:
    """What a menu offers, below its submenus too."""
    said = []
    for action in menu.actions():
        words = action.text().replace("&&", "&")
        below = action.menu()
        if isinstance(below, QMenu):
            said += _lines(below, f"{words}: ")
        elif words:
            said.append(above + words)
    return said


FOUND_BY = (
    ("retention", "Records due for destruction…"),
    ("retention", "Keeping and destroying records"),
    ("backup", "Backups"),
    ("bigger text", "Larger text"),
    ("keyboard", "All keys"),
    ("reminder", "Handover and schedule"),
    ("colour", "Colours: Dark"),
    ("blur", "Privacy blur on or off"),
    ("language", "Services"),
    ("log out", "Switch user"),
    ("subject access", "When somebody asks what is held about a child"),
    ("restrict", "Restricted records to review…"),
    ("print", "Print preview"),
    ("help", "Help for this screen"),
)


def test_commands_and_pages_are_found_by_what_people_call_them(sit: Callable[[str], Seat]) -> None:
    seat = sit("pnandra")
    window = seat.bench.window
    line = find(window, window.top.search.accessibleName(), QLineEdit)
    missing = []
    for typed, found in FOUND_BY:
        line.clear()
        type_into(line, typed)
        if found not in [row.text for row in window.search.rows()]:
            missing.append((typed, found))
    assert missing == []
    extra = {words for _, words, *_ in window.menus._extra}
    known = {*keymap().acts(), *window.menus.commands(), *extra}
    assert [c for c in ALSO if not any(k.startswith(c) for k in known)] == []
    line.clear()
    type_into(line, "backups")
    press(line, "Return")
    seat.wait(lambda: isinstance(QApplication.activeModalWidget(), HelpBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, HelpBox)
    assert box.words().startswith("Backups")
    box.close()
