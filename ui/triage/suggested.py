"""Keeps the services that the factors call for under the decision's question of services."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from triage.domain.completeness import codes_of
from triage.domain.decision import SavedAnswer
from ui.desk import DeskHolder
from ui.jobs import Jobs, Token
from ui.triage.decision_pane import DecisionPane
from ui.triage.keeper import AnswerKeeper

if TYPE_CHECKING:
    from triage.workflow.services import Family
    from ui.triage.parts.called_for import CalledFor

QUESTION, FACTORS = "services", "raises"
"""As the workflow has them, which is imported when the part is first opened."""


class SuggestedServices(QObject):
    """Reads them when the part is first opened, and again when a factor or the answer changes.

    `all_asked` asks for the screen of services.
    """

    all_asked = Signal()

    def __init__(
        self,
        holder: DeskHolder,
        jobs: Jobs,
        pane: DecisionPane,
        keeper: AnswerKeeper,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._holder, self._jobs, self._pane, self._keeper = holder, jobs, pane, keeper
        self._shown: CalledFor | None = None
        self._family: Family | None = None
        self._reading = Token()
        pane.form.laid.connect(self._laid)
        pane.shown.connect(self._another)
        keeper.kept.connect(self._kept)

    def _another(self) -> None:
        """Another contact's decision, or the same as it is now."""
        if self._family is not None and self._family.contact_id != self._keeper.contact_id:
            self._family = None
        self._laid()

    def _laid(self) -> None:
        field = self._pane.form.field(QUESTION)
        if field is None or field.asked is None:
            return
        body = self._pane.form.body(field.asked.part.id)
        if body is None:
            return
        if self._shown is None or not isValid(self._shown) or self._shown.parent() is not body:
            from ui.triage.parts.called_for import CalledFor

            self._shown = CalledFor()
            self._shown.added.connect(self._add)
            self._shown.all_asked.connect(self.all_asked)
            body.set_below(self._shown)
        self._show()
        self._read()

    def _read(self) -> None:
        desk, contact_id = self._holder.current(), self._keeper.contact_id
        if contact_id is None:
            return

        def work() -> Family:
            from triage.workflow import services

            return services.look(desk, contact_id)

        self._reading.cancel()
        self._reading = self._jobs.run(
            work,
            self._came,
            lambda _fault: self._gone(contact_id),
            owner=self,
        )

    def _came(self, family: Family) -> None:
        if family.contact_id == self._keeper.contact_id:
            self._family = family
            self._show()

    def _gone(self, contact_id: UUID) -> None:
        """What can't be read suggests nothing; the screen of services says why."""
        if contact_id == self._keeper.contact_id:
            self._family = None
            self._show()

    def _show(self) -> None:
        field = self._pane.form.field(QUESTION)
        if self._shown is None or field is None:
            return
        family = self._family
        may_add = family is not None and not family.read_only_why
        self._shown.show_family(family, codes_of(field.value()), may_add=may_add)

    def _kept(self, saved: object) -> None:
        if isinstance(saved, SavedAnswer) and self._shown is not None:
            if saved.key == FACTORS:
                self._read()
            elif saved.key == QUESTION:
                self._show()

    def _add(self, code: str) -> None:
        field = self._pane.form.field(QUESTION)
        if field is not None and code:
            field.choose((*(c for c in codes_of(field.value()) if c != code), code))
            self._show()
