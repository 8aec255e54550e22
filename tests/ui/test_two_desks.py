"""Two desks at one hub's server: what one does, the other sees by itself, and loses nothing by it.

The window asks by itself so seldom here, once in a minute, that whatever it shows before a wait of
eight seconds is over the server told it of.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests import factory
from tests.hub_here import HubHere
from tests.ui.triage_room import Room, maya, other, room_of
from tests.workflow.judged import judge_many
from tests.workflow.test_receive import LETTER
from triage.domain.contact import Contact
from triage.domain.worker import Worker
from triage.workflow import claims, concerns, decide, handover, naming, receive, weights
from triage.workflow.desk import Desk
from ui.background import Background
from ui.handover.screen import HandoverScreen
from ui.shell.screen import Screen
from ui.triage.boxes import ReasonBox
from ui.triage.parts.field import Field
from ui.widgets.editor import Editor

At = Callable[[Worker], Desk]
SELDOM_MS, OFTEN_MS = 60_000, 200


@contextmanager
def sits(desk: Desk, hub: HubHere, folder: Path, bot: QtBot) -> Iterator[Room]:
    """That person's window, which seldom asks by itself."""
    with room_of(desk, hub.front.watch, hub.front.people, bot) as room:
        watching = Background(room.holder, room.jobs, folder, room.screen)
        watching.moved_on.connect(
            lambda _: cast(Screen, room.window.stack.currentWidget()).look_again()
        )
        watching.start()
        yield room
        watching.stop()
        room.settled()


