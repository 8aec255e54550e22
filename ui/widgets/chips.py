"""Chips: ticks a person makes (`CheckChip`), and facts that are only read (`FactChip`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import paint
from ui.theme import theme
from ui.widgets.buttons import BaseButton
from ui.widgets.flow import FlowLayout
from ui.widgets.group import BareGroup
from ui.widgets.text import plain_tip

__all__ = ["AddChip", "CheckChip", "ChipGroup", "ChipOption", "FactChip", "FactKind", "FlowLayout"]

FactKind = Literal["neutral", "warn", "ok", "info", "danger", "restricted"]


class FactChip(QLabel):
    """A short fact in a box. It takes no focus; its text is what a reader is given."""

    def __init__(
        self,
        text: str = "",
        kind: FactKind = "neutral",
        icon: str | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._kind: FactKind = kind
        self._icon_name = icon
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)
        theme().changed.connect(self._restyle)

    def set(self, text: str, kind: FactKind = "neutral", icon: str | None = None) -> None:
        """Show another fact: chips are kept and written anew, not made anew."""
        if (text, kind, icon) != (self.text(), self._kind, self._icon_name):
            self._kind, self._icon_name = kind, icon
            self.setText(text)
            self._restyle()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _lead(self) -> int:
        return theme().px(15 + 6) if self._icon_name else 0

    def sizeHint(self) -> QSize:
        """Icon, words, room round them."""
        t = theme()
        words = t.metrics("label").horizontalAdvance(self.text())
        return QSize(round(words + self._lead() + t.px(18)), t.px(24))

    def minimumSizeHint(self) -> QSize:
        """May be cut short, with the whole in the tooltip."""
        return QSize(min(theme().px(48), self.sizeHint().width()), theme().px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, icon, words."""
        t = theme()
        names = {
            "neutral": ("surface", "borderSubtle", "text"),
            "warn": ("warnSoft", "warnText", "warnText"),
            "ok": ("okSoft", "okText", "okText"),
            "info": ("infoSoft", "accent", "text"),
            "danger": ("dangerSoft", "dangerText", "dangerText"),
            "restricted": ("restrictedSoft", "restricted", "restricted"),
        }
        fill, edge, ink_name = (t.colour(n) for n in names[self._kind])
        painter = QPainter(self)
        paint.box(painter, QRectF(self.rect()), fill=fill, edge=edge, radius=4)
        x = float(t.px(9))
        if self._icon_name:
            size = t.px(15)
            y = round((self.height() - size) / 2)
            paint.icon(painter, self._icon_name, round(x), y, size, ink_name)
            x += self._lead()
        room = self.width() - x - t.px(8)
        shown = paint.elided(self.text(), "label", None, room)
        tip = plain_tip(self.text()) if shown != self.text() else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
        area = QRectF(x, 0, room + 2, self.height())
        paint.text(painter, area, shown, t.font("label"), ink_name)
        painter.end()


