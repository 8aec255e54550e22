"""Tables of any shape: labels beside values, above them, or at the head of rows and columns."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from triage.intake.choices import has_boxes, sex_in
from triage.intake.household import CHILD_RELATION
from triage.intake.labels import Subject, classify, relation_in
from triage.intake.pairs import known, pairs_in
from triage.intake.people import is_organisation, name_runs
from triage.intake.pieces import Cell, Entry, Item, Line, Node, Passage, Piece, Table
from triage.intake.table_shapes import (
    answers_alone,
    asks,
    by_option,
    by_side_heading,
    cell_over,
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

Reader = Callable[[list[Node], tuple[str, ...]], list[Item]]


def table_items(table: Table, path: tuple[str, ...], inside_of: Reader) -> list[Item]:
    """The labelled values and passages of a table. `inside_of` reads what a cell holds."""
    if (parts := by_side_heading(table.rows)) is not None:
        return [
            item
            for head, under in parts
            for item in table_items(Table(_from_left(under)), (*path, head), inside_of)
        ]
    rows = without_numbers(table.rows)
    if (sides := halves(rows)) is not None:
        before, parts, after = sides
        told = table_items(Table(before), path, inside_of) if before else []
        for head, under in parts:
            told.extend(table_items(Table(under), (*path, head), inside_of))
        return [*told, *(table_items(Table(after), path, inside_of) if after else [])]
    mark_values(rows)
    width = max((cell.column + cell.span for row in rows for cell in row), default=0)
    items: list[Item] = []
    here = path
    header: list[Cell] = []
    matrix: list[Cell] = []
    options: list[Cell] = []
    answered = -1
    strip = False
    for number, row in enumerate(rows):
        cells = full(row)
        if not cells or number == answered or says_nothing(cells):
            continue
        later = [full(r) for r in rows[number + 1 : number + 6] if full(r)]
        if not matrix and (heads := heads_options(cells, later, header)):
            options, header, matrix = heads, [], []
            if not is_label(cells[0]):
                continue
        if options and (ticked := by_option(cells, options, here)) is not None:
            items.extend(ticked)
            continue
        options = [] if len(cells) == 1 else options
        if len(cells) == 1 and ends_label(cells[0], items, rows[number - 1] if number else []):
            continue
        if (cards := _side_by_side(cells, here, id(table))) is not None:
            header, matrix = [], []
            items.extend(cards)
            continue
        if len(cells) > 1 and all(any(isinstance(n, Table) for n in c.nodes) for c in cells):
            header, matrix = [], []
            items.extend(item for cell in cells for item in inside_of(cell.nodes, here))
            continue
        if own := _own_values(cells):
            header, matrix = [], []
            items.extend(Entry((label.text,), value, here, ()) for label, value in own)
            continue
        if len(cells) == 1 and (asked := question(cells[0])):
            below = full(rows[number + 1]) if number + 1 < len(rows) else []
            if len(below) == 1 and answers_alone(below[0]) and not has_boxes(cells[0].piece):
                header, matrix = [], []
                items.append(Entry((asked,), below[0].piece.strip(), here, ()))
                answered = number + 1
                continue
        if len(cells) == 1 < len(row) and not header and not matrix and _is_unanswered(cells[0]):
            items.append(Entry((cells[0].piece.text.strip(" :"),), cells[0].piece.cut(9**9), here))
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
                and label_of(cells[0]).attribute == ""
            )
        ):
            cell = cells[0]
            words = cell.piece.text.strip()
            if any(isinstance(node, Table) for node in cell.nodes):
                header, matrix = [], []
                items.extend(inside_of(cell.nodes, here))
                continue
            following = next((full(r) for r in rows[number + 1 :] if full(r)), [])
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
            if here != path and (words.endswith((".", "!")) or re.search(r"\d{5}", words)):
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
        rest = [full(r) for r in rows[number + 1 :] if full(r)]
        if heads_people(cells, rest, width):
            matrix, header = cells, []
            continue
        if heads_columns(cells, rest, row):
            strip = is_strip(rest, strip and bool(header))
            header, matrix = cells, []
            continue
        if matrix and is_label(cells[0], 0.2) and len(cells) > 1:
            items.extend(_matrix_row(cells, matrix, here, id(table)))
            continue
        if header and not (
            is_label(cells[0], 0.5) and cells[0].column == 0 and len(cells) > 1 and is_pairs(cells)
        ):
            questions = sum(asks(cell) for cell in header)
            one_each = questions * 2 <= len(header) and not strip
            group = ("row", id(table), number) if one_each else ()
            items.extend(_column_row(row, header, here, group, inside_of))
            continue
        header, matrix = [], []
        if (several := _people_row(cells, here, ("cell", id(table), number))) is not None:
            items.extend(several)
            continue
        if (named := _nameless_row(cells, here, ("row", id(table), number))) is not None:
            items.extend(named)
            continue
        items.extend(_pair_row(cells, here, inside_of))
    return items


_OVER_OTHERS = frozenset({"", "ignore", "concern", "address", "consent", "adults", "children"})


def _is_unanswered(cell: Cell) -> bool:
    """True for a label whose own cell for the answer is empty."""
    meaning = label_of(cell)
    alone = cell.column == 0 and cell.span == 1 and meaning.share >= 0.75
    return alone and meaning.attribute not in _OVER_OTHERS


def _from_left(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows whose columns count from the first one in them."""
    first = min((cell.column for row in rows for cell in row), default=0)
    return [[replace(cell, column=cell.column - first) for cell in row] for row in rows]


