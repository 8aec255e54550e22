"""The list of records due for destruction, worked by keys: two leaders, a hold, a year longer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests import factory
from tests.workflow.conftest import Front, front  # noqa: F401 - a fixture comes by import
from tests.workflow.keeping import LONG_AGO, old
from triage.domain.retention import Fate
from triage.storage import originals
from triage.workflow import retention
from triage.workflow.desk import Desk
from ui.jobs import Jobs
from ui.keeping.due import Due, DueBox, SureBox
from ui.widgets.buttons import Button


def told(box: DueBox) -> str:
    return "".join(span.text for span in box.detail.spans())


class Here:
    """The list over a window, at whoever's desk."""

    def __init__(self, qtbot: QtBot, front: Front) -> None:  # noqa: F811
        self.qtbot, self.desk = qtbot, front.priya
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(1200, 800)
        self.window.show()
        self.jobs = Jobs()
        self.blurred = False
        self.due = Due(self.window, self.jobs, lambda: self.desk, lambda: self.blurred)
        self.words: list[str] = []
        self.due.said.connect(self.words.append)

    def open(self, desk: Desk) -> DueBox:
        self.desk, self.due.box = desk, None
        self.due.ask()
        self.qtbot.waitUntil(lambda: self.due.box is not None)
        box = self.due.box
        assert box is not None
        box.activateWindow()
        self.qtbot.waitUntil(box.isActiveWindow)
        return box

    def press(self, words: str) -> None:
        """Walk to a button with Tab and press it with the space bar."""
        seen = []
        while len(seen) < 20:
            at = QApplication.focusWidget()
            assert at is not None
            if isinstance(at, Button) and at.words() == words:
                self.qtbot.keyClick(at, Qt.Key.Key_Space)
                return
            seen.append(at.accessibleName())
            self.qtbot.keyClick(at, Qt.Key.Key_Tab)
        pytest.fail(f"Tab came to no “{words}”, but to {seen}")


@pytest.fixture
def here(qtbot: QtBot, front: Front) -> Callable[[], Here]:  # noqa: F811
    made = Here(qtbot, front)
    return lambda: made


def test_one_leader_proposes_and_another_destroys_by_keys_alone(
    qtbot: QtBot,
    front: Front,  # noqa: F811
    here: Callable[[], Here],
) -> None:
    id, room = old(front), here()
    box = room.open(front.ola)
    assert "Due since" in told(box)
    room.press("Propose to destroy")
    qtbot.waitUntil(lambda: bool(room.words))
    assert "You proposed it" in told(box)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    box = room.open(front.priya)
    assert "Ola Adeyo proposed" in told(box)
    room.press("Destroy…")
    sure = room.due.sure
    assert isinstance(sure, SureBox)
    sure.activateWindow()
    qtbot.waitUntil(sure.isActiveWindow)
    room.press("Destroy C-24-00007")
    qtbot.waitUntil(lambda: len(room.words) == 2)
    assert "is destroyed" in room.words[-1]
    assert retention.due(front.priya) == ()
    with front.store.read() as tx:
        from triage.storage import contacts

        assert contacts.by_ids(tx, [id]) == {}


def test_all_records_of_a_child_are_named_before_they_go_at_once(
    qtbot: QtBot,
    front: Front,  # noqa: F811
    here: Callable[[], Here],
) -> None:
    old(front)
    old(front, reference="C-24-00008", received_at=LONG_AGO + timedelta(hours=1))
    room = here()
    box = room.open(front.ola)
    assert "C-24-00008, about the same children, goes with it" in told(box)
    room.press("Propose to destroy")
    qtbot.waitUntil(lambda: bool(room.words))
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    box = room.open(front.priya)
    room.press("Destroy…")
    sure = room.due.sure
    assert isinstance(sure, SureBox)
    assert "C-24-00007 and 1 more about the same children" in sure.title.text()
    sure.activateWindow()
    qtbot.waitUntil(sure.isActiveWindow)
    room.press("Destroy all 2")
    qtbot.waitUntil(lambda: len(room.words) == 2)
    assert "are destroyed" in room.words[-1]
    assert retention.due(front.priya) == ()


def test_records_that_go_together_are_named_as_one_says_them(
    front: Front,  # noqa: F811
    here: Callable[[], Here],
) -> None:
    old(front)
    for hour, reference in enumerate(("C-24-00008", "C-24-00009"), 1):
        old(front, reference=reference, received_at=LONG_AGO + timedelta(hours=hour))
    box = here().open(front.ola)
    assert "C-24-00008 and C-24-00009, about the same children, go with it" in told(box)


def test_hold_needs_a_reason_and_stands_until_it_is_lifted(
    qtbot: QtBot,
    front: Front,  # noqa: F811
    here: Callable[[], Here],
) -> None:
    old(front)
    room = here()
    box = room.open(front.priya)
    room.press("Hold")
    assert box.banner.isVisible()
    assert QApplication.focusWidget() is box.why
    qtbot.keyClicks(box.why, "A claim.")
    room.press("Hold")
    qtbot.waitUntil(lambda: bool(room.words))
    assert "A claim." in told(box)
    row = box.chosen()
    assert row is not None
    assert row.fate is Fate.HELD


def test_record_is_opened_from_the_list_and_names_are_hidden_while_blurred(
    qtbot: QtBot,
    front: Front,  # noqa: F811
    here: Callable[[], Here],
) -> None:
    id, room = old(front), here()
    room.blurred = True
    opened: list[object] = []
    room.due.opened.connect(opened.append)
    box = room.open(front.priya)
    model = box.table.model()
    said = [str(model.index(0, column).data()) for column in range(model.columnCount())]
    assert factory.contact().content.children[0].name not in " ".join(said)
    qtbot.keyClick(box.table, Qt.Key.Key_Return)
    assert opened == [id]


def test_nothing_due_is_said_in_a_sentence(
    front: Front,  # noqa: F811
    here: Callable[[], Here],
) -> None:
    box = here().open(front.priya)
    assert "Nothing is due" in box.title.text()


def test_what_is_about_nobody_is_one_row_that_is_neither_opened_nor_held(
    here: Callable[[], Here],
    front: Front,  # noqa: F811
) -> None:
    old(front)
    with front.store.write() as tx:
        originals.keep(
            tx, id=front.desk.new_id(), name="a.eml", data=b"x", kind="bounce", contact_id=None,
            message_id="", received_at=LONG_AGO,
        )  # fmt: skip
    at = here()
    box = at.open(front.ola)
    assert told(box).startswith("What arrived up to 24 Nov 2025 and is about nobody known")
    shown = {key for key, button in box._buttons.items() if button.isVisible()}
    assert shown == {"propose"}
    at.qtbot.keyClick(box.table, Qt.Key.Key_Return)
    assert box.isVisible()
    assert box.banner.isVisible()
    at.press("Propose to destroy")
    at.qtbot.waitUntil(lambda: bool(at.words))
    assert at.words[-1] == "What arrived is proposed. Another team leader decides."
