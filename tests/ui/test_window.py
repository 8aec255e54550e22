"""The window: screens, panes, search, lock, blur, text size, and what stands in the bar."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QApplication,
    QFocusFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from triage.domain.errors import NotReadyError
from ui.errors import UNFORESEEN, plain_box, sentence, show_fault, where
from ui.shell.dialogs import AskBox, IdleBox, KeysBox, PinBox
from ui.shell.help import HelpBox
from ui.shell.idle import IdleWatch
from ui.shell.screen import Screen
from ui.shell.search import Found
from ui.shell.tab_chain import tab_stops
from ui.shell.window import MainWindow
from ui.theme import Theme
from ui.tour_drive import find, focused, press, type_into
from ui.widgets.buttons import Button
from ui.widgets.editor import Editor
from ui.widgets.pane import Pane

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Plain(Screen):
    """Two panes with a button and an editor."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        row = QHBoxLayout(self)
        self.first, self.second = Pane("Contacts"), Pane("Decision")
        self.first.body.addWidget(Button("Take it"))
        self.editor = Editor("Analysis")
        self.second.body.addWidget(self.editor)
        row.addWidget(self.first)
        row.addWidget(self.second)

    def panes(self) -> list[QWidget]:
        return [self.first, self.second]

    def entered(self) -> None:
        self.calls.append("entered")

    def left(self) -> None:
        self.calls.append("left")

    def main_act(self) -> None:
        self.calls.append("main")

    def next_needed(self, step: int) -> None:
        self.calls.append(f"needed {step}")

    def next_contact(self, step: int) -> None:
        self.calls.append(f"contact {step}")

    def set_blur(self, on: bool) -> None:
        self.calls.append(f"blur {on}")

    def save_now(self) -> None:
        self.calls.append("saved")


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow("Northmere MASH", lambda: NOON, practice=True)
    qtbot.addWidget(made)
    for key, title in (("triage", "Triage"), ("signoff", "Sign-off")):
        made.add_screen(key, Plain(), title, "inbox")
    made.add_screen("compare", Plain(), "Compare", tab=False, under="triage")
    made.set_user("Ruth Osei", "Contact officer")
    made.show_screen("triage")
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def calls(window: MainWindow, key: str = "triage") -> list[str]:
    screen = window.screen_of(key)
    assert isinstance(screen, Plain)
    return screen.calls


def test_the_title_names_the_program_and_the_hub(window: MainWindow) -> None:
    assert window.windowTitle() == "Fanlight · Northmere MASH"
    assert window.status.saved_words() == "Nothing to save"


