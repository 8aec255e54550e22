"""The hub's server goes away under an open window, and comes back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from tests import factory
from tests.away import cable_to, desk_at_the_end_of
from tests.cable import Cable
from tests.hub_here import HubHere
from tests.ui.test_triage import analysis
from tests.ui.triage_room import Room, maya, other, room_of
from triage.domain.contact import Contact
from triage.domain.worker import Worker
from triage.storage import answers, contacts, corrections
from triage.workflow import decide, screen, unsent
from triage.workflow.desk import Desk
from ui.keeping.corrections import Corrections
from ui.outage import HubWatch, OutageStrip
from ui.shell.asking import ConflictBox
from ui.tour_drive import press, type_into
from ui.triage.boxes import AddPersonBox
from ui.widgets.editor import LineField

At = Callable[[Worker], Desk]


@dataclass(frozen=True)
class Seat:
    """A window at the end of a cable, with its strip."""

    room: Room
    cable: Cable
    strip: OutageStrip
    hub: HubHere
    watch: HubWatch

    def at_hub(self, contact: Contact) -> str:
        with self.hub.front.desk.store.read() as tx:
            found = answers.all(tx, contact.id).get("analysis")
        return str(found.value) if found else ""

    def given_at_hub(self, contact: Contact) -> str:
        with self.hub.front.desk.store.read() as tx:
            return contacts.get(tx, contact.id).content.children[0].given.value


@pytest.fixture
def seat(
    hub: HubHere, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Seat]:
    monkeypatch.setattr("triage.storage.hub_line.RETRY_S", 0.0)
    monkeypatch.setattr("ui.outage.LOOK_MS", 30)
    monkeypatch.setattr("ui.outage.ASK_S", 0.1)
    cable = cable_to(hub)
    with (
        desk_at_the_end_of(cable, hub, factory.SANA, tmp_path) as desk,
        room_of(desk, hub.front.watch, hub.front.people, qtbot) as room,
    ):
        strip = OutageStrip()
        room.window.add_strip(strip)
        watch = HubWatch(room.holder, room.jobs, strip, room.window, room.window)
        watch.arrived.connect(room.screen.keeper.arrived)
        watch.arrived.connect(lambda _: room.screen.settle_facts())
        yield Seat(room, cable, strip, hub, watch)
        watch.timer.stop()
        room.settled()
    cable.close()


def begun(seat: Seat) -> Contact:
    contact = seat.hub.front.bring(maya(assigned_to="spatel"))
    seat.room.show()
    seat.room.open(contact)
    return contact


def typed(seat: Seat, words: str) -> None:
    QTest.keyClicks(analysis(seat.room), words)
    seat.room.screen.save_now()


def test_typing_goes_on_while_the_server_is_away_and_arrives_by_itself(seat: Seat) -> None:
    room = seat.room
    contact = begun(seat)
    typed(seat, "Before. ")
    room.wait(lambda: seat.at_hub(contact) == "Before. ")
    assert seat.strip.isHidden()

    seat.cable.away = True
    room.wait(seat.strip.isVisible)
    typed(seat, "Meanwhile.")
    room.wait(lambda: "1 piece kept here" in seat.strip.banner.words.text())
    said = seat.strip.banner.words.text()
    assert "The hub has not answered since" in said
    assert "nothing can be opened, claimed, handed over, sent, signed or printed" in said
    assert room.screen.keeper.not_kept() == ""

    # What is open stays open; another can't be opened, and that is said.
    room.screen.open_contact(seat.hub.front.bring(other("C-26-04818")).id)
    room.wait(lambda: not room.jobs.busy())
    assert room.shown() == contact.id
    assert analysis(room).toPlainText() == "Before. Meanwhile."

    seat.cable.away = False
    room.wait(lambda: seat.at_hub(contact) == "Before. Meanwhile.")
    room.wait(seat.strip.isHidden)
    typed(seat, " After.")
    room.wait(lambda: seat.at_hub(contact) == "Before. Meanwhile. After.")


def test_words_that_somebody_else_answered_meanwhile_are_shown_beside_theirs(
    seat: Seat, at: At
) -> None:
    room, contact = seat.room, begun(seat)
    seat.cable.away = True
    room.wait(seat.strip.isVisible)
    typed(seat, "Mine.")
    room.wait(lambda: "1 piece kept here" in seat.strip.banner.words.text())
    decide.save_answer(at(factory.RUTH), contact.id, "analysis", "Theirs.", 0)
    seat.cable.away = False
    field = next(f for f in room.screen.decision.fields() if f.key == "analysis")
    room.wait(field.in_conflict)
    room.wait(lambda: "waits for you" in seat.strip.banner.words.text())
    for hidden in (True, False):
        room.window.toggle_blur()
        seat.strip.show_kept.click()
        room.wait(lambda: room.window.findChild(QMessageBox))
        box = room.window.findChild(QMessageBox)
        assert isinstance(box, QMessageBox)
        assert ("Mine." in box.informativeText()) is not hidden
        box.close()
        room.wait(lambda: not room.window.findChild(QMessageBox))
    conflict = field.conflict()
    assert conflict is not None
    conflict.kept.emit("theirs")
    room.wait(seat.strip.isHidden)
    assert seat.at_hub(contact) == "Theirs."


def put_right(seat: Seat, name: str) -> None:
    """The first child's name, in the box that asks for their facts."""
    screen = seat.room.screen
    assert screen._opened is not None
    box = screen.facts.put_right(screen._opened, "c1")
    given = box.boxes["given"]
    assert isinstance(given, LineField)
    given.put(name)
    box.answered.emit("go")


