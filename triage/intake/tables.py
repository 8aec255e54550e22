"""Tables of any shape: labels beside values, above them, or at the head of rows and columns."""

from __future__ import annotations

import re

from triage.intake.choices import has_boxes
from triage.intake.pieces import Cell, Entry, Item, Line, Passage, Piece, Table
from triage.intake.table_rows import (
    Reader,
    column_row,
    from_left,
    is_unanswered,
    matrix_row,
    nameless_row,
    own_values,
    pair_row,
    people_row,
    side_by_side,
)
from triage.intake.table_shapes import (
    answers_alone,
    asks,
    by_option,
    by_side_heading,
    ends_label,
    full,
    halves,
    heads_columns,
    heads_options,
    heads_people,
    is_label,
    is_pairs,
    is_strip,
    label_of,
    mark_values,
    question,
    says_nothing,
    without_numbers,
)


def table_items(table: Table, path: tuple[str, ...], inside_of: Reader) -> list[Item]:
    """The labelled values and passages of a table. `inside_of` reads what a cell holds."""
    if (parts := by_side_heading(table.rows)) is not None:
        return [
            item
            for head, under in parts
            for item in table_items(Table(from_left(under)), (*path, head), inside_of)
        ]
    rows = without_numbers(table.rows)
    if (sides := halves(rows)) is not None:
        before, parts, after = sides
        told = table_items(Table(before), path, inside_of) if before else []
        for head, under in parts:
            told.extend(table_items(Table(under), (*path, head), inside_of))
        return [*told, *(table_items(Table(after), path, inside_of) if after else [])]
    mark_values(rows)
    return _Rows(rows, id(table), path, inside_of).read()


