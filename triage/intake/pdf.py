"""PDF: the words of each page with their places, and what was typed or ticked in its form.

A page is read as lines parted into columns by the gaps; a form's values are set into the line
where their field stands, so a flat page and a filled form are read the same way.
"""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass, field
from typing import Any

from triage.domain.draft import NotRead
from triage.intake.faults import BrokenError, LockedError
from triage.intake.limits import Limits
from triage.intake.pairs import pairs_in
from triage.intake.pieces import Cell, Line, Node, Pair, Piece, Sheet, Table


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float
    names: tuple[str, ...] = ()
    filled: bool = False

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class _Row:
    words: list[_Word] = field(default_factory=list)
    middle: float = 0.0


def write_pdf(
    sheet: Sheet, untrusted_bytes: bytes, limits: Limits
) -> tuple[list[Node], list[NotRead]]:
    """Write a document's words onto a sheet; what was not read comes beside.

    Raises LockedError when a password is needed, BrokenError when it can't be opened.
    """
    import pypdfium2 as pdfium

    if b"%PDF" not in untrusted_bytes[:2048]:
        raise BrokenError("It is not a PDF inside.")
    fields = _fields_by_page(untrusted_bytes)
    try:
        document = pdfium.PdfDocument(untrusted_bytes)
    except pdfium.PdfiumError as fault:
        if "password" in str(fault).lower() or "security" in str(fault).lower():
            raise LockedError("It is locked with a password.") from fault
        raise BrokenError("It is damaged or cut short.") from fault
    nodes: list[Node] = []
    lost: list[NotRead] = []
    wordless: list[int] = []
    edges: set[str] = set()
    try:
        for number in range(min(len(document), limits.pages)):
            words, size = _page_words(document, number)
            words.extend(fields.get(number, ()))
            if number:
                sheet.pages.append(sheet.length)
            if not words:
                wordless.append(number + 1)
            rows = _without_running(_rows(words), edges, first=number == 0)
            nodes.extend(_write_page(sheet, rows, number + 1, size))
            nodes.append(Line(Piece(sheet, sheet.length, sheet.length)))
        if len(document) > limits.pages:
            lost.append(
                NotRead(
                    place=sheet.whole.place(),
                    what=f"pages after {limits.pages}",
                    why="The document is longer than is read.",
                )
            )
    finally:
        document.close()
    if wordless:
        shown = ", ".join(map(str, wordless[:12]))
        lost.append(
            NotRead(
                place=Piece(sheet, 0, 0).place(),
                what=f"page {shown}" if len(wordless) == 1 else f"pages {shown}",
                why="It is a picture with no words in it. Look at the original.",
            )
        )
    return nodes, lost


def _page_words(document: Any, number: int) -> tuple[list[_Word], tuple[float, float]]:
    page = document[number]
    width, height = page.get_size()
    text = page.get_textpage()
    words: list[_Word] = []
    try:
        count = min(text.count_chars(), 60_000)
        chars = text.get_text_range(0, count) if count else ""
        if len(chars) != count:
            chars = "".join(text.get_text_range(i, 1) or " " for i in range(count))
        word: _Word | None = None
        for at, char in enumerate(chars):
            if char.isspace() or char in "\0\ufffe\uffff":
                word = None
                continue
            left, bottom, right, top = text.get_charbox(at, loose=True)
            if right <= left and top <= bottom:
                if word is not None:
                    word.text += char
                continue
            top, bottom = height - top, height - bottom
            if (
                word is not None
                and abs(word.bottom - bottom) < 3
                and -2 < left - word.right < (bottom - top) * 0.25
            ):
                word.text += char
                word.right = max(word.right, right)
                word.top, word.bottom = min(word.top, top), max(word.bottom, bottom)
            else:
                word = _Word(char, left, top, right, bottom)
                words.append(word)
    finally:
        text.close()
        page.close()
    return words, (width or 1.0, height or 1.0)


