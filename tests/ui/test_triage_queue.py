"""The queue on a real encrypted store: what stands where, and what moves it."""

import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDropEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from tests.ui.triage_room import Room, maya, other
from triage.domain.errors import StoreError
from triage.storage import events
from triage.workflow import claims, feed, screen
from triage.workflow import requests as asking
from ui.background import Background
from ui.triage.queue_delegate import QueueDelegate
from ui.triage.queue_pane import QueuePane
from ui.widgets.headed import Index


def test_queue_stands_in_groups_and_each_row_is_a_sentence(room: Room) -> None:
    room.bring(maya(), other("C-26-04818"))
    room.show()
    model = room.screen.queue.model
    heads = [model.index(i).data() for i in range(model.rowCount())]
    assert "Due in the next 2 hours" not in heads or "Later today" in heads
    said = model.index_of(maya().id).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Red, Maya Rowe 7, + Theo 3")
    assert "left" in said
    assert "nobody has it" in said
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsSelectable


def test_a_partner_that_is_late_stands_on_the_row_in_words_and_as_a_sign(room: Room) -> None:
    late = room.bring(maya(), other("C-26-04818"))
    begun = asking.start(room.desk, late.id, "housing", "tenancy_phone")
    sent = asking.send(room.desk, asking.keep_draft(room.desk, replace(begun, told="told")))
    rung = asking.rang(room.desk, sent.id, "T. Amos")
    assert rung.due_at is not None
    room.watch.now = rung.due_at + timedelta(minutes=1)
    room.show()
    index = room.screen.queue.model.index_of(late.id)
    assert "no reply in time from Housing" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "No reply in time from Housing" in index.data(Qt.ItemDataRole.ToolTipRole)
    drawn = [name for name in _icons_of(room, late.id) if name == "hourglass"]
    assert drawn == ["hourglass"]
    assert "hourglass" not in _icons_of(room, other("C-26-04818").id)


def _icons_of(room: Room, contact_id: UUID) -> list[str]:
    """The signs that the row's delegate draws."""
    from PySide6.QtGui import QPixmap

    from ui import paint

    drawn: list[str] = []
    queue, icon = room.screen.queue, paint.icon
    option = QStyleOptionViewItem()
    option.initFrom(queue.list)
    canvas = QPixmap(queue.list.width(), 60)
    option.rect = canvas.rect()
    painter = QPainter(canvas)
    try:
        paint.icon = lambda p, name, *rest: drawn.append(name)  # type: ignore[assignment]
        queue.list.itemDelegate().paint(painter, option, queue.model.index_of(contact_id))
    finally:
        paint.icon = icon
        painter.end()
    return drawn


def test_nothing_waiting_says_so_and_offers_a_call(room: Room) -> None:
    room.show()
    asked: list[bool] = []
    room.screen.call_asked.connect(lambda: asked.append(True))
    room.by_name("Nothing waiting")
    QTest.mouseClick(room.by_name("New contact by phone"), Qt.MouseButton.LeftButton)
    assert asked == [True]


def test_new_arrivals_wait_and_nothing_moves(room: Room) -> None:
    room.bring(maya(), other("C-26-04818"))
    room.show()
    before = [r.contact_id for r in room.screen.queue.model.rows()]
    urgent = replace(other("C-26-04900", "Jonah", minutes=500), rating="red")
    room.bring(urgent)
    room.screen.reader.read_queue()
    room.wait(lambda: room.screen.queue.waiting() == 1)
    assert [r.contact_id for r in room.screen.queue.model.rows()] == before
    QTest.mouseClick(room.by_name("1 new, show"), Qt.MouseButton.LeftButton)
    assert room.screen.queue.waiting() == 0
    assert room.screen.queue.model.rows()[0].contact_id == urgent.id


