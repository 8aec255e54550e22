"""Which commands a person is offered: what their role may not do is in no menu and no list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from triage.domain.worker import May, Worker

_TAKING_IN = frozenset({May.RECEIVE})
_READING = frozenset({May.READ})
_SCREENING = frozenset({May.SCREEN})
NEEDS: Final[Mapping[str, frozenset[May]]] = {
    "Ask a partner": _SCREENING,
    "Audit": frozenset({May.AUDIT}),
    "Compare records": _READING,
    "Handover and schedule": _READING,
    "Look up at partners": frozenset({May.LINK, May.RECEIVE}),
    "New contact by phone": _TAKING_IN,
    "Print preview": frozenset({May.PRINT}),
    "Redo": _SCREENING,
    "Requests": _READING,
    "Services": _READING,
    "Sign-off": frozenset({May.SIGN, May.PROPOSE}),
    "Take in files…": _TAKING_IN,
    "Undo": _SCREENING,
}
"""Any one of these; a command that is not here changes nothing, or says itself whom it fits."""


def offered(worker: Worker, command: str) -> bool:
    """Whether this person's role may do what the command does."""
    needed = NEEDS.get(command)
    return needed is None or any(map(worker.may, needed))
