"""What is put right from the Triage screen: calls gone on with, facts, concerns, restriction."""

from dataclasses import replace

from PySide6.QtCore import Qt

from tests import factory
from tests.ui.triage_room import Room, other
from triage.domain.contact import Channel, Contact
from triage.domain.fact import entered
from triage.domain.worker import Role
from triage.workflow import receive
from ui.newcontact.screen import NewContactScreen

# ---- a call kept for later ----------------------------------------------


def kept_call(room: Room) -> Contact:
    begun = receive.start_call(room.desk, channel=Channel.PHONE)
    worry = entered("Shouting heard through the wall.", by="rosei", at=factory.NOW)
    return receive.keep_call(room.desk, begun, replace(begun.content, concern=worry))


def test_enter_on_a_kept_call_goes_back_into_the_call(room: Room) -> None:
    call = kept_call(room)
    calls = NewContactScreen(room.holder, room.jobs)
    room.window.add_screen("new-contact", calls, "New contact by phone")
    room.screen.call_resumed.connect(calls.go_on)
    room.show()
    room.screen.queue.list.setFocus()
    room.press(Qt.Key.Key_Return)
    room.wait(lambda: calls.contact is not None)
    assert calls.contact is not None
    assert calls.contact.id == call.id
    assert room.shown() is None, "it is gone on with, not screened"
    room.settled()
    calls.left()


def test_going_on_with_another_call_keeps_the_one_under_way(room: Room) -> None:
    first = kept_call(room)
    calls = NewContactScreen(room.holder, room.jobs)
    room.window.add_screen("new-contact", calls, "New contact by phone")
    calls.start_call()
    room.wait(lambda: calls.contact is not None)
    under_way = calls.contact
    calls.caller.name.setText("Ann Lee")
    calls.go_on(first.id)
    room.wait(lambda: calls.contact is not None and calls.contact.id == first.id)
    assert under_way is not None
    assert room.now(under_way).content.referrer.name.value == "Ann Lee"
    room.settled()
    calls.left()


def test_call_that_cannot_be_opened_leads_back_with_the_reason(room: Room) -> None:
    calls = NewContactScreen(room.holder, room.jobs)
    room.window.add_screen("new-contact", calls, "New contact by phone")
    said: list[str] = []
    calls.said.connect(said.append)
    with room.bot.waitSignal(calls.back_asked):
        calls.go_on(other("C-26-09999").id)
    assert said


def test_who_takes_no_calls_only_reads_a_kept_one(room: Room) -> None:
    call = kept_call(room)
    reader = replace(factory.RUTH, id="aud", role=Role.AUDITOR, job="Auditor")
    room.holder.seat(room.desk.as_worker(reader))
    room.show()
    room.screen.queue.opened.emit(call.id)
    room.wait(lambda: room.shown() == call.id)
    room.settled()
