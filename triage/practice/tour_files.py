"""Real files for the tour to take in: mail, PDF, Word, JSON, CSV, and one that asks for nothing."""

import csv
import io
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from triage.practice.day import arrivals
from triage.practice.families import RESOURCES
from triage.practice.files import HUB_MAILBOX, file_of


def tour_files(folder: Path, at: datetime) -> tuple[Path, ...]:
    """Write the files to drop on the queue, with dates counted from `at` (aware, UTC).

    The first arrival of the practice day comes first; the last one is an automatic reply.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first = arrivals(at)[0]
    written = [_write(folder, first.file, first.data)]
    told = tomllib.loads((RESOURCES / "tour.toml").read_text(encoding="utf-8"))
    for entry in told["file"]:
        written.append(_write(folder, entry["file"], _bytes(entry, at)))
    return tuple(written)


def late_file(folder: Path, at: datetime) -> Path:
    """Write the one that comes by the drop folder: about the family that is decided on."""
    folder.mkdir(parents=True, exist_ok=True)
    last = arrivals(at)[-1]
    return _write(folder, last.file, last.data)


def _write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _bytes(entry: Mapping[str, Any], at: datetime) -> bytes:
    match entry["format"]:
        case "docx":
            return _word(entry)
        case "csv":
            out = io.StringIO(newline="")
            csv.writer(out).writerows(entry["rows"])
            return out.getvalue().encode()
        case "reply":
            return _reply(entry, at)
        case _:
            return file_of(entry, at)


def _word(entry: Mapping[str, Any]) -> bytes:
    from docx import Document  # imported when first used: start-up time

    document = Document()
    document.add_heading(entry["title"], level=1)
    table = document.add_table(rows=0, cols=2)
    for label, value in entry["rows"]:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _reply(entry: Mapping[str, Any], at: datetime) -> bytes:
    """As a mail system answers by itself (RFC 3834)."""
    message = EmailMessage()
    message["From"], message["To"] = entry["from"], HUB_MAILBOX
    message["Subject"] = entry["subject"]
    message["Date"] = format_datetime(at.astimezone(UTC))
    message["Message-ID"] = f"<automatic-reply.{at:%Y%m%d}@quayside.example>"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(entry["body"].strip() + "\n")
    return message.as_bytes()
