"""The decision form: nothing is chosen for anyone, nothing typed is lost, and keys reach it all."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

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

from triage.domain.completeness import completeness
from triage.domain.contact import Adult, Channel, Child, Contact, ContactState, Content
from triage.domain.decision import Answer, DecisionDraft, SavedAnswer
from triage.domain.fact import read
from triage.domain.profile import Code, Profile
from triage.workflow.profiles import CODESETS, load_profile
from ui.shell.tab_chain import tab_stops
from ui.triage.decision_pane import AnswerEdit, DecisionPane, DecisionPaneView, SignedState
from ui.triage.parts.controls import ChipsControl, PickControl, SegmentsControl
from ui.triage.parts.field import Field
from ui.widgets.buttons import Button

TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
FIRST, SECOND = UUID(int=1), UUID(int=2)
PRIYA = Code(code="Priya Nandra, team leader", label="Priya Nandra, team leader")
WHOLE: dict[str, Answer] = {
    "rating": "red",
    "level": "4",
    "raises": ("injury_parent", "saw_or_heard"),
    "lowers": ("grandparent",),
    "lawful_basis": ("public_task",),
    "special_condition": "substantial_public_interest",
    "necessity": "Nobody can tell who is safe without police and health.",
    "proportionality": "The two children and their mother only.",
    "family_told": "told",
    "consent": "not_asked",
    "heard@c1": "to_other",
    "voice@c1": "“I put Theo under my bed.”",
    "heard@c2": "not_yet",
    "voice_why_not@c2": "Asleep; nursery will see him today.",
    "parent_heard@a1": "not_reached",
    "parent_why_not@a1": "Phone off.",
    "analysis": "Maya took charge.",
    "history": "none_held",
    "replies": "nil_only",
    "outcome@c1": ("strategy",),
    "outcome@c2": ("strategy",),
    "who_decides": PRIYA.code,
    "outcome_why": "Two children and an injury.",
    "primary_need@c1": "N1",
    "primary_need@c2": "N1",
    "harm_category@c1": "PHY",
    "harm_category@c2": "EMO",
    "team": "north",
    "strategy_at": "2026-11-24T14:30",
    "strategy_who": ("police", "health"),
    "dissent": "none",
}


@pytest.fixture(scope="session")
def profile() -> Profile:
    return load_profile(CODESETS.parent / "profiles" / "northmere", today=TODAY)


@pytest.fixture
def pane(qtbot: QtBot) -> DecisionPane:
    made = DecisionPane()
    made.resize(590, 912)
    qtbot.addWidget(made)
    return made


def contact(number: UUID = FIRST, rating: str | None = None) -> Contact:
    return Contact(
        id=number,
        reference="C-26-04817",
        channel=Channel.EMAIL,
        state=ContactState.SCREENING,
        received_at=AT,
        rating=rating,
        content=Content(
            children=(
                Child(key="c1", given=read("Maya"), family=read("Rowe")),
                Child(key="c2", given=read("Theo"), family=read("Rowe")),
            ),
            adults=(Adult(key="a1", name=read("Carla Rowe"), relationship=read("Mother")),),
        ),
    )


def kept(key: str, value: Answer, version: int = 1, by: str = "rosei") -> SavedAnswer:
    return SavedAnswer(key=key, value=value, version=version, by=by, at=AT)


def view(
    profile: Profile,
    answers: dict[str, Answer] | None = None,
    case: Contact | None = None,
    **more: object,
) -> DecisionPaneView:
    case = case or contact()
    draft = DecisionDraft(
        contact_id=case.id,
        number=3,
        answers={k: kept(k, v) for k, v in (answers or {}).items()},
    )
    made = DecisionPaneView(
        profile=profile,
        draft=draft,
        contact=case,
        completeness=completeness(profile, draft, case, today=TODAY),
        today=TODAY,
        deciders=(PRIYA,),
        names={"siqbal": "Sana Iqbal"},
    )
    return replace(made, **more)  # type: ignore[arg-type]


def shown(pane: DecisionPane, what: DecisionPaneView) -> None:
    pane.show(what)
    pane.show()
    pane.activateWindow()
    QApplication.processEvents()


def open_all(pane: DecisionPane, profile: Profile) -> None:
    for part in profile.parts:
        pane.section(part.id).set_open(True)
    QApplication.processEvents()


def field(pane: DecisionPane, key: str) -> Field:
    return next(f for f in pane.fields() if f.key == key)


class Hub:
    """What keeps answers in a test: it writes down each edit and says nothing by itself."""

    def __init__(self, pane: DecisionPane) -> None:
        self.edits: list[AnswerEdit] = []
        pane.answer_changed.connect(self.edits.append)

    def last(self) -> tuple[str, Answer, int]:
        edit = self.edits[-1]
        return edit.key, edit.value, edit.base_version


# ---- nobody chooses for anyone ----------------------------------------------


def test_a_new_form_has_no_answer_anywhere(pane: DecisionPane, profile: Profile) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    open_all(pane, profile)
    assert {f.key for f in pane.fields()} >= {"rating", "outcome@c1", "outcome@c2", "who_decides"}
    assert [f.key for f in pane.fields() if f.value()] == []
    assert hub.edits == []


def test_a_rating_given_in_the_queue_shows_and_is_not_asked_for_again(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile, case=contact(rating="amber")))
    assert field(pane, "rating").value() == "amber"
    pane.next_needed()
    assert pane._focused is field(pane, "level")
    assert hub.edits == []


def test_opening_and_going_through_every_part_answers_nothing(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    for _ in range(60):
        pane.next_needed()
    assert hub.edits == []


# ---- keeping ------------------------------------------------------------------


def test_words_are_handed_over_within_a_second_of_a_pause(
    pane: DecisionPane, profile: Profile, qtbot: QtBot
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    editor = field(pane, "analysis").target()
    editor.setFocus()
    QTest.keyClicks(editor, "Maya")
    assert hub.edits == []
    with qtbot.waitSignal(pane.answer_changed, timeout=1000):
        pass
    assert hub.last() == ("analysis", "Maya", 0)


def test_a_choice_is_handed_over_at_once(pane: DecisionPane, profile: Profile) -> None:
    hub = Hub(pane)
    shown(pane, view(profile, {"level": "2"}))
    control = field(pane, "level").control
    assert isinstance(control, SegmentsControl)
    control.segments.buttons()[3].click()
    assert hub.last() == ("level", "4", 1)


def test_leaving_a_field_hands_over_at_once(pane: DecisionPane, profile: Profile) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    editor = field(pane, "analysis").target()
    editor.setFocus()
    QTest.keyClicks(editor, "Maya")
    pane.reveal("level")
    assert hub.last() == ("analysis", "Maya", 0)


def test_what_is_typed_while_saving_is_sent_over_the_version_kept(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    editor = field(pane, "analysis").target()
    editor.setFocus()
    QTest.keyClicks(editor, "Maya")
    pane.flush()
    QTest.keyClicks(editor, " hid")
    pane.flush()
    assert len(hub.edits) == 1
    pane.saved(kept("analysis", "Maya", 1))
    assert hub.last() == ("analysis", "Maya hid", 1)


def test_going_to_another_contact_hands_over_the_words_of_the_first(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    QTest.keyClicks(field(pane, "analysis").target(), "Maya")
    pane.show(view(profile, {"analysis": "Aisha"}, contact(SECOND)))
    assert [(e.contact_id, e.value) for e in hub.edits] == [(FIRST, "Maya")]
    assert field(pane, "analysis").value() == "Aisha"


def test_a_view_that_comes_while_typing_leaves_the_words_alone(
    pane: DecisionPane, profile: Profile
) -> None:
    shown(pane, view(profile, {"analysis": "Before"}))
    QTest.keyClicks(field(pane, "analysis").target(), "Maya ")
    pane.show(view(profile, {"analysis": "Before", "level": "3"}))
    assert field(pane, "analysis").value() == "BeforeMaya "
    assert field(pane, "level").value() == "3"


def test_what_could_not_be_saved_stays_is_said_and_is_sent_again(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile))
    QTest.keyClicks(field(pane, "analysis").target(), "Maya")
    pane.flush()
    pane.not_saved("analysis", "The disk is full. Your words are here.")
    assert "The disk is full" in pane.notes.unsaved.words.text()
    pane.notes.again.click()
    assert [e.value for e in hub.edits] == ["Maya", "Maya"]
    pane.saved(kept("analysis", "Maya"))
    assert pane.notes.isHidden()


def test_typing_can_be_undone_but_not_into_another_contacts_words(
    pane: DecisionPane, profile: Profile
) -> None:
    shown(pane, view(profile, {"analysis": "Before"}))
    editor = field(pane, "analysis").target()
    assert isinstance(editor, QTextEdit)
    editor.setFocus()
    QTest.keyClicks(editor, "X")
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == "Before"
    pane.show(view(profile, {"analysis": "Other"}, contact(SECOND)))
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == "Other"


def test_a_view_read_before_our_answer_was_kept_does_not_take_it_back(
    pane: DecisionPane, profile: Profile
) -> None:
    hub = Hub(pane)
    shown(pane, view(profile, {"level": "2"}))
    stale = view(profile, {"level": "2"})
    field(pane, "level").choose("4")
    pane.saved(kept("level", "4", 2))
    pane.show(stale)
    assert field(pane, "level").value() == "4"
    field(pane, "level").choose("3")
    assert hub.last() == ("level", "3", 2)


def test_a_choice_can_be_undone_and_done_again(pane: DecisionPane, profile: Profile) -> None:
    hub = Hub(pane)
    shown(pane, view(profile, {"level": "2"}))
    field(pane, "level").choose("4")
    pane.saved(kept("level", "4", 2))
    assert pane.undo()
    assert hub.last() == ("level", "2", 2)
    pane.saved(kept("level", "2", 3))
    assert not pane.undo()
    assert pane.redo()
    assert hub.last() == ("level", "4", 3)


def test_nothing_is_undone_into_another_contact(pane: DecisionPane, profile: Profile) -> None:
    shown(pane, view(profile))
    field(pane, "level").choose("4")
    pane.show(view(profile, case=contact(SECOND)))
    assert not pane.undo()


# ---- two people ---------------------------------------------------------------


def in_conflict(pane: DecisionPane, profile: Profile) -> Field:
    shown(pane, view(profile))
    editor = field(pane, "analysis").target()
    editor.setFocus()
    QTest.keyClicks(editor, "Mine")
    pane.flush()
    pane.show_conflict(kept("analysis", "Theirs", 4, "siqbal"))
    return field(pane, "analysis")


def acts(at: Field) -> list[Button]:
    conflict = at.conflict()
    assert conflict is not None
    return [conflict.keep_both, conflict.keep_mine, conflict.keep_theirs]


def test_a_conflict_shows_both_whole_and_offers_both_first(
    pane: DecisionPane, profile: Profile
) -> None:
    conflict = in_conflict(pane, profile).conflict()
    assert conflict is not None
    assert (conflict.mine.text(), conflict.theirs.text()) == ("Mine", "Theirs")
    assert "Sana Iqbal" in conflict.words.text()
    assert conflict.first() is conflict.keep_both


@pytest.mark.parametrize(
    ("act", "sent", "left"),
    [(0, "Mine\n\nTheirs", "Mine\n\nTheirs"), (1, "Mine", "Mine"), (2, None, "Theirs")],
)
def test_keeping_both_or_mine_is_sent_over_theirs_and_theirs_needs_no_sending(
    pane: DecisionPane, profile: Profile, act: int, sent: str | None, left: str
) -> None:
    at = in_conflict(pane, profile)
    hub = Hub(pane)
    acts(at)[act].click()
    assert at.value() == left
    assert [(e.value, e.base_version) for e in hub.edits] == ([(sent, 4)] if sent else [])
    assert not at.in_conflict()


def test_typing_goes_on_in_a_conflict_and_waits_for_the_choice(
    pane: DecisionPane, profile: Profile
) -> None:
    at = in_conflict(pane, profile)
    hub = Hub(pane)
    QTest.keyClicks(at.control.target(), " more")
    pane.flush()
    conflict = at.conflict()
    assert conflict is not None
    assert conflict.mine.text() == "Mine more"
    assert hub.edits == []


def test_two_choices_of_one_code_cannot_both_be_kept(pane: DecisionPane, profile: Profile) -> None:
    shown(pane, view(profile, {"level": "3"}))
    pane.show_conflict(kept("level", "4", 2, "siqbal"))
    conflict = field(pane, "level").conflict()
    assert conflict is not None
    assert conflict.keep_both.isHidden()
    assert (conflict.mine.text(), conflict.theirs.text()) == ("3 Targeted", "4 Statutory")


def test_a_decision_is_not_sent_while_two_answers_wait(
    pane: DecisionPane, profile: Profile, qtbot: QtBot
) -> None:
    shown(pane, view(profile, WHOLE))
    pane.show_conflict(kept("analysis", "Theirs", 4, "siqbal"))
    with qtbot.assertNotEmitted(pane.propose_asked):
        pane.ask_to_send()


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
    qtbot.waitUntil(lambda: not pane.guidance.isHidden(), timeout=1000)
    said = [p.accessibleName() for p in pane.guidance._pool if not p.isHidden()]
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
        assert pane._focused is not None
        walked.append(pane._focused.key)
    assert walked == ["level", "necessity", "outcome_why", "level"]
    pane.next_needed(-1)
    assert pane._focused is not None
    assert pane._focused.key == "outcome_why"


def test_f8_turns_to_what_is_advised_when_nothing_is_needed(
    pane: DecisionPane, profile: Profile
) -> None:
    shown(pane, view(profile, WHOLE))
    assert pane.next_needed()
    assert pane._focused is not None
    assert pane._focused.asked is not None
    assert pane._focused.asked.advised


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
    assert pane._focused is field(pane, "lawful_basis")
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
    assert pane._focused is field(pane, "level")
    assert pane.send.explanation.why.isHidden() or not pane.send.explanation.why.isVisible()


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
