"""The draft: a fact a row, with how it came and where from; put right in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui import paint
from ui.reading.facts import CHECK, FactRow, Mark
from ui.theme import theme
from ui.widgets.banner import BannerStrip
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.lists import ListView, draw_row_ground
from ui.widgets.pane import Pane
from ui.widgets.text import Text

Index = QModelIndex | QPersistentModelIndex
ROW: Final = Qt.ItemDataRole.UserRole + 1
_BLURRED: Final = "█████ ████"
_MOST_LINES: Final = 4
_LOOKS: Final = {
    "Read": ("check", "okText"),
    "Confirmed": ("circle-check", "okText"),
    "Typed": ("pencil", "okText"),
    CHECK: ("circle-dashed", "warnText"),
    "Worked out": ("gauge", "text2"),
    "Not given": ("minus", "muted"),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """A fact put right in place."""

    path: str
    words: str


class FactModel(QAbstractListModel):
    """The rows. Heads can't be stood on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[FactRow, ...] = ()
        self.blurred = False

    def put(self, rows: tuple[FactRow, ...]) -> None:
        """Other rows; only what changed is told where the rows stay the same in kind."""
        same = [(r.path, r.label) for r in rows] == [(r.path, r.label) for r in self.rows]
        if same:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def row_of(self, path: str) -> int:
        """The row of a fact; -1 where there is none."""
        return next((i for i, r in enumerate(self.rows) if r.path == path), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Heads are only read."""
        if not index.isValid() or self.rows[index.row()].is_head:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row; spoken as a sentence."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if self.blurred and not row.is_head:
                return f"{row.label}, hidden"
            return row.sentence()
        return None


@lru_cache(maxsize=512)
def _lines(words: str, width: int, _scale: float) -> tuple[str, ...]:
    """The words in lines that fit, a word cut only where it is longer than a line; at most
    `_MOST_LINES`, of which the last says that more follows."""
    words = " ".join(words.split())
    layout = QTextLayout(words, theme().font("body"))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    found: list[str] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(60, width))
        start, end = line.textStart(), line.textStart() + line.textLength()
        if len(found) == _MOST_LINES - 1 and end < len(words):
            found.append(paint.elided(words[start:], "body", None, max(60, width)))
            break
        found.append(words[start:end].rstrip())
    layout.endLayout()
    return tuple(found) or ("",)


class FactDelegate(QStyledItemDelegate):
    """Label, value, how it came, source numbers."""

    def __init__(self, view: ListView) -> None:
        super().__init__(view)
        self.marks: dict[int, Mark] = {}

    def value_rect(self, rect: QRectF) -> QRectF:
        """Where the value stands in a row."""
        t = theme()
        left = t.px(138 if rect.width() > t.px(520) else 112)
        right = t.px(188 if rect.width() > t.px(520) else 130)
        return QRectF(rect.left() + left, rect.top(), rect.width() - left - right, rect.height())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line, or as many as a long value needs, up to four."""
        t = theme()
        row = index.data(ROW)
        if not isinstance(row, FactRow) or row.is_head:
            return QSize(t.px(300), t.px(26))
        wide = self.parent().viewport().width()  # type: ignore[union-attr]
        room = self.value_rect(QRectF(0, 0, wide, 30)).width()
        lines = len(_lines(row.value, int(room) - t.px(4), t.text_scale))
        return QSize(t.px(300), t.px(10) + lines * t.px(20))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A head, or a fact."""
        row = index.data(ROW)
        if not isinstance(row, FactRow):
            return
        rect = QRectF(option.rect)
        if row.is_head:
            self._paint_head(painter, rect, row)
            return
        state = option.state
        view = self.parent()
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        draw_row_ground(
            painter,
            rect,
            selected=bool(state & QStyle.StateFlag.State_Selected),
            over=bool(state & QStyle.StateFlag.State_MouseOver),
            focused=focused and isinstance(view, QWidget) and view.hasFocus(),
        )
        self._paint_fact(painter, rect, row)

    def _paint_head(self, painter: QPainter, rect: QRectF, row: FactRow) -> None:
        t = theme()
        painter.fillRect(rect, t.colour("sunken"))
        edge = t.colour("borderSubtle")
        paint.hairline(painter, rect.left(), rect.bottom() - 1, rect.right(), edge)
        area = rect.adjusted(t.px(14), 0, -t.px(12), 0)
        paint.text(painter, area, row.label, t.font("small", 600), t.colour("text"))
        right = Qt.AlignmentFlag.AlignRight
        paint.text(painter, area, row.value, t.font("small", 600), t.colour("text2"), right)

    def _paint_fact(self, painter: QPainter, rect: QRectF, row: FactRow) -> None:
        t = theme()
        first = QRectF(rect.left(), rect.top() + t.px(5), rect.width(), t.px(20))
        value = self.value_rect(rect)
        area = QRectF(rect.left() + t.px(14), first.top(), value.left() - rect.left(), t.px(20))
        label = paint.elided(row.label, "small", None, value.left() - rect.left() - t.px(20))
        paint.text(painter, area, label, t.font("small"), t.colour("text2"))
        model = self.parent().model()  # type: ignore[union-attr]
        hidden = isinstance(model, FactModel) and model.blurred
        words = _BLURRED if hidden and row.state != "Not given" else row.value
        ink = t.colour("muted" if row.state == "Not given" else "text")
        box = value.adjusted(0, t.px(5), -t.px(4), -t.px(4))
        single = rect.height() <= t.px(31)
        if single:
            shown = words
            if row.others and not hidden:
                shown = f"{words}  or {' or '.join(row.others)}"
            shown = paint.elided(shown, "body", None, box.width())
            paint.text(
                painter,
                QRectF(box.left(), first.top(), box.width(), t.px(20)),
                shown,
                t.font("body"),
                ink,
            )
        else:
            for at, line in enumerate(_lines(words, int(value.width()) - t.px(4), t.text_scale)):
                area = QRectF(box.left(), first.top() + at * t.px(20), box.width(), t.px(20))
                paint.text(painter, area, line, t.font("body"), ink)
        self._paint_state(painter, first, value.right(), row)

    def _paint_state(self, painter: QPainter, line: QRectF, x: float, row: FactRow) -> None:
        t = theme()
        icon, colour = _LOOKS.get(row.state, ("minus", "muted"))
        size = t.px(14)
        ink = t.colour(colour)
        paint.icon(painter, icon, round(x), round(line.center().y() - size / 2), size, ink)
        wide = line.right() - x > t.px(150)
        weight = 600 if row.state == CHECK else 400
        if wide or row.state in (CHECK, "Read"):
            area = QRectF(x + size + t.px(6), line.top(), t.px(90), line.height())
            paint.text(painter, area, row.state, t.font("small", weight), ink)
        self._paint_marks(painter, line, row)

    def _paint_marks(self, painter: QPainter, line: QRectF, row: FactRow) -> None:
        t = theme()
        numbers = row.marks[:3]
        x = line.right() - t.px(10)
        for number in reversed(numbers):
            mark = self.marks.get(number)
            words = str(number)
            wide = max(t.px(20), round(t.metrics("small", 600).horizontalAdvance(words)) + t.px(9))
            x -= wide
            check = mark is not None and mark.check
            ink = t.colour("warnText" if check else "accent")
            box = QRectF(x, line.center().y() - t.px(9), wide, t.px(18))
            paint.box(painter, box, fill=t.colour("surface"), edge=ink, radius=4, dashed=check)
            centre = Qt.AlignmentFlag.AlignHCenter
            paint.text(painter, box, words, t.font("small", 600), ink, centre)
            x -= t.px(4)


class DraftPane(Pane):
    """`stood` has the row one stands on; `edited` a fact put right."""

    stood = Signal(object)
    edited = Signal(object)
    accept_asked = Signal()
    make_asked = Signal()
    anyway_asked = Signal()
    not_for_us_asked = Signal()

    # The pane watches its own foot while it is being made, before there is a box.
    _box: QObject | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Draft contact", "", parent=parent)
        self.accept = Button("Accept clear ones", "list-checks", "secondary", "F7", dense=True)
        self.accept.clicked.connect(self.accept_asked)
        self.add_action(self.accept)
        strip = BannerStrip()
        self.banner = strip.banner
        self.anyway = Button("Make it, check later", None, "secondary", dense=True)
        self.anyway.clicked.connect(self.anyway_asked)
        self.anyway.hide()
        self.banner.add_action(self.anyway)
        self.body.addWidget(strip)
        self.model = FactModel(self)
        self.view = ListView("Draft contact")
        self.delegate = FactDelegate(self.view)
        self.view.setItemDelegate(self.delegate)
        self.view.setModel(self.model)
        self.view.row_changed.connect(self._stood)
        self.view.opened.connect(self.edit)
        self.body.addWidget(self.view, 1)
        self.field = LineField("Put it right")
        self.field.setParent(self.view.viewport())
        self.field.hide()
        self.field.returnPressed.connect(self._take)
        self._box = self.field
        self.field.installEventFilter(self)
        self._editing = ""
        self._read_only = False
        self.refuse_button = Button("Not for us", "undo-2", "secondary")
        self.make = Button("Make contact", "check", "primary", "Ctrl Enter")
        self._left = Text("", "small", "text2", elide=True)
        self._left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.foot.addWidget(self.refuse_button)
        self.foot.addStretch(1)
        self.foot.addWidget(self._left)
        self.foot.addWidget(self.make)
        self.refuse_button.clicked.connect(self.not_for_us_asked)
        self.make.clicked.connect(self.make_asked)

    def show_rows(
        self, rows: tuple[FactRow, ...], marks: Sequence[Mark], *, clear: int, read_only: str
    ) -> None:
        """Show the draft; `clear` facts were read and wait to be accepted."""
        self.delegate.marks = {m.number: m for m in marks}
        kept = self.current_path()
        self.model.put(rows)
        facts = [r for r in rows if r.path and r.state not in ("Not given", "Noted", "Worked out")]
        check = sum(r.state == CHECK for r in facts)
        self.subtitle.set_text(f"{len(facts) - check} of {len(facts)} ready")
        noun = "one" if clear == 1 else "ones"
        self.accept.set_text(f"Accept {clear} clear {noun}" if clear else "All clear ones accepted")
        self.accept.setEnabled(clear > 0 and not read_only)
        self._read_only = bool(read_only)
        self._left.set_text(f"{check} to check first" if check else "")
        self.make.set_ready(not check and not read_only)
        self.refuse_button.setEnabled(not read_only)
        self.anyway.hide()
        if read_only:
            self.banner.show_words(read_only, kind="info")
        else:
            self.banner.hide()
        if kept:
            self.stand_on(kept)
        self.view.doItemsLayout()

    def show_problem(self, strong: str, rest: str = "", *, offer: bool = False) -> None:
        """Say what is missing or went wrong; `offer` makes it anyway."""
        self.anyway.setVisible(offer)
        self.banner.show_words(strong, rest, "warning")

    def current_path(self) -> str:
        """The fact one stands on, or ""."""
        row = self.view.currentIndex().data(ROW)
        return row.path if isinstance(row, FactRow) else ""

    def stand_on(self, path: str) -> bool:
        """Make a fact the current one, without telling; False where it is not shown."""
        at = self.model.row_of(path)
        if at < 0:
            return False
        self.view.blockSignals(True)
        self.view.setCurrentIndex(self.model.index(at))
        self.view.blockSignals(False)
        self.view.scrollTo(self.model.index(at))
        return True

    def edit(self, *_index: object) -> None:
        """Enter: put the current fact right in its place."""
        row = self.view.currentIndex().data(ROW)
        if not isinstance(row, FactRow) or not row.path or self._read_only:
            return
        self._editing = row.path
        self.field.setAccessibleName(f"{row.label}, put it right")
        self.field.put(row.raw if row.label != "Age" else "")
        self._place_field()
        self.field.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_editing(self) -> bool:
        """Whether a fact is being put right."""
        return not self.field.isHidden()

    def keep_editing(self) -> None:
        """Keep what stands in the box, if one is open."""
        if self.is_editing():
            self._leave()

    def stop_editing(self) -> None:
        """Esc: leave it as it was."""
        self._editing = ""
        self.field.hide()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place_field(self) -> None:
        rect = QRectF(self.view.visualRect(self.view.currentIndex()))
        box = self.delegate.value_rect(rect).toRect()
        self.field.setGeometry(box.adjusted(-8, 0, 0, 0))
        self.field.resize(self.field.width(), theme().size("controlHeight"))

    def _take(self) -> None:
        self._leave()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        """Going elsewhere keeps what was typed, as Enter does."""
        path, words = self._editing, " ".join(self.field.text().split())
        self._editing = ""
        self.field.hide()
        at = self.model.row_of(path) if path else -1
        if at >= 0:
            row = self.model.rows[at]
            if words != " ".join(row.raw.split()) or row.state == CHECK:
                self.edited.emit(Edit(path, words))

    def _stood(self, at: int) -> None:
        if 0 <= at < len(self.model.rows):
            self.stood.emit(self.model.rows[at])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc in the box leaves the fact as it was; going elsewhere keeps what was typed."""
        if watched is self._box:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                if event.key() == Qt.Key.Key_Escape:
                    self.stop_editing()
                    return True
            elif event.type() == QEvent.Type.FocusOut and self._editing:
                self._leave()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Values wrap anew."""
        super().resizeEvent(event)
        if self.is_editing():
            self._place_field()
        self.view.scheduleDelayedItemsLayout()
        self._left.setVisible(self.width() > theme().px(480))