def test_a_screens_key_shows_it_and_tells_both(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current() == "signoff"
    assert window.top.tabs.value() == "signoff"
    assert calls(window) == ["entered", "left"]
    assert calls(window, "signoff") == ["entered"]


def test_esc_steps_back_from_a_screen_without_a_tab(qtbot: QtBot, window: MainWindow) -> None:
    window.show_screen("compare")
    assert window.top.tabs.value() == "triage"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current() == "triage"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current() == "triage"
    window.show_screen("signoff")
    window.show_screen("compare", under="signoff")
    assert window.top.tabs.value() == "signoff"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current() == "signoff"


def test_a_screens_own_acts_answer_their_keys(qtbot: QtBot, window: MainWindow) -> None:
    calls(window).clear()
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.keyClick(window, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert calls(window) == ["needed 1", "needed -1", "contact 1", "main"]
    assert "Compare records" not in window.actions_.available()


def test_f6_walks_the_panes_and_comes_back_where_it_was(qtbot: QtBot, window: MainWindow) -> None:
    screen = window.screen_of("triage")
    assert isinstance(screen, Plain)
    screen.editor.setFocus()
    names = []
    for _ in range(4):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        pane = next(p for p in window.panes.panes() if p.isAncestorOf(focus))
        names.append(window.panes.panes().index(pane))
    assert names == [3, 0, 1, 2]
    assert QApplication.focusWidget() is screen.editor


def test_undo_in_a_field_is_the_fields_own(qtbot: QtBot, window: MainWindow) -> None:
    screen = window.screen_of("triage")
    assert isinstance(screen, Plain)
    screen.editor.setFocus()
    qtbot.keyClicks(screen.editor, "words")
    qtbot.keyClick(screen.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert screen.editor.toPlainText() == ""


def test_search_offers_commands_and_what_was_found(qtbot: QtBot, window: MainWindow) -> None:
    asked, chosen = [], []
    window.search_asked.connect(asked.append)
    window.search_chosen.connect(chosen.append)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    line = window.top.search
    assert line.hasFocus()
    qtbot.keyClicks(line, "sign")
    assert window.search.rows()[0].text == "Sign-off"
    assert asked == ["si", "sig", "sign"]
    window.search.show_found("sig", (Found("contact:0", "Old"),))
    window.search.show_found("sign", (Found("contact:1", "Signe Rowe"),))
    assert [row.text for row in window.search.rows()][:2] == ["Signe Rowe", "Sign-off"]
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert chosen == ["contact:1"]
    qtbot.keyClicks(line, "sign")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert window.current() == "signoff"
    assert not window.search.isVisible()
    assert line.text() == ""


def test_a_search_that_is_left_leaves_no_words_and_esc_goes_back_to_where_one_was(
    qtbot: QtBot, window: MainWindow
) -> None:
    line, screen = window.top.search, window.screen_of("triage")
    assert isinstance(screen, Plain)
    screen.editor.setFocus()
    press(window, "Ctrl+K")
    type_into(line, "sign")
    assert window.search.isVisible()
    press(line, "Esc")
    assert (line.text(), window.search.isVisible()) == ("", False)
    assert screen.editor.hasFocus()
    press(window, "Ctrl+K")
    type_into(line, "sign")
    press(line, "Tab")
    assert (line.text(), window.search.isVisible()) == ("", False)
    assert not line.hasFocus()


def test_another_program_in_front_for_a_moment_leaves_the_words_of_a_search(
    qtbot: QtBot, window: MainWindow
) -> None:
    line = window.top.search
    press(window, "Ctrl+K")
    type_into(line, "sign")
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    assert (line.text(), window.search.isVisible()) == ("sign", False)


def test_search_tells_a_reader_how_it_was_understood_and_what_was_found(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("ui.shell.search.announce", lambda _, words: said.append(words))
    line = window.top.search
    line.setFocus()
    qtbot.keyClicks(line, "may 7")
    rows = (Found("contact:1", "Maya Rowe", "C-26-1"), Found("contact:2", "May Lowe", "C-26-2"))
    window.search.show_found("may 7", rows, ("Name may", "Aged 7"), "Our own contacts only.")
    qtbot.keyClick(line, Qt.Key.Key_Down)
    assert said == [
        "Understood as Name may, Aged 7. 2 found. Maya Rowe. C-26-1",
        "May Lowe. C-26-2",
    ]
    assert [c.text() for c in window.search.chips() if c.isVisible()] == ["Name may", "Aged 7"]
    qtbot.keyClicks(line, "8")
    assert not [c for c in window.search.chips() if c.isVisible()]


def test_the_lock_covers_everything_and_keeps_its_keys(qtbot: QtBot, window: MainWindow) -> None:
    pins: list[str] = []
    window.unlock_asked.connect(pins.append)
    qtbot.keyClick(window, Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    assert window.is_locked()
    assert "saved" in calls(window)
    assert tab_stops(window.stack) == []
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current() == "triage"
    qtbot.keyClicks(QApplication.focusWidget(), "2468")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert pins == ["2468"]
    window.refuse_unlock("That is not Ruth Osei's PIN. Try again.")
    assert window.is_locked()
    window.unlock()
    assert not window.is_locked()
    assert window.stack.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current() == "signoff"


def test_blur_reaches_every_screen(qtbot: QtBot, window: MainWindow) -> None:
    told: list[bool] = []
    window.blur_changed.connect(told.append)
    window.toast.say("Maya Grace Rowe linked")
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert window.blurred
    assert not window.toast.isVisible()
    window.toast.say("Theo Rowe is rated Amber")
    assert window.toast.words() == "What was said is hidden, F9 shows it"
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert window.toast.words() == "Theo Rowe is rated Amber"
    assert told == [True, False]
    assert [c for c in calls(window, "signoff") if "blur" in c] == ["blur True", "blur False"]


def test_text_grows_by_key_and_the_bar_still_fits(
    qtbot: QtBot, window: MainWindow, look: Theme
) -> None:
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert look.text_scale == 1.5
    qtbot.waitUntil(lambda: window.top.tabs.width() >= window.top.tabs.sizeHint().width())
    assert window.width() == 1366
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert look.text_scale == 1.0


def test_the_toast_undoes_once(qtbot: QtBot, window: MainWindow) -> None:
    done: list[int] = []
    window.toast.say("Linked to Maya Grace Rowe", act=lambda: done.append(1))
    button = tab_stops(window.toast)[0]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert not window.toast.isVisible()


@pytest.mark.parametrize(("width", "scale"), [(1920, 1.0), (1366, 1.0), (1366, 1.5), (900, 1.5)])
@pytest.mark.parametrize("words", ["C-26-04817 is with you", "Read and signed by itself. " * 6])
def test_the_toast_covers_nothing_and_is_never_cut_short(
    qtbot: QtBot, window: MainWindow, look: Theme, width: int, scale: float, words: str
) -> None:
    look.set_text_scale(scale)
    window.resize(width, 800)
    window.toast.say(words, act=lambda: None)
    label = window.toast.findChild(QLabel)
    assert label is not None
    qtbot.waitUntil(lambda: 0 < label.heightForWidth(label.width()) <= label.height())
    place = QRect(window.toast.mapTo(window, QPoint()), window.toast.size())
    assert window.rect().contains(place)
    for other in (window.top, window.stack, *_beside(window)):
        where = QRect(other.mapTo(window, QPoint()), other.size())
        assert not place.intersects(where), other
    window.toast.dismiss()
    assert window.status._lock.isVisible() == (width > 900), "shown whole, or not at all"


def _beside(window: MainWindow) -> list[QWidget]:
    parts = window.status.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [part for part in parts if part.isVisible() and part is not window.toast]


def test_the_menu_holds_only_what_can_be_done(window: MainWindow) -> None:
    done: list[str] = []
    window.menus.add_item("New", "New contact by phone", lambda: done.append("new"))
    menu = window.menus.main()
    words = [a.text() for a in menu.actions() if a.text()]
    assert words[0] == "New contact by phone"
    assert "Save now" in words
    assert "Print preview" not in words
    menu.actions()[0].trigger()
    assert done == ["new"]
    menu.close()


def test_every_stop_of_the_window_has_a_name(window: MainWindow) -> None:
    from PySide6.QtGui import QAccessible

    window.chain_tabs()
    stops = tab_stops(window)
    assert len(stops) >= 9
    for stop in stops:
        face = QAccessible.queryAccessibleInterface(stop)
        assert face.text(QAccessible.Text.Name), type(stop).__name__


def test_idle_warns_before_it_locks() -> None:
    watch = IdleWatch(13, 15, QApplication.instance())
    told: list[str] = []
    watch.warned.connect(lambda s: told.append(f"warn {s}"))
    watch.expired.connect(lambda: told.append("lock"))
    watch.touch()
    start = watch._last
    for minute in (12.9, 13.0, 13.5, 15.0):
        watch.look(start + minute * 60 + 0.001)  # a float may fall just short of the minute
    assert told == ["warn 120", "lock"]
    watch.deleteLater()


def test_a_hub_says_after_how_long_a_window_is_locked(window: MainWindow) -> None:
    told: list[str] = []
    window.idle.warned.connect(lambda s: told.append(f"warn {s}"))
    window.idle.expired.connect(lambda: told.append("lock"))
    window.set_lock_after(30)
    for minute in (15.0, 27.9, 28.0, 30.0):
        window.idle.look(window.idle._last + minute * 60 + 0.001)
    assert told == ["warn 120", "lock"]
    words = [label.text() for label in window.status.findChildren(QLabel)]
    assert "Locks after 30 min idle" in words


def test_enter_in_the_manual_presses_the_button_that_has_the_focus_else_close(
    qtbot: QtBot, window: MainWindow
) -> None:
    box = HelpBox(window, "sign-off")
    qtbot.addWidget(box)
    box.show()
    box.activateWindow()
    qtbot.waitUntil(box.isActiveWindow)
    first = box.words()
    find(box, "All pages", Button).setFocus()
    press(focused(), "Return")
    assert box.isVisible()
    assert box.words() != first
    find(box, "Help", QTextBrowser).setFocus()
    press(focused(), "Return")
    assert not box.isVisible()


@pytest.mark.parametrize(
    "make", [lambda p: KeysBox(p, ["Refresh"]), lambda p: HelpBox(p, "no-such-page")]
)
def test_boxes_open_and_close_by_esc(
    qtbot: QtBot, window: MainWindow, make: Callable[[QWidget], QWidget]
) -> None:
    box = make(window)
    box.open()
    qtbot.waitUntil(box.isVisible)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert QApplication.activeModalWidget() is None


def test_help_reads_only_its_own_folder(window: MainWindow) -> None:
    box = HelpBox(window, "../design/tokens.json")
    assert "no page for this screen" in box.words()


def test_a_pin_is_asked_again_when_it_is_refused(qtbot: QtBot, window: MainWindow) -> None:
    given: list[str] = []
    box = PinBox(window, "Priya Nandra", "To sign this decision.")
    box.given.connect(given.append)
    box.open()
    qtbot.keyClicks(box.pin, "1111")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert given == ["1111"]
    box.refuse("That is not the PIN.")
    assert box.isVisible()
    assert box.pin.text() == ""
    box.accept()


def test_an_answer_is_told_by_its_key(qtbot: QtBot, window: MainWindow) -> None:
    told: list[str] = []
    box = AskBox(window, "shield-alert", "Open a restricted record?", "A team leader is told.")
    box.answered.connect(told.append)
    box.add_answer("cancel", "Cancel")
    button = box.add_answer("open", "Open and record why", "primary")
    box.open()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    box.reject()
    assert told == ["open", "cancel"]


def test_any_key_keeps_one_signed_in(qtbot: QtBot, window: MainWindow) -> None:
    told: list[str] = []
    box = IdleBox(window, 120)
    box.stayed.connect(lambda: told.append("stayed"))
    box.lock_asked.connect(lambda: told.append("lock"))
    box.open()
    qtbot.keyClick(box, Qt.Key.Key_A)
    assert told == ["stayed"]


def test_a_foreseen_fault_is_told_in_its_own_words(window: MainWindow) -> None:
    fault = NotReadyError("Say what this means for Theo first. Nothing was sent.")
    box = show_fault(window, fault)
    assert isinstance(box, QMessageBox)
    assert box.informativeText() == str(fault)
    assert box.textFormat() == Qt.TextFormat.PlainText
    box.close()


def test_an_unforeseen_fault_tells_no_names() -> None:
    with pytest.raises(KeyError) as caught:
        {}["Maya Rowe"]
    assert sentence(caught.value) == UNFORESEEN
    assert "Maya" not in where(caught.value)
    assert "test_window.py" in where(caught.value)


def test_a_box_never_shows_markup(window: MainWindow) -> None:
    box = plain_box(window, "Title", "<b>words</b>")
    assert box.informativeText() == "<b>words</b>"
    shown = [label for label in box.findChildren(QLabel) if label.text()]
    assert {label.textFormat() for label in shown} == {Qt.TextFormat.PlainText}
    box.deleteLater()


def test_focus_never_goes_where_nobody_sees_it(qtbot: QtBot, window: MainWindow) -> None:
    """A pane that is hidden takes neither the focus nor its ring, and what had the focus and went
    leaves it in the screen."""
    screen = window.screen_of("signoff")
    assert isinstance(screen, Plain)
    screen.first.hide()
    window.top.tabs.setFocus()
    window.show_screen("signoff")
    assert focused() is screen.editor
    button = Button("Ask the council")
    screen.second.body.addWidget(button)
    button.show()
    window.chain_tabs()
    button.setFocus()
    button.hide()
    assert not screen.isAncestorOf(focused()), "where Qt leaves it"
    qtbot.waitUntil(lambda: focused() is screen.editor)
    hidden = screen.first.findChildren(Button)[0]
    hidden.setFocus()
    rings = [r for r in window.findChildren(QFocusFrame) if r.isVisible()]
    assert [r for r in rings if r.widget() is hidden] == []
