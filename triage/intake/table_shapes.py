"""What the cells of a table are: labels or values, heads of rows, of columns, of people."""

from __future__ import annotations

import re
from dataclasses import replace

from triage.intake.choices import has_boxes, is_ethnicity, sex_in, yes_or_no
from triage.intake.labels import Meaning, Subject, classify, unnumbered, words_for
from triage.intake.pairs import known, pairs_in
from triage.intake.people import is_organisation, name_runs
from triage.intake.pieces import Cell, Entry, Item, Table

_NUMBERED = re.compile(r"(?:Q(?:uestion)?\s?)?\d{1,2}(?:\.\d{1,2})?[.)]\s+[A-Z]")


def label_of(cell: Cell) -> Meaning:
    """What a cell asks for; nothing where it holds a value."""
    words = cell.piece.text.strip()
    if cell.filled or not words or len(words) > 160 or has_boxes(cell.piece):
        return Meaning()
    meaning = classify(words)
    words = unnumbered(words)
    if re.search(r":\s+\S", words) and any(value for _, value in pairs_in(cell.piece.strip())):
        return Meaning()  # "Priority: routine" is a label with its value
    if not known(meaning) or (words.endswith(".") and len(words.split()) > 5):
        return Meaning()
    if (
        sex_in(words)
        or is_ethnicity(words)
        or (meaning.attribute == "address" and re.match(r"\d+[A-Za-z]?\s", words))
    ):
        return Meaning()  # "15 Bollard Street" is an address, not the word for one
    if yes_or_no(words) and not words.endswith("?"):
        return Meaning()
    if meaning.attribute in _OF_BODIES and names_a_body(words):
        return Meaning()  # "Lighthouse Nursery" answers "School"; it does not ask for one
    return meaning if meaning.share >= 0.25 or words.endswith("?") else Meaning()


_OF_BODIES = frozenset({"school", "gp", "agency", "role", "ignore"})
_QUALIFIES = frozenset(words_for("qualifies"))


def names_a_body(words: str) -> bool:
    """True for the name of one school or service: words with capitals that ask for nothing."""
    if words.endswith((":", "?")) or "/" in words or not is_organisation(words):
        return False
    tokens = re.findall(r"[^\W\d_][\w’'-]*", words)
    strange = [
        token
        for token in tokens
        if token.casefold() not in _QUALIFIES
        and not is_organisation(token)
        and not known(classify(token))
    ]
    return bool(strange) and all(token[0].isupper() for token in strange)


def is_label(cell: Cell, floor: float = 0.34) -> bool:
    """True for a cell that asks for a fact; `floor` is the least part of it to be understood."""
    meaning = label_of(cell)
    words = cell.piece.text.strip()
    return bool(meaning.attribute) and (
        meaning.share >= floor or words.endswith("?") or _NUMBERED.match(words) is not None
    )


_HINTED = re.compile(r"\?\s*(?:\([^()]*\)|(?i:please|if (?:no|yes|not|so)|give|include)\b[^?]*)$")


def question(cell: Cell) -> str:
    """The question a cell asks whose answer stands under it, without its hints; "" if none."""
    words = re.sub(r"\s*\n\s*(?=\()", " ", cell.piece.text.strip())
    if "\n" in words or (cell.nodes and any(isinstance(n, Table) for n in cell.nodes)):
        return ""
    asked = words.split("?")[0] + "?" if "?" in words else words
    meaning = classify(words)
    told = meaning.attribute not in {"", "ignore", "adults", "children"} and meaning.share >= 0.75
    hinted = _HINTED.search(words)
    if not (words.endswith("?") or hinted or _NUMBERED.match(words) or told) or len(words) > 200:
        return ""
    said = classify(asked)
    whom = said.subject and said.share >= 0.75 and asked.endswith("?")
    return asked if (said.attribute or whom) and known(said) else ""


def answers_alone(cell: Cell) -> bool:
    """True for a cell that may answer the question in the row above it."""
    piece = cell.piece.strip()
    asks = question(cell) or (label_of(cell).subject and not label_of(cell).attribute)
    return not asks and not any(value for _, value in pairs_in(piece.cut(0, 80)))


def full(row: list[Cell]) -> list[Cell]:
    """The cells of a row that hold something."""
    return [cell for cell in row if cell.piece.text.strip() or cell.nodes]


