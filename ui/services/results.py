"""The list of services: rows in columns, heads between them, guidance and contacts below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import (
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from triage.domain.directory import Found, Hit
from triage.domain.service import Assurance, LocalContact, Passage, assurance
from triage.workflow.services import Family, Words
from ui import paint
from ui.actions import bind_list
from ui.services import wording
from ui.theme import theme
from ui.widgets.headed import ENTRY_ROLE, Head, HeadedModel, Index, draw_head
from ui.widgets.lists import ListView, draw_row_ground
from ui.widgets.table import row_state

_FAR_KM = 5.0
"""The distance at which the bar is full."""


@dataclass(frozen=True, slots=True)
class HitRow:
    """A service as its row shows it."""

    hit: Hit
    family: Family | None
    day: date
    placed: bool


@dataclass(frozen=True, slots=True)
class WordsRow:
    """A passage of guidance, or somebody to ring."""

    told: Passage | LocalContact

    @property
    def title(self) -> str:
        """What it is called."""
        return self.told.title if isinstance(self.told, Passage) else self.told.name

    @property
    def detail(self) -> str:
        """How it begins, or what they are rung for."""
        return self.told.words.split("\n", 1)[0]

    @property
    def right(self) -> str:
        """Where it stands, or the number."""
        if isinstance(self.told, Passage):
            return self.told.source
        return self.told.phone or self.told.email


Entry = Head | HitRow | WordsRow


def entries_of(
    found: Found, words: Words, family: Family | None, day: date, *, placed: bool, hidden: bool
) -> list[Entry]:
    """Services that fit, those hidden where they are asked for, then what stands beside."""

    def rows(hits: tuple[Hit, ...]) -> list[Entry]:
        return [HitRow(hit, family, day, placed) for hit in hits]

    entries = rows(found.hits)
    if hidden and found.hidden:
        entries += [Head("Hidden by your choices", str(found.hidden_count)), *rows(found.hidden)]
    if words.passages:
        entries.append(Head("Guidance and the threshold document", str(len(words.passages))))
        entries += [WordsRow(p) for p in words.passages]
    if words.contacts:
        entries.append(Head("Local contacts", str(len(words.contacts))))
        entries += [WordsRow(c) for c in words.contacts]
    return entries


class ResultsModel(HeadedModel[HitRow | WordsRow]):
    """Services, then what stands beside them."""

    def row_of(self, key: tuple[str, str]) -> int:
        """The row of a service, or -1."""
        for row, entry in enumerate(self._entries):
            if isinstance(entry, HitRow) and entry.hit.service.key == key:
                return row
        return -1

    def words_of(self, entry: HitRow | WordsRow, role: int) -> str | None:
        """What it is called; spoken, all that its columns show."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        whole = role == Qt.ItemDataRole.AccessibleTextRole
        if isinstance(entry, WordsRow):
            words = (entry.title, entry.detail, entry.right)
            return ", ".join(w for w in words if w) if whole else entry.title
        if whole:
            return wording.row_sentence(entry.hit, entry.family, entry.day, placed=entry.placed)
        return entry.hit.service.name


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its width in design pixels, the room from which it is shown."""

    name: str
    width: int
    from_room: int


COLUMNS = (
    Column("Ages, for", 84, 0),
    Column("Distance", 128, 620),
    Column("Cost", 92, 900),
    Column("Wait", 98, 760),
    Column("Assured", 124, 520),
    Column("State", 108, 0),
)
_BAR_FROM = 900
"""Room from which a bar stands before the kilometres."""
_EDGE = 14


def columns(room: float) -> tuple[float, list[tuple[Column, float, float]]]:
    """The width of the service's own column, and each shown column with its left and width."""
    t = theme()
    design = room / t.text_scale
    shown = [c for c in COLUMNS if design >= c.from_room]
    widths = [
        t.px(84) if c.name == "Distance" and design < _BAR_FROM else t.px(c.width) for c in shown
    ]
    left = room - t.px(_EDGE) - sum(widths)
    placed, x = [], left
    for column, width in zip(shown, widths, strict=True):
        placed.append((column, x, float(width)))
        x += width
    return left - t.px(_EDGE), placed


