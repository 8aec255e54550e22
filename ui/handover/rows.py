"""The three lists of the handover: heads and rows, and how each is painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from triage.domain.spelling import spell_in_week, spell_weekday
from triage.workflow.handover import PassedRow, standing_words
from triage.workflow.night import NightLine
from triage.workflow.schedule import Entry
from ui import paint
from ui.theme import theme
from ui.triage.hidden import HIDDEN_NAME
from ui.widgets.avatar import draw_avatar
from ui.widgets.clock import LOOKS
from ui.widgets.headed import ENTRY_ROLE, Head, HeadedModel, Index, draw_head
from ui.widgets.lists import ListView, draw_row_ground, draw_title
from ui.widgets.table import row_state
from ui.widgets.text import plain_tip

_EDGE = 14
_LINE = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A line of any of the lists. While names are blurred it has none in it."""

    told: NightLine | PassedRow | Entry
    key: str
    hidden: bool
    ticked: bool = False

    @property
    def title(self) -> str:
        """The name, or what stands for one."""
        if isinstance(self.told, PassedRow) and self.told.restricted and not self.told.offer:
            return self.told.title
        about = isinstance(self.told, Entry) and self.told.contact_id is None
        own = isinstance(self.told, Entry) and self.told.reminder is None
        return self.told.title if not self.hidden or (about and own) else HIDDEN_NAME

    @property
    def spoken(self) -> str:
        """The row as it is spoken."""
        told = self.told
        if isinstance(told, PassedRow):
            if not self.hidden:
                return told.sentence
            return ", ".join((HIDDEN_NAME, told.reference, told.clock, standing_words(told)))
        at = f"{told.at:%H:%M}" if isinstance(told, NightLine) else spell_in_week(told.at)
        if isinstance(told, Entry) and told.sort == "answer":
            at = spell_weekday(told.at)
        words = "" if self.hidden else told.words
        said = (at, self.title, words, "seen" if self.ticked else "")
        return ", ".join(s for s in said if s)


Line = Head | Row


class LinesModel(HeadedModel[Row]):
    """Heads and rows."""

    def key_of(self, entry: Row) -> str:
        """The same line, whatever it says."""
        return entry.key

    def row(self, at: int) -> Row | None:
        """The row at a place; None for a head."""
        line = self.entry(at)
        return line if isinstance(line, Row) else None

    def place_of(self, key: str) -> int:
        """Where the row of that key stands, or -1."""
        return next(
            (n for n, x in enumerate(self._entries) if isinstance(x, Row) and x.key == key), -1
        )

    def words_of(self, entry: Row, role: int) -> str | None:
        """The name; spoken, and as a tip, the whole row."""
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.spoken
        if role == Qt.ItemDataRole.ToolTipRole and not entry.hidden:
            return plain_tip(entry.spoken)
        return None


class LinesView(ListView):
    """A list of lines that keeps its current row, by its key, whatever comes."""

    def __init__(self, name: str, delegate: type[LinesDelegate]) -> None:
        super().__init__(name)
        self.lines = LinesModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(delegate(self))

    def put(self, lines: Sequence[Line]) -> None:
        """Show other lines; where the current one has gone, the one in its place is current."""
        here = self.currentIndex().row()
        row = self.lines.row(here)
        self.lines.put(lines)
        place = self.lines.place_of(row.key) if row is not None else -1
        if place < 0 and 0 <= here < self.lines.rowCount() and self.lines.row(here) is not None:
            place = here
        if place >= 0:
            self.setCurrentIndex(self.lines.index(place))
        else:
            self.ensure_current()

    def current(self) -> Row | None:
        """The row that is current."""
        return self.lines.row(self.currentIndex().row())


class LinesDelegate(QStyledItemDelegate):
    """Draws heads, and the ground under rows; each list draws its own."""

    height = 56

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A head is one line."""
        t = theme()
        return QSize(200, t.px(26 if isinstance(index.data(ENTRY_ROLE), Head) else self.height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One line."""
        line = index.data(ENTRY_ROLE)
        rect = QRectF(option.rect)
        painter.save()
        if isinstance(line, Head):
            draw_head(painter, rect, line)
        elif isinstance(line, Row):
            selected, over, focused = row_state(option)
            draw_row_ground(painter, rect, selected=selected, over=over, focused=focused)
            self.draw(painter, rect, line)
        painter.restore()

    def draw(self, painter: QPainter, rect: QRectF, row: Row) -> None:
        """One row."""
        raise NotImplementedError


def _two(
    painter: QPainter,
    area: QRectF,
    first: str,
    second: str,
    *,
    weight: int | None = None,
    role: str = "label",
) -> None:
    t = theme()
    middle, high = area.center().y(), t.px(_LINE)
    top = QRectF(area.left(), middle - high, area.width(), high)
    low = QRectF(area.left(), middle, area.width(), high)
    kind = "body" if role == "body" else "label"
    shown = paint.elided(first, kind, weight, area.width())
    paint.text(painter, top, shown, t.font(kind, weight), t.colour("text"))
    shown = paint.elided(second, "small", None, area.width())
    paint.text(painter, low, shown, t.font("small"), t.colour("text2"))