def mark_values(table: list[list[Cell]]) -> None:
    """Mark the cells right of labels as values where a grid goes label, value, label, value.

    "Weirside Surgery" beside "GP" has the words of a label; its column says what it is.
    """
    rows = [row for row in table if len(row) in {2, 4, 6}]
    set_apart = [row for row in rows if _is_set_apart(row)]
    if len(set_apart) > 1 and len(set_apart) >= 0.6 * len(rows):
        for row in set_apart:
            for label, value in zip(row[::2], row[1::2], strict=True):
                value.filled = value.filled or bool(label.piece)
        return
    for column in range(0, max((len(row) for row in rows), default=0), 2):
        held = [row[column] for row in rows if len(row) > column]
        if sum(_asks_for(cell) for cell in held) < 0.5 * len(held):
            return  # a row's first cell may be its label and the rest one a person
    asking = [_asks_for(cell) for row in rows for cell in row[::2] if cell.piece]
    given = [_asks_for(cell) for row in rows for cell in row[1::2] if cell.piece]
    if not asking or sum(asking) < 0.6 * len(asking):
        return
    if given and sum(given) / len(given) > sum(asking) / len(asking) - 0.3:
        return
    for at, row in enumerate(rows):
        under = rows[at + 1] if at + 1 < len(rows) else []
        heads = all(is_label(cell, 0.5) or _asks_whom(cell) for cell in row) or over_people(
            row, under
        )
        if heads and under and not is_label(under[0], 0.5):
            continue  # it heads the columns under it
        for label, value in zip(row[::2], row[1::2], strict=True):
            value.filled = value.filled or _asks_for(label)


def over_people(cells: list[Cell], under: list[Cell]) -> bool:
    """True for heads that each speak of people, over names ("Children | Carer with them")."""
    told = [classify(cell.piece.text.strip(" :")) for cell in cells]
    bare = not any(re.search(r"[A-Z][\w’'-]+ [A-Z]|\d", cell.piece.text) for cell in cells)
    whom = len(cells) > 1 and bare and all(meaning.subject in _PEOPLE for meaning in told)
    named = [name_runs(cell.piece) for cell in full(under)]
    return whom and bool(named) and any(runs and " " in runs[0].text for runs in named)


def _asks_whom(cell: Cell) -> bool:
    """True for a label that asks for a person alone ("Notified by (name and role)")."""
    meaning = label_of(cell)
    return bool(meaning.subject) and meaning.share >= 0.9


def _is_set_apart(row: list[Cell]) -> bool:
    """True where every other cell, from the first, is bold or shaded and the rest are not."""
    labels = [cell for cell in row[::2] if cell.piece]
    return (
        bool(labels)
        and all(cell.strong for cell in labels)
        and not any(cell.strong for cell in row[1::2])
    )


def _asks_for(cell: Cell) -> bool:
    words = cell.piece.text.strip(" :")
    return not cell.filled and len(words.split()) <= 20 and known(classify(words))


def by_side_heading(rows: list[list[Cell]]) -> list[tuple[str, list[list[Cell]]]] | None:
    """Rows by the heading that stands left of them, over several rows; None where none does.

    "CHILD | Legal name | Max", with the cells under "CHILD" merged into it.
    """
    parts: list[tuple[str, list[list[Cell]]]] = []
    asked = under = 0
    for row in rows:
        cells = full(row)
        rest = [cell for cell in row if cell.column > 0]
        head = next((c.piece.text.strip() for c in row if c.column == 0), "")
        if not rest or not cells:
            return None
        if head:
            parts.append((head, []))
        elif not parts:
            return None
        under += not head
        inner = [cell for cell in rest if cell.piece.text.strip()]
        asked += len(inner) > 0 and is_label(inner[0], 0.2)
        parts[-1][1].append(rest)
    short = all(len(head) < 60 and "?" not in head for head, _ in parts)
    if len(parts) < 1 or not short or under < 0.4 * len(rows) or asked < 0.6 * len(rows):
        return None
    return parts


_COUNT = re.compile(
    r"(?i)(?:(?:q|no|section|part)\.?\s?)?(?:\d{1,2}(?:\.\d{1,2})*[a-z]?|[a-z])[.):]?"
)


