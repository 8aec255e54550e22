"""Qt without a screen; warnings fail; nothing may be left behind by a test."""

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.triage_room import room
from ui.jobs import Jobs
from ui.style import FocusRing, install_style
from ui.theme import Theme, install

__all__ = ["room"]


@pytest.fixture(scope="session")
def ring(qapp: QApplication) -> FocusRing:
    return install_style(qapp)


@pytest.fixture
def look(qapp: QApplication, ring: FocusRing) -> Iterator[Theme]:
    """The light theme at 100 %, put back afterwards."""
    made = install(qapp)
    made.set_theme("light")
    made.set_text_scale(1.0)
    yield made
    made.set_theme("light")
    made.set_text_scale(1.0)


def _top_level(app: QApplication) -> list[QWidget]:
    return [w for w in app.topLevelWidgets() if w.isVisible()]


@pytest.fixture(autouse=True)
def swept_by_the_window() -> Iterator[None]:
    """Cycles are cleared away between tests, in this thread: a job's thread must not clear away
    another's widgets (see ui/sweep.py)."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication, look: Theme) -> Iterator[None]:
    """No window, running job or active timer outlives its test."""
    yield
    for widget in qapp.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert _top_level(qapp) == []
    left = [o for o in gc.get_objects() if isinstance(o, QTimer | Jobs)]
    assert [t for t in left if isinstance(t, QTimer) and _active(t)] == []
    assert [j for j in left if isinstance(j, Jobs) and j.busy()] == []


def _active(timer: QTimer) -> bool:
    from shiboken6 import isValid

    return isValid(timer) and timer.isActive()
