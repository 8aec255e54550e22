"""A page with grids ruled on it: words put into cells, cells into tables, headings above them.

A table from a page is the same as one from a word processor. Words outside the grids are read
as the lines of a page without rules.
"""

from __future__ import annotations

from collections.abc import Callable

from triage.intake.labels import classify
from triage.intake.pairs import known, pairs_in
from triage.intake.pdf_grid import Grid, Region
from triage.intake.pdf_words import Row, Word, rows_of
from triage.intake.pieces import Cell, Line, Node, Pair, Piece, Sheet, Table

Held = tuple[Grid, dict[Region, list[Word]]]
Rows = Callable[[list[Row]], list[Node]]

_TOLD = frozenset({"concern", "strengths", "consent_reason", "informed_reason"})
_HEADING_WORDS = 16


def words_by_cell(words: list[Word], grids: list[Grid]) -> tuple[list[Word], list[Held]]:
    """The words outside every grid, and each grid with the words of its cells.

    A word in a table within a box is the table's. A grid of single letters (a box for each
    digit) or of fields typed beside their printed labels is no table: its words stay outside.
    """
    inner = sorted(grids, key=lambda grid: (len(grid.xs) == 2, grid.area))
    outside: list[Word] = []
    held: dict[int, Held] = {id(grid): (grid, {}) for grid in grids}
    for word in words:
        x, y = (word.left + word.right) / 2, word.middle
        for grid in inner:
            region = grid.region(x, y)
            if region is not None:
                held[id(grid)][1].setdefault(region, []).append(word)
                break
        else:
            outside.append(word)
    kept: list[Held] = []
    for grid, cells in held.values():
        if not cells or (_is_loose(cells) if len(grid.xs) > 2 else not _is_box(cells)):
            outside.extend(word for those in cells.values() for word in those)
        else:
            kept.append((grid, cells))
    return outside, sorted(kept, key=lambda one: (one[0].ys[0], one[0].xs[0]))


def _is_loose(cells: dict[Region, list[Word]]) -> bool:
    mixed = any(len({word.filled for word in words}) > 1 for words in cells.values())
    single = len(cells) > 3 and all(sum(len(w.text) for w in c) < 2 for c in cells.values())
    return mixed or single


def _is_box(cells: dict[Region, list[Word]]) -> bool:
    """True for boxes with running text in them, not a frame around columns or one answer."""
    longest = 0
    for words in cells.values():
        lines = rows_of(words)
        longest = max(longest, len(lines))
        if any(word.filled for word in words):
            return False
        for line in lines:
            for one, two in zip(line.words, line.words[1:], strict=False):
                if two.left - one.right > 2 * max(one.bottom - one.top, 8.0):
                    return False
    return len(cells) > 1 or longest > 1


def write_ruled(
    sheet: Sheet,
    rows: list[Row],
    held: list[Held],
    page: int,
    size: tuple[float, float],
    write_rows: Rows,
) -> list[Node]:
    """Write a page's lines and grids in the order they stand; `write_rows` writes plain lines."""
    nodes: list[Node] = []
    waiting = list(held)
    plain: list[Row] = []
    at = 0

    def flush() -> None:
        if plain:
            nodes.extend(write_rows(list(plain)))
            plain.clear()

    while at < len(rows) or waiting:
        if waiting and (at >= len(rows) or waiting[0][0].ys[0] < rows[at].middle):
            flush()
            grid, cells = waiting.pop(0)
            nodes.append(_write_grid(sheet, grid, cells, page, size))
            sheet.write("\n")
            continue
        top = waiting[0][0].ys[0] if waiting else float("inf")
        heading = _heading(rows, at, top)
        words = _words(heading)
        meaning = classify(words)
        after = at + len(heading)
        above = bool(heading) and (after >= len(rows) or rows[after].middle > top)
        above = above and top - heading[-1].middle < 40
        told = known(meaning) and meaning.attribute in _TOLD
        if above or (told and after < len(rows)):
            flush()
            label = write_words(sheet, heading, page, size)
            sheet.write("\n")
            if not told:
                nodes.append(Line(label, heading=True))
            elif above and len(waiting[0][0].regions) == 1:
                _, cells = waiting.pop(0)
                lines = rows_of([word for those in cells.values() for word in those])
                nodes.append(Pair((words,), write_words(sheet, lines, page, size)))
                sheet.write("\n")
            elif above:
                nodes.append(Line(label, heading=True))
            else:
                stop = after
                while stop < len(rows) and rows[stop].middle < top and _runs_on(rows, stop):
                    stop += 1
                value = write_words(sheet, rows[after:stop], page, size)
                nodes.append(Pair((words,), value))
                sheet.write("\n")
                after = stop
            at = after
            continue
        plain.append(rows[at])
        at += 1
    flush()
    return nodes


