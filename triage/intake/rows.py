"""From lines and tables to labels with their values, whatever the layout.

A label may stand left of its value, above it, before a colon, or at the head of a column or of
a row; a table may hold one child a row or one child a column. What has no label is a passage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from triage.intake.choices import has_boxes, is_ethnicity, sex_in, yes_or_no
from triage.intake.hanging import hung
from triage.intake.labels import RELATION_WORDS, Meaning, classify, relation_in
from triage.intake.pairs import known, pairs_in
from triage.intake.people import RANKS, is_organisation, is_post, is_role, name_runs
from triage.intake.pieces import Cell, Entry, Item, Line, Node, Pair, Passage, Piece, Table
from triage.intake.signature import SIGN_OFF
from triage.intake.tables import table_items

_LONG_ANSWERS = frozenset(
    {"concern", "consent", "consent_reason", "informed", "informed_reason", "risk", "strengths"}
    | {"address", "place_now", "ignore", "disability", "adults", "children"}
)
_BOXED = re.compile(r"^(?:[☒☑☐□✓✔]|\[[ xX]?\])\s*(?=\w)")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n")
_HEADING_END = re.compile(r"[.!,;]$")
_BULLET = re.compile(r"^\s*(?:[•*·▪–—>-]\s+|#{1,4}\s*)")
_ITEM_NUMBER = re.compile(r"^\s*(?:(\d{1,2})[.)]|\d{1,2}(?:\.\d{1,2}){1,2}[.)]?)\s+(?=\S)")
_ASKED = re.compile(r"^\s*(?:Q|Question)\s?\d{0,2}\s?[:.)]\s+(?=\S)")
_ANSWERED = re.compile(r"^\s*(?:A|Ans|Answer|Response)\s?\d{0,2}\s?[:.)](?:\s+|$)")
_SECTION = re.compile(r"(?i)(?:section|part|step|page|panel)\s(?:\d{1,2}|[a-h])\W*")
_HINT = re.compile(r"\s*\((?:if|please|leave|for example|e\.g)\b[^()]{1,60}\)$")
_EXAMPLE = re.compile(r"(?i)\b(?:for example|for instance|e\.g\.?|an example)\b[^.\n]{0,90}$")
_UNDERLINE = re.compile(r"[-=_~*]{3,}")
_BARRED = re.compile(r"\s*\|.*\S.*\|\s*$")
_BAR_RULE = re.compile(r"[\s|:=+-]+")
_BAR = re.compile(r"\|")
_RULED = re.compile(
    r"^(?:[=*#~–—-]{2,}|#{1,6})\s*(?P<said>[^\W_].*?)\s*[=*#~–—-]*$|^\*{1,3}(?P<bold>[^*]+)\*{1,3}$"
)


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
    nodes = _with_bars(nodes)
    nodes = hung(nodes) if form else nodes

    def flush(below: Piece | None = None) -> None:
        nonlocal lines
        if lines:
            _read_lines(reading, lines, base, form, below)
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
            flush(next((cell.piece for row in node.rows for cell in row), None))
            if _answers_below(reading, node):
                continue
            _close(reading)
            reading.items.extend(table_items(node, reading.path, _inside))
    flush()
    _close(reading)
    return reading.items


def _answers_below(reading: _Reading, table: Table) -> bool:
    """Take a box that holds nothing but words for the answer to the question just above it."""
    entry, cells = reading.open, [cell for row in table.rows for cell in row if cell.piece]
    if entry is None or entry.value or len(cells) != 1 or pairs_in(cells[0].piece):
        return False
    entry.value = cells[0].piece.strip()
    _close(reading)
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


def _close(reading: _Reading) -> None:
    if reading.open is not None:
        reading.items.append(reading.open)
        reading.open = None
    if reading.passage is not None:
        reading.items.append(Passage(reading.passage.strip(), reading.path))
        reading.passage = None


def _unknown_pair(piece: Piece) -> bool:
    words = piece.text
    match = re.match(r"[A-Z(][^:.!?]{1,60}(?::(?=\s|$)|\?\s*:)", words)
    return bool(match) and len(match[0].split()) <= 8 if match else False


def _read_lines(
    reading: _Reading,
    lines: list[Line],
    base: tuple[str, ...],
    form: bool,
    below: Piece | None = None,
) -> None:
    """Read a run of lines; `below` is what a table under them begins with."""
    searching = 0
    counted = _counted(lines) if form else frozenset()
    spaced = _is_spaced(lines)
    for number, line in enumerate(lines):
        piece = line.piece
        words = piece.text.strip()
        if not words or re.fullmatch(r"[-=_*~–—.\s]{3,}", words):
            reading.blank = not (spaced and not words)
            continue
        if form and (asked := _ASKED.match(words)):
            piece = piece.strip().cut(asked.end())
            words = piece.text
            if not words.endswith(("?", ":")) and classify(words).attribute:
                _close(reading)
                _ask(reading, piece)
                continue
        if form and reading.open is not None and (told := _ANSWERED.match(words)):
            _continue(reading, piece.strip().cut(told.end()))
            continue
        if form and len(words) < 100 and (ruled := _RULED.match(words)):
            _close(reading)
            reading.path = (*base, (ruled["said"] or ruled["bold"]).strip(" :"))
            reading.group, reading.blank = (), False
            continue
        if number in counted and (item := _ITEM_NUMBER.match(words)):
            _close(reading)
            reading.group = ()
            _ask(reading, piece.strip().cut(item.end()))
            continue
        unfilled = form and piece.text.rstrip(" ").endswith("\t") and "\t" not in words
        if unfilled and classify(words).attribute:  # a label, a tab, and nothing filled in
            _close(reading)
            reading.items.append(
                Entry((words,), piece.cut(len(piece.text)), reading.path, reading.group)
            )
            continue
        if searching > 3_000:
            _continue(reading, piece)
            continue
        searching += 1
        before = lines[number - 1].piece.text.rstrip() if number else ""
        if words[0].islower() and len(before) > 55 and before[-1] not in ".:?!;":
            _continue(reading, piece.strip())  # a sentence goes on from the line above
            continue
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
        if not form and len(pairs) == 1 and pairs[0][0].start > bare.start + 2:
            pairs = [pair for pair in pairs if _sure_in_prose(pair[0])]
        if not form:  # "Could you advise? I teach ..." is a question of the letter itself
            pairs = [
                (label, value)
                for label, value in pairs
                if len(value.text) < 120 or not label.text.endswith("?") or _sure_in_prose(label)
            ]
        pairs = [
            pair
            for pair in pairs
            if not _EXAMPLE.search(words[: max(0, pair[0].start - piece.start)])
        ]
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
            if not (numbered and len(pairs) > 1) and not _indented(piece) and not numbered:
                reading.group = ()
            continue
        under = lines[number + 1].piece.text.strip() if number + 1 < len(lines) else ""
        if form and _UNDERLINE.fullmatch(under) and len(words) < 90 and not pairs:
            _close(reading)
            reading.path, reading.group = (*base, words.strip(" :")), ()
            reading.blank = False
            continue
        following = next(
            (n.piece for n in lines[number + 1 : number + 4] if n.piece.text.strip()), None
        )
        if _is_heading(line, words, following or (form and below) or None, form, reading):
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
            if (who := _named_before(bare, pairs)) is not None:
                _close(reading)
                reading.items.append(Entry(("Name of child",), who, reading.path, reading.group))
                _open_pairs(reading, pairs)
                continue
            _tail_pairs(reading, piece, pairs)
            continue
        if (
            reading.open is not None
            and _unknown_pair(bare)
            and (bullet or reading.opened.attribute not in _LONG_ANSWERS)
        ):
            _close(reading)
            reading.passage = piece
            continue
        _continue(reading, piece)


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


def _ask(reading: _Reading, label: Piece) -> None:
    """Open a label whose answer stands on the lines under it."""
    reading.open = Entry((label.text,), label.cut(len(label.text)), reading.path, reading.group)
    reading.opened = classify(label.text)
    reading.labels += 1
    reading.blank = False


_SURE_IN_PROSE = _LONG_ANSWERS - {"address", "ignore", "disability"} | {"urgent", "phone"}


def _sure_in_prose(label: Piece) -> bool:
    """True for a label that is one even amid the sentences of a letter."""
    return classify(label.text).attribute in _SURE_IN_PROSE


def _indented(piece: Piece) -> bool:
    line_start = piece.sheet.text.rfind("\n", 0, piece.start) + 1
    return piece.start - line_start >= 2


_ONE_FACT = frozenset(
    {"given", "family", "dob", "nhs", "upn", "phone", "email", "postcode", "ethnicity", "language"}
)


def _opens_value(meaning: Meaning, following: Piece | None, words: str, heading: bool) -> bool:
    """True when a line alone is the label of what stands under it."""
    if not meaning.attribute or following is None or re.search(r":\s+\S", words):
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
        return meaning.share >= 0.3 or (words.endswith("?") and meaning.weight >= 2)
    short = len(words.split()) <= 4 and (bool(meaning.subject) or meaning.attribute in _ONE_FACT)
    return (
        meaning.share >= (0.5 if short else 0.75)
        and not heading
        and len(following.text) < 120
        and not (_alone(following.text) and not _answers(following.text, meaning))
    )


def _is_heading(
    line: Line, words: str, following: Piece | None, form: bool, reading: _Reading
) -> bool:
    if len(words) > 110 or len(words.split()) > 14:
        return False
    if form and (hint := _HINT.search(words)):
        words = words[: hint.start()]  # "Child's age (if you don't know their date of birth)"
    if SIGN_OFF.match(words):
        return False
    if line.heading or _SECTION.fullmatch(words):
        return True
    if (
        reading.open is not None
        and not reading.open.value
        and _answers(words, reading.opened, near=not reading.blank)
    ):
        return False
    meaning = classify(words.strip(" :"))
    if meaning.attribute == "address" and re.match(r"\d+[A-Za-z]?\s", words):
        return False
    if words.endswith((":", "?")) and following is not None:
        return known(meaning) or (form and len(words.split()) <= 6 and words.endswith(":"))
    if not form:
        return False
    if has_boxes(line.piece) or (
        _HEADING_END.search(words)
        and not (
            words.endswith(".")
            and meaning.share >= 0.75
            and meaning.attribute not in {"consent", "informed"}  # "Mother has given consent."
        )
    ):
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


_BORN = re.compile(
    r"(?i)(?:half|step)?[ -]?(?:brother|sister|sibling|son|daughter|twin)\b(?!.*[:?]$)"
)
_NAMED_ALIKE = frozenset({"ethnicity", "disability", "school", "language", "agency", "role"})
_CARD_LABELS = frozenset(
    {"name", "role", "agency", "phone", "email", "address", "postcode", "dob", "relationship"}
)


def _answers(words: str, asked: Meaning, *, near: bool = True) -> bool:
    """True for a line that answers the label above it though it could be a label itself."""
    if asked.attribute == "sex" and sex_in(words):
        return True
    if asked.attribute == "ethnicity" and is_ethnicity(words):
        return True
    alike = near and asked.attribute in _NAMED_ALIKE and not words.endswith((":", "?"))
    if alike and classify(words).attribute == asked.attribute and classify(words).share < 1:
        return True  # "Any other White background" under "Ethnic background"
    if asked.attribute in {"role", "ignore"} and is_post(words) and not words.endswith((":", "?")):
        return True
    kin = bool(relation_in(words) or _BORN.match(words))
    if asked.attribute in {"relationship", "role"} and kin and len(words.split()) < 4:
        return True
    if asked.attribute == "role" and RANKS.match(f"{words} "):
        return True
    if near and asked.attribute in {"role", "agency", "school"} and len(words) < 80:
        of_label = classify(words).attribute in _CARD_LABELS and classify(words).share >= 0.5
        told = is_role(words) if asked.attribute == "role" else is_organisation(words)
        if told and not of_label and not words.endswith((":", "?")):
            return True
    if asked.attribute in {"relationship", "role"} and (near or kin):
        return False
    if near and asked.attribute in {"consent_reason", "informed_reason"}:
        return not words.endswith((":", "?")) and classify(words).share < 0.75
    if near and asked.attribute in {"adults", "children"} and not words.endswith((":", "?")):
        return bool(RELATION_WORDS.keys() & set(re.findall(r"[a-z]+", words.casefold())))
    if yes_or_no(words):
        return True
    return near and (bool(sex_in(words)) or words.casefold() in RELATION_WORDS)


def _alone(words: str) -> bool:
    """True for words that are more likely a label of their own than an answer."""
    if len(words) >= 60 or re.search(r"\d{5}|@", words):
        return False
    meaning = classify(words)
    return known(meaning) and bool(meaning.attribute)


def _open_pairs(reading: _Reading, pairs: list[tuple[Piece, Piece]]) -> None:
    _close(reading)
    for label, value in pairs:
        if reading.open is not None:
            reading.items.append(reading.open)
        reading.open = Entry((label.text,), value, reading.path, reading.group)
        reading.opened = classify(label.text)
        reading.labels += 1
    reading.blank = False


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


def _tail_pairs(reading: _Reading, piece: Piece, pairs: list[tuple[Piece, Piece]]) -> None:
    """A line that begins as text and goes on with labels ("... aged 4. Consent: not asked")."""
    telling = reading.open is not None and reading.opened.attribute in {"concern", "address"}
    head = piece.cut(0, pairs[0][0].start - piece.start).strip()
    if _unknown_pair(head) and len(head.text) < 80 and "\n" not in head.text:
        _close(reading)  # "Coach: Marcus Thole   Role: ...": another label, of a word not known
        at = head.text.index(":")
        value = head.cut(at + 1).strip(" ?:")
        reading.items.append(Entry((head.cut(0, at).text,), value, reading.path, reading.group))
        head, telling = head.cut(len(head.text)), False
    if telling or head:
        _continue(reading, piece if telling else head)
    for number, (label, given) in enumerate(pairs):
        value = given
        if number == len(pairs) - 1 and value:
            rest = piece.sheet.text[value.start : value.start + 600]
            stop = _SENTENCE_END.search(rest, min(len(value.text), len(rest)))
            open_ended = not value.text.endswith((".", "!", "?")) and len(value.text) < 400
            long_answer = classify(label.text).attribute in _LONG_ANSWERS
            if stop and open_ended and long_answer and len(piece.text) > 60:
                value = Piece(value.sheet, value.start, value.start + stop.start()).strip()
        reading.items.append(Entry((label.text,), value, reading.path, reading.group))
    reading.blank = False


_SENTENCE = re.compile(r"[A-Z][a-z’']+ (?:[a-z’']+ ){3}")


def _continue(reading: _Reading, piece: Piece) -> None:
    """Text without a label: more of the open value, or more of a passage."""
    entry = reading.open
    if entry is not None:
        last = entry.value
        long_answer = reading.opened.attribute in _LONG_ANSWERS
        people = reading.opened.attribute in {"adults", "children"}
        wraps = not reading.blank and (
            long_answer or (bool(last) and len(last.text.rsplit("\n", 1)[-1]) > 55)
        )
        people = people or reading.opened.attribute == "address"
        if wraps and last and (people or not long_answer) and _SENTENCE.match(piece.text):
            wraps = False  # "The children live with ...": told of them, not one more of them
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