def test_no_row_moves_while_the_pointer_is_over_the_list(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = room.bring(maya(), other("C-26-04818"), other("C-26-04819", "Ruby", 20))
    room.show()
    queue = room.screen.queue
    before = [r.contact_id for r in queue.model.rows()]
    assert before[0] == contact.id
    monkeypatch.setattr(queue.list.viewport(), "underMouse", lambda: True)
    screen.rate(room.desk, contact.id, "green")
    room.screen.look_again()
    room.wait(lambda: queue.row_of(contact.id).rating == "green")  # type: ignore[union-attr]
    assert [r.contact_id for r in queue.model.rows()] == before
    assert queue.model.rows()[0].rating == "green"
    QApplication.sendEvent(queue.list.viewport(), QEvent(QEvent.Type.Leave))
    assert [r.contact_id for r in queue.model.rows()] != before


class Asked(QueueDelegate):
    """Notes which rows it is asked to paint, and how often for a height."""

    def __init__(self, queue: QueuePane) -> None:
        super().__init__(queue.model, queue.list)
        self.heights = 0
        self.painted: list[object] = []

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        self.heights += 1
        return super().sizeHint(option, index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.painted.append(index.data())
        super().paint(painter, option, index)


def test_a_row_that_says_something_else_is_painted_and_no_height_is_asked_anew(room: Room) -> None:
    contact = room.bring(*(other(f"C-26-{n:05}") for n in range(4800, 4840)))
    room.show()
    queue = room.screen.queue
    asked = Asked(queue)
    queue.list.setItemDelegate(asked)
    room.wait(lambda: asked.painted)
    room.settled()
    asked.painted.clear()
    asked.heights = 0
    claims.claim(room.desk, contact.id)
    room.screen.reader.read_queue()
    room.wait(lambda: asked.painted)
    assert queue.row_of(contact.id).assigned_to == "rosei"  # type: ignore[union-attr]
    assert asked.heights < len(queue.model.rows()) / 2, "Qt asks for the first row's, at most"
    queue.list.scheduleDelayedItemsLayout()
    room.wait(lambda: asked.heights >= len(queue.model.rows()))


def test_filter_finds_by_every_word_and_letters_do_nothing_in_it(room: Room) -> None:
    contact = room.bring(maya(), other("C-26-04818"))
    room.show()
    room.screen.find_words()
    QTest.keyClicks(room.screen.queue.find_field, "rowe tTo")
    assert [r.contact_id for r in room.screen.queue.model.rows()] == []
    room.screen.queue.find_field.clear()
    QTest.keyClicks(room.screen.queue.find_field, "04817")
    assert [r.contact_id for r in room.screen.queue.model.rows()] == [contact.id]
    assert room.now(contact).assigned_to is None, "T is a letter there"
    assert room.screen.step_back()
    assert len(room.screen.queue.model.rows()) == 2


def test_order_by_newest_puts_the_last_in_first(room: Room) -> None:
    room.bring(maya(), other("C-26-04818", minutes=1))
    room.show()
    room.screen.queue.set_order("new")
    assert room.screen.queue.model.rows()[0].reference == "C-26-04818"


def test_taking_is_a_key_and_can_be_undone(room: Room) -> None:
    contact = room.bring(maya())
    room.show()
    room.screen.queue.list.setFocus()
    room.press(Qt.Key.Key_T)
    room.wait(lambda: room.now(contact).assigned_to == "rosei")
    room.wait(lambda: room.window.toast.words() == "C-26-04817 is with you")
    room.settled()
    room.screen.undo()
    room.wait(lambda: room.now(contact).assigned_to is None)
    assert room.kinds(contact)[-1] == "contact.released"


def test_only_mine_are_shown_when_asked(room: Room) -> None:
    room.bring(maya(), replace(other("C-26-04818"), assigned_to="rosei"))
    room.show()
    room.screen.queue.whose.chosen.emit("mine")
    room.wait(lambda: [r.reference for r in room.screen.queue.model.rows()] == ["C-26-04818"])


def test_files_let_go_over_the_queue_are_handed_on(room: Room, tmp_path: Path) -> None:
    room.show()
    file = tmp_path / "letter.eml"
    file.write_bytes(b"From: a@b.example\n\nHello")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)), QUrl("https://north.example/x")])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with room.bot.waitSignal(room.screen.files_dropped) as dropped:
        room.screen.queue.dropEvent(event)
    assert dropped.args == [[file]]


def test_file_dropped_is_read_looked_up_and_waits_behind_the_button(
    room: Room, tmp_path: Path
) -> None:
    room.bring(maya())
    room.show()
    folder = tmp_path / "drop"
    folder.mkdir()
    background = Background(room.holder, room.jobs, folder, room.screen)
    room.screen.files_dropped.connect(background.receive)
    background.received.connect(room.screen.look_again)
    letter = tmp_path / "letter.eml"
    letter.write_bytes(
        b"From: Ann Lee <ann.lee@brookfold.example>\nTo: frontdoor@north.example\n"
        b"Subject: Referral: Noah Castell\nMessage-ID: <1@brookfold.example>\n\n"
        b"Child: Noah Castell\nDate of birth: 14/03/2016\nAddress: 3 Mill Lane, NM4 2AB\n"
        b"Concern: Noah came to school with a bruise on his arm and was very quiet.\n"
    )
    room.screen.receive_paths([letter, tmp_path / "not-there.eml"])
    room.bot.waitUntil(lambda: room.screen.queue.waiting() == 1, timeout=30000)
    assert letter.exists()
    assert len(room.screen.queue.model.rows()) == 1
    room.screen.queue.show_waiting()
    [new] = [r for r in room.screen.queue.model.rows() if r.reference != "C-26-04817"]
    assert "Noah" in new.title
    room.settled()
    assert "match.asked" in _kinds(room, new.contact_id)


