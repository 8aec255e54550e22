"""Unused objects are cleared away in the window's thread only.

Python's collector of cycles runs in whichever thread happens to allocate next. A widget that a
job's thread clears away so takes the program down with it, since Qt's objects belong to the
window's thread. So the collector is switched off, and asked by a timer there.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

SWEEP_MS = 50
"""Short enough that little gathers between two sweeps: each then takes a millisecond or two."""


class Sweep(QObject):
    """Collects in the thread it lives in, for as long as it lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._limits = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(SWEEP_MS)
        self._timer.timeout.connect(self.sweep)
        self._timer.start()

    def sweep(self) -> None:
        """Collect the oldest generation that is due, as the collector itself would choose."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._limits[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Hand the collector back to Python."""
        self._timer.stop()
        gc.enable()


def keep_what_is_held() -> None:
    """Not look again through what is held now: modules, the profile, the screens and what was
    learnt are held for as long as the window, and looking through them makes it stand still."""
    gc.freeze()
