"""Tables of any shape: labels beside values, above them, or at the head of rows and columns."""

from __future__ import annotations

import re
from collections.abc import Callable

from triage.intake.choices import has_boxes, sex_in, yes_or_no
from triage.intake.labels import Meaning, Subject, classify, relation_in
from triage.intake.pairs import known, pairs_in
from triage.intake.people import is_organisation, name_runs
from triage.intake.pieces import Cell, Entry, Item, Line, Node, Passage, Piece, Table

_NUMBERED = re.compile(r"(?:Q(?:uestion)?\s?)?\d{1,2}(?:\.\d{1,2})?[.)]\s+[A-Z]")
Reader = Callable[[list[Node], tuple[str, ...]], list[Item]]


def _label_of(cell: Cell) -> Meaning:
    words = cell.piece.text.strip()
    if cell.filled or not words or len(words) > 160 or has_boxes(cell.piece):
        return Meaning()
    meaning = classify(words)
    if not known(meaning) or (words.endswith(".") and len(words.split()) > 5):
        return Meaning()
    if sex_in(words) or (meaning.attribute == "address" and re.match(r"\d+[A-Za-z]?\s", words)):
        return Meaning()  # "15 Bollard Street" is an address, not the word for one
    if yes_or_no(words) and not words.endswith("?"):
        return Meaning()
    return meaning if meaning.share >= 0.25 or words.endswith("?") else Meaning()


def _is_label(cell: Cell, floor: float = 0.34) -> bool:
    meaning = _label_of(cell)
    words = cell.piece.text.strip()
    return bool(meaning.attribute) and (
        meaning.share >= floor or words.endswith("?") or _NUMBERED.match(words) is not None
    )


def _question(cell: Cell) -> str:
    """The question a cell asks whose answer stands under it, without its hints; "" if none."""
    words = cell.piece.text.strip()
    if "\n" in words or (cell.nodes and any(isinstance(n, Table) for n in cell.nodes)):
        return ""
    asked = words.split("?")[0] + "?" if "?" in words else words
    if not (words.endswith("?") or _NUMBERED.match(words)) or len(words) > 200:
        return ""
    return asked if classify(asked).attribute and known(classify(asked)) else ""


def _full(row: list[Cell]) -> list[Cell]:
    return [cell for cell in row if cell.piece.text.strip() or cell.nodes]


def table_items(table: Table, path: tuple[str, ...], inside_of: Reader) -> list[Item]:
    """The labelled values and passages of a table. `inside_of` reads what a cell holds."""
    rows = table.rows
    width = max((cell.column + cell.span for row in rows for cell in row), default=0)
    items: list[Item] = []
    here = path
    header: list[Cell] = []
    matrix: list[Cell] = []
    answered = -1
    for number, row in enumerate(rows):
        cells = _full(row)
        if not cells or number == answered:
            continue
        if own := _own_values(cells):
            header, matrix = [], []
            items.extend(Entry((label.text,), value, here, ()) for label, value in own)
            continue
        if len(cells) == 1 and (asked := _question(cells[0])):
            below = _full(rows[number + 1]) if number + 1 < len(rows) else []
            if len(below) == 1 and not _question(below[0]) and not has_boxes(cells[0].piece):
                header, matrix = [], []
                items.append(Entry((asked,), below[0].piece.strip(), here, ()))
                answered = number + 1
                continue
        if (
            len(cells) == 1
            and (cells[0].column == 0 or width == 1)
            and not (
                (header or matrix)
                and not cells[0].nodes
                and cells[0].span < width
                and width > 1
                and number + 1 < len(rows)
                and _label_of(cells[0]).attribute == ""
            )
        ):
            cell = cells[0]
            words = cell.piece.text.strip()
            if any(isinstance(node, Table) for node in cell.nodes):
                header, matrix = [], []
                items.extend(inside_of(cell.nodes, here))
                continue
            following = next((_full(r) for r in rows[number + 1 :] if _full(r)), [])
            inside = inside_of([Line(line) for line in cell.piece.lines()], here)
            if any(isinstance(item, Entry) and item.value for item in inside):
                header = []
                items.extend(inside)
                continue
            if (
                len(words.split()) <= 14
                and len(words) < 120
                and not re.search(r"[.!]$", words)
                and following
            ):
                header, matrix = [], []
                here = (*path, words.strip(" :"))
                continue
            if cell.span >= width or width == 1:
                header, matrix = [], []
                items.append(Passage(cell.piece.strip(), here))
                continue
            if not header and len(row) > 1:
                items.append(Entry((words,), cell.piece.cut(len(cell.piece.text)), here, ()))
                continue
        if (
            cells[0].column > 0
            and len(cells) == 1
            and items
            and isinstance(items[-1], Entry)
            and not header
            and not matrix
        ):
            if items[-1].value and items[-1].value.sheet is cells[0].piece.sheet:
                items[-1].value = Piece(
                    cells[0].piece.sheet, items[-1].value.start, cells[0].piece.end
                )
            elif not items[-1].value:
                items[-1].value = cells[0].piece.strip()
            continue
        rest = [_full(r) for r in rows[number + 1 :] if _full(r)]
        if _heads_columns(cells, rest, row):
            header, matrix = cells, []
            continue
        if _heads_people(cells, rest, width):
            matrix, header = cells, []
            continue
        if matrix and _is_label(cells[0], 0.2) and len(cells) > 1:
            items.extend(_matrix_row(cells, matrix, here, id(table)))
            continue
        if header and not (
            _is_label(cells[0], 0.5)
            and cells[0].column == 0
            and len(cells) > 1
            and _is_pairs(cells)
        ):
            questions = sum(bool(_question(cell)) for cell in header)
            group = ("row", id(table), number) if questions * 2 <= len(header) else ()
            items.extend(_column_row(row, header, here, group, inside_of))
            continue
        header, matrix = [], []
        if (named := _nameless_row(cells, here, ("row", id(table), number))) is not None:
            items.extend(named)
            continue
        items.extend(_pair_row(cells, here, inside_of))
    return items