def test_a_fact_put_right_while_the_server_is_away_is_shown_and_arrives_by_itself(
    seat: Seat,
) -> None:
    room, contact = seat.room, begun(seat)
    seat.cable.away = True
    room.wait(seat.strip.isVisible)
    typed(seat, "Meanwhile.")
    room.wait(lambda: "1 piece kept here" in seat.strip.banner.words.text())
    put_right(seat, "Maia")
    room.wait(lambda: "2 pieces kept here" in seat.strip.banner.words.text())
    room.wait(lambda: room.screen.story.people.index(0, 0).data() == "Maia Rowe")
    room.settled()
    [field] = [f for f in room.screen.decision.fields() if f.key == "analysis"]
    assert field.value() == "Meanwhile.", "what was typed before stays in sight"
    seat.cable.away = False
    room.wait(lambda: seat.given_at_hub(contact) == "Maia")
    room.wait(seat.strip.isHidden)
    assert seat.at_hub(contact) == "Meanwhile."


def test_a_person_added_and_a_correction_noted_while_the_server_is_away_arrive_by_themselves(
    seat: Seat,
) -> None:
    room, contact = seat.room, begun(seat)
    asked = Corrections(room.window, room.jobs, room.holder.current, room.screen.opened_contact)
    seat.cable.away = True
    room.wait(seat.strip.isVisible)
    room.screen.story.add.setFocus()
    press(room.screen.story.add, "Space")
    room.wait(lambda: room.window.findChild(AddPersonBox))
    box = room.window.findChild(AddPersonBox)
    assert isinstance(box, AddPersonBox)
    type_into(box.first, "Noor")
    press(box, "Return")
    people = room.screen.story.people
    room.wait(lambda: people.index(2, 0).data() == "Noor")
    asked.ask("children.c1.dob")
    room.wait(lambda: asked.note is not None and asked.note.isVisible())
    assert asked.note is not None
    type_into(asked.note.who, "Carla Rowe")
    type_into(asked.note.says, "15 March 2019")
    asked.note.give()
    room.wait(lambda: "2 pieces kept here" in seat.strip.banner.words.text())
    seat.cable.away = False
    room.wait(lambda: unsent.standing(room.desk).waiting == 0)
    with seat.hub.front.desk.store.read() as tx:
        [noted] = corrections.of_contact(tx, contact.id)
        there = contacts.get(tx, contact.id).content.children
    assert noted.says == "15 March 2019"
    assert [child.given.value for child in there] == ["Maya", "Theo", "Noor"]


def test_a_fact_that_somebody_else_put_right_meanwhile_is_shown_beside_mine(
    seat: Seat, at: At
) -> None:
    room, contact = seat.room, begun(seat)
    seat.cable.away = True
    room.wait(seat.strip.isVisible)
    put_right(seat, "Mine")
    room.wait(lambda: "1 piece kept here" in seat.strip.banner.words.text())
    screen.change_fact(at(factory.RUTH), contact, "children.c1.given", factory.fact("Theirs"))
    seat.cable.away = False
    room.wait(lambda: room.window.findChild(ConflictBox))
    box = room.window.findChild(ConflictBox)
    assert isinstance(box, ConflictBox)
    shown = " ".join(p.accessibleName() or p.text() for p in box.findChildren(QLabel))
    assert "Mine" in shown
    assert "Theirs" in shown
    box.answered.emit("theirs")
    room.wait(seat.strip.isHidden)
    assert seat.given_at_hub(contact) == "Theirs"


def test_strip_says_why_the_hub_lets_nobody_in_and_typing_goes_on(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.storage.hub_line.SIGN_IN_AGAIN_S", 0.0)
    room, contact = seat.room, begun(seat)
    with psycopg.connect(seat.hub.url, autocommit=True) as owner:
        owner.execute(b"ALTER ROLE fl_siqbal VALID UNTIL '2020-01-01'")
        try:
            seat.cable.cut()
            said = seat.strip.banner.words.text
            room.wait(lambda: "does not let you sign in" in said())
            typed(seat, "Meanwhile.")
            room.wait(lambda: "1 piece kept here" in said())
        finally:
            owner.execute(b"ALTER ROLE fl_siqbal VALID UNTIL 'infinity'")
    room.wait(lambda: seat.at_hub(contact) == "Meanwhile.")
    room.wait(seat.strip.isHidden)


def test_strip_says_that_the_servers_disk_is_full_while_words_wait_for_it(seat: Seat) -> None:
    room, contact = seat.room, begun(seat)
    with seat.hub.refusing("answer", "53100"):
        typed(seat, "Meanwhile.")
        said = seat.strip.banner.words.text
        room.wait(lambda: "disk of the hub's server is full" in said())
        assert "1 piece kept here, and not at the hub yet" in said()
    room.wait(lambda: seat.at_hub(contact) == "Meanwhile.")
    room.wait(seat.strip.isHidden)


def test_server_that_takes_questions_and_says_nothing_counts_as_gone_within_seconds(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = begun(seat)
    monkeypatch.setattr("ui.outage.SILENT_S", 0.3)
    seat.cable.silent = True
    typed(seat, "Into the silence.")
    seat.room.wait(lambda: "1 piece kept here" in seat.strip.banner.words.text())
    seat.cable.silent = False
    seat.cable.cut()
    seat.room.wait(lambda: seat.at_hub(contact) == "Into the silence.")
