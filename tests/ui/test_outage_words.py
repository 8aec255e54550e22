"""What is typed on other screens while the hub's server is away: it shows that it is kept here."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests import factory
from tests.ui.test_outage import Seat, seat  # noqa: F401 - a fixture comes by import
from tests.ui.triage_room import maya
from triage.domain.access_draft import AccessDraft
from triage.domain.contact import ContactState
from triage.domain.request import InfoRequest, RequestState
from triage.domain.worker import Worker
from triage.storage import handovers, requests
from triage.workflow import requests as asking
from triage.workflow import subject_access, unsent, unsent_words
from triage.workflow.desk import Desk
from ui.access.screen import _gathered
from ui.handover.boxes import WhenBox
from ui.handover.screen import HandoverScreen
from ui.requests.boxes import RangBox, SpokenBox
from ui.requests.screen import RequestsScreen
from ui.requests.standing_pane import KEPT_HERE
from ui.settling import Settling
from ui.shell.asking import ConflictBox
from ui.triage.boxes import ReasonBox

At = Callable[[Worker], Desk]


def to_ring(seat: Seat) -> InfoRequest:  # noqa: F811
    contact = seat.hub.front.bring(maya(assigned_to="siqbal", state=ContactState.SCREENING))
    ruth = seat.hub.front.ruth
    begun = asking.start(ruth, contact.id, "housing", "tenancy_phone")
    return asking.send(ruth, asking.keep_draft(ruth, replace(begun, told="told")))


def at_hub(seat: Seat, request: InfoRequest) -> InfoRequest:  # noqa: F811
    with seat.hub.front.desk.store.read() as tx:
        return requests.get(tx, request.id)


def board(seat: Seat, request: InfoRequest) -> RequestsScreen:  # noqa: F811
    """The request in front, and the server gone."""
    room = seat.room
    made = RequestsScreen(room.holder, room.jobs, lambda: request.contact_id)
    room.window.add_screen("requests", made, "Requests")
    seat.watch.arrived.connect(lambda _: made.look_again())
    room.window.show_screen("requests")
    made.show_request(request.id)
    room.wait(lambda: made.middle.currentWidget() is made.standing)
    room.settled()
    seat.cable.away = True
    room.wait(seat.strip.isVisible)
    return made


def words_of(shown: RequestsScreen) -> str:
    """All that stands in the middle."""
    labels = [w for w in shown.standing.findChildren(QLabel) if w.isVisible()]
    return " ".join(w.accessibleName() or w.text() for w in labels)


def test_what_a_partner_said_while_the_server_is_away_stands_with_the_request_as_kept_here(
    seat: Seat,  # noqa: F811
) -> None:
    room, request = seat.room, to_ring(seat)
    shown = board(seat, request)
    shown.standing.rang.click()
    [rang] = shown.findChildren(RangBox)
    rang.who.setText("T. Amos")
    rang.give()
    room.wait(lambda: KEPT_HERE in words_of(shown))
    shown.refresh()
    room.settled()
    assert shown.board.view.isVisible(), "the list stays as it was"
    shown.standing.spoken.click()
    [spoken] = shown.findChildren(SpokenBox)
    spoken.by.setText("T. Amos")
    spoken.said[1].setPlainText("Carla Rowe, since May")
    spoken.give()
    room.wait(lambda: "Carla Rowe, since May" in words_of(shown))
    assert "answered by T. Amos" in words_of(shown)
    room.wait(lambda: "2 pieces kept here" in seat.strip.banner.words.text())
    assert at_hub(seat, request).state is RequestState.WAITING
    seat.cable.away = False
    room.wait(lambda: at_hub(seat, request).state is RequestState.PART)
    room.wait(lambda: KEPT_HERE not in words_of(shown))
    room.wait(seat.strip.isHidden)
    with seat.hub.front.desk.store.read() as tx:
        [answer] = requests.answers_to(tx, [request.id])[request.id]
    assert (answer.answered_by, answer.items[0].words) == ("T. Amos", "Carla Rowe, since May")


def test_call_that_somebody_else_recorded_meanwhile_is_shown_beside_mine(
    seat: Seat,  # noqa: F811
) -> None:
    room, request = seat.room, to_ring(seat)
    shown = board(seat, request)
    settling = Settling(room.window, room.holder, room.jobs)
    seat.watch.arrived.connect(lambda _: settling.ask())
    shown.standing.rang.click()
    [rang] = shown.findChildren(RangBox)
    rang.who.setText("T. Amos")
    rang.give()
    room.wait(lambda: KEPT_HERE in words_of(shown))
    asking.rang(seat.hub.front.ruth, request.id, "B. Lee")
    seat.cable.away = False
    room.wait(lambda: room.window.findChild(ConflictBox))
    box = room.window.findChild(ConflictBox)
    assert isinstance(box, ConflictBox)
    told = " ".join(p.accessibleName() or p.text() for p in box.findChildren(QLabel))
    assert "T. Amos" in told
    assert "B. Lee" in told
    box.reject()
    room.settled()
    assert "1 piece typed while the hub was away waits" in seat.strip.banner.words.text()
    settling.ask()
    room.wait(lambda: any(b.isVisible() for b in room.window.findChildren(ConflictBox)))
    [again] = [b for b in room.window.findChildren(ConflictBox) if b.isVisible()]
    again.answered.emit("mine")
    room.wait(lambda: at_hub(seat, request).words == "Rang, answered by T. Amos")
    room.wait(seat.strip.isHidden)


def test_handover_is_written_into_while_the_server_is_away_and_shows_what_was_written(
    seat: Seat,  # noqa: F811
) -> None:
    room = seat.room
    contact = seat.hub.front.bring(maya(assigned_to="siqbal", state=ContactState.SCREENING))
    shift = HandoverScreen(room.holder, room.jobs)
    saved: list[str] = []
    shift.saved_changed.connect(saved.append)
    room.window.add_screen("handover", shift, "Handover", tab=False, under="triage")
    room.window.show_screen("handover")
    room.wait(lambda: shift.passing.view.lines.rowCount())
    shift._bring("pass")
    room.settled()
    seat.cable.away = True
    room.wait(seat.strip.isVisible)
    QTest.keyClicks(shift.passing.step, "Ring the aunt")
    shift.save_now()
    room.wait(lambda: any("Handover kept on this computer" in words for words in saved))
    shift.refresh()
    room.settled()
    assert shift.passing.view.isVisible(), "what is shown stays"
    row = shift.passing.current()
    assert row is not None
    assert row.offer is not None
    assert row.offer.next_step == "Ring the aunt"
    shift.main_act()
    room.settled()
    assert "1 piece kept here" in seat.strip.banner.words.text()
    shift.remind()
    [box] = shift.findChildren(WhenBox)
    box.said.setText("Ring Carla")
    box.when.setText(f"{room.watch.now.astimezone() + timedelta(hours=2):%H:%M}")
    box.give()
    room.wait(lambda: "once the hub answers" in room.window.toast.words())
    seat.cable.away = False
    room.wait(lambda: unsent.standing(room.desk).waiting == 0)
    with seat.hub.front.desk.store.read() as tx:
        offer = handovers.live_offer(tx, contact.id, "siqbal")
        [reminder] = handovers.reminders(tx, "siqbal", done_since=room.watch.now)
    assert offer is not None
    assert (offer.state.value, offer.next_step) == ("draft", "Ring the aunt")
    assert reminder.words == "Ring Carla"


def test_reason_for_what_can_not_be_done_meanwhile_stays_in_its_box_until_the_hub_answers(
    seat: Seat,  # noqa: F811
) -> None:
    room, request = seat.room, to_ring(seat)
    shown = board(seat, request)
    shown.standing.withdraw.click()
    [box] = shown.findChildren(ReasonBox)
    box.why.setPlainText("They rang us themselves")
    box._answer("go")
    room.settled()
    assert box.isVisible()
    assert "What you typed stays in this box" in box.banner.words.text()
    assert at_hub(seat, request).state is RequestState.WAITING
    seat.cable.away = False
    room.wait(seat.strip.isHidden)
    box._answer("go")
    room.wait(lambda: at_hub(seat, request).state is RequestState.WITHDRAWN)


def test_copy_goes_on_with_what_was_decided_here(seat: Seat, at: At) -> None:  # noqa: F811
    contact = seat.hub.front.bring(maya())
    assert seat.room.desk.unsent is not None
    priya = replace(at(factory.PRIYA), unsent=seat.room.desk.unsent)
    place = subject_access.gather(priya, contact.id, "c1").draft_at
    seat.cable.away = True
    away = replace(seat.room.desk, worker=factory.PRIYA)
    assert unsent_words.keep_copy(away, place, AccessDraft(harm="None found.")).here
    assert _gathered(priya, contact.id, "c1").draft.harm == "None found."