class _Rows:
    """Reads the rows of a table one by one, with the heads that the last of them gave.

    Each step may take a whole row: then it is True.
    """

    def __init__(
        self, rows: list[list[Cell]], table: int, path: tuple[str, ...], inside_of: Reader
    ) -> None:
        self.rows, self.table, self.path, self.inside_of = rows, table, path, inside_of
        self.width = max((cell.column + cell.span for row in rows for cell in row), default=0)
        self.items: list[Item] = []
        self.here = path
        self.header: list[Cell] = []
        self.matrix: list[Cell] = []
        self.options: list[Cell] = []
        self.strip = False
        self.answered = -1  # the row that answers the one above it
        self.number = 0
        self.row: list[Cell] = []
        self.cells: list[Cell] = []

    def read(self) -> list[Item]:
        """What all rows say."""
        for number, row in enumerate(self.rows):
            self.number, self.row, self.cells = number, row, full(row)
            if not self.cells or self.number == self.answered or says_nothing(self.cells):
                continue
            for step in (
                self._is_option,
                self._is_label_to_come,
                self._is_cards,
                self._is_answered_below,
                self._is_alone,
                self._goes_on,
                self._is_head,
                self._is_of_matrix,
                self._is_of_columns,
            ):
                if step():
                    break
            else:
                self._reads_pairs()
        return self.items

    def _below(self) -> list[list[Cell]]:
        return [cells for row in self.rows[self.number + 1 :] if (cells := full(row))]

    def _takes(self, *items: Item) -> bool:
        """Keep what a row that stands by itself says: heads above it are of others."""
        self.header, self.matrix = [], []
        self.items.extend(items)
        return True

    def _is_option(self) -> bool:
        cells = self.cells
        near = [c for r in self.rows[self.number + 1 : self.number + 6] if (c := full(r))]
        if not self.matrix and (heads := heads_options(cells, near, self.header)):
            self.options, self.header, self.matrix = heads, [], []
            if not is_label(cells[0]):
                return True
        if self.options and (ticked := by_option(cells, self.options, self.here)) is not None:
            self.items.extend(ticked)
            return True
        self.options = [] if len(cells) == 1 else self.options
        return False

    def _is_label_to_come(self) -> bool:
        above = self.rows[self.number - 1] if self.number else []
        return len(self.cells) == 1 and ends_label(self.cells[0], self.items, above)

    def _is_cards(self) -> bool:
        """Cells that each tell for themselves: records side by side, tables, labelled values."""
        cells, here = self.cells, self.here
        if (cards := side_by_side(cells, here, self.table)) is not None:
            return self._takes(*cards)
        if len(cells) > 1 and all(any(isinstance(n, Table) for n in c.nodes) for c in cells):
            return self._takes(*(i for cell in cells for i in self.inside_of(cell.nodes, here)))
        own = own_values(cells)
        return bool(own) and self._takes(
            *(Entry((label.text,), value, here, ()) for label, value in own)
        )

    def _is_answered_below(self) -> bool:
        """A question alone in its row, and the answer alone in the next; or none filled in."""
        cell = self.cells[0]
        if len(self.cells) > 1:
            return False
        if asked := question(cell):
            below = full(self.rows[self.number + 1]) if self.number + 1 < len(self.rows) else []
            if len(below) == 1 and answers_alone(below[0]) and not has_boxes(cell.piece):
                self.answered = self.number + 1
                return self._takes(Entry((asked,), below[0].piece.strip(), self.here, ()))
        heads = self.header or self.matrix
        if len(self.row) > 1 and not heads and is_unanswered(cell):
            label = cell.piece.text.strip(" :")
            self.items.append(Entry((label,), cell.piece.cut(9**9), self.here))
            return True
        return False

    def _is_alone(self) -> bool:
        """One cell that is no answer in a column: a heading, a passage, or a form in itself."""
        cell = self.cells[0]
        if len(self.cells) > 1 or not (cell.column == 0 or self.width == 1):
            return False
        if (
            (self.header or self.matrix)
            and not cell.nodes
            and cell.span < self.width
            and self.width > 1
            and self.number + 1 < len(self.rows)
            and label_of(cell).attribute == ""
        ):
            return False
        words = cell.piece.text.strip()
        if any(isinstance(node, Table) for node in cell.nodes):
            return self._takes(*self.inside_of(cell.nodes, self.here))
        inside = self.inside_of([Line(line) for line in cell.piece.lines()], self.here)
        if any(isinstance(item, Entry) and item.value for item in inside):
            self.header = []
            self.items.extend(inside)
            return True
        short = len(words.split()) <= 14 and len(words) < 120
        if short and not re.search(r"[.!]$", words) and self._below():
            self.here = (*self.path, words.strip(" :"))
            return self._takes()
        if cell.span >= self.width or self.width == 1:
            return self._takes(Passage(cell.piece.strip(), self.here))
        ends = words.endswith((".", "!")) or re.search(r"\d{5}", words)
        if self.here != self.path and ends:
            self.items.append(Passage(cell.piece.strip(), self.here))
            return True
        if not self.header and len(self.row) > 1:
            self.items.append(Entry((words,), cell.piece.cut(len(cell.piece.text)), self.here, ()))
            return True
        return False

    def _goes_on(self) -> bool:
        """A cell under the value of the row above adds to it."""
        cell, last = self.cells[0], self.items[-1] if self.items else None
        heads = self.header or self.matrix
        if len(self.cells) > 1 or cell.column == 0 or heads or not isinstance(last, Entry):
            return False
        if last.value and last.value.sheet is cell.piece.sheet:
            last.value = Piece(cell.piece.sheet, last.value.start, cell.piece.end)
        elif not last.value:
            last.value = cell.piece.strip()
        return True

    def _is_head(self) -> bool:
        below = self._below()
        if heads_people(self.cells, below, self.width):
            self.matrix, self.header = self.cells, []
            return True
        if heads_columns(self.cells, below, self.row):
            self.strip = is_strip(below, self.strip and bool(self.header))
            self.header, self.matrix = self.cells, []
            return True
        return False

    def _is_of_matrix(self) -> bool:
        if not (self.matrix and is_label(self.cells[0], 0.2) and len(self.cells) > 1):
            return False
        self.items.extend(matrix_row(self.cells, self.matrix, self.here, self.table))
        return True

    def _is_of_columns(self) -> bool:
        first = self.cells[0]
        pairs = is_label(first, 0.5) and first.column == 0 and len(self.cells) > 1
        if not self.header or (pairs and is_pairs(self.cells)):
            return False
        questions = sum(asks(cell) for cell in self.header)
        one_each = questions * 2 <= len(self.header) and not self.strip
        group = ("row", self.table, self.number) if one_each else ()
        told = column_row(self.row, self.header, self.here, group, self.inside_of)
        self.items.extend(told)
        return True

    def _reads_pairs(self) -> None:
        """A row with no head above it: people beside a label, else labels with their values."""
        cells, here = self.cells, self.here
        told = people_row(cells, here, ("cell", self.table, self.number))
        if told is None:
            told = nameless_row(cells, here, ("row", self.table, self.number))
        self._takes(*(pair_row(cells, here, self.inside_of) if told is None else told))
