"""Whatever nobody foresaw is told plainly, once at a time, from any thread."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from ui.errors import UNFORESEEN, install_handlers


@pytest.fixture
def handlers(qapp: QApplication) -> Iterator[None]:
    kept = sys.excepthook, threading.excepthook
    install_handlers(qapp)
    yield
    sys.excepthook, threading.excepthook = kept


def boxes(qapp: QApplication) -> list[QMessageBox]:
    return [w for w in qapp.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]


def break_down(name: str) -> None:
    raise KeyError(name)


def test_a_fault_in_a_thread_opens_one_box_without_names(
    qtbot: QtBot, qapp: QApplication, handlers: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        for name in ("Maya Rowe", "Theo Rowe"):
            worker = threading.Thread(target=break_down, args=(name,))
            worker.start()
            worker.join()
        qtbot.waitUntil(lambda: bool(boxes(qapp)))
    assert [box.informativeText() for box in boxes(qapp)] == [UNFORESEEN]
    assert "Rowe" not in boxes(qapp)[0].detailedText() + caplog.text
    assert "test_errors.py" in caplog.text
    boxes(qapp)[0].close()


def test_a_fault_in_the_window_opens_a_box(
    qtbot: QtBot, qapp: QApplication, handlers: None
) -> None:
    fault = ValueError("words of a family")
    sys.excepthook(ValueError, fault, None)
    qtbot.waitUntil(lambda: bool(boxes(qapp)))
    assert boxes(qapp)[0].informativeText() == UNFORESEEN
    boxes(qapp)[0].close()
