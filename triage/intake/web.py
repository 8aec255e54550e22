"""HTML to text and tables. Nothing is rendered, run or fetched: tags are only told apart."""

from __future__ import annotations

import re
from typing import Any

from triage.intake.labels import classify
from triage.intake.limits import Limits
from triage.intake.marks import with_boxes
from triage.intake.pieces import TOO_LONG, Cell, Line, Node, Piece, Sheet, Table

_SKIP = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "noscript",
        "template",
        "object",
        "embed",
        "applet",
        "iframe",
        "svg",
        "meta",
        "link",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "blockquote",
        "pre",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "form",
        "fieldset",
        "legend",
        "address",
        "figure",
        "center",
        "tr",
        "hr",
        "body",
        "html",
        "label",
    ]
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "legend"])


class _Writer:
    """Walks a tree of elements and writes its words as lines and tables."""

    def __init__(self, sheet: Sheet, limits: Limits) -> None:
        self.sheet = sheet
        self.left = limits.nodes
        self.nodes: list[Node] = []
        self.start = sheet.length
        self.space = False
        self.pre = False

    def end_line(self, heading: bool = False) -> None:
        """Close the line being written."""
        if self.sheet.length > self.start:
            piece = Piece(self.sheet, self.start, self.sheet.length)
            self.nodes.append(Line(piece, heading=heading))
        self.sheet.write("\n")
        self.start = self.sheet.length
        self.space = False

    def blank_line(self) -> None:
        """Mark a gap between paragraphs."""
        if self.nodes and not (isinstance(self.nodes[-1], Line) and not self.nodes[-1].piece):
            self.nodes.append(Line(Piece(self.sheet, self.sheet.length, self.sheet.length)))

    def words(self, text: str) -> None:
        """Running text, white space folded."""
        text = text.replace("\0", "").replace("\u00ad", "")
        if not self.pre:
            text = re.sub(r"[ \t\r\n\f]+", " ", text)
        if not text:
            return
        if self.sheet.length == self.start:
            text = text.lstrip(" ")
        elif self.space and text.startswith(" "):
            text = text[1:]
        if text:
            self.sheet.write(text)
            self.space = text.endswith(" ")

    def walk(self, element: Any, depth: int = 0) -> None:
        """Write an element's children."""
        if (boxed := _boxed_options(element)) is not None:
            self.words(boxed)
            return
        child = element.child
        while child is not None:
            self.left -= 1
            if self.left <= 0:
                self.sheet.unread = TOO_LONG
                return
            self._one(child, depth)
            child = child.next

    def _one(self, node: Any, depth: int) -> None:
        tag = node.tag or "-"
        if tag == "-text":
            self.words(node.text_content or "")
            return
        if tag in _SKIP or tag.startswith(("-", "_")) or _hidden(node):
            return
        if depth > 150:
            self.words(node.text(separator=" ") or "")
        elif tag == "br":
            self.end_line()
        elif tag == "table":
            self._table(node, depth)
        elif tag == "dl":
            self._definitions(node, depth)
        elif tag in {"input", "select", "textarea", "option"}:
            self._control(node, tag)
        elif tag in _BLOCKS:
            if self.sheet.length > self.start:
                self.end_line()
            if tag in {"p", "div", "ul", "ol", "blockquote", "hr", "section"} or tag in _HEADINGS:
                self.blank_line()
            was, self.pre = self.pre, self.pre or tag == "pre"
            self.walk(node, depth + 1)
            self.pre = was
            if self.sheet.length > self.start:
                if tag == "dt" and not self.sheet.text.rstrip().endswith((":", "?")):
                    self.sheet.write(":")
                self.end_line(heading=tag in _HEADINGS)
            if tag in {"p", "blockquote"} or tag in _HEADINGS:
                self.blank_line()
        else:
            begins = self.sheet.length == self.start and tag in {"b", "strong", "em", "i"}
            start = self.sheet.length
            self.walk(node, depth + 1)
            if begins and self.sheet.length > start and _labels(node, self.sheet.text[start:]):
                self.sheet.write("\t")
                self.space = True

    def _control(self, node: Any, tag: str) -> None:
        attributes = node.attributes
        if tag == "input":
            kind = (attributes.get("type") or "text").lower()
            if kind in {"checkbox", "radio"}:
                self.words("☒ " if "checked" in attributes else "☐ ")
            elif kind in {"text", "email", "tel", "date", "number"}:
                self.words(attributes.get("value") or "")
        elif tag == "select":
            for option in node.css("option"):
                if "selected" in option.attributes:
                    self.words(option.text() or "")
        elif tag == "textarea":
            self.words(node.text() or "")

    def _definitions(self, listed: Any, depth: int) -> None:
        """A definition list as rows of a term and what is said of it."""
        if self.sheet.length > self.start:
            self.end_line()
        rows: list[list[Cell]] = []
        for node in listed.css("dt, dd")[:2000]:
            if _hidden(node):
                continue
            if node.tag == "dt" or not rows:
                rows.append([self._cell(node, 0, 1, depth)])
            elif len(rows[-1]) == 1:
                cell = self._cell(node, 1, 1, depth)
                cell.filled = not any(isinstance(inner, Table) for inner in cell.nodes)
                rows[-1].append(cell)
        self.start = self.sheet.length
        self.nodes.extend(Table([row]) for row in rows)

    def _table(self, table: Any, depth: int) -> None:
        if self.sheet.length > self.start:
            self.end_line()
        rows: list[list[Cell]] = []
        held: dict[int, int] = {}
        for row in _rows_of(table):
            cells: list[Cell] = []
            column = 0
            held = {at: left - 1 for at, left in held.items() if left > 1}
            child = row.child
            while child is not None:
                if child.tag in {"td", "th"} and not _hidden(child):
                    while held.get(column):
                        column += 1
                    span = _number(child.attributes.get("colspan"), 1)
                    down = _number(child.attributes.get("rowspan"), 1)
                    cells.append(self._cell(child, column, span, depth))
                    if down > 1:
                        held.update({column + at: down for at in range(span)})
                    column += span
                child = child.next
            if cells:
                rows.append(cells)
            self.left -= 1
            if self.left <= 0:
                self.sheet.unread = TOO_LONG
                break
        self.start = self.sheet.length
        if _is_layout(rows):
            for row in rows:
                for cell in row:
                    self.nodes.extend(cell.nodes)
                    self.blank_line()
        else:
            self.nodes.append(Table(rows))

    def _cell(self, node: Any, column: int, span: int, depth: int) -> Cell:
        outer, self.nodes = self.nodes, []
        start = self.start = self.sheet.length
        self.space = False
        self.walk(node, depth + 2)
        end = self.sheet.length
        if end > self.start:
            self.end_line()
        inner, self.nodes = self.nodes, outer
        piece = Piece(self.sheet, start, end).strip()
        header = node.tag == "th"
        return Cell(
            piece, column, span, inner, header=header, strong=header or _is_strong(node, piece)
        )


