"""What waits in an outbox or for a turn: which may be tried now, and which another desk has."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, update

from triage.domain.request import MessageState
from triage.storage.engine import Transaction

LONGEST_CLAIM = timedelta(minutes=10)
"""No desk claims anything that goes out for longer."""

LONGEST_WAIT = timedelta(hours=2)
"""No message waits longer for its next try."""

OPEN = (MessageState.WAITING.value, MessageState.UNKNOWN.value)
LET_GO: dict[str, Any] = {"claimed_by": None, "claimed_until": None}
"""What ends a claim."""


def is_free(table: Table, at: datetime, longest: timedelta = LONGEST_CLAIM) -> ColumnElement[bool]:
    """Whether no other desk has it at `at`. A claim further ahead than the `longest` is from a
    clock that was put back."""
    return _over(table.c.claimed_until, at, longest)


def has_waited(
    table: Table, at: datetime, longest: timedelta = LONGEST_WAIT
) -> ColumnElement[bool]:
    """Whether the wait before its next try is over."""
    return _over(table.c.next_attempt_at, at, longest)


def is_due(table: Table, at: datetime) -> ColumnElement[bool]:
    """Whether a message waits to be sent, or may have been, and may be tried at `at`."""
    return table.c.state.in_(OPEN) & is_free(table, at) & has_waited(table, at)


def claim(
    tx: Transaction,
    table: Table,
    here: ColumnElement[bool],
    by: str,
    until: datetime,
    *,
    at: datetime,
    open: Sequence[str] = OPEN,
) -> bool:
    """Take on what is `here`, so that no other desk does before `until`. False if one did."""
    free = here & table.c.state.in_(open) & is_free(table, at)
    taken = tx.connection.execute(
        update(table).where(free).values(claimed_by=by, claimed_until=until)
    )
    return taken.rowcount == 1


def _over(until: Column[datetime], at: datetime, longest: timedelta) -> ColumnElement[bool]:
    return or_(until.is_(None), until <= at, until > at + longest)
