"""How each partner stands for the open contact: a line along the bottom, and a table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from triage.domain.lookup import Outcome, PartnerState
from triage.domain.worker import May
from ui import paint
from ui.theme import theme
from ui.triage.opened import Opened
from ui.triage.partner_acts import PartnerActs
from ui.widgets.buttons import Button
from ui.widgets.pane import Pane
from ui.widgets.table import ICON_ROLE, Rows, Table
from ui.widgets.text import Text, plain_tip

LOOKS: dict[Outcome, tuple[str, str]] = {
    Outcome.FOUND: ("circle-check", "okText"),
    Outcome.POTENTIAL: ("circle-dot", "accent"),
    Outcome.LOW: ("circle-dot", "text2"),
    Outcome.MANY: ("circle-dot", "accent"),
    Outcome.NOT_FOUND: ("circle-minus", "text2"),
    Outcome.RESTRICTED: ("shield-alert", "restricted"),
    Outcome.NOT_CHECKED: ("circle-dashed", "text2"),
    Outcome.UNAVAILABLE: ("circle-x", "dangerText"),
    Outcome.DENIED: ("ban", "dangerText"),
    Outcome.BAD_RESPONSE: ("circle-x", "dangerText"),
}


_IN_TROUBLE = frozenset({Outcome.UNAVAILABLE, Outcome.DENIED, Outcome.BAD_RESPONSE})


class PartnerLine(QWidget):
    """The partners in a row: icon, name, how it stands. What does not fit is counted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states: tuple[PartnerState, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    def put(self, states: Sequence[PartnerState]) -> None:
        """Show partners, those that did not answer first: they must not be the ones left out."""
        self._states = tuple(sorted(states, key=lambda s: s.outcome not in _IN_TROUBLE))
        said = "; ".join(f"{s.name}: {s.words}" for s in states) or "Nobody asked yet"
        self.setAccessibleName(said)
        self.setToolTip(plain_tip("\n".join(f"{s.name}: {s.words}" for s in states)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon, strong name, quiet words, a hairline between."""
        t = theme()
        painter = QPainter(self)
        x, middle = 0.0, self.height() / 2
        if not self._states:
            area = QRectF(0, 0, self.width(), self.height())
            paint.text(painter, area, "Nobody asked yet", t.font("label"), t.colour("text2"))
        for at, state in enumerate(self._states):
            words = state.words.split(". ")[0]
            name = t.metrics("label", 600).horizontalAdvance(state.name)
            wide = t.px(16 + 7) + name + t.px(7) + t.metrics("label").horizontalAdvance(words)
            left = len(self._states) - at
            more = f"and {left} more"
            spared = t.px(8) + t.metrics("label").horizontalAdvance(more) if left > 1 else 0
            if x + wide + (t.px(28) if left > 1 else 0) > self.width() - spared:
                area = QRectF(x, 0, self.width() - x, self.height())
                paint.text(painter, area, more, t.font("label"), t.colour("text2"))
                break
            icon, colour = LOOKS[state.outcome]
            size = t.px(16)
            y = round(middle - size / 2)
            paint.icon(painter, icon, round(x), y, size, t.colour(colour))
            x += size + t.px(7)
            area = QRectF(x, 0, name + 2, self.height())
            paint.text(painter, area, state.name, t.font("label", 600), t.colour("text"))
            x += name + t.px(7)
            area = QRectF(x, 0, self.width(), self.height())
            paint.text(painter, area, words, t.font("label"), t.colour("text2"))
            x += t.metrics("label").horizontalAdvance(words) + t.px(14)
            if at < len(self._states) - 1:
                edge = t.colour("borderSubtle")
                paint.upright(painter, x, middle - t.px(11), middle + t.px(11), edge)
            x += t.px(14)
        painter.end()


class PartnerTray(QFrame):
    """Under the panes: who was asked, who answered, and asking somebody."""

    ask_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Partners")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.title = Text("Partners", "label", weight=600)
        self.line = PartnerLine()
        self.ask = Button("Ask a partner", "plus", "link", dense=True)
        self.ask.clicked.connect(self.ask_asked)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.title)
        self._row.addWidget(self.line, 1)
        self.acts = PartnerActs(short=True)
        self._row.addWidget(self.acts)
        self._row.addWidget(self.ask)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._row.setSpacing(t.px(20))
        self._row.setContentsMargins(t.px(14), t.px(2), t.px(10), t.px(2))
        self.setFixedHeight(t.px(44))

    def show_partners(self, opened: Opened) -> None:
        """Show how partners stand."""
        self.line.put(opened.view.partners)
        self.acts.show_partners(opened.view.partners, opened.may(May.READ))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A pane's surface."""
        t = theme()
        painter = QPainter(self)
        edge = t.colour("borderSubtle")
        paint.box(painter, QRectF(self.rect()), fill=t.colour("pane"), edge=edge, radius=7)
        painter.end()


class PartnersPane(Pane):
    """The same as a table, with whole sentences: a tab where there is less room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.setAccessibleName("Partners")
        self.rows = Rows(("Partner", "What came back", "Asked"), parent=self)
        self.table = Table("Partners", (26, 56, 18))
        self.table.setModel(self.rows)
        self.body.setContentsMargins(13, 8, 8, 8)
        self.body.addWidget(self.table)
        self.acts = PartnerActs()
        self.body.addWidget(self.acts)

    def show_partners(self, opened: Opened) -> None:
        """Show how partners stand."""
        rows: list[list[str | dict[int, object]]] = []
        for state in opened.view.partners:
            icon = LOOKS[state.outcome][0]
            name: dict[int, object] = {Qt.ItemDataRole.DisplayRole: state.name, ICON_ROLE: icon}
            when = f"{opened.local(state.at):%H:%M}" if state.at else "Not asked"
            words = f"{state.words}. {state.settling}" if state.settling else state.words
            rows.append([name, words, when])
        self.rows.put(rows)
        self.acts.show_partners(opened.view.partners, opened.may(May.READ))
