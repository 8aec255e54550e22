"""Who sits at the desk: signing in, changing places, and unlocking one's own window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from triage.domain.errors import NotReadyError
from triage.workflow import people
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.screen import Screen
from ui.shell.sign_in import ChangePinBox, NewPin, SignIn, SignInBox
from ui.shell.window import MainWindow

if TYPE_CHECKING:
    from triage.domain.worker import Worker
    from triage.workflow.desk import Desk
    from triage.workflow.hub import Hub

PRINTED = (
    "In practice everybody's PIN stays as it is printed. At a desk of your own you change it here."
)

KEEPING = ("triage", "new-contact", "reading", "sign-off", "handover")
"""Screens that keep what is typed, before somebody else sits down."""


class Seating(QObject):
    """Asks who it is, and seats them. `signed_in` has the hub and the desk of its first person."""

    signed_in = Signal(object, object)

    def __init__(self, window: MainWindow, jobs: Jobs) -> None:
        super().__init__(window)
        self._window, self._jobs = window, jobs

    def sign_in(self, hub: Hub, workers: Sequence[Worker]) -> None:
        """Ask who it is, before the window is filled."""
        box = self._box = SignInBox(self._window, workers)
        box.given.connect(lambda asked: self._sign_in_as(hub, workers, asked))
        box.open()

    def _sign_in_as(self, hub: Hub, workers: Sequence[Worker], asked: SignIn) -> None:
        worker = next((w for w in workers if w.id == asked.worker_id), None)
        if worker is None:
            return

        def signed_in(desk: Desk) -> None:
            self._box.accept()
            self.signed_in.emit(hub, desk)

        self._jobs.run(
            lambda: people.switch(hub.desk(worker), asked.worker_id, asked.pin),
            signed_in,
            self._refuse,
            owner=self._box,
            lane="store",
        )

    def serve(self, holder: DeskHolder, practice_pins: Mapping[str, str]) -> None:
        """From now on people change places in this window; in practice their PINs are told."""
        self._holder, self._pins = holder, practice_pins
        self._window.switch_user_asked.connect(self._ask_who)
        self._window.unlock_asked.connect(self._unlock)
        self._window.change_pin_asked.connect(self._ask_new_pin)

    def _ask_who(self) -> None:
        desk = self._holder.current()
        self._jobs.run(
            lambda: people.workers(desk),
            self._ask_which,
            lambda fault: self._window.toast.refuse(sentence(fault)),
            owner=self,
        )

    def _ask_which(self, everyone: Sequence[Worker]) -> None:
        box = self._box = SignInBox(self._window, everyone, self._holder.current().worker.id)
        if self._pins:
            # No line ends between a name and its figures.
            each = (f"{w.name}: {self._pins[w.id]}".replace(" ", "\u00a0") for w in everyone)
            box.set_hint(", ".join(each))
        box.given.connect(self._switch)
        box.open()

    def _switch(self, asked: SignIn) -> None:
        desk = self._holder.current()
        for key in KEEPING:
            if self._window.is_built(key):
                cast(Screen, self._window.screen_of(key)).save_now()
        self._jobs.run(
            lambda: people.switch(desk, asked.worker_id, asked.pin),
            self._switched,
            self._refuse,
            owner=self._box,
            lane="store",
        )

    def _refuse(self, fault: Exception) -> None:
        self._box.refuse(sentence(fault))

    def _switched(self, desk: Desk) -> None:
        self._box.accept()
        self._holder.seat(desk)
        if self._window.is_locked():
            self._window.unlock()

    def _unlock(self, pin: str) -> None:
        desk = self._holder.current()
        self._jobs.run(
            lambda: people.switch(desk, desk.worker.id, pin),
            self._unlocked,
            lambda fault: self._window.refuse_unlock(sentence(fault)),
            owner=self._window,
            lane="store",
        )

    def _unlocked(self, desk: Desk) -> None:
        self._holder.seat(desk)
        self._window.unlock()

    def _ask_new_pin(self) -> None:
        if self._pins:
            self._window.toast.say(PRINTED)
            return
        desk = self._holder.current()
        self._jobs.run(
            lambda: people.card_of(desk),
            lambda card: self._ask_which_pin(desk, card),
            lambda fault: self._window.toast.say(sentence(fault)),
            owner=self,
        )

    def _ask_which_pin(self, desk: Desk, card: str) -> None:
        box = ChangePinBox(self._window, card)

        def changed(_: None) -> None:
            box.accept()
            self._window.toast.say("Your PIN is changed. From now on the new one counts.")

        def refused(fault: Exception) -> None:
            # What is not ready is the new one; else it is the one that was.
            told = box.refuse_new if isinstance(fault, NotReadyError) else box.refuse
            told(sentence(fault))

        def given(asked: NewPin) -> None:
            self._jobs.run(
                lambda: people.change_pin(desk, asked.pin, asked.new_pin),
                changed,
                refused,
                owner=box,
                lane="store",
            )

        box.given.connect(given)
        box.open()
