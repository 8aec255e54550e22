"""The line along the bottom: connection, what is saved, what was just done, the lock, text size,
date and time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from triage.domain.spelling import WEEKDAYS, spell_day
from ui import paint
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.text import IconText, Text
from ui.widgets.toast import Toast, announce

NOTHING_TO_SAVE = "Nothing to save"


class StatusBar(QWidget):
    """`clock` gives the time now, aware; it is asked each minute and shown as local time.

    `toast` says what was just done. It has its room in the line and covers nothing: where there
    is little, what can wait makes way, whole, and then the line grows.
    """

    def __init__(
        self, clock: Callable[[], datetime], lock_after_min: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._connection = IconText("wifi", "Online")
        self._saved = IconText("check", NOTHING_TO_SAVE)
        # Never cut short: what is not saved must be read.
        self._saved.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._note = IconText("info", "")
        self._note.hide()
        self._lock = IconText("lock", f"Locks after {lock_after_min} min idle")
        self.text_size = Button("Text 100 %", "accessibility", "quiet", dense=True)
        self.text_size.setAccessibleName("Text 100 %, change the size")
        self._day = Text("", "small", "text2")
        self._time = Text("", "small", weight=700)
        row = QHBoxLayout(self)
        for part in (self._connection, self._saved, self._note):
            row.addWidget(part)
        self.toast = Toast()
        self.toast.changed.connect(self._make_way)
        row.addWidget(self.toast)
        row.addStretch(1)
        now = QHBoxLayout()
        for widget in (self._day, self._time):
            now.addWidget(widget)
        row.addWidget(self._lock)
        row.addWidget(self.text_size)
        row.addLayout(now)
        self._now = now
        self._row = row
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.tick)
        self._space()
        theme().scaled.connect(self._space)
        theme().changed.connect(self._make_way)  # once its parts have their sizes

    def set_lock_after(self, minutes: int) -> None:
        """When a window that nobody touches is locked."""
        self._lock.set("lock", f"Locks after {minutes} min idle")
        self._make_way()

    def set_connection(self, words: str, *, good: bool = True) -> None:
        """Which systems answer, and when that was found out."""
        icon, colour = ("wifi", "text2") if good else ("wifi-off", "warnText")
        self._connection.set(icon, words, colour)
        self._make_way()

    def connection_words(self) -> str:
        """What the line says of systems."""
        return self._connection.text()

    def set_saved(self, words: str, *, good: bool = True) -> None:
        """What is kept; "not saved" is said aloud at once, saved only shown."""
        changed = words != self._saved.text()
        icon, colour = ("check", "text2") if good else ("circle-alert", "dangerText")
        self._saved.set(icon, words, colour)
        self._make_way()
        if changed and not good:
            announce(self, words, urgent=True)

    def saved_words(self) -> str:
        """What the line says about saving."""
        return self._saved.text()

    def set_note(self, words: str, icon: str = "users") -> None:
        """A third fact, such as who else is here; empty takes it away."""
        self._note.set(icon, words)
        self._make_way()

    def _make_way(self) -> None:
        waits = [self._lock, self._day, self._note]
        if not self.toast.isHidden():
            waits.append(self._connection)
        for part in (*waits, self._connection):
            part.setVisible(part is not self._note or bool(self._note.text()))
        for part in waits:
            if self._row.sizeHint().width() > self.width():
                part.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less room for what was just done."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._make_way()

    def tick(self) -> None:
        """Show the time, and wake again when the next minute begins."""
        now = self._clock().astimezone()
        self._day.set_text(f"{WEEKDAYS[now.weekday()][:3]} {spell_day(now)} ·")
        self._time.set_text(f"{now.hour:02d}:{now.minute:02d}")
        if self.isVisible():
            self._timer.start(max(200, (60 - now.second) * 1000))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to keep time."""
        super().showEvent(event)
        self.tick()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop: nothing runs behind a closed window."""
        super().hideEvent(event)
        self._timer.stop()

    def _space(self) -> None:
        t = theme()
        self._now.setSpacing(t.px(4))
        self._row.setSpacing(t.px(18))
        self._row.setContentsMargins(t.px(12), t.px(1), t.px(12), t.px(1))
        self.setMinimumHeight(t.px(30))
        self.text_size.set_text(f"Text {round(t.text_scale * 100)} %")
        self.text_size.setAccessibleName(f"Text {round(t.text_scale * 100)} %, change the size")
        self._make_way()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline above."""
        painter = QPainter(self)
        paint.hairline(painter, 0, 0, self.width(), theme().colour("borderSubtle"))
        painter.end()
