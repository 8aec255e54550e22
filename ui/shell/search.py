"""The search line: commands at once, people and contacts as they are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ui import paint
from ui.actions import Actions
from ui.keymap import GLOBAL, keymap
from ui.shell.commands import fits, pages_like
from ui.theme import theme
from ui.widgets.chips import FactChip
from ui.widgets.editor import LineField
from ui.widgets.flow import FlowLayout
from ui.widgets.group import BareGroup
from ui.widgets.lists import ListView, draw_row_ground
from ui.widgets.pane import Surface
from ui.widgets.table import row_state
from ui.widgets.text import Text
from ui.widgets.toast import announce

_ASIDE = 10
_COMMANDS = 8
_BACK_SOON = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""Why the focus goes for a moment only: another window in front, a menu."""
KEYS_ONLY = ("Close or step back", "Search or run a command", "Next tab in this pane")
"""Acts that make no sense as a command: they are about the line itself, or where the focus is."""

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Found:
    """Something to go to: its key, words, quiet words, icon, and the key cap it has."""

    key: str
    text: str
    detail: str = ""
    icon: str = "search"
    cap: str = ""


_NOTHING = Found("", "Nothing found", "Try a name, a reference or a command")


class _FoundModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: tuple[Found, ...] = ()

    def put(self, rows: Sequence[Found]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ". ".join(part for part in (row.text, row.detail, row.cap) if part)
        if role == Qt.ItemDataRole.UserRole:
            return row
        return None


class _FoundDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, theme().px(34))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(row, Found):
            return
        t = theme()
        rect = QRectF(option.rect)
        selected, over, _focus = row_state(option)
        draw_row_ground(painter, rect, selected=selected, over=over, focused=False)
        size = t.px(16)
        x, middle = rect.left() + t.px(12), rect.center().y()
        paint.icon(painter, row.icon, x, round(middle - size / 2), size, t.colour("text2"))
        x += size + t.px(10)
        right = rect.right() - t.px(10)
        if row.cap:
            right -= paint.key_width(row.cap)
            paint.key_cap(painter, row.cap, right, middle)
            right -= t.px(8)
        words = paint.elided(row.text, "body", 500, right - x)
        wide = t.metrics("body", 500).horizontalAdvance(words)
        area = QRectF(x, rect.top(), wide + 2, rect.height() - 1)
        paint.text(painter, area, words, t.font("body", 500), t.colour("text"))
        x += wide + t.px(10)
        if row.detail and right - x > t.px(30):
            words = paint.elided(row.detail, "small", None, right - x)
            area = QRectF(x, rect.top(), right - x, rect.height() - 1)
            paint.text(painter, area, words, t.font("small"), t.colour("text2"))


def _begins(text: str, wanted: Sequence[str]) -> bool:
    """Whether each of the words begins one of the text's."""
    among = text.casefold().split()
    return all(any(word.startswith(w) for word in among) for w in wanted)


def _rank(text: str, wanted: Sequence[str]) -> int:
    """What begins with the words, then what holds them, then what is only also called so."""
    if _begins(text, wanted):
        return 0
    return 1 if all(w in text.casefold() for w in wanted) else 2


