"""The words as said: each line keeps the moment it was begun, and whose words it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import (
    QFont,
    QPainter,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from triage.domain.contact import SaidLine, Voice
from ui import paint
from ui.newcontact.typed import quotes
from ui.theme import theme
from ui.widgets.editor import Editor

_VOICES: Final = (Voice.UNMARKED, Voice.CHILD_SAID, Voice.CALLER_SAW, Voice.HEARD)
ICONS: Final = {Voice.CHILD_SAID: "quote", Voice.CALLER_SAW: "eye", Voice.HEARD: "ear"}


class _OwnWords(QSyntaxHighlighter):
    """A child's own words in bold; the text itself carries no marks."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        if _voice(self.currentBlock()) is not Voice.CHILD_SAID:
            return
        shape = QTextCharFormat()
        shape.setFontWeight(QFont.Weight.DemiBold)
        for start, end in quotes(text) or [(0, len(text))]:
            self.setFormat(start, end - start, shape)


def _voice(block: QTextBlock) -> Voice:
    state = block.userState()
    return _VOICES[state % 4] if state >= 0 else Voice.UNMARKED


class WordsEditor(Editor):
    """Type what you hear. A line takes its time with its first letter."""

    def __init__(self, clock: Callable[[], datetime], parent: QWidget | None = None) -> None:
        self._clock = clock
        self._zone = ZoneInfo("Europe/London")
        self._began: datetime | None = None
        super().__init__(
            "Words as said",
            "Write what you hear, in the caller's words",
            lines=5,
            max_lines=11,
            parent=parent,
        )
        self._bold = _OwnWords(self.document())
        self.document().contentsChange.connect(self._stamp)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def begin(self, at: datetime, zone: str, lines: Sequence[SaidLine] = ()) -> None:
        """Start a call's lines, or show those typed before."""
        self._began, self._zone = at, ZoneInfo(zone)
        self.start_with("\n".join(line.words for line in lines))
        for number, line in enumerate(lines):
            seconds = max(0, int((line.at - at).total_seconds()))
            state = seconds * 4 + _VOICES.index(line.voice)
            self.document().findBlockByNumber(number).setUserState(state)
        self._bold.rehighlight()
        self.viewport().update()

    def lines(self) -> tuple[SaidLine, ...]:
        """Every line with words in it."""
        found = []
        block = self.document().begin()
        while block.isValid():
            words = " ".join(block.text().split())
            if words and self._began is not None:
                state = max(0, block.userState())
                at = self._began + timedelta(seconds=state // 4)
                found.append(SaidLine(at=at, words=words, voice=_voice(block)))
            block = block.next()
        return tuple(found)

    def mark(self, voice: Voice) -> bool:
        """Say whose words the last line is; again takes the mark away. False with no words."""
        block = self.textCursor().block()
        while block.isValid() and not block.text().strip():
            block = block.previous()
        if not block.isValid():
            return False
        state = max(0, block.userState())
        now = _VOICES.index(voice)
        block.setUserState(state - state % 4 + (0 if state % 4 == now else now))
        self._bold.rehighlightBlock(block)
        self.viewport().update()
        self.update()
        self.text_changed.emit(self.toPlainText())
        return True

    def _stamp(self, position: int, _removed: int, added: int) -> None:
        if not added or self._began is None:
            return
        seconds = max(0, int((self._clock() - self._began).total_seconds()))
        block = self.document().findBlock(position)
        last = self.document().findBlock(position + added)
        while block.isValid():
            if block.userState() < 0 and block.text().strip():
                block.setUserState(seconds * 4)
            if block == last:
                break
            block = block.next()
        self.update()

    def _scrolled(self, _value: int) -> None:
        self.update()

    def _style(self) -> None:
        super()._style()
        t = theme()
        self.setViewportMargins(t.px(62), t.px(8), t.px(30), t.px(8))

    def event(self, event: QEvent) -> bool:
        """The frame, then the times and marks beside the words."""
        done = super().event(event)
        if event.type() == QEvent.Type.Paint:
            painter = QPainter(self)
            self._paint_margins(painter)
            painter.end()
        return done

    def _paint_margins(self, painter: QPainter) -> None:
        """Times at the left, whose words at the right."""
        t = theme()
        top = self.viewport().geometry().top()
        line = t.line(self._role)
        block = self.document().begin()
        layout = self.document().documentLayout()
        painter.setClipRect(QRectF(1, top - 2, self.width() - 2, self.viewport().height() + 4))
        while block.isValid():
            y = layout.blockBoundingRect(block).top() - self.verticalScrollBar().value() + top
            if block.userState() >= 0 and block.text().strip() and self._began is not None:
                at = self._began + timedelta(seconds=block.userState() // 4)
                words = f"{at.astimezone(self._zone):%H:%M}"
                area = QRectF(t.px(13), y, t.px(44), line)
                paint.text(painter, area, words, t.font("small"), t.colour("text2"))
                name = ICONS.get(_voice(block))
                if name:
                    size = t.px(15)
                    x = self.viewport().geometry().right() + t.px(7)
                    ink = t.colour("accent")
                    paint.icon(painter, name, x, round(y + (line - size) / 2), size, ink)
            block = block.next()