def _kinds(room: Room, contact_id: UUID) -> list[str]:
    with room.store.read() as tx:
        return [e.kind for e in events.of_contact(tx, contact_id)]


def test_what_comes_in_before_partners_lists_are_read_is_looked_up_after(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    monkeypatch.setattr("ui.background.match.lists_are_read", lambda _desk: bool(read))
    room.show()
    background = Background(room.holder, room.jobs, tmp_path, room.screen)
    letter = tmp_path / "letter.eml"
    letter.write_bytes(
        b"From: Ann Lee <ann.lee@brookfold.example>\nSubject: Noah Castell\n\n"
        b"Child: Noah Castell\nDate of birth: 14/03/2016\nConcern: A bruise on his arm.\n"
    )
    with room.bot.waitSignal(background.received, timeout=30000) as got:
        background.receive([letter])
    [contact_id] = got.args[0].contacts
    room.settled()
    assert "match.asked" not in _kinds(room, contact_id)
    read.append(True)
    background.ask_waiting()
    room.settled()
    assert "match.asked" in _kinds(room, contact_id)


def test_a_crowd_that_comes_in_leaves_room_for_who_looks_somebody_up(
    room: Room, tmp_path: Path
) -> None:
    gate = threading.Event()
    asked: list[int] = []

    def look_up(number: int) -> None:
        asked.append(number)
        gate.wait(30)
        if number == 0:
            raise StoreError("The disk is full.")

    background = Background(room.holder, room.jobs, tmp_path, room.screen)
    background._waiting = [partial(look_up, number) for number in range(6)]
    background.ask_waiting()
    looked: list[bool] = []
    room.jobs.run(lambda: True, looked.append, lane="asking")
    room.wait(lambda: looked)
    assert sorted(asked) == [0, 1]
    with room.bot.waitSignal(background.refused):
        gate.set()
    room.wait(lambda: len(asked) == 6)
    assert sorted(asked) == list(range(6))


def test_many_things_told_in_one_moment_are_looked_at_once(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    monkeypatch.setattr("ui.background.feed.head", lambda _desk: looks.append(1) or 0)
    background = Background(room.holder, room.jobs, tmp_path, room.screen)
    for _ in range(50):
        background._heard()
    room.wait(lambda: looks)
    room.settled()
    assert len(looks) == 1


def test_many_files_are_taken_in_one_after_another_and_keep_no_other_job_waiting(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    taken: list[Path] = []

    def take(_desk: object, path: Path) -> None:
        taken.append(path)
        gate.wait(30)

    monkeypatch.setattr("ui.background._receive", take)
    background = Background(room.holder, room.jobs, tmp_path, room.screen)
    files = [tmp_path / f"{number}.eml" for number in range(6)]
    background.receive(files)
    read: list[bool] = []
    room.jobs.run(lambda: True, read.append)
    room.wait(lambda: read and taken)
    assert taken == files[:1]
    gate.set()
    room.wait(lambda: len(taken) == 6)
    assert taken == files


def test_what_two_dozen_files_tell_is_asked_after_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.bring(maya())
    room.show()
    room.settled()
    asked: list[int] = []
    news = feed.news
    monkeypatch.setattr(
        "ui.triage.reader.feed.news", lambda *which: asked.append(1) or news(*which)
    )
    for _ in range(24):
        room.screen.look_again()
    room.wait(lambda: asked)
    room.settled()
    assert not room.screen.reader._follow_soon.isActive()
    assert len(asked) == 1


def test_what_is_told_while_the_queue_is_first_read_is_asked_after_then(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.bring(maya())
    asked: list[int] = []
    news = feed.news
    monkeypatch.setattr(
        "ui.triage.reader.feed.news", lambda *which: asked.append(1) or news(*which)
    )
    room.screen.look_again()
    room.show()
    room.wait(lambda: asked)
