"""Text with its place: sheets (the text of a part), pieces of them, and what they are made of.

Every reader of a format writes a part's plain text onto a Sheet and hands on nodes (lines,
tables, pairs) whose pieces are offsets in that text, so each fact can point at its words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.domain.draft import NotRead, TextPart
from triage.domain.fact import Place

# Signs that steer a terminal, and those that turn the order of words round, by which a name can
# be made to look like another. Each becomes a space, so that places stay true.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(untrusted_words: str) -> str:
    """The words with a space for every sign that steers how they are shown; of the same length."""
    return _STEERING.sub(" ", untrusted_words)


TOO_LONG = "It is longer than is read here. Look at the original for the rest."

Box = tuple[int, int, int, float, float, float, float]


class Sheet:
    """The plain text of one part while it is being written.

    `unread` says why the part's end is not on it; "" where all of it is.
    """

    def __init__(self, file: str, name: str, media_type: str) -> None:
        self.file = file
        self.name = name
        self.media_type = media_type
        self.pages: list[int] = [0]
        self.boxes: list[Box] = []
        self.unread = ""
        self._bits: list[str] = []
        self._length = 0
        self._text: str | None = None
        self._box_starts: list[int] | None = None

    def write(self, words: str) -> Piece:
        """Add words at the end; the piece that covers them."""
        start = self._length
        self._bits.append(plain(words))
        self._length += len(words)
        self._text = None
        return Piece(self, start, self._length)

    @property
    def length(self) -> int:
        """Characters written so far."""
        return self._length

    @property
    def text(self) -> str:
        """All that was written."""
        if self._text is None:
            self._text = "".join(self._bits)
            self._bits = [self._text]
        return self._text

    @property
    def whole(self) -> Piece:
        """The sheet as one piece."""
        return Piece(self, 0, self._length)

    def as_part(self) -> TextPart:
        """The sheet as the value that is kept."""
        return TextPart(
            name=self.name,
            media_type=self.media_type,
            text=self.text,
            pages=tuple(self.pages),
            boxes=tuple(self.boxes),
        )

    def lost(self) -> tuple[NotRead, ...]:
        """What of the part is not on the sheet."""
        if not self.unread:
            return ()
        place = Place(file=self.file, part=self.name)
        return (NotRead(place=place, what=f"The end of {self.name}", why=self.unread),)

    def page_of(self, start: int) -> int | None:
        """The page (from 1) of an offset, or None where the part has no pages."""
        return bisect_right(self.pages, start) if self.boxes or len(self.pages) > 1 else None

    def box_of(self, start: int, end: int) -> tuple[float, float, float, float] | None:
        """What encloses the words from `start` to `end` on the page where they begin."""
        if not self.boxes:
            return None
        if self._box_starts is None or len(self._box_starts) != len(self.boxes):
            self.boxes.sort()
            self._box_starts = [box[0] for box in self.boxes]
        first = max(bisect_right(self._box_starts, start) - 1, 0)
        found: list[Box] = []
        for box in self.boxes[first:]:
            if box[0] >= end:
                break
            if box[1] > start and (not found or box[2] == found[0][2]):
                found.append(box)
        if not found:
            return None
        return (
            min(b[3] for b in found), min(b[4] for b in found),
            max(b[5] for b in found), max(b[6] for b in found),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Characters `start` to `end` of a sheet."""

    sheet: Sheet
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words."""
        return self.sheet.text[self.start : self.end]

    def __bool__(self) -> bool:
        return self.end > self.start

    def cut(self, start: int, end: int | None = None) -> Piece:
        """Characters `start` to `end` of this piece (counted within it)."""
        stop = self.end if end is None else min(self.start + end, self.end)
        return Piece(self.sheet, min(self.start + start, stop), stop)

    def strip(self, more: str = "") -> Piece:
        """Without white space, or any of `more`, at both ends."""
        words = self.text
        keep = " \t\r\n\f\v\0\u00a0\u200b\ufeff" + more
        left = len(words) - len(words.lstrip(keep))
        right = len(words.rstrip(keep))
        return self.cut(left, max(left, right))

    def of(self, match: re.Match[str], group: int | str = 0) -> Piece:
        """The piece of a match made on this piece's text."""
        return self.cut(match.start(group), match.end(group))

    def split_all(self, pattern: re.Pattern[str]) -> list[Piece]:
        """The pieces between matches, stripped, empty ones too."""
        out: list[Piece] = []
        at = 0
        for match in pattern.finditer(self.text):
            out.append(self.cut(at, match.start()).strip())
            at = match.end()
        out.append(self.cut(at).strip())
        return out

    def split(self, pattern: re.Pattern[str]) -> list[Piece]:
        """The pieces between matches, stripped, empty ones left out."""
        return [piece for piece in self.split_all(pattern) if piece]

    def lines(self) -> Iterator[Piece]:
        """Each line, stripped, blank ones too."""
        at = 0
        for line in self.text.splitlines(keepends=True):
            yield self.cut(at, at + len(line)).strip()
            at += len(line)

    def place(self, label: str = "") -> Place:
        """Where the words stand."""
        sheet = self.sheet
        return Place(
            file=sheet.file,
            part=sheet.name,
            page=sheet.page_of(self.start),
            start=self.start,
            end=self.end,
            box=sheet.box_of(self.start, self.end),
            label=label[:120],
            words=self.text,
        )


@dataclass(slots=True, eq=False)
class Line:
    """A line or paragraph; `segments` are its columns where a page sets it in columns."""

    piece: Piece
    heading: bool = False
    segments: tuple[Cell, ...] = ()


@dataclass(slots=True, eq=False)
class Cell:
    """A cell: its column, how many it covers, what is in it.

    `names` are other labels of a form field (its tooltip and name); `x` its left edge on a
    page. `filled` marks a value typed into a form, which is never a label; `strong` a cell set
    in bold or shaded, as labels are.
    """

    piece: Piece
    column: int = 0
    span: int = 1
    nodes: list[Node] = field(default_factory=list)
    names: tuple[str, ...] = ()
    filled: bool = False
    header: bool = False
    strong: bool = False
    x: float = 0.0


@dataclass(slots=True, eq=False)
class Table:
    """Rows of cells."""

    rows: list[list[Cell]]


@dataclass(slots=True, eq=False)
class Pair:
    """A label and its value as structured data gives them, with the path of keys above."""

    labels: tuple[str, ...]
    value: Piece
    path: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()


Node = Line | Table | Pair


@dataclass(slots=True, eq=False)
class Entry:
    """A label with its value, the headings above it and the record (row, column) it is of."""

    labels: tuple[str, ...]
    value: Piece
    path: tuple[str, ...] = ()
    group: tuple[object, ...] = ()


@dataclass(slots=True, eq=False)
class Passage:
    """Running text without a label, with the headings above it."""

    piece: Piece
    path: tuple[str, ...] = ()


Item = Entry | Passage
