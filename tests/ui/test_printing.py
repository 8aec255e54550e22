"""Print preview: what is seen of a copy, what is removed from it, and how it goes out."""

import os
import stat
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests import factory
from tests.export.pack_family import rowe_decision
from triage.domain.decision import VersionState
from triage.domain.pack import Removal
from triage.storage import contacts, versions, workers
from triage.storage.engine import Store, open_file
from triage.workflow import pack
from triage.workflow.desk import Desk
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.printing import paper
from ui.printing import screen as screen_module
from ui.printing.page_view import Chosen
from ui.printing.screen import PrintPreviewScreen
from ui.printing.sheets import Sheet, sheets
from ui.shell.dialogs import PinBox
from ui.theme import theme

VERSION = rowe_decision()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_file(tmp_path / "fanlight.db", bytes(range(32)))
    yield made
    made.close()


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    watch = factory.Watch(datetime(2026, 11, 24, 12, 20, tzinfo=UTC))
    signer = factory.keys(tmp_path / "keys", watch, factory.RUTH, factory.PRIYA)
    with store.write() as tx:
        for worker in (factory.RUTH, factory.PRIYA):
            workers.put(tx, worker, public_jwk=signer.public(worker.id))
        held = replace(factory.contact(), id=VERSION.contact_id, reference=VERSION.reference)
        contacts.insert(tx, held)
        versions.insert(tx, VERSION)
    signer.unlock("rosei", "1111")
    return factory.desk(store, tmp_path, watch=watch, signer=signer)


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def screen(
    qtbot: QtBot, desk: Desk, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> PrintPreviewScreen:
    monkeypatch.setattr(paper, "printers", lambda: ())
    made = PrintPreviewScreen(DeskHolder(desk), jobs)
    qtbot.addWidget(made)
    made.resize(1500, 900)
    made.show()
    made.show_contact(VERSION.contact_id)
    settle(qtbot, made, jobs)
    return made


def settle(qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs) -> None:
    """Until the pack in front is drawn and every page of it shown."""

    def drawn() -> None:
        assert not jobs.busy()
        assert not jobs.awaits_store()
        assert screen.file is not None
        assert len(screen.view.pages.sheets) == screen.file.pages

    qtbot.waitUntil(drawn, timeout=20_000)


def page_words(screen: PrintPreviewScreen, number: int) -> str:
    return screen.view.pages.sheets[number].said()


def test_before_a_decision_is_sent_the_preview_says_so_and_offers_no_copies(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs, store: Store
) -> None:
    undecided = factory.contact(reference="C-26-00002")
    with store.write() as tx:
        contacts.insert(tx, undecided)
    screen.show_contact(undecided.id)
    qtbot.waitUntil(screen.middle.fault.isVisible)
    said = [label.text() for label in screen.middle.fault.findChildren(QLabel)]
    assert "There is no pack yet" in said
    assert any("Send it first" in words for words in said)
    buttons = screen.middle.fault.findChildren(QPushButton)
    assert [b.text() for b in buttons if b.isVisible()] == ["Go back"]
    assert not screen.copies.isVisible()
    screen.show_contact(VERSION.contact_id)
    settle(qtbot, screen, jobs)
    assert screen.copies.isVisible()


def test_the_suggested_copies_come_from_the_decision(screen: PrintPreviewScreen) -> None:
    assert [row.name for row in screen.rows()] == ["Assessment team North", "Police", "Health"]
    assert Removal.REFERRER not in screen.rows()[0].copy.removals
    assert Removal.REFERRER in screen.rows()[1].copy.removals
    assert screen.page_names() == ["1 Decision", "2 Why", "3 Events", "4 Removed"]


def test_the_pages_are_those_of_the_copy_in_front(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs
) -> None:
    assert "a neighbour reported" in page_words(screen, 1)
    screen.view.pages.setFocus()
    qtbot.keyClick(screen.view.pages, Qt.Key.Key_BracketRight)
    settle(qtbot, screen, jobs)
    assert "copy 2 for Police" in page_words(screen, 1)
    assert "neighbour" not in page_words(screen, 1)
    assert len(screen.view.pages.sheets[1].marks) == 2


def test_a_tick_takes_words_out_and_counts_them(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs
) -> None:
    tick = screen.copies.ticks[Removal.HEALTH_NUMBERS]
    qtbot.mouseClick(tick, Qt.MouseButton.LeftButton)
    settle(qtbot, screen, jobs)
    assert Removal.HEALTH_NUMBERS in screen.copy.removals
    assert screen.file is not None
    assert screen.file.removed[Removal.HEALTH_NUMBERS] == 4
    assert "4 places" in tick.accessibleDescription()
    assert "999" not in page_words(screen, 1)


def test_words_chosen_on_the_page_are_removed_with_r_and_can_be_put_back(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs
) -> None:
    words = [word.text for word in screen.view.pages.sheets[1].words]
    at = words.index("stairs.")
    screen.view.pages.choose(Chosen(1, at - 2, at))
    assert screen.view.pages.chosen_words() == "on the stairs."
    screen.view.pages.setFocus()
    qtbot.keyClick(screen.view.pages, Qt.Key.Key_R)
    settle(qtbot, screen, jobs)
    assert screen.copy.words == ("on the stairs",)
    assert "on the stairs" not in page_words(screen, 1)
    screen.copies.put_back.emit("on the stairs")
    settle(qtbot, screen, jobs)
    assert "on the stairs." in page_words(screen, 1)


def test_dragging_over_words_chooses_them(qtbot: QtBot, screen: PrintPreviewScreen) -> None:
    pages = screen.view.pages
    rect = pages.page_rect(1)
    words = pages.sheets[1].words
    at = next(i for i, word in enumerate(words) if word.text == "asleep.")

    def place(index: int) -> QPoint:
        box = words[index].box.center()
        return QPoint(
            round(rect.left() + box.x() * rect.width()), round(rect.top() + box.y() * rect.height())
        )

    qtbot.mousePress(pages, Qt.MouseButton.LeftButton, pos=place(at - 2))
    qtbot.mouseMove(pages, place(at))
    qtbot.mouseRelease(pages, Qt.MouseButton.LeftButton, pos=place(at))
    chosen = pages.chosen
    assert chosen is not None
    assert chosen.low == at - 2


def test_words_are_walked_with_the_arrow_keys(qtbot: QtBot, screen: PrintPreviewScreen) -> None:
    pages = screen.view.pages
    pages.setFocus()
    qtbot.keyClick(pages, Qt.Key.Key_Right)
    assert pages.chosen_words() == "OFFICIAL-SENSITIVE"
    qtbot.keyClick(pages, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert pages.chosen_words().startswith("OFFICIAL-SENSITIVE ")
    qtbot.keyClick(pages, Qt.Key.Key_Escape)
    assert pages.chosen_words() == ""


def test_only_a_team_leader_puts_back_who_reported_it(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs
) -> None:
    screen.step_copy(1)
    settle(qtbot, screen, jobs)
    with qtbot.waitSignal(screen.refused) as said:
        qtbot.mouseClick(screen.copies.ticks[Removal.REFERRER], Qt.MouseButton.LeftButton)
    assert "team leader" in said.args[0]
    assert Removal.REFERRER in screen.copy.removals
    assert screen.copies.ticks[Removal.REFERRER].isChecked()


@pytest.mark.parametrize("folder", ["Documents", ""])
def test_a_copy_is_offered_to_the_persons_documents_else_their_home(
    screen: PrintPreviewScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    home = tmp_path / "home"
    (home / folder).mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(
        QStandardPaths, "writableLocation", lambda _: str(home / folder) if folder else ""
    )
    screen.save()
    box = screen.findChild(QFileDialog)
    assert isinstance(box, QFileDialog)
    assert Path(box.directory().absolutePath()) == home / folder
    assert [Path(f).name for f in box.selectedFiles()] == [f"{VERSION.reference}-copy-1.pdf"]
    box.reject()


def test_a_copy_without_a_recipient_does_not_go_out(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs, tmp_path: Path
) -> None:
    screen.add_person()
    settle(qtbot, screen, jobs)
    assert screen.rows()[-1].state[2] == "Who is it for?"
    with qtbot.waitSignal(screen.refused) as said:
        screen.save_to(tmp_path / "none.pdf")
    assert "Say who copy 4 is for." in said.args[0]
    assert not (tmp_path / "none.pdf").exists()


def test_a_saved_copy_is_signed_recorded_and_cannot_be_changed_afterwards(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "copy.pdf"
    with qtbot.waitSignal(screen.said, timeout=20_000):
        screen.save_to(path)
    settle(qtbot, screen, jobs)
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    [out] = pack.copies_out(desk, VERSION.id)
    assert out.how == "saved as a file"
    assert screen.rows()[0].out == "Out 24 Nov, 12:20"
    assert "saved as a file by Ruth Osei" in screen.copies.out.text()
    assert not screen.copies.ticks[Removal.ADDRESS].isEnabled()
    assert [file.name for file in tmp_path.glob(".*")] == []


def test_a_locked_key_asks_for_the_pin_first(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs, desk: Desk, tmp_path: Path
) -> None:
    desk.signer.lock()
    path = tmp_path / "copy.pdf"
    screen.save_to(path)
    [box] = screen.findChildren(PinBox)
    box.given.emit("0000")
    qtbot.waitUntil(box.banner.isVisible)
    assert not path.exists()
    with qtbot.waitSignal(screen.said, timeout=20_000):
        box.given.emit("1111")
    settle(qtbot, screen, jobs)
    assert path.exists()


def test_an_unsigned_decision_can_be_seen_but_not_issued(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs, store: Store, tmp_path: Path
) -> None:
    with store.write() as tx:
        versions.replace(tx, replace(VERSION, state=VersionState.PROPOSED), was=VersionState.SIGNED)
    with qtbot.waitSignal(screen.refused, timeout=20_000) as said:
        screen.save_to(tmp_path / "copy.pdf")
    assert "not signed yet" in said.args[0]
    assert not (tmp_path / "copy.pdf").exists()


def test_the_main_act_prints_the_signed_file_where_there_is_a_printer(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[bytes, str, str]] = []
    monkeypatch.setattr(paper, "send_to_printer", lambda *given: sent.append(given))
    screen.copies.show_printers(("MASH room",))
    with qtbot.waitSignal(screen.said, timeout=20_000) as said:
        screen.main_act()
    settle(qtbot, screen, jobs)
    [(pdf, printer, title)] = sent
    assert b"/ETSI.CAdES.detached" in pdf
    assert (printer, title) == ("MASH room", "C-26-04817 copy 1")
    assert "is with the printer MASH room" in said.args[0]


def test_the_pack_reaches_the_printer_without_a_file_of_it_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spooler = tmp_path / "lp"
    spooler.write_text(f'#!/bin/sh\necho "$@" >"{tmp_path}/asked"\ncat >"{tmp_path}/got"\n')
    spooler.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    paper.send_to_printer(b"%PDF-1.7 of a family", "MASH room", "C-26-04817 copy 1")
    assert (tmp_path / "got").read_bytes() == b"%PDF-1.7 of a family"
    assert (tmp_path / "asked").read_text() == "-d MASH room -t C-26-04817 copy 1\n"
    spooler.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(paper.PrintError, match="did not take the pack"):
        paper.send_to_printer(b"%PDF-1.7 of a family", "MASH room", "C-26-04817 copy 1")


def test_a_saved_pack_is_its_owners_and_goes_through_no_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.pdf"
    elsewhere.write_bytes(b"kept")
    (tmp_path / "pack.pdf").symlink_to(elsewhere)
    paper.write_file(b"%PDF-1.7 of a family", tmp_path / "pack.pdf")
    assert elsewhere.read_bytes() == b"kept"
    assert (tmp_path / "pack.pdf").read_bytes() == b"%PDF-1.7 of a family"
    assert stat.S_IMODE((tmp_path / "pack.pdf").stat().st_mode) == 0o600
    with pytest.raises(paper.PrintError, match="could not be written there"):
        paper.write_file(b"%PDF-1.7", elsewhere / "below.pdf")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["elsewhere.pdf", "pack.pdf"]


def test_words_are_found_one_place_after_another(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs
) -> None:
    screen.find_words()
    screen.middle.finder.setText("mr hartley")
    qtbot.keyClick(screen.middle.finder, Qt.Key.Key_Return)
    assert screen.view.pages.chosen_words() == "Mr Hartley"
    qtbot.keyClick(screen.middle.finder, Qt.Key.Key_Return)
    chosen = screen.view.pages.chosen
    assert chosen is not None
    assert chosen.page == 2
    assert screen.step_back()
    screen.middle.finder.setText("nobody of that name")
    with qtbot.waitSignal(screen.refused):
        screen.middle.finder.returnPressed.emit()


def test_the_copies_in_the_making_are_kept_while_the_decision_is_the_same(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs
) -> None:
    screen.add_person()
    screen.copies.recipient.typed.emit("Housing officer")
    settle(qtbot, screen, jobs)
    screen.show_contact(VERSION.contact_id)
    settle(qtbot, screen, jobs)
    assert [row.name for row in screen.rows()][-1] == "Housing officer"


def test_another_person_at_the_desk_may_do_what_their_role_lets_them(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs, desk: Desk
) -> None:
    screen.step_copy(1)
    screen.holder.seat(desk.as_worker(factory.PRIYA))
    settle(qtbot, screen, jobs)
    screen.step_copy(1)
    settle(qtbot, screen, jobs)
    qtbot.mouseClick(screen.copies.ticks[Removal.REFERRER], Qt.MouseButton.LeftButton)
    settle(qtbot, screen, jobs)
    assert Removal.REFERRER not in screen.copy.removals


def test_a_contact_without_a_decision_has_no_pack_and_says_so(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs, store: Store
) -> None:
    other = factory.contact(reference="C-26-04900")
    with store.write() as tx:
        contacts.insert(tx, other)
    screen.show_contact(other.id)
    qtbot.waitUntil(lambda: not jobs.busy())
    qtbot.waitUntil(screen.middle.fault.isVisible)
    screen.main_act()
    screen.copies.ticks[Removal.ADDRESS].click()
    screen.step_copy(1)
    assert not jobs.busy()


def test_blur_hides_the_pages(screen: PrintPreviewScreen) -> None:
    screen.set_blur(True)
    assert screen.view.pages.accessibleDescription() == ""
    assert "Rowe" not in screen.middle.back.words()
    screen.set_blur(False)
    assert "Rowe" in screen.view.pages.accessibleDescription()


def test_pages_are_reached_with_page_keys_and_from_the_small_ones(
    qtbot: QtBot, screen: PrintPreviewScreen
) -> None:
    screen.view.pages.setFocus()
    qtbot.keyClick(screen.view.pages, Qt.Key.Key_PageDown)
    assert screen.view.pages.page == 2
    assert screen.thumbs.currentIndex().row() == 1
    screen.thumbs.setCurrentIndex(screen.thumb_model.index(3))
    assert screen.view.pages.page == 4


@pytest.mark.parametrize("spread", ["one", "two", "width"])
def test_each_layout_keeps_pages_apart(screen: PrintPreviewScreen, spread: str) -> None:
    screen.view.set_spread(spread)
    rects = [screen.view.pages.page_rect(n) for n in range(1, 5)]
    for number, rect in enumerate(rects):
        assert all(not rect.intersects(other) for other in rects[number + 1 :])
        assert rect.right() <= screen.view.pages.width()


def test_packs_are_never_drawn_on_the_windows_thread(
    qtbot: QtBot, screen: PrintPreviewScreen, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tests/bench/pack.py measures how long the window's loop waits meanwhile."""
    drew: set[str] = set()
    look, draw = pack.look, screen_module.sheets

    def looked(*given: Any) -> pack.PackFile:
        drew.add(threading.current_thread().name)
        return look(*given)

    def drawn(*given: Any) -> tuple[Sheet, ...]:
        drew.add(threading.current_thread().name)
        return draw(*given)

    monkeypatch.setattr(pack, "look", looked)
    monkeypatch.setattr(screen_module, "sheets", drawn)
    screen.step_copy(1)
    settle(qtbot, screen, jobs)
    assert drew
    assert threading.main_thread().name not in drew


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_is_wider_than_its_place_at_any_text_size(
    screen: PrintPreviewScreen, scale: float
) -> None:
    theme().set_text_scale(scale)
    screen.resize(1350, 700)
    for tick in screen.copies.ticks.values():
        assert tick.x() + tick.width() <= screen.copies.width()


def test_every_control_has_a_name(screen: PrintPreviewScreen) -> None:
    from ui.shell.tab_chain import tab_stops

    for stop in tab_stops(screen):
        assert stop.accessibleName() or getattr(stop, "text", lambda: "")(), stop


def test_a_word_stands_where_it_is_drawn() -> None:
    from tests.export.pack_family import rowe_pack

    [first] = sheets(rowe_pack().pdf, 800, [1])
    box = next(word.box for word in first.words if word.text == "Referral")
    assert 0.05 < box.left() < 0.08
    assert 0.05 < box.top() < 0.09
    assert box.right() < 0.25
