"""Plain text: bytes to characters whatever was declared, and characters to lines."""

import re

from triage.intake.pieces import Line, Node, Piece, Sheet

_MOST_LINES = 12_000


def decode(untrusted_bytes: bytes, declared: str | None = None) -> str:
    """Characters of a text. UTF-8 where it fits, else what was declared, else Windows-1252.

    A wrong or unknown declared charset does no harm; NULs are kept out of the text.
    """
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if untrusted_bytes.startswith(mark):
            return untrusted_bytes.decode(name, "replace").replace("\0", "")
    names = ["utf-8"]
    if declared and declared.lower().replace("_", "-") not in {
        "utf-8",
        "utf8",
        "us-ascii",
        "ascii",
    }:
        names = ["utf-8", declared] if not _multibyte(declared) else [declared, "utf-8"]
    if untrusted_bytes[:400].count(b"\0") > len(untrusted_bytes[:400]) // 4:
        names.insert(0, "utf-16-le" if untrusted_bytes[1:2] == b"\0" else "utf-16-be")
    for name in names:
        try:
            return untrusted_bytes.decode(name).replace("\0", "")
        except (UnicodeDecodeError, LookupError, ValueError, TypeError):
            continue
    # Windows-1252 leaves five bytes undefined: Latin-1 reads any byte
    return untrusted_bytes.decode("cp1252", "backslashreplace").replace("\0", "")


def _multibyte(name: str) -> bool:
    return bool(re.match(r"(?i)utf-?(?:16|32|7)|iso-2022|shift|gb|big5|euc|hz", name))


def write_lines(sheet: Sheet, text: str) -> list[Node]:
    """Write text onto a sheet, a node a line."""
    text = (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    )
    nodes: list[Node] = []
    written = sheet.write(text if text.endswith("\n") else text + "\n")
    at = written.start
    for number, line in enumerate(text.split("\n", _MOST_LINES)):
        if number == _MOST_LINES:  # the rest stays whole: one long line
            nodes.append(Line(Piece(sheet, at, written.end)))
            break
        nodes.append(Line(Piece(sheet, at, at + len(line))))
        at += len(line) + 1
    return nodes
