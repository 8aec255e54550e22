"""Word documents: tables, content controls, tick boxes, text boxes, merged cells.

The package is opened as a plain zip with bounds; relationships are never followed, so a remote
template or picture is never fetched.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from triage.intake.faults import BrokenError, LockedError, TooBigError
from triage.intake.labels import classify
from triage.intake.limits import Limits
from triage.intake.marks import with_boxes
from triage.intake.pieces import TOO_LONG, Cell, Line, Node, Piece, Sheet, Table

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TICKED = {"F0FE", "F052", "F0FC", "F054", "2612", "2611", "F078", "F0FD", "FE", "FC"}
_UNTICKED = {"F0A8", "F06F", "F0A3", "2610", "A8", "6F"}
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_package(untrusted_bytes: bytes, limits: Limits) -> zipfile.ZipFile:
    """A zip package whose members stay within bounds.

    Raises LockedError for an encrypted one, TooBigError for a bomb, BrokenError if damaged.
    """
    if untrusted_bytes.startswith(OLE_MARK):
        raise LockedError("It is locked with a password, or is in the old .doc format.")
    try:
        package = zipfile.ZipFile(io.BytesIO(untrusted_bytes))
        members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as fault:
        raise BrokenError("It is damaged or cut short.") from fault
    if len(members) > limits.zip_members:
        raise TooBigError(f"It holds {len(members)} files, more than is read.")
    total = sum(member.file_size for member in members)
    if total > limits.unpacked_bytes or any(
        member.file_size > 1_000_000
        and member.file_size > limits.unpack_ratio * max(member.compress_size, 1)
        for member in members
    ):
        raise TooBigError(f"It would unpack to {total // 1_000_000} MB, more than is read.")
    if any(member.flag_bits & 1 for member in members):
        raise LockedError("It is locked with a password.")
    return package


def member_bytes(package: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """One member, never more than the bound whatever its header says."""
    try:
        with package.open(name) as stream:
            got = stream.read(limits.unpacked_bytes + 1)
    except KeyError:
        return b""
    except Exception as fault:  # zlib, struct and lzma errors all mean damage here
        raise BrokenError("It is damaged or cut short.") from fault
    if len(got) > limits.unpacked_bytes:
        raise TooBigError("It would unpack to more than is read.")
    return got


def write_docx(sheet: Sheet, untrusted_bytes: bytes, limits: Limits) -> list[Node]:
    """Write a document's words onto a sheet. Raises an UnreadableError that says why not."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    package = open_package(untrusted_bytes, limits)
    names = set(package.namelist())
    if "word/document.xml" not in names:
        raise BrokenError("It is not a Word document inside.")
    headers = sorted(n for n in names if re.fullmatch(r"word/header\d*\.xml", n))[:3]
    footers = sorted(n for n in names if re.fullmatch(r"word/footer\d*\.xml", n))[:3]
    writer = _Writer(sheet, limits)
    seen: set[str] = set()
    for name in [*headers, "word/document.xml", *footers]:
        try:
            root = fromstring(member_bytes(package, name, limits))
        except (ParseError, DefusedXmlException, ValueError, LookupError) as fault:
            if name != "word/document.xml":
                continue
            raise BrokenError("Its text is damaged.") from fault
        body = root.find(f"{_W}body")
        if name != "word/document.xml":
            words = "".join(root.itertext()).strip()
            if words in seen:
                continue
            seen.add(words)
        writer.blocks(root if body is None else body, 0)
    return writer.nodes


