"""A copy of what is held about a child, for whoever may have it: drawn like a pack, with words of
third parties taken out before anything is drawn (UK GDPR article 15; DPA 2018 schedule 2 part 3).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from triage.domain.pack import Removal
from triage.export import pack_blocks as c
from triage.export.pack_letters import REGULAR
from triage.export.pack_pages import PRESSING
from triage.export.pack_paper import Press
from triage.export.pack_removal import Nature, Piece, Removing, count, patterns_of
from triage.export.pack_surround import ACROSS, HEIGHT, MARGIN, WIDTH

MARKS: Mapping[Removal, str] = {
    Removal.RELATIVES: "another person's name or particulars",
    Removal.REFERRER: "who reported it",
    Removal.ADDRESS: "an address",
    Removal.CHOSEN_WORDS: "other words",
}
"""What may be taken out, and what its mark is called on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Something held: what it is, and its words."""

    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """All that one contact holds, under headings."""

    title: str
    parts: tuple[tuple[str, tuple[Passage, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCopy:
    """The drawn copy, and how many words of each kind were taken out of it."""

    pdf: bytes
    removed: Mapping[Removal, int]


def draw_copy(
    chapters: Sequence[Chapter],
    remove: Mapping[Removal, Sequence[str]],
    *,
    child: str,
    hub: str,
    marking: str,
    for_whom: str,
    made_at: datetime,
    made_by: str,
    staying: Sequence[str] = (),
) -> AccessCopy:
    """Draw the copy. Names in `remove` go in every shape they may be written in, but for halves
    that the child or whoever is `staying` has too."""
    kinds = [kind for kind in MARKS if remove.get(kind)]
    spared = frozenset(word for name in (child, *staying) for word in name.casefold().split())
    takes = Removing(
        numbers={kind: n for n, kind in enumerate(kinds, 1)},
        patterns={
            kind: tuple(
                re.compile(p)
                for words in remove[kind]
                for p in patterns_of(kind, words, spared)
                if p
            )
            for kind in kinds
        },
    )
    cut: list[tuple[Piece, ...]] = []

    def cutting(line: Sequence[c.Run]) -> tuple[tuple[Piece, ...], ...]:
        pieces = takes.take_out_of(line)
        cut.extend(pieces)
        return pieces

    press = Press(cut=cutting, numbers=takes.numbers, scale=1.0)
    foot = f"{hub} · {made_at.astimezone(UTC):%Y-%m-%d}"
    with PRESSING:
        flow = _flow(press, chapters, child, for_whom, made_by)
        removed = count(cut)
        flow += _legend(press, takes.numbers, removed)
        pdf = _paged(flow, marking, foot, made_at)
    return AccessCopy(pdf=pdf, removed={kind: removed.get(kind, 0) for kind in kinds})


def _flow(
    press: Press, chapters: Sequence[Chapter], child: str, for_whom: str, made_by: str
) -> list[Any]:
    title = _line(f"What is held about {child}", weight="strong", nature=Nature.KEPT)
    flow = [press.paragraph(title, press.head), press.gap(6)]
    said = f"For {for_whom}. Put together by {made_by}."
    flow += [press.paragraph(_line(said, nature=Nature.KEPT), press.body), press.gap(10)]
    for chapter in chapters:
        flow += [press.paragraph(_line(chapter.title, weight="strong"), press.head), press.gap(4)]
        for heading, passages in chapter.parts:
            if not passages:
                continue
            head = _line(heading, weight="strong", nature=Nature.KEPT)
            flow += [press.paragraph(head, press.body), press.gap(2)]
            for passage in passages:
                label = c.Run(text=f"{passage.label}: ", weight="muted")
                # By paragraphs, not lines: a name may run on into the next line.
                for at, words in enumerate(re.split(r"\n\s*\n", passage.words.strip())):
                    told = c.Run(text=words)
                    runs = (label, told) if at == 0 and passage.label else (told,)
                    flow.append(press.paragraph(runs, press.body))
            flow.append(press.gap(6))
    return flow


def _legend(
    press: Press, numbers: Mapping[Removal, int], removed: Mapping[Removal, int]
) -> list[Any]:
    if not numbers:
        words = "Nothing was taken out of this copy."
        return [press.gap(8), press.paragraph(_line(words, nature=Nature.KEPT), press.body)]
    flow = [
        press.gap(8),
        press.paragraph(
            _line("What was taken out", weight="strong", nature=Nature.KEPT), press.head
        ),
    ]
    for kind, number in numbers.items():
        words = f"removed {number}: {MARKS[kind]}, in {c.places(removed.get(kind, 0))}."
        flow.append(press.paragraph(_line(words, nature=Nature.KEPT), press.body))
    return flow


def _line(words: str, *, weight: str = "regular", nature: Nature = Nature.TOLD) -> c.Line:
    return (c.Run(text=words, nature=nature, weight=weight),)


def _paged(flow: list[Any], marking: str, foot: str, made_at: datetime) -> bytes:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    class Dated(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **more: Any) -> None:
            more.update(initialFontName=REGULAR, initialFontSize=10)
            super().__init__(*given, **more)
            self._doc._timeStamp.YMDhms = made_at.astimezone(UTC).timetuple()[:6]

    def around(canvas: Any, document: Any) -> None:
        canvas.setFont(REGULAR, 9.4)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 26, marking)
        canvas.drawString(MARGIN, 24, foot)
        canvas.drawRightString(WIDTH - MARGIN, 24, f"Page {document.page}")

    stream = BytesIO()
    document = BaseDocTemplate(
        stream, pagesize=(WIDTH, HEIGHT), title="What is held", author="", invariant=1
    )
    frame = Frame(MARGIN, 40, ACROSS, HEIGHT - 80, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("copy", [frame], onPage=around)])
    document.build(flow, canvasmaker=Dated)
    return stream.getvalue()
