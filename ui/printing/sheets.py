"""Our own packs' pages as pictures, with where each word stands. Made in a job's thread only.

What others sent is never drawn here, but in a process of its own (triage.intake.drawing).
The library that draws pages may be used by one thread at a time: a lock sees to that.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage

from triage.beside import WINDOW

_DRAWING = threading.Lock()
A4 = (595.28, 841.89)
SMALL = 224
"""Device pixels across a page in small: enough for text at 150 % and a dense screen."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box, in fractions of the page from its upper left corner."""

    text: str
    box: QRectF


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page (from 1): its picture, large and small, its words in order, the marks on it."""

    number: int
    image: QImage
    small: QImage
    words: tuple[Word, ...]
    marks: tuple[QRectF, ...]

    def said(self) -> str:
        """The page in words, for a screen reader."""
        return " ".join(word.text for word in self.words)


def sheets(pdf: bytes, width: int, pages: Iterable[int] | None = None) -> tuple[Sheet, ...]:
    """The pages asked for (all, where none are), `width` device pixels wide."""
    import pypdfium2

    with _DRAWING:
        document = pypdfium2.PdfDocument(pdf)
        try:
            wanted = range(1, len(document) + 1) if pages is None else pages
            return tuple(_sheet(document, number, width) for number in wanted)
        finally:
            document.close()


def _sheet(document: object, number: int, width: int) -> Sheet:
    WINDOW.goes_first()
    page = document[number - 1]  # type: ignore[index]
    try:
        scale = max(16, width) / page.get_width()
        bitmap = page.render(scale=scale, prefer_bgrx=True)
        image = QImage(
            bytes(bitmap.buffer),
            bitmap.width,
            bitmap.height,
            bitmap.stride,
            QImage.Format.Format_RGB32,
        ).copy()
        bitmap.close()
        words = _words(page)
    finally:
        page.close()
    return Sheet(number, image, in_small(image), words, _marks(words))


def in_small(image: QImage) -> QImage:
    """A page's picture as the list of pages shows it."""
    return image.scaledToWidth(SMALL, Qt.TransformationMode.SmoothTransformation)


def _words(page: object) -> tuple[Word, ...]:
    import pypdfium2.raw as pdfium

    across, down = page.get_width(), page.get_height()  # type: ignore[attr-defined]
    text = page.get_textpage()  # type: ignore[attr-defined]
    found: list[Word] = []
    letters, box = "", QRectF()

    def end() -> None:
        nonlocal letters, box
        if letters:
            found.append(Word(letters, box))
        letters, box = "", QRectF()

    try:
        for at in range(text.count_chars()):
            WINDOW.goes_first()
            letter = chr(pdfium.FPDFText_GetUnicode(text.raw, at))
            if letter.isspace() or not letter.isprintable():
                end()
                continue
            left, bottom, right, top = text.get_charbox(at, loose=True)
            here = QRectF(
                left / across, 1 - top / down, (right - left) / across, (top - bottom) / down
            )
            if letters and here.top() > box.bottom() - here.height() * 0.3:
                end()
            letters += letter
            box = box.united(here) if not box.isNull() else here
        end()
    finally:
        text.close()
    return tuple(found)


def _marks(words: tuple[Word, ...]) -> tuple[QRectF, ...]:
    return tuple(
        first.box.united(second.box)
        for first, second in pairwise(words)
        if first.text == "removed" and second.text.isdigit()
    )


def raster(pdf: bytes, dpi: int = 300) -> Iterable[QImage]:
    """Each page as a picture of so many dots to the inch, for printers that take no PDF."""
    width = round(A4[0] / 72 * dpi)
    for number in range(1, page_count(pdf) + 1):
        yield sheets(pdf, width, [number])[0].image


def page_count(pdf: bytes) -> int:
    """How many pages there are."""
    import pypdfium2

    with _DRAWING:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()
