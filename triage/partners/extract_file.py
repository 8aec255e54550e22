"""A partner's CSV extract, read by the mapping in the profile; every fault named by line."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from matching.normalise import date_parts, is_placeholder_family
from triage.domain.errors import ProfileError
from triage.domain.lookup import Involvement, PartnerRecord
from triage.domain.profile import ExtractMapping
from triage.partners.their_words import iso_day, restricts

MOST_FAULTS = 20
_PIECE = re.compile(r"^(?P<heading>.+?)(?:\[(?P<side>before|after) (?P<mark>.)\])?$")


def records_of(
    data: bytes, mapping: ExtractMapping, *, as_of: date, involvement: bytes = b""
) -> tuple[PartnerRecord, ...]:
    """Every person of an extract, with what the involvement file holds about them.

    Dates that fit none of the mapping's formats stay as written; a word about restriction that
    the mapping does not have restricts. Raises ProfileError naming
    each fault with file and line: a column that is not there, a row without or with a repeated
    record id, bytes that are not in the mapping's encoding, values that stand under another
    column's heading.
    """
    faults: list[str] = []
    undated: list[tuple[int, str]] = []
    dated = 0
    earlier = _involvement(involvement, mapping, faults) if involvement else {}
    found: dict[str, PartnerRecord] = {}
    for line, row in _rows(data, mapping, mapping.path, mapping.columns, faults):
        record_id = row.get("record_id", "")
        if not record_id:
            faults.append(f"{mapping.path}, line {line}: the row has no record number.")
        elif record_id in found:
            faults.append(
                f"{mapping.path}, line {line}: record {record_id} is there a second time."
            )
        else:
            fields = _tidy(row, mapping)
            born = fields.get("dob", "")
            if born[4:5] == "-":
                dated += 1
            elif born and not is_placeholder_family(born) and date_parts(born).year is None:
                undated.append((line, born))
            if (born and born[4:5] != "-") or fields.get("postcode", "")[-1:].isdigit():
                faults += _shifted(line, fields, mapping)
            found[record_id] = PartnerRecord(
                partner=mapping.partner,
                record_id=record_id,
                fields=fields,
                as_of=as_of,
                involvement=tuple(earlier.get(record_id, ())),
                restricted=restricts(row.get("restricted", ""), mapping.values),
            )
        if len(faults) >= MOST_FAULTS:
            break
    if not faults and len(undated) > dated:
        line, born = undated[0]
        faults.append(
            f"{mapping.path}, line {line}: “{born}” under “{mapping.columns['dob']}” is no birth "
            "date, and most below it are none either. The columns seem shifted."
        )
    if faults:
        raise ProfileError(tuple(faults[:MOST_FAULTS]))
    return tuple(found.values())


def _shifted(line: int, fields: Mapping[str, str], mapping: ExtractMapping) -> list[str]:
    """A fault where two values of a row are of kinds that belong under other headings.

    One alone may be a slip of the hand, and stays as written.
    """
    astray = [
        (name, fields[name])
        for name, kind in _KINDS.items()
        if fields.get(name) and _kind(fields[name]) not in (kind, "words")
    ]
    if len(astray) < 2:
        return []
    name, value = astray[0]
    return [
        f"{mapping.path}, line {line}: “{value}” stands under “{mapping.columns[name]}”. The "
        "columns of this row seem shifted."
    ]


def _kind(text: str) -> str:
    return next((kind for kind, shape in _SHAPES if shape.fullmatch(text)), "words")


_KINDS = {
    "dob": "date", "postcode": "postcode", "nhs_number": "number", "phone": "number",
    "given": "words", "family": "words",
}  # fmt: skip
_SHAPES = (
    ("date", re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}(?:[ T].*)?|\d{8}")),
    ("postcode", re.compile(r"(?i)[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}")),
    ("number", re.compile(r"\+?[\d ()-]{9,}")),
)


def age_of(path: Path, now: datetime) -> timedelta:
    """How old the file is by its own time stamp."""
    return now - datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def _rows(
    data: bytes,
    mapping: ExtractMapping,
    file: str,
    columns: Mapping[str, str],
    faults: list[str],
) -> list[tuple[int, dict[str, str]]]:
    try:
        text = data.decode(mapping.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        faults.append(f"{file}: the text is not in the encoding {mapping.encoding} ({error}).")
        return []
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=mapping.delimiter)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        wanted = {ours: _pieces(theirs) for ours, theirs in columns.items() if theirs}
        missing = sorted({h for ps in wanted.values() for h, _, _ in ps if h not in header})
        if missing:
            faults.extend(f"{file}, line 1: there is no column “{name}”." for name in missing)
            return []
        at = {o: [(header.index(h), side, m) for h, side, m in ps] for o, ps in wanted.items()}
        # Most of ours are one column of theirs as it stands, and there are many rows.
        whole = {o: where[0][0] for o, where in at.items() if len(where) == 1 and not where[0][1]}
        rows = []
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(header):
                faults.append(
                    f"{file}, line {reader.line_num}: {len(cells)} values for "
                    f"{len(header)} columns."
                )
                continue
            row = {
                ours: cells[whole[ours]].strip() if ours in whole else _joined(ours, cells, where)
                for ours, where in at.items()
            }
            rows.append((reader.line_num, row))
        return rows
    except csv.Error as error:
        faults.append(f"{file}, line {reader.line_num}: the line can't be read ({error}).")
        return []


def _pieces(theirs: str) -> list[tuple[str, str, str]]:
    found = (_PIECE.match(piece.strip()) for piece in theirs.split(" + "))
    return [(m["heading"], m["side"] or "", m["mark"] or "") for m in found if m]


def _joined(ours: str, cells: list[str], where: list[tuple[int, str, str]]) -> str:
    words = (_side(cells[i], side, mark) for i, side, mark in where)
    return (", " if ours == "address" else " ").join(filter(None, words))


def _side(cell: str, side: str, mark: str) -> str:
    before, _, after = cell.partition(mark) if side else (cell, "", "")
    return (after if side == "after" else before).strip()


def _tidy(row: Mapping[str, str], mapping: ExtractMapping) -> dict[str, str]:
    held = {
        k: mapping.values.get(k, {}).get(v, v)
        for k, v in row.items()
        if v and k not in ("record_id", "restricted")
    }
    if "dob" in held:
        held["dob"] = iso_day(held["dob"], mapping.date_formats)
    return held


def _involvement(
    data: bytes, mapping: ExtractMapping, faults: list[str]
) -> dict[str, list[Involvement]]:
    file = mapping.involvement_path
    earlier: dict[str, list[Involvement]] = {}
    for line, row in _rows(data, mapping, file, mapping.involvement_columns, faults):
        start = _day(row.get("start", ""), mapping)
        if start is None:
            faults.append(f"{file}, line {line}: “{row.get('start', '')}” is not a date.")
            continue
        end = _day(row.get("end", ""), mapping)
        kind = mapping.values.get("kind", {}).get(row.get("kind", ""), "note")
        earlier.setdefault(row.get("record_id", ""), []).append(
            Involvement(
                kind=kind,
                lane=mapping.lanes.get(kind, mapping.lane or mapping.name),
                start=start,
                end=end if end != start else None,
                words=row.get("words", ""),
                source=mapping.name,
                reference=row.get("reference", ""),
            )
        )
    return earlier


def _day(text: str, mapping: ExtractMapping) -> date | None:
    try:
        return date.fromisoformat(iso_day(text, mapping.date_formats))
    except ValueError:
        return None
