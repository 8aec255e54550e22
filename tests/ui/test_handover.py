"""The handover by keys alone: who takes what, their yes, what the night did, one's own schedule."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests import factory
from tests.ui.triage_room import Room
from triage.domain.contact import Contact
from triage.domain.handover import next_time
from triage.storage import contacts
from triage.workflow import claims, handover, schedule, screen
from ui import paint
from ui.background import Background
from ui.handover.boxes import WhenBox
from ui.handover.rows import Row, _columns, _lines
from ui.handover.screen import HandoverScreen
from ui.theme import Theme
from ui.triage.boxes import ReasonBox
from ui.triage.hidden import HIDDEN_NAME

LATE = datetime(2026, 11, 24, 16, 30, tzinfo=factory.NOW.tzinfo)


@pytest.fixture
def shift(room: Room) -> HandoverScreen:
    """Ruth's last hour, in front: a Red, and a Green that can wait."""
    room.watch.now = LATE
    for reference, name, rating in (
        ("C-26-00001", "Maya", "red"),
        ("C-26-00002", "Ines", "green"),
    ):
        child = factory.child("c1", name, family="Rowe")
        made = factory.contact(
            child, reference=reference, rating=rating, received_at=LATE - timedelta(hours=1)
        )
        claims.claim(room.desk, room.bring(made))
    made_screen = HandoverScreen(room.holder, room.jobs)
    room.window.add_screen("handover", made_screen, "Handover", tab=False, under="triage")
    room.window.show_screen("handover")
    room.wait(lambda: made_screen.passing.view.lines.rowCount())
    room.settled()
    return made_screen


def red(room: Room) -> Contact:
    with room.store.read() as tx:
        return contacts.by_reference(tx, "C-26-00001")


def standing(room: Room, who: str = "") -> list[str]:
    desk = room.desk.as_worker(factory.PRIYA) if who else room.desk
    return [handover.standing_words(r) for r in handover.handover(desk).rows]


def test_ctrl_enter_says_what_is_missing_and_goes_there_until_nothing_is(
    room: Room, shift: HandoverScreen
) -> None:
    assert shift.passing.view.hasFocus(), "the last hour begins in the handing over"
    shift.main_act()
    room.wait(lambda: "needs a name" in room.window.toast.words())
    assert shift.passing.to.hasFocus()
    shift.passing.to.setCurrentIndex(shift.passing.to.findData("pnandra"))
    shift.passing.to.activated.emit(shift.passing.to.currentIndex())
    room.wait(lambda: standing(room)[0] == "To Priya, not sent")
    room.settled()
    shift.next_needed(1)
    assert shift.passing.step.hasFocus(), "it has a name; the next step is wanted"
    QTest.keyClicks(shift.passing.step, "Ring the aunt")
    QTest.keyClicks(shift.passing.when, "18:00")
    QTest.keyClicks(shift.passing.words, "She is at the flat.")
    shift.main_act()
    room.wait(lambda: standing(room)[0] == "Not accepted yet")
    room.settled()
    assert shift.passing.withdraw.isVisible()
    [row] = handover.handover(room.desk.as_worker(factory.PRIYA)).rows
    assert row.offer is not None
    assert (row.offer.next_step, row.offer.words) == ("Ring the aunt", "She is at the flat.")
    assert f"{row.offer.next_at:%a %H:%M}" == "Tue 18:00"


def test_one_contact_runs_out_and_needs_a_name(shift: HandoverScreen) -> None:
    words = {label.text() for label in shift.findChildren(QLabel)}
    assert "2 contacts, 1 runs out before 08:45" in words
    head = shift.passing.view.lines.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert head.endswith("1, needs a name")


def test_what_is_held_out_is_accepted_or_refused_with_a_reason(
    room: Room, shift: HandoverScreen
) -> None:
    handover.keep(room.desk, red(room).id, to="pnandra", next_step="Ring the aunt")
    handover.offer_all(room.desk)
    room.holder.seat(room.desk.as_worker(factory.PRIYA))
    shift.entered()
    room.wait(shift.passing.accept.isVisible)
    shift.passing.decline.click()
    [box] = shift.findChildren(ReasonBox)
    box.why.setPlainText("I am in court")
    box._answer("go")
    room.wait(lambda: standing(room)[0] == "Priya said no")
    handover.keep(room.desk, red(room).id, to="pnandra", next_step="Then ring Tom")
    handover.offer_all(room.desk)
    shift.refresh()
    room.wait(shift.passing.accept.isVisible)
    room.settled()
    shift.main_act()
    room.wait(lambda: red(room).assigned_to == "pnandra")


def test_nothing_can_be_accepted_before_the_handover_was_read(room: Room) -> None:
    made_screen = HandoverScreen(room.holder, room.jobs)
    room.window.add_screen("handover", made_screen, "Handover", tab=False, under="triage")
    room.window.show()
    room.window.show_screen("handover")
    assert made_screen.isVisible()
    assert not made_screen.passing.accept.isVisible()


def test_words_being_written_are_kept_when_another_row_or_screen_comes(
    room: Room, shift: HandoverScreen
) -> None:
    QTest.keyClicks(shift.passing.step, "Ring the aunt")
    assert shift.not_kept()
    QTest.keyClick(shift.passing.view, Qt.Key.Key_Down)
    assert shift.passing.step.text() == ""
    room.settled()
    shift.refresh()
    room.settled()
    QTest.keyClick(shift.passing.view, Qt.Key.Key_Up)
    room.wait(lambda: shift.passing.step.text() == "Ring the aunt")
    assert shift.not_kept() == ""


