"""Keys: named once, clash nowhere, and letters act only in their list."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QStyle,
    QStyleOptionMenuItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

import ui
from ui.actions import Actions, bind_list
from ui.keymap import GLOBAL, Keymap, KeymapError, keymap, shown
from ui.resources import resource
from ui.style import FlatStyle
from ui.widgets.lists import ListView


def test_the_shipped_keys_clash_nowhere() -> None:
    assert keymap().clashes() == []


def test_keys_that_belong_to_screen_readers_are_never_bound() -> None:
    for context in keymap().contexts():
        for key in keymap().acts(context).values():
            assert not any(word in key for word in ("Ctrl+Alt", "Meta", "CapsLock", "Insert"))
            assert not key.startswith("Num+")


def test_every_list_of_the_key_map_stands_on_a_screen() -> None:
    sources = [p.read_text(encoding="utf-8") for p in Path(ui.__file__).parent.rglob("*.py")]
    lists = [c for c in keymap().contexts() if not any(f'"{c}"' in words for words in sources)]
    assert not lists


def test_every_key_is_one_qt_knows() -> None:
    for context in keymap().contexts():
        for act, key in keymap().acts(context).items():
            assert not QKeySequence(key).isEmpty(), (context, act)


@pytest.mark.parametrize(
    ("context", "key", "said"),
    [
        (GLOBAL, "Ctrl+Alt+T", "screen reader"),
        (GLOBAL, "T", "everywhere"),
        (GLOBAL, "Ctrl+C", "text editing"),
        ("queue", "F6", "also Next pane"),
        ("a new box", "T", "outside a list"),
    ],
)
def test_a_key_map_with_a_clash_is_refused(
    tmp_path: Path, context: str, key: str, said: str
) -> None:
    loaded = json.loads(resource("design", "keymap.json").read_text(encoding="utf-8"))
    place = loaded["global"] if context == GLOBAL else loaded["in_focus"].setdefault(context, {})
    place[key] = "Something"
    path = tmp_path / "keymap.json"
    path.write_text(json.dumps(loaded), encoding="utf-8")
    with pytest.raises(KeymapError, match=said):
        Keymap(path)


def test_keys_are_printed_as_people_say_them() -> None:
    assert keymap().label(GLOBAL, "Main action of this screen") == "Ctrl Enter"
    assert keymap().label(GLOBAL, "Next contact") == "Ctrl PgDn"
    assert shown("Shift+F8") == "Shift F8"


def test_letters_act_in_their_list_and_not_in_a_text_field(qtbot: QtBot) -> None:
    done: list[str] = []
    page = QWidget()
    qtbot.addWidget(page)
    view, field = ListView("Queue"), QLineEdit()
    box = QVBoxLayout(page)
    box.addWidget(view)
    box.addWidget(field)
    keys = bind_list(view, "queue", {"Take it": lambda: done.append("take")})
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_T)
    assert (done, field.text()) == ([], "t")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_T)
    assert done == ["take"]
    keys.set_letters(False)
    qtbot.keyClick(view, Qt.Key.Key_T)
    assert done == ["take"]


def test_an_act_without_a_slot_does_nothing_and_is_left_out_of_menus(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    acts = Actions(page)
    done: list[int] = []
    acts.set("Refresh", lambda: done.append(1))
    assert acts.available() == ["Refresh"]
    menu = acts.menu(page, ("Refresh", "Save now"))
    assert [a.text() for a in menu.actions()] == ["Refresh"]
    assert acts.run("Refresh")
    assert not acts.run("Save now")
    acts.suspend(True)
    assert not acts.action("Refresh").isEnabled()
    acts.suspend(False)
    assert acts.action("Refresh").isEnabled()
    assert done == [1]


def test_a_menu_writes_keys_as_every_button_does(qapp: QApplication) -> None:
    option = QStyleOptionMenuItem()
    option.text = "Handover and schedule\tCtrl+H"
    picture = QPixmap(300, 30)
    painter = QPainter(picture)
    FlatStyle().drawControl(QStyle.ControlElement.CE_MenuItem, option, painter)
    painter.end()
    assert option.text == "Handover and schedule\tCtrl H"
