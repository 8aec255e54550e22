"""A page whose labels are set small under what is written above them, as on a form filled by hand.

"Ada Fenn" on a line, and under the line "Name of child". Which way a page goes is told by which
line the small words stand nearer to.
"""

from __future__ import annotations

from triage.intake.labels import classify
from triage.intake.pairs import known
from triage.intake.pdf_words import Row, Word

_SMALL = 0.85
_LEAST = 3
_NEAR = 22.0
"""Points between a caption and the line it belongs to, at most."""

Answer = tuple[list[Word], list[Row]]
"""The words of a caption and the lines above it that it names."""


def captioned(rows: list[Row]) -> list[Row | Answer] | None:
    """The rows of a page with captions joined to what is over them; None where it has none."""
    heads = {at: cells for at in range(1, len(rows)) if (cells := _captions(rows, at))}
    if len(heads) < _LEAST or sum(_is_under(rows, at) for at in heads) * 2 <= len(heads):
        return None
    out: list[Row | Answer] = []
    waiting: list[Row] = []
    for at, row in enumerate(rows):
        if at not in heads:
            if waiting and row.middle - waiting[-1].middle > _NEAR:
                out.extend(waiting)
                waiting = []
            waiting.append(row)
            continue
        cells = heads[at]
        if len(cells) == 1:
            out.append((cells[0], waiting))
        else:
            out.extend(waiting[:-1])
            for number, cell in enumerate(cells):
                left = cell[0].left - 4.0
                right = cells[number + 1][0].left - 4.0 if number + 1 < len(cells) else 1e9
                held = [word for word in waiting[-1].words if left <= word.left < right]
                out.append((cell, [Row(held, row.middle)] if held else []))
        waiting = []
    return [*out, *waiting]


def _tall(row: Row) -> float:
    return max(word.bottom - word.top for word in row.words)


def _captions(rows: list[Row], at: int) -> list[list[Word]]:
    """The captions of a line of small print under a line set larger; nothing where it is not."""
    row, above = rows[at], rows[at - 1]
    if _tall(row) > _SMALL * _tall(above) or row.middle - above.middle > _NEAR:
        return []
    cells: list[list[Word]] = []
    for word in row.words:
        apart = not cells or word.left - cells[-1][-1].right > 1.2 * _tall(row)
        if apart:
            cells.append([])
        cells[-1].append(word)
    if any(word.filled for word in row.words):
        return []
    asks = sum(known(classify(" ".join(word.text for word in cell))) for cell in cells)
    over = sum(any(abs(word.left - cell[0].left) < 6 for word in above.words) for cell in cells)
    return cells if asks * 2 >= len(cells) and over * 2 > len(cells) else []


def _is_under(rows: list[Row], at: int) -> bool:
    """True where a caption is nearer to the line above it than to the one below."""
    if at + 1 >= len(rows):
        return True
    return rows[at].middle - rows[at - 1].middle < rows[at + 1].middle - rows[at].middle
