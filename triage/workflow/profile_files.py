"""The files of a profile's folder, read with the line of everything in them."""

import csv
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from triage.domain.profile import Code
from triage.workflow.profile_entries import CodeRow, Dated, Entry

Where = tuple[str | int, ...]
_F = TypeVar("_F", bound=Entry)
LARGEST, LONGEST_LINE, MOST_FAULTS = 150_000, 2000, 40
"""Characters of a file, and of a line of TOML; faults that are told of one file. A file that is
made to be slow to read is read within seconds."""
LARGEST_LIST = 5_000_000
_LONGEST_NAME = 100
_CODE_COLUMNS = ("code", "label", "hint", "census", "parent", "flags", "from", "until", "short")


@dataclass(slots=True)
class Source:
    """One file of the folder with the line of each of its tables and keys."""

    name: str
    text: str = ""
    lines: dict[Where, int] = field(default_factory=dict)

    def line(self, where: Where) -> int:
        """The line of the table or key at `where`, or of the nearest one around it."""
        for end in range(len(where), 0, -1):
            if where[:end] in self.lines:
                return self.lines[where[:end]]
        return 1


@dataclass(slots=True)
class Reading:
    """The folder being read, and the faults found so far."""

    folder: Path
    today: date
    faults: list[str] = field(default_factory=list)

    def fault(self, source: Source, where: Where, sentence: str) -> None:
        """Note a fault at a place of a file."""
        self.faults.append(f"{source.name}, line {source.line(where)}: {sentence}")

    def text(self, name: str) -> str | None:
        """The text of a file in the folder; a missing or unreadable one is a fault."""
        return self.text_at(self.folder / name, name)

    def text_at(self, path: Path, name: str, most: int = LARGEST) -> str | None:
        """The text of that file, with or without a mark of its encoding before it."""
        try:
            with path.open(encoding="utf-8-sig") as file:
                text = file.read(most + 1)
            if len(text) <= most and "\0" not in text:
                return text
            self.faults.append(f"{name}, line 1: {_TOO_LARGE if len(text) > most else _NO_TEXT}")
        except FileNotFoundError:
            self.faults.append(f"{name}, line 1: The file is not there.")
        except (OSError, UnicodeDecodeError) as fault:
            self.faults.append(f"{name}, line 1: The file could not be read ({fault}).")
        return None

    def in_force(self, entry: Dated) -> bool:
        """Whether an entry counts today."""
        return (entry.from_ is None or entry.from_ <= self.today) and (
            entry.until is None or self.today <= entry.until
        )


_TOO_LARGE = "The file is larger than any that Fanlight reads; look whether it is the right one."
_NO_TEXT = "The file could not be read: it holds what is no text."
_TOO_LONG = f"The line has more than {LONGEST_LINE} characters; write it as several."
_TABLES = re.compile(r"\[\[([^\]]+)\]\]")
_TABLE = re.compile(r"\[([^\]]+)\]\s*(#.*)?$")
_KEY = re.compile(r"""("[^"]+"|'[^']+'|[A-Za-z0-9_-]+)\s*=""")


def _lines_of(text: str) -> dict[Where, int]:
    """Where each table and key of a TOML text begins: its path -> line, counted from 1."""
    lines: dict[Where, int] = {}
    counts: dict[Where, int] = {}
    at: Where = ()
    for number, told in enumerate(text.splitlines(), 1):
        line = told.strip()
        if tables := _TABLES.match(line):
            path = _below(_names(tables[1]), counts)
            counts[path] = counts.get(path, -1) + 1
            at = (*path, counts[path])
            lines.setdefault(path, number)
            lines[at] = number
        elif table := _TABLE.match(line):
            names = _names(table[1])
            at = (*_below(names, counts),)
            lines[at] = number
        elif key := _KEY.match(line):
            lines.setdefault((*at, key[1].strip("\"'")), number)
    return lines


def _names(words: str) -> list[str]:
    return [n.strip().strip("\"'") for n in re.findall(r'"[^"]*"|[^.]+', words)]


def _below(names: list[str], counts: Mapping[Where, int]) -> Where:
    """The path of a table header, with the index of each array of tables it lies in."""
    path: Where = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    return (*path, names[-1])


