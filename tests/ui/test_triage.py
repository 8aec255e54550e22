"""The Triage screen on a real encrypted store: keys pressed, what is shown, what is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests import factory
from triage.domain.contact import Contact, ContactState
from triage.domain.draft import Kinship
from triage.domain.fact import read
from triage.domain.lookup import Subject, VerdictKind
from triage.domain.worker import Role
from triage.storage import answers, contacts, episodes, events, lookups, workers
from triage.storage.engine import Store
from triage.workflow import decide, earlier, match, screen
from triage.workflow.desk import Desk
from ui.background import Background
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.shell.dialogs import PinBox
from ui.shell.tab_chain import tab_stops
from ui.shell.window import MainWindow
from ui.theme import theme
from ui.triage.arrange import shape_of
from ui.triage.boxes import NoteBox, ReasonBox, as_iso
from ui.triage.chronology_view import ITEM
from ui.triage.hidden import HIDDEN_NAME, HIDDEN_WORDS
from ui.triage.matches import Card
from ui.triage.more import open_more
from ui.triage.screen import TriageScreen
from ui.triage.story import unwrapped, with_quotes
from ui.widgets.chips import FactChip
from ui.widgets.editor import Editor
from ui.widgets.text import Text

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
        self.bot.waitUntil(lambda: bool(claim()), timeout=8000)

    def settled(self) -> None:
        for _ in range(2):
            self.wait(lambda: not self.jobs.busy())
            QTest.qWait(1)
        self.wait(lambda: not self.screen._rest.isActive())

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

    def show(self) -> None:
        self.window.show_screen("triage")
        self.wait(lambda: self.screen.queue.model.rows() or self.screen.queue._state.isVisible())

    def open(self, contact: Contact) -> None:
        self.screen.open_contact(contact.id)
        self.wait(lambda: self.shown() == contact.id and not self.screen._rest.isActive())
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


@pytest.fixture
def room(store: Store, tmp_path: Path, qtbot: QtBot) -> Iterator[Room]:
    watch = factory.Watch()
    everyone = (factory.RUTH, factory.TOM, factory.PRIYA)
    signer = factory.keys(tmp_path / "keys", watch, *everyone)
    with store.write() as tx:
        for worker in everyone:
            workers.put(tx, worker, pin_hash="", public_jwk=signer.public(worker.id))
    people = factory.People(tmp_path)
    desk = factory.desk(store, tmp_path, watch=watch, signer=signer, people=people)
    signer.unlock("rosei", "1111")
    jobs = Jobs()
    faults: list[object] = []
    jobs.stranded.connect(faults.append)
    holder = DeskHolder(desk)
    window = MainWindow("Northmere", watch, practice=True, idle_lock=False)
    triage = TriageScreen(holder, jobs)
    window.add_screen("triage", triage, "Triage", "inbox")
    window.resize(1920, 1080)
    window.show()
    yield Room(window, triage, holder, jobs, desk, store, watch, people, qtbot)
    qtbot.waitUntil(lambda: not jobs.busy(), timeout=8000)
    window.close()
    jobs.close()
    window.deleteLater()
    jobs.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert faults == []


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


# ---- the queue ----------------------------------------------------------


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
    with room.store.read() as tx:
        kinds = [e.kind for e in events.of_contact(tx, new.contact_id)]
    assert "match.asked" in kinds


# ---- one contact --------------------------------------------------------


def test_enter_opens_and_goes_there_and_the_look_is_recorded_once(room: Room) -> None:
    contact = room.bring(maya())
    room.show()
    room.screen.queue.list.setFocus()
    room.press(Qt.Key.Key_Return)
    room.wait(lambda: room.shown() == contact.id)
    assert room.screen.story.table.hasFocus()
    assert room.screen.header.name.text() == "Maya Rowe"
    assert "+ 1 brother, Theo, 3" in room.screen.header.rest.text()
    assert "nobody has it yet" in room.screen.header.line.text()
    bold = [s.text for s in room.screen.story.words.spans() if s.bold]
    assert bold == ["“I put Theo under my bed.”"]
    room.screen.look_again()
    room.settled()
    assert room.kinds(contact).count("contact.viewed") == 1


def test_look_ups_run_by_themselves_on_opening(room: Room) -> None:
    room.people.hold(factory.record(), factory.record("P-2", given="Amy", dob="2011-01-01"))
    contact = room.bring(maya())
    room.show()
    room.open(contact)
    room.wait(lambda: room.screen.match.current() is not None)
    assert "match.asked" in room.kinds(contact)
    card = room.screen.match.current()
    assert card is not None
    assert card.key == ("social_care", "P-118204")
    assert room.screen.match.card.bar.text() == card.sentence


def searched(room: Room) -> Contact:
    """Maya with a record found at children's social care, open on the screen."""
    room.people.hold(factory.record(), factory.record("P-2", given="Amy", dob="2011-01-01"))
    contact = room.bring(maya(assigned_to="rosei", state=ContactState.SCREENING))
    match.look_up(room.desk, contact.id)
    room.show()
    room.open(contact)
    return contact