def _side_by_side(cells: list[Cell], path: tuple[str, ...], table: int) -> list[Item] | None:
    """Two people or more side by side, each cell a label with its value ("Name: Ama | Name: Esi");
    None where the cells ask for different things."""
    if len(cells) < 2:
        return None
    held = [pairs_in(cell.piece.strip()) for cell in cells]
    asked = {pairs[0][0].text.casefold() for pairs in held if len(pairs) == 1 and pairs[0][1]}
    if len(asked) != 1 or any(len(pairs) != 1 or not pairs[0][1] for pairs in held):
        return None
    return [
        Entry((pairs[0][0].text,), pairs[0][1], path, ("column", table, cell.column))
        for cell, pairs in zip(cells, held, strict=True)
    ]


def _own_values(cells: list[Cell]) -> list[tuple[Piece, Piece]]:
    """Labels with values where each cell holds its label and, under it, its value; else none."""
    if len(cells) < 2:
        return []
    found = [_label_over_value(cell) for cell in cells]
    told = [pair for pair in found if pair is not None]
    bare = sum(
        pair is None and not is_label(cell, 0.5) for pair, cell in zip(found, cells, strict=True)
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
    told = lines[-1].text
    shouted = label.text.isupper() and not told.isupper() and known(meaning)
    if has_boxes(label) or not (
        shouted or (known(meaning) and meaning.attribute and meaning.share >= 0.5)
    ):
        return None
    if at >= len(lines):
        return label, label.cut(len(label.text))
    value = Piece(label.sheet, lines[at].start, lines[-1].end).strip()
    whole = classify(cell.piece.text.strip(" :"))
    if (
        len(value.text) < 40
        and not shouted
        and whole.share >= 0.75
        and whole.weight > meaning.weight
    ):
        return None  # a label set in two lines
    return label, value


_PLAIN_NAME = re.compile(r"(?:[^\W\d_][\w’'\u0300-\u036f.-]*,? ?){1,5}(?:\([^()]{1,40}\))?$")


_PERSON = re.compile(
    r"[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w’'-]+){0,3} ?[(,]|(?:Male|Female|Man|Woman|Boy|Girl)\b"
)


def _people_row(
    cells: list[Cell], path: tuple[str, ...], group: tuple[object, ...]
) -> list[Item] | None:
    """A row of people, one a cell, each with more than a name ("Ada (20s), mother | Bo, father")
    under a heading for people; else None."""
    if len(cells) < 2 or not path or any(cell.filled for cell in cells):
        return None
    above = classify(path[-1])
    told = [_PERSON.match(cell.piece.text.strip()) for cell in cells]
    whom = above.attribute in {"children", "adults"} or above.subject in {
        Subject.CHILD,
        Subject.ADULT,
    }
    kin = any(relation_in(cell.piece.text) or re.search(r"\d", cell.piece.text) for cell in cells)
    if not whom or not kin or not all(told) or any(pairs_in(cell.piece.strip()) for cell in cells):
        return None
    return [Entry(("Name",), cell.piece.strip(), path, (*group, cell.column)) for cell in cells]


def _nameless_row(
    cells: list[Cell], path: tuple[str, ...], group: tuple[object, ...]
) -> list[Item] | None:
    """A row of one person under a heading ("Siblings") but no labels: told by what cells hold."""
    if len(cells) < 2 or not path or any(has_boxes(cell.piece) for cell in cells):
        return None
    if any(cell.filled for cell in cells[1:]):
        return None
    if len(cells) == 2 and " " not in cells[0].piece.text.strip():
        return None
    above = classify(path[-1])
    people = above.attribute in {"children", "adults"} or (
        above.subject in {Subject.CHILD, Subject.ADULT} and above.attribute in {"", "concern"}
    )
    first = cells[0].piece.strip()
    runs = name_runs(first)
    if not people or not runs or runs[0].start != first.start or not _PLAIN_NAME.match(first.text):
        return None
    if label_of(cells[0]).attribute or label_of(cells[0]).subject:
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


def _column_row(
    row: list[Cell],
    header: list[Cell],
    path: tuple[str, ...],
    group: tuple[object, ...],
    inside_of: Reader,
) -> list[Item]:
    items: list[Item] = []
    here = path
    nameless = _heads_names(header)
    for cell in row:
        head = cell_over(cell.column, header)
        words = cell.piece.text.strip()
        if not words:
            continue
        if head is None or not head.piece.text.strip():
            meaning = label_of(cell)
            if CHILD_RELATION.match(words) or relation_in(words):
                items.append(Entry(("Relationship",), cell.piece.strip(), path, group))
            elif meaning.subject and not meaning.attribute:
                here = (*path, cell.piece.text.strip())
            continue
        name = head.piece.text.strip()
        if head is nameless and name_runs(cell.piece):
            name = "Name"
        if _WHO.fullmatch(name) and (relation_in(words) or CHILD_RELATION.match(words)):
            name = "Relationship"
        noted = classify(name).attribute in {"", "concern", "ignore"} and len(words.split()) < 9
        if noted and _STANDING.match(words) and _of_people(header):
            name = "Relationship"  # "Mother, PR" under "Notes"
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


_WHO = re.compile(r"(?i)\W*(?:who|person|member|people)(?: (?:is this|they are))?\W*")
_OF_PEOPLE = frozenset({"relationship", "pr", "dob", "age", "sex"})
_NAMES = frozenset({"name", "given", "family", "adults", "children"})


_STANDING = re.compile(
    r"(?i)(?:birth |step|grand|foster )*(?:mother|father|mum|dad|nan|gran\w*|aunt\w*|uncle|carer)(?=[\s,;(]|$)(?! (?:is|was|has|said|says|reports?|told)\b)"
)


def _of_people(header: list[Cell]) -> bool:
    """True for heads of which one asks for a birth date, an age or a name."""
    asked = {classify(cell.piece.text.strip()).attribute for cell in header}
    return bool(asked & {"dob", "age", "sex"})


def _heads_names(header: list[Cell]) -> Cell | None:
    """The first head of a table of people where none of its heads says "Name"."""
    asked = [classify(cell.piece.text.strip()) for cell in header]
    told = any(
        meaning.attribute in _NAMES or (meaning.subject and meaning.attribute in {"", "alias"})
        for meaning in asked
    )
    people = sum(meaning.attribute in _OF_PEOPLE for meaning in asked)
    first = asked[0].attribute if asked else ""
    return header[0] if people > 1 and not told and first not in _OF_PEOPLE else None


def _matrix_row(
    cells: list[Cell], heads: list[Cell], path: tuple[str, ...], table: int
) -> list[Item]:
    label = cells[0].piece.text.strip()
    items: list[Item] = []
    for cell in cells[1:]:
        head = cell_over(cell.column, heads)
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
            if items and isinstance(items[-1], Entry) and not label_of(cell).attribute and at:
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
        if not two and not told and not label_of(cell).attribute and not label_of(cell).subject:
            at += 1
            continue
        if any(isinstance(node, Table) for node in nxt.nodes):
            items.extend(inside_of(nxt.nodes, (*path, words)))
            at += 2
            continue
        if two and not told and _both_ask(cell, nxt):
            break
        if not two and is_label(nxt, 0.5) and not nxt.filled and not _answers(cell, nxt):
            at += 1
            continue
        value = nxt.piece.strip()
        if (inner := _card_of(words, nxt, path, inside_of)) is not None:
            items.extend(inner)
            at += 2
            continue
        stop = at + 2
        while (
            stop < len(cells)
            and not is_label(cells[stop], 0.3)
            and not label_of(cells[stop]).subject
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


def _card_of(label: str, cell: Cell, path: tuple[str, ...], inside_of: Reader) -> list[Item] | None:
    """The facts of one person told on lines of their own ("Name: ...", "DOB: ...") beside a label
    for that person; None where the cell is no such card."""
    meaning = classify(label)
    whom = meaning.subject if meaning.attribute in {"", "adults", "children"} else Subject.NONE
    if whom not in {Subject.CHILD, Subject.ADULT} or "\n" not in cell.piece.text.strip():
        return None
    inner = inside_of([Line(line) for line in cell.piece.lines()], (*path, label))
    told = [one for one in inner if isinstance(one, Entry) and one.value]
    names = [one for one in told if classify(one.labels[0]).attribute in {"name", "given"}]
    if len(told) < 2 or len(told) < len(inner) or len(names) != 1:
        return None
    for one in told:
        one.group = ("card", label, cell.piece.start)
    return inner


_ASKS_ALONE = frozenset(
    {"email", "phone", "postcode", "dob", "age", "sex", "nhs", "upn", "name", "given", "family"}
    | {"agency", "role", "relationship", "ethnicity", "consent", "language"}
)


def _both_ask(one: Cell, other: Cell) -> bool:
    """True for two labels beside each other whose answers stand elsewhere ("Team | E-mail")."""
    first, second = label_of(one), label_of(other)
    return (
        min(first.share, second.share) >= 1
        and first.attribute != second.attribute
        and {first.attribute, second.attribute} <= _ASKS_ALONE
        and not _answers(one, other)
    )


def _answers(label: Cell, value: Cell) -> bool:
    """True when a cell that looks like a label answers the one before it (Agency | School)."""
    asked = label_of(label).attribute
    if asked in {"consent", "informed"} and not value.piece.text.strip().endswith("?"):
        return label_of(value).attribute in {"consent", "informed"}
    return asked in {"agency", "relationship", "role"} and label_of(value).attribute in {
        "school",
        "gp",
        "role",
        "agency",
        "ignore",
        "",
    }
