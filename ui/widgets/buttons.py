"""Buttons: five kinds, their key beside the word, and never a dead grey one.

A button that cannot do its whole work yet is `set_ready(False)`: dashed, but it can be
pressed, and its owner then says what is missing.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.text import plain_tip

Kind = Literal["secondary", "primary", "link", "danger", "ghost", "quiet"]
_BARE = ("link", "ghost", "quiet")


class BaseButton(QPushButton):
    """A push button that paints itself and keeps its plain words whole."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self._hint: QSize | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        self.set_text(text)
        theme().changed.connect(self.restyle)

    def words(self) -> str:
        """The words shown, without any marks for mnemonics."""
        return self._words

    def set_text(self, text: str) -> None:
        """Show `text` as it is; "&" is shown, never read as a mnemonic."""
        if text == self._words:
            return
        self._words = text
        self.setText(text.replace("&", "&&"))
        self.restyle()

    def restyle(self) -> None:
        """Measure and paint again, after a change of theme, size or content."""
        self._hint = None
        self.updateGeometry()
        self.update()

    def measure(self) -> QSize:
        """The size wanted; kept until `restyle`."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        """As measured."""
        if self._hint is None:
            self._hint = self.measure()
        return self._hint

    def minimumSizeHint(self) -> QSize:
        """The same: a button's words are never cut."""
        return self.sizeHint()

    def over(self) -> bool:
        """Whether the pointer is on it and it can be pressed."""
        return self.isEnabled() and self.underMouse()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaint."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Repaint."""
        super().leaveEvent(event)
        self.update()


