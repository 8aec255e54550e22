"""Where people type: a growing editor, a one-line field, and a list to choose from."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlockFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QSizePolicy,
    QStyleOptionFrame,
    QTextEdit,
    QWidget,
)

from ui import paint
from ui.style import EDGED
from ui.theme import theme
from ui.widgets.choice import Choice

__all__ = ["Choice", "Editor", "LineField", "Pause"]


class Editor(QTextEdit):
    """Plain words over several lines. It grows with them, and keeps its undo.

    `text_changed` gives the whole text on each change made by a person (not by `put`).
    """

    text_changed = Signal(str)

    def __init__(
        self,
        label: str,
        placeholder: str = "",
        *,
        lines: int = 2,
        max_lines: int = 14,
        role: str = "body",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._placeholder = placeholder
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setProperty(EDGED, True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self._role, self._lines, self._max_lines = role, lines, max_lines
        self._putting = False
        self._shown_height = 0
        self._asked = ("", 0, 0)
        self._style()
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self.textChanged.connect(self._tell)
        theme().scaled.connect(self._style)
        self._grow()

    def put(self, text: str) -> None:
        """Show `text` as a person would have it, without telling `text_changed`.

        The same text is left alone, cursor, undo and all. Other text replaces it as one
        step that can be undone.
        """
        if text == self.toPlainText():
            return
        self._putting = True
        try:
            cursor = QTextCursor(self.document())
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(text)
        finally:
            self._putting = False

    def start_with(self, text: str) -> None:
        """Show another record's `text`: nothing of the one before can be undone into it."""
        self.put(text)
        self.document().clearUndoRedoStacks()

    def words(self) -> int:
        """How many words are written."""
        return len(self.toPlainText().split())

    def _style(self) -> None:
        t = theme()
        self.setFont(t.font(self._role))
        self.document().setDefaultFont(t.font(self._role))
        self.setViewportMargins(t.px(9), t.px(6), t.px(6), t.px(6))
        undo = self.document().isUndoRedoEnabled()
        self.document().setUndoRedoEnabled(False)
        shape = QTextBlockFormat()
        fixed = QTextBlockFormat.LineHeightTypes.FixedHeight.value
        shape.setLineHeight(t.line(self._role), fixed)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        self._putting = True
        cursor.mergeBlockFormat(shape)
        self._putting = False
        self.document().setUndoRedoEnabled(undo)
        self._grow()

    def _grow(self, *_size: object) -> None:
        t = theme()
        line = t.line(self._role)
        least = max(self._lines, self._placeholder_lines()) * line
        tall = max(round(self.document().size().height()), least)
        height = min(tall, self._max_lines * line) + 2 * t.px(6) + 2
        if height != self._shown_height:
            self._shown_height = height
            self.setFixedHeight(height)

    def _placeholder_lines(self) -> int:
        """What is asked for is read whole; its room stays once words stand there, so that
        nothing moves at the first letter."""
        words, width = self._placeholder, self.viewport().width()
        if not words:
            return 0
        if self._asked[:2] != (words, width):
            metrics = theme().metrics(self._role)
            wrap = int(Qt.TextFlag.TextWordWrap.value)
            taken = metrics.boundingRect(QRectF(0, 0, width, 9999), wrap, words).height()
            self._asked = (words, width, round(taken / metrics.lineSpacing()))
        return self._asked[2]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps otherwise."""
        super().resizeEvent(event)
        before = self._shown_height
        self._grow()
        if self._shown_height != before:
            # The layout that has just set this width hears nothing of another height meanwhile.
            QTimer.singleShot(0, self, self.updateGeometry)

    def _tell(self) -> None:
        if not self._putting:
            self.text_changed.emit(self.toPlainText())

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste as plain words."""
        if source.hasText():
            self.textCursor().insertText(source.text().replace("\x00", ""))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, on the box that `event` draws. What is asked for, where nothing is written,
        is painted here: Qt leaves out all but its first line."""
        painter = QPainter(self.viewport())
        t = theme()
        painter.fillRect(event.rect(), t.colour("surface" if self.isEnabled() else "sunken"))
        if self._placeholder and self.document().isEmpty():
            painter.setFont(t.font(self._role))
            painter.setPen(t.colour("muted"))
            wrap = int(Qt.TextFlag.TextWordWrap.value)
            painter.drawText(QRectF(self.viewport().rect()), wrap, self._placeholder)
        painter.end()
        super().paintEvent(event)

    def event(self, event: QEvent) -> bool:
        """The frame's own paint: a rounded box round viewport and margins."""
        if event.type() == QEvent.Type.Paint:
            t = theme()
            painter = QPainter(self)
            read_only = self.isReadOnly()
            paint.box(
                painter,
                QRectF(self.rect()),
                fill=t.colour("surface" if self.isEnabled() else "sunken"),
                edge=t.colour("borderSubtle" if read_only else "borderControl"),
            )
            painter.end()
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll only itself while focused and taller than shown; else the pane scrolls."""
        if self.hasFocus() and self.verticalScrollBar().maximum() > 0:
            super().wheelEvent(event)
        else:
            event.ignore()


class LineField(QLineEdit):
    """One line of words. `typed` gives the text on each change made by a person."""

    typed = Signal(str)

    def __init__(
        self,
        label: str,
        placeholder: str = "",
        *,
        icon: str | None = None,
        key_hint: str = "",
        secret: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setPlaceholderText(placeholder)
        self._icon_name, self._key = icon, key_hint
        self._wrong = False
        if secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setFrame(False)
        self.textEdited.connect(self.typed)
        self._style()
        theme().scaled.connect(self._style)

    def put(self, text: str) -> None:
        """Show `text`, without telling `typed`; the same text leaves the cursor alone."""
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def set_key(self, key_hint: str) -> None:
        """Print another key at the right, or none."""
        if key_hint != self._key:
            self._key = key_hint
            self._style()

    def set_wrong(self, wrong: bool) -> None:
        """Mark that what stands here needs looking at; words beside it must say why."""
        self._wrong = wrong
        self.update()

    def _style(self) -> None:
        t = theme()
        self.setFont(t.font("body"))
        self.setFixedHeight(t.size("controlHeight"))
        left = t.px(10) + (t.px(24) if self._icon_name else 0)
        right = t.px(8) + (paint.key_width(self._key) + t.px(4) if self._key else 0)
        self.setTextMargins(left - 2, 0, right - 2, 0)
        # The line edit's own panel must not cover the box drawn below it.
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)

    def sizeHint(self) -> QSize:
        """Twenty letters or so."""
        return QSize(theme().px(180), theme().size("controlHeight"))

    def asked_width(self) -> int:
        """How wide it is for all of its placeholder, icon and key."""
        words = theme().metrics("body").horizontalAdvance(self.placeholderText())
        margins = self.textMargins()
        return math.ceil(words) + margins.left() + margins.right() + 6

    def minimumSizeHint(self) -> QSize:
        """Six letters or so."""
        return QSize(theme().px(64), theme().size("controlHeight"))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Left with its beginning in sight, not its end; a menu or another window changes
        nothing."""
        super().focusOutEvent(event)
        passing = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if event.reason() not in passing:
            self.setCursorPosition(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, icon and key below; the words are Qt's."""
        t = theme()
        painter = QPainter(self)
        calm = "borderSubtle" if self.isReadOnly() else "borderControl"
        edge = "dangerText" if self._wrong else calm
        fill = "surface" if self.isEnabled() else "sunken"
        rect = QRectF(self.rect())
        paint.box(painter, rect, fill=t.colour(fill), edge=t.colour(edge))
        if self._icon_name:
            size = t.px(16)
            y = round((self.height() - size) / 2)
            paint.icon(painter, self._icon_name, t.px(10), y, size, t.colour("text2"))
        if self._key and not self.text():
            x = self.width() - paint.key_width(self._key) - t.px(7)
            paint.key_cap(painter, self._key, x, self.height() / 2)
        painter.end()
        super().paintEvent(event)

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        """No frame of Qt's own."""
        super().initStyleOption(option)
        option.lineWidth = 0


KEPT_WITHIN_MS = 850
"""Somebody who goes on typing has their words handed over this often, so that a window that is
killed at any moment loses less than a second of them."""


class Pause(QTimer):
    """Tells `due` when typing has stopped for a moment, and at most so long after it began."""

    due = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(theme().time_ms("autosaveIdleMs"))
        self._longest = QTimer(self)
        self._longest.setSingleShot(True)
        self._longest.setInterval(min(theme().time_ms("autosaveMaxMs"), KEPT_WITHIN_MS))
        self.timeout.connect(self._due)
        self._longest.timeout.connect(self._due)

    def touch(self) -> None:
        """Something was typed."""
        self.start()
        if not self._longest.isActive():
            self._longest.start()

    def flush(self) -> None:
        """Tell at once if something is waiting."""
        if self.is_waiting():
            self._due()

    def is_waiting(self) -> bool:
        """Whether something typed has not been told yet."""
        return self.isActive() or self._longest.isActive()

    def _due(self) -> None:
        self.stop()
        self._longest.stop()
        self.due.emit()
