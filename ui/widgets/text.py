"""Words on the screen: always plain text, whatever they hold.

`Text` is one line or a simple wrapped label. `Paragraph` sets narrative with an exact line
height and may stress some of it; it lays glyphs out itself, so no markup is ever read.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import paint
from ui.theme import COLOUR_ROLES, theme

Role = Literal[
    "display", "title", "heading", "body", "bodyStrong", "label", "small", "narrative", "tile"
]


_STUMP = 0.6
"""The part of spare words that must show for any of them to show."""


def plain_tip(words: str) -> str:
    """Words for a tooltip that Qt will not take for markup, whatever they hold."""
    if "<" not in words:
        return words
    escaped = html.escape(words, quote=False).replace("\n", "<br>")
    return f"<qt>{escaped}</qt>"


class Text(QLabel):
    """Plain words in a role of the type scale. `QLabel.text()` always holds all of them.

    `elide` cuts them short where there is no room; `spare` ones are left out altogether rather
    than cut to a stump.
    """

    def __init__(
        self,
        text: str = "",
        role: Role = "body",
        colour: str = "text",
        *,
        weight: int | None = None,
        elide: bool = False,
        spare: bool = False,
        wrap: bool = False,
        mono: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._role: Role = role
        self._weight = weight
        self._colour = colour
        self._mono = mono
        self._spare = spare
        self._elide = elide or spare
        elide = self._elide
        if wrap:
            self.setWordWrap(True)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._scale()
        self._ink()
        self.setText(text)
        theme().scaled.connect(self._scale)
        theme().changed.connect(self._repaint_own_colour)

    def set_text(self, text: str) -> None:
        """Show `text` as it is. Cheap when nothing changed."""
        if text != self.text():
            self.setText(text)
            if self._elide:
                self.setToolTip("")

    def set_colour(self, colour: str) -> None:
        """Write in another token colour."""
        if colour != self._colour:
            self._colour = colour
            self._ink()

    def set_weight(self, weight: int | None) -> None:
        """400, 500, 600, 700, or the role's own."""
        if weight != self._weight:
            self._weight = weight
            self._scale()

    def _scale(self) -> None:
        self.setFont(theme().font(self._role, self._weight, mono=self._mono))
        self.setMinimumHeight(theme().line(self._role))

    def _ink(self) -> None:
        role = COLOUR_ROLES.get(self._colour)
        if role is None:
            palette = QPalette(self.palette())
            palette.setColor(QPalette.ColorRole.WindowText, theme().colour(self._colour))
            self.setPalette(palette)
            self.setForegroundRole(QPalette.ColorRole.WindowText)
        else:
            if self.testAttribute(Qt.WidgetAttribute.WA_SetPalette):
                # A colour of its own before would stay under the role's name.
                self.setPalette(QPalette())
            self.setForegroundRole(role)

    def _repaint_own_colour(self) -> None:
        if self._colour not in COLOUR_ROLES:
            self._ink()

    def minimumSizeHint(self) -> QSize:
        """20 px wide when it may be cut short, else what the words need."""
        if self._elide:
            return QSize(20, theme().line(self._role))
        return super().minimumSizeHint()

    def sizeHint(self) -> QSize:
        """One line, for words that may be cut short."""
        if self._elide:
            metrics = theme().metrics(self._role, self._weight, mono=self._mono)
            width = math.ceil(metrics.horizontalAdvance(self.text())) + 1
            return QSize(width, theme().line(self._role))
        return super().sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's own, unless the words must be cut short: then "…" and a tooltip."""
        if not self._elide:
            super().paintEvent(event)
            return
        whole = self.text()
        shown = paint.elided(whole, self._role, self._weight, self.width(), mono=self._mono)
        tip = plain_tip(whole) if shown != whole else ""
        if self._spare and len(shown) < _STUMP * len(whole):
            shown = ""
        if self.toolTip() != tip:
            self.setToolTip(tip)
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        flags = self.alignment() | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(self.rect()), int(flags.value), shown)
        painter.end()


@dataclass(frozen=True, slots=True)
class Span:
    """Some words and how they are set: stressed, added, removed, found or quiet."""

    text: str
    bold: bool = False
    kind: Literal["", "added", "removed", "muted", "marked"] = ""