def _rows(words: list[_Word]) -> list[_Row]:
    """Words gathered into lines from the top of the page."""
    rows: list[_Row] = []
    for word in sorted(words, key=lambda w: (w.middle, w.left)):
        tall = max(min(word.bottom - word.top, 16.0), 4.0)
        home = next(
            (row for row in reversed(rows[-6:]) if abs(row.middle - word.middle) < tall * 0.45),
            None,
        )
        if home is None:
            home = _Row([], word.middle)
            rows.append(home)
        home.words.append(word)
    rows.sort(key=lambda row: row.middle)
    for row in rows:
        row.words.sort(key=lambda w: w.left)
    return rows


_PAGE_OF = re.compile(r"(?i)\bpage\s?\d{1,3}\s?(?:of|/)\s?\d{1,3}\b")
_CONTINUED = re.compile(r"(?i)\((?:continued|cont['’]?d?\.?)\)")


def _without_running(rows: list[_Row], edges: set[str], *, first: bool) -> list[_Row]:
    """The rows of a page without its running head and foot, so an answer reads on over the
    break. `edges` gathers the first and last rows of the pages before."""
    said = [" ".join(word.text for word in row.words) for row in rows]
    count = len(rows)
    kept = []
    for at, row in enumerate(rows):
        edge = at < 2 or at >= count - 2
        plain = re.sub(r"\d+", "#", said[at])
        running = (
            edge
            and count > 4
            and (
                (_PAGE_OF.search(said[at]) is not None and at >= count - 2)
                or (not first and (plain in edges or _CONTINUED.search(said[at]) is not None))
            )
        )
        if edge:
            edges.add(plain)
        if not running:
            kept.append(row)
    return kept


def _write_page(sheet: Sheet, rows: list[_Row], page: int, size: tuple[float, float]) -> list[Node]:
    nodes: list[Node] = []
    table: list[list[Cell]] = []
    columns: list[float] = []
    before: list[Cell] = []
    last = None

    def flush() -> None:
        if table:
            nodes.append(Table(list(table)))
            table.clear()
            columns.clear()

    for row in rows:
        gap = last is not None and row.middle - last > 22
        last = row.middle
        if gap:
            sheet.write("\n")
        start = sheet.length
        cells = _write_row(sheet, row, page, size)
        piece = Piece(sheet, start, sheet.length)
        sheet.write("\n")
        filled = [cell for cell in cells if cell.filled]
        for cell in filled:
            nodes_label = _printed_label(cell, cells, before)
            labels = tuple(label for label in (nodes_label, *cell.names) if label)
            flush()
            nodes.append(Pair(labels or ("",), cell.piece))
        before = cells or before
        if filled:
            continue
        inline = any(":" in cell.piece.text and pairs_in(cell.piece) for cell in cells)
        if len(cells) < 2 or inline:
            if (
                len(cells) == 1
                and table
                and len(columns) > 1
                and abs(cells[0].x - columns[1]) < 8
                and not gap
            ):
                cells[0].column = 1
                table.append(cells)
                continue
            flush()
            if gap and nodes:
                nodes.append(Line(Piece(sheet, start, start)))
            nodes.append(Line(piece, segments=tuple(cells)))
            continue
        for cell in cells:
            near = next((at for at, x in enumerate(columns) if abs(x - cell.x) < 14), None)
            if near is None:
                columns.append(cell.x)
                columns.sort()
                near = columns.index(cell.x)
                for done in table:
                    for other in done:
                        if other.column >= near:
                            other.column += 1
            cell.column = near
        table.append(cells)
    flush()
    return nodes


def _printed_label(cell: Cell, cells: list[Cell], above: list[Cell]) -> str:
    left = [other for other in cells if other.x < cell.x and not other.filled]
    if left:
        return left[-1].piece.text
    over = [other for other in above if not other.filled and abs(other.x - cell.x) < 30]
    return over[0].piece.text if over else ""


