"""Sets the sections of a pack on numbered pages; page 1 leaves room for the signatures."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
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


_PRESSING = threading.Lock()
"""reportlab keeps some state for the whole process: one pack is drawn at a time."""


def print_pack(
    sections: tuple[c.Section, ...], press: Press, furniture: Furniture, *, subject: str
) -> Drawn:
    """Draw the sections on numbered pages.

    Drawn a second time only where a page that the words refer to is not the usual one.
    """
    with _PRESSING:
        drawn = _draw(sections, press, furniture, {"why": 2}, subject)
        if drawn.begins.get("why", 2) != 2:
            drawn = _draw(sections, press, furniture, drawn.begins, subject)
    return drawn


def _draw(
    sections: tuple[c.Section, ...],
    press: Press,
    furniture: Furniture,
    pages: Mapping[str, int],
    subject: str,
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
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            kept = self._kept
            for number, state in enumerate(kept, start=1):
                self.__dict__.update(state)
                printer.foot(self, number, len(kept))
                super().showPage()
            self._kept = kept
            super().save()

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
        printer.signatures(canvas)

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
                whole = section.page != "events"
                flow.append(PageBreak() if whole else CondPageBreak(0.45 * HEIGHT))
            page = section.page
        title = f"{number} {section.title}"
        room, *drawn = press.section(section, title, pages, ACROSS)
        flow += [room, Begins(section.page, title), *drawn]
    document.build(flow, canvasmaker=Numbered)
    return Drawn(pdf=stream.getvalue(), pages=document.page, begins=begins)
