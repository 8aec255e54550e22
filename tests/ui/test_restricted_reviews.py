"""A leader keeps or lifts each restriction that is due, with a reason."""

from datetime import date
from uuid import UUID

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from triage.workflow.restrictions import ToReview
from ui.keeping.restricted import ReviewBox
from ui.widgets.buttons import Button


def row(n: int) -> ToReview:
    return ToReview(
        contact_id=UUID(int=n),
        reference=f"C-26-0000{n}",
        children="Maya Rowe 7",
        kind="Adoption",
        since=date(2026, 8, 1),
        due_on=date(2026, 10, 30),
    )


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def press(box: ReviewBox, words: str) -> None:
    next(b for b in box.findChildren(Button) if b.words() == words).click()


def test_each_is_decided_with_a_reason_and_leaves_the_list(page: QWidget) -> None:
    told: list[object] = []
    box = ReviewBox(page, [row(1), row(2)], 90, blurred=False)
    box.decided.connect(lambda key, at, why: told.append((key, at.reference, why)))
    box.open()
    press(box, "Keep it restricted")
    assert "Say why first" in box.banner.words.text()
    box.why.put("Still in the new family")
    press(box, "Keep it restricted")
    box.put([row(2)])
    assert box.why.text() == ""
    box.why.put("Marked by mistake")
    press(box, "Lift the restriction")
    assert told == [
        ("keep", "C-26-00001", "Still in the new family"),
        ("lift", "C-26-00002", "Marked by mistake"),
    ]
    box.done(0)


def test_names_are_not_in_the_list_while_they_are_blurred(page: QWidget) -> None:
    box = ReviewBox(page, [row(1)], 90, blurred=True)
    model = box.table.model()
    words = " ".join(str(model.index(0, c).data()) for c in range(model.columnCount()))
    assert "Maya" not in words
    assert "C-26-00001" in words
    box.done(0)


def test_with_nothing_due_it_says_so(page: QWidget) -> None:
    box = ReviewBox(page, [], 90, blurred=False)
    box.open()
    assert box.title.text() == "None is due"
    box.done(0)
