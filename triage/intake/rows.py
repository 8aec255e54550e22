"""From lines and tables to labels with their values, whatever the layout.

A label may stand left of its value, above it, before a colon, or at the head of a column or of
a row; a table may hold one child a row or one child a column. What has no label is a passage.
"""

from __future__ import annotations

import re
from itertools import pairwise

from triage.intake.choices import has_boxes
from triage.intake.hanging import hung
from triage.intake.headings import is_heading, opens_value
from triage.intake.labels import classify
from triage.intake.line_reading import LONG_ANSWERS, LineReading, unknown_pair
from triage.intake.pairs import pairs_in
from triage.intake.people import name_runs
from triage.intake.pieces import Cell, Entry, Item, Line, Node, Pair, Piece, Table
from triage.intake.tables import table_items

_BOXED = re.compile(r"^(?:[☒☑☐□✓✔]|\[[ xX]?\])\s*(?=\w)")
_BULLET = re.compile(r"^\s*(?:[•*·▪–—>-]\s+|#{1,4}\s*)")
_ITEM_NUMBER = re.compile(r"^\s*(?:(\d{1,2})[.)]|\d{1,2}(?:\.\d{1,2}){1,2}[.)]?)\s+(?=\S)")
_ASKED = re.compile(r"^\s*(?:Q|Question)\s?\d{0,2}\s?[:.)]\s+(?=\S)")
_ANSWERED = re.compile(r"^\s*(?:A|Ans|Answer|Response)\s?\d{0,2}\s?[:.)](?:\s+|$)")
_EXAMPLE = re.compile(r"(?i)\b(?:for example|for instance|e\.g\.?|an example)\b[^.\n]{0,90}$")
_UNDERLINE = re.compile(r"[-=_~*]{3,}")
_BARRED = re.compile(r"\s*\|.*\S.*\|\s*$")
_BAR_RULE = re.compile(r"[\s|:=+-]+")
_BAR = re.compile(r"\|")
_RULED = re.compile(
    r"^(?:[=*#~–—-]{2,}|#{1,6})\s*(?P<said>[^\W_].*?)\s*[=*#~–—-]*$|^\*{1,3}(?P<bold>[^*]+)\*{1,3}$"
)


def items_of(nodes: list[Node], *, form: bool = True, path: tuple[str, ...] = ()) -> list[Item]:
    """The labelled values and passages of a part, in order.

    `form` is False for the body of a letter, where a line alone is no label.
    """
    reading = LineReading(path)
    base = path
    lines: list[Line] = []
    nodes = _with_bars(nodes)
    nodes = hung(nodes) if form else nodes

    def flush(below: Piece | None = None) -> None:
        nonlocal lines
        if lines:
            _Lines(reading, lines, base, form, below).read()
            lines = []

    for node in nodes:
        if isinstance(node, Line):
            lines.append(node)
        elif isinstance(node, Pair):
            flush()
            reading.close()
            reading.items.append(
                Entry(node.labels, node.value, base + node.path, tuple(node.groups))
            )
        else:
            flush(next((cell.piece for row in node.rows for cell in row), None))
            if _answers_below(reading, node):
                continue
            reading.close()
            reading.items.extend(table_items(node, reading.path, _inside))
    flush()
    reading.close()
    return reading.items


def _answers_below(reading: LineReading, table: Table) -> bool:
    """Take a box that holds nothing but words for the answer to the question just above it."""
    entry, cells = reading.open, [cell for row in table.rows for cell in row if cell.piece]
    if entry is None or entry.value or len(cells) != 1 or pairs_in(cells[0].piece):
        return False
    entry.value = cells[0].piece.strip()
    reading.close()
    return True


def _with_bars(nodes: list[Node]) -> list[Node]:
    """Nodes with lines of cells between bars ("| Field | Answer |") as tables."""
    out: list[Node] = []
    rows: list[list[Cell]] = []
    for node in nodes:
        barred = isinstance(node, Line) and _BARRED.match(node.piece.text)
        if barred and isinstance(node, Line):
            if not _BAR_RULE.fullmatch(node.piece.text):
                cells = node.piece.strip().strip("|").split_all(_BAR)
                rows.append([Cell(cell, column) for column, cell in enumerate(cells)])
            continue
        if rows:
            out.append(Table(rows))
            rows = []
        out.append(node)
    return [*out, Table(rows)] if rows else out


def _inside(nodes: list[Node], path: tuple[str, ...]) -> list[Item]:
    return items_of(nodes, path=path)


