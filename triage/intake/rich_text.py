"""Rich text (RTF) to lines and tables. Only words are taken: pictures, fields' codes, styles and
embedded objects are passed over, and nothing in it is run."""

from __future__ import annotations

import re

from triage.intake.limits import Limits
from triage.intake.pieces import Cell, Line, Node, Piece, Sheet, Table

_TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<sign>[^a-z])|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)"
)
# groups whose words are not the document's
_UNSEEN = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "fldinst", "header", "footer"}
    | {"headerl", "headerr", "footerl", "footerr", "listtable", "listoverridetable", "generator"}
    | {"themedata", "datastore", "xmlnstbl", "rsidtbl", "latentstyles", "bkmkstart", "bkmkend"}
)
_SIGNS = {"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“"} | {
    "rdblquote": "”", "bullet": "•", "tab": "\t", "emspace": " ", "enspace": " "
}  # fmt: skip


def write_rich_text(sheet: Sheet, untrusted_bytes: bytes, limits: Limits) -> list[Node]:
    """Write the words of a rich text onto a sheet; rows of cells become tables."""
    text = untrusted_bytes.decode("latin-1")[: limits.text_chars]
    page = re.search(r"\\ansicpg(\d{3,5})", text[:400])
    return _Writer(sheet, f"cp{page[1]}" if page else "cp1252").write(text, limits)


class _Writer:
    def __init__(self, sheet: Sheet, code_page: str) -> None:
        self.sheet = sheet
        self.code_page = code_page
        self.nodes: list[Node] = []
        self.rows: list[list[Cell]] = []
        self.cells: list[Cell] = []
        self.bits: list[str] = []
        self.marks: list[bool] = []
        self.bold = False
        self.in_table = False

    def write(self, text: str, limits: Limits) -> list[Node]:
        """Walk the tokens; each group keeps its own state."""
        held: list[tuple[bool, bool, int]] = []
        unseen, skip, after = False, 0, 1
        fresh = False
        for count, token in enumerate(_TOKEN.finditer(text)):
            if count > limits.nodes * 20:
                break
            if token["brace"] == "{":
                held.append((unseen, self.bold, after))
                fresh = True
                continue
            if token["brace"] == "}":
                unseen, self.bold, after = held.pop() if held else (False, False, 1)
                continue
            word, number = token["word"], token["number"]
            if token["sign"] == "*" or (word in _UNSEEN and fresh):
                unseen = unseen or token["sign"] == "*" or word in _UNSEEN
                continue
            fresh = False
            if unseen:
                continue
            if word == "u" and number:
                code = int(number)
                self._say(chr(code % 65536) if not 0xD800 <= code % 65536 < 0xE000 else "")
                skip = after
            elif word == "uc":
                after = int(number or 1)
            elif word is not None:
                self._control(word, number)
            elif token["hex"]:
                if skip:
                    skip -= 1
                    continue
                self._say(self._decoded(token["hex"]))
            elif token["sign"]:
                self._say({"~": "\u00a0", "_": "-"}.get(token["sign"], token["sign"] * (
                    token["sign"] in "\\{}")))  # fmt: skip
            elif token["text"]:
                self._say(token["text"][skip:])
                skip = 0
        self.cells, self.in_table = [], False
        self._end_line()
        self._end_table()
        return self.nodes

    def _decoded(self, pair: str) -> str:
        try:
            return bytes.fromhex(pair).decode(self.code_page)
        except (UnicodeDecodeError, LookupError):
            return bytes.fromhex(pair).decode("latin-1")

    def _say(self, words: str) -> None:
        if words:
            self.bits.append(words.replace("\0", ""))
            self.marks.append(self.bold or not words.strip())

    def _control(self, word: str, number: str | None) -> None:
        if word in {"par", "sect", "page"}:
            self._end_line()
        elif word == "line":
            self._say("\n")
        elif word in {"intbl", "pard"}:
            self.in_table = word == "intbl"
        elif word == "b":
            self.bold = number != "0"
        elif word == "plain":
            self.bold = False
        elif word == "cell":
            piece = self._written()
            strong = bool(piece) and all(self.marks)
            self.cells.append(Cell(piece.strip(), len(self.cells), strong=strong))
            self.sheet.write("\t")
            self._clear()
        elif word == "row":
            self.rows.append(self.cells)
            self.cells = []
            self.sheet.write("\n")
        elif word in _SIGNS:
            self._say(_SIGNS[word])

    def _clear(self) -> None:
        self.bits, self.marks = [], []

    def _written(self) -> Piece:
        return self.sheet.write("".join(self.bits))

    def _end_line(self) -> None:
        if self.cells or self.in_table:  # a paragraph within a cell
            self._say("\n")
            return
        self._end_table()
        heading = bool("".join(self.bits).strip()) and all(self.marks) and ":" not in self.bits[-1]
        for number, one in enumerate("".join(self.bits).split("\n")):
            piece = self.sheet.write(one)
            self.sheet.write("\n")
            self.nodes.append(Line(piece, heading=heading and number == 0 and len(one) < 90))
        self._clear()

    def _end_table(self) -> None:
        if self.rows:
            self.nodes.append(Table(self.rows))
            self.rows = []
