"""An answer that the store did not take is held and sent again, whatever is looked at next."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from tests import factory
from tests.ui.test_triage import analysis
from tests.ui.triage_room import Room, other, searched
from triage.domain.errors import StoreError
from triage.storage import answers
from triage.workflow import decide

FULL = "The disk is full, so this could not be saved."


def kept(room: Room, contact_id: object) -> str:
    with room.store.read() as tx:
        found = answers.all(tx, contact_id).get("analysis")  # type: ignore[arg-type]
    return str(found.value) if found else ""


def no_room(*_: object, **__: object) -> None:
    raise StoreError(FULL)


def told(room: Room) -> QMessageBox:
    """The box that says what closing would lose."""
    room.wait(lambda: room.window.findChild(QMessageBox))
    box = room.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    return box


def test_words_typed_before_going_to_another_contact_outlive_a_full_disk(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = searched(room), room.bring(other("C-26-04818"))
    with monkeypatch.context() as patched:
        patched.setattr(decide, "save_answer", no_room)
        QTest.keyClicks(analysis(room), "Maya took charge.")
        room.open(second)
        assert kept(room, first.id) == ""
    room.screen.keeper.send_again()
    room.wait(lambda: kept(room, first.id) == "Maya took charge.")
    assert kept(room, second.id) == ""


def test_words_not_kept_are_there_when_their_contact_is_opened_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = searched(room), room.bring(other("C-26-04818"))
    with monkeypatch.context() as patched:
        patched.setattr(decide, "save_answer", no_room)
        QTest.keyClicks(analysis(room), "Maya took charge.")
        room.open(second)
    room.open(first)
    room.wait(lambda: kept(room, first.id) == "Maya took charge.")
    assert analysis(room).toPlainText() == "Maya took charge."


def test_an_answer_given_elsewhere_first_is_shown_with_mine_when_i_come_back(room: Room) -> None:
    first, second = searched(room), room.bring(other("C-26-04818"))
    editor = analysis(room)
    decide.save_answer(room.desk.as_worker(factory.TOM), first.id, "analysis", "Theirs.", 0)
    QTest.keyClicks(editor, "Mine.")
    room.open(second)
    assert kept(room, first.id) == "Theirs."
    room.open(first)
    field = next(f for f in room.screen.decision.fields() if f.key == "analysis")
    room.wait(field.in_conflict)
    assert field.value() == "Mine."


def test_the_window_does_not_close_over_an_answer_that_is_only_in_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched(room)
    room.window.wait_for(room.jobs)
    with monkeypatch.context() as patched:
        patched.setattr(decide, "save_answer", no_room)
        QTest.keyClicks(analysis(room), "Maya took charge.")
        room.screen.save_now()
        room.settled()
        assert not room.window.close()
        box = told(room)
        assert "only in this window" in box.informativeText()
        box.close()
        room.wait(lambda: not room.jobs.awaits_store())
    room.screen.keeper.send_again()
    room.settled()
    assert room.screen.keeper.not_kept() == ""
    room.window.close()
    room.wait(lambda: not room.window.isVisible())


def test_closing_as_the_first_save_fails_says_so_and_keeps_the_words_and_the_window(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last letters are still in their field, and nobody knows yet that the disk is full."""
    first, editor = searched(room), analysis(room)
    room.window.wait_for(room.jobs)
    with monkeypatch.context() as patched:
        patched.setattr(decide, "save_answer", no_room)
        QTest.keyClicks(editor, "Maya took charge.")
        assert room.screen.keeper.not_kept() == ""
        room.window.close()
        box = told(room)
        assert room.window.isVisible()
        assert "only in this window" in box.informativeText()
        box.close()
    assert editor.toPlainText() == "Maya took charge."
    room.window.close()
    room.wait(lambda: not room.window.isVisible())
    assert kept(room, first.id) == "Maya took charge."


def test_closing_waits_for_words_on_their_way_and_then_closes_by_itself(room: Room) -> None:
    first = searched(room)
    room.window.wait_for(room.jobs)
    QTest.keyClicks(analysis(room), "Maya took charge.")
    assert not room.window.close()
    room.wait(lambda: not room.window.isVisible())
    assert kept(room, first.id) == "Maya took charge."


def test_the_second_close_goes_without_what_the_store_will_not_take(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched(room)
    room.window.wait_for(room.jobs)
    monkeypatch.setattr(decide, "save_answer", no_room)
    QTest.keyClicks(analysis(room), "Maya took charge.")
    room.window.close()
    told(room).close()
    room.window.close()
    room.wait(lambda: not room.window.isVisible())
