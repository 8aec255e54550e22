"""From lines and tables to labels with their values, whatever the layout.

A label may stand left of its value, above it, before a colon, or at the head of a column or of
a row; a table may hold one child a row or one child a column. What has no label is a passage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.intake.choices import has_boxes, yes_or_no
from triage.intake.labels import Meaning, Subject, classify
from triage.intake.pieces import Cell, Entry, Item, Line, Node, Pair, Passage, Piece, Table

_LONG_ANSWERS = frozenset(
    {"concern", "consent", "consent_reason", "informed", "informed_reason", "risk", "strengths", "address", "place_now", "ignore", "disability", "adults", "children"}
)  # fmt: skip
_SEPARATOR = re.compile(
    r"\s?(?::|：)(?=\s|$|[^\s/\d])|(?<=\w)\?\s*:?(?=\s|$)|\t+|\s={1,2}\s|\s?\.{4,}\s?|\s(?:->|=>|→|\|)\s"
)
_HARD = re.compile(r"\s{2,}|\t|\s\|\s|\u00a0{2,}")
_BOUNDARY = re.compile(r";\s|[.?!]\s+(?=[A-Z])|,\s|(?<=[)\]])\s|\s[–—-]\s")
_BOXED = re.compile(r"^(?:[☒☑☐□✓✔]|\[[ xX]?\])\s*(?=\w)")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n")
_HEADING_END = re.compile(r"[.!,;]$")
_BULLET = re.compile(r"^\s*(?:[•*·▪–—>-]\s+|#{1,4}\s*)")
_ITEM_NUMBER = re.compile(r"^\s*(\d{1,2})[.)]\s+(?=\S)")


@dataclass(slots=True)
class _Reading:
    """Where the reading of a run of lines stands."""

    path: tuple[str, ...]
    items: list[Item] = field(default_factory=list)
    open: Entry | None = None
    opened: Meaning = field(default_factory=Meaning)
    blank: bool = False
    passage: Piece | None = None
    group: tuple[object, ...] = ()
    labels: int = 0


def items_of(nodes: list[Node], *, form: bool = True, path: tuple[str, ...] = ()) -> list[Item]:
    """The labelled values and passages of a part, in order.

    `form` is False for the body of a letter, where a line alone is no label.
    """
    reading = _Reading(path)
    base = path
    lines: list[Line] = []

    def flush() -> None:
        nonlocal lines
        if lines:
            _read_lines(reading, lines, base, form)
            lines = []

    for node in nodes:
        if isinstance(node, Line):
            lines.append(node)
        elif isinstance(node, Pair):
            flush()
            _close(reading)
            reading.items.append(
                Entry(node.labels, node.value, base + node.path, tuple(node.groups))
            )
        else:
            flush()
            _close(reading)
            reading.items.extend(_table_items(node, reading.path))
    flush()
    _close(reading)
    return reading.items


def _close(reading: _Reading) -> None:
    if reading.open is not None:
        reading.items.append(reading.open)
        reading.open = None
    if reading.passage is not None:
        reading.items.append(Passage(reading.passage.strip(), reading.path))
        reading.passage = None


def known(meaning: Meaning) -> bool:
    """True for a label whose meaning was understood well enough to trust."""
    return bool(meaning.attribute or meaning.subject) and (
        meaning.share >= 0.2 or (meaning.weight >= 2 and meaning.share >= 0.1)
    )


def pairs_in(piece: Piece) -> list[tuple[Piece, Piece]]:
    """Labels and values in one line: "Surname: X   DOB: Y", "Told? No", "Role\\tNurse"."""
    words = piece.text
    if len(words) > 20_000:
        words = words[:2_000]
    found: list[tuple[int, int, int]] = []
    floor = 0
    for separator in _SEPARATOR.finditer(words):
        if len(found) > 40:
            break
        question = "?" in separator[0]
        between = words[floor : separator.start()]
        hard = max((m.end() for m in _HARD.finditer(between)), default=0)
        soft = [m.end() for m in _BOUNDARY.finditer(between) if m.end() > hard]
        stops = [floor + at for at in ([hard, *soft] if not question else [*reversed(soft), hard])]
        best: tuple[float, int] | None = None
        for stop in stops[:12]:
            label = words[stop : separator.start()].strip(" -–•*")
            if not label or len(label) > 130:
                continue
            meaning = classify(label + ("?" if question else ""))
            strict = stop not in {0, floor + hard}
            if not known(meaning) or (
                strict
                and (
                    meaning.share < (0.34 if question else 0.5)
                    or meaning.attribute in {"ignore", ""}
                    and meaning.share < 0.9
                )
            ):
                continue
            if question and len(label.split()) > 30:
                continue
            if best is None or meaning.share > best[0] + 0.01:
                best = (meaning.share, stop)
        if best is not None:
            found.append((best[1], separator.start() + (1 if question else 0), separator.end()))
            floor = separator.end()
    out = []
    for number, (start, label_end, value_start) in enumerate(found):
        stop = found[number + 1][0] if number + 1 < len(found) else len(piece.text)
        out.append(
            (piece.cut(start, label_end).strip(" -–•*"), piece.cut(value_start, stop).strip(" ,;|"))
        )
    return out


def _unknown_pair(piece: Piece) -> bool:
    words = piece.text
    match = re.match(r"[A-Z(][^:.!?]{1,60}(?::(?=\s|$)|\?\s*:)", words)
    return bool(match) and len(match[0].split()) <= 8 if match else False


def _read_lines(reading: _Reading, lines: list[Line], base: tuple[str, ...], form: bool) -> None:
    searching = 0
    for number, line in enumerate(lines):
        piece = line.piece
        words = piece.text.strip()
        if not words or re.fullmatch(r"[-=_*~–—.\s]{3,}", words):
            reading.blank = True
            continue
        if searching > 3_000:
            _continue(reading, piece)
            continue
        searching += 1
        piece = piece.strip()
        bullet = _BULLET.match(words)
        bare = piece.cut(bullet.end()) if bullet else piece
        if (boxed := _BOXED.match(words)) and not has_boxes(piece.cut(boxed.end())):
            meaning = classify(words[boxed.end() :])
            if meaning.attribute and (meaning.share >= 0.3 or meaning.weight >= 2):
                _close(reading)
                tick = piece.cut(0, boxed.end()).strip()
                reading.items.append(Entry((words[boxed.end() :],), tick, reading.path, ()))
                continue
        numbered = _ITEM_NUMBER.match(bare.text)
        pairs = pairs_in(bare.cut(numbered.end()) if numbered else bare)
        lead_start = pairs[0][0].start if pairs else 0
        text_start = (bare.cut(numbered.end()) if numbered else bare).strip(" -–•*").start
        if pairs and lead_start <= text_start + 1:
            if numbered and len(pairs) > 1:
                reading.group = ("item", numbered[1])
            elif numbered:
                reading.group = ()
            _open_pairs(reading, pairs)
            if numbered and len(pairs) > 1:
                continue
            if not re.match(r"\s{2,}", piece.sheet.text[max(piece.start - 2, 0) : piece.start]):
                if not (numbered and len(pairs) > 1) and not _indented(piece):
                    reading.group = () if not numbered else reading.group
            continue
        following = next(
            (n.piece for n in lines[number + 1 : number + 4] if n.piece.text.strip()), None
        )
        if _is_heading(line, words, following, form, reading):
            _close(reading)
            heading = words.strip(" :-–#*=")
            meaning = classify(heading)
            if _opens_value(meaning, following, words, line.heading):
                if meaning.attribute in {"concern", "strengths"}:
                    reading.path = (*base, heading)
                reading.open = Entry(
                    (heading,), piece.cut(len(words), len(words)), reading.path, ()
                )
                reading.opened = meaning
            else:
                reading.path = (*base, heading)
            reading.group = ()
            reading.blank = False
            continue
        if pairs:
            _tail_pairs(reading, piece, pairs)
            continue
        if (
            reading.open is not None
            and _unknown_pair(piece)
            and reading.opened.attribute not in _LONG_ANSWERS
        ):
            _close(reading)
            reading.passage = piece
            continue
        _continue(reading, piece)


def _indented(piece: Piece) -> bool:
    line_start = piece.sheet.text.rfind("\n", 0, piece.start) + 1
    return piece.start - line_start >= 2


def _opens_value(meaning: Meaning, following: Piece | None, words: str, heading: bool) -> bool:
    """True when a line alone is the label of what stands under it."""
    if not meaning.attribute or following is None:
        return False
    if meaning.attribute in {"children", "adults"}:
        return False
    if meaning.attribute in {
        "concern",
        "strengths",
        "consent_reason",
        "risk",
        "place_now",
        "informed_reason",
    }:
        return True
    if words.endswith(":") or words.endswith("?"):
        return meaning.share >= 0.3
    return (
        meaning.share >= 0.75
        and not heading
        and len(following.text) < 120
        and not known(classify(following.text) if len(following.text) < 60 else Meaning())
    )


def _is_heading(
    line: Line, words: str, following: Piece | None, form: bool, reading: _Reading
) -> bool:
    if len(words) > 110 or len(words.split()) > 14:
        return False
    if line.heading:
        return True
    meaning = classify(words.strip(" :"))
    if words.endswith((":", "?")) and following is not None:
        return known(meaning) or (form and len(words.split()) <= 6 and words.endswith(":"))
    if not form:
        return False
    if _HEADING_END.search(words) or has_boxes(line.piece):
        return False
    if (
        words.isupper()
        and len(words.split()) <= 10
        and len(words) > 3
        and re.search(r"[A-Z]{3}", words)
    ):
        return (
            known(meaning)
            or reading.open is None
            or reading.opened.attribute not in {"concern", "address", "name"}
        )
    if (
        meaning.attribute == "concern"
        and reading.blank
        and following is not None
        and (len(words.split()) <= 7 and meaning.share >= 0.2 and words[0].isupper())
    ):
        return True
    if (
        known(meaning)
        and meaning.share >= 0.34
        and following is not None
        and len(words.split()) <= 8
    ):
        if (
            reading.open is not None
            and not reading.blank
            and reading.opened.attribute in _LONG_ANSWERS
        ):
            return meaning.share >= 0.5 and words[0].isupper()
        return words[0].isupper() or words[0].isdigit()
    return False


def _open_pairs(reading: _Reading, pairs: list[tuple[Piece, Piece]]) -> None:
    _close(reading)
    for label, value in pairs:
        if reading.open is not None:
            reading.items.append(reading.open)
        reading.open = Entry((label.text,), value, reading.path, reading.group)
        reading.opened = classify(label.text)
        reading.labels += 1
    reading.blank = False


def _tail_pairs(reading: _Reading, piece: Piece, pairs: list[tuple[Piece, Piece]]) -> None:
    """A line that begins as text and goes on with labels ("... aged 4. Consent: not asked")."""
    telling = reading.open is not None and reading.opened.attribute in {"concern", "address"}
    head = piece.cut(0, pairs[0][0].start - piece.start).strip()
    if telling or head:
        _continue(reading, piece if telling else head)
    for number, (label, value) in enumerate(pairs):
        if number == len(pairs) - 1 and value:
            rest = piece.sheet.text[value.start : value.start + 600]
            stop = _SENTENCE_END.search(rest, min(len(value.text), len(rest)))
            if stop and not value.text.endswith((".", "!", "?")) and len(value.text) < 400:
                if len(piece.text) > 60 and classify(label.text).attribute in _LONG_ANSWERS:
                    value = Piece(value.sheet, value.start, value.start + stop.start()).strip()
        reading.items.append(Entry((label.text,), value, reading.path, reading.group))
    reading.blank = False


def _continue(reading: _Reading, piece: Piece) -> None:
    """Text without a label: more of the open value, or more of a passage."""
    entry = reading.open
    if entry is not None:
        last = entry.value
        long_answer = reading.opened.attribute in _LONG_ANSWERS
        wraps = not reading.blank and (
            long_answer or (bool(last) and len(last.text.rsplit("\n", 1)[-1]) > 55)
        )
        if (
            not last
            or wraps
            or (
                reading.blank
                and long_answer
                and reading.labels >= 2
                and reading.opened.attribute in {"concern"}
            )
        ):
            start = last.start if last else piece.start
            entry.value = Piece(piece.sheet, start, piece.end)
            reading.blank = False
            return
        _close(reading)
    if reading.passage is not None and piece.sheet is reading.passage.sheet:
        reading.passage = Piece(piece.sheet, reading.passage.start, piece.end)
    else:
        if reading.passage is not None:
            _close(reading)
        reading.passage = piece
    reading.blank = False


# --- tables ---------------------------------------------------------------------------------


def _label_of(cell: Cell) -> Meaning:
    words = cell.piece.text.strip()
    if cell.filled or not words or len(words) > 160 or has_boxes(cell.piece):
        return Meaning()
    meaning = classify(words)
    if not known(meaning) or (words.endswith(".") and len(words.split()) > 5):
        return Meaning()
    if yes_or_no(words) and len(words.split()) < 4:
        return Meaning()
    return meaning if meaning.share >= 0.25 or words.endswith("?") else Meaning()


def _is_label(cell: Cell, floor: float = 0.34) -> bool:
    meaning = _label_of(cell)
    return bool(meaning.attribute) and (
        meaning.share >= floor or cell.piece.text.strip().endswith("?")
    )


def _full(row: list[Cell]) -> list[Cell]:
    return [cell for cell in row if cell.piece.text.strip() or cell.nodes]


def _table_items(table: Table, path: tuple[str, ...]) -> list[Item]:
    rows = table.rows
    width = max((cell.column + cell.span for row in rows for cell in row), default=0)
    items: list[Item] = []
    here = path
    header: list[Cell] = []
    matrix: list[Cell] = []
    for number, row in enumerate(rows):
        cells = _full(row)
        if not cells:
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
                items.extend(items_of(cell.nodes, path=here))
                continue
            following = next((_full(r) for r in rows[number + 1 :] if _full(r)), [])
            inside = items_of([Line(line) for line in cell.piece.lines()], path=here)
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
            items.extend(_column_row(row, header, here, (id(table), number)))
            continue
        header, matrix = [], []
        items.extend(_pair_row(cells, here))
    return items


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
    row: list[Cell], header: list[Cell], path: tuple[str, ...], group: tuple[object, ...]
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
        items.append(
            Entry((head.piece.text.strip(), *cell.names), cell.piece.strip(), here, ("row", *group))
        )
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


def _pair_row(cells: list[Cell], path: tuple[str, ...]) -> list[Item]:
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
                items.extend(items_of(cell.nodes or [Line(cell.piece)], path=path))
            at += 1
            continue
        words = cell.piece.text.strip()
        two = len(cells) == 2
        if not two and not _label_of(cell).attribute and not _label_of(cell).subject:
            at += 1
            continue
        if any(isinstance(node, Table) for node in nxt.nodes):
            items.extend(items_of(nxt.nodes, path=(*path, words)))
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
                or stop == len(cells) - 1
                and len(cells) % 2
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
    return asked in {"agency", "relationship", "role"} and _label_of(value).attribute in {
        "school",
        "gp",
        "role",
        "agency",
        "ignore",
        "",
    }