def _labels(node: Any, words: str) -> bool:
    """True for words set apart at the head of a line that are the label of what follows them."""
    after = node.next
    follows = after is not None and (after.tag or "") == "-text" and (after.text_content or "")
    if not follows or not follows.strip() or not follows[0].isspace():
        return False
    if len(words) > 60 or words.rstrip()[-1:] in ":?.,;!-–—":
        return False
    meaning = classify(words)
    return bool(meaning.attribute or meaning.subject) and meaning.share >= 0.5


def _is_strong(cell: Any, piece: Piece) -> bool:
    """True where all the words of a cell are bold, or the cell is shaded."""
    style = (cell.attributes.get("style") or "").replace(" ", "").lower()
    shade = re.search(r"background(?:-color)?:(?!#?f{3,6}\b|white|transparent|none)", style)
    colour = (cell.attributes.get("bgcolor") or "#fff").lower().strip("#")
    if shade or re.search(r"font-weight:(?:bold|[6-9]00)", style) or colour.strip("f"):
        return bool(colour.strip("f") and colour != "white") or bool(style)
    marked = "".join(one.text() or "" for one in cell.css("b, strong"))
    return bool(marked.strip()) and len(marked.split()) >= len(piece.text.split())


_STRONG = frozenset(["b", "strong", "u", "mark", "ins"])
_STRUCK = frozenset(["s", "strike", "del"])


def _boxed_options(element: Any) -> str | None:
    """ "Yes / <b>No</b>" with boxes, where an element holds options and nothing but words."""
    runs: list[tuple[str, str]] = []
    child, marked = element.child, False
    while child is not None:
        tag = child.tag or "-"
        if tag == "-text":
            runs.append((child.text_content or "", ""))
        elif tag in _STRONG or tag in _STRUCK:
            marked = True
            runs.append((child.text() or "", "on" if tag in _STRONG else "off"))
        elif tag in {"span", "font", "em", "i"}:
            runs.append((child.text() or "", _style_mark(child)))
            marked = marked or bool(runs[-1][1])
        elif not tag.startswith(("-", "_")):
            return None
        if len(runs) > 20 or len(runs[-1][0] if runs else "") > 200:
            return None
        child = child.next
    return with_boxes(runs) if marked else None


def _style_mark(node: Any) -> str:
    style = (node.attributes.get("style") or "").replace(" ", "").lower()
    if "line-through" in style:
        return "off"
    strong = re.search(
        r"font-weight:(?:bold|[6-9]00)|decoration:underline|background|border:", style
    )
    return "on" if strong else ""


def _number(text: str | None, usual: int) -> int:
    return (
        min(max(int(text), 1), 60) if text and text.strip().isdigit() and len(text) < 5 else usual
    )


def _hidden(node: Any) -> bool:
    style = (node.attributes.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "hidden" in node.attributes


def _rows_of(table: Any) -> list[Any]:
    rows = []
    child = table.child
    while child is not None:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in {"tbody", "thead", "tfoot"}:
            inner = child.child
            while inner is not None:
                if inner.tag == "tr":
                    rows.append(inner)
                inner = inner.next
        child = child.next
    return rows


def _is_layout(rows: list[list[Cell]]) -> bool:
    """True for a table that only sets things on the page: one cell a row, holding blocks."""
    width = max((len([c for c in row if c.piece or c.nodes]) for row in rows), default=0)
    if width > 1:
        return False
    return (
        any(
            isinstance(node, Table) or len(cell.nodes) > 3
            for row in rows
            for cell in row
            for node in cell.nodes
        )
        or len(rows) == 1
    )


def write_html(sheet: Sheet, untrusted_html: str, limits: Limits) -> list[Node]:
    """Write the words of an HTML text onto a sheet; lines and tables in the order they stand."""
    from selectolax.lexbor import LexborHTMLParser

    if len(untrusted_html) > limits.text_chars:
        sheet.unread = TOO_LONG
    tree = LexborHTMLParser(untrusted_html[: limits.text_chars])
    writer = _Writer(sheet, limits)
    if tree.body is not None:
        writer.walk(tree.body)
    if sheet.length > writer.start:
        writer.end_line()
    return writer.nodes
