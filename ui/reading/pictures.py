"""Pictures of the pages of an original, drawn as they come into sight."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject

from triage.workflow import reading
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs, Token
from ui.printing.sheets import Sheet
from ui.reading.form import page_picture, small_pictures

if TYPE_CHECKING:
    from ui.reading.original_pane import OriginalPane


class Pictures(QObject):
    """Draws what the pane of the original wants, of one contact at a time."""

    def __init__(
        self, holder: DeskHolder, jobs: Jobs, original: OriginalPane, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._holder, self._jobs, self._original = holder, jobs, original
        self._contact_id: UUID | None = None
        self._bytes: dict[str, bytes] = {}
        self._these = Token()
        original.page_wanted.connect(self._draw_page)

    def begin(self, contact_id: UUID | None) -> None:
        """Draw that contact's pages from here on, or none; what is under way comes to nothing."""
        self._these.cancel()
        self._these = Token()
        self._contact_id, self._bytes = contact_id, {}

    def _draw_page(self, part: str, page: int) -> None:
        desk, contact_id = self._holder.current(), self._contact_id
        if contact_id is None:
            return
        if part in self._bytes:
            self._draw(part, page, self._bytes[part])
            return

        def got(data: bytes) -> None:
            self._bytes[part] = data
            self._draw(part, page, data)

        self._jobs.run(
            lambda: reading.part_bytes(desk, contact_id, part),
            got,
            partial(self._no_picture, part),
            owner=self,
            lane="store",
            token=self._these,
        )

    def _draw(self, part: str, page: int, data: bytes) -> None:
        def drawn(found: Sequence[Sheet]) -> None:
            self._original.show_page(part, page, found)
            # The page that is read comes first; the list of pages follows.
            self._draw_small(part, data)

        def failed(fault: Exception) -> None:
            self._original.refuse_page(part, page, sentence(fault))
            self._draw_small(part, data)

        self._jobs.run(
            lambda: page_picture(data, page), drawn, failed, owner=self, token=self._these
        )

    def _draw_small(self, part: str, data: bytes) -> None:
        """Draw the list's next few pages, and then the next, so that a page to read need not wait
        long behind them."""
        pages = self._original.small_wanted(part)

        def drawn(found: Sequence[Sheet]) -> None:
            self._original.show_small(part, found)
            self._draw_small(part, data)

        if pages:
            self._jobs.run(
                lambda: small_pictures(data, pages),
                drawn,
                lambda _fault: None,
                owner=self,
                token=self._these,
            )

    def _no_picture(self, part: str, fault: Exception) -> None:
        self._original.refuse_picture(part, f"{sentence(fault)} Its words are shown instead.")
