"""What stands around the words of a pack: heads, feet, the rating, signatures, seal and QR code."""

import re
from dataclasses import dataclass
from typing import Any

from triage.domain.pack import Removal
from triage.export.pack_letters import BOLD, REGULAR, SEAL, SIGNED, STRONG, set_in
from triage.export.pack_paper import GREY, Press
from triage.export.pack_removal import Piece

WIDTH, HEIGHT = 595.28, 841.89
MARGIN = 40.0
ACROSS = WIDTH - 2 * MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One of the two who stand behind the decision; `when` is "" while they have not signed."""

    label: str
    name: str
    job: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What stands around the words of the pack: on every page, and in the block of signatures."""

    marking: str
    handling: str
    title: str
    children: tuple[Piece, ...]
    children_short: tuple[Piece, ...]
    reference: str
    hub: str
    rating_letter: str
    rating_shape: str
    rating_words: tuple[str, ...]
    copy_words: str
    printed: str
    signatures: tuple[Signature, ...]
    seal: str
    verify_text: str
    qr: str


class Surround:
    """Draws what does not flow: heads, feet, the rating, the block of signatures."""

    def __init__(self, press: Press, furniture: Furniture) -> None:
        self.press, self.on = press, furniture
        self.scale = press.scale

    def size(self, points: float) -> float:
        """Points at this copy's scale; in large print nothing is under 16."""
        return max(16.0, points * self.scale) if self.press.large else points

    def text(
        self,
        canvas: Any,
        x: float,
        y: float,
        words: str,
        font: str,
        size: float,
        *,
        to: str = "left",
    ) -> float:
        """Write words from x, up to x or about x, and return their width."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        parts = list(set_in(words, font))
        width = sum(stringWidth(part, name, size) for part, name in parts)
        at = x - {"left": 0.0, "right": width, "middle": width / 2}[to]
        for part, name in parts:
            canvas.setFont(name, size)
            canvas.drawString(at, y, part)
            at += stringWidth(part, name, size)
        return float(width)

    def pieces(
        self, canvas: Any, x: float, y: float, pieces: tuple[Piece, ...], size: float, until: float
    ) -> float:
        """Write words and marks on one line from x, smaller where they would pass `until`."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        whole = self.width(pieces, size)
        size = min(size, size * (until - x) / whole) if whole else size
        for piece in pieces:
            if isinstance(piece, Removal):
                width = stringWidth(self.words_of(piece), STRONG, size)
                canvas.rect(x, y - 0.25 * size, width, 1.15 * size, stroke=0, fill=1)
                canvas.setFillGray(1)
                self.text(canvas, x, y, self.words_of(piece), STRONG, size)
                canvas.setFillGray(0)
                x += width
            else:
                x += self.text(canvas, x, y, piece, STRONG, size)
        return x

    def marking(self, canvas: Any) -> float:
        """The marking and how to handle it, at the top; returns the line below them."""
        big, small = self.size(10.2), self.size(9.4)
        y = HEIGHT - 18 - big * 0.72
        self.text(canvas, WIDTH / 2, y, self.on.marking, BOLD, big, to="middle")
        y -= small * 1.5
        for line in self.sentences(self.on.handling, small, ACROSS):
            self.text(canvas, WIDTH / 2, y, line, REGULAR, small, to="middle")
            y -= small * 1.3
        return float(y + small * 1.3)

    def lines(self, words: str, size: float, width: float, font: str = REGULAR) -> list[str]:
        """The words in lines no wider than `width`."""
        from reportlab.lib.utils import simpleSplit

        return list(simpleSplit(words, font, size, width))

    def sentences(self, words: str, size: float, width: float) -> list[str]:
        """The words in lines that end with a sentence, where a sentence fits into one."""
        said: list[str] = []
        for each in re.split(r"(?<=\.) ", words):
            longer = f"{said[-1]} {each}" if said else each
            if said and len(self.lines(longer, size, width)) == 1:
                said[-1] = longer
            else:
                said.append(each)
        return [line for each in said for line in self.lines(each, size, width)]

    def first_head(self, canvas: Any) -> float:
        """The head of page 1: title, children, hub, and the rating; returns where words begin."""
        top = self.marking(canvas) - 11 * self.scale
        size = self.size(10.2)
        box = self.rating(canvas, top)
        y = top - 15.5 * self.scale
        title = 18.6 * self.scale
        limit = WIDTH - MARGIN if self.press.large else box[0] - 10
        for line in self.lines(self.on.title, title, limit - MARGIN, BOLD):
            self.text(canvas, MARGIN, y, line, BOLD, title)
            y -= 19 * self.scale
        room = limit - MARGIN
        reference = f"Reference {self.on.reference}"
        who = self.who(room, size)
        beside = self.width(who, size) + self.width((f" · {reference}",), size) <= room
        x = self.pieces(canvas, MARGIN, y, who, size, limit)
        if beside and not self.press.large:
            self.text(canvas, x, y, f" · {reference}", REGULAR, size)
        y -= 14.8 * self.scale
        under = self.on.hub
        if self.press.large:
            self.text(canvas, MARGIN, y, reference, REGULAR, size)
            y -= 14.8 * self.scale
        elif not beside:
            under = f"{reference} · {under}"
        for line in self.lines(under, size, room):
            self.text(canvas, MARGIN, y, line, REGULAR, size)
            y -= 14.8 * self.scale
        rule = min(y + 14.8 * self.scale - 9, box[1] - 8.5)
        canvas.setLineWidth(1.6)
        canvas.line(MARGIN, rule, WIDTH - MARGIN, rule)
        return float(rule - 8.5)

    def who(self, room: float, size: float) -> tuple[Piece, ...]:
        """The children's names, fewer of them where they would have to be set too small."""
        fits = self.width(self.on.children, size) * 0.85 <= room
        return self.on.children if fits else self.on.children_short

    def width(self, pieces: tuple[Piece, ...], size: float, font: str = STRONG) -> float:
        """How wide the words and marks are, in points."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return float(
            sum(
                stringWidth(part, name, size)
                for piece in pieces
                for part, name in set_in(self.words_of(piece), font)
            )
        )

    def words_of(self, piece: Piece) -> str:
        """What stands on the paper for a piece."""
        return f" removed {self.press.numbers[piece]} " if isinstance(piece, Removal) else piece

    def rating(self, canvas: Any, top: float) -> tuple[float, float]:
        """The rating in its outlined box; returns the box's left and lowest edges."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        size = self.size(10)
        words = max(stringWidth(line, REGULAR, size) for line in self.on.rating_words)
        left_of_words = 48 * self.scale
        width = min(
            words + left_of_words + 10 * self.scale, ACROSS * (1 if self.press.large else 0.44)
        )
        lines = [
            line
            for each in self.on.rating_words
            for line in self.lines(each, size, width - left_of_words - 6)
        ]
        height = (len(lines) * 14.6 + 12) * self.scale
        if self.press.large:  # below one another: there is no room beside the title
            top = HEIGHT - 150 * self.scale
        x, y = WIDTH - MARGIN - width, top - height
        if self.press.large:
            x = MARGIN
        canvas.setLineWidth(1.3)
        canvas.roundRect(x, y, width, height, 3.5, stroke=1, fill=0)
        self.shape(canvas, x + 24.5 * self.scale, y + height / 2, 13.4 * self.scale)
        at = y + height - 17.5 * self.scale + (size - 10 * self.scale) * 0.2
        for number, line in enumerate(lines):
            font = BOLD if number == 0 else REGULAR
            self.text(canvas, x + left_of_words, at, line, font, size)
            at -= 14.6 * self.scale
        return x, y

    def shape(self, canvas: Any, x: float, y: float, radius: float) -> None:
        """The rating's shape about a point, outlined, with its letter."""
        from math import cos, pi, sin

        canvas.setLineWidth(1.5 * self.scale)
        corners = {
            "octagon": [pi / 8 + n * pi / 4 for n in range(8)],
            "triangle": [pi / 2 + n * 2 * pi / 3 for n in range(3)],
            "square": [pi / 4 + n * pi / 2 for n in range(4)],
            "diamond": [n * pi / 2 for n in range(4)],
        }.get(self.on.rating_shape)
        if corners is None:
            canvas.circle(x, y, radius, stroke=1, fill=0)
        else:
            reach = radius * (1.28 if len(corners) == 3 else 1.05)
            path = canvas.beginPath()
            drop = radius * 0.14 if len(corners) == 3 else 0
            for number, angle in enumerate(corners):
                point = x + reach * cos(angle), y - drop + reach * sin(angle)
                path.moveTo(*point) if number == 0 else path.lineTo(*point)
            path.close()
            if self.on.rating_shape == "square":
                canvas.setDash(3, 2)
            canvas.drawPath(path, stroke=1, fill=0)
            canvas.setDash()
        size = radius * (0.86 if self.on.rating_shape == "triangle" else 1.12)
        low = radius * 0.16 if self.on.rating_shape == "triangle" else 0
        self.text(canvas, x, y - size * 0.34 - low, self.on.rating_letter, BOLD, size, to="middle")

    def later_head(self, canvas: Any) -> float:
        """The head of later pages; returns where words begin."""
        size = self.size(10.2)
        y = self.marking(canvas) - 22 * self.scale
        from reportlab.pdfbase.pdfmetrics import stringWidth

        room = WIDTH - MARGIN - stringWidth(self.on.reference, REGULAR, size) - 12
        self.pieces(canvas, MARGIN, y, self.who(room - MARGIN, size), size, room)
        self.text(canvas, WIDTH - MARGIN, y, self.on.reference, REGULAR, size, to="right")
        canvas.setLineWidth(1.3)
        canvas.line(MARGIN, y - 7.5, WIDTH - MARGIN, y - 7.5)
        return float(y - 7.5 - 9)

    def cut_to(self, words: str, room: float, size: float) -> str:
        """The words, cut short with "…" where they are too wide; the last page has them whole."""
        if self.width((words,), size, REGULAR) <= room + 0.1:
            return words
        while words and self.width((f"{words}…",), size, REGULAR) > room:
            words = words[:-1]
        return f"{words.rstrip()}…"

    @property
    def foot_height(self) -> float:
        """How far the foot reaches up from the page's lower edge."""
        return 62.0 if self.press.large else 34.0

    def foot(self, canvas: Any, page: int, pages: int) -> None:
        """Copy and whom it is for, the marking, when it was printed, and page x of y."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        size = self.size(8.9)
        canvas.setLineWidth(0.7)
        top = self.foot_height - 2
        canvas.line(MARGIN, top, WIDTH - MARGIN, top)
        if self.press.large:
            words = self.cut_to(self.on.copy_words, ACROSS, size)
            self.text(canvas, MARGIN, top - 19, words, REGULAR, size)
            self.text(canvas, MARGIN, top - 40, self.on.marking, BOLD, size)
            words = f"Page {page} of {pages}"
            self.text(canvas, WIDTH - MARGIN, top - 40, words, STRONG, size, to="right")
            return
        y = top - 13
        middle = stringWidth(self.on.marking, BOLD, 9.4)
        self.text(canvas, WIDTH / 2, y, self.on.marking, BOLD, 9.4, to="middle")
        room = ACROSS / 2 - middle / 2 - 6
        words = self.on.copy_words
        if stringWidth(words, REGULAR, size) > room:
            words = words.split(",")[0]
        fitting = size * max(0.85, min(1.0, room / stringWidth(words, REGULAR, size)))
        self.text(canvas, MARGIN, y, self.cut_to(words, room, fitting), REGULAR, fitting)
        tail = [(f"{self.on.printed} · Page ", REGULAR), (str(page), BOLD), (" of ", REGULAR)]
        tail.append((str(pages), BOLD))
        x = WIDTH - MARGIN - sum(stringWidth(words, font, size) for words, font in tail)
        for words, font in tail:
            x += self.text(canvas, x, y, words, font, size)

    @property
    def signature_height(self) -> float:
        """Points the block of signatures takes at the foot of page 1."""
        return 196.0 if self.press.large else 82.0

    def signatures(self, canvas: Any) -> None:
        """Both names, the seal and its QR code, in an outlined block at the foot of page 1."""
        bottom = self.foot_height + 13
        height = self.signature_height
        canvas.setLineWidth(1.2)
        canvas.roundRect(MARGIN, bottom, ACROSS, height, 3.5, stroke=1, fill=0)
        columns = 2 if self.press.large else 3
        rise = 88.0 if self.press.large else 0.0
        share = ACROSS / 2 if self.press.large else ACROSS * 0.3065
        canvas.setLineWidth(0.5)
        canvas.setStrokeGray(0.4)
        for number in range(1, columns):
            x = MARGIN + number * share
            canvas.line(x, bottom + rise, x, bottom + height)
        if rise:
            canvas.line(MARGIN, bottom + rise, MARGIN + ACROSS, bottom + rise)
        canvas.setStrokeGray(0)
        for number, signature in enumerate(self.on.signatures):
            self._signature(
                canvas, MARGIN + number * share + 10, bottom + height, share - 20, signature
            )
        x = MARGIN + 12 if self.press.large else MARGIN + 2 * share + 12
        self._seal(canvas, x, bottom + (rise or height) / 2)

    def _signature(self, canvas: Any, x: float, top: float, width: float, by: Signature) -> None:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        size = self.size(10)
        step = 14.6 if not self.press.large else 20.5
        y = top - step * 1.2
        canvas.setFillColor(GREY)
        self.text(canvas, x, y, by.label, REGULAR, size)
        canvas.setFillGray(0)
        y -= step * 1.3
        big = self.size(12)
        big *= min(1.0, width / max(1.0, stringWidth(by.name, SIGNED, big)))
        self.text(canvas, x, y, by.name, SIGNED, big)
        canvas.setLineWidth(0.6)
        canvas.line(x, y - 5.5, x + width, y - 5.5)
        if not by.when:
            return
        y -= step * 1.3
        name = f"{by.name}, " if by.job else by.name
        fit = min(1.0, width / (stringWidth(name, BOLD, size) + stringWidth(by.job, REGULAR, size)))
        across = self.text(canvas, x, y, name, BOLD, size * fit)
        self.text(canvas, x + across, y, by.job, REGULAR, size * fit)
        self.text(canvas, x, y - step, by.when, REGULAR, size)

    def _seal(self, canvas: Any, x: float, middle: float) -> None:
        side = 70.0 if self.press.large else 44.0
        self.qr(canvas, x, middle - side / 2, side)
        size = self.size(9)
        step = 21.0 if self.press.large else 12.2
        room = WIDTH - MARGIN - 8 - (x + side + 10)
        lines = self.lines(self.on.verify_text, size, room)
        y = middle + (len(lines) + 1) * step / 2 - size * 0.35
        self.text(canvas, x + side + 10, y, "Check this copy", BOLD, size)
        for line in lines:
            y -= step
            self.text(canvas, x + side + 10, y, line, REGULAR, size)
        self.text(canvas, x + side + 10, y - step, self.on.seal, SEAL, size)

    def qr(self, canvas: Any, x: float, y: float, side: float) -> None:
        """The QR code of the seal, as filled squares."""
        draw_qr(canvas, self.on.qr, x, y, side)


def draw_qr(canvas: Any, content: str, x: float, y: float, side: float) -> None:
    """A QR code (ISO/IEC 18004, level M) of so many points a side, as filled squares."""
    import segno

    rows = [bytes(row) for row in segno.make(content, error="m", micro=False).matrix]
    step = side / len(rows)
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        across = 0
        while across < len(row):
            end = across
            while end < len(row) and row[end]:
                end += 1
            if end > across:
                top = y + side - (down + 1) * step
                path.rect(x + across * step, top, (end - across) * step, step)
            across = end + 1
    canvas.drawPath(path, stroke=0, fill=1)
