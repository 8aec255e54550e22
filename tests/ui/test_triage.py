"""One contact on the Triage screen: keys pressed, what is shown, what is kept."""

import json
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests import factory
from tests.ui.triage_room import NOW, Room, maya, other, searched
from triage.domain.contact import Address, Contact, ContactState
from triage.domain.draft import Kinship
from triage.domain.lookup import Subject, VerdictKind
from triage.domain.worker import Role, Worker
from triage.storage import answers, episodes, events, lookups
from triage.workflow import claims, concerns, decide, join, match, screen
from ui.shell.dialogs import PinBox
from ui.shell.tab_chain import tab_stops
from ui.triage.boxes import NoteBox, ReasonBox
from ui.triage.chronology_view import ITEM
from ui.triage.hidden import HIDDEN_NAME, HIDDEN_WORDS
from ui.triage.more import open_more
from ui.widgets.chips import FactChip
from ui.widgets.editor import Editor


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


def test_what_would_settle_a_doubt_stands_above_the_records(room: Room) -> None:
    bare = {"nhs_number": "", "address": "", "postcode": ""}
    room.people.hold(
        factory.record("P-1", **bare, mother="Carla Rowe"),
        factory.record("P-2", **bare, mother="Zofia Nowak"),
    )
    alone = replace(factory.content(), adults=(), address=Address())
    contact = room.bring(replace(factory.contact(), content=alone))
    match.look_up(room.desk, contact.id)
    room.show()
    room.open(contact)
    assert room.screen.match.settling.isVisible()
    words = room.screen.match.settling.words.text()
    assert words == "Social care: two near; the mother's name would separate them."


def test_linking_is_a_letter_and_brings_its_history(room: Room) -> None:
    contact = searched(room)
    room.screen.match.card.table.setFocus()
    room.press(Qt.Key.Key_L)
    room.wait(lambda: room.screen.match.card.said.text().startswith("Linked by you"))

    def lanes() -> list[str]:
        model = room.screen.chronology.model
        return [model.index(i).data(ITEM).lane for i in range(model.rowCount())]

    room.wait(lambda: "Plans" in lanes())  # panes are shown one after another
    room.settled()
    room.screen.undo()
    room.wait(lambda: room.screen.match.card.said.text() == "")
    with room.store.read() as tx:
        [verdict] = lookups.verdicts_of(tx, contact.id)
    assert verdict.kind is VerdictKind.SAME
    assert verdict.undone_at is not None


def test_f6_from_what_was_said_lands_where_letters_link(room: Room) -> None:
    searched(room)
    room.screen.queue.list.setFocus()
    room.press(Qt.Key.Key_Return)
    room.wait(room.screen.story.table.hasFocus)
    room.press(Qt.Key.Key_F6)
    room.press(Qt.Key.Key_L)
    room.wait(lambda: room.screen.match.card.said.text().startswith("Linked by you"))


def test_f6_goes_from_the_tabs_to_what_they_show_on_a_small_screen(room: Room) -> None:
    room.window.resize(1366, 768)
    searched(room)
    room.screen.story.table.setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert room.screen.arrangement.tabs.hasFocus()
    room.press(Qt.Key.Key_F6)
    assert room.screen.match.card.table.hasFocus()


def test_shift_f6_lands_on_the_evidence_too(room: Room) -> None:
    searched(room)
    tab_stops(room.screen.chronology)[0].setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert room.screen.match.card.table.hasFocus()


def test_f6_lands_on_a_control_where_no_record_was_found(room: Room) -> None:
    contact = room.bring(maya())
    match.look_up(room.desk, contact.id)
    room.show()
    room.open(contact)
    room.screen.story.table.setFocus()
    room.press(Qt.Key.Key_F6)
    assert QApplication.focusWidget() is tab_stops(room.screen.match)[0]


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
    room.wait(lambda: room.screen.bar.take_apart.isVisible())
    assert "Joined with another contact" in room.chips()
    room.settled()
    room.screen.undo()
    room.wait(lambda: room.screen.bar.join.isVisible())
    assert "Joined with another contact" not in room.chips()


def test_no_chip_says_that_a_contact_is_joined_with_one_that_is_hidden(room: Room) -> None:
    contact = room.bring(maya(), other("C-26-04818"))
    join.join(room.desk, contact.id, other("C-26-04818").id)
    leader = room.desk.as_worker(factory.PRIYA)
    concerns.restrict(leader, other("C-26-04818").id, "A colleague's niece")
    room.show()
    room.open(contact)
    assert "Joined with another contact" not in room.chips()
    room.holder.seat(leader)
    room.open(contact)
    assert "Joined with another contact" in room.chips()


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
    claims.claim(room.desk.as_worker(factory.TOM), contact.id)
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
    with room.bot.waitSignal(room.screen.acts.corrections_asked):
        next(a for a in menu.actions() if a.text() == "Corrections of this record…").trigger()
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


def rated(room: Room, contact: Contact, by: Worker, code: str) -> None:
    screen.rate(room.desk.as_worker(by), contact.id, code)
    room.show()
    room.open(contact)
    assert room.screen.decision.reveal("rating")


def reason_box(room: Room) -> ReasonBox:
    box = room.window.findChild(ReasonBox)
    assert isinstance(box, ReasonBox)
    return box


def test_rating_of_another_person_is_changed_in_the_form_with_the_reason(room: Room) -> None:
    contact = room.bring(maya(rating=None))
    rated(room, contact, factory.TOM, "red")
    room.press(Qt.Key.Key_Right)
    box = reason_box(room)
    assert "Tom Bell rated it Red" in box.words.text()
    room.settled()
    assert room.now(contact).rating == "red", "nothing is changed before the reason"
    QTest.keyClicks(box.why, "Police say he is held")
    room.by_name("Change it").click()  # type: ignore[attr-defined]
    room.wait(lambda: room.now(contact).rating == "amber")
    room.settled()
    with room.store.read() as tx:
        told = [e for e in events.of_contact(tx, contact.id) if e.kind == "contact.rated"]
    assert told[-1].by == "rosei"
    assert json.loads(told[-1].detail)["why"] == "Police say he is held"


def test_rating_of_another_person_stays_where_no_reason_is_given(room: Room) -> None:
    contact = room.bring(maya(rating=None))
    rated(room, contact, factory.TOM, "red")
    room.press(Qt.Key.Key_Right)
    reason_box(room).reject()
    room.settled()
    field = next(f for f in room.screen.decision.fields() if f.key == "rating")
    assert field.value() == "red"
    assert not field.is_waiting()
    assert room.now(contact).rating == "red"


def test_ones_own_rating_is_changed_without_a_question(room: Room) -> None:
    contact = room.bring(maya(rating=None))
    rated(room, contact, factory.RUTH, "red")
    room.press(Qt.Key.Key_Right)
    room.wait(lambda: room.now(contact).rating == "amber")
    assert room.window.findChild(ReasonBox) is None


def test_a_choice_in_the_form_is_taken_back_and_made_again_by_keys(room: Room) -> None:
    contact = room.bring(maya())
    room.show()
    room.open(contact)
    assert room.screen.decision.reveal("level")

    def kept() -> object:
        room.settled()
        return decide.decision_again(room.desk, contact.id).value("level")

    room.press(Qt.Key.Key_4)
    room.wait(lambda: kept() == "4")
    held = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, held)
    room.wait(lambda: kept() == "")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Y, held)
    room.wait(lambda: kept() == "4")


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