def test_n_reminds_z_snoozes_and_space_is_done(room: Room, shift: HandoverScreen) -> None:
    shift.schedule.view.setFocus()
    room.press(Qt.Key.Key_N)
    [box] = shift.findChildren(WhenBox)
    box.said.setText("Call Carla")
    box.when.setText("half past four")
    box._answer("go")
    assert box.banner.isVisible(), "that is no time"
    box.when.setText("16:45")
    box._answer("go")
    room.wait(lambda: "Call Carla" in _titles(shift))
    room.window.activateWindow()
    _stand_on(shift, "Call Carla")
    room.wait(shift.schedule.view.hasFocus)
    room.press(Qt.Key.Key_Space)
    room.wait(lambda: any("Done 16:30" in r.spoken for r in _rows(shift)))
    room.settled()
    _stand_on(shift, "Maya Rowe 7 runs out")
    room.press(Qt.Key.Key_Z)
    box = shift.findChildren(WhenBox)[-1]
    box.said.setText("Lunch")
    box.when.setText("17:00")
    box._answer("go")
    room.wait(lambda: "can't be snoozed" in room.window.toast.words())


def test_what_the_night_did_is_seen_with_space_and_stays_seen(
    room: Room, shift: HandoverScreen
) -> None:
    room.watch.now = LATE + timedelta(hours=4)
    screen.rate(room.desk.as_worker(factory.TOM), red(room), "amber", "Seen at home")
    room.watch.now = datetime(2026, 11, 25, 8, 50, tzinfo=LATE.tzinfo)
    shift.entered()
    room.wait(shift.night.view.hasFocus)
    [row] = [shift.night.view.lines.row(n) for n in range(2) if shift.night.view.lines.row(n)]
    assert row is not None
    assert "Tom Bell rated it Amber, before Red: Seen at home." in row.spoken
    room.press(Qt.Key.Key_Space)
    room.wait(lambda: not shift.night.seen.isEnabled())
    with room.bot.waitSignal(shift.contact_asked) as asked:
        room.press(Qt.Key.Key_Return)
    assert asked.args == [red(room).id]


def test_blur_takes_names_and_words_out_of_every_list(room: Room, shift: HandoverScreen) -> None:
    schedule.remind(room.desk, "Call Carla", LATE + timedelta(hours=1), red(room).id)
    shift.refresh()
    room.wait(lambda: "Call Carla" in _titles(shift))
    shift.set_blur(True)
    for model in (shift.passing.view.lines, shift.schedule.view.lines, shift.night.view.lines):
        for at in range(model.rowCount()):
            for role in (Qt.ItemDataRole.DisplayRole, 11):
                said = str(model.data(model.index(at), role))
                assert not {"Maya", "Carla"} & set(said.replace(",", " ").split()), said
    assert HIDDEN_NAME in _titles(shift)
    assert not shift.passing.editor.isVisible()


def test_a_reminder_is_told_once_when_its_time_has_come(room: Room, tmp_path: Path) -> None:
    watching = Background(room.holder, room.jobs, tmp_path, room.screen)
    told: list[object] = []
    watching.reminded.connect(told.append)
    schedule.remind(room.desk, "Call Carla", room.watch.now + timedelta(minutes=5))
    for _ in range(2):
        watching.remind()
        room.settled()
    assert told == []
    room.watch.move(minutes=5)
    for _ in range(2):
        watching.remind()
        room.settled()
    assert len(told) == 1


def test_the_list_is_put_into_a_file_that_can_be_read(
    room: Room, shift: HandoverScreen, tmp_path: Path
) -> None:
    goal = tmp_path / "handover.pdf"
    shift.print_preview()
    room.wait(lambda: shift.paper.box)
    assert shift.paper.box is not None
    shift.paper.box.done(0)
    shift.paper.save(goal)
    room.wait(lambda: room.window.toast.words() == "The handover is saved as handover.pdf.")
    page = PdfDocument(goal)[0].get_textpage()
    assert "RUNS OUT BEFORE 08:45" in page.get_text_bounded()
    page.close()
    assert "handover.printed" in room.kinds(red(room))


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("18:00", "Tue 24 18:00"),
        ("9.15", "Wed 25 09:15"),
        ("tomorrow 9:00", "Wed 25 09:00"),
        ("Wed 09:30", "Wed 25 09:30"),
        ("tue 9:00", "Tue 01 09:00"),
        ("soon", ""),
        ("25:00", ""),
        ("someday 9:00", ""),
    ],
)
def test_a_time_is_the_next_one_it_can_mean(words: str, meant: str) -> None:
    at = next_time(words, LATE)
    assert (f"{at:%a %d %H:%M}" if at else "") == meant


def _rows(shift: HandoverScreen) -> list[Row]:
    model = shift.schedule.view.lines
    found = (model.row(at) for at in range(model.rowCount()))
    return [row for row in found if row is not None]


def _titles(shift: HandoverScreen) -> list[str]:
    return [row.title for row in _rows(shift)]


def _stand_on(shift: HandoverScreen, title: str) -> None:
    row = next(r for r in _rows(shift) if r.title == title)
    model = shift.schedule.view.lines
    shift.schedule.view.setCurrentIndex(model.index(model.place_of(row.key)))
    shift.schedule.view.setFocus()


def test_whom_a_contact_waits_for_is_told_whole_beside_both_other_panes(look: Theme) -> None:
    waits = _columns(QRectF(0, 0, look.px(656), look.px(62)))[1]
    assert paint.elided("Education and 1 more", "label", None, waits.width())[-1] != "…"
    for words in ("Waiting for mother to ring back", "asked 10:07, due 12:31, reminded once"):
        assert " ".join(filter(None, _lines(words, waits.width()))) == words