class _Lines:
    """Reads a run of lines one by one. Each step may take a whole line: then it is True."""

    def __init__(
        self,
        reading: LineReading,
        lines: list[Line],
        base: tuple[str, ...],
        form: bool,
        below: Piece | None,
    ) -> None:
        self.reading, self.lines, self.base, self.form = reading, lines, base, form
        self.below = below  # what a table under them begins with
        self.counted = _counted(lines) if form else frozenset()
        self.spaced = _is_spaced(lines)
        self.searched = 0
        self.number = 0
        self.piece = lines[0].piece
        self.words = ""
        self.bullet: re.Match[str] | None = None
        self.numbered: re.Match[str] | None = None
        self.bare = self.piece  # without its bullet
        self.pairs: list[tuple[Piece, Piece]] = []

    def read(self) -> None:
        """Take in what all lines say."""
        for number, line in enumerate(self.lines):
            self.number, self.piece, self.words = number, line.piece, line.piece.text.strip()
            for step in (
                self._is_blank,
                self._is_question,
                self._is_ruled,
                self._is_unfilled,
                self._goes_on,
                self._is_ticked,
                self._opens_pairs,
                self._is_underlined,
                self._is_heading,
                self._ends_in_pairs,
            ):
                if step():
                    break
            else:
                self.reading.go_on(self.piece)

    def _turns_to(self, heading: str) -> None:
        self.reading.path, self.reading.group = (*self.base, heading), ()
        self.reading.blank = False

    def _is_blank(self) -> bool:
        words = self.words
        if words and not re.fullmatch(r"[-=_*~–—.\s]{3,}", words):
            return False
        self.reading.blank = not (self.spaced and not words)
        return True

    def _is_question(self) -> bool:
        """ "Q1. Who is the child?" and, under it, "A: Ada Fenn"."""
        if not self.form:
            return False
        if asked := _ASKED.match(self.words):
            self.piece = self.piece.strip().cut(asked.end())
            self.words = words = self.piece.text
            if not words.endswith(("?", ":")) and classify(words).attribute:
                self.reading.close()
                self.reading.ask(self.piece)
                return True
        if self.reading.open is not None and (told := _ANSWERED.match(self.words)):
            self.reading.go_on(self.piece.strip().cut(told.end()))
            return True
        return False

    def _is_ruled(self) -> bool:
        """A heading between rules ("== Family =="), or a question that is counted on."""
        if self.form and len(self.words) < 100 and (ruled := _RULED.match(self.words)):
            self.reading.close()
            self._turns_to((ruled["said"] or ruled["bold"]).strip(" :"))
            return True
        counts = self.number in self.counted
        if counts and (item := _ITEM_NUMBER.match(self.words)):
            self.reading.close()
            self.reading.group = ()
            self.reading.ask(self.piece.strip().cut(item.end()))
            return True
        return False

    def _is_unfilled(self) -> bool:
        """A label, a tab, and nothing filled in."""
        tabbed = self.piece.text.rstrip(" ").endswith("\t") and "\t" not in self.words
        if not (self.form and tabbed and classify(self.words).attribute):
            return False
        self.reading.close()
        empty = self.piece.cut(len(self.piece.text))
        self.reading.items.append(
            Entry((self.words,), empty, self.reading.path, self.reading.group)
        )
        return True

    def _goes_on(self) -> bool:
        """A line beyond those that are searched, or a sentence of the line above."""
        if self.searched > 3_000:
            self.reading.go_on(self.piece)
            return True
        self.searched += 1
        before = self.lines[self.number - 1].piece.text.rstrip() if self.number else ""
        self.piece = self.piece.strip()
        if self.words[0].islower() and len(before) > 55 and before[-1] not in ".:?!;":
            self.reading.go_on(self.piece)
            return True
        return False

    def _is_ticked(self) -> bool:
        self.bullet = _BULLET.match(self.words)
        self.bare = self.piece.cut(self.bullet.end()) if self.bullet else self.piece
        boxed = _BOXED.match(self.words)
        if boxed is None or has_boxes(self.piece.cut(boxed.end())):
            return False
        label = self.words[boxed.end() :]
        meaning = classify(label)
        if not meaning.attribute or not (meaning.share >= 0.3 or meaning.weight >= 2):
            return False
        self.reading.close()
        tick = self.piece.cut(0, boxed.end()).strip()
        self.reading.items.append(Entry((label,), tick, self.reading.path, ()))
        return True

    def _opens_pairs(self) -> bool:
        """A line that begins with a label and its value."""
        self.numbered = _ITEM_NUMBER.match(self.bare.text)
        text = self.bare.cut(self.numbered.end()) if self.numbered else self.bare
        self.pairs = self._pairs(text)
        if not self.pairs or self.pairs[0][0].start > text.strip(" -–•*").start + 1:
            return False
        several = len(self.pairs) > 1
        if self.numbered:
            self.reading.group = ("item", self.numbered[1]) if several else ()
        self.reading.open_pairs(self.pairs)
        if not self.numbered and not _indented(self.piece):
            self.reading.group = ()
        return True

    def _pairs(self, text: Piece) -> list[tuple[Piece, Piece]]:
        pairs = pairs_in(text)
        if not self.form and len(pairs) == 1 and pairs[0][0].start > self.bare.start + 2:
            pairs = [pair for pair in pairs if _sure_in_prose(pair[0])]
        if not self.form:  # "Could you advise? I teach ..." is a question of the letter itself
            pairs = [
                (label, value)
                for label, value in pairs
                if len(value.text) < 120 or not label.text.endswith("?") or _sure_in_prose(label)
            ]
        before = self.piece.start
        return [
            pair
            for pair in pairs
            if not _EXAMPLE.search(self.words[: max(0, pair[0].start - before)])
        ]

    def _is_underlined(self) -> bool:
        after = self.lines[self.number + 1 : self.number + 2]
        under = after[0].piece.text.strip() if after else ""
        if not self.form or self.pairs or len(self.words) >= 90 or not _UNDERLINE.fullmatch(under):
            return False
        self.reading.close()
        self._turns_to(self.words.strip(" :"))
        return True

    def _is_heading(self) -> bool:
        line, words, reading = self.lines[self.number], self.words, self.reading
        near = self.lines[self.number + 1 : self.number + 4]
        following = next((n.piece for n in near if n.piece.text.strip()), None)
        next_ = following or (self.form and self.below) or None
        if not is_heading(line, words, next_, self.form, reading):
            return False
        reading.close()
        heading = words.strip(" :-–#*=")
        meaning = classify(heading)
        if opens_value(meaning, following, words, line.heading):
            if meaning.attribute in {"concern", "strengths"}:
                reading.path = (*self.base, heading)
            value = self.piece.cut(len(words), len(words))
            reading.open = Entry((heading,), value, reading.path, ())
            reading.opened = meaning
        else:
            reading.path = (*self.base, heading)
        reading.group = ()
        reading.blank = False
        return True

    def _ends_in_pairs(self) -> bool:
        """Labels with values further on in the line; a label that is not known begins anew."""
        reading = self.reading
        if self.pairs and (who := _named_before(self.bare, self.pairs)) is not None:
            reading.close()
            reading.items.append(Entry(("Name of child",), who, reading.path, reading.group))
            reading.open_pairs(self.pairs)
            return True
        if self.pairs:
            reading.tail_pairs(self.piece, self.pairs)
            return True
        short = self.bullet or reading.opened.attribute not in LONG_ANSWERS
        if reading.open is None or not unknown_pair(self.bare) or not short:
            return False
        reading.close()
        reading.passage = self.piece
        return True