def _write_row(sheet: Sheet, row: _Row, page: int, size: tuple[float, float]) -> list[Cell]:
    cells: list[Cell] = []
    width, height = size
    last: _Word | None = None
    for word in row.words:
        tall = max(min(word.bottom - word.top, 14.0), 5.0)
        apart = last is None or word.left - last.right > tall * 0.62 or word.filled or last.filled
        tick = word.text in "☒☐" or (
            last is not None and last.text in "☒☐" and word.left - last.right < 30
        )
        if (
            tick
            and last is not None
            and not word.filled
            and cells
            and ("☒" in cells[-1].piece.text or "☐" in cells[-1].piece.text)
        ):
            apart = False
        if last is not None:
            sheet.write("   " if apart else " ")
        start = sheet.length
        sheet.write(word.text)
        sheet.boxes.append((
            start, sheet.length, page,
            word.left / width, word.top / height, word.right / width, word.bottom / height,
        ))  # fmt: skip
        if apart:
            cells.append(
                Cell(
                    Piece(sheet, start, sheet.length),
                    names=word.names,
                    filled=word.filled,
                    x=word.left,
                )
            )
        else:
            cells[-1].piece = Piece(sheet, cells[-1].piece.start, sheet.length)
        last = word
    return cells


def _fields_by_page(untrusted_bytes: bytes) -> dict[int, list[_Word]]:
    """The values of a form's fields as words at their places, by page from 0."""
    import pypdf
    from pypdf.errors import PyPdfError

    if b"AcroForm" not in untrusted_bytes and b"ObjStm" not in untrusted_bytes:
        return {}
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    found: dict[int, list[_Word]] = {}
    try:
        reader = pypdf.PdfReader(io.BytesIO(untrusted_bytes), strict=False)
        if reader.is_encrypted:
            return {}
        root: Any = reader.trailer["/Root"]
        if "/AcroForm" not in root:
            return {}
        for number, page in enumerate(reader.pages):
            height = float(page.mediabox.height)
            for annotation in page.get("/Annots") or ():
                word = _field_word(annotation.get_object(), height)
                if word is not None:
                    found.setdefault(number, []).append(word)
    except (
        PyPdfError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
        OSError,
        IndexError,
    ):
        return found
    return found


def _inherited(widget: Any, key: str) -> Any:
    for _ in range(8):
        if key in widget:
            return widget[key]
        if "/Parent" not in widget:
            return None
        widget = widget["/Parent"].get_object()
    return None


def _field_word(widget: Any, height: float) -> _Word | None:
    if widget.get("/Subtype") != "/Widget":
        return None
    left, bottom, right, top = (float(value) for value in widget["/Rect"])
    names: list[str] = []
    at: Any = widget
    for _ in range(8):
        if "/T" in at:
            names.insert(0, str(at["/T"]))
        if "/Parent" not in at:
            break
        at = at["/Parent"].get_object()
    tooltip = _inherited(widget, "/TU")
    labels = tuple(
        filter(None, (str(tooltip or ""), ".".join(names).split(".")[-1] if names else ""))
    )
    kind = _inherited(widget, "/FT")
    y_top, y_bottom = height - max(top, bottom), height - min(top, bottom)
    if kind == "/Btn":
        if int(_inherited(widget, "/Ff") or 0) & 65536:
            return None
        state = str(widget.get("/AS") or "/Off")
        value = str(_inherited(widget, "/V") or "")
        on = state not in {"/Off", ""} or (not widget.get("/AS") and value not in {"", "/Off"})
        words = "☒" if on else "☐"
        return _Word(words, left, y_top, right, y_bottom, labels)
    value = _inherited(widget, "/V")
    if value is None:
        return None
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return None
    if y_bottom - y_top > 26:
        y_bottom = y_top + 14
    return _Word(text, left, y_top, right, y_bottom, labels, filled=True)