def test_linking_is_a_letter_and_brings_its_history(room: Room) -> None:
    contact = searched(room)
    room.screen.match.card.table.setFocus()
    room.press(Qt.Key.Key_L)
    room.wait(lambda: room.screen.match.card.said.text().startswith("Linked by you"))
    lanes = [
        room.screen.chronology.model.index(i).data(ITEM).lane
        for i in range(room.screen.chronology.model.rowCount())
    ]
    assert "Plans" in lanes
    room.settled()
    room.screen.undo()
    room.wait(lambda: room.screen.match.card.said.text() == "")
    with room.store.read() as tx:
        [verdict] = lookups.verdicts_of(tx, contact.id)
    assert verdict.kind is VerdictKind.SAME
    assert verdict.undone_at is not None


def test_not_the_same_asks_why_and_keeps_the_reason(room: Room) -> None:
    contact = searched(room)
    room.screen.match.card.table.setFocus()
    room.press(Qt.Key.Key_X)
    [box] = room.screen.findChildren(ReasonBox)
    box._answer("go")
    assert box.banner.isVisible(), "it is not taken without a reason"
    box.chips.chips()[0].click()
    box._answer("go")
    room.wait(lambda: room.screen.match.card.said.text().startswith("Not the same by you"))
    with room.store.read() as tx:
        [verdict] = lookups.verdicts_of(tx, contact.id)
    assert verdict.reasons == ("Different birth date",)


def test_choosing_another_person_shows_their_records(room: Room) -> None:
    searched(room)
    room.screen.story.table.selectRow(1)
    assert room.screen.match.subtitle.text().startswith("Theo,")


def test_suggested_pair_is_joined_by_a_person_and_taken_apart_again(room: Room) -> None:
    contact = room.bring(maya(), other("C-26-04818"))
    with room.store.write() as tx:
        episodes.suggest(
            tx, contact.id, other("C-26-04818").id, Kinship.DUPLICATE, ("Same children.",), NOW
        )
    room.show()
    room.open(contact)
    assert "C-26-04818" in room.screen.bar.words.text()
    room.screen.bar.join.setFocus()
    room.press(Qt.Key.Key_J)
    room.wait(lambda: room.now(contact).episode_id is not None)
    room.wait(lambda: room.screen.bar.take_apart.isVisible())
    room.settled()
    room.screen.undo()
    room.wait(lambda: room.now(contact).episode_id is None)


def test_restricted_contact_is_not_shown_to_who_may_not_open_it(room: Room) -> None:
    contact = room.bring(maya(restricted=True))
    room.show()
    row = room.screen.queue.model.index_of(contact.id)
    assert "Maya" not in row.data(Qt.ItemDataRole.AccessibleTextRole)
    room.screen.open_contact(contact.id)
    room.wait(lambda: room.screen.empty.isVisible() and room.screen.reader._opening is None)
    room.by_name("This record is restricted")
    assert room.shown() is None


def test_blur_takes_names_out_of_the_models_themselves(room: Room) -> None:
    contact = searched(room)
    room.screen.set_blur(True)
    model = room.screen.queue.model
    assert model.index_of(contact.id).data() == HIDDEN_NAME
    assert room.screen.header.name.text() == HIDDEN_NAME
    assert room.screen.story.words.text() == HIDDEN_WORDS
    assert room.screen.story.people.index(0, 0).data() == HIDDEN_NAME
    assert not room.screen.decision.isVisible()
    shown = " ".join(
        label.text() for label in room.screen.findChildren(QLabel) if label.isVisible()
    )
    assert "Rowe" not in shown
    assert "Larch" not in shown
    room.screen.set_blur(False)
    assert room.screen.header.name.text() == "Maya Rowe"
    assert room.screen.decision.isVisible()


