"""A team leader makes a copy of what is held by keys alone; third parties decided one by one."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from pypdfium2 import PdfDocument
from PySide6.QtWidgets import QLineEdit, QTextEdit

from tests.journeys.conftest import WHO, Seat
from triage.storage import events
from ui.access.screen import AccessScreen
from ui.access.whose import LINE
from ui.printing import paper
from ui.tour_drive import find, focused, press, type_into
from ui.widgets.headed import Head

Sit = Callable[[str], Seat]


def asked_by_name(seat: Seat, words: str) -> None:
    """Run a command of Ctrl K."""
    press(focused(), "Ctrl+K")
    type_into(focused(), words)
    press(focused(), "Return")


def gathered(seat: Seat) -> AccessScreen:
    """Maya's, gathered by a leader."""
    seat.open("Maya Rowe")
    asked_by_name(seat, "copy of what")
    seat.wait(lambda: seat.bench.whose.box)
    assert seat.bench.whose.box is not None
    press(seat.bench.whose.box, "Return")
    seat.wait(lambda: seat.bench.window.current() == "access")
    screen = cast("AccessScreen", seat.bench.window.screen_of("access"))
    seat.window.activateWindow()
    seat.wait(lambda: screen.parties.view.hasFocus() and screen.parties.current())
    seat.settled()
    return screen


def words_of(file: Path) -> str:
    with file.open("rb") as data:
        document = PdfDocument(data.read())
    try:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_a_copy_is_made_by_keys_once_each_third_party_is_decided(
    sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "printers", lambda: ())
    seat = sit("pnandra")
    screen = gathered(seat)
    rows = map(screen.parties.model.row, range(screen.parties.model.rowCount()))
    said = [row.title for row in rows if row is not None]
    assert said[:2] == ["Theo Rowe", "Carla Rowe"]
    heads = [e.title for e in screen.parties.model._entries if isinstance(e, Head)]
    assert heads[0] == "Named in the record"
    assert heads[-1] == "To look at"
    seat.press("End")
    last = screen.parties.current()
    assert last is not None
    seat.wait(lambda: len(screen.pages.view.pages.sheets) == screen.pages.view.pages.count)
    seat.press("F")
    assert screen.pages.view.pages.chosen_words().casefold().startswith(last.title.casefold())
    seat.press("Home")
    seat.press("F")
    assert "nowhere on the pages" in seat.read_aloud(), "it is out of them until it is left in"
    seat.press("Ctrl+Return")
    assert "to go" in seat.read_aloud(), "it says what is missing, and makes nothing"
    seat.press("T")
    assert screen.parties.current() is not None
    seat.press("L")
    assert screen.box is not None
    screen.box.reason.set_value("AGREES")
    screen.box.answered.emit("go")
    assert screen.box.isVisible(), "whoever agrees must be said to have"
    type_into(find(screen.box, "In your words", QTextEdit), "She asked with her daughter.")
    screen.box.answered.emit("go")
    seat.window.activateWindow()
    seat.wait(screen.parties.view.hasFocus)
    seat.press("W")
    screen.box.reason.set_value("HARM")
    type_into(find(screen.box, "In your words", QTextEdit), "He does not know that she told.")
    screen.box.answered.emit("go")
    seat.window.activateWindow()
    seat.wait(screen.parties.view.hasFocus)
    assert screen._decided["Carla Rowe"].why == (
        "They agree to it (sch 2 para 16(2)(a)): She asked with her daughter."
    )
    assert "Serious harm is likely (sch 3 para 11): He does not" in screen._decided[said[2]].why
    for _ in said[3:]:
        seat.press("T")
    assert all(row in screen._decided for row in said)
    screen._also["across removed 1 a mark"] = "Told in confidence."
    screen.refresh()
    seat.wait(lambda: not screen._also)
    assert "as one run of words" in seat.read_aloud(), "what would stay is not listed as taken out"
    assert seat.bench.window.isActiveWindow()
    seat.press("Ctrl+Return")
    assert focused() is screen.making.for_whom
    type_into(find(seat.window, "For whom", QLineEdit), "Maya Rowe, herself")
    type_into(find(seat.window, "What was found of serious harm", QTextEdit), "None found.")
    assert screen.not_kept(), "what was typed is not in the store yet"
    seat.press("Ctrl+Return")
    seat.wait(lambda: screen.paper.box is not None and screen.paper.box.isVisible())
    assert screen.paper.box is not None
    screen.paper.box.done(0)
    file, again = tmp_path / "copy.pdf", tmp_path / "again.pdf"
    screen.paper.save(file)
    seat.wait(file.exists)
    screen.paper.save(again)
    seat.wait(again.exists)
    seat.settled()
    assert again.read_bytes() == file.read_bytes(), "saved again, it is the same copy"
    assert screen.not_kept() == ""
    shown = words_of(file)
    assert "Carla Rowe" in shown
    assert "Theo" not in shown
    assert screen._asked is not None
    contact_id, _child = screen._asked
    with seat.desk().store.read() as tx:
        kinds = [e.kind for e in events.of_contact(tx, contact_id)]
    assert kinds.count("access.exported") == 1


def test_nobody_but_a_leader_is_offered_it_and_nothing_of_it_stays_for_who_sits_down_next(
    sit: Sit,
) -> None:
    seat = sit("pnandra")
    screen = gathered(seat)
    assert LINE in seat.bench.window.menus.commands()
    seat.bench.window.toggle_blur()
    model = screen.parties.model
    rows = [model.row(n) for n in range(model.rowCount())]
    told = " ".join(f"{row.title} {row.spoken}" for row in rows if row is not None)
    assert not re.search("Rowe|Hartley|partner,|mother", told), "F9 hides what stands about it too"
    seat.bench.window.toggle_blur()
    assert seat.bench.holder is not None
    seat.bench.holder.seat(seat.practice.hub.desk(WHO["rosei"]))
    seat.settled()
    assert LINE not in seat.bench.window.menus.commands()
    assert screen.parties.model.rowCount() == 0
    assert screen._gathered is None
    assert "Theo Rowe" not in seat.read_aloud()


def test_what_was_decided_is_there_again_after_the_window_was_killed(sit: Sit) -> None:
    seat = sit("pnandra")
    screen = gathered(seat)
    seat.press("T")
    type_into(find(seat.window, "For whom", QLineEdit), "Maya Rowe, herself")
    type_into(find(seat.window, "What was found of serious harm", QTextEdit), "None fo")
    seat.wait(lambda: "Copy kept" in seat.bench.window.status.saved_words())
    assert screen.not_kept() == "", "closing would lose nothing"

    again = gathered(sit("pnandra"))  # another window, which knows of the store alone
    assert again is not screen
    assert list(again._decided) == ["Theo Rowe"]
    first = again.parties.model.row(1)
    assert first is not None
    assert first.state[2] == "Taken out"
    assert again.making.for_whom.text() == "Maya Rowe, herself"
    assert again.making.harm.toPlainText() == "None fo"