_Block = tuple[str, list[QTextLayout.FormatRange]]
"""A line as written, with how its parts are set."""


class Paragraph(QLabel):
    """Wrapped words with an exact line height, each span set apart as it asks.

    Line breaks in the text are kept; an empty line becomes a gap of half a line. The label's
    own text is the plain words, which is what a screen reader is given.
    """

    def __init__(
        self,
        text: str = "",
        role: Role = "narrative",
        colour: str = "text",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._role: Role = role
        self._colour = colour
        self._spans: tuple[Span, ...] = ()
        self._blocks: list[_Block] | None = None
        self._laid: dict[int, list[tuple[QTextLayout, float]]] = {}
        self._heights: dict[int, int] = {}
        self._length: float | None = None
        self._hint: QSize | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_text(text)
        theme().scaled.connect(self._forget)
        theme().changed.connect(self._colour_anew)

    def set_text(self, text: str) -> None:
        """Show plain text."""
        self.set_spans((Span(text),) if text else ())

    def set_spans(self, spans: Sequence[Span | tuple[str, bool]]) -> None:
        """Show spans, given as `Span` or as (words, bold)."""
        made = tuple(s if isinstance(s, Span) else Span(s[0], s[1]) for s in spans)
        if made == self._spans:
            return
        self._spans = made
        self.setText("".join(span.text for span in made))
        self._forget()

    def set_colour(self, colour: str) -> None:
        """Write in another token colour."""
        if colour != self._colour:
            self._colour = colour
            self._forget()

    def spans(self) -> tuple[Span, ...]:
        """What is shown."""
        return self._spans

    def _forget(self) -> None:
        self._heights.clear()
        self._length = None
        self._hint = None
        self.updateGeometry()
        self._colour_anew()

    def _colour_anew(self) -> None:
        self._blocks = None
        self._laid.clear()
        self.update()

    def _format(self, span: Span) -> QTextCharFormat:
        t = theme()
        shape = QTextCharFormat()
        shape.setFont(t.font(self._role, 600 if span.bold else None))
        if span.kind in ("added", "removed"):
            name = "diffAdd" if span.kind == "added" else "diffDel"
            shape.setForeground(t.colour(f"{name}Text"))
            shape.setBackground(t.colour(f"{name}Bg"))
            shape.setFontUnderline(span.kind == "added")
            shape.setFontStrikeOut(span.kind == "removed")
        elif span.kind == "marked":
            shape.setForeground(t.colour("text"))
            shape.setBackground(t.colour("warnSoft"))
            shape.setFontUnderline(True)
        else:
            shape.setForeground(t.colour("muted" if span.kind == "muted" else self._colour))
        return shape

    def _lines(self) -> list[_Block]:
        if self._blocks is not None:
            return self._blocks
        blocks: list[_Block] = [("", [])]
        for span in self._spans:
            shape = self._format(span)
            for i, piece in enumerate(span.text.replace("\r\n", "\n").split("\n")):
                if i:
                    blocks.append(("", []))
                words, formats = blocks[-1]
                if piece:
                    part = QTextLayout.FormatRange()
                    part.start = len(words.encode("utf-16-le")) // 2
                    part.length = len(piece.encode("utf-16-le")) // 2
                    part.format = shape
                    formats.append(part)
                blocks[-1] = (words + piece, formats)
        self._blocks = blocks
        return blocks

    def _lay_out(self, width: int) -> list[tuple[QTextLayout, float]]:
        """The words wrapped to `width`, each block with where it begins."""
        laid = self._laid.get(width)
        if laid is not None:
            return laid
        t = theme()
        line_height = t.line(self._role)
        base: QFont = t.font(self._role)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        laid = self._laid[width] = []
        y = 0.0
        for words, formats in self._lines():
            if not words.strip():
                y += line_height / 2
                continue
            layout = QTextLayout(words, base)
            layout.setTextOption(option)
            layout.setCacheEnabled(True)
            layout.setFormats(formats)
            layout.beginLayout()
            top = y
            while True:
                line = layout.createLine()
                if not line.isValid():
                    break
                line.setLineWidth(max(1, width))
                gap = (line_height - line.height()) / 2
                line.setPosition(QPointF(0, y - top + max(0.0, gap)))
                y += line_height
            layout.endLayout()
            laid.append((layout, top))
        self._heights[width] = math.ceil(y)
        return laid

    def hasHeightForWidth(self) -> bool:
        """Yes: a narrower paragraph is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the words wrapped to `width`; layouts ask for many widths, many times."""
        known = self._heights.get(width)
        if known is not None:
            return known
        if self._fits(width):
            return self._heights.setdefault(width, math.ceil(theme().line(self._role)))
        self._lay_out(width)
        return self._heights[width]

    def _fits(self, width: int) -> bool:
        """Whether it is surely one line at this width: most answers are, and need no wrapping."""
        if self._length is None:
            bold = any(span.bold for span in self._spans)
            metrics = theme().metrics(self._role, 600 if bold else None)
            words = "".join(span.text for span in self._spans)
            one = bool(words.strip()) and "\n" not in words
            self._length = metrics.horizontalAdvance(words) * 1.03 + 4 if one else math.inf
        return self._length <= width

    def sizeHint(self) -> QSize:
        """As wide as its longest line, up to 420 design pixels."""
        if self._hint is not None:
            return self._hint
        t = theme()
        metrics = t.metrics(self._role)
        longest = max((metrics.horizontalAdvance(w) for w, _ in self._lines()), default=0.0)
        width = min(t.px(420), math.ceil(longest * 1.06) + 2)
        self._hint = QSize(width, self.heightForWidth(width))
        return self._hint

    def minimumSizeHint(self) -> QSize:
        """Narrow is allowed; one line at least."""
        return QSize(theme().px(60), theme().line(self._role) if self._spans else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew; what was wrapped to other widths was for measuring only."""
        super().resizeEvent(event)
        width = self.width()
        self._laid = {width: self._lay_out(width)}

    def changeEvent(self, event: QEvent) -> None:
        """Wrap anew when enabled state or language changes the look."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Only the lines that are asked for."""
        painter = QPainter(self)
        painter.setPen(theme().colour(self._colour))
        clip = QRectF(event.rect())
        for layout, top in self._lay_out(self.width()):
            layout.draw(painter, QPointF(0, top), [], clip)
        painter.end()


class IconText(QWidget):
    """An icon and one line of words beside it, as one label."""

    def __init__(
        self,
        icon: str,
        text: str,
        role: Role = "small",
        colour: str = "text2",
        *,
        weight: int | None = None,
        icon_colour: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._icon_colour = icon, icon_colour
        self._label = Text(text, role, colour, weight=weight, elide=True, parent=self)
        self._role: Role = role
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._changed)

    def set(self, icon: str, text: str, colour: str | None = None) -> None:
        """Show another icon and other words."""
        if icon != self._icon:
            self._icon = icon
            self.update()
        self._label.set_text(text)
        if colour is not None:
            self._label.set_colour(colour)
        self.updateGeometry()

    def set_weight(self, weight: int | None) -> None:
        """400, 500, 600, 700, or the role's own."""
        self._label.set_weight(weight)
        self.updateGeometry()

    def text(self) -> str:
        """The words."""
        return self._label.text()

    def _changed(self) -> None:
        self._place()
        self.updateGeometry()
        self.update()

    def _icon_size(self) -> int:
        return theme().px(14 if self._role == "small" else 16)

    def _place(self) -> None:
        lead = self._icon_size() + theme().px(6)
        self._label.setGeometry(lead, 0, max(0, self.width() - lead), self.height())

    def sizeHint(self) -> QSize:
        """Icon, gap, words."""
        hint = self._label.sizeHint()
        lead = self._icon_size() + theme().px(6)
        return QSize(hint.width() + lead, max(hint.height(), self._icon_size() + 2))

    def minimumSizeHint(self) -> QSize:
        """The icon and a little."""
        return QSize(self._icon_size() + theme().px(26), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the words beside the icon."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon; the words paint themselves."""
        size = self._icon_size()
        ink: QColor
        if self._icon_colour is not None:
            ink = theme().colour(self._icon_colour)
        else:
            ink = self._label.palette().color(self._label.foregroundRole())
        painter = QPainter(self)
        paint.icon(painter, self._icon, 0, round((self.height() - size) / 2), size, ink)
        painter.end()
