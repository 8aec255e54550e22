"""Writes the practice partners' nightly lists, each in its own style, from one set of people."""

import csv
import os
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from triage.domain.profile import ExtractMapping
from triage.practice.families import HeldPerson


def write_extracts(
    people: Iterable[HeldPerson], mappings: Iterable[ExtractMapping], folder: Path
) -> tuple[Path, ...]:
    """One list of people and one of involvement for each partner; returns the files written."""
    held = list(people)
    written: list[Path] = []
    for mapping in mappings:
        mine = [p for p in held if p.partner == mapping.partner]
        rows = [_row({**p.fields, "record_id": p.record_id}, mapping) for p in mine]
        written.append(_write(folder / mapping.path, rows, mapping, mapping.columns))
        if mapping.involvement_path:
            earlier = [
                {
                    mapping.involvement_columns["record_id"]: p.record_id,
                    mapping.involvement_columns["kind"]: kind,
                    mapping.involvement_columns["start"]: _date(first, mapping),
                    mapping.involvement_columns["end"]: _date(last, mapping),
                    mapping.involvement_columns["words"]: words,
                }
                for p in mine
                for kind, first, last, words in p.involvement
            ]
            path = folder / mapping.involvement_path
            written.append(_write(path, earlier, mapping, mapping.involvement_columns))
    return tuple(written)


def deliver_overnight(folder: Path, mappings: Iterable[ExtractMapping], at: datetime) -> None:
    """Practice partners deliver each night: their lists in `folder` bear this morning's time."""
    for mapping in mappings:
        for name in (mapping.path, mapping.involvement_path):
            if name:
                os.utime(folder / name, (at.timestamp(), at.timestamp()))


def _write(
    path: Path,
    rows: list[dict[str, str]],
    mapping: ExtractMapping,
    columns: Mapping[str, str],
) -> Path:
    headings = list(dict.fromkeys(h for c in columns.values() if c for h in _headings(c)))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("w", encoding=mapping.encoding, errors="replace", newline="") as file:
        writer = csv.DictWriter(
            file, headings, restval="", extrasaction="ignore", delimiter=mapping.delimiter
        )
        writer.writeheader()
        writer.writerows(rows)
    return path


def _headings(column: str) -> list[str]:
    return [re.sub(r"\[.*\]$", "", piece.strip()) for piece in column.split(" + ")]


def _row(fields: Mapping[str, str], mapping: ExtractMapping) -> dict[str, str]:
    row: dict[str, str] = {}
    for ours, column in mapping.columns.items():
        value = fields.get(ours, "")
        if ours == "dob" and value:
            value = _date(date.fromisoformat(value), mapping)
        theirs = {v: k for k, v in mapping.values.get(ours, {}).items()}
        value = theirs.get(value, value)
        headings = _headings(column)
        if "[" in column:
            before, comma, after = row.get(headings[0], ",").partition(",")
            if "[before" in column:
                before = value.upper()
            else:
                after = f" {value}"
            row[headings[0]] = before + comma + after
        elif len(headings) > 1:
            pieces = value.split(", ") if ours == "address" else value.split(" ")
            first = [*pieces[: len(headings) - 1], " ".join(pieces[len(headings) - 1 :])]
            row.update(zip(headings, first, strict=False))
        else:
            row[headings[0]] = value
    return row


def _date(day: date, mapping: ExtractMapping) -> str:
    return day.strftime(mapping.date_formats[0])