def toml_file(reading: Reading, name: str, shape: type[_F]) -> tuple[_F | None, Source]:
    """The file as `shape` has it, or None with its faults noted; and where its lines are."""
    source = Source(name)
    text = reading.text(name)
    if text is None:
        return None, source
    long = _too_long(text)
    if long is not None:
        reading.faults.append(f"{name}, line {long}: {_TOO_LONG}")
        return None, source
    source = Source(name, text, _lines_of(text))
    try:
        return shape.model_validate(tomllib.loads(text)), source
    except RecursionError:
        reading.faults.append(f"{name}, line 1: Its lists lie too deep in one another.")
    except ValidationError as faults:
        found = faults.errors()
        for each in found[:MOST_FAULTS]:
            where = tuple("from" if p == "from_" else p for p in each["loc"])
            reading.fault(source, where, _sentence(where, each["type"], each["msg"]))
        if found[MOST_FAULTS:]:
            reading.faults.append(f"{name}, line 1: More is amiss; put the rest right first.")
    except ValueError as fault:
        line = re.search(r"line (\d+)", str(fault))
        number = line[1] if line else str(len(text.splitlines()) or 1)
        reading.faults.append(f"{name}, line {number}: This is not TOML: {fault}.")
    return None, source


def _too_long(text: str) -> int | None:
    lines = enumerate(text.split("\n"), 1)
    return next((n for n, line in lines if len(line) > LONGEST_LINE), None)


def _sentence(where: Where, kind: str, message: str) -> str:
    name = ".".join(str(p + 1) if isinstance(p, int) else p for p in where)
    name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    if kind == "missing":
        return f"“{name}” is missing."
    if kind == "extra_forbidden":
        return f"“{name}” is not a setting that Fanlight knows; look for a slip of the pen."
    return f"“{name}” cannot be used: {message[0].lower()}{message[1:]}."


def all_codes(reading: Reading, codesets: Path) -> dict[str, tuple[Code, ...]]:
    """National lists first, then the hub's own, which may not take a national list's name."""
    codes: dict[str, tuple[Code, ...]] = {}
    own = reading.folder / "codes"
    for folder, prefix in ((codesets, "codesets/"), (own, "codes/")):
        for path in sorted(folder.glob("*.csv")):
            if path.stem in codes:
                reading.faults.append(
                    f"{prefix}{path.name}, line 1: There is a national list of this name already."
                )
                continue
            codes[path.stem] = _codes(reading, path, prefix + path.name)
    return codes


def _codes(reading: Reading, path: Path, name: str) -> tuple[Code, ...]:
    text = reading.text_at(path, name, LARGEST_LIST)
    if text is None:
        return ()
    rows = csv.DictReader(StringIO(text))
    try:
        listed = [(rows.line_num, row) for row in rows]
    except csv.Error as fault:
        reading.faults.append(f"{name}, line {rows.line_num}: This is not a list: {fault}.")
        return ()
    strange = [c for c in rows.fieldnames or () if c not in _CODE_COLUMNS]
    if strange or not {"code", "label"} <= set(rows.fieldnames or ()):
        reading.faults.append(
            f"{name}, line 1: The columns are {', '.join(_CODE_COLUMNS)}, of which code and "
            f"label must be there; found {', '.join(rows.fieldnames or ()) or 'none'}."
        )
        return ()
    found: list[Code] = []
    known: set[str] = set()
    before = len(reading.faults)
    for at, row in listed:
        if len(reading.faults) - before >= MOST_FAULTS:
            reading.faults.append(
                f"{name}, line {at}: More may be amiss; put the rest right first."
            )
            break
        try:
            entry = CodeRow.model_validate({str(k or "…"): v for k, v in row.items() if v})
        except ValidationError as faults:
            for each in faults.errors():
                place: Where = tuple(each["loc"])
                reading.faults.append(
                    f"{name}, line {at}: {_sentence(place, each['type'], each['msg'])}"
                )
            continue
        if entry.from_ and entry.until and entry.until < entry.from_:
            reading.faults.append(f"{name}, line {at}: It ends before it begins.")
        if entry.code in known:
            reading.faults.append(f"{name}, line {at}: “{entry.code}” is there twice.")
        known.add(entry.code)
        found.append(
            Code(
                code=entry.code,
                label=entry.label,
                short=entry.short,
                hint=entry.hint,
                census=entry.census,
                parent=entry.parent,
                flags=tuple(entry.flags.split()),
                from_day=entry.from_,
                until_day=entry.until,
            )
        )
    for number, code in enumerate(found, 2):
        if code.parent and code.parent not in known and len(reading.faults) - before < MOST_FAULTS:
            reading.faults.append(
                f"{name}, line {number}: “{code.code}” stands below “{code.parent}”, "
                "which is not in the list."
            )
    return tuple(found)


def guidance_notes(reading: Reading) -> dict[str, str]:
    """Every note of the folder by its name."""
    notes: dict[str, str] = {}
    for path in sorted((reading.folder / "guidance").glob("*.md")):
        text = reading.text(f"guidance/{path.name}")
        if text is None:
            continue
        notes[path.stem] = text
        if not text.startswith("# "):
            reading.faults.append(
                f"guidance/{path.name}, line 1: The note begins with its heading, “# …”."
            )
    return notes
