"""A page whose labels are set in small print over or under what is written, without rules.

"Ada Fenn" on a line, and under the line "Name of child"; or "CHILD" in small capitals and her name
under it, in columns that need not keep step. Which way a page goes is told by which line the small
words stand nearer to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.intake.labels import classify
from triage.intake.pairs import known
from triage.intake.pdf_words import Row, Word

_SMALL = 0.85
_LEAST = 3
_LEAST_OVER = 5
_NEAR = 22.0
"""Points between a caption and the line it belongs to, at most."""

Answer = tuple[list[Word], list[Row]]
"""The words of a caption and the lines that it names."""


@dataclass(slots=True)
class _Cell:
    words: list[Word]
    middle: float
    lines: list[Row] = field(default_factory=list)

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def captioned(rows: list[Row]) -> list[Row | Answer] | None:
    """The rows of a page with captions joined to what they name; None where it has none."""
    if any(word.filled for row in rows for word in row.words):
        return None
    return _under(rows) or _over(rows)


def under_fields(rows: list[Row]) -> bool:
    """True for a page whose filled fields have their captions under them, not over or beside."""
    over = under = 0
    for at, row in enumerate(rows):
        for word in row.words:
            if not word.filled:
                continue
            if any(not w.filled and w.right <= word.left + 2 for w in row.words):
                return False
            above = _gap(word, rows[at - 1] if at else None)
            below = _gap(word, rows[at + 1] if at + 1 < len(rows) else None)
            over += above < below
            under += below < above
    return under > 3 and under > 2 * over


def _gap(field: Word, row: Row | None) -> float:
    """Points between a field and the print set under or over its left edge; 1000 for none."""
    near = [w for w in row.words if not w.filled and abs(w.left - field.left) < 30] if row else []
    return min((abs(w.middle - field.middle) for w in near), default=1e3)


def _under(rows: list[Row]) -> list[Row | Answer] | None:
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


def _over(rows: list[Row]) -> list[Row | Answer] | None:
    """Captions over their answers, each column read on its own."""
    cells = [_Cell(words, row.middle) for row in rows for words in _parted(row)]
    heads = [
        cell
        for cell in cells
        if any(
            abs(cell.left - other.left) < 6
            and 0 < other.middle - cell.middle < _NEAR
            and _tall(cell.words) <= _SMALL * _tall(other.words)
            for other in cells
        )
        and known(meaning := classify(cell.text))
        and meaning.share >= 0.5
    ]
    if len(heads) < _LEAST_OVER:
        return None
    taken: set[int] = {id(cell) for cell in heads}
    downward = sorted(cells, key=lambda one: one.middle)
    for head in heads:
        last = head.middle
        for cell in downward:
            if cell.middle <= head.middle or abs(cell.left - head.left) >= 6:
                continue
            if id(cell) in taken or cell.middle - last > _NEAR:
                break
            taken.add(id(cell))
            last = cell.middle
            head.lines.append(Row(cell.words, cell.middle))
    out: list[tuple[float, Row | Answer]] = [
        (cell.middle, Row(cell.words, cell.middle)) for cell in cells if id(cell) not in taken
    ]
    out += [(head.middle, (head.words, head.lines)) for head in heads]
    out.sort(key=lambda one: one[0])
    return [one for _, one in out]


def _tall(words: list[Word]) -> float:
    return max(word.bottom - word.top for word in words)


def _parted(row: Row) -> list[list[Word]]:
    """The words of a line by its gaps."""
    cells: list[list[Word]] = []
    for word in row.words:
        apart = not cells or word.left - cells[-1][-1].right > 1.2 * _tall(row.words)
        if apart:
            cells.append([])
        cells[-1].append(word)
    return cells


def _captions(rows: list[Row], at: int) -> list[list[Word]]:
    """The captions of a line of small print under a line set larger; nothing where it is not."""
    row, above = rows[at], rows[at - 1]
    if _tall(row.words) > _SMALL * _tall(above.words) or row.middle - above.middle > _NEAR:
        return []
    cells = _parted(row)
    asks = sum(known(classify(" ".join(word.text for word in cell))) for cell in cells)
    over = sum(any(abs(word.left - cell[0].left) < 6 for word in above.words) for cell in cells)
    return cells if asks * 2 >= len(cells) and over * 2 > len(cells) else []


def _is_under(rows: list[Row], at: int) -> bool:
    """True where a caption is nearer to the line above it than to the one below."""
    if at + 1 >= len(rows):
        return True
    return rows[at].middle - rows[at - 1].middle < rows[at + 1].middle - rows[at].middle
