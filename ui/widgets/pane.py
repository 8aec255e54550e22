"""Panes, rules and scrolling: the surfaces that everything else stands on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui import paint
from ui.theme import theme
from ui.widgets.text import Text


class Rule(QWidget):
    """A hairline across."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One crisp line."""
        painter = QPainter(self)
        paint.hairline(painter, 0, 0, self.width(), theme().colour("borderSubtle"))
        painter.end()


class Surface(QFrame):
    """A rounded box filled with a token colour; `accent` marks the one that is chosen."""

    def __init__(
        self,
        fill: str = "surface",
        edge: str = "borderSubtle",
        *,
        radius: int = 7,
        stripe: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fill, self._edge, self._radius, self._stripe = fill, edge, radius, stripe
        self._accent = False

    def set_look(self, fill: str, edge: str, stripe: str | None = None) -> None:
        """Other token colours; `stripe` is a 3 px bar on the left."""
        self._fill, self._edge, self._stripe = fill, edge, stripe
        self.update()

    def set_accent(self, accent: bool) -> None:
        """Ring it in the accent colour, 2 px."""
        if accent != self._accent:
            self._accent = accent
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box and stripe."""
        t = theme()
        painter = QPainter(self)
        edge = t.colour("accent" if self._accent else self._edge)
        paint.box(
            painter,
            QRectF(self.rect()),
            fill=t.colour(self._fill),
            edge=edge,
            radius=self._radius,
            width=2 if self._accent else 1,
        )
        if self._stripe is not None:
            bar = QRectF(0, 1, 3, self.height() - 2)
            painter.fillRect(bar, t.colour(self._stripe))
        painter.end()


class Scroll(QScrollArea):
    """Scrolls one content widget up and down; what gets the focus is brought into sight.

    The bar's width is always kept free, so that nothing wraps anew when it comes.
    """

    def __init__(self, content: QWidget, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().setSingleStep(20)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(content)
        # Only now: a scroll area has its content fill its own ground.
        content.setAutoFillBackground(False)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        content = self.widget()
        if new is not None and content is not None and content.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, theme().px(24))


class Body(QWidget):
    """A column of widgets for a `Scroll`: never asks for the height of its narrowest wrap."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self._gap = gap
        self._margins = (14, 12, 14, 14)
        self._space()
        theme().scaled.connect(self._space)

    def set_margins(self, left: int, top: int, right: int, bottom: int) -> None:
        """Room round the column, in design pixels."""
        self._margins = (left, top, right, bottom)
        self._space()

    def _space(self) -> None:
        t = theme()
        self.column.setSpacing(t.px(self._gap) if self._gap else 0)
        self.column.setContentsMargins(*(t.px(m) if m else 0 for m in self._margins))

    def minimumSizeHint(self) -> QSize:
        """No height asked while something wraps: a scroll area obeys it, and wrapping parts
        ask for their narrowest, tallest shape."""
        if self.column.hasHeightForWidth():
            return QSize(0, 0)
        return QSize(0, self.column.minimumSize().height())


class Pane(QFrame):
    """A named surface with a head (title, quiet words, acts), a body and a foot.

    `head`, `body`, `foot` are layouts to add to. The foot shows once it holds something.
    """

    def __init__(
        self,
        title: str = "",
        subtitle: str = "",
        *,
        parent: QWidget | None = None,
        surface: str = "surface",
    ) -> None:
        super().__init__(parent)
        self._surface = surface
        self._framed = True
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName(title)
        self.title = Text(title, "heading")
        self.subtitle = Text(subtitle, "small", "muted", spare=True)
        self._outer = QVBoxLayout(self)
        self._outer.setSpacing(0)
        self._outer.setContentsMargins(1, 1, 1, 1)
        self._head_box = QWidget(self)
        self.head = QHBoxLayout(self._head_box)
        self.head.addWidget(self.title)
        self.head.addWidget(self.subtitle, 1)
        self._outer.addWidget(self._head_box)
        self._head_rule = Rule(self)
        self._outer.addWidget(self._head_rule)
        # A widget, not a bare layout: an empty layout would leave the head the whole height.
        self._body_box = QWidget(self)
        self.body = QVBoxLayout(self._body_box)
        self.body.setSpacing(0)
        self.body.setContentsMargins(0, 0, 0, 0)
        self._outer.addWidget(self._body_box, 1)
        self._foot_rule = Rule(self)
        self._outer.addWidget(self._foot_rule)
        self._foot_box = QWidget(self)
        self.foot = QHBoxLayout(self._foot_box)
        self._outer.addWidget(self._foot_box)
        self._foot_box.installEventFilter(self)
        if not title:
            self._head_box.hide()
            self._head_rule.hide()
        self._foot_box.hide()
        self._foot_rule.hide()
        self._space()
        theme().scaled.connect(self._space)

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Another title and quiet words beside it."""
        self.title.set_text(title)
        self.subtitle.set_text(subtitle)
        self.setAccessibleName(title)

    def add_action(self, widget: QWidget) -> None:
        """At the right of the head."""
        self.head.addWidget(widget)

    def landing(self) -> QWidget | None:
        """What F6 lands on first; None for the first control."""
        return None

    def set_framed(self, framed: bool) -> None:
        """Whether it has an edge and round corners of its own, or fills what it stands in."""
        self._framed = framed
        self.update()

    def show_foot(self, shown: bool = True) -> None:
        """Show or hide the strip below the body."""
        self._foot_box.setVisible(shown)
        self._foot_rule.setVisible(shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The foot appears with the first thing put into it."""
        if event.type() == QEvent.Type.ChildAdded and watched is self._foot_box:
            self.show_foot(True)
        return super().eventFilter(watched, event)

    def _space(self) -> None:
        t = theme()
        for row in (self.head, self.foot):
            row.setSpacing(t.px(8))
            row.setContentsMargins(t.px(14), t.px(4), t.px(12), t.px(4))
        self._head_box.setFixedHeight(t.px(40))
        self._foot_box.setFixedHeight(t.px(48))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A rounded surface, its head and foot a shade apart."""
        t = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if not self._framed:
            painter.fillRect(rect, t.colour(self._surface))
            painter.end()
            return
        edge = t.colour("borderSubtle")
        paint.box(painter, rect, fill=t.colour("pane"), edge=None, radius=7)
        top = self._head_box.height() + 1 if self._head_box.isVisible() else 0
        low = self._foot_box.height() + 1 if self._foot_box.isVisible() else 0
        middle = rect.adjusted(1, top, -1, -low)
        radius = 6.0 if not (top and low) else 0.0
        paint.box(painter, middle, fill=t.colour(self._surface), edge=None, radius=radius)
        if top and not low:
            cap = QRectF(middle.left(), middle.top(), middle.width(), 8)
            painter.fillRect(cap, t.colour(self._surface))
        elif low and not top:
            cap = QRectF(middle.left(), middle.bottom() - 8, middle.width(), 8)
            painter.fillRect(cap, t.colour(self._surface))
        paint.box(painter, rect, edge=edge, radius=7)
        painter.end()
