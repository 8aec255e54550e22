"""One record beside the contact: in full with its evidence, or in three lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from triage.domain.lookup import VerdictKind
from ui import paint
from ui.actions import bind_list
from ui.theme import theme
from ui.triage.matches import Card, Compared
from ui.widgets.buttons import BaseButton, Button
from ui.widgets.evidence import (
    WORDS,
    EvidenceBar,
    draw_letters,
    draw_mark,
    draw_part,
    mark_ink,
    what_counts,
)
from ui.widgets.flow import FlowLayout
from ui.widgets.pane import Surface
from ui.widgets.table import TEXT2_ROLE, Table, TableDelegate, draw_row_focus, row_state
from ui.widgets.text import IconText, Paragraph, Text, plain_tip

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1
_HEADINGS = ("Field", "Contact says", "Record says", "Evidence")
_BANDS = {"Very likely": "gauge", "Likely": "gauge", "Possible": "gauge", "Unlikely": "gauge"}
_QUIET = ("Not given", "Not held", "Hidden")


class EvidenceRows(QAbstractTableModel):
    """Field, contact, record, evidence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Compared, ...] = ()

    def put(self, rows: Sequence[Compared]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many fields."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Four."""
        return 0 if parent.isValid() else 4

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The column's name."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words; for a reader, the whole comparison on the field's own cell."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        words = (row.field, row.left, row.right, WORDS[row.kind])[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if column == 0:
                return f"{row.field}: {WORDS[row.kind]}. Contact {row.left}, record {row.right}."
            return f"{_HEADINGS[column]}: {words}"
        if role == TEXT2_ROLE:
            return words in _QUIET
        if role == ROW:
            return row
        return None


class EvidenceDelegate(TableDelegate):
    """Letters that differ are underlined; the last column is the mark and its word."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        row, column = index.data(ROW), index.column()
        if not isinstance(row, Compared) or column == 0:
            super().paint(painter, option, index)
            return
        t = theme()
        rect = QRectF(option.rect)
        selected, over, _ = row_state(option)
        if selected or over:
            painter.fillRect(rect, t.colour("selected" if selected else "hover"))
        low = rect.bottom() - 1
        paint.hairline(painter, rect.left(), low, rect.right(), t.colour("borderSubtle"))
        if column == 3:
            x = rect.left() + t.px(2)
            side = draw_mark(painter, row.kind, x, rect.center().y())
            ink, weight = mark_ink(row.kind)
            area = QRectF(x + side + t.px(7), rect.top(), rect.width(), rect.height() - 1)
            paint.text(painter, area, WORDS[row.kind], t.font("small", weight), ink)
            draw_row_focus(painter, option, index)
            return
        words = row.left if column == 1 else row.right
        runs = row.differs_right if column == 2 else ()
        kind = "missing" if words in _QUIET else row.kind
        area = rect.adjusted(t.px(2), 0, -t.px(6), -1)
        draw_letters(painter, area, words, runs, kind, weight=400)
        draw_row_focus(painter, option, index)


class MatchCard(Surface):
    """The record being looked at, in full. Its letters act while its table has the focus.

    `judged` gives (Card, VerdictKind); `undo_asked` and `compare_asked` the Card.
    """

    judged = Signal(object, object)
    undo_asked = Signal(object)
    compare_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.set_accent(True)
        self._card: Card | None = None
        self._may_act = True
        self.name = Text("", "heading", elide=True)
        self.band = IconText("gauge", "", "label", "text", weight=600)
        self.line = Text("", "small", "text2", elide=True)
        self.counts = Paragraph("", "small")
        self.bar = EvidenceBar()
        self.model = EvidenceRows(self)
        self.table = Table("Evidence", (16, 31, 31, 23), grow=True)
        self.table.setItemDelegate(EvidenceDelegate(self.table))
        self.table.setModel(self.model)
        self.notes = Paragraph("", "small", "text2")
        self.said = IconText("badge-check", "", "label", "text", weight=600)
        self.link = Button("Link", "link", "primary", "L")
        self.other = Button("Not the same", "unlink", key_hint="X")
        self.unsure = Button("Not sure", "circle-question-mark", key_hint="U")
        self.undo = Button("Undo", "undo-2", "link", dense=True)
        self._build()
        self._bind()
        theme().scaled.connect(self._space)
        self._space()
        self._show_keys(False)

    def _build(self) -> None:
        self._top = QHBoxLayout()
        self._top.addWidget(self.name, 1)
        self._top.addWidget(self.band)
        self._acts = QHBoxLayout()
        # Wrapped where they don't fit: a card wider than its pane would have all in it cut off.
        buttons = FlowLayout(gap=8)
        for button in (self.link, self.other, self.unsure):
            buttons.addWidget(button)
        self._acts.addLayout(buttons, 1)
        self._word = QHBoxLayout()
        self._word.addWidget(self.said, 1)
        self._word.addWidget(self.undo)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._top)
        for widget in (self.line, self.counts, self.bar, self.table, self.notes):
            self._column.addWidget(widget)
        self._column.addLayout(self._word)
        self._column.addLayout(self._acts)

    def _bind(self) -> None:
        self.link.clicked.connect(lambda: self.judge(VerdictKind.SAME))
        self.other.clicked.connect(lambda: self.judge(VerdictKind.NOT_SAME))
        self.unsure.clicked.connect(lambda: self.judge(VerdictKind.UNSURE))
        self.undo.clicked.connect(lambda: self.undo_asked.emit(self._card))
        self.keys = bind_list(
            self.table,
            "match list",
            {
                "Open in compare": lambda: self.compare_asked.emit(self._card),
                "Link": lambda: self.judge(VerdictKind.SAME),
                "Not the same": lambda: self.judge(VerdictKind.NOT_SAME),
                "Not sure": lambda: self.judge(VerdictKind.UNSURE),
            },
        )

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(12), t.px(9), t.px(12), t.px(11))
        self._column.setSpacing(t.px(5))
        self._acts.setContentsMargins(0, t.px(6), 0, 0)

    def card(self) -> Card | None:
        """What is shown."""
        return self._card

    def judge(self, kind: VerdictKind) -> None:
        """A person's word on the record shown."""
        if self._card is not None and self._may_act and self._card.verdict is None:
            self.judged.emit(self._card, kind)

    def show_card(self, card: Card, *, may_act: bool) -> None:
        """Show a record; `may_act` False hides the acts."""
        before, self._card = self._card, card
        if before == card and may_act == self._may_act:
            return
        self._may_act = may_act
        self.setAccessibleName(f"{card.name}, {card.band}")
        self.table.setAccessibleName(f"Evidence: {card.name}, {card.band}")
        self.name.set_text(card.name)
        self.line.set_text(card.line)
        self.band.set(_BANDS.get(card.band, "gauge"), card.band)
        self.counts.set_spans(card.counts)
        self.bar.set_evidence(card.parts, card.sentence)
        if before is None or before.rows != card.rows:
            self.model.put(card.rows)
            self.table.set_whole(0, max((r.field for r in card.rows), key=len, default=""))
        self.notes.set_text("\n".join(card.notes))
        self.notes.setVisible(bool(card.notes))
        self.said.set("badge-check", card.said)
        self.said.setToolTip(plain_tip(card.said))
        self.said.setVisible(bool(card.said))
        self.undo.setVisible(bool(card.said) and may_act)
        for button in (self.link, self.other, self.unsure):
            button.setVisible(may_act and not card.said)

    def _show_keys(self, shown: bool) -> None:
        for button in (self.link, self.other, self.unsure):
            button.show_key(shown)

    def show_keys(self, shown: bool) -> None:
        """Print the letters while they act, keeping their room when they don't."""
        self._show_keys(shown)


class SmallCard(BaseButton):
    """A record in three lines; pressing it shows it in full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._card: Card | None = None
        super().__init__("", parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_card(self, card: Card) -> None:
        """Show a record."""
        if card == self._card:
            return
        self._card = card
        said = f" {card.said}." if card.said else ""
        self.setAccessibleName(f"{card.name}, {card.band}. {card.line}. {card.sentence}{said}")
        self.setToolTip(plain_tip(card.said or card.sentence))
        self.update()

    def card(self) -> Card | None:
        """What is shown."""
        return self._card

    def measure(self) -> QSize:
        """Three lines."""
        return QSize(theme().px(200), theme().px(74))

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return QSize(theme().px(120), theme().px(74))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name and band; where it is held and the bar; the sentence."""
        card, t = self._card, theme()
        painter = QPainter(self)
        fill = t.colour("hover" if self.over() else "surface")
        paint.box(painter, QRectF(self.rect()), fill=fill, edge=t.colour("borderSubtle"), radius=7)
        if card is not None:
            left, right = float(t.px(12)), self.width() - float(t.px(12))
            wide = t.metrics("label", 600).horizontalAdvance(card.band) + 2
            line = QRectF(right - wide, t.px(8), wide, t.px(20))
            paint.text(painter, line, card.band, t.font("label", 600), t.colour("text"))
            name = paint.elided(card.name, "heading", None, right - left - wide - t.px(10))
            area = QRectF(left, t.px(8), right - left, t.px(20))
            paint.text(painter, area, name, t.font("heading"), t.colour("text"))
            self._bar(painter, card, right)
            words = paint.elided(card.line, "small", None, right - left - t.px(110))
            area = QRectF(left, t.px(28), right - left, t.px(18))
            paint.text(painter, area, words, t.font("small"), t.colour("text2"))
            words = card.said or card.sentence
            words = paint.elided(words, "small", 600 if card.said else None, right - left)
            area = QRectF(left, t.px(48), right - left, t.px(18))
            font = t.font("small", 600 if card.said else None)
            paint.text(painter, area, words, font, t.colour("text" if card.said else "text2"))
        painter.end()

    def _bar(self, painter: QPainter, card: Card, right: float) -> None:
        t = theme()
        parts = sorted(what_counts(card.parts), key=lambda p: p.weight)
        total = sum(abs(p.weight) for p in parts)
        room = t.px(96)
        x = right - room
        for part in parts:
            width = max(2.0, abs(part.weight) / total * (room - len(parts)))
            kind = "different" if part.weight < 0 else part.kind
            if part.weight >= 0 and kind == "different":
                kind = "close"
            draw_part(painter, QRectF(x, t.px(32), width, t.px(10)), kind)
            x += width + 1
