"""How often a partner is asked, and when it is left alone: a limiter, a breaker, a retry budget.

Each is a few lines of arithmetic on the time that is passed in, in seconds. Safe from any thread.
"""

from __future__ import annotations

import threading
from collections import deque

_MINUTE = 60.0


class Limiter:
    """Lets `burst` questions go at once and `per_second` after that."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second, self._burst = per_second, float(burst)
        self._left, self._at = float(burst), 0.0
        self._lock = threading.Lock()

    def wait(self, now: float, most: float) -> float | None:
        """Take a turn: the seconds to wait for it. None, and no turn taken, where it would be
        longer than `most`."""
        with self._lock:
            left = min(self._burst, self._left + max(0.0, now - self._at) * self._per_second)
            wait = max(0.0, (1.0 - left) / self._per_second)
            if wait > most:
                return None
            self._left, self._at = left - 1.0, now
            return wait


class Breaker:
    """Pauses a partner after `after` failures one after another, for `for_s`.

    Once the pause is over it is asked again, and the first failure pauses it anew.
    """

    def __init__(self, after: int, for_s: float) -> None:
        self._after, self._for = after, for_s
        self._failures = 0
        self._until: float | None = None
        self._lock = threading.Lock()

    def worked(self) -> None:
        """It answered, whatever it said."""
        with self._lock:
            self._failures, self._until = 0, None

    def failed(self, now: float) -> None:
        """It did not answer, or not in a way that can be read."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._after:
                self._until = now + self._for

    def try_now(self) -> None:
        """End the pause: the next question finds out."""
        with self._lock:
            self._until = None

    def paused_until(self, now: float) -> float | None:
        """Until when it is paused, None where it is asked."""
        with self._lock:
            return self._until if self._until is not None and now < self._until else None

    @property
    def failures(self) -> int:
        """How many failures there were one after another."""
        return self._failures


class RetryBudget:
    """One more try for at most a tenth of the questions of a minute, and one a minute anyhow:
    more would be the last straw for a partner in trouble."""

    def __init__(self, part: float = 0.1) -> None:
        self._part = part
        self._asked: deque[float] = deque()
        self._again: deque[float] = deque()
        self._lock = threading.Lock()

    def asked(self, now: float) -> None:
        """A question goes out."""
        with self._lock:
            self._forget(now)
            self._asked.append(now)

    def may_again(self, now: float) -> bool:
        """Whether one may be put again; counted where it may."""
        with self._lock:
            self._forget(now)
            if len(self._again) + 1 > max(1.0, len(self._asked) * self._part):
                return False
            self._again.append(now)
            return True

    def _forget(self, now: float) -> None:
        for kept in (self._asked, self._again):
            while kept and kept[0] <= now - _MINUTE:
                kept.popleft()
