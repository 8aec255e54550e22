"""Tells a team leader across the window who opened a restricted record, until one has seen it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject

from triage.domain.worker import May
from triage.workflow import access
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.window import MainWindow

if TYPE_CHECKING:
    from ui.keeping.restricted import Reviews


class LeaderNotices(QObject):
    """Reads what waits when a person sits down and whenever something happened."""

    def __init__(self, holder: DeskHolder, jobs: Jobs, window: MainWindow) -> None:
        super().__init__(window)
        self._holder, self._jobs, self._window = holder, jobs, window
        window.notices.seen.connect(self._seen)
        may = lambda: holder.current().worker.may(May.SIGN)  # noqa: E731
        window.menus.add_item("keeping", "Restricted records to review…", self._review, may)
        self.reviews: Reviews | None = None
        holder.changed.connect(self.ask)
        self.ask()

    def _review(self) -> None:
        from ui.keeping.restricted import Reviews

        if self.reviews is None:
            window = self._window
            self.reviews = Reviews(window, self._jobs, self._holder.current, lambda: window.blurred)
            self.reviews.said.connect(window.toast.say)
            self.reviews.refused.connect(window.toast.refuse)
        self.reviews.ask()

    def ask(self) -> None:
        """Read what waits; for anybody but a leader nothing does."""
        desk = self._holder.current()
        if desk.worker.may(May.SIGN):
            self._jobs.run(lambda: access.notices(desk), self._show, owner=self)
        else:
            self._show(())

    def _show(self, notices: tuple[access.Notice, ...]) -> None:
        if self._window.notices.show_notices(notices):
            self._window.chain_tabs()

    def _seen(self, grant_id: UUID) -> None:
        desk = self._holder.current()
        self._jobs.run(
            lambda: access.acknowledge(desk, grant_id),
            lambda _: self.ask(),
            self._not_seen,
            owner=self,
            lane="store",
        )

    def _not_seen(self, fault: Exception) -> None:
        self._window.toast.refuse(sentence(fault))
        self.ask()
