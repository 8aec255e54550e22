"""Lines that each tell of one person: "Tobias Fennimore, son, 12.03.2014", "MOSS, Ada (f) b. 1.2.90".

A line counts only where everything on it is understood, or is a note of a few words, and where it
stands among such lines, under a heading for people, or gives a birth date as one.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.intake.choices import is_blank, sex_in
from triage.intake.dates import FoundDate, age_on, find_dates
from triage.intake.gathered import Gathered, Person, Reading, nhs_note, turned
from triage.intake.labels import Subject, classify, relation_in
from triage.intake.pairs import known
from triage.intake.people import (
    EMAIL,
    NHS,
    PHONE,
    TITLES,
    UPN,
    is_organisation,
    is_role,
    name_runs,
    settle_case,
)
from triage.intake.person_facts import PersonFacts
from triage.intake.pieces import Line, Node, Piece

_LONGEST = 200
_MOST_LINES = 2_000
_BULLET = re.compile(r"^\s*(?:[•*·▪–—>-]\s+|\(?\d{1,2}[.)]\s+|[a-h][.)]\s+)+")
_BORN = r"(?:\bd\.?\s?o\.?\s?b\.?|\bdate of birth|\bborn(?: on)?|\bb\.|\bbirth date)\s*[:.]?\s*$"
_DUE = r"(?i)(?:\bedd|\be\.d\.d\.?|\bdue(?: on)?|\bexpected(?: date)?(?: of delivery)?)\s*[:.]?\s*$"
_LED = re.compile(
    r"(?i)\b(?:nhs(?: (?:no|number|num))?\.?|upn|tel(?:ephone)?|mob(?:ile)?|phone|contact|number|e-?mail"
    r"|d\.?\s?o\.?\s?b\.?|date of birth|birth date|born(?: on)?|b\.|edd|e\.d\.d\.?|due(?: on)?|expected(?: date)?)\s*[:.]?\s*$"
)
_PARTS = re.compile(r"[,;|\t\x01()\[\]]|\s[–—-]{1,2}\s|\s{2,}|:\s|:$")
_COLUMNS = re.compile(r"\s{2,}|\t|\s?[|;]\s?")
_AGE = re.compile(
    r"(?i)(?:aged?\s?:?\s?)?(?:about |approx\.? |nearly |thought to be |believed to be )?(?:\d|1\d)(?:\s?½)?(?:\s?(?:years?|yrs?|y/?o|y))?(?: old)?"
    r"|(?:aged?\s?:?\s?)?(?:about |approx\.? |nearly )?\d{1,2}\s?(?:months?|mths?|weeks?|wks?|days?)(?: old)?"
    r"|aged? \d{1,2}"
)
_YEAR = re.compile(
    r"(?i)(?:school )?(?:year|yr|y)\s?(?:1[0-3]|\d)[a-z]?|reception|year group:? \d{1,2}"
)
_PR = re.compile(
    r"(?i)(?:(?P<no>no|not?|does not have|without|doesn['’]t have)\s)?(?:also |both )?(?:(?:has|holds?|with|have|shared|joint|full)\s)*(?:(?-i:\bPR\b)|parental responsibility)"
    r"(?:\s?[:=-]?\s?(?P<answer>yes|no|y|n)\b)?(?: for [\w’' ,&-]{2,50})?"
)
_UNSURE = re.compile(
    r"(?i)\s?[:=–-]?\s?(?:is )?(?:not (?:known|clear|sure|confirmed)|un(?:known|clear|sure)|tbc|n/?k|\?)"
)
_OWNED = r"(?:\s(?:of|to|for)\s(?:the\s)?(?:[A-Z][\w’'-]+|baby|child(?:ren)?|both|all)(?:(?:,| and| &)\s?[A-Z][\w’'-]+){0,4})?"
_KIN = (
    r"(?:(?:birth|biological|maternal|paternal|half|step|foster|great|twin|older|elder|eldest|younger|youngest|oldest|big|little|ex|adoptive|putative|alleged|mum|mother|dad|father)(?:['’]s)?[\s-]?)*"
    r"(?:mother|father|mum|mam|mummy|dad|daddy|grandmother|grandfather|grandma|grandad|granddad|nan|nana|gran|aunt|auntie|aunty|uncle|partner|boyfriend|girlfriend|husband|wife|guardian|carer|cousin|lodger"
    r"|son|daughter|brother|sister|sibling|twin|child|baby|subject(?: child)?|index child|infant|pupil|student|niece|nephew|grandson|granddaughter|stepson|stepdaughter|unborn(?: baby| child)?)"
)
_RELATION = re.compile(rf"(?i:(?:the |her |his |their )?{_KIN}){_OWNED}")
_LEADS = re.compile(rf"(?i:{_KIN})(?=\s[A-Z])")
_ADULT = re.compile(
    r"(?i)\b(?:mother|father|mum|mam|mummy|dad|daddy|grand(?!son|daughter)\w+|nan|nana|gran|aunt\w*|uncle|partner|boyfriend|girlfriend|husband|wife|guardian|carer|lodger)\b"
)
_SEXES = {"son": "M", "brother": "M", "nephew": "M", "grandson": "M", "stepson": "M"} | {
    "daughter": "F", "sister": "F", "niece": "F", "granddaughter": "F", "stepdaughter": "F"
}  # fmt: skip
_STREET = re.compile(r"\d{1,4}[a-z]?\s+[A-Z]|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_DAY_NAMED = re.compile(
    r"(?:Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|April|May|June|July|August|March) [A-Z][\w’'-]+(?:-[A-Z][\w’'-]+)?$"
)
_UNBORN = re.compile(r"(?i)unborn\b|baby bump")
_NOTE_WORDS = 9


@dataclass(slots=True)
class Row:
    """What one line says of one person."""

    line: Line
    name: Piece | None = None
    relation: Piece | None = None
    born: FoundDate | None = None
    labelled: bool = False
    due: FoundDate | None = None
    facts: dict[str, Reading] = field(default_factory=dict)
    unborn: bool = False
    whom: Subject = Subject.NONE

    @property
    def sure(self) -> bool:
        """True for a line that tells of a person whatever stands about it."""
        named = self.name is not None and " " in self.name.text
        return named and ((self.labelled and self.born is not None) or (self.relation is not None and (
            self.born is not None or "pr" in self.facts or "age" in self.facts)))  # fmt: skip


def take_people(got: Gathered, nodes: list[Node]) -> list[Node]:
    """Gather the people told of line by line; the nodes without those lines, and their heading."""
    rows: list[Row] = []
    gone: set[int] = set()
    run: list[Row] = []
    heads: list[Line] = []
    head: Line | None = None
    searched = 0

    def close() -> None:
        above = _heading(head) if head is not None else Subject.NONE
        settled = [row for row in run if _settle(got, row, above)]
        if settled and (len(run) > 1 or above or run[0].sure) and len(settled) * 2 > len(run):
            rows.extend(settled)
            gone.update(id(row.line) for row in settled)
            if head is not None and (above or _heads_columns(head)):
                heads.append(head)
        run.clear()

    for node in nodes:
        if not isinstance(node, Line):
            close()
            head = None
            continue
        if not node.piece.text.strip():
            continue
        searched += 1
        row = read_row(got, node) if searched <= _MOST_LINES else None
        if row is None:
            close()
            head = node
        else:
            run.append(row)
    close()
    if not rows:
        return nodes
    for row in rows:
        _add(got, row)
    gone.update(id(one) for one in heads)
    return [
        Line(node.piece.cut(len(node.piece.text)))
        if id(node) in gone and isinstance(node, Line)
        else node
        for node in nodes
    ]


def _heading(line: Line) -> Subject:
    """Whom a short line above the rows speaks of."""
    words = line.piece.text.strip()
    if len(words.split()) > 8 or words.endswith((".", ",")):
        return Subject.NONE
    meaning = classify(words.strip(" :"))
    if meaning.attribute == "children":
        return Subject.CHILD
    if meaning.attribute == "adults":
        return Subject.ADULT
    people = not meaning.attribute and meaning.subject in {Subject.CHILD, Subject.ADULT}
    return meaning.subject if people and known(meaning) else Subject.NONE


def _heads_columns(line: Line) -> bool:
    """True for labels set over the columns of the rows under them ("NAME     DOB     M/F")."""
    words = line.piece.text.strip()
    if re.search(r"[\d:]", words):
        return False
    cells = [cell for cell in _COLUMNS.split(words) if cell]
    asks = [known(meaning) for meaning in map(classify, cells)]
    return len(cells) > 1 and sum(asks) > len(asks) / 2


def read_row(got: Gathered, line: Line) -> Row | None:
    """What a line says where it is about one person and nothing else, or None."""
    piece = line.piece.strip()
    if not 6 < len(piece.text) <= _LONGEST or piece.text.endswith("?"):
        return None
    if bullet := _BULLET.match(piece.text):
        piece = piece.cut(bullet.end())
    row = Row(line)
    words = _without_numbers(got, row, piece)
    at = notes = 0
    parts: list[Piece] = []
    for part in _PARTS.split(words):
        start = words.index(part, at)
        at = start + len(part)
        bit = piece.cut(start, at).strip(" .:–-*_")
        if bit:
            parts.append(bit)
    for number, bit in enumerate(parts):
        under = parts[number + 1] if number + 1 < len(parts) else None
        told = _take(row, bit, under)
        if told is None:
            return None
        notes += told
    if notes > _NOTE_WORDS or (row.name is None and not row.unborn):
        return None
    hard = row.born or row.due or row.relation or {"age", "school_year"} & row.facts.keys()
    return row if hard else None


def _without_numbers(got: Gathered, row: Row, piece: Piece) -> str:
    """The words of a line with its numbers and dates, which are taken, blotted out."""
    words = piece.text

    def blot(start: int, end: int) -> None:
        nonlocal words
        lead = _LED.search(words[:start])
        begin = lead.start() if lead else start
        words = words[:begin] + "\x01" * (end - begin) + words[end:]

    for fact, pattern in (("email", EMAIL), ("upn", UPN), ("nhs", NHS), ("phone", PHONE)):
        match = pattern.search(words)
        if match is None or (fact == "nhs" and match[0].startswith("0")):
            continue
        found = piece.of(match)
        if fact == "nhs":
            digits = re.sub(r"\D", "", found.text)
            row.facts["nhs"] = Reading(digits, (found,), "row", nhs_note(digits))
        elif fact != "email":
            row.facts[fact] = Reading(found.text.strip(), (found,), "row")
        blot(*match.span())
    if pr := _PR.search(words):
        open_ended = _UNSURE.match(words, pr.end())  # "PR unknown" is neither
        denied = pr["no"] or (pr["answer"] or "").casefold() in {"no", "n"}
        if open_ended is None:
            row.facts["pr"] = Reading("no" if denied else "yes", (piece.of(pr),), "row")
        stop = open_ended.end() if open_ended else pr.end()
        words = words[: pr.start()] + "\x01" * (stop - pr.start()) + words[stop:]
    for date in find_dates(piece, got.today):
        start, end = date.piece.start - piece.start, date.piece.end - piece.start
        if "\x01" in words[start:end]:
            continue
        if re.search(_DUE, words[:start]):
            row.due = row.due or date
        elif row.born is None:
            row.born = date
            row.labelled = re.search(_BORN, words[:start], re.I) is not None
        blot(start, end)
    return words


def _take(row: Row, bit: Piece, under: Piece | None) -> int | None:
    """Take in one part of a line: the number of its words that say nothing known; None where the
    line is not about a person."""
    words = bit.text
    if _UNBORN.match(words):
        row.unborn = True
        return 0
    if sex := sex_in(words):
        row.facts.setdefault("sex", Reading(sex, (bit,), "row"))
        return 0
    if _YEAR.fullmatch(words):
        row.facts.setdefault("school_year", Reading(words, (bit,), "row"))
        return 0
    if _AGE.fullmatch(words):
        row.facts.setdefault("age", Reading(words, (bit,), "row"))
        return 0
    if _RELATION.fullmatch(words):
        if row.relation is not None and row.name is not None:
            return None  # two people
        row.relation = row.relation or bit
        return 0
    if row.name is None and (led := _LEADS.match(words)) and _is_name(bit.cut(led.end()).strip()):
        row.relation, row.name = row.relation or bit.of(led), bit.cut(led.end()).strip()
        return 0
    if row.name is None:
        if not _is_name(bit):
            return None
        row.name = bit
        caps = words.isupper() and len(words) > 2
        if caps and under is not None and _is_name(under) and not under.text.isupper():
            between = bit.sheet.text[bit.end : under.start]
            if between.strip() == ",":
                row.name = Piece(bit.sheet, bit.start, under.end)
        return 0
    if bit.start < row.name.end:
        return 0
    if _STREET.search(words) or (relation_in(words) and name_runs(bit)):
        return None
    if is_organisation(words):
        if is_role(words.split(",")[0]) and not re.search(
            r"(?i)school|nursery|academy|college|primary", words
        ):
            return None
        row.facts.setdefault("school", Reading(words, (bit,), "row"))
        return 0
    if is_role(words) or (_is_name(bit) and " " in words):
        return None  # a professional, or somebody else
    return 0 if is_blank(words) else len(words.split())


def _is_name(bit: Piece) -> bool:
    """True where a part of a line is a name and nothing more."""
    words = bit.text
    tokens = words.split()
    while len(tokens) > 1 and tokens[0].casefold().strip(".") in TITLES | {"baby"}:
        bit = bit.cut(len(bit.text) - len(bit.text.split(None, 1)[1]))
        tokens = tokens[1:]
    runs = name_runs(bit)
    dated = _DAY_NAMED.match(words)  # "Sunday Nash", "June Pask"
    if not dated and (len(runs) != 1 or runs[0].text != bit.text or len(tokens) > 5):
        return False
    meaning = classify(words)
    asks = known(meaning) and meaning.share >= 0.5
    return not (asks or is_organisation(words) or is_role(words) or relation_in(words))


def _settle(got: Gathered, row: Row, above: Subject) -> bool:
    """Say whom a row is of; False where nothing tells."""
    said = row.relation.text if row.relation else ""
    age = age_on(row.born.value, got.today) if row.born else None
    if row.unborn or row.due:
        row.whom = Subject.CHILD
    elif _ADULT.search(said):
        row.whom = Subject.CHILD if age is not None and age < 12 else Subject.ADULT
    elif age is not None:
        row.whom = Subject.CHILD if 0 <= age < 18 else Subject.ADULT
    elif said or {"age", "school_year"} & row.facts.keys():
        row.whom = Subject.CHILD
    else:
        row.whom = above
    return bool(row.whom) and not (row.whom is Subject.ADULT and row.name is None)


def _add(got: Gathered, row: Row) -> None:
    facts = PersonFacts(got)
    piece = row.line.piece
    person = Person(row.whom, ("row", piece.start), unborn=row.unborn)
    if row.name is not None:
        name = row.name
        baby = re.match(r"(?i)baby\s+(?=[A-Z])", name.text)
        if row.whom is Subject.CHILD:
            facts.put_name(person, name.cut(baby.end()) if baby else name, "row")
        else:
            bare = re.match(r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? )?", name.text)
            held = name.cut(bare.end()) if bare else name
            words = turned(held.text) if "," in held.text else settle_case(held.text)
            person.put("name", Reading(words, (held,), "row"))
    if row.due is not None:
        person.unborn = True
        person.put("edd", facts.dated(row.due, "row"))
    if row.born is not None:
        person.put("dob", facts.dated(row.born, "row"))
    if row.relation is not None:
        said = row.relation.text
        if row.whom is Subject.ADULT:
            person.put("relationship", Reading(relation_in(said), (row.relation,), "row"))
        elif kin := re.search(
            rf"(?i)\b(?:{'|'.join(_SEXES)})\b", re.sub(r"(?i)\b(half|step)-", r"\1 ", said)
        ):
            person.put("sex", Reading(_SEXES[kin[0].lower()], (row.relation,), "row"))
    for fact, reading in row.facts.items():
        if fact == "school_year":
            person.put("age", reading)
        elif (row.whom is Subject.CHILD and fact in {"nhs", "upn", "sex", "age", "school"}) or (
            row.whom is Subject.ADULT and fact in {"pr", "phone"}
        ):
            person.put(fact, reading)
    got.people.append(person)
    got.in_rows.append(piece)