def _own_values(cells: list[Cell]) -> list[tuple[Piece, Piece]]:
    """Labels with values where each cell holds its label and, under it, its value; else none."""
    if len(cells) < 2:
        return []
    found = [_label_over_value(cell) for cell in cells]
    told = [pair for pair in found if pair is not None]
    bare = sum(
        pair is None and not _is_label(cell, 0.5) for pair, cell in zip(found, cells, strict=True)
    )
    if len([pair for pair in told if pair[1]]) < max(2, len(cells) / 2) or bare:
        return []
    return [pair for pair in told if pair[1]]


def _label_over_value(cell: Cell) -> tuple[Piece, Piece] | None:
    lines = [line for line in cell.piece.lines() if line]
    if len(lines) < 2 or cell.filled or any(isinstance(node, Table) for node in cell.nodes):
        return None
    label, at = lines[0], 1
    while at < len(lines) and re.match(r"[(\[][^()]*[)\]]$", lines[at].text.strip()):
        at += 1  # a hint under the label: "(dd/mm/yyyy)"
    meaning = classify(label.text.strip(" :"))
    if not known(meaning) or not meaning.attribute or meaning.share < 0.5 or has_boxes(label):
        return None
    if at >= len(lines):
        return label, label.cut(len(label.text))
    value = Piece(label.sheet, lines[at].start, lines[-1].end).strip()
    whole = classify(cell.piece.text.strip(" :"))
    if len(value.text) < 40 and whole.share >= 0.75 and whole.weight > meaning.weight:
        return None  # a label set in two lines
    return label, value


_PLAIN_NAME = re.compile(r"(?:[^\W\d_][\w’'\u0300-\u036f.-]*,? ?){1,5}(?:\([^()]{1,40}\))?$")


def _nameless_row(
    cells: list[Cell], path: tuple[str, ...], group: tuple[object, ...]
) -> list[Item] | None:
    """A row of one person under a heading ("Siblings") but no labels: told by what cells hold."""
    if len(cells) < 2 or not path or any(has_boxes(cell.piece) for cell in cells):
        return None
    above = classify(path[-1])
    people = above.attribute in {"children", "adults"} or (
        above.subject in {Subject.CHILD, Subject.ADULT} and above.attribute in {"", "concern"}
    )
    first = cells[0].piece.strip()
    runs = name_runs(first)
    if not people or not runs or runs[0].start != first.start or not _PLAIN_NAME.match(first.text):
        return None
    if _label_of(cells[0]).attribute or _label_of(cells[0]).subject:
        return None
    items: list[Item] = [Entry(("Name",), first, path, group)]
    for cell in cells[1:]:
        value = cell.piece.strip()
        if (label := _told_by_itself(value)) is not None:
            items.append(Entry((label,), value, path, group))
    sure = {item.labels[0] for item in items[1:] if isinstance(item, Entry)} - {"School"}
    return items if sure else None


