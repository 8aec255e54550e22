"""Unused objects are cleared away in the window's thread only.

Python's collector of cycles runs in whichever thread happens to allocate next. A widget that a
job's thread clears away so takes the program down with it, since Qt's objects belong to the
window's thread. So the collector is switched off, and asked by a timer there.
"""

from __future__ import annotations

import gc
from time import monotonic

from PySide6.QtCore import QObject, QTimer

from triage.beside import WINDOW

SWEEP_MS = 50
"""Short enough that little gathers between two sweeps: each then takes a millisecond or two."""

STILL_S, LATEST_S = 0.3, 30.0
"""All that is held is looked through, for some 20 ms, once the window has been at rest for so
long, and at the latest so long after it was due."""


class Sweep(QObject):
    """Collects in the thread it lives in, for as long as it lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._limits = gc.get_threshold()
        self._due_at: float | None = None
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(SWEEP_MS)
        self._timer.timeout.connect(self.sweep)
        self._timer.start()

    def sweep(self) -> None:
        """Collect the oldest generation that is due, as the collector itself would choose; the
        oldest of all, which takes longest, when nobody sees it."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._limits[generation] and not self._waits(generation):
                gc.collect(generation)
                return

    def _waits(self, generation: int) -> bool:
        if generation < 2:
            return False
        now = monotonic()
        self._due_at = self._due_at or now
        if WINDOW.rest_s() < STILL_S and now < self._due_at + LATEST_S:
            return True
        self._due_at = None
        return False

    def stop(self) -> None:
        """Hand the collector back to Python."""
        self._timer.stop()
        gc.enable()


def keep_what_is_held() -> None:
    """Not look again through what is held now: modules, the profile, the screens and what was
    learnt are held for as long as the window, and looking through them makes it stand still."""
    gc.freeze()
