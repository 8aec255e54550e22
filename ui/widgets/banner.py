"""A banner inside the pane it concerns; and the guidance note under a field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.icons import icon_pixmap
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowLayout
from ui.widgets.keycap import KeyCap
from ui.widgets.pane import Surface
from ui.widgets.text import IconText, Paragraph, Span, Text

BannerKind = Literal["info", "done", "warning", "danger"]

_LOOKS: Final[dict[str, tuple[str, str, str, str]]] = {
    "info": ("infoSoft", "accent", "info", "text"),
    "done": ("okSoft", "okText", "circle-check", "okText"),
    "warning": ("warnSoft", "warnText", "triangle-alert", "warnText"),
    "danger": ("dangerSoft", "dangerText", "circle-alert", "dangerText"),
}


class IconLabel(QLabel):
    """A still icon that follows theme and text size."""

    def __init__(
        self, name: str, size: int = 16, colour: str = "text2", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._size, self._colour = name, size, colour
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._draw()
        theme().changed.connect(self._draw)

    def set(self, name: str, colour: str) -> None:
        """Another icon or colour."""
        if (name, colour) != (self._name, self._colour):
            self._name, self._colour = name, colour
            self._draw()

    def _draw(self) -> None:
        t = theme()
        size = t.px(self._size)
        dpr = self.devicePixelRatioF()
        self.setPixmap(icon_pixmap(self._name, size, t.colour(self._colour), dpr))
        self.setFixedSize(size, size)


class Banner(Surface):
    """A stressed half, the rest, and at most two acts. Hidden until `show_words`."""

    def __init__(self, kind: BannerKind = "info", *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, radius=5)
        self._kind: BannerKind = kind
        self._icon = IconLabel("info", 16, "accent")
        self.words = Paragraph("", "body")
        self._said = QHBoxLayout()
        self._said.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._said.addWidget(self.words, 1)
        # In the middle beside a taller act; an alignment would give it no more than its hint's
        # height, and narrow ones their last lines cut off.
        middle = QVBoxLayout()
        middle.addStretch(1)
        middle.addLayout(self._said)
        middle.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.addLayout(middle, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._space()
        theme().scaled.connect(self._space)
        self.hide()

    def _space(self) -> None:
        t = theme()
        self._row.setSpacing(t.px(10))
        self._said.setSpacing(t.px(10))
        self._row.setContentsMargins(t.px(12), t.px(7), t.px(10), t.px(7))

    def show_words(self, strong: str, rest: str = "", kind: BannerKind | None = None) -> None:
        """Say it. `strong` is what happened; `rest` what is safe and what to do."""
        self._kind = kind or self._kind
        fill, edge, icon, ink = _LOOKS[self._kind]
        self.set_look(fill, edge)
        self._icon.set(icon, ink if ink != "text" else "accent")
        self.words.set_colour(ink)
        spans = [Span(strong, bold=True)] if strong else []
        if rest:
            spans.append(Span(f" {rest}" if strong else rest))
        self.words.set_spans(spans)
        self.setAccessibleName(self.words.text())
        self.show()

    def add_action(self, button: Button) -> None:
        """At the right."""
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


class BannerStrip(QWidget):
    """A banner with room around it, shown and hidden with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = Banner("warning")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.banner)
        self.banner.installEventFilter(self)
        self._space()
        theme().scaled.connect(self._space)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Room is taken only while something is said."""
        if watched is self.banner and event.type() in _SHOWN_OR_HIDDEN:
            self.setVisible(not self.banner.isHidden())
        return super().eventFilter(watched, event)

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(8), t.px(8), t.px(8), 0)


_SHOWN_OR_HIDDEN = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent)


class Guidance(Surface):
    """Two lines of guidance beside a field, F1 for the whole note, and readable prompts.

    A prompt is (words, met); it says what the profile's rule found, nothing cleverer.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("infoSoft", "infoSoft", radius=0, stripe="accent", parent=parent)
        column = QVBoxLayout(self)
        head = QHBoxLayout()
        self._icon = IconLabel("lightbulb", 16, "text")
        self.title = Text("", "label", weight=600, wrap=True)
        self.key = KeyCap("F1", "The whole note")
        top = Qt.AlignmentFlag.AlignTop
        head.addWidget(self._icon, 0, top)
        head.addWidget(self.title, 1)
        head.addWidget(self.key, 0, top)
        self.words = Paragraph("", "body")
        self._prompts = QWidget()
        self._flow = FlowLayout(self._prompts, gap=14, row_gap=2)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._prompts.setSizePolicy(policy)
        self._pool: list[IconText] = []
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self._prompts)
        self._column, self._head = column, head
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(14), t.px(6), t.px(10), t.px(8))
        self._column.setSpacing(t.px(2))
        self._head.setSpacing(t.px(8))

    def show_words(self, title: str, words: str, prompts: Sequence[tuple[str, bool]] = ()) -> None:
        """Show a note; prompts that are met are ticked, others wait with an open mark."""
        self.title.set_text(title)
        self.words.set_text(words)
        self.words.setVisible(bool(words))
        while len(self._pool) < len(prompts):
            label = IconText("check", "", "label")
            self._pool.append(label)
            self._flow.addWidget(label)
        for label, (prompt, met) in zip(self._pool, prompts, strict=False):
            label.set("check" if met else "circle-dashed", prompt, "okText" if met else "text")
            label.set_weight(None if met else 600)
            label.setAccessibleName(f"{prompt}: {'there' if met else 'not there yet'}")
            label.show()
        for label in self._pool[len(prompts) :]:
            label.hide()
        self._flow.invalidate()
        self._prompts.setVisible(bool(prompts))
