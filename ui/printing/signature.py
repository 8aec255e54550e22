"""A person's key before something is signed with it: at once, or after their PIN."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from triage.domain.errors import NotAllowedError
from triage.workflow import people
from triage.workflow.desk import Desk
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.dialogs import PinBox


def with_key(screen: QWidget, jobs: Jobs, desk: Desk, why: str, then: Callable[[], None]) -> None:
    """Call `then` once this person's key can sign; where it is locked their PIN is asked, with
    `why`."""
    try:
        desk.signer.held(desk.worker.id)
    except NotAllowedError:
        pass
    else:
        then()
        return
    box = PinBox(screen, desk.worker.name, why)

    def unlocked(_signer: object) -> None:
        box.accept()
        then()

    def given(pin: str) -> None:
        jobs.run(
            lambda: people.unlock(desk, pin),
            unlocked,
            lambda fault: box.refuse(sentence(fault)),
            owner=box,
        )

    box.given.connect(given)
    box.open()