_BARE_AGE = re.compile(
    r"(?i)(?:aged? |about |approx\.? )*\d{1,2}"
    r"(?: ?(?:years?|yrs?|months?|mths?|weeks?|wks?|y|m))?(?: old)?"
)


def _told_by_itself(value: Piece) -> str | None:
    """The label that a value would have stood under, where its form alone says so."""
    words = value.text
    if sex_in(words):
        return "Sex"
    if re.fullmatch(r"[\d./\s-]{6,10}|\d{1,2}(?:st|nd|rd|th)? [A-Za-z]{3,9}\.? \d{2,4}", words):
        return "Date of birth"
    if _BARE_AGE.fullmatch(words):
        return "Age"
    if relation_in(words) and len(words.split()) < 4:
        return "Relationship"
    if len(words) < 80 and is_organisation(words):
        return "School"
    return None


def _asks(cell: Cell) -> bool:
    return cell.piece.text.strip().endswith("?")


def _is_pairs(cells: list[Cell]) -> bool:
    return len(cells) in {2, 4} and all(
        _is_label(cell, 0.5) == (at % 2 == 0) for at, cell in enumerate(cells)
    )


def _heads_columns(cells: list[Cell], rest: list[list[Cell]], row: list[Cell]) -> bool:
    """True for a row of labels with values in the rows under it."""
    if len(cells) < 2 or not rest:
        return False
    labels = [cell for cell in cells if _is_label(cell) or _label_of(cell).subject]
    marked = all(cell.header for cell in cells)
    if len(labels) < 2 or len(labels) < 0.6 * len(cells):
        return False
    if sum(_is_label(cell) for cell in cells) < (1 if marked else 2):
        return False
    if any(cell.filled or has_boxes(cell.piece) for cell in cells):
        return False
    if any(yes_or_no(cell.piece.text) and not _asks(cell) for cell in cells[1::2]):
        return False
    below = rest[0]
    if len(below) == 1 and len(cells) > 2 and below[0].span > 1:
        return False
    if _is_label(below[0], 0.5) and not marked and below[0].column == cells[0].column:
        return False
    hits = sum(_is_label(cell, 0.5) for cell in below)
    return marked or hits < max(1, len(below) / 2)


def _heads_people(cells: list[Cell], rest: list[list[Cell]], width: int) -> bool:
    """True for a row that heads one person a column ("Child 1", "Child 2"; or names)."""
    if not rest or len(rest[0]) < 2 or any(has_boxes(cell.piece) for cell in cells):
        return False
    under = [row for row in rest[:8] if len(row) > 1]
    if len(under) < 2 or sum(
        _is_label(row[0], 0.3) and not _is_label(row[1], 0.6) for row in under
    ) < max(2, 0.7 * len(under)):
        return False
    if max(len(row) for row in under) < 3 and len(cells) < 3 and cells[0].column == 0:
        return False
    people = [cell for cell in cells if cell.column > 0]
    lead = _label_of(cells[0])
    if (
        len(people) > 1
        and lead.subject in {Subject.CHILD, Subject.ADULT}
        and lead.attribute in {"", "children", "adults"}
        and all(re.fullmatch(r"[1-9]", cell.piece.text.strip()) for cell in people)
    ):
        return True  # "Child | 1 | 2"
    if not people or (cells[0].column == 0 and _is_label(cells[0], 0.5)):
        return False
    return all(
        (m := _label_of(cell)).subject in {Subject.CHILD, Subject.ADULT, Subject.REFERRER}
        and not (m.attribute and m.attribute not in {"children", "adults"})
        for cell in people
    )


def _over(column: int, heads: list[Cell]) -> Cell | None:
    return next((head for head in heads if head.column <= column < head.column + head.span), None)


