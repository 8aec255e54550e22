"""What is unused is cleared away, and the long sweep waits for a moment of rest."""

import gc

import pytest
from PySide6.QtCore import QObject

from triage.beside import WINDOW
from ui import sweep as sweeping
from ui.sweep import LATEST_S, STILL_S, Sweep


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The generations collected, where each is due at every sweep."""
    done: list[int] = []
    monkeypatch.setattr(gc, "get_count", lambda: (9999, 9999, 9999))
    monkeypatch.setattr(gc, "collect", done.append)
    return done


def test_the_long_sweep_waits_until_the_window_rests_but_not_for_ever(
    qapp: object, swept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rest, clock = 0.0, 100.0
    monkeypatch.setattr(WINDOW, "rest_s", lambda: rest)
    monkeypatch.setattr(sweeping, "monotonic", lambda: clock)
    parent = QObject()
    sweep = Sweep(parent)
    try:
        sweep.sweep()
        assert swept == [1]
        rest = STILL_S
        sweep.sweep()
        assert swept == [1, 2]
        rest = 0.0
        sweep.sweep()
        clock += LATEST_S
        sweep.sweep()
        assert swept == [1, 2, 1, 2]
    finally:
        sweep.stop()


def test_the_window_rests_from_when_its_work_is_done() -> None:
    WINDOW.works()
    assert WINDOW.rest_s() == 0.0
    WINDOW.rests()
    assert 0.0 <= WINDOW.rest_s() < 60
