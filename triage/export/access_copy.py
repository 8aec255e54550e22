"""A copy of what is held about a child, for whoever may have it: drawn like a pack, with words of
third parties taken out before anything is drawn (UK GDPR article 15; DPA 2018 schedule 2 part 3).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from types import MappingProxyType
from typing import Any

from triage.domain.pack import Removal
from triage.domain.spelling import spell_day
from triage.export import pack_blocks as c
from triage.export.pack_letters import BOLD, REGULAR
from triage.export.pack_pages import PRESSING
from triage.export.pack_paper import Press
from triage.export.pack_removal import (
    MONTH_OF_A_DAY,
    Nature,
    Piece,
    Removing,
    count,
    letters_of,
    patterns_of,
    tidy,
)
from triage.export.pack_surround import ACROSS, HEIGHT, MARGIN, WIDTH

_ANOTHER = "another person's name or particulars"
MARKS: Mapping[Removal, str] = {
    Removal.RELATIVES: _ANOTHER,
    Removal.REFERRER: _ANOTHER,
    Removal.ADDRESS: "an address",
    Removal.CHOSEN_WORDS: "other words",
}
"""What may be taken out, and what its mark is called on the last page. Who reported it has the
mark of anybody else: where it stands would say who it was."""

_LONG = 600
"""Letters from which words stand across the page, below what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """A third party whom something held is about: the words that decide whether they go, "" where
    there are none to decide about, and who they are beside the child.

    `never` is what goes whatever was decided; `instead` is the line that then stands there.
    """

    words: str
    why: str
    never: bool = False
    instead: str = ""

    @property
    def line(self) -> str:
        """What stands where their facts were."""
        return self.instead or f"Facts about another person were taken out: {self.why}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Something held: what it is, and its words; those of an original keep their lines.

    `theirs` are offsets of facts about somebody else in the words; `left_out` says in how many
    places facts were left out.
    """

    words: str
    label: str = ""
    keeps_lines: bool = False
    nature: Nature = Nature.TOLD
    whose: Whose | None = None
    theirs: tuple[tuple[int, int, Whose], ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Passages that belong together, such as those about one person."""

    passages: tuple[Passage, ...]
    title: str = ""
    whose: Whose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Groups under one heading; those with nothing in them are left out."""

    heading: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """All that one contact holds, under headings."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCopy:
    """The drawn copy, how many words of each kind were taken out of it, and the chosen words that
    do not stand in it as they were chosen, such as across a mark."""

    pdf: bytes
    removed: Mapping[Removal, int]
    not_found: tuple[str, ...] = ()


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
    spared: Collection[str] = (),
    staying: Sequence[str] = (),
    as_written: Mapping[Removal, Sequence[str]] = MappingProxyType({}),
) -> AccessCopy:
    """Draw the copy. Names in `remove` go in every shape they may be written in, but for halves
    that the child has too or that are `spared`, and whole names of whoever is `staying`; words
    `as_written` go letter by letter. Raises nothing of its own."""
    kinds = [kind for kind in MARKS if remove.get(kind) or as_written.get(kind)]
    marks = list(dict.fromkeys(MARKS[kind] for kind in kinds))
    own = frozenset({*child.casefold().split(), *(word.casefold() for word in spared)})
    takes = Removing(
        numbers={kind: marks.index(MARKS[kind]) + 1 for kind in kinds},
        patterns={
            kind: tuple(_patterns(kind, remove.get(kind, ()), as_written.get(kind, ()), own))
            for kind in kinds
        },
        stays=(MONTH_OF_A_DAY, *(re.compile(f"(?i:{letters_of(name)})") for name in staying)),
    )
    cut: list[tuple[Piece, ...]] = []
    not_found = {
        words: tuple(_patterns(Removal.CHOSEN_WORDS, [words], (), own))
        for words in remove.get(Removal.CHOSEN_WORDS, ())
    }

    def cutting(line: Sequence[c.Run]) -> tuple[tuple[Piece, ...], ...]:
        told = tidy("".join(r.text for r in line if r.nature.is_searched_for(Removal.CHOSEN_WORDS)))
        for words, patterns in tuple(not_found.items()):
            if any(pattern.search(told) for pattern in patterns):
                del not_found[words]
        pieces = takes.take_out_of(line)
        cut.extend(pieces)
        return pieces

    press = Press(cut=cutting, numbers=takes.numbers, scale=1.0)
    foot = f"{hub} · {spell_day(made_at.astimezone(UTC).date())}"
    with PRESSING:
        flow = _flow(press, chapters, child, for_whom, made_by)
        removed = count(cut)
        flow += _legend(press, takes.numbers, removed, _left_out(chapters))
        pdf = _paged(flow, marking, foot, made_at)
    counts = {kind: removed.get(kind, 0) for kind in kinds}
    return AccessCopy(pdf=pdf, removed=counts, not_found=tuple(not_found))


