"""Services that the factors call for, beside their question."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui.triage.parts.called_for import CalledFor


def test_arrows_move_between_its_buttons_and_tab_stops_once(qtbot: QtBot) -> None:
    group = CalledFor()
    qtbot.addWidget(group)
    for line in group._lines:
        line.add.setVisible(True)
    group.show()
    buttons = group._buttons()

    def stops() -> list[int]:
        strong = Qt.FocusPolicy.StrongFocus
        return [at for at, b in enumerate(buttons) if b.focusPolicy() == strong]

    assert stops() == [0]
    group.all.setFocus()
    for key, at in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Up, 1)):
        qtbot.keyClick(group.focusWidget(), key)
        assert group.focusWidget() is buttons[at]
        assert stops() == [at]