def test_next_contact_comes_from_anywhere_and_stops_at_the_end(room: Room) -> None:
    first = room.bring(maya(), other("C-26-04818"))
    room.show()
    room.open(first)
    room.screen.decision.next_needed()
    room.screen.next_contact(1)
    room.wait(lambda: room.shown() == other("C-26-04818").id)
    room.screen.next_contact(1)
    room.wait(lambda: room.window.toast.words() == "That is the last contact.")


def test_another_desk_changes_the_contact_and_it_is_shown(room: Room) -> None:
    contact = room.bring(maya())
    room.show()
    room.open(contact)
    screen.claim(room.desk.as_worker(factory.TOM), contact.id)
    room.screen.look_again()
    room.wait(lambda: "with Tom Bell" in room.screen.header.line.text())


def test_somebody_else_sits_down_and_nothing_stays_open(room: Room) -> None:
    searched(room)
    room.holder.seat(room.desk.as_worker(factory.TOM))
    assert room.shown() is None
    assert not room.screen.story.isVisible()
    room.settled()


def test_who_only_reads_is_offered_nothing_to_do(room: Room) -> None:
    contact = searched(room)
    reader = replace(factory.RUTH, id="bsup", role=Role.BUSINESS_SUPPORT, job="Business support")
    room.holder.seat(room.desk.as_worker(reader))
    room.open(contact)
    triage = room.screen
    for act in (triage.header.take, triage.match.card.link, triage.story.add, triage.bar):
        assert not act.isVisible()
    assert triage.header.name.text() == "Maya Rowe"


def test_compare_print_and_reading_are_asked_of_the_window(room: Room) -> None:
    contact = searched(room)
    with room.bot.waitSignal(room.screen.compare_asked) as compared:
        room.screen.compare()
    assert compared.args == [Subject(contact_id=contact.id, person="c1")]
    with room.bot.waitSignal(room.screen.print_asked) as printed:
        room.screen.print_preview()
    assert printed.args == [contact.id]
    with room.bot.waitSignal(room.screen.reading_asked) as asked:
        room.screen.story.original.click()
    assert asked.args == [contact.id]


def test_pausing_asks_why_and_the_clock_says_so(room: Room) -> None:
    contact = searched(room)
    menu = open_more(room.screen.header.more, room.screen.acts, room.screen._opened)  # type: ignore[arg-type]
    names = [a.text() for a in menu.actions() if a.text()]
    assert names[:3] == ["Hand over…", "Put back for anyone…", "Pause…"]
    next(a for a in menu.actions() if a.text() == "Pause…").trigger()
    menu.close()
    [box] = room.screen.findChildren(ReasonBox)
    box.why.setPlainText("Waiting for the school.")
    box._answer("go")
    room.wait(lambda: room.now(contact).state is ContactState.AWAITING_INFORMATION)
    chips = room.screen.header.findChildren(FactChip)
    room.wait(lambda: any("Paused: Waiting for the school." in c.text() for c in chips))


def test_setting_aside_keeps_the_contact_and_says_where_it_stands(room: Room) -> None:
    contact = searched(room)
    menu = open_more(room.screen.header.more, room.screen.acts, room.screen._opened)  # type: ignore[arg-type]
    next(a for a in menu.actions() if "error" in a.text()).trigger()
    menu.close()
    [box] = room.screen.findChildren(ReasonBox)
    box.why.setPlainText("A test message from the supplier.")
    box._answer("go")
    room.wait(lambda: room.now(contact).state is ContactState.SET_ASIDE)
    room.wait(lambda: not room.screen.match.card.link.isVisible())
    assert room.now(contact).set_aside_reason == "error: A test message from the supplier."


# ---- the decision -------------------------------------------------------


def analysis(room: Room) -> Editor:
    assert room.screen.decision.reveal("analysis")
    focus = QApplication.focusWidget()
    assert isinstance(focus, Editor)
    return focus