def _three(painter: QPainter, area: QRectF, first: str, second: str) -> None:
    """As `_two`, with the second on two lines where one is too short for it."""
    lines = [words for words in _lines(second, area.width()) if words]
    if len(lines) < 2:
        _two(painter, area, first, second)
        return
    t = theme()
    high = t.px(17)
    top = QRectF(area.left(), area.center().y() - 1.5 * high, area.width(), high)
    shown = paint.elided(first, "label", None, area.width())
    paint.text(painter, top, shown, t.font("label"), t.colour("text"))
    for at, words in enumerate(lines, 1):
        line = top.translated(0, at * high)
        paint.text(painter, line, words, t.font("small"), t.colour("text2"))


def _time_and_icon(painter: QPainter, rect: QRectF, at: str, icon: str, ink: str) -> QRectF:
    """Draw both; gives what is left for words."""
    t = theme()
    font = t.font("label")
    area = QRectF(rect.left() + t.px(_EDGE), rect.top(), t.px(46), rect.height())
    paint.text(painter, area, at, font, t.colour("text2"))
    size = t.px(16)
    x = area.right() + t.px(2)
    paint.icon(painter, icon, round(x), round(rect.center().y() - size / 2), size, t.colour(ink))
    return rect.adjusted(x + size + t.px(10) - rect.left(), 0, -t.px(_EDGE), 0)


_NIGHT = {
    "yours": ("circle-check", "okText"),
    "decided": ("file-check", "text2"),
    "worked": ("pencil", "text2"),
    "looked": ("eye", "text2"),
    "restricted": ("shield-alert", "restricted"),
}


class NightDelegate(LinesDelegate):
    """When, what it came to, the name, and what was done in up to two lines."""

    height = 74

    def draw(self, painter: QPainter, rect: QRectF, row: Row) -> None:
        """One contact of the night."""
        told = row.told
        if not isinstance(told, NightLine):
            return
        t = theme()
        icon, ink = ("check", "okText") if row.ticked else _NIGHT[told.tone]
        high = t.px(_LINE)
        line = QRectF(rect.left(), rect.top() + t.px(8), rect.width(), high)
        area = _time_and_icon(painter, line, f"{told.at:%H:%M}", icon, ink)
        top = QRectF(area.left(), line.top(), area.width(), high)
        draw_title(painter, top, row.title)
        first, second = ("", "") if row.hidden else _lines(told.words, area.width())
        for at, words in enumerate((first, second)):
            low = top.translated(0, (at + 1) * high)
            paint.text(painter, low, words, t.font("small"), t.colour("text2"))


def _lines(words: str, width: float, weight: int | None = None) -> tuple[str, str]:
    """The words on two lines; what has no room is cut with a sign of it."""
    measure = theme().metrics("small", weight).horizontalAdvance
    if measure(words) <= width:
        return words, ""
    first = ""
    rest = words.split(" ")
    while rest and measure(f"{first} {rest[0]}".strip()) <= width:
        first = f"{first} {rest.pop(0)}".strip()
    return first, paint.elided(" ".join(rest), "small", weight, width)


_STANDING = {
    "stays": ("minus", "text2"),
    "draft": ("pencil", "text2"),
    "offered": ("hourglass", "warnText"),
    "accepted": ("circle-check", "okText"),
    "declined": ("circle-x", "dangerText"),
}
COLUMNS = ("Contact, runs out", "Waits for whom", "Next step, and when", "Goes to")
_SHARES = (0.26, 0.19, 0.33, 0.22)
_LESS = (0.29, 0.26, 0.23, 0.22)
_ROOMY = 800
"""From here on the next step has room to spare; below, whom it waits for needs it more."""


def _columns(rect: QRectF) -> list[QRectF]:
    t = theme()
    left, room = rect.left() + t.px(_EDGE), rect.width() - t.px(2 * _EDGE)
    placed = []
    for share in _SHARES if rect.width() >= t.px(_ROOMY) else _LESS:
        placed.append(QRectF(left, rect.top(), share * room - t.px(10), rect.height()))
        left += share * room
    return placed


