"""What waits in an outbox of messages: which may be tried now, and which another desk has."""

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Table, or_

from triage.domain.request import MessageState

LONGEST_CLAIM = timedelta(minutes=10)
"""No desk claims a message for longer; one further ahead is from a clock that was put back."""

LONGEST_WAIT = timedelta(hours=2)
"""No message waits longer for its next try."""

OPEN = (MessageState.WAITING.value, MessageState.UNKNOWN.value)


def is_free(table: Table, at: datetime) -> ColumnElement[bool]:
    """Whether no other desk has it at `at`."""
    return _over(table.c.claimed_until, at, LONGEST_CLAIM)


def has_waited(table: Table, at: datetime) -> ColumnElement[bool]:
    """Whether the wait before its next try is over."""
    return _over(table.c.next_attempt_at, at, LONGEST_WAIT)


def _over(until: Column[datetime], at: datetime, longest: timedelta) -> ColumnElement[bool]:
    return or_(until.is_(None), until <= at, until > at + longest)