def _words(rows: list[Row]) -> str:
    return " ".join(word.text for row in rows for word in row.words)


def _is_bold(row: Row) -> bool:
    return bool(row.words) and all(word.bold and not word.filled for word in row.words)


def _heading(rows: list[Row], at: int, top: float) -> list[Row]:
    """The bold line or two at `at` that head what stands under them; nothing if they do not."""
    stop = at
    while (
        stop < len(rows)
        and stop < at + 3
        and _is_bold(rows[stop])
        and rows[stop].middle < top
        and (stop == at or rows[stop].middle - rows[stop - 1].middle < 18)
    ):
        stop += 1
    found = rows[at:stop]
    words = _words(found)
    if not found or len(found) > 2 or len(words.split()) > _HEADING_WORDS:
        return []
    if words.endswith(".") or ":" in words.rstrip(": "):
        return []
    if len(found) == 2 and _words(found[:1]).isupper():
        return []
    return found


def _runs_on(rows: list[Row], at: int) -> bool:
    """True while a line goes on telling; a heading, a label or columns end it."""
    row = rows[at]
    if _is_bold(row) or any(word.filled or word.text in "☒☐" for word in row.words):
        return False
    for one, two in zip(row.words, row.words[1:], strict=False):
        if two.left - one.right > 2 * max(one.bottom - one.top, 8.0):
            return False
    words = _words([row])
    sheet = Sheet("", "", "")
    pairs = pairs_in(sheet.write(words))
    return not pairs or pairs[0][0].start > 0 or len(pairs[0][0].text.split()) > 6


def write_words(
    sheet: Sheet,
    rows: list[Row],
    page: int,
    size: tuple[float, float],
    right: float | None = None,
) -> Piece:
    """Write lines; a line that broke because its next word had no room is joined by a space."""
    start = sheet.length
    width, height = size
    for number, row in enumerate(rows):
        if number:
            last, first = rows[number - 1].words[-1], row.words[0]
            wrapped = right is not None and last.right + (first.right - first.left) + 4 > right - 4
            parted = last.text.endswith("-") and len(last.text) > 1
            sheet.write("" if parted else " " if wrapped else "\n")
        before: Word | None = None
        for word in row.words:
            if before is not None:
                wide = word.left - before.right > 1.5 * max(word.bottom - word.top, 8.0)
                sheet.write("   " if wide and before.text not in "☒☐" else " ")
            at = sheet.length
            sheet.write(word.text)
            sheet.boxes.append((
                at, sheet.length, page,
                word.left / width, word.top / height, word.right / width, word.bottom / height,
            ))  # fmt: skip
            before = word
    return Piece(sheet, start, sheet.length)


def _write_grid(
    sheet: Sheet,
    grid: Grid,
    cells: dict[Region, list[Word]],
    page: int,
    size: tuple[float, float],
) -> Table:
    """A grid as a table: two columns for each of its own, so a cell may part into a label and
    the value under it."""
    table: list[list[Cell]] = []
    row: list[Cell] = []
    number = 0
    for region in grid.regions:
        if region.row != number and row:
            table.append(row)
            row = []
            sheet.write("\n")
        number = region.row
        lines = rows_of(cells.get(region, []))
        if row:
            sheet.write("\t")
        column, span = 2 * region.column, 2 * region.columns
        label = _label_lines(lines)
        if label:
            row.append(Cell(write_words(sheet, lines[:label], page, size, region.right), column))
            sheet.write("\n")
            lines, column, span = lines[label:], column + 1, span - 1
        value = write_words(sheet, lines, page, size, region.right)
        names = next((word.names for line in lines for word in line.words if word.names), ())
        filled = bool(label) or any(word.filled for line in lines for word in line.words)
        row.append(Cell(value, column, span, names=names, filled=filled))
    if row:
        table.append(row)
    return Table(table)


def _label_lines(lines: list[Row]) -> int:
    """How many lines at the head of a cell are the printed label of what is under them."""
    if len(lines) < 2:
        return 0
    head = 0
    first = lines[0].words[0]
    for line in lines:
        if any(
            word.bold != first.bold
            or abs((word.bottom - word.top) - (first.bottom - first.top)) > 0.6
            for word in line.words
        ):
            break
        head += 1
    if not head or head == len(lines) or head > 3:
        return 0
    under = lines[head].words[0]
    taller = (under.bottom - under.top) - (first.bottom - first.top) > 0.6
    meaning = classify(_words(lines[:head]).strip(" :"))
    return head if (taller or first.bold) and known(meaning) else 0