class ColumnHeads(QWidget):
    """What the columns say, over those of the list; each row says it all to a reader."""

    def __init__(self, view: ListView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        self.setFixedHeight(theme().px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names and a hairline."""
        t = theme()
        painter = QPainter(self)
        whole = QRectF(0, 0, self._view.viewport().width(), self.height())
        for name, cell in zip(COLUMNS, _columns(whole), strict=True):
            shown = paint.elided(name, "small", 500, cell.width())
            paint.text(painter, cell, shown, t.font("small", 500), t.colour("text2"))
        edge = t.colour("borderSubtle")
        paint.hairline(painter, 0, self.height() - 1, self.width(), edge)
        painter.end()


class PassDelegate(LinesDelegate):
    """A contact in four columns."""

    height = 62

    def draw(self, painter: QPainter, rect: QRectF, row: Row) -> None:
        """Rating, name and clock; for whom it waits; what is next; to whom it goes."""
        told = row.told
        if not isinstance(told, PassedRow):
            return
        t = theme()
        name, waits, step, goes = _columns(rect)
        chip = t.px(24)
        rating = told.rating or "none"
        paint.rag(painter, rating, name.left(), round(rect.center().y() - chip / 2), chip)
        area = name.adjusted(chip + t.px(10), 0, 0, 0)
        middle, high = rect.center().y(), t.px(_LINE)
        top = QRectF(area.left(), middle - high, area.width(), high)
        draw_title(painter, top, row.title)
        self._clock(painter, QRectF(area.left(), middle, area.width(), high), told)
        offer = None if row.hidden else told.offer
        _three(painter, waits, told.waits_for, "" if row.hidden else told.waits_words)
        when = self._when(told)
        _two(painter, step, offer.next_step if offer else "", when if offer else "")
        self._goes(painter, goes, told)

    def _when(self, told: PassedRow) -> str:
        if told.offer is None:
            return ""
        words = told.offer.words.replace("\n", " ")
        at = told.offer.next_at
        return " · ".join(w for w in (spell_in_week(at) if at else "", words) if w)

    def _clock(self, painter: QPainter, area: QRectF, told: PassedRow) -> None:
        t = theme()
        icon, ink, weight = LOOKS[told.clock_state]
        if told.needs_name and told.clock_state == "normal":
            ink, weight = "warnText", 600
        if told.clock:
            size = t.px(15)
            y = round(area.center().y() - size / 2)
            paint.icon(painter, icon, round(area.left()), y, size, t.colour(ink))
            beside = area.adjusted(size + t.px(5), 0, 0, 0)
            fits = t.metrics("label", weight).horizontalAdvance(told.clock) <= beside.width()
            clock = told.clock if fits else told.clock.replace(" min", " m")
            words = paint.elided(clock, "label", weight, beside.width())
            paint.text(painter, beside, words, t.font("label", weight), t.colour(ink))

    def _goes(self, painter: QPainter, area: QRectF, told: PassedRow) -> None:
        t = theme()
        size = t.px(24)
        y = area.center().y() - size / 2
        x = area.left()
        who = told.to_name or ("" if told.needs_name else told.keeper)
        if who:
            draw_avatar(painter, who, x, round(y), size)
            x += size + t.px(8)
        icon, ink = _STANDING[told.standing]
        if told.needs_name and told.standing in ("stays", "draft") and not told.to_name:
            icon, ink = "triangle-alert", "warnText"
        if told.whose:
            icon, ink = "inbox", "accent"
        small = t.px(15)
        middle = round(area.center().y() - small / 2)
        paint.icon(painter, icon, round(x), middle, small, t.colour(ink))
        beside = QRectF(x + small + t.px(5), area.top(), 0, area.height())
        beside.setRight(area.right())
        lines = [w for w in _lines(standing_words(told), beside.width(), 600) if w]
        high = t.px(17)
        top = beside.center().y() - high * len(lines) / 2
        for at, words in enumerate(lines):
            line = QRectF(beside.left(), top + at * high, beside.width(), high)
            paint.text(painter, line, words, t.font("small", 600), t.colour(ink))


_SCHEDULE = {
    "reminder": ("bell", "warnText"),
    "runs out": ("clock", "text2"),
    "answer": ("message-square", "warnText"),
    "end": ("log-out", "text2"),
    "morning": ("sun", "text2"),
    "done": ("circle-check", "okText"),
    "snoozed": ("alarm-clock", "text2"),
}


class ScheduleDelegate(LinesDelegate):
    """When, what sort, what, and the words to it."""

    def draw(self, painter: QPainter, rect: QRectF, row: Row) -> None:
        """One line of the schedule."""
        told = row.told
        if not isinstance(told, Entry):
            return
        icon, ink = _SCHEDULE[told.sort]
        if told.late:
            ink = "dangerText"
        by_day = told.sort in ("snoozed", "answer")
        at = spell_weekday(told.at) if by_day else f"{told.at:%H:%M}"
        area = _time_and_icon(painter, rect, at, icon, ink)
        words = "" if row.hidden else told.words
        if told.sort == "snoozed":
            words = " · ".join(w for w in (words, f"back {spell_in_week(told.at)}") if w)
        weight = 600 if told.sort == "reminder" else None
        _two(painter, area, row.title, words, weight=weight, role="body")