class _Writer:
    def __init__(self, sheet: Sheet, limits: Limits) -> None:
        self.sheet = sheet
        self.left = limits.nodes * 10
        self.nodes: list[Node] = []

    def blocks(self, parent: Any, depth: int) -> None:
        """Paragraphs and tables of a body, cell, content control or text box."""
        for child in parent:
            self.left -= 1
            if self.left <= 0 or depth > 60:
                self.sheet.unread = TOO_LONG
                return
            tag = child.tag
            if tag == f"{_W}p":
                self._paragraph(child, depth)
            elif tag == f"{_W}tbl":
                self._table(child, depth)
            elif tag == f"{_W}sdt":
                content = child.find(f"{_W}sdtContent")
                if content is not None and not _placeholder(child):
                    self.blocks(content, depth + 1)
            elif tag == f"{_MC}AlternateContent":
                choice = child.find(f"{_MC}Choice")
                if choice is not None:
                    self.blocks(choice, depth + 1)
            elif tag in {f"{_W}ins", f"{_W}smartTag", f"{_W}customXml", f"{_W}moveTo"}:
                self.blocks(child, depth + 1)

    def _paragraph(self, paragraph: Any, depth: int) -> None:
        boxes: list[Any] = []
        words = "".join(_runs(paragraph, boxes))
        if len(words) < 300 and "☐" not in words and "☒" not in words:
            words = with_boxes(_marked(paragraph)) or words
            words = _parted(paragraph) or words
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        heading = style is not None and bool(
            re.match(r"(?i)heading|title", style.get(f"{_W}val") or "")
        )
        for number, line in enumerate(words.split("\n")):
            piece = self.sheet.write(line)
            self.sheet.write("\n")
            if piece or number == 0:
                self.nodes.append(Line(piece, heading=heading and bool(line.strip())))
        for box in boxes:
            self.blocks(box, depth + 1)

    def _table(self, table: Any, depth: int) -> None:
        outer, self.nodes = self.nodes, []
        rows: list[list[Cell]] = []
        for row in _children(table, f"{_W}tr"):
            cells: list[Cell] = []
            column = 0
            before = row.find(f"{_W}trPr/{_W}gridBefore")
            column += int(before.get(f"{_W}val") or 0) if before is not None else 0
            for cell in _children(row, f"{_W}tc"):
                span_mark = cell.find(f"{_W}tcPr/{_W}gridSpan")
                span = int((span_mark.get(f"{_W}val") if span_mark is not None else "1") or 1)
                merge = cell.find(f"{_W}tcPr/{_W}vMerge")
                start = self.sheet.length
                self.nodes = []
                if merge is None or merge.get(f"{_W}val") == "restart":
                    self.blocks(cell, depth + 2)
                piece = Piece(self.sheet, start, self.sheet.length).strip()
                cells.append(
                    Cell(piece, column, max(1, min(span, 60)), self.nodes, strong=_is_strong(cell))
                )
                column += max(1, span)
            rows.append(cells)
        self.nodes = outer
        self.nodes.append(Table(rows))


def _is_strong(cell: Any) -> bool:
    """True for a cell that is shaded, or whose words are all bold."""
    shade = cell.find(f"{_W}tcPr/{_W}shd")
    fill = (shade.get(f"{_W}fill") or "auto").upper() if shade is not None else "AUTO"
    if fill not in {"AUTO", "FFFFFF"}:
        return True
    runs = [run for run in cell.iter(f"{_W}r") if "".join(run.itertext()).strip()]
    return bool(runs) and all(_is_bold(run) for run in runs)


def _is_bold(run: Any) -> bool:
    bold = run.find(f"{_W}rPr/{_W}b")
    off = {"0", "false", "none", "off"}
    return bold is not None and (bold.get(f"{_W}val") or "1").casefold() not in off


def _children(parent: Any, tag: str) -> list[Any]:
    """Children of a tag, those wrapped in content controls too."""
    out = []
    for child in parent:
        if child.tag == tag:
            out.append(child)
        elif child.tag in {f"{_W}sdt", f"{_W}ins", f"{_W}customXml"}:
            content = child.find(f"{_W}sdtContent") if child.tag == f"{_W}sdt" else child
            if content is not None:
                out.extend(_children(content, tag))
    return out


def _placeholder(control: Any) -> bool:
    return control.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None


def _tick_of(control: Any) -> str:
    box = control.find(f"{_W}sdtPr/{_W14}checkbox")
    if box is None:
        return ""
    mark = box.find(f"{_W14}checked")
    on = mark is not None and mark.get(f"{_W14}val") in {"1", "true", "on"}
    return "☒" if on else "☐"