class CheckChip(BaseButton):
    """A chip a person ticks; ticked shows a tick, a deeper edge and a fill."""

    def __init__(
        self, text: str, key: str = "", icon: str | None = None, parent: QWidget | None = None
    ) -> None:
        self.key = key or text
        self._icon_name = icon
        super().__init__(text, parent)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self.restyle)

    def set(self, text: str, key: str, checked: bool) -> None:
        """Show another fact on the same chip."""
        self.key = key
        self.set_text(text)
        self.setChecked(checked)

    def measure(self) -> QSize:
        """Room for the tick is kept only when ticked, as in print."""
        t = theme()
        lead = t.px(14 + 6) if self.isChecked() or self._icon_name else 0
        words = t.metrics("label").horizontalAdvance(self._words)
        return QSize(round(words + lead + t.px(18)), t.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, tick, words."""
        t = theme()
        painter = QPainter(self)
        on = self.isChecked()
        fill = t.colour("accentSoft" if on else "hover" if self.over() else "surface")
        edge = t.colour("accent" if on else "borderControl")
        paint.box(painter, QRectF(self.rect()), fill=fill, edge=edge, radius=4)
        ink = t.colour("text" if self.isEnabled() else "muted")
        x = float(t.px(9))
        mark = "check" if on else self._icon_name
        if mark is not None:
            size = t.px(14)
            y = round((self.height() - size) / 2)
            paint.icon(painter, mark, round(x), y, size, t.colour("accent") if on else ink)
            x += size + t.px(6)
        shown = paint.elided(self._words, "label", None, self.width() - x - t.px(6))
        area = QRectF(x, 0, self.width() - x, self.height())
        paint.text(painter, area, shown, t.font("label"), ink)
        painter.end()


class AddChip(BaseButton):
    """The dashed chip at the end of a group: adds another answer."""

    def __init__(self, text: str = "Add", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def measure(self) -> QSize:
        """A plus and a word."""
        t = theme()
        words = t.metrics("label").horizontalAdvance(self._words)
        return QSize(round(words + t.px(14 + 6 + 18)), t.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dashed box, plus, word."""
        t = theme()
        painter = QPainter(self)
        fill = t.colour("hover" if self.over() else "surface")
        edge = t.colour("borderControl")
        rect = QRectF(self.rect())
        paint.box(painter, rect, fill=fill, edge=edge, radius=4, dashed=True)
        size = t.px(14)
        ink = t.colour("accent")
        y = round((self.height() - size) / 2)
        paint.icon(painter, "plus", t.px(9), y, size, ink)
        area = QRectF(t.px(9) + size + t.px(6), 0, self.width(), self.height())
        paint.text(painter, area, self._words, t.font("label"), ink)
        painter.end()


@dataclass(frozen=True, slots=True)
class ChipOption:
    """One thing that may be ticked."""

    key: str
    text: str
    tip: str = ""


class ChipGroup(BareGroup):
    """Ticks about one question. One Tab stop; arrows move between chips, Space ticks.

    `toggled_key` tells a person's tick (key, on); `add_pressed` the dashed chip.
    """

    toggled_key = Signal(str, bool)
    add_pressed = Signal()

    def __init__(
        self,
        options: Sequence[ChipOption | tuple[str, str]],
        label: str,
        *,
        add: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, parent)
        self._chips: list[CheckChip] = []
        self._setting = False
        self._flow = FlowLayout(self)
        self._add: AddChip | None = None
        if add is not None:
            self._add = AddChip(add, self)
            self._add.setAccessibleName(f"{add}: {label}")
            self._add.clicked.connect(self.add_pressed)
            self._add.installEventFilter(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_options(options)
        theme().scaled.connect(self._flow.invalidate)

    def set_options(self, options: Sequence[ChipOption | tuple[str, str]]) -> None:
        """Show other options on the same chips; ticks are kept by key."""
        made = [o if isinstance(o, ChipOption) else ChipOption(o[0], o[1]) for o in options]
        ticked = set(self.values())
        while self._flow.count():
            self._flow.takeAt(0)
        while len(self._chips) < len(made):
            chip = CheckChip("", parent=self)
            chip.toggled.connect(self._tell)
            chip.installEventFilter(self)
            self._chips.append(chip)
        self._setting = True
        for chip, option in zip(self._chips, made, strict=False):
            chip.set(option.text, option.key, option.key in ticked)
            chip.setToolTip(plain_tip(option.tip))
            self._flow.addWidget(chip)
            chip.show()
        self._setting = False
        for chip in self._chips[len(made) :]:
            chip.hide()
            chip.setParent(None)
            chip.deleteLater()
        del self._chips[len(made) :]
        if self._add is not None:
            self._flow.addWidget(self._add)
        self._one_tab_stop(None)

    def values(self) -> list[str]:
        """The keys that are ticked, in order."""
        return [c.key for c in self._chips if c.isChecked()]

    def set_values(self, keys: Sequence[str]) -> None:
        """Tick exactly these, without telling."""
        wanted = set(keys)
        self._setting = True
        for chip in self._chips:
            chip.setChecked(chip.key in wanted)
        self._setting = False
        self._flow.invalidate()
        self.updateGeometry()

    def chips(self) -> list[CheckChip]:
        """The chips in order."""
        return list(self._chips)

    def _tell(self, on: bool) -> None:
        chip = self.sender()
        if isinstance(chip, CheckChip) and not self._setting:
            self.toggled_key.emit(chip.key, on)

    def _stops(self) -> list[QWidget]:
        return [*self._chips, *([self._add] if self._add is not None else [])]

    def _one_tab_stop(self, stop: QWidget | None) -> None:
        stops = self._stops()
        stop = stop if stop in stops else (stops[0] if stops else None)
        for chip in stops:
            strong = chip is stop
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if strong else Qt.FocusPolicy.ClickFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys, Home and End move along the chips."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            stops = self._stops()
            steps = {
                Qt.Key.Key_Left: -1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_Right: 1,
                Qt.Key.Key_Down: 1,
            }
            key = Qt.Key(event.key())
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if plain and watched in stops and (key in steps or key in _ENDS):
                at = stops.index(watched)
                if key in steps:
                    to = max(0, min(len(stops) - 1, at + steps[key]))
                else:
                    to = 0 if key == Qt.Key.Key_Home else len(stops) - 1
                self._one_tab_stop(stops[to])
                stops[to].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """As the flow asks."""
        return self._flow.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """The widest chip, one row."""
        return QSize(min(self._flow.minimumSize().width(), theme().px(120)), theme().px(24))

    def hasHeightForWidth(self) -> bool:
        """Yes."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The rows at that width."""
        return self._flow.heightForWidth(width)


_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
