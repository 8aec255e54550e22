"""What was blacked out on a PDF's page, with the words still in the file beneath.

Whoever draws a black box over words means that nobody reads them; most programs leave them there.
Lengths are points, as the file has them: from the bottom left corner.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Any

from triage.intake.pdf_grid import Matrix, times

_OBJECTS = 20_000
_BOXES = 4_000
_LEAST = 4.0
"""A box that is narrower or lower hides no letter."""
_BAND = 12.0
_FAR = 14_400.0
_DARK = 90
"""Of 255, the most that red, green and blue come to in a colour that black letters are lost on."""
_SOLID = 230
_SIDES = 6
"""The most points that a box is drawn with."""
_DEEP = 3

_WHOLE: Matrix = (1, 0, 0, 1, 0, 0)

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Boxes filled on a page, by the bands across it that they touch, the last drawn first; each
    with whether it is dark."""

    bands: Mapping[int, Sequence[tuple[Box, bool]]]

    def hides(self, text: Any, at: int, box: Box) -> bool:
        """Whether the letter there is dark on a dark box, or beneath one."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        over = (
            dark
            for (left, low, right, high), dark in self.bands.get(int(y // _BAND), ())
            if left <= x <= right and low <= y <= high
        )
        return next(over, False) and _letter_is_dark(text, at)


def filled_on(page: Any) -> Filled:
    """The boxes filled on a page that can hide a letter; none where it is drawn past a bound."""
    left, bottom, right, top = _edges(page)
    found: list[tuple[Box, bool]] = []
    for seen, one in enumerate(chain(_drawn(page.raw, _WHOLE, 0), _laid_over(page.raw))):
        if seen > _OBJECTS or len(found) > _BOXES:
            return Filled({})
        if one is None or not all(map(isfinite, one[0])):
            continue
        (x0, y0, x1, y1), dark = one
        box = max(x0, left), max(y0, bottom), min(x1, right), min(y1, top)
        wide, high = box[2] - box[0], box[3] - box[1]
        ground = dark and wide * high > 0.5 * (right - left) * (top - bottom)
        if (found or dark) and min(wide, high) > _LEAST and not ground:
            found.append((box, dark))
    bands: dict[int, list[tuple[Box, bool]]] = {}
    for filled in reversed(found):
        _, low, _, high = filled[0]
        for band in range(int(low // _BAND), int(high // _BAND) + 1):
            bands.setdefault(band, []).append(filled)
    return Filled(bands)


def _edges(page: Any) -> Box:
    """The page's own, in whichever order the file has them; never further out than a page may
    be (ISO 32000-1 annex C)."""
    x0, y0, x1, y1 = (min(max(edge, -_FAR), _FAR) for edge in page.get_mediabox())
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _drawn(holder: Any, by: Matrix, deep: int) -> Iterator[tuple[Box, bool] | None]:
    """Each thing drawn: a box and whether it is dark, None for all else."""
    import pypdfium2.raw as raw

    count = raw.FPDFFormObj_CountObjects(holder) if deep else raw.FPDFPage_CountObjects(holder)
    for number in range(max(count, 0)):
        one = (raw.FPDFFormObj_GetObject if deep else raw.FPDFPage_GetObject)(holder, number)
        kind = raw.FPDFPageObj_GetType(one)
        if kind == raw.FPDF_PAGEOBJ_FORM and deep < _DEEP:
            own = raw.FS_MATRIX()
            raw.FPDFPageObj_GetMatrix(one, own)
            matrix = times((own.a, own.b, own.c, own.d, own.e, own.f), by)
            yield from _drawn(one, matrix, deep + 1)
        yield _box(one, by) if kind == raw.FPDF_PAGEOBJ_PATH else None


def _box(path: Any, by: Matrix) -> tuple[Box, bool] | None:
    import pypdfium2.raw as raw

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    if not fill.value or raw.FPDFPath_CountSegments(path) > _SIDES:
        return None
    dark = _is_dark(raw.FPDFPageObj_GetFillColor, path)
    ends = [ctypes.c_float() for _ in range(4)]
    if dark is None or not raw.FPDFPageObj_GetBounds(path, *ends):
        return None
    left, bottom, right, top = (end.value for end in ends)
    corners = [
        (by[0] * x + by[2] * y + by[4], by[1] * x + by[3] * y + by[5])
        for x, y in ((left, bottom), (right, top))
    ]
    xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    return (xs[0], ys[0], xs[1], ys[1]), dark


def _laid_over(page: Any) -> Iterator[tuple[Box, bool] | None]:
    """Boxes that a program for reading has laid over the page, as notes on it."""
    import pypdfium2.raw as raw

    kinds = {raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_REDACT, raw.FPDF_ANNOT_HIGHLIGHT}
    for number in range(min(max(raw.FPDFPage_GetAnnotCount(page), 0), _OBJECTS)):
        note = raw.FPDFPage_GetAnnot(page, number)
        if note and raw.FPDFAnnot_GetSubtype(note) in kinds and _covers(note):
            rect = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(note, rect)
            low, high = sorted((rect.bottom, rect.top))
            yield (rect.left, low, rect.right, high), True
        if note:
            raw.FPDFPage_CloseAnnot(note)


def _covers(note: Any) -> bool:
    """Whether a note is filled dark: by what it draws, or else by its colour."""
    import pypdfium2.raw as raw

    drawn = (raw.FPDFAnnot_GetObject(note, n) for n in range(raw.FPDFAnnot_GetObjectCount(note)))
    boxes = [
        _box(one, _WHOLE) for one in drawn if raw.FPDFPageObj_GetType(one) == raw.FPDF_PAGEOBJ_PATH
    ]
    if any(box is not None and box[1] for box in boxes):
        return True
    inside = raw.FPDFANNOT_COLORTYPE_InteriorColor
    lit = raw.FPDFANNOT_COLORTYPE_Color
    highlight = raw.FPDFAnnot_GetSubtype(note) == raw.FPDF_ANNOT_HIGHLIGHT
    return _is_dark(raw.FPDFAnnot_GetColor, note, lit if highlight else inside) is True


def _is_dark(asked: Any, *of: Any) -> bool | None:
    """Whether a colour is dark; None where it has none, or can be seen through."""
    parts = [ctypes.c_uint() for _ in range(4)]
    if not asked(*of, *parts) or parts[3].value < _SOLID:
        return None
    return max(part.value for part in parts[:3]) <= _DARK


def _letter_is_dark(text: Any, at: int) -> bool:
    import pypdfium2.raw as raw

    return _is_dark(raw.FPDFText_GetFillColor, text, at) is not False
