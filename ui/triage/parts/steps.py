"""Choices that can be undone: ticks, ratings and lists. Words keep the undo of their own editor."""

from __future__ import annotations

from dataclasses import dataclass

from triage.domain.decision import Answer

_KEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One choice: which answer, what it was and what it became."""

    key: str
    before: Answer
    after: Answer


class Steps:
    """What was chosen for one contact, newest last. A new choice forgets what was undone."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def clear(self) -> None:
        """Another contact: nothing of the one before can be undone into it."""
        self._done, self._undone = [], []

    def add(self, key: str, before: Answer, after: Answer) -> bool:
        """A person chose; whether that changed anything."""
        if before == after:
            return False
        self._done = [*self._done, Step(key=key, before=before, after=after)][-_KEPT:]
        self._undone = []
        return True

    def undo(self) -> tuple[str, Answer] | None:
        """The answer to put back, and its value; None when there is nothing to undo."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        return step.key, step.before

    def redo(self) -> tuple[str, Answer] | None:
        """The answer to choose again, and its value; None when nothing was undone."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        return step.key, step.after
