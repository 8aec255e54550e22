"""Sending the drafts about one contact together: all are shown first, those complete can go."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.spelling import counted
from triage.workflow import request_open, requests
from triage.workflow.desk import Desk
from triage.workflow.request_open import DraftBeside
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.dialogs import AskBox
from ui.widgets.table import ICON_ROLE, Rows, Table

HEADS = ("Partner", "About", "Asked", "Reply by", "")
PROMISE = "Each partner sees only the people named beside it, and only its own questions."


class TogetherBox(AskBox):
    """Each draft in a row, with what it still needs. `given` tells that those complete may go."""

    given = Signal()

    def __init__(self, parent: QWidget | None, drafts: tuple[DraftBeside, ...]) -> None:
        ready = sum(not d.missing for d in drafts)
        title = f"Send {counted(ready, 'request')} together" if ready else "No draft is complete"
        super().__init__(parent, "send", title, PROMISE, 1040)
        table = Table("Drafts to send", (12, 29, 12, 17, 30), grow=True)
        rows = Rows(HEADS, parent=table)
        table.setModel(rows)
        rows.put([_row(draft) for draft in drafts])
        self.body.addWidget(table)
        self.add_answer("cancel", "Not yet")
        if ready:
            go = self.add_answer("go", f"Send {counted(ready, 'request')}", "primary", "Enter")
            go.setFocus()
        self.answered.connect(self._go)

    def _go(self, key: str) -> None:
        if key == "go":
            self.given.emit()
        elif self.isVisible():
            self.done(0)


def _row(draft: DraftBeside) -> list[str | dict[int, object]]:
    words = draft.missing or "Ready to send"
    icon = "circle-dashed" if draft.missing else "circle-check"
    return [
        draft.partner,
        draft.who or "Nobody chosen yet",
        counted(draft.questions, "question"),
        draft.reply_by or "No time chosen",
        {0: words, ICON_ROLE: icon},
    ]


class Together(QObject):
    """Shows the drafts about a contact and sends those that are complete.

    `sent` has words for the person and the request that still needs something, or None.
    """

    sent = Signal(str, object)
    refused = Signal(str)

    def __init__(self, window: QWidget, jobs: Jobs, desk: Callable[[], Desk]) -> None:
        super().__init__(window)
        self._window, self._jobs, self._desk = window, jobs, desk
        self.box: TogetherBox | None = None

    def ask(self, contact_id: UUID) -> None:
        """Show the drafts as they are kept; nothing goes before the person says so."""
        desk = self._desk()
        self._jobs.run(
            lambda: request_open.drafts_beside(desk, contact_id),
            self._show,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
            lane="store",  # after what is being kept
        )

    def _show(self, drafts: tuple[DraftBeside, ...]) -> None:
        box = self.box = TogetherBox(self._window, drafts)
        box.given.connect(lambda: self._send(box, drafts))
        box.open()

    def _send(self, box: TogetherBox, drafts: tuple[DraftBeside, ...]) -> None:
        desk = self._desk()
        ready = [d for d in drafts if not d.missing]
        left = [d for d in drafts if d.missing]

        def done(_: object) -> None:
            box.accept()
            words = f"On the way to {', '.join(d.partner for d in ready)}."
            if left:
                words += f" Not sent: {', '.join(d.partner for d in left)}."
            self.sent.emit(words, left[0].request.id if left else None)

        self._jobs.run(
            lambda: requests.send_together(desk, [d.request for d in ready]),
            done,
            lambda fault: box.refuse(sentence(fault)),
            owner=box,
            lane="store",
        )
