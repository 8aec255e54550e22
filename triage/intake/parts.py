"""The parts of a file: what each is by its content, and its words on a sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from triage.domain.draft import NotRead
from triage.domain.errors import UnreadableError
from triage.intake.faults import BrokenError, TooBigError, UnsafeError
from triage.intake.limits import Limits
from triage.intake.mail import looks_like_mail
from triage.intake.pieces import TOO_LONG, Node, Sheet
from triage.intake.plain import decode, write_lines

PROGRAM = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_ROWS_IN_A_LETTER = 200
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")


@dataclass(slots=True)
class Part:
    """A part of a file after its words were written down."""

    sheet: Sheet
    nodes: list[Node]
    lost: list[NotRead] = field(default_factory=list)


def file_kind(untrusted_bytes: bytes, name: str) -> str:
    """What bytes are by their content: pdf, word, rtf, ole, mail, html, json, xml, csv, text,
    picture, program, zip, empty."""
    if not untrusted_bytes.strip(b" \t\r\n\0"):
        return "empty"
    head = untrusted_bytes[:4096]
    lead = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    ending = PurePosixPath(name.replace("\\", "/").casefold()).suffix
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return (
            "word"
            if ending in {".docx", ".docm", ".dotx"}
            or b"word/" in untrusted_bytes[:200_000]
            or ending == ".doc"
            else "zip"
        )
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "ole"
    if head.startswith(PROGRAM) and not (head.startswith(b"#!") and ending in {".txt", ".eml"}):
        return "program"
    if head.startswith(PICTURES):
        return "picture"
    if lead.startswith(b"{\\rtf"):
        return "rtf"
    if (
        lead[:1] in {b"{", b"["}
        and ending != ".eml"
        and (ending == ".json" or lead[:1] == b"{" or lead[1:2] in b'{"\n\r ')
    ):
        return "json"
    if lead.startswith(b"<?xml") or (ending == ".xml" and lead.startswith(b"<")):
        return "xml"
    if ending == ".eml" or looks_like_mail(untrusted_bytes):
        return "mail"
    if re.match(rb"(?is)<(?:!doctype html|html|head|body|table|div|p\b)", lead) or ending in {
        ".htm",
        ".html",
    }:
        return "html"
    if ending in {".csv", ".tsv"}:
        return "csv"
    return {".json": "json", ".xml": "xml", ".pdf": "pdf", ".docx": "word", ".msg": "ole"}.get(
        ending, "text"
    )


def write_part(
    file: str, part: str, untrusted_bytes: bytes, media_type: str, limits: Limits
) -> Part:
    """Write one file's words onto a sheet. Raises an UnreadableError that says why not."""
    sheet = Sheet(file, part, media_type)
    kind = file_kind(untrusted_bytes, part if "." in part else file)
    if kind == "empty":
        raise BrokenError("It is empty.")
    if kind == "program":
        raise UnsafeError("It is a program, whatever its name says. It was not opened.")
    if kind == "picture":
        raise UnreadableError(
            "It is a picture; its words can't be read here. Look at the original."
        )
    if kind == "zip":
        raise UnreadableError("It is an archive of files; those inside were not opened.")
    if len(untrusted_bytes) > limits.part_bytes:
        raise TooBigError(
            f"It is larger than the {limits.part_bytes // 1_000_000} MB that are read."
        )
    if kind == "pdf":
        from triage.intake.pdf import write_pdf

        nodes, lost = write_pdf(sheet, untrusted_bytes, limits)
        return Part(sheet, nodes, lost)
    if kind in {"word", "ole"}:
        from triage.intake.word import write_docx

        return Part(sheet, write_docx(sheet, untrusted_bytes, limits))
    if kind == "rtf":
        from triage.intake.rich_text import write_rich_text

        return Part(sheet, write_rich_text(sheet, untrusted_bytes, limits))
    if kind == "json":
        from triage.intake.structured import parse_json, write_tree

        return Part(sheet, write_tree(sheet, parse_json(decode(untrusted_bytes)), limits))
    if kind == "xml":
        from triage.intake.structured import parse_xml, write_tree

        return Part(sheet, write_tree(sheet, parse_xml(untrusted_bytes), limits))
    text = decode(untrusted_bytes)
    if len(text) > limits.text_chars:
        raise TooBigError("It holds more text than is read.")
    if kind == "html":
        from triage.intake.web import write_html

        return Part(sheet, write_html(sheet, text, limits))
    if text[:2000].count("\ufffd") + sum(ord(c) < 9 for c in text[:2000]) > 40:
        raise BrokenError("It is not text, nor a kind of file that is read here.")
    if kind == "csv":
        from triage.intake.structured import parse_csv, write_row

        header, rows = parse_csv(text, limits)
        nodes = []
        for _, row in rows[:_ROWS_IN_A_LETTER]:
            nodes.extend(write_row(sheet, header, row))
        if len(rows) > _ROWS_IN_A_LETTER:
            sheet.unread = TOO_LONG
        return Part(sheet, nodes)
    return Part(sheet, write_lines(sheet, text))


def media_type(kind: str) -> str:
    """The media type that a kind of part is kept under."""
    return {
        "pdf": "application/pdf",
        "rtf": "application/rtf",
        "json": "application/json",
        "xml": "application/xml",
        "html": "text/html",
        "csv": "text/csv",
        "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }.get(kind, "text/plain")
