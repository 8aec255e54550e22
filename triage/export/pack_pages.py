"""Sets the sections of a pack on numbered pages; page 1 leaves room for the signatures."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any

from triage.export import pack_blocks as c
from triage.export.pack_letters import REGULAR
from triage.export.pack_paper import Press
from triage.export.pack_surround import ACROSS, HEIGHT, MARGIN, WIDTH, Furniture, Surround


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A drawn pack: its bytes, and the page on which each kind of page begins (from 1)."""

    pdf: bytes
    pages: int
    begins: Mapping[str, int]


_ROOM = 0.45 * HEIGHT
"""With less than this left on a page, the next kind of page begins on a new one."""

PRESSING = threading.Lock()
"""reportlab keeps some state for the whole process: one pack is drawn at a time."""


def print_pack(
    sections: tuple[c.Section, ...],
    press: Press,
    furniture: Furniture,
    *,
    subject: str,
    made_at: datetime,
) -> Drawn:
    """Draw the sections on numbered pages. `made_at` is aware; the file says it was made then.

    Drawn a second time only where a page that the words refer to is not the usual one.
    """
    with PRESSING:
        drawn = _draw(sections, press, furniture, {"why": 2}, subject, made_at)
        if drawn.begins.get("why", 2) != 2:
            drawn = _draw(sections, press, furniture, drawn.begins, subject, made_at)
    return drawn


def _draw(
    sections: tuple[c.Section, ...],
    press: Press,
    furniture: Furniture,
    pages: Mapping[str, int],
    subject: str,
    made_at: datetime,
) -> Drawn:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import (
        BaseDocTemplate,
        CondPageBreak,
        Frame,
        NextPageTemplate,
        PageBreak,
        PageTemplate,
    )
    from reportlab.platypus.flowables import Flowable

    printer = Surround(press, furniture)
    begins: dict[str, int] = {}

    class Numbered(Canvas):  # type: ignore[misc]
        """Keeps each page until all are known, so that a foot can say how many there are."""

        def __init__(self, *given: Any, **more: Any) -> None:
            more.update(initialFontName=REGULAR, initialFontSize=10)
            super().__init__(*given, **more)
            self._doc._timeStamp.YMDhms = made_at.astimezone(UTC).timetuple()[:6]
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            kept = self._kept
            for number, state in enumerate(kept, start=1):
                self.__dict__.update(state)
                if number == 1:  # after what they stand under, for who hears the page read
                    printer.signatures(self)
                printer.foot(self, number, len(kept))
                super().showPage()
            self._kept = kept
            super().save()

    class NewPage(CondPageBreak):  # type: ignore[misc]
        """A page of its own where the decision keeps to page 1; otherwise where room is short."""

        def __init__(self) -> None:
            super().__init__(_ROOM)

        def wrap(self, width: float, height: float) -> tuple[float, float]:
            self.height = HEIGHT if document.page == 1 else _ROOM
            wide, tall = super().wrap(width, height)
            return wide, tall

    class Begins(Flowable):  # type: ignore[misc]
        """Notes the page on which a kind of page, or a section, begins."""

        def __init__(self, name: str, outline: str) -> None:
            super().__init__()
            self.name, self.outline = name, outline

        def wrap(self, _width: float, _height: float) -> tuple[float, float]:
            return 0, 0

        def draw(self) -> None:
            page = self.canv.getPageNumber()
            begins.setdefault(self.name, page)
            key = f"{self.outline}-{page}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(self.outline, key, level=0)

    bottom = printer.foot_height + 10
    block = printer.signature_height + 13

    def first(canvas: Any, _document: Any) -> None:
        printer.first_head(canvas)

    def later(canvas: Any, _document: Any) -> None:
        printer.later_head(canvas)

    scratch = Numbered(BytesIO())
    top, later_top = printer.first_head(scratch), printer.later_head(scratch)
    flush = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    stream = BytesIO()
    document = BaseDocTemplate(
        stream,
        pagesize=(WIDTH, HEIGHT),
        pageTemplates=[
            PageTemplate(
                id="first",
                frames=[Frame(MARGIN, bottom + block, ACROSS, top - bottom - block, **flush)],
                onPage=first,
            ),
            PageTemplate(
                id="later",
                frames=[Frame(MARGIN, bottom, ACROSS, later_top - bottom, **flush)],
                onPage=later,
            ),
        ],
        title=f"Referral pack {furniture.reference}",
        author=furniture.hub,
        subject=subject,
        creator="Fanlight",
        producer="Fanlight",
        invariant=1,
        pageCompression=1,
        lang="en-GB",
        displayDocTitle=True,
    )
    flow: list[Any] = [NextPageTemplate("later")]
    page = "decision"
    for number, section in enumerate(sections, start=1):
        if section.page != page:
            if not press.large:
                breaks = {"why": NewPage, "removed": PageBreak}
                flow.append(breaks.get(section.page, partial(CondPageBreak, _ROOM))())
            page = section.page
        title = f"{number} {section.title}"
        room, *drawn = press.section(section, title, pages, ACROSS)
        flow += [room, Begins(section.page, title), *drawn]
    document.build(flow, canvasmaker=Numbered)
    return Drawn(pdf=stream.getvalue(), pages=document.page, begins=begins)