def test_what_is_typed_is_kept_and_said(room: Room) -> None:
    contact = searched(room)
    said: list[str] = []
    room.screen.saved_changed.connect(said.append)
    QTest.keyClicks(analysis(room), "Maya took charge.")
    room.wait(lambda: decide.decision(room.desk, contact.id).value("analysis"))
    room.wait(lambda: said and said[-1].startswith("All changes saved"))
    assert decide.decision(room.desk, contact.id).value("analysis") == "Maya took charge."


def test_answer_of_another_window_is_shown_beside_mine(room: Room) -> None:
    contact = searched(room)
    editor = analysis(room)
    decide.save_answer(room.desk.as_worker(factory.TOM), contact.id, "analysis", "Theirs.", 0)
    QTest.keyClicks(editor, "Mine.")
    room.screen.save_now()
    room.settled()
    field = next(f for f in room.screen.decision.fields() if f.key == "analysis")
    room.wait(field.in_conflict)
    assert editor.toPlainText() == "Mine."
    with room.store.read() as tx:
        assert answers.all(tx, contact.id)["analysis"].value == "Theirs."


def test_rating_in_the_form_moves_the_clock_and_can_be_undone(room: Room) -> None:
    contact = searched(room)
    assert room.screen.decision.reveal("rating")
    field = next(f for f in room.screen.decision.fields() if f.key == "rating")
    green = next(b for b in field.findChildren(QWidget) if b.accessibleName().startswith("Green"))
    QTest.mouseClick(green, Qt.MouseButton.LeftButton)
    room.screen.save_now()
    room.wait(lambda: room.now(contact).rating == "green")
    room.wait(lambda: room.screen.header.rag.rating() == "green")
    assert room.window.toast.words() == "Rated Green"
    room.settled()
    room.screen.undo()
    room.wait(lambda: room.now(contact).rating == "red")


def test_ctrl_enter_says_what_is_missing_and_goes_there(room: Room) -> None:
    searched(room)
    room.screen.main_act()
    assert room.screen.decision.send.explanation.isVisible()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert room.screen.decision.isAncestorOf(focus)


def test_whole_decision_is_sent_and_then_read_only(room: Room) -> None:
    contact = searched(room)
    for key, value in factory.answers_for(room.desk.profile, room.now(contact)).items():
        held = decide.decision(room.desk, contact.id).answers
        version = held[key].version if key in held else 0
        decide.save_answer(room.desk, contact.id, key, value, version)
    room.screen.refresh()
    room.wait(room.screen.decision.send.send.is_ready)
    room.screen.main_act()
    room.wait(lambda: room.now(contact).state is ContactState.AWAITING_SIGN_OFF)
    room.wait(lambda: not room.screen.match.card.link.isVisible())


def test_locked_key_asks_for_the_pin_and_then_sends(room: Room) -> None:
    contact = searched(room)
    for key, value in factory.answers_for(room.desk.profile, room.now(contact)).items():
        held = decide.decision(room.desk, contact.id).answers
        version = held[key].version if key in held else 0
        decide.save_answer(room.desk, contact.id, key, value, version)
    room.desk.signer.lock("rosei")
    room.screen.refresh()
    room.wait(room.screen.decision.send.send.is_ready)
    room.screen.main_act()
    room.wait(lambda: room.window.findChildren(PinBox))
    [box] = room.window.findChildren(PinBox)
    box.given.emit("9999")
    room.wait(box.banner.isVisible)
    assert room.now(contact).state is ContactState.SCREENING
    box.given.emit("1111")
    room.wait(lambda: room.now(contact).state is ContactState.AWAITING_SIGN_OFF)
    room.settled()


def test_f1_in_a_field_opens_its_note(room: Room) -> None:
    searched(room)
    analysis(room)
    assert room.screen.show_guidance()
    [box] = room.window.findChildren(NoteBox)
    assert box.isVisible()
    box.done(0)
    room.screen.queue.list.setFocus()
    assert not room.screen.show_guidance()


# ---- looks --------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "scale", "shape"),
    [
        (1920, 1.0, "wide"),
        (1600, 1.0, "wide"),
        (1366, 1.0, "tabs"),
        (1920, 1.5, "tabs"),
        (1366, 1.5, "single"),
        (911, 1.0, "single"),
    ],
)
def test_middle_becomes_tabs_and_then_one_pane(width: int, scale: float, shape: str) -> None:
    assert shape_of(width, scale)[0] == shape


