"""Keeps a draft as it is written, shows what comes of it, and sends it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from triage.domain.request import InfoRequest
from triage.workflow import naming, request_open, requests, unsent
from triage.workflow.desk import Desk
from triage.workflow.request_open import Offer, Preview
from triage.workflow.unsent import Kept
from ui.errors import sentence
from ui.jobs import Jobs, Token
from ui.requests.draft_pane import DraftPane
from ui.widgets.editor import Pause

_ONLY_HERE = (
    "What you wrote in a request to a partner is only in this window: the store did not take it, "
    "or somebody else changed the draft. Open the draft to see it. Closing again closes without it."
)


class DraftKeeper(QObject):
    """Saves one after another: each goes by the version that the last one gave.

    `previewed` has the page as it would go now, `sent` the request that went, `saved_changed`
    words for the status line.
    """

    previewed = Signal(object)
    sent = Signal(object)
    saved_changed = Signal(str)

    def __init__(
        self, pane: DraftPane, jobs: Jobs, desk: Callable[[], Desk], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._pane, self._jobs, self._desk = pane, jobs, desk
        self._offering = Token()
        self._keeping = self._again = False
        self._held: dict[UUID, InfoRequest] = {}  # what the store did not take
        self._edits = 0
        self._after: Callable[[InfoRequest], None] | None = None
        self._pause = Pause(pane)
        self._pause.due.connect(self._keep)
        pane.changed.connect(self._edited)

    def is_busy(self) -> bool:
        """Whether what stands on the screen is newer than what is kept."""
        return self._pause.is_waiting() or self._keeping

    def not_kept(self) -> str:
        """What closing the window would lose, in a sentence; "" where all is in the store."""
        return _ONLY_HERE if self._held or self.is_busy() else ""

    def held(self, kept: InfoRequest) -> InfoRequest:
        """The draft as it was written here, where the store did not take it; else as it is kept.
        What another window changed since goes before what could not be kept over it."""
        mine = self._held.get(kept.id)
        if mine is not None and mine.version != kept.version:
            del self._held[kept.id]
            mine = None
        return mine or kept

    def flush(self) -> None:
        """Keep at once what waits to be kept, and what the store did not take before."""
        self._pause.flush()
        if not self._keeping:
            shown = self._pane.request()
            for request in self._held.values():  # one; the next is tried once it is kept
                self._keep(shown if shown and shown.id == request.id else request)
                break

    def forget(self) -> None:
        """What waits is not kept: the draft is thrown away, or somebody else sits down."""
        self._pause.blockSignals(True)
        self._pause.flush()
        self._pause.blockSignals(False)
        self._held.clear()

    def send(self) -> None:
        """Keep what stands there, then send it; what is missing is named and gone to."""
        desk = self._desk()

        def send(saved: InfoRequest) -> None:
            self._jobs.run(
                lambda: requests.send(desk, saved),
                self.sent.emit,
                lambda fault: self._pane.show_problem(sentence(fault)),
                owner=self,
                lane="store",
            )

        self._after = send
        self._pause.flush()
        self._keep()

    def _edited(self) -> None:
        self._pause.touch()
        self.saved_changed.emit("Saving")
        desk, request = self._desk(), self._pane.request()
        if request is None:
            return
        self._edits += 1
        edit = self._edits

        def look() -> tuple[Offer, Preview]:
            return request_open.offer(desk, request), request_open.preview(desk, request)

        def show(found: tuple[Offer, Preview]) -> None:
            if edit == self._edits:
                self._pane.show_offer(found[0])
                self.previewed.emit(found[1])

        self._offering.cancel()
        self._offering = self._jobs.run(look, show, self._not_looked, owner=self)

    def _keep(self, unkept: InfoRequest | None = None) -> None:
        desk, request = self._desk(), unkept or self._pane.request()
        if request is None:
            return
        if self._keeping:
            self._again = True
            return
        self._keeping = True

        def kept(done: Kept[InfoRequest]) -> None:
            self._keeping = False
            saved = done.value
            self._held.pop(saved.id, None)
            self._pane.saved(saved)
            at = naming.local(desk.profile, desk.now())
            where = " on this computer" if done.here else ""
            self.saved_changed.emit(f"Draft kept{where} {at:%H:%M:%S}")
            again, self._again = self._again, False
            if again:
                self._keep()
            elif self._after is not None:
                after, self._after = self._after, None
                after(saved)
            elif self._held:
                self.flush()

        def not_kept(fault: Exception) -> None:
            self._keeping = self._again = False
            self._held[request.id], self._after = request, None
            shown = self._pane.request()
            if shown is not None and shown.id == request.id:
                self._pane.show_problem(sentence(fault))

        self._jobs.run(
            lambda: unsent.keep_draft(desk, request), kept, not_kept, owner=self, lane="store"
        )

    def _not_looked(self, fault: Exception) -> None:
        self._pane.show_problem(sentence(fault))
