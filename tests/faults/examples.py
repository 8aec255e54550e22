"""How many examples are drawn, few where every change is tested and more by one command, and how
long each may take."""

import os
import signal
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

EXAMPLES = int(os.environ.get("FANLIGHT_EXAMPLES", "60"))
"""`python -m tests.faults fuzz 5000` sets it."""
LONGEST_S = 20
"""Seconds of the processor's time for one example, where most take a few thousandths."""


class Hung(BaseException):
    """Nothing that is tested may catch it."""


def never_hangs(test: Callable[..., None]) -> Callable[..., None]:
    """Let no single example of a test take longer, however busy the computer is."""

    def hung(*_: object) -> NoReturn:
        raise Hung(f"One example took {LONGEST_S} s of the processor's time.")

    @wraps(test)
    def timed(*arguments: Any, **named: Any) -> None:
        before = signal.signal(signal.SIGVTALRM, hung)
        signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_S)
        try:
            test(*arguments, **named)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)

    return timed