class ResultsHeader(QWidget):
    """The names of the columns, over those of `view`; each row says its own to a reader."""

    def __init__(self, view: ListView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        view.verticalScrollBar().rangeChanged.connect(lambda *_: self.update())
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        self.setFixedHeight(theme().px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names and a hairline."""
        t = theme()
        painter = QPainter(self)
        ink, font = t.colour("text2"), t.font("small", 500)
        area = QRectF(t.px(_EDGE), 0, self.width(), self.height())
        paint.text(painter, area, "Service", font, ink)
        for column, left, width in columns(self._view.viewport().width())[1]:
            paint.text(painter, QRectF(left, 0, width, self.height()), column.name, font, ink)
        edge = t.colour("borderSubtle")
        paint.hairline(painter, 0, self.height() - 1, self.width(), edge)
        painter.end()


class ResultsDelegate(QStyledItemDelegate):
    """Draws heads, services in columns, and words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A head is one line, a row two."""
        t = theme()
        return QSize(200, t.px(28) if isinstance(index.data(ENTRY_ROLE), Head) else t.px(58))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One entry."""
        entry = index.data(ENTRY_ROLE)
        rect = QRectF(option.rect)
        painter.save()
        if isinstance(entry, Head):
            draw_head(painter, rect, entry)
        else:
            selected, over, focused = row_state(option)
            draw_row_ground(painter, rect, selected=selected, over=over, focused=focused)
            if isinstance(entry, HitRow):
                self._service(painter, rect, entry)
            elif isinstance(entry, WordsRow):
                self._words(painter, rect, entry)
        painter.restore()

    def _two(
        self, painter: QPainter, area: QRectF, first: str, second: str, second_ink: str = "text2"
    ) -> None:
        t = theme()
        middle = area.center().y()
        high = t.px(20)
        one = QRectF(area.left(), middle - high, area.width(), high)
        two = QRectF(area.left(), middle, area.width(), high)
        shown = paint.elided(first, "body", 600, area.width())
        paint.text(painter, one, shown, t.font("body", 600), t.colour("text"))
        shown = paint.elided(second, "small", None, area.width())
        paint.text(painter, two, shown, t.font("small"), t.colour(second_ink))

    def _service(self, painter: QPainter, rect: QRectF, row: HitRow) -> None:
        t = theme()
        service = row.hit.service
        width, placed = columns(rect.width())
        area = QRectF(rect.left() + t.px(_EDGE), rect.top(), width - t.px(10), rect.height())
        self._two(painter, area, service.name, service.summary)
        for column, left, wide in placed:
            cell = QRectF(rect.left() + left, rect.top(), wide - t.px(8), rect.height())
            getattr(self, _DRAWN[column.name])(painter, cell, row)

    def _cell(
        self,
        painter: QPainter,
        cell: QRectF,
        words: str,
        ink: str = "text",
        weight: int | None = None,
    ) -> None:
        t = theme()
        shown = paint.elided(words, "label", weight, cell.width())
        paint.text(painter, cell, shown, t.font("label", weight), t.colour(ink))

    def draw_ages(self, painter: QPainter, cell: QRectF, row: HitRow) -> None:
        """The ages, and whom of the family they fit."""
        everyone = row.family.people if row.family else ()
        t = theme()
        middle, high = cell.center().y(), t.px(20)
        whom = wording.names_in_a_cell(row.hit.whom, everyone)
        top = QRectF(cell.left(), middle - (high if whom else high / 2), cell.width(), high)
        self._cell(painter, top, wording.ages(row.hit.service))
        if whom:
            low = QRectF(cell.left(), middle, cell.width(), high)
            shown = paint.elided(whom, "small", None, cell.width())
            paint.text(painter, low, shown, t.font("small"), t.colour("text2"))

    def draw_distance(self, painter: QPainter, cell: QRectF, row: HitRow) -> None:
        """A bar and kilometres, or how it reaches the family."""
        t = theme()
        words = wording.distance(row.hit, placed=row.placed)
        km = row.hit.km
        if km is not None and cell.width() > t.px(100):
            whole = QRectF(cell.left(), cell.center().y() - t.px(3), t.px(52), t.px(6))
            painter.fillRect(whole, t.colour("sunken"))
            part = QRectF(whole)
            part.setWidth(max(2.0, whole.width() * min(1.0, km / _FAR_KM)))
            painter.fillRect(part, t.colour("accent"))
            cell = cell.adjusted(t.px(60), 0, 0, 0)
        known = km is not None or words not in ("Not known", "From where?")
        self._cell(painter, cell, words, "text" if known else "muted")

    def draw_cost(self, painter: QPainter, cell: QRectF, row: HitRow) -> None:
        """Free, or what it costs."""
        words = wording.cost(row.hit.service)
        self._cell(painter, cell, words, "muted" if words == "Not known" else "text")

    def draw_wait(self, painter: QPainter, cell: QRectF, row: HitRow) -> None:
        """The wait as said."""
        words = wording.wait(row.hit.service)
        self._cell(painter, cell, words, "muted" if words == "Not known" else "text")

    def draw_assured(self, painter: QPainter, cell: QRectF, row: HitRow) -> None:
        """A shape and the day of the last check."""
        t = theme()
        which = assurance(row.hit.service, row.day)
        icon, ink = wording.ASSURED[which]
        size = t.px(16)
        y = round(cell.center().y() - size / 2)
        paint.icon(painter, icon, round(cell.left()), y, size, t.colour(ink))
        weight = 600 if which is Assurance.DUE else None
        beside = cell.adjusted(size + t.px(5), 0, 0, 0)
        self._cell(painter, beside, wording.assured(row.hit.service), ink, weight)

    def draw_state(self, painter: QPainter, cell: QRectF, row: HitRow) -> None:
        """The referral, the decision, or what the directory says."""
        words, ink = wording.state(row.hit.service, row.family, row.day)
        self._cell(painter, cell, words, ink, None if ink == "text" else 600)

    def _words(self, painter: QPainter, rect: QRectF, row: WordsRow) -> None:
        t = theme()
        size = t.px(18)
        icon = "book-open" if isinstance(row.told, Passage) else "phone"
        y = round(rect.center().y() - size / 2)
        paint.icon(painter, icon, round(rect.left() + t.px(_EDGE)), y, size, t.colour("text2"))
        right = paint.elided(row.right, "small", None, rect.width() * 0.35)
        wide = t.metrics("small").horizontalAdvance(right) + 2
        left = rect.left() + t.px(_EDGE) + size + t.px(10)
        area = QRectF(
            left, rect.top(), rect.right() - left - wide - t.px(_EDGE + 10), rect.height()
        )
        self._two(painter, area, row.title, row.detail)
        at_end = QRectF(rect.right() - wide - t.px(_EDGE), rect.top(), wide, rect.height())
        paint.text(painter, at_end, right, t.font("small"), t.colour("text2"))


_DRAWN = {
    "Ages, for": "draw_ages",
    "Distance": "draw_distance",
    "Cost": "draw_cost",
    "Wait": "draw_wait",
    "Assured": "draw_assured",
    "State": "draw_state",
}


class ResultsView(ListView):
    """The list with its keys: Enter opens the card, A adds to the decision, R refers."""

    card_asked = Signal()
    add_asked = Signal()
    refer_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Services that fit", parent)
        self.setItemDelegate(ResultsDelegate(self))
        self.keys = bind_list(
            self,
            "services list",
            {
                "Open card": self.card_asked.emit,
                "Add to decision": self.add_asked.emit,
                "Refer": self.refer_asked.emit,
            },
        )
        self.doubleClicked.connect(self.card_asked)
