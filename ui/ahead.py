"""Screens are made ready ahead of being wanted, in small steps while nobody touches the window.

A screen that is not in front at the start is built when it is first shown. So that nobody waits
for that either, its modules are imported and it is built here, one step at a time, in the
window's thread, where widgets belong.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

STEP_MS = 20
"""Between two steps, so that whatever else wants the window's thread comes in between."""

STILL_S = 0.5
"""Somebody who types or moves the mouse is let alone for so long."""

Step = Callable[[], object]


class Ahead(QObject):
    """Does steps one by one until there are none left. `still_s` tells for how many seconds
    nobody has touched the window."""

    def __init__(
        self, steps: Iterable[Step], still_s: Callable[[], float], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._steps, self._still_s = iter(steps), still_s
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self.step)
        self._timer.start()

    def step(self) -> None:
        """The next step, unless somebody is at work."""
        if self._still_s() < STILL_S:
            return
        step = next(self._steps, None)
        if step is None:
            self.stop()
        else:
            step()

    def is_running(self) -> bool:
        """Whether there may be more steps."""
        return self._timer.isActive()

    def stop(self) -> None:
        """No more steps."""
        self._timer.stop()


def imports(package: str) -> Iterator[Step]:
    """A step for each module of a package."""
    yield partial(import_module, package)
    for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
        yield partial(import_module, module.name)
