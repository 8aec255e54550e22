"""What the tour has in hand: the window, the people, the council, and what was found so far."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TypeVar
from uuid import UUID

from PySide6.QtWidgets import QApplication, QWidget

from triage.domain.errors import FanlightError
from triage.workflow import queue
from triage.workflow.desk import Desk
from triage.workflow.hub import Hub
from triage.workflow.queue import QueueRow
from ui.jobs import Jobs
from ui.tour_drive import NotTrueError, Wait, Walk, laid_out, picture
from ui.workbench import Workbench

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeCouncil:
    """What the tour may have the practice council do, and what it holds.

    `lose` loses its next answer, `refuse` refuses the next decision with words, `held` gives the
    number of cases, `receipt` the exact receipt for a decision and `keys` those it is signed with.
    """

    lose: Callable[[], None]
    held: Callable[[], int]
    receipt: Callable[[UUID], bytes]
    keys: Mapping[str, object]


@dataclass(slots=True, kw_only=True)
class Stage:
    """One tour. `found` keeps what later steps need; `files` are real files to take in."""

    bench: Workbench
    jobs: Jobs
    hub: Hub
    pins: Mapping[str, str]
    directory: Path
    council: PracticeCouncil
    files: Sequence[Path]
    late_file: Path
    found: dict[str, UUID] = field(default_factory=dict)

    @property
    def window(self) -> QWidget:
        """The window, where controls are looked for."""
        return self.bench.window

    def desk(self) -> Desk:
        """The desk of whoever sits there, for checking facts in the store."""
        if self.bench.holder is None:
            raise NotTrueError("Nobody sits at the desk.")
        return self.bench.holder.current()

    def rows(self) -> tuple[QueueRow, ...]:
        """The queue as the store has it."""
        return tuple(queue.queue(self.desk()).rows)

    def row(self, title: str) -> QueueRow:
        """The first contact in the store's queue whose title holds `title`."""
        for row in self.rows():
            if title.casefold() in row.title.casefold():
                return row
        raise NotTrueError(f"No contact in the queue is about {title}.")

    def settled(self, what: str = "everything begun in the background to end") -> Wait:
        """Wait until no job is running."""
        showing = self.bench.triage.showing
        return Wait(lambda: not (self.jobs.busy() or showing.is_under_way()), what, seconds=60)

    def run(self, work: Callable[[], T]) -> Generator[Wait, None, T]:
        """Do slow work in a thread and give its result; what it raises is raised here."""
        results: list[T] = []
        faults: list[Exception] = []
        self.jobs.run(work, results.append, faults.append)
        yield Wait(lambda: results or faults, "work in the background", seconds=90)
        if faults:
            raise faults[0]
        return results[0]


Act = Callable[[Stage], Generator[Wait, None, str]]
"""A step: drives the window, checks, and gives in words what was found to be true."""


def need(true: object, why: str) -> None:
    """Raise NotTrueError with `why` unless `true`."""
    if not true:
        raise NotTrueError(why)


def modal(name: str) -> QWidget:
    """The box that is open, whose title begins with `name`; NotTrueError when it is another."""
    box = QApplication.activeModalWidget()
    if box is None:
        raise NotTrueError(f"No box “{name}” is open.")
    if not box.accessibleName().casefold().startswith(name.casefold()):
        raise NotTrueError(f"The box that is open is “{box.accessibleName()}”, not “{name}”.")
    return box


def is_modal(name: str) -> bool:
    """Whether that box is open."""
    box = QApplication.activeModalWidget()
    return box is not None and box.accessibleName().casefold().startswith(name.casefold())


class Record:
    """The tour's own record: steps with their milliseconds, pictures, and tour.json.

    `versions` says what it was run with.
    """

    def __init__(self, directory: Path, versions: Mapping[str, str]) -> None:
        self._directory, self._versions = directory, versions
        self.steps: list[dict[str, object]] = []
        self._now = ""
        self._began = monotonic()

    def walk(self, stage: Stage, steps: Sequence[tuple[str, Act]]) -> Walk:
        """Do the steps in order; each ends with a picture."""
        for name, act in steps:
            self._now, self._began = name, monotonic()
            what = yield from act(stage)
            yield stage.settled()
            yield Wait(lambda: laid_out(stage.window), "all to have its room", seconds=10)
            self._add(what, true=True)
            slug = "-".join(name.casefold().split())
            picture(stage.window, self._directory / f"{len(self.steps):02d}-{slug}.png")

    def fail(self, fault: Exception, window: QWidget | None) -> str:
        """Write down the step that was not true; gives the reason in words."""
        reason = str(fault)
        if not isinstance(fault, NotTrueError | FanlightError):
            reason = f"{type(fault).__name__}: {fault}"
        self._add(reason, true=False)
        if window is not None:
            picture(window, self._directory / f"{len(self.steps):02d}-not-true.png")
        return f"{self._now}: {reason}"

    def _add(self, what: str, *, true: bool) -> None:
        ms = round((monotonic() - self._began) * 1000)
        self.steps.append({"step": self._now, "what": what, "ms": ms, "true": true})

    def save(self, ended: str) -> None:
        """Write tour.json."""
        told = {"versions": dict(self._versions), "ended": ended, "steps": self.steps}
        path = self._directory / "tour.json"
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
