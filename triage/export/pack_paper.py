"""The pack on paper: A4, black on white, 10.5 point or 16 point for large print.

Turns sections into reportlab's flowables, with the words that `cut` takes out already gone. What
stands on every page is in triage.export.pack_pages.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any
from xml.sax.saxutils import escape

from triage.domain.pack import Removal
from triage.export import pack_blocks as c
from triage.export.pack_letters import (
    BOLD,
    REGULAR,
    STRONG,
    load_fonts,
    phrases_turned,
    set_in,
)
from triage.export.pack_removal import Piece

GREY = "#444444"
FONT_OF = {"regular": REGULAR, "strong": STRONG, "muted": REGULAR}


_LONG = 1500
"""Letters in a cell from which its row may be cut over two pages; others stay whole."""

Cut = Callable[[Sequence[c.Run]], tuple[tuple[Piece, ...], ...]]


class Press:
    """Draws one copy. `scale` is 1 for 10.5 point, 16/10.5 for large print."""

    def __init__(self, *, cut: Cut, numbers: Mapping[Removal, int], scale: float) -> None:
        from reportlab.lib.styles import ParagraphStyle

        load_fonts()
        self.cut, self.numbers, self.scale = cut, numbers, scale
        self.large = scale > 1.2
        style = partial(
            ParagraphStyle, splitLongWords=1, allowWidows=0, allowOrphans=0, bulletFontName=REGULAR
        )
        self.body = style("body", fontName=REGULAR, fontSize=10.5 * scale, leading=14.8 * scale)
        self.cell = style("cell", fontName=REGULAR, fontSize=9.5 * scale, leading=12.4 * scale)
        if self.large:
            self.cell = style("cell", fontName=REGULAR, fontSize=16, leading=21)
        self.title = style("title", fontName=BOLD, fontSize=18.6 * scale, leading=23 * scale)
        self.head = style("head", fontName=STRONG, fontSize=12 * scale, leading=15 * scale)
        self.small = style("small", fontName=REGULAR, fontSize=9.3 * scale, leading=12.2 * scale)
        if self.large:
            self.small = style("small", fontName=REGULAR, fontSize=16, leading=21)
        self.bullet = style(
            "bullet",
            parent=self.body,
            leftIndent=11.5 * scale,
            bulletIndent=2,
            bulletFontSize=self.body.fontSize,
        )

    def markup(self, runs: Sequence[c.Run], size: float) -> str:
        """The runs as reportlab's own markup, every letter of them escaped."""
        cut = zip(runs, self.cut(runs), strict=True)
        return "".join(self._marked_up(run, pieces, size) for run, pieces in cut)

    def _marked_up(self, run: c.Run, pieces: tuple[Piece, ...], size: float) -> str:
        parts = []
        quoted = False
        for piece in pieces:
            if isinstance(piece, Removal):
                parts.append(self._mark(piece, size))
                continue
            words = phrases_turned(piece).replace("\t", " ")
            quotes = re.split("([“”])", words) if run.marks_quotes else [words]
            for words in quotes:
                if words == "“":
                    quoted = True
                strong = run.weight == "strong" or quoted
                if words == "”":
                    quoted = False
                font = STRONG if strong else FONT_OF[run.weight]
                parts += [self._word(text, name, run.weight) for text, name in set_in(words, font)]
        marked = "".join(parts)
        return marked.replace("\n", "<br/>") if run.keeps_lines else marked

    @staticmethod
    def _word(text: str, font: str, weight: str) -> str:
        colour = f' color="{GREY}"' if weight == "muted" else ""
        return f'<font name="{font}"{colour}>{escape(text)}</font>'

    def _mark(self, kind: Removal, size: float) -> str:
        words = f"\u00a0removed\u00a0{self.numbers[kind]}\u00a0"
        small = size if self.large else size * 0.86
        return (
            f'<font name="{STRONG}" size="{small:.2f}" color="#FFFFFF" backColor="#000000">'
            f"{words}</font>"
        )

    def paragraph(self, runs: Sequence[c.Run], style: Any, **more: Any) -> Any:
        """A paragraph of runs in the style."""
        from reportlab.platypus import Paragraph

        return Paragraph(self.markup(runs, style.fontSize) or "&nbsp;", style, **more)

    def room(self, lines: float) -> Any:
        """Goes to the next page where fewer lines than this would be left."""
        from reportlab.platypus import CondPageBreak

        return CondPageBreak(lines * self.body.leading)

    def rows(self, rows: Sequence[tuple[c.Line, c.Line]], width: float) -> list[Any]:
        """What each is on the left, its words on the right, a thin line below; [] for none."""
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table

        if not rows:
            return []
        cells = [[self.paragraph(line, self.body) for line in row] for row in rows]
        table = Table(
            cells,
            colWidths=[0.29 * width, 0.71 * width],
            splitInRow=1,
            style=[
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor("#BBBBBB")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (0, 0), (-1, -1), 1.6 * self.scale),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8 * self.scale),
            ],
        )
        return [table, self.gap(3.5)]

    def _plain(self, text: str, style: Any, font: str = REGULAR, colour: str = "#000000") -> Any:
        from reportlab.platypus import Paragraph

        parts = "".join(
            f'<font name="{name}" color="{colour}">{escape(words)}</font>'
            for words, name in set_in(text, font)
        )
        return Paragraph(parts, style)

    def gap(self, points: float) -> Any:
        """Room below a part, at this copy's scale. Never at the head of a page, and none of it is
        carried over to the next."""
        return _gap_kind()(0, points * self.scale)

    def block(self, block: c.Block, width: float) -> list[Any]:
        """The flowables of one block, across `width` points."""
        gap = self.gap(3.5)
        if isinstance(block, c.Paragraph):
            return [self.paragraph(block.runs, self.body), gap]
        if isinstance(block, c.Bullets):
            return [self.paragraph(line, self.bullet, bulletText="•") for line in block.lines]
        if isinstance(block, c.Pairs):
            return [self.gap(4), self._pairs(block, width)]
        if isinstance(block, c.Columns):
            return [f for each in (*block.left, *block.right) for f in self.block(each, width)]
        if self.large and len(block.heads) > 2:
            return self._cards(block)
        return [self.gap(1 / self.scale), self._table(block, width), gap]

    def _table(self, block: c.Table, width: float) -> Any:
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table

        pad = 5.2 * self.scale
        heads = [self._plain(head, self.cell, STRONG) for head in block.heads]
        rows = [[self.paragraph(line, self.cell) for line in row] for row in block.rows]
        longest_words = [
            max(cell.minWidth() for cell in column) for column in zip(heads, *rows, strict=True)
        ]
        widths = _fitted(
            [share * width for share in block.widths], [w + 1.7 * pad for w in longest_words]
        )
        longest = max((len(run.text) for row in block.rows for ln in row for run in ln), default=0)
        return Table(
            [heads, *rows],
            colWidths=widths,
            repeatRows=1,
            splitInRow=int(longest > _LONG),
            style=[
                ("GRID", (0, 0), (-1, -1), 0.6, HexColor("#8C8C8C")),
                ("BACKGROUND", (0, 0), (-1, 0), HexColor("#EEEEEE")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                ("LEFTPADDING", (0, 0), (-1, -1), pad),
                ("RIGHTPADDING", (0, 0), (-1, -1), pad * 0.6),
                ("TOPPADDING", (0, 0), (-1, -1), 2.4 * self.scale),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3.6 * self.scale),
            ],
        )

    def _cards(self, block: c.Table) -> list[Any]:
        """A table too wide for large print: each row as its heads and values, one below another."""
        from reportlab.platypus import CondPageBreak

        flow: list[Any] = []
        for row in block.rows:
            flow.append(CondPageBreak(4 * self.body.leading))
            for head, line in zip(block.heads, row, strict=True):
                if any(run.text for run in line):
                    flow.append(
                        self.paragraph((*c.fixed(f"{head}: ", weight="muted"), *line), self.body)
                    )
            flow.append(self.gap(8))
        return flow

    def _pairs(self, block: c.Pairs, width: float) -> Any:
        from reportlab.platypus import Table

        cells = [
            (
                self._plain(label, self.cell, colour=GREY),
                self.paragraph([_strong(run) for run in line], self.cell),
            )
            for label, line in block.pairs
        ]
        if self.large:
            rows, widths = [list(cell) for cell in cells], [0.3, 0.7]
        else:
            both = zip(cells[::2], cells[1::2], strict=True)
            rows, widths = [[*left, *right] for left, right in both], [0.136, 0.356, 0.166, 0.342]
        return Table(
            rows,
            colWidths=[share * width for share in widths],
            splitInRow=1,
            style=[
                ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 6),
                ("TOPPADDING", (0, 0), (-1, -1), 1.6 * self.scale),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4 * self.scale),
            ],
        )

    def section(
        self, section: c.Section, title: str, pages: Mapping[str, int], width: float
    ) -> list[Any]:
        """The flowables of a section: the room it asks for first, its ruled heading, its blocks."""
        from reportlab.platypus import CondPageBreak, KeepTogether

        first = section.blocks[0]
        lines = 9 if self.large and isinstance(first, c.Table) else 5.4
        flow: list[Any] = []
        if isinstance(first, c.Columns) and self._fits_beside(first):
            flow += [self._side_by_side(first, title, width)]
        else:
            blocks: list[c.Block] = list(section.blocks)
            heading = [self._heading(section, title, pages), self.rule(width)]
            body = []
            if isinstance(first, c.Columns):
                body += [f for each in first.left for f in self.block(each, width)]
                body += [
                    self.gap(9 / self.scale),
                    self._plain(first.right_title, self.head, STRONG),
                    self.rule(width),
                ]
                body += [f for each in first.right for f in self.block(each, width)]
                blocks = blocks[1:]
            body += [f for each in blocks for f in self.block(each, width)]
            is_short = isinstance(first, c.Table) and len(first.rows) < 8 and not self.large
            flow += [KeepTogether([*heading, *body])] if is_short else [*heading, *body]
        room = CondPageBreak(_height(flow, width, lines * self.body.leading))
        return [room, *flow, self.gap(9.2)]

    def _heading(self, section: c.Section, title: str, pages: Mapping[str, int]) -> Any:
        from reportlab.platypus import Paragraph

        words = "".join(
            f'<font name="{name}">{escape(text)}</font>' for text, name in set_in(title, STRONG)
        )
        if section.note:
            why = str(pages.get("why", 2))
            note = [replace(run, text=run.text.replace("{why}", why)) for run in section.note]
            size = self.small.fontSize
            words += f'&nbsp; <font size="{size}">{self.markup(note, size)}</font>'
        return Paragraph(words, self.head)

    def rule(self, width: float) -> Any:
        """The line below a heading."""
        from reportlab.lib.colors import black
        from reportlab.platypus import HRFlowable

        above, below = 2.2 * self.scale, 5.2 * self.scale
        return HRFlowable(
            width=width, thickness=0.8, color=black, spaceBefore=above, spaceAfter=below
        )

    def _fits_beside(self, columns: c.Columns) -> bool:
        lines = max(
            sum(len(b.lines) if isinstance(b, c.Bullets) else 2 for b in side)
            for side in (columns.left, columns.right)
        )
        return not self.large and lines <= 20

    def _side_by_side(self, columns: c.Columns, title: str, width: float) -> Any:
        from reportlab.lib.colors import black
        from reportlab.platypus import Table

        gutter = 0.0325 * width
        half = (width - gutter) / 2
        left = [flowable for each in columns.left for flowable in self.block(each, half)]
        right = [flowable for each in columns.right for flowable in self.block(each, half)]
        heads = [self._plain(words, self.head, STRONG) for words in (title, columns.right_title)]
        return Table(
            [[heads[0], "", heads[1]], [left, "", right]],
            colWidths=[half, gutter, half],
            style=[
                ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, 0), 0),
                ("TOPPADDING", (0, 1), (-1, 1), 4.6),
                ("BOTTOMPADDING", (0, 0), (-1, 0), 3.2),
                ("BOTTOMPADDING", (0, 1), (-1, 1), 0),
                ("LINEBELOW", (0, 0), (0, 0), 0.8, black),
                ("LINEBELOW", (2, 0), (2, 0), 0.8, black),
            ],
        )