def _counted(lines: list[Line]) -> frozenset[int]:
    """The lines that are questions numbered on from one another, each with its answer under it."""
    full = [(at, line.piece.text.strip()) for at, line in enumerate(lines) if line.piece]
    asked: list[int] = []
    want = 0
    for (at, words), (_, under) in pairwise([*full, (0, "")]):
        match = _ITEM_NUMBER.match(words)
        if match is None or match[1] is None or int(match[1]) != want + 1 or not under:
            continue
        if _ITEM_NUMBER.match(under) or any(value for _, value in pairs_in(line_of(lines, at))):
            continue
        want += 1
        asked.append(at)
    told = sum(words.endswith(("?", ".")) for at, words in full if at in asked)
    return frozenset(asked if len(asked) > 3 and told * 2 > len(asked) else ())


def line_of(lines: list[Line], at: int) -> Piece:
    """A line without the number of its question."""
    piece = lines[at].piece.strip()
    number = _ITEM_NUMBER.match(piece.text)
    return piece.cut(number.end()) if number else piece


def _is_spaced(lines: list[Line]) -> bool:
    """True where an empty line follows every line: then it parts nothing."""
    told = [bool(line.piece.text.strip()) for line in lines]
    return sum(told) > 5 and sum(a and b for a, b in pairwise(told)) <= 0.1 * sum(told)


_SURE_IN_PROSE = LONG_ANSWERS - {"address", "ignore", "disability"} | {"urgent", "phone"}


def _sure_in_prose(label: Piece) -> bool:
    """True for a label that is one even amid the sentences of a letter."""
    return classify(label.text).attribute in _SURE_IN_PROSE


def _indented(piece: Piece) -> bool:
    line_start = piece.sheet.text.rfind("\n", 0, piece.start) + 1
    return piece.start - line_start >= 2


_TITLED_BIRTH = re.compile(
    r"(?:Master|Miss|Baby)\.? (?:[^\W\d_a-z][\w’'-]*,? ){1,5}(?:DOB|D\.O\.B\.?|born|dob)\b.{6,24}$"
)
_RE_WHO = re.compile(r"^\s*(?:(?:re|ref|regarding|child|patient)\b\s*[:.-]?\s*)", re.I)


def _named_before(line: Piece, pairs: list[tuple[Piece, Piece]]) -> Piece | None:
    """The name in "Re: Master Oluwaseun ADEYEMI-COLE   DOB: ...   NHS: ..."."""
    if classify(pairs[0][0].text).attribute not in {"dob", "nhs"}:
        return None
    head = line.cut(0, pairs[0][0].start - line.start).strip(" ,;:-–(")
    lead = _RE_WHO.match(head.text)
    if lead is None and _TITLED_BIRTH.match(head.text):
        return head  # "Master Yaw BOATENG-LISTER, DOB 09/10/2024" before its NHS number
    if lead is None or len(head.text) > 80:
        return None
    head = head.cut(lead.end()).strip()
    titled = re.match(r"(?:Master|Miss|Mr|Ms|Mx)\.?\s+", head.text)
    bare = head.cut(titled.end()) if titled else head
    runs = name_runs(bare)
    return bare if len(runs) == 1 and runs[0].text == bare.text and " " in bare.text else None