def _runs(element: Any, boxes: list[Any]) -> list[str]:
    """The words of a paragraph; text boxes met on the way are put into `boxes`."""
    out: list[str] = []
    field_box = ""
    for child in element:
        tag = child.tag
        if tag == f"{_W}t":
            out.append(child.text or "")
        elif tag in {f"{_W}br", f"{_W}cr"}:
            out.append("\n")
        elif tag == f"{_W}tab":
            out.append("\t")
        elif tag == f"{_W}noBreakHyphen":
            out.append("-")
        elif tag == f"{_W}sym":
            char = (child.get(f"{_W}char") or "").upper()
            out.append("☒" if char in _TICKED else "☐" if char in _UNTICKED else "")
        elif tag == f"{_W}sdt":
            tick = _tick_of(child)
            content = child.find(f"{_W}sdtContent")
            if tick:
                out.append(tick)
            elif content is not None and not _placeholder(child):
                if "".join(out[-1:]).rstrip(" ")[-1:].isalnum() or "".join(out[-1:]).endswith(". "):
                    out.append("\t")  # what is typed beside a printed label without a colon
                out.extend(_runs(content, boxes))
        elif tag == f"{_W}fldChar":
            box = child.find(f"{_W}ffData/{_W}checkBox")
            if box is not None:
                state = box.find(f"{_W}checked")
                if state is None:
                    state = box.find(f"{_W}default")
                on = state is not None and state.get(f"{_W}val", "1") in {"1", "true", "on"}
                field_box = "☒" if on else "☐"
                out.append(field_box)
        elif tag == f"{_W}txbxContent":
            boxes.append(child)
        elif tag == f"{_MC}AlternateContent":
            choice = child.find(f"{_MC}Choice")
            if choice is not None:
                out.extend(_runs(choice, boxes))
        elif tag in {
            f"{_W}del",
            f"{_W}moveFrom",
            f"{_W}instrText",
            f"{_W}pPr",
            f"{_W}rPr",
            f"{_W}sdtPr",
        } or (tag == f"{_W}r" and _vanished(child)):
            continue
        else:
            out.extend(_runs(child, boxes))
    return out


def _marked(paragraph: Any) -> list[tuple[str, str]]:
    """The words of a paragraph's runs, each with how it is marked: "on", "off" or ""."""
    out: list[tuple[str, str]] = []
    for child in paragraph:
        if child.tag == f"{_W}r":
            out.append(("".join(_runs(child, [])) if not _vanished(child) else "", _mark(child)))
        elif child.tag not in {f"{_W}del", f"{_W}moveFrom", f"{_W}pPr"}:
            out.append(("".join(_runs(child, [])), ""))
    return out


def _parted(paragraph: Any) -> str:
    """A line whose bold beginning is a label ("**Date of birth** 9 April 2014") with a tab after
    it; "" for any other."""
    runs = [(text, mark) for text, mark in _marked(paragraph) if text]
    lead = next((at for at, (_, mark) in enumerate(runs) if mark != "on"), len(runs))
    label = "".join(text for text, _ in runs[:lead])
    rest = "".join(text for text, _ in runs[lead:])
    plain = all(not mark for _, mark in runs[lead:])
    if not (label.strip() and rest.strip() and plain) or not (
        label[-1].isspace() or rest[0].isspace()
    ):
        return ""
    if "\n" in label or "\t" in label + rest or label.rstrip()[-1] in ":?.,;!-–—":
        return ""
    meaning = classify(label)
    asks = bool(meaning.attribute or meaning.subject) and meaning.share >= 0.5
    return f"{label.rstrip()}\t{rest.lstrip()}" if asks and len(label) < 60 else ""


def _mark(run: Any) -> str:
    style = run.find(f"{_W}rPr")
    if style is None:
        return ""
    off = {"0", "false", "none", "off"}
    held = {
        mark.tag.removeprefix(_W)
        for mark in style
        if (mark.get(f"{_W}val") or "1").casefold() not in off
    }
    if held & {"strike", "dstrike"}:
        return "off"
    return "on" if held & {"b", "u", "highlight", "bdr"} else ""


def _vanished(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "1") not in {"0", "false"}