@pytest.fixture
def seat(
    hub: HubHere, at: At, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    for pace in ("FEED_MS", "TOLD_FEED_MS"):
        monkeypatch.setattr(f"ui.background.{pace}", SELDOM_MS)
    with sits(at(factory.SANA), hub, tmp_path / "drop", qtbot) as room:
        yield room


@pytest.fixture
def beside(seat: Room, hub: HubHere, at: At, tmp_path: Path, qtbot: QtBot) -> Iterator[Room]:
    """Ruth's window, at another desk."""
    with sits(at(factory.RUTH), hub, tmp_path / "other drop", qtbot) as room:
        yield room


def clock(hub: HubHere, kind: str) -> str:
    """When the newest event of a kind was, by the server's clock, as desks show it."""
    found = [e.at for e in hub.front.events() if e.kind == kind]
    return f"{naming.local(hub.front.desk.profile, found[-1]):%H:%M}"


def both_open(seat: Room, beside: Room, contact: Contact) -> None:
    for room in (seat, beside):
        room.show()
        room.open(contact)


def field(room: Room, key: str) -> Field:
    assert room.screen.decision.reveal(key)
    return next(f for f in room.screen.decision.fields() if f.key == key)


def editor(room: Room, key: str) -> Editor:
    found = field(room, key).control.target()
    assert isinstance(found, Editor)
    return found


def test_what_comes_in_at_another_desk_waits_and_moves_nothing(
    seat: Room, hub: HubHere, at: At
) -> None:
    mine = hub.front.bring(maya(), other("C-26-04818"))
    seat.show()
    seat.open(mine)
    seat.screen.queue.list.setFocus()
    before = [r.reference for r in seat.screen.queue.model.rows()]
    receive.receive_file(at(factory.RUTH), LETTER, "poppy.eml")
    seat.wait(lambda: seat.screen.queue.waiting() == 1)
    assert [r.reference for r in seat.screen.queue.model.rows()] == before
    assert seat.screen.queue.new.text() == "1 new, show"
    assert seat.shown() == mine.id
    assert seat.screen.queue.list.hasFocus()


def test_where_the_server_tells_nothing_the_window_asks_by_itself(
    hub: HubHere, at: At, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.background.feed.listen", lambda desk, heard, lost: None)
    monkeypatch.setattr("ui.background.FEED_MS", OFTEN_MS)
    monkeypatch.setattr("ui.background.TOLD_FEED_MS", SELDOM_MS)
    waiting = [hub.front.bring(other(f"C-26-0481{n}")) for n in range(3)]
    with sits(at(factory.SANA), hub, tmp_path / "drop", qtbot) as room:
        room.show()
        model = room.screen.queue.model
        for contact in waiting:  # and asks on after it found something
            claims.claim(at(factory.RUTH), contact.id)
            room.wait(lambda id=contact.id: model.changed(id))


def test_weights_adopted_and_taken_back_elsewhere_count_in_the_next_look_up(
    seat: Room, hub: HubHere, at: At
) -> None:
    with hub.front.store.write() as tx:
        judge_many(tx)
    leader = at(factory.PRIYA)
    made = weights.refit(leader)
    weights.adopt(leader, made.report_hash)  # before the window first asks what happened
    seat.show()
    seat.wait(lambda: hub.front.people.weights == made.text)
    weights.take_back(leader)
    seat.wait(lambda: hub.front.people.weights == "")


def test_what_others_work_on_is_marked_until_it_is_opened(seat: Room, hub: HubHere, at: At) -> None:
    hub.front.bring(maya())
    noah = hub.front.bring(other("C-26-04818"))
    seat.show()
    claims.claim(at(factory.RUTH), noah.id)
    model = seat.screen.queue.model
    seat.wait(lambda: model.changed(noah.id))
    spoken = model.data(model.index_of(noah.id), 11)  # Qt's AccessibleTextRole
    assert f"changed by Ruth Osei at {clock(hub, 'contact.claimed')}" in str(spoken)
    seat.open(noah)
    assert model.changed(noah.id) == ""


def test_contact_restricted_at_another_desk_leaves_this_one(
    seat: Room, hub: HubHere, at: At
) -> None:
    mine = hub.front.bring(maya())
    rest = hub.front.bring(other("C-26-04818"))
    seat.show()
    seat.open(mine)
    concerns.restrict(at(factory.PRIYA), mine, "A colleague's niece")
    seat.wait(lambda: seat.shown() is None)
    seat.wait(lambda: [r.contact_id for r in seat.screen.queue.model.rows()] == [rest.id])


def test_what_the_other_typed_appears_where_i_have_not_typed(
    seat: Room, beside: Room, hub: HubHere
) -> None:
    both_open(seat, beside, hub.front.bring(maya()))
    mine, theirs = editor(seat, "analysis"), field(seat, "outcome_why")
    QTest.keyClicks(mine, "Maya took")
    QTest.keyClicks(editor(beside, "outcome_why"), "She is not safe tonight.")
    beside.screen.save_now()
    seat.wait(lambda: theirs.value() == "She is not safe tonight.")
    assert theirs.mark() == "Changed by Ruth Osei at 11:42"
    QTest.keyClicks(mine, " charge.")
    assert mine.toPlainText() == "Maya took charge.", "nothing moved under the hands"
    seat.screen.save_now()
    seat.wait(lambda: field(beside, "analysis").value() == "Maya took charge.")
    assert not field(beside, "analysis").in_conflict()
    QTest.keyClicks(editor(seat, "outcome_why"), " Not yet.")
    assert theirs.mark() == "", "it is my answer now"


def test_where_both_typed_both_are_shown_and_nothing_is_lost(
    seat: Room, beside: Room, hub: HubHere
) -> None:
    contact = hub.front.bring(maya())
    both_open(seat, beside, contact)
    mine = field(seat, "analysis")
    QTest.keyClicks(editor(seat, "analysis"), "Mine.")
    QTest.keyClicks(editor(beside, "analysis"), "Theirs.")
    beside.screen.save_now()
    beside.settled()
    seat.screen.save_now()
    seat.wait(mine.in_conflict)
    conflict = mine.conflict()
    assert conflict is not None
    assert (conflict.mine.text(), conflict.theirs.text()) == ("Mine.", "Theirs.")
    assert "Ruth Osei" in conflict.words.text()
    conflict.keep_both.click()
    both = "Mine.\n\nTheirs."
    seat.wait(lambda: field(beside, "analysis").value() == both)
    assert decide.decision_again(beside.desk, contact.id).answers["analysis"].value == both


def test_what_another_has_is_taken_over_with_a_reason_and_they_see_it(
    seat: Room, beside: Room, hub: HubHere
) -> None:
    contact = claims.claim(beside.desk, hub.front.bring(maya()))
    both_open(seat, beside, contact)
    assert not seat.screen.header.take.isVisible()
    assert "with Ruth Osei since 11:42" in seat.screen.header.line.text()
    seat.window.activateWindow()
    seat.screen.queue.list.setFocus()
    seat.wait(seat.screen.queue.list.hasFocus)
    seat.press(Qt.Key.Key_T)
    box = seat.window.findChild(ReasonBox)
    assert isinstance(box, ReasonBox)
    box._answer("go")
    assert seat.now(contact).assigned_to == "rosei", "it asks why first"
    QTest.keyClicks(box.why, "Ruth is ill")
    box._answer("go")
    beside.wait(lambda: "with Sana Iqbal" in beside.screen.header.line.text())
    assert beside.screen.header.take_over.isVisible()


def test_what_changed_is_said_over_the_contact_until_it_is_seen(
    seat: Room, beside: Room, hub: HubHere
) -> None:
    contact, noah = hub.front.bring(maya()), hub.front.bring(other("C-26-04818"))
    both_open(seat, beside, contact)
    bar = seat.screen.changes
    assert bar.view() is None
    beside.screen.header.take.click()
    seat.wait(bar.isVisible)
    assert bar.words.text().endswith(f"{clock(hub, 'contact.claimed')} Ruth Osei took it")
    seat.open(noah)
    seat.wait(lambda: "contact.changes_seen" in seat.kinds(contact))
    seat.open(contact)
    assert not bar.isVisible(), "it was seen as it came"
    decide.save_answer(beside.desk, contact.id, "analysis", "Maya took charge.", 0)
    seat.wait(bar.isVisible)
    title = bar.title.text()
    assert title.startswith("1 change since you looked")
    assert title.endswith(clock(hub, "contact.changes_seen"))
    bar.mark.click()
    seat.wait(lambda: not bar.isVisible())


def test_what_is_held_out_at_one_desk_is_accepted_at_the_other(
    seat: Room, beside: Room, hub: HubHere
) -> None:
    contact = claims.claim(beside.desk, hub.front.bring(maya()))
    shifts = []
    for room in (seat, beside):
        made = HandoverScreen(room.holder, room.jobs)
        room.window.add_screen("handover", made, "Handover", tab=False, under="triage")
        room.window.show_screen("handover")
        shifts.append(made)
    handover.keep(beside.desk, contact.id, to="siqbal", next_step="Ring the aunt")
    shifts[1].refresh()
    beside.wait(lambda: shifts[1].passing.send.text() == "Hand over 1")
    shifts[1].main_act()
    seat.wait(shifts[0].passing.accept.isVisible)
    heard: list[str] = []
    shifts[0].said.connect(heard.append)
    shifts[0].passing.accept.click()
    seat.wait(lambda: heard)
    assert heard == [f"{contact.reference} is with you now"]
    beside.wait(lambda: shifts[1].passing.note.text() == "")
    assert hub.front.read(contact).assigned_to == "siqbal"
    said = [r.spoken for r in (shifts[1].passing.view.lines.row(at) for at in range(2)) if r]
    assert any("Accepted" in words for words in said)