class SearchList(Surface):
    """What was found, under the search line. `asked` gives the words to look for elsewhere;
    `show_found` adds what came back, if those words still stand; `chosen` gives a key,
    `help_asked` a page of the manual, `not_here` a command that does nothing on this screen.
    `more` gives commands that have no key."""

    asked = Signal(str)
    chosen = Signal(str)
    help_asked = Signal(str)
    not_here = Signal(str)

    def __init__(
        self,
        line: LineField,
        actions: Actions,
        more: Callable[[], Mapping[str, Callable[[], object]]],
        window: QWidget,
    ) -> None:
        super().__init__(edge="borderControl", radius=5, parent=window)
        t = theme()
        self._line, self._actions, self._more = line, actions, more
        self._commands: tuple[Found, ...] = ()
        self._found: tuple[Found, ...] = ()
        self._came_from: QWidget | None = None
        self._model = _FoundModel(self)
        self._view = ListView("Found", self)
        self._view.setModel(self._model)
        self._view.setItemDelegate(_FoundDelegate(self._view))
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.clicked.connect(self._take)
        box = QVBoxLayout(self)
        box.setContentsMargins(2, 4, 2, 4)
        self._chips = BareGroup("Understood as", self)
        self._chips.setLayout(FlowLayout())
        self._chips.hide()
        self._note = Text("", "small", "text2", wrap=True)
        self._note.hide()
        box.setSpacing(t.px(6))
        for part in (self._chips, self._view, self._note):
            row = QHBoxLayout()
            aside = 0 if part is self._view else t.px(_ASIDE)
            row.setContentsMargins(aside, 0, aside, 0)
            row.addWidget(part)
            box.addLayout(row)
        line.typed.connect(self._typed)
        line.installEventFilter(self)
        self.hide()

    def show_found(
        self, words: str, rows: Sequence[Found], understood: Sequence[str] = (), note: str = ""
    ) -> None:
        """Show what was found for `words`; dropped when other words stand there by now.

        `understood` is how they were taken, a chip for each fact above what was found; `note`
        says below it where was not looked.
        """
        if words == self._line.text().strip():
            self._take_for(understood, note)
            self._found = tuple(rows)
            self._list()
            if not self.rows():
                self._model.put((_NOTHING,))
                self._place()
            self._tell(understood)

    def _take_for(self, understood: Sequence[str], note: str) -> None:
        layout = self._chips.layout()
        assert isinstance(layout, FlowLayout)
        chips = self.chips()
        for chip, words in zip(chips, understood, strict=False):
            chip.set(words)
        for words in understood[len(chips) :]:
            layout.addWidget(FactChip(words))
        for place, chip in enumerate(self.chips()):
            chip.setVisible(place < len(understood))
        self._chips.setVisible(bool(understood))
        self._chips.setAccessibleDescription(", ".join(understood))
        self._note.set_text(note)
        self._note.setVisible(bool(note))

    def _tell(self, understood: Sequence[str]) -> None:
        """For a reader, as the line keeps the focus: how it was taken, how many, the first."""
        many = len(self._found)
        said = [f"Understood as {', '.join(understood)}"] if understood else []
        said.append(f"{many} found" if many else "Nothing found")
        announce(self._line, ". ".join([*said, *self._here()]))

    def _here(self) -> list[str]:
        words = self._view.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
        return [words] if isinstance(words, str) and self.rows() != (_NOTHING,) else []

    def chips(self) -> list[FactChip]:
        """The chips that say how the words were taken; those not needed are hidden."""
        return self._chips.findChildren(FactChip)

    def rows(self) -> tuple[Found, ...]:
        """What is listed."""
        return self._model.rows

    def _typed(self, text: str) -> None:
        words = text.strip()
        self._found = ()
        self._take_for((), "")
        wanted = words.casefold().split()
        like = sorted(self._commands_like(wanted), key=lambda f: _rank(f.text, wanted))
        pages = (
            Found(f"help:{page.topic}", page.title, "Help", "book-open")
            for page in pages_like(wanted)
        )
        self._commands = (*like[:_COMMANDS], *pages)
        self._list()
        if len(words) >= 2:
            self.asked.emit(words)

    def _commands_like(self, wanted: Sequence[str]) -> Iterator[Found]:
        """The commands with all these words in them, those that do nothing here last."""
        here, known = self._actions.available(), self._actions.ever()
        away = [act for act in keymap().acts() if act in known and act not in here]
        for act in (*here, *self._more(), *away):
            if not wanted or act in KEYS_ONLY or not fits(act, wanted):
                continue
            cap = keymap().label(GLOBAL, act) if act in known else ""
            detail = "Not on this screen" if act in away else "Command"
            yield Found(f"act:{act}", act, detail, "keyboard", cap)

    def _list(self) -> None:
        rows = (*self._found, *self._commands)
        self._model.put(rows)
        if not rows:
            self.hide()
            return
        self._view.setCurrentIndex(self._model.index(0, 0))
        self._place()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None:
            return
        t = theme()
        at = self._line.mapTo(window, QPoint(0, self._line.height() + 4))
        wide = max(self._line.width(), t.px(420))
        left = min(at.x(), window.width() - wide - t.px(12))
        rows = min(len(self.rows()), 10) * t.px(34)
        self._view.setFixedHeight(rows)
        high = rows + 10
        for part in (self._chips, self._note):
            if not part.isHidden():
                part.setFixedHeight(part.heightForWidth(wide - 4 - 2 * t.px(_ASIDE)))
                high += part.height() + t.px(6)
        self.setGeometry(left, at.y(), wide, high)
        self.show()
        self.raise_()

    def _take(self, index: QModelIndex) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(row, Found) or row is _NOTHING:
            return
        self.clear()
        if row.key.startswith("help:"):
            self.help_asked.emit(row.key.removeprefix("help:"))
        elif row.key.startswith("act:"):
            act = row.key.removeprefix("act:")
            if act in (more := self._more()):
                more[act]()
            elif not self._actions.run(act):
                self.not_here.emit(act)
        else:
            self.chosen.emit(row.key)

    def clear(self) -> None:
        """Put the list away, and the words: used or left, they would look like a filter."""
        self.hide()
        self._line.clear()
        self._found = ()

    def begin(self) -> None:
        """Ctrl K: stand in the line; Esc leads back to where the focus was."""
        before = QApplication.focusWidget()
        if before is not self._line:
            self._came_from = before
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def give_up(self) -> bool:
        """Esc in the line: put away what stands here and go back to where the focus was; False
        where there is nothing of either."""
        if not self._line.hasFocus():
            return False
        before, self._came_from = self._came_from, None
        stood = self.isVisible() or bool(self._line.text())
        self.clear()
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return stood

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down move in the list while the line keeps the focus; Enter goes there."""
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            self.hide()
            if event.reason() not in _BACK_SOON:
                self.clear()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            key = Qt.Key(event.key())
            if key in steps and self.isVisible():
                row = self._view.currentIndex().row() + steps[key]
                row = max(0, min(self._model.rowCount() - 1, row))
                self._view.setCurrentIndex(self._model.index(row, 0))
                announce(self._line, ". ".join(self._here()))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.isVisible():
                self._take(self._view.currentIndex())
                return True
        return super().eventFilter(watched, event)
