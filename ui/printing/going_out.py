"""A copy on its way out: the PIN where the key is locked, the signature, the paper or the file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.decision import DecisionVersion
from triage.domain.errors import FanlightError
from triage.domain.pack import Copy
from triage.workflow import pack
from ui import errors
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.printing import paper
from ui.printing.signature import with_key
from ui.widgets.toast import announce


class GoingOut(QObject):
    """Issues copies one at a time.

    `said` has words of what was done, `refused` of what was not; `issued` the decision of a copy
    that was recorded as out.
    """

    said = Signal(str)
    refused = Signal(str)
    issued = Signal(object)

    def __init__(self, holder: DeskHolder, jobs: Jobs, screen: QWidget) -> None:
        super().__init__(screen)
        self._holder, self._jobs, self._screen = holder, jobs, screen
        self._busy = False

    def save(
        self, version: DecisionVersion, copy: Copy, copies: tuple[Copy, ...], path: Path
    ) -> None:
        """Sign and record the copy, and write it to `path`."""
        done = f"Copy {copy.number} is saved as {path.name}."
        carry = partial(self._carry, lambda pdf: paper.write_file(pdf, path), done)
        self._issue(version.id, copy, copies, "saved as a file", carry)

    def print_on(
        self, version: DecisionVersion, copy: Copy, copies: tuple[Copy, ...], printer: str
    ) -> None:
        """Sign and record the copy, and send it to the printer."""
        title = f"{version.reference} copy {copy.number}"
        done = f"Copy {copy.number} is with the printer {printer}."
        carry = partial(self._carry, lambda pdf: paper.send_to_printer(pdf, printer, title), done)
        self._issue(version.id, copy, copies, f"printed on {printer}", carry)

    def _issue(
        self,
        version_id: UUID,
        copy: Copy,
        copies: tuple[Copy, ...],
        how: str,
        then: Callable[[bytes], None],
    ) -> None:
        if self._busy:
            return
        desk = self._holder.current()

        def done(pdf: bytes) -> None:
            self.issued.emit(version_id)
            then(pdf)

        def go() -> None:
            self._busy = True
            self._jobs.run(
                lambda: pack.issue(desk, version_id, copy, how, copies),
                done,
                self._refused,
                owner=self,
                lane="store",
            )

        with_key(self._screen, self._jobs, desk, "The copy carries your signature.", go)

    def _carry(self, work: Callable[[bytes], None], words: str, pdf: bytes) -> None:
        def carried(_none: object) -> None:
            self._busy = False
            self.said.emit(words)

        self._jobs.run(lambda: work(pdf), carried, self._refused, owner=self)

    def _refused(self, fault: Exception) -> None:
        self._busy = False
        if not isinstance(fault, FanlightError):
            raise fault
        self.refused.emit(errors.sentence(fault))
        announce(self._screen, errors.sentence(fault), urgent=True)