def _patterns(
    kind: Removal, names: Sequence[str], as_written: Sequence[str], spared: frozenset[str]
) -> Iterator[re.Pattern[str]]:
    for words in names:
        yield from (re.compile(found) for found in patterns_of(kind, words, spared) if found)
    for words in as_written:
        if words.casefold() not in spared and (letters := letters_of(words)):
            yield re.compile(letters)


def _flow(
    press: Press, chapters: Sequence[Chapter], child: str, for_whom: str, made_by: str
) -> list[Any]:
    title = _line(f"What is held about {child}", weight="strong", nature=Nature.KEPT)
    flow = [press.paragraph(title, press.title), press.gap(4)]
    said = f"For {for_whom}. Put together by {made_by}."
    flow += [press.paragraph(_line(said, nature=Nature.KEPT), press.body)]
    for chapter in chapters:
        flow += _headed(press, _line(chapter.title, weight="strong"))
        for part in chapter.parts:
            groups = [group for group in part.groups if group.passages]
            if groups:
                heading = _line(part.heading, weight="strong", nature=Nature.KEPT)
                flow += [press.room(6), press.gap(6), press.paragraph(heading, press.head)]
            for group in groups:
                flow += _grouped(press, group)
    return flow


def _headed(press: Press, line: c.Line) -> list[Any]:
    gap, head = press.gap(16), press.paragraph(line, press.head)
    return [press.room(9), gap, head, press.rule(ACROSS)]


def _grouped(press: Press, group: Group) -> list[Any]:
    """What it is on the left, the words on the right; long words below, across the page."""
    flow = [press.room(2.2 + 1.4 * min(len(group.passages), 6)), press.gap(4)]
    if group.title:
        title = _line(group.title, weight="strong")
        flow += [press.paragraph(title, press.body), press.gap(1)]
    rows: list[tuple[c.Line, c.Line]] = []
    for passage in group.passages:
        told = (
            c.Run(
                text=passage.words.strip(), keeps_lines=passage.keeps_lines, nature=passage.nature
            ),
        )
        label = _line(passage.label, weight="muted")
        if passage.label and len(passage.words) < _LONG and not passage.keeps_lines:
            rows.append((label, told))
            continue
        flow += press.rows(rows, ACROSS)
        rows = []
        if passage.label:
            flow += [press.room(3), press.paragraph(label, press.body)]
        # By paragraphs, not lines: a name may run on into the next line.
        for words in re.split(r"\n\s*\n", passage.words.strip()):
            run = c.Run(text=words, keeps_lines=passage.keeps_lines, nature=passage.nature)
            flow += [press.paragraph((run,), press.body), press.gap(3.5)]
    return [*flow, *press.rows(rows, ACROSS)]


def _left_out(chapters: Sequence[Chapter]) -> int:
    groups = [group for chapter in chapters for part in chapter.parts for group in part.groups]
    return sum(passage.left_out for group in groups for passage in group.passages)


def _legend(
    press: Press, numbers: Mapping[Removal, int], removed: Mapping[Removal, int], left_out: int
) -> list[Any]:
    if not numbers and not left_out:
        words = "Nothing was taken out of this copy."
        return [press.gap(8), press.paragraph(_line(words, nature=Nature.KEPT), press.body)]
    flow = [
        *_headed(press, _line("What was taken out", weight="strong", nature=Nature.KEPT)),
    ]
    for number in sorted(set(numbers.values())):
        kinds = [kind for kind in numbers if numbers[kind] == number]
        places = c.places(sum(removed.get(kind, 0) for kind in kinds))
        words = f"removed {number}: {MARKS[kinds[0]]}, in {places}."
        flow.append(press.paragraph(_line(words, nature=Nature.KEPT), press.body))
    if left_out:
        places = c.places(left_out)
        words = (
            f"Facts about other people, or what is not to be passed on, as a whole, in {places}."
        )
        flow.append(press.paragraph(_line(words, nature=Nature.KEPT), press.body))
    return flow


def _line(words: str, *, weight: str = "regular", nature: Nature = Nature.TOLD) -> c.Line:
    return (c.Run(text=words, nature=nature, weight=weight),)


def _paged(flow: list[Any], marking: str, foot: str, made_at: datetime) -> bytes:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

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
            for number, page in enumerate(self._kept, 1):
                self.__dict__.update(page)
                around(self, f"Page {number} of {len(self._kept)}")
                Canvas.showPage(self)
            Canvas.save(self)

    def around(canvas: Any, place: str) -> None:
        canvas.setFont(BOLD, 10.2)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 26, marking)
        canvas.setFont(REGULAR, 8.9)
        canvas.setLineWidth(0.7)
        canvas.line(MARGIN, 36, WIDTH - MARGIN, 36)
        canvas.drawString(MARGIN, 23, foot)
        canvas.drawRightString(WIDTH - MARGIN, 23, place)

    stream = BytesIO()
    document = BaseDocTemplate(
        stream, pagesize=(WIDTH, HEIGHT), title="What is held", author="", invariant=1
    )
    frame = Frame(MARGIN, 46, ACROSS, HEIGHT - 86, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("copy", [frame])])
    document.build(flow, canvasmaker=Numbered)
    return stream.getvalue()
