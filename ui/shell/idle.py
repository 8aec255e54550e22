"""How long nobody has touched the window: two minutes' warning, then the lock."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class IdleWatch(QObject):
    """Watches the system windows, not every widget: a handful of events a second at most.

    `warned` gives the seconds left; `expired` asks for the lock.
    """

    warned = Signal(int)
    expired = Signal()

    def __init__(self, warn_min: float, lock_min: float, parent: QObject) -> None:
        super().__init__(parent)
        self.set_minutes(warn_min, lock_min)
        self._timer = QTimer(self)
        self._timer.setInterval(5000)
        self._timer.timeout.connect(self.look)

    def set_minutes(self, warn_min: float, lock_min: float) -> None:
        """Warn and lock after so many from now on."""
        self._warn, self._lock = warn_min * 60, lock_min * 60
        self.touch()

    def watch(self, window: QWindow) -> None:
        """Count what happens in `window` as touching."""
        window.installEventFilter(self)

    def start(self) -> None:
        """Begin counting."""
        self.touch()
        self._timer.start()

    def stop(self) -> None:
        """Stop counting: locked, or closing."""
        self._timer.stop()

    def touch(self) -> None:
        """Somebody is there."""
        self._last = monotonic()
        self._said = False

    def still_s(self) -> float:
        """Seconds since somebody last touched the window."""
        return monotonic() - self._last

    def look(self, now: float | None = None) -> None:
        """Warn or expire if it is time."""
        idle = (monotonic() if now is None else now) - self._last
        if idle >= self._lock:
            self._timer.stop()
            self.expired.emit()
        elif idle >= self._warn and not self._said:
            self._said = True
            self.warned.emit(max(1, round(self._lock - idle)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the time; take nothing away."""
        if event.type() in _TOUCHES:
            self._last = monotonic()
            self._said = False
        return False
