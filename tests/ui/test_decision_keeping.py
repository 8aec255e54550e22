"""Nothing typed in the decision form is lost, also when two people write at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QTextEdit,
)
from pytestqt.qtbot import QtBot

from tests.ui.decision import (
    FIRST,
    SECOND,
    WHOLE,
    Hub,
    contact,
    empty_pane,
    field,
    kept,
    northmere,
    shown,
    view,
)
from triage.domain.profile import Profile
from ui.triage.decision_pane import DecisionPane
from ui.triage.parts.controls import SegmentsControl
from ui.triage.parts.field import Field
from ui.widgets.buttons import Button


@pytest.fixture
def profile() -> Profile:
    return northmere()


@pytest.fixture
def pane(qtbot: QtBot) -> DecisionPane:
    return empty_pane(qtbot)


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
