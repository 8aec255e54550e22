"""The decision form: nothing is chosen for anyone, and keys reach all of it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.decision import (
    WHOLE,
    Hub,
    contact,
    empty_pane,
    field,
    northmere,
    open_all,
    shown,
    view,
)
from triage.domain.fact import read
from triage.domain.profile import Code, Profile
from triage.workflow.checks import LeftOut
from ui.shell.tab_chain import tab_stops
from ui.tour_drive import focused, name_of, press
from ui.triage.decision_pane import DecisionPane, SignedState
from ui.triage.parts.controls import ChipsControl, PickControl, RatingControl, TextControl
from ui.widgets.text import Text


@pytest.fixture
def profile() -> Profile:
    return northmere()


@pytest.fixture
def pane(qtbot: QtBot) -> DecisionPane:
    return empty_pane(qtbot)


# ---- nobody chooses for anyone ----------------------------------------------


def test_a_new_form_has_no_answer_anywhere(pane: DecisionPane, profile: Profile) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    open_all(pane, profile)
    assert {f.key for f in pane.fields()} >= {"rating", "outcome@c1", "outcome@c2", "who_decides"}
    assert [f.key for f in pane.fields() if f.value()] == []
    assert hub.edits == []


def test_a_first_form_can_be_made_part_by_part_before_it_is_shown(
    pane: DecisionPane, profile: Profile
) -> None:
    begun = view(profile)
    made: list[object] = []
    pane.form.made.connect(made.append)
    for step in pane.to_make(begun):
        before = len(pane.form._bodies)
        step()
        assert len(pane.form._bodies) - before <= 1
    fields = len(made)
    assert fields > 5
    shown(pane, begun)
    assert len(made) == fields
    assert pane.to_make(begun) == []


def test_a_rating_given_in_the_queue_shows_and_is_not_asked_for_again(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile, case=contact(rating="amber")))
    assert field(pane, "rating").value() == "amber"
    pane.next_needed()
    assert pane.form.focused() is field(pane, "level")
    assert hub.edits == []


def test_opening_and_going_through_every_part_answers_nothing(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    for _ in range(60):
        pane.next_needed()
    assert hub.edits == []


# ---- what is asked ------------------------------------------------------------


def test_each_child_is_asked_about_by_name(pane: DecisionPane, profile: Profile) -> None:
    shown(pane, view(profile))
    names = [
        f.control.target().accessibleName() for f in pane.fields() if f.question.id == "outcome"
    ]
    assert names == ["Outcome, Maya", "Outcome, Theo"]


def test_a_choice_brings_up_what_it_asks_for_and_takes_it_away(
    pane: DecisionPane, profile: Profile
) -> None:
    shown(pane, view(profile, {"heard@c1": "to_us"}))
    assert [f.key for f in pane.fields() if f.key.startswith("voice")] == ["voice@c1"]
    field(pane, "heard@c1").control.put("not_yet")
    field(pane, "heard@c1").control.tell_choice("not_yet")
    assert [f.key for f in pane.fields() if f.key.startswith("voice")] == ["voice_why_not@c1"]


def test_a_contradiction_is_said_beside_the_question(pane: DecisionPane, profile: Profile) -> None:
    shown(pane, view(profile, {"rating": "green", "raises": ("injury_child",)}))
    said = [w.text() for w in field(pane, "rating")._warnings if not w.isHidden()]
    assert said == ["Rated Green, but an injury is recorded."]
    assert "1 to look at again" in pane.progress.rest.text()


def test_prompts_are_ticked_by_the_name_being_there(
    pane: DecisionPane, profile: Profile, qtbot: QtBot
) -> None:
    shown(pane, view(profile, {"analysis": "Maya took charge of her brother."}))
    pane.reveal("analysis")
    qtbot.waitUntil(lambda: not pane.form.guidance.isHidden(), timeout=1000)
    said = [p.accessibleName() for p in pane.form.guidance._pool if not p.isHidden()]
    assert "What it means for Maya: there" in said
    assert "What it means for Theo: not there yet" in said


def test_f1_names_the_note_of_the_field(pane: DecisionPane, profile: Profile, qtbot: QtBot) -> None:
    shown(pane, view(profile))
    pane.reveal("outcome_why")
    with qtbot.waitSignal(pane.guidance_asked, timeout=500) as asked:
        pane.ask_guidance()
    assert asked.args == ["outcome_why"]


# ---- keys ----------------------------------------------------------------------


def test_f8_goes_through_what_is_needed_in_order_and_comes_round(
    pane: DecisionPane, profile: Profile
) -> None:
    missing = dict(WHOLE)
    for gone in ("level", "necessity", "outcome_why"):
        del missing[gone]
    shown(pane, view(profile, missing))
    walked = []
    for _ in range(4):
        assert pane.next_needed()
        assert pane.form.focused() is not None
        walked.append(pane.form.focused().key)
    assert walked == ["level", "necessity", "outcome_why", "level"]
    pane.next_needed(-1)
    assert pane.form.focused() is not None
    assert pane.form.focused().key == "outcome_why"


def test_f8_turns_to_what_is_advised_when_nothing_is_needed(
    pane: DecisionPane, profile: Profile
) -> None:
    shown(pane, view(profile, WHOLE))
    assert pane.next_needed()
    assert pane.form.focused() is not None
    assert pane.form.focused().asked is not None
    assert pane.form.focused().asked.advised


def test_every_stop_has_a_name_and_tab_reaches_every_field(
    pane: DecisionPane, profile: Profile
) -> None:
    shown(pane, view(profile, {"heard@c1": "to_us", "outcome@c1": ("strategy",)}))
    open_all(pane, profile)
    QApplication.processEvents()
    stops = tab_stops(pane)
    for stop in stops:
        words = stop.text() if isinstance(stop, QAbstractButton) else ""
        assert stop.accessibleName() or words, stop
    for each in pane.fields():
        reached = [s for s in stops if s is each.target() or each.isAncestorOf(s)]
        assert reached, each.key


def test_tab_goes_on_to_a_question_that_has_just_come_up(
    pane: DecisionPane, profile: Profile, qtbot: QtBot
) -> None:
    shown(pane, view(profile))
    at = field(pane, "heard@c1")
    at.target().setFocus()
    at.choose("to_us")
    qtbot.waitUntil(lambda: not pane._chain.isActive(), timeout=500)
    QTest.keyClick(at.target(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is field(pane, "voice@c1").target()


def test_ctrl_g_opens_a_part_and_goes_into_it(pane: DecisionPane, profile: Profile) -> None:
    shown(pane, view(profile))
    assert not pane.section("sharing").is_open()
    assert pane.go_to_part(3)
    assert pane.section("sharing").is_open()
    assert pane.form.focused() is field(pane, "lawful_basis")
    assert not pane.go_to_part(8)


def test_a_long_list_is_ticked_by_keys_and_stays_open(pane: DecisionPane, profile: Profile) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    control = field(pane, "outcome@c1").control
    assert isinstance(control, PickControl)
    control.target().setFocus()
    QTest.keyClick(control.target(), Qt.Key.Key_Down)
    menu = control.pick.list_menu()
    assert menu.isVisible()
    QTest.keyClick(menu, Qt.Key.Key_Space)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Space)
    assert menu.isVisible()
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    assert control.value() == ("strategy", "immediate")
    assert hub.edits[0].value == ("strategy",)


def test_chips_are_added_from_the_whole_list_and_an_unticked_one_stays(
    pane: DecisionPane, profile: Profile
) -> None:
    shown(pane, view(profile, {"raises": ("weapon",)}))
    control = field(pane, "raises").control
    assert isinstance(control, ChipsControl)
    assert [c.words() for c in control.chips.chips()] == ["Weapon used or threatened"]
    control.menu().ticked.emit("missing", True)
    control.chips.chips()[0].click()
    assert control.value() == ("missing",)
    assert [c.words() for c in control.chips.chips()] == ["Weapon used or threatened", "Missing"]


# ---- sending --------------------------------------------------------------------


def test_send_explains_and_moves_to_the_first_part_needed(
    pane: DecisionPane, profile: Profile, qtbot: QtBot
) -> None:
    shown(pane, view(profile, {"rating": "green"}))
    with qtbot.assertNotEmitted(pane.propose_asked):
        pane.send.send.click()
    assert "6 parts to finish first" in pane.send.explanation.words.text()
    assert pane.form.focused() is field(pane, "level")
    assert pane.send.explanation.why.isHidden() or not pane.send.explanation.why.isVisible()


def test_what_is_missing_is_counted_anew_with_each_answer_and_then_goes(
    pane: DecisionPane, profile: Profile
) -> None:
    missing = dict(WHOLE)
    for gone in ("level", "necessity", "proportionality"):
        del missing[gone]
    shown(pane, view(profile, missing))
    pane.ask_to_send()
    bar = pane.send.explanation
    assert bar.words.text().startswith("2 parts to finish first, 3 answers.")
    answered = dict(missing)
    for key, begins in (
        ("level", "1 part to finish first, 2 answers."),
        ("necessity", "1 part to finish first, 1 answer."),
    ):
        answered[key] = WHOLE[key]
        pane.reveal(key)
        field(pane, key).control.put(WHOLE[key])
        field(pane, key).control.tell_choice(WHOLE[key])
        assert bar.words.text().startswith(begins)
        assert bar.accessibleName() == bar.words.text()
        assert not bar.isHidden()
    shown(pane, view(profile, {**answered, "proportionality": WHOLE["proportionality"]}))
    assert bar.isHidden()
    shown(pane, view(profile, answered))
    assert bar.isHidden(), "it comes only when sending is asked for"


def test_a_whole_decision_is_sent(pane: DecisionPane, profile: Profile, qtbot: QtBot) -> None:
    shown(pane, view(profile, WHOLE))
    assert pane.send.send.is_ready()
    with qtbot.waitSignal(pane.propose_asked, timeout=500):
        pane.ask_to_send()


def test_an_urgent_decision_can_go_with_its_gaps_once_a_reason_is_given(
    pane: DecisionPane, profile: Profile, qtbot: QtBot
) -> None:
    shown(pane, view(profile, {"rating": "red"}))
    pane.ask_to_send()
    strip = pane.send.explanation
    with qtbot.assertNotEmitted(pane.propose_with_gaps_asked):
        strip.go.click()
    QTest.keyClicks(strip.why, "Police wait at the door")
    with qtbot.waitSignal(pane.propose_with_gaps_asked, timeout=500) as asked:
        strip.go.click()
    assert asked.args == ["Police wait at the door"]


def test_a_signed_decision_can_be_read_not_changed_and_says_who_signed(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    signed = SignedState(by="Priya Nandra", at="24 Nov 2026 12:14")
    shown(pane, view(profile, WHOLE, signed=signed, read_only_why="It is signed."))
    open_all(pane, profile)
    assert "24 Nov 2026 12:14 by Priya Nandra" in pane.notes.state.words.text()
    for each in pane.fields():
        at = each.target()
        if isinstance(at, QTextEdit | QLineEdit):
            assert at.isReadOnly()
        elif isinstance(at, QComboBox | QAbstractButton):
            assert not at.isEnabled()
    assert not pane.send.isVisible()
    pane.ask_to_send()
    assert hub.edits == []


def test_in_a_narrow_window_parts_that_are_done_fold(pane: DecisionPane, profile: Profile) -> None:
    shown(pane, view(profile, {"rating": "red", "level": "4"}))
    pane.set_compact(True)
    assert not pane.section("rating").is_open()
    assert pane.section("analysis").is_open()
    pane.set_compact(False)
    assert pane.section("rating").is_open()


def test_without_a_contact_the_pane_says_what_to_do(pane: DecisionPane, profile: Profile) -> None:
    shown(pane, view(profile))
    pane.show_nothing()
    texts = [w.text() for w in pane.findChildren(QWidget) if w.isVisible() and hasattr(w, "text")]
    assert "Choose a contact" in texts
    assert "9 of" not in " ".join(texts)


def test_f9_takes_the_form_away_and_brings_it_back(pane: DecisionPane, profile: Profile) -> None:
    shown(pane, view(profile, {"analysis": "Maya hid her brother."}))
    pane.set_blur(True)
    assert not field(pane, "analysis").isVisible()
    pane.set_blur(False)
    assert field(pane, "analysis").isVisible()


def test_a_code_no_longer_in_force_still_reads_as_words(
    pane: DecisionPane, profile: Profile
) -> None:
    shown(pane, view(profile, {"cin_factors": ("18A",)}))
    assert "Physical abuse" in field(pane, "cin_factors").control.target().accessibleName()


def test_a_familys_words_are_never_read_as_markup(pane: DecisionPane, profile: Profile) -> None:
    case = contact()
    child = replace(case.content.children[0], given=read("<b>Maya</b>"))
    marked = replace(case, content=replace(case.content, children=(child,)))
    shown(pane, view(profile, {"analysis": "<img src=x> &amp;"}, marked))
    name = field(pane, "outcome@c1")._name
    assert name.text() == "<b>Maya</b>:"
    assert name.textFormat() is Qt.TextFormat.PlainText
    assert field(pane, "analysis").value() == "<img src=x> &amp;"


# ---- what stands beside what --------------------------------------------------


def test_guidance_takes_the_whole_width_and_moves_no_neighbour(
    pane: DecisionPane, profile: Profile, qtbot: QtBot
) -> None:
    shown(pane, view(profile))
    open_all(pane, profile)
    maya, theo = field(pane, "outcome@c1"), field(pane, "outcome@c2")
    assert pane.reveal("outcome", "c1")
    qtbot.waitUntil(pane.form.guidance.isVisible)
    QApplication.processEvents()
    assert maya.y() == theo.y()
    assert maya.height() == theo.height()
    assert pane.form.guidance.y() >= maya.geometry().bottom()
    assert pane.form.guidance.width() == theo.geometry().right() - maya.x() + 1
    pane.form.guidance.hide()
    open_all(pane, profile)
    later = field(pane, "who_decides")
    assert later.y() - maya.geometry().bottom() <= 12


@pytest.mark.parametrize("width", [416, 590, 1080])
def test_a_long_name_stands_whole_over_its_answer(
    pane: DecisionPane, profile: Profile, width: int
) -> None:
    case = contact()
    name = "Alexandra Wetherington-Okonkwo"
    adult = replace(case.content.adults[0], name=read(name))
    case = replace(case, content=replace(case.content, adults=(adult,)))
    pane.resize(width, 912)
    shown(pane, view(profile, case=case))
    open_all(pane, profile)
    for each in pane.fields():
        for label in each.findChildren(Text):
            if label.isVisible() and not label.wordWrap():
                needed = label.fontMetrics().horizontalAdvance(label.text())
                assert needed <= label.width() + 1, (each.key, label.text())


def test_a_narrow_form_keeps_the_ratings_shapes(pane: DecisionPane, profile: Profile) -> None:
    pane.resize(416, 618)
    shown(pane, view(profile))
    rating = field(pane, "rating").control
    assert isinstance(rating, RatingControl)
    assert rating.segments.isVisible()
    assert all(b.width() >= b.minimumSizeHint().width() for b in rating.segments.buttons())


def test_head_of_the_form_says_all_of_it_at_any_width(pane: DecisionPane, profile: Profile) -> None:
    for width in (416, 590):
        pane.resize(width, 700)
        shown(pane, view(profile, {"analysis": "Once."}))
        rest = pane.progress.rest
        assert rest.fontMetrics().horizontalAdvance(rest.text()) <= rest.width() + 1


def test_what_a_box_asks_for_is_read_whole(pane: DecisionPane, profile: Profile) -> None:
    pane.resize(416, 700)
    shown(pane, view(profile))
    open_all(pane, profile)
    control = field(pane, "proportionality").control
    assert isinstance(control, TextControl)
    editor = control.editor
    line = editor.fontMetrics().lineSpacing()
    assert editor.viewport().height() >= 2 * line
    below = editor.viewport().grab().toImage().copy(0, line, 200, line)
    ink = {below.pixel(x, y) for x in range(below.width()) for y in range(below.height())}
    assert len(ink) > 1, "Qt paints the first line alone"
    before = editor.height()
    QTest.keyClicks(editor, "Two")
    assert editor.height() == before


def test_a_parent_nobody_has_named_is_still_asked_about(
    pane: DecisionPane, profile: Profile
) -> None:
    case = contact()
    case = replace(case, content=replace(case.content, adults=()))
    shown(pane, view(profile, case=case))
    open_all(pane, profile)
    heard = field(pane, "parent_heard").control.target()
    assert heard.accessibleName() == "How heard, Parent or carer"


def test_a_number_key_chooses_the_level_of_that_number_where_levels_have_the_focus(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    pane.reveal("level")
    press(focused(), "3")
    assert hub.last() == ("level", "3", 0)
    assert name_of(focused()).startswith("3")
    press(focused(), "5")
    assert len(hub.edits) == 1
    pane.reveal("necessity")
    press(focused(), "4")
    assert (field(pane, "level").value(), field(pane, "necessity").value()) == ("3", "4")


def test_a_number_key_goes_by_the_number_on_the_level_and_not_by_its_place(
    pane: DecisionPane, profile: Profile
) -> None:
    levels = (Code(code="low", label="Level 2"), Code(code="high", label="Level 4"))
    other = replace(profile, codes={**profile.codes, "level": levels})
    hub = Hub(pane)
    shown(pane, view(other))
    pane.reveal("level")
    press(focused(), "1")
    assert hub.edits == []
    press(focused(), "4")
    assert hub.last() == ("level", "high", 0)


def test_the_author_is_told_that_nobody_was_looked_up_and_the_key_until_it_is_explained(
    pane: DecisionPane, profile: Profile
) -> None:
    left = LeftOut(short="nobody looked up", sentence="Nobody has been looked up yet.")
    pane.resize(420, 900)
    shown(pane, view(profile, WHOLE, left_out=left))
    open_all(pane, profile)
    assert pane.progress.rest.text().startswith("· nobody looked up: Ctrl L")
    said = "Nobody has been looked up yet. Ctrl L looks up whoever is left."
    assert said in [t.text() for t in field(pane, "history").findChildren(Text)]
    why = {"history": "not_available", "history_words": "Their lists are away till Monday."}
    shown(pane, view(profile, {**WHOLE, **why}, left_out=left))
    assert "looked up" not in pane.progress.rest.text()
