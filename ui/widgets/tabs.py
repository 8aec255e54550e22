"""Tabs with a count: along the top of the window, and inside a pane."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from ui import paint
from ui.style import OWN_RING
from ui.theme import theme


class Tabs(QTabBar):
    """Tabs by key. `chosen` tells a change, whoever made it; arrows move along them."""

    chosen = Signal(str)

    def __init__(self, name: str, *, height: int = 36, parent: QWidget | None = None) -> None:
        self._keys: list[str] = []
        self._icons: list[str | None] = []
        self._counts: list[int | None] = []
        self._height = height
        self._bare = self._tight = False
        self._hover = -1
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setProperty(OWN_RING, True)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.currentChanged.connect(self._tell)
        theme().scaled.connect(self._scale)
        self._scale()

    def add(self, key: str, text: str, icon: str | None = None, count: int | None = None) -> None:
        """Another tab at the end."""
        self._keys.append(key)
        self._icons.append(icon)
        self._counts.append(count)
        self.addTab(text.replace("&", "&&"))
        self._name(len(self._keys) - 1)

    def set_count(self, key: str, count: int | None) -> None:
        """The number after a tab's words, or none."""
        at = self._keys.index(key)
        if self._counts[at] != count:
            self._counts[at] = count
            self._name(at)

    def set_words(self, key: str, text: str) -> None:
        """Other words on a tab."""
        at = self._keys.index(key)
        if text != self._words(at):
            self.setTabText(at, text.replace("&", "&&"))
            self._name(at)

    def set_shown(self, key: str, shown: bool) -> None:
        """Show a tab or leave it out, for those whom it is not for."""
        self.setTabVisible(self._keys.index(key), shown)
        self.updateGeometry()
        self.update()

    def width_with(self, words: Mapping[str, str]) -> int:
        """How wide all tabs side by side would be with these words on them."""
        return sum(self._wide(at, words[key]) for at, key in enumerate(self._keys))

    def set_bare(self, bare: bool, *, tight: bool = False) -> None:
        """Without icons, where there is less room; `tight` with less room between, too."""
        if (bare, tight) != (self._bare, self._tight):
            self._bare, self._tight = bare, tight
            self._scale()

    def _pad(self) -> int:
        return theme().px(6 if self._tight else 12)

    def keys(self) -> list[str]:
        """The tabs in order."""
        return list(self._keys)

    def value(self) -> str | None:
        """The tab shown."""
        at = self.currentIndex()
        return self._keys[at] if 0 <= at < len(self._keys) else None

    def set_value(self, key: str) -> None:
        """Show a tab."""
        self.setCurrentIndex(self._keys.index(key))

    def step(self, by: int) -> None:
        """The next or previous tab, round the end."""
        if self._keys:
            self.setCurrentIndex((self.currentIndex() + by) % len(self._keys))

    def _words(self, at: int) -> str:
        return self.tabText(at).replace("&&", "&")

    def _name(self, at: int) -> None:
        count = self._counts[at]
        said = self._words(at) if count is None else f"{self._words(at)}, {count}"
        self.setAccessibleTabName(at, said)
        self.setTabText(at, self.tabText(at))
        self.update()

    def _tell(self, index: int) -> None:
        if 0 <= index < len(self._keys):
            self.chosen.emit(self._keys[index])

    def _scale(self) -> None:
        self.setFont(theme().font("body", 600))
        for at in range(self.count()):
            self.setTabText(at, self.tabText(at))
        self.updateGeometry()
        self.update()

    def _pill(self, at: int) -> int:
        count = self._counts[at]
        if count is None:
            return 0
        t = theme()
        wide = t.metrics("small", 600).horizontalAdvance(str(count)) + t.px(12)
        return round(max(wide, t.px(20)))

    def tabSizeHint(self, index: int) -> QSize:
        """Icon, words, count, room."""
        if index >= len(self._keys):
            return QSize(0, theme().px(self._height))
        return QSize(self._wide(index, self._words(index)), theme().px(self._height))

    def _wide(self, index: int, words: str) -> int:
        t = theme()
        wide = t.metrics("body", 600).horizontalAdvance(words) + 2 * self._pad()
        if self._icons[index] is not None and not self._bare:
            wide += t.px(16 + 8)
        pill = self._pill(index)
        if pill:
            wide += pill + t.px(7)
        return round(wide)

    def minimumTabSizeHint(self, index: int) -> QSize:
        """The same: words are not cut."""
        return self.tabSizeHint(index)

    def sizeHint(self) -> QSize:
        """All tabs side by side."""
        shown = (i for i in range(self.count()) if self.isTabVisible(i))
        wide = sum(self.tabSizeHint(i).width() for i in shown)
        return QSize(wide, theme().px(self._height))

    def minimumSizeHint(self) -> QSize:
        """All of them."""
        return self.sizeHint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Remember which tab the pointer is on."""
        super().mouseMoveEvent(event)
        at = self.tabAt(event.position().toPoint())
        if at != self._hover:
            self._hover = at
            self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Repaint for the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Repaint for the ring."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words and counts; a bar under the tab shown."""
        t = theme()
        painter = QPainter(self)
        for at in range(self.count()):
            if not self.isTabVisible(at):
                continue
            rect = QRectF(self.tabRect(at))
            on = at == self.currentIndex()
            if at == self._hover and self.underMouse() and not on:
                painter.fillRect(rect.adjusted(2, 2, -2, -3), t.colour("hover"))
            ink = t.colour("text" if on else "text2")
            x, middle = rect.left() + self._pad(), rect.center().y()
            icon = self._icons[at]
            if icon is not None and not self._bare:
                size = t.px(16)
                paint.icon(painter, icon, round(x), round(middle - size / 2), size, ink)
                x += size + t.px(8)
            weight = 600 if on else 500
            words = self._words(at)
            wide = t.metrics("body", 600).horizontalAdvance(words)
            area = QRectF(x, rect.top(), wide + 2, rect.height())
            paint.text(painter, area, words, t.font("body", weight), ink)
            self._draw_count(painter, at, x + wide + t.px(7), middle, on)
            if on:
                low = rect.bottom() - 2
                inset = max(0, self._pad() - t.px(2))
                bar = QRectF(rect.left() + inset, low, rect.width() - 2 * inset, 3)
                painter.fillRect(bar, t.colour("accent"))
                if self.hasFocus():
                    paint.focus_ring(painter, rect.adjusted(1, 1, -1, -1), 4)
        painter.end()

    def _draw_count(self, painter: QPainter, at: int, x: float, middle: float, on: bool) -> None:
        pill = self._pill(at)
        if not pill:
            return
        t = theme()
        high = t.px(20)
        area = QRectF(x, round(middle - high / 2), pill, high)
        fill = t.colour("accent" if on else "surface")
        edge = None if on else t.colour("borderSubtle")
        paint.box(painter, area, fill=fill, edge=edge, radius=high / 2)
        ink = t.colour("onAccent" if on else "text")
        centre = Qt.AlignmentFlag.AlignHCenter
        paint.text(painter, area, str(self._counts[at]), t.font("small", 600), ink, centre)