class Button(BaseButton):
    """A labelled button; `key_hint` is the key that does the same, printed on it."""

    def __init__(
        self,
        text: str,
        icon: str | None = None,
        kind: Kind = "secondary",
        key_hint: str = "",
        *,
        dense: bool = False,
        trailing: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._icon_name = icon
        self._trailing = trailing
        self._kind: Kind = kind
        self._key = key_hint
        self._key_shown = True
        self._cut_tip = ""
        self._dense = dense
        self._ready = True
        super().__init__(text, parent)
        if kind in _BARE:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_icon(self, name: str | None) -> None:
        """Another icon, or none."""
        self._icon_name = name
        self.restyle()

    def set_key(self, key_hint: str) -> None:
        """Print another key, or none and no room for one."""
        self._key = key_hint
        self.restyle()

    def set_kind(self, kind: Kind) -> None:
        """Another kind."""
        self._kind = kind
        self.restyle()

    def set_ready(self, ready: bool) -> None:
        """Not ready looks dashed and can still be pressed, to be told what is missing."""
        self._ready = ready
        self.update()

    def is_ready(self) -> bool:
        """Whether its whole work can be done now."""
        return self._ready

    def show_key(self, shown: bool) -> None:
        """Print the key, or only keep its room, so that nothing moves."""
        self._key_shown = shown
        self.update()

    def _weight(self) -> int:
        if self._kind == "quiet":
            return 400
        return 600 if self._kind == "primary" else 500

    def _role(self) -> str:
        return "small" if self._kind == "quiet" else "label"

    def _icon_size(self) -> int:
        return theme().px(14 if self._kind == "quiet" else 16)

    def _pad(self) -> int:
        if self._kind in _BARE:
            return theme().px(6)
        return theme().px(10 if self._dense else 12)

    def measure(self) -> QSize:
        """Icon, words, key, room round them."""
        t = theme()
        width = 2.0 * self._pad()
        if self._words:
            width += t.metrics(self._role(), self._weight()).horizontalAdvance(self._words) + 1
        for name in (self._icon_name, self._trailing):
            if name is not None:
                width += self._icon_size() + (t.px(7) if self._words else 0)
        if self._key:
            width += t.px(8) + paint.key_width(self._key)
        height = t.size("controlHeightDense" if self._dense else "controlHeight")
        return QSize(round(width + 0.5), height)

    def _tell_cut(self, cut: bool) -> None:
        tip = plain_tip(self._words) if cut else ""
        if tip != self._cut_tip:
            self._cut_tip = tip
            self.setToolTip(tip)

    def _inks(self) -> tuple[QColor, QColor | None, QColor | None]:
        """Words, fill, edge."""
        t = theme()
        down, over = self.isDown(), self.over()
        if not self.isEnabled():
            edge = None if self._kind in _BARE else t.colour("borderControl")
            return t.colour("muted"), None, edge
        if not self._ready:
            return t.colour("muted"), t.colour("sunken"), t.colour("borderControl")
        if self._kind == "primary":
            fill = t.colour("accentHover" if over or down else "accent")
            return t.colour("onAccent"), fill, None
        if self._kind == "link":
            return t.colour("accent"), t.colour("hover") if over else None, None
        if self._kind in ("ghost", "quiet"):
            ink = t.colour("text" if self._kind == "ghost" else "text2")
            return ink, t.colour("hover") if over else None, None
        ink = t.colour("dangerText" if self._kind == "danger" else "text")
        fill = t.colour("selected" if self.isChecked() or down else "surface")
        if over and not down:
            fill = t.colour("hover")
        return ink, fill, t.colour("dangerText" if self._kind == "danger" else "borderControl")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, icon, words, key. Where there is too little room the key is left out, and then the
        words are cut with a sign of it."""
        t = theme()
        painter = QPainter(self)
        ink, fill, edge = self._inks()
        rect = QRectF(self.rect())
        if fill is not None or edge is not None:
            dashed = not (self._ready and self.isEnabled())
            paint.box(painter, rect, fill=fill, edge=edge, radius=5, dashed=dashed)
        middle = self.height() / 2
        size = self._icon_size()
        used = self.sizeHint().width()
        keyed = bool(self._key) and used <= self.width()
        if self._key and not keyed:
            used -= round(t.px(8) + paint.key_width(self._key))
        x = max(0.0, (self.width() - used) / 2) + self._pad()
        if self._icon_name is not None:
            paint.icon(painter, self._icon_name, round(x), round(middle - size / 2), size, ink)
            x += size + (t.px(7) if self._words else 0)
        if self._words:
            width = t.metrics(self._role(), self._weight()).horizontalAdvance(self._words) + 2
            font = t.font(self._role(), self._weight())
            over = used - self.width()
            shown = self._words
            if over > self._pad():
                room = width - 2 - over + self._pad()
                shown = paint.elided(shown, self._role(), self._weight(), room)
            self._tell_cut(shown != self._words)
            paint.text(painter, QRectF(x, 0, width, self.height()), shown, font, ink)
            x += width - 1
        if self._trailing is not None:
            x += t.px(7)
            paint.icon(painter, self._trailing, round(x), round(middle - size / 2), size, ink)
            x += size
        if keyed and self._key_shown:
            plain = self._kind != "primary" or not self._ready
            cap = t.colour("borderControl") if plain else ink
            paint.key_cap(painter, self._key, x + t.px(8), middle, ink=ink, edge=cap)
        painter.end()


class IconButton(BaseButton):
    """A button that is only an icon: `name` is what it is called, spoken and in the tooltip."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        framed: bool = False,
        key_hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self._icon_name = icon
        self._framed = framed
        super().__init__("", parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_name(name, key_hint)

    def set_name(self, name: str, key_hint: str = "") -> None:
        """What it is called, and the key that does the same."""
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(f"{name} ({key_hint})" if key_hint else name))

    def set_icon(self, name: str) -> None:
        """Another icon."""
        self._icon_name = name
        self.update()

    def measure(self) -> QSize:
        """A square of the dense control's height."""
        side = theme().size("controlHeightDense" if not self._framed else "controlHeight")
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon, framed when it stands beside controls."""
        t = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        on = self.isChecked() or self.isDown()
        fill = t.colour("selected") if on else t.colour("hover") if self.over() else None
        if self._framed:
            edge = t.colour("borderControl")
            paint.box(painter, rect, fill=fill or t.colour("surface"), edge=edge)
        elif fill is not None:
            paint.box(painter, rect, fill=fill)
        size = t.px(16)
        ink = t.colour("text" if self.isEnabled() else "muted")
        x, y = round((self.width() - size) / 2), round((self.height() - size) / 2)
        paint.icon(painter, self._icon_name, x, y, size, ink)
        painter.end()
