"""What is put right from the Triage screen: calls gone on with, facts, concerns, restriction."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from tests import factory
from tests.ui.triage_room import Room, maya, other
from triage.domain.contact import Adult, Channel, Contact
from triage.domain.fact import FactState, Unknown, entered, read
from triage.domain.worker import Role
from triage.workflow import receive, screen
from ui.newcontact.screen import NewContactScreen
from ui.shell.asking import ConflictBox
from ui.triage.boxes import ReasonBox
from ui.triage.fact_boxes import FactsBox
from ui.triage.more import open_more
from ui.widgets.editor import Choice, LineField

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
    calls.refused.connect(said.append)
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


# ---- facts --------------------------------------------------------------


def opened(room: Room) -> Contact:
    contact = room.bring(maya())
    room.show()
    room.open(contact)
    return contact


def box_of(room: Room, row: int) -> FactsBox:
    room.screen.story.table.selectRow(row)
    room.screen.story.table.setFocus()
    room.press(Qt.Key.Key_Return)
    [box] = room.window.findChildren(FactsBox)
    assert box.isVisible()
    return box


def fill(box: FactsBox, name: str, words: str) -> None:
    field = box.boxes[name]
    assert isinstance(field, LineField)
    field.selectAll()
    QTest.keyClicks(field, words)


def test_birth_date_is_put_right_with_who_and_when_and_undone(room: Room) -> None:
    contact = opened(room)
    before = room.now(contact).content.children[0].dob
    box = box_of(room, 0)
    fill(box, "dob", "15/03/2019")
    QTest.keyClick(box.boxes["dob"], Qt.Key.Key_Return)
    room.wait(lambda: room.now(contact).content.children[0].dob.value == "2019-03-15")
    fact = room.now(contact).content.children[0].dob
    assert (fact.by, fact.state) == ("rosei", FactState.ENTERED)
    assert fact.at is not None
    assert room.kinds(contact).count("contact.fact_changed") == 1, "only what differs is written"
    room.wait(lambda: room.window.toast.words() == "Maya Rowe: “Born” put right")
    room.settled()
    room.screen.undo()
    room.wait(lambda: room.now(contact).content.children[0].dob.value == before.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [("dob", "31/02/2019"), ("dob", "15/03/2041"), ("nhs_number", "999 000 0001")],
)
def test_what_cannot_be_right_is_not_taken_and_stays_in_the_box(
    room: Room, name: str, words: str
) -> None:
    contact = opened(room)
    box = box_of(room, 0)
    fill(box, name, words)
    box._answer("go")
    assert box.banner.isVisible()
    field = box.boxes[name]
    assert isinstance(field, LineField)
    assert field.text() == words
    box._answer("cancel")
    assert "contact.fact_changed" not in room.kinds(contact)


def test_emptied_fact_is_not_known_and_an_answer_may_be_not_known(room: Room) -> None:
    contact = opened(room)
    box = box_of(room, 0)
    fill(box, "given", "May")
    field, lives = box.boxes["dob"], box.boxes["lives_here"]
    assert isinstance(field, LineField)
    field.clear()
    assert isinstance(lives, Choice)
    assert lives.value() is None
    lives.set_value("")
    box._answer("go")
    room.wait(lambda: room.now(contact).content.children[0].name == "May Rowe")
    room.settled()
    child = room.now(contact).content.children[0]
    assert child.dob.unknown is Unknown.NOT_KNOWN
    assert child.lives_here.unknown is Unknown.NOT_KNOWN
    room.wait(lambda: room.screen.header.name.text() == "May Rowe")


@pytest.mark.parametrize(
    ("kept", "value", "state"),
    [
        ("mine", "2019-03-15", FactState.ENTERED),
        ("theirs", "2019-03-16", FactState.ENTERED),
        ("both", "2019-03-16", FactState.TO_CHECK),
    ],
)
def test_two_people_put_one_fact_right_and_both_are_shown(
    room: Room, kept: str, value: str, state: FactState
) -> None:
    contact = opened(room)
    box = box_of(room, 0)
    fill(box, "dob", "15/03/2019")
    tom = room.desk.as_worker(factory.TOM)
    theirs = entered("2019-03-16", by=factory.TOM.id, at=factory.NOW)
    screen.change_fact(tom, room.now(contact), "children.c1.dob", theirs)
    box._answer("go")
    room.wait(lambda: room.window.findChildren(ConflictBox))
    [both] = room.window.findChildren(ConflictBox)
    shown = [label.text() for label in both.findChildren(QLabel)]
    assert "You and Tom Bell both changed it. Nothing is lost. Choose what to keep." in shown
    both._go(kept)
    room.settled()
    fact = room.now(contact).content.children[0].dob
    assert (fact.value, fact.state) == (value, state)
    assert ("2019-03-15" in fact.alternatives) is (kept == "both")


def test_grown_up_of_the_household_is_put_right_and_every_box_has_a_name(room: Room) -> None:
    contact = maya()
    carla = Adult(key="a1", name=read("Carla Row"), relationship=read("mother"))
    room.bring(replace(contact, content=replace(contact.content, adults=(carla,))))
    room.show()
    room.open(contact)
    box = box_of(room, 2)
    assert all(b.accessibleName() for b in box.boxes.values())
    fill(box, "name", "Carla Rowe")
    responsible = box.boxes["parental_responsibility"]
    assert isinstance(responsible, Choice)
    responsible.set_value("yes")
    box._answer("go")
    room.wait(lambda: room.now(contact).content.adults[0].name.value == "Carla Rowe")
    room.settled()
    adult = room.now(contact).content.adults[0]
    assert adult.parental_responsibility.value == "yes"
    assert (adult.relationship.value, adult.relationship.by) == ("mother", "")


def test_address_and_phone_are_put_right(room: Room) -> None:
    contact = opened(room)
    QTest.mouseClick(room.by_name("Put right the address"), Qt.MouseButton.LeftButton)
    [box] = room.window.findChildren(FactsBox)
    fill(box, "postcode", "nm42ab")
    fill(box, "phone", "01632 960214")
    box._answer("go")
    room.wait(lambda: room.now(contact).content.address.phone.value == "01632 960214")
    assert room.now(contact).content.address.postcode.value == "NM4 2AB"
    room.settled()


def test_refuge_offers_no_address_and_an_auditor_no_facts(room: Room) -> None:
    contact = maya()
    home = replace(contact.content.address, is_refuge=True)
    room.bring(replace(contact, content=replace(contact.content, address=home)))
    room.show()
    room.open(contact)
    assert not room.screen.story.readdress.isVisible()
    assert room.screen.story.change.isVisible()
    reader = replace(factory.RUTH, id="aud", role=Role.AUDITOR, job="Auditor")
    room.holder.seat(room.desk.as_worker(reader))
    room.open(contact)
    assert not room.screen.story.change.isVisible()
    assert not room.screen.story.concerns.isVisible()


# ---- concerns -----------------------------------------------------------


def test_concern_is_added_from_the_list_taken_off_and_put_back(room: Room) -> None:
    contact = opened(room)
    menu = room.screen.facts.offer_concerns(room.screen._opened, room.screen.story.concerns)  # type: ignore[arg-type]
    [neglect] = [a for a in menu.actions() if a.text() == "Neglect, home conditions"]
    neglect.trigger()
    menu.close()
    room.wait(lambda: room.now(contact).content.concerns == ("Domestic abuse", "neglect"))
    room.settled()
    chips = room.screen.story.concerns.chips()
    assert [c.key for c in chips] == ["Domestic abuse", "neglect"]
    chips[1].click()
    room.wait(lambda: room.now(contact).content.concerns == ("Domestic abuse",))
    room.wait(lambda: room.window.toast.words() == "“Neglect, home conditions” taken off")
    room.settled()
    room.screen.undo()
    room.wait(lambda: "neglect" in room.now(contact).content.concerns)


# ---- restriction --------------------------------------------------------


def ask_more(room: Room, words: str, why: str) -> None:
    menu = open_more(room.screen.header.more, room.screen.acts, room.screen._opened)  # type: ignore[arg-type]
    under = [a for m in menu.findChildren(QMenu) for a in m.actions()]
    next(a for a in (*menu.actions(), *under) if a.text() == words).trigger()
    menu.close()
    [box] = room.screen.findChildren(ReasonBox)
    box.why.setPlainText(why)
    box._answer("go")


def test_restricting_closes_it_to_who_may_not_open_it(room: Room) -> None:
    contact = opened(room)
    ask_more(room, "Staff or a relative of staff…", "The father works here.")
    room.wait(lambda: room.now(contact).restricted)
    room.wait(lambda: room.shown() is None)
    room.by_name("This record is restricted")
    assert not room.screen.story.isVisible()
    room.settled()


def test_team_leader_lifts_a_restriction(room: Room) -> None:
    contact = room.bring(maya(restricted=True))
    room.holder.seat(room.desk.as_worker(factory.PRIYA))
    room.show()
    room.open(contact)
    ask_more(room, "Lift the restriction…", "He has left.")
    room.wait(lambda: not room.now(contact).restricted)
    assert room.kinds(contact)[-1] in ("contact.opened_up", "match.asked")
    room.settled()