@cache
def _gap_kind() -> Any:
    from reportlab.platypus import Spacer

    class Gap(Spacer):  # type: ignore[misc]
        _ZEROSIZE = True

        def wrap(self, _width: float, height: float) -> tuple[float, float]:
            frame = getattr(self, "_frame", None)
            at_top = frame is not None and frame._atTop
            return 0, 0 if at_top else max(0.0, min(self.height, height))

    return Gap


def _fitted(widths: Sequence[float], needs: Sequence[float]) -> list[float]:
    """The columns' widths, with room moved to those whose longest word would be cut, from those
    that have more than they need. As they were where there is not enough room for all."""
    if sum(needs) > sum(widths):
        return list(widths)
    lack = sum(max(0.0, need - wide) for wide, need in zip(widths, needs, strict=True))
    spare = sum(max(0.0, wide - need) for wide, need in zip(widths, needs, strict=True))
    give = lack / spare if lack else 0.0
    return [
        need if need > wide else wide - (wide - need) * give
        for wide, need in zip(widths, needs, strict=True)
    ]


def _height(flow: Sequence[Any], width: float, most: float) -> float:
    """How tall a few short paragraphs are, or `most` where there is more."""
    from reportlab.platypus import HRFlowable, Paragraph, Spacer

    flow = list(flow)
    while flow and isinstance(flow[-1], Spacer):
        flow.pop()
    tall = 0.0
    for each in flow:
        if not isinstance(each, HRFlowable | Paragraph | Spacer):
            return most
        tall += each.wrap(width, 10 * most)[1] + each.getSpaceBefore() + each.getSpaceAfter()
        if tall >= most:
            return most
    return tall


def _strong(run: c.Run) -> c.Run:
    return replace(run, weight="strong")