def test_full_width_gives_the_measures_of_the_design() -> None:
    assert shape_of(1920, 1.0) == ("wide", 372, 590)
    assert shape_of(1366, 1.0) == ("tabs", 284, 416)


@pytest.mark.parametrize(("width", "scale"), [(1920, 1.0), (1366, 1.0), (911, 1.0), (1920, 1.5)])
def test_each_control_has_a_name_and_no_label_is_clipped(
    room: Room, width: int, scale: float
) -> None:
    theme().set_text_scale(scale)
    room.window.resize(width, 900)
    searched(room)
    for part in ("queue", "contact", "decision"):
        room.screen.arrangement.go_to(part)
        for stop in tab_stops(room.screen):
            interface = QAccessible.queryAccessibleInterface(stop)
            assert interface.text(QAccessible.Text.Name), stop
        for label in room.screen.findChildren(Text):
            if label.isVisible() and not label._elide and not label.wordWrap():
                needed = label.fontMetrics().horizontalAdvance(label.text())
                assert needed <= label.width() + 1, label.text()


def test_single_pane_goes_where_the_keys_go(room: Room) -> None:
    room.window.resize(911, 720)
    contact = room.bring(maya())
    room.show()
    assert room.screen.arrangement.shape() == "single"
    room.open(contact)
    assert room.screen.queue.isVisible()
    assert not room.screen.decision.isVisible()
    room.screen.next_needed(1)
    assert room.screen.decision.isVisible()
    assert not room.screen.queue.isVisible()


def test_chronology_is_walked_by_arrows_in_lanes_and_time(room: Room) -> None:
    contact = searched(room)
    card = room.screen.match.current()
    assert isinstance(card, Card)
    match.link(room.desk, card.subject, card.candidate)
    room.screen.refresh()
    room.wait(lambda: room.screen.chronology.count() == 2)
    chart = room.screen.chronology.chart
    chart.setFocus()
    chart.setCurrentIndex(chart.model().index(1, 0))
    assert chart.currentIndex().data(ITEM).reference == contact.reference
    room.press(Qt.Key.Key_Down, chart)
    assert chart.currentIndex().data(ITEM).lane == "Plans"
    at = chart.visualRect(chart.currentIndex()).center()
    assert chart.indexAt(QPoint(at)) == chart.currentIndex()


def test_quotes_are_bold_where_they_stand_and_nowhere_else() -> None:
    spans = with_quotes("He said “no more” and\nleft it.", ["no more", "and left", "not in it"])
    assert [(s.text, s.bold) for s in spans] == [
        ("He said ", False),
        ("“no more”", True),
        (" ", False),
        ("and\nleft", True),
        (" it.", False),
    ]


def test_breaks_of_a_page_are_taken_out_and_those_of_a_writer_stay() -> None:
    long = "On Saturday about 8.15 when her coat came off I saw a bruise on her left"
    assert unwrapped(f"{long}\nforearm.\nParents") == f"{long} forearm.\nParents"
    assert unwrapped(f"{long}\n\nThen") == f"{long}\n\nThen"
    assert unwrapped(f"{long}\n- one") == f"{long}\n- one"
    assert unwrapped(f"{long}\nTold: yes") == f"{long}\nTold: yes"
    assert unwrapped("Short line\nanother") == "Short line\nanother"
    assert unwrapped("") == ""


def test_not_many_things_take_the_focus(room: Room) -> None:
    searched(room)
    assert len(tab_stops(room.window)) <= 60


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("14/03/2019", "2019-03-14"),
        ("14.3.2019", "2019-03-14"),
        ("2019-03-14", "2019-03-14"),
        ("", ""),
        ("31/02/2019", None),
        ("spring", None),
    ],
)
def test_days_are_read_the_british_way(words: str, day: str | None) -> None:
    assert as_iso(words) == day


def test_five_hundred_rows_are_shown_and_found(room: Room) -> None:
    many = [other(f"C-26-1{n:04}", f"Kid{n}", minutes=n) for n in range(500)]
    with room.store.write() as tx:
        for contact in many:
            contacts.insert(tx, contact)
    room.show()
    assert len(room.screen.queue.model.rows()) == 500
