"""PDF: the words of each page with their places, and what was typed or ticked in its form.

A page is read as the cells ruled on it, and elsewhere as lines parted into columns by the gaps;
a form's values are set into the line where their field stands, so a flat page and a filled form
are read the same way.
"""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from functools import partial
from typing import Any

from triage.domain.draft import NotRead
from triage.intake.faults import BrokenError, LockedError
from triage.intake.labels import classify
from triage.intake.limits import Limits
from triage.intake.pairs import pairs_in
from triage.intake.pdf_captions import Answer, captioned, under_fields
from triage.intake.pdf_columns import in_reading_order
from triage.intake.pdf_ruled import words_by_cell, write_ruled, write_words
from triage.intake.pdf_words import Row, Word, page_words, rows_of, without_running
from triage.intake.pieces import Cell, Line, Node, Pair, Piece, Sheet, Table

_DAMAGED = "It is damaged. Look at the original."
_PICTURE = "It is a picture with no words in it. Look at the original."
_BLACKED_OUT = (
    "Words there are blacked out, and were not read. They are still in the file: "
    "tell whoever sent it, and don't pass it on."
)


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
    damaged: list[int] = []
    blacked_out: list[int] = []
    edges: set[str] = set()
    try:
        count = min(len(document), limits.pages)
        for number in range(count):
            if number:
                sheet.pages.append(sheet.length)
            try:
                read = page_words(document, number)
            except pdfium.PdfiumError:
                damaged.append(number + 1)
                continue
            words, size = read.words, read.size
            if read.blacked_out:
                blacked_out.append(number + 1)
            typed = fields.get(number, [])
            words.extend([_beside_label(field, words, typed) for field in typed])
            if not words:
                wordless.append(number + 1)
            outside, held = words_by_cell(words, read.grids)
            rows = without_running(rows_of(outside), edges, first=number == 0)
            plain = partial(_write_page, sheet, page=number + 1, size=size)
            if held:
                nodes.extend(write_ruled(sheet, rows, held, number + 1, size, plain))
            else:
                for run in in_reading_order(rows, size[0]):
                    nodes.extend(plain(run))
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
    if damaged and len(damaged) == count:
        raise BrokenError("It is damaged or cut short.")
    for pages, why in ((damaged, _DAMAGED), (wordless, _PICTURE), (blacked_out, _BLACKED_OUT)):
        if pages:
            shown = f"page{'s' if len(pages) > 1 else ''} {', '.join(map(str, pages[:12]))}"
            lost.append(NotRead(place=Piece(sheet, 0, 0).place(), what=shown, why=why))
    return nodes, lost


def _write_page(sheet: Sheet, rows: list[Row], page: int, size: tuple[float, float]) -> list[Node]:
    under = captioned(rows)
    if under is not None:
        return _write_captioned(sheet, under, page, size)
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

    captions = under_fields(rows)
    for number, row in enumerate(rows):
        if captions and number and any(w.filled for w in rows[number - 1].words):
            continue  # the captions of the fields over it
        gap = last is not None and row.middle - last > 22
        last = row.middle
        if gap:
            sheet.write("\n")
        start = sheet.length
        cells = _write_row(sheet, row, page, size)
        piece = Piece(sheet, start, sheet.length)
        sheet.write("\n")
        filled = [cell for cell in cells if cell.filled]
        below = rows[number + 1] if filled and captions and number + 1 < len(rows) else None
        named = _write_row(sheet, below, page, size) if below is not None else []
        if named:
            sheet.write("\n")
        for cell in filled:
            nodes_label = _printed_label(cell, [cell] if named else cells, named or before)
            labels = tuple(label for label in (nodes_label, *cell.names) if label)
            beside = any(other.x < cell.x and not other.filled for other in cells)
            if not beside and table and table[-1] is before:
                table.pop()  # captions of the fields under them
            flush()
            nodes.append(Pair(labels or ("",), cell.piece))
        before = named or cells or before
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


def _write_captioned(
    sheet: Sheet, told: list[Row | Answer], page: int, size: tuple[float, float]
) -> list[Node]:
    nodes: list[Node] = []
    for one in told:
        if isinstance(one, Row):
            nodes.append(Line(write_words(sheet, [one], page, size)))
        else:
            words, lines = one
            value = write_words(sheet, lines, page, size)
            sheet.write("\n")
            label = write_words(sheet, [Row(words)], page, size)
            nodes.append(Pair((label.text,), value))
        sheet.write("\n")
    return nodes


def _printed_label(cell: Cell, cells: list[Cell], above: list[Cell]) -> str:
    left = [other for other in cells if other.x < cell.x and not other.filled]
    if left:
        return left[-1].piece.text
    over = [other for other in above if not other.filled and abs(other.x - cell.x) < 30]
    return over[0].piece.text if over else ""


def _sure_label(words: str) -> bool:
    meaning = classify(words) if len(words) < 40 else None
    if meaning is None or not (meaning.attribute or meaning.subject):
        return False
    return meaning.share >= (0.5 if meaning.subject else 0.75)


def _write_row(sheet: Sheet, row: Row, page: int, size: tuple[float, float]) -> list[Cell]:
    cells: list[Cell] = []
    width, height = size
    last: Word | None = None
    for word in row.words:
        tall = max(min(word.bottom - word.top, 14.0), 5.0)
        gap = 0.0 if last is None else word.left - last.right
        apart = last is None or gap > tall * 0.62 or word.filled or last.filled
        if not apart and gap > tall * 0.4 and not word.text[0].islower():
            apart = _sure_label(cells[-1].piece.text)  # two spaces after "Your name"
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


def _fields_by_page(untrusted_bytes: bytes) -> dict[int, list[Word]]:
    """The values of a form's fields as words at their places, by page from 0."""
    import pypdf
    from pypdf.errors import PyPdfError

    if b"AcroForm" not in untrusted_bytes and b"ObjStm" not in untrusted_bytes:
        return {}
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    found: dict[int, list[Word]] = {}
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


def _field_word(widget: Any, height: float) -> Word | None:
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
        return Word(words, left, y_top, right, y_bottom, labels)
    value = _inherited(widget, "/V")
    if value is None:
        return None
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return None
    return Word(text, left, y_top, right, y_bottom, labels, filled=True)


_TALL = 26.0
"""Points above which a field is for more than one line."""


def _beside_label(field: Word, words: list[Word], fields: list[Word]) -> Word:
    """A field for several lines on the line of what is printed left of it, else on its first."""
    if not field.filled or field.bottom - field.top <= _TALL:
        return field
    short = [one for one in fields if one.filled and one.bottom - one.top <= _TALL]
    left = [
        word
        for word in words
        if word.right <= field.left + 2
        and field.top <= word.middle <= field.bottom
        and not any(one.top <= word.middle <= one.bottom for one in short)
    ]
    top = min((word.middle for word in left), default=field.top + 7.0) - 7.0
    return replace(field, top=top, bottom=top + 14.0)