def _column_row(
    row: list[Cell],
    header: list[Cell],
    path: tuple[str, ...],
    group: tuple[object, ...],
    inside_of: Reader,
) -> list[Item]:
    items: list[Item] = []
    here = path
    for cell in row:
        head = _over(cell.column, header)
        if not cell.piece.text.strip():
            continue
        if head is None or not head.piece.text.strip():
            meaning = _label_of(cell)
            if meaning.subject and not meaning.attribute:
                here = (*path, cell.piece.text.strip())
            continue
        name = head.piece.text.strip()
        if classify(name).subject and cell.piece.text.strip().count("\n"):
            lines = inside_of([Line(line) for line in cell.piece.lines()], (*here, name))
            told = [item for item in lines if isinstance(item, Entry) and item.value]
            if len(told) > 1:  # "Parent 1" over "Name: ...", "DOB: ..." in one cell
                for item in told:
                    item.group = (*group, head.column)
                items.extend(told)
                continue
        items.append(Entry((name, *cell.names), cell.piece.strip(), here, group))
    return items


def _matrix_row(
    cells: list[Cell], heads: list[Cell], path: tuple[str, ...], table: int
) -> list[Item]:
    label = cells[0].piece.text.strip()
    items: list[Item] = []
    for cell in cells[1:]:
        head = _over(cell.column, heads)
        if head is not None:
            name = head.piece.text.strip()
            items.append(
                Entry(
                    (label, *cell.names),
                    cell.piece.strip(),
                    (*path, name),
                    ("column", table, head.column),
                )
            )
    return items


def _pair_row(cells: list[Cell], path: tuple[str, ...], inside_of: Reader) -> list[Item]:
    items: list[Item] = []
    at = 0
    while at < len(cells):
        cell = cells[at]
        inside = [] if cell.filled else pairs_in(cell.piece.strip())
        if (
            inside
            and inside[0][0].start <= cell.piece.strip().start + 1
            and any(v for _, v in inside)
        ):
            items.extend(Entry((label.text,), value, path, ()) for label, value in inside)
            at += 1
            continue
        nxt = cells[at + 1] if at + 1 < len(cells) else None
        if nxt is None:
            if items and isinstance(items[-1], Entry) and not _label_of(cell).attribute and at:
                value = items[-1].value
                if value.sheet is cell.piece.sheet and value:
                    items[-1].value = Piece(value.sheet, value.start, cell.piece.end)
            elif len(cells) == 1 or cell.nodes:
                items.extend(inside_of(cell.nodes or [Line(cell.piece)], path))
            at += 1
            continue
        words = cell.piece.text.strip()
        two = len(cells) == 2
        told = nxt.filled and not cell.filled  # its column says it is a value
        if not two and not told and not _label_of(cell).attribute and not _label_of(cell).subject:
            at += 1
            continue
        if any(isinstance(node, Table) for node in nxt.nodes):
            items.extend(inside_of(nxt.nodes, (*path, words)))
            at += 2
            continue
        if not two and _is_label(nxt, 0.5) and not nxt.filled and not _answers(cell, nxt):
            at += 1
            continue
        value = nxt.piece.strip()
        stop = at + 2
        while (
            stop < len(cells)
            and not _is_label(cells[stop], 0.3)
            and not _label_of(cells[stop]).subject
            and (
                has_boxes(cells[stop].piece)
                or has_boxes(value)
                or (stop == len(cells) - 1 and len(cells) % 2)
            )
        ):
            value = Piece(value.sheet, value.start, cells[stop].piece.strip().end)
            stop += 1
        items.append(Entry((words.strip(" :"), *nxt.names), value, path, ()))
        at = stop
    return items


def _answers(label: Cell, value: Cell) -> bool:
    """True when a cell that looks like a label answers the one before it (Agency | School)."""
    asked = _label_of(label).attribute
    if asked in {"consent", "informed"} and not value.piece.text.strip().endswith("?"):
        return _label_of(value).attribute in {"consent", "informed"}
    return asked in {"agency", "relationship", "role"} and _label_of(value).attribute in {
        "school",
        "gp",
        "role",
        "agency",
        "ignore",
        "",
    }
