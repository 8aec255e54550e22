"""How each partner stands for the open contact: a line along the bottom, and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from triage.domain.lookup import Outcome, PartnerState
from triage.domain.worker import May
from triage.workflow.request_board import AskedOfContact, RequestRow
from ui import paint
from ui.requests.looks import REQUEST_LOOKS
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


@dataclass(frozen=True, slots=True)
class Stand:
    """How one partner stands, in a line: icon, its ink, a name, and words of which only the first
    sentence is painted."""

    icon: str
    ink: str
    name: str
    words: str


def looked_up(states: Sequence[PartnerState]) -> tuple[Stand, ...]:
    """Partners' lists, those that did not answer first: they must not be the ones left out."""
    ordered = sorted(states, key=lambda s: s.outcome not in _IN_TROUBLE)
    return tuple(Stand(*LOOKS[s.outcome], s.name, s.words) for s in ordered)


def asked(found: AskedOfContact) -> tuple[Stand, ...]:
    """Requests about the contact, what presses first; then whom the rating calls for."""
    return (
        *(Stand(*REQUEST_LOOKS[r.tone], r.agency_name, _words(r)) for r in found.rows),
        *(Stand("circle-dashed", "text2", name, "not asked") for name in found.not_asked),
    )


def _words(row: RequestRow) -> str:
    return row.words[:1].lower() + row.words[1:]


class PartnerLine(QWidget):
    """The partners in a row: icon, name, how it stands. What does not fit is counted."""

    def __init__(self, nobody: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nobody = nobody
        self._states: tuple[Stand, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    def put(self, states: tuple[Stand, ...]) -> None:
        """Show these, in this order."""
        self._states = states
        said = "; ".join(f"{s.name}: {s.words}" for s in states) or self._nobody
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
            paint.text(painter, area, self._nobody, t.font("label"), t.colour("text2"))
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
            size = t.px(16)
            y = round(middle - size / 2)
            paint.icon(painter, state.icon, round(x), y, size, t.colour(state.ink))
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
    """Under the panes: whose lists were searched, who was asked, and asking somebody.

    `ask_asked` begins asking; `request_asked` has the id of the request that presses most.
    """

    ask_asked = Signal()
    request_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Partners")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._first: UUID | None = None
        self.title = Text("Partners", "label", weight=600)
        self.line = PartnerLine("Nobody asked yet")
        self.ask = Button("Ask a partner", "plus", "link", dense=True)
        self.ask.clicked.connect(self.ask_asked)
        self.acts = PartnerActs(short=True)
        self.asked_title = Text("Asked", "label", weight=600)
        self.asked = PartnerLine("")
        self.look = Button("See requests", "send", "link", dense=True)
        self.look.clicked.connect(lambda: self.request_asked.emit(self._first))
        self._rows = QGridLayout(self)
        for at, (title, line) in enumerate(
            ((self.title, self.line), (self.asked_title, self.asked))
        ):
            self._rows.addWidget(title, at, 0)
            self._rows.addWidget(line, at, 1)
        self._rows.addWidget(self.acts, 0, 2)
        self._rows.addWidget(self.ask, 0, 3)
        self._rows.addWidget(self.look, 1, 2, 1, 2, Qt.AlignmentFlag.AlignRight)
        self._rows.setColumnStretch(1, 1)
        self._show_asked(AskedOfContact())
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._rows.setHorizontalSpacing(t.px(20))
        self._rows.setVerticalSpacing(0)
        self._rows.setContentsMargins(t.px(14), t.px(2), t.px(10), t.px(2))
        self.setFixedHeight(t.px(44 if self.asked.isHidden() else 80))

    def show_partners(self, opened: Opened) -> None:
        """Show how partners stand."""
        self.line.put(looked_up(opened.view.partners))
        self.acts.show_partners(opened.view.partners, opened.may_look_up())
        self.ask.setVisible(opened.desk.worker.may(May.SCREEN))
        self._show_asked(opened.view.asked)

    def _show_asked(self, found: AskedOfContact) -> None:
        stands = asked(found)
        self._first = found.rows[0].request_id if found.rows else None
        self.asked.put(stands)
        for part in (self.asked_title, self.asked):
            part.setVisible(bool(stands))
        self.look.setVisible(bool(found.rows))
        self._space()

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
        for stand in asked(opened.view.asked):
            who: dict[int, object] = {Qt.ItemDataRole.DisplayRole: stand.name}
            who[ICON_ROLE] = stand.icon
            rows.append([who, f"Asked for information: {stand.words}", ""])
        self.rows.put(rows)
        self.acts.show_partners(opened.view.partners, opened.may_look_up())
