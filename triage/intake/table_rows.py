"""What a row of a table says: under the heads of its columns, beside its label, or by itself."""

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
from triage.intake.pieces import Cell, Entry, Item, Line, Node, Piece, Table
from triage.intake.table_shapes import (
    cell_over,
    is_label,
    label_of,
)

Reader = Callable[[list[Node], tuple[str, ...]], list[Item]]

_OVER_OTHERS = frozenset({"", "ignore", "concern", "address", "consent", "adults", "children"})


def is_unanswered(cell: Cell) -> bool:
    """True for a label whose own cell for the answer is empty."""
    meaning = label_of(cell)
    alone = cell.column == 0 and cell.span == 1 and meaning.share >= 0.75
    return alone and meaning.attribute not in _OVER_OTHERS


def from_left(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows whose columns count from the first one in them."""
    first = min((cell.column for row in rows for cell in row), default=0)
    return [[replace(cell, column=cell.column - first) for cell in row] for row in rows]


def side_by_side(cells: list[Cell], path: tuple[str, ...], table: int) -> list[Item] | None:
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


def own_values(cells: list[Cell]) -> list[tuple[Piece, Piece]]:
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


def people_row(
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


def nameless_row(
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


def column_row(
    row: list[Cell],
    header: list[Cell],
    path: tuple[str, ...],
    group: tuple[object, ...],
    inside_of: Reader,
) -> list[Item]:
    """A row under a header: what each cell says of what stands over it."""
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


def matrix_row(
    cells: list[Cell], heads: list[Cell], path: tuple[str, ...], table: int
) -> list[Item]:
    """A row of a grid: its first cell is the label, and each head above is whom a cell is about."""
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


def pair_row(cells: list[Cell], path: tuple[str, ...], inside_of: Reader) -> list[Item]:
    """A row of labels, each with its value in the next cell or in its own."""
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
