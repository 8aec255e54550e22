"""A window with the Triage screen over a real encrypted store, and contacts to put in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests import factory
from triage.domain.contact import Contact, ContactState
from triage.domain.fact import read
from triage.storage import contacts, events, workers
from triage.storage.engine import Store
from triage.workflow import earlier, match
from triage.workflow.desk import Desk
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.shell.window import MainWindow
from ui.triage.screen import TriageScreen
from ui.widgets.chips import FactChip

NOW = factory.NOW

WORDS = "She told officers: “I put Theo under my bed.” Theo was asleep."


@dataclass(frozen=True)
class Room:
    """A window with the screen in it, the store behind it, and everyone's desks."""

    window: MainWindow
    screen: TriageScreen
    holder: DeskHolder
    jobs: Jobs
    desk: Desk
    store: Store
    watch: factory.Watch
    people: factory.People
    bot: QtBot

    def wait(self, claim: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(claim()), timeout=20_000)

    def settled(self) -> None:
        for _ in range(2):
            self.wait(lambda: not self.jobs.busy())
            QTest.qWait(1)
        self.wait(lambda: not self.screen.showing.is_under_way())

    def bring(self, *brought: Contact) -> Contact:
        for contact in brought:
            with self.store.write() as tx:
                contacts.insert(tx, contact)
            earlier.learn(self.desk, contact)
        return brought[0]

    def now(self, contact: Contact) -> Contact:
        with self.store.read() as tx:
            return contacts.get(tx, contact.id)

    def kinds(self, contact: Contact) -> list[str]:
        with self.store.read() as tx:
            return [e.kind for e in events.of_contact(tx, contact.id)]

    def chips(self) -> list[str]:
        """What the chips at the head of the open contact say."""
        found = self.screen.header.findChildren(FactChip)
        return [chip.text() for chip in found if chip.isVisible()]

    def show(self) -> None:
        self.window.show_screen("triage")
        self.wait(lambda: self.screen.queue.model.rows() or self.screen.queue._state.isVisible())

    def open(self, contact: Contact) -> None:
        self.screen.open_contact(contact.id)
        self.wait(lambda: self.shown() == contact.id and not self.screen.showing.is_under_way())
        self.settled()

    def shown(self) -> object:
        return self.screen._opened.contact_id if self.screen._opened else None

    def press(self, key: Qt.Key, widget: QWidget | None = None) -> None:
        QTest.keyClick(widget or QApplication.focusWidget() or self.window, key)

    def by_name(self, name: str) -> QWidget:
        found = [
            w
            for w in self.window.findChildren(QWidget)
            if w.isVisible() and (w.accessibleName() or getattr(w, "text", str)()) == name
        ]
        assert found, f"Nothing visible is called {name}"
        return found[0]


@contextmanager
def room_of(desk: Desk, watch: factory.Watch, people: factory.People, bot: QtBot) -> Iterator[Room]:
    """A window with that desk's person at it."""
    jobs = Jobs()
    faults: list[object] = []
    jobs.stranded.connect(faults.append)
    holder = DeskHolder(desk)
    window = MainWindow("Northmere", watch, practice=True, idle_lock=False)
    triage = TriageScreen(holder, jobs)
    window.add_screen("triage", triage, "Triage", "inbox")
    window.resize(1920, 1080)
    window.show()
    yield Room(window, triage, holder, jobs, desk, desk.store, watch, people, bot)
    bot.waitUntil(lambda: not jobs.busy(), timeout=20_000)
    window.close()
    jobs.close()
    window.deleteLater()
    jobs.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert faults == []


@pytest.fixture
def room(store: Store, tmp_path: Path, qtbot: QtBot) -> Iterator[Room]:
    watch = factory.Watch()
    everyone = (factory.RUTH, factory.TOM, factory.PRIYA)
    signer = factory.keys(tmp_path / "keys", watch, *everyone)
    with store.write() as tx:
        for worker in everyone:
            workers.put(tx, worker, public_jwk=signer.public(worker.id))
    people = factory.People(tmp_path)
    desk = factory.desk(store, tmp_path, watch=watch, signer=signer, people=people)
    signer.unlock("rosei", "1111")
    with room_of(desk, watch, people, qtbot) as opened:
        yield opened


def maya(**facts: object) -> Contact:
    kids = (
        factory.child(),
        factory.child("c2", "Theo", family="Rowe", dob="2023-08-02", sex="M"),
    )
    contact = factory.contact(*kids, concern=WORDS, rating="red")
    content = replace(
        contact.content,
        child_words=(read("I put Theo under my bed."),),
        safe_contact=read("Do not leave voicemail"),
        concerns=("Domestic abuse",),
    )
    return replace(contact, content=content, **facts)  # type: ignore[arg-type]  # names are ours


def other(reference: str, given: str = "Noah", minutes: int = 30) -> Contact:
    child = factory.child("c1", given, family="Castell", dob="2021-01-01")
    return factory.contact(child, reference=reference, received_at=NOW - timedelta(minutes=minutes))


def searched(room: Room) -> Contact:
    """Maya with a record found at children's social care, open on the screen."""
    room.people.hold(factory.record(), factory.record("P-2", given="Amy", dob="2011-01-01"))
    contact = room.bring(maya(assigned_to="rosei", state=ContactState.SCREENING))
    match.look_up(room.desk, contact.id)
    room.show()
    room.open(contact)
    return contact
