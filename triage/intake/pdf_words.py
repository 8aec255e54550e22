"""The words of a PDF's page with their boxes, and the lines they stand in."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass, field
from typing import Any

from triage.intake.pdf_black import filled_on
from triage.intake.pdf_grid import Grid, grids_of


@dataclass(slots=True)
class Word:
    """A word and its box, in points from the top left of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    names: tuple[str, ...] = ()
    filled: bool = False
    bold: bool = False

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Row:
    """Words that stand on one line."""

    words: list[Word] = field(default_factory=list)
    middle: float = 0.0


@dataclass(slots=True, frozen=True)
class Page:
    """A page's words, its width and height in points, the grids ruled on it, and whether words
    beneath black boxes were left alone."""

    words: list[Word]
    size: tuple[float, float]
    grids: list[Grid]
    blacked_out: bool


def page_words(document: Any, number: int) -> Page:
    """A page as it can be read on paper."""
    page = document[number]
    grids = grids_of(page)
    filled = filled_on(page)
    blacked_out = False
    width, height = page.get_size()
    text = page.get_textpage()
    words: list[Word] = []
    try:
        count = min(text.count_chars(), 60_000)
        chars = text.get_text_range(0, count) if count else ""
        if len(chars) != count:
            chars = "".join(text.get_text_range(i, 1) or " " for i in range(count))
        word: Word | None = None
        last_box: tuple[float, ...] = ()
        for at, char in enumerate(chars):
            if char in "\x02\ufffe\xad":  # a hyphen where the line breaks
                if word is not None:
                    word.text += "-"
                word = None
                continue
            if char.isspace() or char in "\0\uffff":
                word = None
                continue
            box = text.get_charbox(at, loose=True)
            if word is not None and box == last_box:
                word.text += char  # the letters of a ligature share its box
                continue
            last_box = box
            if filled.hides(text, at, box):
                word, blacked_out = None, True
                continue
            left, bottom, right, top = box
            if right <= left and top <= bottom:
                if word is not None:
                    word.text += char
                continue
            top, bottom = height - top, height - bottom
            if (
                word is not None
                and abs(word.bottom - bottom) < 3
                and -2 < left - word.right < (bottom - top) * 0.25
            ):
                word.text += char
                word.right = max(word.right, right)
                word.top, word.bottom = min(word.top, top), max(word.bottom, bottom)
            else:
                word = Word(char, left, top, right, bottom)
                word.bold = bool(grids) and _is_bold(text, at)
                words.append(word)
    finally:
        text.close()
        page.close()
    return Page(words, (width or 1.0, height or 1.0), grids, blacked_out)


def _is_bold(text: Any, at: int) -> bool:
    import pypdfium2.raw as raw

    if raw.FPDFText_GetFontWeight(text, at) >= 600:
        return True
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(text, at, name, 128, ctypes.c_int())
    return b"bold" in name.value.lower()


def rows_of(words: list[Word]) -> list[Row]:
    """Words gathered into lines from the top of the page."""
    rows: list[Row] = []
    for word in sorted(words, key=lambda w: (w.middle, w.left)):
        tall = max(min(word.bottom - word.top, 16.0), 4.0)
        home = next(
            (row for row in reversed(rows[-6:]) if abs(row.middle - word.middle) < tall * 0.45),
            None,
        )
        if home is None:
            home = Row([], word.middle)
            rows.append(home)
        home.words.append(word)
    rows.sort(key=lambda row: row.middle)
    for row in rows:
        row.words.sort(key=lambda w: w.left)
    return rows


_PAGE_OF = re.compile(r"(?i)\bpage\s?\d{1,3}\s?(?:of|/)\s?\d{1,3}\b")
_CONTINUED = re.compile(r"(?i)\((?:continued|cont['’]?d?\.?)\)")


def without_running(rows: list[Row], edges: set[str], *, first: bool) -> list[Row]:
    """The rows of a page without its running head and foot, so an answer reads on over the
    break. `edges` gathers the first and last rows of the pages before."""
    said = [" ".join(word.text for word in row.words) for row in rows]
    count = len(rows)
    kept = []
    for at, row in enumerate(rows):
        edge = at < 2 or at >= count - 2
        plain = re.sub(r"\d+", "#", said[at])
        running = (
            edge
            and count > 4
            and (
                (_PAGE_OF.search(said[at]) is not None and at >= count - 2)
                or (not first and (plain in edges or _CONTINUED.search(said[at]) is not None))
            )
        )
        if edge:
            edges.add(plain)
        if not running:
            kept.append(row)
    return kept