def without_numbers(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows without a first column that only counts the questions ("1.2 | Name | ...")."""
    first = [row[0] for row in rows if len(full(row)) > 2 and row and row[0].column == 0]
    counted = [cell for cell in first if _COUNT.fullmatch(cell.piece.text.strip())]
    if len(counted) < 2 or len(counted) < 0.8 * len(first):
        return rows
    asked = [row[1] for row in rows if len(row) > 1 and row[0] in counted]
    if sum(is_label(cell, 0.2) or bool(label_of(cell).subject) for cell in asked) * 2 < len(asked):
        return rows
    return [
        [cell for cell in row if cell.column > 0 or not _COUNT.fullmatch(cell.piece.text.strip())]
        for row in rows
    ]


_Rows = list[list[Cell]]
_OF_LISTS = {"adults": Subject.ADULT, "children": Subject.CHILD}


def halves(rows: _Rows) -> tuple[_Rows, list[tuple[str, _Rows]], _Rows] | None:
    """Rows parted where two people's labels with values stand side by side under a heading each
    ("PATIENT | | CARER |"): those before, each side by its heading, those after; else None."""
    for number, row in enumerate(rows):
        heads = _worded(row)
        if len(heads) != 2 or heads[0].column or heads[1].column < 2:
            continue
        meanings = [label_of(head) for head in heads]
        if any(m.attribute not in {"", "adults", "children"} for m in meanings):
            continue
        whom = [m.subject or _OF_LISTS.get(m.attribute) for m in meanings]
        if not all(whom) or whom[0] is whom[1]:
            continue
        at = heads[1].column
        stop = number + 1
        while stop < len(rows) and _two_pairs(rows[stop], at):
            stop += 1
        if stop - number < 3:
            continue
        under = rows[number + 1 : stop]
        sides = [
            (heads[0].piece.text.strip(), [[c for c in one if c.column < at] for one in under]),
            (
                heads[1].piece.text.strip(),
                [
                    [replace(c, column=c.column - at) for c in one if c.column >= at]
                    for one in under
                ],
            ),
        ]
        return rows[:number], sides, rows[stop:]
    return None


def _worded(row: list[Cell]) -> list[Cell]:
    return [cell for cell in row if cell.piece.text.strip()]


def _two_pairs(row: list[Cell], at: int) -> bool:
    """True for a label with its value left and another pair from column `at` on."""
    left = [cell for cell in _worded(row) if cell.column < at]
    right = [cell for cell in _worded(row) if cell.column >= at]
    asks = [side for side in (left, right) if side and is_label(side[0], 0.5)]
    return len(asks) == 2 and left[0].column == 0 and right[0].column == at


_FIELDS = frozenset(words_for("fields"))


def says_nothing(cells: list[Cell]) -> bool:
    """True for a heading row that names no fact ("Question | Answer")."""
    return len(cells) > 1 and all(
        cell.piece.text.strip(" :*").casefold() in _FIELDS for cell in cells
    )


def ends_label(cell: Cell, items: list[Item], above: list[Cell]) -> bool:
    """True for the second line of a label ("Does the family need an / interpreter?"): it is
    joined to the label above it."""
    words = cell.piece.text.strip()
    last = items[-1] if items else None
    if not isinstance(last, Entry) or cell.column or not above or len(words) > 80:
        return False
    label = last.labels[0]
    begun = above[0].piece.text.strip(" :").endswith(label) and not label.endswith(("?", ":", "."))
    if not begun or not re.match(r"[a-z(]", words) or (cell.nodes and len(cell.nodes) > 1):
        return False
    last.labels = (f"{label} {words}", *last.labels[1:])
    return True


_PEOPLE = frozenset({Subject.CHILD, Subject.ADULT})
_OPTION = re.compile(
    r"(?i)(?:yes|no|y|n|n/?a|not (?:known|applicable|asked|sure|sought)|unknown|don['’]?t know"
    r"|unsure|given|refused|true|false)"
)
_ANSWERS = {"yes": "y", "y": "y", "no": "n", "n": "n"}
_MARK = re.compile(r"(?i)[xy✓✔☒☑✗✘●■•*]|yes|\[x\]|\(x\)|true")


def heads_options(cells: list[Cell], rest: list[list[Cell]], header: list[Cell]) -> list[Cell]:
    """The cells of a heading row that are answers to choose from ("Question | Yes | No");
    none where they are answers themselves, to what a `header` over them asks."""
    under = [row for row in rest[:4] if len(row) > 1]
    marked = [row for row in under if any(_is_mark(cell) for cell in row[1:])]
    if not marked or len(marked) < len(under) / 2:
        return []
    heads = [cell for cell in cells if _OPTION.fullmatch(cell.piece.text.strip(" ?:"))]
    if heads and all(cell_over(cell.column, header) for cell in heads):
        return []
    plain = {_ANSWERS.get(cell.piece.text.strip(" ?:").casefold(), cell) for cell in heads}
    whole = len(plain) == len(heads) > 1 and len(heads) + 2 >= len(cells) > 1
    return heads if whole and cells[0] not in heads[1:] and cells[-1].column > 0 else []


def _is_mark(cell: Cell) -> bool:
    return has_boxes(cell.piece) or _MARK.fullmatch(cell.piece.text.strip()) is not None


def by_option(cells: list[Cell], options: list[Cell], path: tuple[str, ...]) -> list[Item] | None:
    """A question with a mark under one answer, and what stands beside it; None if it is not so."""
    label = cells[0]
    if label.column >= options[0].column or not label.piece.text.strip():
        return None
    chosen: list[Cell] = []
    more: list[Cell] = []
    for cell in cells[1:]:
        head = cell_over(cell.column, options)
        if not cell.piece.text.strip():
            continue
        if head is None:
            more.append(cell)
        elif _is_mark(cell):
            if not re.fullmatch(r"[☐□○]|\[\s*\]|\(\s*\)", cell.piece.text.strip()):
                chosen.append(head)
        else:
            return None
    words = label.piece.text.strip(" :")
    items: list[Item] = []
    if len(chosen) == 1:
        items.append(Entry((words,), chosen[0].piece.strip(), path, ()))
    for cell in more:
        items.append(Entry((f"{words} details",), cell.piece.strip(), path, ()))
    return items


def is_strip(rest: list[list[Cell]], before: bool) -> bool:
    """True for a row of labels over one row of values, with more such pairs of rows about it."""
    if len(rest) < 2:
        return before
    following = [len(row) > 1 and sum(is_label(cell) for cell in row) >= 0.6 * len(row)
                 for row in rest[:3]]  # fmt: skip
    alone = len(rest[1]) == 1
    return not following[0] and (following[1] or (before and alone))


def asks(cell: Cell) -> bool:
    """True for a cell that ends as a question does."""
    return cell.piece.text.strip().endswith("?")


def is_pairs(cells: list[Cell]) -> bool:
    """True for a row of labels and values in turn."""
    return len(cells) in {2, 4} and all(
        is_label(cell, 0.5) == (at % 2 == 0) for at, cell in enumerate(cells)
    )


def heads_columns(cells: list[Cell], rest: list[list[Cell]], row: list[Cell]) -> bool:
    """True for a row of labels with values in the rows under it."""
    if len(cells) < 2 or not rest:
        return False
    people = over_people(cells, rest[0])
    labels = [
        cell for cell in cells if people or is_label(cell) or label_of(cell).subject or asks(cell)
    ]
    marked = all(cell.header for cell in cells)
    if len(labels) < 2 or len(labels) < 0.6 * len(cells):
        return False
    alone = len(labels) == len(cells) and len(rest) == 1 and len(rest[0]) == len(cells)
    least = 1 if marked or alone else 2
    asked = sum(is_label(cell) or asks(cell) for cell in cells)
    if asked < least and not people:
        return False
    if any(cell.filled or has_boxes(cell.piece) for cell in cells):
        return False
    if any(yes_or_no(cell.piece.text) and not asks(cell) for cell in cells[1::2]):
        return False
    below = rest[0]
    if len(below) == 1 and len(cells) > 2 and below[0].span > 1:
        return False
    if is_label(below[0], 0.5) and not marked and below[0].column == cells[0].column:
        return False
    hits = sum(is_label(cell, 0.5) for cell in below)
    return marked or hits < max(1, len(below) / 2)


def heads_people(cells: list[Cell], rest: list[list[Cell]], width: int) -> bool:
    """True for a row that heads one person a column ("Child 1", "Child 2"; or names)."""
    if not rest or len(rest[0]) < 2 or any(has_boxes(cell.piece) for cell in cells):
        return False
    under = [row for row in rest[:8] if len(row) > 1]
    if len(under) < 2 or sum(
        is_label(row[0], 0.3) and not is_label(row[1], 0.6) for row in under
    ) < max(2, 0.7 * len(under)):
        return False
    if max(len(row) for row in under) < 3 and len(cells) < 3 and cells[0].column == 0:
        return False
    people = [cell for cell in cells if cell.column > 0]
    lead = label_of(cells[0])
    if (
        len(people) > 1
        and lead.subject in {Subject.CHILD, Subject.ADULT}
        and lead.attribute in {"", "children", "adults"}
        and all(re.fullmatch(r"[1-9]", cell.piece.text.strip()) for cell in people)
    ):
        return True  # "Child | 1 | 2"
    if not people or (cells[0].column == 0 and is_label(cells[0], 0.5)):
        return False
    return all(
        (m := label_of(cell)).subject in {Subject.CHILD, Subject.ADULT, Subject.REFERRER}
        and not (m.attribute and m.attribute not in {"children", "adults"})
        for cell in people
    )


def cell_over(column: int, heads: list[Cell]) -> Cell | None:
    """The head of a column, or None where none is over it."""
    return next((head for head in heads if head.column <= column < head.column + head.span), None)
