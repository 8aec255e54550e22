"""Boxes that ask: who sits down, why a record is opened, what to keep."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from triage.domain.worker import Role, Worker
from ui.shell.asking import ConflictBox, ReasonBox
from ui.shell.dialogs import PIN_FIRST, AskBox, LockCover, PinBox
from ui.shell.sign_in import SignIn, SignInBox
from ui.theme import Theme
from ui.widgets.buttons import Button


def press(box: AskBox, words: str) -> None:
    next(b for b in box.findChildren(Button) if b.words() == words).click()


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def worker(key: str, name: str) -> Worker:
    return Worker(id=key, name=name, role=Role.CONTACT_OFFICER, job="contact officer")


def test_the_other_person_is_offered_and_their_pin_given(qtbot: QtBot, page: QWidget) -> None:
    given: list[object] = []
    box = SignInBox(page, (worker("ro", "Ruth Osei"), worker("pn", "Priya Nandra")), now="ro")
    box.given.connect(given.append)
    box.open()
    assert box.who.value() == "pn"
    qtbot.keyClicks(box.pin, "2468")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert given == [SignIn(worker_id="pn", pin="2468")]
    box.refuse("That is not the PIN of Priya Nandra.")
    assert (box.isVisible(), box.pin.text()) == (True, "")
    box.accept()


def test_nobody_sits_down_unnamed(page: QWidget) -> None:
    given: list[object] = []
    people = [worker(k, n) for k, n in (("a", "A B"), ("b", "C D"), ("c", "E F"))]
    box = SignInBox(page, people, now="a")
    box.given.connect(given.append)
    box.open()
    press(box, "Sit down")
    assert given == []
    assert box.banner.isVisible()
    press(box, "Cancel")
    assert not box.isVisible()


def focus() -> QWidget:
    at = QApplication.focusWidget()
    assert at is not None
    return at


@pytest.fixture
def asked(qtbot: QtBot, page: QWidget) -> tuple[SignInBox, list[object]]:
    """A box of three people, open and in front, and what it gives."""
    given: list[object] = []
    people = [worker(k, n) for k, n in (("a", "A B"), ("b", "C D"), ("c", "E F"))]
    box = SignInBox(page, people, now="a")
    box.given.connect(given.append)
    box.open()
    box.activateWindow()
    qtbot.waitUntil(box.isActiveWindow)
    return box, given


def test_a_person_is_walked_to_and_sits_down_by_keys(
    qtbot: QtBot, asked: tuple[SignInBox, list[object]]
) -> None:
    box, given = asked
    for _ in range(2):
        qtbot.keyClick(focus(), Qt.Key.Key_Down)
        assert focus() is box.who
    qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    assert focus() is box.pin
    qtbot.keyClicks(focus(), "2468")
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    assert given == [SignIn(worker_id="c", pin="2468")]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_cancel_with_the_focus_cancels_and_uses_no_try(
    qtbot: QtBot, asked: tuple[SignInBox, list[object]], key: Qt.Key
) -> None:
    box, given = asked
    qtbot.keyClick(focus(), Qt.Key.Key_Down)
    qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    qtbot.keyClicks(focus(), "2468")
    qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    assert isinstance(focus(), Button)
    qtbot.keyClick(focus(), key)
    assert (box.isVisible(), given) == (False, [])


def test_an_empty_pin_uses_no_try_to_sit_down(
    qtbot: QtBot, asked: tuple[SignInBox, list[object]]
) -> None:
    box, given = asked
    qtbot.keyClick(focus(), Qt.Key.Key_Down)
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    assert given == []
    assert box.banner.words.text() == PIN_FIRST
    assert focus() is box.pin


def test_an_empty_pin_uses_no_try_to_sign_or_unlock(qtbot: QtBot, page: QWidget) -> None:
    given: list[str] = []
    box = PinBox(page, "Priya Nandra", "To sign this decision.")
    box.given.connect(given.append)
    box.open()
    qtbot.keyClick(box.pin, Qt.Key.Key_Return)
    assert (box.isVisible(), box.banner.words.text()) == (True, PIN_FIRST)
    box.accept()
    cover = LockCover(page)
    cover.pin_given.connect(given.append)
    cover.cover("Priya Nandra")
    qtbot.keyClick(cover.pin, Qt.Key.Key_Return)
    assert given == []


@pytest.mark.parametrize("size", [1.0, 1.5])
def test_a_refusal_does_not_cut_the_words_above_it(
    qtbot: QtBot, page: QWidget, look: Theme, size: float
) -> None:
    look.set_text_scale(size)
    box = SignInBox(page, (worker("ro", "Ruth Osei"), worker("pn", "Priya Nandra")), now="ro")
    box.set_hint(", ".join(["Priya\u00a0Nandra:\u00a02468"] * 7))
    box.open()
    box.refuse("That is not your PIN. Nothing was done. 4 more tries before a wait.")
    qtbot.waitUntil(box.banner.isVisible)
    hint = box._hint
    assert hint.height() >= hint.heightForWidth(hint.width())
    assert box.words.height() >= box.words.heightForWidth(box.words.width())
    box.accept()


def test_a_restricted_record_is_not_opened_without_a_reason(qtbot: QtBot, page: QWidget) -> None:
    given: list[tuple[str, str]] = []
    box = ReasonBox(
        page,
        "Open a restricted record?",
        "A team leader will be told.",
        (("risk", "Child may be at risk today"), ("other", "Something else")),
        "Open and record why",
        words_needed=("other",),
    )
    box.given.connect(lambda reason, words: given.append((reason, words)))
    box.open()
    press(box, "Open and record why")
    box.reason.set_value("other")
    press(box, "Open and record why")
    assert given == []
    qtbot.keyClicks(box.note, "Sibling named in another contact")
    press(box, "Open and record why")
    assert given == [("other", "Sibling named in another contact")]


@pytest.mark.parametrize(
    ("words", "kept"), [("Keep both", "both"), ("Keep mine", "mine"), ("Keep theirs", "theirs")]
)
def test_what_two_people_wrote_is_kept_as_chosen(page: QWidget, words: str, kept: str) -> None:
    told: list[str] = []
    box = ConflictBox(page, "the analysis", ("Yours", "One."), ("Sana", "Two."), "Sana Iqbal")
    box.kept.connect(told.append)
    box.open()
    press(box, words)
    assert told == [kept]


def test_turning_away_keeps_both(page: QWidget) -> None:
    told: list[str] = []
    box = ConflictBox(page, "the analysis", ("Yours", "One."), ("Sana", "Two."), "Sana Iqbal")
    box.kept.connect(told.append)
    box.open()
    box.reject()
    assert told == ["both"]
